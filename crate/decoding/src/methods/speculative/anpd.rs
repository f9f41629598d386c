#![doc = include_str!("anpd.md")]

use crate::{
    Result,
    drafter::AdaptiveNgrams,
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
    /// N, tokens of the longest n-gram that is counted.
    #[schemars(range(min = 2, max = 6))]
    pub n: u32,
    /// K, tokens guessed per round; 0 guesses nothing.
    #[schemars(range(min = 0, max = 12))]
    pub k: u32,
    /// Of the target; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { n: 4, k: 6, temperature: 0.0 }
    }
}

pub struct Anpd(Speculation<AdaptiveNgrams, SampleMatch>);

impl Method for Anpd {
    const INFO: Info = Info {
        id: "anpd",
        title: "Adaptive n-gram decoding",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[],
        source: "Ou, Chen, Tian 2024, Lossless Acceleration of Large Language Model via Adaptive N-gram Parallel Decoding, arXiv:2404.08698",
        page: include_str!("anpd.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        Ok(Self(Speculation {
            drafter: AdaptiveNgrams::new(params.n as usize, params.k as usize, 2),
            verifier: SampleMatch,
            pipeline: Pipeline::temperature(params.temperature),
            lines: Lines { draft: 1, verify: 3, judge: 4, emit: 5 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
