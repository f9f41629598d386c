//! The arithmetic of a Llama decoder over slots: embedding, layers, final norm, head.
//! Knows neither forests nor tokenizers; a `Pass` says what runs and what sees what.

use crate::{
    Config, LoadError,
    kernels::{
        Heads, Matrix, Seen, add_linear, log_softmax, norm_gated, norm_linear, row_top_k,
        store_keys, tree_attention,
    },
    parameters::{Part, parts},
    pass::Pass,
    weights::Weights,
};
use burn::tensor::{DType, Device, Int, Tensor, TensorData, activation::softmax};
use decoding::{
    Input,
    model::{Rows, Variant},
};
use std::ops::Range;

/// Weights of one layer; matrices are `[out, in]` as in the file.
struct Layer {
    attention_norm: Tensor<1>,
    /// Queries, keys and values below one another: `[(heads + 2 · kv_heads) · head_dim, width]`.
    query_key_value: Matrix,
    attention_output: Matrix,
    mlp_norm: Tensor<1>,
    /// Gate and up below one another: `[2 · mlp_width, width]`.
    gate_up: Matrix,
    down: Matrix,
    /// `[kv_heads, capacity, head_dim]`
    keys: Tensor<3>,
    values: Tensor<3>,
}

pub(crate) struct Network {
    pub(crate) config: Config,
    device: Device,
    /// Token embeddings, then the learned vectors: `[vocab_size + vectors, width]`.
    embedding: Tensor<2>,
    /// Rows of learned vectors.
    pub(crate) vectors: usize,
    layers: Vec<Layer>,
    norm: Tensor<1>,
    /// `[vocab_size, width]`
    head: Matrix,
    /// RoPE by position, `[context_len, head_dim]`: cosines, then sines.
    angles: Vec<f32>,
    /// Slots there is memory for.
    capacity: usize,
}

/// The part of a pass that goes through the network at once.
pub(crate) struct Trip<'a> {
    pub(crate) pass: &'a Pass,
    pub(crate) rows: Range<usize>,
    /// What each of the rows reads.
    pub(crate) inputs: &'a [&'a Input],
    pub(crate) variant: &'a Variant,
    /// Slots below it may be seen.
    pub(crate) used: usize,
}

/// What a pass is to bring back, by row of the pass.
pub(crate) struct Wanted<'a> {
    pub(crate) rows: Rows,
    /// As in `Ask`.
    pub(crate) hidden: &'a [usize],
    pub(crate) exits: &'a [usize],
    pub(crate) attention: &'a [usize],
}

/// Still on the device; one row per asked row, in the order asked.
#[derive(Default)]
pub(crate) struct Outcome {
    /// `Rows::Full`: `[rows, vocab_size]` log-probabilities; `Rows::TopK`: as `row_top_k` gives.
    pub(crate) rows: Option<Tensor<2>>,
    /// `[rows, width]` each
    pub(crate) hidden: Vec<Tensor<2>>,
    /// `[rows, vocab_size]` log-probabilities each
    pub(crate) exits: Vec<Tensor<2>>,
    /// `[rows, used slots]` each
    pub(crate) attention: Vec<Tensor<2>>,
}

/// Name of the optional tensor that holds learned vectors.
const VECTORS: &str = "decodescope.vectors";

