//! What a training noted, one JSON object a line; the card is written from it.

use crate::{
    checkpoint::replace,
    error::{Result, unreadable, unwritable},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Steps made.
    pub step: u64,
    pub tokens: u64,
    /// Time spent so far, over all pieces.
    pub seconds: f64,
    pub device: String,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// Since the last such entry.
    Training {
        /// Mean nats per token.
        loss: f32,
        /// Mean nats per token from the teacher's distribution.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        divergence: Option<f32>,
        /// Share of the peak rates.
        rate: f64,
        tokens_per_second: f64,
    },
    Validation {
        losses: Vec<Loss>,
    },
}

/// Loss on the validation texts of one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    pub source: String,
    pub nats_per_token: f64,
    pub nats_per_byte: f64,
    pub tokens: usize,
}

pub struct Log {
    path: PathBuf,
    pub entries: Vec<Entry>,
}

impl Log {
    /// Opens the log of a run that stands at `step`; later entries belong to a piece that was lost.
    pub fn open(folder: &Path, step: u64) -> Result<Self> {
        let path = folder.join("log.jsonl");
        let mut log = Self { entries: Vec::new(), path };
        if log.path.exists() {
            let text = fs::read_to_string(&log.path).map_err(unreadable(&log.path))?;
            // A kill may have cut the last line short.
            let entries = text.lines().filter_map(|line| serde_json::from_str(line).ok());
            log.entries = entries.filter(|it: &Entry| it.step <= step).collect();
        }
        let lines: String = log.entries.iter().map(line).collect();
        replace(&log.path, lines.as_bytes())?;
        Ok(log)
    }

    pub fn add(&mut self, entry: Entry) -> Result<()> {
        let file = OpenOptions::new().append(true).open(&self.path);
        file.and_then(|mut it| it.write_all(line(&entry).as_bytes()))
            .map_err(unwritable(&self.path))?;
        self.entries.push(entry);
        Ok(())
    }
}

fn line(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("plain data") + "\n"
}
