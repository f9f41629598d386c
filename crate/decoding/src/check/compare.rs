//! Are two traces the same, but for the last digits of their numbers?

use crate::trace::Trace;
use serde_json::Value;

/// The first place where two traces differ.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{path}: {left} and {right}")]
pub struct Difference {
    pub path: String,
    pub left: String,
    pub right: String,
}

/// Compares all but `recorded`. Whole numbers, names and texts must agree; two other numbers may
/// differ by `tolerance`, or by `tolerance` times the larger where that is above 1. The sentence
/// of a note is compared through its values, since it quotes their digits.
pub fn same_up_to_rounding(a: &Trace, b: &Trace, tolerance: f64) -> Result<(), Difference> {
    let plain = |trace: &Trace| {
        let mut value = serde_json::to_value(trace).expect("a trace is plain data");
        value.as_object_mut().expect("a trace is an object").remove("recorded");
        value
    };
    compare(&plain(a), &plain(b), tolerance, "")
}

fn compare(a: &Value, b: &Value, tolerance: f64, path: &str) -> Result<(), Difference> {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) if x.is_f64() && y.is_f64() => {
            let (x, y) = (x.as_f64().unwrap_or(f64::NAN), y.as_f64().unwrap_or(f64::NAN));
            let allowed = tolerance * x.abs().max(y.abs()).max(1.0);
            if (x - y).abs() <= allowed { Ok(()) } else { Err(difference(a, b, path)) }
        }
        (Value::Array(left), Value::Array(right)) => {
            for (index, (a, b)) in left.iter().zip(right).enumerate() {
                compare(a, b, tolerance, &format!("{path}[{index}]"))?;
            }
            if left.len() == right.len() {
                return Ok(());
            }
            let (left, right) = (left.len().into(), right.len().into());
            Err(difference(&left, &right, &format!("length of {path}")))
        }
        (Value::Object(left), Value::Object(right)) => {
            let note = left.get("kind").is_some_and(|kind| kind == "note");
            for name in left.keys().chain(right.keys()) {
                let (a, b) = (&a[name], &b[name]);
                if !(note && name == "text" && a.is_string() && b.is_string()) {
                    let dot = if path.is_empty() { "" } else { "." };
                    compare(a, b, tolerance, &format!("{path}{dot}{name}"))?;
                }
            }
            Ok(())
        }
        _ if a == b => Ok(()),
        _ => Err(difference(a, b, path)),
    }
}

fn difference(a: &Value, b: &Value, path: &str) -> Difference {
    Difference { path: path.into(), left: a.to_string(), right: b.to_string() }
}
