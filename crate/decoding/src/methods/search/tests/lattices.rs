use super::{super::lattice_recombination::*, *};
use crate::{
    method::{Method, Progress},
    session::{Run, Session},
};
use serde_json::json;
use std::collections::BTreeSet;

fn params(merge: &str, budget: u32) -> Value {
    json!({"merge": merge, "budget": budget, "k_best": 3, "n": 2, "length_gap": 5})
}

/// Runs step by step; `look` sees the lattice after each.
fn search(merge: &str, budget: u32, mut look: impl FnMut(&LatticeRecombination)) {
    let mut models = Models::new(toy::toy6());
    let mut run = Run::new(&[vec![0]], 0, 10);
    let params: Params = serde_json::from_value(params(merge, budget)).unwrap();
    let mut method = LatticeRecombination::new(params).unwrap();
    loop {
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        let progress = block_on(method.step(&mut session)).unwrap();
        look(&method);
        if progress == Progress::Finished {
            return;
        }
    }
}

/// Paths that end with the end token, and how many of them differ.
fn paths(merge: &str, budget: u32) -> (usize, usize) {
    let mut counts = (0, 0);
    search(merge, budget, |method| {
        let mut texts = method.lattice.as_ref().unwrap().all_texts();
        texts.retain(|it| it.0.last() == Some(&1));
        let distinct: BTreeSet<_> = texts.iter().map(|it| it.0.clone()).collect();
        counts = (texts.len(), distinct.len());
    });
    counts
}

#[test]
fn a_tree_gives_as_many_paths_as_texts() {
    assert_eq!([20, 60, 150].map(|budget| paths("none", budget)), [(12, 12), (35, 35), (98, 98)]);
    for budget in [20, 60, 150] {
        let trace = run("lattice-recombination", params("none", budget), 10);
        let texts: BTreeSet<_> = texts(&trace).into_iter().map(|it| it.0).collect();
        assert_eq!(texts.len(), trace.outputs.len() + 1, "no text twice");
    }
}

#[test]
fn merges_multiply_the_paths() {
    assert_eq!(paths("rcb", 20), (41, 41));
    assert_eq!(paths("zip", 20), (87, 65));
}

#[test]
fn counting_agrees_with_listing_and_nothing_is_lost() {
    for merge in ["none", "rcb", "zip"] {
        search(merge, 24, |method| {
            let lattice = method.lattice.as_ref().unwrap();
            assert!(lattice.is_acyclic());
            assert_eq!(lattice.paths() as usize, lattice.all_texts().len());
        });
        let mut listed = BTreeSet::new();
        search(merge, 24, |method| {
            let texts = method.lattice.as_ref().unwrap().all_texts();
            listed = texts.into_iter().map(|it| letters(&it.0)).collect();
        });
        let trace = run("lattice-recombination", params(merge, 24), 10);
        for (text, ..) in texts(&trace) {
            assert!(listed.contains(&text), "{text} is lost after {merge}");
        }
    }
}

#[test]
fn every_path_of_the_tree_survives_the_merges() {
    for merge in ["rcb", "zip"] {
        let trace = run("lattice-recombination", params(merge, 40), 10);
        let mut paths: Vec<Vec<TokenId>> = Vec::new();
        for event in &trace.events {
            if let Event::Grow { parent, input: Input::Token(token), .. } = event {
                let above = parent.map(|it| paths[it.0 as usize].clone()).unwrap_or_default();
                paths.push(above.into_iter().chain([*token]).collect());
            }
        }
        let merges = trace.events.iter().filter(|it| matches!(it, Event::Merge { .. })).count();
        assert!(merges > 5 && paths.len() > 50, "{merges} merges, {} paths", paths.len());
        let mut lost = Vec::new();
        search(merge, 40, |method| {
            let lattice = method.lattice.as_ref().unwrap();
            lost = paths.iter().filter(|it| !lattice.spells(&it[1..])).collect();
        });
        assert!(lost.is_empty(), "lost after {merge}: {lost:?}");
    }
}

