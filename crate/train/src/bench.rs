//! How fast a recipe trains on a device: some steps on random tokens, no files.

use crate::{error::Result, network, optimizer::Optimizer, random::Random, recipe::Recipe, start};
use burn::tensor::Tensor;
use llama::{Device, plain};
use std::time::Instant;

/// What a bench is to do.
pub struct Plan {
    pub steps: u32,
    pub threads: usize,
    pub sequences_at_once: usize,
    pub vocab_size: usize,
}

/// Prints wall and CPU time of every step; the first ones compile and tune on a GPU.
pub fn run(recipe: &Recipe, device: &Device, plan: &Plan) -> Result<()> {
    let config = recipe.config(plan.vocab_size);
    let training = &recipe.training;
    let positions = plain::Positions::new(&config, training.sequence_len, device);
    let mut tensors = start::tensors(&config, recipe.seed, device);
    let mut optimizer = Optimizer::new(&recipe.optimizer, training.clip, &config);
    let mut random = Random::new(1, 1);
    for step in 0..plan.steps {
        let windows: Vec<Vec<u16>> = (0..training.sequences)
            .map(|_| {
                let numbers = random.normal(training.sequence_len + 1, 1e9);
                numbers.iter().map(|&it| (it.abs() as usize % plan.vocab_size) as u16).collect()
            })
            .collect();
        let (wall, cpu) = (Instant::now(), cpu_seconds());
        let at_once = plan.sequences_at_once;
        let lesson =
            network::learn(&config, &tensors, &positions, &windows, at_once, None, plan.threads);
        let loss: Tensor<1> = lesson.loss.clone();
        optimizer.step(&mut tensors, lesson.gradients, 1e-3, plan.threads);
        let loss = loss.into_scalar::<f32>();
        // Reading one number of the last tensor waits for all of the step.
        let _ = tensors.last().expect("there are tensors").clone().sum().into_scalar::<f32>();
        let (wall, cpu) =
            (wall.elapsed().as_secs_f64(), cpu_seconds().zip(cpu).map(|it| it.0 - it.1));
        let tokens = recipe.step_tokens() as f64;
        let per_cpu =
            cpu.map_or(String::new(), |it| format!(", {:.0} tokens per CPU-second", tokens / it));
        println!(
            "step {step}: {wall:.2} s, {:.0} tokens per second{per_cpu}, loss {loss:.3}",
            tokens / wall
        );
    }
    Ok(())
}

/// Processor time of this program so far, where the system tells.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after = stat.rsplit_once(')')?.1;
    let fields: Vec<_> = after.split_whitespace().collect();
    // utime and stime, in hundredths of a second. Source: proc_pid_stat(5), fields 14 and 15.
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(ticks as f64 / 100.0)
}
