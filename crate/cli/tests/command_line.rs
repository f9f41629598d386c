//! The program as a reader meets it: what it prints, and how it says no.

use serde_json::Value;
use std::{
    path::PathBuf,
    process::{Command, Output},
};

fn cli(arguments: &[&str]) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(env!("CARGO_BIN_EXE_cli"))
        .args(arguments)
        .current_dir(root)
        .output()
        .expect("the program starts")
}

const TARGET: [&str; 2] = ["--model", "models/stories/target"];

fn run(method: &str, more: &[&str]) -> Output {
    cli(&[&["run", method, "--prompt", "Once upon a time"], &TARGET[..], more].concat())
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The one line on stderr of a run that fails.
fn complaint(output: Output) -> String {
    let text = said(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(output.stdout.is_empty(), "{}", said(&output.stdout));
    text
}

#[test]
fn methods_are_listed_as_json() {
    let list: Value = serde_json::from_slice(&cli(&["methods"]).stdout).expect("JSON");
    let list = list.as_array().expect("an array");
    assert_eq!(list.len(), decoding::methods::ALL.len());
    for method in list {
        let keys: Vec<_> = method.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["family", "id", "lossless", "schema", "title"]);
        let lossless = method["lossless"].as_str().expect("a text");
        assert!(["distribution", "greedy", "no"].contains(&lossless), "{lossless}");
        assert!(method["schema"]["properties"].is_object(), "{method}");
    }
}

#[test]
fn a_run_prints_its_text_and_writes_a_trace_that_passes_the_check() {
    let path = std::env::temp_dir().join(format!("decodescope-{}.json", std::process::id()));
    let file = path.to_str().expect("a plain path");
    let draft = ["--model", "draft=models/stories/draft", "--seed", "7", "--max-new-tokens", "12"];
    let more = [&draft[..], &["--params", "{\"temperature\": 0}", "--trace", file]].concat();
    let output = run("speculative-decoding", &more);
    let text = said(&output.stdout);
    assert!(output.status.success(), "{}", said(&output.stderr));
    assert!(text.starts_with("Once upon a time, there was a"), "{text}");
    for line in
        ["tokens            12", "passes            draft ", "accepted/drafted", " ms per token"]
    {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
    let trace = std::fs::read_to_string(&path).expect("the trace is there");
    let trace: Value = serde_json::from_str(&trace).expect("JSON");
    assert_eq!(trace["recorded"]["device"], "cpu");
    assert_eq!((&trace["seed"], &trace["params"]["gamma"]), (&7.into(), &4.into()));
    let check = cli(&["check", file]);
    assert!(said(&check.stdout).contains("is a valid trace"), "{}", said(&check.stderr));

    let mut spoilt = trace;
    spoilt["events"][1]["parent"] = 40.into();
    std::fs::write(&path, spoilt.to_string()).expect("the folder can be written");
    assert!(complaint(cli(&["check", file])).contains("at events[1].grow.parent: node 40"));
    std::fs::remove_file(&path).expect("it was just written");
}

#[test]
fn mistakes_are_told_in_one_sentence() {
    let unknown = complaint(run("telepathy", &[]));
    assert!(unknown.contains("no method is called \"telepathy\"; the methods are:"), "{unknown}");
    let parameter = complaint(run("basic-sampling", &["--params", "{\"heat\": 1}"]));
    assert!(parameter.contains("there is no parameter \"heat\""), "{parameter}");
    let range = complaint(run("basic-sampling", &["--params", "{\"temperature\": 9}"]));
    assert!(range.contains("\"temperature\" must be between 0 and 2, not 9"), "{range}");
    let draft = complaint(run("speculative-decoding", &[]));
    assert!(draft.contains("a model in the role \"draft\", and none is loaded"), "{draft}");
    let folder = complaint(run("basic-sampling", &["--model", "target=nowhere"]));
    assert!(folder.contains("nowhere"), "{folder}");
    let empty = complaint(cli(&[&["run", "jacobi", "--prompt", " "], &TARGET[..]].concat()));
    assert!(empty.contains("the prompt is empty"), "{empty}");
}

#[test]
fn arguments_that_make_no_sense_are_told_apart_from_failures() {
    for arguments in [
        &["run", "jacobi", "--prompt", "Once"][..],
        &["run", "jacobi", "--prompt", "Once", "--model", "target="],
        &["run", "jacobi", "--prompt", "Once", "--model", "a", "--params", "{heat"],
        &["run", "jacobi", "--prompt", "Once", "--model", "a", "--device", "abacus"],
        &["sing"],
    ] {
        let output = cli(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output.stderr));
    }
}
