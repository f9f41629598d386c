//! What one forward pass has to do, worked out before any arithmetic: which nodes run, where
//! their keys go, and which slots each of them sees.

use crate::slots::Slots;
use decoding::{Error, Forest, NodeId, Result};

/// One row per node that runs; row `i` of every list belongs to `fed[i]`.
pub(crate) struct Pass {
    /// The asked nodes and those of their ancestors without keys, parents before children
    /// unless a parent had keys already.
    pub(crate) fed: Vec<NodeId>,
    /// Where the keys and values of a row are written.
    pub(crate) slots: Vec<u32>,
    /// RoPE positions.
    pub(crate) depths: Vec<u32>,
    /// Slots a row attends to: its ancestors from the root down, then its own.
    pub(crate) visible: Vec<Vec<u32>>,
    /// Row of each asked node, in the order asked.
    pub(crate) asked: Vec<usize>,
}

impl Pass {
    /// Plans a pass and takes the slots it needs; `limit` is the number of slots there may be.
    ///
    /// Errors: `OutOfSlots`, and then no slot was taken.
    pub(crate) fn plan(
        forest: &Forest,
        nodes: &[NodeId],
        variant: usize,
        slots: &mut Slots,
        limit: usize,
        model: &str,
    ) -> Result<Self> {
        let (fed, asked) = fed(forest, nodes, |node| slots.readable(variant, node).is_some());
        let fresh = fed.iter().filter(|&&node| slots.own(variant, node).is_none()).count();
        if slots.reach(fresh) > limit {
            return Err(Error::OutOfSlots { model: model.into(), slots: limit });
        }
        let taken: Vec<u32> = fed.iter().map(|&node| slots.take(variant, node)).collect();
        let visible = fed
            .iter()
            .zip(&taken)
            .map(|(&node, &own)| {
                let mut seen = vec![own];
                seen.extend(forest.ancestors(node).skip(1).map(|it| {
                    slots.readable(variant, it).expect("every ancestor has keys or runs now")
                }));
                seen.reverse();
                seen
            })
            .collect();
        let depths = fed.iter().map(|&node| forest[node].depth).collect();
        Ok(Self { fed, slots: taken, depths, visible, asked })
    }
}

/// The nodes that must run, and the row of each asked node among them.
fn fed(
    forest: &Forest,
    nodes: &[NodeId],
    has_keys: impl Fn(NodeId) -> bool,
) -> (Vec<NodeId>, Vec<usize>) {
    const ABSENT: usize = usize::MAX;
    let mut row_of = vec![ABSENT; forest.len()];
    let mut fed = Vec::new();
    let mut asked = Vec::with_capacity(nodes.len());
    for &node in nodes {
        let start = fed.len();
        for it in forest.ancestors(node) {
            let settled = row_of[it.0 as usize] != ABSENT || (it != node && has_keys(it));
            // Above a node with keys, every ancestor has keys too, unless it was forgotten.
            if !settled {
                row_of[it.0 as usize] = 0;
                fed.push(it);
            }
        }
        fed[start..].reverse();
        for (row, it) in fed.iter().enumerate().skip(start) {
            row_of[it.0 as usize] = row;
        }
        asked.push(row_of[node.0 as usize]);
    }
    (fed, asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use decoding::{Input, toy};

    /// 0 → 1 → 2, with 3 and 4 below 2.
    fn tree() -> Forest {
        let (mut forest, head) = toy::forest(&[5, 6, 7]);
        toy::grow(&mut forest, head, Input::Token(8));
        toy::grow(&mut forest, head, Input::Token(9));
        forest
    }

    fn plan(slots: &mut Slots, nodes: &[u32]) -> Pass {
        let nodes: Vec<_> = nodes.iter().map(|&id| NodeId(id)).collect();
        Pass::plan(&tree(), &nodes, 0, slots, 100, "tiny").expect("there is room")
    }

    #[test]
    fn ancestors_without_keys_run_first() {
        let mut slots = Slots::new();
        let pass = plan(&mut slots, &[4, 3]);
        assert_eq!(pass.fed, [0, 1, 2, 4, 3].map(NodeId));
        assert_eq!((pass.asked, pass.depths), (vec![3, 4], vec![0, 1, 2, 3, 3]));
        assert_eq!(pass.visible[3], [0, 1, 2, 3]);
        assert_eq!(pass.visible[4], [0, 1, 2, 4]);
        let pass = plan(&mut slots, &[3]);
        assert_eq!((pass.fed, pass.slots), (vec![NodeId(3)], vec![4]));
    }

    #[test]
    fn a_node_asked_twice_runs_once() {
        let pass = plan(&mut Slots::new(), &[1, 1, 2]);
        assert_eq!((pass.fed, pass.asked), ([0, 1, 2].map(NodeId).to_vec(), vec![1, 1, 2]));
    }

    #[test]
    fn a_pass_without_room_takes_nothing() {
        let mut slots = Slots::new();
        let error = Pass::plan(&tree(), &[NodeId(2)], 0, &mut slots, 2, "tiny").err();
        assert!(matches!(error, Some(Error::OutOfSlots { slots: 2, .. })));
        assert_eq!(slots.used(), 0);
    }
}
