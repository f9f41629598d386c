//! A round of draft-and-verify: guesses, one pass of the target over all of them, a verdict.

pub mod batch;
pub mod flat;
pub mod passes;

use crate::{
    Result,
    drafter::{Drafter, Verdict},
    filter::Pipeline,
    method::Progress,
    model::Scores,
    random::Key,
    session::{Proposal, Session},
    trace::Cell,
    tree::*,
    verifier::{Draws, Guess, Rest, Verifier},
};
use std::collections::BTreeSet;

/// Lines of a method's pseudo-code that a round passes.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    pub draft: u32,
    pub verify: u32,
    pub judge: u32,
    pub emit: u32,
}

/// A drafter and an acceptance rule: most speculative methods are just this.
pub struct Speculation<D, V> {
    pub drafter: D,
    pub verifier: V,
    /// The target's post-processing.
    pub pipeline: Pipeline,
    pub lines: Lines,
}

impl<D: Drafter, V: Verifier> Speculation<D, V> {
    /// One round. Commits the accepted guesses and one token of the target.
    pub async fn round(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        session.line(self.lines.draft);
        let mut tried = vec![session.head()];
        tried.extend(self.drafter.draft(session).await?);
        let scored = distinct(&tried);
        let asked = [scored.clone(), self.drafter.also_score(session)].concat();
        session.line(self.lines.verify);
        let scores = session.score_target(&asked).await?;
        session.line(self.lines.judge);
        let walk = walk(session, &mut self.verifier, &self.pipeline, &tried, &scores);
        session.line(self.lines.emit);
        Ok(settle(session, &mut self.drafter, &scored, &scores, &walk))
    }
}

/// The nodes without repetitions, in order of their first mention.
pub fn distinct(nodes: &[NodeId]) -> Vec<NodeId> {
    let mut seen = BTreeSet::new();
    nodes.iter().copied().filter(|&node| seen.insert(node)).collect()
}

/// Where the walk down the draft ended.
pub struct Walk {
    /// The accepted guesses, in reading order.
    pub accepted: Vec<NodeId>,
    /// The token on top; `None` after an accepted end token.
    pub emitted: Option<NodeId>,
}

/// What a target pass said of one text.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// The head first, then guesses, parents before children.
    pub scored: &'a [NodeId],
    pub scores: &'a Scores,
    /// Row of the first scored node; the others follow it.
    pub first_row: usize,
}

impl Said<'_> {
    fn row(&self, node: NodeId) -> Option<usize> {
        Some(self.first_row + self.scored.iter().position(|&it| it == node)?)
    }
}

/// Walks down from the first node of `tried` while the rule accepts, then grows one token of the
/// target. The others are the guesses, as often as they were drawn, siblings in the order the
/// rule shall try them. The first rows of `scores` are those of the distinct nodes.
pub fn walk(
    session: &mut Session<'_>,
    verifier: &mut dyn Verifier,
    pipeline: &Pipeline,
    tried: &[NodeId],
    scores: &Scores,
) -> Walk {
    let scored = distinct(tried);
    let said = Said { scored: &scored, scores, first_row: 0 };
    walk_said(session, verifier, pipeline, said, tried)
}

/// As `walk`, where a guess need not have been scored: accepted, it ends the walk, because the
/// pass says nothing of what follows it.
pub fn walk_said(
    session: &mut Session<'_>,
    verifier: &mut dyn Verifier,
    pipeline: &Pipeline,
    said: Said<'_>,
    tried: &[NodeId],
) -> Walk {
    let scores = said.scores;
    let Stop { accepted, at, row, guesses, rest } =
        descend_said(session, verifier, pipeline, said, (tried[0], tried));
    let Some(rest) = rest else {
        return Walk { accepted, emitted: None };
    };
    let (lane, position) = (session.forest()[at].lane.0, session.forest()[at].depth + 1);
    let pick = match rest {
        Rest::Target | Rest::Decided(_) => {
            session.sample(at, scores.row(row), pipeline, Key::target(lane, position))
        }
        Rest::Residual(probs) => {
            let key = Key { purpose: "residual", lane, position, draw: 0 };
            session.sample_probs(at, "residual", &probs, key)
        }
    };
    let by = match (tried.len(), guesses) {
        (1, _) => "target",
        (_, 0) => "bonus",
        _ => "recovered",
    };
    let proposal = Proposal::by(by).with_log_prob(scores.row(row)[pick.token as usize]);
    let emitted = Some(session.grow(at, pick.token, proposal));
    Walk { accepted, emitted }
}

