//! Several prompts in one run: each gets the text it would get alone, and the trace names them all.

use decoding::{
    Error, LaneId, TokenId, check,
    method::{Entry, Lossless},
    methods::ALL,
    trace::{Event, FinishReason},
};
use serde_json::json;
use tests::{at_zero, greedy, parameters, request, run, run_lanes, toys::*};

const TOKENS: u32 = 20;

fn batches() -> impl Iterator<Item = &'static Entry> {
    ALL.iter().filter(|it| it.several_prompts)
}

/// Prompts of different lengths; the last one repeats the first.
fn prompts(vocab: usize) -> Vec<Vec<TokenId>> {
    let last = vocab as TokenId - 1;
    vec![vec![0, 1], vec![last], vec![1, 0, last, 0, 1, 1], vec![0, 1]]
}

#[test]
fn lossless_methods_give_each_prompt_its_own_greedy_text() {
    assert!(batches().count() > 0);
    for entry in batches().filter(|it| it.info.lossless != Lossless::No) {
        for target in TARGETS {
            for draft in DRAFTS {
                let prompts = prompts(target.vocab());
                let mut models = models(entry, target, draft);
                let params = at_zero(entry, json!({}));
                let asked = request(entry.info.id, params, &prompts[0], TOKENS);
                let trace = run_lanes(entry, asked, &prompts[1..], &mut models).expect("a run");
                let others = trace.outputs.iter().map(|it| &it.tokens);
                let texts: Vec<_> = std::iter::once(&trace.tokens).chain(others).collect();
                assert_eq!(texts.len(), prompts.len(), "{}", entry.info.id);
                for (prompt, text) in prompts.iter().zip(texts) {
                    let alone = greedy(prompt, TOKENS, &mut models);
                    assert_eq!(*text, alone, "{} on {target:?}, {draft:?}", entry.info.id);
                }
            }
        }
    }
}

#[test]
fn the_events_rebuild_every_prompt_and_every_text() {
    for entry in batches() {
        for parameter in parameters::of(entry) {
            for value in [parameter.ends(), parameter.choices()].concat() {
                let prompts = prompts(4);
                let asked = request(entry.info.id, parameter.set(value), &prompts[0], TOKENS);
                let mut models = models(entry, Target::T4, Draft::Differs);
                let trace = run_lanes(entry, asked, &prompts[1..], &mut models).expect("a run");
                let json = serde_json::to_string(&trace).expect("a trace is plain data");
                let forest = check::replay(&check::read(&json).expect("valid")).expect("valid");
                for (index, prompt) in prompts.iter().enumerate() {
                    let lane = forest.lane(LaneId(index as u32));
                    assert_eq!(lane.prompt_len as usize, prompt.len());
                    let text = forest.tokens(lane.head);
                    assert_eq!(text[..prompt.len()], prompt[..]);
                    assert_eq!(text.len(), prompt.len() + TOKENS as usize);
                }
                for (index, output) in trace.outputs.iter().enumerate() {
                    assert_eq!(forest[output.node].lane, LaneId(index as u32 + 1));
                }
            }
        }
    }
}

#[test]
fn every_prompt_ends_by_itself_and_is_left_alone_afterwards() {
    let (mut early, end) = (0, 3);
    for entry in batches() {
        for seed in 0..20 {
            let prompts = prompts(4);
            let mut asked = request(entry.info.id, json!({}), &prompts[0], TOKENS);
            asked.seed = seed;
            let mut models = shaped(entry, Target::T4, Draft::Differs, |toy| toy.with_end(end));
            let trace = run_lanes(entry, asked, &prompts[1..], &mut models).expect("a run");
            let forest = check::replay(&trace).expect("valid");
            let mut ended = vec![false; prompts.len()];
            for event in &trace.events {
                match event {
                    Event::Finish { node, reason, .. } => {
                        let lane = forest[*node].lane.0 as usize;
                        assert!(!std::mem::replace(&mut ended[lane], true), "ended twice");
                        early += u32::from(*reason == FinishReason::EndToken);
                    }
                    Event::Score { nodes, ancestors, .. } => {
                        for node in nodes.iter().chain(ancestors) {
                            let lane = forest[*node].lane.0 as usize;
                            assert!(!ended[lane], "{} reads on in lane {lane}", entry.info.id);
                        }
                    }
                    _ => {}
                }
            }
            assert!(ended.iter().all(|it| *it), "{}", entry.info.id);
        }
    }
    assert!(early > 20, "only {early} texts met their end token");
}

#[test]
fn methods_that_read_one_prompt_refuse_others_by_name() {
    let mut refused = 0;
    for entry in ALL.iter().filter(|it| !it.several_prompts) {
        let mut models = models(entry, Target::T4, Draft::Differs);
        let asked = request(entry.info.id, json!({}), &[0], TOKENS);
        match run_lanes(entry, asked, &[vec![1], vec![2]], &mut models) {
            Err(error @ Error::OnePrompt { .. }) => {
                let said = error.to_string();
                assert!(said.contains(entry.info.id) && said.contains('3'), "{said}");
                refused += 1;
            }
            other => panic!("{}: {:?}", entry.info.id, other.err()),
        }
    }
    assert!(refused > 10);
}

#[test]
fn further_prompts_are_checked_like_the_first() {
    for entry in batches() {
        for (prompt, code) in [(vec![], "empty_prompt"), (vec![0, 9], "unknown_token")] {
            let mut models = models(entry, Target::T4, Draft::Differs);
            let asked = request(entry.info.id, json!({}), &[0], TOKENS);
            let error = run_lanes(entry, asked, &[vec![1], prompt], &mut models).expect_err(code);
            assert_eq!(error.code(), code);
        }
    }
}

/// A batch of one is no special case.
#[test]
fn one_prompt_alone_is_a_batch_too() {
    for entry in batches() {
        let mut models = models(entry, Target::T4, Draft::Differs);
        let asked = request(entry.info.id, json!({}), &[0, 1], TOKENS);
        let trace = run(asked, &mut models).expect("a run");
        assert!(trace.outputs.is_empty());
        assert_eq!(trace.tokens.len(), TOKENS as usize);
    }
}
