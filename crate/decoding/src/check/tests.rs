use super::*;
use crate::trace::{Event, VERSION};
use crate::{
    run::{Decoding, Request},
    session::{DRAFT, Models},
    toy,
};
use serde_json::json;

/// T4 with its draft: eight tokens by speculative decoding, accepted and rejected guesses in it.
fn recorded() -> Trace {
    let mut models = Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft());
    let request = Request {
        method: "speculative-decoding".into(),
        params: json!({ "temperature": 1.0 }),
        prompt: vec![0, 1],
        seed: 7,
        max_new_tokens: 8,
    };
    let mut decoding = Decoding::start(request, &mut models).unwrap();
    futures_lite::future::block_on(decoding.finish(&mut models)).unwrap();
    decoding.trace(&models)
}

/// The complaint about the recorded trace after `spoil` has been at it.
fn complaint(spoil: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::to_value(recorded()).unwrap();
    spoil(&mut value);
    read(&value.to_string()).expect_err("the trace was spoilt").to_string()
}

/// The index of the first event of this kind at or after `from`.
fn find(trace: &Value, kind: &str, from: usize) -> usize {
    let events = trace["events"].as_array().unwrap();
    from + events[from..].iter().position(|it| it["kind"] == kind).expect("an event of this kind")
}

#[test]
fn a_recorded_trace_is_read_back_as_it_was() {
    let trace = recorded();
    let read = read(&serde_json::to_string(&trace).unwrap()).unwrap();
    assert_eq!(read, trace);
    assert_eq!(same_up_to_rounding(&read, &trace, 0.0), Ok(()));
}

#[test]
fn replay_rebuilds_the_text() {
    let trace = recorded();
    let forest = replay(&trace).unwrap();
    let head = forest.lane(crate::LaneId::MAIN).head;
    assert_eq!(forest.tokens(head), [&trace.prompt_tokens[..], &trace.tokens[..]].concat());
}

#[test]
fn a_certain_row_can_be_written_and_read() {
    let mut models = Models::new(toy::f5());
    let request = Request {
        method: "basic-sampling".into(),
        params: json!({ "temperature": 0 }),
        prompt: vec![0, 1],
        seed: 0,
        max_new_tokens: 4,
    };
    let mut decoding = Decoding::start(request, &mut models).unwrap();
    futures_lite::future::block_on(decoding.finish(&mut models)).unwrap();
    let trace = decoding.trace(&models);
    assert_eq!(read(&serde_json::to_string(&trace).unwrap()).unwrap(), trace);
}

#[test]
fn a_file_of_every_version_up_to_this_one_is_read() {
    for version in 1..=VERSION {
        let file = format!("{}/../../tests/versions/{version}.json", env!("CARGO_MANIFEST_DIR"));
        let json = std::fs::read_to_string(&file).expect("a trace of each version was kept");
        assert_eq!(read(&json).unwrap().version, VERSION);
    }
}

