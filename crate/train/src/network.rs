//! One step of learning: the loss of some windows and its gradient for every tensor.
//! The network itself is `llama::plain`.

use burn::tensor::{
    Device, IndexingUpdateOp, Int, Tensor, TensorData,
    activation::{log_softmax, softmax},
};
use llama::{Config, Parameters, plain};
use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// What a model to learn from adds to the loss.
pub struct Teacher {
    pub parameters: Parameters,
    pub positions: plain::Positions,
    /// Share of its distribution in what is learned.
    pub weight: f32,
}

/// Windows of one length as the device reads them.
pub struct Windows {
    /// `[windows, length]`
    inputs: Tensor<2, Int>,
    /// The token after each: `[windows · length, 1]`
    targets: Tensor<2, Int>,
}

impl Windows {
    /// Each window is one token longer than what goes through the network.
    pub fn new(windows: &[Vec<u16>], device: &Device) -> Self {
        let length = windows[0].len() - 1;
        let ids = |from: usize| -> Vec<i32> {
            windows
                .iter()
                .flat_map(|it| it[from..from + length].iter().map(|&it| it as i32))
                .collect()
        };
        let tensor = |values: Vec<i32>, shape: [usize; 2]| {
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        Self {
            inputs: tensor(ids(0), [windows.len(), length]),
            targets: tensor(ids(1), [windows.len() * length, 1]),
        }
    }

    fn count(&self) -> usize {
        self.targets.dims()[0]
    }

    /// Nats that the network gives to each target: `[windows · length]`
    pub fn nats(&self, parameters: &Parameters, positions: &plain::Positions) -> Tensor<1> {
        let logits = plain::logits(parameters, positions, self.inputs.clone());
        log_softmax(logits, 1).gather(1, self.targets.clone()).squeeze_dim::<1>(1).neg()
    }
}

/// What a step has learned from.
pub struct Lesson {
    /// One per tensor: the gradient of the mean loss per token.
    pub gradients: Vec<Tensor<2>>,
    /// Mean nats per token on the text: `[1]`
    pub loss: Tensor<1>,
    /// Mean nats per token by which the teacher's distribution differs: `[1]`
    pub divergence: Option<Tensor<1>>,
}

impl Lesson {
    fn add(self, other: Self) -> Self {
        let pairs = self.gradients.into_iter().zip(other.gradients);
        Self {
            gradients: pairs.map(|(a, b)| a + b).collect(),
            loss: self.loss + other.loss,
            divergence: self.divergence.zip(other.divergence).map(|(a, b)| a + b),
        }
    }
}

/// Learns from all `windows`, `at_once` in one go, on some threads.
///
/// The sum is made in the order of the windows, so that threads change the time alone.
pub fn learn(
    config: &Config,
    tensors: &[Tensor<2>],
    positions: &plain::Positions,
    windows: &[Vec<u16>],
    at_once: usize,
    teacher: Option<&Teacher>,
    threads: usize,
) -> Lesson {
    let parts: Vec<_> = windows.chunks(at_once).collect();
    let share = 1.0 / parts.len() as f32;
    let one = |part: &[Vec<u16>]| learn_at_once(config, tensors, positions, part, teacher, share);
    if threads.min(parts.len()) <= 1 {
        let lessons = parts.iter().map(|part| one(part));
        return lessons.reduce(Lesson::add).expect("a step has windows");
    }
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<Lesson>>> = parts.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.min(parts.len()) {
            scope.spawn(|| {
                while let Some(index) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&it| it < parts.len())
                {
                    let lesson = one(parts[index]);
                    *done[index].lock().expect("no thread has panicked") = Some(lesson);
                }
            });
        }
    });
    let lessons = done
        .into_iter()
        .map(|it| it.into_inner().expect("no thread has panicked").expect("every part was taken"));
    lessons.reduce(Lesson::add).expect("a step has windows")
}

fn learn_at_once(
    config: &Config,
    tensors: &[Tensor<2>],
    positions: &plain::Positions,
    windows: &[Vec<u16>],
    teacher: Option<&Teacher>,
    share: f32,
) -> Lesson {
    let windows = Windows::new(windows, &tensors[0].device());
    let leaves: Vec<_> = tensors.iter().map(|it| it.clone().autodiff().require_grad()).collect();
    let parameters = Parameters::from_tensors(config.clone(), leaves.clone());
    let logits = plain::logits(&parameters, positions, windows.inputs.clone());
    drop(parameters);
    let (slope, loss, divergence) = slope(logits.clone().inner(), &windows, teacher);
    let scale = share / windows.count() as f32;
    // The gradient of the loss with respect to the logits is known, so only the rest is derived.
    let mut gradients = (logits * slope.mul_scalar(scale)).sum().backward();
    let gradient = |leaf: &Tensor<2>| leaf.grad_remove(&mut gradients).expect("every part is used");
    Lesson {
        gradients: leaves.iter().map(gradient).collect(),
        loss: loss.mean().mul_scalar(share),
        divergence: divergence.map(|it| it.mean().mul_scalar(share)),
    }
}

