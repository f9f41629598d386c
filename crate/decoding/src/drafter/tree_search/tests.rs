use super::*;
use crate::random::{self, Key};

/// A generator of its own for each seed.
fn uniforms(seed: u32) -> impl FnMut() -> f32 {
    let mut draw = 0;
    move || {
        draw += 1;
        random::uniform(seed, Key { purpose: "search", lane: 0, position: 0, draw })
    }
}

fn never(_: TokenId) -> bool {
    false
}

/// Every pair is followed by the next three numbers, the nearest most often.
fn fan(pair: Pair) -> Vec<(TokenId, f32)> {
    vec![(pair.1 + 1, 0.6), (pair.1 + 2, 0.3), (pair.1 + 3, 0.1)]
}

/// Every pair is followed by the next number.
fn chain(pair: Pair) -> Vec<(TokenId, f32)> {
    vec![(pair.1 + 1, 1.0)]
}

fn tokens(chosen: &[Chosen]) -> Vec<TokenId> {
    chosen.iter().map(|it| it.token).collect()
}

#[test]
fn one_generator_gives_one_tree() {
    let rules = Rules { successors: &fan, ends: &never, depth: 4 };
    let tree = |seed| Search::run((0, 1), &rules, 64, uniforms(seed)).choose(&rules, 8, 16, 9);
    assert_eq!(tree(1), tree(1));
    assert!((2..40).any(|seed| tree(seed) != tree(1)), "chance matters");
}

#[test]
fn without_successors_only_the_root_is_there() {
    let rules = Rules { successors: &|_| Vec::new(), ends: &never, depth: 4 };
    let search = Search::run((0, 1), &rules, 64, uniforms(1));
    assert_eq!((search.places.len(), search.places[0].visits), (1, 64));
    assert!(search.choose(&rules, 8, 16, 9).is_empty());
}

#[test]
fn visits_of_children_sum_to_those_of_the_parent_minus_its_expansion() {
    let rules = Rules { successors: &fan, ends: &never, depth: 4 };
    let search = Search::run((0, 1), &rules, 500, uniforms(3));
    let mut inner = 0;
    for place in search.places.iter().filter(|it| !it.children.is_empty()) {
        let below: u32 = place.children.iter().map(|&it| search.places[it].visits).sum();
        assert_eq!(below, place.visits - 1);
        inner += 1;
    }
    assert!(inner > 10, "{inner}");
}

#[test]
fn a_table_like_a_chain_gives_the_chain() {
    let rules = Rules { successors: &chain, ends: &never, depth: 4 };
    let chosen = Search::run((0, 1), &rules, 1000, uniforms(1)).choose(&rules, 8, 16, 9);
    // Four tokens of the search, and one more that prolongs the path.
    assert_eq!(tokens(&chosen), [2, 3, 4, 5, 6]);
    let parents: Vec<_> = chosen.iter().map(|it| it.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1), Some(2), Some(3)]);
    let visits: Vec<_> = chosen.iter().map(|it| it.visits).collect();
    assert_eq!(visits, [999, 998, 997, 996, 0], "each place is expanded once");
}

#[test]
fn the_score_of_a_child_is_that_of_the_card() {
    let rules = Rules { successors: &fan, ends: &never, depth: 1 };
    // The root, then each child once; a path of one token is worth 1.
    let mut search = Search::run((0, 1), &rules, 4, uniforms(1));
    let visits =
        |search: &Search| search.places[1..].iter().map(|it| it.visits).collect::<Vec<_>>();
    assert_eq!(visits(&search), [1, 1, 1]);
    // N = 4: U = 1 + (32 + ln(13/8))·w·2/2, so the heaviest child is next: 20.49 against 10.75;
    // then N = 5, n = 2: 1 + (32 + ln(14/8))·.6·√5/3 = 15.56 against 1 + 32.56·.3·√5/2 = 11.92.
    for want in [[2, 1, 1], [3, 1, 1]] {
        search.walk(&rules, &mut || 0.0);
        assert_eq!(visits(&search), want);
    }
    // N = 6, n = 3: 1 + (32 + ln(15/8))·.6·√6/4 equals 1 + (32 + ln(15/8))·.3·√6/2, and a tie goes
    // to the heavier one.
    search.walk(&rules, &mut || 0.0);
    assert_eq!(visits(&search), [4, 1, 1]);
    // N = 7, n = 4: 1 + 32.69·.6·√7/5 = 11.38 against 1 + 32.69·.3·√7/2 = 13.97.
    search.walk(&rules, &mut || 0.0);
    assert_eq!(visits(&search), [4, 2, 1]);
}

#[test]
fn no_place_follows_the_end_of_a_text_or_the_last_position() {
    let ends = |token| token == 2;
    let rules = Rules { successors: &fan, ends: &ends, depth: 2 };
    let search = Search::run((0, 1), &rules, 300, uniforms(5));
    let chosen = search.choose(&rules, 24, 64, 2);
    assert!(chosen.iter().any(|it| it.token == 2));
    for place in &chosen {
        assert!(place.parent.is_none_or(|above| chosen[above].token != 2));
        let above = place.parent.and_then(|above| chosen[above].parent);
        assert!(above.is_none(), "two tokens at most");
    }
}

#[test]
fn a_small_draft_leaves_out_what_was_visited_least() {
    let rules = Rules { successors: &fan, ends: &never, depth: 4 };
    let search = Search::run((0, 1), &rules, 200, uniforms(7));
    let all = search.choose(&rules, 24, 64, 9);
    for most in 1..20 {
        let few = search.choose(&rules, 24, most, 9);
        assert_eq!(few.len(), most);
        assert_eq!(few, all[..most]);
        assert!(few.iter().enumerate().all(|(at, it)| it.parent.is_none_or(|above| above < at)));
    }
}
