#![doc = include_str!("jacobi.md")]

use crate::{
    Result,
    drafter::{Init, Jacobi as Guesses},
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
    /// Tokens of a chunk, all guessed and corrected together; in the paper the whole text.
    #[schemars(range(min = 1, max = 64))]
    pub m: u32,
    /// What fills a fresh chunk.
    pub init: Init,
    /// Of the target; 0 is greedy, as in the paper.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { m: 32, init: Init::Prompt, temperature: 0.0 }
    }
}

pub struct Jacobi(Speculation<Guesses, SampleMatch>);

impl Method for Jacobi {
    const INFO: Info = Info {
        id: "jacobi",
        title: "Jacobi decoding",
        family: Family::Parallel,
        lossless: Lossless::Greedy,
        needs: &[],
        source: "Santilli et al. 2023, Accelerating Transformer Inference for Translation via Parallel Decoding, arXiv:2305.10427",
        page: include_str!("jacobi.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let pipeline = || Pipeline::temperature(params.temperature);
        Ok(Self(Speculation {
            drafter: Guesses::new(params.m, params.init, pipeline(), 5),
            verifier: SampleMatch,
            pipeline: pipeline(),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
