//! Eight numbers side by side. Natively the compiler makes vectors of plain loops; in WebAssembly
//! it does not find them, so there they are spelled out. The operations are the same, in the same
//! order: no bit differs.

pub(super) const LANES: usize = 8;
pub(super) type Lanes = [f32; LANES];

#[cfg(not(target_family = "wasm"))]
#[derive(Clone, Copy)]
pub(super) struct Wide(Lanes);

#[cfg(not(target_family = "wasm"))]
impl Wide {
    pub(super) const ZERO: Self = Self([0.0; LANES]);

    #[inline(always)]
    pub(super) fn splat(number: f32) -> Self {
        Self([number; LANES])
    }

    #[inline(always)]
    pub(super) fn load(lanes: &Lanes) -> Self {
        Self(*lanes)
    }

    /// Half-precision numbers, 2⁻¹¹² times what they are.
    #[inline(always)]
    pub(super) fn load_halves(halves: &[u16; LANES]) -> Self {
        Self(halves.map(|it| f32::from_bits(((it as i16 as i32) << 13) as u32 & HALF_BITS)))
    }

    #[inline(always)]
    fn both(self, other: Self, with: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| with(self.0[lane], other.0[lane])))
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        self.both(other, |a, b| a + b)
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Self) -> Self {
        self.both(other, |a, b| a - b)
    }

    #[inline(always)]
    pub(super) fn mul(self, other: Self) -> Self {
        self.both(other, |a, b| a * b)
    }

    #[inline(always)]
    pub(super) fn div(self, other: Self) -> Self {
        self.both(other, |a, b| a / b)
    }

    /// What is not a number stays as it is.
    #[inline(always)]
    fn clamp(self, low: f32, high: f32) -> Self {
        self.map(|it| if high < it { high } else { it }).map(|it| if it < low { low } else { it })
    }

    /// The higher of two, lane by lane; what is not a number in `other` does not count.
    #[inline(always)]
    pub(super) fn max(self, other: Self) -> Self {
        self.both(other, |a, b| if a < b { b } else { a })
    }

    #[inline(always)]
    fn map(self, with: impl Fn(f32) -> f32) -> Self {
        Self(self.0.map(with))
    }

    /// Nothing where `of` is below `low`.
    #[inline(always)]
    pub(super) fn drop_below(self, of: Self, low: f32) -> Self {
        self.both(of, |it, of| if of < low { 0.0 } else { it })
    }

    /// 2ⁿ of numbers 1.5 · 2²³ + n.
    #[inline(always)]
    fn power_of_two(self) -> Self {
        self.map(|it| f32::from_bits(it.to_bits().wrapping_add(127) << 23))
    }

    #[inline(always)]
    pub(super) fn lanes(self) -> Lanes {
        self.0
    }
}

/// Adds the lanes of each, in the order of `sum`.
#[cfg(not(target_family = "wasm"))]
#[inline(always)]
pub(super) fn sums(of: [Wide; 4]) -> [f32; 4] {
    of.map(|it| sum(it.lanes()))
}

/// Adds the lanes of each, in the order of `sum`: four by four, turned on their side.
#[cfg(target_family = "wasm")]
#[inline(always)]
pub(super) fn sums(of: [Wide; 4]) -> [f32; 4] {
    let [a, b, c, d] = of.map(|it| f32x4_add(it.0, it.1));
    let pair =
        |a, b| f32x4_add(i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
    let (ab, cd) = (pair(a, b), pair(c, d));
    let all = f32x4_add(i32x4_shuffle::<0, 1, 4, 5>(ab, cd), i32x4_shuffle::<2, 3, 6, 7>(ab, cd));
    let mut sums = [0.0; 4];
    // SAFETY: four numbers are one vector, and stores need no alignment.
    unsafe { v128_store(sums.as_mut_ptr().cast(), all) };
    sums
}

/// Adds lanes in a fixed order.
#[inline(always)]
pub(super) fn sum(lanes: Lanes) -> f32 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(target_family = "wasm")]
use core::arch::wasm32::*;

#[cfg(target_family = "wasm")]
#[derive(Clone, Copy)]
pub(super) struct Wide(v128, v128);

#[cfg(target_family = "wasm")]
impl Wide {
    pub(super) const ZERO: Self = Self(f32x4(0.0, 0.0, 0.0, 0.0), f32x4(0.0, 0.0, 0.0, 0.0));

    #[inline(always)]
    pub(super) fn splat(number: f32) -> Self {
        Self(f32x4_splat(number), f32x4_splat(number))
    }

    #[inline(always)]
    pub(super) fn load(lanes: &Lanes) -> Self {
        let start = lanes.as_ptr().cast::<v128>();
        // SAFETY: eight numbers are two vectors, and loads need no alignment.
        unsafe { Self(v128_load(start), v128_load(start.add(1))) }
    }

