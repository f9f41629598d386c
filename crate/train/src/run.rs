//! A training from its recipe to its weights, in one piece or in several.

use crate::{
    batches::Batches,
    checkpoint::{self, About, Checkpoint},
    corpus,
    device::DeviceName,
    error::{Error, Result, unreadable, unwritable},
    log::{Entry, Log, Loss, What},
    network::{self, Teacher},
    optimizer::Optimizer,
    recipe::{self, Recipe},
    schedule, start, tokenizer,
    validation::Held,
    written,
};
use burn::tensor::{Device, Tensor};
use indicatif::{ProgressBar, ProgressStyle};
use llama::{Config, Parameters, plain};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What the machine decides; nothing here changes what is learned, beyond rounding.
#[derive(Clone, Debug)]
pub struct Options {
    pub device: DeviceName,
    pub threads: usize,
    /// Instead of the recipe's `corpus.folder`.
    pub corpus: Option<PathBuf>,
    /// Instead of the recipe's `training.sequences_at_once`.
    pub sequences_at_once: Option<usize>,
    /// The run's checkpoints, tokenizer and log.
    pub folder: PathBuf,
    pub checkpoint_every: Duration,
    /// Stop after so long, with a checkpoint.
    pub pause_after: Option<Duration>,
    /// Stop at this step, with a checkpoint.
    pub pause_at: Option<u64>,
    /// Forget what is in `folder`.
    pub fresh: bool,
}

/// How a training ended.
pub enum Outcome {
    Finished(Box<Finished>),
    /// At this step, to be gone on with.
    Paused(u64),
}

pub struct Finished {
    pub config: Config,
    pub tensors: Vec<Tensor<2>>,
    pub tokenizer: tokenizers::Tokenizer,
    pub log: Log,
    /// Tokens of training text, and how often each source was read from end to end.
    pub sources: Vec<(String, usize, f64)>,
    /// The same of the teacher's own texts.
    pub written: Option<(usize, f64)>,
}

/// Steps between two entries of the log.
const LOG_EVERY: u64 = 10;

/// Trains until the recipe's end or a pause; goes on where the folder's last checkpoint stands.
pub fn train(recipe: &Recipe, options: &Options) -> Result<Outcome> {
    let mut run = Run::open(recipe, options)?;
    let clock = Instant::now();
    let mut written = Instant::now();
    let steps = recipe.steps();
    let bar = bar(steps, run.step);
    while run.step < steps {
        run.learn()?;
        let pause = options.pause_at == Some(run.step)
            || options.pause_after.is_some_and(|it| clock.elapsed() >= it);
        if run.step % LOG_EVERY == 0 || run.step == steps || pause {
            run.note_training(&bar)?;
        }
        if run.step % recipe.validation.every == 0 && run.step < steps {
            run.validate(&bar, Some(recipe.validation.tokens))?;
        }
        if pause || run.step == steps || written.elapsed() >= options.checkpoint_every {
            run.write()?;
            written = Instant::now();
        }
        bar.set_position(run.step);
        if pause && run.step < steps {
            bar.abandon();
            return Ok(Outcome::Paused(run.step));
        }
    }
    let whole = |it: &Entry| it.step == steps && matches!(it.what, What::Validation { .. });
    if !run.log.entries.iter().any(whole) {
        run.validate(&bar, None)?;
    }
    bar.finish();
    Ok(Outcome::Finished(Box::new(run.finish())))
}

struct Run<'a> {
    recipe: &'a Recipe,
    options: &'a Options,
    config: Config,
    device: Device,
    tokenizer: tokenizers::Tokenizer,
    batches: Batches,
    source_tokens: Vec<usize>,
    held: Vec<Held>,
    teacher: Option<Teacher>,
    positions: plain::Positions,
    tensors: Vec<Tensor<2>>,
    optimizer: Optimizer,
    log: Log,
    step: u64,
    /// Of earlier pieces.
    seconds_before: f64,
    began: Instant,
    /// Losses since the last entry of the log, added up on the device.
    since: Option<Since>,
}

struct Since {
    loss: Tensor<1>,
    divergence: Option<Tensor<1>>,
    steps: u64,
    began: Instant,
}

