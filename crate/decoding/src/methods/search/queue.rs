//! Continuations that wait for their turn, best first.

use super::{beam::Candidate, lattice::Place};
use std::{cmp::Ordering, collections::BinaryHeap};

#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub parent: Place,
    pub next: Candidate,
    /// What the queue is ordered by; greater comes first.
    pub key: f32,
    /// Among equals the one that came first goes first.
    arrival: u32,
}

#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Waiting>,
    arrivals: u32,
}

impl Queue {
    pub fn push(&mut self, parent: Place, next: Candidate, key: f32) {
        self.heap.push(Waiting { parent, next, key, arrival: self.arrivals });
        self.arrivals += 1;
    }

    pub fn pop(&mut self) -> Option<Waiting> {
        self.heap.pop()
    }

    /// Drops the best entries as long as `stale` holds for them.
    pub fn drop_first_while(&mut self, stale: impl Fn(&Waiting) -> bool) {
        while self.heap.peek().is_some_and(&stale) {
            self.heap.pop();
        }
    }

    pub fn len(&self) -> usize {
        self.heap.len()
    }

    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.total_cmp(&other.key).then(other.arrival.cmp(&self.arrival))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}
