//! What a plan rests on, for the reader.

use super::{Plan, Size, ranks::ByRank};
use crate::{
    policy::BestShapes,
    session::{DRAFT, Session, TARGET},
    trace::{Cell, Column, ColumnKind::*, TableChange},
};

/// How often the guess tried first, second, … was kept.
pub fn ranks(session: &mut Session<'_>, rule: &ByRank, kept: &[f64]) {
    let columns = [("rank", Number), ("p", Probability), ("tried", Number), ("kept", Number)]
        .map(|(name, kind)| Column::new(name, kind));
    let rows = kept.iter().enumerate().map(|(rank, &p)| {
        let cells = [rank as f32 + 1.0, p as f32, rule.tried[rank] as f32, rule.kept[rank] as f32];
        cells.map(Cell::Number).into()
    });
    let rows = rows.collect();
    session.table("ranks", TableChange::Set, &columns, rows);
}

/// F(n, d): one row for each number of nodes, one column for each number of levels.
pub fn expected(session: &mut Session<'_>, shapes: &BestShapes, max_nodes: u32, max_depth: u32) {
    by_size(session, "expected_tokens", max_nodes, max_depth, |nodes, depth| {
        shapes.expected(nodes as usize, depth as usize)
    });
}

/// The passes that were measured, and what they make of F: milliseconds a token.
pub fn times(session: &mut Session<'_>, shapes: &BestShapes, max_nodes: u32, max_depth: u32) {
    let timings = session.timings().clone();
    let columns = ["nodes", "target_ms", "draft_ms"].map(|name| Column::new(name, Number));
    let sizes = std::iter::successors(Some(1), |it| Some(2 * it)).take_while(|&it| it <= max_nodes);
    let ms = |role, nodes| Cell::Number(timings.ms(role, nodes).unwrap_or_default() as f32);
    let row = |nodes| vec![Cell::Number(nodes as f32), ms(TARGET, nodes), ms(DRAFT, nodes)];
    let rows = sizes.map(row).collect();
    session.table("pass_times", TableChange::Set, &columns, rows);
    by_size(session, "ms_per_token", max_nodes, max_depth, |nodes, depth| {
        Plan::timed(shapes, nodes, depth, &timings)?.ms_per_token()
    });
}

fn by_size(
    session: &mut Session<'_>,
    table: &str,
    max_nodes: u32,
    max_depth: u32,
    value: impl Fn(u32, u32) -> Option<f64>,
) {
    let mut columns = vec![Column::new("nodes", Number)];
    columns.extend((1..=max_depth).map(|depth| Column::new(&format!("depth_{depth}"), Number)));
    let rows = (2..=max_nodes).map(|nodes| {
        let cell = |depth| value(nodes, depth).map_or(Cell::Empty, |it| Cell::Number(it as f32));
        [Cell::Number(nodes as f32)].into_iter().chain((1..=max_depth).map(cell)).collect()
    });
    let rows = rows.collect();
    session.table(table, TableChange::Set, &columns, rows);
}

/// The tree that was chosen, and why.
pub fn plan(session: &mut Session<'_>, plan: &Plan, size: Size, fastest: Option<&Plan>) {
    let number = |it: f64| Cell::Number(it as f32);
    let guesses = |it: &Plan| number(it.shape.len() as f64 - 1.0);
    let (plain, times) = (session.timings().ms(TARGET, 1), fastest.and_then(Plan::ms_per_token));
    let values = [
        ("guesses", guesses(plan)),
        ("levels", number(plan.shape.levels() as f64)),
        ("expected", number(plan.expected)),
        ("fastest", fastest.map_or(Cell::Empty, guesses)),
        ("ms", times.map_or(Cell::Empty, number)),
        ("plain", plain.map_or(Cell::Empty, number)),
    ];
    let (id, text) = match (size, times, plain) {
        (Size::Measured, Some(ms), Some(plain)) if ms >= plain => (
            "tree_never_pays",
            "By the pass times measured here no tree beats plain decoding, {plain} ms a token. The \
             least slow one has {guesses} guesses, {ms} ms a token: it is used all the same, so \
             that there is something to see.",
        ),
        (Size::Measured, Some(_), _) => (
            "tree_planned",
            "By the pass times measured here the fastest tree has {guesses} guesses in {levels} \
             levels: {expected} tokens a round, {ms} ms each instead of {plain} ms.",
        ),
        (Size::Measured, None, _) => (
            "tree_unmeasured",
            "Nobody measured how long a pass takes, so the tree gets all that is allowed: \
             {guesses} guesses in {levels} levels, {expected} tokens a round.",
        ),
        (Size::Largest, Some(_), _) => (
            "tree_largest_timed",
            "Of all trees of {guesses} guesses this one gives the most tokens, {expected} a round. \
             By the pass times measured here one of {fastest} would be fastest.",
        ),
        (Size::Largest, None, _) => (
            "tree_largest",
            "Of all trees of {guesses} guesses this one gives the most tokens, {expected} a round.",
        ),
    };
    session.note(id, text, &values);
}
