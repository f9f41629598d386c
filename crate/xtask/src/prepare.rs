//! Installs what a fresh machine with rustup and Node lacks.

use crate::tools::{has, root, run};
use anyhow::{Context, Result, bail};
use std::{fs, path::Path, process::Command};

pub const WASM: &str = "wasm32-unknown-unknown";

/// The WebAssembly target and the packages of `package-lock.json`.
pub fn toolchain() -> Result<()> {
    if !has("npm") {
        bail!("Node.js with npm is needed: install Node 20.19 or newer from https://nodejs.org");
    }
    let installed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let installed = installed.context("rustup is needed: see https://rustup.rs")?.stdout;
    if !String::from_utf8_lossy(&installed).lines().any(|line| line == WASM) {
        run("rustup", &["target", "add", WASM])?;
    }
    packages()
}

/// `npm ci`, unless the installed packages are those of the lock file already.
fn packages() -> Result<()> {
    let lock = fs::read(root().join("package-lock.json"))?;
    let stamp = root().join("node_modules/.decodescope-lock");
    if fs::read(&stamp).is_ok_and(|it| it == lock) {
        return Ok(());
    }
    run("npm", &["ci", "--no-audit", "--no-fund"])?;
    Ok(fs::write(stamp, lock)?)
}

/// The path of Chrome or Chromium, installed if there is none.
pub fn browser() -> Result<String> {
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    if Path::new("/etc/debian_version").exists() && has("apt-get") {
        run("apt-get", &["update", "-qq"])?;
        run("apt-get", &["install", "-y", "-qq", "--no-install-recommends", "chromium"])?;
    } else {
        run("npx", &["playwright-core", "install", "chromium"])?;
    }
    find_browser()
        .context("no Chrome or Chromium was found: install one, or name it in the variable CHROME")
}

/// The path of Chrome or Chromium, if there is one.
pub fn find_browser() -> Option<String> {
    let named = std::env::var("CHROME").ok();
    let usual = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    let mut candidates = named.into_iter().chain(usual.map(String::from));
    candidates.find(|it| has(it)).map(absolute).or_else(playwright_browser)
}

/// Playwright starts browsers by path.
fn absolute(program: String) -> String {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths)
        .map(|folder| folder.join(&program))
        .find(|path| path.is_file())
        .map_or(program, |path| path.display().to_string())
}

/// The browser that Playwright installed, if it did.
fn playwright_browser() -> Option<String> {
    let script = "import('playwright-core').then(p => console.log(p.chromium.executablePath()))";
    let output =
        Command::new("node").args(["-e", script]).current_dir(root()).output().ok()?.stdout;
    let path = String::from_utf8(output).ok()?.trim().to_owned();
    Path::new(&path).is_file().then_some(path)
}
