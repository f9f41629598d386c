use super::*;
use crate::{
    toy::T4_Q,
    trial::{Trial, tree},
};
use std::collections::BTreeMap;

const N: u32 = 20_000;

/// How often each draft occurs below state 0, by its tokens in the order they were drawn.
fn drafts(children: Children, branching: &[u32]) -> BTreeMap<Vec<String>, f64> {
    let mut trial = Trial::t4(&[0]);
    let mut counts = BTreeMap::new();
    for seed in 0..N {
        trial.restart(seed);
        let draft = tree(&mut trial, Branching::new(branching, children));
        *counts.entry(draft).or_insert(0.0) += 1.0 / f64::from(N);
    }
    counts
}

fn pair(x: usize, y: usize) -> Vec<String> {
    vec![x.to_string(), y.to_string()]
}

/// The ordered pair (x, y) has probability q(x) q(y) / (1 − q(x)), drawn either way; the card's
/// example is (1, 0) of row 0: .4 · .3 / .6 = .2.
#[test]
fn pairs_are_drawn_without_replacement_in_turn_or_at_once() {
    for children in [Children::InTurn, Children::AtOnce] {
        let counts = drafts(children, &[2]);
        let have = |x, y| counts.get(&pair(x, y)).copied().unwrap_or(0.0);
        assert!((have(1, 0) - 0.2).abs() < 0.01, "{children:?}: {}", have(1, 0));
        let mut distance = 0.0;
        for (x, y) in (0..16).map(|it| (it / 4, it % 4)) {
            let [q_x, q_y] = [x, y].map(|it| f64::from(T4_Q[0][it]));
            let want = if x == y { 0.0 } else { q_x * q_y / (1.0 - q_x) };
            distance += (have(x, y) - want).abs() / 2.0;
        }
        assert!(distance < 0.02, "{children:?}: {distance}");
    }
}

#[test]
fn the_first_of_several_children_is_drawn_from_the_draft() {
    for children in [Children::InTurn, Children::AtOnce, Children::Independent] {
        let mut first = [0.0; 4];
        for (draft, share) in drafts(children, &[3]) {
            first[draft[0].parse::<usize>().unwrap()] += share;
        }
        let gaps = first.iter().zip(T4_Q[0]).map(|(have, &q)| (have - f64::from(q)).abs());
        assert!(gaps.sum::<f64>() / 2.0 < 0.02, "{children:?}: {first:?}");
    }
}

#[test]
fn independent_children_may_be_the_same_node() {
    let counts = drafts(Children::Independent, &[2]);
    let have = |x| counts.get(&pair(x, x)).copied().unwrap_or(0.0);
    for (x, q) in [0.3, 0.4, 0.2, 0.1f64].into_iter().enumerate() {
        assert!((have(x) - q * q).abs() < 0.012, "{x}: {}", have(x));
    }
    // A node that was drawn twice is one node: as many names as draws, fewer nodes.
    let mut trial = Trial::t4(&[0]);
    let repeated = (0..50).find(|&seed| {
        trial.restart(seed);
        let draft = tree(&mut trial, Branching::new(&[3, 2], Children::Independent));
        let distinct: std::collections::BTreeSet<_> = draft.iter().collect();
        let grown = trial.events().iter().filter(|it| matches!(it, Event::Grow { .. }));
        assert_eq!(grown.count(), distinct.len() + 1);
        distinct.len() < draft.len()
    });
    assert!(repeated.is_some(), "no seed repeats a token");
}

#[test]
fn best_children_are_ranked() {
    let draft = tree(&mut Trial::t4(&[3]), Branching::new(&[2, 1], Children::Best));
    assert_eq!(draft, ["3", "2", "3 3", "2 0"]);
}

#[test]
fn no_more_children_than_tokens_with_mass() {
    let rows: [&[f32]; 3] = [&[0.0, 0.5, 0.5]; 3];
    for children in [Children::InTurn, Children::AtOnce, Children::Best] {
        let [target, draft] = [0, 1].map(|_| crate::toy::Toy::first_order("two", &rows));
        let mut trial = Trial::with_draft(&[0], target, draft);
        let mut draft = tree(&mut trial, Branching::new(&[3], children));
        draft.sort();
        assert_eq!(draft, ["1", "2"], "{children:?}");
    }
}

#[test]
fn the_noise_table_shows_who_was_taken() {
    let mut trial = Trial::t4(&[0]);
    let draft = tree(&mut trial, Branching::new(&[2], Children::AtOnce));
    let rows = trial.events().iter().find_map(|event| match event {
        Event::Table { name, rows, .. } if name == "noise" => Some(rows),
        _ => None,
    });
    let rows = rows.expect("the table is told");
    assert_eq!(rows.len(), 3);
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        other => panic!("{other:?}"),
    };
    for (place, row) in rows.iter().enumerate() {
        assert!((number(&row[3]) + number(&row[4]) - number(&row[5])).abs() < 1e-5);
        match place {
            2 => assert_eq!(row[6], Cell::Empty),
            _ => assert_eq!(number(&row[2]).to_string(), draft[place]),
        }
    }
}
