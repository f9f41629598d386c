//! Guesses from what earlier passes threw away: for every token the best successors of its last
//! row, read out as a tree of a fixed shape. Reset with every run.
//! Source: Luo et al. 2024, arXiv:2408.08696.

use super::{Drafter, Verdict};
use crate::{
    Result, row,
    session::{Proposal, Session},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};
use std::collections::BTreeMap;

/// A place in the draft: the rank to take at each level, 0 the best.
pub type RankPath = Vec<usize>;

/// All rank paths with Π(rank + 1) ≤ `breadth` and at most `depth` ranks, shortest first.
pub fn template(breadth: usize, depth: usize) -> Vec<RankPath> {
    let mut paths: Vec<RankPath> = Vec::new();
    let mut level = vec![(Vec::new(), 1)];
    for _ in 0..depth {
        level = level
            .iter()
            .flat_map(|(path, product): &(RankPath, usize)| {
                (0..breadth / product).map(move |rank| {
                    let mut longer = path.clone();
                    longer.push(rank);
                    (longer, product * (rank + 1))
                })
            })
            .collect();
        paths.extend(level.iter().map(|(path, _)| path.clone()));
    }
    paths
}

pub struct Recycling {
    /// Successors kept per token.
    pub k: usize,
    /// Prefixes before what they begin.
    pub template: Vec<RankPath>,
    /// Whether the first pass also brings the rows of the prompt, which runs anyway.
    pub warm_from_prompt: bool,
    /// Line of the pseudo-code that stores the rows.
    pub learn_line: u32,
    /// The matrix M: per token its `k` best successors, best first. Tokens never fed are absent.
    successors: BTreeMap<TokenId, Vec<TokenId>>,
    prompt: Vec<NodeId>,
}

impl Recycling {
    pub fn new(k: usize, template: Vec<RankPath>, warm_from_prompt: bool, learn_line: u32) -> Self {
        let (successors, prompt) = (BTreeMap::new(), Vec::new());
        Self { k, template, warm_from_prompt, learn_line, successors, prompt }
    }

    /// Overwrites the row of `token`; says whether it changed.
    fn store(&mut self, token: TokenId, log_probs: &[f32]) -> bool {
        let best: Vec<_> = row::top_k(log_probs, self.k).into_iter().map(|it| it.0).collect();
        self.successors.insert(token, best.clone()) != Some(best)
    }
}

impl Drafter for Recycling {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        let depth = session.room().saturating_sub(1) as usize;
        let mut places = BTreeMap::from([(&[][..], session.head())]);
        let mut drafted = Vec::new();
        for path in self.template.iter().filter(|path| path.len() <= depth) {
            let (&rank, before) = path.split_last().expect("a path has a rank");
            let Some(&parent) = places.get(before) else { continue };
            let token = session.forest()[parent].token().expect("guesses are tokens");
            let ended = parent != session.head() && session.ends(token);
            let next = self.successors.get(&token).and_then(|row| row.get(rank));
            if let Some(&next) = next.filter(|_| !ended) {
                let node = session.grow(parent, next, Proposal::by("recycled"));
                places.insert(path, node);
                drafted.push(node);
            }
        }
        if !drafted.is_empty() {
            session.note(
                "recycled",
                "A tree of {nodes} guesses is read from stored rows; {rows} tokens have a row.",
                &[
                    ("nodes", Cell::Number(drafted.len() as f32)),
                    ("rows", Cell::Number(self.successors.len() as f32)),
                ],
            );
        }
        Ok(drafted)
    }

    fn also_score(&mut self, session: &mut Session<'_>) -> Vec<NodeId> {
        self.prompt.clear();
        if self.warm_from_prompt && session.step_index() == 0 {
            let head = session.head();
            self.prompt = session.forest().path(None, head);
            self.prompt.pop();
        }
        self.prompt.clone()
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        session.line(self.learn_line);
        // Of several rows for one token the last one stays: accepted nodes know the true context.
        let accepted =
            |node: &NodeId| *node == verdict.scored[0] || verdict.accepted.contains(node);
        let prompt = self.prompt.iter().enumerate().map(|(i, &n)| (n, verdict.also_row(i)));
        let scored = verdict.scored.iter().enumerate().map(|(i, &n)| (n, verdict.scores.row(i)));
        let (kept, dropped): (Vec<_>, Vec<_>) = scored.partition(|(node, _)| accepted(node));
        let rows: Vec<_> = prompt.chain(dropped).chain(kept).collect();
        let before = self.successors.clone();
        for (node, log_probs) in rows {
            let token = session.forest()[node].token().expect("guesses are tokens");
            self.store(token, log_probs);
        }
        let changed = self.successors.iter().filter(|(token, row)| before.get(token) != Some(row));
        let rows: Vec<_> = changed
            .map(|(&token, row)| {
                let state = if before.contains_key(&token) { "changed" } else { "new" };
                let next = Cell::Tokens(row.clone());
                vec![Cell::Number(token as f32), next, Cell::Text(state.into())]
            })
            .collect();
        if !rows.is_empty() {
            session.table("adjacency", TableChange::Put, &columns(), rows);
        }
    }
}

