//! `--device webgpu` on this machine's own graphics interface. Only in builds with the feature, and
//! skipped, with the reason, where there is no adapter; a software adapter will do.
#![cfg(feature = "webgpu")]

use serde_json::Value;
use std::{path::PathBuf, process::Command};

/// The trace of a run, or what the program complained about.
fn run(method: &str, params: &str, device: &str) -> Result<Value, String> {
    let file = format!("decodescope-{}-{method}-{device}.json", std::process::id());
    let trace = std::env::temp_dir().join(file);
    let output = Command::new(env!("CARGO_BIN_EXE_cli"))
        .current_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .args(["run", method, "--prompt", "Tom had a red boat. One day", "--max-new-tokens", "24"])
        .args(["--model", "models/stories/target", "--draft", "models/stories/draft"])
        .args(["--params", params, "--device", device, "--trace"])
        .arg(&trace)
        .output()
        .expect("the program starts");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let json = std::fs::read_to_string(&trace).expect("a trace");
    std::fs::remove_file(trace).expect("it can be removed");
    Ok(serde_json::from_str(&json).expect("JSON"))
}

#[test]
fn the_graphics_card_writes_what_the_cpu_writes() {
    let runs = [
        ("basic-sampling", r#"{"temperature": 0}"#),
        ("basic-sampling", r#"{"temperature": 0.8}"#),
        ("speculative-decoding", r#"{"temperature": 0}"#),
        ("opt-tree", r#"{"temperature": 0}"#),
        ("swift", r#"{"temperature": 0}"#),
        ("lookahead", r#"{"temperature": 0}"#),
        ("beam-search", "{}"),
    ];
    for (method, params) in runs {
        let there = match run(method, params, "webgpu") {
            Err(reason) if reason.contains("adapter") => {
                return println!("skipped: this machine has no adapter ({reason})");
            }
            other => other.expect("a run on WebGPU"),
        };
        let here = run(method, params, "cpu").expect("a run on the CPU");
        assert_eq!(there["tokens"], here["tokens"], "{method} {params}");
        assert_eq!(there["recorded"]["device"], "webgpu");
    }
}
