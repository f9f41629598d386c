//! Mistakes that look harmless and change the law of the text. Each stands beside the same code
//! without the mistake, so that the distance is the mistake's alone.

use super::*;
use crate::{
    drafter::ModelDrafter,
    filter::Pipeline,
    policy::{Chain, Child, Expansion, Frontier, TreePolicy},
    random::{Key, gumbel, uniform},
    row,
    session::Session,
    speculate::{Lines, Speculation},
    toy::{T4_P, T4_Q},
    tree::NodeId,
    verifier::{Draws, Guess, Ratio, Rest, Ruling, Verifier},
};
use std::{cell::Cell, rc::Rc};

/// Total variation of three tokens from plain sampling when a draft of this shape is judged by
/// this rule.
fn distance_of<P: TreePolicy, V: Verifier>(parts: impl Fn() -> (P, V)) -> f64 {
    let mut trial = Trial::new(&[0], 3, Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft()));
    distance_from_t4(thoroughness().0, |seed| {
        let (policy, verifier) = parts();
        let pipeline = || Pipeline::temperature(1.0);
        let mut speculation = Speculation {
            drafter: ModelDrafter::new(DRAFT, pipeline(), policy),
            verifier,
            pipeline: pipeline(),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        };
        trial.finish(seed, |session| block_on(speculation.round(session)))
    })
}

/// Stops at an improbable token; the mistake is to leave the token out as well.
struct StopWhenUnsure {
    chain: Chain,
    drop: bool,
}

const UNSURE: f32 = 0.35;

impl TreePolicy for StopWhenUnsure {
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
        self.chain.begin(session, depth)
    }
    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        self.chain.expand(session, frontier)
    }
    fn select(&mut self, session: &mut Session<'_>, mut drafted: Vec<NodeId>) -> Vec<NodeId> {
        let unsure = |&node: &NodeId| {
            let token = session.forest()[node].token().expect("guesses are tokens");
            session.draft_row(node).expect("chains draw")[token as usize] < UNSURE
        };
        if self.drop && drafted.last().is_some_and(unsure) {
            drafted.pop();
        }
        drafted
    }
}

#[test]
fn dropping_a_drawn_token_because_it_is_unsure_biases_the_text() {
    let parts = |drop| {
        move || {
            (StopWhenUnsure { chain: Chain::new(3).stopping_below(UNSURE), drop }, Ratio::default())
        }
    };
    let (kept, dropped) = (distance_of(parts(false)), distance_of(parts(true)));
    assert!(kept < close() && dropped > 0.05, "kept {kept}, dropped {dropped}");
}

/// Two children a node, two levels: drawn without replacement with fresh noise, or with one of
/// two mistakes.
struct Pairs {
    children: Children,
    head: Rc<Cell<u32>>,
    left: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Children {
    Drawn,
    /// The noise of the first round serves in every round.
    DrawnWithStaleNoise,
    /// The two best tokens pose as drawn ones.
    Ranked,
}

impl TreePolicy for Pairs {
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
        self.head.set(session.head_depth());
        self.left = depth.min(2);
        self.left > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let mut children = Vec::new();
        for (parent, Frontier { node, probs }) in frontier.iter().enumerate() {
            let position = match self.children {
                Children::Drawn => node.0,
                // The place in the round's tree, the same in every round.
                _ => 10 * self.left + parent as u32,
            };
            let key = |draw| Key { purpose: "pairs", lane: 0, position, draw };
            let noise = |token| match self.children {
                Children::Ranked => 0.0,
                _ => session.gumbel(key(token)),
            };
            let keys: Vec<f32> =
                probs.iter().zip(0..).map(|(p, token)| p.ln() + noise(token)).collect();
            let best = row::top_k(&keys, 2).into_iter();
            children.extend(best.map(|(token, _)| Child { parent, token }));
        }
        self.left -= 1;
        Expansion { children, more: self.left > 0 }
    }
}

/// The ratio test, with the uniforms of the first round in every round if `stale`.
struct Uniforms {
    stale: bool,
    head: Rc<Cell<u32>>,
}

impl Verifier for Uniforms {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let position = draws.position - if self.stale { self.head.get() } else { 0 };
        Ratio::default().rule(target, guesses, &Draws { position, ..*draws })
    }
}

fn distance_of_pairs(children: Children) -> f64 {
    distance_of(|| {
        let head = Rc::new(Cell::new(0));
        let stale = children == Children::DrawnWithStaleNoise;
        (Pairs { children, head: head.clone(), left: 0 }, Uniforms { stale, head })
    })
}

#[test]
fn ranked_guesses_judged_as_drawn_ones_bias_the_text() {
    let (drawn, ranked) = (distance_of_pairs(Children::Drawn), distance_of_pairs(Children::Ranked));
    assert!(drawn < close() && ranked > 0.05, "drawn {drawn}, ranked {ranked}");
}

#[test]
fn noise_that_serves_twice_biases_the_text() {
    let stale = distance_of_pairs(Children::DrawnWithStaleNoise);
    assert!(stale > 0.05, "{stale}");
}

/// Draws `branches` first tokens from the target, continues each by a draft that is judged
/// properly, and keeps the longest continuation, round by round.
fn longest_of(branches: u32, seed: u32) -> Vec<TokenId> {
    let mut text = Vec::new();
    let mut state = 0;
    while text.len() < 3 {
        let round = text.len() as u32;
        let u =
            |purpose, lane, position| uniform(seed, Key { purpose, lane, position, draw: round });
        let branch = |lane: u32| {
            let mut at = row::draw(T4_P[state], u("root", lane, 0));
            let mut branch = vec![at];
            for position in 1..=2 {
                let (p, q) = (T4_P[at as usize], T4_Q[at as usize]);
                let token = row::draw(q, u("draft", lane, position));
                let fresh = |key: Key| u(key.purpose, lane, position);
                let draws = Draws { uniform: &fresh, position, lane, log_probs: &[] };
                let guess = Guess { token, drawn_from: Some(q.into()) };
                let ruling = Ratio::default().rule(p, &[guess], &draws);
                if let Rest::Residual(rest) = ruling.rest {
                    branch.push(row::draw(&rest, u("residual", lane, position)));
                    return branch;
                }
                branch.push(token);
                at = token;
            }
            branch.push(row::draw(T4_P[at as usize], u("bonus", lane, 3)));
            branch
        };
        let all: Vec<_> = (0..branches).map(branch).collect();
        let longest = all.iter().map(Vec::len).max().expect("a branch");
        text.extend(all.into_iter().find(|it| it.len() == longest).expect("the longest"));
        state = text[text.len() - 1] as usize;
    }
    text
}

#[test]
fn keeping_the_longest_accepted_branch_biases_the_text() {
    let one = distance_from_t4(thoroughness().0, |seed| longest_of(1, seed));
    let four = distance_from_t4(N, |seed| longest_of(4, seed));
    assert!(one < close() && four > 0.05, "one branch {one}, four {four}");
}

#[test]
fn gumbel_noise_has_the_gumbel_law() {
    // Mean γ = .5772 (Euler), variance π² / 6.
    let draws: Vec<f64> = (0..20_000).map(|i| gumbel(i, Key::target(0, 0)).into()).collect();
    let mean = draws.iter().sum::<f64>() / 20_000.0;
    let variance = draws.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / 20_000.0;
    assert!((mean - 0.5772).abs() < 0.03 && (variance - 1.645).abs() < 0.08, "{mean} {variance}");
}
