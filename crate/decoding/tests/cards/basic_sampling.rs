use super::*;

#[test]
fn greedy_goes_in_circles_on_toy_6() {
    let trace = run("basic-sampling", json!({"temperature": 0}), toy::toy6(), &[0], 0, 8);
    assert_eq!(trace.tokens, [2, 4, 2, 4, 2, 4, 2, 4], "a c a c a c a c");
}

#[test]
fn without_filters_texts_follow_the_model() {
    const RUNS: u32 = 20_000;
    let params = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
    let mut seen = vec![0; 64];
    for seed in 0..RUNS {
        let trace = run("basic-sampling", params.clone(), toy::t4_target(), &[0], seed, 3);
        seen[trace.tokens.iter().fold(0, |cell, &token| 4 * cell + token as usize)] += 1;
    }
    let p = |last: usize, next: usize| f64::from(toy::T4_P[last][next]);
    let distance: f64 = (0..64)
        .map(|cell| {
            let (a, b, c) = (cell / 16, cell / 4 % 4, cell % 4);
            (f64::from(seen[cell]) / f64::from(RUNS) - p(0, a) * p(a, b) * p(b, c)).abs() / 2.0
        })
        .sum();
    assert!(distance < 0.035, "total variation {distance}");
}
