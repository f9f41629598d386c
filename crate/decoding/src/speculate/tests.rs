//! Methods from end to end on T4 and on random tables: the law of the text, and greedy equality.

use crate::{
    TokenId,
    method::Method,
    methods::speculative::{opt_tree, rsd_s, speculative_decoding},
    random::{Key, uniform},
    row,
    run::{Decoding, Request},
    session::{DRAFT, Models},
    toy::{self, Toy},
    trace::{Event, TopRow},
    trial::{Trial, distance_from_t4, thoroughness},
};
use futures_lite::future::block_on;
use serde_json::json;

mod controls;
mod trees;

const N: u32 = 20_000;

fn close() -> f64 {
    thoroughness().1
}

/// Total variation of a method's first three tokens from plain sampling, over N seeds.
fn distance<M: Method>(params: impl Fn() -> M::Params) -> f64 {
    let mut trial = Trial::new(&[0], 3, Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft()));
    distance_from_t4(thoroughness().0, |seed| {
        let mut method = M::new(params()).expect("valid");
        trial.finish(seed, |session| block_on(Method::step(&mut method, session)))
    })
}

#[test]
fn speculative_decoding_draws_from_the_target() {
    for gamma in [1, 3] {
        let params = || speculative_decoding::Params { gamma, temperature: 1.0, lenience: 1.0 };
        let tv = distance::<speculative_decoding::SpeculativeDecoding>(params);
        assert!(tv < close(), "γ = {gamma}: {tv}");
    }
}

#[test]
fn lenience_changes_the_law() {
    let params = || speculative_decoding::Params { gamma: 3, temperature: 1.0, lenience: 0.3 };
    let tv = distance::<speculative_decoding::SpeculativeDecoding>(params);
    assert!(tv > 0.05, "{tv}");
}

#[test]
fn stochastic_beams_draw_from_the_target() {
    for (width, depth) in [(3, 3), (2, 2)] {
        let params = || rsd_s::Params { width, depth, temperature: 1.0 };
        let tv = distance::<rsd_s::RsdS>(params);
        assert!(tv < close(), "W = {width}, D = {depth}: {tv}");
    }
}

#[test]
fn opt_trees_draw_from_the_target() {
    let params = || opt_tree::Params { nodes: 5, delta: 0.1, max_depth: 3, temperature: 1.0 };
    let tv = distance::<opt_tree::OptTree>(params);
    assert!(tv < close(), "{tv}");
}

fn run(method: &str, params: serde_json::Value, seed: u32, models: &mut Models) -> Vec<TokenId> {
    let (method, prompt) = (method.into(), vec![3, 0]);
    let request = Request { method, params, prompt, seed, max_new_tokens: 40 };
    let mut decoding = Decoding::start(request, models).expect("valid");
    block_on(decoding.finish(models)).expect("toys do not fail");
    decoding.tokens()
}

/// A draft that agrees with the target nowhere in particular, one that always does, and one that
/// is the target with other certainty.
fn drafts(seed: u32) -> [Toy; 3] {
    [Toy::random(12, seed + 100, 6.0), Toy::random(12, seed, 6.0), Toy::random(12, seed, 1.5)]
}

#[test]
fn drafts_change_speed_not_greedy_text() {
    let settings = [
        ("speculative-decoding", json!({"gamma": 1, "temperature": 0.0})),
        ("speculative-decoding", json!({"gamma": 4, "temperature": 0.0})),
        ("speculative-decoding", json!({"gamma": 16, "temperature": 0.0})),
        ("opt-tree", json!({"temperature": 0.0})),
        ("opt-tree", json!({"nodes": 3, "delta": 0.0, "max_depth": 2, "temperature": 0.0})),
        ("mcsd", json!({"temperature": 0.0})),
        ("mcsd", json!({"k_1": 8, "k_2": 4, "k_3": 2, "k_4": 1, "temperature": 0.0})),
        ("rsd-c", json!({"temperature": 0.0})),
        ("rsd-c", json!({"b_1": 2, "b_2": 0, "temperature": 0.0})),
        ("spectr", json!({"temperature": 0.0})),
        ("spectr", json!({"sequences": 8, "draft_len": 8, "temperature": 0.0})),
        ("cape", json!({"temperature": 0.0})),
        ("cape", json!({"gamma": 8, "certain": 1, "temperature": 0.0})),
        ("improved-mcsd", json!({"temperature": 0.0})),
        ("improved-mcsd", json!({"roots": 4, "stop_below": 0.0, "temperature": 0.0})),
        ("rsd-s", json!({"temperature": 0.0})),
        ("rsd-s", json!({"width": 1, "depth": 8, "temperature": 0.0})),
    ];
    for seed in 0..8 {
        for draft in drafts(seed) {
            let target = Toy::random(12, seed, 6.0).with_end(11);
            let mut models = Models::new(target).with(DRAFT, draft);
            let plain = run("basic-sampling", json!({"temperature": 0.0}), 1, &mut models);
            for (method, params) in &settings {
                let text = run(method, params.clone(), 1, &mut models);
                assert_eq!(text, plain, "{method} {params}");
            }
        }
    }
}

