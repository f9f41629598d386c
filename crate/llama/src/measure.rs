//! How long a pass takes on this device, by the number of new nodes.

use decoding::{
    NodeId, Result,
    model::{Ask, LanguageModel},
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
