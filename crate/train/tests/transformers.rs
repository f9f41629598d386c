//! Hugging Face `transformers` loads each shipped folder and continues prompts as we do.
//!
//! Skipped where no Python with `torch` and `transformers` is found: `PYTHON` names one, else
//! `python3` is tried.

use decoding::{Input, TokenId, model::*, row, toy};
use llama::Llama;
use serde_json::Value;
use std::{
    path::PathBuf,
    process::{Command, Output},
};

const PROMPTS: [&str; 3] =
    ["Once upon a time, there was a little", "Tom had a red boat.", "\"Why?\" asked the fox, and"];
const NEW: usize = 48;

const SCRIPT: &str = r#"
import json, sys
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, new, prompts = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
torch.set_num_threads(1)
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
answer = []
for prompt in prompts:
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False,
                         max_new_tokens=new, eos_token_id=None, pad_token_id=0)
    answer.append({"prompt": ids[0].tolist(), "new": out[0, ids.shape[1]:].tolist(),
                   "text": tokenizer.decode(out[0], skip_special_tokens=True)})
print(json.dumps(answer))
"#;

fn python(arguments: &[&str]) -> std::io::Result<Output> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    Command::new(python).args(arguments).env("HF_HUB_OFFLINE", "1").output()
}

/// Why nothing can be compared here, if so.
fn missing() -> Option<String> {
    match python(&["-c", "import torch, transformers"]) {
        Err(error) => Some(format!("no Python: {error}")),
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr);
            Some(told.lines().last().unwrap_or("Python says nothing").to_owned())
        }
    }
}

fn greedy(model: &mut Llama, prompt: &[TokenId]) -> Vec<TokenId> {
    model.retain(&[]).expect("clears");
    let (mut forest, mut head) = toy::forest(prompt);
    for _ in 0..NEW {
        let ask = Ask::rows();
        let nodes = [head];
        let scores = futures_lite::future::block_on(model.forward(&forest, &nodes, &ask));
        let best = row::arg_max(scores.expect("the pass works").row(0));
        head = toy::grow(&mut forest, head, Input::Token(best));
    }
    forest.tokens(head).split_off(prompt.len())
}

#[test]
fn transformers_reads_the_shipped_folders_and_agrees() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    for name in ["target", "middle", "draft"] {
        let folder =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/stories").join(name);
        let (path, new) = (folder.display().to_string(), NEW.to_string());
        let output =
            python(&[&["-c", SCRIPT, &path, &new], &PROMPTS[..]].concat()).expect("Python");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {told}");
        let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
        let mut model = Llama::load_dir(&folder, llama::cpu()).expect("it loads");
        for (prompt, theirs) in PROMPTS.iter().zip(&answers) {
            let ids: Vec<TokenId> =
                serde_json::from_value(theirs["prompt"].clone()).expect("a list of ids");
            let ours = model.tokenizer().encode(prompt);
            assert_eq!(ours, ids, "{name}: {prompt:?} is split otherwise");
            let new: Vec<TokenId> =
                serde_json::from_value(theirs["new"].clone()).expect("a list of ids");
            let written = greedy(&mut model, &ours);
            assert_eq!(written, new, "{name}: {prompt:?} goes on otherwise");
            let text = model.tokenizer().decode(&[ours, written].concat());
            assert_eq!(theirs["text"], text, "{name}");
        }
    }
}
