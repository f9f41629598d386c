//! The network over whole sequences, in Burn's own operations: what training differentiates.
//! Keeps no keys and knows no forest; `Network` is its counterpart with our kernels, and a test
//! holds the two against each other.

use crate::{
    Parameters,
    network::{norm, rotations},
    parameters::LayerParameters,
};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

/// Queries that attend in one go.
const STRETCH: usize = 128;

/// What every sequence of one length shares: the angles of its positions, and who sees whom.
#[derive(Clone, Debug)]
pub struct Positions {
    /// `[length, 1, head_dim]` each: both halves have the same angles.
    cosines: Tensor<3>,
    /// The first half negated, as rotating needs it.
    sines: Tensor<3>,
    /// 0 for a position and those before it, a large negative number for those behind:
    /// `[1, 1, length, length]`
    mask: Tensor<4>,
}

impl Positions {
    /// For sequences of `length` tokens, at most the context of `config`.
    pub fn new(config: &crate::Config, length: usize, device: &Device) -> Self {
        let (dim, half) = (config.head_dim, config.head_dim / 2);
        let table = rotations(config);
        let rows = || table.chunks(dim).take(length);
        let cosines: Vec<f32> = rows().flat_map(|row| row[..half].repeat(2)).collect();
        let sines: Vec<f32> = rows()
            .flat_map(|row| row[half..].iter().map(|it| -it).chain(row[half..].iter().copied()))
            .collect();
        let mask: Vec<f32> = (0..length * length)
            .map(|it| if it % length <= it / length { 0.0 } else { -1e30 })
            .collect();
        let angles = |values| Tensor::from_data(TensorData::new(values, [length, 1, dim]), device);
        Self {
            cosines: angles(cosines),
            sines: angles(sines),
            mask: Tensor::from_data(TensorData::new(mask, [1, 1, length, length]), device),
        }
    }

    /// Rotates by position: `[batch, length, heads, head_dim]`
    fn rotate(&self, x: Tensor<4>) -> Tensor<4> {
        let half = x.dims()[3] / 2;
        let swapped =
            Tensor::cat(vec![x.clone().narrow(3, half, half), x.clone().narrow(3, 0, half)], 3);
        x * self.cosines.clone().unsqueeze() + swapped * self.sines.clone().unsqueeze()
    }
}

/// The logits after every token: `[batch, length]` → `[batch · length, vocab_size]`
///
/// `positions` must be made for the same length.
pub fn logits(parameters: &Parameters, positions: &Positions, tokens: Tensor<2, Int>) -> Tensor<2> {
    let [batch, length] = tokens.dims();
    let epsilon = parameters.config.norm_epsilon;
    let mut x = parameters.embedding.clone().select(0, tokens.reshape([batch * length]));
    for layer in &parameters.layers {
        let attended = attention(parameters, layer, positions, x.clone(), [batch, length]);
        x = x + attended;
        let mixed = linear(norm(x.clone(), &layer.mlp_norm, epsilon), &layer.gate_up);
        let width = parameters.config.mlp_width;
        let gate = activation::silu(mixed.clone().narrow(1, 0, width));
        x = x + linear(gate * mixed.narrow(1, width, width), &layer.down);
    }
    linear(norm(x, &parameters.norm, epsilon), &parameters.head)
}

/// → `[batch · length, width]`
fn attention(
    parameters: &Parameters,
    layer: &LayerParameters,
    positions: &Positions,
    x: Tensor<2>,
    [batch, length]: [usize; 2],
) -> Tensor<2> {
    let config = &parameters.config;
    let (heads, groups, dim) = (config.heads, config.kv_heads, config.head_dim);
    let share = heads / groups;
    let x = norm(x, &layer.attention_norm, config.norm_epsilon);
    let mixed = linear(x, &layer.query_key_value);
    let mixed = mixed.reshape([batch, length, heads + 2 * groups, dim]);
    let rotated = positions.rotate(mixed.clone().narrow(2, 0, heads + groups));
    let queries = rotated.clone().narrow(2, 0, heads).mul_scalar(1.0 / (dim as f32).sqrt());
    let queries = queries.swap_dims(1, 2);
    let keys = rotated.narrow(2, heads, groups);
    let keys = keys.swap_dims(1, 2).reshape([batch * groups, length, dim]);
    let values = mixed.narrow(2, heads + groups, groups);
    let values = values.swap_dims(1, 2).reshape([batch * groups, length, dim]);
    // No position sees a later one, so a stretch of queries needs the keys up to its end alone.
    let attended = (0..length).step_by(STRETCH).map(|from| {
        let (count, seen) = (STRETCH.min(length - from), (from + STRETCH).min(length));
        // Queries that share keys lie below one another: [batch · groups, share · count, dim].
        let queries = queries.clone().narrow(2, from, count);
        let queries = queries.reshape([batch * groups, share * count, dim]);
        let scores = queries.matmul(keys.clone().narrow(1, 0, seen).swap_dims(1, 2));
        let scores = scores.reshape([batch * groups, share, count, seen]);
        let mask = positions.mask.clone().narrow(2, from, count).narrow(3, 0, seen);
        let weights = activation::softmax(scores + mask, 3);
        let weights = weights.reshape([batch * groups, share * count, seen]);
        weights.matmul(values.clone().narrow(1, 0, seen)).reshape([batch, heads, count, dim])
    });
    let attended = Tensor::cat(attended.collect(), 2);
    let attended = attended.swap_dims(1, 2).reshape([batch * length, heads * dim]);
    linear(attended, &layer.attention_output)
}

/// x · weightᵀ: `[rows, in]`, `[out, in]` → `[rows, out]`
fn linear(x: Tensor<2>, weight: &Tensor<2>) -> Tensor<2> {
    x.matmul(weight.clone().transpose())
}
