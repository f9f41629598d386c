//! A window of Jacobi guesses runs beside the text; what it says is collected as phrases, and the
//! phrases that follow the last token are the draft. The window's mask is ancestry in a comb: a
//! chain (level 0) from the head, with one tooth below each of its nodes (the later levels).
//! Source: Fu et al. 2024, arXiv:2402.02057.

use super::{Drafter, Init, Pool, Verdict, grid};
use crate::{
    Result, row,
    session::{Proposal, Session},
    trace::{Cell, TableChange},
    tree::*,
};

pub struct Lookahead {
    /// N ≥ 3: tokens of an n-gram, its key included.
    pub ngram_len: usize,
    /// W: columns of the window.
    pub width: usize,
    /// Whether the n-grams of the prompt open the pool.
    pub pool_from_prompt: bool,
    /// Lines of the pseudo-code that fill the pool and move the window.
    pub learn_line: u32,
    pub shift_line: u32,
    pool: Pool,
    /// Level 0 without its first column, the head; then the later levels, `width` wide once N − 1
    /// levels are there.
    levels: Vec<Vec<TokenId>>,
    /// This pass's nodes of the window, level by level, the head first.
    comb: Vec<Vec<NodeId>>,
}

impl Lookahead {
    /// `per_key`: G, phrases kept and tried per token.
    pub fn new(ngram_len: usize, width: usize, per_key: usize) -> Self {
        Self {
            ngram_len,
            width,
            pool_from_prompt: false,
            learn_line: 5,
            shift_line: 6,
            pool: Pool::new(per_key),
            levels: Vec::new(),
            comb: Vec::new(),
        }
    }

    fn begin(&mut self, session: &mut Session<'_>) {
        let first = session.head_depth() + 1;
        let columns = (self.width + self.ngram_len - 3) as u32;
        let guess = |at| Init::Prompt.token(session, at);
        self.levels = vec![(first..first + columns).map(guess).collect()];
        if self.pool_from_prompt {
            for ngram in session.tokens().windows(self.ngram_len) {
                self.pool.insert(ngram[0], ngram[1..].to_vec(), None);
            }
            self.pool.show(session);
        }
    }

    /// Column `index` of the window from level 0 down; the head's token stands in column 0.
    fn column(&self, head: TokenId, index: usize) -> Vec<TokenId> {
        let first = index.checked_sub(1).map_or(head, |index| self.levels[0][index]);
        let later = self.levels[1..].iter().map(|level| level[index]);
        std::iter::once(first).chain(later).collect()
    }

    /// The best token after each node of the last level. While the window still grows, the first
    /// is left out: it is the token this pass commits.
    fn newest(&self, verdict: &Verdict<'_>) -> Vec<TokenId> {
        let last = self.comb.last().expect("the comb has a level");
        let asked = last.len() - usize::from(self.comb.len() == 1);
        let skipped = usize::from(self.comb.len() > 1 && !self.is_full());
        (skipped..asked).map(|index| row::arg_max(verdict.also_row(index))).collect()
    }

    fn is_full(&self) -> bool {
        self.levels.len() == self.ngram_len - 1
    }

    /// Moves the window one position on, however many tokens this pass committed.
    fn shift(&mut self, newest: Vec<TokenId>) {
        let growing = !self.is_full();
        if !growing {
            self.levels.remove(0);
        }
        // While the window grows every level gives up its first column; afterwards only the one
        // that has become level 0, where the head takes that place.
        let giving = if growing { self.levels.len() } else { 1 };
        for level in &mut self.levels[..giving] {
            level.remove(0);
        }
        self.levels.push(newest);
    }

    fn show_window(&self, session: &mut Session<'_>, newest: &[TokenId]) {
        let head = session.head_depth();
        let mut cells = Vec::new();
        for (level, nodes) in self.comb.iter().enumerate() {
            for (column, &node) in nodes.iter().enumerate() {
                let token = session.forest()[node].token().expect("a window is tokens");
                let state = if level + column == 0 { "pending" } else { "window" };
                let at = head + (level + column) as u32;
                cells.push(grid::cell(level as u32, at, token, state));
            }
        }
        let levels = self.comb.len();
        let skipped = self.comb[levels - 1].len() - newest.len();
        for (column, &token) in newest.iter().enumerate() {
            let at = head + (levels + skipped + column) as u32;
            cells.push(grid::cell(levels as u32, at, token, "new"));
        }
        session.table("grid", TableChange::Set, &grid::columns(), cells);
    }
}

