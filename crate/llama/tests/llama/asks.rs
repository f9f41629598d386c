//! Everything an `Ask` may want besides whole rows, and the inputs that are not tokens.

use crate::{devices, gap, score, tiny::*};
use decoding::{Input, NodeId, model::*, row, toy};
use serde_json::json;

const CLOSE: f32 = 1e-4;

fn skipping(attention: &[u32], mlp: &[u32]) -> Variant {
    Variant { skip_attention: attention.to_vec(), skip_mlp: mlp.to_vec() }
}

#[test]
fn the_best_tokens_are_those_of_the_whole_row() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (forest, head) = toy::forest(&[0, 7, 3, 12]);
        let nodes = [head, NodeId(1)];
        let full = score(&mut model, &forest, &nodes, &Ask::rows());
        for k in [1, 5, VOCAB] {
            let top = score(&mut model, &forest, &nodes, &Ask::top_k(k)).top;
            for (index, best) in top.iter().enumerate() {
                let want = row::top_k(full.row(index), k);
                assert_eq!(best.len(), k);
                for (have, want) in best.iter().zip(&want) {
                    assert_eq!(have.0, want.0, "{name}");
                    assert!((have.1 - want.1).abs() < CLOSE, "{name}");
                }
            }
        }
    }
}

#[test]
fn rows_are_log_probabilities() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (forest, head) = toy::forest(&[0, 7, 3, 12]);
        let scores = score(&mut model, &forest, &[head], &Ask::rows());
        let mass: f32 = scores.row(0).iter().map(|it| it.exp()).sum();
        assert!((mass - 1.0).abs() < 1e-5, "{name}: {mass}");
    }
}

#[test]
fn nothing_asked_is_nothing_sent_but_keys_are_kept() {
    let mut model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let (mut forest, head) = toy::forest(&[0, 7, 3]);
    let silent = Ask { rows: Rows::None, ..Ask::rows() };
    let scores = score(&mut model, &forest, &[head], &silent);
    assert!(scores.log_probs.is_empty() && scores.top.is_empty());
    let next = toy::grow(&mut forest, head, Input::Token(4));
    assert_eq!(score(&mut model, &forest, &[next], &Ask::rows()).fed, [next]);
}

#[test]
fn the_first_hidden_state_is_the_embedding() {
    let tiny = Tiny::new(1);
    let table = tiny.tensors[0].2.clone();
    for (name, device) in devices() {
        let mut model = tiny.load(device).expect("it loads");
        let (forest, head) = toy::forest(&[0, 7, 3]);
        let scores = score(&mut model, &forest, &[head], &Ask::rows().with_hidden(0));
        assert_eq!(scores.hidden(0, 0, WIDTH), &table[3 * WIDTH..4 * WIDTH], "{name}");
    }
}

#[test]
fn the_last_exit_is_the_row_and_the_last_state_gives_it() {
    let tiny = Tiny::untied(1);
    let head = tiny.tensors.last().expect("the head is last").2.clone();
    for (name, device) in devices() {
        let mut model = tiny.load(device).expect("it loads");
        let (forest, node) = toy::forest(&[0, 7, 3]);
        let ask = Ask { exits: vec![1, LAYERS], hidden: vec![LAYERS + 1], ..Ask::rows() };
        let scores = score(&mut model, &forest, &[node], &ask);
        assert!(gap(&scores.exits[1], scores.row(0)) < CLOSE, "{name}");
        assert!(gap(&scores.exits[0], scores.row(0)) > 0.1, "{name}: early exits differ");
        // The untied head times the normed state, by hand.
        let state = scores.hidden(0, 0, WIDTH);
        let dot = |it: &[f32]| it.iter().zip(state).map(|(a, b)| a * b).sum::<f32>();
        let logits: Vec<f32> = head.chunks(WIDTH).map(dot).collect();
        let probs = row::softmax(&logits);
        let row: Vec<f32> = probs.iter().map(|it| it.ln()).collect();
        assert!(gap(&row, scores.row(0)) < CLOSE, "{name}");
    }
}

#[test]
fn an_exit_equals_a_network_without_the_layers_above() {
    let mut model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let (forest, node) = toy::forest(&[0, 7, 3]);
    let early = score(&mut model, &forest, &[node], &Ask { exits: vec![1], ..Ask::rows() });
    model.retain(&[]).expect("clears");
    let short = Ask::rows().with_variant(skipping(&[1, 2], &[1, 2]));
    let truncated = score(&mut model, &forest, &[node], &short);
    assert!(gap(&early.exits[0], truncated.row(0)) < CLOSE);
}

#[test]
fn attention_weights_cover_the_path_and_sum_to_one() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (mut forest, head) = toy::forest(&[0, 7, 3]);
        let left = toy::grow(&mut forest, head, Input::Token(4));
        let right = toy::grow(&mut forest, head, Input::Token(5));
        let ask = Ask { attention: vec![2, 0], ..Ask::rows() };
        let scores = score(&mut model, &forest, &[right, left], &ask);
        for weights in &scores.attention {
            for (path, node) in weights.iter().zip([right, left]) {
                let nodes: Vec<_> = path.iter().map(|it| it.0).collect();
                assert_eq!(nodes, forest.path(None, node), "{name}");
                let sum: f32 = path.iter().map(|it| it.1).sum();
                assert!((sum - 1.0).abs() < 1e-5, "{name}: {sum}");
            }
        }
        assert_ne!(scores.attention[0], scores.attention[1], "{name}");
    }
}

