//! Guesses from n-grams of several lengths, counted on the text so far: the longest context that
//! is known answers with its most frequent next token. Counts live as long as the run.
//! Source: Ou, Chen, Tian 2024, arXiv:2404.08698.

use super::Drafter;
use crate::{
    Result,
    session::{Proposal, Session},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};
use std::collections::{BTreeMap, BTreeSet};

/// How often a token followed a context, and when it last did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Tally {
    count: u32,
    /// Position in the text; ties go to the latest.
    last: usize,
}

/// Counts of all n-grams of 2 to `longest` tokens in one growing text.
pub struct Counter {
    longest: usize,
    /// By context of 1 to `longest` − 1 tokens, then by next token.
    followers: BTreeMap<Vec<TokenId>, BTreeMap<TokenId, Tally>>,
    /// Tokens of the text already counted.
    counted: usize,
}

impl Counter {
    pub fn new(longest: usize) -> Self {
        Self { longest, followers: BTreeMap::new(), counted: 0 }
    }

    /// Counts the n-grams that end in a token not counted yet; returns them, context and next.
    pub fn extend(&mut self, text: &[TokenId]) -> BTreeSet<(Vec<TokenId>, TokenId)> {
        let mut changed = BTreeSet::new();
        for end in self.counted..text.len() {
            for context_len in 1..self.longest.min(end + 1) {
                let context = text[end - context_len..end].to_vec();
                let followers = self.followers.entry(context.clone()).or_default();
                let tally = followers.entry(text[end]).or_default();
                *tally = Tally { count: tally.count + 1, last: end };
                changed.insert((context, text[end]));
            }
        }
        self.counted = text.len();
        changed
    }

    /// The most frequent token after the longest known end of `text` (ties: the most recent), and
    /// the length of the n-gram that said so.
    pub fn guess(&self, text: &[TokenId]) -> Option<(TokenId, usize)> {
        let longest = (self.longest - 1).min(text.len());
        (1..=longest).rev().find_map(|context_len| {
            let followers = self.followers.get(&text[text.len() - context_len..])?;
            let best = followers.iter().max_by_key(|(_, tally)| **tally)?;
            Some((*best.0, context_len + 1))
        })
    }

    fn count(&self, context: &[TokenId], next: TokenId) -> u32 {
        self.followers.get(context).and_then(|it| it.get(&next)).map_or(0, |it| it.count)
    }
}

pub struct AdaptiveNgrams {
    /// K: tokens guessed per round.
    pub draft_len: usize,
    /// Line of the pseudo-code that guesses; the one before counts.
    pub guess_line: u32,
    counter: Counter,
}

impl AdaptiveNgrams {
    /// `longest`: tokens of the longest n-gram, at least 2.
    pub fn new(longest: usize, draft_len: usize, guess_line: u32) -> Self {
        Self { draft_len, guess_line, counter: Counter::new(longest) }
    }
}

impl Drafter for AdaptiveNgrams {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        let mut text = session.tokens();
        let changed = self.counter.extend(&text);
        show_counts(session, &self.counter, &changed);
        session.line(self.guess_line);
        let most = self.draft_len.min(session.room().saturating_sub(1) as usize);
        let (mut drafted, mut levels) = (Vec::new(), Vec::new());
        let mut at = session.head();
        while drafted.len() < most {
            let Some((token, level)) = self.counter.guess(&text) else { break };
            at = session.grow(at, token, Proposal::by("ngram"));
            text.push(token);
            drafted.push(at);
            levels.push(level.to_string());
            if session.ends(token) {
                break;
            }
        }
        if !drafted.is_empty() {
            let guess = text.split_off(text.len() - drafted.len());
            session.note(
                "ngram_levels",
                "The text so far suggests {guess}; lengths of the n-grams that said so: {levels}.",
                &[("guess", Cell::Tokens(guess)), ("levels", Cell::Text(levels.join(", ")))],
            );
        }
        Ok(drafted)
    }
}

/// Puts the changed counts into the table `ngrams`.
fn show_counts(
    session: &mut Session<'_>,
    counter: &Counter,
    changed: &BTreeSet<(Vec<TokenId>, TokenId)>,
) {
    let rows: Vec<_> = changed
        .iter()
        .map(|(context, next)| {
            let count = counter.count(context, *next);
            let key = context.iter().chain([next]).map(TokenId::to_string).collect::<Vec<_>>();
            vec![
                Cell::Text(key.join(" ")),
                Cell::Number(context.len() as f32 + 1.0),
                Cell::Tokens(context.clone()),
                Cell::Number(*next as f32),
                Cell::Number(count as f32),
            ]
        })
        .collect();
    if !rows.is_empty() {
        session.table("ngrams", TableChange::Put, &columns(), rows);
    }
}

fn columns() -> [Column; 5] {
    [
        Column::new("key", ColumnKind::Text),
        Column::new("level", ColumnKind::Number),
        Column::new("context", ColumnKind::Tokens),
        Column::new("next", ColumnKind::Token),
        Column::new("count", ColumnKind::Number),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: [TokenId; 8] = [1, 2, 3, 1, 2, 4, 1, 2];

    #[test]
    fn ties_go_to_the_most_recent_token() {
        let mut counter = Counter::new(3);
        counter.extend(&TEXT);
        assert_eq!((counter.count(&[1, 2], 3), counter.count(&[1, 2], 4)), (1, 1));
        let mut text = TEXT.to_vec();
        for want in [(4, 3), (1, 3), (2, 3)] {
            let guess = counter.guess(&text).unwrap();
            assert_eq!(guess, want);
            text.push(guess.0);
        }
        // The same with 3 and 4 exchanged: it is not the id that decides.
        let mut counter = Counter::new(3);
        counter.extend(&[1, 2, 4, 1, 2, 3, 1, 2]);
        assert_eq!(counter.guess(&[1, 2]), Some((3, 3)));
    }

    #[test]
    fn a_shorter_context_answers_where_the_longer_is_unknown() {
        let mut counter = Counter::new(3);
        counter.extend(&TEXT);
        assert_eq!(counter.guess(&[4, 3]), Some((1, 2)));
        assert_eq!(counter.guess(&[9]), None);
    }

    #[test]
    fn counts_of_a_level_add_up_to_the_tokens_that_end_one() {
        let (n, longest) = (TEXT.len() as u32, 4);
        let mut counter = Counter::new(longest);
        // In pieces, as a run does it: no n-gram is counted twice or lost at a seam.
        for end in [2, 3, 7, 8] {
            counter.extend(&TEXT[..end]);
        }
        for level in 2..=longest {
            let followers = counter.followers.iter().filter(|it| it.0.len() + 1 == level);
            let sum: u32 = followers.flat_map(|it| it.1.values()).map(|it| it.count).sum();
            assert_eq!(sum, n - level as u32 + 1, "level {level}");
        }
    }
}
