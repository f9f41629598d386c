//! A tree that grows where a guess is most likely to be kept. An open place has a value: the chance
//! that verification reaches it, if the draft is believed. The most valuable place gets a token,
//! drawn from what its row has left; then the next sibling and the first child are open places.
//! A place's value is known before its token is drawn, so the draws are fair: verify with R5.
//! Source: Xiong et al. 2024 (DySpec), arXiv:2410.11744.

mod inner;
mod places;
pub use inner::Inner;
use places::{Place, Places};

use super::Drafter;
use crate::{
    Result,
    filter::Pipeline,
    model::Ask,
    random::Key,
    row,
    session::{Proposal, Session},
    trace::*,
    tree::*,
};
use std::collections::BTreeMap;

pub struct BestFirst {
    pub role: &'static str,
    /// Gives the rows that values and draws are made of.
    pub pipeline: Pipeline,
    /// m: guesses per round.
    pub nodes: u32,
    /// C: only places worth more than this get a token. All rows that such places lack are then
    /// asked for in one pass, level by level. 0: one row a pass, where it is needed.
    pub threshold: f64,
    /// Draw the tokens; otherwise take the best ones (R1 and R2 only).
    pub draws: bool,
    /// A smaller model that guesses ahead for this one.
    pub inner: Option<Inner>,
    places: Places,
    guesses: Vec<NodeId>,
    /// Children that each node has so far.
    siblings: BTreeMap<NodeId, u32>,
    /// Expected number of guesses that are kept.
    expected: f64,
}

impl BestFirst {
    pub fn new(role: &'static str, pipeline: Pipeline, nodes: u32) -> Self {
        Self {
            role,
            pipeline,
            nodes,
            threshold: 0.0,
            draws: true,
            inner: None,
            places: Places::default(),
            guesses: Vec::new(),
            siblings: BTreeMap::new(),
            expected: 0.0,
        }
    }

    pub fn above(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }

    pub fn without_draws(self) -> Self {
        Self { draws: false, ..self }
    }

    /// Asks for the rows that places lack: that of `first` and, above a threshold, those of the
    /// whole level.
    async fn read(&mut self, session: &mut Session<'_>, first: Place) -> Result<()> {
        let mut unread = vec![first];
        if self.threshold > 0.0 {
            unread.extend(self.places.take_unread(self.threshold));
        }
        let nodes: Vec<_> = unread.iter().map(|it| it.parent).collect();
        let scores = session.score(self.role, &nodes, &Ask::rows()).await?;
        for (index, place) in unread.into_iter().enumerate() {
            let row = self.pipeline.probs(session.forest(), place.parent, scores.row(index));
            self.places.put_back(place.read(row.into()));
        }
        Ok(())
    }

    /// Gives an open place its token.
    fn fill(&mut self, session: &mut Session<'_>, place: &Place) {
        let (rest, _) = place.rows.as_ref().expect("the place was read");
        let token = if self.draws {
            let lane = session.forest()[place.parent].lane.0;
            let draw = self.siblings.get(&place.parent).copied().unwrap_or(0);
            let key = Key { purpose: "draft", lane, position: place.parent.0, draw };
            session.sample_probs(place.parent, "draft", rest, key).token
        } else {
            row::arg_max(rest)
        };
        let node = self.grow(session, place, token);
        self.took(session, place, node, true);
    }

    fn grow(&self, session: &mut Session<'_>, place: &Place, token: TokenId) -> NodeId {
        let (_, row) = place.rows.as_ref().expect("the place was read");
        let proposal = if self.draws {
            Proposal::drawn(self.role, token, row.clone())
        } else {
            Proposal::by(self.role).with_log_prob(row[token as usize].ln())
        };
        session.grow(place.parent, token, proposal)
    }

    /// Takes note of a guess and opens the place beside it; the one below too, if it is a `leaf`.
    fn took(&mut self, session: &mut Session<'_>, place: &Place, node: NodeId, leaf: bool) {
        let token = session.forest()[node].token().expect("guesses are tokens");
        let (rest, _) = place.rows.as_ref().expect("the place was read");
        let gain = place.value * f64::from(rest[token as usize]);
        self.expected += gain;
        self.guesses.push(node);
        *self.siblings.entry(place.parent).or_default() += 1;
        let row = [node.0 as f32, place.value as f32, gain as f32, self.expected as f32];
        put(session, "guesses", &COLUMNS, row.map(Cell::Number).into());
        let end = session.ends(token) || session.forest()[node].depth >= self.places.deepest;
        self.places.filled(place, token, (leaf && !end).then_some((node, gain)));
    }
}

/// Of the table of guesses, in the order they were drawn.
const COLUMNS: [(&str, ColumnKind); 4] = [
    ("guess", ColumnKind::Node),
    ("value", ColumnKind::Probability),
    ("gain", ColumnKind::Probability),
    ("expected", ColumnKind::Number),
];

fn columns(columns: &[(&str, ColumnKind)]) -> Vec<Column> {
    columns.iter().map(|(name, kind)| Column::new(name, *kind)).collect()
}

fn put(session: &mut Session<'_>, table: &str, names: &[(&str, ColumnKind)], row: Vec<Cell>) {
    session.table(table, TableChange::Put, &columns(names), vec![row]);
}

impl Drafter for BestFirst {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        // One token always comes from the target itself.
        let levels = session.room().saturating_sub(1);
        let head = session.head();
        self.places = Places::new(head, session.head_depth() + levels);
        (self.guesses, self.expected) = (Vec::new(), 0.0);
        self.siblings.clear();
        session.table("guesses", TableChange::Set, &columns(&COLUMNS), Vec::new());
        if self.inner.is_some() {
            let inner = columns(&Inner::columns());
            session.table("inner", TableChange::Set, &inner, Vec::new());
        }
        while levels > 0 && self.guesses.len() < self.nodes as usize {
            let Some(place) = self.places.pop(self.threshold) else { break };
            if place.rows.is_some() {
                self.fill(session, &place);
            } else if self.inner.is_some() {
                self.guess_ahead(session, place).await?;
            } else {
                self.read(session, place).await?;
            }
        }
        self.places.tell(session);
        let values = [
            ("guesses", Cell::Number(self.guesses.len() as f32)),
            ("expected", Cell::Number(self.expected as f32)),
        ];
        if !self.guesses.is_empty() {
            session.note(
                "tree_grown",
                "The tree has {guesses} guesses. If its model is right about itself, {expected} \
                 of them will be kept.",
                &values,
            );
        }
        Ok(self.guesses.clone())
    }
}

#[cfg(test)]
mod tests;
