#![doc = include_str!("swift.md")]

use super::layers;
use crate::{
    Result,
    drafter::{
        ModelDrafter,
        skip_search::{self, Limits, Settled, SkipSearch, SkipSet},
    },
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    model::Ask,
    policy::{Chain, Comb, TreePolicy},
    random::Key,
    session::{Session, TARGET},
    speculate::{Lines, Speculation},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::NodeId,
    verifier::Ratio,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Positions guessed per round, at most.
    #[schemars(range(min = 1, max = 25))]
    pub gamma: u32,
    /// ρ: share of the attention and feed-forward blocks between the first and the last layer that
    /// the draft leaves out, rounded down. Small networks bear little: .2 of 8 layers is 2 blocks.
    #[schemars(range(min = 0.0, max = 0.6))]
    pub rho: f32,
    /// The draft of a round ends with a token that the draft finds less probable than this.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub stop_threshold: f32,
    /// w: tokens of verified text on which a set of skipped blocks is tried.
    #[schemars(range(min = 4, max = 128))]
    pub window: u32,
    /// The search ends with a set that guesses more than this share of the window.
    #[schemars(range(min = 0.5, max = 1.0))]
    pub matchness_target: f32,
    /// The search ends after so many sets without a gain.
    #[schemars(range(min = 1, max = 1000))]
    pub patience: u32,
    /// Sets tried in all, one a round; 0 keeps the first set.
    #[schemars(range(min = 0, max = 1000))]
    pub optimisation_steps: u32,
    /// 0 is greedy: runners-up then stand beside each guess. Above 0 the draft is a chain.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            gamma: 8,
            rho: 0.2,
            stop_threshold: 0.8,
            window: 32,
            matchness_target: 0.95,
            patience: 300,
            optimisation_steps: 1000,
            temperature: 0.0,
        }
    }
}

pub struct Swift {
    params: Params,
    speculation: Speculation<ModelDrafter<Box<dyn TreePolicy>>, Ratio>,
    /// Made in the first round, when the number of layers is known. It starts afresh in each run:
    /// an easy text's score would block every set on a harder one.
    search: Option<SkipSearch>,
}

impl Method for Swift {
    const INFO: Info = Info {
        id: "swift",
        title: "Self-speculation by skipped layers",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[],
        source: "Xia et al. 2024, SWIFT: On-the-Fly Self-Speculative Decoding for LLM Inference Acceleration, arXiv:2410.06916",
        page: include_str!("swift.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { gamma, stop_threshold, temperature, .. } = params;
        let policy: Box<dyn TreePolicy> = if temperature > 0.0 {
            Box::new(Chain::new(gamma).stopping_below(stop_threshold))
        } else {
            Box::new(Comb::new(gamma, stop_threshold))
        };
        let speculation = Speculation {
            drafter: ModelDrafter::new(TARGET, Pipeline::ranking(temperature), policy),
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 1, verify: 4, judge: 5, emit: 6 },
        };
        Ok(Self { params, speculation, search: None })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if self.search.is_none() {
            let Params { rho, matchness_target, patience, optimisation_steps, .. } = self.params;
            let limits = Limits { target: matchness_target, patience, tries: optimisation_steps };
            let search = SkipSearch::new(session.target_info().layers, rho, limits);
            self.speculation.drafter.variant = skip_search::variant(search.best());
            layers::tell(session, &skip_search::variant(search.best()));
            self.search = Some(search);
        }
        let progress = self.speculation.round(session).await?;
        if progress == Progress::Continue {
            self.improve(session).await?;
        }
        Ok(progress)
    }
}

impl Swift {
    /// Tries one set on the last verified tokens and uses it if no other guessed as many.
    async fn improve(&mut self, session: &mut Session<'_>) -> Result<()> {
        let search = self.search.as_mut().expect("made in the first round");
        let window = self.params.window.min(session.generated(session.head()));
        if 2 * window < self.params.window {
            return Ok(()); // A handful of tokens tells lucky sets from good ones badly.
        }
        let position = session.step_index();
        let uniform = |draw| session.uniform(Key { purpose: "skip", lane: 0, position, draw });
        let Some(set) = search.candidate(uniform) else { return Ok(()) };
        session.line(7);
        session.line(8);
        let right = guessed(session, set, window as usize).await?;
        let best_before = search.matchness();
        let matchness = right as f32 / window as f32;
        let adopted = search.learn(set, matchness);
        tell_try(session, set, matchness, adopted);
        let values = [
            ("set", Cell::Text(name(set))),
            ("right", Cell::Number(right as f32)),
            ("window", Cell::Number(window as f32)),
            ("best", Cell::Number(best_before.unwrap_or(0.0))),
        ];
        if adopted {
            session.line(9);
            self.speculation.drafter.variant = skip_search::variant(set);
            layers::tell(session, &skip_search::variant(set));
            session.note(
                "skip_set_adopted",
                "Without {set} the model guesses {right} of the last {window} tokens right, more \
                 than with any set before: from now on the draft leaves these out.",
                &values,
            );
        } else {
            session.note(
                "skip_set_dropped",
                "Without {set} the model guesses {right} of the last {window} tokens right. That \
                 is no more than the share of {best} reached before, so the draft stays as it is.",
                &values,
            );
        }
        if let Some(reason) = search.settled() {
            let (id, text) = match reason {
                Settled::GoodEnough => {
                    ("skip_search_good", "That is good enough: the search ends.")
                }
                Settled::NoGain => (
                    "skip_search_no_gain",
                    "No set has been better for a long time: the search ends.",
                ),
                Settled::TriesSpent => (
                    "skip_search_spent",
                    "As many sets as allowed have been tried: the search ends.",
                ),
                Settled::AllTried => {
                    ("skip_search_all", "Every set of this size has been tried: the search ends.")
                }
            };
            session.note(id, text, &[]);
        }
        Ok(())
    }
}

/// How many of the last `window` tokens the network without `set` takes for the best, each read
/// after the verified text before it. The full network has keys for all of these nodes, so the
/// pass leaves none behind.
async fn guessed(session: &mut Session<'_>, set: SkipSet, window: usize) -> Result<usize> {
    let mut path: Vec<NodeId> =
        session.forest().ancestors(session.head()).take(window + 1).collect();
    path.reverse();
    let ask = Ask::top_k(1).with_variant(skip_search::variant(set));
    let scores = session.score(TARGET, &path[..window], &ask).await?;
    let followed = path[1..].iter().map(|&node| session.forest()[node].token());
    Ok(followed.zip(&scores.top).filter(|(token, top)| *token == Some(top[0].0)).count())
}

/// The sub-layers of a set, for the reader.
fn name(set: SkipSet) -> String {
    let variant = skip_search::variant(set);
    let attention = variant.skip_attention.iter().map(|layer| format!("attention {layer}"));
    let mlp = variant.skip_mlp.iter().map(|layer| format!("feed-forward {layer}"));
    attention.chain(mlp).collect::<Vec<_>>().join(", ")
}

fn tell_try(session: &mut Session<'_>, set: SkipSet, matchness: f32, adopted: bool) {
    use ColumnKind::{Number, Probability, Text};
    let columns =
        [("round", Number), ("candidate", Text), ("matchness", Probability), ("adopted", Number)]
            .map(|(name, kind)| Column::new(name, kind));
    let row = vec![
        Cell::Number(session.step_index() as f32),
        Cell::Text(name(set)),
        Cell::Number(matchness),
        Cell::Number(if adopted { 1.0 } else { 0.0 }),
    ];
    session.table("matchness", TableChange::Put, &columns, vec![row]);
}

#[cfg(test)]
mod tests;
