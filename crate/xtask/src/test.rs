//! Everything that CI runs, in the order in which a mistake is cheapest to find.

use crate::{generate, prepare, site, tools::*};
use anyhow::{Context, Result, bail};
use std::{fs, path::Path, time::Instant};

/// Everything but the browser's engine, and without the GPU libraries of the command line: they
/// take longer to compile than all the rest, and the browser's build lints the same code.
const NATIVE: [&str; 6] =
    ["--workspace", "--exclude", "wasm", "--no-default-features", "--features", "llama/cpu"];

/// How many tests a run has seen.
#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Formatting, lints, types and generated files.
pub fn check() -> Result<()> {
    prepare::toolchain()?;
    run("cargo", &["fmt", "--all", "--check"])?;
    run("npx", &["prettier", "--check", "--log-level", "warn", "."])?;
    generate::check()?;
    run("npx", &["tsc", "--noEmit"])?;
    run("npx", &["eslint", "--max-warnings", "0", "web", "tests"])?;
    let strict = ["--", "-D", "warnings"];
    run("cargo", &[&["clippy", "--all-targets"][..], &NATIVE, &strict].concat())?;
    // The engine's other build differs in one line, and the site's build compiles both.
    let wasm = ["clippy", "-p", "wasm", "--target", prepare::WASM, "--features", "webgpu"];
    run("cargo", &[&wasm[..], &strict].concat())?;
    Ok(())
}

/// All of it: checks, Rust tests, unit tests of the web side, the site, the browser.
pub fn all() -> Result<()> {
    let start = Instant::now();
    let mut count = Count::default();
    check()?;
    let outcome = rust(&native(&[]), &[], &mut count)
        .and_then(|()| web(&[], &mut count))
        // The site's pictures are drawn by it.
        .and_then(|()| prepare::browser().map(drop))
        .and_then(|()| site::build())
        .and_then(|()| run("node", &["web/tools/sizes.mjs"]))
        .and_then(|()| browser(&[], &mut count));
    let Count { passed, failed, skipped } = count;
    println!("\nall tests in {} s", start.elapsed().as_secs());
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    outcome
}

/// Only tests whose name contains `name`; the site must have been built for browser tests.
pub fn some(name: &str) -> Result<()> {
    let mut count = Count::default();
    rust(&native(&[name]), &[], &mut count)?;
    web(&["-t", name], &mut count)?;
    browser(&["-t", name], &mut count)
}

/// The Rust tests with all that is too slow for every day: tens of minutes. Then the command line
/// with its GPU libraries.
pub fn slow() -> Result<()> {
    prepare::toolchain()?;
    let (start, mut count) = (Instant::now(), Count::default());
    let gpu = ["test", "-p", "cli", "--test", "webgpu", "--", "--nocapture"];
    let outcome =
        rust(&native(&[]), &[("SLOW", "1")], &mut count).and_then(|()| rust(&gpu, &[], &mut count));
    let Count { passed, failed, skipped } = count;
    println!("\nslow tests in {} s", start.elapsed().as_secs());
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    outcome
}

fn native<'a>(filter: &[&'a str]) -> Vec<&'a str> {
    [&["test", "--no-fail-fast"][..], &NATIVE, filter].concat()
}

fn rust(arguments: &[&str], variables: &[(&str, &str)], count: &mut Count) -> Result<()> {
    run_seen("cargo", arguments, variables, |line| {
        if let Some(result) = line.strip_prefix("test result: ") {
            count.passed += number_before(result, " passed");
            count.failed += number_before(result, " failed");
            count.skipped += number_before(result, " ignored");
        }
    })
}

/// The number that stands before `word` in a line.
fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().unwrap_or(0)
}

fn web(filter: &[&str], count: &mut Count) -> Result<()> {
    vitest("vite.config.ts", filter, &[], count)
}

fn browser(filter: &[&str], count: &mut Count) -> Result<()> {
    let chrome = prepare::browser()?;
    vitest("tests/browser/vitest.config.ts", filter, &[("CHROME", &chrome)], count)
}

fn vitest(
    config: &str,
    filter: &[&str],
    variables: &[(&str, &str)],
    count: &mut Count,
) -> Result<()> {
    let report =
        std::env::temp_dir().join(format!("decodescope-vitest-{}.json", std::process::id()));
    let output = format!("--outputFile.json={}", report.display());
    let fixed = ["vitest", "run", "--config", config, "--reporter=default", "--reporter=json"];
    let arguments = [&fixed[..], &[output.as_str()], filter].concat();
    let outcome = run_with("npx", &arguments, variables);
    let told = add_report(&report, count);
    outcome.and(told)
}

fn add_report(path: &Path, count: &mut Count) -> Result<()> {
    let text = fs::read_to_string(path).context("the test runner wrote no report")?;
    fs::remove_file(path)?;
    let report: serde_json::Value = serde_json::from_str(&text)?;
    let number = |name: &str| report[name].as_u64().unwrap_or(0);
    count.passed += number("numPassedTests");
    count.failed += number("numFailedTests");
    count.skipped += number("numPendingTests") + number("numTodoTests");
    if number("numTotalTests") == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// Writes the golden traces anew. Read the difference before it is committed.
pub fn bless() -> Result<()> {
    run_with("cargo", &["test", "-p", "tests"], &[("BLESS", "1")])?;
    run("git", &["diff", "--stat", "--", "tests/golden"])
}
