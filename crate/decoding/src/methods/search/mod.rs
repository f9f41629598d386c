//! Searches keep several texts at once and end with a ranking.

mod beam;
pub mod beam_search;
mod blend;
mod coverage;
mod drift;
mod finished;
mod lattice;
pub mod lattice_recombination;
mod queue;
mod report;
pub mod superposed;
#[cfg(test)]
mod tests;
