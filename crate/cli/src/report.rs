//! `cli report`: every method that guesses ahead, on the same prompts. What it saves, what it
//! costs, and whether it wrote what plain decoding writes.

use crate::{
    arguments::ReportArguments,
    corpus::{beginnings, read},
    counts::Counts,
    device::{clock, median},
    models::Loaded,
};
use decoding::{
    Result, TokenId,
    method::{Entry, Family, Lossless},
    methods,
    run::{Decoding, Request},
    session::{Models, TARGET},
};
use futures_lite::future::block_on;
use serde_json::json;
use std::{error::Error, fmt::Write};

/// What the others are compared with.
const PLAIN: &str = "basic-sampling";
/// Prompts that a method of several prompts reads at once.
const LANES: usize = 4;

pub fn report(arguments: &ReportArguments) -> Result<(), Box<dyn Error>> {
    let loaded = Loaded::load(&arguments.folders.by_role(), arguments.device)?;
    let mut prompts = Vec::new();
    for (file, count) in &arguments.prompts {
        let encode = |text: &str| loaded.get(TARGET).map(|it| it.tokenizer().encode(text));
        let encode = |text: &str| encode(text).unwrap_or_default();
        let found = beginnings(&read(file)?, *count, arguments.prompt_tokens, encode);
        if found.len() < *count {
            let file = file.display();
            return Err(format!("{file} gives {} prompts, not {count}", found.len()).into());
        }
        prompts.extend(found);
    }
    let (mut models, _) = loaded.timed();
    let entries = entries(&arguments.only, &models)?;
    let mut report = head(arguments, prompts.len());
    for &temperature in &arguments.temperature {
        let rows = rows(&entries, &prompts, temperature, arguments, &mut models)?;
        report += &table(&rows, temperature, prompts.len());
    }
    match &arguments.out {
        Some(path) => std::fs::write(path, report)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?,
        None => print!("{report}"),
    }
    Ok(())
}

/// Plain decoding, then all methods that guess ahead and whose models are there.
fn entries(only: &[String], models: &Models) -> Result<Vec<&'static Entry>> {
    only.iter().try_for_each(|id| methods::find(id).map(|_| ()))?;
    let there = |role: &&str| match *role {
        "ngrams" => models.ngrams.is_some(),
        role => models.by_role.contains_key(role),
    };
    let guesses = |it: &&Entry| matches!(it.info.family, Family::Speculative | Family::Parallel);
    let wanted = |it: &&Entry| only.is_empty() || only.iter().any(|id| id == it.info.id);
    let all = methods::ALL.iter().filter(guesses).filter(wanted);
    let runnable = all.filter(|it| it.info.needs.iter().all(&there));
    Ok(std::iter::once(methods::find(PLAIN)?).chain(runnable).collect())
}

/// One method over all prompts.
struct Row {
    entry: &'static Entry,
    counts: Counts,
    /// Prompts of one run.
    lanes: usize,
    /// Milliseconds per token of each run.
    ms: Vec<f64>,
    /// What it wrote, prompt by prompt.
    texts: Vec<Vec<TokenId>>,
}

/// Prompt by prompt, all methods after one another: what disturbs the machine disturbs all alike.
fn rows(
    entries: &[&'static Entry],
    prompts: &[Vec<TokenId>],
    temperature: f64,
    arguments: &ReportArguments,
    models: &mut Models,
) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = entries
        .iter()
        .filter(|it| temperature == 0.0 || has_temperature(it))
        .map(|&entry| {
            let lanes = if entry.several_prompts { LANES.min(prompts.len()) } else { 1 };
            Row { entry, counts: Counts::default(), lanes, ms: Vec::new(), texts: Vec::new() }
        })
        .collect();
    let now = clock();
    for (index, prompt) in prompts.iter().enumerate() {
        for row in &mut rows {
            let Row { entry, lanes, .. } = *row;
            if index % lanes > 0 {
                continue;
            }
            let others = &prompts[index + 1..prompts.len().min(index + lanes)];
            let fixed = if has_temperature(entry) {
                json!({ "temperature": temperature })
            } else {
                json!({})
            };
            let request = Request {
                method: entry.info.id.into(),
                params: fixed,
                prompt: prompt.clone(),
                seed: index as u32,
                max_new_tokens: arguments.max_new_tokens,
            };
            block_on(llama::time_models(models, entry, &now))?;
            let mut run = Decoding::start_lanes(entry, request, others, models)?;
            let start = now();
            block_on(run.finish(models))?;
            let ms = now() - start;
            let trace = run.trace(models);
            let counts = Counts::of(&trace.events);
            row.ms.push(ms / counts.tokens as f64);
            row.counts += counts;
            row.texts.push(trace.tokens);
            if lanes > 1 {
                row.texts.extend(trace.outputs.into_iter().map(|it| it.tokens));
            }
        }
        eprintln!("T = {temperature}: {} of {} prompts", index + 1, prompts.len());
    }
    Ok(rows)
}

