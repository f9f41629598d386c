//! How well a draft guesses for a target: share of guesses accepted, tokens per target pass.
//! Counted from the traces of the methods themselves.

use crate::{corpus, error::Result};
use decoding::{
    TokenId,
    run::{Decoding, Request},
    session::{DRAFT, Models, TARGET},
    trace::Event,
};
use indicatif::{ProgressBar, ProgressIterator};
use llama::{Llama, check_same_vocabulary};
use serde_json::{Value, json};
use std::path::Path;

/// Validation prompts of each source.
pub const PROMPTS: [(&str, usize); 3] = [("tinystories", 100), ("storybooks", 50), ("grammar", 50)];
/// Tokens of a prompt, after the end token.
const PROMPT_LEN: usize = 20;
/// Tokens written after each.
const NEW: u32 = 64;

/// One way to decode, over all prompts of a source.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    pub tokens: u64,
    pub passes: u64,
    /// Guesses tested, and those of them accepted.
    pub judged: u64,
    pub accepted: u64,
}

impl Acceptance {
    pub fn tokens_per_pass(&self) -> f64 {
        self.tokens as f64 / self.passes as f64
    }

    /// α: accepted guesses per tested one.
    pub fn rate(&self) -> f64 {
        self.accepted as f64 / self.judged as f64
    }

    fn add(&mut self, other: &Self) {
        self.tokens += other.tokens;
        self.passes += other.passes;
        self.judged += other.judged;
        self.accepted += other.accepted;
    }

    fn of(run: &mut Decoding) -> Self {
        let mut seen = Self { tokens: run.tokens().len() as u64, ..Self::default() };
        for event in run.take_events() {
            match event {
                Event::Score { role, .. } if role == TARGET => seen.passes += 1,
                Event::Judge { accepted, .. } => {
                    seen.judged += 1;
                    seen.accepted += accepted as u64;
                }
                _ => {}
            }
        }
        seen
    }
}

/// A way to decode with a draft: what it is called, the method and its parameters.
pub fn ways() -> [(&'static str, &'static str, Value); 4] {
    [
        ("greedy, γ = 4", "speculative-decoding", json!({"gamma": 4, "temperature": 0.0})),
        ("T = 0.8, γ = 4", "speculative-decoding", json!({"gamma": 4, "temperature": 0.8})),
        ("opt-tree, 24 nodes, greedy", "opt-tree", json!({"nodes": 24, "temperature": 0.0})),
        ("opt-tree, 24 nodes, T = 0.8", "opt-tree", json!({"nodes": 24, "temperature": 0.8})),
    ]
}

/// A line of the report: the way, the source (or all), and what was seen.
pub struct Line {
    pub way: &'static str,
    pub source: String,
    pub seen: Acceptance,
}

/// Runs every way on the validation prompts of `folder`; `share` of them, for a quick look.
pub fn measure(target: &Path, draft: &Path, folder: &Path, share: f64) -> Result<Vec<Line>> {
    let target = Llama::load_dir(target, llama::cpu())?;
    let draft = Llama::load_dir(draft, llama::cpu())?;
    check_same_vocabulary(&target, &draft)?;
    let mut sources = Vec::new();
    for (source, count) in PROMPTS {
        let texts = corpus::validation_texts(folder, source)?;
        let count = (count as f64 * share).ceil() as usize;
        sources.push((source, prompts(&texts, count, |it| target.tokenizer().encode(it))));
    }
    let mut models = Models::new(target).with(DRAFT, draft);
    let mut lines = Vec::new();
    let runs: usize = sources.iter().map(|it| it.1.len()).sum();
    let bar = ProgressBar::new((runs * ways().len()) as u64);
    for (way, method, params) in ways() {
        let mut all = Acceptance::default();
        for (source, prompts) in &sources {
            let mut seen = Acceptance::default();
            for (index, prompt) in prompts.iter().enumerate().progress_with(bar.clone()) {
                let request = Request {
                    method: method.into(),
                    params: params.clone(),
                    prompt: prompt.clone(),
                    seed: index as u32,
                    max_new_tokens: NEW,
                };
                let mut run = Decoding::start(request, &mut models)?;
                futures_lite::future::block_on(run.finish(&mut models))?;
                seen.add(&Acceptance::of(&mut run));
            }
            all.add(&seen);
            lines.push(Line { way, source: (*source).into(), seen });
        }
        lines.push(Line { way, source: "all".into(), seen: all });
    }
    bar.finish_and_clear();
    Ok(lines)
}

/// The first tokens of every text; where that gives too few, of every second paragraph, and so on.
/// Paragraphs shorter than a prompt give none.
fn prompts(
    texts: &[String],
    count: usize,
    encode: impl Fn(&str) -> Vec<TokenId>,
) -> Vec<Vec<TokenId>> {
    let paragraphs: Vec<Vec<&str>> = texts.iter().map(|it| it.lines().collect()).collect();
    let longest = paragraphs.iter().map(Vec::len).max().unwrap_or(0);
    let starts = (0..longest).flat_map(|line| {
        let texts = texts.iter().zip(&paragraphs);
        texts.filter_map(
            move |(text, lines)| {
                if line == 0 { Some(text.as_str()) } else { lines.get(line).copied() }
            },
        )
    });
    let long = starts.map(encode).filter(|it| it.len() > PROMPT_LEN);
    long.map(|mut it| {
        it.truncate(PROMPT_LEN + 1);
        it
    })
    .take(count)
    .collect()
}

/// The lines as a Markdown table.
pub fn table(lines: &[Line]) -> String {
    let mut table =
        "| decoding | prompts | α | tokens per target pass |\n|---|---|---|---|\n".to_owned();
    for Line { way, source, seen } in lines {
        // A tree is tested along many paths at once: its share says nothing about the draft.
        let rate =
            if way.starts_with("opt-tree") { "–".into() } else { format!("{:.3}", seen.rate()) };
        table += &format!("| {way} | {source} | {rate} | {:.3} |\n", seen.tokens_per_pass());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_beginnings_of_texts_then_of_paragraphs() {
        let word = |word: &str| vec![word; 30].join(" ");
        let texts = [format!("{}\n{}\nshort", word("a"), word("b")), word("c"), "few".to_owned()];
        // A token per word, after an end token.
        let encode = |text: &str| {
            let first = text.bytes().next().expect("a letter") as TokenId;
            [vec![0], vec![first; text.split_whitespace().count()]].concat()
        };
        let firsts: Vec<_> = prompts(&texts, 9, encode).iter().map(|it| it[1]).collect();
        assert_eq!(firsts, [b'a', b'c', b'b'].map(TokenId::from));
        assert!(prompts(&texts, 2, encode).iter().all(|it| it.len() == 21));
        assert_eq!(prompts(&texts, 2, encode).len(), 2);
    }
}