fn columns() -> [Column; 3] {
    [
        Column::new("token", ColumnKind::Token),
        Column::new("next", ColumnKind::Tokens),
        Column::new("state", ColumnKind::Text),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        session::{Models, Run},
        toy,
    };
    use futures_lite::future::block_on;

    #[test]
    fn small_templates_have_24_25_and_45_places() {
        let sizes = [(3, 4), (4, 3), (6, 3)].map(|(b, d)| template(b, d).len());
        assert_eq!(sizes, [24, 25, 45]);
        assert_eq!(template(2, 2), [vec![0], vec![1], vec![0, 0], vec![0, 1], vec![1, 0]]);
        assert_eq!(template(1, 3), [vec![0], vec![0, 0], vec![0, 0, 0]]);
    }

    /// The tokens from below the head down to each guess.
    fn drafted(drafter: &mut Recycling, room: u32) -> Vec<Vec<TokenId>> {
        let mut models = Models::new(toy::Toy::random(5, 1, 1.0).with_end(4));
        let mut run = Run::new(&[vec![2]], 0, room);
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        let nodes = block_on(drafter.draft(&mut session)).unwrap();
        nodes.iter().map(|&node| session.forest().tokens(node)[1..].to_vec()).collect()
    }

    #[test]
    fn a_tree_is_read_out_of_two_rows() {
        let shape = vec![vec![0], vec![1], vec![0, 0]];
        let mut drafter = Recycling::new(2, shape, false, 5);
        assert!(drafted(&mut drafter, 9).is_empty(), "rows that were never set give no guess");
        drafter.successors = BTreeMap::from([(2, vec![3, 1]), (3, vec![1, 4])]);
        assert_eq!(drafted(&mut drafter, 9), [vec![3], vec![1], vec![3, 1]]);
        assert_eq!(drafted(&mut drafter, 2), [vec![3], vec![1]]);
        assert!(drafted(&mut drafter, 1).is_empty());
    }

    #[test]
    fn nothing_is_drafted_after_the_end_of_the_text() {
        let mut drafter = Recycling::new(1, template(1, 3), false, 5);
        drafter.successors = BTreeMap::from([(2, vec![4]), (4, vec![1])]);
        assert_eq!(drafted(&mut drafter, 9), [vec![4]]);
    }

    #[test]
    fn of_two_rows_for_one_token_the_true_context_wins() {
        let mut models = Models::new(toy::f5());
        let mut run = Run::new(&[vec![0, 2]], 0, 9);
        run.begin_step();
        let mut session = Session { run: &mut run, models: &mut models };
        let head = session.head();
        let guess = session.grow(head, 2, Proposal::by("recycled"));
        let scored = [head, guess];
        let scores = block_on(session.score_target(&scored)).unwrap();
        let mut drafter = Recycling::new(1, template(1, 1), false, 5);
        let verdict = Verdict { scored: &scored, scores: &scores, accepted: &[], emitted: None };
        drafter.observe(&mut session, &verdict);
        // F5 after 0 2 is 2; after the rejected 0 2 2 it would be 4.
        assert_eq!(drafter.successors[&2], [2]);
    }
}
