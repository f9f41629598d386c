//! The shape of tree from which a pass gives the most tokens, if the j-th guess tried at a place is
//! the one kept with probability p_j, wherever the place is. A dynamic programme over the number of
//! nodes and levels. Leaves out what a node costs: see the method `sequoia`.
//! Source: Chen et al. 2024 (Sequoia), arXiv:2402.12374, §3.1 and the depth bound of its appendix.

use super::Shape;
use std::collections::VecDeque;

/// For all numbers of nodes and levels up to a limit: the most tokens a pass can give.
#[derive(Clone, Debug)]
pub struct BestShapes {
    /// p_1, p_2, …
    kept: Vec<f64>,
    /// `[levels][nodes][children of the root]`; nodes count the root.
    cells: Vec<Vec<Vec<Cell>>>,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// c: expected tokens if the root has exactly so many children; −∞ where there is no such tree.
    expected: f64,
    /// Nodes below and with the last of these children.
    last: usize,
}

const NONE: Cell = Cell { expected: f64::NEG_INFINITY, last: 0 };

impl BestShapes {
    /// `kept`: p_1, p_2, …: probability that the first, second, … guess tried is the one kept.
    pub fn new(kept: &[f64], nodes: usize, levels: usize) -> Self {
        let mut it = Self { kept: kept.to_vec(), cells: Vec::new() };
        for level in 0..=levels {
            it.cells.push(vec![vec![NONE; kept.len() + 1]; nodes + 1]);
            it.cells[level][1][0] = Cell { expected: 1.0, last: 0 };
            if level == 0 {
                continue;
            }
            for n in 2..=nodes {
                for children in 1..=kept.len().min(n - 1) {
                    it.cells[level][n][children] = it.cell(level, n, children);
                }
            }
        }
        it
    }

    /// c(n, b) = max over m of c(n − m, b − 1) + p_b · best(m), the last child's tree one level
    /// lower.
    fn cell(&self, level: usize, n: usize, children: usize) -> Cell {
        let mut best = NONE;
        for last in 1..=n - children {
            let before = self.cells[level][n - last][children - 1].expected;
            let below = self.expected(last, level - 1).unwrap_or(f64::NEG_INFINITY);
            let expected = before + self.kept[children - 1] * below;
            if expected > best.expected {
                best = Cell { expected, last };
            }
        }
        best
    }

    /// F(n, d): tokens a pass over `nodes` (the root included) in `levels` below the root gives on
    /// average; `None` where there is no such tree.
    pub fn expected(&self, nodes: usize, levels: usize) -> Option<f64> {
        let best = self.cells[levels][nodes].iter().map(|it| it.expected);
        let best = best.fold(f64::NEG_INFINITY, f64::max);
        (best > f64::NEG_INFINITY).then_some(best)
    }

    /// The tree that gives as many.
    pub fn shape(&self, nodes: usize, levels: usize) -> Option<Shape> {
        self.expected(nodes, levels)?;
        let mut shape = Shape::root();
        let mut open = VecDeque::from([(0, nodes, levels)]);
        while let Some((parent, nodes, levels)) = open.pop_front() {
            for size in self.sizes(nodes, levels) {
                let child = shape.add(parent);
                open.push_back((child, size, levels - 1));
            }
        }
        Some(shape)
    }

