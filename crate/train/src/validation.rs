//! Loss on texts that were never trained on, per source, in nats per token and per byte.
//!
//! Every text is read from its beginning, after the end token, and closed by one; a text longer than
//! the context goes on in a new window, whose first token is the last target of the one before.
//! A byte is a byte of the text, without the end tokens; their nats count.

use crate::{corpus, error::Result, log::Loss, network::Windows, tokenizer::END};
use burn::tensor::Device;
use llama::{Parameters, plain};
use std::path::Path;

/// The validation texts of one source, as windows.
pub struct Held {
    source: String,
    /// Each one token longer than what goes through the network, at most `context + 1`.
    windows: Vec<Vec<u16>>,
    /// Bytes of text that begin in each window.
    bytes: Vec<usize>,
}

/// Windows that go through the network together.
const AT_ONCE: usize = 8;

impl Held {
    /// Reads the validation texts of `source`.
    pub fn read(
        folder: &Path,
        source: &str,
        tokenizer: &tokenizers::Tokenizer,
        context: usize,
    ) -> Result<Self> {
        let texts = corpus::validation_texts(folder, source)?;
        let sizes: Vec<usize> = texts.iter().map(String::len).collect();
        let tokens = corpus::tokens(tokenizer, texts, folder)?;
        let mut held = Self { source: source.into(), windows: Vec::new(), bytes: Vec::new() };
        for (text, size) in tokens.into_iter().zip(sizes) {
            let whole = [&[END as u16], &text[..]].concat();
            let mut bytes = size;
            let mut start = 0;
            while start + 1 < whole.len() {
                let end = whole.len().min(start + context + 1);
                held.windows.push(whole[start..end].to_vec());
                held.bytes.push(std::mem::take(&mut bytes));
                start = end - 1;
            }
        }
        Ok(held)
    }

    /// The mean loss; `most` tokens end the reading, so that a look during training is short.
    pub fn loss(&self, parameters: &Parameters, device: &Device, most: Option<usize>) -> Loss {
        let mut nats = 0.0;
        let mut tokens = 0;
        let mut bytes = 0;
        let mut index = 0;
        while index < self.windows.len() && most.is_none_or(|most| tokens < most) {
            // A look ends with a whole text, or bytes and tokens would not belong together.
            let mut end = self.windows.len().min(index + AT_ONCE);
            while end < self.windows.len() && self.bytes[end] == 0 {
                end += 1;
            }
            let part = &self.windows[index..end];
            nats += total_nats(parameters, part, device);
            tokens += part.iter().map(|it| it.len() - 1).sum::<usize>();
            bytes += self.bytes[index..end].iter().sum::<usize>();
            index = end;
        }
        Loss {
            source: self.source.clone(),
            nats_per_token: nats / tokens as f64,
            nats_per_byte: nats / bytes as f64,
            tokens,
        }
    }
}

/// Windows of any length: shorter ones are filled up behind, where no target sees it.
fn total_nats(parameters: &Parameters, windows: &[Vec<u16>], device: &Device) -> f64 {
    let longest = windows.iter().map(Vec::len).max().expect("there are windows");
    let filled: Vec<_> = windows
        .iter()
        .map(|it| {
            let mut it = it.clone();
            it.resize(longest, END as u16);
            it
        })
        .collect();
    let length = longest - 1;
    let positions = plain::Positions::new(&parameters.config, length, device);
    let nats = Windows::new(&filled, device).nats(parameters, &positions);
    let nats: Vec<f32> = nats.try_into_vec_as().expect("a list of numbers");
    let rows = nats.chunks(length).zip(windows);
    rows.flat_map(|(row, window)| &row[..window.len() - 1]).map(|&it| it as f64).sum()
}
