//! The one data structure every method shares: hypotheses as paths in a forest of tokens.
//! Only `Session` changes a forest; everybody else reads.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub type TokenId = u32;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    schemars::JsonSchema,
)]
pub struct NodeId(pub u32);

/// One prompt of a run: a root, and a head that moves as text is committed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    schemars::JsonSchema,
)]
pub struct LaneId(pub u32);

impl LaneId {
    /// The lane of a run with a single prompt.
    pub const MAIN: Self = Self(0);
}

/// What the model reads at a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    Token(TokenId),
    /// A weighted sum of token embeddings (superposed decoding). Weights sum to 1.
    Blend(Vec<(TokenId, f32)>),
    /// A learned vector of the model, by its row (prompt tokens, mask tokens).
    Vector(u32),
}

#[derive(Clone, Debug)]
pub struct Node {
    pub parent: Option<NodeId>,
    pub lane: LaneId,
    /// Position in the sequence, from 0 at the root; also the RoPE position.
    pub depth: u32,
    pub input: Input,
    /// Pruned nodes stay in the record; nothing may grow below them and models forget them.
    pub pruned: bool,
}

impl Node {
    pub fn token(&self) -> Option<TokenId> {
        match self.input {
            Input::Token(token) => Some(token),
            Input::Blend(_) | Input::Vector(_) => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Lane {
    pub root: NodeId,
    /// The last committed node.
    pub head: NodeId,
    /// Number of nodes of the prompt.
    pub prompt_len: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Forest {
    nodes: Vec<Node>,
    lanes: Vec<Lane>,
}

impl Forest {
    /// Adds a lane holding `prompt` as one path. The prompt must not be empty.
    pub(crate) fn plant(&mut self, prompt: &[TokenId]) -> LaneId {
        assert!(!prompt.is_empty(), "a lane needs at least one token");
        let lane = LaneId(self.lanes.len() as u32);
        let root = NodeId(self.nodes.len() as u32);
        let mut parent = None;
        for &token in prompt {
            parent = Some(self.push(lane, parent, Input::Token(token)));
        }
        let head = parent.expect("the prompt has tokens");
        self.lanes.push(Lane { root, head, prompt_len: prompt.len() as u32 });
        lane
    }

    /// Makes `node`, which follows the head, the last node of the lane's prompt.
    pub(crate) fn lengthen_prompt(&mut self, lane: LaneId, node: NodeId) {
        let lane = &mut self.lanes[lane.0 as usize];
        lane.head = node;
        lane.prompt_len += 1;
    }

    pub(crate) fn push(&mut self, lane: LaneId, parent: Option<NodeId>, input: Input) -> NodeId {
        let depth = parent.map_or(0, |p| self[p].depth + 1);
        self.nodes.push(Node { parent, lane, depth, input, pruned: false });
        NodeId(self.nodes.len() as u32 - 1)
    }

    pub(crate) fn set_head(&mut self, lane: LaneId, head: NodeId) {
        self.lanes[lane.0 as usize].head = head;
    }

    pub(crate) fn set_pruned(&mut self, node: NodeId) {
        self.nodes[node.0 as usize].pruned = true;
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn lane(&self, lane: LaneId) -> &Lane {
        &self.lanes[lane.0 as usize]
    }

    pub fn lanes(&self) -> impl Iterator<Item = (LaneId, &Lane)> {
        self.lanes.iter().enumerate().map(|(i, lane)| (LaneId(i as u32), lane))
    }

    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(i, node)| (NodeId(i as u32), node))
    }

    /// Walks from `node` up to its root, `node` first.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(node), |&n| self[n].parent)
    }

    /// The nodes from just below `from` (or from the root) down to `to`, in reading order.
    pub fn path(&self, from: Option<NodeId>, to: NodeId) -> Vec<NodeId> {
        let mut path: Vec<_> = self.ancestors(to).take_while(|&n| Some(n) != from).collect();
        path.reverse();
        path
    }

    /// The tokens from the root down to `node`; blends and vectors are left out.
    pub fn tokens(&self, node: NodeId) -> Vec<TokenId> {
        self.path(None, node).into_iter().filter_map(|n| self[n].token()).collect()
    }

    /// Children that were not pruned, oldest first.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes[node.0 as usize + 1..]
            .iter()
            .zip(node.0 + 1..)
            .filter(move |(it, _)| it.parent == Some(node) && !it.pruned)
            .map(|(_, id)| NodeId(id))
    }

    /// Whether `node` attends to `other`: `other` is `node` itself or one of its ancestors.
    pub fn sees(&self, node: NodeId, other: NodeId) -> bool {
        let depth = self[other].depth;
        self.ancestors(node).find(|&n| self[n].depth <= depth) == Some(other)
    }

    /// The last node that the paths of `a` and `b` share; `None` in different lanes.
    pub fn common_ancestor(&self, a: NodeId, b: NodeId) -> Option<NodeId> {
        let (mut a, mut b) = (a, b);
        while a != b {
            if self[a].depth >= self[b].depth {
                a = self[a].parent?;
            } else {
                b = self[b].parent?;
            }
        }
        Some(a)
    }
}

impl std::ops::Index<NodeId> for Forest {
    type Output = Node;
    fn index(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}
