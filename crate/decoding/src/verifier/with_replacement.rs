//! R4: the ratio test again and again on siblings drawn independently from one row, so that the
//! same token may be among them twice. The draft's row stays as it is; the target's shrinks.
//! A greedy target needs no draw: this is R1 then.
//! Source: Yang et al. 2024, arXiv:2401.06706.

use super::*;
use crate::row;

#[derive(Clone, Debug, Default)]
pub struct WithReplacement;

impl Verifier for WithReplacement {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        if guesses.len() <= 1 || target.contains(&1.0) {
            return Ratio::default().rule(target, guesses, draws);
        }
        let q = guesses[0].drawn_from.as_deref().expect("the ratio test needs drawn guesses");
        let mut p = target.to_vec();
        let mut tests = Vec::new();
        for (index, guess) in guesses.iter().enumerate() {
            let token = guess.token as usize;
            let u = draws.accept(index as u32);
            let accepted = u * q[token] < p[token];
            let p_was = p[token];
            if !accepted {
                // Rounding only can leave nothing: then the target itself answers.
                p = row::residual(&p, q).unwrap_or_else(|| p.clone());
            }
            tests.push(Test {
                guess: index,
                accepted,
                rule: Rule::RecursiveWithReplacement,
                p: p_was,
                q: Some(q[token]),
                scale: None,
                u: Some(u),
                residual: (!accepted).then(|| p.clone()),
            });
            if accepted {
                return Ruling { tests, accepted: Some(index), rest: Rest::Target };
            }
        }
        Ruling { tests, accepted: None, rest: Rest::Residual(p) }
    }
}
