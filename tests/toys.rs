//! Sets of toy models, for any method: whatever roles it needs are there.

use decoding::{
    TokenId,
    method::Entry,
    model::{Ask, LanguageModel},
    ngrams::Ngrams,
    session::{Models, TARGET},
    toy::{self, Toy},
};
use futures_lite::future::block_on;
use std::rc::Rc;

/// How the guesses of a method relate to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    /// The target itself.
    Agrees,
    /// A model that knows nothing of the target.
    Differs,
    /// Sure of what the target thinks least likely.
    Opposes,
}

pub const DRAFTS: [Draft; 3] = [Draft::Agrees, Draft::Differs, Draft::Opposes];

/// A target, from which drafts of every kind are made.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    T4,
    /// The next token is the sum of the last two, modulo 5: certain, and errors propagate.
    F5,
    Random {
        vocab: usize,
        seed: u32,
    },
}

pub const TARGETS: [Target; 6] = [
    Target::T4,
    Target::F5,
    Target::Random { vocab: 2, seed: 1 },
    Target::Random { vocab: 7, seed: 2 },
    Target::Random { vocab: 31, seed: 3 },
    Target::Random { vocab: 31, seed: 4 },
];

impl Target {
    pub fn model(self) -> Toy {
        match self {
            Self::T4 => toy::t4_target(),
            Self::F5 => toy::f5(),
            Self::Random { vocab, seed } => Toy::random(vocab, seed, 6.0),
        }
    }

    pub fn vocab(self) -> usize {
        self.model().info().vocab_size
    }

    pub fn draft(self, kind: Draft) -> Toy {
        match (self, kind) {
            (_, Draft::Agrees) => self.model(),
            (Self::T4, Draft::Differs) => toy::t4_draft(),
            (_, Draft::Differs) => Toy::random(self.vocab(), 99, 4.0),
            (_, Draft::Opposes) => opposed(self.model()),
        }
    }
}

/// First-order rows in which the least likely token has become the likeliest.
fn opposed(mut model: Toy) -> Toy {
    let vocab = model.info().vocab_size;
    let rows: Vec<Vec<f32>> = (0..vocab as TokenId)
        .map(|last| {
            let (forest, head) = toy::forest(&[last]);
            let scores = block_on(model.forward(&forest, &[head], &Ask::rows())).expect("a row");
            model.retain(&[]).expect("toys forget");
            let mut order: Vec<usize> = (0..vocab).collect();
            order.sort_by(|&a, &b| scores.row(0)[a].total_cmp(&scores.row(0)[b]));
            let sure = 0.9;
            let mut row = vec![0.0; vocab];
            let mut left = 1.0;
            for (rank, &token) in order.iter().enumerate() {
                row[token] = if rank + 1 == vocab { left } else { left * sure };
                left -= row[token];
            }
            row
        })
        .collect();
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    Toy::first_order("opposed toy", &rows)
}

/// Everything that `entry` needs, over `target`. Passes that skip layers answer like the draft.
pub fn models(entry: &Entry, target: Target, draft: Draft) -> Models {
    shaped(entry, target, draft, |toy| toy)
}

/// As `models`, with every toy put through `shape`, for example given an end token.
pub fn shaped(entry: &Entry, target: Target, draft: Draft, shape: impl Fn(Toy) -> Toy) -> Models {
    let main = shape(target.model()).with_skipped(target.draft(draft));
    let mut models = Models::new(main);
    for role in entry.info.needs.iter().filter(|it| **it != "ngrams") {
        models = models.with(role, shape(target.draft(draft)));
    }
    models.ngrams = Some(Rc::new(ngrams(target)));
    assert!(models.by_role.contains_key(TARGET));
    models
}

/// Tables over the whole vocabulary of the target.
fn ngrams(target: Target) -> Ngrams {
    let vocab = target.vocab() as u32;
    let text: Vec<TokenId> = (0..200).map(|it: u32| (it * it + it / 3) % vocab).collect();
    Ngrams::count([text.as_slice()], 5)
}
