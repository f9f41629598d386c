//! What a run remembers between steps.

use crate::{trace::*, tree::*};
use std::{collections::BTreeMap, rc::Rc};

/// Everything a run remembers between steps, except the method's own state.
pub struct Run {
    pub(crate) forest: Forest,
    pub(crate) seed: u32,
    pub(crate) max_new_tokens: u32,
    pub(crate) events: Vec<Event>,
    pub(crate) outputs: Vec<Output>,
    /// Per drafted node the distribution it was drawn from.
    pub(super) draft_rows: BTreeMap<NodeId, Rc<[f32]>>,
    pub(super) passes: BTreeMap<String, u32>,
    pub(super) steps: u32,
    pub(super) forget: bool,
}

impl Run {
    pub(crate) fn new(prompts: &[Vec<TokenId>], seed: u32, max_new_tokens: u32) -> Self {
        let mut run = Self {
            forest: Forest::default(),
            seed,
            max_new_tokens,
            events: Vec::new(),
            outputs: Vec::new(),
            draft_rows: BTreeMap::new(),
            passes: BTreeMap::new(),
            steps: 0,
            forget: false,
        };
        for prompt in prompts {
            run.forest.plant(prompt);
        }
        run.events = run
            .forest
            .iter()
            .map(|(node, it)| Event::Grow {
                node,
                parent: it.parent,
                lane: it.lane,
                input: it.input.clone(),
                by: "prompt".into(),
                log_prob: None,
                row: None,
            })
            .collect();
        run
    }

    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    pub(crate) fn begin_step(&mut self) {
        self.events.push(Event::Step { index: self.steps });
        self.steps += 1;
    }
}
