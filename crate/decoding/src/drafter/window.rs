//! A window of Jacobi guesses about the text further ahead, improved a little by every pass. Its
//! mask is ancestry in a comb: a chain (level 0) from the last token, with one tooth below each of
//! its nodes (the later levels). What it leaves out: where its phrases go, and who scores it.
//! Source: Fu et al. 2024, arXiv:2402.02057.

use super::{Init, grid};
use crate::{
    row,
    session::{Proposal, Session},
    trace::TableChange,
    tree::*,
};

pub struct Window {
    /// N ≥ 3: tokens of an n-gram, its key included.
    ngram_len: usize,
    /// W: columns of the window.
    width: usize,
    /// Level 0 without its first column, the last token; then the later levels, `width` wide once
    /// N − 1 levels are there.
    pub(super) levels: Vec<Vec<TokenId>>,
    /// This pass's nodes of the window, level by level, the last token first.
    pub(super) comb: Vec<Vec<NodeId>>,
}

/// A phrase read off the window: its key, what follows it, and its column.
pub type Diagonal = (TokenId, Vec<TokenId>, u32);

impl Window {
    pub fn new(ngram_len: usize, width: usize) -> Self {
        Self { ngram_len, width, levels: Vec::new(), comb: Vec::new() }
    }

    /// Fills level 0 with guesses, at the first call.
    pub fn begin(&mut self, session: &Session<'_>, tip: NodeId) {
        if self.levels.is_empty() {
            let first = session.forest()[tip].depth + 1;
            let columns = (self.width + self.ngram_len - 3) as u32;
            let guess = |at| Init::Prompt.token(session, at);
            self.levels = vec![(first..first + columns).map(guess).collect()];
        }
    }

    /// Grows the window below `tip`, the last token, unless it would reach beyond `context_len`.
    /// Names the nodes whose rows it needs.
    pub fn grow(
        &mut self,
        session: &mut Session<'_>,
        tip: NodeId,
        context_len: usize,
    ) -> Vec<NodeId> {
        self.comb.clear();
        let reach = session.forest()[tip].depth as usize + self.levels[0].len() + self.levels.len();
        if reach > context_len {
            return Vec::new(); // No position is left for the window.
        }
        let mut chain = vec![tip];
        for &token in &self.levels[0] {
            let parent = chain[chain.len() - 1];
            chain.push(session.grow(parent, token, Proposal::by("window")));
        }
        self.comb.push(chain);
        for level in &self.levels[1..] {
            let above = &self.comb[self.comb.len() - 1];
            let grow = |(&token, &parent)| session.grow(parent, token, Proposal::by("window"));
            let nodes = level.iter().zip(above).map(grow).collect();
            self.comb.push(nodes);
        }
        // Only the last level says something new; the others run as its ancestors. The last
        // token's row comes back anyway.
        let tip_too = usize::from(self.comb.len() == 1);
        self.comb[self.comb.len() - 1][tip_too..].to_vec()
    }

    /// Whether `grow` has put the window into this pass.
    pub fn is_grown(&self) -> bool {
        !self.comb.is_empty()
    }

    /// The best token after each node of the last level; `row(i)` is the i-th row that was asked
    /// for. While the window still grows, the first is left out: it is the token this pass
    /// commits.
    pub fn newest<'a>(&self, row: impl Fn(usize) -> &'a [f32]) -> Vec<TokenId> {
        let last = self.comb.last().expect("the comb has a level");
        let asked = last.len() - usize::from(self.comb.len() == 1);
        let skipped = usize::from(self.comb.len() > 1 && !self.is_full());
        (skipped..asked).map(|index| row::arg_max(row(index))).collect()
    }

    /// The phrases that a full window says, each with its newest token on top.
    pub fn diagonals(&self, last: TokenId, newest: &[TokenId]) -> Vec<Diagonal> {
        let newest = if self.is_full() { newest } else { &[] };
        let phrase = |(index, &top): (usize, &TokenId)| {
            let column = self.column(last, index);
            let phrase = column[1..].iter().copied().chain([top]).collect();
            (column[0], phrase, index as u32)
        };
        newest.iter().enumerate().map(phrase).collect()
    }

    /// Column `index` of the window from level 0 down; the last token stands in column 0.
    fn column(&self, last: TokenId, index: usize) -> Vec<TokenId> {
        let first = index.checked_sub(1).map_or(last, |index| self.levels[0][index]);
        let later = self.levels[1..].iter().map(|level| level[index]);
        std::iter::once(first).chain(later).collect()
    }

    fn is_full(&self) -> bool {
        self.levels.len() == self.ngram_len - 1
    }

    /// Moves the window one position on, however many tokens this pass committed.
    pub fn shift(&mut self, newest: Vec<TokenId>) {
        let growing = !self.is_full();
        if !growing {
            self.levels.remove(0);
        }
        // While the window grows every level gives up its first column; afterwards only the one
        // that has become level 0, where the last token takes that place.
        let giving = if growing { self.levels.len() } else { 1 };
        for level in &mut self.levels[..giving] {
            level.remove(0);
        }
        self.levels.push(newest);
    }

    /// Takes this pass's nodes out of the forest.
    pub fn prune(&self, session: &mut Session<'_>) {
        session.prune(&self.comb.concat()[1..], "window");
    }

    /// The window as the table `grid`.
    pub fn show(&self, session: &mut Session<'_>, newest: &[TokenId]) {
        let tip = session.forest()[self.comb[0][0]].depth;
        let mut cells = Vec::new();
        for (level, nodes) in self.comb.iter().enumerate() {
            for (column, &node) in nodes.iter().enumerate() {
                let token = session.forest()[node].token().expect("a window is tokens");
                let state = if level + column == 0 { "pending" } else { "window" };
                let at = tip + (level + column) as u32;
                cells.push(grid::cell(level as u32, at, token, state));
            }
        }
        let levels = self.comb.len();
        let skipped = self.comb[levels - 1].len() - newest.len();
        for (column, &token) in newest.iter().enumerate() {
            let at = tip + (levels + skipped + column) as u32;
            cells.push(grid::cell(levels as u32, at, token, "new"));
        }
        session.table("grid", TableChange::Set, &grid::columns(), cells);
    }
}
