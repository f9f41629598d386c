#![doc = include_str!("beam_search.md")]

use super::{beam::*, finished::*, report};
use crate::{
    Result,
    method::{Family, Info, Lossless, Method, Progress},
    model::Ask,
    session::{Session, TARGET},
    trace::FinishReason,
    tree::NodeId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Live texts kept at every step (B), and places for finished ones.
    #[schemars(range(min = 1, max = 16))]
    pub beam_size: u32,
    /// Exponent of the length that a score is divided by; 0 compares raw sums.
    #[schemars(range(min = 0.0, max = 3.0))]
    pub alpha: f32,
    /// What the length is taken for.
    pub length_norm: LengthNorm,
    /// What ends the search once B texts have finished.
    pub early_stopping: EarlyStopping,
    /// Above 0: stop after this many times B finished texts instead, replacing none.
    #[schemars(range(min = 0.0, max = 4.0))]
    pub patience: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            beam_size: 4,
            alpha: 1.0,
            length_norm: LengthNorm::Power,
            early_stopping: EarlyStopping::False,
            patience: 0.0,
        }
    }
}

pub struct BeamSearch {
    params: Params,
    /// Best first; empty before the first step.
    live: Vec<Hypothesis>,
    finished: Finished,
    standing: Standing,
}

impl Method for BeamSearch {
    const INFO: Info = Info {
        id: "beam-search",
        title: "Beam search",
        family: Family::Search,
        lossless: Lossless::No,
        needs: &[],
        source: "Wu et al. 2016, Google's Neural Machine Translation System, arXiv:1609.08144",
        page: include_str!("beam_search.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let patient = params.patience > 0.0;
        let places = if patient {
            ((params.patience * params.beam_size as f32).ceil() as usize).max(1)
        } else {
            params.beam_size as usize
        };
        let finished = Finished::new(places, !patient);
        Ok(Self { params, live: Vec::new(), finished, standing: Standing::default() })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if self.live.is_empty() {
            self.live.push(Hypothesis { node: session.head(), score: 0.0 });
        }
        let candidates = self.candidates(session).await?;
        let beam_size = self.params.beam_size as usize;
        let ends: Vec<bool> = candidates.iter().map(|it| it.ends(session)).collect();

        session.line(3);
        for (it, _) in candidates.iter().zip(&ends).take(beam_size).filter(|it| *it.1) {
            self.finish(session, it);
        }

        session.line(4);
        let mut others = candidates.iter().zip(&ends).filter(|it| !it.1).map(|it| it.0);
        self.live = others.by_ref().take(beam_size).map(|it| it.grow(session)).collect();
        let outside: Vec<_> = others.map(|it| it.grow(session)).collect();
        self.drop_outside(session, &outside);

        session.line(5);
        report::beams(session, &self.live, &self.finished.texts, &outside, |session, it| {
            self.ranked(session, it.node, it.score)
        });
        match self.reason_to_stop(session) {
            Some(reason) => Ok(self.answer(session, reason)),
            None => Ok(Progress::Continue),
        }
    }
}

impl BeamSearch {
    async fn candidates(&self, session: &mut Session<'_>) -> Result<Vec<Candidate>> {
        session.line(1);
        let info = session.target_info();
        // Enough that B candidates are left when every live text could end.
        let count = (1 + info.end_tokens.len()).max(2) * self.params.beam_size as usize;
        let ask = Ask::top_k(count.min(info.vocab_size));
        let nodes: Vec<_> = self.live.iter().map(|it| it.node).collect();
        let scores = session.score(TARGET, &nodes, &ask).await?;
        session.line(2);
        Ok(best_candidates(&self.live, &scores.top, count))
    }

    fn ranked(&self, session: &Session, node: NodeId, score: f32) -> f32 {
        let Params { length_norm, alpha, .. } = self.params;
        score / length_norm.divisor(session.generated(node), alpha)
    }

    /// Sets a text aside if there is a place for it.
    fn finish(&mut self, session: &mut Session, candidate: &Candidate) {
        let Hypothesis { node, score } = candidate.grow(session);
        self.standing.add(node);
        let ranked = self.ranked(session, node, score);
        if !self.finished.wants(ranked) {
            session.prune(&[node], "ended, but worse than every finished text");
            return;
        }
        let reason = session.finished_at(node).unwrap_or(FinishReason::Stopped);
        session.finish(node, reason, score, ranked);
        let left = self.finished.add(Ended { node, score, ranked });
        report::finished(session, node, reason, score, ranked);
        if let Some(left) = left {
            session.prune(&[left.node], "a better text took its place");
        }
    }

    /// Prunes the candidates beyond the beam, then the older texts that lost their last
    /// continuation.
    fn drop_outside(&mut self, session: &mut Session, outside: &[Hypothesis]) {
        let nodes: Vec<_> = outside.iter().map(|it| it.node).collect();
        session.prune(&nodes, "outside the beam");
        self.live.iter().for_each(|it| self.standing.add(it.node));
        let leaves = self.live.iter().map(|it| it.node);
        let ended = self.finished.texts.iter().map(|it| it.node);
        self.standing.keep_paths_to(
            session,
            leaves.chain(ended),
            "none of its continuations stayed in the beam",
        );
        if let (Some(last), Some(first)) = (self.live.last(), outside.first()) {
            report::dropped(session, first, last);
        }
    }

    /// Says why nothing better can come, if so.
    fn reason_to_stop(&self, session: &Session) -> Option<&'static str> {
        let Some(best) = self.live.first() else {
            return Some("no live text is left.");
        };
        let bar = self.finished.bar()?;
        if !self.finished.replace {
            return Some("as many texts have finished as the patience asks for.");
        }
        let Params { length_norm, alpha, early_stopping, .. } = self.params;
        let length = match early_stopping {
            EarlyStopping::True => return Some("all places for finished texts are taken."),
            EarlyStopping::Never if alpha > 0.0 => {
                session.generated(session.head()) + session.room()
            }
            _ => session.generated(best.node),
        };
        let hope = best.score / length_norm.divisor(length, alpha);
        (hope <= bar).then_some("the best live text cannot beat the worst finished one.")
    }

    fn answer(&mut self, session: &mut Session, reason: &str) -> Progress {
        report::stopped(session, reason);
        let order: Vec<_> = self.finished.texts.iter().map(|it| it.node).collect();
        self.standing.keep_paths_to(session, order.iter().copied(), "the search ended first");
        session.answer(order[0], &order)
    }
}
