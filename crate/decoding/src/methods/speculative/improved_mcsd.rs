#![doc = include_str!("improved_mcsd.md")]

use crate::{
    Result,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    policy::{Branching, Cautious, Children},
    random::Key,
    session::{DRAFT, Proposal, Session},
    speculate::{Lines, Speculation, Stop, descend, distinct},
    trace::{Cell, Column, ColumnKind, TableChange},
    tree::NodeId,
    verifier::{Draws, Guess, Ratio, Rest, Ruling, Verifier},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// First tokens that the target draws per round. 1 is exact; more keep the longest branch and
    /// change the text. When greedy there is always one.
    #[schemars(range(min = 1, max = 8))]
    pub roots: u32,
    /// The draft's guesses below each of them.
    #[schemars(range(min = 1, max = 4))]
    pub k_1: u32,
    /// Guesses below each of those; from there on, one.
    #[schemars(range(min = 1, max = 2))]
    pub k_2: u32,
    /// Levels the draft has at most.
    #[schemars(range(min = 1, max = 6))]
    pub gamma_max: u32,
    /// No further level where the guesses of the last one are kept less often than this.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub stop_below: f32,
    /// Of both models; 0 is greedy: the guesses are then the draft's best tokens.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self { roots: 1, k_1: 3, k_2: 2, gamma_max: 5, stop_below: 0.4, temperature: 0.8 }
    }
}

pub struct ImprovedMcsd {
    roots: u32,
    speculation: Speculation<ModelDrafter<Cautious<Branching>>, Ratio>,
    /// First tokens of the next round, as often as they were drawn.
    drawn: Vec<NodeId>,
}

impl Method for ImprovedMcsd {
    const INFO: Info = Info {
        id: "improved-mcsd",
        title: "Multi-candidate decoding from the target's row",
        family: Family::Speculative,
        lossless: Lossless::Distribution,
        needs: &[DRAFT],
        source: "Lu et al. 2024, Improving Multi-candidate Speculative Decoding, arXiv:2409.10644",
        page: include_str!("improved_mcsd.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let Params { roots, k_1, k_2, gamma_max, stop_below, temperature } = params;
        let levels = [k_1, k_2, 1, 1, 1, 1];
        let children = if temperature > 0.0 { Children::InTurn } else { Children::Best };
        let policy = Branching::new(&levels[..gamma_max as usize], children);
        let policy = Cautious::new(policy, stop_below);
        let speculation = Speculation {
            drafter: ModelDrafter::new(DRAFT, Pipeline::ranking(temperature), policy),
            verifier: Ratio::default(),
            pipeline: Pipeline::temperature(temperature),
            lines: Lines { draft: 2, verify: 4, judge: 5, emit: 7 },
        };
        let roots = if temperature > 0.0 { roots } else { 1 };
        Ok(Self { roots, speculation, drawn: Vec::new() })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if self.roots == 1 {
            return self.speculation.round(session).await;
        }
        self.longest(session).await
    }
}

impl ImprovedMcsd {
    /// One round with several first tokens: each is drafted below and judged as if it were the
    /// text, and the one with the most accepted guesses becomes the text.
    async fn longest(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        if self.drawn.is_empty() {
            session.line(1);
            let head = session.head();
            let scores = session.score_target(&[head]).await?;
            self.draw_roots(session, head, scores.row(0), Rest::Target);
        }
        let lines = self.speculation.lines;
        let drawn = std::mem::take(&mut self.drawn);
        let roots = distinct(&drawn);
        session.line(lines.draft);
        let ends = |&node: &NodeId| {
            session.forest()[node].token().is_some_and(|token| session.ends(token))
        };
        let open: Vec<_> = roots.iter().copied().filter(|node| !ends(node)).collect();
        let depth = session.room().saturating_sub(1);
        let drafted = self.speculation.drafter.draft_below(session, open, depth).await?;
        let tried = [roots.clone(), drafted].concat();

        session.line(lines.verify);
        let scores = session.score_target(&tried).await?;
        session.line(lines.judge);
        let mut stops = Vec::new();
        for (branch, &root) in roots.iter().enumerate() {
            let Speculation { verifier, pipeline, drafter, .. } = &mut self.speculation;
            let mut own = Branch { rule: verifier, branch: branch as u32 };
            let stop = descend(session, &mut own, pipeline, (root, &tried), &scores);
            drafter.policy.learn(session, &[&[root][..], &stop.accepted].concat());
            stops.push(stop);
        }
        session.line(6);
        let most = stops.iter().map(|it| it.accepted.len()).max().expect("a root was drawn");
        let kept = stops.iter().position(|it| it.accepted.len() == most).expect("the longest");
        tell_branches(session, &drawn, &roots, &stops, kept);
        let stop = stops.swap_remove(kept);
        let path = [&[roots[kept]][..], &stop.accepted].concat();
        let left: Vec<_> = tried.iter().copied().filter(|node| !path.contains(node)).collect();
        session.prune(&left, "not on the longest branch");
        let progress = session.commit(stop.at);
        session.line(lines.emit);
        if let (Progress::Continue, Some(rest)) = (progress, stop.rest) {
            self.draw_roots(session, stop.at, scores.row(stop.row), rest);
        }
        Ok(progress)
    }

