#![doc = include_str!("fastcot.md")]

use crate::{
    Result,
    drafter::{Init, Jacobi as Guesses, Place},
    filter::Pipeline,
    method::{Family, Info, Lossless, Method, Progress},
    session::{Proposal, Session},
    speculate::{Lines, Speculation},
    trace::Cell,
    tree::TokenId,
    verifier::SampleMatch,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Words that ask for the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The answer follows the rationale without a word between them.
    None,
    /// “ In the end,”
    #[default]
    InTheEnd,
    /// “ So”
    So,
    /// “ The answer is”
    TheAnswerIs,
}

impl Trigger {
    fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::InTheEnd => " In the end,",
            Self::So => " So",
            Self::TheAnswerIs => " The answer is",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// c₀: positions that the first pass reads, its exact one included. 1 is plain decoding.
    #[schemars(range(min = 1, max = 64))]
    pub c0: u32,
    /// The window narrows from c₀ to this.
    #[schemars(range(min = 1, max = 64))]
    pub c_min: u32,
    /// Tokens that a rationale usually takes; it is never longer.
    #[schemars(range(min = 1, max = 256))]
    pub rationale: u32,
    /// K, passes until the answer is asked for, as a share of the rationale's tokens. 1 waits for
    /// the whole rationale.
    #[schemars(range(min = 0.05, max = 1.0))]
    pub share: f32,
    /// Words that ask for the answer.
    pub trigger: Trigger,
    /// What a position holds when it enters the window.
    pub init: Init,
    /// Of the target; 0 is greedy.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: f32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            c0: 16,
            c_min: 4,
            rationale: 24,
            share: 0.6,
            trigger: Trigger::default(),
            init: Init::Prompt,
            temperature: 0.0,
        }
    }
}

impl Params {
    /// K: passes of the rationale, at most.
    fn passes(&self) -> u32 {
        ((self.share * self.rationale as f32).round() as u32).max(1)
    }

    /// c_k: positions that pass `k` (from 0) reads.
    fn window(&self, k: u32) -> u32 {
        // In whole numbers, because 1 − k/K is not exact in binary.
        let (all, left) = (self.passes(), self.passes().saturating_sub(k));
        (self.c0 * left).div_ceil(all).max(self.c_min)
    }
}

const RATIONALE: Lines = Lines { draft: 1, verify: 2, judge: 3, emit: 3 };
const ASK: u32 = 5;
const ANSWER: Lines = Lines { draft: 6, verify: 6, judge: 6, emit: 6 };

pub struct FastCot {
    params: Params,
    round: Speculation<Guesses, SampleMatch>,
    /// Passes of the rationale so far; `None` once the answer was asked for.
    passes: Option<u32>,
    /// The trigger in the target's tokens; `None` before the first pass.
    trigger: Option<Vec<TokenId>>,
}

impl Method for FastCot {
    const INFO: Info = Info {
        id: "fastcot",
        title: "FastCoT",
        family: Family::Parallel,
        lossless: Lossless::No,
        needs: &[],
        source: "Zhang et al. 2023, Fast Chain-of-Thought: A Glimpse of Future from Parallel Decoding Leads to Answers Faster, arXiv:2311.08263",
        page: include_str!("fastcot.md"),
    };
    type Params = Params;

    fn new(params: Params) -> Result<Self> {
        let pipeline = || Pipeline::temperature(params.temperature);
        let mut drafter = Guesses::new(0, params.init, pipeline(), 4);
        drafter.sliding = true;
        let round =
            Speculation { drafter, verifier: SampleMatch, pipeline: pipeline(), lines: RATIONALE };
        Ok(Self { params, round, passes: Some(0), trigger: None })
    }

