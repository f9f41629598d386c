//! A window of Jacobi guesses for sampling: each guess remembers the distribution it was drawn
//! from, so that the next pass can put it to the ratio test; what is not reached is drawn anew.
//! What it leaves out: the test itself, which is R3.
//! Source: Teng et al. 2024, arXiv:2410.01699.

use super::{Drafter, Init, Verdict, grid};
use crate::{
    Result,
    filter::Pipeline,
    random::Key,
    row,
    session::{Proposal, Session},
    trace::TableChange,
    tree::*,
};
use std::rc::Rc;

/// A guess, what it was drawn from, and for how many passes the same token has stood there.
#[derive(Clone, Debug)]
struct Drawn {
    token: TokenId,
    /// `[vocab_size]`: q, after all filters. A guess nobody drew has the point mass.
    row: Rc<[f32]>,
    age: u32,
}

pub struct Redrawn {
    /// W: guesses of the window. 0 is plain decoding.
    pub window: u32,
    pub init: Init,
    /// The target's post-processing, which is also what the guesses are drawn through.
    pub pipeline: Pipeline,
    /// Line of the pseudo-code that draws the guesses anew.
    pub learn_line: u32,
    guesses: Vec<Drawn>,
    /// Passes so far: the row of the grid.
    iteration: u32,
}

impl Redrawn {
    pub fn new(window: u32, init: Init, pipeline: Pipeline, learn_line: u32) -> Self {
        Self { window, init, pipeline, learn_line, guesses: Vec::new(), iteration: 0 }
    }

    /// Fills the window up with guesses that nobody drew.
    fn fill(&mut self, session: &mut Session<'_>) {
        // One token always comes from the target itself.
        let window = self.window.min(session.room().saturating_sub(1));
        self.guesses.truncate(window as usize);
        let first = session.head_depth() + 1;
        let mut cells = Vec::new();
        for position in first + self.guesses.len() as u32..first + window {
            let token = self.init.token(session, position);
            let row = point_mass(token, session.target_info().vocab_size);
            cells.push(grid::aged(self.iteration, position, token, "guess", 0, None));
            self.guesses.push(Drawn { token, row, age: 0 });
        }
        if !cells.is_empty() {
            session.table("grid", TableChange::Put, &grid::aged_columns(), cells);
        }
    }

    /// Draws the token at `position` anew from `probs`. No two draws share a uniform.
    fn redraw(&self, session: &Session<'_>, lane: u32, position: u32, probs: &[f32]) -> TokenId {
        if self.pipeline.is_greedy() {
            return row::arg_max(probs);
        }
        let draw = session.step_index();
        row::draw(probs, session.uniform(Key { purpose: "redraw", lane, position, draw }))
    }
}

fn point_mass(token: TokenId, vocab_size: usize) -> Rc<[f32]> {
    let mut row = vec![0.0; vocab_size];
    row[token as usize] = 1.0;
    row.into()
}

impl Drafter for Redrawn {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        self.fill(session);
        let mut at = session.head();
        let mut drafted = Vec::new();
        for Drawn { token, row, .. } in &self.guesses {
            at = session.grow(at, *token, Proposal::drawn("jacobi", *token, row.clone()));
            drafted.push(at);
        }
        Ok(drafted)
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        session.line(self.learn_line);
        self.iteration += 1;
        let head = &session.forest()[verdict.scored[0]];
        let (first, lane) = (head.depth + 1, head.lane.0);
        let token = |node: NodeId| session.forest()[node].token().expect("texts are tokens");
        let kept = verdict.accepted.len();
        let emitted = verdict.emitted.map(token);
        let mut cells = Vec::new();
        let mut next = Vec::new();
        for (index, &node) in verdict.scored.iter().enumerate() {
            let position = first + index as u32;
            let probs = self.pipeline.probs(session.forest(), node, verdict.scores.row(index));
            let guess = self.guesses.get(index);
            let odds = guess.map(|it| {
                let token = it.token as usize;
                (probs[token] / it.row[token]).min(1.0)
            });
            let age = |token| guess.filter(|it| it.token == token).map_or(0, |it| it.age + 1);
            let (token, state) = if index < kept {
                (self.guesses[index].token, "fixed")
            } else if let Some(token) = emitted.filter(|_| index == kept) {
                (token, "fixed")
            } else if guess.is_some() {
                let token = self.redraw(session, lane, position, &probs);
                let age = age(token);
                next.push(Drawn { token, row: probs.into(), age });
                (token, if age > 0 { "same" } else { "changed" })
            } else {
                continue; // After an accepted end token nothing is guessed.
            };
            cells.push(grid::aged(self.iteration, position, token, state, age(token), odds));
        }
        session.table("grid", TableChange::Put, &grid::aged_columns(), cells);
        self.guesses = next;
    }
}

#[cfg(test)]
mod tests;
