//! Reads `*.safetensors` from bytes: an 8-byte length, a JSON header, then the tensors.
//! Sharded files are read together, so the index file is only needed to find them.

use crate::LoadError;
use burn::tensor::{bf16, f16};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Header {
    dtype: String,
    shape: Vec<usize>,
    /// First byte and the byte after the last, from the end of the header.
    data_offsets: (usize, usize),
}

struct Stored<'a> {
    header: Header,
    bytes: &'a [u8],
}

/// The named tensors of a model, still in the form of their file.
pub(crate) struct Weights<'a> {
    model: String,
    tensors: BTreeMap<String, Stored<'a>>,
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
        self.tensors.get(name).map(|it| it.header.shape.as_slice())
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
        let found = &stored.header.shape;
        if found != expected {
            let (expected, found) = (expected.to_vec(), found.clone());
            return Err(LoadError::Shape { model, tensor, expected, found });
        }
        let bytes = stored.bytes;
        let half = |it: &[u8]| u16::from_le_bytes([it[0], it[1]]);
        match stored.header.dtype.as_str() {
            "F32" => values.extend(
                bytes.chunks_exact(4).map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]])),
            ),
            "F16" => {
                values.extend(bytes.chunks_exact(2).map(|it| f16::from_bits(half(it)).to_f32()))
            }
            "BF16" => {
                values.extend(bytes.chunks_exact(2).map(|it| bf16::from_bits(half(it)).to_f32()))
            }
            other => {
                return Err(LoadError::DataType { model, tensor, found: other.into() });
            }
        }
        Ok(())
    }

    /// The values of one tensor, as f32, row-major.
    pub(crate) fn get(&self, name: &str, expected: &[usize]) -> Result<Vec<f32>, LoadError> {
        let mut values = Vec::with_capacity(expected.iter().product());
        self.append(name, expected, &mut values)?;
        Ok(values)
    }
}

fn read_file<'a>(
    model: &str,
    file: &str,
    bytes: &'a [u8],
    tensors: &mut BTreeMap<String, Stored<'a>>,
) -> Result<(), LoadError> {
    let cut = |needed: u64| LoadError::Truncated {
        model: model.into(),
        file: file.into(),
        needed,
        found: bytes.len() as u64,
    };
    let odd =
        |reason: String| LoadError::Safetensors { model: model.into(), file: file.into(), reason };
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return Err(cut(8)) };
    let length = u64::from_le_bytes(*length);
    // A longer header than the format allows means that these are other bytes altogether.
    if length > 100_000_000 {
        return Err(odd("its header would be longer than the format allows".into()));
    }
    let Some((header, data)) = rest.split_at_checked(length as usize) else {
        return Err(cut(8 + length));
    };
    let entries: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(header).map_err(|it| odd(format!("its header: {it}")))?;
    let mut headers = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        if name != "__metadata__" {
            let header: Header = serde_json::from_value(entry)
                .map_err(|it| odd(format!("its entry for {name:?}: {it}")))?;
            headers.push((name, header));
        }
    }
    let end = headers.iter().map(|it| it.1.data_offsets.1).max().unwrap_or(0);
    if end > data.len() {
        return Err(cut(8 + length + end as u64));
    }
    for (name, header) in headers {
        let (start, end) = header.data_offsets;
        let bytes = data.get(start..end).filter(|it| fits(&header, it.len()));
        let Some(bytes) = bytes else {
            return Err(odd(format!("the bytes of {name:?} do not match its shape")));
        };
        tensors.insert(name, Stored { header, bytes });
    }
    Ok(())
}

/// Whether `found` bytes are what the shape needs; types we cannot read are refused later.
fn fits(header: &Header, found: usize) -> bool {
    let width = match header.dtype.as_str() {
        "F32" => 4,
        "F16" | "BF16" => 2,
        _ => return true,
    };
    let size = header.shape.iter().try_fold(width, |size: usize, &it| size.checked_mul(it));
    size == Some(found)
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
        Weights::read("tiny", &files).unwrap().get("w", &[2]).unwrap()
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
        let message = weights.get("w", &[1]).unwrap_err().to_string();
        assert!(message.contains("holds I64"), "{message}");
    }
}
