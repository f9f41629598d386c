//! Tiny models that can be checked by hand: exact tables posing as networks.
//! T4, F5 and Toy-6 are the tables of the tests; see each function.

use crate::{
    Error, Result,
    model::*,
    random::{Key, uniform},
    tree::*,
};

/// How a toy finds the distribution after a path.
enum Law {
    /// `[vocab, vocab]` log-probabilities by the last token.
    FirstOrder(Vec<f32>),
    /// The next token is certain: a function of the last two.
    SecondOrder(fn(TokenId, TokenId) -> TokenId),
}

/// A table posing as a language model. Hidden states are smooth functions of the last two
/// tokens; a variant other than the full one answers from its own law.
pub struct Toy {
    info: ModelInfo,
    law: Law,
    /// The law of a pass that skips layers.
    skipped: Option<Box<Toy>>,
    cached: std::collections::BTreeSet<(Variant, NodeId)>,
    words: Vec<&'static str>,
}

impl Toy {
    /// `probs`: `[vocab, vocab]`, row = last token.
    pub fn first_order(name: &str, probs: &[&[f32]]) -> Self {
        let rows = probs.iter().flat_map(|row| row.iter().map(|p| p.ln())).collect();
        Self::new(name, probs.len(), Law::FirstOrder(rows))
    }

    pub fn second_order(name: &str, vocab: usize, next: fn(TokenId, TokenId) -> TokenId) -> Self {
        Self::new(name, vocab, Law::SecondOrder(next))
    }

    /// Random rows; a larger `sharpness` makes them more certain.
    pub fn random(vocab: usize, seed: u32, sharpness: f32) -> Self {
        let mut rows = Vec::with_capacity(vocab * vocab);
        for last in 0..vocab {
            let scores: Vec<f32> = (0..vocab)
                .map(|next| {
                    let draw = next as u32;
                    sharpness
                        * uniform(
                            seed,
                            Key { purpose: "toy", lane: 0, position: last as u32, draw },
                        )
                })
                .collect();
            rows.extend(crate::row::softmax(&scores).iter().map(|p| p.ln()));
        }
        Self::new("random toy", vocab, Law::FirstOrder(rows))
    }

    fn new(name: &str, vocab: usize, law: Law) -> Self {
        let info = ModelInfo {
            name: name.into(),
            vocab_size: vocab,
            context_len: 1 << 20,
            layers: 8,
            width: 2 * vocab,
            ..ModelInfo::default()
        };
        Self { info, law, skipped: None, cached: Default::default(), words: Vec::new() }
    }

    pub fn with_end(mut self, token: TokenId) -> Self {
        self.info.end_tokens = vec![token];
        self
    }

    pub fn with_context(mut self, context_len: usize) -> Self {
        self.info.context_len = context_len;
        self
    }

    /// Passes that skip layers answer from `other`.
    pub fn with_skipped(mut self, other: Toy) -> Self {
        self.skipped = Some(Box::new(other));
        self
    }

    /// The nodes that keep keys, by variant.
    pub fn keys(&self) -> impl Iterator<Item = &(Variant, NodeId)> {
        self.cached.iter()
    }

