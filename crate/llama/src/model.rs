//! A loaded model behind the `LanguageModel` trait: plans passes, runs them in chunks, brings
//! everything asked back in one wait.

use crate::{
    Config, LoadError, ModelFiles, Tokenizer,
    network::{Network, Outcome, Trip, Wanted},
    pass::Pass,
    slots::Slots,
    weights::{Weights, sha256},
};
use burn::tensor::{Device, Tensor, TensorData, Transaction};
use decoding::{Error, Forest, Input, NodeId, Result, TokenId, model::*, row};

/// A Llama-family model, its tokenizer and the keys of the nodes it has read.
///
/// The key cache starts with room for two contexts, doubles when full and ends at
/// `SLOT_CONTEXTS` contexts; then a pass fails with `OutOfSlots` until nodes are pruned.
pub struct Llama {
    info: ModelInfo,
    network: Network,
    tokenizer: Tokenizer,
    slots: Slots,
}

/// Most slots there may be, in contexts.
const SLOT_CONTEXTS: usize = 16;
/// A pass looks at a multiple of this many slots, so that shapes on a GPU are few.
const SLOT_STEP: usize = 64;
/// Most entries of a row that the device looks for.
const DEVICE_TOP_K: usize = 128;
/// Rows of one trip through the network: a longer prompt goes through in several.
const CHUNK: usize = 256;

impl Llama {
    /// Builds a model from the bytes of its files; `name` is how errors and traces call it.
    pub fn from_bytes(name: &str, files: ModelFiles, device: Device) -> Result<Self, LoadError> {
        let config = Config::parse(name, files.config)?;
        let tokenizer = Tokenizer::parse(name, files.tokenizer)?;
        if tokenizer.vocab_size() > config.vocab_size {
            let reason = format!(
                "it has {} tokens, but the embedding has only {}",
                tokenizer.vocab_size(),
                config.vocab_size
            );
            return Err(LoadError::Tokenizer { model: name.into(), reason });
        }
        let weights = Weights::read(name, &files.weights)?;
        let network = Network::load(config, &weights, &device)?;
        let config = &network.config;
        let info = ModelInfo {
            name: name.into(),
            hash: sha256(files.weights.iter().map(Vec::as_slice)),
            vocab_size: config.vocab_size,
            context_len: config.context_len,
            layers: config.layers,
            width: config.width,
            kv_width: Some(config.kv_heads * config.head_dim),
            mlp_width: Some(config.mlp_width),
            parameters: network.parameters(),
            end_tokens: config.end_tokens.clone(),
            vectors: network.vectors,
        };
        Ok(Self { info, network, tokenizer, slots: Slots::new() })
    }

    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    pub fn config(&self) -> &Config {
        &self.network.config
    }

    pub fn device(&self) -> &Device {
        self.network.device()
    }

    fn unsupported(&self, what: String) -> Error {
        Error::Unsupported { model: self.info.name.clone(), what }
    }

    fn check(&self, forest: &Forest, nodes: &[NodeId], ask: &Ask) -> Result<()> {
        let layers = self.info.layers;
        let variant = &ask.variant;
        if let Some(layer) = ask.hidden.iter().find(|&&it| it > layers + 1) {
            return Err(
                self.unsupported(format!("give the hidden state {layer} of {layers} layers"))
            );
        }
        if let Some(layer) = ask.exits.iter().find(|&&it| it > layers) {
            return Err(self.unsupported(format!("exit after layer {layer} of {layers}")));
        }
        let skipped = variant.skip_attention.iter().chain(&variant.skip_mlp);
        if let Some(layer) = skipped.into_iter().find(|&&it| it as usize >= layers) {
            return Err(self.unsupported(format!("skip layer {layer} of {layers}")));
        }
        let unseen = |it: usize| it >= layers || variant.skip_attention.contains(&(it as u32));
        if let Some(layer) = ask.attention.iter().find(|&&it| unseen(it)) {
            return Err(self.unsupported(format!("show the attention of layer {layer}")));
        }
        for &node in nodes {
            let depth = forest[node].depth as usize;
            if depth >= self.info.context_len {
                let last = self.info.context_len - 1;
                return Err(self.unsupported(format!("read position {depth}; its last is {last}")));
            }
        }
        Ok(())
    }

