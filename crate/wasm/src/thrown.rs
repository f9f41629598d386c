//! Rust's values and errors as JavaScript sees them.

use decoding::Error;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

/// `{code, message}`.
pub fn thrown(error: Error) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in [("code", error.code().to_owned()), ("message", error.to_string())] {
        js_sys::Reflect::set(&object, &name.into(), &value.into())
            .expect("a fresh object takes properties");
    }
    object.into()
}

/// Plain data as JavaScript objects. Goes through JSON text, so that an f32 such as 0.8 reads
/// 0.8 in the browser too: traces are then equal, digit by digit, to those of the command line.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value)
        .map_err(|error| thrown(Error::Model(format!("cannot write the result: {error}"))))?;
    js_sys::JSON::parse(&text)
}

/// A request of the page. Its numbers are f64 on both sides already.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| thrown(Error::Params { method: "run".into(), reason: error.to_string() }))
}
