//! Small facts about one row of scores: best tokens, softmax, drawing.

use crate::TokenId;

/// The `k` best tokens of a row, descending; ties go to the lower id.
pub fn top_k(row: &[f32], k: usize) -> Vec<(TokenId, f32)> {
    let better =
        |a: &TokenId, b: &TokenId| row[*b as usize].total_cmp(&row[*a as usize]).then(a.cmp(b));
    let mut order: Vec<TokenId> = (0..row.len() as TokenId).collect();
    if k < order.len() && k > 0 {
        order.select_nth_unstable_by(k - 1, better);
    }
    order.truncate(k);
    order.sort_unstable_by(better);
    order.into_iter().map(|t| (t, row[t as usize])).collect()
}

/// The best token; ties go to the lower id.
pub fn arg_max(row: &[f32]) -> TokenId {
    let mut best = 0;
    for (token, &value) in row.iter().enumerate() {
        if value > row[best] {
            best = token;
        }
    }
    best as TokenId
}

/// Probabilities of a row of log-scores, summed in f64. −∞ becomes 0.
pub fn softmax(scores: &[f32]) -> Vec<f32> {
    let max = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut probs: Vec<f32> = scores.iter().map(|&s| (s - max).exp()).collect();
    normalise(&mut probs);
    probs
}

/// Divides by the sum. Leaves a row of zeros alone and returns the sum.
pub fn normalise(probs: &mut [f32]) -> f64 {
    let sum: f64 = probs.iter().map(|&p| f64::from(p)).sum();
    if sum > 0.0 {
        probs.iter_mut().for_each(|p| *p = (f64::from(*p) / sum) as f32);
    }
    sum
}

/// The first token, ids ascending, whose running sum exceeds `u`. The last token with mass
/// answers when rounding leaves `u` beyond the sum.
pub fn draw(probs: &[f32], u: f32) -> TokenId {
    let (mut sum, mut last) = (0.0f64, 0);
    for (token, &p) in probs.iter().enumerate() {
        if p > 0.0 {
            sum += f64::from(p);
            last = token;
            if sum > f64::from(u) {
                break;
            }
        }
    }
    last as TokenId
}

/// Entropy of a distribution in nats; 0 ln 0 is 0.
pub fn entropy(probs: &[f32]) -> f32 {
    probs.iter().filter(|&&p| p > 0.0).map(|&p| -f64::from(p) * f64::from(p).ln()).sum::<f64>()
        as f32
}

/// The residual norm((p − q)+) of a rejected ratio test. `None` when nothing positive is left
/// (rounding only): the caller then draws from `p`.
pub fn residual(p: &[f32], q: &[f32]) -> Option<Vec<f32>> {
    let mut rest: Vec<f32> = p.iter().zip(q).map(|(p, q)| (p - q).max(0.0)).collect();
    let sum = normalise(&mut rest);
    (sum > 0.0 && sum.is_finite()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::{T4_P, T4_Q};

    #[test]
    fn ties_go_to_the_lower_id() {
        assert_eq!(top_k(&[1.0, 3.0, 3.0, 2.0], 3), [(1, 3.0), (2, 3.0), (3, 2.0)]);
        assert_eq!(arg_max(&[1.0, 3.0, 3.0]), 1);
    }

    #[test]
    fn drawing_walks_the_running_sum() {
        let p = [0.5, 0.0, 0.3, 0.2];
        assert_eq!([0.0, 0.49, 0.5, 0.81, 1.0].map(|u| draw(&p, u)), [0, 0, 2, 3, 3]);
    }

    #[test]
    fn residuals_of_t4() {
        let want = [
            (0.80, [1.0, 0.0, 0.0, 0.0]),
            (0.70, [0.0, 1.0, 0.0, 0.0]),
            (0.80, [0.0, 0.0, 0.25, 0.75]),
            (0.85, [0.0, 1.0 / 3.0, 2.0 / 3.0, 0.0]),
        ];
        for ((p, q), (overlap, want)) in T4_P.iter().zip(T4_Q).zip(want) {
            let have: f32 = p.iter().zip(q).map(|(p, q)| p.min(*q)).sum();
            assert!((have - overlap).abs() < 1e-6, "{have}");
            let rest = residual(p, q).unwrap();
            let close = rest.iter().zip(want).all(|(have, want)| (have - want).abs() < 1e-6);
            assert!(close, "{rest:?}");
        }
        assert_eq!(residual(&[0.5, 0.5], &[0.5, 0.5]), None);
    }

    #[test]
    fn entropies_of_toy_6() {
        let want = [(0, 1.0235), (1, 0.0), (2, 1.4306), (3, 0.8954), (4, 1.5445), (5, 1.2014)];
        for (last, nats) in want {
            let have = entropy(&softmax(&crate::toy::toy6_row(last)));
            assert!((have - nats).abs() < 6e-5, "after {last}: {have}");
        }
    }
}
