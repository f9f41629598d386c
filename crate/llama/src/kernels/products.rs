//! Rows times a matrix on the CPU: the arithmetic that nearly all the time of a pass goes into.
//!
//! Every product of a row and an output is added up in the order of the columns, one after the
//! other, so the result depends neither on how wide the processor's vectors are nor on how many
//! rows there are.

use super::{
    matrix::PANEL,
    wide::{LANES, Wide},
};
use burn::backend::flex::FlexTensor;
use burn::tensor::{DType, f16};

/// A matrix whose outputs lie side by side, as `Matrix` keeps it on the CPU.
pub(super) struct Panels<'a> {
    /// `[outs / PANEL, width, PANEL]` in f32 or f16
    pub(super) numbers: &'a FlexTensor,
    pub(super) width: usize,
    pub(super) outs: usize,
}

/// Kept numbers are read as 2⁻¹⁰² of what they are (see `Matrix` and `Wide::load_halves`). For one
/// row, the row is multiplied by the second of these and the sums by the third; no bit of a result
/// above 2⁻¹¹⁰ depends on it.
const HALVES_UP: f32 = f32::from_bits((127 + 102) << 23);
const ROW_UP: f32 = f32::from_bits((127 + 86) << 23);
const SUMS_UP: f32 = f32::from_bits((127 + 16) << 23);

/// Adds x · Wᵀ to `y`.
///
/// x: `[rows, width]` · y: `[rows, outs]`
pub(super) fn products(x: &[f32], weight: Panels, mut y: Vec<f32>) -> Vec<f32> {
    let Panels { numbers, width, outs } = weight;
    let job = Job { x, width, outs };
    if numbers.dtype() == DType::F16 {
        let panels: &[u16] = bytemuck::cast_slice(numbers.storage::<f16>());
        vectors(|| job.halves(panels.as_chunks().0, &mut y));
    } else {
        vectors(|| job.floats(numbers.storage::<f32>().as_chunks().0, &mut y));
    }
    y
}

/// Runs arithmetic with the widest vectors that this processor has; no bit depends on them.
#[inline(always)]
fn vectors(work: impl FnOnce()) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn avx2(work: impl FnOnce()) {
            work();
        }
        // SAFETY: the processor has just said that it knows AVX2.
        return unsafe { avx2(work) };
    }
    work();
}

type Column<T> = [T; PANEL];

struct Job<'a> {
    x: &'a [f32],
    width: usize,
    outs: usize,
}

/// Rows of a tile, and vectors of outputs: what a processor's registers hold. Measured.
const TILE: (usize, usize) = if cfg!(target_family = "wasm") { (4, 1) } else { (4, 2) };
/// Vectors of outputs in a panel.
const WIDES: usize = PANEL / LANES;

impl Job<'_> {
    #[inline(always)]
    fn floats(&self, weight: &[Column<f32>], y: &mut [f32]) {
        for (panel, weight) in weight.chunks_exact(self.width).enumerate() {
            self.panel(panel, weight, y);
        }
    }

    #[inline(always)]
    fn halves(&self, weight: &[Column<u16>], y: &mut [f32]) {
        if self.x.len() == self.width {
            return self.halves_of_one_row(weight, y);
        }
        // A panel is unpacked once for all rows, and stays in the nearest cache.
        let up = Wide::splat(HALVES_UP);
        let mut whole = vec![[0.0; PANEL]; self.width];
        for (panel, weight) in weight.chunks_exact(self.width).enumerate() {
            for (whole, column) in whole.iter_mut().zip(weight) {
                for (part, whole) in whole.as_chunks_mut().0.iter_mut().enumerate() {
                    *whole = column.load(part).mul(up).lanes();
                }
            }
            self.panel(panel, &whole, y);
        }
    }

    #[inline(always)]
    fn halves_of_one_row(&self, weight: &[Column<u16>], y: &mut [f32]) {
        let x: Vec<f32> = self.x.iter().map(|it| it * ROW_UP).collect();
        let up = Wide::splat(SUMS_UP);
        for (panel, weight) in weight.chunks_exact(self.width).enumerate() {
            let [sums] = tile::<_, 1, WIDES>(&x, weight, self.width, 0);
            self.store(panel, 0, 0, [sums.map(|it| it.mul(up))], y);
        }
    }

    /// All rows times one panel.
    #[inline(always)]
    fn panel(&self, panel: usize, weight: &[Column<f32>], y: &mut [f32]) {
        let (rows, width) = (self.x.len() / self.width, self.width);
        let x = |row: usize| &self.x[row * width..];
        let mut row = 0;
        while row + TILE.0 <= rows {
            for part in (0..WIDES).step_by(TILE.1) {
                let sums = tile::<_, { TILE.0 }, { TILE.1 }>(x(row), weight, width, part);
                self.store(panel, row, part, sums, y);
            }
            row += TILE.0;
        }
        if row + 2 <= rows {
            self.store(panel, row, 0, tile::<_, 2, WIDES>(x(row), weight, width, 0), y);
            row += 2;
        }
        if row < rows {
            self.store(panel, row, 0, tile::<_, 1, WIDES>(x(row), weight, width, 0), y);
        }
    }

    /// Adds the sums of a tile that begins at `row` and the vector `part` of a panel.
    #[inline(always)]
    fn store<const ROWS: usize, const PARTS: usize>(
        &self,
        panel: usize,
        row: usize,
        part: usize,
        sums: [[Wide; PARTS]; ROWS],
        y: &mut [f32],
    ) {
        let first = panel * PANEL + part * LANES;
        for (row, sums) in (row..).zip(sums) {
            let y = &mut y[row * self.outs..][..self.outs];
            for (part, sum) in sums.into_iter().enumerate() {
                // The last panel may be wider than the matrix.
                let Some(y) = y.get_mut(first + part * LANES..) else { break };
                if let Some(y) = y.first_chunk_mut() {
                    *y = Wide::load(y).add(sum).lanes();
                } else {
                    y.iter_mut().zip(sum.lanes()).for_each(|(y, sum)| *y += sum);
                }
            }
        }
    }
}

trait Load {
    /// Eight numbers, beginning at the vector `part`.
    fn load(&self, part: usize) -> Wide;
}

impl Load for Column<f32> {
    #[inline(always)]
    fn load(&self, part: usize) -> Wide {
        Wide::load(&self.as_chunks().0[part])
    }
}

impl Load for Column<u16> {
    #[inline(always)]
    fn load(&self, part: usize) -> Wide {
        Wide::load_halves(&self.as_chunks().0[part])
    }
}

/// `ROWS` rows times `PARTS` vectors of outputs, beginning at `part`. Vectors are passed by value:
/// only so does the compiler keep them in registers.
#[inline(always)]
fn tile<C: Load, const ROWS: usize, const PARTS: usize>(
    x: &[f32],
    weight: &[C],
    width: usize,
    part: usize,
) -> [[Wide; PARTS]; ROWS] {
    assert!(part + PARTS <= WIDES);
    let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &x[row * width..][..width]);
    let mut sums = [[Wide::ZERO; PARTS]; ROWS];
    for (column, weight) in weight[..width].iter().enumerate() {
        let w: [Wide; PARTS] = std::array::from_fn(|index| weight.load(part + index));
        for row in 0..ROWS {
            // SAFETY: there are as many columns as numbers in a row.
            let x = Wide::splat(unsafe { *rows[row].get_unchecked(column) });
            for index in 0..PARTS {
                sums[row][index] = sums[row][index].add_product(x, w[index]);
            }
        }
    }
    sums
}
