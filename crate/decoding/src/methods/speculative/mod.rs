pub mod anpd;
pub mod opt_tree;
pub mod rsd_s;
pub mod sequoia;
pub mod speculative_decoding;
pub mod swift;
pub mod token_recycling;