impl Network {
    pub(crate) fn load(
        config: Config,
        weights: &Weights,
        device: &Device,
    ) -> Result<Self, LoadError> {
        let capacity = START_CONTEXTS * config.context_len;
        let cache = || Tensor::zeros([config.kv_heads, capacity, config.head_dim], device);
        let parts = parts(&config);
        let mut parts = parts.iter();
        let mut next = || parts.next().expect("the parts of `config` in their order");
        let matrix_of = |part: &Part| -> Result<Matrix, LoadError> {
            Ok(Matrix::new(part.read(weights)?, part.rows(), part.columns, device))
        };
        let norm_of = |part: &Part| -> Result<Tensor<1>, LoadError> {
            Ok(Tensor::from_data(TensorData::new(part.read(weights)?, [part.columns]), device))
        };
        let (width, vocab) = (config.width, config.vocab_size);
        let mut table = next().read(weights)?;
        let mut layers = Vec::with_capacity(config.layers);
        for _ in 0..config.layers {
            layers.push(Layer {
                attention_norm: norm_of(next())?,
                query_key_value: matrix_of(next())?,
                attention_output: matrix_of(next())?,
                mlp_norm: norm_of(next())?,
                gate_up: matrix_of(next())?,
                down: matrix_of(next())?,
                keys: cache(),
                values: cache(),
            });
        }
        let norm = norm_of(next())?;
        let head = match config.tied {
            true => Matrix::new(table.clone(), vocab, width, device),
            false => matrix_of(next())?,
        };
        let vectors = weights.shape(VECTORS).map_or(0, |shape| shape[0]);
        if vectors > 0 {
            weights.append(VECTORS, &[vectors, width], &mut table)?;
        }
        let embedding = matrix(table, vocab + vectors, width, device);
        let angles = rotations(&config);
        Ok(Self {
            device: device.clone(),
            embedding,
            vectors,
            layers,
            norm,
            head,
            angles,
            capacity,
            config,
        })
    }

    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    pub(crate) fn parameters(&self) -> usize {
        let layers: usize = self
            .layers
            .iter()
            .map(|it| {
                let matrices = [&it.query_key_value, &it.attention_output, &it.gate_up, &it.down];
                matrices.iter().map(|it| it.len()).sum::<usize>() + 2 * self.config.width
            })
            .sum();
        let tables =
            self.embedding.dims()[0] + if self.config.tied { 0 } else { self.config.vocab_size };
        layers + tables * self.config.width + self.config.width
    }

    /// Makes memory for at least `slots` slots; what is there is copied once.
    pub(crate) fn reserve(&mut self, slots: usize) {
        if slots <= self.capacity {
            return;
        }
        let (kv, dim, old) = (self.config.kv_heads, self.config.head_dim, self.capacity);
        self.capacity = slots.max(2 * old);
        for layer in &mut self.layers {
            for cache in [&mut layer.keys, &mut layer.values] {
                let larger = Tensor::zeros([kv, self.capacity, dim], &self.device);
                change(cache, |small| larger.slice_assign([0..kv, 0..old, 0..dim], small));
            }
        }
    }

