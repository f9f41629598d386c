//! Text to tokens and back, and whether two models mean the same by them.

use crate::{folder, tiny::*};
use decoding::model::LanguageModel;
use llama::{Llama, check_same_vocabulary};
use serde_json::json;

#[test]
fn a_prompt_gets_the_special_tokens_of_its_template() {
    let model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let tokens = model.tokenizer().encode("ab c");
    assert_eq!(tokens, [0, 2, 3, 28, 4]);
    assert_eq!(model.tokenizer().decode(&tokens), "ab c");
    let bytes: Vec<u8> = tokens.iter().flat_map(|&it| model.token_bytes(it)).collect();
    assert_eq!(bytes, b"<s>ab c");
    assert_eq!(model.token_bytes(39), b"", "no token has this id");
}

#[test]
fn shipped_models_share_one_vocabulary_and_spell_what_they_read() {
    let load = |it: &str| {
        Llama::load_dir(folder("models/stories").join(it), llama::cpu()).expect("it loads")
    };
    let (target, draft) = (load("target"), load("draft"));
    check_same_vocabulary(&target, &draft).expect("one tokenizer");
    assert_eq!(target.info().name, "stories/target");
    assert_eq!(target.info().parameters, 6_852_864);
    let text = "Once upon a time, there was a dragon – \"¡Olé!\" 🐉\n";
    let tokens = target.tokenizer().encode(text);
    assert_eq!(tokens[0], 0);
    let bytes: Vec<u8> = tokens[1..].iter().flat_map(|&it| target.token_bytes(it)).collect();
    assert_eq!(String::from_utf8(bytes).expect("UTF-8"), text);
    assert_eq!(target.tokenizer().decode(&tokens), text);
}

#[test]
fn tokenizers_that_differ_are_refused_with_the_first_difference() {
    let target = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let mut other = Tiny::new(2);
    other.tokenizer["model"]["vocab"]["b"] = json!(4);
    other.tokenizer["model"]["vocab"]["c"] = json!(3);
    let other = other.load(llama::cpu()).expect("it loads");
    let error = check_same_vocabulary(&target, &other).expect_err("they differ");
    assert_eq!(
        error.to_string(),
        "the tokenizers of \"tiny\" and \"tiny\" differ: token 3 is \"b\" in one and \"c\" in \
         the other; both must share one"
    );
    assert_eq!(error.code(), "vocabulary_mismatch");
    let same = Tiny::new(2).load(llama::cpu()).expect("it loads");
    check_same_vocabulary(&target, &same).expect("other weights do not matter");
}

#[test]
fn vocabularies_of_different_size_are_refused() {
    let target = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let mut other = Tiny::new(1);
    let (rows, table) = (VOCAB - 2, other.tensors[0].2[..(VOCAB - 2) * WIDTH].to_vec());
    other.config["vocab_size"] = json!(rows);
    other.tensors[0] = ("model.embed_tokens.weight".into(), vec![rows, WIDTH], table);
    let other = other.load(llama::cpu()).expect("it loads");
    let error = check_same_vocabulary(&target, &other).expect_err("they differ").to_string();
    assert!(error.contains("40 and 38 tokens"), "{error}");
}
