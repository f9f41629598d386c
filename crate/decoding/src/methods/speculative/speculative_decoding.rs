#![doc = include_str!("speculative_decoding.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::Chain,
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Tokens guessed per round (γ in the paper).
    #[schemars(range(min = 1, max = 16))]
    pub gamma: u32,
    /// Of both models; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
    /// l in (0, 1]: accept with min(1, p / (l·q)). 1 is exact; less keeps more guesses and changes
    /// the text.
    #[schemars(range(min = 0.05, max = 1.0))]
    pub lenience: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { gamma: 4, temperature: 0.8, lenience: 1.0 }
    }
}

pub struct SpeculativeDecoding(Speculation<ModelDrafter<Chain>, Ratio>);

impl Method for SpeculativeDecoding {
    const INFO: Info = Info {
        id: "speculative-decoding",
        title: "Speculative decoding",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Leviathan, Kalman, Matias 2023, Fast Inference from Transformers via Speculative Decoding, arXiv:2211.17192",
        page: include_str!("speculative_decoding.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let pipeline = || Pipeline::temperature(params.temperature);
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, pipeline(), Chain::new(params.gamma)),
            verifier: Ratio { lenience: params.lenience },
            pipeline: pipeline(),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 5 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
