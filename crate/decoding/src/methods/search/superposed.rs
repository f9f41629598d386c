#![doc = include_str!("superposed.md")]

use super::{beam::*, blend::*, drift, finished::*, report};
use crate::{
    Result,
    method::{Family, Info, Lossless, Method, Progress},
    model::{Ask, Scores},
    session::{Proposal, Session, TARGET},
    trace::FinishReason,
    tree::*,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Drafts written at once.
    #[schemars(range(min = 1, max = 8))]
    pub k: u32,
    /// Share of the n-gram tables in the choice of a draft's token.
    #[schemars(range(min = 0.0, max = 0.95))]
    pub alpha: f32,
    /// Sharpens the row that all drafts share; 0 leaves its best token.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
    /// Best tokens of the shared row that drafts may use.
    #[schemars(range(min = 1, max = 64))]
    pub n_tok: u32,
    /// Taken off the sum where no table knows how a draft goes on.
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub penalty: f32,
    /// Reads every draft as it stands as well, beside the blend, to show how far the blend drifts.
    pub exact: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { k: 3, alpha: 0.5, temperature: 0.2, n_tok: 9, penalty: 200.0, exact: false }
    }
}

/// Trust in contexts of 1 to 5 tokens. Source: the authors' code.
const ORDER_WEIGHTS: [f32; 5] = [0.01, 0.04, 0.15, 0.18, 0.12];

pub struct Superposed {
    pub(super) params: Params,
    pub(super) interpolation: Interpolation,
    /// Best first; empty before the first step.
    drafts: Vec<Hypothesis>,
    /// By which letter the reader knows each draft.
    letters: Vec<char>,
    leader: Option<char>,
    /// The last node that the model reads: the prompt's, then a blend.
    blend: NodeId,
    finished: Finished,
    standing: Standing,
}

impl Method for Superposed {
    const INFO: Info = Info {
        id: "superposed",
        title: "Superposed decoding",
        family: Family::Search,
        lossless: Lossless::No,
        needs: &["ngrams"],
        source: "Shen et al. 2024, Superposed Decoding: Multiple Generations from a Single Autoregressive Inference Pass, arXiv:2405.18400",
        page: include_str!("superposed.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { k, alpha, penalty, .. } = params;
        Ok(Self {
            interpolation: Interpolation { alpha, order_weights: ORDER_WEIGHTS.into(), penalty },
            params,
            drafts: Vec::new(),
            letters: vec!['A'],
            leader: None,
            blend: NodeId(0),
            finished: Finished::new(k as usize, true),
            standing: Standing::default(),
        })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if self.drafts.is_empty() {
            self.blend = session.head();
            self.drafts = vec![Hypothesis { node: session.head(), score: 0.0 }];
        }
        let compared = self.compared(session);
        let scores = self.read(session, &compared).await?;
        let shared = sharpened(&scores.top[0], self.params.temperature);
        session.line(2);
        let fits = self.fits(session, &shared)?;
        drift::show(session, &self.letters, &compared, &scores, &fits);

        session.line(3);
        self.choose(session, &shared, &fits);

        session.line(4);
        let weights = weights(&self.drafts);
        self.show(session, &fits, &weights);
        self.leader = self.letters.first().copied();

        session.line(5);
        if let Some(reason) = self.reason_to_stop(session) {
            return Ok(self.answer(session, reason));
        }
        let token = |it: &Hypothesis| session.forest()[it.node].token().expect("drafts are tokens");
        let tokens: Vec<_> = self.drafts.iter().map(token).collect();
        let input = Input::Blend(blend(&tokens, &weights));
        self.blend = session.grow_input(self.blend, input, Proposal::by("blend"));
        Ok(Progress::Continue)
    }
}

/// Per draft of the step before: its node, and how each token of the shared row fits it.
pub(super) type Fits = Vec<(NodeId, Vec<Fit>)>;

impl Superposed {
    /// The drafts that are read as they stand, best first. The prompt is no blend.
    fn compared(&self, session: &Session) -> Vec<NodeId> {
        let blended = self.params.exact && self.blend != session.head();
        if blended { self.drafts.iter().map(|it| it.node).collect() } else { Vec::new() }
    }

    /// One pass: the row of the blend, then those of the drafts that are compared with it.
    async fn read(&self, session: &mut Session<'_>, compared: &[NodeId]) -> Result<Scores> {
        session.line(1);
        let n_tok = (self.params.n_tok as usize).min(session.target_info().vocab_size);
        let mut ask = Ask::top_k(n_tok);
        if !compared.is_empty() {
            ask.hidden = (0..=session.target_info().layers + 1).collect();
        }
        session.score(TARGET, &[&[self.blend], compared].concat(), &ask).await
    }

    fn fits(&self, session: &Session, shared: &[(TokenId, f32)]) -> Result<Fits> {
        let ngrams = session.ngrams()?;
        let fit = |node| {
            let text = session.forest().tokens(node);
            (node, self.interpolation.fits(&ngrams, &text, shared))
        };
        Ok(self.drafts.iter().map(|it| fit(it.node)).collect())
    }

