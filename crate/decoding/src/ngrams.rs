//! Counted n-gram tables that some methods read: context → next token → probability.
//! What it leaves out: counting from files (see `cli ngrams`) and smoothing.

use crate::TokenId;
use std::collections::BTreeMap;

/// For contexts of 1, 2, … tokens: how often each next token followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ngrams {
    /// `orders[o - 1]`: contexts of `o` tokens.
    orders: Vec<BTreeMap<Vec<TokenId>, BTreeMap<TokenId, u32>>>,
    /// Sum of the counts of a context, pruned successors included.
    totals: Vec<BTreeMap<Vec<TokenId>, u32>>,
}

impl Ngrams {
    /// The longest context the tables hold.
    pub fn max_order(&self) -> usize {
        self.orders.len()
    }

    /// Counts every n-gram with contexts of 1 to `max_order` tokens; each text stands alone.
    pub fn count<'a>(texts: impl IntoIterator<Item = &'a [TokenId]>, max_order: usize) -> Self {
        let mut tables = Self {
            orders: vec![BTreeMap::new(); max_order],
            totals: vec![BTreeMap::new(); max_order],
        };
        for text in texts {
            for order in 1..=max_order {
                for window in text.windows(order + 1) {
                    let (context, next) = (&window[..order], window[order]);
                    let followers = tables.orders[order - 1].entry(context.to_vec()).or_default();
                    *followers.entry(next).or_default() += 1;
                    *tables.totals[order - 1].entry(context.to_vec()).or_default() += 1;
                }
            }
        }
        tables
    }

    /// P(next | context) by counting; `None` when the context was never seen.
    pub fn probability(&self, context: &[TokenId], next: TokenId) -> Option<f32> {
        let order = context.len().checked_sub(1)?;
        let total = *self.totals.get(order)?.get(context)?;
        let count = self.orders[order].get(context)?.get(&next).copied().unwrap_or(0);
        Some(count as f32 / total as f32)
    }
}
