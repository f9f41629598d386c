//! Checks parameters against their JSON Schema before serde reads them, so that a mistake is
//! told in the reader's words: names, ranges, choices. Covers the flat schemas of methods only.

use serde_json::Value;

/// The first thing wrong with `given`, or nothing.
pub fn check(schema: &Value, given: &Value) -> Result<(), String> {
    let Some(given) = given.as_object() else {
        return Err(format!("expected an object like {{\"temperature\": 0.8}}, found {given}"));
    };
    let empty = serde_json::Map::new();
    let known = schema["properties"].as_object().unwrap_or(&empty);
    for (name, value) in given {
        let Some(property) = known.get(name) else {
            let names: Vec<_> = known.keys().map(String::as_str).collect();
            let names = if names.is_empty() { "none".into() } else { names.join(", ") };
            return Err(format!("there is no parameter {name:?}; the parameters are: {names}"));
        };
        check_value(name, resolve(schema, property), value)?;
    }
    Ok(())
}

/// Follows a `$ref` into the schema's definitions.
fn resolve<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    match property["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(path) => schema.pointer(path).unwrap_or(property),
        None => property,
    }
}

fn check_value(name: &str, property: &Value, value: &Value) -> Result<(), String> {
    if let Some(choices) = property["enum"].as_array().cloned().or_else(|| constants(property)) {
        if !choices.contains(value) {
            let choices: Vec<_> = choices.iter().map(Value::to_string).collect();
            return Err(format!("{name:?} must be one of {}, not {value}", choices.join(", ")));
        }
        return Ok(());
    }
    let kinds: Vec<&str> = match &property["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let fits = |kind: &&str| match *kind {
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        _ => true,
    };
    if !kinds.iter().any(fits) {
        let kind = kinds.join(" or ").replace("integer", "whole number");
        return Err(format!("{name:?} must be a {kind}, not {value}"));
    }
    if let Some(number) = value.as_f64() {
        let (min, max) = (property["minimum"].as_f64(), property["maximum"].as_f64());
        if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
            let range = match (min, max) {
                (Some(min), Some(max)) => format!("between {min} and {max}"),
                (Some(min), None) => format!("at least {min}"),
                (None, max) => format!("at most {}", max.unwrap_or_default()),
            };
            return Err(format!("{name:?} must be {range}, not {value}"));
        }
    }
    Ok(())
}

/// The choices of an enum whose variants have doc comments (`oneOf` of constants).
fn constants(property: &Value) -> Option<Vec<Value>> {
    property["oneOf"].as_array()?.iter().map(|it| it.get("const").cloned()).collect()
}