    /// Half-precision numbers, 2⁻¹¹² times what they are.
    #[inline(always)]
    pub(super) fn load_halves(halves: &[u16; LANES]) -> Self {
        let start = halves.as_ptr().cast::<i16>();
        let bits = i32x4_splat(HALF_BITS as i32);
        let whole = |it: v128| v128_and(i32x4_shl(it, 13), bits);
        // SAFETY: each load reads four of the eight numbers, and needs no alignment.
        unsafe {
            Self(
                whole(i32x4_load_extend_i16x4(start)),
                whole(i32x4_load_extend_i16x4(start.add(4))),
            )
        }
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0), f32x4_add(self.1, other.1))
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0), f32x4_sub(self.1, other.1))
    }

    #[inline(always)]
    pub(super) fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0), f32x4_mul(self.1, other.1))
    }

    #[inline(always)]
    pub(super) fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0), f32x4_div(self.1, other.1))
    }

    /// What is not a number stays as it is.
    #[inline(always)]
    fn clamp(self, low: f32, high: f32) -> Self {
        let (low, high) = (f32x4_splat(low), f32x4_splat(high));
        let clamp = |it| f32x4_pmax(f32x4_pmin(it, high), low);
        Self(clamp(self.0), clamp(self.1))
    }

    /// The higher of two, lane by lane; what is not a number in `other` does not count.
    #[inline(always)]
    pub(super) fn max(self, other: Self) -> Self {
        Self(f32x4_pmax(self.0, other.0), f32x4_pmax(self.1, other.1))
    }

    /// Nothing where `of` is below `low`.
    #[inline(always)]
    pub(super) fn drop_below(self, of: Self, low: f32) -> Self {
        let low = f32x4_splat(low);
        Self(v128_andnot(self.0, f32x4_lt(of.0, low)), v128_andnot(self.1, f32x4_lt(of.1, low)))
    }

    /// 2ⁿ of numbers 1.5 · 2²³ + n.
    #[inline(always)]
    fn power_of_two(self) -> Self {
        let power = |it| i32x4_shl(i32x4_add(it, i32x4_splat(127)), 23);
        Self(power(self.0), power(self.1))
    }

    #[inline(always)]
    pub(super) fn lanes(self) -> Lanes {
        let mut lanes = [0.0; LANES];
        let start = lanes.as_mut_ptr().cast::<v128>();
        // SAFETY: as in `load`.
        unsafe {
            v128_store(start, self.0);
            v128_store(start.add(1), self.1);
        }
        lanes
    }
}

/// Where sign, exponent and mantissa of a half-precision number land, 13 places up.
const HALF_BITS: u32 = 0x8fff_ffff;

impl Wide {
    /// self + x · w, lane by lane.
    #[inline(always)]
    pub(super) fn add_product(self, x: Self, w: Self) -> Self {
        self.add(x.mul(w))
    }

    /// eˣ within 2 units in the last place, between e⁻⁸⁷ and e⁸⁸; the same bits on every
    /// platform, which the standard library does not promise.
    /// Source: Cephes, `expf.c` (Moshier 1989).
    #[inline(always)]
    pub(super) fn exp(self) -> Self {
        // Adding and taking away 1.5 · 2²³ rounds to a whole number.
        let round = Self::splat(12_582_912.0);
        let x = self.clamp(-87.0, 88.0);
        let rounded = x.mul(Self::splat(std::f32::consts::LOG2_E)).add(round);
        let n = rounded.sub(round);
        let r = x.sub(n.mul(Self::splat(0.693_359_4))).add(n.mul(Self::splat(2.121_944_4e-4)));
        let mut p = Self::splat(1.987_569_1e-4);
        for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
            p = p.mul(r).add(Self::splat(coefficient));
        }
        p.mul(r).mul(r).add(r).add(Self::splat(1.0)).mul(rounded.power_of_two())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_to_the_exact_one() {
        let exp = |x: f32| Wide::splat(x).exp().lanes()[3];
        for step in -8700..8800 {
            let x = step as f32 / 100.0;
            let (have, want) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((have / want - 1.0).abs() < 2.5e-7, "exp({x}) = {have}, not {want}");
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn four_sums_are_the_sums_of_each() {
        let of =
            [1.0, 1e8, -3.5, 7e-3].map(|it| Wide::load(&[it, 2.0, 3.0, it, 5.0, -1e8, 7.0, it]));
        assert_eq!(sums(of), of.map(|it| sum(it.lanes())));
    }

    #[test]
    fn every_half_precision_number_is_read_exactly() {
        let scale = 2f64.powi(-112);
        for bits in 0..=u16::MAX {
            let want = f64::from(burn::tensor::f16::from_bits(bits).to_f32()) * scale;
            let have = f64::from(Wide::load_halves(&[bits; LANES]).lanes()[5]);
            // Infinities and what is not a number are never stored so.
            assert!(have == want || !want.is_finite(), "{bits:#06x}: {have}, not {want}");
        }
    }
}
