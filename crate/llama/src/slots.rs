//! Which slot of the key cache holds which node, per variant of the network.
//! Holds no keys itself: a slot is a number, and the network owns the memory behind it.

use decoding::{NodeId, model::Variant};
use std::{cmp::Reverse, collections::BinaryHeap};

const NO_SLOT: u32 = u32::MAX;

/// The slots of one variant, by node.
struct Table {
    variant: Variant,
    slot_of: Vec<u32>,
}

impl Table {
    fn get(&self, node: NodeId) -> Option<u32> {
        self.slot_of.get(node.0 as usize).copied().filter(|&slot| slot != NO_SLOT)
    }

    fn set(&mut self, node: NodeId, slot: u32) {
        let index = node.0 as usize;
        if self.slot_of.len() <= index {
            self.slot_of.resize(index + 1, NO_SLOT);
        }
        self.slot_of[index] = slot;
    }

    fn is_empty(&self) -> bool {
        self.slot_of.iter().all(|&slot| slot == NO_SLOT)
    }
}

/// Hands out the lowest free slot first, so that the slots in use stay close together.
pub(crate) struct Slots {
    /// The full network comes first.
    tables: Vec<Table>,
    free: BinaryHeap<Reverse<u32>>,
    /// Slots below this one have been handed out at least once.
    used: u32,
}

impl Slots {
    pub(crate) fn new() -> Self {
        let full = Table { variant: Variant::full(), slot_of: Vec::new() };
        Self { tables: vec![full], free: BinaryHeap::new(), used: 0 }
    }

    /// The row of `variant` in this table; `0` is the full network.
    pub(crate) fn variant(&mut self, variant: &Variant) -> usize {
        if variant.is_full() {
            return 0;
        }
        if let Some(index) = self.tables.iter().position(|it| it.variant == *variant) {
            return index;
        }
        // A method may try hundreds of variants; those that keep no keys make room for the next.
        if let Some(index) = (1..self.tables.len()).find(|&it| self.tables[it].is_empty()) {
            self.tables[index].variant = variant.clone();
            return index;
        }
        self.tables.push(Table { variant: variant.clone(), slot_of: Vec::new() });
        self.tables.len() - 1
    }

    /// The slot that the variant itself has for `node`.
    pub(crate) fn own(&self, variant: usize, node: NodeId) -> Option<u32> {
        self.tables[variant].get(node)
    }

    /// The slot whose keys a descendant of `node` reads: the full network's where it has them,
    /// else the variant's own.
    pub(crate) fn readable(&self, variant: usize, node: NodeId) -> Option<u32> {
        self.own(0, node).or_else(|| self.own(variant, node))
    }

    /// Slots that `count` more nodes would reach up to.
    pub(crate) fn reach(&self, count: usize) -> usize {
        self.used as usize + count.saturating_sub(self.free.len())
    }

    /// Gives `node` a slot of the variant, or the one it has.
    pub(crate) fn take(&mut self, variant: usize, node: NodeId) -> u32 {
        if let Some(slot) = self.own(variant, node) {
            return slot;
        }
        let slot = match self.free.pop() {
            Some(Reverse(slot)) => slot,
            None => {
                self.used += 1;
                self.used - 1
            }
        };
        self.tables[variant].set(node, slot);
        slot
    }

    /// Frees the slot of one node in one variant.
    pub(crate) fn release(&mut self, variant: usize, node: NodeId) {
        if let Some(slot) = self.own(variant, node) {
            self.tables[variant].set(node, NO_SLOT);
            self.free.push(Reverse(slot));
        }
    }

    /// The full network's keys replace a variant's: of these nodes, a variant keeps keys only where
    /// the full network has none.
    pub(crate) fn prefer_full(&mut self, nodes: &[NodeId]) {
        let free = self.free.len();
        for &node in nodes {
            if self.own(0, node).is_some() {
                (1..self.tables.len()).for_each(|variant| self.release(variant, node));
            }
        }
        if self.free.len() > free {
            self.lower_the_mark();
        }
    }

