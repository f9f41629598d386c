//! A decoding method, and what its entry in the list says about it.

use crate::{Error, Result, model::LocalFuture, schema, session::Session};
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Sampling,
    Speculative,
    Parallel,
    Search,
    Contrastive,
}

/// Same output as plain decoding of the target model?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Lossless {
    /// Token for token under greedy, and in distribution when sampling.
    Distribution,
    /// Token for token under greedy.
    Greedy,
    No,
}

#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct Info {
    pub id: &'static str,
    pub title: &'static str,
    pub family: Family,
    pub lossless: Lossless,
    /// Roles beside `target` that must be loaded, or `ngrams` for the tables beside it.
    pub needs: &'static [&'static str],
    /// Authors, year, title and arXiv number.
    pub source: &'static str,
    /// The documentation page, Markdown; its `pseudo` block is what `Session::line` counts.
    #[serde(skip)]
    pub page: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Continue,
    Finished,
}

#[allow(async_fn_in_trait)] // One thread: a browser worker.
pub trait Method: Sized + 'static {
    const INFO: Info;
    /// Whether `Session::timings` of all its models shall be measured before a run.
    const READS_TIMINGS: bool = false;
    /// Whether a run may have several prompts, each a lane of its own.
    const SEVERAL_PROMPTS: bool = false;
    /// Derive with `#[serde(default, deny_unknown_fields)]`; ranges and help text go to the page.
    type Params: Serialize + DeserializeOwned + JsonSchema + Default;

    fn new(params: Self::Params) -> Result<Self>;

    /// One round: usually one pass of the target model.
    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress>;
}

/// `Method` behind a pointer, so that a list can hold all of them.
pub trait AnyMethod {
    fn step<'a>(&'a mut self, session: &'a mut Session<'_>) -> LocalFuture<'a, Result<Progress>>;
}

impl<M: Method> AnyMethod for M {
    fn step<'a>(&'a mut self, session: &'a mut Session<'_>) -> LocalFuture<'a, Result<Progress>> {
        Box::pin(Method::step(self, session))
    }
}

/// A method as pages and scripts see it.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Described {
    #[serde(flatten)]
    pub info: Info,
    /// Whether a run may have several prompts.
    pub several_prompts: bool,
    /// JSON Schema of the parameters, with defaults, ranges and help text.
    #[ts(type = "Record<string, unknown>")]
    pub schema: Value,
}

/// A method ready to run, and its parameters with the defaults filled in.
pub struct Built {
    pub method: Box<dyn AnyMethod>,
    pub params: Value,
}

pub struct Entry {
    pub info: Info,
    pub reads_timings: bool,
    /// Whether a run may have several prompts.
    pub several_prompts: bool,
    pub schema: fn() -> Schema,
    pub build: fn(&Value) -> Result<Built>,
}

impl Entry {
    pub const fn of<M: Method>() -> Self {
        Self {
            info: M::INFO,
            reads_timings: M::READS_TIMINGS,
            several_prompts: M::SEVERAL_PROMPTS,
            schema: || schema_for!(M::Params),
            build: build::<M>,
        }
    }

    pub fn described(&self) -> Described {
        let Self { info, several_prompts, schema, .. } = *self;
        Described { info, several_prompts, schema: schema().to_value() }
    }
}

fn build<M: Method>(given: &Value) -> Result<Built> {
    let complain = |reason: String| Error::Params { method: M::INFO.id.into(), reason };
    let given = if given.is_null() { &Value::Object(Default::default()) } else { given };
    schema::check(schema_for!(M::Params).as_value(), given).map_err(complain)?;
    let params: M::Params =
        serde_json::from_value(given.clone()).map_err(|error| complain(error.to_string()))?;
    let mut filled = serde_json::to_value(&params).expect("parameters are plain data");
    shorten_numbers(&mut filled);
    Ok(Built { method: Box::new(M::new(params)?), params: filled })
}

/// Writes an f32 such as 0.8 as 0.8 again, not as the f64 next to it.
fn shorten_numbers(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(shorten_numbers),
        Value::Array(items) => items.iter_mut().for_each(shorten_numbers),
        Value::Number(number) if number.is_f64() => {
            let short = number.as_f64().map(|it| (it as f32).to_string());
            if let Some(number) =
                short.and_then(|it| it.parse().ok()).and_then(serde_json::Number::from_f64)
            {
                *value = Value::Number(number);
            }
        }
        _ => {}
    }
}
