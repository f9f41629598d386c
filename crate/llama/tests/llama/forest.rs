//! A pass over a tree says what passes over its paths say, whatever else shares the pass.

use crate::{devices, gap, score, tiny::*};
use decoding::{Forest, Input, NodeId, TokenId, model::*, toy};
use llama::Llama;

const CLOSE: f32 = 1e-4;

/// On the CPU not a bit may differ; a GPU's compiler may fuse what it likes.
fn allowed(device: &str) -> f32 {
    if device == "cpu" { 0.0 } else { CLOSE }
}

/// A prompt of three tokens and below it `count` nodes in random places.
fn random_tree(seed: u32, count: usize) -> (Forest, Vec<NodeId>) {
    let (mut forest, head) = toy::forest(&[0, 7, 3]);
    let mut nodes = vec![head];
    for draw in numbers(seed, 2 * count).chunks(2) {
        let place = ((draw[0] + 0.8) / 1.6 * nodes.len() as f32) as usize;
        let token = ((draw[1] + 0.8) / 1.6 * VOCAB as f32) as TokenId;
        let parent = nodes[place.min(nodes.len() - 1)];
        nodes.push(toy::grow(&mut forest, parent, Input::Token(token)));
    }
    (forest, nodes)
}

/// The row of `node` from a model that has read nothing but its path.
fn alone(model: &mut Llama, forest: &Forest, node: NodeId) -> Vec<f32> {
    model.retain(&[]).expect("clears");
    let (chain, head) = toy::forest(&forest.tokens(node));
    score(model, &chain, &[head], &Ask::rows()).log_probs
}

#[test]
fn a_tree_pass_equals_one_pass_per_path() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (forest, nodes) = random_tree(5, 14);
        let scores = score(&mut model, &forest, &nodes, &Ask::rows());
        for (index, &node) in nodes.iter().enumerate() {
            let gap = gap(scores.row(index), &alone(&mut model, &forest, node));
            assert!(gap <= allowed(name), "{name}: node {index} is off by {gap}");
        }
    }
}

#[test]
fn rows_come_in_the_order_asked() {
    for (name, device) in devices() {
        let mut model = Tiny::new(1).load(device).expect("it loads");
        let (forest, nodes) = random_tree(6, 6);
        let forward = score(&mut model, &forest, &nodes, &Ask::rows());
        let mut mixed = nodes.clone();
        mixed.reverse();
        mixed.push(nodes[2]);
        let backward = score(&mut model, &forest, &mixed, &Ask::rows());
        for (index, node) in mixed.iter().enumerate() {
            let first = nodes.iter().position(|it| it == node).expect("asked before");
            assert!(gap(forward.row(first), backward.row(index)) < CLOSE, "{name}: {index}");
        }
    }
}

#[test]
fn only_nodes_without_keys_run() {
    let mut model = Tiny::new(1).load(llama::cpu()).expect("it loads");
    let (mut forest, head) = toy::forest(&[0, 7, 3]);
    let first = score(&mut model, &forest, &[head], &Ask::rows());
    assert_eq!(first.fed, [0, 1, 2].map(NodeId));
    let next = toy::grow(&mut forest, head, Input::Token(9));
    let last = toy::grow(&mut forest, next, Input::Token(4));
    assert_eq!(score(&mut model, &forest, &[last], &Ask::rows()).fed, [next, last]);
}

#[test]
fn slots_freed_by_retain_are_reused_without_harm() {
    for (name, device) in devices() {
        let mut model = Tiny::new(2).load(device).expect("it loads");
        let (mut forest, mut nodes) = random_tree(7, 8);
        score(&mut model, &forest, &nodes, &Ask::rows());
        // Keep one path; the other slots are taken by new nodes below it.
        let keep_to = *nodes.last().expect("there are nodes");
        let keep = forest.path(None, keep_to);
        model.retain(&keep).expect("frees");
        let mut parent = keep_to;
        nodes.clear();
        for token in [8, 9, 10, 11, 12, 13] {
            parent = toy::grow(&mut forest, parent, Input::Token(token));
            nodes.push(parent);
        }
        let scores = score(&mut model, &forest, &nodes, &Ask::rows());
        assert_eq!(scores.fed, nodes, "{name}: the kept path has its keys still");
        let row = scores.row(nodes.len() - 1).to_vec();
        let gap = gap(&row, &alone(&mut model, &forest, parent));
        assert!(gap < CLOSE, "{name}: off by {gap}");
    }
}

#[test]
fn more_nodes_than_the_cache_begins_with_are_still_right() {
    let mut model = Tiny::new(2).load(llama::cpu()).expect("it loads");
    let (forest, nodes) = random_tree(8, 4 * CONTEXT);
    for part in nodes.chunks(50) {
        score(&mut model, &forest, part, &Ask::rows());
    }
    let all = score(&mut model, &forest, &nodes, &Ask::rows());
    let last = nodes.len() - 1;
    let row = all.row(last).to_vec();
    assert!(gap(&row, &alone(&mut model, &forest, nodes[last])) < CLOSE);
}

#[test]
fn a_full_cache_is_an_error_that_leaves_the_model_usable() {
    let mut model = Tiny::new(2).load(llama::cpu()).expect("it loads");
    let (forest, nodes) = random_tree(9, 17 * CONTEXT);
    let error =
        futures_lite::future::block_on(model.forward(&forest, &nodes, &Ask::rows())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the model \"tiny\" has room for 768 positions and this pass needs more"
    );
    let row = score(&mut model, &forest, &nodes[5..6], &Ask::rows()).log_probs;
    assert!(gap(&row, &alone(&mut model, &forest, nodes[5])) < CLOSE);
}

#[test]
fn a_long_prompt_goes_through_in_chunks() {
    let mut tiny = Tiny::new(3);
    tiny.config["max_position_embeddings"] = serde_json::json!(600);
    let mut model = tiny.load(llama::cpu()).expect("it loads");
    let prompt: Vec<TokenId> = (0..530).map(|it| (it * 7 % VOCAB) as TokenId).collect();
    let (forest, head) = toy::forest(&prompt);
    let middle = NodeId(300);
    let together = score(&mut model, &forest, &[head, middle], &Ask::rows().with_hidden(2));
    model.retain(&[]).expect("clears");
    let mut single = Vec::new();
    for node in 0..530 {
        let scores = score(&mut model, &forest, &[NodeId(node)], &Ask::rows().with_hidden(2));
        if [300, 529].contains(&node) {
            single.push((scores.log_probs, scores.hidden));
        }
    }
    for (index, (row, hidden)) in single.iter().rev().enumerate() {
        assert!(gap(together.row(index), row) < CLOSE, "row {index}");
        assert!(gap(together.hidden(0, index, WIDTH), &hidden[0]) < CLOSE, "state {index}");
    }
}

#[test]
fn a_row_does_not_depend_on_how_many_rows_share_the_pass() {
    for (name, device) in devices() {
        let mut model = Tiny::new(4).load(device).expect("it loads");
        let (forest, nodes) = random_tree(10, 32);
        let mut single = Vec::new();
        for &node in &nodes {
            single.push(score(&mut model, &forest, &[node], &Ask::rows()).log_probs);
        }
        for size in [2, 5, 8, 33] {
            for (part, alone) in nodes.chunks(size).zip(single.chunks(size)) {
                let together = score(&mut model, &forest, part, &Ask::rows());
                for (index, row) in alone.iter().enumerate() {
                    let gap = gap(together.row(index), row);
                    assert!(gap <= allowed(name), "{name}: {size} rows together are off by {gap}");
                }
            }
        }
    }
}
