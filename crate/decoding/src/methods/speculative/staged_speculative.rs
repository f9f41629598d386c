#![doc = include_str!("staged_speculative.md")]

use crate::{
    Result,
    drafter::{BestFirst, Drafter, Inner, Verdict},
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::{DRAFT, MIDDLE, Session},
    speculate::{Lines, Speculation},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::NodeId,
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// g: tokens the draft model guesses for each pass of the middle model. 0: the middle model
    /// drafts alone.
    #[schemars(range(min = 0, max = 8))]
    pub inner: u32,
    /// Guesses of the tree that the target reads.
    #[schemars(range(min = 1, max = 64))]
    pub nodes: u32,
    /// Of all models; 0 is greedy. Greedy drafts rank their guesses at temperature 1.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { inner: 3, nodes: 16, temperature: 0.8 }
    }
}

pub struct StagedSpeculative(Speculation<Staged, Ratio>);

impl Method for StagedSpeculative {
    const INFO: Info = Info {
        id: "staged-speculative",
        title: "Staged speculative decoding",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[MIDDLE, DRAFT],
        source: "Spector, Ré 2023, Accelerating LLM Inference with Staged Speculative Decoding, arXiv:2308.04623",
        page: include_str!("staged_speculative.md"),
    };
    type Params = Params;

    fn new(Params { inner, nodes, temperature }: Params) -> Result<Self> {
        let mut tree = BestFirst::new(MIDDLE, Pipeline::ranking(temperature), nodes);
        tree.inner = Some(Inner::new(DRAFT, inner, Pipeline::temperature(temperature)));
        let tree = if temperature > 0.0 { tree } else { tree.without_draws() };
        Ok(Self(Speculation {
            drafter: Staged { tree, said: [0; 3] },
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 1, verify: 8, judge: 9, emit: 11 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}

/// The tree, and who said the tokens of the text.
struct Staged {
    tree: BestFirst,
    /// Tokens of the text that came from the draft, the middle model and the target.
    said: [u32; 3],
}

impl Drafter for Staged {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        self.tree.draft(session).await
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        let inner = self.tree.inner.as_ref().expect("there are three models");
        let smallest = verdict.accepted.iter().filter(|&&it| inner.said(it)).count() as u32;
        let own = u32::from(verdict.emitted.is_some());
        let more = [smallest, verdict.accepted.len() as u32 - smallest, own];
        self.said.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        let columns =
            [Column::new("said_by", ColumnKind::Text), Column::new("tokens", ColumnKind::Number)];
        let names = ["draft", "middle", "target"].map(|it| Cell::Text(it.into()));
        let rows = names.into_iter().zip(self.said);
        let rows = rows.map(|(name, said)| vec![name, Cell::Number(said as f32)]).collect();
        session.table("origins", TableChange::Set, &columns, rows);
    }
}
