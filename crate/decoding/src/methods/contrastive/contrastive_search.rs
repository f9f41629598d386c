#![doc = include_str!("contrastive_search.md")]

use crate::{
    Result,
    method::{Family, Info, Lossless, Method, Progress},
    model::{Ask, Scores},
    session::{Proposal, Session, TARGET},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Weight of the penalty; 0 is greedy.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub alpha: f32,
    /// Candidates per token; 1 is greedy.
    #[schemars(range(min = 1, max = 16))]
    pub k: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self { alpha: 0.4, k: 5 }
    }
}

pub struct ContrastiveSearch {
    params: Params,
    /// Every node of the text with its hidden state, scaled to length 1.
    states: Vec<(NodeId, Vec<f32>)>,
    /// The k best tokens after the head with their log-probabilities; empty before the prompt was
    /// read.
    next: Vec<(TokenId, f32)>,
}

/// A token that might be next.
struct Candidate {
    node: NodeId,
    token: TokenId,
    prob: f32,
    state: Vec<f32>,
    /// Cosine with the most similar state of the text, and whose state that is.
    penalty: f32,
    nearest: NodeId,
    score: f32,
}

impl Method for ContrastiveSearch {
    const INFO: Info = Info {
        id: "contrastive-search",
        title: "Contrastive search",
        family: Family::Contrastive,
        lossless: Lossless::No,
        needs: &[],
        source: "Su et al. 2022, A Contrastive Framework for Neural Text Generation, arXiv:2202.06417",
        page: include_str!("contrastive_search.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        Ok(Self { params, states: Vec::new(), next: Vec::new() })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if self.states.is_empty() {
            self.read_prompt(session).await?;
        }
        let head = session.head();
        session.line(2);
        let nodes: Vec<_> = self
            .next
            .iter()
            .map(|&(token, log_prob)| {
                session.grow(head, token, Proposal::by("target").with_log_prob(log_prob))
            })
            .collect();
        let ask = self.ask(session);
        let scores = session.score(TARGET, &nodes, &ask).await?;

        session.line(3);
        let width = session.target_info().width;
        let mut candidates: Vec<_> = (0..nodes.len())
            .map(|index| self.candidate(index, nodes[index], unit(scores.hidden(0, index, width))))
            .collect();
        show(session, &candidates);
        let best = first_best(candidates.iter().map(|it| it.score));
        explain(session, &candidates, best);

        session.line(4);
        let winner = candidates.swap_remove(best);
        let others: Vec<_> = candidates.iter().map(|it| it.node).collect();
        session.prune(&others, "another candidate scored higher");
        self.states.push((winner.node, winner.state));
        self.next = top(&scores, best);
        session.line(5);
        Ok(session.commit(winner.node))
    }
}

impl ContrastiveSearch {
    fn ask(&self, session: &Session) -> Ask {
        let info = session.target_info();
        // The hidden state after the last layer and the final norm.
        Ask::top_k((self.params.k as usize).min(info.vocab_size)).with_hidden(info.layers + 1)
    }

    async fn read_prompt(&mut self, session: &mut Session<'_>) -> Result<()> {
        session.line(1);
        let prompt = session.forest().path(None, session.head());
        let ask = self.ask(session);
        let scores = session.score(TARGET, &prompt, &ask).await?;
        let width = session.target_info().width;
        let states = prompt.iter().enumerate();
        self.states =
            states.map(|(index, &node)| (node, unit(scores.hidden(0, index, width)))).collect();
        self.next = top(&scores, prompt.len() - 1);
        Ok(())
    }

    fn candidate(&self, index: usize, node: NodeId, state: Vec<f32>) -> Candidate {
        let (token, log_prob) = self.next[index];
        let cosines: Vec<_> = self.states.iter().map(|it| dot(&it.1, &state)).collect();
        let at = first_best(cosines.iter().copied());
        let (penalty, nearest, prob) = (cosines[at], self.states[at].0, log_prob.exp());
        let score = (1.0 - self.params.alpha) * prob - self.params.alpha * penalty;
        Candidate { node, token, prob, state, penalty, nearest, score }
    }
}

/// The best tokens of one row that have any probability.
fn top(scores: &Scores, index: usize) -> Vec<(TokenId, f32)> {
    scores.top[index].iter().copied().filter(|it| it.1 > f32::NEG_INFINITY).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The vector scaled to length 1; a vector of zeros stays as it is.
fn unit(vector: &[f32]) -> Vec<f32> {
    let length = dot(vector, vector).sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    vector.iter().map(|it| it * scale).collect()
}

/// Index of the greatest value, the first of equals.
fn first_best(values: impl Iterator<Item = f32>) -> usize {
    let values: Vec<_> = values.collect();
    crate::row::arg_max(&values) as usize
}

fn show(session: &mut Session, candidates: &[Candidate]) {
    let columns = [
        Column::new("token", ColumnKind::Token),
        Column::new("model", ColumnKind::Probability),
        Column::new("penalty", ColumnKind::Number),
        Column::new("score", ColumnKind::Number),
        Column::new("nearest", ColumnKind::Node),
    ];
    let row = |it: &Candidate| {
        let cells = [it.token as f32, it.prob, it.penalty, it.score, it.nearest.0 as f32];
        cells.map(Cell::Number).into()
    };
    session.table("candidates", TableChange::Set, &columns, candidates.iter().map(row).collect());
}

fn explain(session: &mut Session, candidates: &[Candidate], best: usize) {
    let text = |session: &Session, node: NodeId| {
        Cell::Tokens(session.forest()[node].token().into_iter().collect())
    };
    let (winner, probable) = (&candidates[best], &candidates[0]);
    let mut values = vec![
        ("token", Cell::Tokens(vec![winner.token])),
        ("penalty", Cell::Number(winner.penalty)),
        ("nearest", text(session, winner.nearest)),
    ];
    if best == 0 {
        let sentence = "{token} is the most probable and stays ahead: the text holds nothing more \
                        like it than {nearest}, with a cosine of {penalty}.";
        session.note("probable_wins", sentence, &values);
    } else {
        values.extend([
            ("first", Cell::Tokens(vec![probable.token])),
            ("first_penalty", Cell::Number(probable.penalty)),
            ("first_nearest", text(session, probable.nearest)),
        ]);
        let sentence = "{first} is more probable, but too much like {first_nearest} (cosine \
                        {first_penalty}); {token} wins with {penalty}.";
        session.note("unlike_wins", sentence, &values);
    }
}

#[cfg(test)]
mod tests;
