//! The tensors of a network: their names in a file, their shapes, their order. Inference loads them
//! by this list, training makes, learns and writes them by it. Computes nothing.

use crate::{Config, LoadError, weights::Weights};
use burn::tensor::Tensor;

/// The weights of a Llama network; matrices are `[out, in]` as in the file.
///
/// What training differentiates, through `plain`; inference keeps the same numbers in the form that
/// its kernels read.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub config: Config,
    /// `[vocab_size, width]`
    pub embedding: Tensor<2>,
    pub layers: Vec<LayerParameters>,
    /// `[width]`
    pub norm: Tensor<1>,
    /// `[vocab_size, width]`; of its own where the config does not tie it to the embedding.
    pub head: Tensor<2>,
}

/// The weights of one layer.
#[derive(Clone, Debug)]
pub struct LayerParameters {
    /// `[width]`
    pub attention_norm: Tensor<1>,
    /// Queries, keys and values below one another: `[(heads + 2 · kv_heads) · head_dim, width]`
    pub query_key_value: Tensor<2>,
    /// `[width, heads · head_dim]`
    pub attention_output: Tensor<2>,
    /// `[width]`
    pub mlp_norm: Tensor<1>,
    /// Gate and up below one another: `[2 · mlp_width, width]`
    pub gate_up: Tensor<2>,
    /// `[width, mlp_width]`
    pub down: Tensor<2>,
}

/// One tensor of the network: tensors of the file that lie below one another.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub kind: PartKind,
    pub blocks: Vec<Block>,
    pub columns: usize,
}

/// What a part does; training treats them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    Embedding,
    /// One row here, a list in the file.
    Norm,
    /// A matrix between two hidden states.
    Hidden,
    /// The output head, where it is not the embedding.
    Head,
}

/// A tensor of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub name: String,
    pub rows: usize,
}

impl Part {
    pub fn rows(&self) -> usize {
        self.blocks.iter().map(|it| it.rows).sum()
    }

    /// The values of all blocks below one another, row-major.
    pub(crate) fn read(&self, weights: &Weights) -> Result<Vec<f32>, LoadError> {
        let mut values = Vec::with_capacity(self.rows() * self.columns);
        for block in &self.blocks {
            weights.append(&block.name, &self.file_shape(block), &mut values)?;
        }
        Ok(values)
    }

    /// The block's shape in the file.
    pub fn file_shape(&self, block: &Block) -> Vec<usize> {
        match self.kind {
            PartKind::Norm => vec![self.columns],
            _ => vec![block.rows, self.columns],
        }
    }
}

/// The parts of a network without learned vectors, in a fixed order.
pub fn parts(config: &Config) -> Vec<Part> {
    let Config { width, mlp_width, heads, kv_heads, head_dim, vocab_size, .. } = *config;
    let (queries, keys) = (heads * head_dim, kv_heads * head_dim);
    let mut parts = vec![part(PartKind::Embedding, width, &[(EMBEDDING.into(), vocab_size)])];
    for layer in 0..config.layers {
        let name = |it: &str| format!("model.layers.{layer}.{it}.weight");
        let norm = |it: &str| part(PartKind::Norm, width, &[(name(it), 1)]);
        let hidden = |columns: usize, blocks: &[(&str, usize)]| {
            let blocks: Vec<_> = blocks.iter().map(|it| (name(it.0), it.1)).collect();
            part(PartKind::Hidden, columns, &blocks)
        };
        parts.extend([
            norm("input_layernorm"),
            hidden(
                width,
                &[
                    ("self_attn.q_proj", queries),
                    ("self_attn.k_proj", keys),
                    ("self_attn.v_proj", keys),
                ],
            ),
            hidden(queries, &[("self_attn.o_proj", width)]),
            norm("post_attention_layernorm"),
            hidden(width, &[("mlp.gate_proj", mlp_width), ("mlp.up_proj", mlp_width)]),
            hidden(mlp_width, &[("mlp.down_proj", width)]),
        ]);
    }
    parts.push(part(PartKind::Norm, width, &[("model.norm.weight".into(), 1)]));
    if !config.tied {
        parts.push(part(PartKind::Head, width, &[("lm_head.weight".into(), vocab_size)]));
    }
    parts
}

const EMBEDDING: &str = "model.embed_tokens.weight";

fn part(kind: PartKind, columns: usize, blocks: &[(String, usize)]) -> Part {
    let block = |it: &(String, usize)| Block { name: it.0.clone(), rows: it.1 };
    Part { kind, columns, blocks: blocks.iter().map(block).collect() }
}

impl Parameters {
    /// Puts together the tensors of `parts(&config)`.
    pub fn from_tensors(config: Config, tensors: Vec<Tensor<2>>) -> Self {
        let mut tensors = tensors.into_iter();
        let mut next = || tensors.next().expect("a tensor for every part");
        let list = |row: Tensor<2>| row.squeeze_dim::<1>(0);
        let embedding = next();
        let layers = (0..config.layers)
            .map(|_| LayerParameters {
                attention_norm: list(next()),
                query_key_value: next(),
                attention_output: next(),
                mlp_norm: list(next()),
                gate_up: next(),
                down: next(),
            })
            .collect();
        let norm = list(next());
        let head = match config.tied {
            true => embedding.clone(),
            false => next(),
        };
        Self { config, embedding, layers, norm, head }
    }
}
