//! Who guesses. A drafter grows guesses below the head and learns from what the target said.

mod model;
pub use model::ModelDrafter;

use crate::{Result, model::Scores, session::Session, tree::*};

/// What the verification pass brought back, for drafters that learn from it.
pub struct Verdict<'a> {
    /// Every node whose row came back: the old head first, then the guesses.
    pub scored: &'a [NodeId],
    pub scores: &'a Scores,
    /// The accepted guesses, in reading order.
    pub accepted: &'a [NodeId],
    /// The token committed on top of them; `None` when an accepted end token closed the text.
    pub emitted: Option<NodeId>,
}

#[allow(async_fn_in_trait)] // One thread: a browser worker.
pub trait Drafter {
    /// Grows guesses below the head and returns them, parents before children; siblings in the
    /// order the rule shall try them. May return none.
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>>;

    /// Learns from the pass that judged the draft. Most drafters have nothing to learn.
    fn observe(&mut self, _session: &mut Session<'_>, _verdict: &Verdict<'_>) {}
}
