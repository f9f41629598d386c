//! A draft model that guesses in phrases: it runs lookahead decoding of its own, and its draft is
//! prolonged by whole phrases of the same pool, which the target corrects in turn.
//! Source: Zhao et al. 2024 (Ouroboros), arXiv:2402.13720.

use super::{Drafter, Pool, Verdict, Window};
use crate::{
    Result,
    model::Ask,
    row,
    session::{DRAFT, Proposal, Session},
    trace::Cell,
    tree::*,
};

pub struct Phrases {
    /// γ: the draft model goes on until it has drafted as many tokens.
    pub draft_len: usize,
    /// K: phrases that prolong the draft.
    pub suffixes: usize,
    /// Whether the n-grams of the prompt open the pool.
    pub pool_from_prompt: bool,
    /// Lines of the pseudo-code: a pass of the draft, what it drafts, the suffixes, the learning.
    pub lines: [u32; 4],
    /// ℓ: tokens of a phrase and its key.
    ngram_len: usize,
    pool: Pool,
    /// `None`: the draft model decodes one token a pass.
    window: Option<Window>,
    begun: bool,
    /// This round's draft, without its suffixes.
    chain: Vec<NodeId>,
    /// The phrases tried after it, and their nodes.
    tried: Vec<Vec<TokenId>>,
    grown: Vec<NodeId>,
}

impl Phrases {
    /// `width`: W, columns of the window, 0 for none; `per_key`: G, phrases kept per token.
    pub fn new(ngram_len: usize, width: usize, per_key: usize) -> Self {
        Self {
            draft_len: 4,
            suffixes: 2,
            pool_from_prompt: false,
            lines: [2, 3, 4, 8],
            ngram_len,
            pool: Pool::new(per_key),
            window: (width > 0).then(|| Window::new(ngram_len, width)),
            begun: false,
            chain: Vec::new(),
            tried: Vec::new(),
            grown: Vec::new(),
        }
    }

    fn begin(&mut self, session: &mut Session<'_>) {
        self.begun = true;
        if let Some(window) = &mut self.window {
            window.begin(session, session.head());
        }
        if self.pool_from_prompt {
            self.pool.insert_all(&session.tokens(), self.ngram_len);
            self.pool.show(session);
        }
    }

    /// One pass of the draft model below `tip`: prolongs the chain by at least one token and at
    /// most `room`.
    async fn pass(&mut self, session: &mut Session<'_>, tip: NodeId, room: usize) -> Result<()> {
        session.line(self.lines[0]);
        let (guesses, _) = self.pool.grow(session, tip, usize::MAX, room - 1);
        let context_len = session.info(DRAFT)?.context_len;
        let window = self.window.as_mut().map(|it| it.grow(session, tip, context_len));
        let mut asked = vec![tip];
        asked.extend(&guesses);
        let judged = asked.len();
        asked.extend(window.unwrap_or_default());
        let scores = session.score(DRAFT, &asked, &Ask::rows()).await?;
        session.line(self.lines[1]);
        let (mut at, mut kept) = (tip, Vec::new());
        loop {
            let index = asked.iter().position(|&it| it == at).expect("it was asked for");
            let best = row::arg_max(scores.row(index));
            let forest = session.forest();
            let says = |it: &&NodeId| {
                forest[**it].parent == Some(at) && forest[**it].token() == Some(best)
            };
            let Some(&next) = guesses.iter().find(says) else {
                let log_prob = scores.row(index)[best as usize];
                kept.push(session.grow(at, best, Proposal::by("draft").with_log_prob(log_prob)));
                break;
            };
            kept.push(next);
            at = next;
            if session.ends(best) {
                break;
            }
        }
        let last = token(session, tip);
        let tokens: Vec<_> = kept.iter().map(|&it| token(session, it)).collect();
        self.pool.begin_pass();
        self.pool.hit(last, &tokens);
        if let Some(window) = self.window.as_mut().filter(|it| it.is_grown()) {
            let newest = window.newest(|index| scores.row(judged + index));
            for (key, phrase, column) in window.diagonals(last, &newest) {
                self.pool.insert(key, phrase, Some(column));
            }
            window.shift(newest);
            window.prune(session);
        }
        let refused: Vec<_> = guesses.into_iter().filter(|it| !kept.contains(it)).collect();
        session.prune(&refused, "the draft says otherwise");
        self.chain.extend(kept);
        Ok(())
    }

