//! The hand-worked numbers of the method cards, and what each method promises on toys.

mod aded;
mod anpd;
mod basic_sampling;
mod beside;
mod copyspec;
mod entropy_adaptive;
mod fastcot;
mod jacobi;
mod lookahead;
mod ouroboros;
mod speculative_jacobi;
mod token_recycling;

use decoding::{
    TokenId,
    run::{Decoding, Request},
    session::Models,
    toy::{self, Toy},
    trace::{Cell, Event, Trace},
};
use serde_json::{Value, json};

/// Runs a method to its end.
fn run(method: &str, params: Value, target: Toy, prompt: &[TokenId], seed: u32, new: u32) -> Trace {
    let mut models = Models::new(target);
    let method = method.into();
    let request = Request { method, params, prompt: prompt.to_vec(), seed, max_new_tokens: new };
    let mut decoding = Decoding::start(request, &mut models).unwrap();
    futures_lite::future::block_on(decoding.finish(&mut models)).unwrap();
    decoding.trace(&models)
}

/// How many tokens each round gave.
fn emitted(trace: &Trace) -> Vec<usize> {
    let sizes = trace.events.iter().filter_map(|event| match event {
        Event::Commit { nodes, .. } => Some(nodes.len()),
        _ => None,
    });
    sizes.collect()
}

/// Rows written to a table, in the order of the events.
fn rows_of<'a>(trace: &'a Trace, table: &str) -> Vec<&'a Vec<Cell>> {
    let events = trace.events.iter().filter_map(|event| match event {
        Event::Table { name, rows, .. } if name == table => Some(rows),
        _ => None,
    });
    events.flatten().collect()
}

fn number(cell: &Cell) -> u32 {
    match cell {
        Cell::Number(number) => *number as u32,
        _ => panic!("{cell:?} is not a number"),
    }
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => panic!("{cell:?} is not a text"),
    }
}

type MakeToy = fn() -> Toy;

/// Toys and prompts that differ in how predictable they are and in how they end.
const TOYS: [(MakeToy, &[TokenId]); 6] = [
    (toy::f5, &[0, 1]),
    (|| Toy::random(12, 3, 4.0), &[5, 2, 5, 7]),
    (|| Toy::random(30, 4, 20.0), &[1]),
    (|| Toy::random(6, 5, 3.0).with_end(2), &[0, 1, 3, 0]),
    (|| Toy::random(8, 6, 3.0).with_context(37), &[4, 4]),
    (toy::toy6, &[0, 2]),
];

/// Whether `method` writes the text of plain decoding, token for token, on all toys: greedy for
/// temperature 0, else with the same seeds and no other filter.
fn assert_same_text(method: &str, choices: &[Value], temperature: f32) {
    for (index, (target, prompt)) in TOYS.iter().enumerate() {
        for (seed, new) in [(0, 1), (1, 2), (2, 50), (3, 50)] {
            let filters = json!({"temperature": temperature, "top_k": 0, "top_p": 1.0});
            let want = run("basic-sampling", filters, target(), prompt, seed, new).tokens;
            for choice in choices {
                let mut params = choice.clone();
                params["temperature"] = json!(temperature);
                let have = run(method, params, target(), prompt, seed, new);
                assert_eq!(have.tokens, want, "{method} {choice} on toy {index}, seed {seed}");
                let rounds = emitted(&have);
                assert_eq!(rounds.iter().sum::<usize>(), want.len());
                assert_eq!(passes(&have), rounds.len());
            }
        }
    }
}

fn passes(trace: &Trace) -> usize {
    trace.events.iter().filter(|it| matches!(it, Event::Score { .. })).count()
}
