//! Replays the events of a trace and complains where they could not have happened.
//! Leaves out whether a method should have done what it did: that needs the model.

use super::wrong;
use crate::{
    Error, Result,
    model::{ModelInfo, Variant},
    run::tokens_of,
    session::TARGET,
    trace::*,
    tree::*,
};
use std::collections::BTreeMap;

/// Probabilities of one distribution may miss 1 by so much.
const ROUNDING: f64 = 1e-6;

/// Rebuilds the forest of a trace, every event checked against what came before. The answer, the
/// other outputs, the prompt and the vocabulary must be what the events say.
pub fn replay(trace: &Trace) -> Result<Forest> {
    let mut replay = Replay { trace, forest: Forest::default(), steps: 0, passes: BTreeMap::new() };
    for (index, event) in trace.events.iter().enumerate() {
        let path = format!("events[{index}].{}", kind(event));
        replay
            .apply(event)
            .map_err(|Wrong { field, reason }| wrong(join(&path, &field), reason))?;
        for token in tokens_of(std::slice::from_ref(event)) {
            if !trace.vocabulary.contains_key(&token) {
                let reason = format!("token {token} has no entry in \"vocabulary\"");
                return Err(wrong(path, reason));
            }
        }
    }
    replay.check_texts()?;
    replay.check_passes()?;
    Ok(replay.forest)
}

struct Replay<'a> {
    trace: &'a Trace,
    forest: Forest,
    steps: u32,
    passes: BTreeMap<&'a str, u32>,
}

/// What is wrong inside one event.
struct Wrong {
    field: String,
    reason: String,
}

type Checked<T = ()> = std::result::Result<T, Wrong>;

fn complain<T>(field: impl Into<String>, reason: impl Into<String>) -> Checked<T> {
    Err(Wrong { field: field.into(), reason: reason.into() })
}

fn ensure(fine: bool, field: &str, reason: impl FnOnce() -> String) -> Checked {
    if fine { Ok(()) } else { complain(field, reason()) }
}

impl<'a> Replay<'a> {
    fn apply(&mut self, event: &'a Event) -> Checked {
        match event {
            Event::Step { index } => {
                let next = self.steps;
                ensure(*index == next, "index", || format!("expected {next}, found {index}"))?;
                self.steps += 1;
                Ok(())
            }
            Event::Line { line } => {
                ensure(*line > 0, "line", || "lines count from 1, found 0".into())
            }
            Event::Grow { node, parent, lane, input, by, log_prob, row } => {
                self.grow(*node, *parent, *lane, input, by)?;
                ensure(log_prob.is_none_or(|it| it < ROUNDING as f32), "log_prob", || {
                    format!("a log-probability is at most 0, found {log_prob:?}")
                })?;
                row.as_ref().map_or(Ok(()), |row| check_row(row, "row"))
            }
            Event::Score { role, pass, variant, nodes, ancestors, rows, group: _ } => {
                let model = self.pass(role, *pass)?;
                check_variant(variant.as_ref(), model)?;
                self.scored(nodes, ancestors, rows)
            }
            Event::Sample { node, purpose: _, tokens, stages, u, token, prob, span } => {
                self.living(*node, "node")?;
                check_draw(tokens, stages, *token, *prob)?;
                check_span(*u, *prob, *span)
            }
            Event::Judge { node, accepted: _, rule: _, p, q, scale, u, residual } => {
                self.living(*node, "node")?;
                ensure(self.forest[*node].parent.is_some(), "node", || {
                    format!("node {} is a root, which nobody guessed", node.0)
                })?;
                check_probability(Some(*p), "p")?;
                check_probability(*q, "q")?;
                ensure(scale.is_none_or(|it| it > 0.0 && it.is_finite()), "scale", || {
                    format!("{scale:?} is not a positive number")
                })?;
                check_uniform(*u)?;
                residual.as_ref().map_or(Ok(()), |row| check_row(row, "residual"))
            }
            Event::Commit { lane, head, nodes } => self.commit(*lane, *head, nodes),
            Event::Finish { node, .. } => self.living(*node, "node"),
            Event::Prune { nodes, reason: _ } => self.prune(nodes),
            Event::Merge { from, into, suffix: _ } => {
                self.known(*from, "from")?;
                self.known(*into, "into")?;
                ensure(from != into, "into", || format!("node {} merges into itself", into.0))
            }
            Event::Table { name: _, change, columns, rows } => self.table(*change, columns, rows),
            Event::Note { .. } => Ok(()),
        }
    }

