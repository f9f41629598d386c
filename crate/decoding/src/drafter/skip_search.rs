//! Which sub-layers of the target to leave out while it drafts for itself. Sets of the same size
//! are tried on text that has just been verified, and the best so far is used.
//! Source: Xia et al. 2024 (SWIFT), arXiv:2410.06916. The paper mixes random sets with Bayesian
//! optimisation; here small swaps of the best set take its place, and a small network's sets are
//! tried to the last.

use crate::model::Variant;
use std::collections::BTreeSet;

/// A set of sub-layers, one bit each: attention of layer 1, feed-forward of layer 1, attention of
/// layer 2, … The first and the last layer always run, and so do those beyond layer 64.
pub type SkipSet = u128;

/// Sets of at most so many sub-layers are listed in full: 2^12.
const LISTED: u32 = 12;

/// Draws of a random set before a round gives up, where sets are too many to list.
const ATTEMPTS: u32 = 64;

/// When the search ends.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Good enough: a set that guesses more than this share.
    pub target: f32,
    /// Sets tried in a row without a gain.
    pub patience: u32,
    /// Sets tried in all.
    pub tries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    GoodEnough,
    NoGain,
    TriesSpent,
    /// There is no other set of this size.
    AllTried,
}

#[derive(Clone, Debug)]
pub struct SkipSearch {
    /// Sub-layers that may be left out.
    places: u32,
    /// Sub-layers that are left out.
    count: u32,
    limits: Limits,
    best: SkipSet,
    /// Share of tokens that the best set guessed; `None` before the first try.
    matchness: Option<f32>,
    tried: BTreeSet<SkipSet>,
    since_gain: u32,
    settled: Option<Settled>,
}

impl SkipSearch {
    /// Leaves out `share` (rounded down) of the sub-layers between the first and the last layer.
    pub fn new(layers: usize, share: f32, limits: Limits) -> Self {
        let places = (2 * layers.saturating_sub(2)).min(SkipSet::BITS as usize) as u32;
        // A share such as .35 is a little less in f32; it still means 7 of 20.
        let count = (f64::from(share) * f64::from(places) + 1e-4) as u32;
        let best = first_set(places, count);
        let tried = BTreeSet::new();
        let settled = match (count, limits.tries) {
            (0, _) => Some(Settled::AllTried),
            (_, 0) => Some(Settled::TriesSpent),
            _ => None,
        };
        Self { places, count, limits, best, matchness: None, tried, since_gain: 0, settled }
    }

    pub fn best(&self) -> SkipSet {
        self.best
    }

    pub fn matchness(&self) -> Option<f32> {
        self.matchness
    }

    pub fn settled(&self) -> Option<Settled> {
        self.settled
    }

    /// The next set to try: first the one in use, then by turns a swap of one sub-layer in the
    /// best set and a random set. `uniform` gives numbers in [0, 1) by draw. `None`: nothing this
    /// round.
    pub fn candidate(&self, uniform: impl Fn(u32) -> f32) -> Option<SkipSet> {
        if self.settled.is_some() {
            return None;
        }
        if self.tried.is_empty() {
            return Some(self.best);
        }
        let pick = |sets: Vec<SkipSet>| {
            let index = (uniform(0) * sets.len() as f32) as usize;
            sets.get(index.min(sets.len().saturating_sub(1))).copied()
        };
        let swap = if self.tried.len() % 2 == 1 { pick(self.swaps()) } else { None };
        swap.or_else(|| {
            if self.places <= LISTED {
                let all = (0..1u128 << self.places).filter(|set| set.count_ones() == self.count);
                return pick(all.filter(|set| !self.tried.contains(set)).collect());
            }
            let sets = (0..ATTEMPTS).map(|attempt| self.random_set(attempt, &uniform));
            sets.into_iter().find(|set| !self.tried.contains(set))
        })
    }

    /// Untried sets that differ from the best in one sub-layer.
    fn swaps(&self) -> Vec<SkipSet> {
        let places = |skipped: bool| {
            (0..self.places).filter(move |place| (self.best >> place & 1 == 1) == skipped)
        };
        let swap = |out: u32| places(false).map(move |into| self.best ^ 1 << out ^ 1 << into);
        places(true).flat_map(swap).filter(|set| !self.tried.contains(set)).collect()
    }

    fn random_set(&self, attempt: u32, uniform: impl Fn(u32) -> f32) -> SkipSet {
        let mut open: Vec<u32> = (0..self.places).collect();
        let mut set = 0;
        for draw in 0..self.count {
            let u = uniform(1 + attempt * self.count + draw);
            let index = (u * open.len() as f32) as usize;
            set |= 1 << open.swap_remove(index.min(open.len() - 1));
        }
        set
    }

    /// Takes note of a try; tells whether the set is now the one in use.
    pub fn learn(&mut self, set: SkipSet, matchness: f32) -> bool {
        self.tried.insert(set);
        let adopted = self.matchness.is_none_or(|best| matchness > best);
        if adopted {
            (self.best, self.matchness) = (set, Some(matchness));
            self.since_gain = 0;
        } else {
            self.since_gain += 1;
        }
        self.settled = if adopted && matchness > self.limits.target {
            Some(Settled::GoodEnough)
        } else if self.tried.len() as u64 >= combinations(self.places, self.count) {
            Some(Settled::AllTried)
        } else if self.since_gain >= self.limits.patience {
            Some(Settled::NoGain)
        } else if self.tried.len() as u32 >= self.limits.tries {
            Some(Settled::TriesSpent)
        } else {
            None
        };
        adopted
    }
}

