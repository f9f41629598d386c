//! Where a model computes. Chosen by the caller at run time; nothing here guesses.

use burn::tensor::Device;

/// Burn's `flex` device: one CPU thread with SIMD, natively and in WebAssembly.
#[cfg(feature = "cpu")]
pub fn cpu() -> Device {
    Device::flex()
}

/// Burn's `wgpu` device: WebGPU in the browser, Vulkan, Metal or DirectX natively. The first
/// call opens the adapter, later calls give the same device.
#[cfg(feature = "webgpu")]
pub async fn webgpu() -> Result<Device, crate::LoadError> {
    static OPENED: std::sync::OnceLock<Device> = std::sync::OnceLock::new();
    if let Some(device) = OPENED.get() {
        return Ok(device.clone());
    }
    let opened = Device::wgpu_options().init_async().await;
    let device = opened.map_err(|error| crate::LoadError::Adapter { reason: error.to_string() })?;
    Ok(OPENED.get_or_init(|| device).clone())
}
