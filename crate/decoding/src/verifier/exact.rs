//! Exact laws of the acceptance rules on T4, by enumeration: every ordered set of guesses with
//! its probability, every outcome of the tests with its own.

use super::*;
use crate::toy::{T4_P, T4_Q};

/// What a rule makes of one list of guesses: per guess the probability that it is the accepted
/// one, and the distribution of the emitted token when none is.
struct Outcome {
    accepted: Vec<f64>,
    emitted: [f64; 4],
}

/// Drives the rule through its rejections and reads the odds off the recorded tests.
fn outcome(rule: &mut dyn Verifier, target: &[f32], guesses: &[Guess]) -> Outcome {
    let log_probs: Vec<f32> = target.iter().map(|p| p.ln()).collect();
    let reject = |_| 1.0 - f32::EPSILON / 2.0;
    let draws = Draws { uniform: &reject, position: 1, lane: 0, log_probs: &log_probs };
    let ruling = rule.rule(target, guesses, &draws);
    let (mut left, mut accepted) = (1.0, vec![0.0; guesses.len()]);
    for test in &ruling.tests {
        let q = f64::from(test.q.unwrap_or(1.0)) * f64::from(test.scale.unwrap_or(1.0));
        let odds = (f64::from(test.p) / q).min(1.0);
        let odds = if test.accepted { 1.0 } else { odds };
        accepted[test.guess] = left * odds;
        left *= 1.0 - odds;
    }
    let rest = match &ruling.rest {
        Rest::Residual(rest) => rest.clone(),
        _ => target.to_vec(),
    };
    let mut emitted = [0.0; 4];
    for (token, &p) in rest.iter().enumerate() {
        emitted[token] += left * f64::from(p);
    }
    Outcome { accepted, emitted }
}

/// Every ordered list of `k` tokens drawn without replacement from `q`, with its probability.
fn ordered_sets(q: &[f32], k: usize) -> Vec<(Vec<TokenId>, f64)> {
    let mut sets = vec![(Vec::new(), 1.0)];
    for _ in 0..k {
        let mut longer = Vec::new();
        for (set, chance) in &sets {
            let left: f64 =
                1.0 - set.iter().map(|&t: &TokenId| f64::from(q[t as usize])).sum::<f64>();
            for token in (0..q.len() as TokenId).filter(|t| !set.contains(t)) {
                let mut set = set.clone();
                set.push(token);
                longer.push((set, chance * f64::from(q[token as usize]) / left));
            }
        }
        sets = longer;
    }
    sets
}

/// Every list of `k` tokens drawn independently from `q`, with its probability.
fn independent_lists(q: &[f32], k: usize) -> Vec<(Vec<TokenId>, f64)> {
    let mut lists = vec![(Vec::new(), 1.0)];
    for _ in 0..k {
        let longer = |(list, chance): (Vec<TokenId>, f64)| {
            (0..q.len() as TokenId).map(move |token| {
                let mut list = list.clone();
                list.push(token);
                (list, chance * f64::from(q[token as usize]))
            })
        };
        lists = lists.into_iter().flat_map(longer).collect();
    }
    lists
}

fn guesses(tokens: &[TokenId], drawn_from: Option<&[f32]>) -> Vec<Guess> {
    tokens.iter().map(|&token| Guess { token, drawn_from: drawn_from.map(Into::into) }).collect()
}

/// Acceptance probability at a root of state `row` with `k` guesses drawn without replacement.
fn acceptance(row: usize, k: usize) -> f64 {
    acceptance_of(&mut Ratio::default(), row, ordered_sets(T4_Q[row], k))
}

/// Acceptance probability of a rule at a root of state `row` with guesses of this law, after
/// checking that the emitted token has exactly the target's distribution.
fn acceptance_of(rule: &mut dyn Verifier, row: usize, drawn: Vec<(Vec<TokenId>, f64)>) -> f64 {
    let (p, q) = (T4_P[row], T4_Q[row]);
    let (mut law, mut kept) = ([0.0; 4], 0.0);
    for (set, chance) in drawn {
        let it = outcome(rule, p, &guesses(&set, Some(q)));
        for (&token, odds) in set.iter().zip(&it.accepted) {
            law[token as usize] += chance * odds;
            kept += chance * odds;
        }
        law.iter_mut().zip(it.emitted).for_each(|(sum, mass)| *sum += chance * mass);
    }
    assert_law(&law, p);
    kept
}

