//! A random Llama of a few thousand numbers with a tokenizer of letters, built in memory.

use burn::tensor::Device;
use llama::{Llama, LoadError, ModelFiles};
use serde_json::{Value, json};

pub const VOCAB: usize = 40;
pub const WIDTH: usize = 16;
pub const LAYERS: usize = 3;
pub const CONTEXT: usize = 48;

/// Everything a test may want to spoil.
pub struct Tiny {
    pub config: Value,
    pub tokenizer: Value,
    pub tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
}

impl Tiny {
    pub fn new(seed: u32) -> Self {
        Self { config: config(), tokenizer: tokenizer(), tensors: tensors(seed) }
    }

    /// An untied head with weights of its own.
    pub fn untied(seed: u32) -> Self {
        let mut tiny = Self::new(seed);
        tiny.config["tie_word_embeddings"] = json!(false);
        tiny.add("lm_head.weight", &[VOCAB, WIDTH], seed + 1);
        tiny
    }

    pub fn add(&mut self, name: &str, shape: &[usize], seed: u32) {
        self.tensors.push((name.into(), shape.to_vec(), numbers(seed, shape.iter().product())));
    }

    pub fn tensor(&mut self, name: &str) -> &mut (String, Vec<usize>, Vec<f32>) {
        self.tensors.iter_mut().find(|it| it.0 == name).expect("the tensor exists")
    }

    pub fn weights(&self) -> Vec<u8> {
        safetensors(&self.tensors)
    }

    pub fn load(&self, device: Device) -> Result<Llama, LoadError> {
        self.load_with(vec![self.weights()], device)
    }

    pub fn load_with(&self, weights: Vec<Vec<u8>>, device: Device) -> Result<Llama, LoadError> {
        let (config, tokenizer) = (self.config.to_string(), self.tokenizer.to_string());
        let files =
            ModelFiles { config: config.as_bytes(), tokenizer: tokenizer.as_bytes(), weights };
        Llama::from_bytes("tiny", files, device)
    }
}

pub fn safetensors(tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, shape, values) in tensors {
        let start = data.len();
        data.extend(values.iter().flat_map(|it| it.to_le_bytes()));
        let entry = json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
        header.insert(name.clone(), entry);
    }
    let header = Value::Object(header).to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat()
}

fn config() -> Value {
    json!({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH,
        "intermediate_size": 24, "num_hidden_layers": LAYERS, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 4, "vocab_size": VOCAB,
        "max_position_embeddings": CONTEXT, "rope_parameters": {"rope_theta": 100.0},
        "rms_norm_eps": 1e-5, "tie_word_embeddings": true, "eos_token_id": [1, 2]
    })
}

fn tokenizer() -> Value {
    let letters = ('a'..='z').map(String::from).chain(["Ġ".into()]);
    let words = ["<s>".to_owned(), "</s>".into()].into_iter().chain(letters);
    let vocab: serde_json::Map<_, _> =
        words.enumerate().map(|(id, word)| (word, json!(id))).collect();
    let byte_level = json!({
        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true
    });
    let special = |id: usize, content: &str| {
        json!({
            "id": id, "content": content, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true
        })
    };
    json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null,
        "added_tokens": [special(0, "<s>"), special(1, "</s>")],
        "pre_tokenizer": byte_level, "decoder": byte_level,
        "post_processor": {
            "type": "TemplateProcessing", "pair": [],
            "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}}
            ],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}
        },
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
            "ignore_merges": false, "vocab": vocab, "merges": []
        }
    })
}

fn tensors(seed: u32) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let mut shapes = vec![("model.embed_tokens.weight".to_owned(), vec![VOCAB, WIDTH])];
    for layer in 0..LAYERS {
        let parts: [(&str, &[usize]); 9] = [
            ("input_layernorm", &[WIDTH]),
            ("self_attn.q_proj", &[16, WIDTH]),
            ("self_attn.k_proj", &[8, WIDTH]),
            ("self_attn.v_proj", &[8, WIDTH]),
            ("self_attn.o_proj", &[WIDTH, 16]),
            ("post_attention_layernorm", &[WIDTH]),
            ("mlp.gate_proj", &[24, WIDTH]),
            ("mlp.up_proj", &[24, WIDTH]),
            ("mlp.down_proj", &[WIDTH, 24]),
        ];
        shapes.extend(
            parts.map(|(name, shape)| {
                (format!("model.layers.{layer}.{name}.weight"), shape.to_vec())
            }),
        );
    }
    shapes.push(("model.norm.weight".into(), vec![WIDTH]));
    let tensor = |(index, (name, shape)): (usize, (String, Vec<usize>))| {
        let values = numbers(seed * 1000 + index as u32, shape.iter().product());
        (name, shape, values)
    };
    shapes.into_iter().enumerate().map(tensor).collect()
}

/// Numbers in [-0.8, 0.8).
pub fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 24) as f32 * 1.6 - 0.8
    };
    (0..10).for_each(|_| _ = next());
    (0..count).map(|_| next()).collect()
}
