//! A bench for parts under test: a run and its models, without a method from the list.

use crate::{
    Result,
    drafter::{Drafter, ModelDrafter},
    filter::Pipeline,
    method::Progress,
    policy::TreePolicy,
    session::{DRAFT, Models, Run, Session},
    toy::{self, Toy},
    trace::Event,
    tree::*,
};
use futures_lite::future::block_on;

pub struct Trial {
    prompt: Vec<TokenId>,
    max_new_tokens: u32,
    run: Run,
    models: Models,
}

impl Trial {
    pub fn new(prompt: &[TokenId], max_new_tokens: u32, models: Models) -> Self {
        let run = Run::new(&[prompt.to_vec()], 0, max_new_tokens);
        Self { prompt: prompt.to_vec(), max_new_tokens, run, models }
    }

    /// T4's target and draft, with plenty of room.
    pub fn t4(prompt: &[TokenId]) -> Self {
        Self::with_draft(prompt, toy::t4_target(), toy::t4_draft())
    }

    pub fn with_draft(prompt: &[TokenId], target: Toy, draft: Toy) -> Self {
        Self::new(prompt, 64, Models::new(target).with(DRAFT, draft))
    }

    pub fn restart(&mut self, seed: u32) {
        self.run = Run::new(std::slice::from_ref(&self.prompt), seed, self.max_new_tokens);
        self.models.by_role.values_mut().for_each(|model| model.retain(&[]).expect("toys forget"));
    }

    /// The session of a new step.
    pub fn step(&mut self) -> Session<'_> {
        self.run.begin_step();
        Session { run: &mut self.run, models: &mut self.models }
    }

    pub fn events(&self) -> &[Event] {
        &self.run.events
    }

    /// The generated tokens of a whole run.
    pub fn finish(
        &mut self,
        seed: u32,
        mut round: impl FnMut(&mut Session<'_>) -> Result<Progress>,
    ) -> Vec<TokenId> {
        self.restart(seed);
        while round(&mut self.step()).expect("toys do not fail") == Progress::Continue {}
        let head = self.run.forest.lane(LaneId::MAIN).head;
        self.run.forest.tokens(head).split_off(self.prompt.len())
    }
}

/// The draft that a policy grows from the `draft` model at temperature 1, as the token path of
/// each selected guess, for example "3 3".
pub fn tree(trial: &mut Trial, policy: impl TreePolicy) -> Vec<String> {
    let mut drafter = ModelDrafter::new(DRAFT, Pipeline::temperature(1.0), policy);
    let mut session = trial.step();
    let head = session.head();
    let drafted = block_on(drafter.draft(&mut session)).expect("toys do not fail");
    let forest = session.forest();
    let name = |node: NodeId| {
        let path = forest.path(Some(head), node).into_iter().filter_map(|it| forest[it].token());
        path.map(|token| token.to_string()).collect::<Vec<_>>().join(" ")
    };
    drafted.into_iter().map(name).collect()
}

/// The distribution of three tokens of T4 from state 0: `[64]`.
pub fn three_tokens_of_t4() -> Vec<f64> {
    let p = |last: usize, next: usize| f64::from(toy::T4_P[last][next]);
    (0..64).map(|i| p(0, i / 16) * p(i / 16, i / 4 % 4) * p(i / 4 % 4, i % 4)).collect()
}

/// How many texts a law is measured from, and how close to the target's it must be: the noise
/// alone is about .020, or .006 for the many texts where SLOW is set.
pub fn thoroughness() -> (u32, f64) {
    match std::env::var_os("SLOW") {
        Some(_) => (200_000, 0.015),
        None => {
            println!("20 000 texts; 200 000 where SLOW is set");
            (20_000, 0.035)
        }
    }
}

/// Total variation between T4's law of three tokens and `n` texts.
pub fn distance_from_t4(n: u32, mut text: impl FnMut(u32) -> Vec<TokenId>) -> f64 {
    let mut counts = [0u32; 64];
    for seed in 0..n {
        let text = text(seed);
        assert!(text.len() >= 3, "{text:?}");
        counts[(text[0] * 16 + text[1] * 4 + text[2]) as usize] += 1;
    }
    let of = |it: (&u32, f64)| (f64::from(*it.0) / f64::from(n) - it.1).abs();
    counts.iter().zip(three_tokens_of_t4()).map(of).sum::<f64>() / 2.0
}
