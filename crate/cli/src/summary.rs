//! The numbers of a run, counted from its trace.

use decoding::{
    LaneId, NodeId,
    session::TARGET,
    trace::{Event, FinishReason, Trace},
};
use std::{collections::BTreeMap, fmt};

pub struct Summary {
    method: String,
    /// Of all prompts.
    tokens: usize,
    /// Why the answer ends.
    reason: Option<FinishReason>,
    /// Forward passes by role; those that leave blocks out are counted apart.
    passes: BTreeMap<String, u32>,
    /// Nodes grown by anybody but the target.
    drafted: usize,
    accepted: usize,
    /// Other finished texts.
    outputs: usize,
    total_ms: f32,
    plain_ms_per_token: Option<f32>,
}

impl Summary {
    pub fn of(trace: &Trace) -> Self {
        let mut summary = Self {
            method: trace.method.clone(),
            tokens: committed(trace),
            reason: None,
            passes: BTreeMap::new(),
            drafted: 0,
            accepted: 0,
            outputs: trace.outputs.len(),
            total_ms: trace.recorded.total_ms,
            plain_ms_per_token: trace.recorded.plain_ms_per_token,
        };
        let answer = answer(trace);
        for event in &trace.events {
            match event {
                Event::Score { role, variant, .. } => {
                    let shortened = if variant.is_some() { " with blocks left out" } else { "" };
                    *summary.passes.entry(format!("{role}{shortened}")).or_default() += 1;
                }
                Event::Grow { by, .. } if !is_targets(by) => summary.drafted += 1,
                Event::Judge { accepted: true, .. } => summary.accepted += 1,
                Event::Finish { node, reason, .. } if Some(*node) == answer => {
                    summary.reason = Some(*reason)
                }
                _ => {}
            }
        }
        summary
    }
}

/// Tokens that became text, of all prompts.
fn committed(trace: &Trace) -> usize {
    let nodes = trace.events.iter().map(|event| match event {
        Event::Commit { nodes, .. } => nodes.len(),
        _ => 0,
    });
    nodes.sum()
}

/// The last node of the answer.
fn answer(trace: &Trace) -> Option<NodeId> {
    trace.events.iter().rev().find_map(|event| match event {
        Event::Commit { lane: LaneId::MAIN, head, .. } => Some(*head),
        _ => None,
    })
}

/// Whether the node is no guess: of the prompt, of the target itself, or padding.
fn is_targets(by: &str) -> bool {
    matches!(by, "prompt" | "target" | "recovered" | "bonus" | "padding")
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = |amount: f32, count: f32| if count > 0.0 { amount / count } else { 0.0 };
        writeln!(f, "method            {}", self.method)?;
        let reason = match self.reason {
            Some(FinishReason::EndToken) => " (the end token)",
            Some(FinishReason::Length) => " (as many as asked for)",
            Some(FinishReason::Context) => " (the context is full)",
            Some(FinishReason::Budget) => " (the budget is spent)",
            Some(FinishReason::Stopped) => " (the search has stopped)",
            None => "",
        };
        writeln!(f, "tokens            {}{reason}", self.tokens)?;
        let passes: Vec<_> = self.passes.iter().map(|(role, it)| format!("{role} {it}")).collect();
        writeln!(f, "passes            {}", passes.join(", "))?;
        if self.drafted > 0 {
            let share = per(self.accepted as f32, self.drafted as f32) * 100.0;
            let Self { accepted, drafted, .. } = self;
            writeln!(f, "accepted/drafted  {accepted}/{drafted} ({share:.0} %)")?;
        }
        let target = self.passes.get(TARGET).copied().unwrap_or_default() as f32;
        writeln!(f, "tokens per pass   {:.2} of the target", per(self.tokens as f32, target))?;
        if self.outputs > 0 {
            writeln!(f, "other texts       {}", self.outputs)?;
        }
        let each = per(self.total_ms, self.tokens as f32);
        write!(f, "time              {:.1} ms, {each:.2} ms per token", self.total_ms)?;
        match self.plain_ms_per_token {
            Some(plain) => writeln!(f, " (plain greedy: {plain:.2} ms)"),
            None => writeln!(f),
        }
    }
}