impl<'a> Run<'a> {
    fn open(recipe: &'a Recipe, options: &'a Options) -> Result<Self> {
        let folder = &options.folder;
        if options.fresh && folder.exists() {
            fs::remove_dir_all(folder).map_err(unwritable(folder))?;
        }
        fs::create_dir_all(folder).map_err(unwritable(folder))?;
        let mut texts = recipe.corpus.clone();
        texts.folder = options.corpus.clone().unwrap_or(texts.folder);
        let tokenizer_path = folder.join("tokenizer.json");
        let training = corpus::training_texts(&texts)?;
        if !tokenizer_path.exists() {
            let json = tokenizer::make(recipe, &training)?.to_string(false);
            let json = json.map_err(unwritable(&tokenizer_path))?;
            checkpoint::replace(&tokenizer_path, json.as_bytes())?;
        }
        let tokenizer = tokenizer::read(&tokenizer_path)?;
        let config = recipe.config(tokenizer.get_vocab_size(true));
        let device = options.device.open()?;
        let teacher = recipe.distill.as_ref();
        let length = recipe.training.sequence_len;
        let teacher =
            teacher.map(|it| load_teacher(it, &tokenizer_path, length, &device)).transpose()?;
        let mut weighed = Vec::new();
        let mut held = Vec::new();
        for (source, training) in texts.sources.iter().zip(training) {
            let tokens = corpus::tokens(&tokenizer, training, &tokenizer_path)?;
            weighed.push((source.weight, tokens));
            held.push(Held::read(&texts.folder, &source.name, &tokenizer, config.context_len)?);
        }
        weighed.extend(written::source(recipe, &weighed, folder, options.threads)?);
        let count = |it: &(f64, Vec<Vec<u16>>)| it.1.iter().map(Vec::len).sum();
        let source_tokens = weighed.iter().map(count).collect();
        let mut batches = Batches::new(weighed, recipe.seed, length, recipe.training.sequences);
        let mut optimizer = Optimizer::new(&recipe.optimizer, recipe.training.clip, &config);
        let (step, seconds_before, tensors) =
            match checkpoint::read_last(folder, recipe, &config, &device)? {
                None => (0, 0.0, start::tensors(&config, recipe.seed, &device)),
                Some(Checkpoint { about, tensors, optimizer: record }) => {
                    if !optimizer.restore(record, &device) {
                        let reason = "it lacks a part of the optimiser's state".into();
                        return Err(Error::Checkpoint { path: folder.clone(), reason });
                    }
                    (about.step, about.seconds, tensors)
                }
            };
        batches.seek(step);
        Ok(Self {
            positions: plain::Positions::new(&config, length, &device),
            log: Log::open(folder, step)?,
            began: Instant::now(),
            since: None,
            recipe,
            options,
            config,
            device,
            tokenizer,
            batches,
            source_tokens,
            held,
            teacher,
            tensors,
            optimizer,
            step,
            seconds_before,
        })
    }

    fn learn(&mut self) -> Result<()> {
        let training = &self.recipe.training;
        let began = Instant::now();
        let lesson = network::learn(
            &self.config,
            &self.tensors,
            &self.positions,
            &self.batches.next_step().windows,
            self.options.sequences_at_once.unwrap_or(training.sequences_at_once),
            self.teacher.as_ref(),
            self.options.threads,
        );
        let rate = self.rate();
        self.optimizer.step(&mut self.tensors, lesson.gradients, rate, self.options.threads);
        self.step += 1;
        self.since = Some(match self.since.take() {
            None => Since { loss: lesson.loss, divergence: lesson.divergence, steps: 1, began },
            Some(it) => Since {
                loss: it.loss + lesson.loss,
                divergence: it.divergence.zip(lesson.divergence).map(|(a, b)| a + b),
                steps: it.steps + 1,
                began: it.began,
            },
        });
        Ok(())
    }

    /// Share of the peak rates at the next step.
    fn rate(&self) -> f64 {
        let training = &self.recipe.training;
        schedule::rate(self.step, self.recipe.steps(), training.warmup_steps, training.final_rate)
    }

