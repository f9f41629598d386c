//! A model that takes a text over reads what it has missed in one pass, and says the same as if
//! it had read it all along.

use crate::{Stories, stories};
use decoding::{
    NodeId, TokenId,
    model::Ask,
    toy,
    trace::{Event, TopRow},
    tree::Input,
};
use futures_lite::future::block_on;
use serde_json::json;
use tests::{request, run};

const CLOSE: f32 = 1e-4;

#[test]
fn after_a_change_of_models_rows_are_those_of_a_full_prefill() {
    let entry = decoding::methods::find("entropy-adaptive").expect("it is in the list");
    let Stories { mut models, prompts, .. } = stories(entry, &["One day, Tom and his dog went to"]);
    let params = json!({"tau": 1.5, "min_stay": 3, "window": 3});
    let trace = run(request(entry.info.id, params, &prompts[0], 60), &mut models).expect("a run");
    let mut nodes: Vec<(Option<NodeId>, TokenId)> = Vec::new();
    let mut passes: Vec<(&str, NodeId, usize, &TopRow)> = Vec::new();
    for event in &trace.events {
        match event {
            Event::Grow { parent, input: Input::Token(token), .. } => nodes.push((*parent, *token)),
            Event::Score { role, nodes, ancestors, rows, .. } => {
                passes.push((role, nodes[0], ancestors.len(), &rows[0]));
            }
            _ => {}
        }
    }
    let mut checked = 0;
    for (index, &(role, node, ancestors, row)) in passes.iter().enumerate().skip(1) {
        // The pass that catches up, and the next one.
        if ancestors == 0 && passes[index - 1].2 == 0 {
            continue;
        }
        let mut text = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at {
            let (parent, token) = nodes[node.0 as usize];
            text.push(token);
            at = parent;
        }
        text.reverse();
        let (forest, head) = toy::forest(&text);
        let model = models.by_role.get_mut(role).expect("it has run");
        model.retain(&[]).expect("models forget");
        let fresh = block_on(model.forward(&forest, &[head], &Ask::rows())).expect("a pass");
        for &(token, log_prob) in &row.top {
            let want = fresh.row(0)[token as usize];
            assert!((log_prob - want).abs() < CLOSE, "{role} {node:?}: {log_prob}, not {want}");
        }
        checked += usize::from(ancestors > 0);
    }
    assert!(checked >= 3, "{checked} changes of models");
}
