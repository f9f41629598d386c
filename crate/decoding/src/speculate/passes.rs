//! Passes over the rows of several prompts: as one list without gaps, or filled up to a rectangle
//! as a plain batch would be. What is filled in is computed like any other row, and thrown away.

use crate::{
    Result,
    model::{Ask, Scores},
    session::{Proposal, Session},
    tree::*,
};
use std::collections::{BTreeMap, BTreeSet};

pub struct Passes {
    /// Every prompt feeds as many rows as the one that feeds most.
    padded: bool,
    /// Nodes that the model in a role has keys for: their rows need not be fed again.
    read: BTreeMap<&'static str, BTreeSet<NodeId>>,
}

/// What a pass brought back.
pub struct Scored {
    /// They begin with a row for each of the nodes asked for, in their order.
    pub scores: Scores,
    /// Rows that each lane fed, padding left out.
    pub fed: BTreeMap<LaneId, usize>,
}

impl Passes {
    pub fn new(padded: bool) -> Self {
        Self { padded, read: BTreeMap::new() }
    }

    /// One pass over `nodes`, which belong to some of `lanes`.
    pub async fn score(
        &mut self,
        session: &mut Session<'_>,
        role: &'static str,
        lanes: &[LaneId],
        nodes: &[NodeId],
    ) -> Result<Scored> {
        let fed = self.fed(session.forest(), role, nodes);
        let padding = if self.padded { pad(session, lanes, &fed) } else { Vec::new() };
        let asked = [nodes, &padding].concat();
        let scores = session.score(role, &asked, &Ask::rows()).await?;
        self.read.entry(role).or_default().extend(&scores.fed);
        session.prune(&padding, "padding");
        Ok(Scored { scores, fed })
    }

    /// Rows that each lane feeds in a pass over `nodes`: those, and ancestors without keys.
    fn fed(
        &self,
        forest: &Forest,
        role: &'static str,
        nodes: &[NodeId],
    ) -> BTreeMap<LaneId, usize> {
        let none = BTreeSet::new();
        let read = self.read.get(role).unwrap_or(&none);
        let mut fed = BTreeSet::new();
        for &node in nodes {
            fed.extend(forest.ancestors(node).take_while(|it| *it == node || !read.contains(it)));
        }
        let mut counts = BTreeMap::new();
        for node in fed {
            *counts.entry(forest[node].lane).or_default() += 1;
        }
        counts
    }
}

/// Grows rows below the head of each lane that feeds fewer than another. They repeat the last
/// token: what they read does not matter.
fn pad(session: &mut Session<'_>, lanes: &[LaneId], fed: &BTreeMap<LaneId, usize>) -> Vec<NodeId> {
    let most = fed.values().copied().max().unwrap_or(0);
    let mut padding = Vec::new();
    for lane in lanes {
        let head = session.forest().lane(*lane).head;
        let token = session.forest()[head].token().expect("the text is tokens");
        for _ in fed.get(lane).copied().unwrap_or(0)..most {
            padding.push(session.grow(head, token, Proposal::by("padding")));
        }
    }
    padding
}
