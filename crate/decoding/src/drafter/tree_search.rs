//! Monte-Carlo tree search through a table of successors: which continuations are worth a place
//! in a draft. Knows no model and no session.
//! Source: Liu et al. 2024 (ADED), arXiv:2407.12021.

use super::trigrams::Pair;
use crate::{TokenId, row};

/// A place of the search: a token after the path to its parent.
#[derive(Clone, Debug)]
pub struct Place {
    pub token: TokenId,
    /// Index of the place above; the root stands for the text and is its own.
    pub parent: usize,
    pub depth: usize,
    /// Its weight among the successors of the two tokens before.
    weight: f32,
    pub visits: u32,
    /// Sum of what the roll-outs of its visits were worth.
    worth: f32,
    /// Filled at the first visit.
    children: Vec<usize>,
}

/// What the search reads, beside chance.
pub struct Rules<'a> {
    /// Successors of two tokens, heaviest first; weights sum to 1.
    pub successors: &'a dyn Fn(Pair) -> Vec<(TokenId, f32)>,
    /// Whether a token ends the text, so that nothing follows it.
    pub ends: &'a dyn Fn(TokenId) -> bool,
    /// D: tokens of a path at most.
    pub depth: usize,
}

/// How much a rarely visited child is worth a look.
const C1: f32 = 32.0;
const C2: f32 = 8.0;

pub struct Search {
    /// The root first, parents before children.
    pub places: Vec<Place>,
    start: Pair,
}

/// A place of the draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub token: TokenId,
    /// Index among the chosen of the place above; `None` below the text.
    pub parent: Option<usize>,
    /// 0 for a token that only prolongs a path.
    pub visits: u32,
}

impl Search {
    /// `iterations` walks from the two tokens `start`; `uniform` gives numbers in [0, 1).
    pub fn run(
        start: Pair,
        rules: &Rules<'_>,
        iterations: usize,
        mut uniform: impl FnMut() -> f32,
    ) -> Self {
        let root = Place {
            token: start.1,
            parent: 0,
            depth: 0,
            weight: 1.0,
            visits: 0,
            worth: 0.0,
            children: Vec::new(),
        };
        let mut search = Self { places: vec![root], start };
        for _ in 0..iterations {
            search.walk(rules, &mut uniform);
        }
        search
    }

    fn walk(&mut self, rules: &Rules<'_>, uniform: &mut impl FnMut() -> f32) {
        let mut path = vec![0];
        let mut at = 0;
        while let Some(next) = self.preferred(at) {
            path.push(next);
            at = next;
        }
        if self.places[at].visits == 0 {
            self.expand(at, rules);
        }
        let worth = self.roll_out(at, rules, uniform);
        for place in path {
            self.places[place].visits += 1;
            self.places[place].worth += worth;
        }
    }

    /// The child to walk to: one never visited, the heaviest first, else the one of greatest
    /// U = S/n + (c₁ + ln((N + c₂ + 1)/c₂))·w·√N/(1 + n).
    fn preferred(&self, at: usize) -> Option<usize> {
        let above = self.places[at].visits as f32;
        let children = &self.places[at].children;
        if let Some(&new) = children.iter().find(|&&it| self.places[it].visits == 0) {
            return Some(new);
        }
        let look = C1 + ((above + C2 + 1.0) / C2).ln();
        let score = |it: usize| {
            let Place { visits, worth, weight, .. } = self.places[it];
            let visits = visits as f32;
            worth / visits + look * weight * above.sqrt() / (1.0 + visits)
        };
        // Ties go to the heavier one, which stands first.
        children.iter().copied().rev().max_by(|&a, &b| score(a).total_cmp(&score(b)))
    }

    fn expand(&mut self, at: usize, rules: &Rules<'_>) {
        let depth = self.places[at].depth + 1;
        for (token, weight) in self.after(at, rules) {
            let (visits, worth, children) = (0, 0.0, Vec::new());
            self.places.push(Place { token, parent: at, depth, weight, visits, worth, children });
            let child = self.places.len() - 1;
            self.places[at].children.push(child);
        }
    }

    /// What may follow a place, as long as paths may grow.
    fn after(&self, at: usize, rules: &Rules<'_>) -> Vec<(TokenId, f32)> {
        let place = &self.places[at];
        let ended = at > 0 && (rules.ends)(place.token);
        if ended || place.depth >= rules.depth {
            return Vec::new();
        }
        (rules.successors)(self.pair(at))
    }

    /// The last two tokens at a place.
    fn pair(&self, at: usize) -> Pair {
        match at {
            0 => self.start,
            _ => (self.places[self.places[at].parent].token, self.places[at].token),
        }
    }

    /// 1 and the weights met on a random way down from a place.
    fn roll_out(&self, at: usize, rules: &Rules<'_>, uniform: &mut impl FnMut() -> f32) -> f32 {
        let (mut worth, mut pair, mut depth) = (1.0, self.pair(at), self.places[at].depth);
        let mut ended = at > 0 && (rules.ends)(pair.1);
        while depth < rules.depth && !ended {
            let next = (rules.successors)(pair);
            if next.is_empty() {
                break;
            }
            let weights: Vec<_> = next.iter().map(|it| it.1).collect();
            let (token, weight) = next[row::draw(&weights, uniform()) as usize];
            worth += weight;
            pair = (pair.1, token);
            depth += 1;
            ended = (rules.ends)(token);
        }
        worth
    }

    /// The `paths` most visited paths, each prolonged by its likeliest token (`longest` allowing),
    /// as one tree of at most `most` places: those visited least are left out. Parents come first.
    pub fn choose(
        &self,
        rules: &Rules<'_>,
        paths: usize,
        most: usize,
        longest: usize,
    ) -> Vec<Chosen> {
        let visited = |it: &usize| self.places[*it].visits > 0;
        let mut ends: Vec<_> = (1..self.places.len())
            .filter(|it| visited(it) && !self.places[*it].children.iter().any(&visited))
            .collect();
        ends.sort_by_key(|&it| (std::cmp::Reverse(self.places[it].visits), it));
        ends.truncate(paths);
        let mut kept: Vec<usize> = Vec::new();
        for &end in &ends {
            let mut at = end;
            while at != 0 && !kept.contains(&at) {
                kept.push(at);
                at = self.places[at].parent;
            }
        }
        kept.sort_by_key(|&it| (std::cmp::Reverse(self.places[it].visits), it));
        kept.truncate(most);
        let mut chosen: Vec<_> = kept
            .iter()
            .map(|&it| Chosen {
                token: self.places[it].token,
                parent: kept.iter().position(|&other| other == self.places[it].parent),
                visits: self.places[it].visits,
            })
            .collect();
        let whole: Vec<_> = ends.iter().filter(|it| kept.contains(it)).collect();
        for &end in whole.into_iter().take(most - kept.len()) {
            let place = &self.places[end];
            let ended = (rules.ends)(place.token) || place.depth >= longest;
            let next = (rules.successors)(self.pair(end)).first().filter(|_| !ended).copied();
            if let Some((token, _)) = next {
                let parent = kept.iter().position(|&it| it == end);
                chosen.push(Chosen { token, parent, visits: 0 });
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests;
