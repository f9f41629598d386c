//! Methods that guess from what was said before gain where a text repeats itself: on the
//! beginnings that the page offers for it, more tokens a pass than on a plain one.

use crate::{Stories, stories};
use decoding::{
    session::TARGET,
    trace::{Event, Trace},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::LazyLock;
use tests::{at_zero, request, run};

const METHODS: [&str; 5] = ["anpd", "token-recycling", "copyspec", "aded", "ouroboros"];
const TOKENS: u32 = 40;

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
fn beginnings_where_copying_pays_give_more_tokens_a_pass_than_a_plain_one() {
    let texts: Vec<_> = BEGINNINGS.iter().map(|it| it.text.as_str()).collect();
    assert!(BEGINNINGS.iter().filter(|it| it.copies).count() >= 3);
    for method in METHODS {
        let entry = decoding::methods::find(method).expect("it is in the list");
        let Stories { mut models, prompts, .. } = stories(entry, &texts);
        let (mut plain, mut copying) = (0.0f64, Vec::new());
        for (beginning, prompt) in BEGINNINGS.iter().zip(&prompts) {
            let request = request(method, at_zero(entry, json!({})), prompt, TOKENS);
            let gain = tokens_per_pass(&run(request, &mut models).expect("a run"));
            println!("{method:16} {:18} {gain:.2} tokens a pass", beginning.name);
            if beginning.copies {
                copying.push((gain, &beginning.name));
            } else {
                plain = plain.max(gain);
            }
        }
        for (gain, name) in copying {
            assert!(gain > plain, "{method}: {gain:.2} on {name}, {plain:.2} on plain ones");
        }
    }
}
