//! R3 and R5: the ratio test, once (a chain) or again and again on siblings drawn without
//! replacement. Guesses must have been drawn from their `drawn_from`; siblings one after another
//! from exactly the row that shrinks here. With point masses (T = 0) this is R1.
//! Source: Leviathan et al. 2023, arXiv:2211.17192; Jeon et al. 2024, arXiv:2402.14160.

use super::*;
use crate::row;

#[derive(Clone, Debug)]
pub struct Ratio {
    /// Lenience l in (0, 1]: accept with min(1, p / (l·q)). 1 is exact, less is approximate.
    pub lenience: f32,
}

impl Default for Ratio {
    fn default() -> Self {
        Self { lenience: 1.0 }
    }
}

impl Verifier for Ratio {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_, '_>) -> Ruling {
        let mut p = target.to_vec();
        let mut tests = Vec::new();
        let rule = if guesses.len() > 1 { Rule::RecursiveWithoutReplacement } else { Rule::Ratio };
        let Some(first) = guesses.first() else {
            return Ruling { tests, accepted: None, rest: Rest::Target };
        };
        let mut q =
            first.drawn_from.as_deref().expect("the ratio test needs drawn guesses").to_vec();
        for (index, guess) in guesses.iter().enumerate() {
            let token = guess.token as usize;
            let u = draws.accept(index as u32);
            // A greedy target keeps its best token only, however lenient; see the card.
            let ratio = p[token] / (self.lenience * q[token]);
            let accepted = u < ratio.min(1.0);
            let (p_was, q_was) = (p[token], q[token]);
            if !accepted {
                // Rounding only can leave nothing: then the target itself answers.
                p = row::residual(&p, &q).unwrap_or_else(|| p.clone());
                q[token] = 0.0;
            }
            tests.push(Test {
                guess: index,
                accepted,
                rule: rule.clone(),
                p: p_was,
                q: Some(q_was),
                u: Some(u),
                residual: (!accepted).then(|| p.clone()),
            });
            if accepted {
                return Ruling { tests, accepted: Some(index), rest: Rest::Target };
            }
            if row::normalise(&mut q) <= 0.0 {
                break; // q has no mass left to test with.
            }
        }
        Ruling { tests, accepted: None, rest: Rest::Residual(p) }
    }
}
