#![doc = include_str!("entropy_adaptive.md")]

use crate::{
    Result,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    model::Ask,
    random::Key,
    row,
    session::{DRAFT, Proposal, Session, TARGET},
    trace::{Cell, Column, ColumnKind, TableChange},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// τ in bits: above it the large model writes. 0 leaves the text to the large model.
    #[schemars(range(min = 0.0, max = 13.0))]
    pub tau: f32,
    /// w, tokens whose entropies are averaged.
    #[schemars(range(min = 1, max = 32))]
    pub window: u32,
    /// d_min, tokens between two changes of model at least.
    #[schemars(range(min = 0, max = 32))]
    pub min_stay: u32,
    /// Bits below τ that the average must fall before the small model takes over again.
    #[schemars(range(min = 0.0, max = 4.0))]
    pub hysteresis: f32,
    /// Of both models; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { tau: 2.0, window: 5, min_stay: 5, hysteresis: 0.0, temperature: 0.8 }
    }
}

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    Small,
    Large,
}

impl Writer {
    fn role(self) -> &'static str {
        match self {
            Self::Small => DRAFT,
            Self::Large => TARGET,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }
}

pub struct EntropyAdaptive {
    params: Params,
    pipeline: Pipeline,
    writer: Writer,
    /// Entropies in bits, of the last tokens.
    recent: VecDeque<f32>,
    /// Tokens since the last change of model.
    since: u32,
    /// Tokens in all, and those of the large model.
    written: u32,
    by_large: u32,
}

impl EntropyAdaptive {
    /// Takes the newest entropy in; returns the mean of the last few.
    fn mean_with(&mut self, entropy: f32) -> f32 {
        self.recent.push_back(entropy);
        if self.recent.len() > self.params.window as usize {
            self.recent.pop_front();
        }
        self.recent.iter().sum::<f32>() / self.recent.len() as f32
    }

    fn wanted(&self, mean: f32) -> Writer {
        let Params { tau, hysteresis, .. } = self.params;
        let tau = if self.writer == Writer::Large { tau - hysteresis } else { tau };
        if mean > tau { Writer::Large } else { Writer::Small }
    }
}

/// What a text costs when a share of its tokens comes from the large model, next to all of it;
/// `ratio`: cost of a token of the small model next to one of the large. Catching up is not
/// counted.
fn relative_cost(share: f32, ratio: f32) -> f32 {
    share + (1.0 - share) * ratio
}

impl Method for EntropyAdaptive {
    const INFO: Info = Info {
        id: "entropy-adaptive",
        title: "Entropy adaptive decoding",
        family: Family::Speculative,
        lossless: Lossless::No,
        needs: &[DRAFT],
        source: "Simonds 2025, Entropy Adaptive Decoding: Dynamic Model Switching for Efficient Inference, arXiv:2502.06833",
        page: include_str!("entropy_adaptive.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let pipeline = Pipeline::temperature(params.temperature);
        let (writer, recent) = (Writer::Small, VecDeque::new());
        Ok(Self { params, pipeline, writer, recent, since: 0, written: 0, by_large: 0 })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        session.line(1);
        let head = session.head();
        let mut scores = session.score(self.writer.role(), &[head], &Ask::rows()).await?;
        let entropy = bits(scores.row(0));
        let mean = self.mean_with(entropy);
        session.line(2);
        let (before, wanted) = (self.writer, self.wanted(mean));
        if wanted != before && self.since >= self.params.min_stay {
            session.line(3);
            self.writer = wanted;
            self.since = 0;
            scores = session.score(wanted.role(), &[head], &Ask::rows()).await?;
        }
        self.say(session, mean, before, wanted);
        session.line(4);
        let it = &session.forest()[head];
        let key = Key::target(it.lane.0, it.depth + 1);
        let pick = session.sample(head, scores.row(0), &self.pipeline, key);
        let by = if self.writer == Writer::Large { "target" } else { "draft" };
        let log_prob = scores.row(0)[pick.token as usize];
        let node = session.grow(head, pick.token, Proposal::by(by).with_log_prob(log_prob));
        self.since += 1;
        self.written += 1;
        self.by_large += u32::from(self.writer == Writer::Large);
        self.show(session, entropy, mean)?;
        Ok(session.commit(node))
    }
}

impl EntropyAdaptive {
    /// The sentence of a step.
    fn say(&self, session: &mut Session<'_>, mean: f32, before: Writer, wanted: Writer) {
        let values = [
            ("mean", Cell::Number(mean)),
            ("tau", Cell::Number(self.params.tau)),
            ("writer", Cell::Text(self.writer.name().into())),
            ("since", Cell::Number(self.since as f32)),
        ];
        let (id, text) = if self.writer != before && self.writer == Writer::Large {
            (
                "to_large",
                "Unsure: {mean} bits on average, more than {tau}. The large model reads what it \
                 has missed and goes on.",
            )
        } else if self.writer != before {
            (
                "to_small",
                "Sure again: {mean} bits on average. The small model reads what it has missed and \
                 goes on.",
            )
        } else if wanted != before {
            (
                "too_soon",
                "At {mean} bits on average the other model should write, but the {writer} one has \
                 written only {since} tokens.",
            )
        } else {
            ("goes_on", "{mean} bits on average: the {writer} model goes on. Nothing is verified.")
        };
        session.note(id, text, &values);
    }