    fn grow(
        &mut self,
        node: NodeId,
        parent: Option<NodeId>,
        lane: LaneId,
        input: &Input,
        by: &str,
    ) -> Checked {
        let next = self.forest.len();
        ensure(node.0 as usize == next, "node", || {
            format!("nodes are numbered in the order they grow: expected {next}, found {}", node.0)
        })?;
        self.check_input(input)?;
        let lanes = self.forest.lanes().count();
        let Some(parent) = parent else {
            ensure(by == "prompt", "parent", || {
                format!("only the first node of a prompt has none, and {by:?} grew this one")
            })?;
            ensure(lane.0 as usize == lanes, "lane", || {
                format!("a root opens lane {lanes}, found {}", lane.0)
            })?;
            let Input::Token(token) = input else {
                return complain("input", "a prompt begins with a token");
            };
            self.forest.plant(&[*token]);
            return Ok(());
        };
        self.living(parent, "parent")?;
        let other = self.forest[parent].lane;
        ensure(lane == other, "lane", || {
            format!("node {} grows below lane {}, found {}", node.0, other.0, lane.0)
        })?;
        self.forest.push(lane, Some(parent), input.clone());
        if by == "prompt" {
            let head = self.forest.lane(lane).head;
            ensure(parent == head && self.steps == 0, "parent", || {
                "a prompt is one path, grown before the first step".into()
            })?;
            self.forest.lengthen_prompt(lane, node);
        }
        Ok(())
    }

    fn check_input(&self, input: &Input) -> Checked {
        let Some(target) = self.trace.models.get(TARGET) else { return Ok(()) };
        let token = |token: TokenId| {
            ensure((token as usize) < target.vocab_size, "input", || {
                format!("token {token} lies beyond the vocabulary of {}", target.vocab_size)
            })
        };
        match input {
            Input::Token(it) => token(*it),
            Input::Blend(parts) => {
                parts.iter().try_for_each(|it| token(it.0))?;
                let sum: f64 = parts.iter().map(|it| f64::from(it.1)).sum();
                ensure((sum - 1.0).abs() < 1e-4, "input", || {
                    format!("the weights of a blend sum to 1, found {sum}")
                })
            }
            Input::Vector(_) => Ok(()),
        }
    }

