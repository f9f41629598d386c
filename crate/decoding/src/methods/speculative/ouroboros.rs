#![doc = include_str!("ouroboros.md")]

use crate::{
    Result,
    drafter::Phrases,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::SampleMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// γ, tokens the draft model drafts at least.
    #[schemars(range(min = 1, max = 16))]
    pub gamma: u32,
    /// K, phrases that prolong the draft; 0 leaves them out.
    #[schemars(range(min = 0, max = 8))]
    pub k: u32,
    /// ℓ, tokens of a phrase and its key.
    #[schemars(range(min = 3, max = 8))]
    pub l: u32,
    /// W, columns of the draft model's window; 0 leaves it out.
    #[schemars(range(min = 0, max = 20))]
    pub w: u32,
    /// G, phrases kept per key; 0 keeps none.
    #[schemars(range(min = 0, max = 20))]
    pub g: u32,
    /// Open the pool with the phrases of the prompt.
    pub pool_from_prompt: bool,
    /// Of the target; 0 is greedy. The draft model is always greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        let (gamma, k, l, w, g) = (4, 2, 4, 5, 5);
        Self { gamma, k, l, w, g, pool_from_prompt: true, temperature: 0.0 }
    }
}

pub struct Ouroboros(Speculation<Phrases, SampleMatch>);

impl Method for Ouroboros {
    const INFO: Info = Info {
        id: "ouroboros",
        title: "Ouroboros",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Zhao et al. 2024, Ouroboros: Generating Longer Drafts Phrase by Phrase for Faster Speculative Decoding, arXiv:2402.13720",
        page: include_str!("ouroboros.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { gamma, k, l, w, g, pool_from_prompt, temperature } = params;
        let mut drafter = Phrases::new(l as usize, w as usize, g as usize);
        drafter.draft_len = gamma as usize;
        drafter.suffixes = k as usize;
        drafter.pool_from_prompt = pool_from_prompt;
        Ok(Self(Speculation {
            drafter,
            verifier: SampleMatch,
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 1, verify: 5, judge: 6, emit: 7 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
