use super::*;
use crate::{
    TokenId,
    run::{Decoding, Request},
    session::{Models, TARGET},
    timings::Timings,
    toy::{self, Toy},
    trace::{Cell, Event, Trace},
    trial::{Trial, distance_from_t4},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};

fn trace(method: &str, params: Value, seed: u32, models: &mut Models) -> Trace {
    let (method, prompt) = (method.into(), vec![3, 0]);
    let request = Request { method, params, prompt, seed, max_new_tokens: 60 };
    let mut decoding = Decoding::start(request, models).expect("valid");
    block_on(decoding.finish(models)).expect("toys do not fail");
    decoding.trace(models)
}

/// Pass times that grow from `one` by `more` a node.
fn timings(target: (f32, f32), draft: (f32, f32)) -> Timings {
    let line = |(one, more): (f32, f32)| [(1, one), (65, one + 64.0 * more)];
    Timings::default().with(TARGET, line(target)).with(DRAFT, line(draft))
}

fn shapes() -> BestShapes {
    BestShapes::new(&[0.6, 0.2, 0.1], 16, 6)
}

#[test]
fn the_plan_is_the_least_time_a_token_of_all_trees() {
    // Equal draft passes, as the card has them: (d · t_draft + t_target(n)) / F(n, d).
    for (target, draft) in
        [((3.0, 0.0), 0.3), ((3.0, 0.3), 0.3), ((3.0, 1.0), 0.1), ((3.0, 0.1), 2.0)]
    {
        let plan = Plan::fastest(&shapes(), 16, 6, &timings(target, (draft, 0.0))).unwrap();
        let mut least = f64::INFINITY;
        for d in 1..=6usize {
            for n in 2..=16usize {
                let Some(expected) = shapes().expected(n, d) else { continue };
                // A tree may need fewer levels than it is allowed.
                let levels = shapes().shape(n, d).unwrap().levels() as f64;
                let target = f64::from(target.0) + f64::from(target.1) * (n as f64 - 1.0);
                least = least.min((levels * f64::from(draft) + target) / expected);
            }
        }
        let have = plan.ms_per_token().unwrap();
        assert!((have - least).abs() < 1e-5, "{have} instead of {least}");
    }
}

#[test]
fn free_nodes_make_large_trees_and_dear_ones_small() {
    let nodes = |target, draft| {
        Plan::fastest(&shapes(), 16, 6, &timings(target, draft)).unwrap().shape.len()
    };
    assert_eq!(nodes((3.0, 0.0), (0.01, 0.0)), 16);
    assert_eq!(nodes((1.0, 1.0), (0.1, 0.1)), 2, "a second node doubles the pass");
    // Dear draft passes make flat trees.
    let levels = |draft| {
        Plan::fastest(&shapes(), 16, 6, &timings((3.0, 0.05), (draft, 0.0))).unwrap().shape.levels()
    };
    assert!(levels(0.05) > levels(1.5), "{} {}", levels(0.05), levels(1.5));
}

#[test]
fn nobody_measured_nothing_is_chosen() {
    assert!(Plan::fastest(&shapes(), 16, 6, &Timings::default()).is_none());
    let plan = Plan::largest(&BestShapes::new(&[0.5, 0.2], 16, 2), 16, 2);
    assert_eq!(plan.shape.len(), 7, "two guesses a place on two levels");
}

#[test]
fn what_is_counted_moves_the_probabilities() {
    let mut rule = ByRank::new(Ratio::default(), 3);
    let before = rule.probabilities();
    assert!((before[0] - CALIBRATED[0]).abs() < 1e-9);
    assert!((before[1] - (1.0 - CALIBRATED[0]) * CALIBRATED[1]).abs() < 1e-9);
    (rule.tried, rule.kept) = (vec![4000, 400, 0], vec![3600, 200, 0]);
    let after = rule.probabilities();
    assert!((after[0] - 0.9).abs() < 0.01 && (after[1] - 0.05).abs() < 0.01, "{after:?}");
    assert!(after.iter().sum::<f64>() < 1.0);
}

#[test]
fn verdicts_are_counted_by_rank() {
    use crate::verifier::{Draws, Guess, Verifier};
    let mut rule = ByRank::new(SampleMatch, 3);
    let log_probs = [0.25f32.ln(); 4];
    for (u, token) in [(0.1, 0), (0.3, 1), (0.6, 2), (0.9, 3)] {
        let uniform = |_| u;
        let draws = Draws { uniform: &uniform, position: 1, lane: 0, log_probs: &log_probs };
        let guesses = [0, 1, 2].map(|token| Guess { token, drawn_from: None });
        let ruling = rule.rule(&[0.25; 4], &guesses, &draws);
        assert_eq!(ruling.accepted, (token < 3).then_some(token));
    }
    assert_eq!((rule.tried, rule.kept), (vec![4, 3, 2], vec![1, 1, 1]));
}

