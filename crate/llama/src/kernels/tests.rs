//! Each kernel against plain Burn, on every device of this build and machine.

use super::*;
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

fn devices() -> Vec<Device> {
    vec![
        #[cfg(feature = "cpu")]
        Some(crate::cpu()),
        #[cfg(feature = "webgpu")]
        open().inspect_err(|error| println!("skipped on WebGPU: {error}")).ok(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The adapter can be opened once only, and tests run beside one another.
#[cfg(feature = "webgpu")]
fn open() -> Result<Device, String> {
    static OPENED: std::sync::OnceLock<Result<Device, String>> = std::sync::OnceLock::new();
    let open = || futures_lite::future::block_on(crate::webgpu()).map_err(|it| it.to_string());
    OPENED.get_or_init(open).clone()
}

/// Numbers in [-1, 1).
fn random<const D: usize>(seed: u32, shape: [usize; D], device: &Device) -> Tensor<D> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| next()).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec::<f32>().expect("f32")
}

fn assert_close<const D: usize>(have: Tensor<D>, want: Tensor<D>, what: &str) {
    assert_eq!(have.dims(), want.dims(), "{what}");
    for (index, (have, want)) in numbers(have).iter().zip(numbers(want)).enumerate() {
        let close = (have - want).abs() <= 1e-5 * want.abs().max(1.0);
        assert!(close, "{what}: number {index} is {have}, plain Burn gives {want}");
    }
}

fn matrix(numbers_of: &Tensor<2>) -> Matrix {
    let [outs, width] = numbers_of.dims();
    Matrix::new(numbers(numbers_of.clone()), outs, width, &numbers_of.device())
}

/// As half precision rounds it.
fn halved<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    let halve = |it| burn::tensor::f16::from_f32(it).to_f32();
    let values = numbers(tensor.clone()).into_iter().map(halve).collect::<Vec<_>>();
    Tensor::from_data(TensorData::new(values, tensor.dims()), &tensor.device())
}

/// x / rms(x) · gain in plain Burn.
fn plain_norm(x: Tensor<2>, gain: &Tensor<1>, epsilon: f32) -> Tensor<2> {
    let mean = x.clone().square().mean_dim(1);
    x * (mean + epsilon).sqrt().recip() * gain.clone().unsqueeze_dim(0)
}

/// Widths and heights that fill tiles and that do not.
const SIZES: [(usize, usize, usize); 5] =
    [(1, 16, 8), (2, 20, 7), (5, 64, 33), (9, 172, 64), (4, 256, 12)];

#[test]
fn norm_linear_equals_plain_burn() {
    for device in devices() {
        for (rows, width, out) in SIZES {
            let x = random(1, [rows, width], &device);
            let (gain, weight) = (random(2, [width], &device), random(3, [out, width], &device));
            let want = plain_norm(x.clone(), &gain, 1e-2).matmul(weight.clone().transpose());
            let what = format!("{device:?} {rows} {width} {out}");
            assert_close(norm_linear(x, &gain, &matrix(&weight), 1e-2), want, &what);
        }
    }
}

#[test]
fn norm_gated_equals_plain_burn() {
    for device in devices() {
        for (rows, width, out) in SIZES {
            let x = random(4, [rows, width], &device);
            let gain = random(5, [width], &device);
            let weight = random(6, [2 * out, width], &device);
            let both = plain_norm(x.clone(), &gain, 1e-5).matmul(weight.clone().transpose());
            let want = activation::silu(both.clone().narrow(1, 0, out)) * both.narrow(1, out, out);
            let what = format!("{device:?} {rows} {width} {out}");
            assert_close(norm_gated(x, &gain, &matrix(&weight), 1e-5), want, &what);
        }
    }
}

#[test]
fn add_linear_equals_plain_burn() {
    for device in devices() {
        for (rows, width, out) in SIZES {
            let x = random(7, [rows, width], &device);
            let weight = random(8, [out, width], &device);
            let residual = random(9, [rows, out], &device);
            let want = residual.clone() + x.clone().matmul(weight.clone().transpose());
            let what = format!("{device:?} {rows} {width} {out}");
            assert_close(add_linear(x, &matrix(&weight), residual), want, &what);
        }
    }
}

