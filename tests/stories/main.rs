//! The shipped models: real text, real rounding. Runs without the models' folder fail, not skip.

mod batch;
mod copying;
mod elsewhere;
mod golden;
mod greedy;
mod parity;
mod round_trip;
mod switching;

use cli::{
    arguments::Device,
    models::{Loaded, PassTimes},
};
use decoding::{TokenId, method::Entry, session::Models};
use std::path::{Path, PathBuf};

/// The root of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The shipped target and the models beside it, on the CPU.
struct Stories {
    models: Models,
    times: PassTimes,
    prompts: Vec<Vec<TokenId>>,
}

/// Loads the models that `entry` needs and reads the prompts.
fn stories(entry: &Entry, prompts: &[&str]) -> Stories {
    let folder = |role: &str| root().join("models/stories").join(role);
    let needs = entry.info.needs.iter().filter(|it| **it != "ngrams");
    let folders: Vec<_> =
        ["target"].iter().chain(needs).map(|role| (*role, folder(role))).collect();
    let folders: Vec<_> = folders.iter().map(|(role, it)| (*role, it.as_path())).collect();
    let loaded = Loaded::load(&folders, Device::Cpu).expect("the shipped models load");
    let prompts = prompts.iter().map(|it| loaded.encode(it).expect("a prompt")).collect();
    let (models, times) = loaded.timed();
    Stories { models, times, prompts }
}
