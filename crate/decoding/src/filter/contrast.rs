//! An expert against an amateur: what only the larger model thinks likely gains, what both do
//! loses. Source: Li et al. 2023 (contrastive decoding), arXiv:2210.15097; with α and β as in
//! O'Brien, Lewis 2023, arXiv:2309.09117.

use super::{Cut, Filter};
use crate::tree::*;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// Rows of the amateur by node: `[vocab_size]` natural-log probabilities.
pub type AmateurRows = Rc<RefCell<BTreeMap<NodeId, Rc<[f32]>>>>;

/// (1 + β) ln e − β ln a for every token with e ≥ α · max e; all others are removed.
pub struct Contrast {
    /// Plausibility: tokens that the expert gives less than this share of its best one leave.
    pub alpha: f32,
    /// Strength; 0 leaves the expert alone.
    pub beta: f32,
    /// Filled by the caller for every node before its row is filtered.
    pub amateur: AmateurRows,
}

/// A token that the amateur excludes would gain without bound.
const LEAST: f32 = -60.0;

impl Filter for Contrast {
    fn name(&self) -> &'static str {
        "contrast"
    }

    fn apply(&self, _: &Forest, at: NodeId, scores: &mut [f32]) -> Cut {
        let rows = self.amateur.borrow();
        let amateur = rows.get(&at).expect("the amateur has read every node that is judged");
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // Rounding of a logarithm must not remove a token that lies on the bound.
        let floor = best + self.alpha.ln() - 1e-5;
        for (score, &amateur) in scores.iter_mut().zip(amateur.iter()) {
            *score = if *score < floor || *score == f32::NEG_INFINITY {
                f32::NEG_INFINITY
            } else {
                (1.0 + self.beta) * *score - self.beta * amateur.max(LEAST)
            };
        }
        Cut { value: Some(self.beta), cutoff: Some(floor.exp()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        row,
        toy::{self, T4_P, T4_Q},
    };

    fn contrast(p: &[f32], q: &[f32], alpha: f32, beta: f32) -> Vec<f32> {
        let (forest, head) = toy::forest(&[0]);
        let amateur: Rc<[f32]> = q.iter().map(|q| q.ln()).collect();
        let amateur = Rc::new(RefCell::new(BTreeMap::from([(head, amateur)])));
        let mut scores: Vec<f32> = p.iter().map(|p| p.ln()).collect();
        Contrast { alpha, beta, amateur }.apply(&forest, head, &mut scores);
        row::softmax(&scores)
    }

    #[test]
    fn the_cards_rows_and_acceptances() {
        let rows = [
            (0, [0.60295, 0.24268, 0.12134, 0.03302], 0.69705),
            (1, [0.06131, 0.73577, 0.14160, 0.06131], 0.56423),
        ];
        for (state, want, kept) in rows {
            let have = contrast(T4_P[state], T4_Q[state], 0.1, 0.5);
            for (have, want) in have.iter().zip(want) {
                assert!((have - want).abs() < 1e-5, "{have} instead of {want}");
            }
            let overlap: f32 = have.iter().zip(T4_Q[state]).map(|(p, q)| p.min(*q)).sum();
            assert!((overlap - kept).abs() < 1e-5, "{overlap}");
        }
    }

    #[test]
    fn without_strength_and_plausibility_the_expert_is_left_alone() {
        for (p, q) in T4_P.iter().zip(T4_Q) {
            let have = contrast(p, q, 0.0, 0.0);
            assert!(have.iter().zip(*p).all(|(have, want)| (have - want).abs() < 1e-6));
        }
    }

    #[test]
    fn implausible_tokens_leave_before_the_contrast_can_raise_them() {
        // The amateur nearly excludes token 3, which the expert hardly likes either.
        let (p, q) = ([0.5, 0.3, 0.19, 0.01], [0.4, 0.3, 0.3, 0.0]);
        assert_eq!(contrast(&p, &q, 0.1, 1.0)[3], 0.0);
        assert!(contrast(&p, &q, 0.0, 1.0)[3] > 0.99);
    }
}
