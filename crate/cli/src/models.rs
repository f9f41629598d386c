//! Loads the models of a run and what lies beside the target.

use crate::{arguments::Device, device::clock};
use decoding::{
    Error, Result, TokenId,
    ngrams::Ngrams,
    session::{Models, TARGET},
};
use llama::{Llama, Timed, check_same_vocabulary};
use std::{cell::RefCell, collections::BTreeMap, path::Path, rc::Rc};

/// The tables beside a target model.
pub const NGRAMS: &str = "ngrams.bin";

/// Models by role that share one vocabulary, and the target's tables if there are any.
pub struct Loaded {
    by_role: BTreeMap<String, Llama>,
    ngrams: Option<Ngrams>,
}

/// Milliseconds of every pass of all models, in order.
pub type PassTimes = Rc<RefCell<Vec<f32>>>;

impl Loaded {
    /// Reads the folder of every role; errors say which file, and what is wrong with it.
    pub fn load(folders: &[(&str, &Path)], device: Device) -> Result<Self> {
        let opened = device.open()?;
        let mut by_role = BTreeMap::new();
        let mut ngrams = None;
        for &(role, folder) in folders {
            by_role.insert(role.to_owned(), Llama::load_dir(folder, opened.clone())?);
            if role == TARGET {
                ngrams = read_ngrams(&folder.join(NGRAMS))?;
            }
        }
        let loaded = Self { by_role, ngrams };
        let target = loaded.get(TARGET)?;
        for (_, other) in loaded.by_role.iter().filter(|it| it.0 != TARGET) {
            check_same_vocabulary(target, other)?;
        }
        Ok(loaded)
    }

    pub fn get(&self, role: &str) -> Result<&Llama> {
        self.by_role.get(role).ok_or_else(|| Error::MissingModel { role: role.into() })
    }

    /// The tokens of a prompt, exactly as the target's `tokenizer.json` gives them.
    pub fn encode(&self, prompt: &str) -> Result<Vec<TokenId>> {
        if prompt.trim().is_empty() {
            return Err(Error::EmptyPrompt);
        }
        Ok(self.get(TARGET)?.tokenizer().encode(prompt))
    }

    /// Models for runs, whose passes are timed.
    pub fn timed(self) -> (Models, PassTimes) {
        let times = PassTimes::default();
        let now = clock();
        let mut models = Models { ngrams: self.ngrams.map(Rc::new), ..Models::default() };
        for (role, model) in self.by_role {
            models = models.with(&role, Timed::new(model, now.clone(), times.clone()));
        }
        (models, times)
    }
}

fn read_ngrams(path: &Path) -> Result<Option<Ngrams>> {
    let unusable =
        |reason: String| Error::Model(format!("cannot read {}: {reason}", path.display()));
    match std::fs::read(path) {
        Ok(bytes) => Ngrams::from_bytes(&bytes).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(error.to_string())),
    }
}
