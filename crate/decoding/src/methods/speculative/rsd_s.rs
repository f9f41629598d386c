#![doc = include_str!("rsd_s.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::StochasticBeam,
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// W: guesses per level. 1 is plain speculative decoding.
    #[schemars(range(min = 1, max = 16))]
    pub width: u32,
    /// D: levels of the tree.
    #[schemars(range(min = 1, max = 8))]
    pub depth: u32,
    /// Of both models; 0 is greedy: the beam then keeps the most probable paths, without noise.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { width: 4, depth: 4, temperature: 0.8 }
    }
}

pub struct RsdS(Speculation<ModelDrafter<StochasticBeam>, Ratio>);

impl Method for RsdS {
    const INFO: Info = Info {
        id: "rsd-s",
        title: "Recursive speculative decoding",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Jeon et al. 2024, Recursive Speculative Decoding: Accelerating LLM Inference via Sampling Without Replacement, arXiv:2402.14160",
        page: include_str!("rsd_s.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { width, depth, temperature } = params;
        let beam = StochasticBeam::new(width, depth);
        let beam = if temperature > 0.0 { beam } else { beam.without_noise() };
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), beam),
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 2, verify: 6, judge: 8, emit: 10 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
