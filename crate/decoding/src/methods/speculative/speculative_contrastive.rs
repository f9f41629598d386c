#![doc = include_str!("speculative_contrastive.md")]

use crate::{
    Result,
    drafter::Drafter,
    filter::{AmateurRows, Contrast, Pipeline},
    method::{Family, Info, Lossless, Method, Progress},
    model::{Ask, Scores},
    random::Key,
    row,
    session::{DRAFT, Proposal, Session},
    speculate::{settle, walk},
    trace::{Cell, Column, ColumnKind::*, TableChange},
    tree::*,
    verifier::{Draws, Guess, Ratio, Verifier},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// γ: tokens guessed per round by the amateur.
    #[schemars(range(min = 1, max = 16))]
    pub gamma: u32,
    /// α: tokens that the expert gives less than this share of its best one are out.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub alpha: f32,
    /// β: how much of the amateur is taken away from the expert; 0 leaves the expert alone.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub beta: f32,
    /// Of the amateur when it guesses, and of the contrast; the contrast itself compares both
    /// models at temperature 1. 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { gamma: 4, alpha: 0.1, beta: 0.5, temperature: 0.8 }
    }
}

pub struct SpeculativeContrastive {
    amateur: Amateur,
    verifier: Ratio,
    /// Contrast first, then temperature.
    pipeline: Pipeline,
    /// The expert alone, for comparison.
    expert: Pipeline,
    counts: Counts,
}

/// Guesses of the run so far.
#[derive(Default)]
struct Counts {
    tested: u32,
    kept: u32,
    /// Rejected, though the same coin would have kept them without the contrast.
    lost: u32,
}

impl Method for SpeculativeContrastive {
    const INFO: Info = Info {
        id: "speculative-contrastive",
        title: "Speculative contrastive decoding",
        family: Family::Speculative,
        lossless: Lossless::No,
        needs: &[DRAFT],
        source: "Yuan, Lu, Huang, Yuan, Zhou 2023, Speculative Contrastive Decoding, arXiv:2311.08981",
        page: include_str!("speculative_contrastive.md"),
    };
    type Params = Params;

    fn new(Params { gamma, alpha, beta, temperature }: Params) -> Result<Self> {
        let rows = AmateurRows::default();
        let contrast = Contrast { alpha, beta, amateur: rows.clone() };
        Ok(Self {
            amateur: Amateur { gamma, pipeline: Pipeline::temperature(temperature), rows },
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature).reshaped_by(contrast),
            expert: Pipeline::temperature(temperature),
            counts: Counts::default(),
        })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        session.line(1);
        let mut scored = vec![session.head()];
        scored.extend(self.amateur.draft(session).await?);
        session.line(2);
        let scores = session.score_target(&scored).await?;
        let last = scored[scored.len() - 1];
        let ends =
            scored.len() > 1 && session.forest()[last].token().is_some_and(|t| session.ends(t));
        if !ends && self.keeps_all(session, &scored, &scores) {
            session.line(6);
            self.amateur.read(session, last).await?;
        }
        session.line(3);
        let (verifier, pipeline) = (&mut self.verifier, &self.pipeline);
        session.line(4);
        let walk = walk(session, verifier, pipeline, &scored, &scores);
        session.line(if walk.accepted.len() + 1 == scored.len() { 7 } else { 5 });
        self.tell(session, &scored, &scores, walk.accepted.len());
        self.amateur.rows.borrow_mut().clear();
        Ok(settle(session, &mut self.amateur, &scored, &scores, &walk))
    }
}

fn columns() -> [Column; 5] {
    [
        ("guess", Node),
        ("expert", Probability),
        ("amateur", Probability),
        ("contrast", Probability),
        ("kept_share", Probability),
    ]
    .map(|(name, kind)| Column::new(name, kind))
}

impl SpeculativeContrastive {
    /// Whether the rule will keep every guess, so that a row of the contrast is needed after the
    /// last one. Uniforms are read by key: asking first changes nothing.
    fn keeps_all(&mut self, session: &Session<'_>, scored: &[NodeId], scores: &Scores) -> bool {
        scored.windows(2).enumerate().all(|(index, pair)| {
            let [at, guess] = [pair[0], pair[1]];
            let (forest, log_probs) = (session.forest(), scores.row(index));
            let target = self.pipeline.probs(forest, at, log_probs);
            let token = forest[guess].token().expect("guesses are tokens");
            let guesses = [Guess { token, drawn_from: session.draft_row(guess) }];
            let uniform = |key| session.uniform(key);
            let (lane, position) = (forest[guess].lane.0, forest[guess].depth);
            let draws = Draws { uniform: &uniform, position, lane, log_probs };
            self.verifier.rule(&target, &guesses, &draws).accepted.is_some()
        })
    }

