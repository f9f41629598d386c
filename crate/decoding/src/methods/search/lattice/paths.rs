//! The texts that a lattice holds: how many, and the most probable ones.

use super::{Item, Lattice, Place};
use crate::tree::*;
use std::collections::{BTreeMap, BTreeSet};

impl Lattice {
    /// Number of paths from the prompt to the end of a text.
    pub fn paths(&self) -> f64 {
        let mut known = BTreeMap::new();
        self.ends().map(|it| self.paths_to(it, &mut known)).sum()
    }

    /// The places where a text ends.
    fn ends(&self) -> impl Iterator<Item = Place> + '_ {
        let places = (self.root.0..self.items.len()).map(Place);
        places.filter(|&it| self.items[it.0].ends && !self.was_merged(it))
    }

    fn paths_to(&self, place: Place, known: &mut BTreeMap<Place, f64>) -> f64 {
        if place == self.root {
            return 1.0;
        }
        if let Some(&count) = known.get(&place) {
            return count;
        }
        let count = self.parents(place).into_iter().map(|it| self.paths_to(it, known)).sum();
        known.insert(place, count);
        count
    }

    /// The most probable texts by the sum of their edges, best first: the tokens after the prompt
    /// and the sum. A text that several paths spell is listed once.
    pub fn best_texts(&self, count: usize) -> Vec<(Vec<TokenId>, f32)> {
        let mut known = BTreeMap::new();
        let mut best = Vec::new();
        for place in self.ends() {
            best.extend(self.best_to(place, count, &mut known));
        }
        keep_best(best, count)
    }

    fn best_to(
        &self,
        place: Place,
        count: usize,
        known: &mut BTreeMap<Place, Vec<(Vec<TokenId>, f32)>>,
    ) -> Vec<(Vec<TokenId>, f32)> {
        if place == self.root {
            return vec![(Vec::new(), 0.0)];
        }
        if let Some(best) = known.get(&place) {
            return best.clone();
        }
        let Item { token, before, .. } = &self.items[place.0];
        let mut best = Vec::new();
        for edge in before {
            let above = self.best_to(self.find(edge.from), count, known);
            best.extend(above.into_iter().map(|(mut text, sum)| {
                text.push(*token);
                (text, sum + edge.log_prob)
            }));
        }
        let best = keep_best(best, count);
        known.insert(place, best.clone());
        best
    }

    /// The places right above; edges that merges made parallel count once.
    fn parents(&self, place: Place) -> BTreeSet<Place> {
        self.items[place.0].before.iter().map(|edge| self.find(edge.from)).collect()
    }
}

/// The `count` greatest sums; of equal texts only the best.
fn keep_best(mut texts: Vec<(Vec<TokenId>, f32)>, count: usize) -> Vec<(Vec<TokenId>, f32)> {
    texts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut seen = BTreeSet::new();
    texts.retain(|it| seen.len() < count && seen.insert(it.0.clone()));
    texts
}

#[cfg(test)]
impl Lattice {
    /// Number of paths to a text that ends with `token`.
    pub fn paths_to_token(&self, token: TokenId) -> f64 {
        let mut known = BTreeMap::new();
        self.ends()
            .filter(|it| self.items[it.0].token == token)
            .map(|it| self.paths_to(it, &mut known))
            .sum()
    }

    /// Every path as its tokens and the sum of its edges, by brute force.
    pub fn all_texts(&self) -> Vec<(Vec<TokenId>, f64)> {
        let mut open: Vec<_> =
            self.ends().map(|it| (it, vec![self.items[it.0].token], 0.0)).collect();
        let mut texts = Vec::new();
        while let Some((place, tail, score)) = open.pop() {
            if place == self.root {
                texts.push((tail.into_iter().rev().skip(1).collect(), score));
                continue;
            }
            for from in self.parents(place) {
                let edges = &self.items[place.0].before;
                let edge = edges.iter().find(|it| self.find(it.from) == from).unwrap();
                let mut tail = tail.clone();
                tail.push(self.items[from.0].token);
                open.push((from, tail, score + f64::from(edge.log_prob)));
            }
        }
        texts
    }

    /// Whether some path from the prompt spells `text`, whether or not it ends there.
    pub fn spells(&self, text: &[TokenId]) -> bool {
        let open = (self.root.0..self.items.len()).map(Place).filter(|&it| !self.was_merged(it));
        let open: Vec<_> = open.collect();
        let mut reached = BTreeSet::from([self.root]);
        for token in text {
            let follows = |it: &Place| {
                self.items[it.0].token == *token && !self.parents(*it).is_disjoint(&reached)
            };
            reached = open.iter().copied().filter(follows).collect();
        }
        !reached.is_empty()
    }

    /// Whether no place can be reached from itself.
    pub fn is_acyclic(&self) -> bool {
        (0..self.items.len())
            .map(Place)
            .filter(|&it| !self.was_merged(it))
            .all(|place| self.parents(place).into_iter().all(|above| !self.reaches(place, above)))
    }
}