    /// Nodes of each child's tree, the first child first.
    fn sizes(&self, mut nodes: usize, levels: usize) -> Vec<usize> {
        let row = &self.cells[levels][nodes];
        let better = |best: usize, it: usize| {
            if row[it].expected > row[best].expected { it } else { best }
        };
        let mut children = (0..row.len()).fold(0, better);
        let mut sizes = Vec::new();
        while children > 0 {
            let last = self.cells[levels][nodes][children].last;
            sizes.push(last);
            (nodes, children) = (nodes - last, children - 1);
        }
        sizes.reverse();
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(have: f64, want: f64) {
        assert!((have - want).abs() < 1e-9, "{have} instead of {want}");
    }

    fn unbounded(kept: &[f64], nodes: usize) -> f64 {
        BestShapes::new(kept, nodes, nodes).expected(nodes, nodes).unwrap()
    }

    #[test]
    fn the_cards_numbers_without_a_bound_on_the_levels() {
        let want = [1.0, 1.6, 1.96, 2.176, 2.376, 2.5056, 2.6256, 2.7456];
        for (n, want) in (1..).zip(want) {
            close(unbounded(&[0.6, 0.2, 0.1], n), want);
        }
        close(unbounded(&[0.45, 0.25, 0.15], 3), 1.70);
        close(unbounded(&[0.45, 0.25, 0.15], 4), 1.9025);
    }

    #[test]
    fn the_cards_numbers_for_two_levels() {
        let it = BestShapes::new(&[0.6, 0.2, 0.1], 8, 2);
        for (n, want) in [(4, 2.16), (5, 2.28), (6, 2.40), (8, 2.56)] {
            close(it.expected(n, 2).unwrap(), want);
        }
    }

    #[test]
    fn the_cards_shapes() {
        let children = |kept: &[f64], n| {
            let it = BestShapes::new(kept, n, n);
            it.shape(n, n).unwrap()
        };
        // Five nodes: a chain of three below the first child, and a second child.
        let five = children(&[0.6, 0.2, 0.1], 5);
        let below: Vec<_> = (0..5).map(|it| five.children(it).count()).collect();
        assert_eq!(below, [2, 1, 0, 1, 0], "{five:?}");
        // Three nodes: two children, no chain.
        let three = children(&[0.45, 0.25, 0.15], 3);
        assert_eq!(three.children(0).count(), 2);
    }

    #[test]
    fn one_guess_a_place_gives_a_chain() {
        for n in 1..10 {
            close(unbounded(&[0.7], n), (1.0 - 0.7f64.powi(n as i32)) / 0.3);
            let it = BestShapes::new(&[0.7], n, n);
            assert!((0..n).all(|at| it.shape(n, n).unwrap().children(at).count() <= 1));
        }
        assert_eq!(BestShapes::new(&[0.7], 5, 2).expected(5, 2), None, "no such chain");
    }

    #[test]
    fn shapes_have_the_nodes_levels_and_expectation_they_promise() {
        let kept = [0.5, 0.2, 0.1, 0.05];
        let it = BestShapes::new(&kept, 20, 5);
        for levels in 1..=5 {
            let mut before = 0.0;
            for nodes in 1..=20 {
                let (Some(expected), Some(shape)) =
                    (it.expected(nodes, levels), it.shape(nodes, levels))
                else {
                    continue;
                };
                assert_eq!(shape.len(), nodes);
                assert!(shape.levels() <= levels);
                close(value(&shape, &kept), expected);
                assert!(expected > before, "one node more never hurts");
                before = expected;
            }
        }
    }

    /// F of a tree: each node counts the product of p over the ranks on its path.
    fn value(shape: &Shape, kept: &[f64]) -> f64 {
        let mut paths = vec![1.0; shape.len()];
        for node in 0..shape.len() {
            for (rank, child) in shape.children(node).enumerate() {
                paths[child] = paths[node] * kept[rank];
            }
        }
        paths.iter().sum()
    }

    /// Every ordered tree of `n` nodes: the root's first child's tree and the tree that is left.
    fn trees(n: usize) -> Vec<Vec<usize>> {
        // As parents of nodes in the order of a walk that goes down first.
        if n == 1 {
            return vec![vec![0]];
        }
        let mut all = Vec::new();
        for first in 1..n {
            for left in trees(first) {
                for right in trees(n - first) {
                    let mut tree = vec![0, 0];
                    tree.extend(left[1..].iter().map(|parent| parent + 1));
                    let moved = |&parent: &usize| if parent == 0 { 0 } else { parent + first };
                    tree.extend(right[1..].iter().map(moved));
                    all.push(tree);
                }
            }
        }
        all
    }

    #[test]
    fn no_ordered_tree_of_up_to_seven_nodes_is_better() {
        let counts: Vec<_> = (1..=7).map(|n| trees(n).len()).collect();
        assert_eq!(counts, [1, 1, 2, 5, 14, 42, 132], "as many as Catalan says");
        for kept in [[0.6, 0.2, 0.1], [0.45, 0.25, 0.15], [0.3, 0.3, 0.3]] {
            // A place tries three guesses at most.
            let kept_or_none = [kept[0], kept[1], kept[2], 0.0, 0.0, 0.0, 0.0];
            for n in 1..=7 {
                let shapes = trees(n).into_iter().map(|tree| {
                    let mut shape = Shape::root();
                    for &parent in &tree[1..] {
                        shape.add(parent);
                    }
                    shape
                });
                let best = shapes.map(|it| value(&it, &kept_or_none)).fold(0.0, f64::max);
                close(unbounded(&kept, n), best);
            }
        }
    }
}
