//! Arithmetic that the CPU twins share. Plain loops over eight lanes, which the compiler turns
//! into SIMD; nothing here rounds differently natively and in WebAssembly.

use super::wide::Wide;
use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;

pub(super) const LANES: usize = 8;
pub(super) type Lanes = [f32; LANES];

/// A tensor whose numbers lie in order.
pub(super) fn in_order(tensor: FlexTensor) -> FlexTensor {
    match tensor.as_slice::<f32>() {
        Some(_) => tensor,
        None => tensor.to_contiguous(),
    }
}

pub(super) fn numbers(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("the tensor was put in order")
}

pub(super) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Adds lanes in a fixed order.
#[inline(always)]
pub(super) fn sum(lanes: Lanes) -> f32 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = Wide::ZERO;
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        sums = sums.add_product(Wide::load(a), Wide::load(b));
    }
    let mut lanes = sums.lanes();
    for (lane, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[lane] += a * b;
    }
    sum(lanes)
}

/// eˣ within 2 units in the last place, between e⁻⁸⁷ and e⁸⁸; the same bits on every platform,
/// which the standard library does not promise.
/// Source: Cephes, `expf.c` (Moshier 1989).
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5 · 2²³ rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + coefficient;
    }
    let scale = f32::from_bits((((n as i32) + 127) << 23) as u32);
    (p * r * r + r + 1.0) * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_to_the_exact_one() {
        for step in -8700..8800 {
            let x = step as f32 / 100.0;
            let (have, want) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((have / want - 1.0).abs() < 2.5e-7, "exp({x}) = {have}, not {want}");
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn dot_covers_every_number_once() {
        let a: Vec<f32> = (1..=19).map(|it| it as f32).collect();
        assert_eq!(dot(&a, &a), 2470.0);
    }
}
