//! A Llama-family language model in Burn that scores nodes of a token forest.
//! Knows no decoding method, no clock and no JavaScript; reads files only in `Llama::load_dir`.

mod config;
mod device;
mod error;
mod files;
mod kernels;
mod measure;
mod model;
mod network;
mod pass;
mod slots;
mod timed;
mod tokenizer;
mod weights;

pub use config::Config;
pub use device::*;
pub use error::LoadError;
pub use files::ModelFiles;
pub use measure::pass_times;
pub use model::Llama;
pub use timed::Timed;
pub use tokenizer::{Tokenizer, check_same_tokens, check_same_vocabulary};

pub use burn::tensor::Device;
