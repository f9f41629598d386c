//! Everything that can be wrong with a model's files, each as a sentence for the person who can act.

/// Why a model could not be loaded.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum LoadError {
    #[error("config.json of {model:?} is not usable: {reason}")]
    Config { model: String, reason: String },
    #[error(
        "{model:?} has the architecture {found:?}, but only Llama (LlamaForCausalLM) can be read"
    )]
    Architecture { model: String, found: String },
    #[error("{model:?} uses the rope type {found:?}, but only \"default\" is supported")]
    RopeType { model: String, found: String },
    #[error("{model:?} sets {what}, which is not supported")]
    Setting { model: String, what: String },
    #[error("tokenizer.json of {model:?} cannot be read: {reason}")]
    Tokenizer { model: String, reason: String },
    #[error("{file} of {model:?} is cut short: it needs {needed} bytes and has {found}")]
    Truncated { model: String, file: String, needed: u64, found: u64 },
    #[error("{file} of {model:?} is not a safetensors file: {reason}")]
    Safetensors { model: String, file: String, reason: String },
    #[error("the weights of {model:?} lack the tensor {tensor:?}")]
    MissingTensor { model: String, tensor: String },
    #[error("the tensor {tensor:?} of {model:?} has the shape {found:?}, expected {expected:?}")]
    Shape { model: String, tensor: String, expected: Vec<usize>, found: Vec<usize> },
    #[error("the tensor {tensor:?} of {model:?} holds {found}; f32, f16 and bf16 can be read")]
    DataType { model: String, tensor: String, found: String },
    #[error("cannot read {path}: {reason}")]
    File { path: String, reason: String },
    #[error(
        "{path} is not the file that SHA256SUMS describes: expected {expected}, found {found}; \
         fetch it again"
    )]
    Checksum { path: String, expected: String, found: String },
    #[error("no WebGPU adapter could be opened: {reason}")]
    Adapter { reason: String },
}

impl From<LoadError> for decoding::Error {
    fn from(error: LoadError) -> Self {
        Self::Model(error.to_string())
    }
}
