#![doc = include_str!("copyspec.md")]

use crate::{
    Result,
    drafter::{Copying, ModelDrafter, Occurrence},
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::Comb,
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::SampleMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Last tokens that must have stood together before (γ in the paper).
    #[schemars(range(min = 2, max = 8))]
    pub gamma: u32,
    /// C, tokens copied per round.
    #[schemars(range(min = 1, max = 50))]
    pub copy_len: u32,
    /// δ, tokens the draft model guesses where nothing matches; 0 leaves it out.
    #[schemars(range(min = 0, max = 16))]
    pub delta: u32,
    /// Which earlier place is copied from.
    pub occurrence: Occurrence,
    /// Read on in the copy itself where the earlier place reaches the end of the text.
    pub wrap: bool,
    /// Of the target; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            gamma: 3,
            copy_len: 8,
            delta: 4,
            occurrence: Occurrence::Last,
            wrap: false,
            temperature: 0.0,
        }
    }
}

pub struct CopySpec(Speculation<Copying<ModelDrafter<Comb>>, SampleMatch>);

impl Method for CopySpec {
    const INFO: Info = Info {
        id: "copyspec",
        title: "CopySpec",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Dumitru et al. 2025, CopySpec: Accelerating LLMs with Speculative Copy-and-Paste Without Compromising Quality, arXiv:2502.08923",
        page: include_str!("copyspec.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { gamma, copy_len, delta, occurrence, wrap, temperature } = params;
        let fallback = ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), Comb::spine(delta));
        let mut drafter = Copying::new(gamma as usize, copy_len as usize, fallback);
        drafter.occurrence = occurrence;
        drafter.wrap = wrap;
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
