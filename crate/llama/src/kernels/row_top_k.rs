//! `row_top_k.wgsl`: log-sum-exp and the k best entries of each row, so that a whole row need
//! not leave the device; and rows of log-probabilities for those who want them whole.

#[cfg(feature = "cpu")]
use super::cpu;
use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;

#[backend_extension(Cube: cfg(feature = "webgpu"), Flex: cfg(feature = "cpu"))]
pub trait RowTopKKernel: Backend {
    /// As `row_top_k`.
    fn row_top_k(logits: FloatTensor<Self>, k: usize) -> FloatTensor<Self>;

    /// As `log_softmax`.
    fn row_log_softmax(logits: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// Natural-log probabilities: `[rows, vocab]` → `[rows, vocab]`
pub(crate) fn log_softmax(logits: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::row_log_softmax(logits.into_dispatch()))
}

/// Per row: its log-sum-exp, the ids of its `k` best entries, and their log-probabilities, best
/// first; ties go to the lower id. Ids are exact below 2²⁴.
///
/// logits: `[rows, vocab]` → `[rows, 1 + 2 · k]`
pub(crate) fn row_top_k(logits: Tensor<2>, k: usize) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::row_top_k(logits.into_dispatch(), k))
}

#[cfg(feature = "webgpu")]
impl RowTopKKernel for burn_wgpu::CubeBackend {
    fn row_top_k(logits: FloatTensor<Self>, k: usize) -> FloatTensor<Self> {
        use super::gpu::{Shader, empty, launch};
        let logits = burn_wgpu::into_contiguous(logits);
        let [rows, vocab] = [logits.meta.shape()[0], logits.meta.shape()[1]];
        let best = empty(&logits, [rows, 1 + 2 * k]);
        let shader = Shader {
            name: "row_top_k",
            source: include_str!("../../../../shaders/row_top_k.wgsl"),
            numbers: vec![("vocab", vocab.to_string())],
            threads: 256,
        };
        launch(shader, [rows, 1], &[&logits, &best]);
        best
    }

    fn row_log_softmax(logits: FloatTensor<Self>) -> FloatTensor<Self> {
        use burn::backend::ops::FloatTensorOps;
        let log_sums = Self::row_top_k(logits.clone(), 0);
        Self::float_sub(logits, log_sums)
    }
}

#[cfg(feature = "cpu")]
impl RowTopKKernel for burn::backend::Flex {
    fn row_top_k(logits: FloatTensor<Self>, k: usize) -> FloatTensor<Self> {
        let logits = cpu::in_order(logits);
        let [rows, vocab] = [logits.layout().shape()[0], logits.layout().shape()[1]];
        let mut best = Vec::with_capacity(rows * (1 + 2 * k));
        for row in cpu::numbers(&logits).chunks_exact(vocab) {
            let log_sum = log_sum_exp(row);
            let found = best_of(row, k);
            best.push(log_sum);
            best.extend(found.iter().map(|it| it.0 as f32));
            best.extend(found.iter().map(|it| it.1 - log_sum));
        }
        cpu::tensor(best, [rows, 1 + 2 * k])
    }

    fn row_log_softmax(logits: FloatTensor<Self>) -> FloatTensor<Self> {
        let mut logits = cpu::in_order(logits);
        let vocab = logits.layout().shape()[1];
        for row in logits.storage_mut::<f32>().chunks_exact_mut(vocab) {
            let log_sum = log_sum_exp(row);
            cpu::add_all(row, -log_sum);
        }
        logits
    }
}

#[cfg(feature = "cpu")]
fn log_sum_exp(row: &[f32]) -> f32 {
    let highest = cpu::highest(row);
    highest + cpu::exp_all(&mut row.to_vec(), highest).ln()
}

/// The `k` best entries, best first.
#[cfg(feature = "cpu")]
fn best_of(row: &[f32], k: usize) -> Vec<(usize, f32)> {
    let mut best: Vec<(usize, f32)> = Vec::with_capacity(k + 1);
    for (id, &value) in row.iter().enumerate() {
        // What is not a number goes first, so that it is seen.
        let enters = |it: &(usize, f32)| value > it.1 || (value.is_nan() && !it.1.is_nan());
        if best.len() < k || best.last().is_some_and(enters) {
            let place = best.partition_point(|it| it.1 >= value);
            best.insert(place, (id, value));
            best.truncate(k);
        }
    }
    best
}
