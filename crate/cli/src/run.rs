//! `cli run`: one method on one prompt, timed, summed up and written down.

use crate::{
    arguments::{Device, RunArguments},
    device::{clock, median},
    models::{Loaded, PassTimes},
    summary::Summary,
};
use decoding::{
    Result, TokenId,
    method::Progress,
    run::{Decoding, Request},
    session::{Models, TARGET},
    trace::{Recorded, Trace},
};
use futures_lite::future::block_on;
use serde_json::json;
use std::error::Error;

/// As `Cargo.lock` has it.
const BURN_VERSION: &str = "0.22.1";

/// Tokens of the plain run that a method's time is compared with.
const PLAIN_TOKENS: u32 = 16;

pub fn run(arguments: &RunArguments) -> Result<(), Box<dyn Error>> {
    decoding::methods::find(&arguments.method)?;
    let loaded = Loaded::load(&arguments.folders.by_role(), arguments.device)?;
    let prompt = loaded.encode(&arguments.prompt)?;
    let others: Vec<_> =
        arguments.also.iter().map(|it| loaded.encode(it)).collect::<Result<_>>()?;
    let (mut models, times) = loaded.timed();
    let request = Request {
        method: arguments.method.clone(),
        params: arguments.params.clone(),
        prompt,
        seed: arguments.seed,
        max_new_tokens: arguments.max_new_tokens,
    };
    let trace = record_lanes(request, &others, &mut models, &times, arguments.device)?;
    if let Some(path) = &arguments.trace {
        std::fs::write(path, serde_json::to_string(&trace)? + "\n")
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    println!("{}{}\n", arguments.prompt, text(&trace.tokens, &models));
    for (prompt, output) in arguments.also.iter().zip(&trace.outputs) {
        println!("{prompt}{}\n", text(&output.tokens, &models));
    }
    print!("{}", Summary::of(&trace));
    Ok(())
}

/// Runs the request and fills in what was measured.
pub fn record(
    request: Request,
    models: &mut Models,
    times: &PassTimes,
    device: Device,
) -> Result<Trace> {
    record_lanes(request, &[], models, times, device)
}

/// As `record`, with further prompts.
pub fn record_lanes(
    request: Request,
    others: &[Vec<TokenId>],
    models: &mut Models,
    times: &PassTimes,
    device: Device,
) -> Result<Trace> {
    let entry = decoding::methods::find(&request.method)?;
    // Complains about parameters and models before anything takes time.
    Decoding::start_lanes(entry, request.clone(), others, models)?;
    let plain_ms_per_token = plain(&request, models)?;
    let timer = clock();
    block_on(llama::time_models(models, entry, &timer))?;
    let mut decoding = Decoding::start_lanes(entry, request, others, models)?;
    times.borrow_mut().clear();
    let now = clock();
    block_on(decoding.finish(models))?;
    let total_ms = now() as f32;
    let mut trace = decoding.trace(models);
    let versions = [("burn", BURN_VERSION), ("decoding", env!("CARGO_PKG_VERSION"))];
    trace.recorded = Recorded {
        device: device.name().into(),
        backend: device.backend().into(),
        versions: versions.map(|(name, version)| (name.into(), version.into())).into(),
        pass_ms: times.take(),
        total_ms,
        plain_ms_per_token,
    };
    Ok(trace)
}

/// Milliseconds of one token in plain greedy decoding of the same prompt: the median over a few
/// tokens after the first, whose pass reads the prompt. `None` where there is no room for one.
fn plain(request: &Request, models: &mut Models) -> Result<Option<f32>> {
    let request = Request {
        method: "basic-sampling".into(),
        params: json!({ "temperature": 0 }),
        max_new_tokens: request.max_new_tokens.min(PLAIN_TOKENS),
        ..request.clone()
    };
    let mut decoding = Decoding::start(request, models)?;
    let now = clock();
    let mut steps = Vec::new();
    loop {
        let start = now();
        let progress = block_on(decoding.step(models))?;
        steps.push(now() - start);
        if progress == Progress::Finished {
            break;
        }
    }
    Ok(median(&steps[1..]).map(|it| it as f32))
}

/// The text of an answer, without the tokens that end it.
fn text(tokens: &[TokenId], models: &Models) -> String {
    let target = &models.by_role[TARGET];
    let shown = tokens.iter().filter(|it| !target.info().end_tokens.contains(it));
    let bytes: Vec<u8> = shown.flat_map(|&token| target.token_bytes(token)).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_of_burn_is_the_one_that_is_linked() {
        let lock = include_str!("../../../Cargo.lock");
        let wanted = format!("name = \"burn\"\nversion = \"{}\"\n", super::BURN_VERSION);
        assert!(lock.contains(&wanted), "BURN_VERSION is out of date");
    }
}