const HEADS: Heads = Heads { queries: 6, keys: 2, dim: 8 };

fn ints(values: &[i32], device: &Device) -> Tensor<1, Int> {
    let data = TensorData::new(values.to_vec(), [values.len()]);
    Tensor::from_data(data, (device, burn::tensor::DType::I32))
}

#[test]
fn store_keys_equals_plain_burn() {
    for device in devices() {
        let Heads { queries, keys: groups, dim } = HEADS;
        let (rows, all, half) = (3, queries + 2 * groups, dim / 2);
        // Each side has tensors of its own: WebGPU changes in place what it is given.
        let mixed = || random(10, [rows, all * dim], &device);
        let angles = random(11, [rows, dim], &device);
        let slots = [4, 0, 2];
        let before =
            || [random(12, [groups, 5, dim], &device), random(13, [groups, 5, dim], &device)];
        let [mut keys, mut values] = before();
        let have =
            store_keys(mixed(), &mut keys, &mut values, &angles, &ints(&slots, &device), HEADS);

        let heads = mixed().reshape([rows, all, dim]);
        let table = |start| angles.clone().narrow(1, start, half).reshape([rows, 1, half]);
        let (cosine, sine) = (table(0), table(half));
        let part = |start| heads.clone().narrow(1, 0, queries + groups).narrow(2, start, half);
        let (a, b) = (part(0), part(half));
        let first = a.clone() * cosine.clone() - b.clone() * sine.clone();
        let turned = Tensor::cat(vec![first, b * cosine + a * sine], 2);
        let [mut want_keys, mut want_values] = before();
        for (row, &slot) in slots.iter().enumerate() {
            let place = [0..groups, slot as usize..slot as usize + 1, 0..dim];
            let of = |it: Tensor<3>, start| {
                it.narrow(0, row, 1).narrow(1, start, groups).swap_dims(0, 1)
            };
            want_keys = want_keys.slice_assign(place.clone(), of(turned.clone(), queries));
            want_values = want_values.slice_assign(place, of(heads.clone(), queries + groups));
        }
        let what = format!("{device:?}");
        assert_close(keys, want_keys, &what);
        assert_close(values, want_values, &what);
        let have = have.reshape([rows, all, dim]).narrow(1, 0, queries);
        assert_close(have, turned.narrow(1, 0, queries), &what);
    }
}

#[test]
fn tree_attention_equals_plain_burn() {
    for device in devices() {
        // More slots than one block of the shader, and one row that sees a single slot.
        for heads in [
            HEADS,
            Heads { queries: 2, keys: 2, dim: 96 },
            Heads { queries: 4, keys: 2, dim: 24 },
            Heads { queries: 4, keys: 2, dim: 32 },
            Heads { queries: 3, keys: 1, dim: 64 },
            Heads { queries: 2, keys: 1, dim: 12 },
        ] {
            let Heads { queries, keys: groups, dim } = heads;
            let (capacity, group) = (200, queries / groups);
            let visible: Vec<Vec<u32>> = vec![
                vec![7],
                (0..150).map(|it| (it * 3) % 200).collect(),
                (0..64).collect(),
                vec![199, 3, 50],
            ];
            let rows = visible.len();
            let mixed = random(14, [rows, (queries + 2 * groups) * dim], &device);
            let keys = random(15, [groups, capacity, dim], &device);
            let values = random(16, [groups, capacity, dim], &device);
            let seen = Seen::new(&visible, &device);
            let have = tree_attention(mixed.clone(), &keys, &values, &seen, heads);

            let mut mask = vec![-1e30; rows * capacity];
            for (row, slots) in visible.iter().enumerate() {
                slots.iter().for_each(|&slot| mask[row * capacity + slot as usize] = 0.0);
            }
            let mask =
                Tensor::<4>::from_data(TensorData::new(mask, [1, rows, 1, capacity]), &device);
            let q = mixed.narrow(1, 0, queries * dim).reshape([rows, groups, group * dim]);
            let q = q.swap_dims(0, 1).reshape([groups, rows * group, dim]);
            let scores = q.matmul(keys.swap_dims(1, 2)).mul_scalar(1.0 / (dim as f32).sqrt());
            let scores = scores.reshape([groups, rows, group, capacity]) + mask;
            let weights = activation::softmax(scores, 3).reshape([groups, rows * group, capacity]);
            let want = weights.matmul(values).reshape([groups, rows, group * dim]);
            let want = want.swap_dims(0, 1).reshape([rows, queries * dim]);
            assert_close(have, want, &format!("{device:?} {heads:?}"));
        }
    }
}

