#![doc = include_str!("dyspec.md")]

use crate::{
    Result,
    drafter::BestFirst,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Guesses per round (m in the paper).
    #[schemars(range(min = 1, max = 64))]
    pub nodes: u32,
    /// C: only places worth more than this get a guess, and the draft reads a whole level in one
    /// pass. About 1 / nodes is a good start. 0: the most valuable place first, one row a pass.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub threshold: f32,
    /// Of both models; 0 is greedy. A greedy draft ranks its guesses at temperature 1.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { nodes: 12, threshold: 0.0, temperature: 0.8 }
    }
}

pub struct Dyspec(Speculation<BestFirst, Ratio>);

impl Method for Dyspec {
    const INFO: Info = Info {
        id: "dyspec",
        title: "DySpec",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Xiong et al. 2024, DySpec: Faster Speculative Decoding with Dynamic Token Tree Structure, arXiv:2410.11744",
        page: include_str!("dyspec.md"),
    };
    type Params = Params;

    fn new(Params { nodes, threshold, temperature }: Params) -> Result<Self> {
        let drafter = BestFirst::new(DRAFT, Pipeline::ranking(temperature), nodes);
        let drafter = drafter.above(f64::from(threshold));
        Ok(Self(Speculation {
            drafter: if temperature > 0.0 { drafter } else { drafter.without_draws() },
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 2, verify: 6, judge: 8, emit: 10 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
