//! Every parameter at both ends of its range and in each of its choices; mistakes are named.

use decoding::{
    Error,
    method::{Entry, Lossless},
    methods::ALL,
    trace::Trace,
};
use serde_json::{Value, json};
use tests::{at_zero, greedy, parameters, request, run, toys::*};

/// Parameters that trade the promise of their method away, as their help text says.
const LOSSY: [(&str, &str); 1] = [("speculative-decoding", "lenience")];

const TOKENS: u32 = 12;

fn try_run(entry: &Entry, params: Value, target: Target, draft: Draft) -> Result<Trace, Error> {
    let request = request(entry.info.id, params, &[1, 0], TOKENS);
    run(request, &mut models(entry, target, draft))
}

#[test]
fn both_ends_of_every_range_and_every_choice_work() {
    for entry in ALL {
        for parameter in parameters::of(entry) {
            let values = [parameter.ends(), parameter.choices()].concat();
            assert!(!values.is_empty(), "{} of {} has no range", parameter.name, entry.info.id);
            for value in values {
                for target in [Target::T4, Target::F5, Target::Random { vocab: 31, seed: 3 }] {
                    for draft in DRAFTS {
                        let params = parameter.set(value.clone());
                        try_run(entry, params.clone(), target, draft)
                            .unwrap_or_else(|error| panic!("{} {params}: {error}", entry.info.id));
                        let lossy = LOSSY.contains(&(entry.info.id, &parameter.name));
                        if entry.info.lossless == Lossless::No
                            || parameter.name == "temperature"
                            || lossy
                        {
                            continue;
                        }
                        let params = at_zero(entry, params);
                        let trace = try_run(entry, params.clone(), target, draft).expect("a run");
                        let expected = greedy(&[1, 0], TOKENS, &mut models(entry, target, draft));
                        assert_eq!(trace.tokens, expected, "{} {params}", entry.info.id);
                    }
                }
            }
        }
    }
}

#[test]
fn defaults_are_written_into_the_trace() {
    for entry in ALL {
        let trace = try_run(entry, Value::Null, Target::T4, Draft::Differs).expect("a run");
        let named: Vec<_> = trace.params.as_object().expect("an object").keys().cloned().collect();
        let mut known: Vec<_> = parameters::of(entry).into_iter().map(|it| it.name).collect();
        known.sort();
        assert_eq!(named, known, "{}", entry.info.id);
    }
}

/// What the library says to parameters it must refuse.
fn refusal(entry: &Entry, params: Value) -> String {
    match try_run(entry, params.clone(), Target::T4, Draft::Differs) {
        Err(error @ Error::Params { .. }) => error.to_string(),
        Err(error) => panic!("{} {params}: another error, {error}", entry.info.id),
        Ok(_) => panic!("{} takes {params}", entry.info.id),
    }
}

#[test]
fn unknown_parameters_are_refused_by_name() {
    for entry in ALL {
        let said = refusal(entry, json!({ "temprature": 1 }));
        assert!(said.contains("\"temprature\"") && said.contains(entry.info.id), "{said}");
        assert!(refusal(entry, json!([1])).contains("object"));
    }
}

#[test]
fn values_of_the_wrong_kind_or_beyond_the_range_are_refused_by_name() {
    for entry in ALL {
        for parameter in parameters::of(entry) {
            let mut wrong = vec![json!({}), json!([[]])];
            wrong.extend(parameter.outside());
            if parameter.is_number() {
                assert_eq!(parameter.outside().len(), 2, "{} has two ends", parameter.name);
                wrong.push(json!("many"));
            }
            if parameter.is_whole() {
                wrong.push(json!(1.5));
            }
            if !parameter.choices().is_empty() {
                wrong.push(json!("no such choice"));
            }
            for value in wrong {
                let said = refusal(entry, parameter.set(value.clone()));
                let name = format!("{:?}", parameter.name);
                assert!(said.contains(&name), "{value}: {said}");
            }
        }
    }
}
