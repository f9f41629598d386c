use super::*;
use crate::{
    session::{DRAFT, MIDDLE, Models, TARGET},
    speculate::{Lines, Speculation},
    toy::{self, T4_Q},
    trial::{Trial, distance_from_t4},
    verifier::Ratio,
};
use futures_lite::future::block_on;

fn dyspec(nodes: u32) -> BestFirst {
    BestFirst::new(DRAFT, Pipeline::temperature(1.0), nodes)
}

fn paths(forest: &Forest, head: NodeId, nodes: &[NodeId]) -> Vec<Vec<TokenId>> {
    let tokens = |&node: &NodeId| {
        forest.path(Some(head), node).into_iter().filter_map(|it| forest[it].token()).collect()
    };
    nodes.iter().map(tokens).collect()
}

/// One draft below state `state` and its tree.
fn grown(trial: &mut Trial, drafter: &mut BestFirst) -> Vec<Vec<TokenId>> {
    let mut session = trial.step();
    let head = session.head();
    let guesses = block_on(drafter.draft(&mut session)).expect("toys do not fail");
    paths(session.forest(), head, &guesses)
}

/// The numbers of a column of a table, as its rows were put.
fn column(trial: &Trial, table: &str, index: usize) -> Vec<f32> {
    let of = |event: &Event| match event {
        Event::Table { name, rows, .. } if name == table => rows.clone(),
        _ => Vec::new(),
    };
    let rows = trial.events().iter().flat_map(of);
    rows.map(|row| match row[index] {
        Cell::Number(number) => number,
        _ => f32::NAN,
    })
    .collect()
}

fn passes(trial: &Trial, role: &str) -> usize {
    let of = |it: &&Event| matches!(it, Event::Score { role: it, .. } if it == role);
    trial.events().iter().filter(of).count()
}

fn close(have: &[f32], want: &[f32]) -> bool {
    have.len() == want.len() && have.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-6)
}

#[test]
fn the_cards_hand_trace_from_state_3() {
    // Draws 3, 3, 2: wait for a seed that gives them.
    let mut trial = Trial::t4(&[3]);
    let mut drafter = dyspec(3);
    let mut found = false;
    for seed in 0..2000 {
        trial.restart(seed);
        if grown(&mut trial, &mut drafter) != [vec![3], vec![3, 3], vec![2]] {
            continue;
        }
        found = true;
        // Popped 1, .6 and .4; the third draw came from (.25, .25, .5, 0).
        assert!(close(&column(&trial, "guesses", 1), &[1.0, 0.6, 0.4]));
        assert!(close(&column(&trial, "guesses", 2), &[0.6, 0.36, 0.2]));
        let drawn = trial.events().iter().rev().find_map(|event| match event {
            Event::Sample { prob, .. } => Some(*prob),
            _ => None,
        });
        assert!((drawn.unwrap() - 0.5).abs() < 1e-6);
        // Open: .36 (child of 3 3), .24 (beside 3 3), .2 (beside 2), .2 (below 2).
        assert!(close(&column(&trial, "open_places", 2), &[0.36, 0.24, 0.2, 0.2]));
        assert!((drafter.expected - 1.16).abs() < 1e-6, "{}", drafter.expected);
        break;
    }
    assert!(found);
}

#[test]
fn values_never_rise_and_gains_add_up() {
    let mut trial = Trial::t4(&[0]);
    for seed in 0..200 {
        trial.restart(seed);
        let mut drafter = dyspec(12);
        assert_eq!(grown(&mut trial, &mut drafter).len(), 12);
        let values = column(&trial, "guesses", 1);
        assert!(values.is_sorted_by(|a, b| *a >= *b - 1e-6), "{values:?}");
        let gains: f32 = column(&trial, "guesses", 2).iter().sum();
        assert!((f64::from(gains) - drafter.expected).abs() < 1e-5);
        assert!(passes(&trial, DRAFT) <= 12, "never more passes than guesses");
    }
}

#[test]
fn a_certain_draft_gives_a_chain() {
    let rows: [&[f32]; 3] = [&[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0], &[1.0, 0.0, 0.0]];
    let sure = || toy::Toy::first_order("sure", &rows);
    let mut trial = Trial::with_draft(&[0], sure(), sure());
    let chain = grown(&mut trial, &mut dyspec(4));
    assert_eq!(chain, [vec![1], vec![1, 2], vec![1, 2, 0], vec![1, 2, 0, 1]]);
}

#[test]
fn above_a_threshold_a_level_takes_one_pass() {
    let mut trial = Trial::t4(&[3]);
    for seed in 0..200 {
        trial.restart(seed);
        let tree = grown(&mut trial, &mut dyspec(64).above(0.15));
        let deepest = tree.iter().map(Vec::len).max().unwrap();
        let read = passes(&trial, DRAFT);
        assert!(read == deepest || read == deepest + 1, "{read} passes, {deepest} levels");
        let values = column(&trial, "guesses", 1);
        assert!(values.iter().all(|&it| it > 0.15), "compared before the draw: {values:?}");
        let open = column(&trial, "open_places", 2);
        assert!(open.iter().all(|&it| it <= 0.15 + 1e-6), "nothing is left above: {open:?}");
    }
}

#[test]
fn dyspec_draws_from_the_target() {
    let settings = [(4, 0.0), (7, 0.0), (12, 1.0 / 12.0)];
    for (nodes, threshold) in settings {
        let mut trial =
            Trial::new(&[0], 3, Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft()));
        let tv = distance_from_t4(20_000, |seed| {
            let mut speculation = speculation(dyspec(nodes).above(threshold));
            trial.finish(seed, |session| block_on(speculation.round(session)))
        });
        assert!(tv < 0.035, "m = {nodes}, C = {threshold}: {tv}");
    }
}

