//! The page: a static folder that works from any path, or a server with live rebuild.

use crate::{
    generate, prepare,
    tools::{run, run_with},
    wasm,
};
use anyhow::Result;

/// Everything the page is made of, up to date.
fn parts() -> Result<()> {
    prepare::toolchain()?;
    generate::write()?;
    wasm::DEVICES.iter().try_for_each(|device| wasm::build(device))
}

/// Writes `dist/`. Where there is no browser, the pages of recorded runs have no pictures.
pub fn build() -> Result<()> {
    parts()?;
    run("npx", &["vite", "build"])?;
    run("npx", &["vite", "build", "--config", "web/embed/vite.config.ts"])?;
    run("npx", &["vite", "build", "--config", "web/embed/live.vite.config.ts"])?;
    // What `decodescope-render` draws with.
    run("npx", &["vite", "build", "--config", "web/export/vite.config.ts"])?;
    run("npx", &["vite", "build", "--config", "web/embed/npm/vite.config.ts"])?;
    run("node", &["web/tools/packages.mjs"])?;
    let chrome = prepare::find_browser().unwrap_or_default();
    run_with("node", &["web/tools/run-pages.mjs"], &[("CHROME", &chrome)])?;
    run("node", &["web/tools/service-worker.mjs"])
}

/// Serves the page and rebuilds what changes on the web side; prints the address.
pub fn dev() -> Result<()> {
    parts()?;
    run("npx", &["vite", "--host", "127.0.0.1"])
}
