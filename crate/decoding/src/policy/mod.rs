//! The shape of a draft: which children a freshly scored frontier gets, and when to stop.
//! A decision may depend on everything drawn so far, never on a token not yet drawn, and a drawn
//! token is never dropped after it was seen: otherwise the ratio test is biased.

mod best_shape;
mod branching;
mod cautious;
mod chain;
pub mod children;
mod comb;
mod last_round;
mod opt_tree;
mod planned;
mod sequences;
mod stochastic_beam;
pub use best_shape::BestShapes;
pub use branching::{Branching, Children};
pub use cautious::Cautious;
pub use chain::Chain;
pub(crate) use chain::draw_guess;
pub use comb::Comb;
pub use last_round::LastRound;
pub use opt_tree::OptTree;
pub use planned::{Planned, Shape};
pub use sequences::Sequences;
pub use stochastic_beam::StochasticBeam;

use crate::{drafter::Verdict, session::Session, tree::*};
use std::rc::Rc;

/// A node of the draft's last level, with the draft's distribution after it.
pub struct Frontier {
    pub node: NodeId,
    pub probs: Rc<[f32]>,
}

/// A child to add.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Child {
    /// Index of its parent in the frontier.
    pub parent: usize,
    pub token: TokenId,
}

pub struct Expansion {
    pub children: Vec<Child>,
    /// Whether the children shall be scored and expanded in turn.
    pub more: bool,
}

pub trait TreePolicy {
    /// A new draft starts below the head, at most `depth` tokens deep. `false`: no draft.
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool;

    /// Chooses the children of the frontier, siblings in the order the rule shall try them.
    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion;

    /// Whether children are drawn from the draft's distribution (rules R3–R5 need it then), rather
    /// than chosen by rank (R1, R2 and R6 only).
    fn draws(&self) -> bool {
        true
    }

    /// Whether a child of the last expansion is scored and expanded in its turn. A child that ends
    /// the text never is.
    fn extends(&self, _child: &Child) -> bool {
        true
    }

    /// Tells the node that a child of the last expansion became. Children with the same parent and
    /// token become the same node, and each is told.
    fn grown(&mut self, _child: &Child, _node: NodeId) {}

    /// Names the guesses that go to the target, parents before children. The others are pruned.
    fn select(&mut self, _session: &mut Session<'_>, drafted: Vec<NodeId>) -> Vec<NodeId> {
        drafted
    }

    /// Learns from the pass that judged the draft. Most policies have nothing to learn.
    fn observe(&mut self, _session: &mut Session<'_>, _verdict: &Verdict<'_>) {}
}

/// A pointer to a policy is a policy.
macro_rules! forward_to_policy {
    ($pointer:ty) => {
        impl<P: TreePolicy + ?Sized> TreePolicy for $pointer {
            fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
                (**self).begin(session, depth)
            }
            fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
                (**self).expand(session, frontier)
            }
            fn draws(&self) -> bool {
                (**self).draws()
            }
            fn extends(&self, child: &Child) -> bool {
                (**self).extends(child)
            }
            fn grown(&mut self, child: &Child, node: NodeId) {
                (**self).grown(child, node);
            }
            fn select(&mut self, session: &mut Session<'_>, drafted: Vec<NodeId>) -> Vec<NodeId> {
                (**self).select(session, drafted)
            }
            fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
                (**self).observe(session, verdict);
            }
        }
    };
}

forward_to_policy!(Box<P>);
// Lets a test look into a policy after it was used.
#[cfg(test)]
forward_to_policy!(&mut P);