impl Drafter for Lookahead {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        if self.levels.is_empty() {
            self.begin(session);
        }
        let head = session.head();
        let key = session.forest()[head].token().expect("texts are tokens");
        let most = session.room().saturating_sub(1) as usize;
        let (mut drafted, mut tried) = (Vec::new(), 0);
        for phrase in self.pool.phrases(key) {
            tried += 1;
            let mut at = head;
            for &token in phrase.iter().take(most) {
                let twin = |&&n: &&NodeId| {
                    let it = &session.forest()[n];
                    it.parent == Some(at) && it.token() == Some(token)
                };
                at = match drafted.iter().find(twin) {
                    Some(&twin) => twin,
                    None => {
                        drafted.push(session.grow(at, token, Proposal::by("pool")));
                        drafted[drafted.len() - 1]
                    }
                };
                if session.ends(token) {
                    break;
                }
            }
        }
        if tried > 0 {
            let values = [("tried", Cell::Number(tried as f32)), ("key", Cell::Tokens(vec![key]))];
            session.note(
                "pool_tried",
                "The pool knows {tried} phrases that begin after {key}; all are tried at once.",
                &values,
            );
        }
        Ok(drafted)
    }

    fn also_score(&mut self, session: &mut Session<'_>) -> Vec<NodeId> {
        self.comb.clear();
        let reach = session.head_depth() as usize + self.levels[0].len() + self.levels.len();
        if reach > session.target_info().context_len {
            return Vec::new(); // No position is left for the window.
        }
        let mut chain = vec![session.head()];
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
        // Only the last level says something new; the others run as its ancestors. The head's row
        // comes back anyway.
        let head_too = usize::from(self.comb.len() == 1);
        self.comb[self.comb.len() - 1][head_too..].to_vec()
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        let token = |node: NodeId| session.forest()[node].token().expect("texts are tokens");
        let head = token(verdict.scored[0]);
        let accepted: Vec<_> = verdict.accepted.iter().map(|&node| token(node)).collect();
        session.line(self.learn_line);
        self.pool.begin_pass();
        self.pool.hit(head, &accepted);
        if !self.comb.is_empty() {
            let newest = self.newest(verdict);
            if self.is_full() {
                for (index, &last) in newest.iter().enumerate() {
                    let column = self.column(head, index);
                    let phrase = column[1..].iter().copied().chain([last]).collect();
                    self.pool.insert(column[0], phrase, Some(index as u32));
                }
            }
            self.show_window(session, &newest);
            session.line(self.shift_line);
            self.shift(newest);
            session.prune(&self.comb.concat()[1..], "window");
        }
        self.pool.show(session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        filter::Pipeline,
        method::Progress,
        random::{Key, uniform},
        session::{Models, Run},
        speculate::{Lines, Speculation},
        toy,
        trace::Event,
        verifier::SampleMatch,
    };
    use futures_lite::future::block_on;

    /// Sixty tokens of F5. With a seed, every token of the window is replaced by a random one
    /// before each pass. Gives the text and the number of accepted guesses.
    fn disturbed(seed: Option<u32>) -> (Vec<TokenId>, usize) {
        let mut models = Models::new(toy::f5());
        let mut run = Run::new(&[vec![0, 1]], 0, 60);
        let mut method = Speculation {
            drafter: Lookahead::new(4, 5, 5),
            verifier: SampleMatch,
            pipeline: Pipeline::greedy(),
            lines: Lines { draft: 1, verify: 2, judge: 3, emit: 4 },
        };
        // The prompt's own phrases, so that some guesses are right whatever the window says.
        method.drafter.pool_from_prompt = true;
        let mut progress = Progress::Continue;
        while progress == Progress::Continue {
            run.begin_step();
            let mut session = Session { run: &mut run, models: &mut models };
            let position = session.step_index();
            for (lane, level) in (0..).zip(&mut method.drafter.levels) {
                for (draw, token) in (0..).zip(level).filter(|_| seed.is_some()) {
                    let key = Key { purpose: "disturb", lane, position, draw };
                    *token = (uniform(seed.unwrap_or(0), key) * 5.0) as TokenId;
                }
            }
            progress = block_on(method.round(&mut session)).unwrap();
        }
        // The rows of guesses are those of their own paths.
        let mut accepted = 0;
        for event in &run.events {
            match event {
                Event::Score { nodes, rows, .. } => {
                    for (&node, row) in nodes.iter().zip(rows) {
                        let path = run.forest.tokens(node);
                        let next = (path[path.len() - 2] + path[path.len() - 1]) % 5;
                        assert_eq!(row.top, [(next, 0.0)], "after {path:?}");
                    }
                }
                Event::Judge { accepted: true, .. } => accepted += 1,
                _ => {}
            }
        }
        let head = run.forest.lane(LaneId::MAIN).head;
        (run.forest.tokens(head), accepted)
    }

    #[test]
    fn other_tokens_in_the_window_do_not_change_the_text() {
        let (text, accepted) = disturbed(None);
        assert!(accepted > 10, "{accepted}");
        let mut guessed = Vec::new();
        for seed in 0..10 {
            let (other, accepted) = disturbed(Some(seed));
            assert_eq!(other, text);
            guessed.push(accepted);
        }
        assert!(guessed.iter().any(|it| *it != accepted), "only the speed: {guessed:?}");
    }

    #[test]
    fn the_mask_of_the_paper_is_ancestry_in_a_comb() {
        let mut models = Models::new(toy::f5());
        let mut run = Run::new(&[vec![3, 0]], 0, 50);
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        let mut drafter = Lookahead::new(5, 4, 2);
        drafter.levels = vec![vec![1, 2, 3], vec![4; 4], vec![0; 4], vec![1; 4]];
        drafter.pool.insert(0, vec![1, 2, 3, 4], None);
        drafter.pool.insert(0, vec![1, 2, 0, 0], None);
        let guesses = block_on(drafter.draft(&mut session)).unwrap();
        let asked = drafter.also_score(&mut session);
        assert_eq!(asked, drafter.comb[3]);
        let forest = session.forest();
        let head = session.head();
        let places = || (0..4).flat_map(|level| (0..4).map(move |column| (level, column)));
        for (level, column) in places() {
            let node = drafter.comb[level][column];
            assert_eq!(forest[node].depth, forest[head].depth + (level + column) as u32);
            for (other_level, other_column) in places() {
                let sees = match other_level {
                    0 => other_column <= column,
                    _ => other_column == column && other_level <= level,
                };
                let other = drafter.comb[other_level][other_column];
                assert_eq!(forest.sees(node, other), sees, "{level},{column} {other:?}");
            }
            // The window and the guesses share nothing but the text, whatever their tokens.
            for &guess in &guesses {
                assert!(!forest.sees(node, guess));
                assert!(node == head || !forest.sees(guess, node));
            }
        }
        // Two phrases of four tokens share the nodes of their first two.
        assert_eq!(guesses.len(), 6);
        assert!(guesses.iter().all(|&guess| forest.sees(guess, head)));
    }
}
