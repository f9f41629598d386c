//! Guesses for a whole block at once, each pass replacing every guess by what the target says
//! after the guesses before it. What it leaves out: when a block is long enough.
//! Source: Santilli et al. 2023, arXiv:2305.10427.

use super::{Drafter, Verdict, grid};
use crate::{
    Result,
    filter::Pipeline,
    random::Key,
    row,
    session::{Proposal, Session},
    trace::TableChange,
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a block is filled with before its first pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Tokens of the prompt, drawn at random.
    #[default]
    Prompt,
    /// Copies of the last token.
    Last,
    /// Token 0, which is padding in many vocabularies.
    Pad,
}

impl Init {
    /// The guess for the token at depth `position` of the sequence.
    pub fn token(self, session: &Session<'_>, position: u32) -> TokenId {
        match self {
            Self::Prompt => {
                let prompt_len = session.prompt_len();
                let key = Key { purpose: "window", lane: 0, position, draw: session.step_index() };
                let index = (session.uniform(key) * prompt_len as f32) as u32;
                let index = index.min(prompt_len - 1);
                session.tokens()[index as usize]
            }
            Self::Last => session.forest()[session.head()].token().expect("texts are tokens"),
            Self::Pad => 0,
        }
    }
}

/// Why a token that no pass has proved stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A guess, taken as it stands.
    Approximate,
    /// Written by the method.
    Given,
}

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Self::Approximate => "approximate",
            Self::Given => "given",
        }
    }
}

pub struct Jacobi {
    /// b: guesses of a fresh block.
    pub block_len: u32,
    /// Tokens of the answer that are guessed in blocks; every later pass gives one token.
    pub parallel_len: u32,
    /// The window moves on with the text: what is read after its last guess is a guess as well.
    pub sliding: bool,
    pub init: Init,
    /// The target's post-processing, so that the guesses settle where the target's draws do.
    pub pipeline: Pipeline,
    /// Line of the pseudo-code that replaces the guesses.
    pub learn_line: u32,
    /// The guesses of the block that are not final.
    guesses: Vec<TokenId>,
    /// Passes so far: the row of the grid.
    iteration: u32,
}

impl Jacobi {
    pub fn new(block_len: u32, init: Init, pipeline: Pipeline, learn_line: u32) -> Self {
        Self {
            block_len,
            parallel_len: u32::MAX,
            sliding: false,
            init,
            pipeline,
            learn_line,
            guesses: Vec::new(),
            iteration: 0,
        }
    }

    /// The guesses that are not final, in reading order from the head on.
    pub fn open(&self) -> &[TokenId] {
        &self.guesses
    }

    /// Forgets the guesses that are not final, because `tokens` are written after the head.
    pub fn close(&mut self, session: &mut Session<'_>, tokens: &[(TokenId, Place)]) {
        self.guesses.clear();
        let positions = session.head_depth() + 1..;
        let cell = |(at, &(token, place)): (u32, &(TokenId, Place))| {
            grid::cell(self.iteration, at, token, place.name())
        };
        let cells: Vec<_> = positions.zip(tokens).map(cell).collect();
        if !cells.is_empty() {
            session.table("grid", TableChange::Put, &grid::columns(), cells);
        }
    }

    /// Cuts the open guesses to a block, or adds fresh ones until they are one.
    pub fn reach(&mut self, session: &mut Session<'_>) {
        let left = self.parallel_len.saturating_sub(session.generated(session.head()));
        // One token always comes from the target itself.
        let room = session.room().saturating_sub(1);
        let block_len = self.block_len.min(left).min(room);
        self.guesses.truncate(block_len as usize);
        let first = session.head_depth() + 1;
        let fresh: Vec<_> = (first + self.guesses.len() as u32..first + block_len)
            .map(|at| (at, self.init.token(session, at)))
            .collect();
        if fresh.is_empty() {
            return;
        }
        let cell = |&(at, token): &(u32, TokenId)| grid::cell(self.iteration, at, token, "guess");
        let cells = fresh.iter().map(cell).collect();
        session.table("grid", TableChange::Put, &grid::columns(), cells);
        self.guesses.extend(fresh.iter().map(|it| it.1));
    }
}

