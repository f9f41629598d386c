//! A language model guesses, level by level, in the shape its tree policy gives.

use super::{Drafter, Verdict};
use crate::{
    Result,
    filter::Pipeline,
    model::{Ask, Variant},
    policy::{Frontier, TreePolicy},
    session::{Proposal, Session},
    tree::*,
};
use std::{collections::BTreeMap, rc::Rc};

pub struct ModelDrafter<P> {
    /// `draft`, or `target` when a variant of the target drafts for itself.
    pub role: &'static str,
    pub variant: Variant,
    /// The post-processing of the target, so that p and q are comparable.
    pub pipeline: Pipeline,
    pub policy: P,
}

impl<P: TreePolicy> ModelDrafter<P> {
    pub fn new(role: &'static str, pipeline: Pipeline, policy: P) -> Self {
        Self { role, variant: Variant::full(), pipeline, policy }
    }
}

impl<P: TreePolicy> ModelDrafter<P> {
    /// Grows guesses below the nodes of `frontier`, at most `depth` tokens deep.
    pub async fn draft_below(
        &mut self,
        session: &mut Session<'_>,
        mut frontier: Vec<NodeId>,
        depth: u32,
    ) -> Result<Vec<NodeId>> {
        let ask = Ask::rows().with_variant(self.variant.clone());
        let mut drafted = Vec::new();
        let mut more = self.policy.begin(session, depth);
        while more && !frontier.is_empty() {
            let scores = session.score(self.role, &frontier, &ask).await?;
            let rows: Vec<_> = frontier
                .iter()
                .enumerate()
                .map(|(i, &node)| Frontier {
                    node,
                    probs: self.pipeline.probs(session.forest(), node, scores.row(i)).into(),
                })
                .collect();
            let expansion = self.policy.expand(session, &rows);
            frontier.clear();
            let mut grown = BTreeMap::new();
            for child in &expansion.children {
                if let Some(&node) = grown.get(&(child.parent, child.token)) {
                    drafted.push(node);
                    self.policy.grown(child, node);
                    continue;
                }
                let probs: Rc<[f32]> = rows[child.parent].probs.clone();
                let proposal = if self.policy.draws() {
                    Proposal::drawn("draft", child.token, probs)
                } else {
                    Proposal::by("draft").with_log_prob(probs[child.token as usize].ln())
                };
                let node = session.grow(rows[child.parent].node, child.token, proposal);
                drafted.push(node);
                grown.insert((child.parent, child.token), node);
                if self.policy.extends(child) && !session.ends(child.token) {
                    frontier.push(node);
                }
                self.policy.grown(child, node);
            }
            more = expansion.more;
        }
        let selected = self.policy.select(session, drafted.clone());
        let left: Vec<_> = drafted.into_iter().filter(|node| !selected.contains(node)).collect();
        session.prune(&left, "left out of the draft");
        Ok(selected)
    }
}

impl<P: TreePolicy> Drafter for ModelDrafter<P> {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        // One token always comes from the target itself.
        let depth = session.room().saturating_sub(1);
        let head = session.head();
        self.draft_below(session, vec![head], depth).await
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        self.policy.observe(session, verdict);
    }
}
