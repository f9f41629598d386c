//! The hand-worked numbers of whole searches, on Toy-6.
#![allow(clippy::approx_constant)] // Logarithms as the method cards print them.

mod beams;
mod drafts;
mod lattices;

use crate::{
    run::{Decoding, Request},
    session::Models,
    toy,
    trace::*,
    tree::*,
};
use futures_lite::future::block_on;
use serde_json::Value;

/// Runs a method on Toy-6 after `<s>`.
pub fn run(method: &str, params: Value, max_new_tokens: u32) -> Trace {
    run_on(&mut Models::new(toy::toy6()), method, params, &[0], max_new_tokens)
}

pub fn run_on(
    models: &mut Models,
    method: &str,
    params: Value,
    prompt: &[TokenId],
    max_new_tokens: u32,
) -> Trace {
    let request =
        Request { method: method.into(), params, prompt: prompt.to_vec(), seed: 7, max_new_tokens };
    let mut decoding = Decoding::start(request, models).unwrap();
    block_on(decoding.finish(models)).unwrap();
    decoding.trace(models)
}

/// Tokens as the letters of Toy-6, the end token as `.`.
pub fn letters(tokens: &[TokenId]) -> String {
    tokens.iter().map(|&t| b"^.abcd"[t as usize] as char).collect()
}

/// The finished texts of a search in the order of its answer, with score and rank. The answer
/// itself is read off its finish event.
pub fn texts(trace: &Trace) -> Vec<(String, f32, f32)> {
    let head = trace
        .events
        .iter()
        .rev()
        .find_map(|it| match it {
            Event::Commit { head, .. } => Some(*head),
            _ => None,
        })
        .unwrap();
    let answer = trace.events.iter().find_map(|it| match it {
        Event::Finish { node, score, ranked, .. } if *node == head => {
            Some((letters(&trace.tokens), score.unwrap(), ranked.unwrap()))
        }
        _ => None,
    });
    let others =
        trace.outputs.iter().map(|it| (letters(&it.tokens), it.score.unwrap(), it.ranked.unwrap()));
    answer.into_iter().chain(others).collect()
}

pub fn steps(trace: &Trace) -> usize {
    trace.events.iter().filter(|it| matches!(it, Event::Step { .. })).count()
}

pub fn passes(trace: &Trace) -> usize {
    trace.events.iter().filter(|it| matches!(it, Event::Score { .. })).count()
}

/// Rounded as the cards print them.
pub fn close(have: f32, want: f32) -> bool {
    (have - want).abs() < 6e-5
}
