//! One recorded run of each method, compared with a fresh one. The page plays the same files, so
//! each prompt and setting is chosen to show what the method does. `BLESS=1` writes what has
//! changed anew; the difference is read before it is committed.

use crate::{Stories, copying::beginning, root, stories};
use cli::{arguments::Device, run::record_lanes};
use decoding::{
    check::{self, same_up_to_rounding},
    method::Entry,
    methods::ALL,
    session::{DRAFT, TARGET},
    timings::Timings,
    trace::Trace,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::PathBuf};
use tests::request;

/// Log-probabilities of two processors, summed in another order, differ by less than this.
const ROUNDING: f64 = 1e-3;
const TOKENS: u32 = 40;
/// The page loads these files before any model.
const MOST_BYTES: usize = 160_000;

/// A tale that tells itself, for methods that guess from what was said before.
const TURNIP: &str = "Emma saw a big turnip. Emma pulled and pulled, but the big turnip did not \
    move.\nThen Emma asked the dog for help. \"I will help you,\" said the dog. Emma and the dog \
    pulled and pulled, but the big turnip did not move.\nThen along came a rabbit. \"I will";

/// What is recorded: prompt, parameters other than the defaults, and the seed.
fn chosen(method: &str) -> (&'static str, Value, u32) {
    match method {
        "basic-sampling" => (
            "Once upon a time, there was a little fox who",
            json!({ "temperature": 0.9, "top_k": 30, "top_p": 0.9 }),
            6,
        ),
        "mirostat" => ("The old bear lived in a", json!({}), 3),
        "speculative-decoding" => ("Once upon a time, there was a", json!({}), 5),
        "opt-tree" => ("One day, Tom and his dog went to", json!({ "nodes": 8 }), 3),
        "sequoia" => (
            "One day, Tom and his dog went to",
            json!({ "size": "largest", "max_nodes": 10, "max_depth": 4 }),
            4,
        ),
        "dyspec" => ("One day, Tom and his dog went to", json!({ "nodes": 8 }), 6),
        "staged-speculative" => {
            ("One day, Tom and his dog went to", json!({ "nodes": 4, "inner": 2 }), 5)
        }
        "speculative-contrastive" => ("Once upon a time, there was a", json!({}), 3),
        "unified-layer-skip" => (
            "Once upon a time, there was a little girl named",
            json!({ "speed_up": 1.33, "even": true }),
            1,
        ),
        "mcsd" => ("One day, Tom and his dog went to", json!({ "k_1": 3, "k_3": 0 }), 1),
        "rsd-c" => ("One day, Tom and his dog went to", json!({ "b_1": 3, "b_3": 0 }), 4),
        "rsd-s" => ("One day, Tom and his dog went to", json!({ "width": 3, "depth": 3 }), 4),
        "spectr" => ("One day, Tom and his dog went to", json!({ "draft_len": 3 }), 3),
        "cape" => ("One day, Tom and his dog went to", json!({}), 3),
        "improved-mcsd" => (
            "One day, Tom and his dog went to",
            json!({ "roots": 3, "k_1": 1, "k_2": 1, "gamma_max": 3 }),
            5,
        ),
        "token-recycling" => (TURNIP, json!({ "temperature": 0, "k": 4, "b": 3, "d": 4 }), 1),
        "anpd" => (TURNIP, json!({ "temperature": 0 }), 1),
        "copyspec" => (beginning("rules like code"), json!({ "delta": 3 }), 1),
        "aded" => (beginning("a list that counts down"), json!({}), 1),
        "ouroboros" => (beginning("a tale with a refrain"), json!({ "w": 4, "g": 3 }), 1),
        "entropy-adaptive" => {
            ("One day, Tom and his dog went to", json!({ "tau": 1.5, "min_stay": 3 }), 1)
        }
        "lookahead" => (
            TURNIP,
            json!({ "temperature": 0, "n": 5, "w": 4, "g": 4, "pool_from_prompt": true }),
            1,
        ),
        "jacobi" => (TURNIP, json!({ "m": 12 }), 1),
        "gauss-seidel-jacobi" => (TURNIP, json!({ "b": 4 }), 1),
        "hybrid-jacobi" => (TURNIP, json!({ "b": 4, "m": 24 }), 1),
        "speculative-jacobi" => (TURNIP, json!({ "w": 4, "temperature": 1.2 }), 7),
        "fastcot" => (TURNIP, json!({}), 1),
        "swift" => (TURNIP, json!({ "optimisation_steps": 8, "window": 16 }), 1),
        "pearl" => ("Once upon a time, there was a", json!({}), 5),
        "bass" => (BATCH[0], json!({}), 2),
        "ems-sd" => (BATCH[0], json!({}), 2),
        "beam-search" | "lattice-recombination" => {
            ("The little girl opened the door and saw a", json!({}), 1)
        }
        "superposed" => ("The little girl opened the door and saw a", json!({ "exact": true }), 1),
        _ => ("Once upon a time, there was a little girl named", json!({}), 1),
    }
}

