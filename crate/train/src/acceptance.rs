//! How well a draft guesses for a target: share of guesses accepted, tokens per target pass.
//! Counted from the traces of the methods themselves.

use crate::{corpus, error::Result};
use cli::{corpus::beginnings, counts::Counts};
use decoding::{
    run::{Decoding, Request},
    session::{DRAFT, Models},
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
    pub seen: Counts,
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
        sources.push((
            source,
            beginnings(&texts, count, PROMPT_LEN, |it| target.tokenizer().encode(it)),
        ));
    }
    let mut models = Models::new(target).with(DRAFT, draft);
    let mut lines = Vec::new();
    let runs: usize = sources.iter().map(|it| it.1.len()).sum();
    let bar = ProgressBar::new((runs * ways().len()) as u64);
    for (way, method, params) in ways() {
        let mut all = Counts::default();
        for (source, prompts) in &sources {
            let mut seen = Counts::default();
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
                seen += Counts::of(&run.take_events());
            }
            all += seen.clone();
            lines.push(Line { way, source: (*source).into(), seen });
        }
        lines.push(Line { way, source: "all".into(), seen: all });
    }
    bar.finish_and_clear();
    Ok(lines)
}

/// The lines as a Markdown table.
pub fn table(lines: &[Line]) -> String {
    let mut table =
        "| decoding | prompts | α | tokens per target pass |\n|---|---|---|---|\n".to_owned();
    for Line { way, source, seen } in lines {
        // A tree is tested along many paths at once: its share says nothing about the draft.
        let rate = if way.starts_with("opt-tree") {
            "–".into()
        } else {
            format!("{:.3}", seen.acceptance())
        };
        table += &format!("| {way} | {source} | {rate} | {:.3} |\n", seen.tokens_per_pass());
    }
    table
}