    /// Frees every slot whose node is not in `keep` (ascending).
    pub(crate) fn retain(&mut self, keep: &[NodeId]) {
        if keep.is_empty() {
            *self = Self::new();
            return;
        }
        for table in &mut self.tables {
            let mut kept = keep.iter().peekable();
            for (index, slot) in table.slot_of.iter_mut().enumerate() {
                while kept.next_if(|it| (it.0 as usize) < index).is_some() {}
                let keeps = kept.peek().is_some_and(|it| it.0 as usize == index);
                if *slot != NO_SLOT && !keeps {
                    self.free.push(Reverse(*slot));
                    *slot = NO_SLOT;
                }
            }
        }
        self.lower_the_mark();
    }

    /// Forgets free slots at the end, so that a pass looks at fewer of them.
    fn lower_the_mark(&mut self) {
        let mut free: Vec<u32> =
            std::mem::take(&mut self.free).into_iter().map(|it| it.0).collect();
        free.sort_unstable();
        while free.last().is_some_and(|&last| last + 1 == self.used) {
            free.pop();
            self.used -= 1;
        }
        self.free = free.into_iter().map(Reverse).collect();
    }

    /// Slots below this number may hold keys.
    pub(crate) fn used(&self) -> usize {
        self.used as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(ids: impl IntoIterator<Item = u32>) -> Vec<NodeId> {
        ids.into_iter().map(NodeId).collect()
    }

    #[test]
    fn freed_slots_are_reused_lowest_first() {
        let mut slots = Slots::new();
        let taken: Vec<_> = nodes(0..5).iter().map(|&node| slots.take(0, node)).collect();
        assert_eq!(taken, [0, 1, 2, 3, 4]);
        slots.retain(&nodes([0, 2, 4]));
        let again: Vec<_> = nodes(5..8).iter().map(|&node| slots.take(0, node)).collect();
        assert_eq!(again, [1, 3, 5]);
        assert_eq!(slots.used(), 6);
    }

    #[test]
    fn a_free_tail_lowers_the_mark() {
        let mut slots = Slots::new();
        nodes(0..8).iter().for_each(|&node| _ = slots.take(0, node));
        slots.retain(&nodes([0, 1, 3]));
        assert_eq!((slots.used(), slots.reach(1), slots.reach(3)), (4, 4, 6));
        slots.retain(&[]);
        assert_eq!(slots.used(), 0);
    }

    #[test]
    fn variants_have_slots_of_their_own_and_read_the_full_ones() {
        let mut slots = Slots::new();
        let skipping = Variant { skip_mlp: vec![1], ..Variant::full() };
        let variant = slots.variant(&skipping);
        assert_eq!((slots.variant(&Variant::full()), slots.variant(&skipping)), (0, variant));
        let [a, b] = [NodeId(0), NodeId(1)];
        let (full, own) = (slots.take(0, a), slots.take(variant, b));
        assert_ne!(full, own);
        assert_eq!(slots.readable(variant, a), Some(full));
        assert_eq!(slots.readable(variant, b), Some(own));
        assert_eq!(slots.readable(0, b), None);
        slots.release(variant, b);
        assert_eq!(slots.readable(variant, b), None);
    }

    #[test]
    fn hundreds_of_variants_may_read_known_text_without_keeping_slots() {
        let mut slots = Slots::new();
        let known = nodes(0..8);
        known.iter().for_each(|&node| _ = slots.take(0, node));
        for layer in 0..300 {
            let skipping = Variant { skip_mlp: vec![layer], ..Variant::full() };
            let variant = slots.variant(&skipping);
            known.iter().for_each(|&node| _ = slots.take(variant, node));
            slots.prefer_full(&known);
        }
        assert_eq!((slots.used(), slots.tables.len()), (8, 2));
        assert!(known.iter().all(|&node| slots.own(0, node).is_some()));
    }

    #[test]
    fn a_draft_keeps_its_slot_until_the_full_network_has_one() {
        let mut slots = Slots::new();
        let variant = slots.variant(&Variant { skip_mlp: vec![1], ..Variant::full() });
        let draft = NodeId(3);
        slots.take(variant, draft);
        slots.prefer_full(&[draft]);
        assert!(slots.own(variant, draft).is_some());
        let full = slots.take(0, draft);
        slots.prefer_full(&[draft]);
        assert_eq!((slots.own(variant, draft), slots.readable(variant, draft)), (None, Some(full)));
    }
}