    /// Replaces the drafts by their best continuations and sets aside those that end.
    fn choose(&mut self, session: &mut Session, shared: &[(TokenId, f32)], fits: &Fits) {
        let k = self.params.k as usize;
        let tops: Vec<Vec<_>> = fits
            .iter()
            .map(|(_, fits)| fits.iter().map(|it| (it.token, it.model + it.ngram)).collect())
            .collect();
        let (mut drafts, mut parents) = (Vec::new(), Vec::new());
        for (rank, it) in best_candidates(&self.drafts, &tops, 2 * k).into_iter().enumerate() {
            let ends = session.ends(it.token);
            let log_prob = shared.iter().find(|known| known.0 == it.token).map(|known| known.1);
            if ends && rank < k {
                let text = self.grow(session, &it, log_prob);
                self.set_aside(session, text, FinishReason::EndToken);
            } else if !ends && drafts.len() < k {
                drafts.push(self.grow(session, &it, log_prob));
                parents.push(it.parent);
            }
        }
        self.letters = inherit(&self.letters, &self.drafts, &parents);
        self.drafts = drafts;
        let live = self.drafts.iter().map(|it| it.node);
        let ended = self.finished.texts.iter().map(|it| it.node);
        let reason = "other drafts have the better sums";
        self.standing.keep_paths_to(session, live.chain(ended), reason);
    }

    fn grow(&mut self, session: &mut Session, it: &Candidate, log_prob: Option<f32>) -> Hypothesis {
        let proposal = Proposal { log_prob, ..Proposal::by("superposed") };
        let node = session.grow(it.parent, it.token, proposal);
        self.standing.add(node);
        Hypothesis { node, score: it.score }
    }

    /// Keeps a text among the k with the best sums; perplexity ranks them at the end.
    fn set_aside(&mut self, session: &mut Session, text: Hypothesis, reason: FinishReason) {
        if !self.finished.wants(text.score) {
            return;
        }
        let ranked = text.score / session.generated(text.node) as f32;
        session.finish(text.node, reason, text.score, ranked);
        report::finished(session, text.node, reason, text.score, ranked);
        self.finished.add(Ended { node: text.node, score: text.score, ranked: text.score });
    }

    fn show(&self, session: &mut Session, fits: &Fits, weights: &[f32]) {
        let forest = session.forest();
        let row = |index: usize| {
            let node = self.drafts[index].node;
            let (parent, token) = (forest[node].parent, forest[node].token());
            let fits = fits.iter().filter(|it| Some(it.0) == parent).flat_map(|it| &it.1);
            let fit = fits.copied().find(|it| Some(it.token) == token);
            let fit = fit.expect("a draft grows by a token of the shared row");
            report::DraftRow { letter: self.letters[index], node, weight: weights[index], fit }
        };
        let rows: Vec<_> = (0..self.drafts.len()).map(row).collect();
        report::drafts(session, &rows);
        if let Some(first) = rows.first().filter(|it| Some(it.letter) != self.leader) {
            report::leader(session, first);
        }
    }

    /// Sums never rise, so a draft below k ended texts stays below them.
    fn reason_to_stop(&self, session: &Session) -> Option<&'static str> {
        let Some(best) = self.drafts.first() else {
            return Some("every draft has ended.");
        };
        if session.finished_at(best.node).is_some() {
            return Some("the drafts are as long as was asked for.");
        }
        let beaten = self.finished.bar().is_some_and(|bar| best.score <= bar);
        beaten.then_some("no draft can reach the sums of those that ended.")
    }

    fn answer(&mut self, session: &mut Session, reason: &str) -> Progress {
        for draft in std::mem::take(&mut self.drafts) {
            if let Some(reason) = session.finished_at(draft.node) {
                let ranked = draft.score / session.generated(draft.node) as f32;
                session.finish(draft.node, reason, draft.score, ranked);
                self.finished.texts.push(Ended { node: draft.node, score: draft.score, ranked });
            }
        }
        report::stopped(session, reason);
        let length = |it: &Ended| session.generated(it.node) as f32;
        let mut texts: Vec<_> =
            self.finished.texts.iter().map(|it| (it.score / length(it), it.node)).collect();
        texts.sort_by(|a, b| b.0.total_cmp(&a.0));
        texts.truncate(self.params.k as usize);
        let order: Vec<_> = texts.into_iter().map(|it| it.1).collect();
        let reason = "the k texts of lowest perplexity are kept";
        self.standing.keep_paths_to(session, order.iter().copied(), reason);
        session.answer(order[0], &order)
    }
}

/// A letter for each new draft, given the node it continues: the best child of a draft keeps its
/// letter, the others take the letters that are free.
fn inherit(letters: &[char], old: &[Hypothesis], parents: &[NodeId]) -> Vec<char> {
    let mut heirs: Vec<Option<char>> = Vec::new();
    for parent in parents {
        let letter = old.iter().position(|it| it.node == *parent).map(|index| letters[index]);
        heirs.push(letter.filter(|it| !heirs.contains(&Some(*it))));
    }
    let mut free = ('A'..='Z').filter(|it| !heirs.contains(&Some(*it))).collect::<Vec<_>>();
    free.reverse();
    heirs.into_iter().map(|it| it.or_else(|| free.pop()).expect("at most 8 drafts")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_child_of_a_draft_keeps_its_letter() {
        let draft = |node| Hypothesis { node: NodeId(node), score: 0.0 };
        let old = [draft(1), draft(2), draft(3)];
        let inherit = |parents: [u32; 3]| inherit(&['A', 'B', 'C'], &old, &parents.map(NodeId));
        assert_eq!(inherit([2, 1, 3]), ['B', 'A', 'C']);
        assert_eq!(inherit([3, 3, 3]), ['C', 'A', 'B']);
        assert_eq!(inherit([2, 2, 1]), ['B', 'C', 'A']);
    }
}
