use super::*;
use crate::{
    Error, Forest, TokenId,
    model::{LanguageModel, LocalFuture, ModelInfo, Scores, Variant},
    run::{Decoding, Request},
    session::Models,
    toy::{self, Toy},
    trace::{Event, Trace},
    trial::{Trial, distance_from_t4},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

fn trace(params: Value, seed: u32, max_new_tokens: u32, models: &mut Models) -> Trace {
    let request =
        Request { method: "swift".into(), params, prompt: vec![3, 0], seed, max_new_tokens };
    let mut decoding = Decoding::start(request, models).expect("valid");
    block_on(decoding.finish(models)).expect("toys do not fail");
    decoding.trace(models)
}

fn plain(max_new_tokens: u32, models: &mut Models) -> Vec<TokenId> {
    let (method, params) = ("basic-sampling".into(), json!({"temperature": 0.0}));
    let request = Request { method, params, prompt: vec![3, 0], seed: 1, max_new_tokens };
    let mut decoding = Decoding::start(request, models).expect("valid");
    block_on(decoding.finish(models)).expect("toys do not fail");
    decoding.tokens()
}

/// Rows of a table of the trace, event by event.
fn rows(trace: &Trace, table: &str) -> Vec<Vec<Cell>> {
    let of = |event: &Event| match event {
        Event::Table { name, rows, .. } if name == table => rows.clone(),
        _ => Vec::new(),
    };
    trace.events.iter().flat_map(of).collect()
}

fn number(cell: &Cell) -> f32 {
    match cell {
        Cell::Number(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

#[test]
fn skipping_changes_speed_not_greedy_text() {
    for seed in 0..6 {
        for skipped in [Toy::random(12, seed, 2.0), Toy::random(12, seed + 9, 6.0)] {
            let target = Toy::random(12, seed, 6.0).with_end(11).with_skipped(skipped);
            let mut models = Models::new(target);
            let want = plain(120, &mut models);
            for params in [json!({}), json!({"gamma": 3, "rho": 0.45, "window": 8})] {
                assert_eq!(trace(params, 1, 120, &mut models).tokens, want);
            }
        }
    }
}

#[test]
fn sampled_text_has_the_targets_law() {
    let target = toy::t4_target().with_skipped(toy::t4_draft());
    let mut trial = Trial::new(&[0], 3, Models::new(target));
    for stop_threshold in [0.0, 0.35] {
        let params = Params { stop_threshold, temperature: 1.0, ..Params::default() };
        let tv = distance_from_t4(20_000, |seed| {
            let mut method = Swift::new(params.clone()).expect("valid");
            trial.finish(seed, |session| block_on(Method::step(&mut method, session)))
        });
        assert!(tv < 0.035, "{tv}");
    }
}

#[test]
fn a_draft_that_skips_nothing_is_always_right() {
    let mut models = Models::new(Toy::random(12, 3, 3.0));
    for temperature in [0.0, 1.0] {
        let params = json!({"rho": 0.0, "temperature": temperature});
        let trace = trace(params, 1, 100, &mut models);
        let judged = |event: &Event| match event {
            Event::Judge { accepted, .. } => Some(*accepted),
            _ => None,
        };
        let judged: Vec<_> = trace.events.iter().filter_map(judged).collect();
        assert!(!judged.is_empty() && judged.iter().all(|&accepted| accepted));
    }
}

#[test]
fn a_network_that_needs_no_middle_layers_is_found_out_at_once() {
    let mut models = Models::new(Toy::random(12, 3, 6.0));
    let trace = trace(json!({}), 1, 60, &mut models);
    let tries = rows(&trace, "matchness");
    assert_eq!(tries.len(), 1, "good enough at the first try");
    assert_eq!((number(&tries[0][2]), number(&tries[0][3])), (1.0, 1.0));
}

#[test]
fn skipping_nothing_guesses_every_token_of_a_greedy_text() {
    let target = Toy::random(12, 3, 6.0).with_skipped(Toy::random(12, 8, 6.0));
    let mut trial = Trial::new(&[3, 0], 40, Models::new(target));
    let mut method = Swift::new(Params::default()).expect("valid");
    trial.finish(1, |session| block_on(Method::step(&mut method, session)));
    let mut session = trial.step();
    for window in [1, 8, 32] {
        assert_eq!(block_on(guessed(&mut session, 0, window)).expect("toys do not fail"), window);
    }
    let some = block_on(guessed(&mut session, 0b11, 32)).expect("toys do not fail");
    assert!(some < 32, "a network with other layers guesses {some}");
}

/// A network in which each skipped block costs something else: the best sets are known.
struct Layered {
    full: Toy,
    skipped: Toy,
    keys: Rc<RefCell<BTreeSet<(Variant, NodeId)>>>,
    /// Variant passes over more than one node, with the keys before and after.
    tries: Rc<RefCell<usize>>,
}

impl LanguageModel for Layered {
    fn info(&self) -> &ModelInfo {
        self.full.info()
    }

    fn forward<'a>(
        &'a mut self,
        forest: &'a Forest,
        nodes: &'a [NodeId],
        ask: &'a Ask,
    ) -> LocalFuture<'a, Result<Scores, Error>> {
        Box::pin(async move {
            // Attention 2 and feed-forward 4 do nothing; all other blocks matter.
            let harmless = Variant { skip_attention: vec![2], skip_mlp: vec![4] };
            let exact = ask.variant.is_full() || ask.variant == harmless;
            let before: BTreeSet<_> = self.full.keys().cloned().collect();
            let scores = self.full.forward(forest, nodes, ask).await?;
            *self.keys.borrow_mut() = self.full.keys().cloned().collect();
            if !ask.variant.is_full() && nodes.len() > 1 {
                assert_eq!(*self.keys.borrow(), before, "a try leaves the keys as they were");
                *self.tries.borrow_mut() += 1;
            }
            if exact { Ok(scores) } else { self.skipped.forward(forest, nodes, ask).await }
        })
    }

    fn retain(&mut self, keep: &[NodeId]) -> Result<(), Error> {
        self.full.retain(keep)?;
        self.skipped.retain(keep)
    }

    fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        self.full.token_bytes(token)
    }
}

#[test]
fn the_search_finds_the_blocks_that_do_nothing_and_leaves_no_keys_behind() {
    let (keys, tries) = (Rc::default(), Rc::new(RefCell::new(0)));
    let (full, skipped) = (Toy::random(40, 3, 4.0), Toy::random(40, 4, 4.0));
    let model = Layered { full, skipped, keys: Rc::clone(&keys), tries: Rc::clone(&tries) };
    let mut models = Models::new(model);
    let want = plain(300, &mut models);
    let trace = trace(json!({"window": 8}), 1, 300, &mut models);
    assert_eq!(trace.tokens, want, "the sets change, the text does not");
    let adopted: Vec<_> =
        rows(&trace, "matchness").into_iter().filter(|row| number(&row[3]) == 1.0).collect();
    let last = adopted.last().expect("a set was adopted");
    assert_eq!(last[1], Cell::Text("attention 2, feed-forward 4".into()));
    assert!(adopted.windows(2).all(|it| number(&it[0][2]) < number(&it[1][2])));
    assert!(*tries.borrow() > 1, "{}", tries.borrow());
    // Keys of the skipped network stay only where the full one has none.
    let keys: &BTreeSet<(Variant, NodeId)> = &keys.borrow();
    for (variant, node) in keys.iter().filter(|it| !it.0.is_full()) {
        assert!(!keys.contains(&(Variant::full(), *node)), "{variant:?} {node:?}");
    }
    let table = rows(&trace, "layers");
    let skipped: Vec<_> =
        table[table.len() - 16..].iter().filter(|row| number(&row[1]) == 1.0).collect();
    assert_eq!(
        skipped.iter().map(|row| row[0].clone()).collect::<Vec<_>>(),
        [Cell::Text("attention 2".into()), Cell::Text("feed-forward 4".into())]
    );
}

#[test]
fn trying_sets_changes_no_draw() {
    // The same drafts with and without the search, as far as the first adopted set goes: here
    // every set is the same network, so the whole text must agree.
    let mut models = Models::new(Toy::random(12, 3, 3.0).with_skipped(Toy::random(12, 8, 3.0)));
    let with = trace(json!({"temperature": 1.0, "window": 8}), 5, 150, &mut models);
    let params = json!({"temperature": 1.0, "window": 8, "optimisation_steps": 0});
    let without = trace(params, 5, 150, &mut models);
    assert!(rows(&with, "matchness").len() > 5 && rows(&without, "matchness").is_empty());
    assert_eq!(with.tokens, without.tokens);
}

#[test]
fn the_empty_set_guesses_its_own_greedy_text_whole() {
    let mut trial = Trial::new(&[3], 24, Models::new(Toy::random(12, 3, 6.0)));
    let mut method = Swift::new(Params::default()).expect("valid");
    let text = trial.finish(1, |session| block_on(Method::step(&mut method, session)));
    assert_eq!(text.len(), 24);
    let right = block_on(guessed(&mut trial.step(), 0, 20)).expect("toys do not fail");
    assert_eq!(right, 20, "a matchness of 1");
}

/// A network that says something else for every set of skipped blocks.
struct Fickle {
    full: Toy,
    others: [Toy; 4],
}

impl LanguageModel for Fickle {
    fn info(&self) -> &ModelInfo {
        self.full.info()
    }

    fn forward<'a>(
        &'a mut self,
        forest: &'a Forest,
        nodes: &'a [NodeId],
        ask: &'a Ask,
    ) -> LocalFuture<'a, Result<Scores, Error>> {
        let Variant { skip_attention, skip_mlp } = &ask.variant;
        let sum: u32 = skip_attention.iter().chain(skip_mlp).sum();
        match ask.variant.is_full() {
            true => self.full.forward(forest, nodes, ask),
            false => self.others[sum as usize % 4].forward(forest, nodes, ask),
        }
    }

    fn retain(&mut self, keep: &[NodeId]) -> Result<(), Error> {
        self.others.iter_mut().try_for_each(|it| it.retain(keep))?;
        self.full.retain(keep)
    }

    fn token_bytes(&self, token: TokenId) -> Vec<u8> {
        self.full.token_bytes(token)
    }
}

#[test]
fn greedy_text_stays_the_same_while_the_set_changes_every_round() {
    for seed in 0..8 {
        let others = [20, 21, 22, 23].map(|it| Toy::random(12, seed + it, 6.0));
        let mut models = Models::new(Fickle { full: Toy::random(12, seed, 6.0), others });
        let want = plain(80, &mut models);
        let mut trial = Trial::new(&[3, 0], 80, models);
        let mut method = Swift::new(Params { rho: 0.45, ..Params::default() }).expect("valid");
        let mut round = 0u32;
        let text = trial.finish(1, |session| {
            round += 1;
            // Five blocks of twelve, others in each round.
            let set =
                (0..12).filter(|it| (it * 7 + round) % 12 < 5).fold(0, |set, it| set | 1 << it);
            method.speculation.drafter.variant = skip_search::variant(set);
            block_on(method.speculation.round(session))
        });
        assert_eq!(text, want);
        assert!(round > 3, "several sets were in use");
    }
}