#[test]
fn row_top_k_equals_plain_burn() {
    for device in devices() {
        for (rows, vocab, k) in [(1, 40, 5), (3, 700, 10), (2, 300, 300), (4, 1000, 0)] {
            // Coarse numbers, so that ties occur.
            let logits =
                random(17, [rows, vocab], &device).mul_scalar(40.0).round().div_scalar(4.0);
            let have = numbers(row_top_k(logits.clone(), k));
            let plain = numbers(activation::log_softmax(logits.clone(), 1));
            for (row, (have, plain)) in have.chunks(1 + 2 * k).zip(plain.chunks(vocab)).enumerate()
            {
                let what = format!("{device:?} {vocab} {k} row {row}");
                let first = numbers(logits.clone())[row * vocab];
                assert!((have[0] - (first - plain[0])).abs() < 1e-4, "{what}: log-sum-exp");
                let want = decoding::row::top_k(plain, k);
                for (place, (id, log_prob)) in want.into_iter().enumerate() {
                    assert_eq!(have[1 + place], id as f32, "{what}: place {place}");
                    assert!((have[1 + k + place] - log_prob).abs() < 1e-4, "{what}");
                }
            }
        }
    }
}

#[test]
fn log_softmax_equals_plain_burn() {
    for device in devices() {
        for (rows, vocab) in [(1, 40), (3, 701)] {
            let logits = random(21, [rows, vocab], &device).mul_scalar(30.0);
            let want = activation::log_softmax(logits.clone(), 1);
            assert_close(log_softmax(logits), want, &format!("{device:?} {vocab}"));
        }
    }
}

#[test]
fn what_is_not_a_number_is_seen_in_the_best_of_a_row() {
    for device in devices() {
        let mut values = vec![0.5; 300];
        values[123] = f32::NAN;
        let logits = Tensor::<2>::from_data(TensorData::new(values, [1, 300]), &device);
        let best = numbers(row_top_k(logits, 3));
        assert!(best[4..].iter().any(|it| it.is_nan()), "{device:?}: {best:?}");
    }
}

#[test]
fn half_precision_numbers_are_multiplied_as_exactly() {
    for device in devices() {
        for (rows, width, out) in SIZES {
            let x = random(7, [rows, width], &device).mul_scalar(100.0);
            let weight = halved(random(8, [out, width], &device).mul_scalar(1e-3));
            let residual = random(9, [rows, out], &device);
            let want = residual.clone() + x.clone().matmul(weight.clone().transpose());
            let what = format!("{device:?} {rows} {width} {out}");
            assert_close(add_linear(x, &matrix(&weight), residual), want, &what);
        }
    }
}

/// Speculation is exact because of this: one row or nine, not a bit differs.
#[cfg(feature = "cpu")]
#[test]
fn rows_do_not_depend_on_their_company() {
    let device = crate::cpu();
    let x = random(18, [9, 172], &device);
    let (gain, weight) = (random(19, [172], &device), random(20, [33, 172], &device));
    for weight in [matrix(&weight), matrix(&halved(weight))] {
        let together = numbers(norm_linear(x.clone(), &gain, &weight, 1e-5));
        for row in 0..9 {
            let alone = numbers(norm_linear(x.clone().narrow(0, row, 1), &gain, &weight, 1e-5));
            assert_eq!(alone, together[row * 33..][..33]);
        }
    }
}
