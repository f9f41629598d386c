//! What every method in the list must do, whatever it is: a new method gets these tests for free.
//! Toys only; the shipped models are in `stories`.

mod accounting;
mod control;
mod distribution;
mod greedy;
mod lanes;
mod page;
mod parameters;
mod replay;
mod termination;
