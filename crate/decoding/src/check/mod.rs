//! Reading a trace that somebody else wrote: is it well formed, and does it replay?
//! Every complaint names the path of what is wrong, such as `events[12].grow.parent`.

mod compare;
mod replay;
mod shape;
mod versions;
pub use compare::{Difference, same_up_to_rounding};
pub use replay::replay;

use crate::{Error, Result, trace::Trace};
use serde_json::Value;

/// Reads a trace of any version from JSON and replays it. Errors: `Error::Trace` with the path of the first
/// thing that is wrong.
pub fn read(json: &str) -> Result<Trace> {
    let mut value: Value = serde_json::from_str(json)
        .map_err(|error| wrong("the file", format!("it is not JSON ({error})")))?;
    versions::migrate(&mut value, &versions::STEPS)?;
    let schema = schemars::schema_for!(Trace).to_value();
    shape::check(&schema, &value)?;
    let trace: Trace =
        serde_json::from_value(value).map_err(|error| wrong("the file", error.to_string()))?;
    replay(&trace)?;
    Ok(trace)
}

fn wrong(path: impl Into<String>, reason: impl Into<String>) -> Error {
    Error::Trace { path: path.into(), reason: reason.into() }
}

#[cfg(test)]
mod tests;
