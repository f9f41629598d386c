//! `tree_attention.wgsl`: each row attends to the slots it sees, which is its path in the forest.

use super::Heads;
#[cfg(feature = "cpu")]
use super::{
    cpu,
    wide::{LANES, Lanes, Wide, sums},
};
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
                let (queries, attended) =
                    (&mixed[heads.clone()], &mut attended[row * queries * dim..][heads]);
                let (base, weights) = (group * capacity * dim, &mut weights);
                let group = Group { keys: &keys[base..], values: &values[base..], slots };
                // Widths that are known beforehand take half the time; no bit depends on it.
                match dim {
                    24 => group.attend::<3>(queries, weights, attended),
                    32 => group.attend::<4>(queries, weights, attended),
                    64 => group.attend::<8>(queries, weights, attended),
                    _ => group.attend_any(dim, queries, weights, attended),
                }
            }
        }
        cpu::tensor(attended, [rows, queries * dim])
    }
}

/// What one group of heads sees of the cache in one row.
#[cfg(feature = "cpu")]
struct Group<'a> {
    /// `[capacity, dim]` each, and the other groups behind
    keys: &'a [f32],
    values: &'a [f32],
    slots: &'a [i32],
}

#[cfg(feature = "cpu")]
impl Group<'_> {
    /// Heads that are `PARTS` vectors wide: queries `[heads, dim]` → attended `[heads, dim]`
    fn attend<const PARTS: usize>(
        &self,
        queries: &[f32],
        weights: &mut Vec<f32>,
        attended: &mut [f32],
    ) {
        let keys: &[[Lanes; PARTS]] = self.keys.as_chunks().0.as_chunks().0;
        let values: &[[Lanes; PARTS]] = self.values.as_chunks().0.as_chunks().0;
        let queries: &[[Lanes; PARTS]] = queries.as_chunks().0.as_chunks().0;
        let attended: &mut [[Lanes; PARTS]] = attended.as_chunks_mut().0.as_chunks_mut().0;
        for (query, attended) in queries.iter().zip(attended) {
            weights.resize(self.slots.len(), 0.0);
            for (weights, slots) in weights.chunks_mut(4).zip(self.slots.chunks(4)) {
                // Less than four at the end are filled up with the last.
                let slot = |index: usize| slots[index.min(slots.len() - 1)] as usize;
                let four = dots(query, std::array::from_fn(|index| &keys[slot(index)]));
                weights.copy_from_slice(&four[..weights.len()]);
            }
            softmax(weights, PARTS * LANES);
            *attended = mix(weights, self.slots, values);
        }
    }

    /// Heads of any width.
    fn attend_any(
        &self,
        dim: usize,
        queries: &[f32],
        weights: &mut Vec<f32>,
        attended: &mut [f32],
    ) {
        let row = |slot: i32| slot as usize * dim..(slot as usize + 1) * dim;
        for (query, attended) in queries.chunks_exact(dim).zip(attended.chunks_exact_mut(dim)) {
            weights.clear();
            let keys = self.slots.iter().map(|&slot| &self.keys[row(slot)]);
            weights.extend(keys.map(|key| cpu::dot(query, key)));
            softmax(weights, dim);
            attended.fill(0.0);
            for (weight, &slot) in weights.iter().zip(self.slots) {
                let value = &self.values[row(slot)];
                attended.iter_mut().zip(value).for_each(|(sum, it)| *sum += weight * it);
            }
        }
    }
}

/// Turns products of query and keys into shares that sum to 1.
#[cfg(feature = "cpu")]
fn softmax(weights: &mut [f32], dim: usize) {
    cpu::scale_all(weights, 1.0 / (dim as f32).sqrt());
    let total = cpu::exp_all(weights, cpu::highest(weights));
    cpu::scale_all(weights, 1.0 / total);
}

/// A query times four keys; each has the bits of `cpu::dot`.
#[cfg(feature = "cpu")]
#[inline(always)]
fn dots<const PARTS: usize>(query: &[Lanes; PARTS], keys: [&[Lanes; PARTS]; 4]) -> [f32; 4] {
    let mut dots = [Wide::ZERO; 4];
    for part in 0..PARTS {
        let query = Wide::load(&query[part]);
        for four in 0..4 {
            dots[four] = dots[four].add_product(query, Wide::load(&keys[four][part]));
        }
    }
    sums(dots)
}

/// The weighted sum of the values. The sums stay in registers while the slots go by.
#[cfg(feature = "cpu")]
#[inline(always)]
fn mix<const PARTS: usize>(
    weights: &[f32],
    slots: &[i32],
    values: &[[Lanes; PARTS]],
) -> [Lanes; PARTS] {
    let mut sums = [Wide::ZERO; PARTS];
    for (&weight, &slot) in weights.iter().zip(slots) {
        let (weight, value) = (Wide::splat(weight), &values[slot as usize]);
        for part in 0..PARTS {
            sums[part] = sums[part].add_product(weight, Wide::load(&value[part]));
        }
    }
    sums.map(Wide::lanes)
}
