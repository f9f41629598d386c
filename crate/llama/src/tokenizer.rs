//! `tokenizer.json` through the `tokenizers` crate, and the bytes behind every token.
//! Adds nothing to what the file itself says about special tokens.

use crate::{Llama, LoadError};
use decoding::{Error, TokenId};
use std::collections::BTreeMap;
use tokenizers::{DecoderWrapper, PreTokenizerWrapper};

/// How the letters of a token stand for bytes.
#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    /// GPT-2's alphabet: one printable letter per byte.
    ByteLevel,
    /// SentencePiece: `▁` for a space, `<0x0A>` for a lone byte.
    ByteFallback,
}

/// Turns text into tokens and tokens into text.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    spelling: Spelling,
    /// Added tokens stand for themselves, whatever the spelling.
    added: BTreeMap<TokenId, String>,
    vocab_size: usize,
}

impl Tokenizer {
    /// Reads the bytes of `tokenizer.json`; `model` names the model in errors.
    pub fn parse(model: &str, json: &[u8]) -> Result<Self, LoadError> {
        let inner = tokenizers::Tokenizer::from_bytes(json).map_err(|error| {
            LoadError::Tokenizer { model: model.into(), reason: error.to_string() }
        })?;
        let spelling =
            if is_byte_level(&inner) { Spelling::ByteLevel } else { Spelling::ByteFallback };
        let added = inner
            .get_added_tokens_decoder()
            .into_iter()
            .map(|(token, added)| (token, added.content))
            .collect();
        let vocab_size = inner.get_vocab(true).values().max().map_or(0, |&last| last as usize + 1);
        Ok(Self { inner, spelling, added, vocab_size })
    }

    /// The tokens of `text`, with the special tokens that the file's own template puts around it.
    pub fn encode(&self, text: &str) -> Vec<TokenId> {
        let encoded = self.inner.encode_fast(text, true).expect("BPE splits any text");
        encoded.get_ids().to_vec()
    }

    /// The text of `tokens` without special tokens. Bytes that are not UTF-8 become `�`.
    pub fn decode(&self, tokens: &[TokenId]) -> String {
        self.inner.decode(tokens, true).unwrap_or_default()
    }

    /// The bytes `token` stands for inside a text; empty for an id that no token has.
    pub fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        if let Some(content) = self.added.get(&token) {
            return content.clone().into_bytes();
        }
        let Some(letters) = self.inner.id_to_token(token) else { return Vec::new() };
        match self.spelling {
            Spelling::ByteLevel => letters.chars().flat_map(byte_of_letter).collect(),
            Spelling::ByteFallback => match lone_byte(&letters) {
                Some(byte) => vec![byte],
                None => letters.replace('▁', " ").into_bytes(),
            },
        }
    }

    /// One more than the largest id.
    pub fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    fn is_special(&self, token: TokenId) -> bool {
        self.added.contains_key(&token)
    }
}

/// Draft and target must mean the same by every token, or no draft could be checked.
///
/// Errors: `VocabularyMismatch` with the first token that differs.
pub fn check_same_vocabulary(target: &Llama, other: &Llama) -> decoding::Result<()> {
    use decoding::model::LanguageModel;
    let (target_info, other_info) = (target.info(), other.info());
    check_same_tokens(&target_info.name, target.tokenizer(), &other_info.name, other.tokenizer())?;
    let (ours, theirs) = (target_info.vocab_size, other_info.vocab_size);
    if ours != theirs {
        return Err(Error::VocabularyMismatch {
            target: target_info.name.clone(),
            other: other_info.name.clone(),
            detail: format!("{ours} and {theirs} tokens"),
        });
    }
    Ok(())
}

/// As `check_same_vocabulary`, for who has the tokenizers only.
pub fn check_same_tokens(
    target: &str,
    a: &Tokenizer,
    other: &str,
    b: &Tokenizer,
) -> decoding::Result<()> {
    let mismatch = |detail: String| Error::VocabularyMismatch {
        target: target.into(),
        other: other.into(),
        detail,
    };
    for token in 0..a.vocab_size().min(b.vocab_size()) as TokenId {
        let (ours, theirs) = (a.token_bytes(token), b.token_bytes(token));
        if ours != theirs || a.is_special(token) != b.is_special(token) {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (ours, theirs) = (show(&ours), show(&theirs));
            return Err(mismatch(format!(
                "token {token} is {ours:?} in one and {theirs:?} in the other"
            )));
        }
    }
    if a.vocab_size() != b.vocab_size() {
        return Err(mismatch(format!("{} and {} tokens", a.vocab_size(), b.vocab_size())));
    }
    Ok(())
}

fn is_byte_level(tokenizer: &tokenizers::Tokenizer) -> bool {
    fn decodes(decoder: &DecoderWrapper) -> bool {
        match decoder {
            DecoderWrapper::ByteLevel(_) => true,
            DecoderWrapper::Sequence(all) => all.get_decoders().iter().any(decodes),
            _ => false,
        }
    }
    fn splits(splitter: &PreTokenizerWrapper) -> bool {
        match splitter {
            PreTokenizerWrapper::ByteLevel(_) => true,
            PreTokenizerWrapper::Sequence(all) => all.as_ref().iter().any(splits),
            _ => false,
        }
    }
    tokenizer.get_decoder().is_some_and(decodes)
        || tokenizer.get_pre_tokenizer().is_some_and(splits)
}

/// `<0x0A>` → 10.
fn lone_byte(letters: &str) -> Option<u8> {
    let digits = letters.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// GPT-2's alphabet backwards: printable Latin-1 letters stand for themselves, the other 68
/// bytes are the letters from U+0100 on, in order. A letter outside it keeps its own bytes.
/// Source: openai/gpt-2, encoder.py, `bytes_to_unicode`.
fn byte_of_letter(letter: char) -> Vec<u8> {
    let printable = |byte: u32| matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF);
    let code = letter as u32;
    if printable(code) {
        return vec![code as u8];
    }
    let shifted = code.checked_sub(0x100).map(|index| index as usize);
    match shifted.and_then(|index| (0..256).filter(|&byte| !printable(byte)).nth(index)) {
        Some(byte) => vec![byte as u8],
        None => letter.to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_gpt2_stand_for_bytes() {
        assert_eq!(byte_of_letter('a'), b"a");
        assert_eq!(byte_of_letter('Ġ'), b" ");
        assert_eq!(byte_of_letter('Ċ'), b"\n");
        assert_eq!(byte_of_letter('ÿ'), [255]);
        assert_eq!(byte_of_letter('Ń'), [173]);
        assert_eq!(byte_of_letter('€'), "€".as_bytes());
    }

    #[test]
    fn lone_bytes_are_read_in_hex() {
        assert_eq!(lone_byte("<0x0A>"), Some(10));
        assert_eq!(lone_byte("<0xFF>"), Some(255));
        assert_eq!(lone_byte("<0xFFF>"), None);
        assert_eq!(lone_byte("<s>"), None);
    }
}
