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

/// `columns`, then for how many passes the token has stood there, and the probability with which
/// this pass would keep, or kept, the guess that stood there before it.
pub fn aged_columns() -> [Column; 7] {
    let [key, row, column, token, state] = columns();
    let age = Column::new("age", ColumnKind::Number);
    [key, row, column, token, state, age, Column::new("odds", ColumnKind::Probability)]
}

pub fn aged(
    row: u32,
    column: u32,
    token: TokenId,
    state: &str,
    age: u32,
    odds: Option<f32>,
) -> Vec<Cell> {
    let mut cells = cell(row, column, token, state);
    cells.extend([Cell::Number(age as f32), odds.map_or(Cell::Empty, Cell::Number)]);
    cells
}
