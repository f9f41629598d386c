use super::*;
use crate::{
    run::{Decoding, Request},
    session::Models,
    toy::{self, Toy},
    trace::{Event, Trace},
    trial::{Trial, distance_from_t4},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};

fn trace(method: &str, params: Value, models: &mut Models) -> Trace {
    let (method, prompt) = (method.into(), vec![3, 0]);
    let request = Request { method, params, prompt, seed: 1, max_new_tokens: 60 };
    let mut decoding = Decoding::start(request, models).expect("valid");
    block_on(decoding.finish(models)).expect("toys do not fail");
    decoding.trace(models)
}

fn skip(params: Value, models: &mut Models) -> Trace {
    trace("unified-layer-skip", params, models)
}

fn models() -> Models {
    let skipped = Toy::random(12, 4, 6.0);
    Models::new(Toy::random(12, 3, 6.0).with_end(11).with_skipped(skipped))
}

#[test]
fn the_cards_sets_of_layers() {
    let kept = |layers, speed_up| kept(layers, speed_up, false).unwrap();
    assert_eq!(kept(30, 5.0), [0, 6, 12, 18, 24, 29]);
    assert_eq!(kept(8, 2.0), [0, 2, 4, 7]);
    assert_eq!(kept(6, 2.0), [0, 3, 5]);
    assert_eq!(kept(8, 1.33), [0, 1, 2, 3, 4, 7]);
    assert_eq!(kept(8, 1.0), (0..8).collect::<Vec<_>>());
    assert_eq!(kept(2, 1.0), [0, 1]);
}

#[test]
fn even_spacing_keeps_no_crowd_at_the_bottom() {
    assert_eq!(kept(8, 1.33, true).unwrap(), [0, 1, 3, 4, 6, 7]);
    for layers in 2..40 {
        for speed_up in [1.0, 1.33, 1.5, 2.0, 3.0, 4.0, 5.0] {
            for even in [false, true] {
                let Ok(kept) = kept(layers, speed_up, even) else { continue };
                assert!(kept.is_sorted_by(|a, b| a < b), "{kept:?} of {layers}");
                assert_eq!((kept[0], kept[kept.len() - 1]), (0, layers as u32 - 1));
                assert_eq!(kept.len(), (layers as f32 / speed_up + 1e-4) as usize);
            }
        }
    }
}

#[test]
fn fewer_than_two_layers_are_refused() {
    assert!(kept(8, 5.0, false).unwrap_err().contains("speed_up"));
    assert!(kept(3, 2.0, false).is_err() && kept(1, 1.0, false).is_err());
}

#[test]
fn every_pass_after_the_prompt_runs_the_kept_layers_only() {
    let passes = |params| {
        let trace = skip(params, &mut models());
        let of = |event: &Event| match event {
            Event::Score { variant, .. } => Some(variant.clone()),
            _ => None,
        };
        trace.events.iter().filter_map(of).collect::<Vec<_>>()
    };
    let short = Some(Variant { skip_attention: vec![1, 3, 5, 6], skip_mlp: vec![1, 3, 5, 6] });
    let full = passes(json!({"compare": false}));
    assert!(full[0].is_none() && full[1..].iter().all(|it| *it == short), "{full:?}");
    let kept_only = passes(json!({"compare": false, "full_prompt": false}));
    assert!(kept_only.iter().all(|it| *it == short));
}

#[test]
fn a_speed_up_of_one_is_plain_decoding() {
    for temperature in [0.0, 1.0] {
        let plain = json!({"temperature": temperature, "top_k": 0, "top_p": 1.0});
        let want = trace("basic-sampling", plain, &mut models()).tokens;
        let params = json!({"temperature": temperature, "speed_up": 1.0});
        assert_eq!(skip(params, &mut models()).tokens, want);
    }
}

