//! `linear.wgsl`: rows times a matrix, with the norm before it and what follows it.

use super::Matrix;
#[cfg(feature = "cpu")]
use super::{
    cpu,
    products::{Panels, products},
    wide::{LANES, Wide},
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
    /// x: `[rows, in]` · weight: the numbers of a `Matrix` of `outs` rows, which are twice as many
    /// as come out if gated · gain: `[in]` · residual: `[rows, out]` → `[rows, out]`
    fn linear(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        outs: usize,
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
    weight: &Matrix,
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
    gate_up: &Matrix,
    epsilon: f32,
) -> Tensor<2> {
    let unread = Tensor::<1>::empty([1], &x.device());
    call(x, gate_up, gain.clone(), unread.unsqueeze(), Form::NormGated, epsilon)
}

/// residual + x · Wᵀ
///
/// x: `[rows, in]` · weight: `[out, in]` · residual: `[rows, out]` → `[rows, out]`
pub(crate) fn add_linear(x: Tensor<2>, weight: &Matrix, residual: Tensor<2>) -> Tensor<2> {
    // The shader declares fours of numbers there, so WebGPU wants room for one of them.
    let unread = Tensor::<1>::empty([4], &x.device());
    call(x, weight, unread, residual, Form::Add, 0.0)
}

fn call(
    x: Tensor<2>,
    weight: &Matrix,
    gain: Tensor<1>,
    residual: Tensor<2>,
    form: Form,
    epsilon: f32,
) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::linear(
        x.into_dispatch(),
        weight.numbers.clone().into_dispatch(),
        weight.outs,
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
        outs: usize,
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
        let out = outs / if form == Form::NormGated { 2 } else { 1 };
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
        outs: usize,
        gain: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        form: Form,
        epsilon: f32,
    ) -> FloatTensor<Self> {
        let (x, gain, residual) = (cpu::in_order(x), cpu::in_order(gain), cpu::in_order(residual));
        let width = x.layout().shape()[1];
        let rows = cpu::numbers(&x).len() / width;
        let weight = Panels { numbers: &weight, width, outs };
        let y = match form {
            Form::Add => products(cpu::numbers(&x), weight, cpu::numbers(&residual).to_vec()),
            Form::Norm | Form::NormGated => {
                let normed = norm(cpu::numbers(&x), cpu::numbers(&gain), epsilon);
                products(&normed, weight, vec![0.0; rows * outs])
            }
        };
        let y = if form == Form::NormGated { gated(&y, outs) } else { y };
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
    let mut gated = vec![0.0; both.len() / 2];
    for (gated, row) in gated.chunks_exact_mut(width / 2).zip(both.chunks_exact(width)) {
        let (gate, up) = row.split_at(width / 2);
        let parts = gate.chunks(LANES).zip(up.chunks(LANES));
        for (gated, (gate, up)) in gated.chunks_mut(LANES).zip(parts) {
            let (gate, up) = (filled(gate), filled(up));
            let share = Wide::splat(1.0).add(Wide::ZERO.sub(gate).exp());
            let lanes = gate.div(share).mul(up).lanes();
            gated.copy_from_slice(&lanes[..gated.len()]);
        }
    }
    gated
}

/// Up to eight numbers, filled up with zeros.
#[cfg(feature = "cpu")]
#[inline(always)]
fn filled(numbers: &[f32]) -> Wide {
    match numbers.first_chunk() {
        Some(lanes) => Wide::load(lanes),
        None => {
            let mut lanes = [0.0; LANES];
            lanes[..numbers.len()].copy_from_slice(numbers);
            Wide::load(&lanes)
        }
    }
}
