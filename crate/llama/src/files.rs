//! A model's files: as bytes everywhere, from a folder where there is a file system.

/// The files of a Hugging Face folder, as bytes.
pub struct ModelFiles<'a> {
    /// `config.json`
    pub config: &'a [u8],
    /// `tokenizer.json`
    pub tokenizer: &'a [u8],
    /// `model.safetensors`, or its shards in the order of their names.
    pub weights: Vec<Vec<u8>>,
}

#[cfg(not(target_family = "wasm"))]
mod folder {
    use super::ModelFiles;
    use crate::{
        Config, Llama, LoadError, Parameters, Part, parts,
        weights::{Weights, sha256},
    };
    use burn::tensor::{Device, Tensor, TensorData};
    use std::{collections::BTreeMap, path::Path};

    impl Llama {
        /// Reads `config.json`, `tokenizer.json` and `model.safetensors` (or the shards that
        /// `model.safetensors.index.json` names) from `folder`. A `SHA256SUMS` in the folder is
        /// held against the files.
        pub fn load_dir(folder: impl AsRef<Path>, device: Device) -> Result<Self, LoadError> {
            let folder = folder.as_ref();
            let sums = read_sums(folder)?;
            let config = read_checked(folder, "config.json", &sums)?;
            let tokenizer = read_checked(folder, "tokenizer.json", &sums)?;
            let weights = read_weights(folder, &sums)?;
            let files = ModelFiles { config: &config, tokenizer: &tokenizer, weights };
            Self::from_bytes(&name_of(folder), files, device)
        }
    }

    impl Parameters {
        /// As `Llama::load_dir`, for training's pass: the weights as plain tensors.
        pub fn load_dir(folder: impl AsRef<Path>, device: &Device) -> Result<Self, LoadError> {
            let folder = folder.as_ref();
            let sums = read_sums(folder)?;
            let name = name_of(folder);
            let config = Config::parse(&name, &read_checked(folder, "config.json", &sums)?)?;
            let files = read_weights(folder, &sums)?;
            let weights = Weights::read(&name, &files)?;
            let read = |part: &Part| -> Result<Tensor<2>, LoadError> {
                let shape = [part.rows(), part.columns];
                Ok(Tensor::from_data(TensorData::new(part.read(&weights)?, shape), device))
            };
            let tensors = parts(&config).iter().map(read).collect::<Result<_, _>>()?;
            Ok(Self::from_tensors(config, tensors))
        }
    }

    /// `model.safetensors`, or its shards in order.
    fn read_weights(
        folder: &Path,
        sums: &BTreeMap<String, String>,
    ) -> Result<Vec<Vec<u8>>, LoadError> {
        let names = weight_names(folder, sums)?;
        names.iter().map(|name| read_checked(folder, name, sums)).collect()
    }

    /// The last two parts of the path, such as `stories/target`.
    fn name_of(folder: &Path) -> String {
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let parts: Vec<_> = whole.iter().map(|it| it.to_string_lossy()).collect();
        parts[parts.len().saturating_sub(2)..].join("/")
    }

    fn weight_names(
        folder: &Path,
        sums: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, LoadError> {
        let index = "model.safetensors.index.json";
        if !folder.join(index).exists() {
            return Ok(vec!["model.safetensors".into()]);
        }
        let bytes = read_checked(folder, index, sums)?;
        let unusable = |reason: String| LoadError::File {
            path: folder.join(index).display().to_string(),
            reason,
        };
        let value: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|it| unusable(it.to_string()))?;
        let map = value["weight_map"].as_object();
        let map = map.ok_or_else(|| unusable("it has no \"weight_map\"".into()))?;
        let mut names: Vec<_> =
            map.values().filter_map(|it| it.as_str()).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn read_checked(
        folder: &Path,
        name: &str,
        sums: &BTreeMap<String, String>,
    ) -> Result<Vec<u8>, LoadError> {
        let bytes = read(&folder.join(name))?;
        if let Some(expected) = sums.get(name) {
            let found = sha256([bytes.as_slice()]);
            if *expected != found {
                let path = folder.join(name).display().to_string();
                return Err(LoadError::Checksum { path, expected: expected.clone(), found });
            }
        }
        Ok(bytes)
    }

    /// Lines of `<hex>  <name>`, as `sha256sum` writes them.
    fn read_sums(folder: &Path) -> Result<BTreeMap<String, String>, LoadError> {
        let path = folder.join("SHA256SUMS");
        if !path.exists() {
            return Ok(BTreeMap::new());
        }
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let pairs = text.lines().filter_map(|line| line.split_once(char::is_whitespace));
        Ok(pairs
            .map(|(sum, name)| (name.trim_start_matches([' ', '*']).to_owned(), sum.to_owned()))
            .collect())
    }

    fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
        std::fs::read(path).map_err(|error| LoadError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        })
    }
}
