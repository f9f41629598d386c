#![doc = include_str!("opt_tree.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy,
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::SampleMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Guesses per round (n in the paper).
    #[schemars(range(min = 1, max = 64))]
    pub nodes: u32,
    /// δ: the draft goes a level deeper while the last level raised the expected number of kept
    /// guesses by more than this. Best between the time of a draft pass, in target passes, and 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub delta: f32,
    /// Levels of the tree, at most.
    #[schemars(range(min = 1, max = 10))]
    pub max_depth: u32,
    /// Of both models; 0 is greedy. A greedy draft ranks its guesses at temperature 1.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { nodes: 16, delta: 0.2, max_depth: 6, temperature: 0.8 }
    }
}

pub struct OptTree(Speculation<ModelDrafter<policy::OptTree>, SampleMatch>);

impl Method for OptTree {
    const INFO: Info = Info {
        id: "opt-tree",
        title: "OPT-Tree",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Wang et al. 2024, OPT-Tree: Speculative Decoding with Adaptive Draft Tree Structure, arXiv:2406.17276",
        page: include_str!("opt_tree.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { nodes, delta, max_depth, temperature } = params;
        let policy = policy::OptTree::new(nodes, delta, max_depth);
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), policy),
            verifier: SampleMatch,
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 2, verify: 6, judge: 7, emit: 8 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