#[test]
fn longer_budgets_reach_the_counts_of_the_card() {
    for (merge, all) in [("rcb", 10_631.0), ("zip", 214_775.0)] {
        let mut last = 0.0;
        search(merge, 60, |method| {
            let lattice = method.lattice.as_ref().unwrap();
            assert!(lattice.is_acyclic());
            last = lattice.paths_to_token(1);
        });
        assert_eq!(last, all, "{merge}");
    }
}

#[test]
fn most_paths_of_a_zipped_lattice_say_something_else() {
    let mut texts = Vec::new();
    search("zip", 60, |method| {
        let lattice = method.lattice.as_ref().unwrap();
        // Listing them takes long, so only once all are there.
        if texts.is_empty() && lattice.paths_to_token(1) == 214_775.0 {
            texts = lattice.all_texts().into_iter().map(|it| it.0).collect();
        }
    });
    texts.retain(|it| it.last() == Some(&1));
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!((all, texts.len()), (214_775, 115_305));
}

#[test]
fn every_path_has_its_true_score() {
    for merge in ["rcb", "zip"] {
        search(merge, 20, |method| {
            for (text, score) in method.lattice.as_ref().unwrap().all_texts() {
                let steps = [0].iter().chain(&text).zip(&text);
                let truth: f64 =
                    steps.map(|(&a, &b)| f64::from(toy::toy6_row(a)[b as usize])).sum();
                assert!((score - truth).abs() < 1e-9, "{text:?}: {score} is not {truth}");
            }
        });
    }
}

#[test]
fn the_budget_is_spent_exactly() {
    for budget in 1..=20 {
        for merge in ["none", "rcb", "zip"] {
            let trace = run("lattice-recombination", params(merge, budget), 10);
            assert_eq!(passes(&trace), budget as usize);
            assert_eq!(steps(&trace), budget as usize);
        }
    }
}

#[test]
fn a_budget_too_small_for_a_text_answers_with_its_beginning() {
    let trace = run("lattice-recombination", params("none", 3), 30);
    // `a c` and `a c a c` did not end; of what did, only `</s>` cannot be among 3 continuations.
    let json = json!({"merge": "none", "budget": 3, "k_best": 1});
    assert_eq!(letters(&run("lattice-recombination", json, 30).tokens), "aca");
    assert!(!trace.tokens.is_empty());
}

#[test]
fn one_continuation_is_greedy() {
    let params = json!({"k_best": 1, "budget": 50});
    let trace = run("lattice-recombination", params, 12);
    assert_eq!(letters(&trace.tokens), "acacacacacac");
}

#[test]
fn a_large_budget_finds_the_best_texts_in_order() {
    let params = json!({"merge": "none", "budget": 2000, "k_best": 5});
    let found: Vec<_> =
        texts(&run("lattice-recombination", params, 7)).into_iter().take(7).collect();
    let best = [
        ("bd.", -1.7148),
        ("abd.", -2.6956),
        ("ad.", -2.8134),
        ("b.", -3.2189),
        ("ac.", -3.3524),
        ("a.", -3.6889),
        ("acbd.", -3.9278),
    ];
    for (have, want) in found.iter().zip(best) {
        assert!(have.0 == want.0 && close(have.1, want.1), "{found:?}");
    }
}

#[test]
fn the_best_estimates_are_the_best_of_all_paths() {
    for merge in ["rcb", "zip"] {
        search(merge, 30, |method| {
            let lattice = method.lattice.as_ref().unwrap();
            let mut all = lattice.all_texts();
            all.sort_by(|a, b| b.1.total_cmp(&a.1));
            all.dedup_by(|a, b| a.0 == b.0);
            for (best, all) in lattice.best_texts(4).iter().zip(&all) {
                assert!((f64::from(best.1) - all.1).abs() < 1e-5, "{best:?} {all:?}");
            }
            assert_eq!(lattice.best_texts(4).len(), all.len().min(4));
        });
    }
}
