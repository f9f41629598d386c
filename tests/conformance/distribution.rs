//! What a sampling method promises: its texts are distributed like the target's. Three tokens
//! from T4, 64 texts: 20 000 runs must come within 0.035 of the exact distribution (total
//! variation; the noise alone is about 0.020), and known mistakes beyond 0.05. Release builds, and
//! others where SLOW is set, make 200 000 runs and ask for 0.015 (noise about 0.0063).

use crate::control;
use decoding::{
    TokenId,
    method::{Entry, Lossless},
    methods::ALL,
    session::Models,
    toy,
};
use serde_json::{Value, json};
use tests::{parameters, request, run_entry, thorough, toys::*, with_temperature};

const TOKENS: u32 = 3;
const FAR: f64 = 0.05;

/// Runs per method, and how close to the target they must come.
fn size() -> (u32, f64) {
    if thorough() { (200_000, 0.015) } else { (20_000, 0.035) }
}

/// Total variation between the texts that `entry` gives and those of T4, from token 0.
fn distance(entry: &'static Entry, params: &Value, models: &mut Models) -> f64 {
    let mut counts = [0u32; 64];
    let runs = size().0;
    for seed in 0..runs {
        let mut request = request(entry.info.id, params.clone(), &[0], TOKENS);
        request.seed = seed;
        let tokens = run_entry(entry, request, models).expect("a run").tokens;
        counts[tokens.iter().fold(0, |index, &token| 4 * index + token as usize)] += 1;
    }
    let p = |last: TokenId, next: TokenId| f64::from(toy::T4_P[last as usize][next as usize]);
    let gaps = counts.iter().enumerate().map(|(index, &count)| {
        let [a, b, c] = [index / 16, index / 4 % 4, index % 4].map(|it| it as TokenId);
        (f64::from(count) / f64::from(runs) - p(0, a) * p(a, b) * p(b, c)).abs()
    });
    gaps.sum::<f64>() / 2.0
}

/// Default parameters, and each choice of each enum, at temperature 1.
fn variants(entry: &Entry) -> Vec<Value> {
    let mut variants = vec![json!({})];
    for parameter in parameters::of(entry) {
        variants.extend(parameter.choices().into_iter().map(|it| parameter.set(it)));
    }
    variants.into_iter().map(|it| with_temperature(entry, it, 1.0)).collect()
}

#[test]
fn lossless_sampling_is_distributed_like_the_target() {
    let cases: Vec<_> = ALL
        .iter()
        .filter(|it| it.info.lossless == Lossless::Distribution)
        .flat_map(|entry| variants(entry).into_iter().map(move |params| (entry, params)))
        .collect();
    assert!(!cases.is_empty());
    let threads = std::thread::available_parallelism().map_or(2, |it| it.get());
    std::thread::scope(|scope| {
        for share in 0..threads {
            let mine = cases.iter().skip(share).step_by(threads);
            scope.spawn(move || {
                for (entry, params) in mine {
                    let mut models = models(entry, Target::T4, Draft::Differs);
                    let distance = distance(entry, params, &mut models);
                    let id = entry.info.id;
                    println!("{id} {params}: {distance:.4}");
                    assert!(distance < size().1, "{id} {params}: {distance:.4} from the target");
                }
            });
        }
    });
}

/// Plain sampling with all filters off is the target itself.
#[test]
fn plain_sampling_is_distributed_like_the_target() {
    let entry = decoding::methods::find("basic-sampling").expect("it is in the list");
    let params = json!({ "temperature": 1, "top_k": 0, "top_p": 1 });
    let distance = distance(entry, &params, &mut models(entry, Target::T4, Draft::Differs));
    println!("basic-sampling {params}: {distance:.4}");
    assert!(distance < size().1, "{distance:.4}");
}

#[test]
fn known_mistakes_are_told_from_the_target() {
    let mistakes = [
        (&control::NO_RESIDUAL, "draws from the target after a rejection"),
        (&control::ALL_KEPT, "keeps every guess"),
        (&control::ONE_UNIFORM, "tests every guess with one uniform"),
    ];
    for (entry, mistake) in mistakes {
        let distance = distance(entry, &json!({}), &mut models(entry, Target::T4, Draft::Differs));
        println!("a method that {mistake}: {distance:.4}");
        assert!(distance > FAR, "a method that {mistake}: {distance:.4} from the target");
    }
}
