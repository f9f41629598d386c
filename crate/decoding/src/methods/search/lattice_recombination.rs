#![doc = include_str!("lattice_recombination.md")]

use super::{
    beam::{Candidate, Hypothesis, Standing},
    lattice::{Lattice, Place},
    queue::{Queue, Waiting},
    report,
};
use crate::{
    Result,
    method::{Family, Info, Lossless, Method, Progress},
    model::Ask,
    session::{Session, TARGET},
    trace::FinishReason,
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Texts in the list of estimates.
const SHOWN: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// keep a tree
    None,
    /// join the last token
    Rcb,
    /// join all n matching tokens
    Zip,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Passes of the target.
    #[schemars(range(min = 1, max = 2000))]
    pub budget: u32,
    /// Continuations looked at per pass.
    #[schemars(range(min = 1, max = 16))]
    pub k_best: u32,
    /// What happens where two texts run into the same tokens.
    pub merge: Merge,
    /// Tokens that must agree before two texts are merged.
    #[schemars(range(min = 1, max = 8))]
    pub n: u32,
    /// Lengths of merged texts differ by less than this.
    #[schemars(range(min = 1, max = 32))]
    pub length_gap: u32,
    /// Exponent of the length that sums are divided by; 0 compares raw sums.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub length_power: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { budget: 200, k_best: 4, merge: Merge::Rcb, n: 4, length_gap: 5, length_power: 0.0 }
    }
}

pub struct LatticeRecombination {
    pub(super) params: Params,
    pub(super) lattice: Option<Lattice>,
    queue: Queue,
    /// The text being followed to its end.
    current: Option<(Place, Hypothesis)>,
    passes: u32,
    merges: u32,
    /// Finished texts by rank, best first.
    texts: Vec<(f32, NodeId)>,
    standing: Standing,
    /// Leaves that are not outputs but belong to the picture: they were merged away.
    merged: Vec<NodeId>,
}

impl Method for LatticeRecombination {
    const INFO: Info = Info {
        id: "lattice-recombination",
        title: "Lattice recombination",
        family: Family::Search,
        lossless: Lossless::No,
        needs: &[],
        source: "Xu, Jonnalagadda, Durrett 2022, Massive-scale Decoding for Text Generation using Lattices, arXiv:2112.07660",
        page: include_str!("lattice_recombination.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        Ok(Self {
            params,
            lattice: None,
            queue: Queue::default(),
            current: None,
            passes: 0,
            merges: 0,
            texts: Vec::new(),
            standing: Standing::default(),
            merged: Vec::new(),
        })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let mut lattice = match self.lattice.take() {
            Some(lattice) => lattice,
            None => self.begin(session),
        };
        let (place, text) = match self.current.take() {
            Some(current) => current,
            None => self.pop(session, &mut lattice),
        };
        let top = self.read(session, text.node).await?;
        let at = |token, log_prob| Candidate {
            parent: text.node,
            token,
            log_prob,
            score: text.score + log_prob,
        };
        let mut ranked = top.into_iter().map(|(token, log_prob)| at(token, log_prob));
        let best = ranked.next();
        session.line(3);
        ranked.for_each(|it| self.set_aside(session, &mut lattice, place, it));
        if let Some(best) = best {
            self.current = self.follow(session, &mut lattice, place, best);
        }
        if self.current.is_none() {
            self.queue.drop_first_while(|it| lattice.was_merged(it.parent));
            self.report(session, &lattice);
        }
        self.lattice = Some(lattice);
        let spent = self.passes == self.params.budget;
        if spent || self.current.is_none() && self.queue.is_empty() {
            session.line(7);
            return Ok(self.answer(session, text));
        }
        Ok(Progress::Continue)
    }
}

impl LatticeRecombination {
    fn begin(&mut self, session: &Session) -> Lattice {
        let forest = session.forest();
        let prompt: Vec<_> = forest
            .path(None, session.head())
            .into_iter()
            .filter_map(|node| Some((node, forest[node].token()?)))
            .collect();
        let Params { n, length_gap, .. } = self.params;
        let lattice = Lattice::new(&prompt, n as usize, length_gap as usize);
        let text = Hypothesis { node: session.head(), score: 0.0 };
        self.current = Some((lattice.root(), text));
        lattice
    }

    /// Takes the best waiting continuation into the forest.
    fn pop(&mut self, session: &mut Session, lattice: &mut Lattice) -> (Place, Hypothesis) {
        session.line(1);
        let Waiting { parent, next, key, .. } =
            self.queue.pop().expect("the search ends when its queue is empty");
        report::taken_up(session, &next, key);
        let text = next.grow(session);
        self.standing.add(text.node);
        let place = lattice.add(parent, text.node, next.token, next.log_prob);
        lattice.register(place);
        (place, text)
    }

