//! R1 and R2: the target decides its token once (best, or drawn with the uniform of plain
//! sampling) and keeps the guess that says the same. Exact for any tree, however guessed; the
//! text equals plain sampling with the same seed token for token.

use super::*;
use crate::row;

#[derive(Clone, Debug, Default)]
pub struct SampleMatch;

impl Verifier for SampleMatch {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let greedy = target.contains(&1.0);
        let u = (!greedy).then(|| draws.target());
        let token = match u {
            Some(u) => row::draw(target, u),
            None => row::arg_max(target),
        };
        let accepted = guesses.iter().position(|guess| guess.token == token);
        let tests = guesses.iter().enumerate().map(|(index, guess)| Test {
            u,
            ..Test::without_draw(
                index,
                accepted == Some(index),
                if greedy { Rule::Greedy } else { Rule::SampleMatch },
                target[guess.token as usize],
            )
        });
        Ruling { tests: tests.collect(), accepted, rest: Rest::Decided(token) }
    }
}
