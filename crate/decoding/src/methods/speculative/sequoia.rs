#![doc = include_str!("sequoia.md")]

mod plan;
mod ranks;
mod tell;

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::{BestShapes, Planned, Shape},
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::{Ratio, SampleMatch},
};
use plan::Plan;
use ranks::{ByRank, CALIBRATED};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the size of the tree is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// The least time a token, by the pass times measured on this device.
    Measured,
    /// All nodes and levels that are allowed.
    Largest,
}

/// How the target judges siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// One after another, against what the rejected ones have left over (rule R5).
    WithoutReplacement,
    /// The target draws its own token first and keeps the guess that says the same (rule R2).
    SampleMatch,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Nodes of the tree at most, the last token of the text included (n in the paper).
    #[schemars(range(min = 2, max = 64))]
    pub max_nodes: u32,
    /// Levels of guesses at most: passes of the draft model per round (d in the paper).
    #[schemars(range(min = 1, max = 8))]
    pub max_depth: u32,
    /// B: guesses below one place at most.
    #[schemars(range(min = 1, max = 8))]
    pub branching: u32,
    /// How many of these the tree gets.
    pub size: Size,
    /// Rounds after which the tree is planned anew with what was counted; 0 keeps the first plan.
    #[schemars(range(min = 0, max = 64))]
    pub recalibrate: u32,
    /// How the target judges siblings.
    pub verification: Verification,
    /// Of both models; 0 is greedy. A greedy draft ranks its guesses at temperature 1.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            max_nodes: 16,
            max_depth: 6,
            branching: 4,
            size: Size::Measured,
            recalibrate: 8,
            verification: Verification::WithoutReplacement,
            temperature: 0.8,
        }
    }
}

pub struct Sequoia {
    params: Params,
    speculation: Speculation<ModelDrafter<Planned>, ByRank>,
    /// The tree in use, and what its choice rests on. Made in the first round.
    plan: Option<Plan>,
}

impl Method for Sequoia {
    const INFO: Info = Info {
        id: "sequoia",
        title: "Sequoia",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Chen, May, Svirschevski, Huang, Ryabinin, Jia, Chen 2024, Sequoia: Scalable, Robust, and Hardware-aware Speculative Decoding, arXiv:2402.12374",
        page: include_str!("sequoia.md"),
    };
    const READS_TIMINGS: bool = true;
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let temperature = params.temperature;
        let policy = Planned::new(Shape::root());
        let policy = if temperature > 0.0 { policy } else { policy.without_noise() };
        let branching = (params.branching as usize).min(CALIBRATED.len());
        let verifier = match params.verification {
            Verification::WithoutReplacement => ByRank::new(Ratio::default(), branching),
            Verification::SampleMatch => ByRank::new(SampleMatch, branching),
        };
        let speculation = Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), policy),
            verifier,
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 4, verify: 6, judge: 8, emit: 10 },
        };
        Ok(Self { params, speculation, plan: None })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let rounds = self.params.recalibrate;
        let due = rounds > 0 && session.step_index().is_multiple_of(rounds);
        if self.plan.is_none() || due {
            self.plan(session);
        }
        self.speculation.round(session).await
    }
}

impl Sequoia {
    /// Chooses the tree by what was counted so far. It depends on text that is committed only, so
    /// the guesses of the coming round are judged fairly.
    fn plan(&mut self, session: &mut Session<'_>) {
        let Params { max_nodes, max_depth, size, .. } = self.params;
        session.line(1);
        let kept = self.speculation.verifier.probabilities();
        tell::ranks(session, &self.speculation.verifier, &kept);
        session.line(2);
        let shapes = BestShapes::new(&kept, max_nodes as usize, max_depth as usize);
        tell::expected(session, &shapes, max_nodes, max_depth);
        session.line(3);
        let fastest = Plan::fastest(&shapes, max_nodes, max_depth, session.timings());
        if fastest.is_some() {
            tell::times(session, &shapes, max_nodes, max_depth);
        }
        let plan = match (size, &fastest) {
            (Size::Measured, Some(fastest)) => fastest.clone(),
            _ => Plan::largest(&shapes, max_nodes, max_depth),
        };
        if self.plan.as_ref() != Some(&plan) {
            tell::plan(session, &plan, size, fastest.as_ref());
        }
        self.speculation.drafter.policy.shape = plan.shape.clone();
        self.plan = Some(plan);
    }
}

#[cfg(test)]
mod tests;
