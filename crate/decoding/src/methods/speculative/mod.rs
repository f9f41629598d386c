pub mod anpd;
pub mod speculative_decoding;
pub mod token_recycling;
