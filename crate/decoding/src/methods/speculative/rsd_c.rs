#![doc = include_str!("rsd_c.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::{Branching, Children},
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Guesses for the first position.
    #[schemars(range(min = 1, max = 8))]
    pub b_1: u32,
    /// Guesses below each of them; 0 ends the tree above.
    #[schemars(range(min = 0, max = 4))]
    pub b_2: u32,
    /// Guesses below each of those; 0 ends the tree above.
    #[schemars(range(min = 0, max = 2))]
    pub b_3: u32,
    /// One more guess below each of those, or none.
    #[schemars(range(min = 0, max = 1))]
    pub b_4: u32,
    /// Of both models; 0 is greedy: the guesses are then the draft's best tokens, without noise.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { b_1: 3, b_2: 2, b_3: 1, b_4: 0, temperature: 0.8 }
    }
}

pub struct RsdC(Speculation<ModelDrafter<Branching>, Ratio>);

impl Method for RsdC {
    const INFO: Info = Info {
        id: "rsd-c",
        title: "Recursive speculative decoding, constant branching",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Jeon et al. 2024, Recursive Speculative Decoding: Accelerating LLM Inference via Sampling Without Replacement, arXiv:2402.14160",
        page: include_str!("rsd_c.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { b_1, b_2, b_3, b_4, temperature } = params;
        let children = if temperature > 0.0 { Children::AtOnce } else { Children::Best };
        let policy = Branching::new(&Branching::until_zero(&[b_1, b_2, b_3, b_4]), children);
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), policy),
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 1, verify: 4, judge: 6, emit: 8 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