    fn note_training(&mut self, bar: &ProgressBar) -> Result<()> {
        let Some(since) = self.since.take() else { return Ok(()) };
        let mean = |sum: Tensor<1>| sum.into_scalar::<f32>() / since.steps as f32;
        let loss = mean(since.loss);
        if !loss.is_finite() {
            return Err(Error::Diverged { step: self.step, loss });
        }
        let tokens = since.steps * self.recipe.step_tokens();
        let tokens_per_second = tokens as f64 / since.began.elapsed().as_secs_f64();
        bar.set_message(format!("loss {loss:.3}, {tokens_per_second:.0} tokens/s"));
        let divergence = since.divergence.map(mean);
        let rate = self.rate();
        self.note(What::Training { loss, divergence, rate, tokens_per_second })
    }

    fn validate(&mut self, bar: &ProgressBar, most: Option<usize>) -> Result<()> {
        let parameters = Parameters::from_tensors(self.config.clone(), self.tensors.clone());
        let loss = |held: &Held| held.loss(&parameters, &self.device, most);
        let losses: Vec<Loss> = self.held.iter().map(loss).collect();
        let told: Vec<_> =
            losses.iter().map(|it| format!("{} {:.3}", it.source, it.nats_per_byte)).collect();
        let line = format!("step {}: nats per byte: {}", self.step, told.join(", "));
        // A hidden bar would swallow the line.
        if bar.is_hidden() {
            println!("{line}")
        } else {
            bar.println(line)
        }
        self.note(What::Validation { losses })
    }

    fn note(&mut self, what: What) -> Result<()> {
        let entry = Entry {
            step: self.step,
            tokens: self.step * self.recipe.step_tokens(),
            seconds: self.seconds(),
            device: self.options.device.name().into(),
            what,
        };
        self.log.add(entry)
    }

    fn seconds(&self) -> f64 {
        self.seconds_before + self.began.elapsed().as_secs_f64()
    }

    fn write(&self) -> Result<()> {
        let checkpoint = Checkpoint {
            about: About::new(self.step, self.seconds(), self.recipe),
            tensors: self.tensors.clone(),
            optimizer: self.optimizer.record(),
        };
        checkpoint::write(&self.options.folder, checkpoint, &self.config)?;
        Ok(())
    }

    fn finish(self) -> Finished {
        let names = self.recipe.corpus.sources.iter().map(|it| it.name.clone());
        let mut seen: Vec<_> =
            self.source_tokens.into_iter().zip(self.batches.times_around()).collect();
        // The teacher's texts stand behind the sources.
        let written = (seen.len() > names.len()).then(|| seen.pop()).flatten();
        Finished {
            written,
            sources: names.zip(seen).map(|(name, (count, times))| (name, count, times)).collect(),
            config: self.config,
            tensors: self.tensors,
            tokenizer: self.tokenizer,
            log: self.log,
        }
    }
}

fn load_teacher(
    distill: &recipe::Distill,
    tokenizer: &Path,
    length: usize,
    device: &Device,
) -> Result<Teacher> {
    let parameters = Parameters::load_dir(&distill.teacher, device)?;
    let read = |name: &str, path: &Path| -> Result<llama::Tokenizer> {
        let bytes = fs::read(path).map_err(unreadable(path))?;
        Ok(llama::Tokenizer::parse(name, &bytes)?)
    };
    let ours = read("the student", tokenizer)?;
    let theirs = read("the teacher", &distill.teacher.join("tokenizer.json"))?;
    llama::check_same_tokens("the student", &ours, "the teacher", &theirs)?;
    if parameters.config.context_len < length {
        return Err(Error::Recipe {
            path: distill.teacher.clone(),
            reason: format!("the teacher's context is shorter than windows of {length} tokens"),
        });
    }
    let positions = plain::Positions::new(&parameters.config, length, device);
    Ok(Teacher { parameters, positions, weight: distill.weight as f32 })
}

fn bar(steps: u64, step: u64) -> ProgressBar {
    let style = "{wide_bar} {pos}/{len} steps, {msg}, {eta} left";
    let style = ProgressStyle::with_template(style).expect("the template is one of ours");
    let bar = ProgressBar::new(steps).with_style(style).with_position(step);
    bar.reset_eta();
    bar
}
