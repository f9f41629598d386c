//! The weights a training starts from.

use crate::random::Random;
use burn::tensor::{Device, Tensor, TensorData};
use llama::{Config, PartKind, parts};

/// Deviation of the embedding's start.
const EMBEDDING: f64 = 0.02;

/// One tensor for every part of the network.
///
/// Matrices start with deviation 1/√in, those that write into the residual stream smaller by
/// √(2 · layers), so that depth does not make the stream louder.
/// Source: Radford et al. 2019 (GPT-2), §2.3.
pub fn tensors(config: &Config, seed: u64, device: &Device) -> Vec<Tensor<2>> {
    let mut random = Random::new(seed, 0);
    let quiet = 1.0 / (2.0 * config.layers as f64).sqrt();
    let tensor = |part: &llama::Part| {
        let count = part.rows() * part.columns;
        let deviation = 1.0 / (part.columns as f64).sqrt();
        let writes = |name: &str| name.contains("o_proj") || name.contains("down_proj");
        let values = match part.kind {
            PartKind::Norm => vec![1.0; count],
            PartKind::Embedding | PartKind::Head => random.normal(count, EMBEDDING),
            PartKind::Hidden if part.blocks.iter().any(|it| writes(&it.name)) => {
                random.normal(count, deviation * quiet)
            }
            PartKind::Hidden => random.normal(count, deviation),
        };
        Tensor::from_data(TensorData::new(values, [part.rows(), part.columns]), device)
    };
    parts(config).iter().map(tensor).collect()
}
