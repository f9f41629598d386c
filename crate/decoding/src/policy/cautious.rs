//! Ends a draft where its guesses are unlikely to be kept. How likely is learned while the run
//! goes on: of the places where the draft was about as sure as here, the share at which a guess
//! was kept. It depends on rows and verdicts only, never on a token not yet drawn.
//! Source of the idea: Lu et al. 2024, arXiv:2409.10644, who train a small network beforehand on
//! the same question; the shares here need no training and can be read off a table.

use super::*;
use crate::trace::*;
use std::collections::BTreeMap;

/// Bins of the draft's confidence, the probability of its best token.
const BINS: usize = 10;
/// A bin begins as if it had seen this many places, kept as often as the draft is sure there.
const PRIOR: f32 = 2.0;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    tried: u32,
    kept: u32,
}

/// Any policy with levels, ended early.
#[derive(Clone, Debug)]
pub struct Cautious<P> {
    pub inner: P,
    /// No further level where every guess is kept less often than this.
    pub stop_below: f32,
    bins: [Bin; BINS],
    /// Bin of each node that was expanded in this round.
    expanded: BTreeMap<NodeId, usize>,
}

impl<P> Cautious<P> {
    pub fn new(inner: P, stop_below: f32) -> Self {
        Self { inner, stop_below, bins: [Bin::default(); BINS], expanded: BTreeMap::new() }
    }

    fn bin(confidence: f32) -> usize {
        ((confidence * BINS as f32) as usize).min(BINS - 1)
    }

    /// The share of guesses kept at this confidence, as far as is known.
    fn predicted(&self, bin: usize) -> f32 {
        let sure = (bin as f32 + 0.5) / BINS as f32;
        let Bin { tried, kept } = self.bins[bin];
        (kept as f32 + PRIOR * sure) / (tried as f32 + PRIOR)
    }

    /// Learns from one walk: `path` begins where guesses were first tried, and each node after it
    /// was an accepted guess.
    pub fn learn(&mut self, session: &mut Session<'_>, path: &[NodeId]) {
        use ColumnKind::{Number, Probability, Text};
        let mut rows = Vec::new();
        for (index, node) in path.iter().enumerate() {
            let Some(&bin) = self.expanded.get(node) else { continue };
            self.bins[bin].tried += 1;
            self.bins[bin].kept += u32::from(index + 1 < path.len());
            let Bin { tried, kept } = self.bins[bin];
            rows.push(vec![
                Cell::Text(format!("{}–{} %", 10 * bin, 10 * (bin + 1))),
                Cell::Number(tried as f32),
                Cell::Number(kept as f32),
                Cell::Number(self.predicted(bin)),
            ]);
        }
        let columns = [
            ("draft_is_sure", Text),
            ("tried", Number),
            ("kept", Number),
            ("predicted", Probability),
        ]
        .map(|(name, kind)| Column::new(name, kind));
        if !rows.is_empty() {
            session.table("decisions", TableChange::Put, &columns, rows);
        }
    }
}

impl<P: TreePolicy> TreePolicy for Cautious<P> {
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
        self.expanded.clear();
        self.inner.begin(session, depth)
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let mut best = 0.0f32;
        for Frontier { node, probs } in frontier {
            let bin = Self::bin(probs.iter().copied().fold(0.0, f32::max));
            self.expanded.insert(*node, bin);
            best = best.max(self.predicted(bin));
        }
        let expansion = self.inner.expand(session, frontier);
        if expansion.more && best < self.stop_below {
            let values =
                [("predicted", Cell::Number(best)), ("bound", Cell::Number(self.stop_below))];
            session.note(
                "draft_stops",
                "Guesses like these are kept with a chance of {predicted}, which is below {bound}: \
                 the draft goes no deeper.",
                &values,
            );
            return Expansion { more: false, ..expansion };
        }
        expansion
    }

    fn draws(&self) -> bool {
        self.inner.draws()
    }

    fn extends(&self, child: &Child) -> bool {
        self.inner.extends(child)
    }

    fn grown(&mut self, child: &Child, node: NodeId) {
        self.inner.grown(child, node);
    }

    fn select(&mut self, session: &mut Session<'_>, drafted: Vec<NodeId>) -> Vec<NodeId> {
        self.inner.select(session, drafted)
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        let path = [&verdict.scored[..1], verdict.accepted].concat();
        self.learn(session, &path);
        self.inner.observe(session, verdict);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Trial, tree};

    #[test]
    fn an_untried_bin_believes_the_draft() {
        let it = Cautious::new(Chain::new(4), 0.4);
        assert_eq!([0.0, 0.39, 0.4, 1.0].map(Cautious::<Chain>::bin), [0, 3, 4, 9]);
        assert!((it.predicted(3) - 0.35).abs() < 1e-6);
    }

    #[test]
    fn the_draft_ends_where_guesses_are_seldom_kept() {
        // State 3's best token has .6, so bin 6 begins with .65.
        let best = || Branching::new(&[1, 1, 1], Children::Best);
        assert_eq!(tree(&mut Trial::t4(&[3]), Cautious::new(best(), 0.6)).len(), 3);
        assert_eq!(tree(&mut Trial::t4(&[3]), Cautious::new(best(), 0.7)), ["3"]);
    }

    #[test]
    fn shares_are_learned_from_verdicts() {
        let mut trial = Trial::t4(&[3]);
        let mut policy = Cautious::new(Branching::new(&[1, 1], Children::Best), 0.0);
        tree(&mut trial, &mut policy);
        let mut session = trial.step();
        let head = session.head();
        // Places: the head and the guess below it, both sure with .6; only the first was kept.
        let guess = session.forest().children(head).next().unwrap();
        policy.learn(&mut session, &[head, guess]);
        assert_eq!(policy.bins[6], Bin { tried: 2, kept: 1 });
        assert!((policy.predicted(6) - (1.0 + 1.3) / 4.0).abs() < 1e-6);
    }
}
