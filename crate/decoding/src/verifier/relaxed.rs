//! R8: a guess is good enough when the target ranks it among its β best and within a gap of its
//! best. Approximate unless β is 1; otherwise the best token answers. Nothing is drawn.
//! Source: Xia et al. 2023 (SpecDec), arXiv:2203.16487.

use super::*;
use crate::row;

#[derive(Clone, Debug)]
pub struct Relaxed {
    /// β: how many of the target's best tokens are good enough.
    pub best: usize,
    /// τ: how far below the best, in nats.
    pub gap: f32,
}

impl Verifier for Relaxed {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let best = row::top_k(draws.log_probs, self.best.max(1));
        let (top, highest) = best[0];
        let mut tests = Vec::new();
        for (index, guess) in guesses.iter().enumerate() {
            let found = best.iter().find(|it| it.0 == guess.token);
            let accepted = found.is_some_and(|it| highest - it.1 <= self.gap);
            let p = target[guess.token as usize];
            tests.push(Test::without_draw(index, accepted, Rule::Relaxed, p));
            if accepted {
                return Ruling { tests, accepted: Some(index), rest: Rest::Target };
            }
        }
        Ruling { tests, accepted: None, rest: Rest::Decided(top) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::T4_P;

    /// The tokens that are good enough for row 0 of T4, whose gaps are 0, .511, 1.204 and 2.303.
    fn accepted(best: usize, gap: f32) -> Vec<TokenId> {
        let log_probs: Vec<f32> = T4_P[0].iter().map(|p| p.ln()).collect();
        let none = |_| unreachable!("nothing is drawn");
        let draws = Draws { uniform: &none, position: 1, lane: 0, log_probs: &log_probs };
        let greedy = [1.0, 0.0, 0.0, 0.0];
        let kept = |token: &TokenId| {
            let guess = Guess { token: *token, drawn_from: None };
            let ruling = Relaxed { best, gap }.rule(&greedy, &[guess], &draws);
            assert!(ruling.accepted.is_some() || ruling.rest == Rest::Decided(0));
            ruling.accepted.is_some()
        };
        (0..4).filter(kept).collect()
    }

    #[test]
    fn the_cards_sets() {
        assert_eq!(accepted(3, 1.0), [0, 1]);
        assert_eq!(accepted(3, 1.3), [0, 1, 2]);
        assert_eq!(accepted(2, 3.0), [0, 1]);
        assert_eq!(accepted(5, 3.0), [0, 1, 2, 3]);
    }

    #[test]
    fn one_best_token_is_greedy_and_more_never_accept_less() {
        assert_eq!(accepted(1, 9.0), [0]);
        let mut last = 0;
        for (best, gap) in [(1, 0.0), (1, 1.0), (2, 1.0), (3, 1.0), (3, 2.0), (4, 2.0), (4, 3.0)] {
            let now = accepted(best, gap).len();
            assert!(now >= last, "β = {best}, τ = {gap}");
            last = now;
        }
    }
}