    /// The k best continuations; of those that look alike (" The", "the") only the best.
    async fn read(
        &mut self,
        session: &mut Session<'_>,
        node: NodeId,
    ) -> Result<Vec<(TokenId, f32)>> {
        session.line(2);
        let k_best = (self.params.k_best as usize).min(session.target_info().vocab_size);
        let scores = session.score(TARGET, &[node], &Ask::top_k(k_best)).await?;
        self.passes += 1;
        let mut seen = Vec::new();
        let mut top = scores.top.into_iter().next().unwrap_or_default();
        top.retain(|&(token, log_prob)| {
            let surface = session.token_bytes(token).trim_ascii().to_ascii_lowercase();
            let new = surface.is_empty() || !seen.contains(&surface);
            seen.push(surface);
            new && log_prob > f32::NEG_INFINITY
        });
        Ok(top)
    }

    /// A continuation that is not followed now: a finished text, or one more in the queue.
    fn set_aside(
        &mut self,
        session: &mut Session,
        lattice: &mut Lattice,
        parent: Place,
        next: Candidate,
    ) {
        if session.ends(next.token) {
            let text = next.grow(session);
            let place = lattice.add(parent, text.node, next.token, next.log_prob);
            lattice.end(place);
            self.finish(session, text, FinishReason::EndToken);
        } else if !next.ends(session) {
            let length = session.generated(next.parent) + 1;
            let key = self.ranked(next.score, length);
            self.queue.push(parent, next, key);
        }
    }

    /// Follows the best continuation; nothing is left to follow after a merge or at an end.
    fn follow(
        &mut self,
        session: &mut Session,
        lattice: &mut Lattice,
        parent: Place,
        best: Candidate,
    ) -> Option<(Place, Hypothesis)> {
        session.line(4);
        let text = best.grow(session);
        self.standing.add(text.node);
        let place = lattice.add(parent, text.node, best.token, best.log_prob);
        let reason = session.finished_at(text.node);
        if let Some(reason) = reason {
            lattice.end(place);
            self.finish(session, text, reason);
        }
        if let Some(twin) = self.twin_for(lattice, place) {
            self.merge(session, lattice, place, twin);
            return None;
        }
        session.line(6);
        lattice.register(place);
        reason.is_none().then_some((place, text))
    }

    fn twin_for(&self, lattice: &Lattice, place: Place) -> Option<Place> {
        if self.params.merge == Merge::None { None } else { lattice.twin_for(place) }
    }

    fn merge(&mut self, session: &mut Session, lattice: &mut Lattice, place: Place, twin: Place) {
        session.line(5);
        self.merges += 1;
        self.merged.push(lattice.node(place));
        let shared = lattice.ending(place);
        report::merged(session, lattice.node(place), lattice.node(twin), &shared);
        let pairs = match self.params.merge {
            Merge::Zip => lattice.zip(place, twin),
            _ => {
                lattice.join(place, twin);
                vec![(place, twin)]
            }
        };
        for (back, (from, into)) in pairs.into_iter().enumerate() {
            let suffix = &shared[..shared.len() - back];
            session.merge(lattice.node(from), lattice.node(into), suffix);
        }
    }

    fn ranked(&self, score: f32, length: u32) -> f32 {
        score / (length as f32).powf(self.params.length_power)
    }

    fn finish(&mut self, session: &mut Session, text: Hypothesis, reason: FinishReason) {
        self.standing.add(text.node);
        let ranked = self.ranked(text.score, session.generated(text.node));
        session.finish(text.node, reason, text.score, ranked);
        let place = self.texts.partition_point(|it| it.0 >= ranked);
        self.texts.insert(place, (ranked, text.node));
    }

    fn report(&self, session: &mut Session, lattice: &Lattice) {
        let counts = [
            ("passes", self.passes as f32),
            ("texts", self.texts.len() as f32),
            ("merges", self.merges as f32),
            ("paths", lattice.paths() as f32),
            ("waiting", self.queue.len() as f32),
        ];
        report::counters(session, "lattice", &counts);
    }

    /// The best texts that only merges made: nothing but their parts was followed.
    fn list_estimates(&self, session: &mut Session, lattice: &Lattice) {
        let followed: Vec<_> =
            self.texts.iter().map(|it| report::tokens_of(session, it.1)).collect();
        let mut best = lattice.best_texts(SHOWN + followed.len().min(50));
        best.retain(|it| !followed.contains(&it.0));
        best.truncate(SHOWN);
        if !best.is_empty() {
            report::estimates(session, &best);
        }
    }

    /// Names the best text; `last` answers if the budget was too small for any to end.
    fn answer(&mut self, session: &mut Session, last: Hypothesis) -> Progress {
        if self.texts.is_empty() {
            let text = self.current.map_or(last, |it| it.1);
            self.finish(session, text, FinishReason::Budget);
        }
        if let Some(lattice) = &self.lattice {
            self.report(session, lattice);
            self.list_estimates(session, lattice);
        }
        let reason = match self.queue.is_empty() {
            true => "nothing is left to follow.",
            false => "the budget is spent.",
        };
        report::stopped(session, reason);
        let order: Vec<_> = self.texts.iter().map(|it| it.1).collect();
        let leaves = order.iter().chain(&self.merged).copied();
        self.standing.keep_paths_to(session, leaves, "the budget ended first");
        session.answer(order[0], &order)
    }
}
