#![doc = include_str!("mcsd.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::{Branching, Children},
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::{Ratio, SampleMatch, Verifier, WithReplacement},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the children of a node are found, and the rule that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Candidates {
    /// Drawn one after another, no token twice; each test knows what was drawn before.
    WithoutReplacement,
    /// Drawn independently; a token that comes out twice is tried twice, the second time in vain.
    WithReplacement,
    /// The draft's best tokens; kept where the target draws the same.
    Best,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Guesses for the first position.
    #[schemars(range(min = 1, max = 8))]
    pub k_1: u32,
    /// Guesses below each of them; 0 ends the tree above.
    #[schemars(range(min = 0, max = 4))]
    pub k_2: u32,
    /// Guesses below each of those; 0 ends the tree above.
    #[schemars(range(min = 0, max = 2))]
    pub k_3: u32,
    /// One more guess below each of those, or none.
    #[schemars(range(min = 0, max = 1))]
    pub k_4: u32,
    /// How the guesses are found. Each choice has its own rule, and all are exact.
    pub candidates: Candidates,
    /// Of both models; 0 is greedy: the guesses are then the draft's best tokens.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        let candidates = Candidates::WithoutReplacement;
        Self { k_1: 4, k_2: 2, k_3: 1, k_4: 0, candidates, temperature: 0.8 }
    }
}

pub struct Mcsd(Speculation<ModelDrafter<Branching>, Box<dyn Verifier>>);

impl Method for Mcsd {
    const INFO: Info = Info {
        id: "mcsd",
        title: "Multi-candidate speculative decoding",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Yang et al. 2024, Multi-Candidate Speculative Decoding, arXiv:2401.06706",
        page: include_str!("mcsd.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { k_1, k_2, k_3, k_4, candidates, temperature } = params;
        let (children, verifier): (_, Box<dyn Verifier>) = match candidates {
            // A greedy target accepts its best token, so the best guesses serve it.
            _ if temperature <= 0.0 => (Children::Best, Box::new(Ratio::default())),
            Candidates::WithoutReplacement => (Children::InTurn, Box::new(Ratio::default())),
            Candidates::WithReplacement => (Children::Independent, Box::new(WithReplacement)),
            Candidates::Best => (Children::Best, Box::new(SampleMatch)),
        };
        let policy = Branching::new(&Branching::until_zero(&[k_1, k_2, k_3, k_4]), children);
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), policy),
            verifier,
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 1, verify: 3, judge: 5, emit: 7 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
