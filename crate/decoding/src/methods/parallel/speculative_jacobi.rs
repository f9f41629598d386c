#![doc = include_str!("speculative_jacobi.md")]

use crate::{
    Result,
    drafter::{Init, Redrawn},
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::Session,
    speculate::{Lines, Speculation},
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// W: positions ahead that are guessed at once; 0 is plain decoding.
    #[schemars(range(min = 0, max = 64))]
    pub w: u32,
    /// What a position holds when it enters the window.
    pub init: Init,
    /// Of the target, and of the guesses, which are its own draws; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { w: 8, init: Init::Prompt, temperature: 0.8 }
    }
}

pub struct SpeculativeJacobi(Speculation<Redrawn, Ratio>);

impl Method for SpeculativeJacobi {
    const INFO: Info = Info {
        id: "speculative-jacobi",
        title: "Speculative Jacobi decoding",
        family: Family::Parallel,
        lossless: Lossless::Distribution,
        needs: &[],
        source: "Teng et al. 2024, Accelerating Auto-regressive Text-to-Image Generation with Training-free Speculative Jacobi Decoding, arXiv:2410.01699",
        page: include_str!("speculative_jacobi.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let pipeline = || Pipeline::temperature(params.temperature);
        Ok(Self(Speculation {
            drafter: Redrawn::new(params.w, params.init, pipeline(), 5),
            verifier: Ratio::default(),
            pipeline: pipeline(),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
