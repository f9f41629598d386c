//! The arithmetic of a Llama decoder over slots: embedding, layers, final norm, head.
//! Knows neither forests nor tokenizers; a `Pass` says what runs and what sees what.

use crate::{Config, LoadError, pass::Pass, weights::Weights};
use burn::tensor::{
    Device, Int, Tensor, TensorData,
    activation::{silu, softmax},
};
use decoding::{Input, model::Variant};
use std::ops::Range;

/// Weights of one layer; matrices are `[out, in]` as in the file.
struct Layer {
    attention_norm: Tensor<1>,
    /// Queries, keys and values below one another: `[(heads + 2 · kv_heads) · head_dim, width]`.
    query_key_value: Tensor<2>,
    attention_output: Tensor<2>,
    mlp_norm: Tensor<1>,
    /// Gate and up below one another: `[2 · mlp_width, width]`.
    gate_up: Tensor<2>,
    down: Tensor<2>,
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
    head: Tensor<2>,
    /// `[context_len, head_dim]` each, row-major; the two halves of a row are the same.
    cos: Vec<f32>,
    sin: Vec<f32>,
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
    pub(crate) logits: bool,
    /// As in `Ask`.
    pub(crate) hidden: &'a [usize],
    pub(crate) exits: &'a [usize],
    pub(crate) attention: &'a [usize],
}

/// Still on the device; one row per asked row, in the order asked.
pub(crate) struct Outcome {
    /// `[rows, vocab_size]`
    pub(crate) logits: Option<Tensor<2>>,
    /// `[rows, width]` each
    pub(crate) hidden: Vec<Tensor<2>>,
    /// `[rows, vocab_size]` each
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
        let loader = Loader { config: &config, weights, device };
        let layers = (0..config.layers).map(|it| loader.layer(it)).collect::<Result<_, _>>()?;
        let (width, vocab) = (config.width, config.vocab_size);
        let vectors = weights.shape(VECTORS).map_or(0, |shape| shape[0]);
        let mut table = weights.get("model.embed_tokens.weight", &[vocab, width])?;
        if vectors > 0 {
            weights.append(VECTORS, &[vectors, width], &mut table)?;
        }
        let embedding = matrix(table, vocab + vectors, width, device);
        let head = if config.tied {
            embedding.clone().narrow(0, 0, vocab)
        } else {
            matrix(weights.get("lm_head.weight", &[vocab, width])?, vocab, width, device)
        };
        let norm = loader.norm("model.norm.weight")?;
        let (cos, sin) = rotations(&config);
        let capacity = START_CONTEXTS * config.context_len;
        Ok(Self {
            device: device.clone(),
            embedding,
            vectors,
            layers,
            norm,
            head,
            cos,
            sin,
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
                matrices.iter().map(|it| it.dims().iter().product::<usize>()).sum::<usize>()
                    + 2 * self.config.width
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
        let count = rows.len();
        let (heads, kv, dim) = (self.config.heads, self.config.kv_heads, self.config.head_dim);
        let epsilon = self.config.norm_epsilon;
        let cos = self.positions(&self.cos, &pass.depths[rows.clone()]);
        let sin = self.positions(&self.sin, &pass.depths[rows.clone()]);
        let mask = mask(&pass.visible[rows.clone()], used, &self.device);
        let runs = runs(&pass.slots[rows]);
        let pick = Pick::new(asked, count, &self.device);
        let mut outcome =
            Outcome { logits: None, hidden: Vec::new(), exits: Vec::new(), attention: Vec::new() };
        let mut after = Vec::with_capacity(self.layers.len() + 1);
        let mut seen = Vec::new();

        let mut x = self.embed(inputs);
        for (index, layer) in self.layers.iter_mut().enumerate() {
            after.push(
                (wanted.hidden.contains(&index) || wanted.exits.contains(&index))
                    .then(|| pick.rows(x.clone())),
            );
            let index = index as u32;
            if !variant.skip_attention.contains(&index) {
                let normed = norm(x.clone(), &layer.attention_norm, epsilon);
                let mixed = normed.matmul(layer.query_key_value.clone().transpose()).reshape([
                    count,
                    heads + 2 * kv,
                    dim,
                ]);
                let turned = rotate(mixed.clone().narrow(1, 0, heads + kv), &cos, &sin);
                let queries = turned.clone().narrow(1, 0, heads);
                write(&mut layer.keys, turned.narrow(1, heads, kv), &runs);
                write(&mut layer.values, mixed.narrow(1, heads + kv, kv), &runs);
                let keys = layer.keys.clone().narrow(1, 0, used);
                let values = layer.values.clone().narrow(1, 0, used);
                let (attended, weights) = attend(queries, keys, values, mask.clone());
                if wanted.attention.contains(&(index as usize)) {
                    seen.push((index as usize, pick.rows(weights.mean_dim(1).squeeze_dim(1))));
                }
                x = x + attended.matmul(layer.attention_output.clone().transpose());
            }
            if !variant.skip_mlp.contains(&index) {
                let width = self.config.mlp_width;
                let normed = norm(x.clone(), &layer.mlp_norm, epsilon);
                let both = normed.matmul(layer.gate_up.clone().transpose());
                let gated = silu(both.clone().narrow(1, 0, width)) * both.narrow(1, width, width);
                x = x + gated.matmul(layer.down.clone().transpose());
            }
        }
        let last = pick.rows(x);
        let normed = norm(last.clone(), &self.norm, epsilon);
        after.push(Some(last));
        after.push(Some(normed.clone()));
        let state = |index: usize| after[index].clone().expect("asked states were kept");
        outcome.hidden = wanted.hidden.iter().map(|&it| state(it)).collect();
        outcome.exits = wanted
            .exits
            .iter()
            .map(|&it| self.logits(norm(state(it), &self.norm, epsilon)))
            .collect();
        outcome.attention = wanted
            .attention
            .iter()
            .map(|&layer| {
                let found = seen.iter().find(|it| it.0 == layer);
                found.expect("asked layers were not skipped").1.clone()
            })
            .collect();
        outcome.logits = wanted.logits.then(|| self.logits(normed));
        outcome
    }

    /// `[rows, width]` → `[rows, vocab_size]`
    fn logits(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.head.clone().transpose())
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
        let ids: Vec<i32> = parts.iter().flatten().map(|it| it.0 as i32).collect();
        let total = ids.len();
        let ids = Tensor::<1, Int>::from_data(TensorData::new(ids, [total]), &self.device);
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

    /// Rows of a rotation table: → `[rows, 1, head_dim]`
    fn positions(&self, table: &[f32], depths: &[u32]) -> Tensor<3> {
        let dim = self.config.head_dim;
        let rows: Vec<f32> =
            depths.iter().flat_map(|&it| &table[it as usize * dim..][..dim]).copied().collect();
        Tensor::from_data(TensorData::new(rows, [depths.len(), 1, dim]), &self.device)
    }
}

/// The cache begins with room for this many contexts and doubles when it is full.
const START_CONTEXTS: usize = 2;

struct Loader<'a> {
    config: &'a Config,
    weights: &'a Weights<'a>,
    device: &'a Device,
}

