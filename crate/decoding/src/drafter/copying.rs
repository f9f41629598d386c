//! Guesses copied from the text itself: where its last tokens stood before, it may go on as it
//! did then. Where they never did, another drafter guesses. Tokens are compared, not hashes.
//! Source: Dumitru et al. 2025, arXiv:2502.08923.

use super::{Drafter, Verdict};
use crate::{
    Result,
    session::{Proposal, Session},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which of several earlier places is copied from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occurrence {
    /// The first in the text, however long ago.
    First,
    /// The one before the end.
    #[default]
    Last,
}

/// Where every run of `key_len` tokens stands in one growing text.
pub struct Runs {
    key_len: usize,
    /// The first and the last start of each run that something follows.
    starts: BTreeMap<Vec<TokenId>, (usize, usize)>,
    /// Tokens of the text before which every run has been entered.
    entered: usize,
}

impl Runs {
    pub fn new(key_len: usize) -> Self {
        Self { key_len, starts: BTreeMap::new(), entered: 0 }
    }

    /// Enters the runs that end before the last token: a run at the very end would find itself.
    pub fn extend(&mut self, text: &[TokenId]) {
        let stop = text.len().saturating_sub(1);
        for end in self.entered.max(self.key_len)..=stop {
            let start = end - self.key_len;
            let run = text[start..end].to_vec();
            self.starts.entry(run).and_modify(|it| it.1 = start).or_insert((start, start));
        }
        self.entered = self.entered.max(text.len());
    }

    /// Where the last tokens of `text` stood before; their first position there.
    pub fn find(&self, text: &[TokenId], which: Occurrence) -> Option<usize> {
        let key = &text[text.len().checked_sub(self.key_len)?..];
        let &(first, last) = self.starts.get(key)?;
        Some(if which == Occurrence::First { first } else { last })
    }
}

/// The positions to copy after a match at `start`: at most `copy_len` from there to the end of a
/// text of `text_len` tokens. With `wrap` the copy reads on in itself, so that a text which
/// overlaps with its own continuation repeats for as long as asked.
pub fn copied(
    start: usize,
    key_len: usize,
    text_len: usize,
    copy_len: usize,
    wrap: bool,
) -> impl Iterator<Item = usize> {
    let from = start + key_len;
    let period = text_len - from;
    let len = if wrap { copy_len } else { copy_len.min(period) };
    (0..len).map(move |index| from + index % period)
}

/// `F`: who guesses where nothing matches.
pub struct Copying<F> {
    /// C: tokens copied at most.
    pub copy_len: usize,
    pub occurrence: Occurrence,
    pub wrap: bool,
    pub fallback: F,
    /// Lines of the pseudo-code that look the last tokens up, copy, and guess otherwise.
    pub lines: [u32; 3],
    runs: Runs,
}

impl<F: Drafter> Copying<F> {
    /// `key_len`: γ, tokens that must have stood together before.
    pub fn new(key_len: usize, copy_len: usize, fallback: F) -> Self {
        let (occurrence, wrap) = (Occurrence::Last, false);
        let runs = Runs::new(key_len);
        Self { copy_len, occurrence, wrap, fallback, lines: [2, 3, 4], runs }
    }

    /// Grows the tokens at `positions` of the text as a chain below the head.
    fn copy(
        &self,
        session: &mut Session<'_>,
        text: &[TokenId],
        positions: impl Iterator<Item = usize>,
    ) -> Vec<NodeId> {
        let mut drafted = Vec::new();
        let mut at = session.head();
        for position in positions {
            at = session.grow(at, text[position], Proposal::by("copy"));
            drafted.push(at);
            if session.ends(text[position]) {
                break;
            }
        }
        drafted
    }
}

impl<F: Drafter> Drafter for Copying<F> {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        let text = session.tokens();
        self.runs.extend(&text);
        let [look, copy, guess] = self.lines;
        session.line(look);
        let key_len = self.runs.key_len;
        let most = self.copy_len.min(session.room().saturating_sub(1) as usize);
        let found = self.runs.find(&text, self.occurrence).filter(|_| most > 0);
        let Some(start) = found else {
            show_copies(session, &[], &[]);
            session.line(guess);
            let drafted = self.fallback.draft(session).await?;
            let count = ("key_len", Cell::Number(key_len as f32));
            match (most, drafted.len()) {
                (0, _) => {}
                (_, 0) => session.note(
                    "nothing_to_copy",
                    "The last {key_len} tokens never stood together before: nothing to copy.",
                    &[count],
                ),
                _ => session.note(
                    "guessed_instead",
                    "The last {key_len} tokens never stood together before: the draft model \
                     guesses instead.",
                    &[count],
                ),
            }
            return Ok(drafted);
        };
        session.line(copy);
        let positions = copied(start, key_len, text.len(), most, self.wrap);
        let drafted = self.copy(session, &text, positions);
        let path = session.forest().path(None, session.head());
        let key = (start..start + key_len).zip(path.len() - key_len..);
        let key: Vec<_> = key.map(|(from, to)| (path[from], path[to])).collect();
        let sources = copied(start, key_len, text.len(), drafted.len(), self.wrap);
        let pairs: Vec<_> = sources.map(|it| path[it]).zip(drafted.iter().copied()).collect();
        show_copies(session, &key, &pairs);
        let guess = drafted.iter().filter_map(|&it| session.forest()[it].token()).collect();
        session.note(
            "copied",
            "{key} stood before, {back} tokens ago; what followed there is copied: {guess}.",
            &[
                ("key", Cell::Tokens(text[text.len() - key_len..].to_vec())),
                ("back", Cell::Number((text.len() - key_len - start) as f32)),
                ("guess", Cell::Tokens(guess)),
            ],
        );
        Ok(drafted)
    }

    fn also_score(&mut self, session: &mut Session<'_>) -> Vec<NodeId> {
        self.fallback.also_score(session)
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        self.fallback.observe(session, verdict);
    }
}