    /// Runs some rows of a pass and brings back what is wanted of the rows in `asked`, which
    /// count from the first of `rows`.
    pub(crate) fn forward(&mut self, trip: Trip, asked: &[usize], wanted: &Wanted) -> Outcome {
        let Trip { pass, rows, inputs, variant, used } = trip;
        let epsilon = self.config.norm_epsilon;
        let heads = self.heads();
        let angles = self.angles(&pass.depths[rows.clone()]);
        let visible = &pass.visible[rows.clone()];
        let seen = Seen::new(visible, &self.device);
        let slots = indices(pass.slots[rows.clone()].iter().map(|&it| it as i32), &self.device);
        let pick = Pick::new(asked, rows.len(), &self.device);
        let mut after = Vec::with_capacity(self.layers.len() + 2);
        let mut attention = Vec::new();

        let mut x = self.embed(inputs);
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let kept = wanted.hidden.contains(&index) || wanted.exits.contains(&index);
            after.push(kept.then(|| pick.rows(x.clone())));
            if !variant.skip_attention.contains(&(index as u32)) {
                let norm = &layer.attention_norm;
                let mixed = norm_linear(x.clone(), norm, &layer.query_key_value, epsilon);
                let (keys, values) = (&mut layer.keys, &mut layer.values);
                let mixed = store_keys(mixed, keys, values, &angles, &slots, heads);
                if wanted.attention.contains(&index) {
                    let visible: Vec<_> = asked.iter().map(|&it| visible[it].as_slice()).collect();
                    let queries = pick.rows(mixed.clone());
                    let weights = attention_weights(queries, keys, &visible, heads, used);
                    attention.push((index, weights));
                }
                let attended = tree_attention(mixed, keys, values, &seen, heads);
                x = add_linear(attended, &layer.attention_output, x);
            }
            if !variant.skip_mlp.contains(&(index as u32)) {
                let gated = norm_gated(x.clone(), &layer.mlp_norm, &layer.gate_up, epsilon);
                x = add_linear(gated, &layer.down, x);
            }
        }
        if asked.is_empty() {
            return Outcome::default();
        }
        let last = pick.rows(x);
        after.push(Some(last.clone()));
        if wanted.hidden.contains(&after.len()) {
            after.push(Some(norm(last.clone(), &self.norm, epsilon)));
        }
        let state = |index: usize| after[index].clone().expect("asked states were kept");
        let weights = |layer: usize| {
            let found = attention.iter().find(|it| it.0 == layer);
            found.expect("asked layers were not skipped").1.clone()
        };
        Outcome {
            hidden: wanted.hidden.iter().map(|&it| state(it)).collect(),
            exits: wanted.exits.iter().map(|&it| self.log_probs(state(it))).collect(),
            attention: wanted.attention.iter().map(|&it| weights(it)).collect(),
            rows: match wanted.rows {
                Rows::Full => Some(self.log_probs(last)),
                Rows::TopK(k) => Some(row_top_k(self.logits(last), k)),
                Rows::None => None,
            },
        }
    }

    fn heads(&self) -> Heads {
        let Config { heads, kv_heads, head_dim, .. } = self.config;
        Heads { queries: heads, keys: kv_heads, dim: head_dim }
    }

    /// `[rows, width]` → `[rows, vocab_size]` natural-log probabilities
    fn log_probs(&self, x: Tensor<2>) -> Tensor<2> {
        log_softmax(self.logits(x))
    }

    /// Final norm and head: `[rows, width]` → `[rows, vocab_size]`
    fn logits(&self, x: Tensor<2>) -> Tensor<2> {
        norm_linear(x, &self.norm, &self.head, self.config.norm_epsilon)
    }

    /// → `[rows, width]`
    fn embed(&self, inputs: &[&Input]) -> Tensor<2> {
        let vocab = self.config.vocab_size as u32;
        // Every row is a weighted sum of table rows; mostly of one, with weight 1.
        let parts: Vec<Vec<(u32, f32)>> = inputs
            .iter()
            .map(|input| match input {
                Input::Token(token) => vec![(*token, 1.0)],
                Input::Vector(row) => vec![(vocab + row, 1.0)],
                Input::Blend(parts) => parts.clone(),
            })
            .collect();
        let total = parts.iter().map(Vec::len).sum();
        let ids = indices(parts.iter().flatten().map(|it| it.0 as i32), &self.device);
        let rows = self.embedding.clone().select(0, ids);
        if inputs.iter().all(|it| !matches!(it, Input::Blend(_))) {
            return rows;
        }
        let mut weights = vec![0.0; inputs.len() * total];
        let mut column = 0;
        for (row, parts) in parts.iter().enumerate() {
            for &(_, weight) in parts {
                weights[row * total + column] = weight;
                column += 1;
            }
        }
        matrix(weights, inputs.len(), total, &self.device).matmul(rows)
    }

    /// Cosines, then sines, of each row's position: → `[rows, head_dim]`
    fn angles(&self, depths: &[u32]) -> Tensor<2> {
        let dim = self.config.head_dim;
        let rows: Vec<f32> = depths
            .iter()
            .flat_map(|&it| &self.angles[it as usize * dim..][..dim])
            .copied()
            .collect();
        matrix(rows, depths.len(), dim, &self.device)
    }
}

/// The cache begins with room for this many contexts and doubles when it is full.
const START_CONTEXTS: usize = 2;