impl Loader<'_> {
    fn layer(&self, index: usize) -> Result<Layer, LoadError> {
        let Config { width, mlp_width, heads, kv_heads, head_dim, context_len, .. } = *self.config;
        let (queries, keys) = (heads * head_dim, kv_heads * head_dim);
        let name = |it: &str| format!("model.layers.{index}.{it}.weight");
        let cache = || {
            let slots = START_CONTEXTS * context_len;
            Tensor::zeros([kv_heads, slots, head_dim], self.device)
        };
        Ok(Layer {
            attention_norm: self.norm(&name("input_layernorm"))?,
            query_key_value: self.stack(
                &[
                    (name("self_attn.q_proj"), queries),
                    (name("self_attn.k_proj"), keys),
                    (name("self_attn.v_proj"), keys),
                ],
                width,
            )?,
            attention_output: self.stack(&[(name("self_attn.o_proj"), width)], queries)?,
            mlp_norm: self.norm(&name("post_attention_layernorm"))?,
            gate_up: self.stack(
                &[(name("mlp.gate_proj"), mlp_width), (name("mlp.up_proj"), mlp_width)],
                width,
            )?,
            down: self.stack(&[(name("mlp.down_proj"), width)], mlp_width)?,
            keys: cache(),
            values: cache(),
        })
    }

    /// Matrices with the same input below one another.
    fn stack(&self, parts: &[(String, usize)], input: usize) -> Result<Tensor<2>, LoadError> {
        let rows: usize = parts.iter().map(|it| it.1).sum();
        let mut values = Vec::with_capacity(rows * input);
        for (name, rows) in parts {
            self.weights.append(name, &[*rows, input], &mut values)?;
        }
        Ok(matrix(values, rows, input, self.device))
    }

    fn norm(&self, name: &str) -> Result<Tensor<1>, LoadError> {
        let width = self.config.width;
        let values = self.weights.get(name, &[width])?;
        Ok(Tensor::from_data(TensorData::new(values, [width]), self.device))
    }
}

