//! What may stand on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use decoding::session::{DRAFT, TARGET};
use serde_json::Value;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Watch a language model choose its words.
#[derive(Parser)]
#[command(name = "cli", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Continue a text with one method
    Run(RunArguments),
    /// List the methods as a JSON array
    Methods,
    /// Check the file of a trace
    Check { file: PathBuf },
    /// Draw a trace as an SVG or PNG file; needs Node.js and Chromium. `render --help` tells more
    #[command(disable_help_flag = true)]
    Render {
        /// What web/export/render.mjs takes: TRACE -o FILE.svg --step 50% --view tree …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<OsString>,
    },
    /// Count the n-gram tables that lie beside a target model
    Ngrams(NgramsArguments),
    /// Measure passes and tokens per second; medians
    Bench(BenchArguments),
    /// Compare all methods that guess ahead on beginnings of texts
    Report(ReportArguments),
}

#[derive(Args)]
pub struct RunArguments {
    /// Id of the method, such as speculative-decoding
    pub method: String,
    #[command(flatten)]
    pub folders: Folders,
    /// The text to continue
    #[arg(long)]
    pub prompt: String,
    /// A further prompt, for methods that read several; may be repeated
    #[arg(long, value_name = "PROMPT")]
    pub also: Vec<String>,
    /// The method's parameters as a JSON object; those left out have their defaults
    #[arg(long, default_value = "{}", value_parser = json)]
    pub params: Value,
    #[arg(long, default_value_t = 1)]
    pub seed: u32,
    #[arg(long, default_value_t = 64)]
    pub max_new_tokens: u32,
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    pub device: Device,
    /// Write the trace to this file
    #[arg(long)]
    pub trace: Option<PathBuf>,
}

/// Folders of models in the layout of Hugging Face.
#[derive(Args)]
pub struct Folders {
    /// The target model's folder, or ROLE=DIR for a model in another role; may be repeated
    #[arg(long, required = true, value_name = "[ROLE=]DIR", value_parser = folder)]
    model: Vec<(String, PathBuf)>,
    /// The draft model's folder; the same as --model draft=DIR
    #[arg(long, value_name = "DIR")]
    draft: Option<PathBuf>,
}

impl Folders {
    /// Folders by role, in the order given; a later one takes the place of an earlier one.
    pub fn by_role(&self) -> Vec<(&str, &Path)> {
        let named = self.model.iter().map(|(role, it)| (role.as_str(), it.as_path()));
        let mut all: Vec<(&str, &Path)> = Vec::new();
        for (role, folder) in named.chain(self.draft.iter().map(|it| (DRAFT, it.as_path()))) {
            all.retain(|it| it.0 != role);
            all.push((role, folder));
        }
        all
    }
}

#[derive(Args)]
pub struct NgramsArguments {
    /// The target model's folder, whose tokenizer is used
    #[arg(long)]
    pub model: PathBuf,
    /// Texts that end at a line <|endoftext|>, plain or compressed (.zst); a weight may follow,
    /// as in tales.txt.zst=3
    #[arg(long, required = true, num_args = 1.., value_name = "FILE[=WEIGHT]", value_parser = weighted)]
    pub corpus: Vec<(PathBuf, u32)>,
    /// The file to write
    #[arg(long)]
    pub out: PathBuf,
    /// Longest context, in tokens
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub order: u32,
    /// Leave out what was seen less often
    #[arg(long, default_value_t = 3)]
    pub min_count: u32,
    /// Most bytes the file may have
    #[arg(long, default_value_t = 2_000_000)]
    pub max_bytes: usize,
}

#[derive(Args)]
pub struct BenchArguments {
    #[command(flatten)]
    pub folders: Folders,
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    pub device: Device,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct ReportArguments {
    #[command(flatten)]
    pub folders: Folders,
    /// Texts that end at a line <|endoftext|>, plain or compressed (.zst), and how many prompts to
    /// take from them, as in tales.txt.zst=50
    #[arg(long, required = true, num_args = 1.., value_name = "FILE=COUNT", value_parser = counted)]
    pub prompts: Vec<(PathBuf, usize)>,
    /// Tokens of a prompt, after the end token
    #[arg(long, default_value_t = 20)]
    pub prompt_tokens: usize,
    #[arg(long, default_value_t = 64)]
    pub max_new_tokens: u32,
    /// Temperatures, a table for each
    #[arg(long, num_args = 1.., default_values_t = [0.0, 0.8])]
    pub temperature: Vec<f64>,
    /// Only these methods
    #[arg(long, num_args = 1.., value_name = "METHOD")]
    pub only: Vec<String>,
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    pub device: Device,
    /// A sentence on the machine, for those who read the tables
    #[arg(long, default_value = "")]
    pub note: String,
    /// Write the tables to this file
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Device {
    Cpu,
    Webgpu,
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it is not JSON ({error})"))
}

/// `DIR` or `ROLE=DIR`; what stands before the sign is a role only if it is one plain word.
fn folder(text: &str) -> Result<(String, PathBuf), String> {
    let word = |it: &str| !it.is_empty() && it.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    match text.split_once('=') {
        Some((role, "")) => Err(format!("no folder follows {role}=")),
        Some((role, folder)) if word(role) => Ok((role.into(), folder.into())),
        _ => Ok((TARGET.into(), text.into())),
    }
}

fn weighted(text: &str) -> Result<(PathBuf, u32), String> {
    let Some((file, weight)) = text.rsplit_once('=') else { return Ok((text.into(), 1)) };
    match weight.parse() {
        Ok(weight @ 1..=100) => Ok((file.into(), weight)),
        _ => Err(format!("the weight {weight:?} is no whole number from 1 to 100")),
    }
}

fn counted(text: &str) -> Result<(PathBuf, usize), String> {
    let Some((file, count)) = text.rsplit_once('=') else {
        return Err("the number of prompts is missing: FILE=COUNT".into());
    };
    match count.parse() {
        Ok(count @ 1..) => Ok((file.into(), count)),
        _ => Err(format!("the count {count:?} is no whole number from 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn models_are_told_apart_by_role() {
        let line =
            "cli run jacobi --prompt Once --model a --model middle=b --draft c --model d=e/f=g";
        let Command::Run(run) = Arguments::parse_from(line.split(' ')).command else {
            panic!("this is a run");
        };
        let folders: Vec<_> = run
            .folders
            .by_role()
            .iter()
            .map(|(role, it)| format!("{role} {}", it.display()))
            .collect();
        assert_eq!(folders, ["target a", "middle b", "d e/f=g", "draft c"]);
        assert_eq!(folder("./a=b/c").unwrap(), (TARGET.to_owned(), "./a=b/c".into()));
    }

    #[test]
    fn corpus_files_may_carry_a_weight() {
        assert_eq!(weighted("a.txt").unwrap(), ("a.txt".into(), 1));
        assert_eq!(weighted("a.txt.zst=3").unwrap(), ("a.txt.zst".into(), 3));
        assert!(weighted("a.txt=0").is_err());
    }
}
