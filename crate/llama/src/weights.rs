//! Reads the tensors of `*.safetensors` as f32, whatever type of float they are stored in.
//! Sharded files are read together, so the index file is only needed to find them.

use crate::LoadError;
use burn::tensor::{bf16, f16};
use safetensors::{
    Dtype, SafeTensorError, SafeTensors,
    tensor::{Metadata, TensorView},
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The named tensors of a model, still in the form of their file.
pub(crate) struct Weights<'a> {
    model: String,
    tensors: BTreeMap<String, TensorView<'a>>,
}

impl<'a> Weights<'a> {
    /// `files`: one `model.safetensors`, or its shards in order.
    pub(crate) fn read(model: &str, files: &'a [Vec<u8>]) -> Result<Self, LoadError> {
        let mut tensors = BTreeMap::new();
        for (index, bytes) in files.iter().enumerate() {
            let file = match files.len() {
                1 => "model.safetensors".to_owned(),
                count => format!("shard {} of {count}", index + 1),
            };
            read_file(model, &file, bytes, &mut tensors)?;
        }
        Ok(Self { model: model.into(), tensors })
    }

    pub(crate) fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|it| it.shape())
    }

    /// Adds the values of the tensor `name` to `values`, as f32, row-major.
    ///
    /// Errors: the tensor is missing, has another shape or another type of numbers.
    pub(crate) fn append(
        &self,
        name: &str,
        expected: &[usize],
        values: &mut Vec<f32>,
    ) -> Result<(), LoadError> {
        let model = self.model.clone();
        let tensor = name.to_owned();
        let Some(stored) = self.tensors.get(name) else {
            return Err(LoadError::MissingTensor { model, tensor });
        };
        let found = stored.shape();
        if found != expected {
            let (expected, found) = (expected.to_vec(), found.to_vec());
            return Err(LoadError::Shape { model, tensor, expected, found });
        }
        let bytes = stored.data();
        let half = |it: &[u8]| u16::from_le_bytes([it[0], it[1]]);
        match stored.dtype() {
            Dtype::F32 => values.extend(
                bytes.chunks_exact(4).map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]])),
            ),
            Dtype::F16 => {
                values.extend(bytes.chunks_exact(2).map(|it| f16::from_bits(half(it)).to_f32()))
            }
            Dtype::BF16 => {
                values.extend(bytes.chunks_exact(2).map(|it| bf16::from_bits(half(it)).to_f32()))
            }
            other => {
                return Err(LoadError::DataType { model, tensor, found: format!("{other:?}") });
            }
        }
        Ok(())
    }
}

fn read_file<'a>(
    model: &str,
    file: &str,
    bytes: &'a [u8],
    tensors: &mut BTreeMap<String, TensorView<'a>>,
) -> Result<(), LoadError> {
    let read = SafeTensors::deserialize(bytes).map_err(|error| {
        let (model, file, found) = (model.into(), file.into(), bytes.len() as u64);
        match needed(bytes, &error) {
            Some(needed) if needed > found => LoadError::Truncated { model, file, needed, found },
            _ => LoadError::Safetensors { model, file, reason: error.to_string() },
        }
    })?;
    tensors.extend(read.tensors());
    Ok(())
}

/// How many bytes the file says that it has, where the error leaves that question open.
fn needed(bytes: &[u8], error: &SafeTensorError) -> Option<u64> {
    const LENGTH: u64 = 8;
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return Some(LENGTH) };
    let length = u64::from_le_bytes(*length);
    match error {
        SafeTensorError::InvalidHeaderLength => Some(LENGTH + length),
        SafeTensorError::MetadataIncompleteBuffer => {
            let header: Metadata = serde_json::from_slice(rest.get(..length as usize)?).ok()?;
            Some(LENGTH + length + header.data_len() as u64)
        }
        _ => None,
    }
}

/// SHA-256 of the files one after another, in hex.
pub(crate) fn sha256<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
    }

    fn values(dtype: &str, data: &[u8]) -> Vec<f32> {
        let header = format!(
            r#"{{"__metadata__":{{"format":"pt"}},"w":{{"dtype":"{dtype}","shape":[2],"data_offsets":[0,{}]}}}}"#,
            data.len()
        );
        let files = [file(&header, data)];
        let mut values = Vec::new();
        Weights::read("tiny", &files).unwrap().append("w", &[2], &mut values).unwrap();
        values
    }

    #[test]
    fn three_types_of_numbers_are_read() {
        assert_eq!(values("F32", &[0, 0, 128, 63, 0, 0, 0, 192]), [1.0, -2.0]);
        assert_eq!(values("F16", &[0, 60, 0, 192]), [1.0, -2.0]);
        assert_eq!(values("BF16", &[128, 63, 0, 192]), [1.0, -2.0]);
    }

    #[test]
    fn shards_are_read_as_one() {
        let entry = |name| {
            let header =
                format!(r#"{{"{name}":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}}"#);
            file(&header, &1.0f32.to_le_bytes())
        };
        let files = [entry("a"), entry("b")];
        let weights = Weights::read("tiny", &files).unwrap();
        assert!(weights.shape("a").is_some() && weights.shape("b").is_some());
    }

    #[test]
    fn a_file_cut_short_says_how_much_is_missing() {
        let whole = file(r#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, &[0; 8]);
        let message = |bytes: &[u8]| {
            let files = [bytes.to_vec()];
            Weights::read("tiny", &files).err().expect("refused").to_string()
        };
        let (all, short) = (whole.len(), whole.len() - 3);
        assert_eq!(
            message(&whole[..short]),
            format!(
                "model.safetensors of \"tiny\" is cut short: it needs {all} bytes and has {short}"
            )
        );
        assert!(message(&whole[..20]).contains("needs 62 bytes and has 20"));
        assert!(message(&whole[..5]).contains("needs 8 bytes and has 5"));
        assert!(message(b"<html>not a model</html>").contains("is not a safetensors file"));
    }

    #[test]
    fn numbers_of_another_type_are_refused() {
        let header = r#"{"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#;
        let files = [file(header, &[0; 8])];
        let weights = Weights::read("tiny", &files).unwrap();
        let message = weights.append("w", &[1], &mut Vec::new()).unwrap_err().to_string();
        assert!(message.contains("holds I64"), "{message}");
    }
}
