//! The one device this build computes on.

use llama::Device;

#[cfg(feature = "cpu")]
pub const NAME: &str = "cpu";
#[cfg(feature = "webgpu")]
pub const NAME: &str = "webgpu";

#[cfg(feature = "cpu")]
pub const BACKEND: &str = "burn flex, WebAssembly SIMD";
#[cfg(feature = "webgpu")]
pub const BACKEND: &str = "burn wgpu, WebGPU";

#[cfg(feature = "cpu")]
pub async fn open() -> decoding::Result<Device> {
    Ok(llama::cpu())
}

#[cfg(feature = "webgpu")]
pub async fn open() -> decoding::Result<Device> {
    Ok(llama::webgpu().await?)
}
