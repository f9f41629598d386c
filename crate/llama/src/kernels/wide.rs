//! Eight sums side by side. Natively the compiler makes vectors of plain loops; in WebAssembly it
//! does not find them, so there they are spelled out. The additions are the same, in the same
//! order: no bit differs.

use super::cpu::{LANES, Lanes};

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

    /// self + x · w, lane by lane.
    #[inline(always)]
    pub(super) fn add_product(self, x: Self, w: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] + x.0[lane] * w.0[lane]))
    }

    #[inline(always)]
    pub(super) fn lanes(self) -> Lanes {
        self.0
    }
}

#[cfg(target_family = "wasm")]
use core::arch::wasm32::{f32x4, f32x4_add, f32x4_mul, f32x4_splat, v128, v128_load, v128_store};

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

    /// self + x · w, lane by lane.
    #[inline(always)]
    pub(super) fn add_product(self, x: Self, w: Self) -> Self {
        Self(f32x4_add(self.0, f32x4_mul(x.0, w.0)), f32x4_add(self.1, f32x4_mul(x.1, w.1)))
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
