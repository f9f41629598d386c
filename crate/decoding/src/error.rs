//! Everything that can go wrong while decoding, each as a sentence for the person who can act.

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no method is called {id:?}; the methods are: {known}")]
    UnknownMethod { id: String, known: String },
    #[error("the prompt is empty: type at least one word for the model to continue")]
    EmptyPrompt,
    #[error(
        "the prompt has {tokens} tokens, but the model {model:?} reads at most {context_len}: \
         shorten it to leave room for an answer"
    )]
    PromptTooLong { tokens: usize, context_len: usize, model: String },
    #[error("the prompt contains token {token}, but the vocabulary of {model:?} ends at {last}")]
    UnknownToken { token: u32, last: usize, model: String },
    #[error("this method needs a model in the role {role:?}, and none is loaded")]
    MissingModel { role: String },
    #[error("this method needs n-gram tables, and none are loaded beside the target model")]
    MissingNgrams,
    #[error("the n-gram tables cannot be read: {reason}")]
    Ngrams { reason: String },
    #[error("the tokenizers of {target:?} and {other:?} differ: {detail}; both must share one")]
    VocabularyMismatch { target: String, other: String, detail: String },
    #[error("parameters of {method:?}: {reason}")]
    Params { method: String, reason: String },
    #[error("the method {method:?} reads one prompt at a time, and was given {prompts}")]
    OnePrompt { method: String, prompts: usize },
    #[error("the model {model:?} gave a score that is not a number at node {node}")]
    NotANumber { model: String, node: u32 },
    #[error("the model {model:?} cannot do this: {what}")]
    Unsupported { model: String, what: String },
    #[error("the model {model:?} has room for {slots} positions and this pass needs more")]
    OutOfSlots { model: String, slots: usize },
    #[error("{0}")]
    Model(String),
    #[error("the trace is not valid at {path}: {reason}")]
    Trace { path: String, reason: String },
}

impl Error {
    /// A short name that scripts can compare, the same on every platform.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownMethod { .. } => "unknown_method",
            Self::EmptyPrompt => "empty_prompt",
            Self::PromptTooLong { .. } => "prompt_too_long",
            Self::UnknownToken { .. } => "unknown_token",
            Self::MissingModel { .. } => "missing_model",
            Self::MissingNgrams => "missing_ngrams",
            Self::Ngrams { .. } => "ngrams",
            Self::VocabularyMismatch { .. } => "vocabulary_mismatch",
            Self::Params { .. } => "params",
            Self::OnePrompt { .. } => "one_prompt",
            Self::NotANumber { .. } => "not_a_number",
            Self::Unsupported { .. } => "unsupported",
            Self::OutOfSlots { .. } => "out_of_slots",
            Self::Model(_) => "model",
            Self::Trace { .. } => "trace",
        }
    }
}
