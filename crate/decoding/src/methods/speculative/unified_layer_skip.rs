#![doc = include_str!("unified_layer_skip.md")]

use super::layers;
use crate::{
    Error, Result, TokenId,
    drafter::ModelDrafter,
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    model::{Ask, Variant},
    policy::Chain,
    random::Key,
    row,
    session::{Proposal, Session, TARGET},
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
    /// The layers that are kept are so many times fewer: 2 of 8 layers keeps 4.
    #[schemars(range(min = 1.0, max = 4.0))]
    pub speed_up: f32,
    /// Space the kept layers evenly also where the paper's whole step cannot.
    pub even: bool,
    /// The prompt is read by all layers; otherwise by the kept ones too.
    pub full_prompt: bool,
    /// Read the finished text once more with all layers, and show where they disagree.
    pub compare: bool,
    /// The kept layers only guess, and all layers verify: the text is the full network's.
    pub verified: bool,
    /// Where verified: tokens guessed per round.
    #[schemars(range(min = 1, max = 16))]
    pub gamma: u32,
    /// 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            speed_up: 2.0,
            even: false,
            full_prompt: true,
            compare: true,
            verified: false,
            gamma: 4,
            temperature: 0.0,
        }
    }
}

pub struct UnifiedLayerSkip {
    params: Params,
    pipeline: Pipeline,
    speculation: Speculation<ModelDrafter<Chain>, Ratio>,
    /// The kept layers; found in the first round, when their number is known.
    short: Option<Variant>,
    /// Of every token of the answer that the kept layers gave: the node before, their row.
    said: Vec<(NodeId, Vec<f32>)>,
}

impl Method for UnifiedLayerSkip {
    const INFO: Info = Info {
        id: "unified-layer-skip",
        title: "Unified layer skipping",
        family: Family::Speculative,
        lossless: Lossless::No,
        needs: &[],
        source: "Liu, Meng, Zhou 2024, Accelerating Inference in Large Language Models with a Unified Layer Skipping Strategy, arXiv:2404.06954",
        page: include_str!("unified_layer_skip.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let pipeline = || Pipeline::temperature(params.temperature);
        let speculation = Speculation {
            drafter: ModelDrafter::new(TARGET, pipeline(), Chain::new(params.gamma)),
            verifier: Ratio::default(),
            pipeline: pipeline(),
            lines: Lines { draft: 5, verify: 6, judge: 7, emit: 8 },
        };
        let (short, said) = (None, Vec::new());
        Ok(Self { pipeline: pipeline(), params, speculation, short, said })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let short = match self.short.clone() {
            Some(short) => short,
            None => self.begin(session)?,
        };
        if self.params.verified {
            return self.speculation.round(session).await;
        }
        let head = session.head();
        let prompt = session.generated(head) == 0;
        let whole = prompt && self.params.full_prompt;
        session.line(if prompt { 2 } else { 3 });
        let variant = if whole { Variant::full() } else { short };
        let scores = session.score(TARGET, &[head], &Ask::rows().with_variant(variant)).await?;
        session.line(4);
        let (lane, position) = (session.forest()[head].lane.0, session.head_depth() + 1);
        let key = Key::target(lane, position);
        let pick = session.sample(head, scores.row(0), &self.pipeline, key);
        let log_prob = scores.row(0)[pick.token as usize];
        let node = session.grow(head, pick.token, Proposal::by("target").with_log_prob(log_prob));
        if self.params.compare {
            if !whole {
                self.said.push((head, scores.row(0).to_vec()));
            }
            if session.finished_at(node).is_some() {
                self.compare(session).await?;
            }
        }
        Ok(session.commit(node))
    }
}

/// The layers that are kept of `layers`, ascending. Errors: a sentence for fewer than two.
pub fn kept(layers: usize, speed_up: f32, even: bool) -> std::result::Result<Vec<u32>, String> {
    // A speed-up such as 1.6 is a little more in f32; 8 / 1.6 still means 5.
    let count = (layers as f64 / f64::from(speed_up) + 1e-4) as usize;
    if count < 2 {
        return Err(format!(
            "a network of {layers} layers made {speed_up} times as fast keeps fewer than two: \
             choose a smaller speed_up"
        ));
    }
    let last = layers - 1;
    let step = layers / (count - 1);
    let spaced = |it: usize| (it as f64 * last as f64 / (count - 1) as f64).round() as usize;
    let place = |it: usize| match it + 1 == count {
        true => last,
        false if even => spaced(it),
        false => it * step,
    };
    Ok((0..count).map(|it| place(it) as u32).collect())
}

impl UnifiedLayerSkip {
    fn begin(&mut self, session: &mut Session<'_>) -> Result<Variant> {
        session.line(1);
        let layers = session.target_info().layers;
        let kept = kept(layers, self.params.speed_up, self.params.even)
            .map_err(|reason| Error::Params { method: Self::INFO.id.into(), reason })?;
        let skipped: Vec<u32> = (0..layers as u32).filter(|it| !kept.contains(it)).collect();
        let short = Variant { skip_attention: skipped.clone(), skip_mlp: skipped };
        layers::tell(session, &short);
        let (vocab, width) = (session.target_info().vocab_size, session.target_info().width);
        let names: Vec<_> = kept.iter().map(|it| it.to_string()).collect();
        let values = [
            ("kept", Cell::Text(names.join(", "))),
            ("count", Cell::Number(kept.len() as f32)),
            ("layers", Cell::Number(layers as f32)),
            ("vocab", Cell::Number(vocab as f32)),
            ("width", Cell::Number(width as f32)),
        ];
        session.note(
            "layers_kept",
            "Layers {kept} stay: {count} of {layers}, so the layers cost {count}/{layers} of what \
             they did. The head, {vocab} × {width} products for each token, costs what it did.",
            &values,
        );
        self.speculation.drafter.variant = short.clone();
        self.short = Some(short.clone());
        Ok(short)
    }

