//! The card of a trained model, written from the recipe, the run's own log and the folder itself.

use crate::{
    acceptance,
    checkpoint::replace,
    corpus, curve,
    error::Result,
    log::{Entry, Loss, What},
    recipe::{Recipe, Rule},
    run::Finished,
    samples::{self, Samples},
};
use std::{collections::BTreeMap, fmt::Write, path::Path};

/// Samples on a card.
const SAMPLES: usize = 20;

/// Writes `card.md` and `loss.svg` beside the weights.
pub fn write(folder: &Path, recipe: &Recipe, run: &Finished, corpus: &Path) -> Result<()> {
    let drawn = samples::draw(folder, &recipe.export.prompts, SAMPLES)?;
    let losses = crate::evaluate::losses(folder, corpus, &corpus::validation_sources(corpus)?)?;
    let guesses = match &recipe.distill {
        Some(it) => Some(acceptance::measure(&it.teacher, folder, corpus, 1.0)?),
        None => None,
    };
    let curve = curve::draw(&run.log.entries);
    if let Some(svg) = &curve {
        replace(&folder.join("loss.svg"), svg.as_bytes())?;
    }
    let mut card = shape(recipe, run);
    card += &data(recipe, run);
    card += &training(recipe, run);
    card += &loss(&losses, curve.is_some().then_some(recipe.validation.tokens));
    if let Some((lines, distill)) = guesses.zip(recipe.distill.as_ref()) {
        let _ = write!(
            card,
            "## As a draft of `{}`\n\n200 validation prompts of 20 tokens, 64 new tokens each. α: \
             accepted guesses per tested one.\n\n{}\n",
            distill.teacher.display(),
            acceptance::table(&lines)
        );
    }
    card += &repetition(&drawn);
    card += LIMITS;
    card += &texts(&drawn);
    replace(&folder.join("card.md"), card.as_bytes())
}

const LIMITS: &str = "## Limits\n\nIt writes simple stories and knows no facts. It loses the \
    thread after some sentences, repeats names and things, and away from stories for children its \
    text falls apart. Word lists kept unsuitable texts out of the corpus; they are no proof that \
    none is written.\n\n";

fn shape(recipe: &Recipe, run: &Finished) -> String {
    let config = &run.config;
    let count: usize = llama::parts(config).iter().map(|it| it.rows() * it.columns).sum();
    format!(
        "# {}\n\nWritten by `cargo run -p train --release -- models/recipes/{}.toml`; \
         `SHA256SUMS` is checked when the folder is loaded.\n\n\
         - **Shape** Llama, {} layers of width {}, {} heads with {} key/value heads, feed-forward \
         {}, tied head, context {}; {count} parameters in f16.\n\
         - **Tokenizer** byte-level BPE, {} tokens. Id 0, `<|endoftext|>`, closes every document, \
         and `tokenizer.json` puts it before a prompt.\n\n",
        recipe.name,
        recipe.name,
        config.layers,
        config.width,
        config.heads,
        config.kv_heads,
        config.mlp_width,
        config.context_len,
        config.vocab_size,
    )
}

fn data(recipe: &Recipe, run: &Finished) -> String {
    let written = recipe.distill.as_ref().and_then(|it| it.written.as_ref());
    let total: f64 = recipe.corpus.sources.iter().map(|it| it.weight).sum();
    let mut table =
        "## Data\n\n| source | licence | share of the windows | tokens | times read |\n\
                     |---|---|---|---|---|\n"
            .to_owned();
    for (source, (_, tokens, times)) in recipe.corpus.sources.iter().zip(&run.sources) {
        let share = source.weight / total * (1.0 - written.map_or(0.0, |it| it.share));
        let _ = writeln!(
            table,
            "| {} | {} | {share:.3} | {tokens} | {times:.2} |",
            source.name, source.licence
        );
    }
    if let (Some(written), Some((tokens, times))) = (written, run.written) {
        let _ = writeln!(
            table,
            "| texts that the teacher wrote, {} tokens or fewer after 20 tokens of a training text, \
             at T = {:?} in turn | as the model | {:.3} | {tokens} | {times:.2} |",
            written.tokens, written.temperatures, written.share
        );
    }
    table + "\nThe validation files were never trained on.\n\n"
}

