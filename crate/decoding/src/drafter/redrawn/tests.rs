use super::*;
use crate::{
    session::Models,
    speculate::{Lines, Speculation},
    toy::{self, T4_P},
    trial::{Trial, distance_from_t4, thoroughness},
    verifier::{Draws, Guess, Ratio, Rest, Verifier},
};
use futures_lite::future::block_on;

/// The last token is the state of T4; the others are what fresh guesses are drawn from.
const PROMPT: [TokenId; 5] = [1, 2, 3, 2, 0];

/// Total variation of three tokens of T4 from plain sampling.
fn distance<D: Drafter>(n: u32, drafter: impl Fn() -> D) -> f64 {
    let mut trial = Trial::new(&PROMPT, 3, Models::new(toy::t4_target()));
    distance_from_t4(n, |seed| {
        let mut speculation = Speculation {
            drafter: drafter(),
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(1.0),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        };
        trial.finish(seed, |session| block_on(speculation.round(session)))
    })
}

fn window(init: Init) -> Redrawn {
    Redrawn::new(3, init, Pipeline::temperature(1.0), 5)
}

#[test]
fn three_tokens_of_t4_are_distributed_like_the_target() {
    let (n, close) = thoroughness();
    for init in [Init::Prompt, Init::Last, Init::Pad] {
        let distance = distance(n, || window(init));
        println!("{init:?}: {distance:.4} of {n}");
        assert!(distance < close, "{init:?}: {distance:.4}");
    }
}

/// A mistake: keeps the token it has and believes that it was drawn from the newer row.
struct Stale(Redrawn);

impl Drafter for Stale {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        self.0.draft(session).await
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        let before = self.0.guesses.clone();
        self.0.observe(session, verdict);
        let passed = before.len() - self.0.guesses.len();
        for (guess, old) in self.0.guesses.iter_mut().zip(&before[passed..]) {
            guess.token = old.token;
        }
    }
}

#[test]
fn a_token_that_is_kept_while_its_row_is_replaced_biases_the_text() {
    let distance = distance(20_000, || Stale(window(Init::Prompt)));
    assert!(distance > 0.05, "{distance:.4}");
}

#[test]
fn a_guess_that_nobody_drew_is_kept_with_its_own_probability() {
    for p in T4_P {
        for token in 0..4 {
            let guess = Guess { token, drawn_from: Some(point_mass(token, 4)) };
            let rule = |u: f32| {
                let uniform = move |_| u;
                let draws = Draws { uniform: &uniform, position: 1, lane: 0, log_probs: &[] };
                Ratio::default().rule(p, std::slice::from_ref(&guess), &draws)
            };
            let odds = p[token as usize];
            assert_eq!(rule(odds - 1e-4).accepted, Some(0));
            let Rest::Residual(rest) = rule(odds + 1e-4).rest else { panic!("no residual") };
            for (other, (have, p)) in rest.iter().zip(p).enumerate() {
                let want = if other == token as usize { 0.0 } else { p / (1.0 - odds) };
                assert!((have - want).abs() < 1e-6, "{rest:?} without {token}");
            }
        }
    }
}
