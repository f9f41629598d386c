//! Trees and bundles of guesses from end to end on T4: the law of the text, the tokens of a
//! round, and what the methods share with plain speculative decoding.

use super::*;
use crate::{
    methods::speculative::{
        cape,
        improved_mcsd::{self, ImprovedMcsd},
        mcsd::{self, Candidates, Mcsd},
        rsd_c::{self, RsdC},
        spectr::{self, Spectr},
    },
    policy::{Branching, Children, Comb},
    trace::{Cell, Event},
    tree::NodeId,
};

fn mcsd(k: [u32; 4], candidates: Candidates) -> impl Fn() -> mcsd::Params {
    let [k_1, k_2, k_3, k_4] = k;
    move || mcsd::Params { k_1, k_2, k_3, k_4, candidates, temperature: 1.0 }
}

fn rsd_c(b: [u32; 4]) -> impl Fn() -> rsd_c::Params {
    let [b_1, b_2, b_3, b_4] = b;
    move || rsd_c::Params { b_1, b_2, b_3, b_4, temperature: 1.0 }
}

fn spectr(sequences: u32, draft_len: u32) -> impl Fn() -> spectr::Params {
    move || spectr::Params { sequences, draft_len, temperature: 1.0 }
}

fn improved(roots: u32) -> impl Fn() -> improved_mcsd::Params {
    move || improved_mcsd::Params { roots, temperature: 1.0, ..Default::default() }
}

#[test]
fn several_candidates_draw_from_the_target() {
    use Candidates::*;
    for candidates in [WithoutReplacement, WithReplacement, Best] {
        let tv = distance::<Mcsd>(mcsd([2, 2, 0, 0], candidates));
        assert!(tv < close(), "{candidates:?}: {tv}");
    }
}

#[test]
fn candidates_drawn_at_once_draw_from_the_target() {
    let tv = distance::<RsdC>(rsd_c([2, 2, 0, 0]));
    assert!(tv < close(), "{tv}");
}

#[test]
fn bundles_of_three_draw_from_the_target() {
    let tv = distance::<Spectr>(spectr(3, 3));
    assert!(tv < close(), "{tv}");
}

#[test]
fn combs_draw_from_the_target() {
    let tv = distance::<cape::Cape>(|| cape::Params { temperature: 1.0, ..Default::default() });
    assert!(tv < close(), "{tv}");
}

#[test]
fn one_root_draws_from_the_target_and_the_longest_of_four_does_not() {
    let chains = || improved_mcsd::Params { k_1: 1, k_2: 1, ..improved(4)() };
    let one = distance::<ImprovedMcsd>(improved(1));
    let four = distance::<ImprovedMcsd>(chains);
    assert!(one < close() && four > 0.1, "one root {one}, four roots {four}");
}

/// Tokens of the first round from state 0, on average.
fn first_round<M: Method>(params: impl Fn() -> M::Params) -> f64 {
    let mut trial = Trial::t4(&[0]);
    let tokens = |seed| {
        trial.restart(seed);
        let mut method = M::new(params()).expect("valid");
        let mut session = trial.step();
        block_on(Method::step(&mut method, &mut session)).expect("toys do not fail");
        session.generated(session.head())
    };
    f64::from((0..N).map(tokens).sum::<u32>()) / f64::from(N)
}

/// The table of the shared parts, measured: the enumeration of rules is exact, and this checks
/// that drawing, order and walk do what it assumes.
#[test]
fn rounds_give_the_tables_tokens() {
    use Candidates::*;
    let measured = [
        (first_round::<Mcsd>(mcsd([2, 2, 0, 0], WithoutReplacement)), 2.651433),
        (first_round::<Mcsd>(mcsd([3, 2, 0, 0], WithoutReplacement)), 2.791941),
        (first_round::<Mcsd>(mcsd([2, 2, 2, 0], WithoutReplacement)), 3.315163),
        (first_round::<Mcsd>(mcsd([1, 1, 1, 1], WithoutReplacement)), 3.25051),
        (first_round::<Mcsd>(mcsd([2, 0, 0, 0], WithReplacement)), 1.86),
        (first_round::<Mcsd>(mcsd([2, 2, 2, 0], Best)), 2.934),
        (first_round::<Mcsd>(mcsd([4, 0, 0, 0], WithoutReplacement)), 2.0),
        (first_round::<RsdC>(rsd_c([2, 2, 0, 0])), 2.651433),
        (first_round::<RsdC>(rsd_c([1, 1, 1, 0])), 2.8845),
        (first_round::<Spectr>(spectr(2, 1)), 1.896512),
        (first_round::<Spectr>(spectr(3, 1)), 1.950537),
    ];
    for (index, (have, want)) in measured.into_iter().enumerate() {
        // Standard error about .008.
        assert!((have - want).abs() < 0.03, "case {index}: {have} instead of {want}");
    }
}