/// Where the rule accepted no further guess.
pub struct Stop {
    /// The accepted guesses, in reading order.
    pub accepted: Vec<NodeId>,
    /// The last of them, or where the walk began.
    pub at: NodeId,
    /// Index of its row in the target's pass; without a row of its own, of its parent's.
    pub row: usize,
    /// How many guesses were to be tried there.
    pub guesses: usize,
    /// What the next token is drawn from; `None` after an accepted end token, or where the pass
    /// has no row.
    pub rest: Option<Rest>,
}

/// Walks down from `from` while the rule accepts. `tried` and `scores` as in `walk`.
pub fn descend(
    session: &mut Session<'_>,
    verifier: &mut dyn Verifier,
    pipeline: &Pipeline,
    (from, tried): (NodeId, &[NodeId]),
    scores: &Scores,
) -> Stop {
    let scored = distinct(tried);
    let said = Said { scored: &scored, scores, first_row: 0 };
    descend_said(session, verifier, pipeline, said, (from, tried))
}

fn descend_said(
    session: &mut Session<'_>,
    verifier: &mut dyn Verifier,
    pipeline: &Pipeline,
    said: Said<'_>,
    (from, tried): (NodeId, &[NodeId]),
) -> Stop {
    let scores = said.scores;
    let mut at = from;
    let mut row = said.row(from).expect("a walk begins at a scored node");
    let mut accepted = Vec::new();
    loop {
        let target = pipeline.probs(session.forest(), at, scores.row(row));
        let children: Vec<_> =
            tried.iter().copied().filter(|&n| session.forest()[n].parent == Some(at)).collect();
        let guesses: Vec<_> = children
            .iter()
            .map(|&n| Guess {
                token: session.forest()[n].token().expect("guesses are tokens"),
                drawn_from: session.draft_row(n),
            })
            .collect();
        let (lane, position) = (session.forest()[at].lane.0, session.forest()[at].depth + 1);
        let uniform = |key| session.uniform(key);
        let draws = Draws { uniform: &uniform, position, lane, log_probs: scores.row(row) };
        let ruling = verifier.rule(&target, &guesses, &draws);
        for test in &ruling.tests {
            session.judge(children[test.guess], test);
        }
        let guesses = guesses.len();
        let Some(index) = ruling.accepted else {
            return Stop { accepted, at, row, guesses, rest: Some(ruling.rest) };
        };
        at = children[index];
        accepted.push(at);
        let ends = session.forest()[at].token().is_some_and(|token| session.ends(token));
        match said.row(at) {
            Some(next) => row = next,
            None => return Stop { accepted, at, row, guesses: 0, rest: None },
        }
        if ends {
            return Stop { accepted, at, row, guesses: 0, rest: None };
        }
    }
}

/// Lets the drafter learn, prunes what was not kept, commits what was.
pub fn settle<D: Drafter>(
    session: &mut Session<'_>,
    drafter: &mut D,
    scored: &[NodeId],
    scores: &Scores,
    walk: &Walk,
) -> Progress {
    let Walk { accepted, emitted } = walk;
    let verdict = Verdict { scored, scores, accepted, emitted: *emitted };
    drafter.observe(session, &verdict);
    let guesses = scored.len() - 1;
    let values = [
        ("accepted", Cell::Number(accepted.len() as f32)),
        ("drafted", Cell::Number(guesses as f32)),
    ];
    match (guesses, accepted.len()) {
        (0, _) => {
            session.note("no_draft", "Nothing was guessed, so this pass gives one token.", &[])
        }
        (_, 0) => session.note(
            "all_rejected",
            "No guess survived: all {drafted} were wrong here, and the pass still gives one token.",
            &values,
        ),
        _ => session.note(
            "accepted",
            "{accepted} of {drafted} guesses were kept; the same pass gives one token more.",
            &values,
        ),
    }
    let rejected: Vec<_> = scored[1..].iter().copied().filter(|n| !accepted.contains(n)).collect();
    session.prune(&rejected, "not kept");
    session.commit(emitted.or(accepted.last().copied()).expect("a round emits something"))
}

#[cfg(test)]
mod tests;
