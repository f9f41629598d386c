//! K sequences of L tokens, each drawn from the draft on its own. Sequences that begin with the
//! same tokens share nodes; a shared node is named once for each of them.
//! Source: Sun et al. 2023 (SpecTr), arXiv:2310.15141.

use super::*;
use crate::{random::Key, row};

#[derive(Clone, Debug)]
pub struct Sequences {
    /// K: sequences drawn.
    pub count: u32,
    /// L: tokens of each.
    pub draft_len: u32,
    left: u32,
    /// Where each sequence has come to.
    ends: Vec<NodeId>,
    /// The sequences of the last expansion's children that are not grown yet, last one first.
    growing: Vec<usize>,
}

impl Sequences {
    pub fn new(count: u32, draft_len: u32) -> Self {
        Self { count, draft_len, left: 0, ends: Vec::new(), growing: Vec::new() }
    }
}

impl TreePolicy for Sequences {
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
        self.left = self.draft_len.min(depth);
        self.ends = vec![session.head(); self.count as usize];
        self.left > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let mut children = Vec::new();
        self.growing.clear();
        for (sequence, &end) in self.ends.iter().enumerate() {
            // A sequence whose last token ends the text goes no further.
            let Some(parent) = frontier.iter().position(|it| it.node == end) else { continue };
            let probs = &frontier[parent].probs;
            let token = if probs.contains(&1.0) {
                row::arg_max(probs)
            } else {
                let it = &session.forest()[end];
                let (lane, position) = (it.lane.0, it.depth + 1);
                let draw = session.step_index() * self.count + sequence as u32;
                let key = Key { purpose: "draft", lane, position, draw };
                session.sample_probs(end, "draft", probs, key).token
            };
            children.push(Child { parent, token });
            self.growing.insert(0, sequence);
        }
        self.left -= 1;
        Expansion { children, more: self.left > 0 }
    }

    fn grown(&mut self, _: &Child, node: NodeId) {
        let sequence = self.growing.pop().expect("children are grown in order");
        self.ends[sequence] = node;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        toy::T4_Q,
        trial::{Trial, tree},
    };

    #[test]
    fn sequences_are_independent_and_share_their_beginnings() {
        let n = 20_000;
        let mut trial = Trial::t4(&[0]);
        let mut counts = [0u32; 256];
        for seed in 0..n {
            trial.restart(seed);
            let draft = tree(&mut trial, Sequences::new(2, 2));
            assert_eq!(draft.len(), 4, "two tokens a level: {draft:?}");
            let number = |path: &str| {
                path.replace(' ', "")
                    .chars()
                    .fold(0, |sum, digit| 4 * sum + digit.to_digit(10).unwrap() as usize)
            };
            assert_eq!(
                [number(&draft[2]) / 4, number(&draft[3]) / 4],
                [number(&draft[0]), number(&draft[1])]
            );
            counts[16 * number(&draft[2]) + number(&draft[3])] += 1;
        }
        let law = |it: usize| f64::from(T4_Q[0][it / 4] * T4_Q[it / 4][it % 4]);
        let gap = |(it, &count): (usize, &u32)| {
            (f64::from(count) / f64::from(n) - law(it / 16) * law(it % 16)).abs() / 2.0
        };
        // 256 cells: the noise alone is about .045.
        let distance: f64 = counts.iter().enumerate().map(gap).sum();
        assert!(distance < 0.055, "{distance}");
    }

    #[test]
    fn one_sequence_is_the_chain() {
        for seed in 0..50 {
            let draft = |policy: &mut dyn FnMut(&mut Trial) -> Vec<String>| {
                let mut trial = Trial::t4(&[2]);
                trial.restart(seed);
                policy(&mut trial)
            };
            let one = draft(&mut |trial| tree(trial, Sequences::new(1, 4)));
            assert_eq!(one, draft(&mut |trial| tree(trial, Chain::new(4))));
        }
    }
}
