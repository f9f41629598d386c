use super::*;

/// The next token is certain: the last plus one, modulo five.
fn cycle() -> Toy {
    Toy::second_order("cycle", 5, |_, last| (last + 1) % 5)
}

#[test]
fn the_text_is_that_of_plain_decoding() {
    let choices = [
        json!({}),
        json!({"k": 1, "b": 1, "d": 1, "warm_from_prompt": false}),
        json!({"k": 4, "b": 8, "d": 6}),
    ];
    assert_same_text("token-recycling", &choices, 0.0);
    assert_same_text("token-recycling", &choices, 0.7);
    assert_same_text("token-recycling", &choices, 1.0);
}

#[test]
fn a_cycle_that_was_fed_gives_depth_plus_one_tokens_a_round() {
    for d in 1..=6 {
        let params = json!({"k": 1, "b": 1, "d": d, "temperature": 0.0});
        let trace = run("token-recycling", params, cycle(), &[0, 1, 2, 3, 4, 0], 0, 50);
        let rounds = emitted(&trace);
        // The first round learns the prompt's rows from the pass it drafts for.
        assert_eq!(rounds[0], 1);
        assert!(rounds[1..rounds.len() - 1].iter().all(|&it| it == d + 1), "{d}: {rounds:?}");
    }
}

#[test]
fn a_cold_matrix_gives_one_token_a_round_until_tokens_return() {
    let params = json!({"k": 1, "b": 1, "d": 4, "warm_from_prompt": false, "temperature": 0.0});
    let trace = run("token-recycling", params, cycle(), &[0, 1, 2, 3, 4, 0], 0, 30);
    // Five passes feed the five tokens of the cycle, then rows are known.
    assert_eq!(emitted(&trace)[..7], [1, 1, 1, 1, 1, 5, 5]);
}

#[test]
fn storing_equal_rows_changes_nothing() {
    let trace = run("token-recycling", json!({}), Toy::random(12, 3, 4.0), &[5, 2], 0, 60);
    let rows = rows_of(&trace, "adjacency");
    assert!(rows.len() > 2);
    assert!(rows.iter().all(|row| text(&row[2]) == "new"), "one row per token, written once");
}
