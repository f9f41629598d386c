//! Stochastic beam search: of all continuations of the beam keep the W with the highest perturbed
//! log-probability. The beam is a sample of sequences without replacement, and siblings, in
//! falling order, are draws without replacement from the draft's row: verify with R5.
//! Source: Kool, van Hoof, Welling 2019, arXiv:1903.06059; as a draft tree Jeon et al. 2024,
//! arXiv:2402.14160.

use super::*;
use crate::{random::Key, trace::*};
use std::collections::BTreeMap;

/// A continuation and its scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Perturbed {
    pub token: TokenId,
    /// φ: natural-log probability of the path.
    pub log_prob: f64,
    /// G: φ plus Gumbel noise, given that the largest G among siblings is the parent's.
    pub perturbed: f64,
}

/// The continuations of a node with scores (φ, G): each φ gets its own Gumbel noise, then all are
/// shifted so that their maximum is exactly the parent's G. Tokens without mass are left out.
pub fn perturb(
    (log_prob, perturbed): (f64, f64),
    probs: &[f32],
    gumbel: impl Fn(TokenId) -> f64,
) -> Vec<Perturbed> {
    let mut children: Vec<_> = probs
        .iter()
        .zip(0..)
        .filter(|it| *it.0 > 0.0)
        .map(|(&prob, token)| {
            let log_prob = log_prob + f64::from(prob).ln();
            Perturbed { token, log_prob, perturbed: log_prob + gumbel(token) }
        })
        .collect();
    let max = children.iter().map(|it| it.perturbed).fold(f64::NEG_INFINITY, f64::max);
    for it in &mut children {
        // −∞ for the maximum itself, which becomes the parent's G.
        let v = perturbed - it.perturbed + log_one_minus_exp(it.perturbed - max);
        it.perturbed = perturbed - v.max(0.0) - (-v.abs()).exp().ln_1p();
    }
    children
}

/// ln(1 − e^z) for z ≤ 0, without cancellation near either end.
fn log_one_minus_exp(z: f64) -> f64 {
    if z > -std::f64::consts::LN_2 { (-z.exp_m1()).ln() } else { (-z.exp()).ln_1p() }
}

#[derive(Clone, Debug)]
pub struct StochasticBeam {
    /// W: nodes per level, at most.
    pub width: u32,
    /// D: levels.
    pub depth: u32,
    /// Without noise the beam is the W most probable paths: ranked, not drawn (R1 only).
    pub noise: bool,
    left: u32,
    level: u32,
    /// (φ, G) of the beam.
    beam: BTreeMap<NodeId, (f64, f64)>,
    /// The last expansion's children that are not grown yet, last one first.
    kept: Vec<Perturbed>,
    /// Rows of the table that are not told yet.
    news: Vec<Vec<Cell>>,
}

impl StochasticBeam {
    pub fn new(width: u32, depth: u32) -> Self {
        let (beam, kept, news) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { width, depth, noise: true, left: 0, level: 0, beam, kept, news }
    }

    pub fn without_noise(self) -> Self {
        Self { noise: false, ..self }
    }

    fn tell(&mut self, session: &mut Session<'_>) {
        use ColumnKind::{Node, Number};
        let columns = [("node", Node), ("level", Number), ("phi", Number), ("G", Number)]
            .map(|(name, kind)| Column::new(name, kind));
        let change = if self.level <= 1 { TableChange::Set } else { TableChange::Put };
        session.table("beam", change, &columns, std::mem::take(&mut self.news));
    }
}

impl TreePolicy for StochasticBeam {
    fn begin(&mut self, _: &Session<'_>, depth: u32) -> bool {
        self.left = self.depth.min(depth);
        self.level = 0;
        self.beam.clear();
        self.news.clear();
        self.left > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        if self.level > 0 {
            self.tell(session);
        }
        self.level += 1;
        let mut all = Vec::new();
        for (parent, Frontier { node, probs }) in frontier.iter().enumerate() {
            let scores = self.beam.get(node).copied().unwrap_or_default();
            let lane = session.forest()[*node].lane.0;
            // No node is expanded twice, so its number makes the noise fresh in every round.
            let gumbel = |token| {
                let key = Key { purpose: "gumbel", lane, position: node.0, draw: token };
                f64::from(session.gumbel(key))
            };
            let children = if self.noise {
                perturb(scores, probs, gumbel)
            } else {
                let mut children = perturb(scores, probs, |_| 0.0);
                children.iter_mut().for_each(|it| it.perturbed = it.log_prob);
                children
            };
            all.extend(children.into_iter().map(|it| (parent, it)));
        }
        all.sort_by(|(_, a), (_, b)| b.perturbed.total_cmp(&a.perturbed));
        all.truncate(self.width as usize);
        self.left -= 1;
        // `grown` takes the scores off the end, in the order of the children.
        self.kept = all.iter().rev().map(|it| it.1).collect();
        let child = |(parent, it): (usize, Perturbed)| Child { parent, token: it.token };
        Expansion { children: all.into_iter().map(child).collect(), more: self.left > 0 }
    }

    fn draws(&self) -> bool {
        self.noise
    }

    fn grown(&mut self, child: &Child, node: NodeId) {
        let it = self.kept.pop().expect("children are grown in order");
        debug_assert_eq!(it.token, child.token);
        self.beam.insert(node, (it.log_prob, it.perturbed));
        let row = [node.0 as f32, self.level as f32, it.log_prob as f32, it.perturbed as f32];
        self.news.push(row.map(Cell::Number).into());
    }

    fn select(&mut self, session: &mut Session<'_>, drafted: Vec<NodeId>) -> Vec<NodeId> {
        self.tell(session);
        drafted
    }
}

#[cfg(test)]
mod tests;