    /// Hangs the latest phrases that follow the draft's last token below it.
    fn prolong(&mut self, session: &mut Session<'_>, tip: NodeId, room: usize) {
        session.line(self.lines[2]);
        let key = token(session, tip);
        self.tried = self.pool.phrases(key).take(self.suffixes).map(<[TokenId]>::to_vec).collect();
        self.grown = self.pool.grow(session, tip, self.suffixes, room).0;
    }

    /// What the target says after draft token `index`, as long as the draft agrees: a phrase of
    /// full length, or nothing.
    fn said_after(
        &self,
        index: usize,
        said: &[TokenId],
        draft: &[TokenId],
    ) -> Option<Vec<TokenId>> {
        let len = self.ngram_len - 1;
        let agreed = (index + 1..draft.len()).take_while(|&at| draft[at] == said[at - 1]).count();
        (agreed + 1 >= len).then(|| said[index..index + len].to_vec())
    }

    /// The target's predictions in the place of a phrase's tokens; `None` where the phrase was
    /// not grown whole.
    fn rewritten(
        &self,
        session: &Session<'_>,
        tip: NodeId,
        phrase: &[TokenId],
        said: impl Fn(NodeId) -> TokenId,
    ) -> Option<Vec<TokenId>> {
        let forest = session.forest();
        let (mut at, mut new) = (tip, Vec::new());
        for &token in phrase {
            new.push(said(at));
            let is = |it: &&NodeId| {
                forest[**it].parent == Some(at) && forest[**it].token() == Some(token)
            };
            at = *self.grown.iter().find(is)?;
        }
        Some(new)
    }
}

fn token(session: &Session<'_>, node: NodeId) -> TokenId {
    session.forest()[node].token().expect("texts are tokens")
}

impl Drafter for Phrases {
    async fn draft(&mut self, session: &mut Session<'_>) -> Result<Vec<NodeId>> {
        if !self.begun {
            self.begin(session);
        }
        self.chain.clear();
        self.tried.clear();
        self.grown.clear();
        let room = session.room().saturating_sub(1) as usize;
        let (mut tip, mut passes, mut ended) = (session.head(), 0, false);
        while self.chain.len() < self.draft_len.min(room) && !ended {
            self.pass(session, tip, room - self.chain.len()).await?;
            tip = *self.chain.last().expect("a pass drafts a token");
            ended = session.ends(token(session, tip));
            passes += 1;
        }
        self.pool.show(session);
        if passes == 0 {
            return Ok(Vec::new());
        }
        if !ended {
            self.prolong(session, tip, room - self.chain.len());
        }
        let drafted = self.chain.iter().map(|&it| token(session, it)).collect();
        session.note(
            "phrases_drafted",
            "The draft model wrote {draft}; passes: {passes}. Phrases of the pool that prolong it: \
             {suffixes}.",
            &[
                ("draft", Cell::Tokens(drafted)),
                ("passes", Cell::Number(passes as f32)),
                ("suffixes", Cell::Number(self.tried.len() as f32)),
            ],
        );
        Ok([self.chain.clone(), self.grown.clone()].concat())
    }

    fn observe(&mut self, session: &mut Session<'_>, verdict: &Verdict<'_>) {
        session.line(self.lines[3]);
        let said = |node: NodeId| {
            let index = verdict.scored.iter().position(|&it| it == node);
            row::arg_max(verdict.scores.row(index.expect("guesses were scored")))
        };
        let Some(&tip) = self.chain.last() else { return };
        self.pool.begin_pass();
        let draft: Vec<_> = self.chain.iter().map(|&it| token(session, it)).collect();
        let after: Vec<_> = self.chain.iter().map(|&it| said(it)).collect();
        let kept = self.chain.iter().filter(|it| verdict.accepted.contains(it)).count();
        for index in kept..draft.len() {
            if let Some(phrase) = self.said_after(index, &after, &draft) {
                self.pool.insert(draft[index], phrase, None);
            }
        }
        let key = draft[draft.len() - 1];
        if let Some(suffix) = verdict.accepted.get(draft.len()..) {
            let suffix: Vec<_> = suffix.iter().map(|&it| token(session, it)).collect();
            self.pool.hit(key, &suffix);
        }
        for phrase in std::mem::take(&mut self.tried) {
            if let Some(new) = self.rewritten(session, tip, &phrase, said) {
                self.pool.rewrite(key, &phrase, new);
            }
        }
        self.pool.show(session);
    }
}

#[cfg(test)]
mod tests;
