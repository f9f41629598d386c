//! Token for token what Hugging Face transformers does with the shipped target. What it does is
//! recorded in `tests/parity/expected.json`; the script beside it says how.
//!
//! Two of its rules are not ours and do not occur here: a beam that no continuation can fill is
//! padded there and stays empty here, and a single beam keeps no score there. Coverage is not in
//! transformers: its attention weights are compared, through our sum over them.

use crate::{Stories, root, stories};
use decoding::{
    TokenId,
    filter::*,
    methods,
    model::Ask,
    session::{Models, TARGET},
    toy,
    trace::{Event, Trace},
};
use futures_lite::future::block_on;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};
use tests::{greedy, request, run};

/// Scores and probabilities of two libraries, with sums in another order.
const ROUNDING: f32 = 2e-4;

#[derive(Deserialize)]
struct Expected {
    weights_sha256: String,
    prompts: Vec<Prompt>,
    greedy: Vec<Vec<TokenId>>,
    beams: Vec<Beams>,
    filters: Vec<Filtered>,
    contrastive: Vec<Contrastive>,
}

#[derive(Deserialize)]
struct Prompt {
    text: String,
    ids: Vec<TokenId>,
}

#[derive(Deserialize)]
struct Beams {
    prompt: usize,
    beam_size: u32,
    alpha: f32,
    early_stopping: String,
    max_new_tokens: u32,
    texts: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    tokens: Vec<TokenId>,
    ranked: Option<f32>,
    /// GNMT's sum for β = 1.
    coverage: f32,
}

#[derive(Deserialize)]
struct Filtered {
    prompt: usize,
    params: Value,
    best: Vec<(TokenId, f32)>,
    kept: usize,
    kept_ids_sum: usize,
}

#[derive(Deserialize)]
struct Contrastive {
    prompt: usize,
    alpha: f32,
    k: u32,
    max_new_tokens: u32,
    tokens: Vec<TokenId>,
}

fn expected() -> Expected {
    let file = root().join("tests/parity/expected.json");
    let text = fs::read_to_string(file).expect("the record is there");
    serde_json::from_str(&text).expect("the script writes these fields")
}

/// The shipped target, which must be the recorded one, and the recorded prompts.
fn target(expected: &Expected) -> (Models, &[Prompt]) {
    let plain = methods::find("basic-sampling").expect("it is in the list");
    let texts: Vec<_> = expected.prompts.iter().map(|it| it.text.as_str()).collect();
    let Stories { models, prompts, .. } = stories(plain, &texts);
    let hash = &models.by_role[TARGET].info().hash;
    let advice = "other weights: tests/parity/record.py records them anew";
    assert_eq!(*hash, expected.weights_sha256, "{advice}");
    for (have, want) in prompts.iter().zip(&expected.prompts) {
        assert_eq!(*have, want.ids, "the tokens of {:?}", want.text);
    }
    (models, &expected.prompts)
}

#[test]
fn greedy_texts_are_those_of_transformers() {
    let expected = expected();
    let (mut models, prompts) = target(&expected);
    for (prompt, want) in prompts.iter().zip(&expected.greedy) {
        let have = greedy(&prompt.ids, 64, &mut models);
        assert_eq!(have, *want, "after {:?}", prompt.text);
    }
}

/// The finished texts, best first, each with its sum and its rank.
fn finished(trace: &Trace) -> Vec<(Vec<TokenId>, f32, f32)> {
    let mut ends = BTreeMap::new();
    let mut answer = None;
    for event in &trace.events {
        match event {
            Event::Finish { node, score: Some(score), ranked: Some(ranked), .. } => {
                ends.insert(*node, (*score, *ranked));
            }
            Event::Commit { head, .. } => answer = Some(*head),
            _ => {}
        }
    }
    let answer = answer.expect("a search names its answer");
    let nodes = trace.outputs.iter().map(|it| (it.node, &it.tokens));
    let all = [(answer, &trace.tokens)].into_iter().chain(nodes);
    all.map(|(node, tokens)| (tokens.clone(), ends[&node].0, ends[&node].1)).collect()
}

#[test]
fn beams_are_those_of_transformers() {
    let expected = expected();
    let (mut models, prompts) = target(&expected);
    for beams in &expected.beams {
        let Beams { beam_size, alpha, early_stopping, .. } = beams;
        let params =
            json!({"beam_size": beam_size, "alpha": alpha, "early_stopping": early_stopping});
        let prompt = &prompts[beams.prompt].ids;
        let request = request("beam-search", params.clone(), prompt, beams.max_new_tokens);
        let have = finished(&run(request, &mut models).expect("a run"));
        assert_eq!(have.len(), beams.texts.len(), "{params}");
        for ((tokens, _, ranked), want) in have.iter().zip(&beams.texts) {
            assert_eq!(*tokens, want.tokens, "{params}");
            let known = want.ranked.unwrap_or(*ranked);
            assert!((ranked - known).abs() < ROUNDING, "{params}: {ranked} is not {known}");
        }
    }
}