    pub fn with_words(mut self, words: &[&'static str]) -> Self {
        self.words = words.to_vec();
        self
    }

    /// Log-probabilities after `path` (its last nodes suffice).
    fn row(&self, forest: &Forest, node: NodeId) -> Result<Vec<f32>> {
        let vocab = self.info.vocab_size;
        let unreadable = || Error::Unsupported {
            model: self.info.name.clone(),
            what: "read anything but tokens here".into(),
        };
        // A certain law cannot mix: it reads a blend as its heaviest token.
        let token = |node: NodeId| match &forest[node].input {
            Input::Token(token) => Ok(*token),
            Input::Blend(parts) => {
                let heavier = |a: &(TokenId, f32), b: &(TokenId, f32)| a.1.total_cmp(&b.1);
                let heaviest = parts.iter().rev().copied().max_by(heavier);
                heaviest.map(|it| it.0).ok_or_else(unreadable)
            }
            Input::Vector(_) => Err(unreadable()),
        };
        match &self.law {
            Law::FirstOrder(rows) => {
                let of = |token: TokenId| &rows[token as usize * vocab..][..vocab];
                match &forest[node].input {
                    Input::Blend(parts) => {
                        // Linear in the logits, so a blend is a geometric mixture.
                        let mix = |next: usize| -> f32 {
                            parts
                                .iter()
                                .filter(|it| it.1 > 0.0)
                                .map(|&(t, w)| w * of(t)[next])
                                .sum()
                        };
                        let mixed: Vec<f32> = (0..vocab).map(mix).collect();
                        Ok(crate::row::softmax(&mixed).iter().map(|p| p.ln()).collect())
                    }
                    _ => Ok(of(token(node)?).to_vec()),
                }
            }
            Law::SecondOrder(next) => {
                let before = forest[node].parent.map_or(Ok(0), token)?;
                let certain = next(before, token(node)?) as usize;
                Ok((0..vocab).map(|t| if t == certain { 0.0 } else { f32::NEG_INFINITY }).collect())
            }
        }
    }

    /// `[2 · vocab]`: the last token and the one before, softened so that cosines differ. Linear
    /// in the parts of a blend.
    fn hidden(&self, forest: &Forest, node: NodeId) -> Vec<f32> {
        let vocab = self.info.vocab_size;
        let mut state = vec![0.05; 2 * vocab];
        let parts = |node: NodeId| match &forest[node].input {
            Input::Token(token) => vec![(*token, 1.0)],
            Input::Blend(parts) => parts.clone(),
            Input::Vector(_) => Vec::new(),
        };
        for (token, weight) in parts(node) {
            state[token as usize] += weight;
            state[(token as usize + 1) % vocab] += 0.25 * weight;
        }
        for (token, weight) in forest[node].parent.map(parts).unwrap_or_default() {
            state[vocab + token as usize] += 0.5 * weight;
        }
        state
    }

    /// Half of the weight lies on the position that the token's id names (modulo the length), the
    /// rest evenly on all, so that different texts look at different places.
    fn attention(&self, forest: &Forest, node: NodeId) -> Vec<(NodeId, f32)> {
        let path = forest.path(None, node);
        let favourite = forest[node].token().unwrap_or(0) as usize % path.len();
        let even = 0.5 / path.len() as f32;
        let weight = |place: usize| even + if place == favourite { 0.5 } else { 0.0 };
        path.into_iter().enumerate().map(|(place, it)| (it, weight(place))).collect()
    }
}

impl LanguageModel for Toy {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn forward<'a>(
        &'a mut self,
        forest: &'a Forest,
        nodes: &'a [NodeId],
        ask: &'a Ask,
    ) -> LocalFuture<'a, Result<Scores>> {
        Box::pin(async move {
            let vocab_size = self.info.vocab_size;
            let mut fed = Vec::new();
            for &node in nodes {
                let mut missing: Vec<_> = forest
                    .ancestors(node)
                    .filter(|&n| !self.cached.contains(&(ask.variant.clone(), n)))
                    .filter(|&n| !self.cached.contains(&(Variant::full(), n)) || n == node)
                    .collect();
                missing.reverse();
                for n in missing {
                    self.cached.insert((ask.variant.clone(), n));
                    fed.push(n);
                }
            }
            // The full model's keys replace a variant's.
            let full = |n: NodeId| (Variant::full(), n);
            let seen: Vec<_> =
                fed.iter().copied().filter(|&n| self.cached.contains(&full(n))).collect();
            self.cached.retain(|(variant, n)| variant.is_full() || !seen.contains(n));
            let law = match &self.skipped {
                Some(other) if !ask.variant.is_full() => other,
                _ => &*self,
            };
            let mut scores = Scores { vocab_size, fed, ..Scores::default() };
            let rows: Result<Vec<_>> = nodes.iter().map(|&n| law.row(forest, n)).collect();
            let rows = rows?;
            match ask.rows {
                Rows::Full => scores.log_probs = rows.concat(),
                Rows::TopK(k) => {
                    scores.top = rows.iter().map(|r| crate::row::top_k(r, k)).collect()
                }
                Rows::None => {}
            }
            scores.hidden = ask
                .hidden
                .iter()
                .map(|_| nodes.iter().flat_map(|&n| self.hidden(forest, n)).collect())
                .collect();
            scores.exits = ask.exits.iter().map(|_| rows.concat()).collect();
            let attention = || nodes.iter().map(|&n| self.attention(forest, n)).collect();
            scores.attention = ask.attention.iter().map(|_| attention()).collect();
            Ok(scores)
        })
    }

    fn retain(&mut self, keep: &[NodeId]) -> Result<()> {
        self.cached.retain(|(_, node)| keep.binary_search(node).is_ok());
        Ok(())
    }

    fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        match self.words.get(token as usize) {
            Some(word) => word.as_bytes().to_vec(),
            None => format!(" {token}").into_bytes(),
        }
    }
}

