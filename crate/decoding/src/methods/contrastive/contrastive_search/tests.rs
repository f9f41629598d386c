use super::*;
use crate::{
    run::{Decoding, Request},
    session::Models,
    toy,
    trace::{Event, Trace},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};

fn run(toy: toy::Toy, method: &str, params: Value, prompt: &[TokenId]) -> Trace {
    let mut models = Models::new(toy);
    let prompt = prompt.to_vec();
    let request = Request { method: method.into(), params, prompt, seed: 1, max_new_tokens: 20 };
    let mut decoding = Decoding::start(request, &mut models).unwrap();
    block_on(decoding.finish(&mut models)).unwrap();
    decoding.trace(&models)
}

fn tables(trace: &Trace) -> Vec<Vec<Vec<f32>>> {
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        _ => panic!("every column is a number"),
    };
    let rows = trace.events.iter().filter_map(|it| match it {
        Event::Table { rows, .. } => Some(rows),
        _ => None,
    });
    rows.map(|rows| rows.iter().map(|row| row.iter().map(number).collect()).collect()).collect()
}

#[test]
fn one_candidate_or_no_penalty_is_greedy() {
    for seed in 0..10 {
        let toy = || toy::Toy::random(12, seed, 6.0).with_end(0);
        let greedy = run(toy(), "basic-sampling", json!({"temperature": 0}), &[3, 4, 5]).tokens;
        for params in [json!({"k": 1, "alpha": 0.9}), json!({"k": 6, "alpha": 0})] {
            assert_eq!(run(toy(), "contrastive-search", params, &[3, 4, 5]).tokens, greedy);
        }
    }
}

#[test]
fn full_weight_takes_the_least_similar_of_the_candidates() {
    let trace = run(toy::toy6(), "contrastive-search", json!({"k": 4, "alpha": 1}), &[0, 2, 4]);
    for (table, &chosen) in tables(&trace).iter().zip(&trace.tokens) {
        let least = table.iter().map(|it| it[2]).fold(f32::INFINITY, f32::min);
        let first = table.iter().find(|it| it[2] == least).unwrap();
        assert_eq!(first[0] as TokenId, chosen, "{table:?}");
    }
}

#[test]
fn first_token_by_hand() {
    // After `<s>`: a .5, b .4. States: 0.05 everywhere, +1 at the token, +.25 at the next id, and
    // +.5 at 6 + the token before. The only state of the text is that of `<s>`.
    let state = |plus: &[(usize, f32)]| {
        let mut state = vec![0.05f32; 12];
        plus.iter().for_each(|&(at, by)| state[at] += by);
        state
    };
    let start = state(&[(0, 1.0), (1, 0.25)]);
    let a = state(&[(2, 1.0), (3, 0.25), (6, 0.5)]);
    let cosine = dot(&start, &a) / (dot(&start, &start) * dot(&a, &a)).sqrt();
    let trace = run(toy::toy6(), "contrastive-search", json!({"k": 2, "alpha": 0.4}), &[0]);
    let first = &tables(&trace)[0][0];
    assert_eq!((first[0], first[4]), (2.0, 0.0), "the candidate, and the nearest node");
    assert!((first[2] - cosine).abs() < 1e-6, "{first:?} {cosine}");
    assert!((first[3] - (0.6 * 0.5 - 0.4 * cosine)).abs() < 1e-6, "{first:?}");
}

#[test]
fn the_penalty_breaks_the_circle_of_greedy_decoding() {
    let greedy = run(toy::toy6(), "contrastive-search", json!({"alpha": 0}), &[0]).tokens;
    assert_eq!(greedy[..6], [2, 4, 2, 4, 2, 4]);
    let free = run(toy::toy6(), "contrastive-search", json!({"alpha": 0.5}), &[0]).tokens;
    assert_ne!(free[..4], [2, 4, 2, 4]);
}

#[test]
fn one_pass_a_token_after_the_prompt_and_one_candidate_stays() {
    let trace = run(toy::toy6(), "contrastive-search", json!({"k": 3}), &[0, 3]);
    let passes: Vec<_> = trace
        .events
        .iter()
        .filter_map(|it| match it {
            Event::Score { nodes, ancestors, .. } => Some((nodes.len(), ancestors.len())),
            _ => None,
        })
        .collect();
    assert_eq!(passes.len(), 1 + trace.tokens.len());
    assert_eq!(passes[0], (2, 0), "the prompt");
    assert!(passes[1..].iter().all(|it| *it == (3, 0)), "{passes:?}");
    let pruned: usize = trace
        .events
        .iter()
        .filter_map(|it| match it {
            Event::Prune { nodes, .. } => Some(nodes.len()),
            _ => None,
        })
        .sum();
    assert_eq!(pruned, 2 * trace.tokens.len());
}
