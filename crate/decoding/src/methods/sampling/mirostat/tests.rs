use super::*;
use crate::{
    run::{Decoding, Request},
    session::Models,
    toy,
    trace::{Event, Trace},
};
use futures_lite::future::block_on;
use serde_json::{Value, json};

/// Probability, running sum up to the drawn token in descending order, and what is left of it:
/// the card draws with the best token first.
fn draw_descending(probs: &[f32], u: f32) -> TokenId {
    let order = row::top_k(probs, probs.len());
    let mut sum = 0.0;
    order
        .iter()
        .find(|it| {
            sum += it.1;
            sum > u
        })
        .unwrap()
        .0
}

/// The tokens, surprises and ceilings on Toy-6 with the card's draws.
fn draws(surprise_from: SurpriseFrom) -> Vec<(Vec<TokenId>, TokenId, f32, f32)> {
    let params = Params { tau: 1.0, eta: 0.5, surprise_from, ..Params::default() };
    let mut method = Mirostat::new(params).unwrap();
    let (forest, at) = toy::forest(&[0]);
    let mut last = 0;
    [0.62, 0.15, 0.93]
        .map(|u| {
            let row = toy::toy6_row(last);
            let kept = method.pipeline().probs(&forest, at, &row);
            last = draw_descending(&kept, u);
            let bits = surprise(surprise_from, row[last as usize].exp(), kept[last as usize]);
            method.mu -= method.params.eta * (bits - method.params.tau);
            let kept = (0..6).filter(|&t| kept[t as usize] > 0.0).collect();
            (kept, last, bits, method.mu)
        })
        .into()
}

fn expect(have: Vec<(Vec<TokenId>, TokenId, f32, f32)>, want: [(TokenId, f32, f32); 3]) {
    for ((_, token, bits, mu), want) in have.into_iter().zip(want) {
        assert_eq!(token, want.0);
        assert!((bits - want.1).abs() < 5e-4 && (mu - want.2).abs() < 5e-4, "{bits} {mu} {want:?}");
    }
}

#[test]
fn surprise_from_what_was_kept() {
    let draws = draws(SurpriseFrom::Kept);
    assert_eq!([0, 1, 2].map(|it| draws[it].0.clone()), [vec![2, 3], vec![5], vec![1]]);
    expect(draws, [(3, 1.1699, 1.915), (5, 0.0, 2.415), (1, 0.0, 2.915)]);
}

#[test]
fn surprise_from_the_whole_distribution() {
    expect(draws(SurpriseFrom::Full), [(3, 1.3219, 1.839), (5, 0.415, 2.1315), (1, 0.737, 2.263)]);
}

fn run(toy: toy::Toy, params: Value, max_new_tokens: u32) -> Trace {
    let mut models = Models::new(toy);
    let request =
        Request { method: "mirostat".into(), params, prompt: vec![0], seed: 3, max_new_tokens };
    let mut decoding = Decoding::start(request, &mut models).unwrap();
    block_on(decoding.finish(&mut models)).unwrap();
    decoding.trace(&models)
}

/// Step, ceiling before it, surprise, kept tokens.
fn table(trace: &Trace) -> Vec<[f32; 4]> {
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        _ => panic!("every column is a number"),
    };
    let rows = trace.events.iter().filter_map(|it| match it {
        Event::Table { rows, .. } => Some(&rows[0]),
        _ => None,
    });
    rows.map(|row| [0, 1, 2, 3].map(|it| number(&row[it]))).collect()
}

#[test]
fn the_mean_surprise_approaches_the_target() {
    // 256 tokens; a row has about 2.8 bits of entropy, and its best token 1.6 bits of surprise.
    for version in ["v1", "v2"] {
        for tau in [2.0, 2.4] {
            let params = json!({"tau": tau, "version": version});
            let rows = table(&run(toy::Toy::random(256, 5, 100.0), params, 3000));
            let mean = rows.iter().map(|it| it[2]).sum::<f32>() / rows.len() as f32;
            assert!((mean - tau).abs() < 0.1, "{version}: mean {mean}, aimed at {tau}");
        }
    }
}

#[test]
fn every_step_is_told() {
    let rows = table(&run(toy::toy6(), json!({"tau": 1.0, "eta": 0.5}), 12));
    assert_eq!(rows[0][1], 2.0, "the ceiling begins at twice the target");
    for (index, pair) in rows.windows(2).enumerate() {
        assert_eq!(pair[0][0], index as f32);
        assert!((pair[0][1] - 0.5 * (pair[0][2] - 1.0) - pair[1][1]).abs() < 1e-5);
    }
}

#[test]
fn temperature_zero_is_greedy() {
    for version in ["v1", "v2"] {
        let params = json!({"temperature": 0, "version": version});
        assert_eq!(run(toy::toy6(), params, 5).tokens, [2, 4, 2, 4, 2]);
    }
}

#[test]
fn zipf_ranks_by_hand() {
    // p ∝ 1/rank²: the exponent is 2 whatever m is.
    let best: Vec<_> = (1..20).map(|rank| (rank, 0.6 / (rank * rank) as f32)).collect();
    let s = zipf_exponent(&best);
    assert!((s - 2.0).abs() < 1e-5, "{s}");
    // ε = 1, 2^μ = 8, N = 4: (8 / (1 − 1/4))^(1/2) = 3.27; N = 2 allows no more than 2.
    assert_eq!((zipf_rank(2.0, 3.0, 4), zipf_rank(2.0, 3.0, 2)), (3, 2));
    // s = 1: 2^μ / ln N = 8 / ln 8.
    assert_eq!(zipf_rank(1.0, 3.0, 8), 4);
    // In a flat row of 50 every token has 5.6 bits: a ceiling keeps all of them or the best.
    assert_eq!((zipf_rank(0.0, 6.0, 50), zipf_rank(0.0, 3.0, 50)), (50, 1));
    assert_eq!(zipf_rank(2.0, -9.0, 50), 1);
    assert_eq!(zipf_exponent(&[(0, 1.0), (1, 0.0)]), 0.0);
}