#[test]
fn an_older_version_is_brought_up_step_by_step() {
    let steps: [versions::Step; 2] = [
        |trace| trace["second"] = trace["version"].clone(),
        |trace| trace["third"] = trace["version"].clone(),
    ];
    let mut first = json!({ "version": 1 });
    versions::migrate(&mut first, &steps).unwrap();
    assert_eq!(first, json!({ "version": 3, "second": 1, "third": 2 }));
    let mut second = json!({ "version": 2 });
    versions::migrate(&mut second, &steps).unwrap();
    assert_eq!(second, json!({ "version": 3, "third": 2 }));
    for (none, said) in
        [(json!(4), "newer than 3"), (json!(0), "from 1 to 3"), (json!("1"), "\"1\"")]
    {
        let error = versions::migrate(&mut json!({ "version": none }), &steps).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn files_that_are_no_traces_are_told_apart() {
    let no_json = read("{\"version\": 1,").unwrap_err().to_string();
    assert!(no_json.contains("not JSON"), "{no_json}");
    let no_trace = read("{}").unwrap_err().to_string();
    assert!(no_trace.contains("at version: it is missing"), "{no_trace}");
    let newer = complaint(|it| it["version"] = json!(VERSION + 1));
    assert!(newer.contains("newer than 1"), "{newer}");
}

#[test]
fn misshapen_values_are_told_with_their_path() {
    let missing = complaint(|it| drop(it.as_object_mut().unwrap().remove("seed")));
    assert!(missing.ends_with("at seed: it is missing"), "{missing}");
    let parent = complaint(|it| it["events"][2]["index"] = json!("first"));
    assert!(parent.contains("at events[2].step.index: expected a whole number"), "{parent}");
    let kind = complaint(|it| it["events"][1]["kind"] = json!("grew"));
    assert!(kind.contains("at events[1].kind: expected one of \"step\","), "{kind}");
    let input = complaint(|it| it["events"][1]["input"] = json!({ "token": -1 }));
    assert!(input.contains("at events[1].grow.input.token: "), "{input}");
    let pair = complaint(|it| {
        let score = find(it, "score", 0);
        it["events"][score]["rows"][0]["top"][1] = json!([3]);
    });
    assert!(pair.contains(".score.rows[0].top[1]: expected 2 values, found 1"), "{pair}");
    let text = complaint(|it| it["vocabulary"]["1"] = json!([300]));
    assert!(text.contains("at vocabulary.1[0]: expected a whole number between 0"), "{text}");
}

#[test]
fn events_that_cannot_have_happened_are_told_with_their_path() {
    let orphan = complaint(|it| it["events"][1]["parent"] = json!(12));
    assert!(orphan.contains("at events[1].grow.parent: node 12 has not grown yet"), "{orphan}");
    let number = complaint(|it| it["events"][1]["node"] = json!(7));
    assert!(number.contains("at events[1].grow.node: "), "{number}");
    let pass = complaint(|it| {
        let score = find(it, "score", 0);
        it["events"][score]["pass"] = json!(3);
    });
    assert!(pass.contains("score.pass: expected 0, found 3"), "{pass}");
    let sum = complaint(|it| {
        let sample = find(it, "sample", 0);
        it["events"][sample]["stages"][0]["rest"] = json!(0.00001);
    });
    assert!(sum.contains("sample.stages[0]: its probabilities sum to 1.0000"), "{sum}");
    let outside = complaint(|it| {
        let sample = find(it, "sample", 0);
        let end = it["events"][sample]["span"][1].as_f64().unwrap();
        it["events"][sample]["u"] = json!(if end < 0.9 { end + 0.01 } else { 0.0 });
    });
    assert!(outside.contains("sample.u: "), "{outside}");
    let leap = complaint(|it| {
        let first = find(it, "commit", 0);
        let second = find(it, "commit", first + 1);
        it["events"].as_array_mut().unwrap().remove(first);
        assert_eq!(find(it, "commit", first), second - 1);
    });
    assert!(leap.contains("commit.nodes[0]: node "), "{leap}");
    assert!(leap.contains("does not follow node 1"), "{leap}");
    let grave = complaint(|it| {
        let prune = find(it, "prune", 0);
        let buried = it["events"][prune]["nodes"][0].clone();
        let grow = find(it, "grow", prune);
        it["events"][grow]["parent"] = buried;
    });
    assert!(grave.contains("was pruned before"), "{grave}");
    let committed = complaint(|it| {
        let prune = find(it, "prune", 0);
        it["events"][prune]["nodes"] = json!([1]);
    });
    assert!(committed.contains("prune.nodes[0]: node 1 is part of the text"), "{committed}");
}

#[test]
fn texts_that_the_events_do_not_say_are_told_with_their_path() {
    let answer = complaint(|it| {
        let other = (it["tokens"][3].as_u64().unwrap() + 1) % 4;
        it["tokens"][3] = json!(other);
    });
    assert!(answer.contains("at tokens[3]: expected token"), "{answer}");
    let short = complaint(|it| drop(it["tokens"].as_array_mut().unwrap().pop()));
    assert!(short.contains("at tokens: the events make 8 tokens, found 7"), "{short}");
    let prompt = complaint(|it| it["prompt_tokens"][0] = json!(3));
    assert!(prompt.contains("at prompt_tokens[0]"), "{prompt}");
    let word = complaint(|it| drop(it["vocabulary"].as_object_mut().unwrap().remove("1")));
    assert!(word.contains("token 1 has no entry"), "{word}");
    let times = complaint(|it| it["recorded"]["pass_ms"] = json!([1.0]));
    assert!(times.contains("at recorded.pass_ms: expected one for each"), "{times}");
}

#[test]
fn traces_may_differ_in_the_last_digits_only() {
    let trace = recorded();
    let mut other = trace.clone();
    other.recorded.device = "webgpu".into();
    let place = other.events.iter().position(|it| matches!(it, Event::Sample { .. })).unwrap();
    if let Event::Sample { prob, .. } = &mut other.events[place] {
        *prob += 5e-5;
    }
    assert_eq!(same_up_to_rounding(&trace, &other, 1e-4), Ok(()));
    let difference = same_up_to_rounding(&trace, &other, 1e-5).unwrap_err();
    assert_eq!(difference.path, format!("events[{place}].prob"));
    other.tokens[2] += 1;
    assert_eq!(same_up_to_rounding(&trace, &other, 1e-4).unwrap_err().path, "tokens[2]");
    other = trace.clone();
    other.events.pop();
    assert_eq!(same_up_to_rounding(&trace, &other, 1e-4).unwrap_err().path, "length of events");
}

#[test]
fn the_examples_of_the_format_page_are_events() {
    let page = include_str!("../../../trace-format.md");
    let blocks: Vec<_> =
        page.split("```json\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    let kinds: std::collections::BTreeSet<_> = blocks
        .iter()
        .map(|json| {
            let event: Event =
                serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
            serde_json::to_value(event).unwrap()["kind"].to_string()
        })
        .collect();
    assert_eq!(kinds.len(), 12, "{kinds:?}");
}
