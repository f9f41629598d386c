//! Every node of a level gets the same number of children: k₁ below the head, k₂ below each of
//! them, and so on.
//! Source: Yang et al. 2024 (multi-candidate speculative decoding), arXiv:2401.06706; children at
//! once Jeon et al. 2024 (RSD-C), arXiv:2402.14160.

use super::{children::Keyed, *};
use crate::trace::*;

/// How the children of a node come about, and by which rules they may be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Children {
    /// Drawn without replacement, one after another (R5).
    InTurn,
    /// Drawn without replacement in one go, by Gumbel noise (R5). The table `noise` shows it.
    AtOnce,
    /// Drawn independently (R4 or R7).
    Independent,
    /// The best tokens, not drawn (R1, R2 or R6).
    Best,
}

#[derive(Clone, Debug)]
pub struct Branching {
    /// Children of a node, by its level; the draft has as many levels.
    pub branching: Vec<u32>,
    pub children: Children,
    level: usize,
    levels: usize,
}

impl Branching {
    pub fn new(branching: &[u32], children: Children) -> Self {
        Self { branching: branching.to_vec(), children, level: 0, levels: 0 }
    }

    /// The levels of a tree that ends where a level has no children.
    pub fn until_zero(branching: &[u32]) -> Vec<u32> {
        branching.iter().copied().take_while(|&it| it > 0).collect()
    }

    fn tell(&self, session: &mut Session<'_>, node: NodeId, keyed: &[Keyed], taken: usize) {
        use ColumnKind::{Node, Number, Text, Token};
        let columns = [
            ("key", Text),
            ("after", Node),
            ("token", Token),
            ("log_prob", Number),
            ("noise", Number),
            ("sum", Number),
            ("place", Number),
        ]
        .map(|(name, kind)| Column::new(name, kind));
        let rows = keyed.iter().enumerate().map(|(place, it)| {
            let place = if place < taken { Cell::Number(place as f32 + 1.0) } else { Cell::Empty };
            vec![
                Cell::Text(format!("{} {}", node.0, it.token)),
                Cell::Number(node.0 as f32),
                Cell::Number(it.token as f32),
                Cell::Number(it.log_prob as f32),
                Cell::Number((it.key - it.log_prob) as f32),
                Cell::Number(it.key as f32),
                place,
            ]
        });
        let first = self.level == 0;
        let change = if first { TableChange::Set } else { TableChange::Put };
        session.table("noise", change, &columns, rows.collect());
    }
}

impl TreePolicy for Branching {
    fn begin(&mut self, _: &Session<'_>, depth: u32) -> bool {
        self.level = 0;
        self.levels = self.branching.len().min(depth as usize);
        self.levels > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let count = self.branching[self.level] as usize;
        let mut all = Vec::new();
        for (parent, Frontier { node, probs }) in frontier.iter().enumerate() {
            let tokens = match self.children {
                Children::InTurn => children::in_turn(session, *node, probs, count),
                Children::Independent => children::independent(session, *node, probs, count),
                Children::Best => children::best(probs, count),
                Children::AtOnce => {
                    // One more than is taken, so that the reader sees who just missed.
                    let keyed = children::at_once(session, *node, probs, count + 1);
                    self.tell(session, *node, &keyed, count);
                    keyed.iter().take(count).map(|it| it.token).collect()
                }
            };
            all.extend(tokens.into_iter().map(|token| Child { parent, token }));
        }
        self.level += 1;
        Expansion { children: all, more: self.level < self.levels }
    }

    fn draws(&self) -> bool {
        self.children != Children::Best
    }
}

#[cfg(test)]
mod tests;
