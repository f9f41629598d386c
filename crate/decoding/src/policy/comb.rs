//! A chain of best tokens with runners-up as leaves beside each: many where the draft is unsure,
//! few where it is confident. The runners-up are ranked, not drawn: verify with R1 or R2.
//! Source: Du et al. 2024 (CaPE), arXiv:2402.02082; widths of Xia et al. 2024 (SWIFT),
//! arXiv:2410.06916.

use super::*;
use crate::{random::Key, row};

/// Guesses per position, the main one included, by the best token's probability: the first line
/// whose bound is exceeded counts.
pub const WIDTHS: [(f32, usize); 4] = [(0.95, 3), (0.8, 5), (0.5, 8), (0.0, 10)];

#[derive(Clone, Debug)]
pub struct Comb {
    /// Positions guessed per round, at most.
    pub draft_len: u32,
    /// The draft ends with a best token less probable than this (the token is kept).
    pub stop_below: f32,
    /// As `WIDTHS`.
    pub widths: Vec<(f32, usize)>,
    /// Whether the chain goes on with a drawn token, where that is not certain anyway.
    pub drawn: bool,
    left: u32,
    /// The last expansion's token of the chain, the only one that is extended.
    main: TokenId,
}

impl Comb {
    pub fn new(draft_len: u32, stop_below: f32) -> Self {
        Self { draft_len, stop_below, widths: WIDTHS.to_vec(), drawn: false, left: 0, main: 0 }
    }

    /// No runners-up: the best token again and again.
    pub fn spine(draft_len: u32) -> Self {
        Self { widths: vec![(0.0, 1)], ..Self::new(draft_len, 0.0) }
    }

    /// How many guesses a position gets by the probability of its best token.
    pub fn width(&self, confidence: f32) -> usize {
        self.widths.iter().find(|it| confidence > it.0).map_or(1, |it| it.1)
    }
}

impl TreePolicy for Comb {
    fn begin(&mut self, _: &Session<'_>, depth: u32) -> bool {
        self.left = self.draft_len.min(depth);
        self.left > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let Frontier { node, probs } = &frontier[0];
        let best = row::arg_max(probs);
        let confidence = probs[best as usize];
        self.main = if self.drawn && confidence < 1.0 {
            let it = &session.forest()[*node];
            let (lane, position) = (it.lane.0, it.depth + 1);
            let key = Key { purpose: "draft", lane, position, draw: session.step_index() };
            session.sample_probs(*node, "draft", probs, key).token
        } else {
            best
        };
        let beside = children::best(probs, self.width(confidence));
        let beside = beside.into_iter().filter(|&token| token != self.main);
        let children = std::iter::once(self.main)
            .chain(beside)
            .take(self.width(confidence))
            .map(|token| Child { parent: 0, token })
            .collect();
        self.left -= 1;
        Expansion { children, more: self.left > 0 && confidence >= self.stop_below }
    }

    fn draws(&self) -> bool {
        false
    }

    fn extends(&self, child: &Child) -> bool {
        child.token == self.main
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        trace::Event,
        trial::{Trial, tree},
    };

    fn comb(widths: &[(f32, usize)], stop_below: f32) -> Comb {
        Comb { widths: widths.to_vec(), ..Comb::new(3, stop_below) }
    }

    #[test]
    fn unsure_positions_get_more_runners_up() {
        let it = Comb::new(8, 0.8);
        assert_eq!([0.96, 0.95, 0.8, 0.5, 0.1].map(|sure| it.width(sure)), [3, 5, 8, 10, 10]);
    }

    #[test]
    fn only_the_best_token_of_a_position_is_extended() {
        // State 3's best token is 3 (.6) again and again; runners-up are 2, then 0.
        let mut trial = Trial::t4(&[3]);
        let drafted = tree(&mut trial, comb(&[(0.5, 2), (0.0, 3)], 0.0));
        assert_eq!(drafted, ["3", "2", "3 3", "3 2", "3 3 3", "3 3 2"]);
        // State 0's best is 1 (.4): three guesses, then 1 after 1 (.3, ties to the lower id).
        let drafted = tree(&mut Trial::t4(&[0]), comb(&[(0.35, 2), (0.0, 3)], 0.0));
        assert_eq!(drafted, ["1", "0", "1 1", "1 2", "1 0", "1 1 1", "1 1 2", "1 1 0"]);
    }

    #[test]
    fn a_drawn_chain_keeps_its_token_and_the_best_others() {
        let mut others = 0;
        for seed in 0..50 {
            let mut trial = Trial::t4(&[3]);
            trial.restart(seed);
            let drawn = Comb { drawn: true, draft_len: 2, ..comb(&[(0.0, 2)], 0.0) };
            let draft = tree(&mut trial, drawn);
            assert_eq!(draft.len(), 4, "two guesses a position: {draft:?}");
            let best = if draft[0] == "3" { "2" } else { "3" };
            assert_eq!(draft[1], best, "{draft:?}");
            assert!(draft[2..].iter().all(|it| it.starts_with(&draft[0])), "{draft:?}");
            others += u32::from(draft[0] != "3");
        }
        assert!((8..35).contains(&others), "{others} of about 20");
    }

    #[test]
    fn runners_up_cost_no_draft_pass_and_no_row() {
        let mut trial = Trial::t4(&[3]);
        assert_eq!(tree(&mut trial, comb(&[(0.0, 3)], 0.0)).len(), 9);
        let rows = trial.events().iter().filter_map(|event| match event {
            Event::Score { nodes, .. } => Some(nodes.len()),
            _ => None,
        });
        assert_eq!(rows.collect::<Vec<_>>(), [1, 1, 1]);
    }

    #[test]
    fn an_unsure_token_is_kept_and_ends_the_draft() {
        assert_eq!(tree(&mut Trial::t4(&[3]), comb(&[(0.0, 1)], 0.61)), ["3"]);
        assert_eq!(tree(&mut Trial::t4(&[3]), comb(&[(0.0, 1)], 0.6)), ["3", "3 3", "3 3 3"]);
    }
}
