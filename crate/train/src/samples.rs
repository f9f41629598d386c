//! Texts that a model writes, unedited, and how much they repeat themselves.

use crate::error::{Result, unreadable};
use decoding::{
    TokenId,
    run::{Decoding, Request},
    session::Models,
};
use llama::{Llama, Tokenizer};
use serde_json::json;
use std::{collections::BTreeSet, path::Path};

pub struct Sample {
    pub seed: u32,
    pub text: String,
    pub distinct_3: f64,
}

pub struct Samples {
    pub sampled: Vec<Sample>,
    /// One per prompt.
    pub greedy: Vec<Sample>,
}

/// Tokens of a sample.
pub const LENGTH: u32 = 128;
pub const TEMPERATURE: f32 = 0.8;

/// `count` samples from the seeds 1, 2, …, and the greedy text of every prompt.
pub fn draw(folder: &Path, prompts: &[String], count: usize) -> Result<Samples> {
    let path = folder.join("tokenizer.json");
    let json = std::fs::read(&path).map_err(unreadable(&path))?;
    let tokenizer = Tokenizer::parse(&folder.display().to_string(), &json)?;
    let mut models = Models::new(Llama::load_dir(folder, llama::cpu())?);
    let mut write = |prompt: &str, temperature: f32, seed: u32| -> Result<Sample> {
        let prompt = tokenizer.encode(prompt);
        let request = Request {
            method: "basic-sampling".into(),
            params: json!({"temperature": temperature}),
            prompt: prompt.clone(),
            seed,
            max_new_tokens: LENGTH,
        };
        let mut run = Decoding::start(request, &mut models)?;
        futures_lite::future::block_on(run.finish(&mut models))?;
        let new = run.tokens();
        let text = tokenizer.decode(&[&prompt[..], &new].concat());
        Ok(Sample { seed, text, distinct_3: distinct_3(&new) })
    };
    let sampled = (0..count)
        .map(|it| write(&prompts[it % prompts.len()], TEMPERATURE, it as u32 + 1))
        .collect::<Result<_>>()?;
    let greedy = prompts.iter().map(|it| write(it, 0.0, 0)).collect::<Result<_>>()?;
    Ok(Samples { sampled, greedy })
}

/// Share of three-token sequences that are different ones; 1 for texts too short to repeat any.
/// Source: Li et al. 2016, arXiv:1510.03055, §5, with three tokens.
pub fn distinct_3(tokens: &[TokenId]) -> f64 {
    let all = tokens.windows(3).count();
    if all == 0 {
        return 1.0;
    }
    tokens.windows(3).collect::<BTreeSet<_>>().len() as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_3_counts_repeated_sequences() {
        assert_eq!(distinct_3(&[1, 2, 3, 4, 5]), 1.0);
        // 1 2 1 2 1 2 has four sequences and two different ones.
        assert_eq!(distinct_3(&[1, 2, 1, 2, 1, 2]), 0.5);
        assert_eq!(distinct_3(&[1, 2]), 1.0);
    }
}
