//! `config.json` of a Hugging Face folder, reduced to what the forward pass needs.
//! What we cannot compute exactly is refused by name, never ignored.

use crate::LoadError;
use serde::Deserialize;
use serde_json::Value;

/// The shape of a Llama network.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Width of the residual stream.
    pub width: usize,
    /// Width of the feed-forward block.
    pub mlp_width: usize,
    pub layers: usize,
    pub heads: usize,
    /// Heads of keys and values; `heads` is a multiple of it.
    pub kv_heads: usize,
    pub head_dim: usize,
    pub vocab_size: usize,
    /// Positions one sequence may have.
    pub context_len: usize,
    pub rope_theta: f32,
    pub norm_epsilon: f32,
    /// Whether the head shares the embedding's weights.
    pub tied: bool,
    pub end_tokens: Vec<u32>,
}

#[derive(Deserialize)]
struct Raw {
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    head_dim: Option<usize>,
    vocab_size: usize,
    max_position_embeddings: usize,
    rope_theta: Option<f32>,
    rope_parameters: Option<Rope>,
    rope_scaling: Option<Rope>,
    rms_norm_eps: Option<f32>,
    hidden_act: Option<String>,
    #[serde(default)]
    tie_word_embeddings: bool,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    mlp_bias: bool,
    eos_token_id: Option<Ids>,
}

/// transformers 5 writes `rope_parameters`, earlier versions `rope_scaling`.
#[derive(Deserialize)]
struct Rope {
    rope_theta: Option<f32>,
    #[serde(alias = "type")]
    rope_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Ids {
    One(u32),
    Many(Vec<u32>),
}

impl Config {
    /// Reads the bytes of `config.json`; `model` names the model in errors.
    pub fn parse(model: &str, json: &[u8]) -> Result<Self, LoadError> {
        let unusable = |reason: String| LoadError::Config { model: model.into(), reason };
        // The architecture comes first: other families lack our fields and would give a
        // misleading "missing field".
        let value: Value =
            serde_json::from_slice(json).map_err(|error| unusable(error.to_string()))?;
        check_architecture(model, &value)?;
        let raw: Raw = serde_json::from_value(value).map_err(|it| unusable(it.to_string()))?;
        raw.check_settings(model)?;
        let config = Self {
            width: raw.hidden_size,
            mlp_width: raw.intermediate_size,
            layers: raw.num_hidden_layers,
            heads: raw.num_attention_heads,
            kv_heads: raw.num_key_value_heads.unwrap_or(raw.num_attention_heads),
            head_dim: raw
                .head_dim
                .unwrap_or_else(|| raw.hidden_size / raw.num_attention_heads.max(1)),
            vocab_size: raw.vocab_size,
            context_len: raw.max_position_embeddings,
            rope_theta: raw
                .rope_parameters
                .as_ref()
                .and_then(|it| it.rope_theta)
                .or(raw.rope_theta)
                .unwrap_or(10_000.0),
            norm_epsilon: raw.rms_norm_eps.unwrap_or(1e-6),
            tied: raw.tie_word_embeddings,
            end_tokens: match raw.eos_token_id {
                None => Vec::new(),
                Some(Ids::One(id)) => vec![id],
                Some(Ids::Many(ids)) => ids,
            },
        };
        config.check_sizes().map_err(unusable)?;
        Ok(config)
    }