fn matrix(values: Vec<f32>, rows: usize, columns: usize, device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

fn indices(values: impl Iterator<Item = i32>, device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = values.collect();
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), (device, DType::I32))
}

/// `[context_len, head_dim]`: cosines, then sines. Angles are in f32, as the networks were
/// trained with.
/// Source: Su et al. 2021, arXiv:2104.09864, §3.4.2; halves as in Hugging Face, not pairs.
pub(crate) fn rotations(config: &Config) -> Vec<f32> {
    let half = config.head_dim / 2;
    let mut table = Vec::with_capacity(config.context_len * config.head_dim);
    for position in 0..config.context_len {
        let angle = |index: usize| {
            let exponent = (2 * index) as f32 / config.head_dim as f32;
            position as f32 / config.rope_theta.powf(exponent)
        };
        table.extend((0..half).map(|it| angle(it).cos()));
        table.extend((0..half).map(|it| angle(it).sin()));
    }
    table
}

/// x / rms(x) · weight, row by row: `[rows, width]`
pub(crate) fn norm(x: Tensor<2>, weight: &Tensor<1>, epsilon: f32) -> Tensor<2> {
    let mean = x.clone().square().mean_dim(1);
    x * (mean + epsilon).sqrt().recip() * weight.clone().unsqueeze_dim(0)
}

/// Weights that each row gives to the slots, averaged over heads. Only for showing them: the
/// layer itself never builds this table.
///
/// mixed: `[rows, (queries + 2 · keys) · dim]` · keys: `[keys, capacity, dim]` → `[rows, used]`
fn attention_weights(
    mixed: Tensor<2>,
    keys: &Tensor<3>,
    visible: &[&[u32]],
    heads: Heads,
    used: usize,
) -> Tensor<2> {
    let Heads { queries, keys: groups, dim } = heads;
    let (rows, group) = (visible.len(), queries / groups);
    let queries = mixed.narrow(1, 0, queries * dim).reshape([rows, groups, group * dim]);
    let queries = queries.swap_dims(0, 1).reshape([groups, rows * group, dim]);
    let keys = keys.clone().narrow(1, 0, used).swap_dims(1, 2);
    let scores = queries.matmul(keys).mul_scalar(1.0 / (dim as f32).sqrt());
    let mask = mask(visible, used, &scores.device()).reshape([1, rows, 1, used]);
    let weights = softmax(scores.reshape([groups, rows, group, used]) + mask, 3);
    weights.mean_dim(2).mean_dim(0).reshape([rows, used])
}

/// 0 where a row sees a slot, a large negative number elsewhere: `[rows, used]`
fn mask(visible: &[&[u32]], used: usize, device: &Device) -> Tensor<2> {
    let mut mask = vec![-1e30; visible.len() * used];
    for (row, slots) in visible.iter().enumerate() {
        for &slot in *slots {
            mask[row * used + slot as usize] = 0.0;
        }
    }
    matrix(mask, visible.len(), used, device)
}

/// Replaces a tensor by a function of it without a second owner, so that it changes in place.
fn change(tensor: &mut Tensor<3>, with: impl FnOnce(Tensor<3>) -> Tensor<3>) {
    let device = tensor.device();
    let owned = std::mem::replace(tensor, Tensor::empty([1, 1, 1], &device));
    *tensor = with(owned);
}

/// Picks the asked rows; free when they are all rows in order.
struct Pick(Option<Tensor<1, Int>>);

impl Pick {
    fn new(asked: &[usize], count: usize, device: &Device) -> Self {
        let all = asked.len() == count && asked.iter().enumerate().all(|(row, &it)| row == it);
        Self((!all).then(|| indices(asked.iter().map(|&it| it as i32), device)))
    }

    fn rows(&self, x: Tensor<2>) -> Tensor<2> {
        match &self.0 {
            Some(rows) => x.select(0, rows.clone()),
            None => x,
        }
    }
}
