//! γ tokens one after another, each drawn from the draft's distribution.

use super::*;
use crate::{random::Key, row};

#[derive(Clone, Debug)]
pub struct Chain {
    /// γ: tokens guessed per round.
    pub draft_len: u32,
    /// The draft ends with a token less probable than this. The token itself is kept: it was
    /// drawn, and dropping it would bias the ratio test.
    pub stop_below: f32,
    left: u32,
}

impl Chain {
    pub fn new(draft_len: u32) -> Self {
        Self { draft_len, stop_below: 0.0, left: 0 }
    }

    pub fn stopping_below(self, stop_below: f32) -> Self {
        Self { stop_below, ..self }
    }
}

impl TreePolicy for Chain {
    fn begin(&mut self, _: &Session<'_>, depth: u32) -> bool {
        self.left = self.draft_len.min(depth);
        self.left > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let Frontier { node, probs } = &frontier[0];
        let token = draw_guess(session, *node, probs);
        self.left -= 1;
        let more = self.left > 0 && probs[token as usize] >= self.stop_below;
        Expansion { children: vec![Child { parent: 0, token }], more }
    }
}

/// Draws a guess below `node` with a number that no other round uses for this position.
pub(crate) fn draw_guess(session: &mut Session<'_>, node: NodeId, probs: &[f32]) -> TokenId {
    if probs.contains(&1.0) {
        return row::arg_max(probs);
    }
    let it = &session.forest()[node];
    let (lane, position) = (it.lane.0, it.depth + 1);
    let key = Key { purpose: "draft", lane, position, draw: session.step_index() };
    session.sample_probs(node, "draft", probs, key).token
}
