#![doc = include_str!("lookahead.md")]

use crate::{
    Result,
    drafter::Lookahead as Window,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::Session,
    speculate::{Lines, Speculation},
    verifier::{OneHot, SampleMatch, Verifier},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// N, tokens of an n-gram: the window is N − 1 levels deep.
    #[schemars(range(min = 3, max = 8))]
    pub n: u32,
    /// W, columns of the window.
    #[schemars(range(min = 1, max = 20))]
    pub w: u32,
    /// G, n-grams kept and tried per first token.
    #[schemars(range(min = 1, max = 20))]
    pub g: u32,
    /// Open the pool with the n-grams of the prompt.
    pub pool_from_prompt: bool,
    /// Of the target; 0 is greedy. The window is always greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { n: 4, w: 5, g: 5, pool_from_prompt: false, temperature: 0.0 }
    }
}

pub struct Lookahead(Speculation<Window, Box<dyn Verifier>>);

impl Method for Lookahead {
    const INFO: Info = Info {
        id: "lookahead",
        title: "Lookahead decoding",
        family: Family::Parallel,
        lossless: Lossless::Distribution,
        needs: &[],
        source: "Fu, Bailis, Stoica, Zhang 2024, Break the Sequential Dependency of LLM Inference Using Lookahead Decoding, arXiv:2402.02057",
        page: include_str!("lookahead.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { n, w, g, pool_from_prompt, temperature } = params;
        let pipeline = Pipeline::temperature(temperature);
        let verifier: Box<dyn Verifier> =
            if pipeline.is_greedy() { Box::new(SampleMatch) } else { Box::new(OneHot) };
        let mut drafter = Window::new(n as usize, w as usize, g as usize);
        drafter.pool_from_prompt = pool_from_prompt;
        Ok(Self(Speculation {
            drafter,
            verifier,
            pipeline,
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}
