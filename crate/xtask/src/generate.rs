//! Writes what other languages need to know of the Rust side: TypeScript types, the JSON Schema
//! of traces, and the methods with their pages.

use crate::tools::root;
use anyhow::{Context, Result, bail};
use decoding::{method::Described, methods, trace::Trace};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use ts_rs::{Config, TS};

/// Where a generated folder lies, and the folder it must equal.
const FOLDER: &str = "web/generated";

/// Writes the generated files.
pub fn write() -> Result<()> {
    write_into(&root().join(FOLDER))
}

/// Complains when the generated files do not say what the Rust code says.
pub fn check() -> Result<()> {
    let fresh = std::env::temp_dir().join(format!("decodescope-generated-{}", std::process::id()));
    write_into(&fresh)?;
    let differing = differing(&fresh, &root().join(FOLDER))?;
    fs::remove_dir_all(&fresh)?;
    if !differing.is_empty() {
        bail!("out of date: {}; run `cargo xtask generate`", differing.join(", "));
    }
    Ok(())
}

fn write_into(folder: &Path) -> Result<()> {
    let config = Config::new().with_out_dir(folder);
    Trace::export_all(&config)?;
    Described::export_all(&config)?;
    let schema = schemars::schema_for!(Trace);
    write_json(&folder.join("trace.schema.json"), &schema.to_value())?;
    let methods: Vec<_> = methods::ALL.iter().map(describe).collect();
    write_json(&folder.join("methods.json"), &Value::Array(methods))
}

/// A method with its page, which the list of `decoding` leaves out.
fn describe(entry: &decoding::method::Entry) -> Value {
    let mut method = json!(entry.described());
    method["page"] = json!(entry.info.page);
    method
}

fn write_json(path: &Path, value: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn differing(fresh: &Path, kept: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for path in files(fresh)?.into_iter().chain(files(kept).unwrap_or_default()) {
        let same = fs::read(fresh.join(&path)).ok() == fs::read(kept.join(&path)).ok();
        let name = path.display().to_string();
        if !same && !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The files of a folder and its folders, relative to it.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = PathBuf::from(path.file_name().context("a file has a name")?);
        if path.is_dir() {
            found.extend(files(&path)?.into_iter().map(|it| name.join(it)));
        } else {
            found.push(name);
        }
    }
    Ok(found)
}
