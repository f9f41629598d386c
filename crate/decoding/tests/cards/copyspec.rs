use super::{beside::*, *};
use decoding::session::{DRAFT, TARGET};

#[test]
fn the_text_is_that_of_plain_decoding() {
    let choices = [
        json!({}),
        json!({"gamma": 2, "delta": 0, "copy_len": 1}),
        json!({"gamma": 2, "copy_len": 50, "wrap": true}),
        json!({"gamma": 5, "occurrence": "first", "delta": 0}),
    ];
    for temperature in [0.0, 0.7, 1.0] {
        beside::assert_same_text("copyspec", &choices, temperature);
    }
}

#[test]
fn sampling_keeps_the_distribution_of_t4() {
    for wrap in [false, true] {
        let params = json!({"gamma": 2, "copy_len": 3, "delta": 2, "wrap": wrap});
        assert_law_of_t4("copyspec", params, &REPEATING);
    }
}

#[test]
fn the_cards_text_is_copied() {
    let params = json!({"gamma": 3, "copy_len": 2, "delta": 0});
    let mut models = models(cycle(), cycle());
    let trace = run_with("copyspec", params, &mut models, &[1, 2, 3, 4, 1, 2, 3], 0, 4);
    assert_eq!(proposed(&trace, 0, "copy"), [4, 1]);
    // The target keeps 4, and says 0 in the place of 1.
    assert_eq!(trace.tokens, [4, 0, 1, 2]);
    assert_eq!(emitted(&trace)[0], 2);
}

/// The rows of the table of copies in the first round: part, source and node.
fn copies(trace: &Trace) -> Vec<(String, u32, u32)> {
    let rows = trace.events.iter().find_map(|event| match event {
        Event::Table { name, rows, .. } if name == "copies" => Some(rows),
        _ => None,
    });
    let row = |it: &Vec<Cell>| (text(&it[1]).to_owned(), number(&it[2]), number(&it[3]));
    rows.unwrap().iter().map(row).collect()
}

#[test]
fn the_table_of_copies_names_what_matched_and_where_each_guess_stood() {
    let params = json!({"gamma": 3, "copy_len": 2, "delta": 0});
    let mut models = models(cycle(), cycle());
    let trace = run_with("copyspec", params, &mut models, &[1, 2, 3, 4, 1, 2, 3], 0, 4);
    let row = |part: &str, source, node| (part.to_owned(), source, node);
    let want = [
        row("match", 0, 4),
        row("match", 1, 5),
        row("match", 2, 6),
        row("copy", 3, 7),
        row("copy", 4, 8),
    ];
    assert_eq!(copies(&trace), want);
}

#[test]
fn a_key_longer_than_the_context_copies_nothing() {
    let params = json!({"gamma": 8, "delta": 0});
    let trace = run_with("copyspec", params, &mut models(cycle(), cycle()), &[0, 1, 2], 0, 5);
    assert_eq!(emitted(&trace), [1; 5]);
    assert!(copies(&trace).is_empty());
}

#[test]
fn a_period_is_copied_as_far_as_it_goes() {
    let rounds = |copy_len: u32, wrap: bool| {
        let params = json!({"gamma": 3, "copy_len": copy_len, "delta": 0, "wrap": wrap});
        let prompt = [0, 1, 2, 3, 4, 0, 1, 2];
        let trace = run_with("copyspec", params, &mut models(cycle(), cycle()), &prompt, 0, 60);
        let mut rounds = emitted(&trace);
        rounds.pop();
        rounds
    };
    // Five tokens stand between the match and the end of the text.
    for (copy_len, want) in [(3, 4), (5, 6), (8, 6)] {
        let rounds = rounds(copy_len, false);
        assert!(rounds.iter().all(|&it| it == want), "C = {copy_len}: {rounds:?}");
    }
    let rounds = rounds(8, true);
    assert!(rounds.iter().all(|&it| it == 9), "{rounds:?}");
}

#[test]
fn the_draft_model_runs_where_nothing_matches_and_only_there() {
    let run = |delta: u32| {
        let params = json!({"gamma": 3, "copy_len": 8, "delta": delta});
        run_with("copyspec", params, &mut models(cycle(), cycle()), &[0, 1], 0, 24)
    };
    assert_eq!(passes_of(&run(0), DRAFT), 0);
    assert_eq!(emitted(&run(0))[..6], [1; 6], "until three tokens stand there twice");
    // 0 1 and five tokens: 2 3 4 0 1; then 4 0 1 is new; then 3 4 0, at ten tokens more, is known.
    let with_draft = run(4);
    assert_eq!(emitted(&with_draft)[0], 5);
    let drafted = proposed(&with_draft, 0, "draft").len() + proposed(&with_draft, 1, "draft").len();
    assert_eq!(passes_of(&with_draft, DRAFT), drafted, "a pass a guess");
    assert!(passes_of(&with_draft, TARGET) < 8);
}
