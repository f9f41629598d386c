//! Reading a trace that somebody else wrote: is it well formed, and does it replay?
//! Every complaint names the path of what is wrong, such as `events[12].grow.parent`.

mod compare;
mod replay;
mod shape;
pub use compare::{Difference, same_up_to_rounding};
pub use replay::replay;

use crate::{
    Error, Result,
    trace::{Trace, VERSION},
};
use serde_json::Value;

/// Reads a trace from JSON and replays it. Errors: `Error::Trace` with the path of the first
/// thing that is wrong.
pub fn read(json: &str) -> Result<Trace> {
    let value: Value = serde_json::from_str(json)
        .map_err(|error| wrong("the file", format!("it is not JSON ({error})")))?;
    check_version(&value)?;
    let schema = schemars::schema_for!(Trace).to_value();
    shape::check(&schema, &value)?;
    let trace: Trace =
        serde_json::from_value(value).map_err(|error| wrong("the file", error.to_string()))?;
    replay(&trace)?;
    Ok(trace)
}

fn check_version(trace: &Value) -> Result<()> {
    match &trace["version"] {
        Value::Null => Err(wrong("version", "it is missing; is this a trace?")),
        Value::Number(it) if it.as_u64() == Some(VERSION.into()) => Ok(()),
        Value::Number(it) if it.as_u64() > Some(VERSION.into()) => Err(wrong(
            "version",
            format!(
                "it is {it}, newer than {VERSION}, the newest that is understood here; update \
                 Decodescope to read it"
            ),
        )),
        other => Err(wrong("version", format!("expected {VERSION}, found {other}"))),
    }
}

fn wrong(path: impl Into<String>, reason: impl Into<String>) -> Error {
    Error::Trace { path: path.into(), reason: reason.into() }
}

#[cfg(test)]
mod tests;