    fn check_input(&self, input: &Input) -> Result<()> {
        let vocab = self.info.vocab_size;
        let known = |token: TokenId| {
            if (token as usize) < vocab {
                return Ok(());
            }
            let (last, model) = (vocab - 1, self.info.name.clone());
            Err(Error::UnknownToken { token, last, model })
        };
        match input {
            Input::Token(token) => known(*token),
            Input::Blend(parts) if parts.is_empty() => {
                Err(self.unsupported("read a blend of no tokens".into()))
            }
            Input::Blend(parts) => parts.iter().try_for_each(|it| known(it.0)),
            Input::Vector(row) if (*row as usize) < self.info.vectors => Ok(()),
            Input::Vector(row) => {
                let count = self.info.vectors;
                Err(self.unsupported(format!("read the learned vector {row}; it has {count}")))
            }
        }
    }

    async fn run(
        &mut self,
        forest: &Forest,
        nodes: &[NodeId],
        ask: &Ask,
        variant: usize,
    ) -> Result<Scores> {
        let limit = SLOT_CONTEXTS * self.info.context_len;
        let pass = Pass::plan(forest, nodes, variant, &mut self.slots, limit, &self.info.name)?;
        let scores = self.read(forest, nodes, ask, &pass).await;
        match &scores {
            Ok(_) => self.slots.prefer_full(&pass.fed),
            // Nobody may read keys of a pass that failed.
            Err(_) => pass.fed.iter().for_each(|&node| self.slots.release(variant, node)),
        }
        scores
    }

    async fn read(
        &mut self,
        forest: &Forest,
        nodes: &[NodeId],
        ask: &Ask,
        pass: &Pass,
    ) -> Result<Scores> {
        let inputs: Vec<&Input> = pass.fed.iter().map(|&node| &forest[node].input).collect();
        inputs.iter().try_for_each(|it| self.check_input(it))?;
        let used = self.slots.used().next_multiple_of(SLOT_STEP);
        self.network.reserve(used);
        let wanted = Wanted {
            rows: rows_read(ask.rows, self.info.vocab_size),
            hidden: &ask.hidden,
            exits: &ask.exits,
            attention: &ask.attention,
        };
        // Per chunk: which asked nodes ran in it, and their rows.
        let mut parts: Vec<(Vec<usize>, Outcome)> = Vec::new();
        for start in (0..pass.fed.len()).step_by(CHUNK) {
            let rows = start..pass.fed.len().min(start + CHUNK);
            let here: Vec<usize> =
                (0..nodes.len()).filter(|&it| rows.contains(&pass.asked[it])).collect();
            let asked: Vec<usize> = here.iter().map(|&it| pass.asked[it] - start).collect();
            let trip =
                Trip { pass, inputs: &inputs[rows.clone()], rows, variant: &ask.variant, used };
            let outcome = self.network.forward(trip, &asked, &wanted);
            if !here.is_empty() {
                parts.push((here, outcome));
            }
        }
        let mut reading = Reading::default();
        for (here, outcome) in parts {
            reading.add(here, outcome);
        }
        let tables = reading.finish(nodes.len()).await.map_err(Error::Model)?;
        Ok(self.scores(nodes, ask, pass, forest, used, tables))
    }

    fn scores(
        &self,
        nodes: &[NodeId],
        ask: &Ask,
        pass: &Pass,
        forest: &Forest,
        used: usize,
        tables: Tables,
    ) -> Scores {
        let vocab_size = self.info.vocab_size;
        let mut scores = Scores { vocab_size, fed: pass.fed.clone(), ..Scores::default() };
        match (ask.rows, rows_read(ask.rows, vocab_size)) {
            (Rows::TopK(_), Rows::TopK(k)) => {
                scores.top = tables.rows.chunks(1 + 2 * k).map(top_of).collect();
            }
            (Rows::TopK(k), _) => {
                scores.top = tables.rows.chunks(vocab_size).map(|it| row::top_k(it, k)).collect();
            }
            _ => scores.log_probs = tables.rows,
        }
        scores.hidden = tables.hidden;
        scores.exits = tables.exits;
        scores.attention = tables
            .attention
            .iter()
            .map(|weights| {
                let per_node = nodes.iter().enumerate().map(|(index, &node)| {
                    let seen = &pass.visible[pass.asked[index]];
                    let path = forest.path(None, node);
                    let row = &weights[index * used..][..used];
                    path.into_iter().zip(seen).map(|(it, &slot)| (it, row[slot as usize])).collect()
                });
                per_node.collect()
            })
            .collect();
        scores
    }
}

