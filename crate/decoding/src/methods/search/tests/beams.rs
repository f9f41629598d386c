use super::*;
use serde_json::json;

fn raw(beam_size: u32, early_stopping: &str) -> Value {
    json!({"beam_size": beam_size, "alpha": 0, "early_stopping": early_stopping})
}

fn expect(trace: &Trace, want: &[(&str, f32)], value: impl Fn(&(String, f32, f32)) -> f32) {
    let have = texts(trace);
    assert_eq!(have.len(), want.len(), "{have:?}");
    for (have, (text, number)) in have.iter().zip(want) {
        assert_eq!(have.0, *text);
        assert!(close(value(have), *number), "{have:?} is not {number}");
    }
}

/// The live rows of the table after each step: last token and score.
fn live(trace: &Trace) -> Vec<Vec<(String, f32)>> {
    let mut path = std::collections::BTreeMap::new();
    let mut steps = Vec::new();
    for event in &trace.events {
        match event {
            Event::Grow { node, parent, input: Input::Token(token), .. } => {
                let before: String = parent.and_then(|p| path.get(&p).cloned()).unwrap_or_default();
                path.insert(*node, before + &letters(&[*token]));
            }
            Event::Table { rows, .. } => {
                let row = |row: &Vec<Cell>| match &row[..] {
                    [_, Cell::Number(node), Cell::Number(score), _, Cell::Text(status)]
                        if status == "live" =>
                    {
                        Some((path[&NodeId(*node as u32)].clone(), *score))
                    }
                    _ => None,
                };
                steps.push(rows.iter().filter_map(row).collect());
            }
            _ => {}
        }
    }
    steps
}

#[test]
fn two_beams_step_by_step() {
    let trace = run("beam-search", raw(2, "false"), 7);
    let live = live(&trace);
    let want: [&[(&str, f32)]; 3] = [
        &[("^a", -0.6931), ("^b", -0.9163)],
        &[("^bd", -1.2040), ("^ac", -1.7430)],
        &[("^aca", -2.9469), ("^bda", -3.1011)],
    ];
    for (have, want) in live.iter().zip(want) {
        for (have, want) in have.iter().zip(want) {
            assert!(have.0 == want.0 && close(have.1, want.1), "{have:?} {want:?}");
        }
        assert_eq!(have.len(), want.len());
    }
    expect(&trace, &[("bd.", -1.7148), ("acabd.", -4.9494)], |it| it.1);
}

#[test]
fn four_beams_find_the_four_best_texts() {
    let want = [("bd.", -1.7148), ("abd.", -2.6956), ("ad.", -2.8134), ("acbd.", -3.9278)];
    expect(&run("beam-search", raw(4, "false"), 7), &want, |it| it.1);
}

#[test]
fn scores_by_length() {
    let params = json!({"beam_size": 4, "alpha": 1, "early_stopping": "true"});
    let want = [("bd.", -0.5716), ("abd.", -0.6739), ("acbd.", -0.7856), ("ad.", -0.9378)];
    expect(&run("beam-search", params, 6), &want, |it| it.2);
    let gnmt =
        json!({"beam_size": 4, "alpha": 0.6, "length_norm": "gnmt", "early_stopping": "true"});
    let trace = run("beam-search", gnmt, 6);
    let best: Vec<_> = texts(&trace).into_iter().take(3).collect();
    for (have, want) in best.iter().zip([("bd.", -1.4429), ("abd.", -2.1135), ("ad.", -2.3674)]) {
        assert!(have.0 == want.0 && close(have.2, want.1), "{best:?}");
    }
}

#[test]
fn a_text_cut_by_the_length_limit_counts_as_finished() {
    // Releases of Hugging Face before 4.50 give `b d </s>` second here.
    let params = json!({"beam_size": 2, "alpha": 2, "early_stopping": "true"});
    let trace = run("beam-search", params, 6);
    let second = &trace.outputs[0];
    assert_eq!((letters(&second.tokens).as_str(), second.reason), ("acacac", FinishReason::Length));
}

