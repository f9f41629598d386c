//! Phrases that once followed a token, a few per token, the least recently seen leaving first.
//! What it leaves out: how phrases are found, and where they are tried.

use crate::{
    session::Session,
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::TokenId,
};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
struct Phrase {
    /// Counts insertions over the whole run; the row of the table.
    id: u32,
    /// What followed the key.
    tokens: Vec<TokenId>,
    state: State,
    hits: u32,
    /// Column of the window it was last read from; `None` for a phrase of the prompt.
    from: Option<u32>,
    /// Pass in which it was last seen.
    seen: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    New,
    Hit,
    Kept,
    Evicted,
}

/// Phrases by the token they follow, at most `per_key` each.
pub struct Pool {
    per_key: usize,
    /// Least recently seen first.
    phrases: BTreeMap<TokenId, Vec<Phrase>>,
    /// Phrases that left in this pass: their rows stay for one pass more.
    evicted: Vec<(TokenId, Phrase)>,
    shown: BTreeMap<u32, Vec<Cell>>,
    next_id: u32,
    pass: u32,
}

impl Pool {
    pub fn new(per_key: usize) -> Self {
        Self {
            per_key,
            phrases: BTreeMap::new(),
            evicted: Vec::new(),
            shown: BTreeMap::new(),
            next_id: 0,
            pass: 0,
        }
    }

    /// The phrases that follow `key`, most recently seen first.
    pub fn phrases(&self, key: TokenId) -> impl Iterator<Item = &[TokenId]> {
        self.phrases.get(&key).into_iter().flatten().rev().map(|it| &*it.tokens)
    }

    /// A pass begins: nothing is new any more.
    pub fn begin_pass(&mut self) {
        self.pass += 1;
        self.evicted.clear();
        self.phrases.values_mut().flatten().for_each(|it| it.state = State::Kept);
    }

    /// Of the phrases after `key`, those that begin as the accepted text did were hits.
    pub fn hit(&mut self, key: TokenId, accepted: &[TokenId]) {
        let begins = |it: &Phrase| accepted.first().is_some_and(|t| it.tokens.first() == Some(t));
        let phrases = self.phrases.get_mut(&key).into_iter().flatten();
        for phrase in phrases.filter(|it| begins(it)) {
            phrase.state = State::Hit;
            phrase.hits += 1;
        }
    }

    /// Adds a phrase, or marks it as seen just now.
    pub fn insert(&mut self, key: TokenId, tokens: Vec<TokenId>, from: Option<u32>) {
        let (seen, per_key) = (self.pass, self.per_key);
        let phrases = self.phrases.entry(key).or_default();
        let phrase = match phrases.iter().position(|it| it.tokens == tokens) {
            Some(index) => Phrase { from, seen, ..phrases.remove(index) },
            None => {
                self.next_id += 1;
                Phrase { id: self.next_id, tokens, state: State::New, hits: 0, from, seen }
            }
        };
        phrases.push(phrase);
        if phrases.len() > per_key {
            let phrase = phrases.remove(0);
            self.evicted.push((key, Phrase { state: State::Evicted, ..phrase }));
        }
    }

    /// Brings the table `pool` up to date: an evicted phrase is shown as such for one pass.
    pub fn show(&mut self, session: &mut Session<'_>) {
        let all = self.phrases.iter().flat_map(|(key, list)| list.iter().map(move |it| (key, it)));
        let all = all.chain(self.evicted.iter().map(|(key, phrase)| (key, phrase)));
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
        State::Evicted => "evicted",
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
