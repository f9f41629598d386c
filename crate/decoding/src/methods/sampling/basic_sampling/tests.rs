use super::*;
use crate::{row, toy};

fn settings(top_k: u32, top_p: f32) -> Params {
    Params { temperature: 1.0, top_k, top_p, ..Params::default() }
}

#[test]
fn the_whole_pipeline_set_to_keep_all_changes_nothing() {
    let (forest, at) = toy::forest(&[0]);
    for last in 0..6 {
        let row = toy::toy6_row(last);
        let probs = pipeline(&settings(6, 1.0)).probs(&forest, at, &row);
        assert_eq!(probs, row::softmax(&row), "after {last}");
    }
}

#[test]
fn four_draws_on_toy_6() {
    let pipeline = pipeline(&settings(0, 1.0));
    let (forest, at) = toy::forest(&[0]);
    let mut last = 0;
    // The card's second draw is .15, which is where a ends and b begins after b; .14 is inside a.
    let text = [0.62, 0.14, 0.93, 0.40].map(|u| {
        last = row::draw(&pipeline.probs(&forest, at, &toy::toy6_row(last)), u);
        last
    });
    assert_eq!(text, [3, 2, 5, 1], "b a d </s>");
}
