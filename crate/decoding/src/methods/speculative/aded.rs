#![doc = include_str!("aded.md")]

use crate::{
    Result,
    drafter::Searching,
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
    /// I, walks of the search.
    #[schemars(range(min = 1, max = 300))]
    pub iterations: u32,
    /// D, tokens that a walk looks ahead.
    #[schemars(range(min = 1, max = 8))]
    pub depth: u32,
    /// P, most visited paths that are drafted.
    #[schemars(range(min = 1, max = 24))]
    pub paths: u32,
    /// m, guesses per round at most.
    #[schemars(range(min = 1, max = 64))]
    pub nodes: u32,
    /// η, what each occurrence adds to a trigram's weight.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub gain: f32,
    /// Learn the trigrams of the prompt before the first round.
    pub learn_prompt: bool,
    /// Of the target; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            iterations: 64,
            depth: 4,
            paths: 8,
            nodes: 16,
            gain: 0.04,
            learn_prompt: true,
            temperature: 0.0,
        }
    }
}

pub struct Aded(Speculation<Searching, SampleMatch>);

impl Method for Aded {
    const INFO: Info = Info {
        id: "aded",
        title: "Adaptive draft-verification",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &["ngrams"],
        source: "Liu et al. 2024, Adaptive Draft-Verification for Efficient Large Language Model Decoding, arXiv:2407.12021",
        page: include_str!("aded.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { iterations, depth, paths, nodes, .. } = params;
        let [iterations, depth, paths, nodes] =
            [iterations, depth, paths, nodes].map(|it| it as usize);
        let mut drafter = Searching::new(iterations, depth, paths, nodes, params.gain);
        drafter.learn_prompt = params.learn_prompt;
        Ok(Self(Speculation {
            drafter,
            verifier: SampleMatch,
            pipeline: Pipeline::temperature(params.temperature),
            lines: Lines { draft: 1, verify: 5, judge: 6, emit: 7 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
