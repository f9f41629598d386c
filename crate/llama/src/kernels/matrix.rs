//! A matrix as `linear` reads it. On the GPU it lies as in the file, row by row, in f32. On the
//! CPU sixteen outputs lie side by side, and numbers that half precision holds exactly are kept
//! in half precision: a pass over one node is as fast as memory can be read.
//!
//! They are kept 2¹⁰ times as large, so that none is subnormal: arithmetic with a few hundred
//! subnormal numbers takes longer than all the rest.

#[cfg(feature = "cpu")]
use burn::tensor::{DType, f16};
use burn::tensor::{Device, Tensor, TensorData};

pub(crate) struct Matrix {
    pub(super) numbers: Tensor<2>,
    /// Rows of the matrix.
    pub(super) outs: usize,
}

impl Matrix {
    /// values: `[outs, width]`, row-major
    pub(crate) fn new(values: Vec<f32>, outs: usize, width: usize, device: &Device) -> Self {
        #[cfg(feature = "cpu")]
        if *device == crate::cpu() {
            let panels = cpu_panels(&values, width);
            let shape = [panels.len() / width, width];
            let halves: Option<Vec<f16>> = panels.iter().map(|&it| half(it)).collect();
            let numbers = if let Some(halves) = halves {
                Tensor::from_data(TensorData::new(halves, shape), (device, DType::F16))
            } else {
                Tensor::from_data(TensorData::new(panels, shape), device)
            };
            return Self { numbers, outs };
        }
        let numbers = Tensor::from_data(TensorData::new(values, [outs, width]), device);
        Self { numbers, outs }
    }

    /// Numbers in it.
    pub(crate) fn len(&self) -> usize {
        self.outs * self.numbers.dims()[1]
    }
}

/// 2¹⁰ times a number, if half precision holds that exactly.
#[cfg(feature = "cpu")]
fn half(number: f32) -> Option<f16> {
    let half = f16::from_f32(number * 1024.0);
    let exact = half.to_f32() == number * 1024.0 && half.is_finite();
    (exact && (number == 0.0 || half.is_normal())).then_some(half)
}

/// Outputs that lie side by side on the CPU.
#[cfg(feature = "cpu")]
pub(super) const PANEL: usize = 16;

/// `[outs, width]` → `[outs / PANEL, width, PANEL]`; rows are added to fill the last panel.
#[cfg(feature = "cpu")]
fn cpu_panels(values: &[f32], width: usize) -> Vec<f32> {
    let mut panels = Vec::with_capacity(values.len().next_multiple_of(PANEL * width));
    for rows in values.chunks(PANEL * width) {
        for column in 0..width {
            let outs = (0..PANEL).map(|out| rows.get(out * width + column).copied());
            panels.extend(outs.map(Option::unwrap_or_default));
        }
    }
    panels
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_half_precision_holds_exactly_is_halved() {
        let smallest = 2f32.powi(-24);
        for number in [0.0, -1.5, smallest, 63.9375] {
            assert_eq!(half(number).map(f16::to_f32), Some(number * 1024.0));
        }
        for number in [0.1, 64.0, f32::INFINITY, f32::NAN, smallest / 2.0] {
            assert_eq!(half(number), None, "{number}");
        }
    }

    #[test]
    fn panels_hold_every_number_once_and_zeros_at_the_end() {
        let panels = cpu_panels(&(1..=34).map(|it| it as f32).collect::<Vec<_>>(), 2);
        assert_eq!(panels.len(), 2 * 2 * PANEL);
        assert_eq!(panels[..3], [1.0, 3.0, 5.0]);
        assert_eq!(panels[PANEL..PANEL + 2], [2.0, 4.0]);
        assert_eq!(panels[2 * PANEL..2 * PANEL + 2], [33.0, 0.0]);
    }
}