fn matrix(values: Vec<f32>, rows: usize, columns: usize, device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

/// Angles in f32, as the networks were trained with.
/// Source: Su et al. 2021, arXiv:2104.09864, §3.4.2; halves as in Hugging Face, not pairs.
fn rotations(config: &Config) -> (Vec<f32>, Vec<f32>) {
    let half = config.head_dim / 2;
    let angles: Vec<f32> = (0..config.context_len)
        .flat_map(|position| {
            (0..2 * half).map(move |index| {
                let exponent = (2 * (index % half)) as f32 / config.head_dim as f32;
                position as f32 / config.rope_theta.powf(exponent)
            })
        })
        .collect();
    (angles.iter().map(|it| it.cos()).collect(), angles.iter().map(|it| it.sin()).collect())
}

/// x: `[rows, heads, head_dim]` · cos, sin: `[rows, 1, head_dim]` → `[rows, heads, head_dim]`
fn rotate(x: Tensor<3>, cos: &Tensor<3>, sin: &Tensor<3>) -> Tensor<3> {
    let half = x.dims()[2] / 2;
    let (first, second) = (x.clone().narrow(2, 0, half), x.clone().narrow(2, half, half));
    x * cos.clone() + Tensor::cat(vec![second.neg(), first], 2) * sin.clone()
}

/// x / rms(x) · weight, row by row: `[rows, width]`
fn norm(x: Tensor<2>, weight: &Tensor<1>, epsilon: f32) -> Tensor<2> {
    let mean = x.clone().square().mean_dim(1);
    x * (mean + epsilon).sqrt().recip() * weight.clone().unsqueeze_dim(0)
}

/// queries: `[rows, heads, head_dim]` · keys, values: `[kv_heads, used, head_dim]` ·
/// mask: `[rows, used]`, added to the scores
/// → attended: `[rows, heads · head_dim]`, weights: `[rows, heads, used]`
fn attend(
    queries: Tensor<3>,
    keys: Tensor<3>,
    values: Tensor<3>,
    mask: Tensor<2>,
) -> (Tensor<2>, Tensor<3>) {
    let ([rows, heads, dim], [kv, used, _]) = (queries.dims(), keys.dims());
    let group = heads / kv;
    let queries =
        queries.reshape([rows, kv, group * dim]).swap_dims(0, 1).reshape([kv, rows * group, dim]);
    let scores = queries.matmul(keys.swap_dims(1, 2)).mul_scalar(1.0 / (dim as f32).sqrt());
    let scores = scores.reshape([kv, rows, group, used]) + mask.reshape([1, rows, 1, used]);
    let weights = softmax(scores, 3);
    let attended = weights
        .clone()
        .reshape([kv, rows * group, used])
        .matmul(values)
        .reshape([kv, rows, group * dim])
        .swap_dims(0, 1)
        .reshape([rows, heads * dim]);
    (attended, weights.swap_dims(0, 1).reshape([rows, heads, used]))
}

/// 0 where a row sees a slot, a large negative number elsewhere: `[rows, used]`
fn mask(visible: &[Vec<u32>], used: usize, device: &Device) -> Tensor<2> {
    let mut mask = vec![-1e30; visible.len() * used];
    for (row, slots) in visible.iter().enumerate() {
        for &slot in slots {
            mask[row * used + slot as usize] = 0.0;
        }
    }
    matrix(mask, visible.len(), used, device)
}

/// Stretches of rows whose slots follow one another: (first row, first slot, length).
fn runs(slots: &[u32]) -> Vec<(usize, usize, usize)> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for (row, &slot) in slots.iter().enumerate() {
        match runs.last_mut() {
            Some((_, first, length)) if *first + *length == slot as usize => *length += 1,
            _ => runs.push((row, slot as usize, 1)),
        }
    }
    runs
}

/// Puts rows `[rows, kv_heads, head_dim]` into their slots.
fn write(cache: &mut Tensor<3>, rows: Tensor<3>, runs: &[(usize, usize, usize)]) {
    let [_, kv, dim] = rows.dims();
    let rows = rows.swap_dims(0, 1);
    for &(row, slot, length) in runs {
        let part = rows.clone().narrow(1, row, length);
        change(cache, |cache| cache.slice_assign([0..kv, slot..slot + length, 0..dim], part));
    }
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
        Self((!all).then(|| {
            let rows: Vec<i32> = asked.iter().map(|&it| it as i32).collect();
            Tensor::from_data(TensorData::new(rows, [asked.len()]), device)
        }))
    }

    fn rows(&self, x: Tensor<2>) -> Tensor<2> {
        match &self.0 {
            Some(rows) => x.select(0, rows.clone()),
            None => x,
        }
    }
}
