//! Chains of guesses below several nodes at once, level by level. Leaves the passes to its
//! caller, who may have company for them: other prompts, or the target on a device of its own.

use crate::{
    filter::Pipeline,
    model::Scores,
    policy::draw_guess,
    row,
    session::{Proposal, Session},
    tree::*,
};

/// One chain: where it goes on, and what has been guessed.
struct Growing {
    at: NodeId,
    /// Guesses that may still follow.
    left: u32,
    drafted: Vec<NodeId>,
}

pub struct Chains {
    growing: Vec<Growing>,
    /// A chain ends with a guess less probable than this. The guess itself is kept: it was drawn,
    /// and dropping it would bias the ratio test.
    stop_below: f32,
}

impl Chains {
    /// Chains of at most so many guesses below each node.
    pub fn below(starts: &[(NodeId, u32)]) -> Self {
        let growing = starts.iter().map(|&(at, left)| Growing { at, left, drafted: Vec::new() });
        Self { growing: growing.collect(), stop_below: 0.0 }
    }

    pub fn stopping_below(self, stop_below: f32) -> Self {
        Self { stop_below, ..self }
    }

    /// The nodes that the draft must score before `extend`; none when all chains have ended.
    pub fn frontier(&self) -> Vec<NodeId> {
        self.growing.iter().filter(|it| it.left > 0).map(|it| it.at).collect()
    }

    /// Adds a guess to every chain that goes on. `scores`: one row for each node of the frontier,
    /// in its order.
    pub fn extend(&mut self, session: &mut Session<'_>, scores: &Scores, pipeline: &Pipeline) {
        let growing = self.growing.iter_mut().filter(|it| it.left > 0);
        for (index, chain) in growing.enumerate() {
            let probs = pipeline.probs(session.forest(), chain.at, scores.row(index));
            let token = draw_guess(session, chain.at, &probs);
            // A point mass would always be sure: the row itself says how sure the draft is.
            let sure = match pipeline.is_greedy() {
                true => row::softmax(scores.row(index))[token as usize],
                false => probs[token as usize],
            };
            let proposal = match pipeline.is_greedy() {
                true => Proposal::by("draft").with_log_prob(sure.ln()),
                false => Proposal::drawn("draft", token, probs.into()),
            };
            chain.at = session.grow(chain.at, token, proposal);
            chain.drafted.push(chain.at);
            let last = session.ends(token) || sure < self.stop_below;
            chain.left = if last { 0 } else { chain.left - 1 };
        }
    }

    /// The guesses below each start, in reading order.
    pub fn drafted(self) -> Vec<Vec<NodeId>> {
        self.growing.into_iter().map(|it| it.drafted).collect()
    }
}