    async fn step(&mut self, session: &mut Session<'_>) -> Result<Progress> {
        let Some(passes) = self.passes else {
            return self.round.round(session).await;
        };
        session.line(RATIONALE.draft);
        let left = self.params.rationale - session.generated(session.head());
        let window = self.params.window(passes).min(left);
        self.round.drafter.block_len = window - 1;
        self.round.drafter.reach(session);
        let progress = self.round.round(session).await?;
        self.passes = Some(passes + 1);
        if self.trigger.is_none() {
            self.trigger = Some(spell(session, self.params.trigger.text()));
        }
        match self.ending(session) {
            Some(ending) if progress == Progress::Continue => {
                Ok(self.ask(session, passes + 1, ending))
            }
            _ => Ok(progress),
        }
    }
}

/// How the rationale ends: open guesses that are taken into it as they stand, and what is
/// written after them.
struct Ending {
    taken: usize,
    trigger: Vec<TokenId>,
}

impl FastCot {
    /// `None` while the rationale goes on.
    fn ending(&self, session: &Session<'_>) -> Option<Ending> {
        let trigger = self.trigger.clone().unwrap_or_default();
        let exact = session.tokens().split_off(session.prompt_len() as usize);
        // Whoever waits for the whole rationale looks at nothing approximate.
        let patient = self.params.passes() >= self.params.rationale;
        let open = if patient { &[] } else { self.round.drafter.open() };
        let text = [&exact, open].concat();
        // The model asks by itself: the answer follows its words.
        let asked = |at: &[TokenId]| !trigger.is_empty() && at == trigger;
        if let Some(start) = text.windows(trigger.len().max(1)).position(asked) {
            let taken = (start + trigger.len()).saturating_sub(exact.len());
            return Some(Ending { taken, trigger: Vec::new() });
        }
        let end = open.iter().position(|&token| session.ends(token));
        let late = self.passes >= Some(self.params.passes());
        let whole = exact.len() as u32 >= self.params.rationale;
        (end.is_some() || late || whole)
            .then(|| Ending { taken: end.unwrap_or(open.len()), trigger })
    }

    /// Takes the open guesses for text, unproved, and asks for the answer.
    fn ask(&mut self, session: &mut Session<'_>, passes: u32, ending: Ending) -> Progress {
        session.line(ASK);
        let exact = session.generated(session.head());
        let room = session.room() as usize;
        let taken = self.round.drafter.open()[..ending.taken].iter();
        let approximate = taken.map(|&token| (token, Place::Approximate));
        let given = ending.trigger.iter().map(|&token| (token, Place::Given));
        let tokens: Vec<_> = approximate.chain(given).take(room).collect();
        self.round.drafter.close(session, &tokens);
        self.passes = None;
        self.round.drafter.block_len = 0;
        self.round.lines = ANSWER;
        let rationale = exact + ending.taken as u32;
        let values = [
            ("exact", Cell::Number(exact as f32)),
            ("approximate", Cell::Number(ending.taken as f32)),
            ("passes", Cell::Number(passes as f32)),
            ("saved", Cell::Number(rationale.saturating_sub(passes) as f32)),
        ];
        session.note(
            "asked",
            "The answer is asked for after {exact} exact tokens and {approximate} that nothing \
             proves: {passes} passes, {saved} fewer than plain decoding takes for as many.",
            &values,
        );
        let mut at = session.head();
        for (token, place) in tokens {
            at = session.grow(at, token, Proposal::by(place.name()));
        }
        session.commit(at)
    }
}

/// The tokens that spell `text`, always the longest that fits; none where the vocabulary cannot.
fn spell(session: &Session<'_>, text: &str) -> Vec<TokenId> {
    let vocabulary = session.target_info().vocab_size as TokenId;
    let mut left = text.as_bytes();
    let mut tokens = Vec::new();
    while !left.is_empty() {
        let fits = |(_, bytes): &(TokenId, Vec<u8>)| !bytes.is_empty() && left.starts_with(bytes);
        let all = (0..vocabulary).rev().map(|token| (token, session.token_bytes(token)));
        // Of equally long ones the last, which is the lowest id.
        let Some((token, bytes)) = all.filter(fits).max_by_key(|it| it.1.len()) else {
            return Vec::new();
        };
        left = &left[bytes.len()..];
        tokens.push(token);
    }
    tokens
}
