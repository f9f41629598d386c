use super::{beside::*, *};
use decoding::{ngrams::Ngrams, trace::TableChange};
use std::{collections::BTreeMap, rc::Rc};

#[test]
fn the_text_is_that_of_plain_decoding() {
    let choices = [
        json!({}),
        json!({"iterations": 10, "depth": 1, "paths": 1, "nodes": 1}),
        json!({"iterations": 80, "depth": 8, "nodes": 40, "learn_prompt": false, "gain": 1.0}),
    ];
    for temperature in [0.0, 1.0] {
        beside::assert_same_text("aded", &choices, temperature);
    }
}

#[test]
fn sampling_keeps_the_distribution_of_t4() {
    let params = json!({"iterations": 12, "depth": 2, "paths": 3, "nodes": 5, "gain": 0.5});
    assert_law_of_t4("aded", params, &REPEATING);
}

#[test]
fn an_empty_table_gives_one_token_a_round() {
    let mut models = models(cycle(), cycle());
    models.ngrams = Some(Rc::new(Ngrams::default()));
    let params = json!({"learn_prompt": false, "gain": 0.0});
    let trace = run_with("aded", params, &mut models, &[0, 1], 0, 4);
    assert_eq!(emitted(&trace), [1; 4]);
}

#[test]
fn a_table_like_a_chain_gives_the_chain() {
    let mut models = models(cycle(), cycle());
    let text: Vec<TokenId> = (0..40).map(|it| it % 5).collect();
    models.ngrams = Some(Rc::new(Ngrams::count([text.as_slice()], 2)));
    let trace = run_with("aded", json!({"depth": 4}), &mut models, &[0, 1], 0, 60);
    // Four tokens of the search, one that prolongs the path, one of the target.
    assert_eq!(emitted(&trace)[..9], [6; 9]);
    assert_eq!(proposed(&trace, 0, "ngram"), [2, 3, 4, 0, 1]);
}

#[test]
fn one_run_is_like_the_next() {
    let run = || {
        let mut models = models(Toy::random(12, 3, 4.0), Toy::random(12, 3, 4.0));
        run_with("aded", json!({}), &mut models, &[5, 2, 5, 7], 1, 30)
    };
    assert_eq!(run(), run());
}

#[test]
fn weights_rise_with_every_round_that_sees_their_trigram_and_stop_at_the_cap() {
    let mut models = models(cycle(), cycle());
    models.ngrams = Some(Rc::new(Ngrams::default()));
    let params = json!({"gain": 0.25, "learn_prompt": false});
    let trace = run_with("aded", params, &mut models, &[0, 1], 0, 60);
    let mut weights: BTreeMap<String, f32> = BTreeMap::new();
    for event in &trace.events {
        let Event::Table { name, change, rows, .. } = event else { continue };
        if name != "trigrams" {
            continue;
        }
        assert_eq!(*change, TableChange::Put);
        for row in rows {
            let &Cell::Number(after) = &row[4] else { panic!("{row:?}") };
            let before = weights.insert(text(&row[0]).to_owned(), after);
            let said = if let Cell::Number(before) = row[3] { Some(before) } else { None };
            assert_eq!(said, before, "what the row says of the time before");
            let before = before.unwrap_or(0.0);
            assert!(after <= 3.0 && (after > before || before == 3.0), "{before} to {after}");
        }
    }
    assert_eq!(weights.len(), 5, "the trigrams of the cycle");
    assert!(weights.values().all(|&it| it == 3.0), "{weights:?}");
}
