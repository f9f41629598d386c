use super::{beside::*, *};
use decoding::session::{DRAFT, TARGET};

fn switching(params: Value, seed: u32, new: u32) -> Trace {
    let mut models = models(toy::t4_target(), toy::t4_draft());
    run_with("entropy-adaptive", params, &mut models, &[0], seed, new)
}

/// Who wrote each token.
fn writers(trace: &Trace) -> Vec<&str> {
    let by = trace.events.iter().filter_map(|event| match event {
        Event::Grow { by, .. } if by != "prompt" => Some(by.as_str()),
        _ => None,
    });
    by.collect()
}

#[test]
fn with_a_threshold_of_zero_the_large_model_writes_after_the_first_few_tokens() {
    let trace = switching(json!({"tau": 0.0, "min_stay": 5, "temperature": 1.0}), 1, 30);
    let mut want = vec![DRAFT; 5];
    want.extend([TARGET; 25]);
    assert_eq!(writers(&trace), want);
}

#[test]
fn a_threshold_above_all_entropies_leaves_the_small_model_alone() {
    let params = json!({"tau": 2.01, "min_stay": 0, "temperature": 1.0});
    let trace = switching(params, 1, 40);
    assert_eq!(writers(&trace), [DRAFT; 40]);
    assert_eq!(passes_of(&trace, TARGET), 0);
    let mut alone = Models::new(toy::t4_draft());
    let plain = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
    assert_eq!(trace.tokens, run_with("basic-sampling", plain, &mut alone, &[0], 1, 40).tokens);
}

#[test]
fn the_large_model_throughout_gives_its_own_text() {
    for seed in 0..5 {
        let params = json!({"tau": 0.0, "min_stay": 0, "temperature": 1.0});
        let plain = json!({"temperature": 1.0, "top_k": 0, "top_p": 1.0});
        let want = run("basic-sampling", plain, toy::t4_target(), &[0], seed, 40);
        assert_eq!(switching(params, seed, 40).tokens, want.tokens);
    }
}

#[test]
fn models_change_no_more_often_than_they_may() {
    let mut changes_seen = 0;
    for min_stay in [1, 2, 5] {
        for seed in 0..5 {
            let params = json!({"tau": 1.7, "window": 2, "min_stay": min_stay, "temperature": 1.0});
            let trace = switching(params, seed, 60);
            let writers = writers(&trace);
            let stays: Vec<_> = writers.chunk_by(|a, b| a == b).map(<[_]>::len).collect();
            assert!(stays.len() - 1 <= 60 / min_stay, "{stays:?}");
            assert!(stays[..stays.len() - 1].iter().all(|&it| it >= min_stay), "{stays:?}");
            changes_seen += stays.len() - 1;
        }
    }
    assert!(changes_seen > 40, "{changes_seen}");
}

#[test]
fn the_model_that_takes_over_reads_all_it_has_missed_in_one_pass() {
    let params = json!({"tau": 1.7, "window": 2, "min_stay": 3, "temperature": 1.0});
    let trace = switching(params, 2, 60);
    let mut fed = [0, 0];
    let (mut known, mut caught_up) = (1, 0);
    for event in &trace.events {
        match event {
            Event::Score { role, nodes, ancestors, .. } => {
                let role = usize::from(role == TARGET);
                let new = nodes.len() + ancestors.len();
                fed[role] += new;
                assert_eq!(fed[role], known, "each pass feeds exactly what is missing");
                caught_up += usize::from(new > 3);
            }
            Event::Commit { nodes, .. } => known += nodes.len(),
            _ => {}
        }
    }
    assert!(caught_up > 3, "{caught_up}");
}

#[test]
fn the_table_says_what_the_card_says_of_entropies() {
    let trace = switching(json!({"tau": 1.7, "window": 3, "min_stay": 2}), 3, 30);
    let rows = rows_of(&trace, "entropy");
    assert_eq!(rows.len(), 30);
    let cell = |row: usize, column: usize| match rows[row][column] {
        Cell::Number(number) => number,
        _ => panic!("{:?}", rows[row]),
    };
    for row in 2..30 {
        let mean = (row - 2..=row).map(|it| cell(it, 1)).sum::<f32>() / 3.0;
        assert!((cell(row, 2) - mean).abs() < 1e-5);
    }
    // The first token is the small model's, after state 0: .3 .4 .2 .1.
    assert!((cell(0, 1) - 1.8464).abs() < 1e-4, "{}", cell(0, 1));
    let large = writers(&trace).iter().filter(|it| **it == TARGET).count() as f32;
    assert!((cell(29, 5) - large / 30.0).abs() < 1e-6);
}
