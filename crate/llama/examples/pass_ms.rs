//! Milliseconds of one pass with 1, 2, 4, … 64 new nodes below a context of 128 tokens, and of
//! greedy decoding. Means over many passes, in time on the processor where the system tells it
//! (Linux) and in wall time elsewhere, so that a busy machine does not spoil them.
//!
//! `cargo run --release -p llama --example pass_ms -- models/stories/target`

use decoding::{Input, NodeId, model::*, row, toy};
use futures_lite::future::block_on;
use llama::Llama;
use std::time::Instant;

const CONTEXT: usize = 128;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "models/stories/target".into());
    let start = clock();
    let mut model = Llama::load_dir(&folder, llama::cpu())?;
    println!("{folder}: loaded in {:.0} ms", clock() - start);
    let prompt: Vec<u32> =
        (0..CONTEXT).map(|it| (it * 37 % model.info().vocab_size) as u32).collect();

    for count in [1, 2, 4, 8, 16, 32, 64] {
        let (mut forest, head) = toy::forest(&prompt);
        model.retain(&[])?;
        let start = clock();
        block_on(model.forward(&forest, &[head], &Ask::rows()))?;
        let prefill = clock() - start;
        // A binary tree below the head.
        let mut nodes = vec![head];
        for index in 0..count {
            let parent = nodes[index / 2];
            nodes.push(toy::grow(&mut forest, parent, Input::Token(index as u32 + 5)));
        }
        let keep: Vec<NodeId> = forest.path(None, head);
        let passes = 200 / count + 5;
        let start = clock();
        for _ in 0..passes {
            model.retain(&keep)?;
            block_on(model.forward(&forest, &nodes[1..], &Ask::rows()))?;
        }
        let pass = (clock() - start) / passes as f64;
        println!("{count:>3} new nodes: {pass:>7.2} ms (prefill of {CONTEXT}: {prefill:.0} ms)");
    }

    model.retain(&[])?;
    let (mut forest, mut head) = toy::forest(&prompt[..8]);
    let start = clock();
    for _ in 0..CONTEXT {
        let best = row::arg_max(block_on(model.forward(&forest, &[head], &Ask::rows()))?.row(0));
        head = toy::grow(&mut forest, head, Input::Token(best));
    }
    println!("greedy: {:.0} tokens/s", CONTEXT as f64 / (clock() - start) * 1e3);
    Ok(())
}

/// Milliseconds this thread has spent computing.
fn clock() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent.and_then(|it| it.split(' ').next().and_then(|it| it.parse::<f64>().ok()));
    match spent {
        Some(nanoseconds) => nanoseconds / 1e6,
        None => START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3,
    }
}
