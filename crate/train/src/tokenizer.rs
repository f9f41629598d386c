//! Byte-level BPE: trained on the corpus, or taken from another model's folder.
//! Id 0 is the end token, which closes every text and stands before every prompt.

use crate::{
    error::{Error, Result},
    random,
    recipe::{Recipe, Source, Tokenizer as Choice, TokenizerTraining},
};
use std::path::Path;
use tokenizers::{
    AddedToken, DecoderWrapper, PostProcessorWrapper, PreTokenizerWrapper, Tokenizer,
    TokenizerImpl,
    models::bpe::{BPE, BpeTrainerBuilder},
    normalizers::NormalizerWrapper,
    pre_tokenizers::byte_level::ByteLevel,
    processors::template::TemplateProcessing,
};

/// The end token.
pub const END: u32 = 0;
const END_TEXT: &str = cli::corpus::END;

/// The tokenizer of a recipe; `texts` are the training texts of every source.
pub fn make(recipe: &Recipe, texts: &[Vec<String>]) -> Result<Tokenizer> {
    match &recipe.tokenizer {
        Choice::Folder(it) => read(&it.folder.join("tokenizer.json")),
        Choice::Train(it) => train(it, &recipe.corpus.sources, texts, recipe.seed),
    }
}

/// Reads a `tokenizer.json` and checks that its end token is ours.
pub fn read(path: &Path) -> Result<Tokenizer> {
    let unusable = |reason: String| Error::Tokenizer { path: path.into(), reason };
    let tokenizer = Tokenizer::from_file(path).map_err(|error| unusable(error.to_string()))?;
    if tokenizer.token_to_id(END_TEXT) != Some(END) {
        return Err(unusable(format!("its token {END} is not {END_TEXT}")));
    }
    if tokenizer.get_vocab_size(true) > 1 << 16 {
        return Err(unusable("it has more than 65536 tokens".into()));
    }
    Ok(tokenizer)
}

/// Counts pairs in texts of all sources, each with its share of the bytes.
fn train(
    wanted: &TokenizerTraining,
    sources: &[Source],
    texts: &[Vec<String>],
    seed: u64,
) -> Result<Tokenizer> {
    let total: f64 = sources.iter().map(|it| it.weight).sum();
    let mut sample: Vec<&str> = Vec::new();
    for (index, (source, texts)) in sources.iter().zip(texts).enumerate() {
        let mut left = (wanted.bytes as f64 * source.weight / total) as usize;
        for text in random::order(texts.len(), seed, index as u64) {
            let text = &texts[text];
            if left == 0 {
                break;
            }
            left = left.saturating_sub(text.len());
            sample.push(text);
        }
    }
    let failed = |error: tokenizers::Error| Error::Tokenizer {
        path: "(new)".into(),
        reason: error.to_string(),
    };
    let mut trainer = BpeTrainerBuilder::new()
        .show_progress(false)
        .vocab_size(wanted.vocab_size)
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .special_tokens(vec![AddedToken::from(END_TEXT, true)])
        .build();
    let mut made: TokenizerImpl<
        BPE,
        NormalizerWrapper,
        PreTokenizerWrapper,
        PostProcessorWrapper,
        DecoderWrapper,
    > = TokenizerImpl::new(BPE::default());
    made.with_pre_tokenizer(Some(PreTokenizerWrapper::from(
        ByteLevel::default().add_prefix_space(false),
    )));
    made.with_decoder(Some(DecoderWrapper::from(ByteLevel::default())));
    made.train(&mut trainer, sample.into_iter()).map_err(failed)?;
    let template = TemplateProcessing::builder()
        .try_single(format!("{END_TEXT} $A"))
        .and_then(|it| {
            it.special_tokens(vec![(END_TEXT, END)]).build().map_err(|it| it.to_string())
        })
        .map_err(|it| failed(it.into()))?;
    made.with_post_processor(Some(PostProcessorWrapper::from(template)));
    let json = made.to_string(false).map_err(failed)?;
    Tokenizer::from_bytes(json).map_err(failed)
}
