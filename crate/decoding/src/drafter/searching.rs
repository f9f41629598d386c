//! A draft tree found by searching a table of trigrams that learns from the text.
//! Source: Liu et al. 2024 (ADED), arXiv:2407.12021.

use super::{
    Drafter, Verdict,
    tree_search::{Chosen, Rules, Search},
    trigrams::{Change, Trigrams},
};
use crate::{
    Result,
    random::Key,
    session::{Proposal, Session},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};

/// Tokens at the end of the text whose trigrams every round strengthens.
const WINDOW: usize = 16;
/// Rows of the table of the search.
const SHOWN: usize = 24;

pub struct Searching {
    /// I: walks of the search.
    pub iterations: usize,
    /// D: tokens that a walk goes ahead; a path may be prolonged by one more.
    pub depth: usize,
    /// Most visited paths that are drafted.
    pub paths: usize,
    /// m: nodes of the draft.
    pub nodes: usize,
    /// η: what an occurrence adds to a weight.
    pub gain: f32,
    /// Whether the prompt's trigrams are learned first.
    pub learn_prompt: bool,
    /// Lines of the pseudo-code that choose, and that learn.
    pub lines: [u32; 2],
    table: Option<Trigrams>,
}

impl Searching {
    pub fn new(iterations: usize, depth: usize, paths: usize, nodes: usize, gain: f32) -> Self {
        let (learn_prompt, lines, table) = (true, [4, 8], None);
        Self { iterations, depth, paths, nodes, gain, learn_prompt, lines, table }
    }

    fn begin(&mut self, session: &mut Session<'_>) -> Result<Trigrams> {
        let mut table = Trigrams::new(Some(session.ngrams()?), self.gain);
        if self.learn_prompt {
            let changes = table.learn(&session.tokens());
            show_weights(session, &changes);
        }
        Ok(table)
    }

    /// Grows what the search has chosen below the head.
    fn grow(session: &mut Session<'_>, chosen: &[Chosen]) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = Vec::new();
        for place in chosen {
            let parent = place.parent.map_or(session.head(), |above| nodes[above]);
            nodes.push(session.grow(parent, place.token, Proposal::by("ngram")));
        }
        nodes
    }
}

impl Drafter for Searching {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        let table = match self.table.take() {
            Some(table) => table,
            None => self.begin(session)?,
        };
        let room = session.room().saturating_sub(1) as usize;
        let text = session.tokens();
        let mut drafted = Vec::new();
        if let (&[.., before, last], true) = (&text[..], room > 0) {
            let ends = |token| session.ends(token);
            let successors = |pair| table.successors(pair);
            let depth = self.depth.min(room);
            let rules = Rules { successors: &successors, ends: &ends, depth };
            let (lane, position) = (LaneId::MAIN.0, session.head_depth());
            let mut draw = 0;
            let uniform = || {
                draw += 1;
                session.uniform(Key { purpose: "search", lane, position, draw })
            };
            let search = Search::run((before, last), &rules, self.iterations, uniform);
            let chosen = search.choose(&rules, self.paths, self.nodes, room);
            session.line(self.lines[0]);
            drafted = Self::grow(session, &chosen);
            show_search(session, &search, &drafted);
            let places = search.places.iter().filter(|it| it.visits > 0).count() - 1;
            session.note(
                "searched",
                "After {pair} the search looked at {places} continuations; the {nodes} visited \
                 most are the draft.",
                &[
                    ("pair", Cell::Tokens(vec![before, last])),
                    ("places", Cell::Number(places as f32)),
                    ("nodes", Cell::Number(drafted.len() as f32)),
                ],
            );
        }
        self.table = Some(table);
        Ok(drafted)
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        session.line(self.lines[1]);
        let mut text = session.tokens();
        let new = verdict.accepted.iter().chain(&verdict.emitted);
        text.extend(new.filter_map(|&it| session.forest()[it].token()));
        let table = self.table.as_mut().expect("the draft made the table");
        let changes = table.learn(&text[text.len().saturating_sub(WINDOW)..]);
        show_weights(session, &changes);
    }
}

/// Puts changed weights into the table `trigrams`.
fn show_weights(session: &mut Session<'_>, changes: &[Change]) {
    let columns = [
        Column::new("key", ColumnKind::Text),
        Column::new("context", ColumnKind::Tokens),
        Column::new("next", ColumnKind::Token),
        Column::new("before", ColumnKind::Number),
        Column::new("weight", ColumnKind::Number),
    ];
    let row = |it: &Change| {
        let ((a, b), next) = (it.pair, it.next);
        vec![
            Cell::Text(format!("{a} {b} {next}")),
            Cell::Tokens(vec![a, b]),
            Cell::Number(next as f32),
            it.before.map_or(Cell::Empty, Cell::Number),
            Cell::Number(it.after),
        ]
    };
    // A trigram that occurs twice is said once, with its weight before both.
    let mut seen: Vec<Change> = Vec::new();
    for change in changes {
        match seen.iter_mut().find(|it| (it.pair, it.next) == (change.pair, change.next)) {
            Some(known) => known.after = change.after,
            None => seen.push(*change),
        }
    }
    if !seen.is_empty() {
        session.table("trigrams", TableChange::Put, &columns, seen.iter().map(row).collect());
    }
}

/// Sets the table `search`: the places visited most, and the guesses they became.
fn show_search(session: &mut Session<'_>, search: &Search, drafted: &[NodeId]) {
    let columns = [
        Column::new("key", ColumnKind::Text),
        Column::new("path", ColumnKind::Tokens),
        Column::new("visits", ColumnKind::Number),
        Column::new("guess", ColumnKind::Node),
    ];
    let path = |mut at: usize| {
        let mut path = Vec::new();
        while at != 0 {
            path.push(search.places[at].token);
            at = search.places[at].parent;
        }
        path.reverse();
        path
    };
    let mut visited: Vec<_> =
        (1..search.places.len()).filter(|&it| search.places[it].visits > 0).collect();
    visited.sort_by_key(|&it| (std::cmp::Reverse(search.places[it].visits), it));
    visited.truncate(SHOWN);
    let below_head = session.head_depth() as usize + 1;
    let guesses: Vec<_> = drafted
        .iter()
        .map(|&node| (session.forest().tokens(node)[below_head..].to_vec(), node))
        .collect();
    let rows = visited.into_iter().map(|it| {
        let path = path(it);
        let guess = guesses.iter().find(|guess| guess.0 == path);
        let key = path.iter().map(TokenId::to_string).collect::<Vec<_>>().join(" ");
        vec![
            Cell::Text(key),
            Cell::Tokens(path),
            Cell::Number(search.places[it].visits as f32),
            guess.map_or(Cell::Empty, |it| Cell::Number(it.1.0 as f32)),
        ]
    });
    let rows = rows.collect();
    session.table("search", TableChange::Set, &columns, rows);
}