/// The paper's first set skips odd layers; their attention goes first, it costs least.
fn first_set(places: u32, count: u32) -> SkipSet {
    let of = |odd: bool, block: u32| {
        (0..places).filter(move |place| (place / 2 % 2 == 0) == odd && place % 2 == block)
    };
    let order = of(true, 0).chain(of(true, 1)).chain(of(false, 0)).chain(of(false, 1));
    order.take(count as usize).fold(0, |set, place| set | 1 << place)
}

/// Sets of `count` among `places`, as far as a u64 reaches.
fn combinations(places: u32, count: u32) -> u64 {
    let step = |ways: u64, i: u32| ways.saturating_mul(u64::from(places - i)) / u64::from(i + 1);
    (0..count.min(places - count)).fold(1, step)
}

/// The network without these sub-layers.
pub fn variant(set: SkipSet) -> Variant {
    let layers = |block: u32| {
        let places = (0..SkipSet::BITS / 2).map(move |layer| (layer + 1, 2 * layer + block));
        places.filter(|it| set >> it.1 & 1 == 1).map(|it| it.0).collect()
    };
    Variant { skip_attention: layers(0), skip_mlp: layers(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, uniform};

    const LIMITS: Limits = Limits { target: 0.95, patience: 300, tries: 1000 };

    /// Runs a search against a fixed matchness per set.
    fn search(mut it: SkipSearch, matchness: impl Fn(SkipSet) -> f32) -> SkipSearch {
        for position in 0..2000 {
            let u = |draw| uniform(3, Key { purpose: "skip", lane: 0, position, draw });
            let Some(set) = it.candidate(u) else { break };
            assert_eq!(set.count_ones(), it.count, "as many sub-layers as before");
            assert!(!it.tried.contains(&set), "tried twice");
            let before = it.matchness;
            let adopted = it.learn(set, matchness(set));
            assert_eq!(adopted, before.is_none_or(|best| matchness(set) > best));
        }
        it
    }

    #[test]
    fn the_share_gives_the_number_of_sub_layers() {
        let count = |layers, share| SkipSearch::new(layers, share, LIMITS).best().count_ones();
        assert_eq!([count(8, 0.45), count(6, 0.45), count(8, 0.2)], [5, 3, 2]);
        assert_eq!([count(12, 0.35), count(8, 0.0), count(2, 0.6), count(1, 0.6)], [7, 0, 0, 0]);
    }

    #[test]
    fn odd_layers_are_left_out_first() {
        let first = |share| variant(SkipSearch::new(8, share, LIMITS).best());
        let two = Variant { skip_attention: vec![1, 3], skip_mlp: vec![] };
        let five = Variant { skip_attention: vec![1, 3, 5], skip_mlp: vec![1, 3] };
        assert_eq!([first(0.2), first(0.45)], [two, five]);
    }

    #[test]
    fn the_first_and_the_last_layer_always_run() {
        let all = variant(first_set(12, 12));
        assert_eq!((all.skip_attention, all.skip_mlp), ((1..7).collect(), (1..7).collect()));
    }

    #[test]
    fn a_small_network_is_searched_to_the_last_set() {
        // 66 pairs and 792 sets of five among 12; the best one wins, wherever it is.
        for (share, sets, best) in [(0.2, 66, 0b1000_0000_0001), (0.45, 792, 0b1011_0000_0011)] {
            let overlap = |set: SkipSet| (set & best).count_ones() as f32 / 10.0;
            let it = search(SkipSearch::new(8, share, LIMITS), overlap);
            assert_eq!(it.best(), best);
            let all = it.settled() == Some(Settled::AllTried);
            assert!(all && it.tried.len() == sets || it.settled() == Some(Settled::NoGain));
        }
    }

    #[test]
    fn swaps_find_a_good_set_of_a_large_network_soon() {
        let best = first_set(60, 20).reverse_bits() >> (SkipSet::BITS - 60);
        let overlap = |set: SkipSet| (set & best).count_ones() as f32 / 20.0;
        let it = SkipSearch::new(32, 0.334, Limits { target: 0.69, ..LIMITS });
        assert_eq!(it.best().count_ones(), 20);
        let start = overlap(it.best());
        let it = search(it, overlap);
        assert!(it.settled() == Some(Settled::GoodEnough) && start < 0.5, "{it:?}");
    }

    #[test]
    fn the_search_ends_for_each_reason() {
        let new = |limits| SkipSearch::new(8, 0.45, limits);
        let ends = |limits, matchness: f32| {
            let it = search(new(limits), |_| matchness);
            (it.settled(), it.tried.len())
        };
        assert_eq!(ends(LIMITS, 0.96), (Some(Settled::GoodEnough), 1));
        assert_eq!(ends(LIMITS, 0.5), (Some(Settled::NoGain), 301));
        assert_eq!(ends(Limits { tries: 10, ..LIMITS }, 0.5), (Some(Settled::TriesSpent), 10));
        let none = search(SkipSearch::new(2, 0.5, LIMITS), |_| 0.5);
        assert_eq!((none.settled(), none.tried.len()), (Some(Settled::AllTried), 0));
    }
}
