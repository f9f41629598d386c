//! Several children from one row. Each function gives them in the order in which they were drawn:
//! the order in which the rule must try them.

use crate::{random::Key, row, session::Session, tree::*};

/// A token and the key it won with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyed {
    pub token: TokenId,
    pub log_prob: f64,
    /// The natural-log probability plus Gumbel noise.
    pub key: f64,
}

/// Draws without replacement all at once: the tokens with the largest keys, largest first; fewer
/// than `count` where the row has less support. No node may be expanded twice in a run: its number
/// makes the noise fresh.
/// Source: Kool, van Hoof, Welling 2019, arXiv:1903.06059.
pub fn at_once(session: &Session<'_>, node: NodeId, probs: &[f32], count: usize) -> Vec<Keyed> {
    let lane = session.forest()[node].lane.0;
    let noise = |token| {
        let key = Key { purpose: "gumbel", lane, position: node.0, draw: token };
        f64::from(session.gumbel(key))
    };
    let mut keyed: Vec<_> = probs
        .iter()
        .zip(0..)
        .filter(|it| *it.0 > 0.0)
        .map(|(&prob, token)| {
            let log_prob = f64::from(prob).ln();
            Keyed { token, log_prob, key: log_prob + noise(token) }
        })
        .collect();
    keyed.sort_by(|a, b| b.key.total_cmp(&a.key).then(a.token.cmp(&b.token)));
    keyed.truncate(count);
    keyed
}

/// Draws without replacement one after another, each from what the earlier ones have left; fewer
/// than `count` where the row has less support. The same law as `at_once`.
pub fn in_turn(
    session: &mut Session<'_>,
    node: NodeId,
    probs: &[f32],
    count: usize,
) -> Vec<TokenId> {
    let mut left = probs.to_vec();
    let mut tokens = Vec::new();
    for draw in 0..count.min(probs.iter().filter(|&&p| p > 0.0).count()) {
        let token = draw_child(session, node, &left, draw as u32);
        tokens.push(token);
        left[token as usize] = 0.0;
        if row::normalise(&mut left) <= 0.0 {
            break;
        }
    }
    tokens
}

/// Independent draws; a token may come out several times.
pub fn independent(
    session: &mut Session<'_>,
    node: NodeId,
    probs: &[f32],
    count: usize,
) -> Vec<TokenId> {
    (0..count as u32).map(|draw| draw_child(session, node, probs, draw)).collect()
}

/// The best tokens, which are not drawn at all; fewer where the row has less support.
pub fn best(probs: &[f32], count: usize) -> Vec<TokenId> {
    row::top_k(probs, count).into_iter().filter(|it| it.1 > 0.0).map(|it| it.0).collect()
}

fn draw_child(session: &mut Session<'_>, node: NodeId, probs: &[f32], draw: u32) -> TokenId {
    let lane = session.forest()[node].lane.0;
    let key = Key { purpose: "child", lane, position: node.0, draw };
    session.sample_probs(node, "draft", probs, key).token
}
