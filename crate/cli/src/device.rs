//! Opens the device a run computes on, and measures time.

use crate::arguments::Device;
use decoding::{Error, Result};
use std::time::Instant;

impl Device {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Webgpu => "webgpu",
        }
    }

    /// How the trace names the implementation behind the device.
    pub fn backend(self) -> &'static str {
        match self {
            Self::Cpu => "burn flex, native",
            Self::Webgpu => "burn wgpu, native",
        }
    }

    pub fn open(self) -> Result<llama::Device> {
        match self {
            Self::Cpu => Ok(llama::cpu()),
            Self::Webgpu => open_webgpu(),
        }
    }
}

#[cfg(feature = "webgpu")]
fn open_webgpu() -> Result<llama::Device> {
    futures_lite::future::block_on(llama::webgpu()).map_err(Error::from)
}

#[cfg(not(feature = "webgpu"))]
fn open_webgpu() -> Result<llama::Device> {
    Err(Error::Model(
        "this command line was built without WebGPU: build it with `cargo run -p cli --release \
         --features webgpu -- …`, or leave out `--device webgpu`"
            .into(),
    ))
}

/// Milliseconds from a fixed moment.
pub fn clock() -> impl Fn() -> f64 + Clone {
    let start = Instant::now();
    move || start.elapsed().as_secs_f64() * 1e3
}

/// The middle value, or the mean of the two in the middle; `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}
