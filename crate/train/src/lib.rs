//! Trains the models that are shipped: corpus → tokenizer → tokens → training → evaluation → a
//! Hugging Face folder with its card. The network is `llama`'s; what a recipe decides is in
//! `recipe`, what a machine decides in the command line. Has no part in decoding.

pub mod acceptance;
pub mod batches;
pub mod bench;
pub mod card;
pub mod checkpoint;
pub mod corpus;
pub mod curve;
pub mod device;
pub mod error;
pub mod evaluate;
pub mod export;
pub mod log;
pub mod network;
pub mod optimizer;
pub mod random;
pub mod recipe;
pub mod run;
pub mod samples;
pub mod schedule;
pub mod start;
pub mod tokenizer;
pub mod validation;
pub mod written;
