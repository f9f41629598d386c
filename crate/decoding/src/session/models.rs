//! The loaded models, by role.

use crate::{Error, Result, model::LanguageModel, ngrams::Ngrams, timings::Timings};
use std::{collections::BTreeMap, rc::Rc};

pub const TARGET: &str = "target";
pub const DRAFT: &str = "draft";
/// Between target and draft in size.
pub const MIDDLE: &str = "middle";

/// The loaded models, by role, and what lies beside them. They outlive a run.
#[derive(Default)]
pub struct Models {
    pub by_role: BTreeMap<String, Box<dyn LanguageModel>>,
    pub ngrams: Option<Rc<Ngrams>>,
    pub timings: Timings,
}

impl Models {
    pub fn new(target: impl LanguageModel + 'static) -> Self {
        Self::default().with(TARGET, target)
    }

    pub fn with(mut self, role: &str, model: impl LanguageModel + 'static) -> Self {
        self.by_role.insert(role.into(), Box::new(model));
        self
    }

    pub fn get(&self, role: &str) -> Result<&dyn LanguageModel> {
        self.by_role
            .get(role)
            .map(|it| &**it)
            .ok_or_else(|| Error::MissingModel { role: role.into() })
    }
}
