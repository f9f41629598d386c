use super::*;

#[test]
fn the_text_is_that_of_plain_decoding() {
    let choices = [json!({}), json!({"n": 2, "k": 12}), json!({"n": 6, "k": 1}), json!({"k": 0})];
    assert_same_text("anpd", &choices, 0.0);
    assert_same_text("anpd", &choices, 0.7);
    assert_same_text("anpd", &choices, 1.0);
}

#[test]
fn without_guesses_it_is_plain_decoding() {
    let trace = run("anpd", json!({"k": 0}), toy::f5(), &[0, 1], 0, 30);
    assert_eq!(emitted(&trace), [1; 30]);
}

#[test]
fn the_sequence_of_the_card_is_guessed() {
    let params = json!({"n": 3, "k": 3});
    let target = Toy::second_order("as guessed", 5, |before, last| match (before, last) {
        (1, 2) => 4,
        (2, 4) => 1,
        _ => 2,
    });
    let trace = run("anpd", params, target, &[1, 2, 3, 1, 2, 4, 1, 2], 0, 8);
    assert_eq!(emitted(&trace), [4, 4]);
    let note = trace.events.iter().find_map(|event| match event {
        Event::Note { id, values, .. } if id == "ngram_levels" => Some(values),
        _ => None,
    });
    let values = note.unwrap();
    assert_eq!(values["guess"], Cell::Tokens(vec![4, 1, 2]));
    assert_eq!(values["levels"], Cell::Text("3, 3, 3".into()));
    // Levels 2 and 3 of a text of eight tokens: 7 and 6 counts.
    let first = trace.events.iter().find_map(|event| match event {
        Event::Table { rows, .. } => Some(rows),
        _ => None,
    });
    let sum = |level: u32| -> u32 {
        let rows = first.unwrap().iter().filter(|row| number(&row[1]) == level);
        rows.map(|row| number(&row[4])).sum()
    };
    assert_eq!((sum(2), sum(3)), (7, 6));
}

#[test]
fn a_text_that_repeats_itself_is_guessed_whole() {
    let params = json!({"n": 3, "k": 4});
    let rounds = emitted(&run("anpd", params, toy::f5(), &[0, 1], 0, 100));
    // F5 repeats after 20 tokens and never repeats two tokens before.
    assert_eq!(rounds[rounds.len() - 5..rounds.len() - 1], [5; 4], "{rounds:?}");
}
