use super::*;
use std::collections::BTreeMap;

/// The three methods of the paper, with blocks of every length.
const METHODS: [&str; 3] = ["jacobi", "gauss-seidel-jacobi", "hybrid-jacobi"];

fn choices(method: &str) -> Vec<Value> {
    let block = if method == "jacobi" { "m" } else { "b" };
    let mut choices = vec![
        json!({block: 1}),
        json!({block: 3, "init": "last"}),
        json!({block: 8}),
        json!({block: 32, "init": "pad"}),
    ];
    if method == "hybrid-jacobi" {
        choices.extend([json!({"m": 1}), json!({"m": 5, "b": 3}), json!({"m": 256})]);
    }
    choices
}

#[test]
fn the_text_is_that_of_plain_decoding() {
    for method in METHODS {
        for temperature in [0.0, 0.7, 1.0] {
            assert_same_text(method, &choices(method), temperature);
        }
    }
}

/// Each row of the grid: position → (token, state).
pub fn grid(trace: &Trace) -> Vec<BTreeMap<u32, (u32, String)>> {
    let mut grid: Vec<BTreeMap<_, _>> = Vec::new();
    for row in rows_of(trace, "grid") {
        let (iteration, position) = (number(&row[1]), number(&row[2]));
        assert_eq!(text(&row[0]), format!("{iteration}:{position}"));
        grid.resize_with(grid.len().max(iteration as usize + 1), BTreeMap::new);
        grid[iteration as usize].insert(position, (number(&row[3]), text(&row[4]).to_owned()));
    }
    grid
}

#[test]
fn the_iterates_of_f5_are_those_of_the_card() {
    let params = json!({"m": 6, "init": "pad"});
    let trace = run("jacobi", params, toy::f5(), &[0, 1], 0, 7);
    // The block of positions 2 to 7, final tokens of earlier passes filled in.
    let mut block = [0; 6];
    let rows: Vec<_> = grid(&trace)
        .iter()
        .map(|row| {
            for (position, (token, _)) in row {
                if let Some(place) = block.get_mut(*position as usize - 2) {
                    *place = *token;
                }
            }
            block
        })
        .collect();
    let want = [
        [0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 2, 2, 1, 0, 0],
        [1, 2, 3, 4, 3, 1],
        [1, 2, 3, 0, 2, 2],
        [1, 2, 3, 0, 3, 2],
        [1, 2, 3, 0, 3, 3],
    ];
    assert_eq!(rows[..7], want);
    assert_eq!(emitted(&trace)[..6], [1; 6], "six passes for the block");
}

#[test]
fn k_passes_make_the_first_k_tokens_final_and_final_cells_are_the_text() {
    for method in METHODS {
        for (target, prompt) in TOYS {
            for init in ["prompt", "last", "pad"] {
                let params = json!({"init": init, "temperature": 0.0});
                let trace = run(method, params, target(), prompt, 0, 40);
                let mut committed = 0;
                for (pass, row) in grid(&trace).iter().enumerate() {
                    committed += row.values().filter(|it| it.1 == "fixed").count();
                    assert!(committed >= pass.min(trace.tokens.len()));
                    for (position, (token, state)) in row {
                        let index = *position as usize - prompt.len();
                        assert!(state != "fixed" || trace.tokens[index] == *token);
                    }
                }
                assert_eq!(committed, trace.tokens.len());
                assert!(passes(&trace) <= trace.tokens.len(), "at most a pass a token");
            }
        }
    }
}

#[test]
fn accepted_guesses_are_not_fed_again() {
    for method in METHODS {
        let trace = run(method, json!({}), Toy::random(12, 3, 4.0), &[5, 2, 5, 7], 0, 40);
        let mut fed = std::collections::BTreeSet::new();
        for event in &trace.events {
            if let Event::Score { nodes, ancestors, .. } = event {
                assert!(nodes.iter().chain(ancestors).all(|node| fed.insert(*node)));
            }
        }
        assert!(emitted(&trace).iter().any(|&it| it > 1), "some guess was accepted");
    }
}

/// Positions of the fresh guesses of each row, where there are any.
fn fresh(trace: &Trace) -> Vec<(usize, Vec<u32>)> {
    let guesses = |(row, cells): (usize, BTreeMap<u32, (u32, String)>)| {
        let cells = cells.into_iter().filter(|it| it.1.1 == "guess");
        (row, cells.map(|it| it.0).collect::<Vec<_>>())
    };
    grid(trace).into_iter().enumerate().map(guesses).filter(|it| !it.1.is_empty()).collect()
}

#[test]
fn a_block_begins_where_everything_before_it_is_final() {
    let (target, prompt) = (Toy::random(30, 4, 20.0), [1]);
    let trace = run("gauss-seidel-jacobi", json!({"b": 5}), target, &prompt, 0, 40);
    let blocks = fresh(&trace);
    assert!(blocks.len() > 5, "{blocks:?}");
    for (row, positions) in blocks {
        let done: usize = emitted(&trace)[..row].iter().sum();
        let first = (prompt.len() + done) as u32;
        let room = (40 - done as u32 - 1).min(5);
        assert_eq!(positions, (first..first + room).collect::<Vec<_>>(), "after {row} passes");
    }
}

#[test]
fn a_hybrid_guesses_m_tokens_and_goes_on_one_by_one() {
    for (m, b) in [(12, 5), (12, 32), (1, 8)] {
        let params = json!({"m": m, "b": b});
        let trace = run("hybrid-jacobi", params, Toy::random(12, 3, 4.0), &[5, 2, 5, 7], 0, 40);
        let positions: Vec<u32> = fresh(&trace).into_iter().flat_map(|it| it.1).collect();
        assert!(positions.iter().all(|&at| at < 4 + m), "{positions:?}");
        assert_eq!(positions[0], 4);
        let mut done = 0;
        for (sent, event) in emitted(&trace).into_iter().zip(scored(&trace)) {
            if done >= m as usize {
                assert_eq!((sent, event), (1, 1), "plain decoding after {done} tokens");
            }
            done += sent;
        }
    }
}

/// How many nodes each pass was asked for.
fn scored(trace: &Trace) -> Vec<usize> {
    let sizes = trace.events.iter().filter_map(|event| match event {
        Event::Score { nodes, .. } => Some(nodes.len()),
        _ => None,
    });
    sizes.collect()
}

#[test]
fn with_a_block_as_long_as_the_text_all_three_are_one() {
    let (target, prompt): (MakeToy, _) = (|| Toy::random(30, 4, 20.0), [1, 7, 3]);
    let of = |method, params| grid(&run(method, params, target(), &prompt, 5, 20));
    let plain = of("jacobi", json!({"m": 20}));
    assert_eq!(of("gauss-seidel-jacobi", json!({"b": 20})), plain);
    assert_eq!(of("hybrid-jacobi", json!({"b": 20, "m": 20})), plain);
    assert_ne!(of("gauss-seidel-jacobi", json!({"b": 4})), plain);
}
