//! The classical filters, one struct each; values on Toy-6 are in the tests.

use super::{Cut, Filter};
use crate::{row, tree::*};

fn cut(value: f32, cutoff: f32) -> Cut {
    Cut { value: Some(value), cutoff: Some(cutoff) }
}

/// Removes every token for which `keep` says no.
fn retain(scores: &mut [f32], keep: impl Fn(usize) -> bool) {
    for (token, score) in scores.iter_mut().enumerate() {
        if !keep(token) {
            *score = f32::NEG_INFINITY;
        }
    }
}

/// Divides log-probabilities by T > 0.
pub struct Temperature(pub f32);

impl Filter for Temperature {
    fn name(&self) -> &'static str {
        "temperature"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        scores.iter_mut().for_each(|s| *s /= self.0);
        Cut { value: Some(self.0), cutoff: None }
    }
}

/// Keeps the k best; ties at the threshold all stay. Source: arXiv:1805.04833.
pub struct TopK(pub u32);

impl Filter for TopK {
    fn name(&self) -> &'static str {
        "top_k"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let k = (self.0 as usize).clamp(1, scores.len());
        let threshold = row::top_k(scores, k)[k - 1].1;
        retain_at_least(scores, threshold);
        cut(self.0 as f32, k as f32)
    }
}

fn retain_at_least(scores: &mut [f32], threshold: f32) {
    for score in scores.iter_mut() {
        if *score < threshold {
            *score = f32::NEG_INFINITY;
        }
    }
}

/// Keeps the smallest set of most probable tokens with mass ≥ p. Source: arXiv:1904.09751.
pub struct TopP(pub f32);

impl Filter for TopP {
    fn name(&self) -> &'static str {
        "top_p"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let probs = row::softmax(scores);
        let order = row::top_k(&probs, probs.len());
        let kept = shortest_prefix(order.iter().map(|it| it.1), self.0);
        retain_listed(scores, order[..kept].iter().map(|it| it.0));
        cut(self.0, order[kept - 1].1)
    }
}

/// How many leading probabilities reach `mass`; at least one. Sums that meet it up to rounding
/// count as reached.
fn shortest_prefix(probs: impl Iterator<Item = f32>, mass: f32) -> usize {
    let mut sum = 0.0f64;
    let mut kept = 0;
    for p in probs {
        kept += 1;
        sum += f64::from(p);
        if sum >= f64::from(mass) - 1e-6 {
            break;
        }
    }
    kept
}

fn retain_listed(scores: &mut [f32], kept: impl Iterator<Item = TokenId>) {
    let mut keep = vec![false; scores.len()];
    kept.for_each(|token| keep[token as usize] = true);
    retain(scores, |token| keep[token]);
}

/// Drops tokens below `min_p` times the best probability. Source: arXiv:2407.01082.
pub struct MinP(pub f32);

impl Filter for MinP {
    fn name(&self) -> &'static str {
        "min_p"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let probs = row::softmax(scores);
        let threshold = self.0 * probs.iter().copied().fold(0.0, f32::max);
        retain(scores, |token| probs[token] >= threshold);
        cut(self.0, threshold)
    }
}

/// Keeps the tokens whose surprise is nearest the entropy, up to mass τ; equal distances stay
/// together. Source: arXiv:2202.00666.
pub struct Typical(pub f32);

impl Filter for Typical {
    fn name(&self) -> &'static str {
        "typical"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let probs = row::softmax(scores);
        let entropy = row::entropy(&probs);
        let distance = |token: usize| {
            if probs[token] > 0.0 { (-probs[token].ln() - entropy).abs() } else { f32::INFINITY }
        };
        let mut order: Vec<usize> = (0..probs.len()).collect();
        order.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
        let kept = shortest_prefix(order.iter().map(|&t| probs[t]), self.0);
        let limit = distance(order[kept - 1]);
        retain(scores, |token| distance(token) <= limit);
        cut(self.0, limit)
    }
}

