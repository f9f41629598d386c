//! What searches tell the reader: tables of hypotheses, and sentences on who stays and who goes.

use super::{
    beam::{Candidate, Hypothesis},
    blend::Fit,
    finished::Ended,
};
use crate::{session::Session, trace::*, tree::*};

/// The tokens generated on the way to `node`.
pub fn tokens_of(session: &Session, node: NodeId) -> Vec<TokenId> {
    session.forest().tokens(node).split_off(session.prompt_len() as usize)
}

/// The last `count` tokens down to `node`, the prompt's included.
pub fn text_of(session: &Session, node: NodeId, count: usize) -> Cell {
    let mut tokens = session.forest().tokens(node);
    Cell::Tokens(tokens.split_off(tokens.len().saturating_sub(count)))
}

/// The table of a beam: live texts, finished ones, and those just dropped.
pub fn beams(
    session: &mut Session,
    live: &[Hypothesis],
    finished: &[Ended],
    dropped: &[Hypothesis],
    ranked: impl Fn(&Session, &Hypothesis) -> f32,
) {
    let columns = [
        Column::new("rank", ColumnKind::Number),
        Column::new("node", ColumnKind::Node),
        Column::new("score", ColumnKind::Number),
        Column::new("ranked", ColumnKind::Number),
        Column::new("status", ColumnKind::Text),
    ];
    let mut rows = Vec::new();
    let mut push = |rank: usize, node: NodeId, score: f32, ranked: f32, status: &str| {
        let rank = Cell::Number(rank as f32);
        let node = Cell::Number(node.0 as f32);
        rows.push(vec![
            rank,
            node,
            Cell::Number(score),
            Cell::Number(ranked),
            Cell::Text(status.into()),
        ]);
    };
    for (index, it) in live.iter().enumerate() {
        push(index + 1, it.node, it.score, ranked(session, it), "live");
    }
    for (index, it) in finished.iter().enumerate() {
        push(index + 1, it.node, it.score, it.ranked, "finished");
    }
    for (index, it) in dropped.iter().enumerate() {
        push(live.len() + index + 1, it.node, it.score, ranked(session, it), "pruned");
    }
    session.table("beams", TableChange::Set, &columns, rows);
}

/// A text has ended, or was cut, and is kept.
pub fn finished(
    session: &mut Session,
    node: NodeId,
    reason: FinishReason,
    score: f32,
    ranked: f32,
) {
    let values = [
        ("text", Cell::Tokens(tokens_of(session, node))),
        ("length", Cell::Number(session.generated(node) as f32)),
        ("score", Cell::Number(score)),
        ("ranked", Cell::Number(ranked)),
    ];
    let (id, text) = match reason {
        FinishReason::EndToken => (
            "finished",
            "{text} has ended after {length} tokens with the sum {score}; among texts of other \
             lengths it counts as {ranked}.",
        ),
        _ => (
            "cut",
            "{text} is cut after {length} tokens with the sum {score}; among texts of other \
             lengths it counts as {ranked}.",
        ),
    };
    session.note(id, text, &values);
}

/// The first hypothesis that did not fit.
pub fn dropped(session: &mut Session, first_outside: &Hypothesis, last_inside: &Hypothesis) {
    let values = [
        ("text", text_of(session, first_outside.node, 3)),
        ("score", Cell::Number(first_outside.score)),
        ("gap", Cell::Number(last_inside.score - first_outside.score)),
    ];
    session.note(
        "dropped",
        "The beam is full: the best text left outside ends in {text} and its sum {score} is \
         {gap} below the last one inside.",
        &values,
    );
}

/// A waiting continuation is followed now.
pub fn taken_up(session: &mut Session, next: &Candidate, key: f32) {
    let values = [
        ("token", Cell::Tokens(vec![next.token])),
        ("text", text_of(session, next.parent, 3)),
        ("key", Cell::Number(key)),
    ];
    session.note(
        "taken_up",
        "{token} after {text} was the best continuation waiting, with {key}; it is followed to its \
         end now.",
        &values,
    );
}

/// Two texts run into the same tokens.
pub fn merged(session: &mut Session, from: NodeId, into: NodeId, shared: &[TokenId]) {
    let before = |session: &Session, node: NodeId| {
        let tokens = session.forest().tokens(node);
        let end = tokens.len().saturating_sub(shared.len());
        Cell::Tokens(tokens[end.saturating_sub(3)..end].to_vec())
    };
    let values = [
        ("shared", Cell::Tokens(shared.to_vec())),
        ("new", before(session, from)),
        ("old", before(session, into)),
    ];
    session.note(
        "merged",
        "After {new} and after {old} comes the same {shared}: the two texts are taken to have one \
         future, so only the older one is followed.",
        &values,
    );
}

/// A table of one row: counters by name.
pub fn counters(session: &mut Session, name: &str, counts: &[(&str, f32)]) {
    let columns: Vec<_> = counts.iter().map(|it| Column::new(it.0, ColumnKind::Number)).collect();
    let row = counts.iter().map(|it| Cell::Number(it.1)).collect();
    session.table(name, TableChange::Set, &columns, vec![row]);
}

/// Texts that a lattice holds although nothing followed them as a whole.
pub fn estimates(session: &mut Session, texts: &[(Vec<TokenId>, f32)]) {
    let columns = [
        Column::new("text", ColumnKind::Tokens),
        Column::new("estimated score", ColumnKind::Number),
    ];
    let row = |it: &(Vec<TokenId>, f32)| vec![Cell::Tokens(it.0.clone()), Cell::Number(it.1)];
    session.table("made by merges", TableChange::Set, &columns, texts.iter().map(row).collect());
}

/// One draft of superposed decoding after a step.
pub struct DraftRow {
    pub letter: char,
    pub node: NodeId,
    /// Its part of the blend.
    pub weight: f32,
    /// How its last token was chosen.
    pub fit: Fit,
}

/// The table of drafts, best first.
pub fn drafts(session: &mut Session, rows: &[DraftRow]) {
    let columns = [
        Column::new("draft", ColumnKind::Text),
        Column::new("node", ColumnKind::Node),
        Column::new("token", ColumnKind::Token),
        Column::new("weight", ColumnKind::Probability),
        Column::new("model score", ColumnKind::Number),
        Column::new("ngram score", ColumnKind::Number),
    ];
    let row = |it: &DraftRow| {
        let (node, token) = (it.node.0 as f32, it.fit.token as f32);
        let numbers = [node, token, it.weight, it.fit.model, it.fit.ngram].map(Cell::Number);
        [Cell::Text(it.letter.into())].into_iter().chain(numbers).collect()
    };
    session.table("drafts", TableChange::Set, &columns, rows.iter().map(row).collect());
}

/// Another draft than before has the best sum.
pub fn leader(session: &mut Session, draft: &DraftRow) {
    let values = [
        ("letter", Cell::Text(draft.letter.into())),
        ("text", text_of(session, draft.node, 3)),
        ("weight", Cell::Number(draft.weight)),
    ];
    session.note(
        "leader",
        "Draft {letter}, which ends in {text}, leads now: it makes up {weight} of what the model \
         reads next.",
        &values,
    );
}

/// Nothing better can come, or nothing more may.
pub fn stopped(session: &mut Session, reason: &str) {
    let values = [("reason", Cell::Text(reason.into()))];
    session.note("stopped", "The search stops: {reason}", &values);
}
