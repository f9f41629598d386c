//! Searches keep several texts at once and end with a ranking.

mod beam;
pub mod beam_search;
mod finished;
mod lattice;
pub mod lattice_recombination;
mod queue;
mod report;
#[cfg(test)]
mod tests;
