//! Each thing that can be wrong with a model's files has a sentence of its own.

use crate::tiny::*;
use decoding::{run::*, session::Models};
use llama::Llama;
use serde_json::json;

fn refused(tiny: &Tiny) -> String {
    tiny.load(llama::cpu()).err().expect("refused").to_string()
}

#[test]
fn another_architecture() {
    let mut tiny = Tiny::new(1);
    tiny.config["architectures"] = json!(["MistralForCausalLM"]);
    assert_eq!(
        refused(&tiny),
        "\"tiny\" has the architecture \"MistralForCausalLM\", but only Llama \
         (LlamaForCausalLM) can be read"
    );
}

#[test]
fn another_rope_type() {
    let mut tiny = Tiny::new(1);
    tiny.config["rope_parameters"] = json!({"rope_type": "yarn", "rope_theta": 100.0});
    assert_eq!(
        refused(&tiny),
        "\"tiny\" uses the rope type \"yarn\", but only \"default\" is supported"
    );
}

#[test]
fn a_missing_tensor() {
    let mut tiny = Tiny::new(1);
    tiny.tensors.retain(|it| it.0 != "model.layers.1.mlp.up_proj.weight");
    assert_eq!(
        refused(&tiny),
        "the weights of \"tiny\" lack the tensor \"model.layers.1.mlp.up_proj.weight\""
    );
}

#[test]
fn a_missing_head() {
    let mut tiny = Tiny::new(1);
    tiny.config["tie_word_embeddings"] = json!(false);
    assert_eq!(refused(&tiny), "the weights of \"tiny\" lack the tensor \"lm_head.weight\"");
}

#[test]
fn a_tensor_of_another_shape() {
    let mut tiny = Tiny::new(1);
    tiny.tensor("model.layers.0.self_attn.k_proj.weight").1 = vec![WIDTH, 8];
    assert_eq!(
        refused(&tiny),
        "the tensor \"model.layers.0.self_attn.k_proj.weight\" of \"tiny\" has the shape \
         [16, 8], expected [8, 16]"
    );
}

#[test]
fn a_file_cut_short() {
    let tiny = Tiny::new(1);
    let whole = tiny.weights();
    let (all, half) = (whole.len(), whole.len() / 2);
    let error = tiny.load_with(vec![whole[..half].to_vec()], llama::cpu()).err();
    assert_eq!(
        error.expect("refused").to_string(),
        format!("model.safetensors of \"tiny\" is cut short: it needs {all} bytes and has {half}")
    );
}

#[test]
fn a_tokenizer_that_is_none() {
    let mut tiny = Tiny::new(1);
    tiny.tokenizer = json!({"version": "1.0"});
    assert!(refused(&tiny).starts_with("tokenizer.json of \"tiny\" cannot be read: "));
}

#[test]
fn a_tokenizer_with_more_tokens_than_the_embedding() {
    let mut tiny = Tiny::new(1);
    tiny.tokenizer["model"]["vocab"]["zz"] = json!(45);
    assert_eq!(
        refused(&tiny),
        "tokenizer.json of \"tiny\" cannot be read: it has 46 tokens, but the embedding has only 40"
    );
}

#[test]
fn shards_in_a_folder_are_one_model_and_checked() {
    let tiny = Tiny::new(1);
    let folder = std::env::temp_dir().join(format!("decodescope-shards-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (first, second) = tiny.tensors.split_at(10);
    let names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    let mut map = serde_json::Map::new();
    for (name, part) in names.iter().zip([first, second]) {
        std::fs::write(folder.join(name), safetensors(part)).expect("written");
        map.extend(part.iter().map(|it| (it.0.clone(), json!(name))));
    }
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).expect("written");
    };
    write("config.json", tiny.config.to_string());
    write("tokenizer.json", tiny.tokenizer.to_string());
    write("model.safetensors.index.json", json!({"weight_map": map}).to_string());
    let loaded = Llama::load_dir(&folder, llama::cpu()).map(|_| ());
    write("SHA256SUMS", format!("{}  {}\n", "0".repeat(64), names[1]));
    let spoiled = Llama::load_dir(&folder, llama::cpu()).err();
    std::fs::remove_file(folder.join(names[0])).expect("removed");
    let absent = Llama::load_dir(&folder, llama::cpu()).err();
    std::fs::remove_dir_all(&folder).expect("removed");
    loaded.expect("shards load");
    let spoiled = spoiled.expect("refused").to_string();
    assert!(spoiled.contains(names[1]) && spoiled.contains("SHA256SUMS"), "{spoiled}");
    let absent = absent.expect("refused").to_string();
    assert!(absent.starts_with("cannot read ") && absent.contains(names[0]), "{absent}");
}

/// A weight that is not a number makes every score so, and the run says where.
#[test]
fn scores_that_are_not_numbers() {
    let mut tiny = Tiny::new(1);
    tiny.tensor("model.layers.2.mlp.down_proj.weight").2[0] = f32::NAN;
    let model = tiny.load(llama::cpu()).expect("it loads");
    let prompt = model.tokenizer().encode("ab");
    let mut models = Models::new(model);
    let request = Request {
        method: "basic-sampling".into(),
        params: json!({"temperature": 0.0}),
        prompt,
        seed: 0,
        max_new_tokens: 4,
    };
    let mut run = Decoding::start(request, &mut models).expect("it starts");
    let error = futures_lite::future::block_on(run.finish(&mut models)).expect_err("it stops");
    assert_eq!(error.code(), "not_a_number");
    assert_eq!(error.to_string(), "the model \"tiny\" gave a score that is not a number at node 2");
}
