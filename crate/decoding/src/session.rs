//! The only hands that touch the forest: every change leaves an event. Reading is here, the verbs
//! are in `verbs.rs`.

mod models;
mod rows;
mod state;
mod verbs;

pub use models::{DRAFT, MIDDLE, Models, TARGET};
pub use state::Run;

use crate::{
    Error, Result,
    model::ModelInfo,
    ngrams::Ngrams,
    random::{self, Key},
    timings::Timings,
    trace::FinishReason,
    tree::*,
};
use std::rc::Rc;

/// Who proposes a node, and how sure it was.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub by: &'static str,
    pub log_prob: Option<f32>,
    /// The distribution the token was drawn from; rules R3–R5 and R7 need it.
    pub row: Option<Rc<[f32]>>,
}

impl Proposal {
    /// A guess without a probability (a table, a copy, an earlier iterate).
    pub fn by(by: &'static str) -> Self {
        Self { by, log_prob: None, row: None }
    }

    pub fn with_log_prob(self, log_prob: f32) -> Self {
        Self { log_prob: Some(log_prob), ..self }
    }

    /// A token drawn from `probs`.
    pub fn drawn(by: &'static str, token: TokenId, probs: Rc<[f32]>) -> Self {
        Self { by, log_prob: Some(probs[token as usize].ln()), row: Some(probs) }
    }
}

/// A token chosen by `Session::sample`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    pub token: TokenId,
    /// Its probability after all filters.
    pub prob: f32,
}

/// A step's view of the run and the models.
pub struct Session<'a> {
    pub(crate) run: &'a mut Run,
    pub(crate) models: &'a mut Models,
}

/// Reading.
impl Session<'_> {
    pub fn forest(&self) -> &Forest {
        &self.run.forest
    }

    /// The last committed node of the main lane.
    pub fn head(&self) -> NodeId {
        self.run.forest.lane(LaneId::MAIN).head
    }

    /// Depth of the last committed node of the main lane.
    pub fn head_depth(&self) -> u32 {
        self.run.forest[self.head()].depth
    }

    /// All tokens committed so far, prompt included.
    pub fn tokens(&self) -> Vec<TokenId> {
        self.run.forest.tokens(self.head())
    }

    pub fn prompt_len(&self) -> u32 {
        self.run.forest.lane(LaneId::MAIN).prompt_len
    }

    /// Number of tokens generated from the prompt of its lane down to `node`.
    pub fn generated(&self, node: NodeId) -> u32 {
        let it = &self.run.forest[node];
        it.depth + 1 - self.run.forest.lane(it.lane).prompt_len
    }

    /// How many more tokens fit below `node`: the asked length, or the context's end.
    pub fn room_below(&self, node: NodeId) -> u32 {
        let context = self.target_info().context_len.min(u32::MAX as usize) as u32;
        let it = &self.run.forest[node];
        let prompt_len = self.run.forest.lane(it.lane).prompt_len;
        let limit = (prompt_len + self.run.max_new_tokens).min(context);
        limit.saturating_sub(it.depth + 1)
    }

    /// How many more tokens fit below the head.
    pub fn room(&self) -> u32 {
        self.room_below(self.head())
    }

    /// Why no token may follow `node`, if none may.
    pub fn finished_at(&self, node: NodeId) -> Option<FinishReason> {
        let token = self.run.forest[node].token();
        if self.generated(node) > 0 && token.is_some_and(|token| self.ends(token)) {
            Some(FinishReason::EndToken)
        } else if self.generated(node) >= self.run.max_new_tokens {
            Some(FinishReason::Length)
        } else if self.room_below(node) == 0 {
            Some(FinishReason::Context)
        } else {
            None
        }
    }

    pub fn max_new_tokens(&self) -> u32 {
        self.run.max_new_tokens
    }

    pub fn ends(&self, token: TokenId) -> bool {
        self.target_info().end_tokens.contains(&token)
    }

    pub fn target_info(&self) -> &ModelInfo {
        self.models.by_role[TARGET].info()
    }

    pub fn info(&self, role: &str) -> Result<&ModelInfo> {
        Ok(self.models.get(role)?.info())
    }

    pub fn ngrams(&self) -> Result<Rc<Ngrams>> {
        self.models.ngrams.clone().ok_or(Error::MissingNgrams)
    }

    /// Pass times measured on this device; none in tests and where nobody asked for them.
    pub fn timings(&self) -> &Timings {
        &self.models.timings
    }

    /// Text of a token, for tests on its surface form.
    pub fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        self.models.by_role[TARGET].token_bytes(token)
    }

    /// The distribution `node` was drawn from, if it was drawn.
    pub fn draft_row(&self, node: NodeId) -> Option<Rc<[f32]>> {
        self.run.draft_rows.get(&node).cloned()
    }

    /// A number in [0, 1): a pure function of the seed and `key`.
    pub fn uniform(&self, key: Key) -> f32 {
        random::uniform(self.run.seed, key)
    }

    /// A standard Gumbel variate: a pure function of the seed and `key`.
    pub fn gumbel(&self, key: Key) -> f32 {
        random::gumbel(self.run.seed, key)
    }

    /// Number of the current step, from 0.
    pub fn step_index(&self) -> u32 {
        self.run.steps - 1
    }
}
