//! Who guesses. A drafter grows guesses below the head and learns from what the target said.

mod best_first;
mod chains;
mod copying;
mod grid;
mod jacobi;
mod lookahead;
mod model;
mod ngram;
mod phrases;
mod pool;
mod recycling;
mod redrawn;
mod searching;
pub mod skip_search;
pub use best_first::{BestFirst, Inner};
mod tree_search;
mod trigrams;
mod window;
pub use chains::Chains;
pub use copying::{Copying, Occurrence};
pub use jacobi::{Init, Jacobi, Place};
pub use lookahead::Lookahead;
pub use model::ModelDrafter;
pub use ngram::AdaptiveNgrams;
pub use phrases::Phrases;
pub use pool::Pool;
pub use recycling::{RankPath, Recycling, template};
pub use redrawn::Redrawn;
pub use searching::Searching;
pub use window::Window;

use crate::{Result, model::Scores, session::Session, tree::*};

/// What the verification pass brought back, for drafters that learn from it.
pub struct Verdict<'a> {
    /// The judged nodes: the old head first, then the guesses.
    pub scored: &'a [NodeId],
    /// Rows of `scored`, then rows of the nodes that `also_score` named.
    pub scores: &'a Scores,
    /// The accepted guesses, in reading order.
    pub accepted: &'a [NodeId],
    /// The token committed on top of them; `None` when an accepted end token closed the text.
    pub emitted: Option<NodeId>,
}

impl Verdict<'_> {
    /// The row of the node at `index` in what `also_score` returned.
    pub fn also_row(&self, index: usize) -> &[f32] {
        self.scores.row(self.scored.len() + index)
    }
}

#[allow(async_fn_in_trait)] // One thread: a browser worker.
pub trait Drafter {
    /// Grows guesses below the head and returns them, parents before children; siblings in the
    /// order the rule shall try them. A guess that was drawn several times is one node, named as
    /// often. May return none.
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>>;

    /// Names nodes beside the guesses whose rows this drafter wants from the same pass (the
    /// prompt's, a window's). They are never judged; whoever grew them here prunes them.
    fn also_score(&mut self, _session: &mut Session<'_>) -> Vec<NodeId> {
        Vec::new()
    }

    /// Learns from the pass that judged the draft. Most drafters have nothing to learn.
    fn observe(&mut self, _session: &mut Session<'_>, _verdict: &Verdict<'_>) {}
}
