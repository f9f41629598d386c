//! A recipe: everything that decides what a training gives. Machines and folders that do not change
//! the result are arguments of the command line instead.

use crate::error::{Error, Result, unreadable};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Names the folder of checkpoints and the card.
    pub name: String,
    /// Of the weights' start and the order of the texts.
    pub seed: u64,
    pub network: Network,
    pub tokenizer: Tokenizer,
    pub corpus: Corpus,
    pub training: Training,
    pub optimizer: Optimizer,
    pub validation: Validation,
    /// Learn another model's distribution.
    pub distill: Option<Distill>,
    pub export: Export,
}

/// The shape of the Llama network; its head shares the embedding's weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub layers: usize,
    pub width: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub mlp_width: usize,
    pub context_len: usize,
}

/// Either one of another model, or a new one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "say `folder = \"…\"`, or `vocab_size = …` and `bytes = …`")]
pub enum Tokenizer {
    /// `tokenizer.json` in the folder of a model.
    Folder(TokenizerFolder),
    Train(TokenizerTraining),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerFolder {
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerTraining {
    pub vocab_size: usize,
    /// Text to count pairs in, taken from the sources by their weights.
    pub bytes: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corpus {
    /// Holds `NAME.train.txt` and `NAME.valid.txt` of every source, or the same with `.zst`.
    pub folder: PathBuf,
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    /// Share of the windows that come from here, once all weights are scaled to add up to 1.
    pub weight: f64,
    /// For the card.
    pub licence: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Tokens to see, rounded up to whole steps.
    pub tokens: u64,
    /// Tokens of a window.
    pub sequence_len: usize,
    /// Windows per step.
    pub sequences: usize,
    /// Windows that go through the network at once; the gradients of a step are added up.
    pub sequences_at_once: usize,
    /// Rates rise from 0 over so many steps.
    pub warmup_steps: u64,
    /// Rates end at this share of their peak, along a cosine.
    pub final_rate: f64,
    /// Gradients longer than this are scaled down to it.
    pub clip: f32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Optimizer {
    pub hidden: Rule,
    /// Peak rate of the hidden matrices.
    pub hidden_rate: f64,
    /// Peak rate of AdamW for the embedding and the norms.
    pub other_rate: f64,
    /// Of the hidden matrices; norms and embedding have none.
    pub weight_decay: f32,
}

/// What moves the hidden matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    Muon,
    Adamw,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// Steps between two looks at the validation loss.
    pub every: u64,
    /// Tokens of each source that such a look reads; the last look reads all.
    pub tokens: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distill {
    /// The folder of the model to learn from, with the same tokenizer.
    pub teacher: PathBuf,
    /// Share of the teacher's distribution in what is learned; the text's next token has the rest.
    pub weight: f64,
    /// Learn on texts of the teacher's too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<Written>,
}

/// Texts that the teacher writes, before the training begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Share of the windows that come from them; the sources have the rest.
    pub share: f64,
    /// How many are written; as many as the weights of the sources say begin like texts of each.
    pub texts: usize,
    /// New tokens of each, at most.
    pub tokens: u32,
    /// Taken in turn; 0 is greedy.
    pub temperatures: Vec<f32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    pub folder: PathBuf,
    /// Beginnings of the card's samples, taken in turn.
    pub prompts: Vec<String>,
}

impl Recipe {
    /// Reads and checks a recipe. Errors name the field and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
        Self::parse(&text).map_err(|reason| Error::Recipe { path: path.into(), reason })
    }

    fn parse(text: &str) -> std::result::Result<Self, String> {
        let recipe: Self = toml::from_str(text).map_err(|error| one_line(&error.to_string()))?;
        recipe.check()?;
        Ok(recipe)
    }

    fn check(&self) -> std::result::Result<(), String> {
        let Network { layers, width, heads, kv_heads, mlp_width, context_len } = self.network;
        let training = &self.training;
        let positive = [
            ("network.layers", layers),
            ("network.width", width),
            ("network.heads", heads),
            ("network.kv_heads", kv_heads),
            ("network.mlp_width", mlp_width),
            ("network.context_len", context_len),
            ("training.sequence_len", training.sequence_len),
            ("training.sequences", training.sequences),
            ("training.sequences_at_once", training.sequences_at_once),
            ("training.tokens", training.tokens as usize),
            ("validation.every", self.validation.every as usize),
        ];
        if let Some((name, _)) = positive.iter().find(|it| it.1 == 0) {
            return Err(format!("{name} is 0"));
        }
        let divides = [
            ("network.heads", heads, "network.width", width),
            ("network.kv_heads", kv_heads, "network.heads", heads),
            (
                "training.sequences_at_once",
                training.sequences_at_once,
                "training.sequences",
                training.sequences,
            ),
            ("4, as the kernels read,", 4, "network.width", width),
            ("4, as the kernels read,", 4, "network.mlp_width", mlp_width),
        ];
        for (part, by, whole, size) in divides {
            if !size.is_multiple_of(by) {
                return Err(format!("{part} {by} does not divide {whole} {size}"));
            }
        }
        if !(width / heads).is_multiple_of(2) {
            return Err(format!(
                "network.width / network.heads is {}, which is odd",
                width / heads
            ));
        }
        if training.sequence_len > context_len {
            let longer = training.sequence_len;
            return Err(format!(
                "training.sequence_len {longer} is longer than network.context_len {context_len}"
            ));
        }
        if self.name.is_empty() || self.name.contains(['/', '\\']) {
            return Err(format!("name {:?} cannot name a folder", self.name));
        }
        if self.corpus.sources.is_empty() {
            return Err("corpus.sources is empty".into());
        }
        if let Some(source) = self.corpus.sources.iter().find(|it| !above_zero(it.weight)) {
            return Err(format!("the weight of source {:?} is not above 0", source.name));
        }
        if let Tokenizer::Train(TokenizerTraining { vocab_size, .. }) = self.tokenizer
            && !(257..=65_536).contains(&vocab_size)
        {
            return Err(format!("tokenizer.vocab_size {vocab_size} is not between 257 and 65536"));
        }
        let shares = [
            ("training.final_rate", training.final_rate),
            ("distill.weight", self.distill.as_ref().map_or(0.0, |it| it.weight)),
        ];
        if let Some((name, share)) = shares.iter().find(|it| !(0.0..=1.0).contains(&it.1)) {
            return Err(format!("{name} {share} is not between 0 and 1"));
        }
        if let Some(written) = self.distill.as_ref().and_then(|it| it.written.as_ref()) {
            let Written { share, texts, tokens, temperatures } = written;
            if !(above_zero(*share) && *share < 1.0) {
                return Err(format!("distill.written.share {share} is not between 0 and 1"));
            }
            if *texts == 0 || *tokens == 0 {
                return Err("distill.written.texts or .tokens is 0".into());
            }
            if temperatures.is_empty() || temperatures.iter().any(|it| !(0.0..=5.0).contains(it)) {
                return Err("distill.written.temperatures are not numbers from 0 to 5".into());
            }
        }
        let rates = [
            ("optimizer.hidden_rate", self.optimizer.hidden_rate),
            ("optimizer.other_rate", self.optimizer.other_rate),
            ("training.clip", training.clip as f64),
        ];
        if let Some((name, rate)) = rates.iter().find(|it| !above_zero(it.1)) {
            return Err(format!("{name} {rate} is not above 0"));
        }
        if self.export.prompts.is_empty() {
            return Err("export.prompts is empty".into());
        }
        Ok(())
    }

    /// Steps of the whole training.
    pub fn steps(&self) -> u64 {
        self.training.tokens.div_ceil(self.step_tokens())
    }

    /// Tokens that a step learns from.
    pub fn step_tokens(&self) -> u64 {
        (self.training.sequences * self.training.sequence_len) as u64
    }

    /// The network with a vocabulary.
    pub fn config(&self, vocab_size: usize) -> llama::Config {
        let Network { layers, width, heads, kv_heads, mlp_width, context_len } = self.network;
        llama::Config {
            width,
            mlp_width,
            layers,
            heads,
            kv_heads,
            head_dim: width / heads,
            vocab_size,
            context_len,
            rope_theta: 10_000.0,
            norm_epsilon: 1e-5,
            tied: true,
            end_tokens: vec![crate::tokenizer::END],
        }
    }
}

fn above_zero(number: f64) -> bool {
    number > 0.0
}

/// The parser draws the line it stumbled over; a sentence is enough here.
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim);
    let told: Vec<_> = lines.filter(|it| !it.contains('|') && !it.is_empty()).collect();
    told.join(": ").replace("TOML parse error at ", "")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const TINY: &str = include_str!("../tests/data/tiny.toml");