impl Drafter for Jacobi {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        if self.guesses.is_empty() {
            self.reach(session);
        }
        let mut at = session.head();
        let mut drafted = Vec::new();
        for &token in &self.guesses {
            at = session.grow(at, token, Proposal::by("jacobi"));
            drafted.push(at);
        }
        Ok(drafted)
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        session.line(self.learn_line);
        self.iteration += 1;
        let first = session.forest()[verdict.scored[0]].depth + 1;
        let lane = session.forest()[verdict.scored[0]].lane.0;
        let fixed = verdict.accepted.len() + usize::from(verdict.emitted.is_some());
        let mut cells = Vec::new();
        let mut next = Vec::new();
        for (index, &node) in verdict.scored.iter().enumerate() {
            let position = first + index as u32;
            let probs = self.pipeline.probs(session.forest(), node, verdict.scores.row(index));
            // The draw that plain sampling would make here: with the uniforms fixed, sampling is
            // a function of the text too, and its fixed point is the sampled text.
            let token = if self.pipeline.is_greedy() {
                row::arg_max(&probs)
            } else {
                row::draw(&probs, session.uniform(Key::target(lane, position)))
            };
            let guess = self.guesses.get(index);
            let state = match index < fixed {
                true => "fixed",
                false if guess == Some(&token) => "same",
                false => "changed",
            };
            // The row after the last guess speaks of the next block, until its token is final.
            if index < fixed || guess.is_some() || self.sliding {
                cells.push(grid::cell(self.iteration, position, token, state));
            }
            next.push(token);
        }
        session.table("grid", TableChange::Put, &grid::columns(), cells);
        if !self.sliding {
            // A block is not refilled before it is final.
            next.truncate(self.guesses.len());
        }
        self.guesses = next.split_off(fixed.min(next.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        method::Progress,
        session::{Models, Run},
        speculate::{Lines, Speculation},
        toy,
        verifier::SampleMatch,
    };
    use futures_lite::future::block_on;

    /// Also: the pass that a naive test for the end adds after the block is right changes nothing.
    #[test]
    fn a_right_guess_takes_one_pass() {
        let mut models = Models::new(toy::f5());
        let mut run = Run::new(&[vec![0, 1]], 0, 7);
        let mut drafter = Jacobi::new(6, Init::Pad, Pipeline::greedy(), 5);
        drafter.guesses = vec![1, 2, 3, 0, 3, 3];
        let lines = Lines { draft: 1, verify: 2, judge: 3, emit: 4 };
        let (verifier, pipeline) = (SampleMatch, Pipeline::greedy());
        let mut round = Speculation { drafter, verifier, pipeline, lines };
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        assert_eq!(block_on(round.round(&mut session)).unwrap(), Progress::Finished);
        assert_eq!(session.tokens(), [0, 1, 1, 2, 3, 0, 3, 3, 1]);
    }

    #[test]
    fn a_seventh_pass_changes_nothing() {
        // The sixth iterate of F5; a stop test that waits for two equal iterates feeds it again.
        let sixth = vec![1, 2, 3, 0, 3, 3];
        let mut models = Models::new(toy::f5());
        let mut run = Run::new(&[vec![0, 1]], 0, 20);
        let mut drafter = Jacobi::new(6, Init::Pad, Pipeline::greedy(), 5);
        drafter.guesses.clone_from(&sixth);
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        let guesses = block_on(drafter.draft(&mut session)).unwrap();
        let scored = [vec![session.head()], guesses].concat();
        let scores = block_on(session.score_target(&scored)).unwrap();
        // Nothing is accepted, so that every place is guessed anew.
        let verdict = Verdict { scored: &scored, scores: &scores, accepted: &[], emitted: None };
        drafter.observe(&mut session, &verdict);
        assert_eq!(drafter.guesses, sixth);
    }
}
