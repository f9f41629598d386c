//! Looks at finished folders: validation loss per source, and how a draft guesses for a target.

use crate::{corpus, error::Result, log::Loss, tokenizer, validation::Held};
use llama::Parameters;
use std::path::Path;

/// The loss of a model's folder on all validation texts of some sources.
pub fn losses(folder: &Path, corpus: &Path, sources: &[String]) -> Result<Vec<Loss>> {
    let device = llama::cpu();
    let parameters = Parameters::load_dir(folder, &device)?;
    let tokenizer = tokenizer::read(&folder.join("tokenizer.json"))?;
    let context = parameters.config.context_len;
    let loss = |source: &String| -> Result<Loss> {
        let held = Held::read(corpus, source, &tokenizer, context)?;
        Ok(held.loss(&parameters, &device, None))
    };
    sources.iter().map(loss).collect()
}

/// The losses as a Markdown table.
pub fn table(losses: &[Loss]) -> String {
    let mut table =
        "| source | nats per token | nats per byte | tokens |\n|---|---|---|---|\n".to_owned();
    for loss in losses {
        table += &format!(
            "| {} | {:.3} | {:.3} | {} |\n",
            loss.source, loss.nats_per_token, loss.nats_per_byte, loss.tokens
        );
    }
    table
}

/// Prints what was found of every folder, and of the draft for the first of them.
pub fn report(
    folders: &[impl AsRef<Path>],
    draft: Option<&Path>,
    corpus: &Path,
    share: f64,
) -> Result<()> {
    let sources = corpus::validation_sources(corpus)?;
    for folder in folders {
        let losses = losses(folder.as_ref(), corpus, &sources)?;
        println!("## {}\n\n{}", folder.as_ref().display(), table(&losses));
    }
    if let (Some(draft), Some(target)) = (draft, folders.first()) {
        let target = target.as_ref();
        let lines = crate::acceptance::measure(target, draft, corpus, share)?;
        let title = format!("{} drafting for {}", draft.display(), target.display());
        println!("## {title}\n\n{}", crate::acceptance::table(&lines));
    }
    Ok(())
}
