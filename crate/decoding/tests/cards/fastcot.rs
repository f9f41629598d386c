use super::*;

/// The tokens of the answer, each with who proposed it.
fn told(trace: &Trace) -> Vec<(TokenId, String)> {
    let forest = decoding::check::replay(trace).expect("a valid trace");
    let by = |node: decoding::NodeId| {
        trace.events.iter().find_map(|event| match event {
            Event::Grow { node: it, by, .. } if *it == node => Some(by.clone()),
            _ => None,
        })
    };
    let path = forest.path(None, forest.lane(decoding::LaneId::MAIN).head);
    let answer = path[trace.prompt_tokens.len()..].iter();
    answer.map(|&node| (forest[node].token().unwrap(), by(node).unwrap())).collect()
}

fn greedy(target: Toy, prompt: &[TokenId], new: u32) -> Vec<TokenId> {
    run("basic-sampling", json!({"temperature": 0.0}), target, prompt, 0, new).tokens
}

/// Settings with an approximate part, and a model that can spell one of the triggers.
const SETTINGS: [(u32, f32, &str); 5] = [
    (24, 0.6, "none"),
    (24, 0.3, "so"),
    (10, 0.5, "so"),
    (30, 0.05, "none"),
    (5, 0.9, "in_the_end"),
];

fn wordy() -> Toy {
    Toy::random(30, 4, 20.0).with_words(&["a", "b", " S", " So", "o"])
}

#[test]
fn the_exact_part_is_a_prefix_of_the_greedy_text() {
    let mut approximate = 0;
    let toys: [(MakeToy, &[TokenId]); 2] = [(wordy, &[9, 7]), (toy::f5, &[0, 1])];
    for (target, prompt) in toys {
        for (rationale, share, trigger) in SETTINGS {
            for c0 in [4, 16] {
                let params =
                    json!({"rationale": rationale, "share": share, "trigger": trigger, "c0": c0});
                let trace = run("fastcot", params, target(), prompt, 0, 50);
                let plain = greedy(target(), prompt, 50);
                let told = told(&trace);
                let proved =
                    |it: &&(TokenId, String)| !["approximate", "given"].contains(&it.1.as_str());
                let exact: Vec<_> = told.iter().take_while(proved).map(|it| it.0).collect();
                assert_eq!(exact, plain[..exact.len()]);
                approximate += told.iter().filter(|it| it.1 == "approximate").count();
                assert!(told.len() == 50 && emitted(&trace).iter().sum::<usize>() == 50);
            }
        }
    }
    assert!(approximate > 20, "only {approximate} tokens were taken unproved");
}

#[test]
fn the_whole_rationale_is_exact_and_so_is_the_answer() {
    for (target, prompt) in TOYS {
        let params = json!({"share": 1.0, "trigger": "none"});
        let trace = run("fastcot", params, target(), prompt, 0, 40);
        assert_eq!(trace.tokens, greedy(target(), prompt, 40));
    }
    // With a trigger the answer is that of plain decoding after the same words.
    let params = json!({"share": 1.0, "trigger": "so", "rationale": 12});
    let trace = run("fastcot", params, wordy(), &[9, 7], 0, 40);
    let mut want = greedy(wordy(), &[9, 7], 12);
    if !want.contains(&3) {
        want.push(3);
    }
    let prompt = [&[9, 7][..], &want].concat();
    want.extend(greedy(wordy(), &prompt, 40 - want.len() as u32));
    assert_eq!(trace.tokens, want);
    assert!(told(&trace).iter().any(|it| it == &(3, "given".to_owned())));
}

#[test]
fn a_window_of_one_is_plain_decoding() {
    for (target, prompt) in TOYS {
        let params = json!({"c0": 1, "c_min": 1, "trigger": "none"});
        let trace = run("fastcot", params, target(), prompt, 0, 40);
        assert_eq!(trace.tokens, greedy(target(), prompt, 40));
        assert_eq!(passes(&trace), trace.tokens.len());
    }
}

#[test]
fn the_window_narrows_until_the_answer_is_asked_for() {
    // A certain text in which no guess is ever right: each pass makes one token final.
    let target = Toy::second_order("count", 60, |_, last| (last + 1) % 60);
    let params = json!({"c0": 10, "c_min": 3, "rationale": 20, "share": 0.5, "trigger": "none"});
    let trace = run("fastcot", params, target, &[59], 0, 30);
    let fed = trace.events.iter().filter_map(|event| match event {
        Event::Score { nodes, .. } => Some(nodes.len()),
        _ => None,
    });
    // K = 10 passes of max(3, ⌈10 (1 − k/10)⌉) positions, then the answer one by one.
    let want = [10, 9, 8, 7, 6, 5, 4, 3, 3, 3, 1, 1, 1];
    assert_eq!(fed.take(13).collect::<Vec<_>>(), want);
    let said = trace.events.iter().find_map(|event| match event {
        Event::Note { id, text, .. } if id == "asked" => Some(text.as_str()),
        _ => None,
    });
    let want = "The answer is asked for after 10 exact tokens and 2 that nothing proves: \
                10 passes, 2 fewer than plain decoding takes for as many.";
    assert_eq!(said, Some(want));
}

/// Counts on, but thinks of 2 after 0, 0 and of 4 after any other token and 0: a window of zeros
/// reads 4, 2, 2 behind its first position.
fn hasty() -> Toy {
    Toy::second_order("hasty", 12, |before, last| match (before, last) {
        (0, 0) => 2,
        (_, 0) => 4,
        _ => (last + 1) % 12,
    })
}

#[test]
fn a_glimpse_of_the_end_or_of_the_trigger_stops_the_rationale() {
    let of = |target, share| {
        let params = json!({"c0": 4, "c_min": 4, "init": "pad", "share": share, "trigger": "so"});
        told(&run("fastcot", params, target, &[5, 6], 0, 8))
    };
    let target = |token: TokenId| (token, "target".to_owned());
    let unproved = |token: TokenId| (token, "approximate".to_owned());
    let first = (7, "recovered".to_owned());
    // An end is not taken, and nothing can be said before the answer.
    let want = [first.clone(), unproved(4), target(5), target(6), target(7), target(8)];
    assert_eq!(of(hasty().with_end(2), 0.9)[..6], want);
    // The model asks by itself.
    let words = ["a", "b", " So", "d"];
    let want = [first.clone(), unproved(4), unproved(2), target(3), target(4)];
    assert_eq!(of(hasty().with_words(&words), 0.9)[..5], want);
    // Whoever waits for the whole rationale is not deceived.
    assert!(!of(hasty().with_words(&words), 1.0).contains(&unproved(2)));
}

#[test]
fn unproved_tokens_change_the_text() {
    let params = json!({"share": 0.3, "trigger": "none", "rationale": 20});
    let trace = run("fastcot", params, toy::f5(), &[0, 1], 0, 40);
    assert_ne!(trace.tokens, greedy(toy::f5(), &[0, 1], 40));
}