    fn reason(from: &str, to: &str) -> String {
        assert!(TINY.contains(from), "{from:?} is in the recipe");
        Recipe::parse(&TINY.replace(from, to)).expect_err("refused")
    }

    #[test]
    fn a_whole_recipe_is_read() {
        let recipe = Recipe::parse(TINY).unwrap();
        assert_eq!(recipe.step_tokens(), 4 * 32);
        assert_eq!(recipe.steps(), 40);
    }

    #[test]
    fn an_unknown_field_is_named() {
        assert!(reason("layers = 2", "layer = 2").contains("unknown field `layer`"));
        assert!(reason("heads = 4", "heads = 4\nbias = true").contains("unknown field `bias`"));
    }

    #[test]
    fn a_missing_field_is_named() {
        assert!(reason("width = 32\n", "").contains("missing field `width`"));
    }

    #[test]
    fn a_field_of_another_type_is_named_with_its_line() {
        let reason = reason("layers = 2", "layers = \"two\"");
        assert!(reason.contains("line 6") && reason.contains("\"two\""), "{reason}");
        assert!(!reason.contains('\n'), "{reason}");
    }

    #[test]
    fn values_that_cannot_work_are_named() {
        for (from, to, expected) in [
            ("kv_heads = 2", "kv_heads = 3", "network.kv_heads 3 does not divide network.heads 4"),
            ("layers = 2", "layers = 0", "network.layers is 0"),
            (
                "sequence_len = 32",
                "sequence_len = 65",
                "training.sequence_len 65 is longer than network.context_len 64",
            ),
            ("weight = 3.0", "weight = -1.0", "the weight of source \"pets\" is not above 0"),
            (
                "final_rate = 0.1",
                "final_rate = 2.0",
                "training.final_rate 2 is not between 0 and 1",
            ),
            ("hidden_rate = 0.02", "hidden_rate = 0.0", "optimizer.hidden_rate 0 is not above 0"),
            (
                "vocab_size = 300",
                "vocab_size = 200",
                "tokenizer.vocab_size 200 is not between 257 and 65536",
            ),
        ] {
            assert_eq!(reason(from, to), expected);
        }
        let written = |texts: &str| {
            let distill = "[distill]\nteacher = \"there\"\nweight = 0.9\nwritten = ";
            reason("[export]", &format!("{distill}{texts}\n[export]"))
        };
        assert_eq!(
            written("{ share = 1.0, texts = 9, tokens = 9, temperatures = [0] }"),
            "distill.written.share 1 is not between 0 and 1"
        );
        assert_eq!(
            written("{ share = 0.2, texts = 9, tokens = 9, temperatures = [] }"),
            "distill.written.temperatures are not numbers from 0 to 5"
        );
        assert!(reason("hidden = \"muon\"", "hidden = \"sgd\"").contains("unknown variant `sgd`"));
    }
}
