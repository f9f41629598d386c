//! Which of the best trees to use: the one that costs the least time a token.

use crate::{
    policy::{BestShapes, Shape},
    session::{DRAFT, TARGET},
    timings::Timings,
};

#[derive(Clone, Debug)]
pub struct Plan {
    pub shape: Shape,
    /// F: tokens a pass of the target gives on average.
    pub expected: f64,
    /// Milliseconds of a round, where passes were measured.
    pub ms: Option<f64>,
}

/// Plans are the same if their trees are: the expectation moves with every count.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape
    }
}

impl Plan {
    /// The tree with the least measured time a token; `None` where nobody measured. The smallest
    /// tree is one guess: without any, nothing would be counted.
    pub fn fastest(
        shapes: &BestShapes,
        max_nodes: u32,
        max_depth: u32,
        timings: &Timings,
    ) -> Option<Self> {
        let mut best: Option<Self> = None;
        for depth in 1..=max_depth {
            for nodes in 2..=max_nodes {
                let Some(it) = Self::timed(shapes, nodes, depth, timings) else { continue };
                if best.as_ref().is_none_or(|best| it.ms_per_token() < best.ms_per_token()) {
                    best = Some(it);
                }
            }
        }
        best
    }

    /// The best tree of this size and what a round with it takes; `None` where there is no such
    /// tree or nobody measured.
    pub fn timed(shapes: &BestShapes, nodes: u32, depth: u32, timings: &Timings) -> Option<Self> {
        let expected = shapes.expected(nodes as usize, depth as usize)?;
        let shape = shapes.shape(nodes as usize, depth as usize)?;
        let ms = round_ms(&shape, timings)?;
        Some(Self { shape, expected, ms: Some(ms) })
    }

    /// As many nodes and levels as are allowed and there are trees for.
    pub fn largest(shapes: &BestShapes, max_nodes: u32, max_depth: u32) -> Self {
        let (nodes, depth) = (max_nodes as usize, max_depth as usize);
        let (nodes, expected) = (1..=nodes)
            .rev()
            .find_map(|it| Some((it, shapes.expected(it, depth)?)))
            .expect("the head alone is a tree");
        let shape = shapes.shape(nodes, depth).expect("it has an expectation");
        Self { shape, expected, ms: None }
    }

    pub fn ms_per_token(&self) -> Option<f64> {
        Some(self.ms? / self.expected)
    }
}

/// One draft pass a level over those of its nodes that get children, and one target pass over the
/// whole tree. The paper has d equal draft passes; on a slow device their width counts.
fn round_ms(shape: &Shape, timings: &Timings) -> Option<f64> {
    let draft = shape.widths().into_iter().map(|it| timings.ms(DRAFT, it as u32));
    let draft: f64 = draft.sum::<Option<f64>>()?;
    Some(draft + timings.ms(TARGET, shape.len() as u32)?)
}