fn has_temperature(entry: &Entry) -> bool {
    entry.described().schema["properties"].get("temperature").is_some()
}

fn head(arguments: &ReportArguments, prompts: usize) -> String {
    let files = arguments.prompts.iter().map(|(file, count)| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        format!("{count} of {name}")
    });
    let models = arguments.folders.by_role().into_iter().map(|(role, folder)| {
        let parts: Vec<_> =
            folder.components().rev().take(2).map(|it| it.as_os_str().to_string_lossy()).collect();
        let name: Vec<_> = parts.iter().rev().map(|it| it.as_ref()).collect();
        format!("{role} {}", name.join("/"))
    });
    let optimised = if cfg!(debug_assertions) { "development build" } else { "release build" };
    let note = if arguments.note.is_empty() { "".into() } else { format!("{} ", arguments.note) };
    format!(
        "# Draft and verify: what every method saves and costs\n\n\
         Written by `cli report`. {prompts} validation prompts ({}), their first {} tokens, \
         continued by {} tokens at most. Models: {}. Device: {}, {optimised}. {note}Parameters are the \
         methods' defaults.\n\n\
         - **tokens per pass**: tokens of text for each pass of the target; passes with layers left \
         out count where nothing is tested. A method of \
         several prompts reads {LANES} at once; its tokens are those of one text.\n\
         - **α**: guesses accepted of guesses tested.\n\
         - **draft passes**: passes of other models and of the target with layers left out, for \
         each token.\n\
         - **nodes fed**: nodes that ran in passes of the whole target, those of the prompt left \
         out, for each token; **wasted**: those that did not become text.\n\
         - **ms per token**: median over the prompts, reading the prompt included; **against \
         plain**: that of plain decoding divided by it. Above 1 the method was faster here.\n",
        files.collect::<Vec<_>>().join(", "),
        arguments.prompt_tokens,
        arguments.max_new_tokens,
        models.collect::<Vec<_>>().join(", "),
        arguments.device.name(),
    )
}

fn table(rows: &[Row], temperature: f64, prompts: usize) -> String {
    let greedy = temperature == 0.0;
    let title = if greedy { "Greedy".into() } else { format!("T = {temperature}") };
    let mut text = format!(
        "\n## {title}\n\n| method | tokens per pass | α | draft passes | nodes fed | wasted | ms per \
         token | against plain |{}\n|---|---|---|---|---|---|---|---|{}\n",
        if greedy { " same text as plain |" } else { "" },
        if greedy { "---|" } else { "" },
    );
    let plain = rows.first().and_then(|it| median(&it.ms)).unwrap_or(f64::NAN);
    let expected = rows.first().map_or(&[][..], |it| &it.texts);
    for Row { entry, counts, lanes, ms, texts } in rows {
        let tokens = counts.tokens as f64;
        let ms = median(ms).unwrap_or(f64::NAN);
        let alpha = match counts.judged {
            0 => "–".to_owned(),
            _ => format!("{:.3}", counts.acceptance()),
        };
        write!(
            text,
            "| `{}` | {:.2} | {alpha} | {:.2} | {:.2} | {:.2} | {ms:.2} | {:.2} |",
            entry.info.id,
            tokens / (counts.writing_passes() * *lanes as u64) as f64,
            counts.draft_passes() as f64 / tokens,
            counts.fed as f64 / tokens,
            counts.wasted as f64 / tokens,
            plain / ms,
        )
        .expect("a string takes all");
        if greedy {
            let same = texts.iter().zip(expected).filter(|(mine, plain)| mine == plain).count();
            let promised = if entry.info.lossless == Lossless::No { " (not promised)" } else { "" };
            write!(text, " {same} of {prompts}{promised} |").expect("a string takes all");
        }
        text.push('\n');
    }
    text
}
