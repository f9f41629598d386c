//! How much of the prompt a text has looked at: GNMT's coverage term, fed from the weights of the
//! last layer. What a translation's source is to GNMT, the prompt is here.
//! Source: Wu et al. 2016, arXiv:1609.08144, §7.

use super::beam::Hypothesis;
use crate::{model::Scores, tree::*};
use std::collections::BTreeMap;

/// A column that nothing has looked at would cost infinitely much.
const LOWEST_LOG: f32 = -10.0;

/// What the live texts have looked at so far.
#[derive(Debug, Default)]
pub struct Coverage {
    /// β of the term; 0 leaves it out.
    pub beta: f32,
    /// Per text of the last pass: the weight each prompt position got, summed over the tokens
    /// predicted so far, the next one included.
    attended: BTreeMap<NodeId, Vec<f32>>,
}

impl Coverage {
    pub fn new(beta: f32) -> Self {
        Self { beta, attended: BTreeMap::new() }
    }

    pub fn is_used(&self) -> bool {
        self.beta > 0.0
    }

    /// Adds the weights with which the next token of each text of `live` was predicted. `scores`
    /// holds the attention of one layer for them, in the same order.
    pub fn look(&mut self, forest: &Forest, live: &[Hypothesis], scores: &Scores) {
        let Some(weights) = scores.attention.first() else { return };
        let before = std::mem::take(&mut self.attended);
        for (text, weights) in live.iter().zip(weights) {
            let lane = forest.lane(forest[text.node].lane);
            let mut row = over_prompt(weights, lane.prompt_len as usize);
            let sums = forest[text.node].parent.and_then(|it| before.get(&it));
            for (weight, sum) in row.iter_mut().zip(sums.into_iter().flatten()) {
                *weight += sum;
            }
            self.attended.insert(text.node, row);
        }
    }

    /// The term of a text that ends in `node`, a token below a text of the last pass.
    pub fn term(&self, forest: &Forest, node: NodeId) -> f32 {
        let columns = forest[node].parent.and_then(|it| self.attended.get(&it));
        columns.map_or(0.0, |columns| term(columns, self.beta))
    }
}

/// The weights of one row on the prompt, scaled to sum to 1. The paper's rows look at nothing but
/// the source; this is what makes rows of a model that sees its own text comparable.
fn over_prompt(weights: &[(NodeId, f32)], prompt_len: usize) -> Vec<f32> {
    let mut row: Vec<f32> = weights.iter().take(prompt_len).map(|it| it.1).collect();
    crate::row::normalise(&mut row);
    row
}

/// β Σ ln min(column, 1), at most 0.
fn term(columns: &[f32], beta: f32) -> f32 {
    beta * columns.iter().map(|it| it.min(1.0).ln().max(LOWEST_LOG)).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_over_three_source_positions() {
        let rows = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.1]];
        let columns: Vec<f32> = (0..3).map(|it| rows[0][it] + rows[1][it]).collect();
        assert!(columns.iter().zip([0.8, 0.8, 0.2]).all(|(have, want)| (have - want).abs() < 1e-6));
        assert!((term(&columns, 0.2) + 0.41115).abs() < 5e-6, "{}", term(&columns, 0.2));
    }

    #[test]
    fn a_column_counts_at_most_once_and_at_least_a_little() {
        assert_eq!(term(&[3.0, 1.0], 0.2), 0.0);
        assert_eq!(term(&[0.0, 1.0], 0.2), -2.0);
    }

    #[test]
    fn a_row_is_scaled_to_the_prompt() {
        let row = [(0, 0.25), (1, 0.125), (2, 0.5), (3, 0.125)].map(|it| (NodeId(it.0), it.1));
        let have = over_prompt(&row, 2);
        assert!((have[0] - 2.0 / 3.0).abs() < 1e-6 && (have[1] - 1.0 / 3.0).abs() < 1e-6);
    }
}
