//! A run from its first step to its trace.

use crate::{
    Error, Result,
    method::{AnyMethod, Entry, Progress},
    methods,
    model::ModelInfo,
    session::{Models, Run, Session, TARGET},
    trace::*,
    tree::*,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// The method's parameters; `null` for all defaults.
    pub params: Value,
    pub prompt: Vec<TokenId>,
    pub seed: u32,
    pub max_new_tokens: u32,
}

/// A run under way.
pub struct Decoding {
    request: Request,
    entry: &'static Entry,
    method: Box<dyn AnyMethod>,
    run: Run,
    /// Events already handed out by `take_events`.
    told: Vec<Event>,
    progress: Progress,
}

impl Decoding {
    /// Checks the request against the models and clears their caches.
    pub fn start(request: Request, models: &mut Models) -> Result<Self> {
        let entry = methods::find(&request.method)?;
        Self::start_entry(entry, request, models)
    }

    /// As `start`, with a method that need not be in the list.
    pub fn start_entry(
        entry: &'static Entry,
        request: Request,
        models: &mut Models,
    ) -> Result<Self> {
        Self::start_lanes(entry, request, &[], models)
    }

    /// As `start_entry`, with further prompts: each is a lane of its own beside the request's.
    pub fn start_lanes(
        entry: &'static Entry,
        mut request: Request,
        others: &[Vec<TokenId>],
        models: &mut Models,
    ) -> Result<Self> {
        let built = (entry.build)(&request.params)?;
        request.params = built.params;
        check(&request, entry, models)?;
        if !others.is_empty() && !entry.several_prompts {
            let (method, prompts) = (entry.info.id.into(), 1 + others.len());
            return Err(Error::OnePrompt { method, prompts });
        }
        others.iter().try_for_each(|it| check_prompt(it, models.get(TARGET)?.info()))?;
        for model in models.by_role.values_mut() {
            model.retain(&[])?;
        }
        let prompts = [std::slice::from_ref(&request.prompt), others].concat();
        let run = Run::new(&prompts, request.seed, request.max_new_tokens);
        let progress =
            if request.max_new_tokens == 0 { Progress::Finished } else { Progress::Continue };
        Ok(Self { request, entry, method: built.method, run, told: Vec::new(), progress })
    }

    /// One round of the method. Does nothing once finished.
    pub async fn step(&mut self, models: &mut Models) -> Result<Progress> {
        if self.progress == Progress::Continue {
            self.run.begin_step();
            let mut session = Session { run: &mut self.run, models };
            self.progress = self.method.step(&mut session).await?;
        }
        Ok(self.progress)
    }

    /// Steps until the method has finished.
    pub async fn finish(&mut self, models: &mut Models) -> Result<()> {
        while self.step(models).await? == Progress::Continue {}
        Ok(())
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        let events = std::mem::take(&mut self.run.events);
        self.told.extend(events.iter().cloned());
        events
    }

    pub fn forest(&self) -> &Forest {
        self.run.forest()
    }

    /// The generated tokens so far.
    pub fn tokens(&self) -> Vec<TokenId> {
        let head = self.run.forest.lane(LaneId::MAIN).head;
        self.run.forest.tokens(head).split_off(self.request.prompt.len())
    }

    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    /// Everything so far as a trace; `recorded` is left to the caller, who knows the device.
    pub fn trace(&mut self, models: &Models) -> Trace {
        self.take_events();
        let events = self.told.clone();
        let mut trace = Trace {
            version: VERSION,
            models: models
                .by_role
                .iter()
                .filter(|(role, _)| {
                    *role == TARGET || self.entry.info.needs.contains(&role.as_str())
                })
                .map(|(role, model)| (role.clone(), model.info().clone()))
                .collect(),
            method: self.request.method.clone(),
            params: self.request.params.clone(),
            seed: self.request.seed,
            max_new_tokens: self.request.max_new_tokens,
            prompt_tokens: self.request.prompt.clone(),
            tokens: self.tokens(),
            outputs: self.run.outputs.clone(),
            vocabulary: BTreeMap::new(),
            events,
            recorded: Recorded::default(),
        };
        trace.vocabulary = vocabulary(&trace.events, models);
        trace
    }
}

/// Text or bytes of every token that occurs in `events`, by id; a page has no tokenizer.
pub fn vocabulary(events: &[Event], models: &Models) -> BTreeMap<TokenId, TokenText> {
    let target = &models.by_role[TARGET];
    tokens_of(events)
        .into_iter()
        .map(|token| (token, TokenText::new(target.token_bytes(token))))
        .collect()
}

fn check(request: &Request, entry: &Entry, models: &Models) -> Result<()> {
    let target = models.get(TARGET)?.info();
    check_prompt(&request.prompt, target)?;
    for role in entry.info.needs {
        if *role == "ngrams" {
            models.ngrams.as_ref().ok_or(Error::MissingNgrams)?;
            continue;
        }
        let other = models.get(role)?.info();
        if other.vocab_size != target.vocab_size {
            return Err(Error::VocabularyMismatch {
                target: target.name.clone(),
                other: other.name.clone(),
                detail: format!("{} and {} tokens", target.vocab_size, other.vocab_size),
            });
        }
    }
    Ok(())
}

fn check_prompt(prompt: &[TokenId], target: &ModelInfo) -> Result<()> {
    if prompt.is_empty() {
        return Err(Error::EmptyPrompt);
    }
    if prompt.len() >= target.context_len {
        return Err(Error::PromptTooLong {
            tokens: prompt.len(),
            context_len: target.context_len,
            model: target.name.clone(),
        });
    }
    if let Some(&token) = prompt.iter().find(|&&t| t as usize >= target.vocab_size) {
        let (last, model) = (target.vocab_size - 1, target.name.clone());
        return Err(Error::UnknownToken { token, last, model });
    }
    Ok(())
}

/// Every token that occurs in the events.
pub(crate) fn tokens_of(events: &[Event]) -> std::collections::BTreeSet<TokenId> {
    let mut tokens = std::collections::BTreeSet::new();
    let mut row = |row: &TopRow| tokens.extend(row.top.iter().map(|it| it.0));
    for event in events {
        match event {
            Event::Grow { row: Some(it), .. } | Event::Judge { residual: Some(it), .. } => row(it),
            Event::Score { rows, .. } => rows.iter().for_each(&mut row),
            _ => {}
        }
    }
    for event in events {
        match event {
            Event::Grow { input: Input::Token(token), .. } => tokens.extend([*token]),
            Event::Grow { input: Input::Blend(parts), .. } => {
                tokens.extend(parts.iter().map(|it| it.0));
            }
            Event::Sample { tokens: shown, .. } => tokens.extend(shown),
            Event::Merge { suffix, .. } => tokens.extend(suffix),
            Event::Table { columns, rows, .. } => tokens.extend(tokens_of_table(columns, rows)),
            Event::Note { values, .. } => tokens.extend(values.values().flat_map(cell_tokens)),
            _ => {}
        }
    }
    tokens
}

fn tokens_of_table(columns: &[Column], rows: &[Vec<Cell>]) -> Vec<TokenId> {
    let mut tokens = Vec::new();
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            match (cell, columns.get(index).map(|it| it.kind)) {
                (Cell::Number(token), Some(ColumnKind::Token)) => tokens.push(*token as TokenId),
                _ => tokens.extend(cell_tokens(cell)),
            }
        }
    }
    tokens
}

fn cell_tokens(cell: &Cell) -> Vec<TokenId> {
    match cell {
        Cell::Tokens(tokens) => tokens.clone(),
        _ => Vec::new(),
    }
}
