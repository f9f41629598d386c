//! How superposed decoding shares one distribution among several drafts: which token fits which
//! draft, and how much of each draft goes into the blended input.

use super::beam::Hypothesis;
use crate::{ngrams::Ngrams, row, tree::*};

/// Tells how well a token continues a draft.
#[derive(Clone, Debug)]
pub struct Interpolation {
    /// Share of the n-gram tables, from 0 to 1.
    pub alpha: f32,
    /// Trust in contexts of 1, 2, … tokens.
    pub order_weights: Vec<f32>,
    /// Taken off every token of a draft whose continuations no table knows.
    pub penalty: f32,
}

/// A token after one draft. `model + ngram` is what it adds to the draft's sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    pub token: TokenId,
    /// (1 − α) ln p
    pub model: f32,
    /// α ln g, or minus the penalty; −∞ for a token that never followed.
    pub ngram: f32,
}

impl Interpolation {
    /// How each token of `shared` (with its natural-log probability) continues `text`.
    pub fn fits(&self, ngrams: &Ngrams, text: &[TokenId], shared: &[(TokenId, f32)]) -> Vec<Fit> {
        let known = self.ngram_probabilities(ngrams, text, shared);
        let unknown = known.iter().all(|&g| g == 0.0);
        let fit = |(&(token, log_prob), &g): (&(TokenId, f32), &f32)| {
            let ngram = match () {
                _ if self.alpha == 0.0 => 0.0,
                _ if unknown => -self.penalty,
                _ => self.alpha * g.ln(),
            };
            Fit { token, model: (1.0 - self.alpha) * log_prob, ngram }
        };
        shared.iter().zip(&known).map(fit).collect()
    }

    /// g(v) = Σ over the orders o of w_o · P_o(v | last o tokens); contexts that were never seen
    /// add nothing.
    fn ngram_probabilities(
        &self,
        ngrams: &Ngrams,
        text: &[TokenId],
        shared: &[(TokenId, f32)],
    ) -> Vec<f32> {
        let mut sums = vec![0.0; shared.len()];
        for (index, &weight) in self.order_weights.iter().enumerate().take(text.len()) {
            let context = &text[text.len() - index - 1..];
            let Some(followers) = ngrams.followers(context) else {
                break; // A longer context contains this one, so it was never seen either.
            };
            for (sum, &(token, _)) in sums.iter_mut().zip(shared) {
                *sum += weight * followers.probability(token);
            }
        }
        sums
    }
}

/// The shared row: log-probabilities divided by the temperature, then renormalised over the tokens
/// listed (best first). At temperature 0 the best token alone is left.
pub fn sharpened(top: &[(TokenId, f32)], temperature: f32) -> Vec<(TokenId, f32)> {
    let top: Vec<_> = top.iter().filter(|it| it.1 > f32::NEG_INFINITY).collect();
    if temperature <= 0.0 {
        return top.first().map(|it| (it.0, 0.0)).into_iter().collect();
    }
    let best = top.first().map_or(0.0, |it| it.1);
    let scaled: Vec<_> = top.iter().map(|it| (it.0, (it.1 - best) / temperature)).collect();
    let sum: f64 = scaled.iter().map(|it| f64::from(it.1).exp()).sum();
    scaled.into_iter().map(|(token, score)| (token, score - sum.ln() as f32)).collect()
}

/// How much of each draft goes into the blend: the softmax of their sums.
pub fn weights(drafts: &[Hypothesis]) -> Vec<f32> {
    row::softmax(&drafts.iter().map(|it| it.score).collect::<Vec<_>>())
}

/// The blended input: each draft's last token with its weight; equal tokens add up.
pub fn blend(tokens: &[TokenId], weights: &[f32]) -> Vec<(TokenId, f32)> {
    let mut parts: Vec<(TokenId, f32)> = Vec::new();
    for (&token, &weight) in tokens.iter().zip(weights) {
        match parts.iter_mut().find(|it| it.0 == token) {
            Some(part) => part.1 += weight,
            None => parts.push((token, weight)),
        }
    }
    if let [only] = &mut parts[..] {
        only.1 = 1.0; // Without rounding: the blend is this very token.
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_tokens_add_up() {
        assert_eq!(blend(&[5, 2, 5], &[0.5, 0.25, 0.25]), [(5, 0.75), (2, 0.25)]);
        assert_eq!(blend(&[5, 5, 5], &[0.3, 0.3, 0.4]), [(5, 1.0)]);
    }

    #[test]
    fn weights_sum_to_one() {
        let draft = |score| Hypothesis { node: NodeId(0), score };
        let weights = weights(&[draft(-0.5443), draft(-1.0024)]);
        assert!((weights[0] - 0.6126).abs() < 5e-5 && (weights[1] - 0.3874).abs() < 5e-5);
        assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn longer_contexts_add_their_share() {
        let ngrams = Ngrams::count([&[1, 2, 3][..], &[1, 2, 3], &[9, 2, 4]], 2);
        let fits = |text: &[TokenId]| {
            let mix = Interpolation { alpha: 1.0, order_weights: vec![0.25, 0.5], penalty: 7.0 };
            let fits = mix.fits(&ngrams, text, &[(3, -1.0), (4, -2.0)]);
            fits.iter().map(|it| it.ngram.exp()).collect::<Vec<_>>()
        };
        let close = |have: Vec<f32>, want: [f32; 2]| {
            assert!(have.iter().zip(want).all(|(h, w)| (h - w).abs() < 1e-6), "{have:?} {want:?}");
        };
        close(fits(&[1, 2]), [0.25 * 2.0 / 3.0 + 0.5, 0.25 / 3.0]);
        close(fits(&[8, 2]), [0.25 * 2.0 / 3.0, 0.25 / 3.0]);
        close(fits(&[2]), [0.25 * 2.0 / 3.0, 0.25 / 3.0]);
        close(fits(&[7]), [(-7.0f32).exp(); 2]);
    }

    #[test]
    fn temperature_sharpens_what_is_kept() {
        let top = [(4, 0.6f32.ln()), (1, 0.2f32.ln()), (2, f32::NEG_INFINITY)];
        let probs: Vec<_> = sharpened(&top, 0.5).iter().map(|it| (it.0, it.1.exp())).collect();
        assert!((probs[0].1 - 0.9).abs() < 1e-6 && (probs[1].1 - 0.1).abs() < 1e-6, "{probs:?}");
        assert_eq!(sharpened(&top, 0.0), [(4, 0.0)]);
    }
}
