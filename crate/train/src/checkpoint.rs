//! What a training needs to go on as if it had never stopped, in one safetensors file.
//!
//! A file is written beside its name and then renamed, so a kill leaves the last whole one.

use crate::{
    error::{Error, Result, unreadable, unwritable},
    optimizer::Record,
    recipe::Recipe,
};
use burn::tensor::{Device, Tensor, TensorData};
use llama::{Config, parts};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Whole checkpoints kept; the last might be on a disk that filled up.
const KEPT: usize = 2;

pub struct Checkpoint {
    pub about: About,
    pub tensors: Vec<Tensor<2>>,
    pub optimizer: Record,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// Steps made.
    pub step: u64,
    /// Time spent, over all pieces.
    pub seconds: f64,
    /// Of what decides the weights; a checkpoint belongs to one.
    pub recipe: String,
    times: BTreeMap<String, u64>,
}

impl About {
    pub fn new(step: u64, seconds: f64, recipe: &Recipe) -> Self {
        Self { step, seconds, recipe: fingerprint(recipe), times: BTreeMap::new() }
    }
}

/// SHA-256 over the fields that decide the weights.
fn fingerprint(recipe: &Recipe) -> String {
    let Recipe { seed, network, tokenizer, corpus, training, optimizer, distill, .. } = recipe;
    // The corpus may lie elsewhere on another machine.
    let decisive = (seed, network, tokenizer, &corpus.sources, training, optimizer, distill);
    let json = serde_json::to_vec(&decisive).expect("a recipe is plain data");
    Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a checkpoint into `folder` and removes those no longer needed.
pub fn write(folder: &Path, checkpoint: Checkpoint, config: &Config) -> Result<PathBuf> {
    let Checkpoint { mut about, tensors, optimizer } = checkpoint;
    about.times = optimizer.times;
    let names = parts(config).into_iter().map(|part| part.blocks[0].name.clone());
    let weights = names.zip(tensors).map(|(name, it)| (format!("weight/{name}"), it.into_data()));
    let state = optimizer.tensors.into_iter().map(|(name, data)| (format!("state/{name}"), data));
    let tensors: Vec<_> = weights.chain(state).collect();
    let path = folder.join(format!("checkpoint-{:08}.safetensors", about.step));
    let failed = |error: safetensors::SafeTensorError| Error::Write {
        path: path.clone(),
        reason: error.to_string(),
    };
    let views = tensors
        .iter()
        .map(|(name, data)| {
            Ok((name, TensorView::new(Dtype::F32, data.shape().to_vec(), data.as_bytes())?))
        })
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(failed)?;
    let told = serde_json::to_string(&about).expect("plain data");
    let bytes =
        safetensors::serialize(views, Some([("about".to_owned(), told)].into_iter().collect()))
            .map_err(failed)?;
    replace(&path, &bytes)?;
    for old in list(folder)?.iter().rev().skip(KEPT) {
        fs::remove_file(old).map_err(unwritable(old))?;
    }
    Ok(path)
}

/// The last checkpoint in `folder`, if there is any.
///
/// Errors: it cannot be read, or belongs to another recipe.
pub fn read_last(
    folder: &Path,
    recipe: &Recipe,
    config: &Config,
    device: &Device,
) -> Result<Option<Checkpoint>> {
    let Some(path) = list(folder)?.pop() else { return Ok(None) };
    let bytes = fs::read(&path).map_err(unreadable(&path))?;
    let unusable = |reason: String| Error::Checkpoint { path: path.clone(), reason };
    let read = SafeTensors::deserialize(&bytes).map_err(|it| unusable(it.to_string()))?;
    let (_, metadata) =
        SafeTensors::read_metadata(&bytes).map_err(|it| unusable(it.to_string()))?;
    let told = metadata.metadata().as_ref().and_then(|it| it.get("about"));
    let told = told.ok_or_else(|| unusable("it does not say what it is".into()))?;
    let about: About = serde_json::from_str(told).map_err(|it| unusable(it.to_string()))?;
    if about.recipe != fingerprint(recipe) {
        return Err(unusable("it was made by another recipe of the same name".into()));
    }
    let mut stored: BTreeMap<String, TensorData> = BTreeMap::new();
    for (name, view) in read.tensors() {
        let values = view.data().chunks_exact(4);
        let values: Vec<f32> =
            values.map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect();
        stored.insert(name, TensorData::new(values, view.shape().to_vec()));
    }
    let tensor = |part: llama::Part| {
        let name = format!("weight/{}", part.blocks[0].name);
        let data = stored.remove(&name).ok_or_else(|| unusable(format!("it lacks {name}")))?;
        Ok(Tensor::from_data(data, device))
    };
    let tensors = parts(config).into_iter().map(tensor).collect::<Result<Vec<_>>>()?;
    let state = stored
        .into_iter()
        .filter_map(|(name, data)| Some((name.strip_prefix("state/")?.to_owned(), data)));
    let optimizer = Record { tensors: state.collect(), times: about.times.clone() };
    Ok(Some(Checkpoint { about, tensors, optimizer }))
}

/// Writes a file so that there is always a whole one.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("part");
    let mut file = fs::File::create(&beside).map_err(unwritable(&beside))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(unwritable(&beside))?;
    fs::rename(&beside, path).map_err(unwritable(path))
}

/// Checkpoints by step.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(unreadable(folder))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("checkpoint-") && name.ends_with(".safetensors")
        })
        .collect();
    found.sort();
    Ok(found)
}
