//! The verbs: each changes the forest or asks a model, and leaves its event.

use super::{
    Pick, Proposal, Session, TARGET,
    rows::{format_number, top_of_probs, top_row},
};
use crate::{
    Error, Result,
    filter::{Filtered, Pipeline},
    method::Progress,
    model::{Ask, Scores},
    random::Key,
    row,
    trace::*,
    tree::*,
};
use std::rc::Rc;

impl Session<'_> {
    fn record(&mut self, event: Event) {
        self.run.events.push(event);
    }

    /// Adds a token below `parent`.
    pub fn grow(&mut self, parent: NodeId, token: TokenId, proposal: Proposal) -> NodeId {
        self.grow_input(parent, Input::Token(token), proposal)
    }

    /// Adds a node that reads anything a model can read.
    pub fn grow_input(&mut self, parent: NodeId, input: Input, proposal: Proposal) -> NodeId {
        assert!(!self.run.forest[parent].pruned, "nothing grows below a pruned node");
        let lane = self.run.forest[parent].lane;
        let node = self.run.forest.push(lane, Some(parent), input.clone());
        let Proposal { by, log_prob, row } = proposal;
        let top = row.as_ref().map(|row| top_of_probs(row));
        if let Some(row) = row {
            self.run.draft_rows.insert(node, row);
        }
        let (parent, by) = (Some(parent), by.into());
        self.record(Event::Grow { node, parent, lane, input, by, log_prob, row: top });
        node
    }

    /// One forward pass of the model in `role`.
    pub async fn score(&mut self, role: &str, nodes: &[NodeId], ask: &Ask) -> Result<Scores> {
        self.score_beside(role, nodes, ask, None).await
    }

    /// As `score`. Passes of one `group` in different roles do not wait for one another: with a
    /// device for each role they would run at the same time. Here they run in turn. The single
    /// place where a run waits for a device.
    pub async fn score_beside(
        &mut self,
        role: &str,
        nodes: &[NodeId],
        ask: &Ask,
        group: Option<u32>,
    ) -> Result<Scores> {
        self.forget_pruned()?;
        let model = self
            .models
            .by_role
            .get_mut(role)
            .ok_or_else(|| Error::MissingModel { role: role.into() })?;
        let scores = model.forward(&self.run.forest, nodes, ask).await?;
        let rows = self.checked_rows(role, nodes, &scores)?;
        let pass = self.run.passes.entry(role.into()).or_default();
        let event = Event::Score {
            role: role.into(),
            pass: *pass,
            variant: (!ask.variant.is_full()).then(|| ask.variant.clone()),
            nodes: nodes.to_vec(),
            ancestors: scores.fed.iter().copied().filter(|node| !nodes.contains(node)).collect(),
            rows,
            group,
        };
        *pass += 1;
        self.record(event);
        Ok(scores)
    }

    /// Scores nodes with the target and brings back whole rows.
    pub async fn score_target(&mut self, nodes: &[NodeId]) -> Result<Scores> {
        self.score(TARGET, nodes, &Ask::rows()).await
    }

    fn checked_rows(&self, role: &str, nodes: &[NodeId], scores: &Scores) -> Result<Vec<TopRow>> {
        let bad = |index: usize| Error::NotANumber {
            model: self.models.by_role[role].info().name.clone(),
            node: nodes[index].0,
        };
        if !scores.top.is_empty() {
            for (index, top) in scores.top.iter().enumerate() {
                if top.iter().any(|(_, lp)| lp.is_nan()) {
                    return Err(bad(index));
                }
            }
            return Ok(scores
                .top
                .iter()
                .map(|top| top_row(&top[..top.len().min(TOP_KEPT)]))
                .collect());
        }
        if scores.log_probs.is_empty() {
            return Ok(Vec::new());
        }
        (0..nodes.len())
            .map(|index| {
                let row = scores.row(index);
                if row.iter().any(|lp| lp.is_nan()) {
                    return Err(bad(index));
                }
                Ok(top_row(&row::top_k(row, TOP_KEPT)))
            })
            .collect()
    }

    /// Chooses a token to continue `node` from a row of log-probabilities: filters, then one
    /// draw with the uniform of `key`, or the best token when the pipeline is greedy.
    pub fn sample(
        &mut self,
        node: NodeId,
        log_probs: &[f32],
        pipeline: &Pipeline,
        key: Key,
    ) -> Pick {
        let filtered = pipeline.run(&self.run.forest, node, log_probs);
        let u = (!pipeline.is_greedy()).then(|| self.uniform(key));
        self.draw(node, key.purpose, filtered, u)
    }

    /// Chooses a token from a ready distribution, for example a residual.
    pub fn sample_probs(&mut self, node: NodeId, name: &str, probs: &[f32], key: Key) -> Pick {
        let filtered = Filtered::ready(name, probs);
        let certain = probs.contains(&1.0);
        let u = (!certain).then(|| self.uniform(key));
        self.draw(node, key.purpose, filtered, u)
    }

    fn draw(&mut self, node: NodeId, purpose: &str, filtered: Filtered, u: Option<f32>) -> Pick {
        let probs = &filtered.probs;
        let token = match u {
            Some(u) => row::draw(probs, u),
            None => row::arg_max(probs),
        };
        let prob = probs[token as usize];
        let before: f64 = probs[..token as usize].iter().map(|&p| f64::from(p)).sum();
        let (tokens, stages) = filtered.shown_with(token);
        self.record(Event::Sample {
            node,
            purpose: purpose.into(),
            tokens,
            stages,
            u,
            token,
            prob,
            span: (before as f32, (before + f64::from(prob)) as f32),
        });
        Pick { token, prob }
    }

    /// Records one test of a guess.
    pub fn judge(&mut self, node: NodeId, test: &crate::verifier::Test) {
        self.record(Event::Judge {
            node,
            accepted: test.accepted,
            rule: test.rule.clone(),
            p: test.p,
            q: test.q,
            scale: test.scale,
            u: test.u,
            residual: test.residual.as_deref().map(top_of_probs),
        });
    }

    /// A guess of one draft model has passed the exact test of a larger one: from here on it
    /// counts as drawn from `probs`, the larger one's distribution. The test is the caller's to
    /// record.
    pub fn redrawn(&mut self, node: NodeId, probs: Rc<[f32]>) {
        self.run.draft_rows.insert(node, probs);
    }

    /// Moves the head down to `node`, stopping early at an end token, at the asked length or at
    /// the end of the context. Tells whether the run goes on.
    pub fn commit(&mut self, node: NodeId) -> Progress {
        let lane = self.run.forest[node].lane;
        let mut nodes = self.run.forest.path(Some(self.run.forest.lane(lane).head), node);
        let mut reason = None;
        if let Some(last) = nodes.iter().position(|&n| {
            reason = self.finished_at(n);
            reason.is_some()
        }) {
            nodes.truncate(last + 1);
        }
        if let Some(&head) = nodes.last() {
            self.run.forest.set_head(lane, head);
            for node in &nodes {
                self.run.draft_rows.remove(node);
            }
            self.record(Event::Commit { lane, head, nodes });
        }
        match reason {
            Some(reason) => {
                let node = self.run.forest.lane(lane).head;
                self.record(Event::Finish { node, reason, score: None, ranked: None });
                if lane != LaneId::MAIN {
                    self.set_aside(lane, reason);
                }
                Progress::Finished
            }
            None => Progress::Continue,
        }
    }

    /// The text of a further prompt becomes one of the run's outputs, in the order of the lanes.
    fn set_aside(&mut self, lane: LaneId, reason: FinishReason) {
        let forest = &self.run.forest;
        let it = forest.lane(lane);
        let (node, tokens) = (it.head, forest.tokens(it.head).split_off(it.prompt_len as usize));
        let outputs = &mut self.run.outputs;
        let before = outputs.iter().filter(|it| forest[it.node].lane < lane).count();
        outputs.insert(before, Output { node, tokens, reason, score: None, ranked: None });
    }

    /// A search sets a finished text aside: it becomes one of the run's outputs.
    pub fn finish(&mut self, node: NodeId, reason: FinishReason, score: f32, ranked: f32) {
        let (score, ranked) = (Some(score), Some(ranked));
        let tokens = self.run.forest.tokens(node)[self.prompt_len() as usize..].to_vec();
        self.run.outputs.push(Output { node, tokens, reason, score, ranked });
        self.record(Event::Finish { node, reason, score, ranked });
    }

    /// A search names its answer: the head moves there and the other outputs are kept in
    /// `order` (best first, the answer left out).
    pub fn answer(&mut self, node: NodeId, order: &[NodeId]) -> Progress {
        let lane = self.run.forest[node].lane;
        let nodes = self.run.forest.path(Some(self.run.forest.lane(lane).head), node);
        self.run.forest.set_head(lane, node);
        self.record(Event::Commit { lane, head: node, nodes });
        let mut all = std::mem::take(&mut self.run.outputs);
        self.run.outputs = order
            .iter()
            .filter(|&&it| it != node)
            .filter_map(|&it| all.iter().position(|o| o.node == it).map(|i| all.swap_remove(i)))
            .collect();
        Progress::Finished
    }

    /// Takes nodes out of the forest. Models free their keys before the next pass.
    pub fn prune(&mut self, nodes: &[NodeId], reason: &str) {
        let nodes: Vec<_> = nodes.iter().copied().filter(|&n| !self.run.forest[n].pruned).collect();
        if nodes.is_empty() {
            return;
        }
        for &node in &nodes {
            self.run.forest.set_pruned(node);
            self.run.draft_rows.remove(&node);
        }
        self.run.forget = true;
        self.record(Event::Prune { nodes, reason: reason.into() });
    }

    /// Declares that `from` and `into` stand for one another from here on.
    pub fn merge(&mut self, from: NodeId, into: NodeId, suffix: &[TokenId]) {
        self.record(Event::Merge { from, into, suffix: suffix.to_vec() });
    }

    /// Changes a named table of the trace.
    pub fn table(
        &mut self,
        name: &str,
        change: TableChange,
        columns: &[Column],
        rows: Vec<Vec<Cell>>,
    ) {
        let (name, columns) = (name.into(), columns.to_vec());
        self.record(Event::Table { name, change, columns, rows });
    }

    /// Says which line of the method's pseudo-code runs now.
    pub fn line(&mut self, line: u32) {
        self.record(Event::Line { line });
    }

    /// One sentence for the reader. Each `{name}` in `text` is replaced by the value so named.
    pub fn note(&mut self, id: &str, text: &str, values: &[(&str, Cell)]) {
        let mut said = text.to_owned();
        for (name, value) in values {
            let shown = match value {
                Cell::Number(number) => format_number(*number),
                Cell::Text(text) => text.clone(),
                Cell::Tokens(tokens) => {
                    let bytes =
                        tokens.iter().flat_map(|&t| self.token_bytes(t)).collect::<Vec<_>>();
                    format!("“{}”", String::from_utf8_lossy(&bytes))
                }
                Cell::Empty => "none".into(),
            };
            said = said.replace(&format!("{{{name}}}"), &shown);
        }
        let values = values.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        self.record(Event::Note { id: id.into(), text: said, values });
    }

    fn forget_pruned(&mut self) -> Result<()> {
        if std::mem::take(&mut self.run.forget) {
            let keep: Vec<_> =
                self.run.forest.iter().filter(|(_, it)| !it.pruned).map(|(node, _)| node).collect();
            for model in self.models.by_role.values_mut() {
                model.retain(&keep)?;
            }
        }
        Ok(())
    }
}
