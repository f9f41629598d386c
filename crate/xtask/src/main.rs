//! The project's commands: `cargo xtask <command>`.

mod generate;
mod prepare;
mod site;
mod test;
mod tools;
mod wasm;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>
  dev                  build, serve the page with live rebuild, print the address
  build                write the static site to dist/
  test [name]          everything CI runs, or the tests whose name contains `name`
  test --slow          the Rust tests with SLOW=1: ten times as many draws, all greedy prompts;
                       then the command line on this machine's graphics interface
  check                formatting, lints, types, generated files
  bless                write the golden traces anew
  bench                measure passes, tokens per second, sizes and loading; medians
  generate [--check]   types, schema and method pages for the web side
  wasm [cpu|webgpu]    compile the engine for the browser";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["dev"] => site::dev(),
        ["build"] => site::build(),
        ["test"] => test::all(),
        ["test", "--slow"] => test::slow(),
        ["test", name] => test::some(name),
        ["check"] => test::check(),
        ["bless"] => test::bless(),
        ["bench"] => bench(),
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["wasm"] => {
            prepare::toolchain()?;
            wasm::DEVICES.iter().try_for_each(|device| wasm::build(device))
        }
        ["wasm", device] if wasm::DEVICES.contains(&device) => {
            prepare::toolchain()?;
            wasm::build(device)
        }
        _ => bail!("{USAGE}"),
    }
}

/// Native first, then the page in a browser.
fn bench() -> Result<()> {
    let native = ["run", "-p", "cli", "--release", "--", "bench"];
    let models = ["--model", "models/stories/target", "--draft", "models/stories/draft"];
    tools::run("cargo", &[&native[..], &models].concat())?;
    site::build()?;
    let chrome = prepare::browser()?;
    tools::run_with("node", &["web/tools/bench.mjs"], &[("CHROME", &chrome)])
}
