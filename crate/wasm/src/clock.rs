//! The browser's clock, and turns given back to the worker's event loop.

use gloo::timers::future::TimeoutFuture;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the worker started.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub fn now_ms() -> f64;
}

/// How long the engine may hold the worker before messages get a turn. Timers that follow one
/// another closely are stretched to 4 ms by browsers, so not every step waits for one.
const TURN_MS: f64 = 24.0;

thread_local! {
    static LAST_TURN: Cell<f64> = const { Cell::new(0.0) };
}

/// Lets messages such as "stop" in, when it is their turn.
pub async fn give_way() {
    if now_ms() - LAST_TURN.get() >= TURN_MS {
        TimeoutFuture::new(0).await;
        LAST_TURN.set(now_ms());
    }
}
