//! Everything that can stop a training, each as a sentence for the person who can act.

use std::path::{Path, PathBuf};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {}: {reason}", path.display())]
    Read { path: PathBuf, reason: String },
    #[error("cannot write {}: {reason}", path.display())]
    Write { path: PathBuf, reason: String },
    #[error("the recipe {} is not usable: {reason}", path.display())]
    Recipe { path: PathBuf, reason: String },
    #[error("the corpus file {} is not usable: {reason}", path.display())]
    Corpus { path: PathBuf, reason: String },
    #[error("the tokenizer {} is not usable: {reason}", path.display())]
    Tokenizer { path: PathBuf, reason: String },
    #[error("the checkpoint {} is not usable: {reason}; `--fresh` begins anew", path.display())]
    Checkpoint { path: PathBuf, reason: String },
    #[error("the loss became {loss} at step {step}: lower the rates in [optimizer] of the recipe")]
    Diverged { step: u64, loss: f32 },
    #[error(
        "this program was built without the device {device:?}: build it with `--features {device}`"
    )]
    Device { device: &'static str },
    #[error(transparent)]
    Model(#[from] llama::LoadError),
    #[error(transparent)]
    Decoding(#[from] decoding::Error),
}

/// What happened to a file, for `map_err`.
pub fn unreadable<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Error + '_ {
    |error| Error::Read { path: path.into(), reason: error.to_string() }
}

pub fn unwritable<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Error + '_ {
    |error| Error::Write { path: path.into(), reason: error.to_string() }
}
