//! The numbers of a run, counted from its trace.

use crate::counts::{Counts, answer};
use decoding::trace::{FinishReason, Trace};
use std::fmt;

pub struct Summary {
    method: String,
    counts: Counts,
    /// Why the answer ends.
    reason: Option<FinishReason>,
    /// Other finished texts.
    outputs: usize,
    total_ms: f32,
    plain_ms_per_token: Option<f32>,
}

impl Summary {
    pub fn of(trace: &Trace) -> Self {
        Self {
            method: trace.method.clone(),
            counts: Counts::of(&trace.events),
            reason: answer(&trace.events).1,
            outputs: trace.outputs.len(),
            total_ms: trace.recorded.total_ms,
            plain_ms_per_token: trace.recorded.plain_ms_per_token,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { tokens, drafted, accepted, .. } = self.counts;
        let per = |amount: f64, count: u64| if count > 0 { amount / count as f64 } else { 0.0 };
        writeln!(f, "method            {}", self.method)?;
        let reason = match self.reason {
            Some(FinishReason::EndToken) => " (the end token)",
            Some(FinishReason::Length) => " (as many as asked for)",
            Some(FinishReason::Context) => " (the context is full)",
            Some(FinishReason::Budget) => " (the budget is spent)",
            Some(FinishReason::Stopped) => " (the search has stopped)",
            None => "",
        };
        writeln!(f, "tokens            {tokens}{reason}")?;
        let whole = self.counts.passes.iter().map(|(role, it)| format!("{role} {it}"));
        let shortened = self.counts.shortened.iter();
        let shortened = shortened.map(|(role, it)| format!("{role} with blocks left out {it}"));
        let passes: Vec<_> = whole.chain(shortened).collect();
        writeln!(f, "passes            {}", passes.join(", "))?;
        if drafted > 0 {
            let share = per(accepted as f64, drafted) * 100.0;
            writeln!(f, "accepted/drafted  {accepted}/{drafted} ({share:.0} %)")?;
        }
        let target = self.counts.target_passes();
        writeln!(f, "tokens per pass   {:.2} of the target", per(tokens as f64, target))?;
        if self.outputs > 0 {
            writeln!(f, "other texts       {}", self.outputs)?;
        }
        let each = per(self.total_ms.into(), tokens);
        write!(f, "time              {:.1} ms, {each:.2} ms per token", self.total_ms)?;
        match self.plain_ms_per_token {
            Some(plain) => writeln!(f, " (plain greedy: {plain:.2} ms)"),
            None => writeln!(f),
        }
    }
}
