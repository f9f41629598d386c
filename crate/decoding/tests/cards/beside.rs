//! Methods that read something beside the target: a draft model, tables of n-grams.

use super::*;
use decoding::{
    ngrams::Ngrams,
    session::{DRAFT, TARGET},
};
use std::rc::Rc;

/// A target, a draft, and tables over the target's vocabulary.
pub fn models(target: Toy, draft: Toy) -> Models {
    let mut models = Models::new(target).with(DRAFT, draft);
    let vocab = models.by_role[TARGET].info().vocab_size as u32;
    let text: Vec<TokenId> = (0..300).map(|it: u32| (it * it + it / 3) % vocab).collect();
    models.ngrams = Some(Rc::new(Ngrams::count([text.as_slice()], 2)));
    models
}

pub fn run_with(
    method: &str,
    params: Value,
    models: &mut Models,
    prompt: &[TokenId],
    seed: u32,
    new: u32,
) -> Trace {
    let method = method.into();
    let request = Request { method, params, prompt: prompt.to_vec(), seed, max_new_tokens: new };
    let mut decoding = Decoding::start(request, models).unwrap();
    futures_lite::future::block_on(decoding.finish(models)).unwrap();
    decoding.trace(models)
}

/// Passes of the model in a role.
pub fn passes_of(trace: &Trace, wanted: &str) -> usize {
    let is = |it: &&Event| matches!(it, Event::Score { role, .. } if role == wanted);
    trace.events.iter().filter(is).count()
}

/// As `assert_same_text`, with a draft that is the target and one that knows nothing of it.
pub fn assert_same_text(method: &str, choices: &[Value], temperature: f32) {
    for (index, (target, prompt)) in TOYS.iter().enumerate() {
        let vocab = models(target(), target()).by_role[TARGET].info().vocab_size;
        for draft in [target(), Toy::random(vocab, 77, 6.0)] {
            let mut models = models(target(), draft);
            for (seed, new) in [(0, 1), (1, 2), (2, 50), (3, 50)] {
                let filters = json!({"temperature": temperature, "top_k": 0, "top_p": 1.0});
                let want = run_with("basic-sampling", filters, &mut models, prompt, seed, new);
                for choice in choices {
                    let mut params = choice.clone();
                    params["temperature"] = json!(temperature);
                    let have = run_with(method, params, &mut models, prompt, seed, new);
                    let case = format!("{method} {choice} on toy {index}, seed {seed}");
                    assert_eq!(have.tokens, want.tokens, "{case}");
                    assert_eq!(passes_of(&have, TARGET), emitted(&have).len(), "{case}");
                }
            }
        }
    }
}

/// Whether three tokens after a prompt that ends in 0 are distributed like T4's: 20 000 runs
/// within 0.035 of the exact law, or 200 000 within 0.015 where SLOW is set (it takes minutes).
/// `params` must make the method guess from the first round on.
pub fn assert_law_of_t4(method: &str, mut params: Value, prompt: &[TokenId]) {
    let slow = std::env::var_os("SLOW").is_some();
    let (runs, close) = if slow { (200_000, 0.015) } else { (20_000, 0.035) };
    params["temperature"] = json!(1.0);
    let mut models = models(toy::t4_target(), toy::t4_draft());
    let (mut seen, mut kept, mut refused) = ([0u32; 64], 0, 0);
    for seed in 0..runs {
        let trace = run_with(method, params.clone(), &mut models, prompt, seed, 3);
        for event in &trace.events {
            if let Event::Judge { accepted, .. } = event {
                *(if *accepted { &mut kept } else { &mut refused }) += 1;
            }
        }
        let cell = trace.tokens.iter().fold(0, |cell, &token| 4 * cell + token as usize);
        seen[cell] += 1;
    }
    assert!(kept > runs / 2 && refused > runs / 2, "the rule was put to work: {kept}, {refused}");
    let p = |last: usize, next: usize| f64::from(toy::T4_P[last][next]);
    let distance = seen.iter().enumerate().map(|(cell, &count)| {
        let (a, b, c) = (cell / 16, cell / 4 % 4, cell % 4);
        (f64::from(count) / f64::from(runs) - p(0, a) * p(a, b) * p(b, c)).abs() / 2.0
    });
    let distance: f64 = distance.sum();
    assert!(distance < close, "{method} {params}: {distance:.4} from the target");
}

/// A text over T4's tokens whose last two and last three stood together before.
pub const REPEATING: [TokenId; 18] = [0, 1, 1, 0, 0, 2, 3, 3, 1, 2, 2, 1, 3, 0, 1, 1, 0, 0];

/// The tokens that `by` proposed in round `index`, in the order they grew.
pub fn proposed(trace: &Trace, index: u32, by: &str) -> Vec<TokenId> {
    let rounds = trace.events.split(|it| matches!(it, Event::Step { .. }));
    let round = rounds.skip(1).nth(index as usize).expect("the round was run");
    let tokens = round.iter().filter_map(|event| match event {
        Event::Grow { by: who, input: decoding::Input::Token(token), .. } if who == by => {
            Some(*token)
        }
        _ => None,
    });
    tokens.collect()
}

/// The next token is certain: the last plus one, modulo five.
pub fn cycle() -> Toy {
    Toy::second_order("cycle", 5, |_, last| (last + 1) % 5)
}
