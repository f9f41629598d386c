pub mod speculative_decoding;