#[test]
fn the_text_is_the_shortened_networks_own() {
    // All but the first token, which all layers give from the prompt.
    let params = json!({"full_prompt": false});
    let want = trace(
        "basic-sampling",
        json!({"temperature": 0.0}),
        &mut Models::new(Toy::random(12, 4, 6.0).with_end(11)),
    );
    assert_eq!(skip(params, &mut models()).tokens, want.tokens);
}

#[test]
fn comparing_changes_nothing_and_says_where_the_networks_part() {
    let mut parted = 0;
    for seed in 4..16 {
        let models = || {
            let skipped = Toy::random(12, seed, 6.0);
            Models::new(Toy::random(12, 3, 6.0).with_skipped(skipped))
        };
        let with = skip(json!({}), &mut models());
        let without = skip(json!({"compare": false}), &mut models());
        assert_eq!(with.tokens, without.tokens);
        let rows = with.events.iter().find_map(|event| match event {
            Event::Table { name, rows, .. } if name == "divergence" => Some(rows.clone()),
            _ => None,
        });
        let rows = rows.expect("a table");
        assert_eq!(rows.len() + 1, with.tokens.len(), "all but the token of the full first pass");
        let last = |row: &[Cell]| match row {
            [_, Cell::Number(kl), Cell::Number(full), Cell::Number(short)] => (*kl, *full, *short),
            other => panic!("{other:?}"),
        };
        assert!(rows.iter().all(|row| last(row).0 > 0.0), "two networks are never the same");
        let said: Vec<f32> = rows.iter().map(|row| last(row).2).collect();
        assert_eq!(said, with.tokens[1..].iter().map(|&it| it as f32).collect::<Vec<_>>());
        let apart = rows.iter().position(|row| last(row).1 != last(row).2);
        let note = with.events.iter().rev().find_map(|event| match event {
            Event::Note { id, values, .. } if id == "layers_disagree" => Some(values.clone()),
            _ => None,
        });
        // The first row is about the second token.
        let place = note.map(|values| values["place"].clone());
        assert_eq!(place, apart.map(|it| Cell::Number(it as f32 + 2.0)));
        parted += usize::from(apart.is_some());
    }
    assert!(parted > 3, "{parted}");
}

#[test]
fn divergence_of_two_rows_by_hand() {
    // .5 ln(.5/.25) + .5 ln(.5/.75) = .143841.
    let log = |row: [f32; 2]| row.map(f32::ln);
    assert!((divergence(&log([0.5, 0.5]), &log([0.25, 0.75])) - 0.143_841).abs() < 1e-6);
    assert_eq!(divergence(&log([1.0, 0.0]), &log([1.0, 0.0])), 0.0);
}

#[test]
fn verified_text_is_the_full_networks() {
    for seed in 0..6 {
        for skipped in [Toy::random(12, seed, 2.0), Toy::random(12, seed + 9, 6.0)] {
            let target = Toy::random(12, seed, 6.0).with_end(11).with_skipped(skipped);
            let mut models = Models::new(target);
            let plain = json!({"temperature": 0.0});
            let want = trace("basic-sampling", plain, &mut models).tokens;
            let have = skip(json!({"verified": true, "gamma": 3}), &mut models);
            assert_eq!(have.tokens, want);
        }
    }
}

#[test]
fn verified_samples_have_the_full_networks_law() {
    let target = toy::t4_target().with_skipped(toy::t4_draft());
    let mut trial = Trial::new(&[0], 3, Models::new(target));
    let distance = |trial: &mut Trial, verified| {
        let params = Params { verified, temperature: 1.0, compare: false, ..Params::default() };
        distance_from_t4(20_000, |seed| {
            let mut method = UnifiedLayerSkip::new(params.clone()).expect("valid");
            trial.finish(seed, |session| block_on(Method::step(&mut method, session)))
        })
    };
    let (verified, alone) = (distance(&mut trial, true), distance(&mut trial, false));
    assert!(verified < 0.035 && alone > 0.05, "verified {verified}, alone {alone}");
}
