//! The record of a run. Replaying the events rebuilds the forest and the texts without a model.
//! The format's number is `VERSION`; `web/generated/trace.schema.json` describes it.

use crate::{
    model::{ModelInfo, Variant},
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

pub const VERSION: u32 = 1;

/// Best tokens a score event keeps of each row.
pub const TOP_KEPT: usize = 6;

/// The best tokens of a row and the mass of all others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TopRow {
    /// (token, natural-log probability), descending.
    pub top: Vec<(TokenId, f32)>,
    /// Probability of all tokens not listed.
    pub rest: f32,
}

/// One step of the sampling pipeline, in engine order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Stage {
    /// `"model"` for the row as the network gave it, then the filters: `"temperature"`, `"top_k"`, …
    pub name: String,
    /// The filter's setting, for example 0.95 for top-p.
    pub value: Option<f32>,
    /// Where it cut, in its own geometry (a probability, a rank, a distance in nats).
    pub cutoff: Option<f32>,
    /// Tokens left.
    pub kept: u32,
    /// Probability after this stage of each token in the event's `tokens`; 0 when removed.
    pub probs: Vec<f32>,
    /// Probability of all other tokens together.
    pub rest: f32,
}

/// One candidate tested by an acceptance rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// R1: the guess is the arg-max of the target.
    Greedy,
    /// R2: the guess equals the token the target drew.
    SampleMatch,
    /// R3: accepted with probability min(1, p/q).
    Ratio,
    /// R4: several guesses drawn with replacement, tried in turn.
    RecursiveWithReplacement,
    /// R5: several guesses drawn without replacement, tried in turn.
    RecursiveWithoutReplacement,
    /// R6: a guess that was not drawn, accepted with probability p.
    OneHot,
    /// R7: k-SEQ.
    KSeq,
    /// R8: an approximate rule.
    Relaxed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableChange {
    /// The rows are the whole table.
    Set,
    /// Each row replaces the one with the same first cell, or joins at the end.
    Put,
    /// Rows whose first cell is listed leave.
    Drop,
}

/// How a column reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    Number,
    Probability,
    Text,
    /// One token id.
    Token,
    /// A list of token ids.
    Tokens,
    /// A node of the forest.
    Node,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Column {
    pub name: String,
    pub kind: ColumnKind,
}

