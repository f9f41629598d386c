//! R7, k-SEQ: k guesses drawn independently from one row are tried in turn, each with the same
//! chance min(1, p / (ρ q)). ρ in [1, k] is chosen so that no token comes out too often.
//! A greedy target needs no draw: this is R1 then.
//! Source: Sun et al. 2023 (SpecTr), arXiv:2310.15141.

use super::*;
use crate::row;

/// The odds of k-SEQ for one pair of rows.
#[derive(Clone, Debug)]
pub struct Odds {
    /// ρ: what q is multiplied by in each test.
    pub rho: f64,
    /// β(ρ) = Σ min(q, p/ρ): the probability that one test accepts.
    pub beta: f64,
    /// 1 − (1 − β)^k: the probability that one of k tests accepts.
    pub acceptance: f64,
    /// norm((p − ρ q)+), the distribution of the token after k rejections: `[vocab_size]`.
    pub residual: Vec<f64>,
}

/// Solves 1 − (1 − β(ρ))^k = ρ β(ρ) by halving: the left side less the right one falls in ρ.
pub fn odds(p: &[f32], q: &[f32], k: usize) -> Odds {
    let (mut low, mut high) = (1.0, k as f64);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        let (some_test, needed) = sides(p, q, k, middle);
        *if some_test > needed { &mut low } else { &mut high } = middle;
    }
    let rho = (low + high) / 2.0;
    let beta: f64 = covered(p, q, rho).sum();
    let acceptance = sides(p, q, k, rho).0;
    // The tests emit x with min(q, p/ρ) · (1 + (1 − β) + …), k terms, which is min(ρ q, p).
    let residual = p.iter().zip(q).map(|(&p, &q)| (f64::from(p) - rho * f64::from(q)).max(0.0));
    let mut residual: Vec<f64> = residual.collect();
    let left: f64 = residual.iter().sum();
    residual.iter_mut().for_each(|it| *it /= left);
    Odds { rho, beta, acceptance, residual }
}

/// The two sides of the equation at ρ: 1 − (1 − β)^k and ρ β.
pub fn sides(p: &[f32], q: &[f32], k: usize, rho: f64) -> (f64, f64) {
    let beta: f64 = covered(p, q, rho).sum();
    (1.0 - (1.0 - beta).max(0.0).powi(k as i32), rho * beta)
}

/// min(q, p/ρ) of each token: the probability that one test emits it.
fn covered<'a>(p: &'a [f32], q: &'a [f32], rho: f64) -> impl Iterator<Item = f64> + 'a {
    p.iter().zip(q).map(move |(&p, &q)| f64::from(q).min(f64::from(p) / rho))
}

#[derive(Clone, Debug, Default)]
pub struct KSeq;

impl Verifier for KSeq {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        if guesses.is_empty() || target.contains(&1.0) {
            return Ratio::default().rule(target, guesses, draws);
        }
        let q = guesses[0].drawn_from.as_deref().expect("k-SEQ needs drawn guesses");
        let Odds { rho, residual, .. } = odds(target, q, guesses.len());
        let rho = rho as f32;
        let mut rest: Vec<f32> = residual.iter().map(|&it| it as f32).collect();
        let sum = row::normalise(&mut rest);
        if sum.is_nan() || sum <= 0.0 {
            rest = target.to_vec(); // Rounding only: some test accepts with certainty.
        }
        let mut tests = Vec::new();
        for (index, guess) in guesses.iter().enumerate() {
            let (p, q) = (target[guess.token as usize], q[guess.token as usize]);
            let u = draws.accept(index as u32);
            let accepted = u * rho * q < p;
            let last = index + 1 == guesses.len();
            tests.push(Test {
                guess: index,
                accepted,
                rule: Rule::KSeq,
                p,
                q: Some(q),
                scale: (rho != 1.0).then_some(rho),
                u: Some(u),
                residual: (!accepted && last).then(|| rest.clone()),
            });
            if accepted {
                return Ruling { tests, accepted: Some(index), rest: Rest::Target };
            }
        }
        Ruling { tests, accepted: None, rest: Rest::Residual(rest) }
    }
}

#[cfg(test)]
mod tests;
