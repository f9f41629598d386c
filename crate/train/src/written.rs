//! Texts that the teacher writes for its student. A draft is asked to go on with what its target
//! wrote, so it learns on such texts too, beside those of people.
//!
//! Source: Kim and Rush 2016, arXiv:1606.07947, §3.2 (texts of the teacher); Zhou et al. 2024
//! (DistillSpec), arXiv:2310.08461, §4 (for drafts).

use crate::{
    checkpoint,
    error::{Error, Result, unreadable, unwritable},
    random,
    recipe::{Recipe, Written},
    tokenizer::END,
};
use decoding::{
    run::{Decoding, Request},
    session::Models,
};
use indicatif::{ProgressBar, ProgressIterator};
use llama::Llama;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{fs, path::Path, sync::Mutex, thread};

/// Tokens of a training text that the teacher goes on from, after the end token.
const PROMPT_LEN: usize = 20;
/// Of the order in which training texts are taken; batches use keys above 0.
const KEY: u64 = 1 << 60;

/// As kept in the run's folder.
#[derive(Serialize, Deserialize)]
struct Kept {
    seed: u64,
    wanted: Written,
    texts: Vec<Vec<u16>>,
}

/// The weight and the texts of what the recipe's teacher writes, each text closed by the end token:
/// those in `folder`, or new ones, which are kept there; none where the recipe asks for none.
/// `sources` are the weights and training texts of the others. Threads change nothing.
pub fn source(
    recipe: &Recipe,
    sources: &[(f64, Vec<Vec<u16>>)],
    folder: &Path,
    threads: usize,
) -> Result<Option<(f64, Vec<Vec<u16>>)>> {
    let Some(distill) = &recipe.distill else { return Ok(None) };
    let Some(wanted) = &distill.written else { return Ok(None) };
    let total: f64 = sources.iter().map(|it| it.0).sum();
    let weight = total * wanted.share / (1.0 - wanted.share);
    let path = folder.join("written.json");
    if path.exists() {
        let kept = fs::read(&path).map_err(unreadable(&path))?;
        let kept: Kept = serde_json::from_slice(&kept).map_err(unreadable(&path))?;
        if (kept.seed, &kept.wanted) == (recipe.seed, wanted) {
            return Ok(Some((weight, kept.texts)));
        }
    }
    let prompts = prompts(sources, wanted.texts, recipe.seed);
    let texts = write(&distill.teacher, wanted, &prompts, threads)?;
    let kept = Kept { seed: recipe.seed, wanted: wanted.clone(), texts };
    let json = serde_json::to_vec(&kept).map_err(unwritable(&path))?;
    checkpoint::replace(&path, &json)?;
    Ok(Some((weight, kept.texts)))
}

/// The beginnings of `count` training texts; every source gives its share of them.
fn prompts(sources: &[(f64, Vec<Vec<u16>>)], count: usize, seed: u64) -> Vec<Vec<u32>> {
    let total: f64 = sources.iter().map(|it| it.0).sum();
    let mut prompts = Vec::new();
    for (index, (weight, texts)) in sources.iter().enumerate() {
        let share = (count as f64 * weight / total).round() as usize;
        let order = random::order(texts.len(), seed, KEY + index as u64);
        let long = order.into_iter().map(|it| &texts[it]).filter(|it| it.len() > PROMPT_LEN);
        let prompt = |text: &Vec<u16>| {
            let tokens = text[..PROMPT_LEN].iter().map(|&it| u32::from(it));
            std::iter::once(END).chain(tokens).collect()
        };
        prompts.extend(long.map(prompt).take(share));
    }
    prompts
}

/// What the teacher writes after each prompt, with the prompt.
fn write(
    teacher: &Path,
    wanted: &Written,
    prompts: &[Vec<u32>],
    threads: usize,
) -> Result<Vec<Vec<u16>>> {
    let bar = ProgressBar::new(prompts.len() as u64);
    let texts = Mutex::new(vec![Vec::new(); prompts.len()]);
    let one = |first: usize| -> Result<()> {
        let mut models = Models::new(Llama::load_dir(teacher, llama::cpu())?);
        let mine = prompts.iter().enumerate().skip(first).step_by(threads);
        for (index, prompt) in mine.progress_with(bar.clone()) {
            let temperature = wanted.temperatures[index % wanted.temperatures.len()];
            let request = Request {
                method: "basic-sampling".into(),
                params: json!({ "temperature": temperature }),
                prompt: prompt.clone(),
                seed: index as u32,
                max_new_tokens: wanted.tokens,
            };
            let mut run = Decoding::start(request, &mut models)?;
            futures_lite::future::block_on(run.finish(&mut models))?;
            let mut text: Vec<u16> =
                prompt[1..].iter().chain(&run.tokens()).map(|&it| it as u16).collect();
            text.retain(|&it| u32::from(it) != END);
            text.push(END as u16);
            texts.lock().expect("no thread panics with it")[index] = text;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let one = &one;
        let all: Vec<_> = (0..threads).map(|first| scope.spawn(move || one(first))).collect();
        let panicked = || Error::Read { path: teacher.into(), reason: "a thread ended".into() };
        all.into_iter().try_for_each(|it| it.join().map_err(|_| panicked())?)
    })?;
    bar.finish_and_clear();
    Ok(texts.into_inner().expect("all threads have ended"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_gives_its_share_of_the_prompts() {
        let texts = |from: u16, len: usize| vec![vec![from; len]; 40];
        let sources = [(3.0, texts(7, 30)), (1.0, texts(8, 21)), (4.0, texts(9, 20))];
        let prompts = prompts(&sources, 16, 1);
        let of = |token: u32| prompts.iter().filter(|it| it[1] == token).count();
        // The texts of the third source are no longer than a prompt: nothing would be left to say.
        assert_eq!((of(7), of(8), of(9)), (6, 2, 0));
        assert!(prompts.iter().all(|it| it.len() == 1 + PROMPT_LEN && it[0] == END));
    }
}
