//! Records a trace from the hand-checkable toy models and prints it as JSON:
//! `cargo run -p decoding --example toy_trace -- speculative-decoding '{"gamma": 3}'`.
//! A third argument names the toy (`t4`, `toy6`, `f5` or `random`), a fourth the number of tokens.

use decoding::{
    ngrams::Ngrams,
    run::{Decoding, Request},
    session::{DRAFT, Models},
    toy,
};
use std::rc::Rc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let method = arguments.next().unwrap_or_else(|| "basic-sampling".into());
    let params = match arguments.next() {
        Some(json) => serde_json::from_str(&json)?,
        None => serde_json::Value::Null,
    };
    let toy = arguments.next().unwrap_or_else(|| "t4".into());
    let max_new_tokens = arguments.next().map_or(Ok(24), |it| it.parse())?;
    let (mut models, prompt) = match toy.as_str() {
        "t4" => (Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft()), vec![0, 1]),
        "toy6" => (Models::new(toy::toy6()).with(DRAFT, toy::toy6()), vec![0]),
        "f5" => (Models::new(toy::f5()).with(DRAFT, toy::f5()), vec![0, 1]),
        "random" => (
            Models::new(toy::Toy::random(48, 3, 9.0).with_skipped(toy::Toy::random(48, 11, 7.0)))
                .with(DRAFT, toy::Toy::random(48, 4, 7.0)),
            vec![5, 17, 40],
        ),
        other => return Err(format!("there is no toy named {other:?}").into()),
    };
    models.ngrams = Some(Rc::new(corpus()));
    let entry = decoding::methods::find(&method)?;
    // Two more prompts, shorter and longer, for methods that read several.
    let others = if entry.several_prompts { vec![vec![2], vec![3, 1, 0, 2, 3]] } else { vec![] };
    let request = Request { method, params, prompt, seed: 7, max_new_tokens };
    let mut decoding = Decoding::start_lanes(entry, request, &others, &mut models)?;
    futures_lite::future::block_on(decoding.finish(&mut models))?;
    println!("{}", serde_json::to_string(&decoding.trace(&models))?);
    Ok(())
}

/// The corpus of the worked example of superposed decoding on Toy-6, with its boundary tokens.
fn corpus() -> Ngrams {
    let texts: [&[u32]; 6] =
        [&[2, 3, 5], &[2, 4, 3, 5], &[3, 5], &[2, 3, 5], &[3, 5, 2, 4], &[2, 5]];
    let bounded: Vec<Vec<u32>> = texts.iter().map(|text| [&[0][..], text, &[1]].concat()).collect();
    Ngrams::count(bounded.iter().map(|text| &text[..]), 5)
}
