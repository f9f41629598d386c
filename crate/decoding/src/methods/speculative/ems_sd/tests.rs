//! A list and a rectangle give the same texts; the rectangle computes more.

use super::super::batches::{self, texts};
use serde_json::json;

#[test]
fn greedy_text_of_each_prompt_is_what_it_gets_alone() {
    for padding in [false, true] {
        batches::equals_greedy_alone("ems-sd", json!({"padding": padding}));
        batches::equals_greedy_alone("ems-sd", json!({"padding": padding, "stop_threshold": 0.0}));
    }
}

#[test]
fn tokens_of_a_prompt_do_not_depend_on_its_company() {
    batches::ignores_its_company("ems-sd", json!({"temperature": 1.0}));
}

#[test]
fn every_prompt_of_a_batch_is_distributed_like_the_target() {
    let params = json!({"gamma": 2, "stop_threshold": 0.35, "temperature": 1.0});
    batches::draws_from_the_target("ems-sd", params, 20_000, 0.035);
}

#[test]
fn every_prompt_of_a_batch_is_distributed_like_the_target_more_closely() {
    if std::env::var_os("SLOW").is_none() {
        return println!("200 000 runs take minutes: set SLOW=1");
    }
    let params = json!({"gamma": 2, "stop_threshold": 0.35, "temperature": 1.0});
    batches::draws_from_the_target("ems-sd", params, 200_000, 0.015);
}

#[test]
fn padding_changes_the_rows_and_not_the_texts() {
    let prompts = [vec![0], vec![1, 2, 3, 0, 1], vec![2, 3]];
    for seed in 0..20 {
        let run = |padding: bool| {
            let params = json!({"padding": padding, "temperature": 1.0});
            texts("ems-sd", params, &prompts, seed, 20)
        };
        let (list, rectangle) = (run(false), run(true));
        assert_eq!(list.texts, rectangle.texts);
        assert_eq!(list.padding, 0);
        assert!(rectangle.padding > 0);
        for pass in &rectangle.passes {
            let rows: Vec<_> = pass.values().collect();
            assert!(rows.iter().all(|it| *it == rows[0]), "{pass:?} is no rectangle");
        }
        let uneven = |pass: &&std::collections::BTreeMap<u32, usize>| {
            pass.values().collect::<std::collections::BTreeSet<_>>().len() > 1
        };
        assert!(list.passes.iter().filter(uneven).count() > 0);
    }
}

/// The first pass reads the prompts, 1, 5 and 2 tokens long, each with its guesses.
#[test]
fn the_table_of_rows_is_what_the_pass_fed() {
    let prompts = [vec![0], vec![1, 2, 3, 0, 1], vec![2, 3]];
    let params = json!({"stop_threshold": 0.0, "gamma": 2, "temperature": 0.0});
    let run = texts("ems-sd", params, &prompts, 0, 20);
    assert_eq!(run.flat[0], [(1, 0, 3), (2, 3, 7), (3, 10, 4)]);
    assert_eq!(run.flat[1], [(1, 0, 3), (2, 3, 3), (3, 6, 3)]);
}

/// One prompt meets its end token at once, the next one later: the last goes on alone.
#[test]
fn finished_prompts_feed_no_rows_even_all_but_one() {
    let prompts = [vec![0], vec![1], vec![2]];
    let mut alone = 0;
    for seed in 0..30 {
        for padding in [false, true] {
            let params = json!({"padding": padding, "temperature": 1.0});
            let run = batches::texts_with_end("ems-sd", params, &prompts, seed, 30, 3);
            for text in &run.texts {
                let end = text.iter().position(|it| *it == 3);
                assert!(end.map_or(text.len() == 30, |it| it + 1 == text.len()), "{text:?}");
            }
            let last = run.flat.last().expect("a round");
            alone += u32::from(last.iter().filter(|it| it.2 > 0).count() == 1);
        }
    }
    assert!(alone > 10, "{alone}");
}
