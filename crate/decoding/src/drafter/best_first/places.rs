//! The open places of a tree that grows: what each is worth, and what is left to draw there.

use crate::{row, session::Session, trace::*, tree::*};
use std::rc::Rc;

/// A place for a guess that is not drawn yet.
#[derive(Clone, Debug)]
pub struct Place {
    /// v: chance that verification tries a guess here, if the draft is right about itself.
    pub value: f64,
    /// Age: the older one of two equals comes first.
    order: u32,
    pub parent: NodeId,
    /// R, what its parent's row has left after the siblings before, and the row itself. `None`
    /// until a pass has given the row.
    pub rows: Option<(Vec<f32>, Rc<[f32]>)>,
}

impl Place {
    /// With the row that it lacked.
    pub fn read(self, row: Rc<[f32]>) -> Self {
        Self { rows: Some((row.to_vec(), row)), ..self }
    }

    /// A first child's place that is filled in the same breath.
    pub fn below(parent: NodeId, value: f64) -> Self {
        Self { value, order: 0, parent, rows: None }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Places {
    open: Vec<Place>,
    made: u32,
    /// Depth that no guess may exceed.
    pub deepest: u32,
}

impl Places {
    /// The place below the head, which is tried for certain.
    pub fn new(head: NodeId, deepest: u32) -> Self {
        let mut it = Self { open: Vec::new(), made: 0, deepest };
        it.add(1.0, head, None);
        it
    }

    fn add(&mut self, value: f64, parent: NodeId, rows: Option<(Vec<f32>, Rc<[f32]>)>) {
        self.open.push(Place { value, order: self.made, parent, rows });
        self.made += 1;
    }

    /// Takes the most valuable place, if it is worth more than `threshold`; ties go to the older.
    /// Above a threshold a level is finished first: places with a row come before all others.
    pub fn pop(&mut self, threshold: f64) -> Option<Place> {
        let first = |it: &Place| threshold > 0.0 && it.rows.is_some();
        let better = |a: &&Place, b: &&Place| {
            let order = first(a).cmp(&first(b)).then(a.value.total_cmp(&b.value));
            order.then(b.order.cmp(&a.order))
        };
        let best = self.open.iter().filter(|it| it.value > threshold).max_by(better)?.order;
        let index = self.open.iter().position(|it| it.order == best)?;
        Some(self.open.remove(index))
    }

    /// Takes all places that lack their row and are worth more than `threshold`, oldest first.
    pub fn take_unread(&mut self, threshold: f64) -> Vec<Place> {
        let wanted = |it: &mut Place| it.rows.is_none() && it.value > threshold;
        self.open.extract_if(.., wanted).collect()
    }

    /// Returns a place; it keeps its age.
    pub fn put_back(&mut self, place: Place) {
        let index = self.open.partition_point(|it| it.order < place.order);
        self.open.insert(index, place);
    }

    /// `token` took `place`: opens the place beside it, and the one below if `child` names the
    /// new node and its value.
    pub fn filled(&mut self, place: &Place, token: TokenId, child: Option<(NodeId, f64)>) {
        let (rest, row) = place.rows.as_ref().expect("a token was drawn from them");
        let drawn = f64::from(rest[token as usize]);
        let mut rest = rest.clone();
        rest[token as usize] = 0.0;
        if row::normalise(&mut rest) > 0.0 {
            let value = place.value * (1.0 - drawn).max(0.0);
            self.add(value, place.parent, Some((rest, row.clone())));
        }
        if let Some((node, value)) = child {
            self.add(value, node, None);
        }
    }

    /// What is still open, most valuable first.
    pub fn tell(&self, session: &mut Session<'_>) {
        let columns = [
            Column::new("parent", ColumnKind::Node),
            Column::new("place", ColumnKind::Text),
            Column::new("value", ColumnKind::Probability),
        ];
        let mut open: Vec<&Place> = self.open.iter().filter(|it| it.value > 0.0).collect();
        open.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.order.cmp(&b.order)));
        let rows = open.into_iter().map(|it| {
            let place = if it.rows.is_some() { "next sibling" } else { "first child" };
            let (parent, value) = (it.parent.0 as f32, it.value as f32);
            vec![Cell::Number(parent), Cell::Text(place.into()), Cell::Number(value)]
        });
        session.table("open_places", TableChange::Set, &columns, rows.collect());
    }
}