    /// Counts a pass of the model in `role`.
    fn pass(&mut self, role: &'a str, pass: u32) -> Checked<&'a ModelInfo> {
        let Some(model) = self.trace.models.get(role) else {
            return complain("role", format!("\"models\" has no {role:?}"));
        };
        let next = self.passes.entry(role).or_default();
        ensure(pass == *next, "pass", || format!("expected {next}, found {pass}"))?;
        *next += 1;
        Ok(model)
    }

    fn scored(&self, nodes: &[NodeId], ancestors: &[NodeId], rows: &[TopRow]) -> Checked {
        for (index, &node) in nodes.iter().enumerate() {
            let field = format!("nodes[{index}]");
            self.living(node, &field)?;
            if let Some(dead) = self.forest.ancestors(node).find(|&n| self.forest[n].pruned) {
                return complain(field, format!("its ancestor {} was pruned before", dead.0));
            }
        }
        for (index, &node) in ancestors.iter().enumerate() {
            let field = format!("ancestors[{index}]");
            self.living(node, &field)?;
            ensure(nodes.iter().any(|&n| self.forest.sees(n, node)), &field, || {
                format!("node {} is no ancestor of the scored nodes", node.0)
            })?;
        }
        ensure(rows.is_empty() || rows.len() == nodes.len(), "rows", || {
            format!("expected none or {}, found {}", nodes.len(), rows.len())
        })?;
        rows.iter()
            .enumerate()
            .try_for_each(|(index, row)| check_row(row, &format!("rows[{index}]")))
    }

    fn commit(&mut self, lane: LaneId, head: NodeId, nodes: &[NodeId]) -> Checked {
        ensure((lane.0 as usize) < self.forest.lanes().count(), "lane", || {
            format!("there is no lane {}", lane.0)
        })?;
        let mut last = self.forest.lane(lane).head;
        for (index, &node) in nodes.iter().enumerate() {
            let field = format!("nodes[{index}]");
            self.living(node, &field)?;
            ensure(self.forest[node].parent == Some(last), &field, || {
                format!("node {} does not follow node {}", node.0, last.0)
            })?;
            last = node;
        }
        ensure(head == last, "head", || format!("expected node {}, found {}", last.0, head.0))?;
        self.forest.set_head(lane, head);
        Ok(())
    }

    fn prune(&mut self, nodes: &[NodeId]) -> Checked {
        for (index, &node) in nodes.iter().enumerate() {
            let field = format!("nodes[{index}]");
            self.living(node, &field)?;
            let committed = self.forest.lanes().any(|(_, it)| self.forest.sees(it.head, node));
            ensure(!committed, &field, || format!("node {} is part of the text", node.0))?;
            self.forest.set_pruned(node);
        }
        Ok(())
    }

    fn table(&self, change: TableChange, columns: &[Column], rows: &[Vec<Cell>]) -> Checked {
        for (index, row) in rows.iter().enumerate() {
            let whole = row.len() == columns.len();
            // Rows that leave are named by their first cell.
            let named = change == TableChange::Drop && !row.is_empty();
            ensure(whole || named, &format!("rows[{index}]"), || {
                format!("expected {} cells, found {}", columns.len(), row.len())
            })?;
            for (column, (cell, it)) in row.iter().zip(columns).enumerate() {
                let field = format!("rows[{index}][{column}]");
                let fits = match (it.kind, cell) {
                    (_, Cell::Empty) | (ColumnKind::Text, Cell::Text(_)) => true,
                    (ColumnKind::Tokens, Cell::Tokens(_)) => true,
                    (ColumnKind::Number | ColumnKind::Probability, Cell::Number(_)) => true,
                    (ColumnKind::Token, Cell::Number(it)) => it.fract() == 0.0 && *it >= 0.0,
                    (ColumnKind::Node, Cell::Number(it)) => {
                        self.known(NodeId(*it as u32), &field)?;
                        it.fract() == 0.0 && *it >= 0.0
                    }
                    _ => false,
                };
                ensure(fits, &field, || {
                    format!("{cell:?} cannot stand in the column {:?} ({:?})", it.name, it.kind)
                })?;
            }
        }
        Ok(())
    }

    fn known(&self, node: NodeId, field: &str) -> Checked {
        ensure((node.0 as usize) < self.forest.len(), field, || {
            format!("node {} has not grown yet", node.0)
        })
    }

    fn living(&self, node: NodeId, field: &str) -> Checked {
        self.known(node, field)?;
        ensure(!self.forest[node].pruned, field, || format!("node {} was pruned before", node.0))
    }

    /// The texts at the top of the trace against those of the forest.
    fn check_texts(&self) -> Result<()> {
        let Some((_, lane)) = self.forest.lanes().next() else {
            return Err(wrong("events", "no prompt grows"));
        };
        let Trace { prompt_tokens, tokens, outputs, max_new_tokens, models, .. } = self.trace;
        let mut prompt = self.forest.tokens(lane.head);
        let answer = prompt.split_off(lane.prompt_len as usize);
        differ("prompt_tokens", prompt_tokens, &prompt)?;
        differ("tokens", tokens, &answer)?;
        if tokens.len() > *max_new_tokens as usize {
            let reason =
                format!("more than {max_new_tokens} tokens, which \"max_new_tokens\" allows");
            return Err(wrong("tokens", reason));
        }
        if !models.contains_key(TARGET) {
            return Err(wrong("models", format!("{TARGET:?} is missing")));
        }
        for (index, output) in outputs.iter().enumerate() {
            let path = format!("outputs[{index}]");
            if output.node.0 as usize >= self.forest.len() {
                let reason = format!("node {} never grew", output.node.0);
                return Err(wrong(format!("{path}.node"), reason));
            }
            let text = self.forest.tokens(output.node);
            let lane = self.forest.lane(self.forest[output.node].lane);
            let from = text.len().min(lane.prompt_len as usize);
            differ(&format!("{path}.tokens"), &output.tokens, &text[from..])?;
        }
        Ok(())
    }

    fn check_passes(&self) -> Result<()> {
        let passes =
            self.trace.events.iter().filter(|it| matches!(it, Event::Score { .. })).count();
        let timed = self.trace.recorded.pass_ms.len();
        if timed != 0 && timed != passes {
            let reason = format!("expected one for each of the {passes} passes, found {timed}");
            return Err(wrong("recorded.pass_ms", reason));
        }
        Ok(())
    }
}

/// Complains where the tokens written at `path` are not those of the replayed text.
fn differ(path: &str, written: &[TokenId], replayed: &[TokenId]) -> Result<(), Error> {
    let same = written.iter().zip(replayed).take_while(|(a, b)| a == b).count();
    match (written.get(same), replayed.get(same)) {
        (None, None) => Ok(()),
        (Some(it), Some(other)) => Err(wrong(
            format!("{path}[{same}]"),
            format!("expected token {other}, which the events say, found {it}"),
        )),
        _ => Err(wrong(
            path,
            format!("the events make {} tokens, found {}", replayed.len(), written.len()),
        )),
    }
}

fn check_variant(variant: Option<&Variant>, model: &ModelInfo) -> Checked {
    let Some(Variant { skip_attention, skip_mlp }) = variant else { return Ok(()) };
    for layers in [skip_attention, skip_mlp] {
        ensure(layers.iter().all(|&it| (it as usize) < model.layers), "variant", || {
            format!("{:?} has {} layers, found {layers:?}", model.name, model.layers)
        })?;
        ensure(layers.is_sorted_by(|a, b| a < b), "variant", || {
            format!("layers ascend, found {layers:?}")
        })?;
    }
    Ok(())
}

fn check_row(row: &TopRow, field: &str) -> Checked {
    ensure(row.top.is_sorted_by(|a, b| a.1 >= b.1), field, || {
        "its tokens are not in order".into()
    })?;
    let mass: f64 = row.top.iter().map(|it| f64::from(it.1).exp()).sum();
    let sum = mass + f64::from(row.rest);
    // Log-probabilities come from the device in f32; e^ℓ magnifies their rounding.
    ensure((sum - 1.0).abs() < 1e-3 && row.rest >= 0.0, field, || {
        format!("its probabilities sum to {sum}, not to 1")
    })
}

fn check_draw(tokens: &[TokenId], stages: &[Stage], token: TokenId, prob: f32) -> Checked {
    let Some(place) = tokens.iter().position(|&it| it == token) else {
        return complain("tokens", format!("the chosen token {token} is not among them"));
    };
    for (index, stage) in stages.iter().enumerate() {
        let field = format!("stages[{index}]");
        ensure(stage.probs.len() == tokens.len(), &format!("{field}.probs"), || {
            format!("expected {} values, found {}", tokens.len(), stage.probs.len())
        })?;
        stage.probs.iter().try_for_each(|&p| check_probability(Some(p), &field))?;
        let mass: f64 = stage.probs.iter().map(|&p| f64::from(p)).sum();
        let sum = mass + f64::from(stage.rest);
        ensure((sum - 1.0).abs() <= ROUNDING, &field, || {
            format!("its probabilities sum to {sum}, not to 1")
        })?;
    }
    let Some(last) = stages.last() else { return complain("stages", "there are none") };
    let shown = last.probs[place];
    ensure((shown - prob).abs() <= ROUNDING as f32, "prob", || {
        format!("expected {shown}, the last stage's, found {prob}")
    })?;
    ensure(prob > 0.0, "prob", || "a token without mass was chosen".into())
}

fn check_span(u: Option<f32>, prob: f32, span: (f32, f32)) -> Checked {
    check_uniform(u)?;
    let (from, to) = span;
    let rounding = ROUNDING as f32;
    ensure((to - from - prob).abs() <= rounding, "span", || {
        format!("expected a width of {prob}, found {from} to {to}")
    })?;
    let inside = |u: f32| (from - rounding..=to + rounding).contains(&u);
    ensure(u.is_none_or(inside), "u", || {
        format!("{} lies outside the span from {from} to {to}", u.unwrap_or_default())
    })
}

fn check_probability(p: Option<f32>, field: &str) -> Checked {
    ensure(p.is_none_or(|p| (0.0..=1.0 + ROUNDING as f32).contains(&p)), field, || {
        format!("expected a probability, found {}", p.unwrap_or_default())
    })
}

fn check_uniform(u: Option<f32>) -> Checked {
    ensure(u.is_none_or(|u| (0.0..1.0).contains(&u)), "u", || {
        format!("expected a number from 0 to below 1, found {}", u.unwrap_or_default())
    })
}

fn join(path: &str, field: &str) -> String {
    if field.is_empty() { path.into() } else { format!("{path}.{field}") }
}

/// The name of an event as the file spells it.
fn kind(event: &Event) -> &'static str {
    match event {
        Event::Step { .. } => "step",
        Event::Line { .. } => "line",
        Event::Grow { .. } => "grow",
        Event::Score { .. } => "score",
        Event::Sample { .. } => "sample",
        Event::Judge { .. } => "judge",
        Event::Commit { .. } => "commit",
        Event::Finish { .. } => "finish",
        Event::Prune { .. } => "prune",
        Event::Merge { .. } => "merge",
        Event::Table { .. } => "table",
        Event::Note { .. } => "note",
    }
}
