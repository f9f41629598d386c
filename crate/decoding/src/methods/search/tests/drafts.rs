use super::{super::superposed::*, *};
use crate::{
    method::{Method, Progress},
    ngrams::Ngrams,
    session::{Run, Session},
};
use serde_json::json;
use std::rc::Rc;

/// The corpus of the card, with boundary tokens.
fn corpus() -> Ngrams {
    let texts: [&[TokenId]; 6] = [
        &[0, 2, 3, 5, 1],
        &[0, 2, 4, 3, 5, 1],
        &[0, 3, 5, 1],
        &[0, 2, 3, 5, 1],
        &[0, 3, 5, 2, 4, 1],
        &[0, 2, 5, 1],
    ];
    Ngrams::count(texts, 5)
}

fn models(toy: toy::Toy, ngrams: Ngrams) -> Models {
    let mut models = Models::new(toy);
    models.ngrams = Some(Rc::new(ngrams));
    models
}

/// The run of the card: two drafts, four tokens, contexts of one token only.
fn card_run(exact: bool) -> (Vec<Event>, Vec<Output>) {
    let mut models = models(toy::toy6(), corpus());
    let mut run = Run::new(&[vec![0]], 0, 3);
    let params = Params { k: 2, alpha: 0.5, temperature: 1.0, n_tok: 4, penalty: 200.0, exact };
    let mut method = Superposed::new(params).unwrap();
    method.interpolation.order_weights = vec![1.0];
    loop {
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        if block_on(method.step(&mut session)).unwrap() == Progress::Finished {
            return (run.events, run.outputs);
        }
    }
}

/// Rows of the table of drafts, one list a step.
fn tables(events: &[Event]) -> Vec<Vec<Vec<Cell>>> {
    named(events, "drafts")
}

fn named(events: &[Event], table: &str) -> Vec<Vec<Vec<Cell>>> {
    let rows = events.iter().filter_map(|it| match it {
        Event::Table { name, rows, .. } if name == table => Some(rows.clone()),
        _ => None,
    });
    rows.collect()
}

fn number(cell: &Cell) -> f32 {
    match cell {
        Cell::Number(number) => *number,
        _ => panic!("{cell:?} is not a number"),
    }
}

#[test]
fn the_linear_toy_step_by_step() {
    let (events, outputs) = card_run(false);
    let tables = tables(&events);
    // The sums: model and n-gram scores along each draft.
    let step = |step: usize, row: usize| {
        let row = &tables[step][row];
        (number(&row[2]) as TokenId, number(&row[4]) + number(&row[5]))
    };
    let (a, b) = (step(0, 0), step(0, 1));
    assert!(a.0 == 2 && close(a.1, -0.5443) && b.0 == 3 && close(b.1, -1.0024), "{a:?} {b:?}");
    let (first, second) = (step(1, 0), step(1, 1));
    assert!(first.0 == 5 && close(b.1 + first.1, -1.3901), "b d: {first:?}");
    assert!(second.0 == 5 && close(a.1 + second.1, -1.7367), "a d: {second:?}");
    let weights: Vec<_> = tables[0].iter().map(|row| number(&row[3])).collect();
    assert!(close(weights[0], 0.6126) && close(weights[1], 0.3874), "{weights:?}");
    let ended: Vec<_> = events
        .iter()
        .filter_map(|it| match it {
            Event::Finish { reason: FinishReason::EndToken, score, .. } => *score,
            _ => None,
        })
        .collect();
    assert!(ended.len() == 2 && close(ended[0], -1.7111) && close(ended[1], -2.0576), "{ended:?}");
    assert_eq!(outputs.iter().map(|it| letters(&it.tokens)).collect::<Vec<_>>(), ["ad."]);
}

#[test]
fn one_blend_is_read_by_all_drafts() {
    let (events, _) = card_run(false);
    let blends: Vec<_> = events
        .iter()
        .filter_map(|it| match it {
            Event::Grow { input: Input::Blend(parts), node, .. } => Some((*node, parts.clone())),
            _ => None,
        })
        .collect();
    let parts = &blends[0].1;
    assert!(parts[0].0 == 2 && parts[1].0 == 3 && close(parts[0].1, 0.6126));
    assert_eq!(blends[1].1, [(5, 1.0)], "`b d` and `a d` end alike");
    let rows: Vec<_> = events
        .iter()
        .filter_map(|it| match it {
            Event::Score { nodes, rows, .. } => Some((nodes.clone(), rows[0].top.clone())),
            _ => None,
        })
        .collect();
    assert!(rows.iter().all(|it| it.0.len() == 1), "one row a pass");
    assert_eq!(rows[1].0, [blends[0].0]);
    // d .4605, c .2272, b .2068, a .1055 among the four kept.
    let kept: f32 = rows[1].1.iter().take(4).map(|it| it.1.exp()).sum();
    let want = [(5, 0.4605), (4, 0.2272), (3, 0.2068), (2, 0.1055)];
    for ((token, lp), want) in rows[1].1.iter().zip(want) {
        assert!(*token == want.0 && close(lp.exp() / kept, want.1), "{rows:?}");
    }
    // Where both end in d, the pass is that of d itself.
    assert_eq!(rows[2].0, [blends[1].0]);
    for &(token, lp) in &rows[2].1 {
        assert!(close(lp, toy::toy6_row(5)[token as usize]), "{token}: {lp}");
    }
}

