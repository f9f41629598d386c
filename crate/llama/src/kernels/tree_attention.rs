//! `tree_attention.wgsl`: each row attends to the slots it sees, which is its path in the forest.

use super::Heads;
#[cfg(feature = "cpu")]
use super::{cpu, wide::Wide};
use burn::backend::{
    Backend, Dispatch, backend_extension,
    tensor::{FloatTensor, IntTensor},
};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};

#[backend_extension(Cube: cfg(feature = "webgpu"), Flex: cfg(feature = "cpu"))]
pub trait TreeAttentionKernel: Backend {
    /// As `tree_attention`.
    fn tree_attention(
        mixed: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        seen: IntTensor<Self>,
        heads: Heads,
    ) -> FloatTensor<Self>;
}

/// Which slots each row sees, on the device: for each row where its slots begin, the end of the
/// last, then all the slots.
pub(crate) struct Seen(Tensor<1, Int>);

impl Seen {
    /// `visible`: slots per row, root first.
    pub(crate) fn new(visible: &[Vec<u32>], device: &Device) -> Self {
        let mut places = Vec::with_capacity(visible.len() + 1);
        let mut end = visible.len() + 1;
        for slots in visible {
            places.push(end as i32);
            end += slots.len();
        }
        places.push(end as i32);
        places.extend(visible.iter().flatten().map(|&slot| slot as i32));
        Self(Tensor::from_data(TensorData::new(places, [end]), (device, DType::I32)))
    }
}

/// softmax(q · kᵀ / √dim) · v over the slots that each row sees.
///
/// mixed: `[rows, (queries + 2 · keys) · dim]`, queries turned · keys, values:
/// `[keys, capacity, dim]` → `[rows, queries · dim]`
pub(crate) fn tree_attention(
    mixed: Tensor<2>,
    keys: &Tensor<3>,
    values: &Tensor<3>,
    seen: &Seen,
    heads: Heads,
) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::tree_attention(
        mixed.into_dispatch(),
        keys.clone().into_dispatch(),
        values.clone().into_dispatch(),
        seen.0.clone().into_dispatch(),
        heads,
    ))
}

#[cfg(feature = "webgpu")]
impl TreeAttentionKernel for burn_wgpu::CubeBackend {
    fn tree_attention(
        mixed: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        seen: IntTensor<Self>,
        heads: Heads,
    ) -> FloatTensor<Self> {
        use super::gpu::{Shader, empty, launch};
        let rows = mixed.meta.shape()[0];
        let attended = empty(&mixed, [rows, heads.queries * heads.dim]);
        let shader = Shader {
            name: "tree_attention",
            source: include_str!("../../../../shaders/tree_attention.wgsl"),
            numbers: vec![
                ("heads", heads.queries.to_string()),
                ("kv_heads", heads.keys.to_string()),
                ("dim", heads.dim.to_string()),
            ],
            threads: 64,
        };
        launch(shader, [heads.queries, rows], &[&mixed, &keys, &values, &seen, &attended]);
        attended
    }
}

#[cfg(feature = "cpu")]
impl TreeAttentionKernel for burn::backend::Flex {
    fn tree_attention(
        mixed: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        seen: IntTensor<Self>,
        heads: Heads,
    ) -> FloatTensor<Self> {
        let Heads { queries, keys: groups, dim } = heads;
        let (group_len, capacity) = (queries / groups, keys.layout().shape()[1]);
        let (keys, values) = (cpu::numbers(&keys), cpu::numbers(&values));
        let seen: &[i32] = seen.storage();
        let all = (queries + 2 * groups) * dim;
        let rows = cpu::numbers(&mixed).len() / all;
        let mut attended = vec![0.0; rows * queries * dim];
        let mut weights = Vec::new();
        for (row, mixed) in cpu::numbers(&mixed).chunks_exact(all).enumerate() {
            let slots = &seen[seen[row] as usize..seen[row + 1] as usize];
            for group in 0..groups {
                let heads = group * group_len * dim..(group + 1) * group_len * dim;
                let own = |cache| Group { cache, base: group * capacity, dim, slots };
                score(&mixed[heads.clone()], own(keys), &mut weights);
                let attended = &mut attended[row * queries * dim..][heads];
                mix(&weights, own(values), attended);
            }
        }
        cpu::tensor(attended, [rows, queries * dim])
    }
}

/// The slots of one group of heads that a row sees.
#[cfg(feature = "cpu")]
struct Group<'a> {
    cache: &'a [f32],
    base: usize,
    dim: usize,
    slots: &'a [i32],
}

#[cfg(feature = "cpu")]
impl<'a> Group<'a> {
    fn rows(&self) -> impl Iterator<Item = &'a [f32]> {
        let (cache, base, dim) = (self.cache, self.base, self.dim);
        self.slots.iter().map(move |&slot| &cache[(base + slot as usize) * dim..][..dim])
    }
}

/// Softmax weights of each head over the slots: `[heads, slots]`
#[cfg(feature = "cpu")]
fn score(queries: &[f32], keys: Group, weights: &mut Vec<f32>) {
    let count = keys.slots.len();
    let scale = 1.0 / (keys.dim as f32).sqrt();
    weights.clear();
    weights.resize(queries.len() / keys.dim * count, 0.0);
    for (query, weights) in queries.chunks_exact(keys.dim).zip(weights.chunks_exact_mut(count)) {
        for (weight, key) in weights.iter_mut().zip(keys.rows()) {
            *weight = cpu::dot(query, key) * scale;
        }
        let best = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        weights.iter_mut().for_each(|it| *it = cpu::exp(*it - best));
        let total: f32 = weights.iter().sum();
        let share = 1.0 / total;
        weights.iter_mut().for_each(|it| *it *= share);
    }
}

/// Weighted sums of the values, per head: → `[heads, dim]`
#[cfg(feature = "cpu")]
fn mix(weights: &[f32], values: Group, attended: &mut [f32]) {
    let heads = weights.chunks_exact(values.slots.len());
    for (weights, sums) in heads.zip(attended.chunks_exact_mut(values.dim)) {
        let (parts, rest) = sums.as_chunks_mut::<{ cpu::LANES }>();
        // Eight sums at a time stay in registers while the slots go by.
        for (part, sums) in parts.iter_mut().enumerate() {
            let mut mixed = Wide::ZERO;
            for (&weight, value) in weights.iter().zip(values.rows()) {
                let value = value[part * cpu::LANES..].first_chunk();
                let value = Wide::load(value.expect("a value has all parts"));
                mixed = mixed.add_product(Wide::splat(weight), value);
            }
            *sums = mixed.lanes();
        }
        let start = values.dim - rest.len();
        for (index, sum) in rest.iter_mut().enumerate() {
            *sum = weights.iter().zip(values.rows()).map(|(w, it)| w * it[start + index]).sum();
        }
    }
}
