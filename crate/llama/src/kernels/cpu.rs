//! Arithmetic that the CPU twins share; nothing here rounds differently natively and in
//! WebAssembly.

use super::wide::{LANES, Lanes, Wide, sum};
use burn::backend::flex::FlexTensor;
use burn::tensor::TensorData;

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

/// Replaces x by e^(x - highest) and gives the sum of these. What is below 10⁻³⁰ becomes 0: beside
/// the highest it is nothing, and products with it would be too small for fast arithmetic.
pub(super) fn exp_all(numbers: &mut [f32], highest: f32) -> f32 {
    let highest = Wide::splat(highest);
    let power = |lanes: &Lanes| {
        let x = Wide::load(lanes).sub(highest);
        x.exp().drop_below(x, -69.0)
    };
    let mut sums = Wide::ZERO;
    let (whole, rest) = numbers.as_chunks_mut::<LANES>();
    for lanes in whole {
        let power = power(lanes);
        sums = sums.add(power);
        *lanes = power.lanes();
    }
    let mut last = [0.0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    rest.copy_from_slice(&power(&last).lanes()[..rest.len()]);
    let mut sums = sums.lanes();
    sums.iter_mut().zip(rest).for_each(|(sum, power)| *sum += *power);
    sum(sums)
}

/// Adds a number to each.
pub(super) fn add_all(numbers: &mut [f32], more: f32) {
    let (whole, rest) = numbers.as_chunks_mut::<LANES>();
    let wide = Wide::splat(more);
    whole.iter_mut().for_each(|lanes| *lanes = Wide::load(lanes).add(wide).lanes());
    rest.iter_mut().for_each(|it| *it += more);
}

/// Multiplies each by a number.
pub(super) fn scale_all(numbers: &mut [f32], by: f32) {
    let (whole, rest) = numbers.as_chunks_mut::<LANES>();
    let wide = Wide::splat(by);
    whole.iter_mut().for_each(|lanes| *lanes = Wide::load(lanes).mul(wide).lanes());
    rest.iter_mut().for_each(|it| *it *= by);
}

/// The highest of some numbers; what is not a number does not count.
pub(super) fn highest(numbers: &[f32]) -> f32 {
    let (whole, rest) = numbers.as_chunks::<LANES>();
    let lowest = Wide::splat(f32::NEG_INFINITY);
    let best = whole.iter().fold(lowest, |best, lanes| best.max(Wide::load(lanes)));
    best.lanes().iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_covers_every_number_once() {
        let a: Vec<f32> = (1..=19).map(|it| it as f32).collect();
        assert_eq!(dot(&a, &a), 2470.0);
    }

    #[test]
    fn powers_and_their_sum_cover_every_number_once() {
        let mut tiny = [f32::NAN, 3.0, -65.0, -80.0];
        exp_all(&mut tiny, 3.0);
        assert!(tiny[0].is_nan() && tiny[1..] == [1.0, Wide::splat(-68.0).exp().lanes()[0], 0.0]);
        for count in [1, 7, 8, 19] {
            let mut numbers: Vec<f32> = (0..count).map(|it| it as f32 / 4.0).collect();
            let want: Vec<f32> = numbers.iter().map(|it| (it - 2.0).exp()).collect();
            let sum = exp_all(&mut numbers, 2.0);
            assert!((sum - want.iter().sum::<f32>()).abs() < 1e-5 * sum, "{count}: {sum}");
            for (have, want) in numbers.iter().zip(want) {
                assert!((have - want).abs() < 1e-6 * want, "{count}: {have}, not {want}");
            }
        }
    }
}