fn assert_law(law: &[f64; 4], p: &[f32]) {
    for (have, &want) in law.iter().zip(p) {
        assert!((have - f64::from(want)).abs() < 1e-6, "{law:?} instead of {p:?}");
    }
}

#[test]
fn ratio_tests_accept_as_often_as_the_table_says() {
    let table = [
        (1, [0.8, 0.7, 0.8, 0.85]),
        (2, [0.885417, 0.817857, 0.882143, 0.941667]),
        (3, [0.959940, 0.922143, 0.920149, 1.0]),
    ];
    for (k, rows) in table {
        for (row, want) in rows.into_iter().enumerate() {
            let have = acceptance(row, k);
            assert!((have - want).abs() < 1e-6, "k = {k}, row {row}: {have} instead of {want}");
        }
    }
}

#[test]
fn independent_guesses_are_accepted_as_often_as_the_table_says() {
    for (row, want) in [0.86, 0.79, 0.86, 0.895].into_iter().enumerate() {
        let drawn = independent_lists(T4_Q[row], 2);
        let have = acceptance_of(&mut WithReplacement, row, drawn);
        assert!((have - want).abs() < 1e-6, "row {row}: {have} instead of {want}");
    }
}

#[test]
fn k_seq_accepts_as_often_as_the_table_says() {
    for (row, want) in [0.896512, 0.825367, 0.884051, 0.929599].into_iter().enumerate() {
        let have = acceptance_of(&mut KSeq, row, independent_lists(T4_Q[row], 2));
        assert!((have - want).abs() < 6e-6, "row {row}: {have} instead of {want}");
    }
    let have = acceptance_of(&mut KSeq, 0, independent_lists(T4_Q[0], 3));
    assert!((have - 0.950537).abs() < 6e-6, "three guesses: {have}");
}

#[test]
fn four_independent_guesses_leave_the_law_as_it_is() {
    for (row, q) in T4_Q.iter().enumerate() {
        let drawn = || independent_lists(q, 4);
        let recursive = acceptance_of(&mut WithReplacement, row, drawn());
        let k_seq = acceptance_of(&mut KSeq, row, drawn());
        assert!(recursive < k_seq && k_seq < 1.0, "row {row}: {recursive}, {k_seq}");
    }
}

#[test]
fn all_tokens_together_are_always_accepted() {
    (0..4).for_each(|row| assert!((acceptance(row, 4) - 1.0).abs() < 1e-6));
}

#[test]
fn one_hot_tests_accept_the_two_best_guesses_as_often_as_the_table_says() {
    for (row, want) in [0.8, 0.8, 0.5, 0.8].into_iter().enumerate() {
        let best: Vec<_> = crate::row::top_k(T4_Q[row], 2).iter().map(|it| it.0).collect();
        let it = outcome(&mut OneHot, T4_P[row], &guesses(&best, None));
        let kept: f64 = it.accepted.iter().sum();
        assert!((kept - want).abs() < 1e-6, "row {row}: {kept}");
        let mut law = it.emitted;
        best.iter().zip(&it.accepted).for_each(|(&t, odds)| law[t as usize] += odds);
        assert_law(&law, T4_P[row]);
    }
}

/// Tokens a round emits from `state`, on average, when every node gets the next number of
/// `branching` children, drawn without replacement.
fn expected_tokens(state: usize, branching: &[usize]) -> f64 {
    let Some((&k, below)) = branching.split_first() else {
        return 1.0;
    };
    let (p, q) = (T4_P[state], T4_Q[state]);
    let mut tokens = 1.0;
    for (set, chance) in ordered_sets(q, k) {
        let it = outcome(&mut Ratio::default(), p, &guesses(&set, Some(q)));
        for (&token, odds) in set.iter().zip(&it.accepted) {
            tokens += chance * odds * expected_tokens(token as usize, below);
        }
    }
    tokens
}

