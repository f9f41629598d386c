//! The finished texts of a beam search: how lengths are compared, who stays, and when to stop.

use crate::tree::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a summed score is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LengthNorm {
    /// length^α
    Power,
    /// ((5 + length) / 6)^α, as in GNMT
    Gnmt,
}

impl LengthNorm {
    /// `length`: generated tokens, the end token included.
    pub fn divisor(self, length: u32, alpha: f32) -> f32 {
        let base = match self {
            Self::Power => length as f32,
            Self::Gnmt => (5.0 + length as f32) / 6.0,
        };
        base.powf(alpha)
    }
}

/// When the search stops once all places for finished texts are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EarlyStopping {
    /// when the best live text, ranked at its present length, is no better than the worst
    /// finished one
    False,
    /// at once
    True,
    /// when the best live text could not win even at the greatest length
    Never,
}

/// A text that has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    pub node: NodeId,
    pub score: f32,
    /// The score as texts of different lengths are compared.
    pub ranked: f32,
}

/// The best finished texts so far, best first.
#[derive(Debug)]
pub struct Finished {
    pub texts: Vec<Ended>,
    pub places: usize,
    /// Whether a better text may take the place of a worse one.
    pub replace: bool,
}

impl Finished {
    pub fn new(places: usize, replace: bool) -> Self {
        Self { texts: Vec::new(), places, replace }
    }

    pub fn is_full(&self) -> bool {
        self.texts.len() >= self.places
    }

    /// Whether `add` would take a text that ranks so.
    pub fn wants(&self, ranked: f32) -> bool {
        !self.is_full() || self.replace && self.texts.last().is_some_and(|it| ranked > it.ranked)
    }

    /// Adds a text that is wanted; gives back the one that had to leave for it.
    pub fn add(&mut self, text: Ended) -> Option<Ended> {
        let place = self.texts.partition_point(|it| it.ranked >= text.ranked);
        self.texts.insert(place, text);
        if self.texts.len() > self.places { self.texts.pop() } else { None }
    }

    /// The worst rank that counts, once all places are taken.
    pub fn bar(&self) -> Option<f32> {
        self.texts.last().filter(|_| self.is_full()).map(|it| it.ranked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gnmt_lengths() {
        let length = |n| LengthNorm::Gnmt.divisor(n, 0.6);
        assert!((length(3) - 1.1884).abs() < 5e-5 && (length(6) - 1.4386).abs() < 5e-5);
        let ranked = [(3, -1.7148), (4, -2.6956), (3, -2.8134)].map(|(n, s)| s / length(n));
        for (have, want) in ranked.iter().zip([-1.4429, -2.1135, -2.3674]) {
            assert!((have - want).abs() < 1e-4, "{ranked:?}");
        }
    }

    #[test]
    fn a_better_text_takes_the_place_of_the_worst() {
        let text = |node, ranked| Ended { node: NodeId(node), score: ranked, ranked };
        let mut pool = Finished::new(2, true);
        assert_eq!(pool.bar(), None);
        assert!(pool.add(text(1, -3.0)).is_none() && pool.add(text(2, -1.0)).is_none());
        assert_eq!(pool.bar(), Some(-3.0));
        assert!(!pool.wants(-3.0) && pool.wants(-2.0));
        assert_eq!(pool.add(text(3, -2.0)).map(|it| it.node), Some(NodeId(1)));
        assert_eq!(pool.texts.iter().map(|it| it.node.0).collect::<Vec<_>>(), [2, 3]);
        pool.replace = false;
        assert!(!pool.wants(0.0));
    }
}
