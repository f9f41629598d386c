#![doc = include_str!("beam_search.md")]

use super::{beam::*, coverage::Coverage, finished::*, report};
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
    /// Weight of GNMT's coverage: texts rank lower the less of the prompt they have looked at.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub beta: f32,
    /// Above 0: drops tokens so many nats below the best of the step, and live texts that rank so
    /// far below the best finished one.
    #[schemars(range(min = 0.0, max = 20.0))]
    pub prune_gap: f32,
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
            beta: 0.0,
            prune_gap: 0.0,
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
    coverage: Coverage,
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
        let coverage = Coverage::new(params.beta);
        Ok(Self { params, live: Vec::new(), finished, coverage, standing: Standing::default() })
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
        self.drop_beaten(session);

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
    async fn candidates(&mut self, session: &mut Session<'_>) -> Result<Vec<Candidate>> {
        session.line(1);
        let info = session.target_info();
        // Enough that B candidates are left when every live text could end.
        let count = (1 + info.end_tokens.len()).max(2) * self.params.beam_size as usize;
        let mut ask = Ask::top_k(count.min(info.vocab_size));
        if self.coverage.is_used() {
            ask.attention = info.layers.checked_sub(1).into_iter().collect();
        }
        let nodes: Vec<_> = self.live.iter().map(|it| it.node).collect();
        let scores = session.score(TARGET, &nodes, &ask).await?;
        self.coverage.look(session.forest(), &self.live, &scores);
        session.line(2);
        Ok(best_candidates(&self.live, &self.near_the_best(scores.top), count))
    }

    /// The tokens that are not too improbable beside the best of the step.
    fn near_the_best(&self, mut tops: Vec<Vec<(TokenId, f32)>>) -> Vec<Vec<(TokenId, f32)>> {
        let gap = self.params.prune_gap;
        let best = tops.iter().flatten().map(|it| it.1).fold(f32::NEG_INFINITY, f32::max);
        tops.iter_mut().for_each(|top| top.retain(|it| gap == 0.0 || it.1 >= best - gap));
        tops
    }

    fn ranked(&self, session: &Session, node: NodeId, score: f32) -> f32 {
        let Params { length_norm, alpha, .. } = self.params;
        let term = self.coverage.term(session.forest(), node);
        score / length_norm.divisor(session.generated(node), alpha) + term
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

    /// Drops the live texts that rank too far below the best finished one.
    fn drop_beaten(&mut self, session: &mut Session) {
        let (gap, best) = (self.params.prune_gap, self.finished.texts.first());
        let Some(bar) = best.filter(|_| gap > 0.0).map(|it| it.ranked - gap) else { return };
        let live = std::mem::take(&mut self.live).into_iter();
        let (near, far): (Vec<_>, Vec<_>) =
            live.partition(|it| self.ranked(session, it.node, it.score) >= bar);
        self.live = near;
        let kept = self.live.iter().map(|it| it.node);
        let ended = self.finished.texts.iter().map(|it| it.node);
        let reason = "ranks too far below the best finished text";
        if !far.is_empty() {
            self.standing.keep_paths_to(session, kept.chain(ended), reason);
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
        let hope = match early_stopping {
            EarlyStopping::True => return Some("all places for finished texts are taken."),
            // By then the text may have looked at everything.
            EarlyStopping::Never => {
                let longest = session.generated(session.head()) + session.room();
                best.score / length_norm.divisor(longest, alpha)
            }
            EarlyStopping::False => {
                let ranked = self.live.iter().map(|it| self.ranked(session, it.node, it.score));
                ranked.fold(f32::NEG_INFINITY, f32::max)
            }
        };
        (hope <= bar).then_some("the best live text cannot beat the worst finished one.")
    }

    fn answer(&mut self, session: &mut Session, reason: &str) -> Progress {
        report::stopped(session, reason);
        let order: Vec<_> = self.finished.texts.iter().map(|it| it.node).collect();
        self.standing.keep_paths_to(session, order.iter().copied(), "the search ended first");
        session.answer(order[0], &order)
    }
}
