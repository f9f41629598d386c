use super::*;
use crate::toy::{T4_P, T4_Q};

/// Rules on guesses with a script of uniforms, by test number.
fn rule(ratio: &mut Ratio, target: &[f32], tokens: &[TokenId], q: &[f32], us: &[f32]) -> Ruling {
    let log_probs: Vec<f32> = target.iter().map(|p| p.ln()).collect();
    let uniform = |key: Key| us[key.draw as usize];
    let draws = Draws { uniform: &uniform, position: 1, lane: 0, log_probs: &log_probs };
    let guess = |&token: &TokenId| Guess { token, drawn_from: Some(q.into()) };
    ratio.rule(target, &tokens.iter().map(guess).collect::<Vec<_>>(), &draws)
}

fn close(have: &[f32], want: &[f32]) -> bool {
    have.iter().zip(want).all(|(have, want)| (have - want).abs() < 1e-6)
}

#[test]
fn the_hand_trace_of_a_chain() {
    let exact = &mut Ratio::default();
    // From state 0 the draft says 1: .3 / .4 = .75, and u = .60 keeps it.
    assert_eq!(rule(exact, T4_P[0], &[1], T4_Q[0], &[0.60]).accepted, Some(0));
    assert_eq!(rule(exact, T4_P[0], &[1], T4_Q[0], &[0.76]).accepted, None);
    // Then 1 again: .6 / .3 keeps it whatever u.
    assert_eq!(rule(exact, T4_P[1], &[1], T4_Q[1], &[0.9999]).accepted, Some(0));
    // Or 2: .2 / .3 = .667, u = .90 rejects, and the residual is token 1 for certain.
    let ruling = rule(exact, T4_P[1], &[2], T4_Q[1], &[0.90]);
    let Rest::Residual(rest) = &ruling.rest else { panic!("{ruling:?}") };
    assert!(close(rest, &[0.0, 1.0, 0.0, 0.0]), "{rest:?}");
}

#[test]
fn the_hand_trace_of_two_siblings() {
    // Row 0, guesses 2 then 0: .15 / .20 = .75 falls to u = .8; the target's rest is token 0.
    let ruling = rule(&mut Ratio::default(), T4_P[0], &[2, 0], T4_Q[0], &[0.8, 0.9999]);
    assert_eq!(ruling.accepted, Some(1));
    assert!(close(ruling.tests[0].residual.as_deref().unwrap(), &[1.0, 0.0, 0.0, 0.0]));
    let second = &ruling.tests[1];
    assert!(close(&[second.p, second.q.unwrap()], &[1.0, 0.375]), "{second:?}");
}

#[test]
fn two_rejections_in_a_row_use_two_uniforms() {
    // Row 1, guesses 2 then 0: .2 / .3 = .667 falls to u = .7; the target's rest is token 1, so 0
    // falls to any u, and 1 answers.
    let us = [0.7, 0.0];
    let ruling = rule(&mut Ratio::default(), T4_P[1], &[2, 0], T4_Q[1], &us);
    assert_eq!(ruling.tests.iter().map(|it| it.u).collect::<Vec<_>>(), us.map(Some));
    assert_eq!(ruling.accepted, None);
    let Rest::Residual(rest) = &ruling.rest else { panic!("{ruling:?}") };
    assert!(close(rest, &[0.0, 1.0, 0.0, 0.0]), "{rest:?}");
}

#[test]
fn siblings_that_use_up_the_draft_leave_the_residual_to_answer() {
    let (p, q) = ([0.0, 0.0, 0.5, 0.5], [0.5, 0.5, 0.0, 0.0]);
    let ruling = rule(&mut Ratio::default(), &p, &[0, 1], &q, &[0.0, 0.0]);
    assert_eq!((ruling.tests.len(), ruling.accepted), (2, None));
    assert_eq!(ruling.rest, Rest::Residual(p.to_vec()));
}

#[test]
fn greedy_targets_keep_their_best_token_only() {
    let greedy = [1.0, 0.0, 0.0, 0.0];
    let ruling = rule(&mut Ratio::default(), &greedy, &[2, 0], T4_Q[0], &[]);
    assert_eq!(ruling.accepted, Some(1));
    assert!(ruling.tests.iter().all(|test| test.rule == Rule::Greedy && test.u.is_none()));
    let ruling = rule(&mut Ratio::default(), &greedy, &[2, 3], T4_Q[0], &[]);
    assert_eq!((ruling.accepted, ruling.rest), (None, Rest::Decided(0)));
}

#[test]
fn lenience_when_greedy_compares_with_the_best_token() {
    // Row 0 is .50 .30 .15 .05, so l = .6 keeps tokens 0 and 1, l = .3 keeps 2 as well.
    let log_probs: Vec<f32> = T4_P[0].iter().map(|p| p.ln()).collect();
    let none = |_| unreachable!("greedy rules draw nothing");
    let draws = Draws { uniform: &none, position: 1, lane: 0, log_probs: &log_probs };
    let greedy = [1.0, 0.0, 0.0, 0.0];
    let kept = |lenience, token| {
        let point = greedy.as_slice().into();
        let ruling =
            Ratio { lenience }.rule(&greedy, &[Guess { token, drawn_from: Some(point) }], &draws);
        ruling.accepted.is_some()
    };
    assert_eq!([0, 1, 2, 3].map(|token| kept(0.599, token)), [true, true, false, false]);
    assert_eq!([0, 1, 2, 3].map(|token| kept(0.299, token)), [true, true, true, false]);
    assert_eq!([0, 1, 2, 3].map(|token| kept(1.0, token)), [true, false, false, false]);
}
