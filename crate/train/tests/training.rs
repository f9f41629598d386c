//! A tiny network learns from a small text of our own: everything but the size is as in earnest.

use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};
use decoding::{NodeId, TokenId, model::*, toy};
use llama::{Llama, Parameters, plain};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use train::{
    checkpoint,
    device::DeviceName,
    export,
    log::{Entry, What},
    recipe::{Distill, Recipe, Written},
    run::{self, Finished, Options, Outcome},
};

const CRATE: &str = env!("CARGO_MANIFEST_DIR");

fn recipe() -> Recipe {
    let mut recipe =
        Recipe::read(&Path::new(CRATE).join("tests/data/tiny.toml")).expect("a recipe");
    recipe.corpus.folder = Path::new(CRATE).join("tests/data");
    recipe
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("train-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn options(&self, run: &str) -> Options {
        Options {
            device: DeviceName::Cpu,
            threads: 2,
            corpus: None,
            sequences_at_once: None,
            folder: self.0.join(run),
            checkpoint_every: Duration::MAX,
            pause_after: None,
            pause_at: None,
            fresh: false,
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn finish(recipe: &Recipe, options: &Options) -> Finished {
    match run::train(recipe, options).expect("it trains") {
        Outcome::Finished(finished) => *finished,
        Outcome::Paused(step) => panic!("paused at {step}"),
    }
}

fn numbers(tensors: &[Tensor<2>]) -> Vec<Vec<f32>> {
    tensors.iter().map(|it| it.clone().try_into_vec_as().expect("numbers")).collect()
}

fn losses(entries: &[Entry]) -> Vec<f32> {
    let loss = |it: &Entry| match it.what {
        What::Training { loss, .. } => Some(loss),
        What::Validation { .. } => None,
    };
    entries.iter().filter_map(loss).collect()
}

#[test]
fn the_loss_falls_on_texts_seen_and_held_back() {
    let folder = Folder::new("falls");
    let run = finish(&recipe(), &folder.options("run"));
    let losses = losses(&run.log.entries);
    // Guessing among 300 tokens costs ln 300 = 5.7 nats.
    assert!(losses[0] > 4.0, "{losses:?}");
    assert!(losses.last().expect("entries") + 1.0 < losses[0], "{losses:?}");
    let held: Vec<_> = run
        .log
        .entries
        .iter()
        .filter_map(|it| match &it.what {
            What::Validation { losses } => Some(losses.clone()),
            What::Training { .. } => None,
        })
        .collect();
    assert_eq!(held.len(), 2, "one look on the way, one at the end");
    for (first, last) in held[0].iter().zip(&held[1]) {
        assert!(last.nats_per_token < first.nats_per_token, "{first:?} and {last:?}");
        assert!(last.nats_per_token < 5.0, "{last:?}");
        assert!(last.nats_per_byte < last.nats_per_token);
    }
}

#[test]
fn the_exported_folder_reads_back_with_equal_logits() {
    let folder = Folder::new("export");
    let run = finish(&recipe(), &folder.options("run"));
    let out = folder.0.join("model");
    export::write(&out, &run.config, &run.tensors, &run.tokenizer).expect("it is written");
    let mut model = export::check(&out).expect("it loads");
    assert_eq!(model.config(), &run.config);
    let text = "The cat saw the dog by the wall.";
    let tokens = model.tokenizer().encode(text);
    assert_eq!(tokens[0], 0, "the end token stands before a prompt");
    let ours = run.tokenizer.encode(text, true).expect("it splits");
    assert_eq!(tokens, ours.get_ids());
    assert!(tokens.len() < text.len() / 2, "pairs were learned: {} tokens", tokens.len());

    // What was trained, rounded to f16 as in the file, by training's own pass.
    let rounded = run.tensors.iter().map(|it| {
        let halves = it.clone().into_data().convert::<burn::tensor::f16>().convert::<f32>();
        Tensor::from_data(halves, &llama::cpu())
    });
    let parameters = Parameters::from_tensors(run.config.clone(), rounded.collect());
    let trained = plain_rows(&parameters, &tokens);
    let (forest, _) = toy::forest(&tokens);
    let nodes: Vec<_> = (0..tokens.len() as u32).map(NodeId).collect();
    let ask = Ask::rows();
    let scores = futures_lite::future::block_on(model.forward(&forest, &nodes, &ask));
    let read = scores.expect("the pass works").log_probs;
    assert_eq!(trained.len(), read.len());
    let gap = trained.iter().zip(&read).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(gap <= 1e-4, "off by {gap}");
}

fn plain_rows(parameters: &Parameters, tokens: &[TokenId]) -> Vec<f32> {
    let device = llama::cpu();
    let ids: Vec<i32> = tokens.iter().map(|&it| it as i32).collect();
    let ids: Tensor<2, Int> = Tensor::from_data(TensorData::new(ids, [1, tokens.len()]), &device);
    let positions = plain::Positions::new(&parameters.config, tokens.len(), &device);
    let rows = log_softmax(plain::logits(parameters, &positions, ids), 1);
    rows.try_into_vec_as().expect("numbers")
}

#[test]
fn a_changed_file_is_refused_by_its_checksum() {
    let folder = Folder::new("checksum");
    let mut options = folder.options("run");
    options.pause_at = None;
    let mut short = recipe();
    short.training.tokens = 128;
    let run = finish(&short, &options);
    let out = folder.0.join("model");
    export::write(&out, &run.config, &run.tensors, &run.tokenizer).expect("it is written");
    let path = out.join("model.safetensors");
    let mut bytes = fs::read(&path).expect("it is there");
    *bytes.last_mut().expect("it has bytes") ^= 1;
    fs::write(&path, bytes).expect("it is written");
    let error = Llama::load_dir(&out, llama::cpu()).err().expect("refused").to_string();
    assert!(error.contains("model.safetensors"), "{error}");
}

#[test]
fn a_training_in_pieces_equals_one_in_one_piece() {
    let folder = Folder::new("pieces");
    let whole = finish(&recipe(), &folder.options("whole"));
    let mut options = folder.options("pieces");
    for stop in [13, 14, 31] {
        options.pause_at = Some(stop);
        match run::train(&recipe(), &options).expect("it trains") {
            Outcome::Paused(step) => assert_eq!(step, stop),
            Outcome::Finished(_) => panic!("it stops at {stop}"),
        }
    }
    options.pause_at = None;
    // Another number of threads gives the same sums.
    options.threads = 1;
    let pieces = finish(&recipe(), &options);
    assert_eq!(numbers(&whole.tensors), numbers(&pieces.tensors));
    let last = |run: &Finished| run.log.entries.last().map(|it| it.what.clone());
    assert!(matches!(last(&whole), Some(What::Validation { .. })));
    assert_eq!(last(&whole), last(&pieces));
    let other = Recipe { seed: 2, ..recipe() };
    let refused = run::train(&other, &options).err().expect("another recipe").to_string();
    assert!(refused.contains("made by another recipe"), "{refused}");
}

#[test]
fn a_killed_training_goes_on_from_its_last_checkpoint() {
    let folder = Folder::new("killed");
    let runs = folder.0.join("runs");
    let start = |runs: &Path, out: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_train"));
        command.current_dir(CRATE).arg("tests/data/tiny.toml").args(["--no-card", "--runs"]);
        command.arg(runs).arg("--out").arg(folder.0.join(out)).args(["--checkpoint-minutes", "0"]);
        command.stdout(Stdio::null());
        command
    };
    let whole = start(&folder.0.join("other"), "whole").status().expect("it starts");
    assert!(whole.success());
    let mut child = start(&runs, "killed").spawn().expect("it starts");
    // Killed at whatever it is doing once some steps are done.
    let log = runs.join("tiny/log.jsonl");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !fs::read_to_string(&log).is_ok_and(|it| it.contains("\"step\":10,")) {
        assert!(Instant::now() < deadline, "no step within a minute");
        assert!(child.try_wait().expect("a child").is_none(), "it ended before the kill");
        std::thread::yield_now();
    }
    child.kill().expect("it is killed");
    child.wait().expect("it has ended");
    assert!(!folder.0.join("killed").exists(), "it was killed on the way");
    let left = fs::read_dir(runs.join("tiny")).expect("a folder").filter_map(|it| it.ok());
    let checkpoints = left.filter(|it| it.file_name().to_string_lossy().ends_with(".safetensors"));
    assert!(checkpoints.count() > 0, "a checkpoint was left");
    assert!(start(&runs, "killed").status().expect("it starts").success());
    let weights = |out: &str| fs::read(folder.0.join(out).join("model.safetensors"));
    assert_eq!(weights("whole").expect("a file"), weights("killed").expect("a file"));
}

#[test]
fn a_student_comes_closer_to_its_teacher() {
    let folder = Folder::new("distill");
    let teacher = finish(&recipe(), &folder.options("teacher"));
    let out = folder.0.join("teacher-model");
    export::write(&out, &teacher.config, &teacher.tensors, &teacher.tokenizer).expect("written");
    let mut student = recipe();
    student.name = "student".into();
    student.network.layers = 1;
    student.distill = Some(Distill { teacher: out.clone(), weight: 0.9, written: None });
    // Another tokenizer would make the teacher's tokens mean something else.
    let mut other = student.clone();
    other.tokenizer =
        toml::from_str("vocab_size = 290\nbytes = 100_000").expect("another tokenizer");
    let refused = run::train(&other, &folder.options("other")).err().expect("refused");
    assert!(refused.to_string().contains("the teacher"), "{refused}");
    student.tokenizer = toml::from_str(&format!("folder = {:?}", out)).expect("the teacher's");
    let run = finish(&student, &folder.options("student"));
    let divergences: Vec<f32> = run
        .log
        .entries
        .iter()
        .filter_map(|it| match it.what {
            What::Training { divergence, .. } => divergence,
            What::Validation { .. } => None,
        })
        .collect();
    assert!(divergences[0] > 0.5, "{divergences:?}");
    assert!(divergences.last().expect("entries") * 3.0 < divergences[0], "{divergences:?}");
}

#[test]
fn a_student_reads_texts_that_its_teacher_wrote() {
    let folder = Folder::new("written");
    let teacher = finish(&recipe(), &folder.options("teacher"));
    let out = folder.0.join("teacher-model");
    export::write(&out, &teacher.config, &teacher.tensors, &teacher.tokenizer).expect("written");
    let mut student = recipe();
    student.tokenizer = toml::from_str(&format!("folder = {:?}", out)).expect("the teacher's");
    let written = Written { share: 0.5, texts: 8, tokens: 30, temperatures: vec![0.0, 0.8] };
    student.distill = Some(Distill { teacher: out, weight: 0.9, written: Some(written) });
    let mut options = folder.options("student");
    let run = finish(&student, &options);
    let (tokens, times) = run.written.expect("they were read");
    assert!(tokens <= 8 * (20 + 30 + 1) && tokens > 8 * 21, "{tokens}");
    // Half of the 40 steps' windows, four of 32 tokens each.
    assert_eq!(times, 20.0 * 4.0 * 32.0 / tokens as f64);
    assert_eq!(run.sources.len(), 2, "the sources are told by themselves");
    // Whoever writes them, and in however many threads, they are the same.
    let kept =
        |name: &str| fs::read(folder.0.join(name).join("written.json")).expect("they are kept");
    let first = kept("student");
    options = Options { threads: 1, pause_at: Some(1), ..folder.options("alone") };
    run::train(&student, &options).expect("it trains");
    assert!(kept("alone") == first, "they depend on the threads");
    // Others are asked for.
    student.distill.as_mut().expect("it has one").written.as_mut().expect("it has some").texts = 4;
    options.folder = folder.0.join("fewer");
    fs::create_dir_all(&options.folder).expect("a folder");
    fs::write(options.folder.join("written.json"), &first).expect("it is written");
    run::train(&student, &options).expect("it trains");
    assert!(kept("fewer") != first, "those of another recipe were read");
}

#[test]
fn a_missing_corpus_file_is_named() {
    let folder = Folder::new("missing");
    let mut lost = recipe();
    lost.corpus.sources[1].name = "clouds".into();
    let error = run::train(&lost, &folder.options("run")).err().expect("refused").to_string();
    assert!(error.contains("clouds.train.txt") && error.contains("no such file"), "{error}");
}

#[test]
fn a_broken_checkpoint_is_an_error_that_says_what_to_do() {
    let folder = Folder::new("broken");
    let mut options = folder.options("run");
    options.pause_at = Some(2);
    run::train(&recipe(), &options).expect("it trains");
    let path = options.folder.join("checkpoint-00000002.safetensors");
    checkpoint::replace(&path, b"not a checkpoint").expect("it is written");
    let error = run::train(&recipe(), &options).err().expect("refused").to_string();
    assert!(error.contains("checkpoint-00000002") && error.contains("--fresh"), "{error}");
    options.fresh = true;
    assert!(matches!(run::train(&recipe(), &options), Ok(Outcome::Paused(2))));
}
