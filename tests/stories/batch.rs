//! Several prompts at once on the shipped models: rounding included, each gets its own text, and the
//! rows of a pass do not depend on what else is in it.

use crate::{Stories, stories};
use decoding::{
    method::Entry,
    methods,
    model::Ask,
    session::TARGET,
    tree::{Forest, NodeId},
};
use futures_lite::future::block_on;
use serde_json::json;
use tests::{greedy, request, run_lanes};

const PROMPTS: [&str; 4] = [
    "Once upon a time, there was a little",
    "The dog ran to the",
    "Lily was",
    "Tom had a red boat.",
];
const TOKENS: u32 = 24;

fn entry(id: &str) -> &'static Entry {
    methods::find(id).expect("it is in the list")
}

#[test]
fn every_prompt_of_a_batch_gets_the_greedy_text_it_gets_alone() {
    let settings = [
        ("bass", json!({ "temperature": 0 })),
        ("ems-sd", json!({ "temperature": 0 })),
        ("ems-sd", json!({ "temperature": 0, "padding": true })),
    ];
    for (id, params) in settings {
        let Stories { mut models, prompts, .. } = stories(entry(id), &PROMPTS);
        let asked = request(id, params.clone(), &prompts[0], TOKENS);
        let trace = run_lanes(entry(id), asked, &prompts[1..], &mut models).expect("a run");
        let others = trace.outputs.iter().map(|it| &it.tokens);
        for (index, text) in std::iter::once(&trace.tokens).chain(others).enumerate() {
            let alone = greedy(&prompts[index], TOKENS, &mut models);
            assert_eq!(*text, alone, "{id} {params} after {:?}", PROMPTS[index]);
        }
    }
}

/// One pass for all, one pass for each, and one filled up to a rectangle: the same scores.
#[test]
fn rows_do_not_depend_on_their_company() {
    let Stories { mut models, prompts, .. } = stories(entry("bass"), &PROMPTS);
    let (forest, heads, padding) = planted(&prompts);
    let target = models.by_role.get_mut(TARGET).expect("a target");
    let mut rows = |nodes: &[NodeId]| {
        target.retain(&[]).expect("it forgets");
        block_on(target.forward(&forest, nodes, &Ask::rows())).expect("a pass")
    };
    let together = rows(&heads);
    let padded = rows(&[heads.as_slice(), &padding].concat());
    for (index, &head) in heads.iter().enumerate() {
        let alone = rows(&[head]);
        for (name, other) in [("together", &together), ("padded", &padded)] {
            let gap = |(a, b): (&f32, &f32)| (a - b).abs();
            let worst = alone.row(0).iter().zip(other.row(index)).map(gap).fold(0.0, f32::max);
            assert!(worst <= 1e-5, "prompt {index} {name}: {worst}");
        }
    }
}

/// A forest of all prompts, their last nodes, and nodes below them that fill a rectangle.
fn planted(prompts: &[Vec<u32>]) -> (Forest, Vec<NodeId>, Vec<NodeId>) {
    let mut forest = Forest::default();
    let lanes: Vec<_> = prompts.iter().map(|it| decoding::toy::plant(&mut forest, it)).collect();
    let heads: Vec<_> = lanes.iter().map(|&lane| forest.lane(lane).head).collect();
    let longest = prompts.iter().map(Vec::len).max().expect("a prompt");
    let mut padding = Vec::new();
    for (prompt, &head) in prompts.iter().zip(&heads) {
        for _ in prompt.len()..longest {
            let input = forest[head].input.clone();
            padding.push(decoding::toy::grow(&mut forest, head, input));
        }
    }
    (forest, heads, padding)
}
