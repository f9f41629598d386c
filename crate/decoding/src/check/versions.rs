//! Traces of older versions, made into traces of this one before they are checked. The same steps
//! stand in `web/trace/migrate.ts`.

use super::wrong;
use crate::{Result, trace::VERSION};
use serde_json::Value;

pub(super) type Step = fn(&mut Value);

/// Entry n makes a trace of version n + 1 one of version n + 2.
pub(super) const STEPS: [Step; VERSION as usize - 1] = [];

/// Brings a trace to the version that `steps` lead to. Errors: a newer version, or none.
pub(super) fn migrate(trace: &mut Value, steps: &[Step]) -> Result<()> {
    let newest = steps.len() as u64 + 1;
    let version = match &trace["version"] {
        Value::Null => return Err(wrong("version", "it is missing; is this a trace?")),
        Value::Number(it) if it.as_u64() > Some(newest) => {
            return Err(wrong(
                "version",
                format!(
                    "it is {it}, newer than {newest}, the newest that is understood here; update \
                     Decodescope to read it"
                ),
            ));
        }
        Value::Number(it) if it.as_u64() > Some(0) => it.as_u64().unwrap_or_default(),
        other => {
            let reason = format!("expected a version from 1 to {newest}, found {other}");
            return Err(wrong("version", reason));
        }
    };
    for (at, step) in (version + 1..).zip(&steps[version as usize - 1..]) {
        step(trace);
        trace["version"] = at.into();
    }
    Ok(())
}
