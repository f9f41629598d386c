//! The engine behind the page: loads models from bytes, runs one method at a time, hands out its
//! events. Fetches nothing and knows no page; exactly one of the features `cpu` and `webgpu` is on.
#![cfg(target_family = "wasm")]

#[cfg(all(feature = "cpu", feature = "webgpu"))]
compile_error!("build the engine once with `cpu` and once with `webgpu`, not with both");
#[cfg(not(any(feature = "cpu", feature = "webgpu")))]
compile_error!("choose the engine's device with the feature `cpu` or `webgpu`");

mod clock;
mod device;
mod engine;
mod panic;
mod plain;
mod thrown;

pub use engine::Engine;

use wasm_bindgen::prelude::*;

/// Runs once, when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    // The GPU stack registers static constructors. Unless somebody refers to this symbol, the
    // linker wraps every export in a shim that runs all of them again, at a hundred times the
    // cost of a pass. A CPU build has no such symbol.
    #[cfg(feature = "webgpu")]
    unsafe {
        __wasm_call_ctors()
    };
    panic::install();
}

#[cfg(feature = "webgpu")]
unsafe extern "C" {
    fn __wasm_call_ctors();
}
