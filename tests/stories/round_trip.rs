//! Traces of the shipped models can be written, read and replayed.

use crate::{Stories, stories};
use cli::{arguments::Device, run::record};
use decoding::{check, methods::ALL};
use serde_json::Value;
use tests::request;

#[test]
fn recorded_traces_survive_their_file() {
    for entry in ALL {
        let Stories { mut models, times, prompts } = stories(entry, &["The frog said, \"Hello!\""]);
        let request = request(entry.info.id, Value::Null, &prompts[0], 12);
        let trace = record(request, &mut models, &times, Device::Cpu).expect("a run");
        let json = serde_json::to_string(&trace).expect("a trace is plain data");
        let read = check::read(&json).unwrap_or_else(|error| panic!("{}: {error}", trace.method));
        assert_eq!(read, trace, "{}", entry.info.id);
        assert_eq!(read.recorded.device, "cpu");
        assert!(!read.recorded.pass_ms.is_empty() && read.recorded.total_ms > 0.0);
        assert!(read.recorded.plain_ms_per_token > Some(0.0), "{}", entry.info.id);
    }
}
