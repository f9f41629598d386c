//! Filters reshape or cut a distribution before a token is drawn. `Pipeline` runs them in engine
//! order: temperature → top-H → top-k → top-p → min-p → typical → ε → η, then renormalises.
//! Source of the order: Hugging Face `generate`.

mod contrast;
mod cuts;
pub use contrast::{AmateurRows, Contrast};
pub use cuts::*;

use crate::{
    row,
    trace::{Stage, TOP_KEPT},
    tree::*,
};

/// What a filter did, for the reader.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cut {
    /// The setting, for example 0.95.
    pub value: Option<f32>,
    /// Where it cut, in its own geometry.
    pub cutoff: Option<f32>,
}

pub trait Filter {
    fn name(&self) -> &'static str;
    /// Changes `scores`: `[vocab_size]` unnormalised log-probabilities; −∞ removes a token. At
    /// least one token stays.
    fn apply(&self, forest: &Forest, at: NodeId, scores: &mut [f32]) -> Cut;
}

/// The filters of a method, in the order they run.
#[derive(Default)]
pub struct Pipeline {
    /// Runs before all others, and before greedy takes the best token.
    first: Option<Box<dyn Filter>>,
    filters: Vec<Box<dyn Filter>>,
    greedy: bool,
}

impl Pipeline {
    /// Takes the best token, ties to the lower id.
    pub fn greedy() -> Self {
        Self { greedy: true, ..Self::default() }
    }

    /// Temperature alone; 0 is greedy.
    pub fn temperature(temperature: f32) -> Self {
        if temperature <= 0.0 {
            return Self::greedy();
        }
        Self::default().with(Temperature(temperature))
    }

    /// For drafts that rank their guesses or need a confidence: temperature alone, and 1 when
    /// greedy, because a point mass has no second-best token.
    pub fn ranking(temperature: f32) -> Self {
        Self::temperature(if temperature > 0.0 { temperature } else { 1.0 })
    }

    pub fn with(mut self, filter: impl Filter + 'static) -> Self {
        self.filters.push(Box::new(filter));
        self
    }

    /// With a filter that makes another distribution of the model's, before anything cuts it.
    pub fn reshaped_by(self, filter: impl Filter + 'static) -> Self {
        Self { first: Some(Box::new(filter)), ..self }
    }

    pub fn is_greedy(&self) -> bool {
        self.greedy
    }

    /// The distribution that a token is drawn from: `[vocab_size]`, sums to 1. Greedy gives the
    /// point mass on the best token.
    pub fn probs(&self, forest: &Forest, at: NodeId, log_probs: &[f32]) -> Vec<f32> {
        let mut scores = log_probs.to_vec();
        if let Some(filter) = &self.first {
            filter.apply(forest, at, &mut scores);
        }
        if self.greedy {
            let mut probs = vec![0.0; scores.len()];
            probs[row::arg_max(&scores) as usize] = 1.0;
            return probs;
        }
        for filter in &self.filters {
            filter.apply(forest, at, &mut scores);
        }
        row::softmax(&scores)
    }

    /// As `probs`, with every stage kept for the trace.
    pub fn run(&self, forest: &Forest, at: NodeId, log_probs: &[f32]) -> Filtered {
        let mut scores = log_probs.to_vec();
        let mut filtered = Filtered::ready("model", &row::softmax(&scores));
        if let Some(filter) = &self.first {
            let cut = filter.apply(forest, at, &mut scores);
            filtered.push(filter.name(), cut, row::softmax(&scores));
        }
        if self.greedy {
            let best = row::arg_max(&scores) as usize;
            scores.iter_mut().enumerate().for_each(|(i, s)| {
                if i != best {
                    *s = f32::NEG_INFINITY;
                }
            });
            filtered.push("arg_max", Cut::default(), row::softmax(&scores));
        }
        for filter in &self.filters {
            let cut = filter.apply(forest, at, &mut scores);
            filtered.push(filter.name(), cut, row::softmax(&scores));
        }
        filtered
    }
}

/// A distribution after all filters, and how it came about.
pub struct Filtered {
    pub probs: Vec<f32>,
    stages: Vec<(&'static str, Option<String>, Cut, Vec<f32>)>,
}

impl Filtered {
    /// A distribution that no filter touches any more.
    pub fn ready(name: &str, probs: &[f32]) -> Self {
        let stage = ("", Some(name.to_owned()), Cut::default(), probs.to_vec());
        Self { probs: probs.to_vec(), stages: vec![stage] }
    }

    fn push(&mut self, name: &'static str, cut: Cut, probs: Vec<f32>) {
        self.probs.clone_from(&probs);
        self.stages.push((name, None, cut, probs));
    }

    /// The tokens worth showing (the best before any filter, and `chosen`), and each stage over
    /// them.
    pub fn shown_with(&self, chosen: TokenId) -> (Vec<TokenId>, Vec<Stage>) {
        let first = &self.stages[0].3;
        let mut tokens: Vec<_> = row::top_k(first, TOP_KEPT + 2)
            .into_iter()
            .filter(|it| it.1 > 0.0)
            .map(|it| it.0)
            .collect();
        if !tokens.contains(&chosen) {
            tokens.push(chosen);
        }
        let stages = self.stages.iter().map(|(name, owned, cut, probs)| {
            let shown: Vec<f32> = tokens.iter().map(|&t| probs[t as usize]).collect();
            let mass: f64 = shown.iter().map(|&p| f64::from(p)).sum();
            Stage {
                name: owned.clone().unwrap_or_else(|| (*name).to_owned()),
                value: cut.value,
                cutoff: cut.cutoff,
                kept: probs.iter().filter(|&&p| p > 0.0).count() as u32,
                probs: shown,
                rest: (1.0 - mass).max(0.0) as f32,
            }
        });
        let stages = stages.collect();
        (tokens, stages)
    }
}
