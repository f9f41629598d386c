use super::*;
use crate::{
    filter::Filter,
    run::{Decoding, Request},
    session::Models,
    toy::{self, T4_P, T4_Q, Toy},
    trace::{Event, Trace},
    trial::{Trial, distance_from_t4, three_tokens_of_t4},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap};

fn trace(method: &str, params: Value, seed: u32, models: &mut Models) -> Trace {
    let (method, prompt) = (method.into(), vec![0]);
    let request = Request { method, params, prompt, seed, max_new_tokens: 40 };
    let mut decoding = Decoding::start(request, models).expect("valid");
    block_on(decoding.finish(models)).expect("toys do not fail");
    decoding.trace(models)
}

fn scd(params: Value, seed: u32, models: &mut Models) -> Trace {
    trace("speculative-contrastive", params, seed, models)
}

fn t4() -> Models {
    Models::new(toy::t4_target()).with(DRAFT, toy::t4_draft())
}

/// The contrast of two rows, as the filter has it.
fn contrast(p: &[f32], q: &[f32]) -> Vec<f32> {
    let (forest, head) = toy::forest(&[0]);
    let amateur: Rc<[f32]> = q.iter().map(|q| q.ln()).collect();
    let amateur = Rc::new(RefCell::new(BTreeMap::from([(head, amateur)])));
    let mut scores: Vec<f32> = p.iter().map(|p| p.ln()).collect();
    Contrast { alpha: 0.1, beta: 0.5, amateur }.apply(&forest, head, &mut scores);
    row::softmax(&scores)
}

#[test]
fn texts_have_the_law_of_the_contrast_and_not_the_experts() {
    let rows: Vec<Vec<f32>> = T4_P.iter().zip(T4_Q).map(|(p, q)| contrast(p, q)).collect();
    let p = |last: usize, next: usize| f64::from(rows[last][next]);
    let want: Vec<f64> =
        (0..64).map(|i| p(0, i / 16) * p(i / 16, i / 4 % 4) * p(i / 4 % 4, i % 4)).collect();
    let mut trial = Trial::new(&[0], 3, t4());
    let mut counts = [0u32; 64];
    let n = 20_000;
    let params = Params { temperature: 1.0, ..Params::default() };
    for seed in 0..n {
        let mut method = SpeculativeContrastive::new(params.clone()).expect("valid");
        let text = trial.finish(seed, |session| block_on(Method::step(&mut method, session)));
        counts[(text[0] * 16 + text[1] * 4 + text[2]) as usize] += 1;
    }
    let distance = |want: &[f64]| {
        let of = |it: (&u32, &f64)| (f64::from(*it.0) / f64::from(n) - it.1).abs();
        counts.iter().zip(want).map(of).sum::<f64>() / 2.0
    };
    assert!(distance(&want) < 0.035, "{}", distance(&want));
    // The card has .170 from the expert.
    let far = distance(&three_tokens_of_t4());
    assert!((far - 0.170).abs() < 0.02, "{far}");
}

#[test]
fn without_contrast_it_is_speculative_decoding_token_for_token() {
    for seed in 0..40 {
        let plain = json!({"gamma": 4, "temperature": 1.0});
        let plain = trace("speculative-decoding", plain, seed, &mut t4()).tokens;
        let params = json!({"gamma": 4, "temperature": 1.0, "alpha": 0.0, "beta": 0.0});
        assert_eq!(scd(params, seed, &mut t4()).tokens, plain);
    }
}

#[test]
fn without_contrast_texts_have_the_experts_law() {
    let mut trial = Trial::new(&[0], 3, t4());
    let params = Params { alpha: 0.0, beta: 0.0, temperature: 1.0, ..Params::default() };
    let tv = distance_from_t4(20_000, |seed| {
        let mut method = SpeculativeContrastive::new(params.clone()).expect("valid");
        trial.finish(seed, |session| block_on(Method::step(&mut method, session)))
    });
    assert!(tv < 0.035, "{tv}");
}