#[test]
fn one_sequence_is_plain_speculative_decoding_token_for_token() {
    for seed in 0..20 {
        let [target, draft] = [3, 4].map(|it| Toy::random(12, it, 4.0));
        let mut models = Models::new(target).with(DRAFT, draft);
        let chain = json!({"gamma": 3, "temperature": 1.0});
        let plain = run("speculative-decoding", chain, seed, &mut models);
        let one = json!({"sequences": 1, "draft_len": 3, "temperature": 1.0});
        assert_eq!(run("spectr", one, seed, &mut models), plain);
    }
}

#[test]
fn combs_say_what_plain_sampling_says_with_the_same_seed() {
    let free = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
    for seed in 0..20 {
        for draft in drafts(3) {
            let mut models = Models::new(Toy::random(12, 3, 6.0)).with(DRAFT, draft);
            let plain = run("basic-sampling", free.clone(), seed, &mut models);
            for (method, params) in [
                ("cape", json!({"temperature": 1.0})),
                ("mcsd", json!({"temperature": 1.0, "candidates": "best"})),
            ] {
                assert_eq!(run(method, params, seed, &mut models), plain, "{method}");
            }
        }
    }
}

/// Rounds of a greedy run of 60 tokens.
fn rounds(method: &str, params: serde_json::Value, models: &mut Models) -> (u32, Vec<TokenId>) {
    let (method, prompt) = (method.into(), vec![3, 0]);
    let request = Request { method, params, prompt, seed: 1, max_new_tokens: 60 };
    let mut decoding = Decoding::start(request, models).expect("valid");
    let mut rounds = 0;
    while decoding.tokens().len() < 60 {
        block_on(decoding.step(models)).expect("toys do not fail");
        rounds += 1;
    }
    (rounds, decoding.tokens())
}

#[test]
fn a_comb_without_teeth_is_a_chain_and_with_them_never_takes_more_rounds() {
    let (mut chains, mut combs) = (0, 0);
    for seed in 0..20 {
        for draft in drafts(seed) {
            let mut models = Models::new(Toy::random(12, seed, 6.0)).with(DRAFT, draft);
            let chain = json!({"gamma": 4, "temperature": 0.0});
            let chain = rounds("speculative-decoding", chain, &mut models);
            let bare = json!({"gamma": 4, "lost": 1, "doubtful": 1, "confident": 1, "certain": 1,
                "temperature": 0.0});
            assert_eq!(rounds("cape", bare, &mut models), chain);
            let comb = json!({"gamma": 4, "temperature": 0.0});
            let comb = rounds("cape", comb, &mut models);
            assert_eq!(comb.1, chain.1);
            chains += chain.0;
            combs += comb.0;
        }
    }
    assert!(combs < chains, "{combs} rounds with teeth, {chains} without");
}

#[test]
fn a_combs_target_pass_reads_the_head_and_every_tooth() {
    let mut trial = Trial::t4(&[0]);
    let mut method = cape::Cape::new(cape::Params::default()).expect("valid");
    for _ in 0..6 {
        let seen = trial.events().len();
        block_on(Method::step(&mut method, &mut trial.step())).expect("toys do not fail");
        let events = &trial.events()[seen..];
        let teeth = events.iter().find_map(|event| match event {
            Event::Table { name, rows, .. } if name == "teeth" => Some(rows),
            _ => None,
        });
        let guesses = teeth.expect("the table is told").iter().map(|row| match row[2] {
            Cell::Number(guesses) => guesses as usize,
            _ => panic!("{row:?}"),
        });
        let read = events.iter().find_map(|event| match event {
            Event::Score { role, nodes, .. } if role == "target" => Some(nodes.len()),
            _ => None,
        });
        assert_eq!(read, Some(1 + guesses.sum::<usize>()));
    }
}

#[test]
fn the_cards_bins_of_confidence() {
    let mut comb = Comb::new(4, 0.0);
    comb.widths = cape::widths([2, 4, 6, 8]);
    let have = [0.1, 0.299, 0.3, 0.599, 0.6, 0.799, 0.8, 1.0].map(|it| comb.width(it));
    assert_eq!(have, [8, 8, 6, 6, 4, 4, 2, 2]);
}

/// Nodes in level order: who sees whom in a shorter draft is a corner of the same for a longer one.
#[test]
fn the_mask_of_a_shorter_tree_is_a_corner_of_the_longest_ones() {
    let mask = |levels: usize| {
        let mut trial = Trial::t4(&[0]);
        crate::trial::tree(&mut trial, Branching::new(&[3, 2, 1, 1][..levels], Children::Best));
        let session = trial.step();
        let drafted: Vec<NodeId> = (1..session.forest().len() as u32).map(NodeId).collect();
        let sees = |&a: &NodeId| drafted.iter().map(|&b| session.forest().sees(a, b)).collect();
        drafted.iter().map(sees).collect::<Vec<Vec<bool>>>()
    };
    let longest = mask(4);
    assert_eq!(longest.len(), 3 + 6 + 6 + 6);
    for levels in 1..4 {
        let short = mask(levels);
        for (row, whole) in short.iter().zip(&longest) {
            assert_eq!(row[..], whole[..short.len()], "{levels} levels");
        }
    }
}
