//! A smaller model guesses a few tokens ahead for the one that grows the tree, which tests them in
//! one pass and corrects the first wrong one. What leaves this level is drawn from the larger
//! model's rows, exactly: it can be handed to the target as if that model had drawn it alone.
//! Source: Spector, Ré 2023, arXiv:2308.04623.

use super::{BestFirst, Place, put};
use crate::{
    Result,
    filter::Pipeline,
    model::Ask,
    random::Key,
    row,
    session::{Proposal, Session},
    trace::*,
    tree::*,
    verifier::{Draws, Guess, Ratio, Rest, Test, Verifier},
};
use std::{collections::BTreeSet, rc::Rc};

pub struct Inner {
    pub role: &'static str,
    /// g: tokens guessed ahead per pass of the larger model, at most.
    pub guesses: u32,
    /// Post-processing of both models in the test; greedy compares best tokens.
    pub pipeline: Pipeline,
    /// Guesses of this model that the larger one kept.
    kept: BTreeSet<NodeId>,
}

impl Inner {
    pub fn new(role: &'static str, guesses: u32, pipeline: Pipeline) -> Self {
        Self { role, guesses, pipeline, kept: BTreeSet::new() }
    }

    /// Whether the smaller model was the first to say this guess.
    pub fn said(&self, guess: NodeId) -> bool {
        self.kept.contains(&guess)
    }

    pub(super) fn columns() -> [(&'static str, ColumnKind); 5] {
        use ColumnKind::{Node, Probability, Text};
        [
            ("guess", Node),
            ("verdict", Text),
            ("larger", Probability),
            ("smaller", Probability),
            ("u", Probability),
        ]
    }
}

impl BestFirst {
    /// Fills `place`, whose row is missing, and places below it, all from one pass.
    pub(super) async fn guess_ahead(
        &mut self,
        session: &mut Session<'_>,
        mut place: Place,
    ) -> Result<()> {
        // The pass itself gives one token more.
        let left = self.nodes - self.guesses.len() as u32;
        let levels = self.places.deepest - session.forest()[place.parent].depth;
        let chain = self.chain(session, place.parent, left.min(levels) - 1).await?;
        let nodes: Vec<NodeId> = [&[place.parent], chain.as_slice()].concat();
        let scores = session.score(self.role, &nodes, &Ask::rows()).await?;
        for (index, &guess) in chain.iter().enumerate() {
            let log_probs = scores.row(index);
            place = self.with_row(session, place, log_probs);
            if let Some(instead) = self.corrected(session, place.parent, guess, log_probs) {
                session.prune(&chain[index..], "the larger draft model says otherwise");
                let node = self.grow(session, &place, instead);
                tell(session, node, "replaced", None);
                self.took(session, &place, node, true);
                return Ok(());
            }
            let token = session.forest()[guess].token().expect("guesses are tokens");
            let row = place.rows.as_ref().expect("it was just read").1.clone();
            let value = place.value * f64::from(row[token as usize]);
            session.redrawn(guess, row);
            self.inner.as_mut().expect("there is a smaller model").kept.insert(guess);
            self.took(session, &place, guess, false);
            if session.ends(token) {
                return Ok(());
            }
            place = Place::below(guess, value);
        }
        place = self.with_row(session, place, scores.row(chain.len()));
        self.fill(session, &place);
        Ok(())
    }

    fn with_row(&self, session: &Session<'_>, place: Place, log_probs: &[f32]) -> Place {
        let row = self.pipeline.probs(session.forest(), place.parent, log_probs);
        place.read(row.into())
    }

    /// At most `count` guesses of the smaller model, one below the other.
    async fn chain(
        &self,
        session: &mut Session<'_>,
        mut tip: NodeId,
        count: u32,
    ) -> Result<Vec<NodeId>> {
        let inner = self.inner.as_ref().expect("there is a smaller model");
        let mut chain = Vec::new();
        for _ in 0..count.min(inner.guesses) {
            let scores = session.score(inner.role, &[tip], &Ask::rows()).await?;
            let probs: Rc<[f32]> = self.pipeline.probs(session.forest(), tip, scores.row(0)).into();
            let (token, proposal) = if self.draws {
                let lane = session.forest()[tip].lane.0;
                let key = Key { purpose: "inner draft", lane, position: tip.0, draw: 0 };
                let token = session.sample_probs(tip, "inner draft", &probs, key).token;
                (token, Proposal::drawn(inner.role, token, probs))
            } else {
                let token = row::arg_max(&probs);
                (token, Proposal::by(inner.role).with_log_prob(probs[token as usize].ln()))
            };
            tip = session.grow(tip, token, proposal);
            chain.push(tip);
            if session.ends(token) {
                break;
            }
        }
        Ok(chain)
    }

    /// Tests a guess of the smaller model below `at`. `None`: it is kept. Otherwise the token that
    /// takes its place.
    fn corrected(
        &self,
        session: &mut Session<'_>,
        at: NodeId,
        guess: NodeId,
        log_probs: &[f32],
    ) -> Option<TokenId> {
        let inner = self.inner.as_ref().expect("there is a smaller model");
        let larger = inner.pipeline.probs(session.forest(), at, log_probs);
        let token = session.forest()[guess].token().expect("guesses are tokens");
        let lane = session.forest()[at].lane.0;
        // No node is guessed below twice, so its number makes every draw a fresh one.
        let key = |purpose, draw| Key { purpose, lane, position: at.0, draw };
        let uniform = |asked: Key| session.uniform(key("inner accept", asked.draw));
        let draws = Draws { uniform: &uniform, position: at.0, lane, log_probs };
        let guesses = [Guess { token, drawn_from: session.draft_row(guess) }];
        let ruling = Ratio::default().rule(&larger, &guesses, &draws);
        let kept = ruling.accepted.is_some();
        tell(session, guess, if kept { "kept" } else { "rejected" }, ruling.tests.first());
        match ruling.rest {
            _ if kept => None,
            Rest::Residual(rest) => {
                let key = key("inner residual", 0);
                Some(session.sample_probs(at, "inner residual", &rest, key).token)
            }
            Rest::Target | Rest::Decided(_) => Some(row::arg_max(&larger)),
        }
    }
}

/// One line of the inner level's own acceptance strip.
fn tell(session: &mut Session<'_>, guess: NodeId, verdict: &str, test: Option<&Test>) {
    let number = |it: Option<f32>| it.map_or(Cell::Empty, Cell::Number);
    let row = vec![
        Cell::Number(guess.0 as f32),
        Cell::Text(verdict.into()),
        number(test.map(|it| it.p)),
        number(test.and_then(|it| it.q)),
        number(test.and_then(|it| it.u)),
    ];
    put(session, "inner", &Inner::columns(), row);
}
