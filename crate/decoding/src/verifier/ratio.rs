//! R3 and R5: the ratio test, once (a chain) or again and again on siblings drawn without
//! replacement. Guesses must have been drawn from their `drawn_from`; siblings one after another
//! from exactly the row that shrinks here. A greedy target needs no draw: this is R1 then.
//! Source: Leviathan et al. 2023, arXiv:2211.17192; Jeon et al. 2024, arXiv:2402.14160.

use super::*;
use crate::row;

#[derive(Clone, Debug)]
pub struct Ratio {
    /// Lenience l in (0, 1]: accept with min(1, p / (l·q)), or when greedy if p ≥ l · max p.
    /// 1 is exact, less is approximate.
    pub lenience: f32,
}

impl Default for Ratio {
    fn default() -> Self {
        Self { lenience: 1.0 }
    }
}

impl Verifier for Ratio {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let Some(first) = guesses.first() else {
            return Ruling { tests: Vec::new(), accepted: None, rest: Rest::Target };
        };
        if target.contains(&1.0) {
            return self.greedy(target, guesses, draws.log_probs);
        }
        let mut p = target.to_vec();
        let mut tests = Vec::new();
        let rule = if guesses.len() > 1 { Rule::RecursiveWithoutReplacement } else { Rule::Ratio };
        let mut q =
            first.drawn_from.as_deref().expect("the ratio test needs drawn guesses").to_vec();
        for (index, guess) in guesses.iter().enumerate() {
            let token = guess.token as usize;
            let u = draws.accept(index as u32);
            let accepted = u * self.lenience * q[token] < p[token];
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
                scale: (self.lenience != 1.0).then_some(self.lenience),
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

impl Ratio {
    /// Keeps the target's best token; with lenience below 1 also a guess that comes close enough
    /// in the target's own probabilities.
    fn greedy(&self, target: &[f32], guesses: &[Guess], log_probs: &[f32]) -> Ruling {
        let best = row::arg_max(target);
        let exact = self.lenience >= 1.0;
        let (rule, floor) = match exact {
            true => (Rule::Greedy, 0.0),
            false => (Rule::Relaxed, self.lenience.ln() + log_probs[best as usize]),
        };
        let mut tests = Vec::new();
        for (guess, it) in guesses.iter().enumerate() {
            let token = it.token as usize;
            let (accepted, p) = match exact {
                true => (it.token == best, target[token]),
                false => (log_probs[token] >= floor, log_probs[token].exp()),
            };
            let rule = rule.clone();
            tests.push(Test::without_draw(guess, accepted, rule, p));
            if accepted {
                return Ruling { tests, accepted: Some(guess), rest: Rest::Target };
            }
        }
        Ruling { tests, accepted: None, rest: Rest::Decided(best) }
    }
}

#[cfg(test)]
mod tests;
