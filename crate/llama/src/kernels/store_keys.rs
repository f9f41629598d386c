//! `store_keys.wgsl`: turns queries and keys to their positions, and fills slots of the cache.

use super::Heads;
#[cfg(feature = "cpu")]
use super::cpu;
use burn::backend::{
    Backend, Dispatch, backend_extension,
    tensor::{FloatTensor, IntTensor},
};
use burn::tensor::{Int, Tensor};

#[backend_extension(Cube: cfg(feature = "webgpu"), Flex: cfg(feature = "cpu"))]
pub trait StoreKeysKernel: Backend {
    /// As `store_keys`; gives back what it changed: (mixed, keys, values).
    fn store_keys(
        mixed: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        angles: FloatTensor<Self>,
        slots: IntTensor<Self>,
        heads: Heads,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// Rotates the queries and keys in `mixed` and writes keys and values into their slots. On the CPU
/// the cache changes in place when nobody else owns it; on WebGPU it and `mixed` always do, so
/// nobody else may own them.
///
/// mixed: `[rows, (queries + 2 · keys) · dim]` · keys, values: `[keys, capacity, dim]` ·
/// angles: `[rows, dim]`, cosines then sines · slots: `[rows]` → mixed with turned queries
/// Source: Su et al. 2021, arXiv:2104.09864, §3.4.2; halves as in Hugging Face, not pairs.
pub(crate) fn store_keys(
    mixed: Tensor<2>,
    keys: &mut Tensor<3>,
    values: &mut Tensor<3>,
    angles: &Tensor<2>,
    slots: &Tensor<1, Int>,
    heads: Heads,
) -> Tensor<2> {
    let device = mixed.device();
    // The cache must have one owner while it changes, or it would be copied.
    let own = |cache: &mut Tensor<3>| {
        std::mem::replace(cache, Tensor::empty([1, 1, 1], &device)).into_dispatch()
    };
    let (mixed, new_keys, new_values) = Dispatch::store_keys(
        mixed.into_dispatch(),
        own(keys),
        own(values),
        angles.clone().into_dispatch(),
        slots.clone().into_dispatch(),
        heads,
    );
    *keys = Tensor::from_dispatch(new_keys);
    *values = Tensor::from_dispatch(new_values);
    Tensor::from_dispatch(mixed)
}

#[cfg(feature = "webgpu")]
impl StoreKeysKernel for burn_wgpu::CubeBackend {
    fn store_keys(
        mixed: FloatTensor<Self>,
        keys: FloatTensor<Self>,
        values: FloatTensor<Self>,
        angles: FloatTensor<Self>,
        slots: IntTensor<Self>,
        heads: Heads,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        use super::gpu::{Shader, launch};
        let shader = Shader {
            name: "store_keys",
            source: include_str!("../../../../shaders/store_keys.wgsl"),
            numbers: vec![
                ("heads", heads.queries.to_string()),
                ("kv_heads", heads.keys.to_string()),
                ("dim", heads.dim.to_string()),
            ],
            threads: 64,
        };
        let rows = slots.meta.shape()[0];
        let pairs = rows * (heads.queries + 2 * heads.keys) * heads.dim / 2;
        launch(shader, [pairs.div_ceil(64), 1], &[&mixed, &keys, &values, &angles, &slots]);
        (mixed, keys, values)
    }
}

#[cfg(feature = "cpu")]
impl StoreKeysKernel for burn::backend::Flex {
    fn store_keys(
        mixed: FloatTensor<Self>,
        mut keys: FloatTensor<Self>,
        mut values: FloatTensor<Self>,
        angles: FloatTensor<Self>,
        slots: IntTensor<Self>,
        heads: Heads,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let Heads { queries, keys: groups, dim } = heads;
        let mut mixed = cpu::in_order(mixed);
        let capacity = keys.layout().shape()[1];
        let slots: &[i32] = slots.storage();
        let all = (queries + 2 * groups) * dim;
        let (key_store, value_store) = (keys.storage_mut::<f32>(), values.storage_mut::<f32>());
        let rows = mixed.storage_mut::<f32>().chunks_exact_mut(all);
        for ((row, angles), &slot) in rows.zip(cpu::numbers(&angles).chunks_exact(dim)).zip(slots) {
            let (turned, plain) = row.split_at_mut((queries + groups) * dim);
            turned.chunks_exact_mut(dim).for_each(|head| turn(head, angles));
            let place = |group: usize| (group * capacity + slot as usize) * dim;
            for group in 0..groups {
                let to = place(group);
                let from = (queries + group) * dim;
                key_store[to..to + dim].copy_from_slice(&turned[from..from + dim]);
                value_store[to..to + dim].copy_from_slice(&plain[group * dim..][..dim]);
            }
        }
        (mixed, keys, values)
    }
}

#[cfg(feature = "cpu")]
fn turn(head: &mut [f32], angles: &[f32]) {
    let half = head.len() / 2;
    let (first, second) = head.split_at_mut(half);
    let (cosines, sines) = angles.split_at(half);
    for ((a, b), (cosine, sine)) in first.iter_mut().zip(second).zip(cosines.iter().zip(sines)) {
        (*a, *b) = (*a * cosine - *b * sine, *b * cosine + *a * sine);
    }
}