#[test]
fn patience_counts_finished_texts() {
    let patient = |beam_size: u32, patience: f32| {
        let params = json!({"beam_size": beam_size, "alpha": 0, "patience": patience});
        let trace = run("beam-search", params, 20);
        (steps(&trace), texts(&trace).into_iter().map(|it| it.0).collect::<Vec<_>>())
    };
    assert_eq!(patient(2, 0.5), (3, vec!["bd.".into()]));
    assert_eq!(patient(2, 1.0), (6, vec!["bd.".into(), "acabd.".into()]));
    assert_eq!(patient(4, 0.5), (3, vec!["bd.".into(), "ad.".into()]));
    let (steps, texts) = patient(4, 1.0);
    assert_eq!((steps, texts.len()), (5, 4));
    assert_eq!(patient(2, 0.25).1.len(), 1, "a part of a text rounds up to one");
}

#[test]
fn patience_one_is_early_stopping() {
    for beam_size in 1..6 {
        let patient = json!({"beam_size": beam_size, "alpha": 0, "patience": 1.0});
        let early = run("beam-search", raw(beam_size, "true"), 30);
        assert_eq!(texts(&run("beam-search", patient, 30)), texts(&early), "{beam_size} beams");
    }
}

#[test]
fn one_beam_is_greedy() {
    let trace = run("beam-search", raw(1, "false"), 9);
    assert_eq!(letters(&trace.tokens), "acacacaca");
    assert_eq!(trace.outputs.len(), 0);
}

#[test]
fn a_beam_as_wide_as_the_tree_finds_the_mode() {
    for seed in 0..20 {
        let toy = || toy::Toy::random(4, seed, 3.0).with_end(0);
        let trace = run_on(
            &mut Models::new(toy()),
            "beam-search",
            // 3 live prefixes, then 9, and never more than 16 are asked for.
            json!({"beam_size": 16, "alpha": 0, "early_stopping": "never"}),
            &[1],
            3,
        );
        // All texts of at most three tokens, by brute force.
        let law = |last: TokenId| {
            let (mut models, params) = (Models::new(toy()), json!({"temperature": 0}));
            let trace = run_on(&mut models, "basic-sampling", params, &[last], 1);
            let rows = trace.events.iter().find_map(|it| match it {
                Event::Score { rows, .. } => Some(rows[0].top.clone()),
                _ => None,
            });
            rows.unwrap()
        };
        let laws: Vec<_> = (0..4).map(law).collect();
        let mut best = (f32::NEG_INFINITY, Vec::new());
        let mut open = vec![(0.0, vec![])];
        while let Some((score, text)) = open.pop() {
            if text.last() == Some(&0) || text.len() == 3 {
                if score > best.0 {
                    best = (score, text);
                }
                continue;
            }
            for &(token, lp) in &laws[text.last().copied().unwrap_or(1) as usize] {
                let text: Vec<TokenId> = text.iter().copied().chain([token]).collect();
                open.push((score + lp, text));
            }
        }
        assert_eq!(trace.tokens, best.1, "seed {seed}");
    }
}

