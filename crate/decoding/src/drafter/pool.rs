//! Phrases that once followed a token, a few per token, the least recently seen leaving first.
//! What it leaves out: how phrases are found, and where they are tried.

use crate::{
    session::{Proposal, Session},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
struct Phrase {
    /// Counts new phrases over the whole run; names the row of the table.
    id: u32,
    /// What followed the key.
    tokens: Vec<TokenId>,
    state: State,
    /// Pass in which `state` was set; within one pass what came first stays.
    since: u32,
    hits: u32,
    /// Column of the window it was last read from; `None` for a phrase of the prompt.
    from: Option<u32>,
    /// Pass in which it was last seen.
    seen: u32,
}

/// What last happened to a phrase, as the table says it. One that left has no row any more.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    New,
    /// Found again by the window.
    Kept,
    /// The text went on as it says.
    Hit,
    /// The target's own predictions took its place.
    Rewritten,
}

/// Phrases by the token they follow, at most `per_key` each.
pub struct Pool {
    per_key: usize,
    /// Least recently seen first.
    phrases: BTreeMap<TokenId, Vec<Phrase>>,
    shown: BTreeMap<u32, Vec<Cell>>,
    next_id: u32,
    pass: u32,
}

impl Pool {
    pub fn new(per_key: usize) -> Self {
        Self { per_key, phrases: BTreeMap::new(), shown: BTreeMap::new(), next_id: 0, pass: 0 }
    }

    /// The phrases that follow `key`, most recently seen first.
    pub fn phrases(&self, key: TokenId) -> impl Iterator<Item = &[TokenId]> {
        self.phrases.get(&key).into_iter().flatten().rev().map(|it| &*it.tokens)
    }

    /// Later insertions count as more recent.
    pub fn begin_pass(&mut self) {
        self.pass += 1;
    }

    /// Of the phrases after `key`, those that begin as the accepted text did were hits.
    pub fn hit(&mut self, key: TokenId, accepted: &[TokenId]) {
        let begins = |it: &Phrase| accepted.first().is_some_and(|t| it.tokens.first() == Some(t));
        let phrases = self.phrases.get_mut(&key).into_iter().flatten();
        for phrase in phrases.filter(|it| begins(it)) {
            phrase.state = State::Hit;
            phrase.since = self.pass;
            phrase.hits += 1;
        }
    }

    /// Adds a phrase, or marks it as seen just now.
    pub fn insert(&mut self, key: TokenId, tokens: Vec<TokenId>, from: Option<u32>) {
        let (pass, per_key) = (self.pass, self.per_key);
        let phrases = self.phrases.entry(key).or_default();
        let phrase = match phrases.iter().position(|it| it.tokens == tokens) {
            Some(index) => {
                let known = phrases.remove(index);
                let state = if known.since == pass { known.state } else { State::Kept };
                Phrase { state, since: pass, from, seen: pass, ..known }
            }
            None => {
                self.next_id += 1;
                let (id, state) = (self.next_id, State::New);
                Phrase { id, tokens, state, since: pass, hits: 0, from, seen: pass }
            }
        };
        phrases.push(phrase);
        if phrases.len() > per_key {
            phrases.remove(0);
        }
    }

    /// Adds every n-gram of a text: its first token is the key of the others.
    pub fn insert_all(&mut self, text: &[TokenId], ngram_len: usize) {
        for ngram in text.windows(ngram_len) {
            self.insert(ngram[0], ngram[1..].to_vec(), None);
        }
    }

    /// Puts what the target would have said in the place of a phrase; counts as seen just now.
    pub fn rewrite(&mut self, key: TokenId, old: &[TokenId], new: Vec<TokenId>) {
        if old == new {
            return;
        }
        if let Some(phrases) = self.phrases.get_mut(&key) {
            phrases.retain(|it| it.tokens != old);
        }
        self.insert(key, new.clone(), None);
        let pass = self.pass;
        let phrases = self.phrases.get_mut(&key).into_iter().flatten();
        if let Some(phrase) = phrases.rev().find(|it| it.tokens == new) {
            (phrase.state, phrase.since) = (State::Rewritten, pass);
        }
    }

