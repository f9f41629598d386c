#![doc = include_str!("bass.md")]

use crate::{
    Result,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::LastRound,
    session::{DRAFT, Session},
    speculate::{
        Lines,
        batch::{Batch, Share},
        passes::Passes,
    },
    trace::{Cell, Column, ColumnKind, TableChange},
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Tokens guessed for each prompt in the first round; later rounds adapt it.
    #[schemars(range(min = 1, max = 16))]
    pub draft_len: u32,
    /// The adapted length never exceeds this.
    #[schemars(range(min = 1, max = 32))]
    pub max_draft_len: u32,
    /// Of both models; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { draft_len: 4, max_draft_len: 12, temperature: 0.8 }
    }
}

pub struct Bass {
    length: LastRound,
    batch: Batch<Ratio>,
}

impl Method for Bass {
    const INFO: Info = Info {
        id: "bass",
        title: "Batched speculative sampling",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Qian et al. 2024, BASS: Batched Attention-optimized Speculative Sampling, arXiv:2404.15778",
        page: include_str!("bass.md"),
    };
    const SEVERAL_PROMPTS: bool = true;
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { draft_len, max_draft_len, temperature } = params;
        Ok(Self {
            length: LastRound::new(draft_len, max_draft_len),
            batch: Batch {
                verifier: Ratio::default(),
                pipeline: Pipeline::temperature(temperature),
                stop_below: 0.0,
                passes: Passes::new(false),
                lines: Lines { draft: 2, verify: 3, judge: 4, emit: 5 },
            },
        })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if session.step_index() == 0 {
            session.line(1);
        }
        let used = self.length.len();
        let round = self.batch.round(session, used).await?;
        let longest = round.shares.iter().map(|it| it.accepted).max().unwrap_or(0);
        tell_length(session, used, longest);
        if round.progress == Progress::Continue {
            session.line(if longest >= used { 6 } else { 7 });
            self.length.update(longest);
            tell(session, &round.shares, used, longest, self.length.len());
        }
        Ok(round.progress)
    }
}

/// One row a round: the length that was used, and the most guesses that a prompt kept of it.
fn tell_length(session: &mut Session<'_>, length: u32, longest: u32) {
    let columns =
        ["round", "draft_length", "longest_kept"].map(|it| Column::new(it, ColumnKind::Number));
    let row = [session.step_index(), length, longest].map(|it| Cell::Number(it as f32));
    session.table("draft_length", TableChange::Put, &columns, vec![row.to_vec()]);
}

fn tell(session: &mut Session<'_>, shares: &[Share], used: u32, longest: u32, next: u32) {
    let kept: u32 = shares.iter().map(|it| it.accepted).sum();
    let drafted: u32 = shares.iter().map(|it| it.drafted).sum();
    let values = [
        ("prompts", Cell::Number(shares.len() as f32)),
        ("kept", Cell::Number(kept as f32)),
        ("drafted", Cell::Number(drafted as f32)),
        ("longest", Cell::Number(longest as f32)),
        ("used", Cell::Number(used as f32)),
        ("next", Cell::Number(next as f32)),
    ];
    match longest >= used {
        true => session.note(
            "batch_longer",
            "One pass for {prompts} prompts kept {kept} of {drafted} guesses. One prompt kept its \
             whole draft of {used}, so the next drafts have up to {next}.",
            &values,
        ),
        false => session.note(
            "batch_shorter",
            "One pass for {prompts} prompts kept {kept} of {drafted} guesses. No prompt kept more \
             than {longest}, so the next drafts have up to {next}.",
            &values,
        ),
    }
}

#[cfg(test)]
mod tests;
