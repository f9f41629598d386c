//! What flows back into the pool, and what is tried.

use super::*;
use crate::{
    filter::Pipeline, session::Models, speculate::walk, toy::Toy, trial::Trial,
    verifier::SampleMatch,
};
use futures_lite::future::block_on;

fn phrases(drafter: &Phrases, key: TokenId) -> Vec<Vec<TokenId>> {
    drafter.pool.phrases(key).map(<[TokenId]>::to_vec).collect()
}

/// The next token is certain: the last plus `step`, modulo ten.
fn counting(step: fn(TokenId) -> TokenId) -> Toy {
    let rows: Vec<Vec<f32>> = (0..10)
        .map(|last| (0..10).map(|next| f32::from(u8::from(next == step(last) % 10))).collect())
        .collect();
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    Toy::first_order("counting", &rows)
}

/// One round; the guesses as token paths below the head, and how many nodes the target was fed.
fn round(drafter: &mut Phrases, trial: &mut Trial) -> (Vec<Vec<TokenId>>, usize) {
    let mut session = trial.step();
    let head = session.head();
    let drafted = block_on(drafter.draft(&mut session)).unwrap();
    let path = |node: NodeId| {
        let path = session.forest().path(Some(head), node);
        path.into_iter().map(|it| token(&session, it)).collect()
    };
    let paths = drafted.iter().map(|&it| path(it)).collect();
    let scored: Vec<_> = std::iter::once(head).chain(drafted).collect();
    let scores = block_on(session.score_target(&scored)).unwrap();
    let rule = &mut SampleMatch;
    let walk = walk(&mut session, rule, &Pipeline::greedy(), &scored, &scores);
    crate::speculate::settle(&mut session, drafter, &scored, &scores, &walk);
    (paths, scored.len())
}

#[test]
fn the_target_says_what_follows_a_rejected_token_as_long_as_the_draft_agrees() {
    let drafter = Phrases::new(4, 0, 5);
    // The draft is 1 2 3 4 5; the target says after each of its tokens what `said` holds.
    let draft = [1, 2, 3, 4, 5];
    let said = [2, 3, 4, 9, 8];
    assert_eq!(drafter.said_after(0, &said, &draft), Some(vec![2, 3, 4]));
    // After 2: 3 and 4 are the draft's, 9 is the target's own.
    assert_eq!(drafter.said_after(1, &said, &draft), Some(vec![3, 4, 9]));
    // After 3: 4, then 9, where the draft says 5: too short.
    assert_eq!(drafter.said_after(2, &said, &draft), None);
    assert_eq!(drafter.said_after(4, &said, &draft), None);
}

#[test]
fn rows_are_one_plus_the_draft_plus_the_suffixes() {
    let mut drafter = Phrases::new(4, 0, 5);
    // Three tokens to draft: 1 2 3; then two phrases after 3 that begin differently.
    drafter.draft_len = 3;
    drafter.suffixes = 2;
    drafter.pool.insert(3, vec![7, 7, 7], None);
    drafter.pool.insert(3, vec![4, 5, 9], None);
    drafter.pool.insert(3, vec![8, 8, 8], None);
    let models = Models::new(counting(|last| last + 1)).with(DRAFT, counting(|last| last + 1));
    let mut trial = Trial::new(&[0], 60, models);
    let (paths, rows) = round(&mut drafter, &mut trial);
    assert_eq!(rows, 1 + 3 + 2 * 3);
    assert_eq!(paths[2], [1, 2, 3]);
    // The most recent phrases are tried, and the target's predictions take their places.
    assert_eq!(paths[5], [1, 2, 3, 8, 8, 8]);
    assert_eq!(paths[8], [1, 2, 3, 4, 5, 9]);
    assert_eq!(phrases(&drafter, 3), [vec![4, 5, 6], vec![4, 9, 9], vec![7, 7, 7]]);
}

#[test]
fn rejected_tokens_teach_the_pool_what_the_target_says_after_them() {
    let mut drafter = Phrases::new(3, 0, 5);
    drafter.draft_len = 4;
    drafter.suffixes = 0;
    // From 0 the draft says 5 6 7 8, and the target 1; after 5, 6, 7 and 8 they agree.
    let target = counting(|last| last + 1);
    let draft = counting(|last| if last == 0 { 5 } else { last + 1 });
    let mut trial = Trial::new(&[0], 60, Models::new(target).with(DRAFT, draft));
    round(&mut drafter, &mut trial);
    assert_eq!(phrases(&drafter, 5), [[6, 7]]);
    assert_eq!(phrases(&drafter, 6), [[7, 8]]);
    assert_eq!(phrases(&drafter, 7), [[8, 9]], "8 is the draft's, 9 the target's");
    assert!(phrases(&drafter, 8).is_empty(), "only 9 is known");
}

#[test]
fn phrases_of_the_pool_save_passes_of_the_draft() {
    let passes = |warm: bool| {
        let mut drafter = Phrases::new(4, 0, 5);
        drafter.pool_from_prompt = warm;
        let models = Models::new(counting(|last| last + 1)).with(DRAFT, counting(|last| last + 1));
        let mut trial = Trial::new(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0], 60, models);
        round(&mut drafter, &mut trial);
        let of_draft = |it: &&crate::trace::Event| matches!(it, crate::trace::Event::Score { role, .. } if role == DRAFT);
        trial.events().iter().filter(of_draft).count()
    };
    assert_eq!((passes(false), passes(true)), (4, 1));
}

#[test]
fn every_phrase_is_one_shorter_than_its_ngram() {
    for ngram_len in 3..6 {
        let mut drafter = Phrases::new(ngram_len, 3, 4);
        drafter.pool_from_prompt = true;
        let target = Toy::random(9, 3, 6.0);
        let models = Models::new(target).with(DRAFT, Toy::random(9, 3, 2.0));
        let mut trial = Trial::new(&[2, 5, 2, 7, 1, 3], 60, models);
        for _ in 0..12 {
            round(&mut drafter, &mut trial);
        }
        let all: Vec<_> = (0..9).flat_map(|key| phrases(&drafter, key)).collect();
        assert!(all.len() > 3, "{all:?}");
        assert!(all.iter().all(|it| it.len() == ngram_len - 1), "{all:?}");
    }
}
