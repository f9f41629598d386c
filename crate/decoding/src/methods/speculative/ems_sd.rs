#![doc = include_str!("ems_sd.md")]

use crate::{
    Result,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::{DRAFT, Session},
    speculate::{
        Lines,
        batch::{Batch, Share},
        flat::Flat,
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
    /// Tokens guessed for each prompt in a round, at most (γ).
    #[schemars(range(min = 1, max = 16))]
    pub gamma: u32,
    /// A prompt's draft ends with a guess that the draft model finds less probable than this, so
    /// prompts feed different numbers of tokens. 0 drafts γ tokens for every prompt.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub stop_threshold: f32,
    /// The plain way, for comparison: every prompt is filled up to the longest, in each pass. The
    /// texts are the same.
    pub padding: bool,
    /// Of both models; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { gamma: 6, stop_threshold: 0.4, padding: false, temperature: 0.8 }
    }
}

pub struct EmsSd {
    gamma: u32,
    padding: bool,
    batch: Batch<Ratio>,
}

impl Method for EmsSd {
    const INFO: Info = Info {
        id: "ems-sd",
        title: "Many prompts without padding",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Ni et al. 2024, EMS-SD: Efficient Multi-sample Speculative Decoding for Accelerating Large Language Models, arXiv:2405.07542",
        page: include_str!("ems_sd.md"),
    };
    const SEVERAL_PROMPTS: bool = true;
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { gamma, stop_threshold, padding, temperature } = params;
        Ok(Self {
            gamma,
            padding,
            batch: Batch {
                verifier: Ratio::default(),
                pipeline: Pipeline::temperature(temperature),
                stop_below: stop_threshold,
                passes: Passes::new(padding),
                lines: Lines { draft: 1, verify: 4, judge: 5, emit: 6 },
            },
        })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let round = self.batch.round(session, self.gamma).await?;
        self.tell(session, &round.shares);
        Ok(round.progress)
    }
}

impl EmsSd {
    /// Where each prompt's rows lay in the pass, and how many a rectangle would have had.
    fn tell(&self, session: &mut Session<'_>, shares: &[Share]) {
        let lanes: Vec<_> = session.forest().lanes().map(|(lane, _)| lane).collect();
        let share = |lane| shares.iter().find(|it| it.lane == lane);
        let fed = lanes.iter().map(|&lane| share(lane).map_or(0, |it| it.rows as usize));
        let fed: Vec<usize> = fed.collect();
        let flat = Flat::of(&fed);
        let number = |value: usize| Cell::Number(value as f32);
        let columns = ["prompt", "first_row", "rows"].map(|it| Column::new(it, ColumnKind::Number));
        let rows = fed.iter().zip(flat.starts()).enumerate();
        let rows = rows
            .map(|(prompt, (&fed, &first))| vec![number(prompt + 1), number(first), number(fed)]);
        session.table("flat_input", TableChange::Set, &columns, rows.collect());
        let most = fed.iter().copied().max().unwrap_or(0);
        let (list, rectangle) = (fed.iter().sum::<usize>(), shares.len() * most);
        let columns = ["round", "rows_in_a_list", "cells_of_a_rectangle"]
            .map(|it| Column::new(it, ColumnKind::Number));
        let row = vec![number(session.step_index() as usize), number(list), number(rectangle)];
        session.table("rows", TableChange::Put, &columns, vec![row]);
        let values = [
            ("prompts", number(shares.len())),
            ("list", number(list)),
            ("most", number(most)),
            ("rectangle", number(rectangle)),
            ("wasted", number(rectangle - list)),
        ];
        let (id, text) = match (self.padding, rectangle == list) {
            (_, true) => (
                "batch_even",
                "All {prompts} prompts fed {most} tokens each, {list} in all: a list and a \
                 rectangle are the same here.",
            ),
            (false, false) => (
                "batch_list",
                "The target read {list} rows of {prompts} prompts in one list. A rectangle would \
                 have {rectangle} cells, {prompts} times {most}, and {wasted} of them would be \
                 padding.",
            ),
            (true, false) => (
                "batch_rectangle",
                "The target read {rectangle} rows, {prompts} times {most}, but {wasted} of them \
                 were padding: computed and thrown away.",
            ),
        };
        session.note(id, text, &values);
    }
}

#[cfg(test)]
mod tests;