#[test]
fn the_coverage_of_a_text_is_that_of_the_attention_in_transformers() {
    const BETA: f32 = 0.2;
    let expected = expected();
    let (mut models, prompts) = target(&expected);
    let mut compared = 0;
    for beams in expected.beams.iter().filter(|it| it.beam_size > 1) {
        let Beams { beam_size, alpha, early_stopping, .. } = beams;
        let mut params = json!({"beam_size": beam_size, "alpha": alpha, "beta": BETA});
        params["early_stopping"] = json!(early_stopping);
        let prompt = &prompts[beams.prompt].ids;
        let request = request("beam-search", params, prompt, beams.max_new_tokens);
        for (tokens, score, ranked) in finished(&run(request, &mut models).expect("a run")) {
            let Some(known) = beams.texts.iter().find(|it| it.tokens == tokens) else { continue };
            let plain = score / (tokens.len() as f32).powf(*alpha);
            let (have, want) = (ranked - plain, BETA * known.coverage);
            assert!((have - want).abs() < 1e-3, "{tokens:?}: {have} is not {want}");
            // 0 says little: the text has looked at the whole prompt.
            compared += usize::from(want < -0.01);
        }
    }
    assert!(compared >= 4, "only {compared} texts were found again");
}

#[test]
fn contrastive_search_writes_what_transformers_writes() {
    let expected = expected();
    let (mut models, prompts) = target(&expected);
    for it in &expected.contrastive {
        let params = json!({"alpha": it.alpha, "k": it.k});
        let prompt = &prompts[it.prompt].ids;
        let request = request("contrastive-search", params.clone(), prompt, it.max_new_tokens);
        let have = run(request, &mut models).expect("a run").tokens;
        assert_eq!(have, it.tokens, "{params} after {:?}", prompts[it.prompt].text);
    }
}

#[test]
fn filters_leave_the_distributions_of_transformers() {
    let expected = expected();
    let (mut models, prompts) = target(&expected);
    let rows: Vec<Vec<f32>> = prompts
        .iter()
        .map(|it| {
            let (forest, head) = toy::forest(&it.ids);
            let model = models.by_role.get_mut(TARGET).expect("the target");
            let scores = block_on(model.forward(&forest, &[head], &Ask::rows())).expect("a row");
            model.retain(&[]).expect("slots are freed");
            scores.row(0).to_vec()
        })
        .collect();
    for it in &expected.filters {
        let Prompt { text, ids } = &prompts[it.prompt];
        let said = format!("{} after {text:?}", it.params);
        let (forest, head) = toy::forest(ids);
        let probs = pipeline(&it.params).probs(&forest, head, &rows[it.prompt]);
        let kept: Vec<_> = (0..probs.len()).filter(|&token| probs[token] > 0.0).collect();
        assert_eq!((kept.len(), kept.iter().sum()), (it.kept, it.kept_ids_sum), "{said}");
        for &(token, want) in &it.best {
            let have = probs[token as usize];
            assert!((have - want).abs() < ROUNDING, "{said}: {token} has {have}, not {want}");
        }
        // The method runs the same filters in the same order.
        let mut params = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
        for (name, value) in it.params.as_object().expect("an object") {
            params[name] = value.clone();
        }
        let request = request("basic-sampling", params, ids, 1);
        let trace = run(request, &mut models).expect("a run");
        let last = trace.events.iter().find_map(|event| match event {
            Event::Sample { stages, .. } => stages.last(),
            _ => None,
        });
        assert_eq!(last.map(|it| it.kept as usize), Some(it.kept), "{said}");
    }
}

/// The named filters in engine order.
fn pipeline(params: &Value) -> Pipeline {
    let setting = |name: &str| params[name].as_f64().map(|it| it as f32);
    let mut pipeline = Pipeline::temperature(setting("temperature").unwrap_or(1.0));
    if let Some(share) = setting("top_h") {
        pipeline = pipeline.with(TopH(share));
    }
    if let Some(count) = setting("top_k") {
        pipeline = pipeline.with(TopK(count as u32));
    }
    if let Some(mass) = setting("top_p") {
        pipeline = pipeline.with(TopP(mass));
    }
    if let Some(share) = setting("min_p") {
        pipeline = pipeline.with(MinP(share));
    }
    if let Some(mass) = setting("typical") {
        pipeline = pipeline.with(Typical(mass));
    }
    if let Some(floor) = setting("epsilon") {
        pipeline = pipeline.with(Epsilon(floor));
    }
    if let Some(floor) = setting("eta") {
        pipeline = pipeline.with(Eta(floor));
    }
    pipeline
}
