#![doc = include_str!("token_recycling.md")]

use crate::{
    Result,
    drafter::{Recycling, template},
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::Session,
    speculate::{Lines, Speculation},
    verifier::SampleMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Successors kept for each token.
    #[schemars(range(min = 1, max = 16))]
    pub k: u32,
    /// B, breadth of the tree: a place with ranks r₁…r_d (1 the best) is drafted if r₁·…·r_d ≤ B.
    #[schemars(range(min = 1, max = 8))]
    pub b: u32,
    /// D, depth of the tree.
    #[schemars(range(min = 1, max = 6))]
    pub d: u32,
    /// Learn from the rows of the prompt too.
    pub warm_from_prompt: bool,
    /// Of the target; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { k: 8, b: 3, d: 4, warm_from_prompt: true, temperature: 0.0 }
    }
}

pub struct TokenRecycling(Speculation<Recycling, SampleMatch>);

impl Method for TokenRecycling {
    const INFO: Info = Info {
        id: "token-recycling",
        title: "Token recycling",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[],
        source: "Luo et al. 2024, Turning Trash into Treasure: Accelerating Inference of Large Language Models with Token Recycling, arXiv:2408.08696",
        page: include_str!("token_recycling.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let shape = template(params.b as usize, params.d as usize);
        Ok(Self(Speculation {
            drafter: Recycling::new(params.k as usize, shape, params.warm_from_prompt, 5),
            verifier: SampleMatch,
            pipeline: Pipeline::temperature(params.temperature),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
