use super::*;
use crate::{
    toy::T4_Q,
    trial::{Trial, tree},
};

/// The column `expected` of the table, level by level.
fn expectations(trial: &Trial) -> Vec<f32> {
    let of = |event: &Event| match event {
        Event::Table { name, rows, .. } if name == "expected_tokens" => match rows[0][1] {
            Cell::Number(expected) => Some(expected),
            _ => None,
        },
        _ => None,
    };
    trial.events().iter().filter_map(of).collect()
}

fn assert_close(have: &[f32], want: &[f32]) {
    let close = have.iter().zip(want).all(|(have, want)| (have - want).abs() < 1e-6);
    assert!(close && have.len() == want.len(), "{have:?} instead of {want:?}");
}

#[test]
fn the_hand_worked_trees_of_t4() {
    let mut trial = Trial::t4(&[3]);
    assert_eq!(tree(&mut trial, OptTree::new(4, 0.05, 6)), ["3", "2", "3 3", "3 3 3"]);
    assert_close(&expectations(&trial), &[1.0, 1.28, 1.376, 1.376]);
    let mut trial = Trial::t4(&[3]);
    assert_eq!(tree(&mut trial, OptTree::new(4, 0.5, 6)), ["3", "2", "3 3", "3 2"]);
    assert_close(&expectations(&trial), &[1.0, 1.28]);
}

#[test]
fn the_path_probabilities_of_the_trees_of_t4() {
    let best = |delta| {
        let mut policy = OptTree::new(4, delta, 6);
        tree(&mut Trial::t4(&[3]), &mut policy);
        let of = |it: &Candidate| (it.level, it.token, (it.path_prob * 1000.0).round() as u32);
        policy.best.iter().map(of).collect::<Vec<_>>()
    };
    // 3, then 3 3, then 3 3 3, then 2.
    assert_eq!(best(0.05), [(1, 3, 600), (2, 3, 360), (3, 3, 216), (1, 2, 200)]);
    // 3, then 3 3, then 2, then 3 2.
    assert_eq!(best(0.5), [(1, 3, 600), (2, 3, 360), (1, 2, 200), (2, 2, 120)]);
}

#[test]
fn the_depth_limit_ends_the_draft() {
    let mut trial = Trial::t4(&[3]);
    tree(&mut trial, OptTree::new(4, 0.0, 2));
    assert_close(&expectations(&trial), &[1.0, 1.28]);
}

#[test]
fn expectations_rise_and_every_parent_is_there() {
    for state in 0..4 {
        let mut trial = Trial::t4(&[state]);
        let nodes = tree(&mut trial, OptTree::new(7, 0.0, 6));
        let curve = expectations(&trial);
        assert!(curve.windows(2).all(|it| it[0] <= it[1]), "{curve:?}");
        assert!(curve.iter().zip(1..).all(|(&e, level)| e <= level as f32 + 1e-6), "{curve:?}");
        for node in nodes.iter().filter(|it| it.contains(' ')) {
            let parent = node.rsplit_once(' ').unwrap().0;
            assert!(nodes.iter().any(|it| it == parent), "{node} in {nodes:?}");
        }
    }
}

/// The largest Σ of path probabilities over all trees of `left` nodes that hang on the open
/// places: an open place is (state, path probability). Places are taken or passed over in order.
fn best_sum(open: &[(usize, f64)], left: usize) -> f64 {
    let Some((&(state, prob), rest)) = open.split_first().filter(|_| left > 0) else {
        return 0.0;
    };
    let mut wider: Vec<_> = rest.to_vec();
    wider.extend((0..4).map(|token| (token, prob * f64::from(T4_Q[state][token]))));
    best_sum(rest, left).max(prob + best_sum(&wider, left - 1))
}

#[test]
fn no_other_tree_of_the_same_size_expects_more() {
    for (state, q) in T4_Q.iter().enumerate() {
        let open: Vec<_> = (0..4).map(|token| (token, f64::from(q[token]))).collect();
        for nodes in 1..=5 {
            let mut policy = OptTree::new(nodes, 0.0, nodes);
            tree(&mut Trial::t4(&[state as TokenId]), &mut policy);
            let brute = best_sum(&open, nodes as usize);
            assert!((policy.expected() - brute).abs() < 1e-6, "state {state}, n = {nodes}");
        }
    }
}

#[test]
fn a_certain_draft_gives_a_chain() {
    let certain: [&[f32]; 2] = [&[0.0, 1.0], &[1.0, 0.0]];
    let draft = crate::toy::Toy::first_order("certain", &certain);
    let mut trial = Trial::with_draft(&[0], crate::toy::Toy::random(2, 1, 1.0), draft);
    assert_eq!(tree(&mut trial, OptTree::new(3, 0.2, 6)), ["1", "1 0", "1 0 1"]);
}
