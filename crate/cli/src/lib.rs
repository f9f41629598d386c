//! The parts of the command line; tests record traces with them.

pub mod arguments;
pub mod bench;
pub mod corpus;
pub mod counts;
pub mod device;
pub mod models;
pub mod ngrams;
pub mod report;
pub mod run;
pub mod summary;
