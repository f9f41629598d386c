//! R6: guesses that were not drawn from a known distribution (best tokens, copied, retrieved) are
//! accepted with probability p, one after another; a rejected one loses its mass.

use super::*;
use crate::row;

#[derive(Clone, Debug, Default)]
pub struct OneHot;

impl Verifier for OneHot {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let mut p = target.to_vec();
        let mut tests = Vec::new();
        for (index, guess) in guesses.iter().enumerate() {
            let token = guess.token as usize;
            let u = draws.accept(index as u32);
            let accepted = u < p[token];
            let p_was = p[token];
            if !accepted {
                let before = p.clone();
                p[token] = 0.0;
                if row::normalise(&mut p) <= 0.0 {
                    p = before; // Rounding only: the guess held all the mass.
                }
            }
            tests.push(Test {
                guess: index,
                accepted,
                rule: Rule::OneHot,
                p: p_was,
                q: None,
                scale: None,
                u: Some(u),
                residual: (!accepted).then(|| p.clone()),
            });
            if accepted {
                return Ruling { tests, accepted: Some(index), rest: Rest::Target };
            }
        }
        let rest = if tests.is_empty() { Rest::Target } else { Rest::Residual(p) };
        Ruling { tests, accepted: None, rest }
    }
}