#[test]
fn greedy_text_is_the_best_token_of_the_contrast_whoever_guesses() {
    for seed in 0..8 {
        let models = || {
            let target = Toy::random(12, seed, 6.0).with_end(11);
            Models::new(target).with(DRAFT, Toy::random(12, seed + 50, 3.0))
        };
        // Guessing one token or many gives the same text.
        let texts = [1, 4, 16]
            .map(|gamma| scd(json!({"gamma": gamma, "temperature": 0.0}), 1, &mut models()).tokens);
        assert!(texts[0] == texts[1] && texts[1] == texts[2]);
        let plain = trace("basic-sampling", json!({"temperature": 0.0}), 1, &mut models()).tokens;
        let params = json!({"temperature": 0.0, "alpha": 0.0, "beta": 0.0});
        assert_eq!(scd(params, 1, &mut models()).tokens, plain);
    }
}

/// Passes of a role.
fn passes(trace: &Trace, role: &str) -> usize {
    let of = |it: &&Event| matches!(it, Event::Score { role: it, .. } if it == role);
    trace.events.iter().filter(of).count()
}

#[test]
fn the_amateur_passes_once_more_where_all_guesses_are_kept() {
    let models = || Models::new(toy::t4_target()).with(DRAFT, toy::t4_target());
    let params = json!({"gamma": 4, "temperature": 1.0, "alpha": 0.0, "beta": 0.0});
    // Five tokens a round, eight rounds, and one pass more in each.
    let trace = scd(params, 3, &mut models());
    assert_eq!((passes(&trace, "target"), passes(&trace, DRAFT)), (8, 40));
    assert_eq!(trace.tokens.len(), 40);
}

#[test]
fn the_cards_speed_up_follows_from_the_steps() {
    // Every row accepts with λ = .8, so rounds are alike: γ = 4, and a pass of the amateur costs .1.
    let rows = |row: &'static [f32]| Toy::first_order("alike", &[row; 4]);
    let mut models = Models::new(rows(T4_P[0])).with(DRAFT, rows(T4_Q[0]));
    let (mut tokens, mut target, mut draft) = (0, 0, 0);
    for seed in 0..200 {
        let params = json!({"gamma": 4, "temperature": 1.0, "alpha": 0.0, "beta": 0.0});
        let (method, prompt) = ("speculative-contrastive".into(), vec![0]);
        let request = Request { method, params, prompt, seed, max_new_tokens: 400 };
        let mut decoding = Decoding::start(request, &mut models).expect("valid");
        // The last rounds of a text are cut short: leave them out.
        while decoding.tokens().len() < 390 {
            block_on(decoding.step(&mut models)).expect("toys do not fail");
        }
        let trace = decoding.trace(&models);
        tokens += trace.tokens.len();
        target += passes(&trace, "target");
        draft += passes(&trace, DRAFT);
    }
    let speed_up = tokens as f64 / (target as f64 + 0.1 * draft as f64);
    assert!((speed_up - 2.333).abs() < 0.02, "{speed_up}");
    // As the formula counts them: γ passes a round, and λ^γ more.
    let each = draft as f64 / target as f64;
    assert!((each - (4.0 + 0.8f64.powi(4))).abs() < 0.02, "{each}");
}

#[test]
fn guesses_lost_to_the_contrast_are_counted() {
    let params = json!({"temperature": 1.0});
    let mut lost = 0;
    for seed in 0..20 {
        let trace = scd(params.clone(), seed, &mut t4());
        let said = |it: &&Event| matches!(it, Event::Note { id, .. } if id == "lost_to_contrast");
        let notes = trace.events.iter().filter(said).count();
        let counted = trace.events.iter().rev().find_map(|event| match event {
            Event::Table { name, rows, .. } if name == "guesses" => Some(rows[0][3].clone()),
            _ => None,
        });
        assert_eq!(counted, Some(Cell::Number(notes as f32)));
        lost += notes;
    }
    assert!(lost > 20, "{lost}");
    // Without the contrast nothing can be lost to it.
    let none = json!({"temperature": 1.0, "alpha": 0.0, "beta": 0.0});
    let trace = scd(none, 1, &mut t4());
    assert!(
        !trace
            .events
            .iter()
            .any(|it| matches!(it, Event::Note { id, .. } if id == "lost_to_contrast"))
    );
}
