//! stories260K, a public model whose greedy tokens are known; skipped where it is absent.

use crate::{devices, folder, score};
use decoding::{Input, TokenId, model::*, row, toy};
use llama::Llama;
use serde_json::Value;

const FOLDER: &str = "../shared/reference-models/stories260K";

fn expected() -> Option<Value> {
    let file = folder(FOLDER).join("expected.json");
    match std::fs::read(&file) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).expect("expected.json is JSON")),
        Err(error) => {
            println!("skipped: {}: {error}", file.display());
            None
        }
    }
}

fn ids(value: &Value) -> Vec<TokenId> {
    let list = value.as_array().expect("a list of ids");
    list.iter().map(|it| it.as_u64().expect("an id") as TokenId).collect()
}

fn greedy(model: &mut Llama, prompt: &[TokenId], count: usize) -> Vec<TokenId> {
    model.retain(&[]).expect("clears");
    let (mut forest, mut head) = toy::forest(prompt);
    for _ in 0..count {
        let best = row::arg_max(score(model, &forest, &[head], &Ask::rows()).row(0));
        head = toy::grow(&mut forest, head, Input::Token(best));
    }
    forest.tokens(head).split_off(prompt.len())
}

#[test]
fn greedy_tokens_equal_those_of_the_public_reference() {
    let Some(expected) = expected() else { return };
    for (name, device) in devices() {
        let mut model = Llama::load_dir(folder(FOLDER), device).expect("it loads");
        let want = ids(&expected["greedy_tokens"]);
        // A software GPU takes seconds for what a CPU does at once: the first tokens suffice.
        let count = if name == "cpu" { want.len() } else { 8 };
        let start = ids(&Value::Array(vec![expected["start_token"].clone()]));
        assert_eq!(greedy(&mut model, &start, count), want[..count], "{name}");
    }
}

#[test]
fn prompts_are_split_and_continued_as_the_reference_does() {
    let Some(expected) = expected() else { return };
    let mut model = Llama::load_dir(folder(FOLDER), llama::cpu()).expect("it loads");
    let prompts = expected["prompts"].as_array().expect("a list");
    assert_eq!(prompts.len(), 5);
    for it in prompts {
        let prompt = model.tokenizer().encode(it["prompt"].as_str().expect("text"));
        assert_eq!(prompt, ids(&it["input_ids"]));
        let want = ids(&it["greedy_ids"]);
        assert_eq!(greedy(&mut model, &prompt, want.len()), want);
    }
}

#[test]
fn the_first_row_equals_the_reference_logits() {
    let Some(expected) = expected() else { return };
    let list = expected["first_position_logits"].as_array().expect("a list");
    let want: Vec<f32> = list.iter().map(|it| it.as_f64().expect("a number") as f32).collect();
    for (name, device) in devices() {
        let mut model = Llama::load_dir(folder(FOLDER), device).expect("it loads");
        let (forest, head) = toy::forest(&[1]);
        let scores = score(&mut model, &forest, &[head], &Ask::rows());
        // The file rounds to five digits; a row is known up to a constant.
        let shift = want[0] - scores.row(0)[0];
        let moved: Vec<f32> = scores.row(0).iter().map(|it| it + shift).collect();
        let gap = crate::gap(&moved, &want);
        assert!(gap < 1e-4, "{name}: {gap}");
    }
}

#[test]
fn bytes_of_tokens_spell_the_text() {
    let Some(expected) = expected() else { return };
    let model = Llama::load_dir(folder(FOLDER), llama::cpu()).expect("it loads");
    let tokens = ids(&expected["greedy_tokens"]);
    let bytes: Vec<u8> = tokens.iter().flat_map(|&it| model.token_bytes(it)).collect();
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(text.trim_start(), expected["text"].as_str().expect("text").trim_start());
    assert_eq!(model.token_bytes(13), b"\n");
    // A character that is in no piece falls back to its bytes.
    let euro = model.tokenizer().encode("€");
    let bytes: Vec<u8> = euro[1..].iter().flat_map(|&it| model.token_bytes(it)).collect();
    assert!(String::from_utf8(bytes).expect("UTF-8").ends_with('€'));
}
