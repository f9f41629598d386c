#![doc = include_str!("mirostat.md")]

use crate::{
    Result,
    filter::{Cut, Filter, Pipeline},
    method::{Family, Info, Lossless, Method, Progress},
    random::Key,
    row,
    session::{Proposal, Session},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Version {
    /// keep as many tokens as Zipf's law says
    #[serde(rename = "v1")]
    V1,
    /// keep tokens whose surprise is below the ceiling
    #[serde(rename = "v2")]
    V2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurpriseFrom {
    /// the model's distribution, before the cut
    Full,
    /// the distribution after the cut
    Kept,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Divides the logits; 0 takes the best token.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
    /// Average surprise aimed at, in bits.
    #[schemars(range(min = 0.1, max = 10.0))]
    pub tau: f32,
    /// How strongly one token moves the ceiling.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub eta: f32,
    /// How the cut is found.
    pub version: Version,
    /// Which distribution the surprise of a drawn token is read off.
    pub surprise_from: SurpriseFrom,
    /// Best tokens that version 1 fits Zipf's law to.
    #[schemars(range(min = 2, max = 1000))]
    pub m: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            tau: 2.0,
            eta: 0.1,
            version: Version::V2,
            surprise_from: SurpriseFrom::Full,
            m: 100,
        }
    }
}

/// Keeps tokens whose surprise is at most `mu` bits; the best always stays.
struct Ceiling {
    mu: f32,
}

impl Filter for Ceiling {
    fn name(&self) -> &'static str {
        "mirostat_v2"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let probs = row::softmax(scores);
        let best = row::arg_max(&probs) as usize;
        for (token, score) in scores.iter_mut().enumerate() {
            if token != best && -probs[token].log2() > self.mu {
                *score = f32::NEG_INFINITY;
            }
        }
        Cut { value: Some(self.mu), cutoff: Some((-self.mu).exp2()) }
    }
}

/// Keeps the k best tokens, where k would have a surprise of `mu` bits if probabilities followed
/// Zipf's law with the exponent that the `m` best tokens suggest.
struct Zipf {
    mu: f32,
    m: usize,
}

impl Filter for Zipf {
    fn name(&self) -> &'static str {
        "mirostat_v1"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let probs = row::softmax(scores);
        let best = row::top_k(&probs, self.m + 1);
        let k = zipf_rank(zipf_exponent(&best), self.mu, probs.len());
        let kept = row::top_k(&probs, k);
        let removed: Vec<f32> = scores.to_vec();
        scores.fill(f32::NEG_INFINITY);
        kept.iter().for_each(|&(token, _)| scores[token as usize] = removed[token as usize]);
        Cut { value: Some(self.mu), cutoff: Some(k as f32) }
    }
}

/// The least-squares slope of ln p over ln rank, from neighbours in rank. Ranks without mass are
/// left out; a single token has no slope and counts as flat.
fn zipf_exponent(best: &[(TokenId, f32)]) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for (index, pair) in best.windows(2).enumerate().filter(|it| it.1[1].1 > 0.0) {
        let rank = index as f64 + 1.0;
        let step = ((rank + 1.0) / rank).ln();
        above += step * (f64::from(pair[0].1) / f64::from(pair[1].1)).ln();
        below += step * step;
    }
    if below > 0.0 { above / below } else { 0.0 }
}

/// How many tokens to keep, from 1 to `vocab`.
fn zipf_rank(s: f64, mu: f32, vocab: usize) -> usize {
    let (epsilon, n, power) = (s - 1.0, vocab as f64, f64::from(mu).exp2());
    let ratio = if epsilon.abs() < 1e-6 {
        power / n.ln() // the limit
    } else {
        epsilon * power / (1.0 - n.powf(-epsilon))
    };
    let k = ratio.powf(1.0 / s.max(1e-6)).round();
    if k.is_nan() { vocab } else { k.clamp(1.0, n) as usize }
}

pub struct Mirostat {
    params: Params,
    /// The ceiling, in bits.
    mu: f32,
}

impl Method for Mirostat {
    const INFO: Info = Info {
        id: "mirostat",
        title: "Mirostat",
        family: Family::Sampling,
        lossless: Lossless::Greedy,
        needs: &[],
        source: "Basu et al. 2021, Mirostat: A Neural Text Decoding Algorithm that Directly Controls Perplexity, arXiv:2007.14966",
        page: include_str!("mirostat.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        Ok(Self { mu: 2.0 * params.tau, params })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let head = session.head();
        session.line(1);
        let scores = session.score_target(&[head]).await?;
        let log_probs = scores.row(0);
        session.line(2);
        let pipeline = self.pipeline();
        let kept = pipeline.probs(session.forest(), head, log_probs);
        session.line(3);
        let key = Key::target(0, session.head_depth() + 1);
        let pick = session.sample(head, log_probs, &pipeline, key);
        if !pipeline.is_greedy() {
            let whole = Pipeline::temperature(self.params.temperature);
            let full = whole.probs(session.forest(), head, log_probs)[pick.token as usize];
            self.feed_back(session, surprise(self.params.surprise_from, full, pick.prob), &kept);
        }
        session.line(5);
        let proposal = Proposal::by("target").with_log_prob(log_probs[pick.token as usize]);
        let node = session.grow(head, pick.token, proposal);
        Ok(session.commit(node))
    }
}

/// In bits.
fn surprise(from: SurpriseFrom, full: f32, kept: f32) -> f32 {
    let prob = match from {
        SurpriseFrom::Full => full,
        SurpriseFrom::Kept => kept,
    };
    // −log₂ 1 is −0, which a table would print with its sign.
    (-prob.log2()).max(0.0)
}

impl Mirostat {
    fn pipeline(&self) -> Pipeline {
        let Params { temperature, version, m, .. } = self.params;
        let pipeline = Pipeline::temperature(temperature);
        match version {
            _ if pipeline.is_greedy() => pipeline,
            Version::V1 => pipeline.with(Zipf { mu: self.mu, m: m as usize }),
            Version::V2 => pipeline.with(Ceiling { mu: self.mu }),
        }
    }

    fn feed_back(&mut self, session: &mut Session, surprise: f32, kept: &[f32]) {
        session.line(4);
        let Params { tau, eta, .. } = self.params;
        let before = self.mu;
        self.mu -= eta * (surprise - tau);
        let number = |name: &str| Column::new(name, ColumnKind::Number);
        let columns = ["step", "mu", "surprise", "kept"].map(number);
        let kept = kept.iter().filter(|&&p| p > 0.0).count();
        let row = [session.step_index() as f32, before, surprise, kept as f32];
        session.table("mirostat", TableChange::Put, &columns, vec![row.map(Cell::Number).into()]);
        let (id, text) = if surprise > tau {
            (
                "ceiling_lowered",
                "The token carries {surprise} bits, more than {tau}: the ceiling \
                 comes down from {before} to {after}.",
            )
        } else {
            (
                "ceiling_raised",
                "The token carries {surprise} bits, not more than {tau}: the ceiling \
                 goes up from {before} to {after}.",
            )
        };
        let values = [
            ("surprise", Cell::Number(surprise)),
            ("tau", Cell::Number(tau)),
            ("before", Cell::Number(before)),
            ("after", Cell::Number(self.mu)),
        ];
        session.note(id, text, &values);
    }
}

#[cfg(test)]
mod tests;
