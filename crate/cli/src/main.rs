//! The command line: lists methods, runs one, records a trace, checks one, counts n-gram tables,
//! measures and compares. Errors are one sentence on stderr: status 1, or 2 for arguments that make none.

use clap::Parser;
use cli::{
    arguments::{Arguments, Command},
    bench, ngrams, report, run,
};
use std::{
    error::Error,
    ffi::OsString,
    path::Path,
    process::{self, ExitCode},
};

fn main() -> ExitCode {
    match obey(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn obey(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Methods => methods(),
        Command::Check { file } => check(&file),
        Command::Render { arguments } => render(&arguments),
        Command::Ngrams(arguments) => ngrams::count(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Report(arguments) => report::report(&arguments),
    }
}

/// Prints the methods as a JSON array.
fn methods() -> Result<(), Box<dyn Error>> {
    let all: Vec<_> = decoding::methods::ALL
        .iter()
        .map(|entry| {
            let info = entry.info;
            serde_json::json!({
                "id": info.id,
                "title": info.title,
                "family": info.family,
                "lossless": info.lossless,
                "schema": entry.described().schema,
            })
        })
        .collect();
    println!("{}", serde_json::to_string_pretty(&all)?);
    Ok(())
}

/// Complains about the first thing that is wrong with a trace.
fn check(file: &Path) -> Result<(), Box<dyn Error>> {
    let json = std::fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let trace = decoding::check::read(&json)?;
    println!(
        "{} is a valid trace: {}, {} events, {} tokens",
        file.display(),
        trace.method,
        trace.events.len(),
        trace.tokens.len()
    );
    Ok(())
}

/// Hands a trace to the page's own drawing, which only a browser can lay out.
fn render(arguments: &[OsString]) -> Result<(), Box<dyn Error>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/export/render.mjs");
    let status =
        process::Command::new("node").arg(script).args(arguments).status().map_err(|error| {
            format!("drawing needs Node.js, and `node` does not start: {error}")
        })?;
    // It has said itself what was wrong.
    if status.success() { Ok(()) } else { process::exit(status.code().unwrap_or(1)) }
}