    fn check_sizes(&self) -> Result<(), String> {
        let sizes = [
            ("hidden_size", self.width),
            ("intermediate_size", self.mlp_width),
            ("num_attention_heads", self.heads),
            ("num_key_value_heads", self.kv_heads),
            ("head_dim", self.head_dim),
            ("vocab_size", self.vocab_size),
            ("max_position_embeddings", self.context_len),
        ];
        if let Some((name, _)) = sizes.iter().find(|it| it.1 == 0) {
            return Err(format!("{name} is 0"));
        }
        // Our kernels read four numbers at a time.
        let rows = [("hidden_size", self.width), ("intermediate_size", self.mlp_width)];
        if let Some((name, size)) = rows.iter().find(|it| !it.1.is_multiple_of(4)) {
            return Err(format!("{name} is {size}, which is not a multiple of 4"));
        }
        if !(self.heads * self.head_dim).is_multiple_of(4) {
            return Err(format!(
                "{} heads of {} numbers are not a multiple of 4",
                self.heads, self.head_dim
            ));
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            return Err(format!(
                "{} attention heads cannot share {} key/value heads evenly",
                self.heads, self.kv_heads
            ));
        }
        if !self.head_dim.is_multiple_of(2) {
            return Err(format!("head_dim {} is odd, so RoPE cannot halve it", self.head_dim));
        }
        Ok(())
    }
}

impl Raw {
    fn check_settings(&self, model: &str) -> Result<(), LoadError> {
        for rope in [&self.rope_scaling, &self.rope_parameters].into_iter().flatten() {
            let found = rope.rope_type.as_deref().unwrap_or("default");
            if found != "default" {
                return Err(LoadError::RopeType { model: model.into(), found: found.into() });
            }
        }
        let refuse = |what: &str| LoadError::Setting { model: model.into(), what: what.into() };
        match self.hidden_act.as_deref() {
            None | Some("silu") => {}
            Some(other) => return Err(refuse(&format!("hidden_act to {other:?}"))),
        }
        if self.attention_bias {
            return Err(refuse("attention_bias"));
        }
        if self.mlp_bias {
            return Err(refuse("mlp_bias"));
        }
        Ok(())
    }
}

fn check_architecture(model: &str, config: &Value) -> Result<(), LoadError> {
    let listed = config["architectures"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = listed.iter().filter_map(Value::as_str);
    let odd = names
        .filter(|&name| name != "LlamaForCausalLM")
        .chain(config["model_type"].as_str().filter(|&it| it != "llama"))
        .next();
    let nameless = listed.is_empty() && config["model_type"].as_str().is_none();
    match odd {
        Some(found) => Err(LoadError::Architecture { model: model.into(), found: found.into() }),
        None if nameless => {
            Err(LoadError::Architecture { model: model.into(), found: "unknown".into() })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn base() -> Value {
        json!({
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64,
            "intermediate_size": 172, "num_hidden_layers": 5, "num_attention_heads": 8,
            "num_key_value_heads": 4, "vocab_size": 512, "max_position_embeddings": 512,
            "rope_theta": 5000.0, "rope_scaling": null, "eos_token_id": 2
        })
    }

    fn parse(change: Value) -> Result<Config, LoadError> {
        let mut config = base();
        for (key, value) in change.as_object().expect("an object") {
            config[key] = value.clone();
        }
        Config::parse("tiny", config.to_string().as_bytes())
    }

    fn message(change: Value) -> String {
        parse(change).expect_err("refused").to_string()
    }

    #[test]
    fn rope_theta_is_found_in_either_place() {
        assert_eq!(parse(json!({})).unwrap().rope_theta, 5000.0);
        let new = json!({"rope_parameters": {"rope_type": "default", "rope_theta": 7000.0}});
        assert_eq!(parse(new).unwrap().rope_theta, 7000.0);
    }

    #[test]
    fn end_tokens_are_a_number_a_list_or_absent() {
        assert_eq!(parse(json!({})).unwrap().end_tokens, [2]);
        assert_eq!(parse(json!({"eos_token_id": [3, 4]})).unwrap().end_tokens, [3, 4]);
        assert_eq!(parse(json!({"eos_token_id": null})).unwrap().end_tokens, [0u32; 0]);
    }

    #[test]
    fn sizes_left_out_follow_from_the_others() {
        let config = parse(json!({"num_key_value_heads": null})).unwrap();
        assert_eq!((config.kv_heads, config.head_dim, config.tied), (8, 8, false));
    }

    #[test]
    fn another_architecture_is_refused_by_name() {
        assert_eq!(
            message(json!({"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"})),
            "\"tiny\" has the architecture \"GPT2LMHeadModel\", but only Llama \
             (LlamaForCausalLM) can be read"
        );
        let other = Config::parse("tiny", br#"{"model_type": "mamba"}"#).unwrap_err();
        assert_eq!(other, LoadError::Architecture { model: "tiny".into(), found: "mamba".into() });
    }

    #[test]
    fn another_rope_type_is_refused_by_name() {
        let old = json!({"rope_scaling": {"type": "linear", "factor": 2.0}});
        assert_eq!(
            message(old),
            "\"tiny\" uses the rope type \"linear\", but only \"default\" is supported"
        );
        let new = json!({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1.0}});
        assert!(message(new).contains("\"llama3\""));
    }

    #[test]
    fn what_we_do_not_compute_is_refused() {
        assert!(message(json!({"attention_bias": true})).contains("attention_bias"));
        assert!(message(json!({"mlp_bias": true})).contains("mlp_bias"));
        assert!(message(json!({"hidden_act": "gelu"})).contains("hidden_act to \"gelu\""));
        assert!(message(json!({"num_key_value_heads": 3})).contains("evenly"));
        assert!(message(json!({"head_dim": 7})).contains("odd"));
        assert!(message(json!({"intermediate_size": 30})).contains("multiple of 4"));
    }

    #[test]
    fn a_missing_size_is_named() {
        let error = Config::parse("tiny", br#"{"model_type": "llama"}"#).unwrap_err();
        assert!(error.to_string().contains("`hidden_size`"), "{error}");
    }
}
