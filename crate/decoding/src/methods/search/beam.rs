//! What beam-type searches share: hypotheses with summed scores, the best continuations of all of
//! them, and the pruning of whatever no hypothesis needs any more.

use crate::{
    session::{Proposal, Session},
    tree::*,
};
use std::collections::BTreeSet;

/// A text that may grow further.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hypothesis {
    pub node: NodeId,
    /// Sum of natural-log probabilities since the prompt, added in f32 in reading order, as Hugging
    /// Face does: texts that are equally probable mostly tie, and ties have a rule.
    pub score: f32,
}

/// One token below a live hypothesis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub parent: NodeId,
    pub token: TokenId,
    pub log_prob: f32,
    /// Score of the parent plus `log_prob`.
    pub score: f32,
}

impl Candidate {
    pub fn grow(&self, session: &mut Session) -> Hypothesis {
        let proposal = Proposal::by("target").with_log_prob(self.log_prob);
        let node = session.grow(self.parent, self.token, proposal);
        Hypothesis { node, score: self.score }
    }

    /// Whether the text ends with this token: an end token, or no room for another.
    pub fn ends(&self, session: &Session) -> bool {
        session.ends(self.token) || session.room_below(self.parent) <= 1
    }
}

/// The `count` best continuations. `tops[b]`: the best tokens of `live[b]` with their
/// log-probabilities. Ties go to the earlier hypothesis, then to the lower token id; tokens
/// without any probability are left out.
pub fn best_candidates(
    live: &[Hypothesis],
    tops: &[Vec<(TokenId, f32)>],
    count: usize,
) -> Vec<Candidate> {
    let mut all: Vec<(usize, Candidate)> = Vec::new();
    for (beam, (text, top)) in live.iter().zip(tops).enumerate() {
        for &(token, log_prob) in top.iter().filter(|it| it.1 > f32::NEG_INFINITY) {
            let score = text.score + log_prob;
            all.push((beam, Candidate { parent: text.node, token, log_prob, score }));
        }
    }
    all.sort_by(|(beam_a, a), (beam_b, b)| {
        b.score.total_cmp(&a.score).then(beam_a.cmp(beam_b)).then(a.token.cmp(&b.token))
    });
    all.into_iter().take(count).map(|it| it.1).collect()
}

/// The generated nodes that are still in the forest.
#[derive(Debug, Default)]
pub struct Standing(BTreeSet<NodeId>);

impl Standing {
    pub fn add(&mut self, node: NodeId) {
        self.0.insert(node);
    }

    /// Prunes every node that is not on the path to one of `leaves`.
    pub fn keep_paths_to(
        &mut self,
        session: &mut Session,
        leaves: impl IntoIterator<Item = NodeId>,
        reason: &str,
    ) {
        let mut needed = BTreeSet::new();
        for leaf in leaves {
            // A node that is needed already has all its ancestors in the set.
            let path = session.forest().ancestors(leaf).take_while(|it| self.0.contains(it));
            for node in path {
                if !needed.insert(node) {
                    break;
                }
            }
        }
        let dropped: Vec<_> = self.0.difference(&needed).copied().collect();
        session.prune(&dropped, reason);
        self.0 = needed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy;

    const A: TokenId = 2;
    const B: TokenId = 3;
    const C: TokenId = 4;
    const D: TokenId = 5;

    #[test]
    fn second_step_on_toy_6() {
        let live = [
            Hypothesis { node: NodeId(1), score: 0.5f32.ln() },
            Hypothesis { node: NodeId(2), score: 0.4f32.ln() },
        ];
        let tops = [A, B].map(|last| crate::row::top_k(&toy::toy6_row(last), 6));
        let best = best_candidates(&live, &tops, 4);
        let expected = [
            (NodeId(2), D, -1.2040),
            (NodeId(1), C, -1.7430),
            (NodeId(1), B, -1.8971),
            (NodeId(1), D, 0.1f32.ln()),
        ];
        assert_eq!(best.len(), 4);
        for (have, (parent, token, score)) in best.iter().zip(expected) {
            assert_eq!((have.parent, have.token), (parent, token));
            assert!((have.score - score).abs() < 5e-5, "{have:?}");
        }
    }

    #[test]
    fn ties_go_to_the_earlier_text_then_to_the_lower_token() {
        let text = |node| Hypothesis { node: NodeId(node), score: -1.0 };
        let top = vec![(3, -0.5), (1, -0.5), (2, f32::NEG_INFINITY)];
        let best = best_candidates(&[text(9), text(4)], &[top.clone(), top], 8);
        let order: Vec<_> = best.iter().map(|it| (it.parent.0, it.token)).collect();
        assert_eq!(order, [(9, 1), (9, 3), (4, 1), (4, 3)]);
    }
}
