#![doc = include_str!("cape.md")]

use crate::{
    Result,
    drafter::{ModelDrafter, Verdict},
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::{Child, Comb, Expansion, Frontier, TreePolicy},
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::NodeId,
    verifier::SampleMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the bins of confidence begin, most confident first.
const BINS: [f32; 4] = [0.8, 0.6, 0.3, 0.0];

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// Positions guessed per round.
    #[schemars(range(min = 1, max = 8))]
    pub gamma: u32,
    /// Guesses at a position where the draft's best token has less than .3, the chain's included.
    #[schemars(range(min = 1, max = 16))]
    pub lost: u32,
    /// Guesses where it has at least .3 and less than .6.
    #[schemars(range(min = 1, max = 16))]
    pub doubtful: u32,
    /// Guesses where it has at least .6 and less than .8.
    #[schemars(range(min = 1, max = 16))]
    pub confident: u32,
    /// Guesses where it has .8 or more.
    #[schemars(range(min = 1, max = 16))]
    pub certain: u32,
    /// Of both models; 0 is greedy. A greedy draft ranks its guesses at temperature 1.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { gamma: 4, lost: 6, doubtful: 4, confident: 3, certain: 2, temperature: 0.8 }
    }
}

pub struct Cape(Speculation<ModelDrafter<Teeth>, SampleMatch>);

impl Method for Cape {
    const INFO: Info = Info {
        id: "cape",
        title: "Confidence-adaptive proposals",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Du et al. 2024, GliDe with a CaPE: A Low-Hassle Method to Accelerate Speculative Decoding, arXiv:2402.02082",
        page: include_str!("cape.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { gamma, lost, doubtful, confident, certain, temperature } = params;
        let mut comb = Comb::new(gamma, 0.0);
        comb.widths = widths([certain, confident, doubtful, lost]);
        comb.drawn = temperature > 0.0;
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), Teeth::new(comb)),
            verifier: SampleMatch,
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 1, verify: 4, judge: 5, emit: 6 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.round(session).await
    }
}

/// Guesses per position, most confident bin first, as a comb reads them: it asks for more than its
/// bound, and a bin begins with it.
pub(crate) fn widths(guesses: [u32; 4]) -> Vec<(f32, usize)> {
    BINS.map(f32::next_down).into_iter().zip(guesses.map(|it| it as usize)).collect()
}

/// A comb that tells how long its teeth are, and how often one of them saved a round.
struct Teeth {
    comb: Comb,
    /// The chain's tokens of this round.
    chain: Vec<NodeId>,
    /// Rows of the table of this round.
    teeth: Vec<Vec<Cell>>,
    rescued: u32,
    rounds: u32,
}

impl Teeth {
    fn new(comb: Comb) -> Self {
        Self { comb, chain: Vec::new(), teeth: Vec::new(), rescued: 0, rounds: 0 }
    }
}

impl TreePolicy for Teeth {
    fn begin(&mut self, session: &Session<'_>, depth: u32) -> bool {
        self.chain.clear();
        self.teeth.clear();
        self.comb.begin(session, depth)
    }

    fn expand(&mut self, session: &mut Session<'_>, frontier: &[Frontier]) -> Expansion {
        let Frontier { node, probs } = &frontier[0];
        let confidence = probs.iter().copied().fold(0.0, f32::max);
        let expansion = self.comb.expand(session, frontier);
        let tooth = [node.0 as f32, confidence, expansion.children.len() as f32];
        self.teeth.push(tooth.map(Cell::Number).into());
        expansion
    }

    fn draws(&self) -> bool {
        self.comb.draws()
    }

    fn extends(&self, child: &Child) -> bool {
        self.comb.extends(child)
    }

    fn grown(&mut self, child: &Child, node: NodeId) {
        if self.comb.extends(child) {
            self.chain.push(node);
        }
        self.comb.grown(child, node);
    }

    fn select(&mut self, session: &mut Session<'_>, drafted: Vec<NodeId>) -> Vec<NodeId> {
        use ColumnKind::{Node, Number, Probability};
        let columns = [("after", Node), ("confidence", Probability), ("guesses", Number)]
            .map(|(name, kind)| Column::new(name, kind));
        let rows = std::mem::take(&mut self.teeth);
        session.table("teeth", TableChange::Set, &columns, rows);
        drafted
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        self.rounds += 1;
        let Some(last) = verdict.accepted.last().filter(|it| !self.chain.contains(it)) else {
            return;
        };
        self.rescued += 1;
        let token = session.forest()[*last].token().expect("guesses are tokens");
        let values = [
            ("token", Cell::Tokens(vec![token])),
            ("rescued", Cell::Number(self.rescued as f32)),
            ("rounds", Cell::Number(self.rounds as f32)),
        ];
        session.note(
            "side_guess_kept",
            "The chain was wrong here, but {token} stood beside it: one token more than a chain \
             would have given. That makes {rescued} of {rounds} rounds.",
            &values,
        );
    }
}
