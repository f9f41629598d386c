//! The table `grid`: guesses by iteration or level (row) and position in the text (column).

use crate::{
    trace::{Cell, Column, ColumnKind},
    tree::TokenId,
};

/// `key` is `row:column`.
pub fn columns() -> [Column; 5] {
    [
        Column::new("key", ColumnKind::Text),
        Column::new("row", ColumnKind::Number),
        Column::new("column", ColumnKind::Number),
        Column::new("token", ColumnKind::Token),
        Column::new("state", ColumnKind::Text),
    ]
}

pub fn cell(row: u32, column: u32, token: TokenId, state: &str) -> Vec<Cell> {
    vec![
        Cell::Text(format!("{row}:{column}")),
        Cell::Number(row as f32),
        Cell::Number(column as f32),
        Cell::Number(token as f32),
        Cell::Text(state.into()),
    ]
}
