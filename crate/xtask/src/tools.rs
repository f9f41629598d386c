//! Finding files and running programs.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root of the checkout. Asked when the program runs: several checkouts may share one folder
/// of compiled programs.
pub fn root() -> PathBuf {
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&package).ancestors().nth(2);
    root.expect("the package lies two folders below the root").to_owned()
}

/// Where cargo writes: the folder two above this program.
pub fn target_dir() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("this program lies in a target folder")?;
    Ok(target.to_owned())
}

/// Runs a program in the root and fails when it fails.
pub fn run(program: &str, arguments: &[&str]) -> Result<()> {
    run_with(program, arguments, &[])
}

/// As `run`, with environment variables.
pub fn run_with(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let status = command(program, arguments, variables)
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} {} failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// As `run_with`, and hands every line of standard output to `see` as it is printed.
pub fn run_seen(
    program: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
    mut see: impl FnMut(&str),
) -> Result<()> {
    let mut child = command(program, arguments, variables)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let output = child.stdout.take().context("standard output is piped")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        see(&line);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{program} {} failed ({status})", arguments.join(" "));
    }
    Ok(())
}

fn command(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    eprintln!("\n▸ {program} {}", arguments.join(" "));
    let mut command = Command::new(program);
    command.args(arguments).envs(variables.iter().copied()).current_dir(root());
    command
}

/// Whether a program can be started and likes `--version`.
pub fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
