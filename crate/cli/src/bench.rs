//! `cli bench`: how long a pass takes, and how many tokens a second plain decoding gives. Medians.

use crate::{
    arguments::{BenchArguments, Device},
    device::{clock, median},
    models::Loaded,
};
use decoding::{
    Result,
    method::Progress,
    model::LanguageModel,
    run::{Decoding, Request},
    session::{Models, TARGET},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};
use std::error::Error;

/// New nodes of a pass.
const NEW_NODES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Nodes that already have keys.
const CONTEXT: usize = 128;
/// Repetitions of each pass, after two that warm up.
const PASSES: usize = 15;
/// Tokens of the greedy run.
const TOKENS: u32 = 96;
const PROMPT: &str = "Once upon a time, there was a little girl named Lily.";

pub fn bench(arguments: &BenchArguments) -> Result<(), Box<dyn Error>> {
    let loaded = Loaded::load(&arguments.folders.by_role(), arguments.device)?;
    let prompt = loaded.encode(PROMPT)?;
    let (mut models, _) = loaded.timed();
    let roles: Vec<String> = models.by_role.keys().rev().cloned().collect();
    let mut results = Vec::new();
    for role in roles {
        let model = models.by_role.get_mut(&role).expect("the role was listed");
        let passes = passes(&mut **model)?;
        results.push(json!({ "role": role, "model": model.info().name, "passes": passes }));
    }
    let greedy = tokens_per_second(prompt, &mut models)?;
    let report = json!({
        "device": arguments.device.name(),
        "backend": arguments.device.backend(),
        "context": CONTEXT,
        "tokens_per_second": greedy,
        "models": results,
    });
    match arguments.json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print(&report, arguments.device),
    }
    Ok(())
}

/// Milliseconds of one pass over 1 to 64 new nodes, each with its row, below a context that has
/// its keys already.
fn passes(model: &mut dyn LanguageModel) -> Result<Vec<Value>> {
    let now = clock();
    NEW_NODES
        .into_iter()
        .map(|count| {
            let times = block_on(llama::pass_times(model, CONTEXT, count, PASSES, &now))?;
            Ok(json!({ "nodes": count, "ms": median(&times) }))
        })
        .collect()
}

/// Plain greedy decoding of a story, the pass that reads the prompt left out.
fn tokens_per_second(prompt: Vec<u32>, models: &mut Models) -> Result<Option<f64>> {
    let request = Request {
        method: "basic-sampling".into(),
        params: json!({ "temperature": 0 }),
        prompt,
        seed: 0,
        max_new_tokens: TOKENS,
    };
    let mut decoding = Decoding::start(request, models)?;
    let now = clock();
    let mut steps = Vec::new();
    let mut progress = block_on(decoding.step(models))?;
    while progress == Progress::Continue {
        let start = now();
        progress = block_on(decoding.step(models))?;
        steps.push(now() - start);
    }
    Ok(median(&steps).map(|ms| 1e3 / ms))
}

fn print(report: &Value, device: Device) {
    println!("{} ({}), medians", device.name(), device.backend());
    let speed = report["tokens_per_second"].as_f64().unwrap_or_default();
    println!("greedy decoding of the {TARGET}: {speed:.1} tokens/s");
    println!("milliseconds of one pass below {CONTEXT} nodes, by the number of new nodes:");
    let header: String = NEW_NODES.iter().map(|it| format!("{it:>8}")).collect();
    println!("{:<10}{header}", "");
    for model in report["models"].as_array().into_iter().flatten() {
        let ms = model["passes"].as_array().into_iter().flatten();
        let row: String =
            ms.map(|it| format!("{:>8.2}", it["ms"].as_f64().unwrap_or_default())).collect();
        println!("{:<10}{row}", model["role"].as_str().unwrap_or_default());
    }
}
