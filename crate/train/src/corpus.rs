//! The texts of a recipe's sources, and their tokens.
//! Validation texts have a function of their own, so that no training text can come from them.

use crate::{
    error::{Error, Result},
    recipe::Corpus,
    tokenizer,
};
use std::path::{Path, PathBuf};

/// Texts to train on, source by source.
pub fn training_texts(corpus: &Corpus) -> Result<Vec<Vec<String>>> {
    corpus.sources.iter().map(|it| texts(&corpus.folder, &it.name, "train")).collect()
}

/// Texts never trained on.
pub fn validation_texts(folder: &Path, source: &str) -> Result<Vec<String>> {
    texts(folder, source, "valid")
}

/// Every source that has validation texts in `folder`, by name.
pub fn validation_sources(folder: &Path) -> Result<Vec<String>> {
    let read = std::fs::read_dir(folder).map_err(crate::error::unreadable(folder))?;
    let files = read.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> =
        files.filter_map(|it| Some(it.split_once(".valid.txt")?.0.to_owned())).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn texts(folder: &Path, source: &str, split: &str) -> Result<Vec<String>> {
    let plain = folder.join(format!("{source}.{split}.txt"));
    let packed = folder.join(format!("{source}.{split}.txt.zst"));
    let path = if plain.exists() { plain } else { packed };
    let unusable = |reason: String| Error::Corpus { path: path.clone(), reason };
    if !path.exists() {
        return Err(unusable("there is no such file".into()));
    }
    let texts = cli::corpus::read(&path).map_err(unusable)?;
    if texts.is_empty() {
        return Err(unusable("it holds no text".into()));
    }
    Ok(texts)
}

/// The tokens of every text, each closed by the end token.
pub fn tokens(
    tokenizer: &tokenizers::Tokenizer,
    texts: Vec<String>,
    path: &Path,
) -> Result<Vec<Vec<u16>>> {
    let failed = |error: tokenizers::Error| Error::Tokenizer {
        path: PathBuf::from(path),
        reason: error.to_string(),
    };
    let encoded = tokenizer.encode_batch_fast(texts, false).map_err(failed)?;
    let close = |it: &tokenizers::Encoding| {
        let ids = it.get_ids().iter().chain(std::iter::once(&tokenizer::END));
        ids.map(|&id| id as u16).collect()
    };
    Ok(encoded.iter().map(close).collect())
}