fn t4() -> Models {
    let mut models = Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft());
    models.timings = timings((3.0, 0.1), (0.2, 0.0));
    models
}

#[test]
fn texts_have_the_targets_law() {
    let small = Params { max_nodes: 6, max_depth: 3, recalibrate: 1, ..Params::default() };
    for verification in [Verification::WithoutReplacement, Verification::SampleMatch] {
        let params = Params { verification, temperature: 1.0, ..small.clone() };
        let mut trial = Trial::new(&[0], 3, t4());
        let tv = distance_from_t4(20_000, |seed| {
            let mut method = Sequoia::new(params.clone()).expect("valid");
            trial.finish(seed, |session| block_on(Method::step(&mut method, session)))
        });
        assert!(tv < 0.035, "{verification:?}: {tv}");
    }
}

#[test]
fn drafts_change_speed_not_greedy_text() {
    for seed in 0..8 {
        let drafts = [
            Toy::random(12, seed + 100, 6.0),
            Toy::random(12, seed, 6.0),
            Toy::random(12, seed, 1.5),
        ];
        for draft in drafts {
            let mut models =
                Models::new(Toy::random(12, seed, 6.0).with_end(11)).with(DRAFT, draft);
            let plain = json!({"temperature": 0.0});
            let want = trace("basic-sampling", plain, 1, &mut models).tokens;
            for params in [
                json!({"temperature": 0.0}),
                json!({"temperature": 0.0, "size": "largest", "recalibrate": 1}),
                json!({"temperature": 0.0, "verification": "sample_match", "branching": 8}),
            ] {
                assert_eq!(trace("sequoia", params, 1, &mut models).tokens, want);
            }
        }
    }
}

#[test]
fn matched_samples_say_what_plain_sampling_says_with_the_same_seed() {
    let free = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
    for seed in 0..20 {
        let mut models = t4();
        let plain = trace("basic-sampling", free.clone(), seed, &mut models).tokens;
        let params = json!({"temperature": 1.0, "verification": "sample_match"});
        assert_eq!(trace("sequoia", params, seed, &mut models).tokens, plain);
    }
}

/// Rows of the last table of this name.
fn table(trace: &Trace, wanted: &str) -> Vec<Vec<Cell>> {
    let of = |event: &Event| match event {
        Event::Table { name, rows, .. } if name == wanted => Some(rows.clone()),
        _ => None,
    };
    trace.events.iter().rev().find_map(of).unwrap_or_default()
}

#[test]
fn the_trace_says_what_the_plan_rests_on() {
    let trace = trace("sequoia", json!({"max_depth": 3}), 1, &mut t4());
    assert_eq!(table(&trace, "ranks").len(), 4);
    let (expected, ms) = (table(&trace, "expected_tokens"), table(&trace, "ms_per_token"));
    assert_eq!((expected.len(), expected[0].len()), (15, 4));
    assert_eq!((ms.len(), ms[0].len()), (15, 4));
    let times = table(&trace, "pass_times");
    assert_eq!(times[0], [1.0, 3.0, 0.2].map(Cell::Number));
    // A tree of more nodes than one chain of a level has.
    assert_eq!(expected[14][1], Cell::Empty, "one level holds five nodes at most");
    let planned = |it: &&Event| matches!(it, Event::Note { id, .. } if id == "tree_planned");
    assert!(trace.events.iter().find(planned).is_some());
}

#[test]
fn a_tree_that_never_pays_is_said_to() {
    let mut models = t4();
    models.timings = timings((1.0, 1.0), (1.0, 1.0));
    let trace = trace("sequoia", json!({}), 1, &mut models);
    let said = |it: &&Event| matches!(it, Event::Note { id, .. } if id == "tree_never_pays");
    assert!(trace.events.iter().find(said).is_some());
    assert!(table(&trace, "pass_times").len() == 5);
}

#[test]
fn a_draft_that_is_always_right_makes_the_tree_a_chain() {
    let mut models = Models::new(toy::t4_target()).with(DRAFT, toy::t4_target());
    models.timings = timings((3.0, 0.05), (0.05, 0.0));
    let (method, prompt) = ("sequoia".into(), vec![0]);
    let params = json!({"temperature": 1.0, "max_depth": 8, "recalibrate": 4});
    let request = Request { method, params, prompt, seed: 1, max_new_tokens: 1500 };
    let mut decoding = Decoding::start(request, &mut models).expect("valid");
    block_on(decoding.finish(&mut models)).expect("toys do not fail");
    let trace = decoding.trace(&models);
    let ranks = table(&trace, "ranks");
    let p = |rank: usize| match ranks[rank][1] {
        Cell::Number(p) => p,
        _ => panic!("{ranks:?}"),
    };
    assert!(p(0) > 0.9 && p(1) < 0.08, "{ranks:?}");
    let tokens: Vec<TokenId> = trace.tokens;
    assert_eq!(tokens.len(), 1500);
}
