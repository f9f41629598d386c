#![doc = include_str!("basic_sampling.md")]

use crate::{
    Result,
    filter::*,
    method::{Family, Info, Lossless, Method, Progress},
    random::Key,
    session::{Proposal, Session},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Divides the logits: below 1 sharpens, above 1 flattens, 0 takes the best token.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
    /// Keeps the k most probable tokens; 0 keeps all.
    #[schemars(range(min = 0, max = 4096))]
    pub top_k: u32,
    /// Keeps the smallest set of tokens with this much probability; 1 keeps all.
    #[schemars(range(min = 0.01, max = 1.0))]
    pub top_p: f32,
    /// Drops tokens less probable than this share of the best token; 0 keeps all.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_p: f32,
    /// Keeps the tokens whose surprise is nearest the entropy, up to this mass; 1 keeps all.
    #[schemars(range(min = 0.01, max = 1.0))]
    pub typical: f32,
    /// Drops tokens below this probability; 0 keeps all.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub epsilon: f32,
    /// As epsilon, but the floor falls where the model is unsure; 0 keeps all.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub eta: f32,
    /// Keeps tokens up to this share of the entropy; 1 keeps all.
    #[schemars(range(min = 0.05, max = 1.0))]
    pub top_h: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            temperature: 0.8,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.0,
            typical: 1.0,
            epsilon: 0.0,
            eta: 0.0,
            top_h: 1.0,
        }
    }
}

/// The filters that are switched on, in engine order.
pub fn pipeline(params: &Params) -> Pipeline {
    if params.temperature <= 0.0 {
        return Pipeline::greedy();
    }
    let mut pipeline = Pipeline::temperature(params.temperature);
    if params.top_h < 1.0 {
        pipeline = pipeline.with(TopH(params.top_h));
    }
    if params.top_k > 0 {
        pipeline = pipeline.with(TopK(params.top_k));
    }
    if params.top_p < 1.0 {
        pipeline = pipeline.with(TopP(params.top_p));
    }
    if params.min_p > 0.0 {
        pipeline = pipeline.with(MinP(params.min_p));
    }
    if params.typical < 1.0 {
        pipeline = pipeline.with(Typical(params.typical));
    }
    if params.epsilon > 0.0 {
        pipeline = pipeline.with(Epsilon(params.epsilon));
    }
    if params.eta > 0.0 {
        pipeline = pipeline.with(Eta(params.eta));
    }
    pipeline
}

pub struct BasicSampling {
    pipeline: Pipeline,
}

impl Method for BasicSampling {
    const INFO: Info = Info {
        id: "basic-sampling",
        title: "Greedy and sampling",
        family: Family::Sampling,
        lossless: Lossless::Greedy,
        needs: &[],
        source: "Holtzman et al. 2020, The Curious Case of Neural Text Degeneration, arXiv:1904.09751",
        page: include_str!("basic_sampling.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        Ok(Self { pipeline: pipeline(&params) })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let head = session.head();
        session.line(1);
        let scores = session.score_target(&[head]).await?;
        session.line(2);
        let key = Key::target(0, session.head_depth() + 1);
        let pick = session.sample(head, scores.row(0), &self.pipeline, key);
        session.line(3);
        let proposal = Proposal::by("target").with_log_prob(scores.row(0)[pick.token as usize]);
        let node = session.grow(head, pick.token, proposal);
        Ok(session.commit(node))
    }
}

#[cfg(test)]
mod tests;
