use super::*;
use crate::toy::{T4_P, T4_Q};

fn near(have: f64, want: f64) {
    assert!((have - want).abs() < 6e-6, "{have} instead of {want}");
}

#[test]
fn the_cards_factors() {
    let two = odds(T4_P[0], T4_Q[0], 2);
    near(two.rho, 1.32170);
    near(two.beta, 0.67830);
    near(two.acceptance, 0.896512);
    let three = odds(T4_P[0], T4_Q[0], 3);
    near(three.rho, 1.50181);
    near(three.beta, 0.63293);
    near(three.acceptance, 0.950537);
    let other = odds(T4_P[1], T4_Q[1], 2);
    near(other.rho, 1.41789);
    near(other.acceptance, 0.825367);
}

/// As the paper writes it: p less what k tests emit, divided by the chance that all reject.
#[test]
fn what_is_left_is_the_papers_distribution() {
    for (p, q) in T4_P.iter().zip(T4_Q) {
        for k in 1..=8 {
            let it = odds(p, q, k);
            let left = (1.0 - it.beta).powi(k as i32);
            assert!((it.residual.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{it:?}");
            let emitted = covered(p, q, it.rho);
            for ((have, emitted), &p) in it.residual.iter().zip(emitted).zip(*p) {
                let want = (f64::from(p) - emitted * it.acceptance / it.beta) / left;
                assert!(want >= -1e-12, "k = {k}: {want}");
                // Rows of f32 sum to 1 within 1e-7, of which the rest is a small part.
                assert!((have - want).abs() < 2e-7 / left, "k = {k}: {have} instead of {want}");
            }
        }
    }
}

/// At least 1 − 1/e of what any rule could accept, and no more than can be accepted at all: a
/// token is emitted with at most p, and is among k draws with 1 − (1 − q)^k.
#[test]
fn acceptance_lies_between_its_bounds() {
    for (p, q) in T4_P.iter().zip(T4_Q) {
        for k in 1..=8 {
            let most = p
                .iter()
                .zip(q)
                .map(|(&p, &q)| f64::from(p).min(1.0 - (1.0 - f64::from(q)).powi(k as i32)));
            let most: f64 = most.sum();
            let have = odds(p, q, k).acceptance;
            let least = (1.0 - (-1.0f64).exp()) * most;
            assert!((least..=most + 1e-9).contains(&have), "k = {k}: {least} {have} {most}");
        }
    }
}

#[test]
fn one_guess_is_the_plain_ratio_test() {
    for (p, q) in T4_P.iter().zip(T4_Q) {
        assert!((odds(p, q, 1).rho - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_draft_equal_to_the_target_is_always_accepted() {
    for p in T4_P {
        let it = odds(p, p, 3);
        assert!((it.rho - 1.0).abs() < 1e-6 && (it.acceptance - 1.0).abs() < 1e-12, "{it:?}");
    }
}

#[test]
fn a_draft_that_shares_no_token_leaves_the_target() {
    let (p, q) = ([0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]);
    let it = odds(&p, &q, 3);
    assert_eq!(it.acceptance, 0.0);
    assert_eq!(it.residual, [0.5, 0.5, 0.0, 0.0]);
}
