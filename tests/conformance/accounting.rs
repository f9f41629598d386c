//! The books must balance: what is committed is the text, and no more was kept than guessed.

use decoding::{
    NodeId,
    method::{Entry, Lossless},
    methods::ALL,
    session::TARGET,
    trace::*,
};
use serde_json::json;
use std::collections::BTreeSet;
use tests::{request, run, toys::*};

fn each_trace(mut look: impl FnMut(&Entry, &Trace)) {
    for entry in ALL {
        for target in TARGETS {
            for draft in DRAFTS {
                let request = request(entry.info.id, json!({}), &[0, 1], 25);
                let trace = run(request, &mut models(entry, target, draft)).expect("a run");
                look(entry, &trace);
            }
        }
    }
}

#[test]
fn committed_nodes_are_the_answer() {
    each_trace(|entry, trace| {
        let committed = trace.events.iter().map(|event| match event {
            Event::Commit { nodes, .. } => nodes.len(),
            _ => 0,
        });
        assert_eq!(committed.sum::<usize>(), trace.tokens.len(), "{}", entry.info.id);
    });
}

#[test]
fn no_node_is_accepted_that_was_not_guessed() {
    each_trace(|entry, trace| {
        let mut guessed = BTreeSet::new();
        let mut accepted = BTreeSet::new();
        for event in &trace.events {
            match event {
                Event::Grow { node, by, .. } if by != "prompt" => drop(guessed.insert(*node)),
                Event::Judge { node, accepted: true, .. } => {
                    assert!(guessed.contains(node), "{}", entry.info.id);
                    assert!(accepted.insert(*node), "{} accepts {node:?} twice", entry.info.id);
                }
                _ => {}
            }
        }
    });
}

/// A round of a lossless method passes the target at least once, and emits at least one token
/// and at most one more than its guesses are deep.
#[test]
fn rounds_emit_between_one_token_and_their_depth_plus_one() {
    each_trace(|entry, trace| {
        if entry.info.lossless == Lossless::No {
            return;
        }
        for round in trace.events.split(|it| matches!(it, Event::Step { .. })).skip(1) {
            let passes =
                |event: &&Event| matches!(event, Event::Score { role, .. } if role == TARGET);
            assert!(round.iter().filter(passes).count() >= 1, "{}", entry.info.id);
            let emitted: Vec<_> = round
                .iter()
                .filter_map(|event| match event {
                    Event::Commit { nodes, .. } => Some(nodes),
                    _ => None,
                })
                .flatten()
                .collect();
            assert!(!emitted.is_empty(), "a round of {} emits nothing", entry.info.id);
            // The target adds one token of its own; all others were guesses in this trace.
            let own = emitted.iter().filter(|node| targets_own(trace, ***node)).count();
            assert!(own <= 1, "a round of {} emits {own} of the target's", entry.info.id);
        }
    });
}

fn targets_own(trace: &Trace, node: NodeId) -> bool {
    trace.events.iter().any(|event| match event {
        Event::Grow { node: it, by, .. } => {
            *it == node && matches!(by.as_str(), "target" | "recovered" | "bonus")
        }
        _ => false,
    })
}
