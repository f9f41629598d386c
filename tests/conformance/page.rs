//! The documentation page of every method is whole, and its pseudo-code is what runs.

use decoding::{
    method::{Entry, Lossless},
    methods::ALL,
    trace::Event,
};
use serde_json::json;
use std::collections::BTreeSet;
use tests::{parameters, request, run, toys::*};

const SECTIONS: [&str; 5] =
    ["## What to watch", "## Parameters", "## Cost", "## Losslessness", "## Source"];

/// The lines between "```pseudo" and the next "```".
fn pseudo(page: &str) -> Vec<&str> {
    let block = page.lines().skip_while(|it| *it != "```pseudo").skip(1);
    block.take_while(|it| *it != "```").collect()
}

#[test]
fn pages_have_all_their_sections() {
    for entry in ALL {
        let (id, page) = (entry.info.id, entry.info.page);
        assert!(page.starts_with("# "), "the page of {id} has no title");
        assert!(!pseudo(page).is_empty(), "the page of {id} has no pseudo-code");
        let headings: Vec<_> = page.lines().filter(|it| it.starts_with("## ")).collect();
        for section in SECTIONS {
            assert!(headings.contains(&section), "the page of {id} has no {section:?}");
        }
    }
}

#[test]
fn pages_explain_every_parameter() {
    for entry in ALL {
        let section = entry.info.page.split("\n## ").find(|it| it.starts_with("Parameters"));
        let section = section.expect("the page has this section");
        for parameter in parameters::of(entry) {
            let (id, name) = (entry.info.id, parameter.name);
            assert!(section.contains(&name), "the page of {id} does not explain {name:?}");
            assert!(parameter.schema["description"].is_string() || described(entry, &name), "{id}");
        }
    }
}

/// Whether the property itself has help text, beside that of its type.
fn described(entry: &Entry, name: &str) -> bool {
    entry.described().schema["properties"][name]["description"].is_string()
}

#[test]
fn lines_that_run_are_lines_of_the_page() {
    for entry in ALL {
        let lines = pseudo(entry.info.page).len() as u32;
        let mut said = BTreeSet::new();
        for draft in DRAFTS {
            let request = request(entry.info.id, json!({}), &[0, 1], 20);
            let trace = run(request, &mut models(entry, Target::T4, draft)).expect("a run");
            said.extend(trace.events.iter().filter_map(|event| match event {
                Event::Line { line } => Some(*line),
                _ => None,
            }));
        }
        let id = entry.info.id;
        assert!(!said.is_empty(), "{id} never says which line runs");
        assert!(said.iter().all(|it| (1..=lines).contains(it)), "{id} of {lines}: {said:?}");
    }
}

#[test]
fn the_list_says_what_a_reader_needs() {
    let mut ids = BTreeSet::new();
    for entry in ALL {
        let info = entry.info;
        assert!(ids.insert(info.id), "{} is listed twice", info.id);
        assert!(info.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", info.id);
        assert!(!info.title.is_empty() && !info.source.is_empty(), "{}", info.id);
        let samples = parameters::of(entry).iter().any(|it| it.name == "temperature");
        assert!(samples || info.lossless != Lossless::Distribution, "{} cannot sample", info.id);
    }
}
