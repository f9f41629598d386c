//! Methods with a mistake in them: the tests of the others mean something only if these fail.

use decoding::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Entry, Family, Info, Lossless, Method, Progress},
    policy::Chain,
    random::Key,
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    verifier::{Draws, Guess, Ratio, Rest, Ruling, Verifier},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub static NO_RESIDUAL: Entry = Entry::of::<Broken<NoResidual>>();
pub static ALL_KEPT: Entry = Entry::of::<Broken<AllKept>>();
pub static ONE_UNIFORM: Entry = Entry::of::<Broken<OneUniform>>();

/// Speculative decoding with another acceptance rule.
pub struct Broken<V>(Speculation<ModelDrafter<Chain>, V>);

#[derive(Default, Serialize, Deserialize, JsonSchema)]
pub struct NoParams {}

impl<V: Verifier + Default + 'static> Method for Broken<V> {
    const INFO: Info = Info {
        id: "broken",
        title: "A mistake",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "",
        page: "",
    };
    type Params = NoParams;

    fn new(_: NoParams) -> Result<Self> {
        let pipeline = || Pipeline::temperature(1.0);
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, pipeline(), Chain::new(4)),
            verifier: V::default(),
            pipeline: pipeline(),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}

/// Forgets the residual: a rejected guess gets a second chance.
#[derive(Default)]
pub struct NoResidual(Ratio);

impl Verifier for NoResidual {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let ruling = self.0.rule(target, guesses, draws);
        Ruling { rest: Rest::Target, ..ruling }
    }
}

/// Believes the draft.
#[derive(Default)]
pub struct AllKept(Ratio);

impl Verifier for AllKept {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let ruling = self.0.rule(target, guesses, draws);
        Ruling { accepted: (!guesses.is_empty()).then_some(0), ..ruling }
    }
}

/// Tests every guess of a run with the same number.
#[derive(Default)]
pub struct OneUniform(Ratio);

impl Verifier for OneUniform {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let uniform = |key: Key| match key.purpose {
            "accept" => (draws.uniform)(Key { position: 0, draw: 0, ..key }),
            _ => (draws.uniform)(key),
        };
        self.0.rule(target, guesses, &Draws { uniform: &uniform, ..*draws })
    }
}