/// Pass times that were once measured on the CPU in a browser; they stay as they are, so that a
/// method which reads them does the same on every machine.
fn timings() -> Timings {
    let sizes = [1, 2, 4, 8, 16, 32];
    let target = [1.8, 2.8, 3.9, 7.7, 15.7, 31.5];
    let draft = [0.2, 0.3, 0.5, 1.0, 1.8, 3.6];
    Timings::default()
        .with(TARGET, sizes.into_iter().zip(target))
        .with(DRAFT, sizes.into_iter().zip(draft))
}

/// Prompts of a batch, of different lengths.
const BATCH: [&str; 4] = [
    "Once upon a time, there was a",
    "The dog ran to the",
    "One day, Tom and his mom went to the park. Tom saw a",
    "Lily was sad",
];
/// Tokens of each text of a batch: the page draws them all.
const BATCH_TOKENS: u32 = 16;

fn path(entry: &Entry) -> PathBuf {
    root().join(format!("tests/golden/{}.json", entry.info.id))
}

fn fresh(entry: &Entry) -> Trace {
    let (prompt, params, seed) = chosen(entry.info.id);
    let batch = entry.several_prompts;
    let texts = if batch { &BATCH[..] } else { &[prompt] };
    let Stories { mut models, times, prompts } = stories(entry, texts);
    models.timings = timings();
    let length = if batch { BATCH_TOKENS } else { TOKENS };
    let mut request = request(entry.info.id, params, &prompts[0], length);
    request.seed = seed;
    record_lanes(request, &prompts[1..], &mut models, &times, Device::Cpu).expect("a run")
}

/// What is wrong with the file of a method, if anything is.
fn complaint(entry: &Entry, trace: &Trace) -> Option<String> {
    let file = match fs::read_to_string(path(entry)) {
        Ok(file) => file,
        Err(error) => return Some(error.to_string()),
    };
    let golden = match check::read(&file) {
        Ok(golden) => golden,
        Err(error) => return Some(error.to_string()),
    };
    same_up_to_rounding(&golden, trace, ROUNDING).err().map(|it| it.to_string())
}

#[test]
fn fresh_runs_equal_the_golden_traces() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut complaints = Vec::new();
    for entry in ALL {
        let trace = fresh(entry);
        let Some(complaint) = complaint(entry, &trace) else { continue };
        if bless {
            let json = serde_json::to_string(&trace).expect("a trace is plain data") + "\n";
            if json.len() > MOST_BYTES {
                complaints.push(format!("{}: {} bytes are too many", entry.info.id, json.len()));
            }
            fs::write(path(entry), json).expect("the folder can be written");
        } else {
            complaints.push(format!("{}: {complaint}", entry.info.id));
        }
    }
    let advice = "`cargo xtask bless` writes them anew";
    assert!(complaints.is_empty(), "{}\n{advice}", complaints.join("\n"));
}

#[test]
fn every_golden_trace_belongs_to_a_method() {
    let files = fs::read_dir(root().join("tests/golden")).expect("the folder is there");
    let names = |it: fs::DirEntry| it.file_name().to_string_lossy().into_owned();
    let found: BTreeSet<_> = files.map(|it| names(it.expect("a file"))).collect();
    let known: BTreeSet<_> = ALL.iter().map(|it| format!("{}.json", it.info.id)).collect();
    let strangers: Vec<_> = found.difference(&known).collect();
    assert!(strangers.is_empty(), "no method is called like {strangers:?}");
}
