//! A round of draft-and-verify: guesses, one pass of the target over all of them, a verdict.

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
        let mut scored = vec![session.head()];
        let drafted = self.drafter.draft(session).await?;
        scored.extend(&drafted);
        let asked = [scored.clone(), self.drafter.also_score(session)].concat();
        session.line(self.lines.verify);
        let scores = session.score_target(&asked).await?;
        session.line(self.lines.judge);
        let walk = walk(session, &mut self.verifier, &self.pipeline, &scored, &scores);
        session.line(self.lines.emit);
        Ok(settle(session, &mut self.drafter, &scored, &scores, &walk))
    }
}

/// Where the walk down the draft ended.
pub struct Walk {
    /// The accepted guesses, in reading order.
    pub accepted: Vec<NodeId>,
    /// The token on top; `None` after an accepted end token.
    pub emitted: Option<NodeId>,
}

/// Walks down from the head while the rule accepts, then grows one token of the target.
/// `scored` and the first rows of `scores` come from one target pass over the head and the guesses.
pub fn walk(
    session: &mut Session<'_>,
    verifier: &mut dyn Verifier,
    pipeline: &Pipeline,
    scored: &[NodeId],
    scores: &Scores,
) -> Walk {
    let mut at = scored[0];
    let mut accepted = Vec::new();
    loop {
        if session.forest()[at].token().is_some_and(|t| !accepted.is_empty() && session.ends(t)) {
            return Walk { accepted, emitted: None };
        }
        let index = scored.iter().position(|&n| n == at).expect("every accepted node was scored");
        let target = pipeline.probs(session.forest(), at, scores.row(index));
        let children: Vec<_> = scored[1..]
            .iter()
            .copied()
            .filter(|&n| session.forest()[n].parent == Some(at))
            .collect();
        let guesses: Vec<_> = children
            .iter()
            .map(|&n| Guess {
                token: session.forest()[n].token().expect("guesses are tokens"),
                drawn_from: session.draft_row(n),
            })
            .collect();
        let (lane, position) = (session.forest()[at].lane.0, session.forest()[at].depth + 1);
        let uniform = |key| session.uniform(key);
        let draws = Draws { uniform: &uniform, position, lane, log_probs: scores.row(index) };
        let ruling = verifier.rule(&target, &guesses, &draws);
        for test in &ruling.tests {
            session.judge(children[test.guess], test);
        }
        if let Some(index) = ruling.accepted {
            at = children[index];
            accepted.push(at);
            continue;
        }
        let pick = match ruling.rest {
            Rest::Target | Rest::Decided(_) => {
                let key = Key::target(lane, position);
                session.sample(at, scores.row(index), pipeline, key)
            }
            Rest::Residual(probs) => {
                let key = Key { purpose: "residual", lane, position, draw: 0 };
                session.sample_probs(at, "residual", &probs, key)
            }
        };
        let by = if guesses.is_empty() { "bonus" } else { "recovered" };
        let by = if scored.len() == 1 { "target" } else { by };
        let proposal = Proposal::by(by).with_log_prob(scores.row(index)[pick.token as usize]);
        let emitted = Some(session.grow(at, pick.token, proposal));
        return Walk { accepted, emitted };
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
