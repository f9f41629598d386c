//! A word lattice: texts that share beginnings, and after merges also middles and ends. Merged
//! places are found through a union-find; edges carry log-probabilities.
//! Words: a *place* stands for a node of the forest or for several that were merged; its *own
//! path* follows the first edge listed at each place, which is the kept one.
//! Source: Xu, Jonnalagadda, Durrett 2022, arXiv:2112.07660, §4.

mod paths;

use crate::tree::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(usize);

#[derive(Clone, Copy, Debug)]
struct Edge {
    from: Place,
    log_prob: f32,
}

#[derive(Debug)]
struct Item {
    node: NodeId,
    token: TokenId,
    before: Vec<Edge>,
    /// The place this one was merged into; itself if none.
    twin: Place,
    ends: bool,
}

#[derive(Debug)]
pub struct Lattice {
    items: Vec<Item>,
    /// Where texts begin: the last node of the prompt.
    root: Place,
    /// By the last `n` tokens: places that some path reaches so.
    endings: BTreeMap<Vec<TokenId>, Vec<Place>>,
    n: usize,
    /// Lengths of merged texts differ by less than this.
    length_gap: usize,
    /// Tokens of the prompt that are not in the lattice.
    hidden: usize,
}

impl Lattice {
    /// `prompt`: the path of the prompt, not empty. Its last `n` nodes join the lattice, so that
    /// endings may reach back into it.
    pub fn new(prompt: &[(NodeId, TokenId)], n: usize, length_gap: usize) -> Self {
        let hidden = prompt.len().saturating_sub(n);
        let mut lattice = Self {
            items: Vec::new(),
            root: Place(0),
            endings: BTreeMap::new(),
            n,
            length_gap,
            hidden,
        };
        for (index, &(node, token)) in prompt[hidden..].iter().enumerate() {
            lattice.root = lattice.push(node, token);
            if index > 0 {
                let edge = Edge { from: Place(index - 1), log_prob: 0.0 };
                lattice.items[index].before.push(edge);
            }
        }
        lattice
    }

    fn push(&mut self, node: NodeId, token: TokenId) -> Place {
        let twin = Place(self.items.len());
        self.items.push(Item { node, token, before: Vec::new(), twin, ends: false });
        twin
    }

    pub fn root(&self) -> Place {
        self.root
    }

    pub fn node(&self, place: Place) -> NodeId {
        self.items[place.0].node
    }

    pub fn add(&mut self, from: Place, node: NodeId, token: TokenId, log_prob: f32) -> Place {
        let place = self.push(node, token);
        self.items[place.0].before.push(Edge { from, log_prob });
        place
    }

    /// Lets others find `place` by its ending, on every path that leads to it.
    pub fn register(&mut self, place: Place) {
        for ending in self.endings_at(place, self.n) {
            self.endings.entry(ending).or_default().push(place);
        }
    }

    /// A text ends here.
    pub fn end(&mut self, place: Place) {
        let place = self.find(place);
        self.items[place.0].ends = true;
    }

    /// What `place` stands for after all merges.
    pub fn find(&self, mut place: Place) -> Place {
        while self.items[place.0].twin != place {
            place = self.items[place.0].twin;
        }
        place
    }

    pub fn was_merged(&self, place: Place) -> bool {
        self.find(place) != place
    }

    /// Tokens from the lattice's first place down to `place`, on its own path.
    fn own_path(&self, place: Place) -> Vec<TokenId> {
        let up = std::iter::successors(Some(self.find(place)), |it| {
            self.items[it.0].before.first().map(|edge| self.find(edge.from))
        });
        let mut path: Vec<_> = up.map(|it| self.items[it.0].token).collect();
        path.reverse();
        path
    }

    /// The last `n` tokens of `place`, on its own path; shorter near the start.
    pub fn ending(&self, place: Place) -> Vec<TokenId> {
        let path = self.own_path(place);
        path[path.len().saturating_sub(self.n)..].to_vec()
    }

    fn endings_at(&self, place: Place, n: usize) -> BTreeSet<Vec<TokenId>> {
        let item = &self.items[self.find(place).0];
        if n <= 1 {
            return BTreeSet::from([vec![item.token]]);
        }
        let before = item.before.iter().flat_map(|edge| self.endings_at(edge.from, n - 1));
        before.map(|it| it.into_iter().chain([item.token]).collect()).collect()
    }

    /// An older place that `place`, just added, may be merged into: same ending, similar length,
    /// and no circle would arise.
    pub fn twin_for(&self, place: Place) -> Option<Place> {
        let path = self.own_path(place);
        let parent = self.items[place.0].before.first()?.from;
        if self.hidden + path.len() <= self.n || path.len() < self.n {
            return None;
        }
        let ending = &path[path.len() - self.n..];
        self.endings.get(ending)?.iter().map(|&it| self.find(it)).find(|&it| {
            let other = self.own_path(it);
            it != place
                && other.ends_with(ending)
                && self.hidden + other.len() > self.n
                && other.len().abs_diff(path.len()) < self.length_gap
                && !self.reaches(it, parent)
                && !self.reaches(parent, it)
        })
    }

    /// Whether some path leads from `above` down to `below`; every place reaches itself.
    fn reaches(&self, above: Place, below: Place) -> bool {
        let (above, mut seen) = (self.find(above), BTreeSet::new());
        let mut open = vec![self.find(below)];
        while let Some(place) = open.pop() {
            if place == above {
                return true;
            }
            if seen.insert(place) {
                open.extend(self.items[place.0].before.iter().map(|edge| self.find(edge.from)));
            }
        }
        false
    }

    /// RCB: `from` disappears and its parent leads to `into` instead.
    pub fn join(&mut self, from: Place, into: Place) {
        let edges = std::mem::take(&mut self.items[from.0].before);
        let ends = self.items[from.0].ends;
        let places: Vec<_> =
            self.items[into.0].before.iter().map(|edge| self.find(edge.from)).collect();
        let new = edges.into_iter().filter(|edge| !places.contains(&self.find(edge.from)));
        let new: Vec<_> = new.collect();
        let target = &mut self.items[into.0];
        target.before.extend(new);
        target.ends |= ends;
        self.items[from.0].twin = into;
    }

    /// ZIP: joins `from` with `into`, then their parents, as long as the `n` matched tokens reach
    /// and no circle arises. Gives the pairs that were joined.
    pub fn zip(&mut self, from: Place, into: Place) -> Vec<(Place, Place)> {
        let mut joined = Vec::new();
        let mut pair = Some((self.find(from), self.find(into)));
        while let Some((from, into)) = pair.filter(|_| joined.len() < self.n) {
            let circle = self.reaches(from, into) || self.reaches(into, from);
            if circle || self.items[from.0].token != self.items[into.0].token {
                break;
            }
            let parent = |place: Place| self.items[place.0].before.first().map(|edge| edge.from);
            let parents = parent(from).zip(parent(into));
            self.join(from, into);
            joined.push((from, into));
            pair = parents.map(|(from, into)| (self.find(from), self.find(into)));
        }
        joined
    }
}