    /// Draws the next first tokens from what the last pass has left at `at`.
    fn draw_roots(&mut self, session: &mut Session<'_>, at: NodeId, row: &[f32], rest: Rest) {
        let (lane, position) = (session.forest()[at].lane.0, session.forest()[at].depth + 1);
        for draw in 0..self.roots {
            let key = Key { draw, ..Key::target(lane, position) };
            let pick = match &rest {
                Rest::Residual(probs) => session.sample_probs(at, "residual", probs, key),
                _ => session.sample(at, row, &self.speculation.pipeline, key),
            };
            let same = |node: &&NodeId| session.forest()[**node].token() == Some(pick.token);
            let node = match self.drawn.iter().find(same) {
                Some(&node) => node,
                None => {
                    let by = Proposal::by("target").with_log_prob(row[pick.token as usize]);
                    session.grow(at, pick.token, by)
                }
            };
            self.drawn.push(node);
        }
    }
}

/// The rule with uniforms of its own in each branch.
struct Branch<'a> {
    rule: &'a mut Ratio,
    branch: u32,
}

impl Verifier for Branch<'_> {
    fn rule(&mut self, target: &[f32], guesses: &[Guess], draws: &Draws<'_>) -> Ruling {
        let uniform = |key: Key| (draws.uniform)(Key { draw: key.draw | self.branch << 16, ..key });
        self.rule.rule(target, guesses, &Draws { uniform: &uniform, ..*draws })
    }
}

fn tell_branches(
    session: &mut Session<'_>,
    drawn: &[NodeId],
    roots: &[NodeId],
    stops: &[Stop],
    kept: usize,
) {
    use ColumnKind::{Node, Number, Text};
    let columns = [("root", Node), ("drawn", Number), ("accepted", Number), ("", Text)]
        .map(|(name, kind)| Column::new(name, kind));
    let rows = roots.iter().zip(stops).enumerate().map(|(index, (root, stop))| {
        vec![
            Cell::Number(root.0 as f32),
            Cell::Number(drawn.iter().filter(|it| *it == root).count() as f32),
            Cell::Number(stop.accepted.len() as f32),
            if index == kept { Cell::Text("kept".into()) } else { Cell::Empty },
        ]
    });
    session.table("branches", TableChange::Set, &columns, rows.collect());
    let values = [
        ("roots", Cell::Number(roots.len() as f32)),
        ("accepted", Cell::Number(stops[kept].accepted.len() as f32)),
    ];
    session.note(
        "longest_branch",
        "Of {roots} first tokens the one with the most guesses kept below it, {accepted}, becomes \
         the text. Easy continuations win this way: the text is no longer the target's own.",
        &values,
    );
}