#[test]
fn what_is_dropped_is_pruned() {
    let trace = run("beam-search", raw(2, "false"), 7);
    let pruned: Vec<_> = trace
        .events
        .iter()
        .filter_map(|it| match it {
            Event::Prune { nodes, .. } => Some(nodes.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let grown = trace.events.iter().filter(|it| matches!(it, Event::Grow { .. })).count();
    // What stays: the prompt, `b d </s>` and `a c a b d </s>`.
    assert_eq!(grown - pruned.len(), 1 + 3 + 6);
}

#[test]
fn live_scores_never_rise() {
    for seed in 0..10 {
        let toy = toy::Toy::random(12, seed, 6.0).with_end(0);
        let trace = run_on(&mut Models::new(toy), "beam-search", raw(3, "never"), &[3], 15);
        let mut best = 0.0;
        for event in &trace.events {
            let Event::Table { rows, .. } = event else { continue };
            let scores = rows.iter().filter_map(|row| match (&row[2], &row[4]) {
                (Cell::Number(score), Cell::Text(status)) if status == "live" => Some(*score),
                _ => None,
            });
            let scores: Vec<_> = scores.collect();
            assert!(scores.windows(2).all(|it| it[0] >= it[1]), "best first: {scores:?}");
            if let Some(first) = scores.first() {
                assert!(*first <= best, "seed {seed}: {first} after {best}");
                best = *first;
            }
        }
        assert!(best < 0.0);
    }
}

#[test]
fn one_beam_takes_the_greedy_tokens_of_any_table() {
    for seed in 0..20 {
        let toy = || Models::new(toy::Toy::random(12, seed, 6.0));
        let greedy = run_on(&mut toy(), "basic-sampling", json!({"temperature": 0}), &[3], 20);
        let one = run_on(&mut toy(), "beam-search", raw(1, "false"), &[3], 20);
        assert_eq!(one.tokens, greedy.tokens, "seed {seed}");
    }
}

#[test]
fn more_patience_never_lowers_the_best_score() {
    // The empty text ends first (.2), the better one (.8) a step later.
    let late = || toy::Toy::first_order("late", &[&[1., 0., 0.], &[0.2, 0., 0.8], &[1., 0., 0.]]);
    let best = |toy: toy::Toy, patience: f32| {
        let params = json!({"beam_size": 4, "alpha": 0, "patience": patience});
        let trace = run_on(&mut Models::new(toy.with_end(0)), "beam-search", params, &[1], 12);
        let scores = trace.events.iter().filter_map(|it| match it {
            Event::Finish { score, .. } => *score,
            _ => None,
        });
        scores.fold(f32::NEG_INFINITY, f32::max)
    };
    assert!(close(best(late(), 0.25), 0.2f32.ln()) && close(best(late(), 0.5), 0.8f32.ln()));
    for seed in 0..20 {
        let best = [0.25, 0.5, 1.0, 2.0, 4.0].map(|it| best(toy::Toy::random(8, seed, 4.0), it));
        assert!(best.windows(2).all(|it| it[0] <= it[1]), "seed {seed}: {best:?}");
    }
}

/// A toy's token looks at the position its id names: half of the weight there, the rest even.
#[test]
fn a_text_ranks_lower_the_less_of_the_prompt_it_has_looked_at() {
    let best = |beta: f32| {
        let params = json!({"beam_size": 4, "alpha": 1, "beta": beta});
        texts(&run_on(&mut Models::new(toy::toy6()), "beam-search", params, &[0, 3], 7)).remove(0)
    };
    // After `<s> b`: b (3) looks at position 1 with 3/4, at 0 with 1/4, and predicts d. d (5, at
    // position 2) looks at itself, so evenly at the prompt, and predicts the end: 3/4 and 5/4.
    let (plain, covered) = (best(0.0), best(0.2));
    assert_eq!((plain.0.as_str(), covered.0.as_str()), ("d.", "d."));
    assert!(close(covered.1, plain.1) && close(plain.2, plain.1 / 2.0), "{plain:?}");
    assert!(close(covered.2 - plain.2, 0.2 * 0.75f32.ln()), "{covered:?}");
    // With a large weight a text wins that has looked at all of it.
    assert_eq!(best(2.0).0, "dabd.");
}

#[test]
fn improbable_tokens_and_beaten_texts_are_pruned() {
    let run = |gap: f32| {
        let params = json!({"beam_size": 4, "alpha": 0, "prune_gap": gap});
        run("beam-search", params, 7)
    };
    // After `<s>`: a .5, b .4, c .07; d is ln(.5 / .02) = 3.2 below a.
    let first = |gap| live(&run(gap))[0].iter().map(|it| it.0.clone()).collect::<Vec<_>>();
    assert_eq!(first(0.0), ["^a", "^b", "^c", "^d"]);
    assert_eq!(first(3.0), ["^a", "^b", "^c"]);
    assert_eq!(first(3.3), ["^a", "^b", "^c", "^d"]);
    // `b d </s>` (-1.7148) ends in the third step: nothing below -2.7148 goes on.
    let lowest = |gap| live(&run(gap))[2].iter().map(|it| it.1).fold(0.0, f32::min);
    assert!(lowest(0.0) < -2.7148 && lowest(1.0) >= -2.7148, "{} {}", lowest(0.0), lowest(1.0));
    assert_eq!(texts(&run(3.0))[0].0, "bd.");
}
