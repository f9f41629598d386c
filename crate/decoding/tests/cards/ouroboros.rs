use super::{beside::*, *};
use decoding::session::{DRAFT, TARGET};

#[test]
fn the_text_is_that_of_plain_decoding() {
    let choices = [
        json!({}),
        json!({"pool_from_prompt": false}),
        json!({"gamma": 1, "k": 8, "l": 3, "w": 1, "g": 1}),
        json!({"gamma": 7, "k": 1, "l": 6, "w": 0, "g": 9}),
    ];
    for temperature in [0.0, 0.7, 1.0] {
        beside::assert_same_text("ouroboros", &choices, temperature);
    }
}

#[test]
fn sampling_keeps_the_distribution_of_t4() {
    let params = json!({"gamma": 1, "k": 2, "l": 3, "w": 2, "g": 2});
    assert_law_of_t4("ouroboros", params, &REPEATING);
}

#[test]
fn without_phrases_it_is_greedy_speculative_decoding() {
    for seed in 0..6 {
        let models = || models(Toy::random(12, seed, 6.0), Toy::random(12, seed, 2.0));
        for gamma in [1, 4] {
            let plain = json!({"gamma": gamma, "temperature": 0.0});
            let params = json!({"gamma": gamma, "k": 0, "w": 0, "g": 0, "temperature": 0.0});
            let want = run_with("speculative-decoding", plain, &mut models(), &[3, 0], seed, 40);
            let have = run_with("ouroboros", params, &mut models(), &[3, 0], seed, 40);
            assert_eq!(have.tokens, want.tokens);
            assert_eq!(emitted(&have), emitted(&want));
            for role in [TARGET, DRAFT] {
                assert_eq!(passes_of(&have, role), passes_of(&want, role), "{role}");
            }
        }
    }
}

#[test]
fn phrases_have_one_token_less_than_their_ngrams_and_rows_are_counted() {
    for (l, k) in [(3, 2), (5, 3)] {
        let params = json!({"l": l, "k": k, "g": 6, "w": 4});
        let mut models = models(Toy::random(12, 3, 6.0), Toy::random(12, 3, 4.0));
        let trace = run_with("ouroboros", params, &mut models, &[5, 2, 5, 7, 2, 5, 7], 1, 80);
        let rows = rows_of(&trace, "pool");
        let phrases = rows.iter().filter_map(|row| match row.get(2) {
            Some(Cell::Tokens(phrase)) => Some(phrase.len()),
            _ => None,
        });
        let phrases: Vec<_> = phrases.collect();
        assert!(phrases.len() > 10 && phrases.iter().all(|&it| it == l - 1), "{phrases:?}");
        let rounds: Vec<_> =
            trace.events.split(|it| matches!(it, Event::Step { .. })).skip(1).collect();
        let mut most = 0;
        for round in rounds {
            let fed = round.iter().find_map(|event| match event {
                Event::Score { role, nodes, .. } if role == TARGET => Some(nodes.len()),
                _ => None,
            });
            let draft = round.iter().find_map(|event| match event {
                Event::Note { id, values, .. } if id == "phrases_drafted" => Some(&values["draft"]),
                _ => None,
            });
            let draft = if let Some(Cell::Tokens(draft)) = draft { draft.len() } else { 0 };
            let suffixes = fed.unwrap() - 1 - draft;
            assert!(suffixes <= k * (l - 1), "{suffixes}");
            most = most.max(suffixes);
        }
        assert!(most > l - 1, "more than one phrase was tried at once: {most}");
    }
}

#[test]
fn a_text_that_comes_round_is_drafted_by_phrases_and_prolonged_by_them() {
    let mut models = models(cycle(), cycle());
    let params = json!({"gamma": 4, "k": 2, "l": 4, "w": 0, "g": 2});
    let trace = run_with("ouroboros", params, &mut models, &[0, 1, 2, 3, 4, 0, 1, 2], 0, 64);
    // A pass of the draft gives a phrase of three and one token more; a second phrase prolongs
    // them; one token is the target's.
    assert_eq!(emitted(&trace), [8; 8]);
    assert_eq!(passes_of(&trace, DRAFT), 8);
    let states: Vec<_> = rows_of(&trace, "pool").iter().map(|row| text(&row[3])).collect();
    assert!(states.contains(&"hit"), "{states:?}");
}

#[test]
fn the_target_rewrites_phrases_in_the_pool() {
    // The draft counts on where the target turns back from 3 to 0.
    let target = Toy::second_order("turns back", 5, |_, last| [1, 2, 3, 0, 0][last as usize]);
    let params = json!({"gamma": 2, "k": 2, "l": 6, "w": 0, "g": 2});
    let prompt = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0];
    let trace = run_with("ouroboros", params, &mut models(target, cycle()), &prompt, 0, 12);
    // Rows that leave have one cell only.
    let rows = rows_of(&trace, "pool").into_iter().filter(|row| row.len() > 1);
    let rewritten = rows.filter(|row| text(&row[3]) == "rewritten");
    let phrases: Vec<_> = rewritten.map(|row| (number(&row[1]), row[2].clone())).collect();
    // The draft is 1 2 3 4 0 1; of 2 3 4 0 1, which follows 1 in the prompt, the target says
    // 2 3 0 0 1.
    assert_eq!(phrases, [(1, Cell::Tokens(vec![2, 3, 0, 0, 1]))]);
}
