//! What a method's schema allows, one parameter at a time.

use decoding::method::Entry;
use serde_json::{Map, Value, json};

/// One parameter of a method.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    /// Its schema, references followed.
    pub schema: Value,
}

/// All parameters of a method, in the schema's order.
pub fn of(entry: &Entry) -> Vec<Parameter> {
    let schema = entry.described().schema;
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let resolved = |property: &Value| match property["$ref"].as_str() {
        Some(path) => schema.pointer(path.trim_start_matches('#')).unwrap_or(property).clone(),
        None => property.clone(),
    };
    properties
        .iter()
        .map(|(name, it)| Parameter { name: name.clone(), schema: resolved(it) })
        .collect()
}

impl Parameter {
    /// The choices of an enum or a switch.
    pub fn choices(&self) -> Vec<Value> {
        if self.schema["type"] == "boolean" {
            return vec![json!(false), json!(true)];
        }
        if let Some(choices) = self.schema["enum"].as_array() {
            return choices.clone();
        }
        let constants = self.schema["oneOf"].as_array().into_iter().flatten();
        constants.filter_map(|it| it.get("const").cloned()).collect()
    }

    /// The two ends of a numeric range.
    pub fn ends(&self) -> Vec<Value> {
        ["minimum", "maximum"].iter().filter_map(|end| self.end(end)).collect()
    }

    /// Values just outside the range.
    pub fn outside(&self) -> Vec<Value> {
        let beyond = |end, step: f64| {
            let value = self.schema[end].as_f64()? + step;
            Some(if self.is_whole() { json!(value as i64) } else { json!(value) })
        };
        [beyond("minimum", -1.0), beyond("maximum", 1.0)].into_iter().flatten().collect()
    }

    pub fn is_whole(&self) -> bool {
        self.schema["type"] == "integer"
    }

    pub fn is_number(&self) -> bool {
        self.is_whole() || self.schema["type"] == "number"
    }

    fn end(&self, end: &str) -> Option<Value> {
        let value = self.schema[end].as_f64()?;
        Some(if self.is_whole() { json!(value as i64) } else { json!(value) })
    }

    /// Parameters in which only this one is set.
    pub fn set(&self, value: Value) -> Value {
        Value::Object(Map::from_iter([(self.name.clone(), value)]))
    }
}