impl Column {
    pub fn new(name: &str, kind: ColumnKind) -> Self {
        Self { name: name.into(), kind }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(untagged)]
pub enum Cell {
    Number(f32),
    Text(String),
    Tokens(Vec<TokenId>),
    Empty,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A new round of the method begins.
    Step { index: u32 },
    /// The line (from 1) of the method's pseudo-code that runs now.
    Line { line: u32 },
    /// A node joins the forest. `by` names who proposed it: `prompt`, `target`, `draft`,
    /// `recovered`, `bonus`, `ngram`, `pool`, `window`, …
    Grow {
        node: NodeId,
        parent: Option<NodeId>,
        lane: LaneId,
        input: Input,
        by: String,
        /// Natural-log probability under the proposer.
        log_prob: Option<f32>,
        /// The distribution the token was drawn from, when a rule will need it.
        row: Option<TopRow>,
    },
    /// One forward pass.
    Score {
        role: String,
        /// Number of this pass among the passes of its role, from 0.
        pass: u32,
        /// Layers left out; `null` for the whole network.
        variant: Option<Variant>,
        /// Nodes whose rows came back.
        nodes: Vec<NodeId>,
        /// Other nodes that ran in the same pass because they had no keys yet.
        ancestors: Vec<NodeId>,
        /// One per entry of `nodes`, or empty when no row was asked for.
        rows: Vec<TopRow>,
        /// Passes with the same number in different roles do not wait for one another: with a
        /// device for each role they would run at the same time. Those of one role follow one
        /// another.
        group: Option<u32>,
    },
    /// A token is chosen to continue `node`.
    Sample {
        node: NodeId,
        /// `target`, `draft`, `residual`, …
        purpose: String,
        /// The tokens that `stages` list, by probability of the first stage; the chosen one is
        /// among them.
        tokens: Vec<TokenId>,
        stages: Vec<Stage>,
        /// The uniform in [0, 1); `null` when the best token was taken without a draw.
        u: Option<f32>,
        token: TokenId,
        /// Its probability after the last stage.
        prob: f32,
        /// Running sum (ids ascending) before and after the chosen token: `u` lies between.
        span: (f32, f32),
    },
    /// A guess is tested.
    Judge {
        node: NodeId,
        accepted: bool,
        rule: Rule,
        /// Target probability of the guess, after filters and earlier rejections at this place.
        p: f32,
        /// Draft probability of the guess, likewise.
        q: Option<f32>,
        /// What q was multiplied by in the test: ρ of k-SEQ, the lenience. Absent where it is 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        scale: Option<f32>,
        /// The uniform of the test; `null` when nothing was drawn for it.
        u: Option<f32>,
        /// After a rejection: the distribution the rule falls back on.
        residual: Option<TopRow>,
    },
    /// `nodes` are final and `head` is the new last one.
    Commit { lane: LaneId, head: NodeId, nodes: Vec<NodeId> },
    /// A text ends at `node`.
    Finish {
        node: NodeId,
        reason: FinishReason,
        /// Sum of natural-log probabilities, where the method keeps one.
        score: Option<f32>,
        /// The score as the method ranks it (for example divided by the length).
        ranked: Option<f32>,
    },
    /// Nodes leave the forest.
    Prune { nodes: Vec<NodeId>, reason: String },
    /// Two nodes stand for one another: `from`'s futures are read off `into`.
    Merge { from: NodeId, into: NodeId, suffix: Vec<TokenId> },
    /// A named table changes (n-gram pool, Jacobi window, beam scores, adjacency rows).
    Table { name: String, change: TableChange, columns: Vec<Column>, rows: Vec<Vec<Cell>> },
    /// One sentence for the reader. `id` and `values` let a page say it in another language.
    Note { id: String, text: String, values: BTreeMap<String, Cell> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The token that ends a text.
    EndToken,
    /// As many new tokens as were asked for.
    Length,
    /// The model's context is full.
    Context,
    /// The method's own budget is spent.
    Budget,
    /// The method's own criterion is met.
    Stopped,
}

/// Another finished text of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Output {
    pub node: NodeId,
    pub tokens: Vec<TokenId>,
    pub reason: FinishReason,
    pub score: Option<f32>,
    pub ranked: Option<f32>,
}

/// What a token stands for: text, or bytes where it holds a part of a character.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(untagged)]
pub enum TokenText {
    Text(String),
    Bytes(Vec<u8>),
}

impl TokenText {
    pub fn new(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Bytes(error.into_bytes()),
        }
    }
}

/// Where and when a run was recorded; comparisons of traces ignore it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Recorded {
    /// `"cpu"` or `"webgpu"`.
    pub device: String,
    pub backend: String,
    pub versions: BTreeMap<String, String>,
    /// Milliseconds of each score event, in order.
    pub pass_ms: Vec<f32>,
    /// Milliseconds from the first step to the last.
    pub total_ms: f32,
    /// Milliseconds a token takes in plain decoding of the same prompt, measured on this machine.
    pub plain_ms_per_token: Option<f32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Trace {
    pub version: u32,
    /// By role: `target`, `draft`, …
    pub models: BTreeMap<String, ModelInfo>,
    pub method: String,
    /// All parameters, defaults filled in.
    #[ts(type = "Record<string, unknown>")]
    pub params: serde_json::Value,
    pub seed: u32,
    pub max_new_tokens: u32,
    /// The prompt of the main lane; those of further lanes are in the events only.
    pub prompt_tokens: Vec<TokenId>,
    /// The generated tokens of the answer.
    pub tokens: Vec<TokenId>,
    /// The other finished texts: those of a search, best first, or one of each further prompt.
    pub outputs: Vec<Output>,
    /// Text or bytes of every token that occurs, by id.
    pub vocabulary: BTreeMap<TokenId, TokenText>,
    pub events: Vec<Event>,
    #[serde(default)]
    pub recorded: Recorded,
}