    /// Grows up to `most_phrases` of the phrases that follow the token at `tip`, cut to `most_len`
    /// tokens, those that begin alike sharing their nodes. Tells how many phrases were grown.
    pub fn grow(
        &self,
        session: &mut Session<'_>,
        tip: NodeId,
        most_phrases: usize,
        most_len: usize,
    ) -> (Vec<NodeId>, usize) {
        let key = session.forest()[tip].token().expect("texts are tokens");
        let (mut grown, mut tried) = (Vec::new(), 0);
        for phrase in self.phrases(key).take(most_phrases) {
            tried += 1;
            let mut at = tip;
            for &token in phrase.iter().take(most_len) {
                let twin = |&&n: &&NodeId| {
                    let it = &session.forest()[n];
                    it.parent == Some(at) && it.token() == Some(token)
                };
                at = match grown.iter().find(twin) {
                    Some(&twin) => twin,
                    None => {
                        grown.push(session.grow(at, token, Proposal::by("pool")));
                        grown[grown.len() - 1]
                    }
                };
                if session.ends(token) {
                    break;
                }
            }
        }
        (grown, tried)
    }

    /// Brings the table `pool` up to date: rows of evicted phrases leave, changed ones are put.
    pub fn show(&mut self, session: &mut Session<'_>) {
        let all = self.phrases.iter().flat_map(|(key, list)| list.iter().map(move |it| (key, it)));
        let rows: BTreeMap<_, _> = all.map(|(key, it)| (it.id, cells(*key, it))).collect();
        let gone = self.shown.keys().filter(|id| !rows.contains_key(id));
        let gone: Vec<_> = gone.map(|&id| vec![Cell::Number(id as f32)]).collect();
        let changed = rows.iter().filter(|(id, row)| self.shown.get(id) != Some(row));
        let changed: Vec<_> = changed.map(|(_, row)| row.clone()).collect();
        if !gone.is_empty() {
            session.table("pool", TableChange::Drop, &columns()[..1], gone);
        }
        if !changed.is_empty() {
            session.table("pool", TableChange::Put, &columns(), changed);
        }
        self.shown = rows;
    }
}

fn columns() -> [Column; 7] {
    [
        Column::new("id", ColumnKind::Number),
        Column::new("key", ColumnKind::Token),
        Column::new("phrase", ColumnKind::Tokens),
        Column::new("state", ColumnKind::Text),
        Column::new("hits", ColumnKind::Number),
        Column::new("from", ColumnKind::Number),
        Column::new("seen", ColumnKind::Number),
    ]
}

fn cells(key: TokenId, phrase: &Phrase) -> Vec<Cell> {
    let state = match phrase.state {
        State::New => "new",
        State::Hit => "hit",
        State::Kept => "kept",
        State::Rewritten => "rewritten",
    };
    vec![
        Cell::Number(phrase.id as f32),
        Cell::Number(key as f32),
        Cell::Tokens(phrase.tokens.clone()),
        Cell::Text(state.into()),
        Cell::Number(phrase.hits as f32),
        phrase.from.map_or(Cell::Empty, |it| Cell::Number(it as f32)),
        Cell::Number(phrase.seen as f32),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(pool: &Pool, key: TokenId) -> Vec<Vec<TokenId>> {
        pool.phrases(key).map(<[TokenId]>::to_vec).collect()
    }

    #[test]
    fn the_least_recently_seen_phrase_leaves_first() {
        let mut pool = Pool::new(2);
        for phrase in [[1, 1], [2, 2], [1, 1], [3, 3]] {
            pool.insert(0, phrase.to_vec(), Some(0));
        }
        assert_eq!(phrases(&pool, 0), [[3, 3], [1, 1]]);
        assert!(phrases(&pool, 1).is_empty());
    }

    #[test]
    fn a_hit_is_a_phrase_that_began_as_the_text_did() {
        let mut pool = Pool::new(3);
        pool.insert(0, vec![1, 2], None);
        pool.insert(0, vec![2, 2], None);
        pool.hit(0, &[1]);
        pool.hit(0, &[]);
        let hits: Vec<_> = pool.phrases[&0].iter().map(|it| (it.hits, it.state)).collect();
        assert_eq!(hits, [(1, State::Hit), (0, State::New)]);
    }

    #[test]
    fn a_rewritten_phrase_takes_the_place_of_the_old_one_and_is_the_latest() {
        let mut pool = Pool::new(3);
        pool.insert(0, vec![1, 2], Some(0));
        pool.insert(0, vec![3, 4], Some(0));
        pool.rewrite(0, &[1, 2], vec![1, 5]);
        assert_eq!(phrases(&pool, 0), [[1, 5], [3, 4]]);
        let states: Vec<_> = pool.phrases[&0].iter().map(|it| it.state).collect();
        assert_eq!(states, [State::New, State::Rewritten]);
        // The same words again leave it as it is; words known already are not kept twice.
        pool.rewrite(0, &[3, 4], vec![3, 4]);
        assert_eq!(phrases(&pool, 0), [[1, 5], [3, 4]]);
        pool.rewrite(0, &[1, 5], vec![3, 4]);
        assert_eq!(phrases(&pool, 0), [[3, 4]]);
    }
}
