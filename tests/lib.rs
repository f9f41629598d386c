//! What the tests share: every method in the list on toys, and the parameters its schema allows.

pub mod parameters;
pub mod toys;

use decoding::{
    Result, TokenId,
    method::{Entry, Lossless, Progress},
    run::{Decoding, Request},
    session::Models,
    trace::Trace,
};
use futures_lite::future::block_on;
use serde_json::{Value, json};

/// More rounds than any run in these tests may take.
const ROUNDS: usize = 5_000;

/// Whether to take the time that release builds and `SLOW=1` ask for.
pub fn thorough() -> bool {
    cfg!(not(debug_assertions)) || std::env::var_os("SLOW").is_some()
}

/// A request with everything that rarely matters filled in.
pub fn request(method: &str, params: Value, prompt: &[TokenId], max_new_tokens: u32) -> Request {
    let (method, prompt) = (method.to_owned(), prompt.to_vec());
    Request { method, params, prompt, seed: 0, max_new_tokens }
}

/// Runs to the end. Panics when the method does not come to one.
pub fn run(request: Request, models: &mut Models) -> Result<Trace> {
    let entry = decoding::methods::find(&request.method)?;
    run_entry(entry, request, models)
}

/// As `run`, with a method that need not be in the list.
pub fn run_entry(entry: &'static Entry, request: Request, models: &mut Models) -> Result<Trace> {
    run_lanes(entry, request, &[], models)
}

/// As `run_entry`, with further prompts.
pub fn run_lanes(
    entry: &'static Entry,
    request: Request,
    others: &[Vec<TokenId>],
    models: &mut Models,
) -> Result<Trace> {
    let name = format!("{} {}", request.method, request.params);
    let mut decoding = Decoding::start_lanes(entry, request, others, models)?;
    for _ in 0..ROUNDS {
        if block_on(decoding.step(models))? == Progress::Finished {
            return Ok(decoding.trace(models));
        }
    }
    panic!("{name} goes on after {ROUNDS} rounds");
}

/// Greedy decoding of the target alone: what lossless methods must equal.
pub fn greedy(prompt: &[TokenId], max_new_tokens: u32, models: &mut Models) -> Vec<TokenId> {
    let params = json!({ "temperature": 0, "top_k": 0, "top_p": 1 });
    let request = request("basic-sampling", params, prompt, max_new_tokens);
    run(request, models).expect("plain decoding works").tokens
}

/// Methods that promise the target's own greedy text.
pub fn lossless() -> impl Iterator<Item = &'static Entry> {
    decoding::methods::ALL.iter().filter(|it| it.info.lossless != Lossless::No)
}

/// `params` with temperature 0, where the method has a temperature.
pub fn at_zero(entry: &Entry, params: Value) -> Value {
    with_temperature(entry, params, 0.0)
}

/// `params` with a temperature, where the method has one and `params` does not say it.
pub fn with_temperature(entry: &Entry, mut params: Value, temperature: f64) -> Value {
    if entry.described().schema["properties"].get("temperature").is_some() {
        let fields = params.as_object_mut().expect("parameters are an object");
        fields.entry("temperature").or_insert(json!(temperature));
    }
    params
}
