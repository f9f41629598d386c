//! The project's commands: `cargo xtask <command>`.

mod generate;
mod tools;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>
  generate [--check]   types, schema and method pages for the web side";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        _ => bail!("{USAGE}"),
    }
}
