//! Which blocks of the network a pass runs, as a table that several methods show.

use crate::{model::Variant, session::Session, trace::*};

/// One row for each block of the target, bottom first: 1 where `variant` leaves it out.
pub fn tell(session: &mut Session<'_>, variant: &Variant) {
    let columns =
        [Column::new("sub_layer", ColumnKind::Text), Column::new("skipped", ColumnKind::Number)];
    let blocks = [("attention", &variant.skip_attention), ("feed-forward", &variant.skip_mlp)];
    let rows = (0..session.target_info().layers as u32).flat_map(|layer| {
        blocks.map(|(block, skipped)| {
            let skipped = if skipped.contains(&layer) { 1.0 } else { 0.0 };
            vec![Cell::Text(format!("{block} {layer}")), Cell::Number(skipped)]
        })
    });
    let rows = rows.collect();
    session.table("layers", TableChange::Set, &columns, rows);
}