    /// Puts what the two models and their contrast give each tested guess side by side, and counts.
    fn tell(&mut self, session: &mut Session<'_>, scored: &[NodeId], scores: &Scores, kept: usize) {
        let tested = (kept + 1).min(scored.len() - 1);
        let mut rows = Vec::new();
        for index in 0..tested {
            let (at, guess) = (scored[index], scored[index + 1]);
            let forest = session.forest();
            let token = forest[guess].token().expect("guesses are tokens");
            let expert = self.expert.probs(forest, at, scores.row(index));
            let contrast = self.pipeline.probs(forest, at, scores.row(index))[token as usize];
            let amateur = session.draft_row(guess).expect("the amateur drew it")[token as usize];
            let share = (contrast / amateur).min(1.0);
            let cells = [guess.0 as f32, expert[token as usize], amateur, contrast, share];
            rows.push(cells.map(Cell::Number).into());
            if index == kept && self.expert_keeps(session, guess, &expert, amateur) {
                self.counts.lost += 1;
                session.note(
                    "lost_to_contrast",
                    "Without the contrast {token} would have been kept: the expert likes it well \
                     enough, but so does the amateur.",
                    &[("token", Cell::Tokens(vec![token]))],
                );
            }
        }
        session.table("contrast", TableChange::Set, &columns(), rows);
        self.counts.tested += tested as u32;
        self.counts.kept += kept as u32;
        let Counts { tested, kept, lost } = self.counts;
        let columns = ["round", "tested", "kept", "lost_to_contrast"];
        let columns = columns.map(|name| Column::new(name, Number));
        let row = [session.step_index() + 1, tested, kept, lost].map(|it| Cell::Number(it as f32));
        session.table("guesses", TableChange::Put, &columns, vec![row.into()]);
    }

    /// Whether plain speculative decoding would have kept a guess with the same coin.
    fn expert_keeps(
        &self,
        session: &Session<'_>,
        guess: NodeId,
        expert: &[f32],
        amateur: f32,
    ) -> bool {
        let (lane, position) = (session.forest()[guess].lane.0, session.forest()[guess].depth);
        let token = session.forest()[guess].token().expect("guesses are tokens");
        let u = session.uniform(Key { purpose: "accept", lane, position, draw: 0 });
        match expert.contains(&1.0) {
            true => row::arg_max(expert) == token,
            false => u * amateur < expert[token as usize],
        }
    }
}

/// The draft model: it guesses, and its rows are what the expert's are held against.
struct Amateur {
    gamma: u32,
    pipeline: Pipeline,
    /// Of this round, at temperature 1.
    rows: AmateurRows,
}

impl Amateur {
    async fn read(&mut self, session: &mut Session<'_>, node: NodeId) -> Result<()> {
        let scores = session.score(DRAFT, &[node], &Ask::rows()).await?;
        self.rows.borrow_mut().insert(node, scores.row(0).into());
        Ok(())
    }
}

impl Drafter for Amateur {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        // One token always comes from the contrast itself.
        let length = self.gamma.min(session.room().saturating_sub(1));
        let mut tip = session.head();
        let mut drafted = Vec::new();
        for _ in 0..length {
            self.read(session, tip).await?;
            let row = self.rows.borrow()[&tip].clone();
            let probs: Rc<[f32]> = self.pipeline.probs(session.forest(), tip, &row).into();
            let token = if probs.contains(&1.0) {
                row::arg_max(&probs)
            } else {
                let (lane, position) = (session.forest()[tip].lane.0, session.forest()[tip].depth);
                let (position, draw) = (position + 1, session.step_index());
                let key = Key { purpose: "draft", lane, position, draw };
                session.sample_probs(tip, "draft", &probs, key).token
            };
            tip = session.grow(tip, token, Proposal::drawn("draft", token, probs));
            drafted.push(tip);
            if session.ends(token) {
                break;
            }
        }
        Ok(drafted)
    }
}

#[cfg(test)]
mod tests;