/// T4's target: four tokens, first order.
pub const T4_P: [&[f32]; 4] = [
    &[0.50, 0.30, 0.15, 0.05],
    &[0.10, 0.60, 0.20, 0.10],
    &[0.25, 0.25, 0.25, 0.25],
    &[0.05, 0.15, 0.30, 0.50],
];
/// T4's draft.
pub const T4_Q: [&[f32]; 4] = [
    &[0.30, 0.40, 0.20, 0.10],
    &[0.20, 0.30, 0.30, 0.20],
    &[0.40, 0.30, 0.20, 0.10],
    &[0.10, 0.10, 0.20, 0.60],
];

pub fn t4_target() -> Toy {
    Toy::first_order("T4 target", &T4_P)
}

pub fn t4_draft() -> Toy {
    Toy::first_order("T4 draft", &T4_Q)
}

/// F5: the next token is the sum of the last two, modulo 5. Errors propagate.
pub fn f5() -> Toy {
    Toy::second_order("F5", 5, |before, last| (before + last) % 5)
}

const TOY6: [&[f32]; 6] = [
    &[0.0, 0.01, 0.50, 0.40, 0.07, 0.02],
    &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    &[0.0, 0.05, 0.10, 0.30, 0.35, 0.20],
    &[0.0, 0.10, 0.05, 0.05, 0.05, 0.75],
    &[0.0, 0.20, 0.30, 0.25, 0.15, 0.10],
    &[0.0, 0.60, 0.15, 0.05, 0.10, 0.10],
];

/// Toy-6: 0 `<s>`, 1 `</s>`, 2 `a`, 3 `b`, 4 `c`, 5 `d`; the mode is `b d </s>`, greedy never ends.
pub fn toy6() -> Toy {
    Toy::first_order("Toy-6", &TOY6).with_end(1).with_words(&["<s>", "</s>", "a", "b", "c", "d"])
}

/// Toy-6's log-probabilities after `last`.
pub fn toy6_row(last: TokenId) -> Vec<f32> {
    TOY6[last as usize].iter().map(|p| p.ln()).collect()
}

/// A forest that holds `prompt`, and its last node; for tests of parts.
pub fn forest(prompt: &[TokenId]) -> (Forest, NodeId) {
    let mut forest = Forest::default();
    let lane = forest.plant(prompt);
    let head = forest.lane(lane).head;
    (forest, head)
}

/// Adds a lane to a forest that no run owns; for tests of parts.
pub fn plant(forest: &mut Forest, prompt: &[TokenId]) -> LaneId {
    forest.plant(prompt)
}

/// Adds a node to a forest that no run owns; for tests of parts.
pub fn grow(forest: &mut Forest, parent: NodeId, input: Input) -> NodeId {
    let lane = forest[parent].lane;
    forest.push(lane, Some(parent), input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toy_6_ends_within_seven_steps_with_this_probability() {
        // Probability of being at each token with the text still open.
        let mut open = [1.0f64, 0.0, 0.0, 0.0, 0.0, 0.0];
        let mut ended = 0.0;
        for _ in 0..7 {
            let mut next = [0.0; 6];
            for (last, mass) in open.iter().enumerate() {
                for (token, &p) in TOY6[last].iter().enumerate() {
                    next[token] += mass * f64::from(p);
                }
            }
            ended += std::mem::take(&mut next[1]);
            open = next;
        }
        assert!((ended - 0.85195).abs() < 5e-6, "{ended}");
    }

    #[test]
    fn f5_repeats_itself_after_twenty_tokens() {
        let Law::SecondOrder(next) = f5().law else { panic!("F5 is of second order") };
        let mut text = vec![0, 1];
        while text.len() < 62 {
            text.push(next(text[text.len() - 2], text[text.len() - 1]));
        }
        assert_eq!(text[2..14], [1, 2, 3, 0, 3, 3, 1, 4, 0, 4, 4, 3]);
        let period = |length: usize| text.iter().zip(&text[length..]).all(|(a, b)| a == b);
        assert_eq!((1..=20).find(|&length| period(length)), Some(20));
    }
}
