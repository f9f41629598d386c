pub mod basic_sampling;
pub mod mirostat;
