//! What can be counted in the events of a run.

use decoding::{
    LaneId, NodeId,
    session::TARGET,
    trace::{Event, FinishReason},
};
use std::{
    collections::{BTreeMap, HashSet},
    ops::AddAssign,
};

/// Sums over the events of one run, or of several.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Tokens that became text, of all prompts.
    pub tokens: u64,
    /// Forward passes by role. Those that leave blocks out are not among them.
    pub passes: BTreeMap<String, u64>,
    /// Forward passes that leave blocks out, by role.
    pub shortened: BTreeMap<String, u64>,
    /// Nodes grown by anybody but the target.
    pub drafted: u64,
    /// Guesses tested, and those of them accepted.
    pub judged: u64,
    pub accepted: u64,
    /// Nodes that ran in passes of the whole target, those of the prompts left out. A node that
    /// ran in two passes counts twice.
    pub fed: u64,
    /// Those of `fed` that did not become text, and every second time of those that did.
    pub wasted: u64,
}

impl Counts {
    pub fn of(events: &[Event]) -> Self {
        let mut counts = Self::default();
        let mut prompts = HashSet::new();
        let mut text = HashSet::new();
        let mut fed = Vec::new();
        for event in events {
            match event {
                Event::Grow { node, by, .. } if by == "prompt" => {
                    prompts.insert(*node);
                }
                Event::Grow { by, .. } if !is_targets(by) => counts.drafted += 1,
                Event::Score { role, variant, nodes, ancestors, .. } => {
                    let passes =
                        if variant.is_some() { &mut counts.shortened } else { &mut counts.passes };
                    *passes.entry(role.clone()).or_default() += 1;
                    if role == TARGET && variant.is_none() {
                        fed.extend(nodes.iter().chain(ancestors).copied());
                    }
                }
                Event::Judge { accepted, .. } => {
                    counts.judged += 1;
                    counts.accepted += *accepted as u64;
                }
                Event::Commit { nodes, .. } => {
                    counts.tokens += nodes.len() as u64;
                    text.extend(nodes.iter().copied());
                }
                _ => {}
            }
        }
        fed.retain(|it| !prompts.contains(it));
        counts.fed = fed.len() as u64;
        let useful: HashSet<NodeId> = fed.into_iter().filter(|it| text.contains(it)).collect();
        counts.wasted = counts.fed - useful.len() as u64;
        counts
    }

    /// Passes of the whole target.
    pub fn target_passes(&self) -> u64 {
        self.passes.get(TARGET).copied().unwrap_or_default()
    }

    /// Passes that guess: of other models, and of the target with blocks left out.
    pub fn draft_passes(&self) -> u64 {
        let others = self.passes.iter().filter(|it| it.0 != TARGET);
        others.chain(&self.shortened).map(|it| it.1).sum()
    }

    /// Passes of the target that text comes from. A method that tests nothing and leaves layers out
    /// writes with the passes that it shortens.
    pub fn writing_passes(&self) -> u64 {
        let shortened = self.shortened.get(TARGET).copied().unwrap_or_default();
        self.target_passes() + if self.judged == 0 { shortened } else { 0 }
    }

    /// Tokens for each pass of the whole target.
    pub fn tokens_per_pass(&self) -> f64 {
        self.tokens as f64 / self.target_passes() as f64
    }

    /// α: accepted guesses per tested one.
    pub fn acceptance(&self) -> f64 {
        self.accepted as f64 / self.judged as f64
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.tokens += other.tokens;
        for (mine, others) in
            [(&mut self.passes, other.passes), (&mut self.shortened, other.shortened)]
        {
            for (role, count) in others {
                *mine.entry(role).or_default() += count;
            }
        }
        self.drafted += other.drafted;
        self.judged += other.judged;
        self.accepted += other.accepted;
        self.fed += other.fed;
        self.wasted += other.wasted;
    }
}

/// The last node of the answer, and why the answer ends.
pub fn answer(events: &[Event]) -> (Option<NodeId>, Option<FinishReason>) {
    let end = events.iter().rev().find_map(|event| match event {
        Event::Commit { lane: LaneId::MAIN, head, .. } => Some(*head),
        _ => None,
    });
    let reason = events.iter().rev().find_map(|event| match event {
        Event::Finish { node, reason, .. } if Some(*node) == end => Some(*reason),
        _ => None,
    });
    (end, reason)
}

/// Whether the node is no guess: of the prompt, of the target itself, or padding.
fn is_targets(by: &str) -> bool {
    matches!(by, "prompt" | "target" | "recovered" | "bonus" | "padding")
}

#[cfg(test)]
mod tests {
    use super::*;
    use decoding::trace::Trace;

    fn golden(id: &str) -> Counts {
        let path = format!("{}/../../tests/golden/{id}.json", env!("CARGO_MANIFEST_DIR"));
        let json = std::fs::read_to_string(path).expect("a golden trace");
        Counts::of(&serde_json::from_str::<Trace>(&json).expect("a trace").events)
    }

    #[test]
    fn plain_decoding_wastes_nothing() {
        let counts = golden("basic-sampling");
        assert_eq!(counts.tokens, counts.target_passes());
        // The last token is never fed, the prompt is not counted.
        assert_eq!((counts.fed, counts.wasted), (counts.tokens - 1, 0));
        assert_eq!((counts.drafted, counts.draft_passes()), (0, 0));
    }

    #[test]
    fn a_rejected_guess_was_fed_in_vain() {
        let counts = golden("speculative-decoding");
        assert!(counts.target_passes() < counts.tokens && counts.draft_passes() > 0);
        // All fed nodes are text but those that were guessed and not accepted.
        assert_eq!(counts.wasted, counts.drafted - counts.accepted);
        let mut twice = counts.clone();
        twice += counts.clone();
        assert_eq!(twice.tokens_per_pass(), counts.tokens_per_pass());
        assert_eq!(twice.acceptance(), counts.acceptance());
        assert_eq!(twice.fed, 2 * counts.fed);
    }

    #[test]
    fn passes_with_blocks_left_out_guess() {
        let counts = golden("swift");
        assert_eq!(counts.draft_passes(), counts.shortened[TARGET]);
        assert_eq!(counts.writing_passes(), counts.target_passes());
        let unjudged = golden("unified-layer-skip");
        // And a few whole passes that show what they would have said.
        let passes = unjudged.writing_passes();
        assert!((unjudged.tokens..=unjudged.tokens + 3).contains(&passes), "{passes}");
        assert!(unjudged.target_passes() < 4);
    }
}
