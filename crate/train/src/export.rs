//! A trained network as a Hugging Face folder: config, tokenizer, f16 weights, checksums.

use crate::{
    checkpoint::replace,
    error::{Error, Result, unreadable, unwritable},
    tokenizer::END,
};
use burn::tensor::{Tensor, f16};
use llama::{Config, parts};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

/// The files that `SHA256SUMS` covers.
const CHECKED: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// Writes the folder; other files in it, such as tables beside a model, stay.
pub fn write(
    folder: &Path,
    config: &Config,
    tensors: &[Tensor<2>],
    tokenizer: &tokenizers::Tokenizer,
) -> Result<()> {
    fs::create_dir_all(folder).map_err(unwritable(folder))?;
    let file = |name: &str| folder.join(name);
    let told = serde_json::to_string_pretty(&config_json(config)).expect("plain data") + "\n";
    replace(&file("config.json"), told.as_bytes())?;
    let path = file("tokenizer.json");
    let told = tokenizer.to_string(false).map_err(unwritable(&path))?;
    replace(&path, told.as_bytes())?;
    let path = file("model.safetensors");
    replace(&path, &weights(config, tensors).map_err(unwritable(&path))?)?;
    let mut sums = String::new();
    for name in CHECKED {
        let bytes = fs::read(file(name)).map_err(unreadable(&file(name)))?;
        let sum: String = Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect();
        sums += &format!("{sum}  {name}\n");
    }
    replace(&file("SHA256SUMS"), sums.as_bytes())
}

fn config_json(config: &Config) -> serde_json::Value {
    json!({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "attention_bias": false,
        "mlp_bias": false,
        "bos_token_id": END,
        "eos_token_id": END,
        "tie_word_embeddings": config.tied,
        "torch_dtype": "float16",
        "initializer_range": 0.02,
        "rope_scaling": null,
        "use_cache": true,
        "head_dim": config.head_dim,
        "vocab_size": config.vocab_size,
        "hidden_size": config.width,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "intermediate_size": config.mlp_width,
        "max_position_embeddings": config.context_len,
        "rope_theta": config.rope_theta,
        "rms_norm_eps": 1e-5,
    })
}

/// Every block of every part under its name, rounded to f16.
fn weights(
    config: &Config,
    tensors: &[Tensor<2>],
) -> std::result::Result<Vec<u8>, safetensors::SafeTensorError> {
    let mut blocks: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (part, tensor) in parts(config).iter().zip(tensors) {
        let values: Vec<f32> = tensor.clone().try_into_vec_as().expect("a tensor of numbers");
        let mut rest = &values[..];
        for block in &part.blocks {
            let (here, after) = rest.split_at(block.rows * part.columns);
            rest = after;
            let bytes = here.iter().flat_map(|&it| f16::from_f32(it).to_le_bytes()).collect();
            blocks.push((block.name.clone(), part.file_shape(block), bytes));
        }
    }
    let views = blocks
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F16, shape.clone(), bytes)?)))
        .collect::<std::result::Result<Vec<_>, safetensors::SafeTensorError>>()?;
    // The library of the other side asks for it.
    let format = [("format".to_owned(), "pt".to_owned())].into_iter().collect();
    safetensors::serialize(views, Some(format))
}

/// Errors unless the loader accepts `folder`, checksums included.
pub fn check(folder: &Path) -> Result<llama::Llama> {
    llama::Llama::load_dir(folder, llama::cpu()).map_err(Error::from)
}
