//! A round of draft-and-verify for several prompts at once: each pass of either model serves all
//! prompts that have not finished. Every prompt is judged by itself, with numbers of its own, so
//! its text does not depend on its company.

use super::{
    Said,
    flat::Flat,
    passes::{Passes, Scored},
    walk_said,
};
use crate::{
    Result,
    drafter::Chains,
    filter::Pipeline,
    method::Progress,
    session::{DRAFT, Session, TARGET},
    speculate::Lines,
    tree::*,
    verifier::Verifier,
};

pub struct Batch<V> {
    pub verifier: V,
    /// The post-processing of both models.
    pub pipeline: Pipeline,
    /// A draft ends with a guess less probable than this.
    pub stop_below: f32,
    pub passes: Passes,
    pub lines: Lines,
}

/// What became of one prompt in a round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    pub lane: LaneId,
    pub drafted: u32,
    pub accepted: u32,
    /// Rows the target read for this prompt, padding left out.
    pub rows: u32,
}

pub struct Round {
    /// One for each prompt that took part.
    pub shares: Vec<Share>,
    pub progress: Progress,
}

impl<V: Verifier> Batch<V> {
    /// One round with at most `draft_len` guesses for each prompt.
    pub async fn round(&mut self, session: &mut Session<'_>, draft_len: u32) -> Result<Round> {
        let active = unfinished(session);
        session.line(self.lines.draft);
        let drafted = self.draft(session, &active, draft_len).await?;
        session.line(self.lines.verify);
        let heads = active.iter().map(|&lane| session.forest().lane(lane).head);
        let texts: Vec<Vec<NodeId>> =
            heads.zip(&drafted).map(|(head, it)| [&[head], it.as_slice()].concat()).collect();
        let flat = Flat::of(&texts.iter().map(Vec::len).collect::<Vec<_>>());
        let nodes = texts.concat();
        let Scored { scores, fed } = self.passes.score(session, TARGET, &active, &nodes).await?;
        session.line(self.lines.judge);
        let mut walks = Vec::new();
        for index in 0..active.len() {
            let rows = flat.rows(index);
            let (scored, first_row) = (&nodes[rows.clone()], rows.start);
            let said = Said { scored, scores: &scores, first_row };
            walks.push(walk_said(session, &mut self.verifier, &self.pipeline, said, scored));
        }
        session.line(self.lines.emit);
        let kept = |node: &NodeId| walks.iter().any(|walk| walk.accepted.contains(node));
        let rejected: Vec<_> = drafted.concat().into_iter().filter(|it| !kept(it)).collect();
        session.prune(&rejected, "not kept");
        let mut shares = Vec::new();
        for ((walk, guesses), &lane) in walks.iter().zip(&drafted).zip(&active) {
            let end = walk.emitted.or(walk.accepted.last().copied());
            session.commit(end.expect("a round emits something"));
            let (drafted, accepted) = (guesses.len() as u32, walk.accepted.len() as u32);
            shares.push(Share { lane, drafted, accepted, rows: fed[&lane] as u32 });
        }
        let progress = match unfinished(session).is_empty() {
            true => Progress::Finished,
            false => Progress::Continue,
        };
        Ok(Round { shares, progress })
    }

    /// Guesses for every prompt, in the order of `active`: each level is one pass for all of them.
    async fn draft(
        &mut self,
        session: &mut Session<'_>,
        active: &[LaneId],
        draft_len: u32,
    ) -> Result<Vec<Vec<NodeId>>> {
        let starts: Vec<_> = active
            .iter()
            .map(|&lane| {
                let head = session.forest().lane(lane).head;
                // One token always comes from the target itself.
                (head, draft_len.min(session.room_below(head).saturating_sub(1)))
            })
            .collect();
        let mut chains = Chains::below(&starts).stopping_below(self.stop_below);
        loop {
            let frontier = chains.frontier();
            if frontier.is_empty() {
                return Ok(chains.drafted());
            }
            let scored = self.passes.score(session, DRAFT, active, &frontier).await?;
            chains.extend(session, &scored.scores, &self.pipeline);
        }
    }
}

/// The prompts whose texts go on.
fn unfinished(session: &Session<'_>) -> Vec<LaneId> {
    let lanes = session.forest().lanes();
    let goes_on = lanes.filter(|(_, it)| session.finished_at(it.head).is_none());
    goes_on.map(|(lane, _)| lane).collect()
}
