//! `linear.wgsl`: rows times a matrix, with the norm before it and what follows it.

#[cfg(feature = "cpu")]
use super::{
    cpu::{self, LANES, Lanes},
    wide::Wide,
};
use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;

/// What surrounds the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// norm(x) · Wᵀ
    Norm,
    /// silu(norm(x) · gateᵀ) · (norm(x) · upᵀ); gate and up lie below one another.
    NormGated,
    /// x · Wᵀ + residual
    Add,
}

#[backend_extension(Cube: cfg(feature = "webgpu"), Flex: cfg(feature = "cpu"))]
pub trait LinearKernel: Backend {
    /// x: `[rows, in]` · weight: `[out, in]`, twice as many rows if gated · gain: `[in]` ·
    /// residual: `[rows, out]` → `[rows, out]`
    fn linear(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        form: Form,
        epsilon: f32,
    ) -> FloatTensor<Self>;
}

/// x / rms(x) · gain, times the matrix.
///
/// x: `[rows, in]` · gain: `[in]` · weight: `[out, in]` → `[rows, out]`
pub(crate) fn norm_linear(
    x: Tensor<2>,
    gain: &Tensor<1>,
    weight: &Tensor<2>,
    epsilon: f32,
) -> Tensor<2> {
    let unread = Tensor::<1>::empty([1], &x.device());
    call(x, weight, gain.clone(), unread.unsqueeze(), Form::Norm, epsilon)
}

/// The gated half of a feed-forward block, its norm included.
///
/// x: `[rows, in]` · gain: `[in]` · gate_up: `[2 · out, in]` → `[rows, out]`
pub(crate) fn norm_gated(
    x: Tensor<2>,
    gain: &Tensor<1>,
    gate_up: &Tensor<2>,
    epsilon: f32,
) -> Tensor<2> {
    let unread = Tensor::<1>::empty([1], &x.device());
    call(x, gate_up, gain.clone(), unread.unsqueeze(), Form::NormGated, epsilon)
}

/// residual + x · Wᵀ
///
/// x: `[rows, in]` · weight: `[out, in]` · residual: `[rows, out]` → `[rows, out]`
pub(crate) fn add_linear(x: Tensor<2>, weight: &Tensor<2>, residual: Tensor<2>) -> Tensor<2> {
    // The shader declares fours of numbers there, so WebGPU wants room for one of them.
    let unread = Tensor::<1>::empty([4], &x.device());
    call(x, weight, unread, residual, Form::Add, 0.0)
}

fn call(
    x: Tensor<2>,
    weight: &Tensor<2>,
    gain: Tensor<1>,
    residual: Tensor<2>,
    form: Form,
    epsilon: f32,
) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::linear(
        x.into_dispatch(),
        weight.clone().into_dispatch(),
        gain.into_dispatch(),
        residual.into_dispatch(),
        form,
        epsilon,
    ))
}

#[cfg(feature = "webgpu")]
impl LinearKernel for burn_wgpu::CubeBackend {
    fn linear(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        form: Form,
        epsilon: f32,
    ) -> FloatTensor<Self> {
        use super::gpu::{Shader, empty, launch};
        use burn_wgpu::into_contiguous;
        let (x, weight) = (into_contiguous(x), into_contiguous(weight));
        let (gain, residual) = (into_contiguous(gain), into_contiguous(residual));
        let [rows, width] = [x.meta.shape()[0], x.meta.shape()[1]];
        let out = weight.meta.shape()[0] / if form == Form::NormGated { 2 } else { 1 };
        let y = empty(&x, [rows, out]);
        let shader = Shader {
            name: "linear",
            source: include_str!("../../../../shaders/linear.wgsl"),
            numbers: vec![
                ("in", width.to_string()),
                ("out", out.to_string()),
                ("norm", (form != Form::Add).to_string()),
                ("gated", (form == Form::NormGated).to_string()),
                ("add", (form == Form::Add).to_string()),
                ("epsilon", format!("{epsilon:e}")),
            ],
            threads: 64,
        };
        launch(shader, [out.div_ceil(4), rows.div_ceil(4)], &[&x, &weight, &gain, &residual, &y]);
        y
    }
}

#[cfg(feature = "cpu")]
impl LinearKernel for burn::backend::Flex {
    fn linear(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        form: Form,
        epsilon: f32,
    ) -> FloatTensor<Self> {
        let (x, weight) = (cpu::in_order(x), cpu::in_order(weight));
        let (gain, residual) = (cpu::in_order(gain), cpu::in_order(residual));
        let (weight, width) = (cpu::numbers(&weight), x.layout().shape()[1]);
        let rows = cpu::numbers(&x).len() / width;
        let outs = weight.len() / width;
        let normed = match form {
            Form::Add => None,
            Form::Norm | Form::NormGated => {
                Some(norm(cpu::numbers(&x), cpu::numbers(&gain), epsilon))
            }
        };
        let x_numbers = normed.as_deref().unwrap_or_else(|| cpu::numbers(&x));
        let y = match form {
            Form::Norm => products(x_numbers, weight, width, vec![0.0; rows * outs]),
            Form::Add => products(x_numbers, weight, width, cpu::numbers(&residual).to_vec()),
            Form::NormGated => {
                gated(&products(x_numbers, weight, width, vec![0.0; rows * outs]), outs)
            }
        };
        let out = y.len() / rows;
        cpu::tensor(y, [rows, out])
    }
}

