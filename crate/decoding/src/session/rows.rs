//! Rows and numbers as the trace keeps them.

use crate::{row, trace::TOP_KEPT, trace::TopRow, tree::TokenId};

pub(super) fn format_number(number: f32) -> String {
    if number.fract() == 0.0 && number.abs() < 1e7 {
        format!("{number}")
    } else {
        let text = format!("{number:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// Tokens without mass are left out: JSON cannot write their log-probability, −∞.
pub(super) fn top_row(top: &[(TokenId, f32)]) -> TopRow {
    let top: Vec<_> = top.iter().copied().filter(|it| it.1 > f32::NEG_INFINITY).collect();
    let mass: f64 = top.iter().map(|&(_, lp)| f64::from(lp).exp()).sum();
    TopRow { top, rest: (1.0 - mass).max(0.0) as f32 }
}

/// The best tokens of a distribution, as log-probabilities; tokens without mass are left out.
pub(super) fn top_of_probs(probs: &[f32]) -> TopRow {
    let top: Vec<_> = row::top_k(probs, TOP_KEPT)
        .into_iter()
        .filter(|&(_, p)| p > 0.0)
        .map(|(token, p)| (token, p.ln()))
        .collect();
    top_row(&top)
}
