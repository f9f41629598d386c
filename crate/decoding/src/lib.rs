//! Decoding methods as moves in one forest of tokens, and the trace of what they did.
//! Knows no device, no file, no clock and no JavaScript.

pub mod check;
pub mod drafter;
pub mod error;
pub mod filter;
pub mod method;
pub mod methods;
pub mod model;
pub mod ngrams;
pub mod policy;
pub mod random;
pub mod row;
pub mod run;
pub mod schema;
pub mod session;
pub mod speculate;
pub mod timings;
pub mod toy;
pub mod trace;
pub mod tree;
#[cfg(test)]
mod trial;
pub mod verifier;

pub use error::{Error, Result};
pub use tree::{Forest, Input, LaneId, NodeId, TokenId};
