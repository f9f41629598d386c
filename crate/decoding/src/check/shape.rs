//! Holds a JSON value against the JSON Schema of traces. Covers the words of schema that our own
//! types need, not the whole language; unlike serde it knows where inside an event it stands.

use super::wrong;
use crate::Result;
use serde_json::{Map, Value};

/// Complains about the first value that the schema does not allow.
pub(super) fn check(schema: &Value, value: &Value) -> Result<()> {
    Shape { root: schema }.check(schema, value, "")
}

struct Shape<'a> {
    /// Holds the definitions that `$ref` names.
    root: &'a Value,
}

impl Shape<'_> {
    fn check(&self, schema: &Value, value: &Value, path: &str) -> Result<()> {
        let schema = self.resolve(schema);
        if let Some(branches) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            return self.check_choice(branches, value, path);
        }
        if let Some(constant) = schema.get("const")
            && constant != value
        {
            return Err(wrong(path, format!("expected {constant}, found {}", short(value))));
        }
        if let Some(kind) = expected(schema)
            && !fits(schema, value)
        {
            return Err(wrong(path, format!("expected {kind}, found {}", short(value))));
        }
        match value {
            Value::Object(fields) => self.check_fields(schema, fields, path),
            Value::Array(items) => self.check_items(schema, items, path),
            _ => Ok(()),
        }
    }

    fn resolve<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let path = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
        path.and_then(|path| self.root.pointer(path)).unwrap_or(schema)
    }

    /// One of several shapes: complains from inside the one that was meant.
    fn check_choice(&self, branches: &[Value], value: &Value, path: &str) -> Result<()> {
        if branches.iter().any(|branch| self.check(branch, value, path).is_ok()) {
            return Ok(());
        }
        let kind = |branch: &Value| branch["properties"]["kind"]["const"].clone();
        if branches.iter().all(|branch| kind(branch).is_string()) {
            let said = &value["kind"];
            let Some(branch) = branches.iter().find(|branch| kind(branch) == *said) else {
                let known: Vec<_> = branches.iter().map(|it| kind(it).to_string()).collect();
                let reason = format!("expected one of {}, found {}", known.join(", "), short(said));
                return Err(wrong(join(path, "kind"), reason));
            };
            return self.check(branch, value, &join(path, said.as_str().unwrap_or_default()));
        }
        let meant = branches.iter().find(|branch| {
            let branch = self.resolve(branch);
            branch["type"] != "null" && fits(branch, value) && has_required(branch, value)
        });
        if let Some(meant) = meant {
            return self.check(meant, value, path);
        }
        let known: Vec<_> =
            branches.iter().filter_map(|branch| expected(self.resolve(branch))).collect();
        Err(wrong(path, format!("expected {}, found {}", known.join(" or "), short(value))))
    }

    fn check_fields(&self, schema: &Value, fields: &Map<String, Value>, path: &str) -> Result<()> {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(wrong(join(path, name), "it is missing"));
            }
        }
        for (name, value) in fields {
            let path = join(path, name);
            let digits = || name.parse::<u32>().is_ok();
            let numbered = schema["patternProperties"].get("^\\d+$").filter(|_| digits());
            match (schema["properties"].get(name).or(numbered), &schema["additionalProperties"]) {
                (Some(property), _) => self.check(property, value, &path)?,
                (None, Value::Bool(false)) => return Err(wrong(path, "nothing is called so here")),
                (None, Value::Object(_)) => {
                    self.check(&schema["additionalProperties"], value, &path)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_items(&self, schema: &Value, items: &[Value], path: &str) -> Result<()> {
        let first = schema["prefixItems"].as_array();
        if let Some(first) = first
            && first.len() != items.len()
        {
            let reason = format!("expected {} values, found {}", first.len(), items.len());
            return Err(wrong(path, reason));
        }
        for (index, item) in items.iter().enumerate() {
            let schema = first.and_then(|it| it.get(index)).or(schema.get("items"));
            if let Some(schema) = schema {
                self.check(schema, item, &format!("{path}[{index}]"))?;
            }
        }
        Ok(())
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What a schema wants, in words; nothing when it takes anything.
fn expected(schema: &Value) -> Option<String> {
    if let Some(constant) = schema.get("const") {
        return Some(constant.to_string());
    }
    let words: Vec<_> = kinds(schema)
        .into_iter()
        .map(|kind| match kind {
            "integer" => match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
                (Some(min), Some(max)) => format!("a whole number between {min} and {max}"),
                _ => "a whole number from 0".to_owned(),
            },
            "number" => "a number".into(),
            "string" => "a text".into(),
            "array" => "a list".into(),
            "object" => "an object".into(),
            kind => kind.to_owned(),
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" or "))
}

fn fits(schema: &Value, value: &Value) -> bool {
    kinds(schema).iter().any(|kind| match *kind {
        "integer" => value.as_u64().is_some_and(|it| {
            let max = match schema["format"].as_str() {
                Some("uint32") => u64::from(u32::MAX),
                _ => u64::MAX,
            };
            it <= schema["maximum"].as_u64().unwrap_or(max)
        }),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => true,
    })
}

fn has_required(schema: &Value, value: &Value) -> bool {
    let required = schema["required"].as_array();
    required.into_iter().flatten().filter_map(Value::as_str).all(|it| value.get(it).is_some())
}

/// A value short enough to quote.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
