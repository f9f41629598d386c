//! Records a trace from the hand-checkable toy models and prints it as JSON:
//! `cargo run -p decoding --example toy_trace -- speculative-decoding '{"gamma": 3}'`.

use decoding::{
    run::{Decoding, Request},
    session::{DRAFT, Models},
    toy,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let method = arguments.next().unwrap_or_else(|| "basic-sampling".into());
    let params = match arguments.next() {
        Some(json) => serde_json::from_str(&json)?,
        None => serde_json::Value::Null,
    };
    let mut models = Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft());
    let request = Request { method, params, prompt: vec![0, 1], seed: 7, max_new_tokens: 24 };
    let mut decoding = Decoding::start(request, &mut models)?;
    futures_lite::future::block_on(decoding.finish(&mut models))?;
    println!("{}", serde_json::to_string(&decoding.trace(&models))?);
    Ok(())
}
