use super::*;
use crate::{
    random::gumbel,
    toy::T4_Q,
    trial::{Trial, tree},
};

fn noise(seed: u32, node: u32) -> impl Fn(TokenId) -> f64 {
    move |draw| f64::from(gumbel(seed, Key { purpose: "test", lane: 0, position: node, draw }))
}

#[test]
fn the_largest_perturbed_child_has_exactly_its_parents_score() {
    for seed in 0..200 {
        let parent = (-1.3, gumbel(seed, Key::target(0, 0)).into());
        let children = perturb(parent, T4_Q[seed as usize % 4], noise(seed, 1));
        let equal = children.iter().filter(|it| it.perturbed == parent.1).count();
        assert_eq!(equal, 1, "{children:?}");
        assert!(children.iter().all(|it| it.perturbed <= parent.1 && it.perturbed.is_finite()));
    }
}

#[test]
fn far_and_near_logarithms_agree_with_the_plain_formula() {
    for z in [-3.0, -0.7, -0.69, -0.1f64] {
        assert!((log_one_minus_exp(z) - (1.0 - z.exp()).ln()).abs() < 1e-12, "{z}");
    }
    assert_eq!(log_one_minus_exp(0.0), f64::NEG_INFINITY);
    assert_eq!(log_one_minus_exp(-800.0), 0.0);
    assert!((log_one_minus_exp(-1e-12) - (1e-12f64).ln()).abs() < 1e-6);
}

/// With one level the beam is a plain draw without replacement: the ordered pair (x, y) has
/// probability q(x) · q(y) / (1 − q(x)).
#[test]
fn one_level_draws_ordered_pairs_without_replacement() {
    let (n, q) = (20_000, T4_Q[0]);
    let mut counts = [[0u32; 4]; 4];
    for seed in 0..n {
        let mut children = perturb((0.0, 0.0), q, noise(seed, 0));
        children.sort_by(|a, b| b.perturbed.total_cmp(&a.perturbed));
        counts[children[0].token as usize][children[1].token as usize] += 1;
    }
    let mut distance = 0.0;
    for (x, row) in counts.iter().enumerate() {
        for (y, &count) in row.iter().enumerate() {
            let want = if x == y { 0.0 } else { q[x] * q[y] / (1.0 - q[x]) };
            distance += (count as f32 / n as f32 - want).abs() / 2.0;
        }
    }
    assert!(distance < 0.02, "{distance}");
    // The pair (1, 0): .4 · .3 / .6 = .2.
    let pair = counts[1][0] as f32 / n as f32;
    assert!((pair - 0.2).abs() < 0.01, "{pair}");
}

/// W = 2, D = 2 from state 0: the ordered pair (a, b) of two-token sequences has probability
/// Q(a) · Q(b) / (1 − Q(a)). 240 cells, so the noise floor at this N is about .04.
#[test]
fn the_beam_samples_sequences_without_replacement() {
    let n = 20_000;
    let mut counts = BTreeMap::<_, u32>::new();
    let mut trial = Trial::t4(&[0]);
    for seed in 0..n {
        trial.restart(seed);
        let drafted = tree(&mut trial, StochasticBeam::new(2, 2));
        let pair: Vec<_> = drafted.into_iter().filter(|it| it.contains(' ')).collect();
        *counts.entry(pair).or_default() += 1;
    }
    let law = |a: usize| T4_Q[0][a / 4] * T4_Q[a / 4][a % 4];
    let name = |a: usize| format!("{} {}", a / 4, a % 4);
    let mut distance = 0.0;
    for a in 0..16 {
        for b in (0..16).filter(|&b| b != a) {
            let want = law(a) * law(b) / (1.0 - law(a));
            let have = counts.remove(&vec![name(a), name(b)]).unwrap_or(0) as f32 / n as f32;
            distance += (have - want).abs() / 2.0;
        }
    }
    assert!(counts.is_empty(), "{counts:?}");
    assert!(distance < 0.05, "{distance}");
}

#[test]
fn a_beam_of_one_is_a_chain_drawn_from_the_draft() {
    let n = 20_000;
    let mut counts = [0u32; 16];
    let mut trial = Trial::t4(&[0]);
    for seed in 0..n {
        trial.restart(seed);
        let drafted = tree(&mut trial, StochasticBeam::new(1, 2));
        let tokens: Vec<usize> = drafted[1].split(' ').map(|it| it.parse().unwrap()).collect();
        assert_eq!(drafted[0], tokens[0].to_string());
        counts[tokens[0] * 4 + tokens[1]] += 1;
    }
    let law = |a: usize| T4_Q[0][a / 4] * T4_Q[a / 4][a % 4];
    let distance: f32 = (0..16).map(|a| (counts[a] as f32 / n as f32 - law(a)).abs() / 2.0).sum();
    assert!(distance < 0.02, "{distance}");
}

#[test]
fn without_noise_the_beam_is_the_most_probable_paths() {
    // From 3: 3 (.6), 2 (.2); then 3 3 (.36) and 3 2 (.12).
    let beam = StochasticBeam::new(2, 2).without_noise();
    assert_eq!(tree(&mut Trial::t4(&[3]), beam), ["3", "2", "3 3", "3 2"]);
}
