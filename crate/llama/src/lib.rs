//! A Llama-family language model in Burn that scores nodes of a token forest.
//! Knows no decoding method, no clock and no JavaScript; reads files only in `Llama::load_dir`.
//!
//! **How a pass runs.** `Pass` works out which nodes run and which slots of the key cache each
//! of them sees; `Network` runs them through the layers with four kernels (`shaders/`, and a
//! twin for the CPU beside each launcher); everything asked comes back in one wait.
//!
//! **One definition, two passes.** `parts` names the tensors of a network, `Config` its shape. `Network`
//! runs them over the forest with the kernels; `plain` runs them over whole sequences in Burn's own
//! operations, which can be differentiated. A test holds the two to the same logits.
//!
//! **Rows alone and together.** On the CPU the row of a node has the same bits whether it is
//! scored alone, in a chain, in a tree or in a chunk of a prompt: every kernel adds in an order
//! that depends on the row alone, and a node attends to its path in the order of depth, wherever
//! the slots lie. Greedy speculation is therefore exact, ties included. The CPU kernels also use
//! no function whose rounding differs between platforms except sine, cosine and one logarithm.
//! On a GPU the shaders keep the same order, but its compiler may fuse a product and a sum where
//! it likes; the tests allow 1e-4 between the two.

mod config;
mod device;
mod error;
mod files;
mod kernels;
mod measure;
mod model;
mod network;
mod parameters;
mod pass;
pub mod plain;
mod slots;
mod timed;
mod tokenizer;
mod weights;

pub use config::Config;
pub use device::*;
pub use error::LoadError;
pub use files::ModelFiles;
pub use measure::{pass_times, time_models};
pub use model::Llama;
pub use parameters::{Block, LayerParameters, Parameters, Part, PartKind, parts};
pub use timed::Timed;
pub use tokenizer::{Tokenizer, check_same_tokens, check_same_vocabulary};

pub use burn::tensor::Device;
