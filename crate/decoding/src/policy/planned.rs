//! A tree whose shape is known before its tokens: each place has so many children, drawn without
//! replacement (R5) or ranked (R1, R2). Leaves out where the shape comes from.

use super::*;
use std::collections::{BTreeMap, VecDeque};

/// A rooted tree whose siblings have an order, without tokens. Place 0 is the head.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Of each place; 0 for the root itself.
    parents: Vec<usize>,
}

impl Shape {
    pub fn root() -> Self {
        Self { parents: vec![0] }
    }

    /// Adds a last child to a place and names it.
    pub fn add(&mut self, parent: usize) -> usize {
        assert!(parent < self.parents.len(), "parents come first");
        self.parents.push(parent);
        self.parents.len() - 1
    }

    /// Number of places, the root included.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// The children of a place, in the order they are tried.
    pub fn children(&self, parent: usize) -> impl Iterator<Item = usize> + '_ {
        (1..self.parents.len()).filter(move |&it| self.parents[it] == parent)
    }

    /// Levels below the root.
    pub fn levels(&self) -> usize {
        self.widths().len()
    }

    /// How many places of each level have children, the root's level first: the nodes that the
    /// draft reads in each of its passes.
    pub fn widths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.parents.len()];
        for place in 1..self.parents.len() {
            depths[place] = depths[self.parents[place]] + 1;
        }
        let mut widths = vec![0; depths.iter().copied().max().unwrap_or(0)];
        for place in 0..self.parents.len() {
            if self.children(place).next().is_some() {
                widths[depths[place]] += 1;
            }
        }
        widths
    }
}

#[derive(Clone, Debug)]
pub struct Planned {
    pub shape: Shape,
    /// Draw the children; otherwise take the best tokens.
    pub noise: bool,
    left: u32,
    /// The place that each node of the draft has in the shape.
    places: BTreeMap<NodeId, usize>,
    /// Places of the children that are about to be grown.
    coming: VecDeque<usize>,
}

impl Planned {
    pub fn new(shape: Shape) -> Self {
        let (places, coming) = (BTreeMap::new(), VecDeque::new());
        Self { shape, noise: true, left: 0, places, coming }
    }

    pub fn without_noise(self) -> Self {
        Self { noise: false, ..self }
    }
}

impl TreePolicy for Planned {
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
        self.left = depth.min(self.shape.levels() as u32);
        self.places = BTreeMap::from([(session.head(), 0)]);
        self.left > 0
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let mut grown = Vec::new();
        self.coming.clear();
        for (parent, Frontier { node, probs }) in frontier.iter().enumerate() {
            let places: Vec<_> = self.shape.children(self.places[node]).collect();
            let tokens: Vec<_> = match self.noise {
                true => {
                    let drawn = children::at_once(session, *node, probs, places.len());
                    drawn.into_iter().map(|it| it.token).collect()
                }
                false => children::best(probs, places.len()),
            };
            // A draft with fewer tokens than places leaves the last places empty.
            self.coming.extend(&places[..tokens.len()]);
            grown.extend(tokens.into_iter().map(|token| Child { parent, token }));
        }
        self.left -= 1;
        Expansion { children: grown, more: self.left > 0 }
    }

    fn draws(&self) -> bool {
        self.noise
    }

    fn extends(&self, _: &Child) -> bool {
        self.coming.front().is_some_and(|&place| self.shape.children(place).next().is_some())
    }

    fn grown(&mut self, _: &Child, node: NodeId) {
        let place = self.coming.pop_front().expect("children are grown in order");
        self.places.insert(node, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        toy::Toy,
        trial::{Trial, tree},
    };

    /// The head has two children; the first has two, its first one again.
    fn shape() -> Shape {
        let mut shape = Shape::root();
        for parent in [0, 0, 1, 1, 3] {
            shape.add(parent);
        }
        shape
    }

    #[test]
    fn a_shape_knows_its_levels_and_what_the_draft_reads() {
        let it = shape();
        assert_eq!((it.len(), it.levels(), it.widths()), (6, 3, vec![1, 1, 1]));
        let mut wide = Shape::root();
        for parent in [0, 0, 1, 2] {
            wide.add(parent);
        }
        assert_eq!(wide.widths(), [1, 2]);
        assert_eq!((Shape::root().levels(), Shape::root().widths()), (0, vec![]));
    }

    #[test]
    fn every_place_gets_its_token_best_first_without_noise() {
        // After 0 the draft's best are 1 (.4) and 0 (.3); after 1: 1, then 2 (.3 each).
        let drafted = tree(&mut Trial::t4(&[0]), Planned::new(shape()).without_noise());
        assert_eq!(drafted, ["1", "0", "1 1", "1 2", "1 1 1"]);
    }

    #[test]
    fn siblings_differ() {
        let mut trial = Trial::t4(&[0]);
        for seed in 0..50 {
            trial.restart(seed);
            let drafted = tree(&mut trial, Planned::new(shape()));
            assert!(drafted[0] != drafted[1] && drafted[2] != drafted[3], "{drafted:?}");
            assert_eq!(drafted.len(), 5);
        }
    }

    #[test]
    fn a_draft_with_fewer_tokens_leaves_places_empty() {
        let rows: [&[f32]; 3] = [&[1.0, 0.0, 0.0]; 3];
        let mut trial = Trial::with_draft(
            &[0],
            Toy::first_order("sure", &rows),
            Toy::first_order("sure", &rows),
        );
        assert_eq!(tree(&mut trial, Planned::new(shape())), ["0", "0 0", "0 0 0"]);
    }
}
