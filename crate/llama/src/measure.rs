//! How long a pass takes on this device, by the number of new nodes.

use decoding::{
    NodeId, Result,
    method::Entry,
    model::{Ask, LanguageModel},
    session::{Models, TARGET},
    toy,
};

/// Repetitions of each pass that do not count: shaders compile, caches fill.
const WARM_UP: usize = 2;

/// Milliseconds of `repetitions` passes over `count` new nodes in a chain, each with its whole
/// row, below `context` nodes that have their keys already. `now` gives milliseconds.
pub async fn pass_times(
    model: &mut dyn LanguageModel,
    context: usize,
    count: usize,
    repetitions: usize,
    now: impl Fn() -> f64,
) -> Result<Vec<f64>> {
    let ends = model.info().end_tokens.clone();
    let words: Vec<_> = (1..).filter(|it| !ends.contains(it)).take(context + count).collect();
    let (forest, _) = toy::forest(&words);
    let nodes: Vec<NodeId> = forest.iter().map(|it| it.0).collect();
    let (known, new) = nodes.split_at(context);
    model.retain(&[])?;
    model.forward(&forest, &known[context - 1..], &Ask::rows()).await?;
    let mut times = Vec::new();
    for repetition in 0..repetitions + WARM_UP {
        let start = now();
        model.forward(&forest, new, &Ask::rows()).await?;
        if repetition >= WARM_UP {
            times.push(now() - start);
        }
        model.retain(known)?;
    }
    model.retain(&[])?;
    Ok(times)
}

/// New nodes of the passes that a method may ask to have timed.
const SIZES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Nodes that have their keys already.
const CONTEXT: usize = 64;
/// Passes of each size. The fastest counts: whatever else the machine does only adds time.
const REPETITIONS: usize = 3;

/// A pass that takes longer ends the measuring, since somebody waits for it: larger ones are taken
/// to lie on a line with the last two.
const SLOW_MS: f64 = 200.0;

/// Times the models of `entry` if it reads timings and they were not timed before. Takes a second
/// or so, longer where a pass over one node is slow; the models forget all keys.
pub async fn time_models(
    models: &mut Models,
    entry: &Entry,
    now: impl Fn() -> f64 + Copy,
) -> Result<()> {
    if !entry.reads_timings {
        return Ok(());
    }
    for role in [TARGET].iter().chain(entry.info.needs) {
        let Some(model) = models.by_role.get_mut(*role).filter(|_| !models.timings.knows(role))
        else {
            continue;
        };
        let context_len = model.info().context_len;
        let context = CONTEXT.min(context_len / 2);
        let mut measured = Vec::new();
        for count in SIZES.into_iter().filter(|it| context + it <= context_len) {
            let times = pass_times(&mut **model, context, count, REPETITIONS, now).await?;
            let fastest = times.into_iter().fold(f64::INFINITY, f64::min);
            measured.push((count as u32, fastest as f32));
            if fastest > SLOW_MS && measured.len() > 1 {
                break;
            }
        }
        models.timings = std::mem::take(&mut models.timings).with(role, measured);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use decoding::toy::Toy;
    use std::cell::Cell;

    /// How often the clock is read when each reading takes `step` milliseconds.
    fn readings(step: f64) -> u32 {
        let clock = Cell::new(0u32);
        let now = || {
            clock.set(clock.get() + 1);
            f64::from(clock.get()) * step
        };
        let toy = || Toy::random(200, 1, 1.0).with_context(256);
        let mut models = Models::new(toy()).with(decoding::session::DRAFT, toy());
        let sequoia = decoding::methods::find("sequoia").expect("it is in the list");
        futures_lite::future::block_on(time_models(&mut models, sequoia, &now)).expect("toys run");
        assert!(models.timings.knows(TARGET));
        clock.get()
    }

    #[test]
    fn a_slow_device_is_measured_at_two_sizes_only() {
        let of_one_size = (WARM_UP + 2 * REPETITIONS) as u32;
        assert_eq!(readings(1.0), 2 * SIZES.len() as u32 * of_one_size);
        assert_eq!(readings(300.0), 2 * 2 * of_one_size);
    }
}
