//! What tests of methods with several prompts share: runs on T4 and on random tables.

use crate::{
    LaneId, TokenId,
    method::Progress,
    run::{Decoding, Request},
    session::{DRAFT, Models, TARGET},
    toy::{self, Toy},
    trace::{Cell, Event, Trace},
    trial::distance_from_t4,
};
use futures_lite::future::block_on;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a run of a batch did.
pub struct Texts {
    /// The generated tokens of each prompt.
    pub texts: Vec<Vec<TokenId>>,
    /// Per target pass the rows of each prompt, padding with the others.
    pub passes: Vec<BTreeMap<u32, usize>>,
    /// Rows of padding in all passes of both models.
    pub padding: usize,
    /// Per round the table `draft_length`: the length used, and the most guesses kept.
    pub lengths: Vec<(u32, u32)>,
    /// Per round the table `flat_input`: prompt, first row, rows.
    pub flat: Vec<Vec<(u32, u32, u32)>>,
}

fn decode(
    method: &str,
    params: Value,
    prompts: &[Vec<TokenId>],
    seed: u32,
    length: u32,
    models: &mut Models,
) -> Trace {
    let entry = crate::methods::find(method).expect("it is in the list");
    let (method, prompt) = (method.into(), prompts[0].clone());
    let request = Request { method, params, prompt, seed, max_new_tokens: length };
    let mut decoding = Decoding::start_lanes(entry, request, &prompts[1..], models).expect("valid");
    while block_on(decoding.step(models)).expect("toys do not fail") == Progress::Continue {}
    let trace = decoding.trace(models);
    let read = crate::check::read(&serde_json::to_string(&trace).expect("plain data"));
    assert_eq!(read.expect("a valid trace"), trace);
    trace
}

fn of(trace: &Trace) -> Texts {
    let mut texts = vec![trace.tokens.clone()];
    texts.extend(trace.outputs.iter().map(|it| it.tokens.clone()));
    let mut lane = BTreeMap::new();
    let mut padding = BTreeSet::new();
    let mut run = Texts { texts, passes: vec![], padding: 0, lengths: vec![], flat: vec![] };
    let number = |cell: &Cell| match cell {
        Cell::Number(it) => *it as u32,
        other => panic!("{other:?} is no number"),
    };
    for event in &trace.events {
        match event {
            Event::Grow { node, lane: LaneId(of), by, .. } => {
                lane.insert(*node, *of);
                if by == "padding" {
                    padding.insert(*node);
                }
            }
            Event::Score { role, nodes, ancestors, .. } => {
                run.padding += nodes.iter().filter(|it| padding.contains(it)).count();
                if role == TARGET {
                    let mut rows = BTreeMap::new();
                    for node in nodes.iter().chain(ancestors) {
                        *rows.entry(lane[node]).or_default() += 1;
                    }
                    run.passes.push(rows);
                }
            }
            Event::Table { name, rows, .. } if name == "draft_length" => {
                run.lengths.extend(rows.iter().map(|it| (number(&it[1]), number(&it[2]))));
            }
            Event::Table { name, rows, .. } if name == "flat_input" => {
                let row = |it: &Vec<Cell>| (number(&it[0]), number(&it[1]), number(&it[2]));
                run.flat.push(rows.iter().map(row).collect());
            }
            _ => {}
        }
    }
    run
}

fn t4() -> Models {
    Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft())
}

/// A batch on T4.
pub fn texts(
    method: &str,
    params: Value,
    prompts: &[Vec<TokenId>],
    seed: u32,
    length: u32,
) -> Texts {
    of(&decode(method, params, prompts, seed, length, &mut t4()))
}

/// A batch on T4, where a token ends a text.
pub fn texts_with_end(
    method: &str,
    params: Value,
    prompts: &[Vec<TokenId>],
    seed: u32,
    length: u32,
    end: TokenId,
) -> Texts {
    let (target, draft) = (toy::t4_target().with_end(end), toy::t4_draft().with_end(end));
    let mut models = Models::new(target).with(DRAFT, draft);
    of(&decode(method, params, prompts, seed, length, &mut models))
}

/// Greedy texts of a batch of four, with drafts that agree, disagree and agree at times.
pub fn equals_greedy_alone(method: &str, params: Value) {
    let mut params = params;
    params["temperature"] = json!(0.0);
    let prompts = [vec![3, 0], vec![1], vec![7, 7, 2, 5, 9], vec![3, 0]];
    for seed in 0..8 {
        let drafts = [
            Toy::random(12, seed + 100, 6.0),
            Toy::random(12, seed, 6.0),
            Toy::random(12, seed, 1.5),
        ];
        for draft in drafts {
            let target = Toy::random(12, seed, 6.0).with_end(11);
            let mut models = Models::new(target).with(DRAFT, draft);
            let batch = of(&decode(method, params.clone(), &prompts, 1, 40, &mut models));
            for (index, prompt) in prompts.iter().enumerate() {
                let plain = json!({"temperature": 0.0});
                let prompt = std::slice::from_ref(prompt);
                let alone = decode("basic-sampling", plain, prompt, 1, 40, &mut models);
                assert_eq!(batch.texts[index], alone.tokens, "{method} {params}, prompt {index}");
            }
        }
    }
}

/// The text of the second prompt, drawn beside others.
pub fn ignores_its_company(method: &str, params: Value) {
    for seed in 0..20 {
        let beside = |first: Vec<TokenId>, third: Vec<TokenId>| {
            let prompts = [first, vec![0], third];
            texts(method, params.clone(), &prompts, seed, 20).texts[1].clone()
        };
        assert_eq!(beside(vec![1], vec![2, 3]), beside(vec![3, 3, 3], vec![0]), "seed {seed}");
    }
}

/// Three tokens of both prompts of a batch on T4 from state 0: each within `close` of the target,
/// and not the same text.
pub fn draws_from_the_target(method: &str, params: Value, n: u32, close: f64) {
    let mut models = t4();
    let (mut first, mut second, mut equal) = (Vec::new(), Vec::new(), 0);
    for seed in 0..n {
        let entry = crate::methods::find(method).expect("it is in the list");
        let (method, params) = (method.into(), params.clone());
        let request = Request { method, params, prompt: vec![0], seed, max_new_tokens: 3 };
        let mut decoding =
            Decoding::start_lanes(entry, request, &[vec![1, 0]], &mut models).expect("valid");
        block_on(decoding.finish(&mut models)).expect("toys do not fail");
        let other = decoding.forest().lane(LaneId(1)).head;
        let other = decoding.forest().tokens(other).split_off(2);
        equal += u32::from(other == decoding.tokens());
        first.push(decoding.tokens());
        second.push(other);
    }
    for texts in [first, second] {
        let tv = distance_from_t4(n, |seed| texts[seed as usize].clone());
        assert!(tv < close, "{method}: {tv}");
        println!("{method}: TV {tv:.4} at {n}");
    }
    assert!(equal < n / 4, "both prompts say the same {equal} times of {n}");
}