    /// Puts the newest token into the table of curves.
    fn show(&self, session: &mut Session<'_>, entropy: f32, mean: f32) -> Result<()> {
        let share = self.by_large as f32 / self.written as f32;
        let large = session.target_info().parameters as f32;
        let ratio = session.info(DRAFT)?.parameters as f32 / large;
        let cost = (large > 0.0).then(|| relative_cost(share, ratio));
        let columns = [
            ("token", ColumnKind::Number),
            ("entropy", ColumnKind::Number),
            ("mean", ColumnKind::Number),
            ("tau", ColumnKind::Number),
            ("large", ColumnKind::Number),
            ("large_share", ColumnKind::Probability),
            ("modelled_cost", ColumnKind::Probability),
        ]
        .map(|(name, kind)| Column::new(name, kind));
        let large = u32::from(self.writer == Writer::Large) as f32;
        let numbers = [self.written as f32, entropy, mean, self.params.tau, large, share];
        let mut row: Vec<_> = numbers.map(Cell::Number).into();
        row.push(cost.map_or(Cell::Empty, Cell::Number));
        session.table("entropy", TableChange::Put, &columns, vec![row]);
        Ok(())
    }
}

/// Entropy in bits of a row of log-probabilities, before any temperature.
fn bits(log_probs: &[f32]) -> f32 {
    row::entropy(&row::softmax(log_probs)) / std::f32::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_row_of_four_has_two_bits() {
        assert!((bits(&[0.25f32.ln(); 4]) - 2.0).abs() < 1e-6);
        assert_eq!(bits(&[0.0, f32::NEG_INFINITY]), 0.0);
    }

    #[test]
    fn costs_match_the_savings_that_the_paper_quotes() {
        // 43 % of an 11B model beside one of 3B; 25 % of a 14B model beside one of 1.5B.
        let saved = |share, ratio| 100.0 * (1.0 - relative_cost(share, ratio));
        assert!((saved(0.43, 3.0 / 11.0) - 41.4f32).abs() < 0.1);
        assert!((saved(0.25, 1.5 / 14.0) - 67.0f32).abs() < 0.1);
        assert_eq!((relative_cost(1.0, 0.2), relative_cost(0.0, 0.2)), (1.0, 0.2));
    }

    #[test]
    fn the_mean_is_of_the_last_few_tokens() {
        let mut method = EntropyAdaptive::new(Params { window: 2, ..Params::default() }).unwrap();
        assert_eq!([1.0, 3.0, 4.0].map(|it| method.mean_with(it)), [1.0, 2.0, 3.5]);
    }

    #[test]
    fn the_way_back_may_ask_for_more_certainty() {
        let params = Params { tau: 2.0, hysteresis: 0.5, ..Params::default() };
        let mut method = EntropyAdaptive::new(params).unwrap();
        assert_eq!(
            [1.9, 2.0, 2.1].map(|it| method.wanted(it)),
            [Writer::Small, Writer::Small, Writer::Large]
        );
        method.writer = Writer::Large;
        assert_eq!([1.5, 1.6].map(|it| method.wanted(it)), [Writer::Small, Writer::Large]);
    }
}