/// The table `copies`: tokens that were the same before (`match`), and copies with their source.
fn show_copies(session: &mut Session<'_>, key: &[(NodeId, NodeId)], copies: &[(NodeId, NodeId)]) {
    let columns = [
        Column::new("number", ColumnKind::Number),
        Column::new("part", ColumnKind::Text),
        Column::new("source", ColumnKind::Node),
        Column::new("node", ColumnKind::Node),
    ];
    let key = key.iter().map(|pair| ("match", pair));
    let all = key.chain(copies.iter().map(|pair| ("copy", pair)));
    let rows = all.enumerate().map(|(index, (part, (source, node)))| {
        let [source, node] = [source, node].map(|it| Cell::Number(it.0 as f32));
        vec![Cell::Number(index as f32), Cell::Text(part.into()), source, node]
    });
    let rows = rows.collect();
    session.table("copies", TableChange::Set, &columns, rows);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens that follow a match, or nothing.
    fn draft(text: &[TokenId], key_len: usize, copy_len: usize, which: Occurrence) -> Vec<TokenId> {
        let mut runs = Runs::new(key_len);
        runs.extend(text);
        let Some(start) = runs.find(text, which) else { return Vec::new() };
        copied(start, key_len, text.len(), copy_len, false).map(|it| text[it]).collect()
    }

    #[test]
    fn the_cards_text_goes_on_as_it_did() {
        assert_eq!(draft(&[1, 2, 3, 4, 1, 2, 3], 3, 2, Occurrence::Last), [4, 1]);
        assert_eq!(draft(&[1, 2, 3, 4, 1, 2, 3], 3, 50, Occurrence::Last), [4, 1, 2, 3]);
    }

    #[test]
    fn the_end_of_the_text_does_not_find_itself() {
        assert!(draft(&[1, 2, 3, 4], 3, 2, Occurrence::Last).is_empty());
        // Overlapping with itself by two tokens is a match one place back.
        assert_eq!(draft(&[7, 7, 7, 7], 3, 2, Occurrence::Last), [7]);
    }

    #[test]
    fn no_key_is_longer_than_the_text() {
        for len in 0..=3 {
            assert!(draft(&[5; 3][..len], 3, 2, Occurrence::Last).is_empty());
        }
    }

    #[test]
    fn the_first_place_and_the_last_may_go_on_differently() {
        let text = [1, 2, 8, 1, 2, 9, 1, 2];
        assert_eq!(draft(&text, 2, 1, Occurrence::First), [8]);
        assert_eq!(draft(&text, 2, 1, Occurrence::Last), [9]);
    }

    #[test]
    fn runs_are_entered_once_whatever_the_pieces() {
        let text = [1, 2, 8, 1, 2, 9, 1, 2];
        let mut runs = Runs::new(2);
        for end in [1, 2, 3, 5, 8] {
            runs.extend(&text[..end]);
        }
        let mut whole = Runs::new(2);
        whole.extend(&text);
        assert_eq!(runs.starts, whole.starts);
        assert_eq!(whole.starts[&vec![1, 2]], (0, 3), "the last one has no follower yet");
    }

    #[test]
    fn a_copy_that_wraps_repeats_the_period() {
        let text = [1, 2, 1, 2, 1];
        let positions = |wrap| copied(1, 2, text.len(), 5, wrap).map(|it| text[it]);
        assert_eq!(positions(false).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(positions(true).collect::<Vec<_>>(), [2, 1, 2, 1, 2]);
    }
}
