//! The events alone rebuild the forest and the texts, and the same request gives the same events.

use decoding::{
    LaneId, check,
    method::Lossless,
    methods::ALL,
    trace::{Event, Trace},
};
use serde_json::json;
use std::collections::BTreeSet;
use tests::{request, run, toys::*, with_temperature};

fn traces(seed: u32) -> impl Iterator<Item = Trace> {
    ALL.iter().flat_map(move |entry| {
        TARGETS.into_iter().flat_map(move |target| {
            DRAFTS.into_iter().map(move |draft| {
                let mut request = request(entry.info.id, json!({}), &[1, 0, 1], 20);
                request.seed = seed;
                run(request, &mut models(entry, target, draft)).expect("a run")
            })
        })
    })
}

#[test]
fn events_rebuild_the_forest_and_the_text() {
    for trace in traces(11) {
        let json = serde_json::to_string(&trace).expect("a trace is plain data");
        let read = check::read(&json).unwrap_or_else(|error| panic!("{}: {error}", trace.method));
        assert_eq!(read, trace, "{}", trace.method);
        let forest = check::replay(&read).expect("it was just replayed");
        let head = forest.lane(LaneId::MAIN).head;
        let whole = [trace.prompt_tokens.as_slice(), &trace.tokens].concat();
        assert_eq!(forest.tokens(head), whole, "{}", trace.method);
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for (one, two) in traces(3).zip(traces(3)) {
        assert_eq!(one, two, "{}", one.method);
    }
}

/// A run may not depend on what the models read before it.
#[test]
fn a_run_leaves_nothing_behind_for_the_next() {
    for entry in ALL {
        let mut models = models(entry, Target::Random { vocab: 31, seed: 3 }, Draft::Differs);
        let again = request(entry.info.id, json!({}), &[4, 5], 15);
        let first = run(again.clone(), &mut models).expect("a run");
        run(request(entry.info.id, json!({}), &[9, 8, 7, 6], 9), &mut models).expect("a run");
        assert_eq!(run(again, &mut models).expect("a run"), first, "{}", entry.info.id);
    }
}

#[test]
fn methods_that_draw_answer_differently_to_different_seeds() {
    for entry in ALL {
        let traces = (0..5).map(|seed| {
            let params = with_temperature(entry, json!({}), 1.5);
            let mut request = request(entry.info.id, params, &[4], 30);
            request.seed = seed;
            let target = Target::Random { vocab: 31, seed: 3 };
            run(request, &mut models(entry, target, Draft::Differs)).expect("a run")
        });
        let traces: Vec<Trace> = traces.collect();
        let draws = |event: &Event| matches!(event, Event::Sample { u: Some(_), .. });
        let drawn = traces.iter().any(|it| it.events.iter().any(draws));
        let texts: BTreeSet<_> = traces.into_iter().map(|it| it.tokens).collect();
        assert_eq!(drawn, texts.len() > 1, "{} gives {} texts", entry.info.id, texts.len());
        assert!(drawn || entry.info.lossless != Lossless::Distribution, "{}", entry.info.id);
    }
}
