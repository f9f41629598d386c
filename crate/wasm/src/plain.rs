//! What a token costs in plain decoding on this machine: the measure for every other clock.

use crate::clock::now_ms;
use decoding::{
    Result, TokenId,
    run::{Decoding, Request},
    session::Models,
};
use serde_json::json;

/// Greedy tokens timed at most.
const MAX_TOKENS: u32 = 16;
/// The first tokens pay for shaders and caches and do not count.
const WARM_UP: u32 = 4;
/// A slow device is timed on fewer tokens, two at the least.
const BUDGET_MS: f64 = 400.0;

/// Milliseconds of a plain greedy token after `prompt`, the median of a few.
pub async fn ms_per_token(models: &mut Models, prompt: Vec<TokenId>) -> Result<Option<f32>> {
    let mut decoding = Decoding::start(
        Request {
            method: "basic-sampling".into(),
            params: json!({ "temperature": 0.0 }),
            prompt,
            seed: 0,
            max_new_tokens: MAX_TOKENS,
        },
        models,
    )?;
    let started = now_ms();
    let mut times = Vec::new();
    for index in 0..MAX_TOKENS {
        let before = now_ms();
        if decoding.step(models).await? == decoding::method::Progress::Finished {
            break;
        }
        let slow = index > 0 && now_ms() - started > BUDGET_MS;
        if index >= WARM_UP || slow {
            times.push((now_ms() - before) as f32);
        }
        if now_ms() - started > BUDGET_MS && times.len() >= 2 {
            break;
        }
    }
    times.sort_by(f32::total_cmp);
    Ok(times.get(times.len() / 2).copied())
}
