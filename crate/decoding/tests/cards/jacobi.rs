use super::*;
use std::collections::BTreeMap;

#[test]
fn the_text_is_that_of_plain_decoding() {
    let choices = [
        json!({"b": 1}),
        json!({"b": 3, "init": "last"}),
        json!({"b": 8}),
        json!({"b": 32, "init": "pad"}),
    ];
    assert_same_text("jacobi", &choices, 0.0);
    assert_same_text("jacobi", &choices, 0.7);
    assert_same_text("jacobi", &choices, 1.0);
}

/// Each row of the grid: position → (token, state).
fn grid(trace: &Trace) -> Vec<BTreeMap<u32, (u32, String)>> {
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
    let params = json!({"b": 6, "init": "pad"});
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
    for (target, prompt) in TOYS {
        for init in ["prompt", "last", "pad"] {
            let params = json!({"b": 8, "init": init, "temperature": 0.0});
            let trace = run("jacobi", params, target(), prompt, 0, 40);
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
        }
    }
}

#[test]
fn accepted_guesses_are_not_fed_again() {
    let trace = run("jacobi", json!({"b": 8}), Toy::random(12, 3, 4.0), &[5, 2, 5, 7], 0, 40);
    let mut fed = std::collections::BTreeSet::new();
    for event in &trace.events {
        if let Event::Score { nodes, ancestors, .. } = event {
            assert!(nodes.iter().chain(ancestors).all(|node| fed.insert(*node)));
        }
    }
    assert!(emitted(&trace).iter().any(|&it| it > 1), "some guess was accepted");
}