/// Rows on the CPU, in the order of the asked nodes.
#[derive(Default)]
struct Tables {
    rows: Vec<f32>,
    hidden: Vec<Vec<f32>>,
    exits: Vec<Vec<f32>>,
    attention: Vec<Vec<f32>>,
}

/// Collects tensors to be read in one wait.
#[derive(Default)]
struct Reading {
    tensors: Vec<Tensor<2>>,
    /// Per tensor: what it is, and which asked nodes its rows belong to.
    goals: Vec<(Goal, Vec<usize>)>,
}

#[derive(Clone, Copy)]
enum Goal {
    Rows,
    Hidden(usize),
    Exit(usize),
    Attention(usize),
}

impl Reading {
    fn add(&mut self, here: Vec<usize>, outcome: Outcome) {
        let mut push = |goal: Goal, tensor: Tensor<2>| {
            self.tensors.push(tensor);
            self.goals.push((goal, here.clone()));
        };
        outcome.rows.into_iter().for_each(|it| push(Goal::Rows, it));
        outcome.hidden.into_iter().enumerate().for_each(|(i, it)| push(Goal::Hidden(i), it));
        outcome.exits.into_iter().enumerate().for_each(|(i, it)| push(Goal::Exit(i), it));
        outcome.attention.into_iter().enumerate().for_each(|(i, it)| push(Goal::Attention(i), it));
    }

    async fn finish(self, nodes: usize) -> Result<Tables, String> {
        let Self { tensors, goals } = self;
        let transaction = tensors.into_iter().fold(Transaction::default(), Transaction::register);
        let read = transaction.execute_async().await.map_err(|error| error.to_string())?;
        let mut tables = Tables::default();
        for ((goal, here), data) in goals.into_iter().zip(read) {
            let table = match goal {
                Goal::Rows => &mut tables.rows,
                Goal::Hidden(index) => at(&mut tables.hidden, index),
                Goal::Exit(index) => at(&mut tables.exits, index),
                Goal::Attention(index) => at(&mut tables.attention, index),
            };
            place(table, &here, nodes, data)?;
        }
        Ok(tables)
    }
}

fn at(tables: &mut Vec<Vec<f32>>, index: usize) -> &mut Vec<f32> {
    if tables.len() <= index {
        tables.resize(index + 1, Vec::new());
    }
    &mut tables[index]
}

/// Puts the rows of `data` where the asked nodes in `here` belong.
fn place(
    table: &mut Vec<f32>,
    here: &[usize],
    nodes: usize,
    data: TensorData,
) -> Result<(), String> {
    let values = data.try_into_vec::<f32>().map_err(|error| format!("{error:?}"))?;
    if here.len() == nodes {
        *table = values;
        return Ok(());
    }
    let width = values.len() / here.len();
    table.resize(nodes * width, 0.0);
    for (row, &node) in values.chunks(width).zip(here) {
        table[node * width..][..width].copy_from_slice(row);
    }
    Ok(())
}

/// What the device is asked for: beyond some size, a whole row is sooner there than its best.
fn rows_read(asked: Rows, vocab_size: usize) -> Rows {
    match asked {
        Rows::TopK(k) if k > DEVICE_TOP_K.min(vocab_size) => Rows::Full,
        other => other,
    }
}

/// A row of `row_top_k` without its log-sum-exp.
fn top_of(row: &[f32]) -> Vec<(TokenId, f32)> {
    let (ids, log_probs) = row[1..].split_at(row.len() / 2);
    ids.iter().zip(log_probs).map(|(&id, &log_prob)| (id as TokenId, log_prob)).collect()
}

impl LanguageModel for Llama {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn forward<'a>(
        &'a mut self,
        forest: &'a Forest,
        nodes: &'a [NodeId],
        ask: &'a Ask,
    ) -> LocalFuture<'a, Result<Scores>> {
        Box::pin(async move {
            self.check(forest, nodes, ask)?;
            let variant = self.slots.variant(&ask.variant);
            self.run(forest, nodes, ask, variant).await
        })
    }

    fn retain(&mut self, keep: &[NodeId]) -> Result<()> {
        self.slots.retain(keep);
        Ok(())
    }

    fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        self.tokenizer.token_bytes(token)
    }
}