/// Drops tokens below an absolute probability; the best always stays. Source: arXiv:2210.15191.
pub struct Epsilon(pub f32);

impl Filter for Epsilon {
    fn name(&self) -> &'static str {
        "epsilon"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        keep_above(scores, self.0);
        cut(self.0, self.0)
    }
}

fn keep_above(scores: &mut [f32], threshold: f32) {
    let probs = row::softmax(scores);
    let best = row::arg_max(&probs) as usize;
    retain(scores, |token| probs[token] >= threshold || token == best);
}

/// As ε, with the floor min(ε, √ε · exp(−H)): lower when the model is unsure.
/// Source: arXiv:2210.15191.
pub struct Eta(pub f32);

impl Filter for Eta {
    fn name(&self) -> &'static str {
        "eta"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let entropy = row::entropy(&row::softmax(scores));
        let threshold = self.0.min(self.0.sqrt() * (-entropy).exp());
        keep_above(scores, threshold);
        cut(self.0, threshold)
    }
}

/// Keeps the longest prefix of the 100 best tokens whose share of the entropy is at most h; the
/// best always stays. Source: arXiv:2509.02510.
pub struct TopH(pub f32);

impl Filter for TopH {
    fn name(&self) -> &'static str {
        "top_h"
    }
    fn apply(&self, _: &Forest, _: NodeId, scores: &mut [f32]) -> Cut {
        let mut best = row::top_k(&row::softmax(scores), 100);
        let mass: f32 = best.iter().map(|it| it.1).sum();
        best.iter_mut().for_each(|it| it.1 /= mass);
        let part = |p: f32| if p > 0.0 { -p * p.ln() } else { 0.0 };
        let limit = self.0 * best.iter().map(|it| part(it.1)).sum::<f32>();
        let (mut sum, mut kept) = (0.0, 0);
        for &(_, p) in &best {
            sum += part(p);
            if kept > 0 && sum > limit {
                break;
            }
            kept += 1;
        }
        retain_listed(scores, best[..kept].iter().map(|it| it.0));
        cut(self.0, kept as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{filter::Pipeline, toy};

    /// Tokens that a pipeline keeps after `last` on Toy-6.
    fn kept(filter: impl Filter + 'static, last: TokenId) -> Vec<TokenId> {
        let scores = toy::toy6_row(last);
        let (forest, at) = toy::forest(&[0]);
        let probs = Pipeline::default().with(filter).probs(&forest, at, &scores);
        (0..6).filter(|&t| probs[t as usize] > 0.0).collect()
    }
    const END: TokenId = 1;
    const A: TokenId = 2;
    const B: TokenId = 3;
    const C: TokenId = 4;
    const D: TokenId = 5;

    #[test]
    fn classical_cuts_on_toy_6() {
        assert_eq!([0, A, C].map(|t| kept(TopK(2), t)), [vec![A, B], vec![B, C], vec![A, B]]);
        assert_eq!(
            [0, A, C].map(|t| kept(TopP(0.85), t)),
            [vec![A, B], vec![B, C, D], vec![END, A, B, C]]
        );
        assert_eq!(
            [0, A, C].map(|t| kept(MinP(0.2), t)),
            [vec![A, B], vec![A, B, C, D], vec![END, A, B, C, D]]
        );
    }

    #[test]
    fn typical_cuts_on_toy_6() {
        assert_eq!(kept(Typical(0.5), A), [B, D]);
        assert_eq!(kept(Typical(0.7), A), [B, C, D]);
        assert_eq!(kept(Typical(0.5), C), [END, A, B]);
    }

    #[test]
    fn epsilon_and_eta_on_toy_6() {
        assert_eq!(kept(Eta(0.06), A), [A, B, C, D]);
        assert_eq!(kept(Eta(0.3), 0), [A, B]);
        assert_eq!(kept(Eta(0.3), A), [B, C, D]);
        assert_eq!(kept(Eta(0.3), C), [END, A, B, C]);
        assert_eq!(kept(Eta(0.3), D), [END]);
        assert_eq!(kept(Epsilon(0.9), A), [C]);
    }

    #[test]
    fn temperatures_on_toy_6() {
        let (forest, at) = toy::forest(&[0]);
        let expect = |t: f32, want: [f32; 6]| {
            let probs = Pipeline::temperature(t).probs(&forest, at, &toy::toy6_row(A));
            for (have, want) in probs.iter().zip(want) {
                assert!((have - want).abs() < 5e-5, "T = {t}: {probs:?}");
            }
        };
        expect(0.5, [0.0, 0.0094, 0.0377, 0.3396, 0.4623, 0.1509]);
        expect(2.0, [0.0, 0.1052, 0.1487, 0.2576, 0.2782, 0.2103]);
        expect(0.0, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }

    /// Where a filter cuts after `last` on Toy-6.
    fn cutoff(filter: impl Filter, last: TokenId) -> f32 {
        let (forest, at) = toy::forest(&[0]);
        filter.apply(&forest, at, &mut toy::toy6_row(last)).cutoff.unwrap()
    }

    #[test]
    fn filters_set_to_keep_all_change_nothing() {
        let (forest, at) = toy::forest(&[0]);
        for last in 0..6 {
            let mut scores = toy::toy6_row(last);
            let filters: [&dyn Filter; 4] = [&Temperature(1.0), &TopK(6), &TopP(1.0), &MinP(0.0)];
            for filter in filters {
                filter.apply(&forest, at, &mut scores);
                assert_eq!(scores, toy::toy6_row(last), "{} after {last}", filter.name());
            }
        }
    }

    #[test]
    fn equally_typical_tokens_stay_together() {
        // After d, c and d are as likely as one another; c alone would do for .8.
        assert_eq!(kept(Typical(0.8), D), [END, A, C, D]);
        assert_eq!(kept(Typical(0.74), D), [END, A]);
    }

    #[test]
    fn distances_from_the_entropy_on_toy_6() {
        // The cut is the distance of the last token kept, so growing masses read all of them off.
        let after_a = [(0.1, 0.179), (0.4, 0.227), (0.7, 0.381), (0.9, 0.872), (1.0, 1.565)];
        let after_c = [(0.1, 0.065), (0.4, 0.158), (0.7, 0.341), (0.85, 0.353), (1.0, 0.758)];
        for (last, want) in [(A, after_a), (C, after_c)] {
            for (mass, distance) in want {
                let have = cutoff(Typical(mass), last);
                assert!((have - distance).abs() < 6e-4, "after {last}, {mass}: {have}");
            }
        }
    }

    #[test]
    fn eta_thresholds_on_toy_6() {
        let want = [(0.06, A, 0.0586), (0.3, 0, 0.1968), (0.3, A, 0.1310), (0.3, C, 0.1169)];
        for (eta, last, threshold) in want.into_iter().chain([(0.3, D, 0.1647)]) {
            let have = cutoff(Eta(eta), last);
            assert!((have - threshold).abs() < 6e-5, "{eta} after {last}: {have}");
        }
        assert_eq!(cutoff(Eta(0.002), A), 0.002, "never above ε");
    }

    #[test]
    fn top_h_on_toy_6() {
        // After a, −p ln p of c b d a `</s>`: .3674 .3612 .3219 .2303 .1498, together 1.4306.
        let shares = [0.05, 0.4, 0.5, 0.52, 0.73, 0.74, 0.89, 0.9];
        let counts = shares.map(|share| kept(TopH(share), A).len());
        assert_eq!(counts, [1, 1, 1, 2, 2, 3, 3, 4]);
        assert_eq!(kept(TopH(0.52), A), [B, C]);
        assert_eq!(kept(TopH(0.05), A), [C], "the best stays");
    }
}
