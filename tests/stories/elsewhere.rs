//! Traces that others wrote: what the recorder in `web/recorder` made of runs of Hugging Face
//! transformers with the shipped models, and what the page makes of logs of servers.
//! `tests/import` says how they were recorded.

use crate::{Stories, root, stories};
use decoding::{
    check, methods,
    session::TARGET,
    trace::{Event, TopRow, Trace},
};
use serde_json::json;
use std::{collections::BTreeMap, fs};
use tests::{greedy, request, run};

/// Log-probabilities of two libraries, with sums in another order.
const ROUNDING: f32 = 5e-4;

/// The traces of a folder in `tests/import`, by name, each checked and replayed.
fn traces(folder: &str) -> BTreeMap<String, Trace> {
    let folder = root().join("tests/import").join(folder);
    let files = fs::read_dir(&folder).expect("the folder is there");
    files
        .map(|file| {
            let path = file.expect("a file").path();
            let json = fs::read_to_string(&path).expect("a text");
            let trace =
                check::read(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), trace)
        })
        .collect()
}

fn recorded() -> (Stories, BTreeMap<String, Trace>) {
    let plain = methods::find("basic-sampling").expect("it is in the list");
    let (stories, traces) = (stories(plain, &[]), traces("recorded"));
    let hash = &stories.models.by_role[TARGET].info().hash;
    let advice = "other weights: tests/import/transformers_runs.py --write records them anew";
    for trace in traces.values() {
        assert_eq!(trace.models[TARGET].hash, *hash, "{advice}");
    }
    (stories, traces)
}

#[test]
fn logs_of_servers_become_valid_traces() {
    let traces = traces("imported");
    assert!(traces.len() >= 3, "only {} traces", traces.len());
    assert_eq!(traces["several"].outputs.len(), 2);
}

#[test]
fn greedy_runs_of_transformers_write_our_greedy_text() {
    let (mut stories, traces) = recorded();
    for name in ["greedy", "assisted", "assisted-ending", "lookup"] {
        let trace = &traces[name];
        let most = trace.max_new_tokens;
        let ours = greedy(&trace.prompt_tokens, most, &mut stories.models);
        assert_eq!(trace.tokens, ours, "{name}");
    }
}

/// Rows of the target, by the node they belong to.
fn target_rows(trace: &Trace) -> Vec<&TopRow> {
    let rows = trace.events.iter().filter_map(|event| match event {
        Event::Score { role, rows, .. } if role == TARGET => Some(rows),
        _ => None,
    });
    rows.flatten().collect()
}

#[test]
fn the_rows_of_a_pass_of_transformers_are_ours() {
    let (mut stories, traces) = recorded();
    let theirs = &traces["greedy"];
    let params = json!({ "temperature": 0, "top_k": 0, "top_p": 1 });
    let request = request("basic-sampling", params, &theirs.prompt_tokens, theirs.max_new_tokens);
    let ours = run(request, &mut stories.models).expect("a run");
    let (have, want) = (target_rows(theirs), target_rows(&ours));
    assert_eq!(have.len(), want.len());
    for (have, want) in have.iter().zip(want) {
        for ((token, log_prob), other) in have.top.iter().zip(&want.top) {
            assert!((log_prob - other.1).abs() < ROUNDING, "{token}: {log_prob} and {other:?}");
        }
    }
}

#[test]
fn beams_of_transformers_are_our_beams() {
    let (mut stories, traces) = recorded();
    let theirs = &traces["beams"];
    let params = theirs.params.clone();
    let request = request("beam-search", params, &theirs.prompt_tokens, theirs.max_new_tokens);
    let ours = run(request, &mut stories.models).expect("a run");
    assert_eq!(theirs.tokens, ours.tokens);
    for (have, want) in theirs.outputs.iter().zip(&ours.outputs) {
        assert_eq!(have.tokens, want.tokens);
        let (have, want) = (have.ranked.unwrap_or(f32::NAN), want.ranked.unwrap_or(f32::NAN));
        assert!((have - want).abs() < ROUNDING, "{have} and {want}");
    }
    assert_eq!(theirs.outputs.len(), 2);
}

#[test]
fn every_test_of_a_guess_follows_from_its_numbers() {
    let (_, traces) = recorded();
    let mut tested = 0;
    for event in &traces["assisted-sampling"].events {
        if let Event::Judge { accepted, p, q: Some(q), u: Some(u), .. } = event {
            assert_eq!(*accepted, *u <= p / q, "u = {u}, p = {p}, q = {q}");
            tested += 1;
        }
    }
    assert!(tested > 20, "only {tested} guesses were tested");
}
