//! What a method may ask of a language model, and what it gets back.

use crate::{Result, tree::*};
use serde::{Deserialize, Serialize};
use std::{future::Future, pin::Pin};
use ts_rs::TS;

/// A future that stays on its thread: a browser worker has only one.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, schemars::JsonSchema)]
pub struct ModelInfo {
    pub name: String,
    /// SHA-256 of the weights in hex; empty for toys.
    pub hash: String,
    pub vocab_size: usize,
    /// Positions one sequence may have.
    pub context_len: usize,
    pub layers: usize,
    /// Width of a hidden state.
    pub width: usize,
    /// Width of the keys that one token leaves in one layer, and of its values; absent where
    /// nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kv_width: Option<usize>,
    /// Width of the feed-forward block; absent where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mlp_width: Option<usize>,
    pub parameters: usize,
    /// Tokens that end a text.
    pub end_tokens: Vec<TokenId>,
    /// Rows of learned vectors that `Input::Vector` may name.
    pub vectors: usize,
}

/// Which part of the network a pass runs. Layers count from 0; sub-layers left out pass the
/// residual stream through unchanged. Keys of a variant are visible to that variant only; it
/// reads the full model's keys for ancestors that have them. So the full model's keys of a node
/// replace a variant's: a variant keeps keys only for nodes the full model has not seen, and a
/// pass of a variant over nodes it has seen leaves no keys behind.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    schemars::JsonSchema,
)]
pub struct Variant {
    /// Layers whose attention block is skipped, ascending.
    pub skip_attention: Vec<u32>,
    /// Layers whose feed-forward block is skipped, ascending.
    pub skip_mlp: Vec<u32>,
}

impl Variant {
    /// The whole network.
    pub fn full() -> Self {
        Self::default()
    }

    pub fn is_full(&self) -> bool {
        self.skip_attention.is_empty() && self.skip_mlp.is_empty()
    }
}

/// Which rows come back for the asked nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The whole row of log-probabilities.
    Full,
    /// The `k` best of each row; their log-probabilities are exact (log-sum-exp over the row).
    TopK(usize),
    None,
}

/// What to bring back in the same pass.
#[derive(Clone, Debug)]
pub struct Ask {
    pub rows: Rows,
    pub variant: Variant,
    /// Hidden states after so many layers: 0 is the embedding, `layers` the last layer's output
    /// before the final norm, `layers + 1` the same after the final norm.
    pub hidden: Vec<usize>,
    /// Log-probability rows read off after so many layers, through the final norm and the head.
    pub exits: Vec<usize>,
    /// Attention weights of these layers, averaged over heads.
    pub attention: Vec<usize>,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            rows: Rows::Full,
            variant: Variant::full(),
            hidden: Vec::new(),
            exits: Vec::new(),
            attention: Vec::new(),
        }
    }
}

impl Ask {
    pub fn rows() -> Self {
        Self::default()
    }

    pub fn top_k(k: usize) -> Self {
        Self { rows: Rows::TopK(k), ..Self::default() }
    }

    pub fn with_variant(self, variant: Variant) -> Self {
        Self { variant, ..self }
    }

    pub fn with_hidden(self, layer: usize) -> Self {
        Self { hidden: vec![layer], ..self }
    }
}

/// What a pass brought back: one row per asked node, in the order asked.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    pub vocab_size: usize,
    /// Every node that ran in the pass, in order: the asked ones and those of their ancestors
    /// that had no keys yet.
    pub fed: Vec<NodeId>,
    /// `[nodes, vocab_size]` natural-log probabilities, row-major; empty unless `Rows::Full`.
    pub log_probs: Vec<f32>,
    /// Per node its best tokens with log-probabilities, descending; empty unless `Rows::TopK`.
    pub top: Vec<Vec<(TokenId, f32)>>,
    /// Per asked layer `[nodes, width]`, row-major.
    pub hidden: Vec<Vec<f32>>,
    /// Per asked exit `[nodes, vocab_size]` natural-log probabilities, row-major.
    pub exits: Vec<Vec<f32>>,
    /// Per asked layer, per node: (node attended to, weight), in order of depth.
    pub attention: Vec<Vec<Vec<(NodeId, f32)>>>,
}

impl Scores {
    /// The log-probabilities of the asked node at `index`. Panics unless rows were `Full`.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.log_probs[index * self.vocab_size..][..self.vocab_size]
    }

    /// The hidden state of the asked node at `index`, of the `layer`-th asked layer.
    pub fn hidden(&self, layer: usize, index: usize, width: usize) -> &[f32] {
        &self.hidden[layer][index * width..][..width]
    }
}

pub trait LanguageModel {
    fn info(&self) -> &ModelInfo;

    /// Scores `nodes` in one pass; each attends to its own ancestors and itself only. Ancestors
    /// without keys run in the same pass but return no row. Keys of all of them are kept, one
    /// slot per (variant, node), until `retain`.
    fn forward<'a>(
        &'a mut self,
        forest: &'a Forest,
        nodes: &'a [NodeId],
        ask: &'a Ask,
    ) -> LocalFuture<'a, Result<Scores>>;

    /// Frees the slots of every node that is not in `keep` (ascending), in every variant.
    fn retain(&mut self, keep: &[NodeId]) -> Result<()>;

    /// The bytes a token stands for; several tokens may share one character.
    fn token_bytes(&self, token: TokenId) -> Vec<u8>;
}