#[test]
fn keys_of_a_variant_stay_with_the_variant() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (mut forest, head) = toy::forest(&[0, 7, 3]);
        let next = toy::grow(&mut forest, head, Input::Token(4));
        let last = toy::grow(&mut forest, next, Input::Token(5));
        let nodes = [head, next, last];
        let honest = score(&mut model, &forest, &nodes, &Ask::rows()).log_probs;
        model.retain(&[]).expect("clears");
        let variant = skipping(&[1], &[0, 2]);
        let ask = Ask::rows().with_variant(variant);
        let skipped = score(&mut model, &forest, &nodes, &ask);
        assert!(gap(&skipped.log_probs, &honest) > 0.1, "{name}: skipping changes the row");
        // The full network has seen nothing yet: it runs the whole path and reads no key of
        // the variant.
        let full = score(&mut model, &forest, &nodes, &Ask::rows());
        assert_eq!(full.fed.len(), 5, "{name}");
        assert!(gap(&full.log_probs, &honest) < CLOSE, "{name}");
    }
}

#[test]
fn a_variant_reads_the_full_keys_of_its_ancestors() {
    let mut model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let (mut forest, head) = toy::forest(&[0, 7, 3]);
    let next = toy::grow(&mut forest, head, Input::Token(4));
    let ask = Ask::rows().with_variant(skipping(&[0], &[]));
    let own = score(&mut model, &forest, &[next], &ask);
    assert_eq!(own.fed.len(), 4, "nothing to read yet");
    model.retain(&[]).expect("clears");
    score(&mut model, &forest, &[head], &Ask::rows());
    let mixed = score(&mut model, &forest, &[next], &ask);
    assert_eq!(mixed.fed, [next], "the prompt has the full network's keys");
    assert!(gap(&own.log_probs, &mixed.log_probs) > 1e-3, "they are other keys");
}

#[test]
fn a_blend_of_one_token_is_that_token() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (mut forest, head) = toy::forest(&[0, 7, 3]);
        let token = toy::grow(&mut forest, head, Input::Token(4));
        let blends = [
            vec![(4, 1.0)],
            vec![(4, 0.25), (4, 0.75)],
            vec![(4, 1.0), (9, 0.0)],
            vec![(4, 0.5), (9, 0.5)],
        ];
        let mut nodes = vec![token];
        nodes.extend(blends.map(|it| toy::grow(&mut forest, head, Input::Blend(it))));
        let scores = score(&mut model, &forest, &nodes, &Ask::rows());
        for index in 1..4 {
            assert!(gap(scores.row(index), scores.row(0)) < CLOSE, "{name}: {index}");
        }
        assert!(gap(scores.row(4), scores.row(0)) > 1e-2, "{name}: a true blend differs");
    }
}

#[test]
fn learned_vectors_are_read_from_the_file() {
    let mut tiny = Tiny::new(1);
    let copied = tiny.tensors[0].2[4 * WIDTH..6 * WIDTH].to_vec();
    tiny.tensors.push(("decodescope.vectors".into(), vec![2, WIDTH], copied));
    for (name, device) in devices() {
        let mut model = tiny.load(device).expect("it loads");
        assert_eq!(model.info().vectors, 2);
        let (mut forest, head) = toy::forest(&[0, 7, 3]);
        let token = toy::grow(&mut forest, head, Input::Token(5));
        let vector = toy::grow(&mut forest, head, Input::Vector(1));
        let scores = score(&mut model, &forest, &[token, vector], &Ask::rows());
        assert_eq!(scores.row(0).len(), VOCAB, "vectors are no tokens");
        assert!(gap(scores.row(0), scores.row(1)) < CLOSE, "{name}");
    }
}

#[test]
fn what_the_network_lacks_is_refused_with_a_sentence() {
    let mut model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let (mut forest, head) = toy::forest(&[0, 7, 3]);
    let vector = toy::grow(&mut forest, head, Input::Vector(0));
    let unknown = toy::grow(&mut forest, head, Input::Token(40));
    let mut deep = head;
    for _ in 3..=CONTEXT {
        deep = toy::grow(&mut forest, deep, Input::Token(4));
    }
    let mut message = |node: NodeId, ask: Ask| {
        let result = futures_lite::future::block_on(model.forward(&forest, &[node], &ask));
        result.expect_err("refused").to_string()
    };
    let cannot = "the model \"tiny\" cannot do this: ";
    let cases = [
        (vector, Ask::rows(), "read the learned vector 0; it has 0"),
        (deep, Ask::rows(), "read position 48; its last is 47"),
        (head, Ask::rows().with_hidden(5), "give the hidden state 5 of 3 layers"),
        (head, Ask { exits: vec![4], ..Ask::rows() }, "exit after layer 4 of 3"),
        (head, Ask { attention: vec![3], ..Ask::rows() }, "show the attention of layer 3"),
        (head, Ask::rows().with_variant(skipping(&[3], &[])), "skip layer 3 of 3"),
    ];
    for (node, ask, want) in cases {
        assert_eq!(message(node, ask), format!("{cannot}{want}"));
    }
    assert!(message(unknown, Ask::rows()).contains("token 40"));
}

#[test]
fn info_tells_what_was_loaded() {
    let tiny = Tiny::untied(1);
    let model = tiny.load(llama::cpu()).expect("it loads");
    let info = model.info();
    let numbers: usize = tiny.tensors.iter().map(|it| it.2.len()).sum();
    assert_eq!((info.parameters, info.layers, info.width), (numbers, LAYERS, WIDTH));
    assert_eq!((info.context_len, info.vocab_size), (CONTEXT, VOCAB));
    assert_eq!((info.name.as_str(), &info.end_tokens), ("tiny", &vec![1, 2]));
    assert_eq!(info.hash.len(), 64);
    assert_ne!(info.hash, Tiny::untied(2).load(llama::cpu()).expect("loads").info().hash);
    assert_eq!(tiny.config["eos_token_id"], json!([1, 2]));
}
