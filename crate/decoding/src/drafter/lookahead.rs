//! A window of Jacobi guesses runs beside the text; what it says is collected as phrases, and the
//! phrases that follow the last token are the draft.
//! Source: Fu et al. 2024, arXiv:2402.02057.

use super::{Drafter, Pool, Verdict, Window};
use crate::{Result, session::Session, trace::Cell, tree::*};

pub struct Lookahead {
    /// N ≥ 3: tokens of an n-gram, its key included.
    pub ngram_len: usize,
    /// Whether the n-grams of the prompt open the pool.
    pub pool_from_prompt: bool,
    /// Lines of the pseudo-code that fill the pool and move the window.
    pub learn_line: u32,
    pub shift_line: u32,
    pool: Pool,
    window: Window,
    begun: bool,
}

impl Lookahead {
    /// `per_key`: G, phrases kept and tried per token.
    pub fn new(ngram_len: usize, width: usize, per_key: usize) -> Self {
        Self {
            ngram_len,
            pool_from_prompt: false,
            learn_line: 5,
            shift_line: 6,
            pool: Pool::new(per_key),
            window: Window::new(ngram_len, width),
            begun: false,
        }
    }

    fn begin(&mut self, session: &mut Session<'_>) {
        self.begun = true;
        self.window.begin(session, session.head());
        if self.pool_from_prompt {
            self.pool.insert_all(&session.tokens(), self.ngram_len);
            self.pool.show(session);
        }
    }
}

impl Drafter for Lookahead {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        if !self.begun {
            self.begin(session);
        }
        let head = session.head();
        let key = session.forest()[head].token().expect("texts are tokens");
        let most = session.room().saturating_sub(1) as usize;
        let (drafted, tried) = self.pool.grow(session, head, usize::MAX, most);
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
        let context_len = session.target_info().context_len;
        self.window.grow(session, session.head(), context_len)
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        let token = |node: NodeId| session.forest()[node].token().expect("texts are tokens");
        let head = token(verdict.scored[0]);
        let accepted: Vec<_> = verdict.accepted.iter().map(|&node| token(node)).collect();
        session.line(self.learn_line);
        self.pool.begin_pass();
        self.pool.hit(head, &accepted);
        if self.window.is_grown() {
            let newest = self.window.newest(|index| verdict.also_row(index));
            for (key, phrase, column) in self.window.diagonals(head, &newest) {
                self.pool.insert(key, phrase, Some(column));
            }
            self.window.show(session, &newest);
            session.line(self.shift_line);
            self.window.shift(newest);
            self.window.prune(session);
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
            for (lane, level) in (0..).zip(&mut method.drafter.window.levels) {
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
        drafter.window.levels = vec![vec![1, 2, 3], vec![4; 4], vec![0; 4], vec![1; 4]];
        drafter.pool.insert(0, vec![1, 2, 3, 4], None);
        drafter.pool.insert(0, vec![1, 2, 0, 0], None);
        let guesses = block_on(drafter.draft(&mut session)).unwrap();
        let asked = drafter.also_score(&mut session);
        assert_eq!(asked, drafter.window.comb[3]);
        let forest = session.forest();
        let head = session.head();
        let places = || (0..4).flat_map(|level| (0..4).map(move |column| (level, column)));
        for (level, column) in places() {
            let node = drafter.window.comb[level][column];
            assert_eq!(forest[node].depth, forest[head].depth + (level + column) as u32);
            for (other_level, other_column) in places() {
                let sees = match other_level {
                    0 => other_column <= column,
                    _ => other_column == column && other_level <= level,
                };
                let other = drafter.window.comb[other_level][other_column];
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
