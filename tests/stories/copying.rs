//! Methods that guess from what was said before gain where a text repeats itself: on the
//! beginnings that the page offers for it, more tokens a pass than on plain ones.

use crate::{Stories, stories};
use decoding::{
    session::TARGET,
    trace::{Event, Trace},
};
use serde::Deserialize;
use std::sync::LazyLock;
use tests::{at_zero, request, run};

/// Methods and their parameters. Copying is looked at with and without its draft model.
const METHODS: [(&str, &str); 6] = [
    ("anpd", "{}"),
    ("token-recycling", "{}"),
    ("copyspec", r#"{"delta": 0}"#),
    ("copyspec", "{}"),
    ("aded", "{}"),
    ("ouroboros", "{}"),
];
const TOKENS: u32 = 40;
/// Plain beginnings, beside the one that the page offers.
const PLAIN: [&str; 2] = ["The king had three sons.", "It was raining and the frog"];

/// What the page offers as the beginning of a text.
#[derive(Deserialize)]
struct Beginning {
    name: String,
    /// Whether the text repeats itself.
    copies: bool,
    text: String,
}

static BEGINNINGS: LazyLock<Vec<Beginning>> = LazyLock::new(|| {
    let file = include_str!("../../web/app/beginnings.json");
    serde_json::from_str(file).expect("a list of beginnings")
});

/// The text of a beginning, by its name.
pub fn beginning(name: &str) -> &'static str {
    let found = BEGINNINGS.iter().find(|it| it.name == name);
    &found.expect("the page offers it").text
}

fn tokens_per_pass(trace: &Trace) -> f64 {
    let passes = trace.events.iter().filter(|event| match event {
        Event::Score { role, .. } => role == TARGET,
        _ => false,
    });
    trace.tokens.len() as f64 / passes.count() as f64
}

#[test]
fn beginnings_where_copying_pays_give_more_tokens_a_pass_than_plain_ones() {
    let (copying, plain): (Vec<_>, Vec<_>) = BEGINNINGS.iter().partition(|it| it.copies);
    assert_eq!((copying.len(), plain.len()), (3, 1));
    let plain: Vec<_> = plain.iter().map(|it| it.text.as_str()).chain(PLAIN).collect();
    let texts = [copying.iter().map(|it| it.text.as_str()).collect(), plain].concat();
    for (method, params) in METHODS {
        let entry = decoding::methods::find(method).expect("it is in the list");
        let Stories { mut models, prompts, .. } = stories(entry, &texts);
        let mut gain = |prompt| {
            let params = at_zero(entry, serde_json::from_str(params).expect("parameters"));
            let trace = run(request(method, params, prompt, TOKENS), &mut models).expect("a run");
            tokens_per_pass(&trace)
        };
        let gains: Vec<_> = prompts.iter().map(|it| gain(it)).collect();
        let (copied, plain) = gains.split_at(copying.len());
        let plain = plain.iter().sum::<f64>() / plain.len() as f64;
        println!("{method} {params}: {plain:.2} tokens a pass on plain beginnings");
        for (beginning, gain) in copying.iter().zip(copied) {
            println!("    {gain:.2} on {}", beginning.name);
            assert!(*gain > plain, "{method} on {}: {gain:.2} of {plain:.2}", beginning.name);
        }
    }
}
