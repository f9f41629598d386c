//! Every prompt of a batch gets its own text, whatever its company.

use super::super::batches::{self, texts};
use serde_json::json;

#[test]
fn greedy_text_of_each_prompt_is_what_it_gets_alone() {
    batches::equals_greedy_alone("bass", json!({}));
    batches::equals_greedy_alone("bass", json!({"draft_len": 1, "max_draft_len": 1}));
}

/// With a length that is always one no prompt feels another's luck.
#[test]
fn tokens_of_a_prompt_do_not_depend_on_its_company() {
    batches::ignores_its_company(
        "bass",
        json!({"draft_len": 1, "max_draft_len": 1, "temperature": 1.0}),
    );
}

#[test]
fn every_prompt_of_a_batch_is_distributed_like_the_target() {
    batches::draws_from_the_target(
        "bass",
        json!({"draft_len": 2, "temperature": 1.0}),
        20_000,
        0.035,
    );
}

#[test]
fn every_prompt_of_a_batch_is_distributed_like_the_target_more_closely() {
    if std::env::var_os("SLOW").is_none() {
        return println!("200 000 runs take minutes: set SLOW=1");
    }
    batches::draws_from_the_target(
        "bass",
        json!({"draft_len": 2, "temperature": 1.0}),
        200_000,
        0.015,
    );
}

#[test]
fn the_length_follows_the_best_prompt_of_the_last_round() {
    let run = texts("bass", json!({"temperature": 1.0}), &[vec![0], vec![1], vec![2, 3]], 7, 30);
    let mut length = crate::policy::LastRound::new(4, 12);
    assert!(run.lengths.len() > 4);
    for (used, longest) in run.lengths {
        assert_eq!(used, length.len());
        length.update(longest);
    }
}