/// x / rms(x) · gain, row by row.
#[cfg(feature = "cpu")]
fn norm(x: &[f32], gain: &[f32], epsilon: f32) -> Vec<f32> {
    let width = gain.len();
    let mut normed = Vec::with_capacity(x.len());
    for row in x.chunks_exact(width) {
        let scale = 1.0 / (cpu::dot(row, row) / width as f32 + epsilon).sqrt();
        normed.extend(row.iter().zip(gain).map(|(x, gain)| x * scale * gain));
    }
    normed
}

/// silu(gate) · up of rows that hold gate and up side by side.
#[cfg(feature = "cpu")]
fn gated(both: &[f32], width: usize) -> Vec<f32> {
    let mut gated = Vec::with_capacity(both.len() / 2);
    for row in both.chunks_exact(width) {
        let (gate, up) = row.split_at(width / 2);
        gated.extend(gate.iter().zip(up).map(|(gate, up)| gate / (1.0 + cpu::exp(-gate)) * up));
    }
    gated
}

/// Adds x · Wᵀ to `y`. A stretch of the matrix is read once for all rows.
#[cfg(feature = "cpu")]
fn products(x: &[f32], weight: &[f32], width: usize, mut y: Vec<f32>) -> Vec<f32> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: the processor has just said that it knows AVX.
        unsafe { add_products_avx(x, weight, width, &mut y) };
        return y;
    }
    add_products(x, weight, width, &mut y);
    y
}

/// Wider registers, the same additions in the same order: no bit differs.
#[cfg(all(feature = "cpu", target_arch = "x86_64"))]
#[target_feature(enable = "avx")]
fn add_products_avx(x: &[f32], weight: &[f32], width: usize, y: &mut [f32]) {
    add_products(x, weight, width, y);
}

/// Rows and outputs of one tile: what a processor's registers hold. Measured; the result does
/// not depend on it.
#[cfg(feature = "cpu")]
const TILE: (usize, usize) = if cfg!(target_family = "wasm") { (2, 2) } else { (2, 4) };
/// Outputs of a tile of one row, and of the stretch of the matrix that stays in the cache.
#[cfg(feature = "cpu")]
const STRETCH: usize = 4;

#[cfg(feature = "cpu")]
#[inline(always)]
fn add_products(x: &[f32], weight: &[f32], width: usize, y: &mut [f32]) {
    let outs = weight.len() / width;
    let rows = x.len() / width;
    let x = |row: usize| &x[row * width..];
    let whole = outs / STRETCH * STRETCH;
    for stretch in (0..whole).step_by(STRETCH) {
        let mut row = 0;
        while row + TILE.0 <= rows {
            for out in (stretch..stretch + STRETCH).step_by(TILE.1) {
                let (weight, y) = (&weight[out * width..], &mut y[row * outs + out..]);
                tile::<{ TILE.0 }, { TILE.1 }>(x(row), weight, width, y, outs);
            }
            row += TILE.0;
        }
        while row < rows {
            let (weight, y) = (&weight[stretch * width..], &mut y[row * outs + stretch..]);
            tile::<1, STRETCH>(x(row), weight, width, y, outs);
            row += 1;
        }
    }
    for out in whole..outs {
        for row in 0..rows {
            let (weight, y) = (&weight[out * width..], &mut y[row * outs + out..]);
            tile::<1, 1>(x(row), weight, width, y, outs);
        }
    }
}

/// `ROWS` rows times `OUTS` rows of the matrix, added to `y`. Lanes are passed by value: only so
/// does the compiler keep them in registers.
#[cfg(feature = "cpu")]
#[inline(always)]
fn tile<const ROWS: usize, const OUTS: usize>(
    x: &[f32],
    weight: &[f32],
    width: usize,
    y: &mut [f32],
    stride: usize,
) {
    let count = width / LANES;
    let x_lanes: [&[Lanes]; ROWS] = std::array::from_fn(|row| lanes(x, row, width));
    let weight_lanes: [&[Lanes]; OUTS] = std::array::from_fn(|out| lanes(weight, out, width));
    let mut sums = [[Wide::ZERO; OUTS]; ROWS];
    for k in 0..count {
        let x: [Wide; ROWS] = std::array::from_fn(|row| Wide::load(&x_lanes[row][k]));
        for out in 0..OUTS {
            let w = Wide::load(&weight_lanes[out][k]);
            for row in 0..ROWS {
                sums[row][out] = sums[row][out].add_product(x[row], w);
            }
        }
    }
    let rest = count * LANES;
    for row in 0..ROWS {
        for out in 0..OUTS {
            let mut lanes = sums[row][out].lanes();
            for k in rest..width {
                lanes[k - rest] += x[row * width + k] * weight[out * width + k];
            }
            y[row * stride + out] += cpu::sum(lanes);
        }
    }
}

/// The whole lanes of one row.
#[cfg(feature = "cpu")]
#[inline(always)]
fn lanes(rows: &[f32], row: usize, width: usize) -> &[Lanes] {
    rows[row * width..][..width].as_chunks().0
}
