//! `cargo run -p train --release -- models/recipes/stories-target.toml`

use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode, time::Duration};
use train::{
    bench, card,
    device::DeviceName,
    error::Result,
    evaluate, export,
    recipe::Recipe,
    run::{self, Options, Outcome},
};

/// A step makes and drops thousands of large tensors.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Keeps freed pages instead of giving them back at once: the next step asks for the same again,
/// and the system would have to clear them first. Saves a tenth of the time.
fn keep_pages() {
    /// `mi_option_purge_delay`. Source: mimalloc's `mimalloc.h`, enum `mi_option_e`.
    const PURGE_DELAY: i32 = 15;
    // SAFETY: sets a number in the allocator's table of options; -1 means never.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
}

/// Trains a model from a recipe, in one piece or in several, and writes its folder.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    train: Train,
}

#[derive(Args)]
struct Train {
    /// The recipe; its paths are relative to the folder the command runs in.
    #[arg(required = true)]
    recipe: Option<PathBuf>,
    #[command(flatten)]
    machine: Machine,
    /// The corpus, instead of the recipe's.
    #[arg(long)]
    corpus: Option<PathBuf>,
    /// Where to write the model, instead of the recipe's `export.folder`.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Checkpoints and logs, a folder for each recipe; in the user's cache folder if left out.
    #[arg(long)]
    runs: Option<PathBuf>,
    /// Minutes between two checkpoints.
    #[arg(long, default_value_t = 3.0)]
    checkpoint_minutes: f64,
    /// Stop after so many minutes, with a checkpoint; the same command goes on.
    #[arg(long)]
    minutes: Option<f64>,
    /// Stop at this step, with a checkpoint.
    #[arg(long)]
    stop_at: Option<u64>,
    /// Forget earlier checkpoints.
    #[arg(long)]
    fresh: bool,
    /// Write neither samples nor card.
    #[arg(long)]
    no_card: bool,
}

#[derive(Args)]
struct Machine {
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Threads that learn side by side.
    #[arg(long)]
    threads: Option<usize>,
    /// Windows that go through the network at once, instead of the recipe's.
    #[arg(long)]
    sequences_at_once: Option<usize>,
}

impl Machine {
    fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| self.device.threads()).max(1)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Prints validation losses of folders, and how a draft guesses for the first of them.
    Evaluate {
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        #[arg(long)]
        draft: Option<PathBuf>,
        #[arg(long, default_value = "../shared/corpus")]
        corpus: PathBuf,
        /// Share of the 200 prompts, for a quick look.
        #[arg(long, default_value_t = 1.0)]
        share: f64,
    },
    /// Prints how fast a recipe trains on this machine; reads no corpus, writes nothing.
    Bench {
        recipe: PathBuf,
        #[command(flatten)]
        machine: Machine,
        #[arg(long, default_value_t = 3)]
        steps: u32,
        #[arg(long, default_value_t = 4096)]
        vocab_size: usize,
    },
}

fn main() -> ExitCode {
    keep_pages();
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Some(command) => other(command),
        None => train(arguments.train),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn train(arguments: Train) -> Result<()> {
    let path = arguments.recipe.as_deref().expect("the parser asks for a recipe");
    let recipe = Recipe::read(path)?;
    let minutes = |it: f64| Duration::from_secs_f64(it * 60.0);
    let options = Options {
        device: arguments.machine.device,
        threads: arguments.machine.threads(),
        corpus: arguments.corpus,
        sequences_at_once: arguments.machine.sequences_at_once,
        folder: arguments.runs.unwrap_or_else(default_runs).join(&recipe.name),
        checkpoint_every: minutes(arguments.checkpoint_minutes),
        pause_after: arguments.minutes.map(minutes),
        pause_at: arguments.stop_at,
        fresh: arguments.fresh,
    };
    println!("checkpoints and log: {}", options.folder.display());
    let finished = match run::train(&recipe, &options)? {
        Outcome::Finished(finished) => finished,
        Outcome::Paused(step) => {
            println!("paused at step {step} of {}; the same command goes on", recipe.steps());
            return Ok(());
        }
    };
    let folder = arguments.out.unwrap_or_else(|| recipe.export.folder.clone());
    export::write(&folder, &finished.config, &finished.tensors, &finished.tokenizer)?;
    export::check(&folder)?;
    if !arguments.no_card {
        let corpus = options.corpus.unwrap_or_else(|| recipe.corpus.folder.clone());
        card::write(&folder, &recipe, &finished, &corpus)?;
    }
    println!("written: {}", folder.display());
    Ok(())
}

fn other(command: Command) -> Result<()> {
    match command {
        Command::Evaluate { folders, draft, corpus, share } => {
            evaluate::report(&folders, draft.as_deref(), &corpus, share)
        }
        Command::Bench { recipe, machine, steps, vocab_size } => {
            let recipe = Recipe::read(&recipe)?;
            let plan = bench::Plan {
                steps,
                threads: machine.threads(),
                sequences_at_once: machine
                    .sequences_at_once
                    .unwrap_or(recipe.training.sequences_at_once),
                vocab_size,
            };
            bench::run(&recipe, &machine.device.open()?, &plan)
        }
    }
}

/// The user's cache folder, so that no checkpoint lies in a checkout.
fn default_runs() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|it| PathBuf::from(it).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    cache.unwrap_or_else(std::env::temp_dir).join("decodescope").join("train")
}