/// Toy states: `a` is (2: 1, 3: ¼), `b` is (3: 1, 4: ¼), both after `<s>` (6: ½), on a ground of
/// .05; the first blend is .6126 `a` + .3874 `b`.
#[test]
fn a_blend_is_measured_against_the_drafts_it_stands_for() {
    let (events, outputs) = card_run(true);
    let drift = named(&events, "drift");
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        _ => panic!("{cell:?} is not a text"),
    };
    let seen = |step: usize, row: usize| {
        let row = &drift[step][row];
        assert!(row.len() == 6 + 9 && row[6..].iter().all(|it| *it == row[5]), "{row:?}");
        let tokens = [2, 3].map(|at| b"^.abcd"[number(&row[at]) as usize] as char);
        (text(&row[0]), tokens, text(&row[4]), number(&row[5]))
    };
    // a: 1.05, .3 · b: 1.05, .3 one further · blend: .6626, .5905 (.3874 + .6126/4 + .05), .1469.
    let a = seen(0, 0);
    assert_eq!((a.0.as_str(), a.1, a.2.as_str()), ("A", ['d', 'c'], "approximate"));
    let b = seen(0, 1);
    assert_eq!((b.0.as_str(), b.1, b.2.as_str()), ("B", ['d', 'd'], "exact"));
    let dot = |a: [f32; 3], b: [f32; 3]| -> f32 {
        // Two tokens share a state's other places: .55 for `<s>` and eight times .05.
        a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>() + 0.55 * 0.55 + 8.0 * 0.05 * 0.05
    };
    let cosine = |a, b| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    let blend = [0.6626, 0.5905, 0.1469];
    assert!(close(a.3, cosine(blend, [1.05, 0.3, 0.05])), "{a:?}");
    assert!(close(b.3, cosine(blend, [0.05, 1.05, 0.3])), "{b:?}");
    let drafts: Vec<_> = tables(&events)[0].iter().map(|it| it[1].clone()).collect();
    assert_eq!(drift[0].iter().map(|it| it[1].clone()).collect::<Vec<_>>(), drafts);
    let said = events.iter().any(|it| {
        matches!(it, Event::Note { id, text, .. } if id == "drift"
        && text.contains("after “<s>a” the blend and the n-grams prefer “d”"))
    });
    assert!(said, "{events:?}");
    // One pass of three rows, and the same drafts.
    let sizes = events.iter().filter_map(|it| match it {
        Event::Score { nodes, rows, .. } => Some((nodes.len(), rows.len())),
        _ => None,
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [(1, 1), (3, 3), (3, 3)]);
    let (plain, same) = card_run(false);
    assert_eq!((tables(&events), outputs), (tables(&plain), same));
    assert!(named(&plain, "drift").is_empty());
}

#[test]
fn weights_of_a_step_sum_to_one() {
    let mut models = models(toy::toy6(), corpus());
    let trace = run_on(&mut models, "superposed", json!({"k": 4, "temperature": 0.8}), &[0], 12);
    for rows in tables(&trace.events).iter().filter(|rows| !rows.is_empty()) {
        let sum: f32 = rows.iter().map(|row| number(&row[3])).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{rows:?}");
    }
    assert!(trace.outputs.len() < 4, "at most k texts");
}

#[test]
fn one_draft_without_tables_is_greedy() {
    for seed in 0..40 {
        let toy = || toy::Toy::random(12, seed, 6.0).with_end(0);
        let mut models = models(toy(), Ngrams::default());
        let greedy = run_on(&mut models, "basic-sampling", json!({"temperature": 0}), &[3, 4], 24);
        let one = json!({"k": 1, "alpha": 0, "n_tok": 6});
        let trace = run_on(&mut models, "superposed", one, &[3, 4], 24);
        assert_eq!(trace.tokens, greedy.tokens, "seed {seed}");
    }
}

#[test]
fn a_run_without_tables_is_refused() {
    let request = Request {
        method: "superposed".into(),
        params: Value::Null,
        prompt: vec![0],
        seed: 0,
        max_new_tokens: 4,
    };
    let error = Decoding::start(request, &mut Models::new(toy::toy6())).err().unwrap();
    assert_eq!(error.code(), "missing_ngrams");
}
