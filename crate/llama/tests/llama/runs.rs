//! Whole runs of decoding methods on the shipped models.

use crate::{folder, tiny::Tiny};
use decoding::{TokenId, model::*, run::*, session::*, toy};
use llama::{Llama, Timed};
use serde_json::{Value, json};
use std::{cell::RefCell, rc::Rc};

fn shipped(name: &str) -> Llama {
    let folder = folder("models/stories").join(name);
    Llama::load_dir(folder, llama::cpu()).expect("it loads")
}

fn tokens(models: &mut Models, prompt: &[TokenId], method: &str, params: Value) -> Vec<TokenId> {
    let request = Request {
        method: method.into(),
        params,
        prompt: prompt.to_vec(),
        seed: 3,
        max_new_tokens: 48,
    };
    let mut run = Decoding::start(request, models).expect("it starts");
    futures_lite::future::block_on(run.finish(models)).expect("it runs");
    run.tokens()
}

#[test]
fn a_draft_model_changes_speed_not_text() {
    let target = shipped("target");
    let prompt = target.tokenizer().encode("Once upon a time, there was a little");
    let mut models = Models::new(target).with(DRAFT, shipped("draft"));
    let plain = tokens(&mut models, &prompt, "basic-sampling", json!({"temperature": 0.0}));
    assert_eq!(plain.len(), 48);
    let drafted = tokens(&mut models, &prompt, "speculative-decoding", json!({"temperature": 0.0}));
    assert_eq!(drafted, plain);
}

#[test]
fn a_timed_model_notes_every_pass() {
    let ticks = Rc::new(RefCell::new(0.0));
    let clock = move || {
        *ticks.borrow_mut() += 5.0;
        *ticks.borrow()
    };
    let pass_ms = Rc::new(RefCell::new(Vec::new()));
    let model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let mut model = Timed::new(model, clock, pass_ms.clone());
    let (forest, head) = toy::forest(&[0, 7, 3]);
    for _ in 0..3 {
        let pass = futures_lite::future::block_on(async {
            model.forward(&forest, &[head], &Ask::rows()).await.map(|it| it.fed.len())
        });
        assert!(pass.is_ok());
    }
    assert_eq!(*pass_ms.borrow(), [5.0; 3]);
    assert_eq!(model.info().name, "tiny");
}
