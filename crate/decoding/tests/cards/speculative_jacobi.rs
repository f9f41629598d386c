use super::*;
use crate::jacobi::grid;

#[test]
fn without_a_window_it_is_plain_sampling_draw_for_draw() {
    for temperature in [0.0, 0.7, 1.0] {
        assert_same_text("speculative-jacobi", &[json!({"w": 0})], temperature);
    }
}

#[test]
fn the_greedy_text_is_that_of_plain_decoding() {
    let choices = [json!({"w": 1}), json!({"w": 8}), json!({"w": 64, "init": "pad"})];
    assert_same_text("speculative-jacobi", &choices, 0.0);
}

#[test]
fn a_certain_target_gives_the_text_of_jacobi_whatever_the_temperature() {
    for temperature in [0.0, 0.7, 1.0] {
        let params = json!({"temperature": temperature});
        let have = run("speculative-jacobi", params.clone(), toy::f5(), &[0, 1], 3, 30);
        let want = run("jacobi", params, toy::f5(), &[0, 1], 3, 30);
        assert_eq!(have.tokens, want.tokens);
    }
}

/// The tests of a run: node, p, q and the uniform of each.
fn tests(trace: &Trace) -> Vec<(decoding::NodeId, f32, Option<f32>, Option<f32>)> {
    let tests = trace.events.iter().filter_map(|event| match event {
        Event::Judge { node, p, q, u, .. } => Some((*node, *p, *q, *u)),
        _ => None,
    });
    tests.collect()
}

#[test]
fn guesses_are_tested_with_the_row_they_were_drawn_from() {
    let trace =
        run("speculative-jacobi", json!({"temperature": 1.0}), toy::t4_target(), &[2, 0], 1, 60);
    let rows: std::collections::BTreeMap<_, _> = trace
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Grow { node, row: Some(row), input: decoding::Input::Token(token), .. } => {
                Some((*node, (row.clone(), *token)))
            }
            _ => None,
        })
        .collect();
    let (mut drawn, mut fresh) = (0, 0);
    for (node, _, q, u) in tests(&trace) {
        let (row, token) = &rows[&node];
        let log_q = row.top.iter().find(|it| it.0 == *token).expect("T4 rows are kept whole").1;
        assert!((log_q.exp() - q.expect("a ratio test")).abs() < 1e-6);
        assert!(u.is_some());
        *if row.top.len() == 1 { &mut fresh } else { &mut drawn } += 1;
    }
    assert!(drawn > 20 && fresh > 0, "{drawn} drawn guesses and {fresh} that nobody drew");
}

/// No number decides two things: each test, each new draw and each replacement has its own.
#[test]
fn no_uniform_is_used_twice() {
    let trace =
        run("speculative-jacobi", json!({"temperature": 1.0}), toy::t4_target(), &[2, 0], 1, 60);
    let mut seen = std::collections::BTreeSet::new();
    for event in &trace.events {
        if let Event::Judge { u: Some(u), .. } | Event::Sample { u: Some(u), .. } = event {
            assert!(seen.insert(u.to_bits()), "{u}");
        }
    }
    assert!(seen.len() > 60);
}

#[test]
fn places_say_how_long_their_token_stands_and_how_likely_it_was_kept() {
    let target = Toy::random(12, 3, 8.0);
    let trace =
        run("speculative-jacobi", json!({"temperature": 1.0}), target, &[5, 2, 5, 7], 1, 60);
    let (mut old, mut sure) = (0, 0);
    let rows = rows_of(&trace, "grid");
    let by_place: std::collections::BTreeMap<_, _> =
        rows.iter().map(|it| ((number(&it[1]), number(&it[2])), *it)).collect();
    for ((row, column), cells) in &by_place {
        let (token, age) = (number(&cells[3]), number(&cells[5]));
        let above = row.checked_sub(1).and_then(|above| by_place.get(&(above, *column)));
        match above.filter(|it| number(&it[3]) == token) {
            Some(above) => assert_eq!(age, number(&above[5]) + 1, "{row}:{column}"),
            None => assert_eq!(age, 0, "{row}:{column}"),
        }
        old += u32::from(age > 1);
        if let Cell::Number(odds) = cells[6] {
            assert!((0.0..=1.0).contains(&odds));
            assert!(above.is_some(), "a guess stood there before");
            sure += u32::from(odds == 1.0);
        }
    }
    assert!(old > 0 && sure > 0, "{old} of age, {sure} sure");
    // What the judge says of a tested guess is what its place says.
    let judged: Vec<f32> =
        tests(&trace).iter().map(|it| (it.1 / it.2.expect("a ratio")).min(1.0)).collect();
    let mut shown = by_place.values().filter_map(|it| match it[6] {
        Cell::Number(odds) => Some(odds),
        _ => None,
    });
    assert!(judged.iter().all(|odds| shown.any(|it| (it - odds).abs() < 1e-6)));
    assert_eq!(grid(&trace).len(), passes(&trace) + 1);
}