#[test]
fn rounds_emit_as_many_tokens_as_the_table_says() {
    let table: &[(&[usize], f64)] = &[
        (&[1], 1.8),
        (&[1; 2], 2.4125),
        (&[1; 3], 2.8845),
        (&[1; 4], 3.25051),
        (&[1; 5], 3.53531),
        (&[2], 1.885417),
        (&[3], 1.959940),
        (&[2, 1], 2.566250),
        (&[2, 2], 2.651433),
        (&[3, 2], 2.791941),
        (&[2, 2, 2], 3.315163),
    ];
    for (branching, want) in table {
        let have = expected_tokens(0, branching);
        assert!((have - want).abs() < 6e-6, "{branching:?}: {have} instead of {want}");
    }
}

/// As `expected_tokens`, for the two best guesses at every node and a target that draws once.
fn expected_matches(state: usize, depth: usize) -> f64 {
    if depth == 0 {
        return 1.0;
    }
    let best = crate::row::top_k(T4_Q[state], 2);
    let kept = |&(token, _): &(TokenId, f32)| {
        f64::from(T4_P[state][token as usize]) * expected_matches(token as usize, depth - 1)
    };
    1.0 + best.iter().map(kept).sum::<f64>()
}

#[test]
fn matching_the_two_best_guesses_gives_the_tables_tokens() {
    for (depth, want) in [(1, 1.8), (2, 2.44), (3, 2.934)] {
        assert!((expected_matches(0, depth) - want).abs() < 1e-6);
    }
}

#[test]
fn guesses_are_not_accepted_independently() {
    // With the same chance .8 at each of three places, (1 - .8⁴) / (1 - .8) tokens.
    let constant = (1.0 - 0.8f64.powi(4)) / (1.0 - acceptance(0, 1));
    assert!((constant - 2.952).abs() < 1e-4, "{constant}");
    assert!((expected_tokens(0, &[1; 3]) - 2.8845).abs() < 1e-4);
}

#[test]
fn a_draft_equal_to_the_target_is_always_kept() {
    for row in T4_P {
        for token in 0..4 {
            let it = outcome(&mut Ratio::default(), row, &guesses(&[token], Some(row)));
            assert_eq!(it.accepted, [1.0]);
        }
    }
}

#[test]
fn a_draft_that_shares_no_token_is_never_kept_and_harmless() {
    let (p, q) = ([0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]);
    let it = outcome(&mut Ratio::default(), &p, &guesses(&[2], Some(&q)));
    assert_eq!(it.accepted, [0.0]);
    assert_law(&it.emitted, &p);
}

/// The probability that the rule keeps `guess`: the largest uniform it still accepts.
fn odds(rule: &mut dyn Verifier, target: &[f32], guess: &Guess) -> f64 {
    let log_probs: Vec<f32> = target.iter().map(|p| p.ln()).collect();
    let (mut kept, mut rejected) = (0.0, 1.0);
    for _ in 0..24 {
        let middle = (kept + rejected) / 2.0;
        let uniform = |_| middle;
        let draws = Draws { uniform: &uniform, position: 1, lane: 0, log_probs: &log_probs };
        let ruling = rule.rule(target, std::slice::from_ref(guess), &draws);
        *if ruling.accepted.is_some() { &mut kept } else { &mut rejected } = middle;
    }
    f64::from(kept)
}

#[test]
fn lenience_keeps_more_and_bounds_how_much_a_token_can_gain() {
    let mut gained = false;
    for lenience in [0.3, 0.7] {
        for (p, q) in T4_P.iter().zip(T4_Q) {
            let mut law = [0.0; 4];
            for guess in guesses(&[0, 1, 2, 3], Some(q)) {
                let rule = &mut Ratio { lenience };
                let chance = f64::from(q[guess.token as usize]);
                let kept = odds(rule, p, &guess);
                let emitted = outcome(rule, p, std::slice::from_ref(&guess)).emitted;
                let mass: f64 = emitted.iter().sum();
                law[guess.token as usize] += chance * kept;
                for (sum, part) in law.iter_mut().zip(emitted).filter(|_| mass > 0.0) {
                    *sum += chance * (1.0 - kept) * part / mass;
                }
            }
            assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-5, "{law:?}");
            for (have, &p) in law.iter().zip(*p) {
                assert!(*have <= f64::from(p / lenience) + 1e-5, "{law:?} at {lenience}");
                gained |= *have > f64::from(p) + 0.05;
            }
        }
    }
    assert!(gained, "a lenient rule changes the law");
}
