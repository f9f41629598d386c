//! A method that promises it gives the target's own greedy text, whoever drafts.

use decoding::TokenId;
use serde_json::json;
use tests::{at_zero, greedy, lossless, request, run, toys::*};

const TOKENS: u32 = 30;

#[test]
fn lossless_methods_give_the_greedy_text_of_the_target() {
    for entry in lossless() {
        for target in TARGETS {
            for draft in DRAFTS {
                for last in 0..target.vocab().min(7) as TokenId {
                    let prompt = [1, last];
                    let mut models = models(entry, target, draft);
                    let expected = greedy(&prompt, TOKENS, &mut models);
                    assert_eq!(expected.len(), TOKENS as usize);
                    let params = at_zero(entry, json!({}));
                    let request = request(entry.info.id, params, &prompt, TOKENS);
                    let tokens = run(request, &mut models).expect("a run").tokens;
                    let id = entry.info.id;
                    assert_eq!(tokens, expected, "{id} on {target:?}, a draft that {draft:?}");
                }
            }
        }
    }
}

#[test]
fn greedy_text_does_not_depend_on_the_seed() {
    for entry in lossless() {
        for seed in [0, 1, u32::MAX] {
            let target = Target::Random { vocab: 31, seed: 5 };
            let mut models = models(entry, target, Draft::Differs);
            let expected = greedy(&[3, 1, 4], TOKENS, &mut models);
            let mut request = request(entry.info.id, at_zero(entry, json!({})), &[3, 1, 4], TOKENS);
            request.seed = seed;
            let tokens = run(request, &mut models).expect("a run").tokens;
            assert_eq!(tokens, expected, "{} with seed {seed}", entry.info.id);
        }
    }
}
