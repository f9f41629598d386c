//! The tree with the largest expected number of accepted tokens that n nodes can have, if the
//! draft's probabilities are believed. The tokens are ranked, not drawn: verify with R1 or R2.
//! Source: Wang et al. 2024, arXiv:2406.17276. The paper keeps the n best nodes of each level for
//! the next draft pass; a node outside the n best of all levels can never come back, so here only
//! those are grown. The tree is the same.

use super::*;
use crate::{row, trace::*};

#[derive(Clone, Debug)]
pub struct OptTree {
    /// n: guesses per round.
    pub nodes: u32,
    /// δ: the draft goes a level deeper while the last one raised the expectation by more.
    pub delta: f32,
    pub max_depth: u32,
    level: u32,
    depth: u32,
    /// The n best so far, best first.
    best: Vec<Candidate>,
    /// The last expansion's frontier.
    parents: Vec<NodeId>,
}

#[derive(Clone, Debug)]
struct Candidate {
    /// D: product of the draft's probabilities along the path.
    path_prob: f64,
    level: u32,
    token: TokenId,
    parent: NodeId,
    /// `None` until the drafter has grown it.
    node: Option<NodeId>,
}

impl OptTree {
    pub fn new(nodes: u32, delta: f32, max_depth: u32) -> Self {
        let (best, parents) = (Vec::new(), Vec::new());
        Self { nodes, delta, max_depth, level: 0, depth: 0, best, parents }
    }

    /// E: expected number of accepted guesses of the best tree so far.
    pub fn expected(&self) -> f64 {
        self.best.iter().map(|it| it.path_prob).sum()
    }

    fn path_prob(&self, node: NodeId) -> f64 {
        self.best.iter().find(|it| it.node == Some(node)).map_or(1.0, |it| it.path_prob)
    }

    fn tell(&self, session: &mut Session<'_>, gain: f64) {
        let names = ["level", "expected", "gain", "nodes"];
        let columns = names.map(|name| Column::new(name, ColumnKind::Number));
        let change = if self.level == 1 { TableChange::Set } else { TableChange::Put };
        let cells =
            [self.level as f32, self.expected() as f32, gain as f32, self.best.len() as f32];
        session.table("expected_tokens", change, &columns, vec![cells.map(Cell::Number).into()]);
    }
}

impl TreePolicy for OptTree {
    fn begin(&mut self, _: &Session<'_>, depth: u32) -> bool {
        self.depth = self.max_depth.min(depth);
        self.level = 0;
        self.best.clear();
        self.depth > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        self.level += 1;
        let (level, before) = (self.level, self.expected());
        self.parents = frontier.iter().map(|it| it.node).collect();
        for it in frontier {
            let path_prob = self.path_prob(it.node);
            let best = row::top_k(&it.probs, self.nodes as usize);
            self.best.extend(best.into_iter().filter(|it| it.1 > 0.0).map(|(token, prob)| {
                let path_prob = path_prob * f64::from(prob.min(1.0));
                Candidate { path_prob, level, token, parent: it.node, node: None }
            }));
        }
        // A node whose probability is 1 ties with its parent: the parent must come first.
        self.best.sort_by(|a, b| {
            let order = b.path_prob.total_cmp(&a.path_prob);
            order.then(a.level.cmp(&b.level)).then(a.token.cmp(&b.token))
        });
        self.best.truncate(self.nodes as usize);
        let index = |node| frontier.iter().position(|it| it.node == node);
        let children: Vec<_> = self
            .best
            .iter()
            .filter(|it| it.node.is_none())
            .filter_map(|it| Some(Child { parent: index(it.parent)?, token: it.token }))
            .collect();
        let gain = self.expected() - before;
        self.tell(session, gain);
        let more = gain > f64::from(self.delta) && level < self.depth;
        if !more && level < self.depth {
            let values = [
                ("level", Cell::Number(level as f32)),
                ("gain", Cell::Number(gain as f32)),
                ("delta", Cell::Number(self.delta)),
            ];
            session.note(
                "tree_stops",
                "Level {level} raised the expected number of kept guesses by {gain}, not by more \
                 than {delta}: the draft goes no deeper.",
                &values,
            );
        }
        Expansion { children, more }
    }

    fn draws(&self) -> bool {
        false
    }

    fn grown(&mut self, child: &Child, node: NodeId) {
        let parent = self.parents[child.parent];
        let same = |it: &&mut Candidate| it.parent == parent && it.token == child.token;
        self.best.iter_mut().find(same).expect("every child is a candidate").node = Some(node);
    }

    fn select(&mut self, _: &mut Session<'_>, mut drafted: Vec<NodeId>) -> Vec<NodeId> {
        drafted.retain(|&node| self.best.iter().any(|it| it.node == Some(node)));
        drafted
    }
}

#[cfg(test)]
mod tests;
