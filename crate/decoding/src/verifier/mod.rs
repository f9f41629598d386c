//! Acceptance rules: given the target's distribution at a node and the guesses that continue it,
//! which guess is kept, or which token takes their place.
//!
//! **Accepted**: a guess the rule kept. **Recovered**: the token that replaces rejected guesses.
//! **Bonus**: the token the same pass gives after the last accepted guess, with no guess to beat.

#[cfg(test)]
mod exact;
pub mod k_seq;
mod one_hot;
mod ratio;
mod relaxed;
mod sample_match;
mod with_replacement;
pub use k_seq::KSeq;
pub use one_hot::OneHot;
pub use ratio::Ratio;
pub use relaxed::Relaxed;
pub use sample_match::SampleMatch;
pub use with_replacement::WithReplacement;

use crate::{random::Key, trace::Rule, tree::*};
use std::rc::Rc;

/// One guess below a node.
#[derive(Clone, Debug)]
pub struct Guess {
    pub token: TokenId,
    /// The distribution it was drawn from, if it was drawn.
    pub drawn_from: Option<Rc<[f32]>>,
}

/// What happened to one guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Index among the guesses.
    pub guess: usize,
    pub accepted: bool,
    pub rule: Rule,
    /// Target probability of the guess when it was tested.
    pub p: f32,
    pub q: Option<f32>,
    /// What q was multiplied by; `None` for 1.
    pub scale: Option<f32>,
    pub u: Option<f32>,
    /// After a rejection: what the rule goes on with.
    pub residual: Option<Vec<f32>>,
}

impl Test {
    /// A test that compares, without a coin.
    pub fn without_draw(guess: usize, accepted: bool, rule: Rule, p: f32) -> Self {
        Self { guess, accepted, rule, p, q: None, scale: None, u: None, residual: None }
    }
}

/// The verdict at one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The tests, in the order they were made; guesses that were not tried do not occur.
    pub tests: Vec<Test>,
    /// The accepted guess; otherwise the token must come from `rest`.
    pub accepted: Option<usize>,
    /// What a token is drawn from when no guess was accepted, and its name for the reader.
    pub rest: Rest,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Rest {
    /// The target's own distribution, with the draw of plain sampling.
    Target,
    /// The residual after rejections.
    Residual(Vec<f32>),
    /// The token is already decided (R1 and R2 draw once per node).
    Decided(TokenId),
}

/// What a rule may read at one node beside the filtered distribution.
pub struct Draws<'a> {
    /// Uniforms by key: `Session::uniform`, or a script in a test.
    pub uniform: &'a dyn Fn(Key) -> f32,
    /// Depth of the token that is being decided.
    pub position: u32,
    pub lane: u32,
    /// `[vocab_size]`: the target's own log-probabilities, before any filter. A relaxed rule
    /// compares with them when greedy filters have left a point mass.
    pub log_probs: &'a [f32],
}

impl Draws<'_> {
    /// The uniform of test number `draw` at this position.
    pub fn accept(&self, draw: u32) -> f32 {
        let Self { position, lane, .. } = *self;
        (self.uniform)(Key { purpose: "accept", lane, position, draw })
    }

    /// The uniform that plain sampling would use at this position.
    pub fn target(&self) -> f32 {
        (self.uniform)(Key::target(self.lane, self.position))
    }
}

pub trait Verifier {
    /// Rules on `guesses`, the children of one node in drafting order. `target` holds the
    /// target's probabilities after filters; a point mass when greedy.
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling;
}

impl<V: Verifier + ?Sized> Verifier for Box<V> {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        (**self).rule(target, guesses, draws)
    }
}
