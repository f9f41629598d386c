//! Runs end: at the length, at the end token, at the end of the context.

use decoding::{
    LaneId, TokenId, check,
    method::Lossless,
    methods::ALL,
    session::Models,
    trace::{Event, FinishReason, Trace},
};
use serde_json::json;
use tests::{at_zero, greedy, lossless, request, run, toys::*};

const TARGET: Target = Target::Random { vocab: 13, seed: 8 };

/// Why the answer ends; `None` when it never began.
fn reason(trace: &Trace) -> Option<FinishReason> {
    let forest = check::replay(trace).expect("a valid trace");
    let answer = forest.lane(LaneId::MAIN).head;
    trace.events.iter().rev().find_map(|event| match event {
        Event::Finish { node, reason, .. } if *node == answer => Some(*reason),
        _ => None,
    })
}

#[test]
fn runs_end_at_the_length_that_was_asked_for() {
    for entry in ALL {
        for length in [0, 1, 2, 7] {
            for draft in DRAFTS {
                let request = request(entry.info.id, json!({}), &[1, 2], length);
                let trace = run(request, &mut models(entry, TARGET, draft)).expect("a run");
                let id = entry.info.id;
                assert!(trace.tokens.len() <= length as usize, "{id}: {:?}", trace.tokens);
                if entry.info.lossless != Lossless::No {
                    assert_eq!(trace.tokens.len(), length as usize, "{id}");
                }
                let ended = if length == 0 { None } else { Some(FinishReason::Length) };
                if entry.info.lossless != Lossless::No {
                    assert_eq!(reason(&trace), ended, "{id}");
                }
            }
        }
    }
}

#[test]
fn no_token_follows_an_end_token() {
    let mut ended = 0;
    for entry in ALL {
        for draft in DRAFTS {
            for end in 0..13 {
                let mut models = shaped(entry, TARGET, draft, |toy| toy.with_end(end));
                for first in 0..13 {
                    let request =
                        request(entry.info.id, at_zero(entry, json!({})), &[end, first], 12);
                    let trace = run(request, &mut models).expect("a run");
                    let stop = trace.tokens.iter().position(|&token| token == end);
                    let (id, tokens) = (entry.info.id, &trace.tokens);
                    for other in &trace.outputs {
                        let stop = other.tokens.iter().position(|&token| token == end);
                        assert!(stop.is_none_or(|it| it + 1 == other.tokens.len()), "{id}");
                    }
                    assert!(stop.is_none_or(|it| it + 1 == tokens.len()), "{id}: {tokens:?}");
                    if stop.is_some() {
                        assert_eq!(reason(&trace), Some(FinishReason::EndToken), "{id}");
                        ended += 1;
                    }
                }
            }
        }
    }
    assert!(ended > 100, "only {ended} runs met their end token");
}

/// Also where the end token is one of several accepted guesses.
#[test]
fn lossless_methods_end_where_greedy_ends() {
    for entry in lossless() {
        for draft in DRAFTS {
            for end in 0..13 {
                let mut models = shaped(entry, TARGET, draft, |toy| toy.with_end(end));
                for first in 0..13 {
                    let expected = greedy(&[first], 12, &mut models);
                    let request = request(entry.info.id, at_zero(entry, json!({})), &[first], 12);
                    let tokens = run(request, &mut models).expect("a run").tokens;
                    assert_eq!(tokens, expected, "{} with the end {end}", entry.info.id);
                }
            }
        }
    }
}

#[test]
fn runs_end_when_the_context_is_full() {
    for entry in ALL {
        for room in [1, 2, 5] {
            for draft in DRAFTS {
                let prompt: [TokenId; 3] = [1, 2, 3];
                let small = |toy: decoding::toy::Toy| toy.with_context(prompt.len() + room);
                let mut models: Models = shaped(entry, TARGET, draft, small);
                let params = at_zero(entry, json!({}));
                let trace =
                    run(request(entry.info.id, params, &prompt, 40), &mut models).expect("a run");
                let id = entry.info.id;
                assert!(trace.tokens.len() <= room, "{id}: {:?}", trace.tokens);
                deepest_fits(&trace, prompt.len() + room);
                if entry.info.lossless != Lossless::No {
                    assert_eq!(trace.tokens, greedy(&prompt, 40, &mut models), "{id}");
                    assert_eq!(reason(&trace), Some(FinishReason::Context), "{id}");
                }
            }
        }
    }
}

/// No pass reads a position beyond the context.
fn deepest_fits(trace: &Trace, context_len: usize) {
    let forest = check::replay(trace).expect("a valid trace");
    for event in &trace.events {
        if let Event::Score { nodes, .. } = event {
            for &node in nodes {
                let depth = forest[node].depth as usize;
                assert!(depth < context_len, "{} scores position {depth}", trace.method);
            }
        }
    }
}
