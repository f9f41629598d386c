//! The model as others use it: real weights, trees, variants, bad files.

mod asks;
mod bad_files;
mod forest;
mod plain;
mod reference;
mod runs;
mod tiny;
mod vocabulary;

use burn::tensor::Device;
use decoding::{Forest, NodeId, model::*};
use llama::Llama;
use std::path::PathBuf;

/// Every device that this build and this machine have.
fn devices() -> Vec<(&'static str, Device)> {
    let mut devices = vec![("cpu", llama::cpu())];
    devices.extend(webgpu().map(|it| ("webgpu", it)));
    devices
}

#[cfg(feature = "webgpu")]
fn webgpu() -> Option<Device> {
    static OPENED: std::sync::OnceLock<Option<Device>> = std::sync::OnceLock::new();
    let open = || {
        futures_lite::future::block_on(llama::webgpu())
            .inspect_err(|error| println!("skipped on WebGPU: {error}"))
            .ok()
    };
    OPENED.get_or_init(open).clone()
}

#[cfg(not(feature = "webgpu"))]
fn webgpu() -> Option<Device> {
    None
}

/// A folder of the repository, or beside it when it begins with `..`.
fn folder(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn score(model: &mut Llama, forest: &Forest, nodes: &[NodeId], ask: &Ask) -> Scores {
    futures_lite::future::block_on(model.forward(forest, nodes, ask)).expect("the pass works")
}

/// Largest difference between two lists of the same length.
fn gap(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |most, it| if it.is_nan() { f32::NAN } else { most.max(it) })
}
