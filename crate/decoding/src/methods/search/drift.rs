//! How far a blend is from the drafts it stands for: each draft, read as it stands, beside the one
//! row that all of them share. Only shown; no choice depends on it.

use super::{report::text_of, superposed::Fits};
use crate::{model::Scores, session::Session, trace::*, tree::*};

/// `compared`: the drafts that the pass read as they stand, after the blend; `letters`: theirs.
/// `fits`: how the shared row continues them, in the same order.
pub fn show(
    session: &mut Session,
    letters: &[char],
    compared: &[NodeId],
    scores: &Scores,
    fits: &Fits,
) {
    let mut rows = Vec::new();
    let mut strayed = None;
    for (index, (&node, (_, fits))) in compared.iter().zip(fits).enumerate() {
        let best = fits.iter().fold(fits[0], |best, it| {
            if it.model + it.ngram > best.model + best.ngram { *it } else { best }
        });
        let drift = Drift {
            letter: letters[index],
            node,
            shared_best: best.token,
            own_best: scores.top[index + 1][0].0,
            cosines: cosines(session, scores, index + 1),
        };
        rows.push(drift.cells());
        strayed = strayed.or(drift.is_approximate().then_some(drift));
    }
    if rows.is_empty() {
        return;
    }
    session.table("drift", TableChange::Set, &columns(session.target_info().layers), rows);
    if let Some(drift) = strayed {
        drift.say(session);
    }
}

/// One draft beside the blend.
struct Drift {
    letter: char,
    node: NodeId,
    /// What the blend and the n-grams make of the draft.
    shared_best: TokenId,
    /// What the model says after the draft itself.
    own_best: TokenId,
    /// After 0, 1, … layers, then after the final norm.
    cosines: Vec<f32>,
}

impl Drift {
    fn is_approximate(&self) -> bool {
        self.shared_best != self.own_best
    }

    fn cells(&self) -> Vec<Cell> {
        let verdict = if self.is_approximate() { "approximate" } else { "exact" };
        let (last, before) = self.cosines.split_last().expect("the final norm is asked for");
        let start = [
            Cell::Text(self.letter.into()),
            Cell::Number(self.node.0 as f32),
            Cell::Number(self.shared_best as f32),
            Cell::Number(self.own_best as f32),
            Cell::Text(verdict.into()),
            Cell::Number(*last),
        ];
        start.into_iter().chain(before.iter().copied().map(Cell::Number)).collect()
    }

    fn say(&self, session: &mut Session) {
        let values = [
            ("letter", Cell::Text(self.letter.into())),
            ("text", text_of(session, self.node, 3)),
            ("shared", Cell::Tokens(vec![self.shared_best])),
            ("own", Cell::Tokens(vec![self.own_best])),
        ];
        session.note(
            "drift",
            "Draft {letter} is only approximate here: after {text} the blend and the n-grams \
             prefer {shared}, but the model, reading this draft alone, prefers {own}.",
            &values,
        );
    }
}

fn columns(layers: usize) -> Vec<Column> {
    let start = [
        Column::new("draft", ColumnKind::Text),
        Column::new("node", ColumnKind::Node),
        Column::new("shared best", ColumnKind::Token),
        Column::new("own best", ColumnKind::Token),
        Column::new("verdict", ColumnKind::Text),
        Column::new("cosine", ColumnKind::Number),
    ];
    let after = |layer| Column::new(&format!("after layer {layer}"), ColumnKind::Number);
    start.into_iter().chain((0..=layers).map(after)).collect()
}

/// Of the blend's states with those of the pass's row `index`, layer by layer.
fn cosines(session: &Session, scores: &Scores, index: usize) -> Vec<f32> {
    let width = session.target_info().width;
    let state = |layer, index| scores.hidden(layer, index, width);
    (0..scores.hidden.len()).map(|layer| cosine(state(layer, 0), state(layer, index))).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}