fn training(recipe: &Recipe, run: &Finished) -> String {
    let training = &recipe.training;
    let optimizer = &recipe.optimizer;
    let rule = match optimizer.hidden {
        Rule::Muon => "Muon",
        Rule::Adamw => "AdamW",
    };
    let mut told = format!(
        "## Training\n\n\
         - **Tokens seen** {}, in {} steps of {} windows of {} tokens.\n\
         - **Optimiser** {rule} at {} for the hidden matrices, weight decay {}; AdamW at {} for \
         embedding and norms, without decay. {} steps of warm-up, then a cosine to {} of the peak; \
         gradients clipped at {}. Seed {}.\n",
        recipe.steps() * recipe.step_tokens(),
        recipe.steps(),
        training.sequences,
        training.sequence_len,
        optimizer.hidden_rate,
        optimizer.weight_decay,
        optimizer.other_rate,
        training.warmup_steps,
        training.final_rate,
        training.clip,
        recipe.seed,
    );
    if let Some(distill) = &recipe.distill {
        let _ = writeln!(
            told,
            "- **Distilled** from `{}`: {} of what each position learns is the teacher's whole \
             distribution, the rest the text's next token.",
            distill.teacher.display(),
            distill.weight,
        );
    }
    for (device, (seconds, speed)) in pieces(&run.log.entries) {
        let _ = writeln!(
            told,
            "- **Device** {device}: {:.1} minutes, {speed:.0} tokens per second in the middle.",
            seconds / 60.0
        );
    }
    told + "\n"
}

/// Seconds on each device, and the median of its speeds.
fn pieces(entries: &[Entry]) -> BTreeMap<String, (f64, f64)> {
    let mut pieces: BTreeMap<String, (f64, Vec<f64>)> = BTreeMap::new();
    let mut before = 0.0;
    for entry in entries {
        let piece = pieces.entry(entry.device.clone()).or_default();
        piece.0 += entry.seconds - before;
        before = entry.seconds;
        if let What::Training { tokens_per_second, .. } = entry.what {
            piece.1.push(tokens_per_second);
        }
    }
    let told = pieces.into_iter().map(|(device, (seconds, speeds))| {
        (device, (seconds, cli::device::median(&speeds).unwrap_or(0.0)))
    });
    told.collect()
}

/// `curve`: tokens of validation texts behind the earlier points of the picture, if there is one.
fn loss(losses: &[Loss], curve: Option<usize>) -> String {
    let picture = if let Some(tokens) = curve {
        format!(
            "\n![Loss over tokens seen](loss.svg)\n\nThe last point of a source is over its whole \
             validation texts, those before it over {tokens} tokens of them.\n"
        )
    } else {
        String::new()
    };
    format!("## Validation loss\n\n{}{picture}\n", crate::evaluate::table(losses))
}

fn repetition(drawn: &Samples) -> String {
    let mean = |all: &[samples::Sample]| {
        all.iter().map(|it| it.distinct_3).sum::<f64>() / all.len().max(1) as f64
    };
    format!(
        "## Repetition\n\nShare of different three-token sequences in {} tokens: {:.3} at T = {} \
         ({} texts), {:.3} greedy ({} texts).\n\n",
        samples::LENGTH,
        mean(&drawn.sampled),
        samples::TEMPERATURE,
        drawn.sampled.len(),
        mean(&drawn.greedy),
        drawn.greedy.len(),
    )
}

fn texts(drawn: &Samples) -> String {
    let mut told = format!(
        "## Samples\n\nUnedited: T = {}, {} tokens after the prompt, seeds 1 to {}.\n\n",
        samples::TEMPERATURE,
        samples::LENGTH,
        drawn.sampled.len()
    );
    for sample in &drawn.sampled {
        let _ = writeln!(told, "{}. {}\n", sample.seed, sample.text.replace('\n', "\n   "));
    }
    told
}
