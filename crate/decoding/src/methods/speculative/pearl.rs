#![doc = include_str!("pearl.md")]

use crate::{
    Result,
    drafter::Chains,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    model::{Ask, Scores},
    session::{DRAFT, Session, TARGET},
    speculate::{Said, Walk, walk_said},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::NodeId,
    verifier::{Ratio, Verifier},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Tokens guessed while the target makes one pass (γ in the paper). Both lanes are busy when
    /// it is the time of a target pass divided by that of a draft pass.
    #[schemars(range(min = 2, max = 16))]
    pub gamma: u32,
    /// Of both models; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { gamma: 4, temperature: 0.8 }
    }
}

/// The order in which the two lanes of a round run here; it decides nothing.
#[derive(Clone, Copy, PartialEq)]
enum First {
    Draft,
    #[cfg_attr(not(test), expect(dead_code, reason = "tests show that the order does not matter"))]
    Target,
}

pub struct Pearl<V = Ratio> {
    gamma: u32,
    /// The post-processing of both models.
    pipeline: Pipeline,
    verifier: V,
    /// Guesses that the target has not read yet, below the head. Empty: the next round verifies
    /// its first guess alone.
    tail: Vec<NodeId>,
    first: First,
}

impl Method for Pearl {
    const INFO: Info = Info {
        id: "pearl",
        title: "Draft and target in parallel",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Liu et al. 2024, PEARL: Parallel Speculative Decoding with Adaptive Draft Length, arXiv:2408.11850",
        page: include_str!("pearl.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        Ok(Self::judging(params, Ratio::default()))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.round(session).await
    }
}

impl<V: Verifier> Pearl<V> {
    fn judging(params: Params, verifier: V) -> Self {
        let Params { gamma, temperature } = params;
        let pipeline = Pipeline::temperature(temperature);
        Self { gamma, pipeline, verifier, tail: Vec::new(), first: First::Draft }
    }

    async fn round(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let tail = std::mem::take(&mut self.tail);
        tell_mode(session, tail.is_empty());
        let scored = [&[session.head()], tail.as_slice()].concat();
        let (ahead, scores) = match self.first {
            First::Draft => {
                let ahead = self.draft_lane(session, &scored).await?;
                (ahead, self.target_lane(session, &scored).await?)
            }
            First::Target => {
                let scores = self.target_lane(session, &scored).await?;
                (self.draft_lane(session, &scored).await?, scores)
            }
        };
        session.line(3);
        // The pass judges the tail and, with its last row, the first of the new guesses.
        let tried = [scored.as_slice(), &ahead[..ahead.len().min(1)]].concat();
        // Without one nothing may follow the tail: it ends the text, or reaches the asked length.
        let rows = scored.len() - usize::from(ahead.is_empty());
        let said = Said { scored: &scored[..rows], scores: &scores, first_row: 0 };
        let walk = walk_said(session, &mut self.verifier, &self.pipeline, said, &tried);
        Ok(self.settle(session, &tail, &ahead, &walk))
    }

    /// γ more guesses below all that was guessed before, one pass each.
    async fn draft_lane(
        &self,
        session: &mut Session<'_>,
        scored: &[NodeId],
    ) -> Result<Vec<NodeId>> {
        session.line(1);
        let end = scored[scored.len() - 1];
        let ended =
            scored.len() > 1 && session.forest()[end].token().is_some_and(|t| session.ends(t));
        let room = if ended { 0 } else { session.room_below(end) };
        let mut chains = Chains::below(&[(end, self.gamma.min(room))]);
        loop {
            let frontier = chains.frontier();
            if frontier.is_empty() {
                return Ok(chains.drafted().concat());
            }
            let group = Some(session.step_index());
            let scores = session.score_beside(DRAFT, &frontier, &Ask::rows(), group).await?;
            chains.extend(session, &scores, &self.pipeline);
        }
    }

    /// One pass over the head and the guesses of earlier rounds.
    async fn target_lane(&self, session: &mut Session<'_>, scored: &[NodeId]) -> Result<Scores> {
        session.line(2);
        let group = Some(session.step_index());
        session.score_beside(TARGET, scored, &Ask::rows(), group).await
    }

    /// Commits what was kept. The new guesses wait for the next round if nothing was refused.
    fn settle(
        &mut self,
        session: &mut Session<'_>,
        tail: &[NodeId],
        ahead: &[NodeId],
        walk: &Walk,
    ) -> Progress {
        let Walk { accepted, emitted } = walk;
        let drafted = [tail, ahead].concat();
        let values = [
            ("kept", Cell::Number(accepted.len() as f32)),
            ("ahead", Cell::Number(ahead.len().saturating_sub(1) as f32)),
            ("lost", Cell::Number((drafted.len() - accepted.len()) as f32)),
        ];
        let refused = emitted.is_some();
        match (refused, tail.is_empty()) {
            (false, true) => session.note(
                "pre_verified",
                "The first guess was right before the draft had finished: {ahead} more guesses \
                 wait, and the next pass verifies them while the draft goes on.",
                &values,
            ),
            (false, false) => session.note(
                "post_verified",
                "All {kept} guesses were kept, and the draft is {ahead} guesses ahead already: \
                 neither lane waits for the other.",
                &values,
            ),
            (true, true) => session.note(
                "pre_refused",
                "The first guess was wrong, so the target gives this token itself. All {lost} \
                 guesses are lost, but they cost no time of the target's lane.",
                &values,
            ),
            (true, false) => session.note(
                "post_refused",
                "A guess was wrong after {kept} that were kept. All that was guessed below it, \
                 {lost} guesses with itself, is lost: the draft starts again from the text.",
                &values,
            ),
        }
        session.line(if refused { 5 } else { 4 });
        if refused {
            let lost: Vec<_> = drafted.into_iter().filter(|it| !accepted.contains(it)).collect();
            session.prune(&lost, "not kept");
        } else {
            self.tail = drafted[accepted.len()..].to_vec();
        }
        session.commit(emitted.or(accepted.last().copied()).expect("a round emits something"))
    }
}

/// Names the round for the reader: whether the target verifies guesses of earlier rounds.
fn tell_mode(session: &mut Session<'_>, pre: bool) {
    let columns = [Column::new("round", ColumnKind::Number), Column::new("mode", ColumnKind::Text)];
    let mode = if pre { "pre-verify" } else { "post-verify" };
    let row = vec![Cell::Number(session.step_index() as f32), Cell::Text(mode.into())];
    session.table("mode", TableChange::Put, &columns, vec![row]);
}

#[cfg(test)]
mod tests;