    /// Reads the finished text with all layers. Their keys would replace those of the kept layers,
    /// and change what these say next: so this is the last thing a run does.
    async fn compare(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut compared = Vec::new();
        for part in self.said.chunks(32) {
            let nodes: Vec<NodeId> = part.iter().map(|it| it.0).collect();
            let scores = session.score_target(&nodes).await?;
            for (index, (node, short)) in part.iter().enumerate() {
                compared.push((
                    *node,
                    divergence(scores.row(index), short),
                    [row::arg_max(scores.row(index)), row::arg_max(short)],
                ));
            }
        }
        tell(session, &compared);
        Ok(())
    }
}

/// KL(full ‖ short) in nats, of two rows of log-probabilities.
fn divergence(full: &[f32], short: &[f32]) -> f32 {
    let term = |(&p, &q): (&f32, &f32)| match p > f32::NEG_INFINITY {
        true => f64::from(p).exp() * (f64::from(p) - f64::from(q)),
        false => 0.0,
    };
    full.iter().zip(short).map(term).sum::<f64>().max(0.0) as f32
}

/// Per token: how far the full network's distribution is from the short one's, and both favourites.
fn tell(session: &mut Session<'_>, compared: &[(NodeId, f32, [TokenId; 2])]) {
    use ColumnKind::{Node, Number, Token};
    let columns = [
        ("after", Node),
        ("kl_nats", Number),
        ("all_layers_say", Token),
        ("kept_layers_say", Token),
    ]
    .map(|(name, kind)| Column::new(name, kind));
    let finite = |kl: f32| if kl.is_finite() { Cell::Number(kl) } else { Cell::Empty };
    let rows = compared.iter().map(|&(node, kl, [full, short])| {
        let (full, short) = (Cell::Number(full as f32), Cell::Number(short as f32));
        vec![Cell::Number(node.0 as f32), finite(kl), full, short]
    });
    let rows = rows.collect();
    session.table("divergence", TableChange::Set, &columns, rows);
    let agreeing = compared.iter().filter(|it| it.2[0] == it.2[1]).count();
    let mut values = vec![
        ("agreeing", Cell::Number(agreeing as f32)),
        ("tokens", Cell::Number(compared.len() as f32)),
    ];
    match compared.iter().find(|it| it.2[0] != it.2[1]) {
        Some(&(node, _, [full, short])) => {
            let after = session.generated(node) + 1;
            values.push(("place", Cell::Number(after as f32)));
            values.push(("full", Cell::Tokens(vec![full])));
            values.push(("short", Cell::Tokens(vec![short])));
            session.note(
                "layers_disagree",
                "All layers, reading the finished text, prefer the same next token at {agreeing} \
                 of {tokens} places. They part first at token {place}: {full} instead of {short}.",
                &values,
            );
        }
        None => session.note(
            "layers_agree",
            "All layers, reading the finished text, prefer the same next token at each of {tokens} \
             places.",
            &values,
        ),
    }
}

#[cfg(test)]
mod tests;
