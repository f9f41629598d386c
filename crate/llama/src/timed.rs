//! A model that notes how long each pass took. The clock comes from outside.

use decoding::{Forest, NodeId, Result, TokenId, model::*};
use std::{cell::RefCell, rc::Rc};

/// Passes everything on to `model` and appends the milliseconds of each forward pass, the wait
/// for its results included, to a list that the caller shares.
pub struct Timed<M> {
    model: M,
    clock: Box<dyn Fn() -> f64>,
    pass_ms: Rc<RefCell<Vec<f32>>>,
}

impl<M: LanguageModel> Timed<M> {
    /// `clock`: milliseconds from any fixed moment.
    pub fn new(
        model: M,
        clock: impl Fn() -> f64 + 'static,
        pass_ms: Rc<RefCell<Vec<f32>>>,
    ) -> Self {
        Self { model, clock: Box::new(clock), pass_ms }
    }

    pub fn inner(&self) -> &M {
        &self.model
    }
}

impl<M: LanguageModel> LanguageModel for Timed<M> {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }

    fn forward<'a>(
        &'a mut self,
        forest: &'a Forest,
        nodes: &'a [NodeId],
        ask: &'a Ask,
    ) -> LocalFuture<'a, Result<Scores>> {
        Box::pin(async move {
            let start = (self.clock)();
            let scores = self.model.forward(forest, nodes, ask).await?;
            self.pass_ms.borrow_mut().push(((self.clock)() - start) as f32);
            Ok(scores)
        })
    }

    fn retain(&mut self, keep: &[NodeId]) -> Result<()> {
        self.model.retain(keep)
    }

    fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        self.model.token_bytes(token)
    }
}
