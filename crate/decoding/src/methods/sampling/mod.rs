pub mod basic_sampling;