#[test]
fn opt_trees_say_what_plain_sampling_says_with_the_same_seed() {
    let free = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
    for seed in 0..20 {
        for draft in drafts(3) {
            let mut models = Models::new(Toy::random(12, 3, 6.0)).with(DRAFT, draft);
            let plain = run("basic-sampling", free.clone(), seed, &mut models);
            let text = run("opt-tree", json!({"temperature": 1.0}), seed, &mut models);
            assert_eq!(text, plain);
        }
    }
}

/// A ratio test: `ratio` is p / q.
#[derive(Debug)]
struct Tested {
    accepted: bool,
    ratio: f32,
    u: f32,
    residual: Option<TopRow>,
}

/// One round of two guesses on T4 from state 0: what it emits, and its tests.
fn round_of_two(seed: u32) -> (Vec<TokenId>, Vec<Tested>) {
    let mut models = Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft());
    let params = json!({"gamma": 2, "temperature": 1.0});
    let (method, prompt) = ("speculative-decoding".into(), vec![0]);
    let request = Request { method, params, prompt, seed, max_new_tokens: 20 };
    let mut decoding = Decoding::start(request, &mut models).expect("valid");
    block_on(decoding.step(&mut models)).expect("toys do not fail");
    let tests = decoding.trace(&models).events.into_iter().filter_map(|event| match event {
        Event::Judge { accepted, p, q, u, residual, .. } => {
            let (ratio, u) = (p / q.expect("drawn"), u.expect("drawn"));
            Some(Tested { accepted, ratio, u, residual })
        }
        _ => None,
    });
    let tests = tests.collect();
    (decoding.tokens(), tests)
}

/// The first seed whose draws are those of the card, to two digits: guesses 1 and `second`, tested
/// with .60 and then with `u`, if that matters.
fn seed_with(second: TokenId, u: Option<f32>) -> u32 {
    let draw = |seed, purpose, position| uniform(seed, Key { purpose, lane: 0, position, draw: 0 });
    let near = |have: f32, want: f32| (have - want).abs() < 0.005;
    let fits = |seed: &u32| {
        near(draw(*seed, "accept", 1), 0.60)
            && row::draw(toy::T4_Q[0], draw(*seed, "draft", 1)) == 1
            && row::draw(toy::T4_Q[1], draw(*seed, "draft", 2)) == second
            && u.is_none_or(|u| near(draw(*seed, "accept", 2), u))
    };
    (0..).find(fits).expect("some seed fits")
}

#[test]
fn the_hand_trace_of_a_round() {
    // .3 / .4 = .75 beats .60; .6 / .3 beats every u; a bonus from row 1 comes on top.
    let (tokens, tests) = round_of_two(seed_with(1, None));
    assert_eq!((&tokens[..2], tokens.len()), (&[1, 1][..], 3));
    let ratios: Vec<_> =
        tests.iter().map(|it| (it.accepted, (it.ratio * 1000.0).round())).collect();
    assert_eq!(ratios, [(true, 750.0), (true, 2000.0)]);
    assert!((tests[0].u - 0.60).abs() < 0.005, "{tests:?}");
    // Or: .2 / .3 = .667 falls to .90, and the residual of row 1 is token 1.
    let (tokens, tests) = round_of_two(seed_with(2, Some(0.90)));
    assert_eq!(tokens, [1, 1]);
    let ratios: Vec<_> =
        tests.iter().map(|it| (it.accepted, (it.ratio * 1000.0).round())).collect();
    assert_eq!(ratios, [(true, 750.0), (false, 667.0)]);
    let residual = tests[1].residual.as_ref().expect("a rejection leaves one");
    assert_eq!(residual.top.iter().map(|it| it.0).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_draft_equal_to_the_target_is_kept_whole() {
    let mut models = Models::new(toy::t4_target()).with(DRAFT, toy::t4_target());
    let params = json!({"gamma": 4, "temperature": 1.0});
    let (method, prompt) = ("speculative-decoding".into(), vec![0]);
    let request = Request { method, params, prompt, seed: 5, max_new_tokens: 50 };
    let mut decoding = Decoding::start(request, &mut models).expect("valid");
    let mut rounds = 0;
    while decoding.tokens().len() < 50 {
        block_on(decoding.step(&mut models)).expect("toys do not fail");
        rounds += 1;
    }
    assert_eq!(rounds, 10, "five tokens a round");
}

#[test]
fn a_draft_that_shares_no_token_gives_one_token_a_round_and_the_targets_law() {
    let halves: [[&[f32]; 4]; 2] = [[&[0.7, 0.3, 0.0, 0.0]; 4], [&[0.0, 0.0, 0.4, 0.6]; 4]];
    let [target, draft] = halves.map(|rows| Toy::first_order("half", &rows));
    let mut models = Models::new(target).with(DRAFT, draft);
    let params = json!({"gamma": 4, "temperature": 1.0});
    let (method, prompt) = ("speculative-decoding".into(), vec![0]);
    let request = Request { method, params, prompt, seed: 5, max_new_tokens: 2000 };
    let mut decoding = Decoding::start(request, &mut models).expect("valid");
    for round in 1..=2000 {
        block_on(decoding.step(&mut models)).expect("toys do not fail");
        assert_eq!(decoding.tokens().len(), round);
    }
    let zeros = decoding.tokens().iter().filter(|&&token| token == 0).count();
    assert!((1330..1470).contains(&zeros), "{zeros} of about 1400");
    assert!(decoding.tokens().iter().all(|&token| token < 2));
}
