//! Counted n-gram tables that some methods read: context → next token → how often.
//! What it leaves out: counting from files (see `cli ngrams`) and smoothing.

mod bytes;

use crate::TokenId;
use std::cmp::Ordering;

/// For contexts of 1, 2, … tokens: how often each next token followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ngrams {
    /// `orders[o - 1]`: contexts of `o` tokens.
    orders: Vec<Order>,
}

/// All contexts of one length, ascending, in flat arrays that are found by halving.
#[derive(Clone, Debug, Default, PartialEq)]
struct Order {
    /// `[contexts, order]` tokens, row-major.
    contexts: Vec<TokenId>,
    /// `[contexts]`: how often the context was followed by anything, pruned tokens included.
    totals: Vec<u32>,
    /// `[contexts]`: where the followers of each context stop.
    ends: Vec<u32>,
    /// `[followers]`, ascending within a context.
    next: Vec<TokenId>,
    /// `[followers]`
    counts: Vec<u32>,
}

/// What came after one context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Followers<'a> {
    /// How often the context was followed by anything.
    pub total: u32,
    /// Ascending.
    pub next: &'a [TokenId],
    /// As long as `next`.
    pub counts: &'a [u32],
}

impl Followers<'_> {
    /// P(next | context) by counting.
    pub fn probability(&self, next: TokenId) -> f32 {
        let count = self.next.binary_search(&next).map_or(0, |index| self.counts[index]);
        count as f32 / self.total as f32
    }
}

impl Ngrams {
    /// The longest context the tables hold.
    pub fn max_order(&self) -> usize {
        self.orders.len()
    }

    /// How many contexts of each length there are, the shortest first.
    pub fn contexts(&self) -> Vec<usize> {
        self.orders.iter().map(|it| it.totals.len()).collect()
    }

    /// Counts every n-gram with contexts of 1 to `max_order` tokens; each text stands alone.
    pub fn count<'a>(texts: impl IntoIterator<Item = &'a [TokenId]>, max_order: usize) -> Self {
        let texts: Vec<_> = texts.into_iter().collect();
        let orders = (1..=max_order).map(|order| {
            let mut windows: Vec<_> =
                texts.iter().flat_map(|text| text.windows(order + 1)).collect();
            windows.sort_unstable();
            let mut table = Order::default();
            for same in windows.chunk_by(|a, b| a == b) {
                let (context, next) = (&same[0][..order], same[0][order]);
                table.push(context, next, same.len() as u32);
            }
            table
        });
        Self { orders: orders.collect() }
    }

    /// What followed `context`; `None` when it was never seen, or pruned.
    pub fn followers(&self, context: &[TokenId]) -> Option<Followers<'_>> {
        let order = self.orders.get(context.len().checked_sub(1)?)?;
        order.find(context).map(|index| order.followers(index))
    }

    /// P(next | context) by counting; `None` when the context was never seen.
    pub fn probability(&self, context: &[TokenId], next: TokenId) -> Option<f32> {
        Some(self.followers(context)?.probability(next))
    }

    /// Leaves out tokens that followed a context fewer than `min_count` times, then all but the
    /// `max_contexts` most frequent contexts of each length (ties: the lower token ids stay).
    /// Totals stay, so that probabilities of what is left do not change.
    pub fn prune(&self, min_count: u32, max_contexts: usize) -> Self {
        let orders = self.orders.iter().enumerate().map(|(index, table)| {
            let order = index + 1;
            let kept = |it: usize| table.followers(it).counts.iter().any(|&n| n >= min_count);
            let mut frequent: Vec<_> = (0..table.totals.len()).filter(|&it| kept(it)).collect();
            frequent.sort_by_key(|&it| (std::cmp::Reverse(table.totals[it]), it));
            frequent.truncate(max_contexts);
            frequent.sort_unstable();
            let mut pruned = Order::default();
            for it in frequent {
                let followers = table.followers(it);
                let pairs = followers.next.iter().zip(followers.counts);
                for (&next, &count) in pairs.filter(|it| *it.1 >= min_count) {
                    pruned.push(table.context(it, order), next, count);
                }
                *pruned.totals.last_mut().expect("a follower was kept") = followers.total;
            }
            pruned
        });
        Self { orders: orders.collect() }
    }
}

impl Order {
    /// Adds a count. Contexts come ascending, and so do the tokens after one context.
    fn push(&mut self, context: &[TokenId], next: TokenId, count: u32) {
        self.next.push(next);
        self.counts.push(count);
        if self.contexts.ends_with(context) {
            *self.totals.last_mut().expect("there is a last context") += count;
            *self.ends.last_mut().expect("there is a last context") += 1;
        } else {
            self.contexts.extend(context);
            self.totals.push(count);
            self.ends.push(self.next.len() as u32);
        }
    }

    fn context(&self, index: usize, order: usize) -> &[TokenId] {
        &self.contexts[index * order..][..order]
    }

    fn find(&self, context: &[TokenId]) -> Option<usize> {
        let (mut low, mut high) = (0, self.totals.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.context(middle, context.len()).cmp(context) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn followers(&self, index: usize) -> Followers<'_> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let range = start..self.ends[index] as usize;
        Followers {
            total: self.totals[index],
            next: &self.next[range.clone()],
            counts: &self.counts[range],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn tables() -> Ngrams {
        let texts: [&[TokenId]; 4] = [&[1, 2, 3, 1, 2, 4], &[1, 2, 3], &[9], &[2, 4, 300]];
        Ngrams::count(texts, 3)
    }

    #[test]
    fn counting_gives_probabilities() {
        let tables = tables();
        assert_eq!(tables.probability(&[2], 3), Some(0.5));
        assert_eq!(tables.probability(&[1, 2], 3), Some(2.0 / 3.0));
        assert_eq!(tables.probability(&[1, 2], 9), Some(0.0), "seen, but never followed by 9");
        assert_eq!(tables.probability(&[3], 1), Some(1.0), "texts stand alone");
        assert_eq!(tables.probability(&[9], 2), None, "never followed");
        assert_eq!(tables.probability(&[1, 2, 3, 1], 2), None, "longer than the tables");
        assert_eq!(tables.probability(&[], 2), None);
        assert_eq!(tables.contexts(), [4, 4, 3]);
    }

    #[test]
    fn pruning_keeps_the_probabilities_of_what_is_left() {
        let pruned = tables().prune(2, 1);
        assert_eq!(pruned.contexts(), [1, 1, 0]);
        assert_eq!(pruned.probability(&[2], 3), Some(0.5), "4 times in all, twice 3");
        assert_eq!(pruned.probability(&[1], 2), None, "less frequent than 2");
        assert_eq!(pruned.probability(&[1, 2], 3), Some(2.0 / 3.0));
        assert_eq!(pruned.probability(&[1, 2], 4), Some(0.0), "came once only");
        assert_eq!(tables().prune(1, 100), tables());
    }
}