/// The gradient of each row's loss with respect to its logits, p − q, where p is what the network
/// gives and q what it is to give: the next token, and the teacher's share of its distribution.
/// Then the nats of the next tokens, and the divergence KL(teacher ‖ p) where there is a teacher.
///
/// Cross-entropy to q differs from the weighted sum of both by the teacher's own entropy, which has
/// no gradient. Source: Hinton, Vinyals, Dean 2015, arXiv:1503.02531, §2, at temperature 1.
fn slope(
    logits: Tensor<2>,
    windows: &Windows,
    teacher: Option<&Teacher>,
) -> (Tensor<2>, Tensor<2>, Option<Tensor<1>>) {
    let (probs, total) = normalized(logits.clone());
    let targets = windows.targets.clone();
    let nats = total.clone() - logits.clone().gather(1, targets.clone());
    let weight = teacher.map_or(0.0, |it| it.weight);
    let of_text = Tensor::full(nats.dims(), weight - 1.0, &logits.device());
    let slope = probs.scatter(1, targets, of_text, IndexingUpdateOp::Add);
    let Some(teacher) = teacher else { return (slope, nats, None) };
    let theirs = plain::logits(&teacher.parameters, &teacher.positions, windows.inputs.clone());
    let (wanted, their_total) = normalized(theirs.clone());
    let divergence = (wanted.clone() * (theirs - logits)).sum_dim(1) + total - their_total;
    (slope - wanted.mul_scalar(weight), nats, Some(divergence.squeeze_dim::<1>(1)))
}

/// The distribution of each row of logits, and the logarithm of the sum that it was divided by:
/// `[rows, vocab_size]`, `[rows, 1]`
///
/// The most likely token has both numbers, so the logarithm of the others is never asked for.
fn normalized(logits: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let highest = logits.clone().max_dim(1);
    let probs = softmax(logits, 1);
    let total = highest - probs.clone().max_dim(1).log();
    (probs, total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{recipe::Recipe, start};

    fn config() -> Config {
        let recipe: Recipe = toml::from_str(crate::recipe::tests::TINY).unwrap();
        recipe.config(20)
    }

    fn windows() -> Vec<Vec<u16>> {
        (0..4).map(|it| (0..9).map(|at| (it * 7 + at * at) % 20).collect()).collect()
    }

    fn numbers<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
        tensor.clone().try_into_vec_as().unwrap()
    }

    fn teacher(config: &Config, weight: f32) -> Teacher {
        let device = llama::cpu();
        let tensors = start::tensors(config, 9, &device).into_iter().map(|it| it * 3.0).collect();
        let positions = plain::Positions::new(config, 8, &device);
        let parameters = Parameters::from_tensors(config.clone(), tensors);
        Teacher { parameters, positions, weight }
    }

    /// The loss by Burn's own operations, without the short cut through the logits' gradient.
    fn plain_loss(
        config: &Config,
        tensors: &[Tensor<2>],
        positions: &plain::Positions,
        teacher: Option<&Teacher>,
    ) -> Tensor<1> {
        let windows = Windows::new(&windows(), &llama::cpu());
        let parameters = Parameters::from_tensors(config.clone(), tensors.to_vec());
        let text = windows.nats(&parameters, positions).mean();
        let Some(teacher) = teacher else { return text };
        let logits = plain::logits(&parameters, positions, windows.inputs.clone());
        let wanted = plain::logits(&teacher.parameters, &teacher.positions, windows.inputs);
        let kept = softmax(wanted, 1) * log_softmax(logits, 1);
        text * (1.0 - teacher.weight) - kept.sum_dim(1).mean() * teacher.weight
    }

    #[test]
    fn gradients_equal_those_that_burn_derives_from_the_loss() {
        let (config, device) = (config(), llama::cpu());
        let tensors = start::tensors(&config, 3, &device);
        let positions = plain::Positions::new(&config, 8, &device);
        for teacher in [None, Some(teacher(&config, 0.7))] {
            let teacher = teacher.as_ref();
            let lesson = learn(&config, &tensors, &positions, &windows(), 2, teacher, 1);
            let leaves: Vec<_> =
                tensors.iter().map(|it| it.clone().autodiff().require_grad()).collect();
            let derived = plain_loss(&config, &leaves, &positions, teacher).backward();
            for (index, (leaf, ours)) in leaves.iter().zip(&lesson.gradients).enumerate() {
                let theirs = numbers(&leaf.grad(&derived).expect("it is used"));
                let most = theirs.iter().fold(0.0f32, |most, it| most.max(it.abs()));
                for (a, b) in numbers(ours).iter().zip(&theirs) {
                    assert!((a - b).abs() < 1e-5 * (1.0 + most), "tensor {index}: {a} and {b}");
                }
                assert!(most > 0.0, "tensor {index} is used");
            }
        }
    }

    #[test]
    fn threads_and_portions_change_nothing() {
        let (config, device) = (config(), llama::cpu());
        let tensors = start::tensors(&config, 3, &device);
        let positions = plain::Positions::new(&config, 8, &device);
        let learn = |at_once, threads| {
            learn(&config, &tensors, &positions, &windows(), at_once, None, threads)
        };
        let (alone, together, whole) = (learn(1, 1), learn(1, 3), learn(4, 1));
        for ((a, b), c) in alone.gradients.iter().zip(&together.gradients).zip(&whole.gradients) {
            assert_eq!(numbers(a), numbers(b), "not a bit may differ between threads");
            for (a, c) in numbers(a).iter().zip(numbers(c)) {
                assert!((a - c).abs() < 1e-5, "{a} and {c}");
            }
        }
        assert_eq!(numbers(&alone.loss), numbers(&together.loss));
    }

    #[test]
    fn a_teacher_that_is_the_student_leaves_nothing_to_learn() {
        let (config, device) = (config(), llama::cpu());
        let tensors = start::tensors(&config, 3, &device);
        let positions = plain::Positions::new(&config, 8, &device);
        let parameters = Parameters::from_tensors(config.clone(), tensors.clone());
        let same = Teacher { parameters, positions: positions.clone(), weight: 1.0 };
        let lesson = learn(&config, &tensors, &positions, &windows(), 4, Some(&same), 1);
        assert!(numbers(&lesson.divergence.expect("there is a teacher"))[0].abs() < 1e-6);
        for gradient in &lesson.gradients {
            assert!(numbers(gradient).iter().all(|it| it.abs() < 1e-6));
        }
    }
}
