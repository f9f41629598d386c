#![doc = include_str!("spectr.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::Sequences,
    session::{DRAFT, Session},
    speculate::{Lines, Speculation},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::NodeId,
    verifier::{Draws, Guess, KSeq, Ruling, Verifier, k_seq},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// K: sequences drawn per round. 1 is plain speculative decoding.
    #[schemars(range(min = 1, max = 8))]
    pub sequences: u32,
    /// L: tokens of each sequence.
    #[schemars(range(min = 1, max = 8))]
    pub draft_len: u32,
    /// Of both models; 0 is greedy: all sequences are then the same.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { sequences: 3, draft_len: 4, temperature: 0.8 }
    }
}

pub struct Spectr(Speculation<ModelDrafter<Sequences>, Watched>);

impl Method for Spectr {
    const INFO: Info = Info {
        id: "spectr",
        title: "SpecTr",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Sun et al. 2023, SpecTr: Fast Speculative Decoding via Optimal Transport, arXiv:2310.15141",
        page: include_str!("spectr.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { sequences, draft_len, temperature } = params;
        let pipeline = || Pipeline::temperature(temperature);
        Ok(Self(Speculation {
            drafter: ModelDrafter::new(DRAFT, pipeline(), Sequences::new(sequences, draft_len)),
            verifier: Watched::default(),
            pipeline: pipeline(),
            lines: Lines { draft: 1, verify: 2, judge: 5, emit: 7 },
        }))
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        self.0.verifier.seen.clear();
        let head = session.head();
        let progress = self.0.round(session).await?;
        self.tell(session, head);
        Ok(progress)
    }
}

/// The rule, and the rows it saw in this round: the page shows how ρ came about.
#[derive(Default)]
struct Watched {
    rule: KSeq,
    seen: Vec<Seen>,
}

struct Seen {
    position: u32,
    drafts: usize,
    p: Vec<f32>,
    q: std::rc::Rc<[f32]>,
}

impl Verifier for Watched {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        if let Some(q) = guesses.first().and_then(|it| it.drawn_from.clone()) {
            let (position, drafts, p) = (draws.position, guesses.len(), target.to_vec());
            self.seen.push(Seen { position, drafts, p, q });
        }
        self.rule.rule(target, guesses, draws)
    }
}

impl Spectr {
    /// One row for each place where guesses were tried, and the two curves that meet at ρ for the
    /// first of them.
    fn tell(&self, session: &mut Session<'_>, head: NodeId) {
        use ColumnKind::{Node, Number, Probability};
        let path = session.forest().path(None, session.head());
        let before = |position: u32| path.get(position as usize - 1).copied().unwrap_or(head);
        let columns = [
            ("after", Node),
            ("drafts", Number),
            ("rho", Number),
            ("one_test", Probability),
            ("some_test", Probability),
            ("single_draft", Probability),
        ]
        .map(|(name, kind)| Column::new(name, kind));
        let rows = self.0.verifier.seen.iter().map(|it| {
            let odds = k_seq::odds(&it.p, &it.q, it.drafts);
            // Where one test would do: the plain ratio test of a single draft.
            let single: f32 = it.p.iter().zip(it.q.iter()).map(|(p, q)| p.min(*q)).sum();
            let numbers = [
                before(it.position).0 as f32,
                it.drafts as f32,
                odds.rho as f32,
                odds.beta as f32,
                odds.acceptance as f32,
                single,
            ];
            numbers.map(Cell::Number).into()
        });
        session.table("drafts_alive", TableChange::Set, &columns, rows.collect());

        let Some(first) = self.0.verifier.seen.first().filter(|it| it.drafts > 1) else { return };
        let columns =
            ["rho", "some_test", "rho_times_one_test"].map(|name| Column::new(name, Number));
        let most = first.drafts as f64;
        let rows = (0..=12).map(|i| {
            let rho = 1.0 + (most - 1.0) * f64::from(i) / 12.0;
            let (some, asked) = k_seq::sides(&first.p, &first.q, first.drafts, rho);
            [rho, some, asked].map(|it| Cell::Number(it as f32)).into()
        });
        session.table("choice_of_rho", TableChange::Set, &columns, rows.collect());
    }
}
