//! Our own kernels: a WGSL shader for GPUs and its twin for the CPU, behind one function each.
//! The network is made of these four and Burn's `select`.
//!
//! In both twins the order of the additions in a row depends only on that row, so a row comes
//! out the same however many rows share the pass.

mod linear;
mod matrix;
mod row_top_k;
mod store_keys;
mod tree_attention;

#[cfg(test)]
mod tests;

#[cfg(feature = "cpu")]
mod cpu;
#[cfg(feature = "webgpu")]
mod gpu;
#[cfg(feature = "cpu")]
mod products;
#[cfg(feature = "cpu")]
mod wide;

pub(crate) use linear::{add_linear, norm_gated, norm_linear};
pub(crate) use matrix::Matrix;
pub(crate) use row_top_k::{log_softmax, row_top_k};
pub(crate) use store_keys::store_keys;
pub(crate) use tree_attention::{Seen, tree_attention};

/// Heads of a layer, as the kernels need to know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Heads {
    pub queries: usize,
    pub keys: usize,
    pub dim: usize,
}
