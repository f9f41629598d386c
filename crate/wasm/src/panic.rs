//! A panic traps the module and leaves its promises pending for ever. The hook writes down what
//! happened where the worker can find it: `globalThis.decodescopePanic`.

use wasm_bindgen::JsValue;

pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let (name, message) = ("decodescopePanic".into(), info.to_string());
        // A frozen global object would refuse; the console still has the message then.
        let _ = js_sys::Reflect::set(&js_sys::global(), &name, &JsValue::from_str(&message));
        console_error_panic_hook::hook(info);
    }));
}
