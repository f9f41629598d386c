//! What tends to follow two tokens: weights that start as relative frequencies of a corpus and
//! grow with the text. What it leaves out: counting the corpus (`Ngrams`), and the search.
//! Source: Liu et al. 2024 (ADED), arXiv:2407.12021.

use crate::{TokenId, ngrams::Ngrams};
use std::{collections::BTreeMap, rc::Rc};

/// Two tokens in reading order.
pub type Pair = (TokenId, TokenId);

/// A weight before and after a text was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub pair: Pair,
    pub next: TokenId,
    /// `None`: the successor is new.
    pub before: Option<f32>,
    pub after: f32,
}

pub struct Trigrams {
    /// η: what one occurrence adds to a weight.
    pub gain: f32,
    corpus: Option<Rc<Ngrams>>,
    /// Pairs whose weights are no longer the corpus's own.
    learned: BTreeMap<Pair, Vec<(TokenId, f32)>>,
}

impl Trigrams {
    /// Successors kept per pair of tokens.
    pub const KEPT: usize = 12;
    /// No weight grows beyond.
    pub const CAP: f32 = 3.0;

    pub fn new(corpus: Option<Rc<Ngrams>>, gain: f32) -> Self {
        Self { gain, corpus, learned: BTreeMap::new() }
    }

    /// The raw weights of a pair's successors, heaviest first; ties go to the lower id.
    fn weights(&self, pair: Pair) -> Vec<(TokenId, f32)> {
        if let Some(known) = self.learned.get(&pair) {
            return known.clone();
        }
        let counted = self.corpus.as_ref().and_then(|it| it.followers(&[pair.0, pair.1]));
        let Some(counted) = counted else { return Vec::new() };
        let mut weights: Vec<_> =
            counted.next.iter().map(|&next| (next, counted.probability(next))).collect();
        order(&mut weights);
        weights.truncate(Self::KEPT);
        weights
    }

    /// What may follow a pair, heaviest first, with weights that sum to 1.
    pub fn successors(&self, pair: Pair) -> Vec<(TokenId, f32)> {
        let mut weights = self.weights(pair);
        let sum: f32 = weights.iter().map(|it| it.1).sum();
        weights.iter_mut().for_each(|it| it.1 /= sum);
        weights
    }

    /// Strengthens every trigram of `text` once. A newcomer takes the place of the lightest
    /// successor where a pair has as many as it may have.
    pub fn learn(&mut self, text: &[TokenId]) -> Vec<Change> {
        let mut changes = Vec::new();
        for trigram in text.windows(3) {
            let (pair, next) = ((trigram[0], trigram[1]), trigram[2]);
            let mut weights = self.weights(pair);
            let before = weights.iter().find(|it| it.0 == next).map(|it| it.1);
            if before.is_none() {
                weights.truncate(Self::KEPT - 1);
                weights.push((next, 0.0));
            }
            let known = weights.iter_mut().find(|it| it.0 == next).expect("it is in the list");
            known.1 = (known.1 + self.gain).min(Self::CAP);
            let after = known.1;
            order(&mut weights);
            self.learned.insert(pair, weights);
            changes.push(Change { pair, next, before, after });
        }
        changes
    }
}

fn order(weights: &mut [(TokenId, f32)]) {
    weights.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus() -> Trigrams {
        let text: [TokenId; 10] = [1, 2, 3, 1, 2, 3, 1, 2, 4, 5];
        Trigrams::new(Some(Rc::new(Ngrams::count([text.as_slice()], 2))), 0.04)
    }

    #[test]
    fn weights_begin_as_relative_frequencies() {
        assert_eq!(corpus().weights((1, 2)), [(3, 2.0 / 3.0), (4, 1.0 / 3.0)]);
        assert!(corpus().successors((9, 9)).is_empty());
        assert!(Trigrams::new(None, 0.04).successors((1, 2)).is_empty());
    }

    #[test]
    fn repeated_text_raises_its_trigram_up_to_the_cap() {
        let mut table = corpus();
        let mut last = 1.0 / 3.0;
        for round in 1..=80 {
            let change = table.learn(&[1, 2, 4])[0];
            assert_eq!(change.before, Some(last));
            let want = (1.0 / 3.0 + 0.04 * round as f32).min(3.0);
            assert!((change.after - want).abs() < 1e-4, "round {round}: {change:?}");
            assert!(change.after > last || last == Trigrams::CAP);
            last = change.after;
        }
        assert_eq!(last, 3.0);
        assert_eq!(table.weights((1, 2))[1], (3, 2.0 / 3.0), "the others stay");
        let sum: f32 = table.successors((1, 2)).iter().map(|it| it.1).sum();
        assert!((sum - 1.0).abs() < 1e-6, "read as shares");
    }

    #[test]
    fn a_new_trigram_joins_and_at_most_twelve_stay() {
        let mut table = Trigrams::new(None, 0.04);
        for next in 0..20 {
            let change = table.learn(&[7, 8, next])[0];
            assert_eq!((change.before, change.after), (None, 0.04));
        }
        let kept: Vec<_> = table.weights((7, 8)).iter().map(|it| it.0).collect();
        assert_eq!(
            kept,
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 19],
            "the lightest left for the newest"
        );
    }
}