fn speculation(drafter: BestFirst) -> Speculation<BestFirst, Ratio> {
    Speculation {
        drafter,
        verifier: Ratio::default(),
        pipeline: Pipeline::temperature(1.0),
        lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
    }
}

/// T4's draft in the middle; the smallest model knows nothing of either.
fn three_models() -> Models {
    const R: [&[f32]; 4] = [
        &[0.7, 0.1, 0.1, 0.1],
        &[0.1, 0.2, 0.6, 0.1],
        &[0.2, 0.2, 0.2, 0.4],
        &[0.4, 0.3, 0.2, 0.1],
    ];
    Models::new(toy::t4_target())
        .with(MIDDLE, toy::t4_draft())
        .with(DRAFT, toy::Toy::first_order("smallest", &R))
}

fn staged(nodes: u32, inner: u32) -> BestFirst {
    let mut drafter = BestFirst::new(MIDDLE, Pipeline::temperature(1.0), nodes);
    drafter.inner = Some(Inner::new(DRAFT, inner, Pipeline::temperature(1.0)));
    drafter
}

#[test]
fn tokens_that_leave_the_inner_level_have_the_middle_models_law() {
    // The first path of three guesses, for trees that are all path or mostly bush.
    let q = |last: usize, next: usize| f64::from(T4_Q[last][next]);
    for (nodes, inner) in [(12, 3), (12, 1), (7, 2)] {
        let mut trial = Trial::new(&[0], 64, three_models());
        let n = 20_000;
        let mut counts = [[0u32; 4]; 5];
        for seed in 0..n {
            trial.restart(seed);
            let tree = grown(&mut trial, &mut staged(nodes, inner));
            // The first guess, and the first one below it if it has a child.
            counts[4][tree[0][0] as usize] += 1;
            let second = tree.iter().find(|it| it.len() == 2 && it[0] == tree[0][0]);
            if let Some(second) = second {
                counts[second[0] as usize][second[1] as usize] += 1;
            }
        }
        let distance = |counts: &[u32; 4], state: usize| {
            let sum: f64 = counts.iter().map(|&it| f64::from(it)).sum();
            let of = |it: (usize, &u32)| (f64::from(*it.1) / sum - q(state, it.0)).abs();
            counts.iter().enumerate().map(of).sum::<f64>() / 2.0
        };
        let tv = distance(&counts[4], 0);
        assert!(tv < 0.015, "g = {inner}: {tv}");
        for (state, counts) in counts[..4].iter().enumerate() {
            // About 2 000 to 8 000 draws each.
            let tv = distance(counts, state);
            assert!(tv < 0.03, "g = {inner}, after {state}: {tv}");
        }
    }
}

#[test]
fn three_stages_draw_from_the_target() {
    for (nodes, inner) in [(5, 3), (8, 1)] {
        let mut trial = Trial::new(&[0], 3, three_models());
        let tv = distance_from_t4(20_000, |seed| {
            let mut speculation = speculation(staged(nodes, inner));
            trial.finish(seed, |session| block_on(speculation.round(session)))
        });
        assert!(tv < 0.035, "m = {nodes}, g = {inner}: {tv}");
    }
}

#[test]
fn without_inner_guesses_the_middle_model_grows_the_tree_alone() {
    for seed in 0..100 {
        let mut trees = Vec::new();
        for drafter in
            [&mut staged(9, 0), &mut BestFirst::new(MIDDLE, Pipeline::temperature(1.0), 9)]
        {
            let mut trial = Trial::new(&[0], 64, three_models());
            trial.restart(seed);
            trees.push(grown(&mut trial, drafter));
            assert_eq!(passes(&trial, DRAFT), 0);
        }
        assert_eq!(trees[0], trees[1]);
    }
}

#[test]
fn the_middle_model_never_passes_more_often_than_it_guesses() {
    let mut fewer = 0;
    for seed in 0..200 {
        let mut trial = Trial::new(&[0], 64, three_models());
        trial.restart(seed);
        let tree = grown(&mut trial, &mut staged(12, 3));
        assert_eq!(tree.len(), 12);
        let read = passes(&trial, MIDDLE);
        assert!(read <= 12 && passes(&trial, TARGET) == 0);
        fewer += 12 - read;
    }
    assert!(fewer > 200, "one pass gives several guesses");
}

#[test]
fn trees_hang_together_and_siblings_differ() {
    for seed in 0..200 {
        let mut trial = Trial::new(&[0], 6, three_models());
        trial.restart(seed);
        let tree = grown(&mut trial, &mut staged(12, 3));
        for (index, path) in tree.iter().enumerate() {
            assert!(path.len() <= 5, "one token is the target's own");
            assert!(path.len() == 1 || tree[..index].contains(&path[..path.len() - 1].to_vec()));
            assert!(!tree[..index].contains(path), "{tree:?}");
        }
    }
}

#[test]
fn trees_in_which_the_inner_test_compares_best_tokens_only_are_biased() {
    // The pitfall of the card: greedy matching on the inner level, ratio test on the outer one.
    let mut trial = Trial::new(&[0], 3, three_models());
    let tv = distance_from_t4(20_000, |seed| {
        let mut drafter = staged(5, 3);
        drafter.inner.as_mut().unwrap().pipeline = Pipeline::greedy();
        let mut speculation = speculation(drafter);
        trial.finish(seed, |session| block_on(speculation.round(session)))
    });
    assert!(tv > 0.05, "{tv}");
}
