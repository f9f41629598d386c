//! A few calls; everything else is data.

use crate::{
    clock::{give_way, now_ms},
    device, plain,
    thrown::{from_js, thrown, to_js},
};
use decoding::{
    Error, TokenId,
    method::Progress,
    methods,
    ngrams::Ngrams,
    run::{Decoding, Request, vocabulary},
    session::{Models, TARGET},
    trace::{Event, Recorded, TokenText, Trace},
};
use llama::{Device, Llama, ModelFiles, Timed, Tokenizer};
use serde::{Deserialize, Serialize};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct Engine {
    device: Device,
    models: Models,
    tokenizer: Option<Tokenizer>,
    /// The bytes of the target's `tokenizer.json`: other models must mean the same by every token.
    tokenizer_json: Vec<u8>,
    /// Milliseconds of the passes that nobody has collected yet; the models fill it.
    pass_ms: Rc<RefCell<Vec<f32>>>,
    /// The best of all measurements: an engine gets faster while the browser compiles it, and a
    /// slow baseline would flatter every method.
    plain_ms_per_token: Option<f32>,
    running: Option<Running>,
}

/// A run under way and what its clock says.
struct Running {
    decoding: Decoding,
    progress: Progress,
    total_ms: f64,
    /// Milliseconds of each pass.
    pass_ms: Vec<f32>,
    /// Tokens whose text was already handed out.
    told_tokens: BTreeSet<TokenId>,
}

/// What a run is asked to do, as the page writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    method: String,
    #[serde(default)]
    params: serde_json::Value,
    prompt: Vec<TokenId>,
    /// Further prompts, for methods that read several.
    #[serde(default)]
    others: Vec<Vec<TokenId>>,
    seed: u32,
    max_new_tokens: u32,
}

/// What happened in one step.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stepped {
    events: Vec<Event>,
    /// Texts of the tokens that occur for the first time.
    vocabulary: BTreeMap<TokenId, TokenText>,
    /// Milliseconds of each pass of the step, in order.
    pass_ms: Vec<f32>,
    finished: bool,
}

#[wasm_bindgen]
impl Engine {
    /// Opens the device of this build. Errors: `model` when no adapter could be opened.
    pub async fn create() -> Result<Engine, JsValue> {
        Ok(Engine {
            device: device::open().await.map_err(thrown)?,
            models: Models::default(),
            tokenizer: None,
            tokenizer_json: Vec::new(),
            pass_ms: Rc::default(),
            plain_ms_per_token: None,
            running: None,
        })
    }

    /// Every method with the JSON Schema of its parameters.
    #[wasm_bindgen(unchecked_return_type = "Described[]")]
    pub fn methods() -> Result<JsValue, JsValue> {
        to_js(&methods::ALL.iter().map(|entry| entry.described()).collect::<Vec<_>>())
    }

    /// Reads a model from the bytes of its files; `role` is `target`, `draft`, … The target comes
    /// first. Errors: `model` for files that are not usable, `vocabulary_mismatch`.
    #[wasm_bindgen(js_name = loadModel)]
    pub fn load_model(
        &mut self,
        role: &str,
        name: &str,
        config: &[u8],
        tokenizer: &[u8],
        weights: Vec<u8>,
    ) -> Result<(), JsValue> {
        self.load(role, name, config, tokenizer, weights).map_err(thrown)
    }

    fn load(
        &mut self,
        role: &str,
        name: &str,
        config: &[u8],
        tokenizer: &[u8],
        weights: Vec<u8>,
    ) -> decoding::Result<()> {
        let files = ModelFiles { config, tokenizer, weights: vec![weights] };
        let model = Llama::from_bytes(name, files, self.device.clone())?;
        if role == TARGET {
            self.tokenizer = Some(Tokenizer::parse(name, tokenizer)?);
            self.tokenizer_json = tokenizer.to_vec();
            self.plain_ms_per_token = None;
        } else {
            self.check_tokenizer(name, tokenizer)?;
        }
        let model = Timed::new(model, now_ms, self.pass_ms.clone());
        self.models.by_role.insert(role.into(), Box::new(model));
        Ok(())
    }

    /// Reads the n-gram tables beside the target.
    #[wasm_bindgen(js_name = loadNgrams)]
    pub fn load_ngrams(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        self.models.ngrams = Some(Rc::new(Ngrams::from_bytes(bytes).map_err(thrown)?));
        Ok(())
    }

    /// The tokens of a text, as the target's tokenizer gives them.
    pub fn encode(&self, text: &str) -> Result<Vec<TokenId>, JsValue> {
        // An empty text would still have the token that begins every document.
        if text.is_empty() {
            return Err(thrown(Error::EmptyPrompt));
        }
        let missing = || thrown(Error::MissingModel { role: TARGET.into() });
        Ok(self.tokenizer.as_ref().ok_or_else(missing)?.encode(text))
    }

    /// Times a few plain greedy tokens after `text`, which also compiles the shaders of one-row
    /// passes. A run that has not finished would not survive the other keys in the models'
    /// caches, and is dropped.
    #[wasm_bindgen(js_name = measurePlain)]
    pub async fn measure_plain(&mut self, text: &str) -> Result<(), JsValue> {
        self.running.take_if(|it| it.progress == Progress::Continue);
        let prompt = self.encode(text)?;
        let measured = plain::ms_per_token(&mut self.models, prompt).await.map_err(thrown)?;
        self.pass_ms.take();
        let known = [self.plain_ms_per_token, measured].into_iter().flatten();
        self.plain_ms_per_token = known.min_by(f32::total_cmp);
        Ok(())
    }

    /// Milliseconds of some passes over `count` new nodes below `context` nodes with keys, for the
    /// benchmark. Drops the run.
    #[wasm_bindgen(js_name = passTimes)]
    pub async fn pass_times(
        &mut self,
        role: &str,
        context: usize,
        count: usize,
        repetitions: usize,
    ) -> Result<Vec<f64>, JsValue> {
        self.running = None;
        let missing = || thrown(Error::MissingModel { role: role.into() });
        let model = self.models.by_role.get_mut(role).ok_or_else(missing)?;
        let times = llama::pass_times(&mut **model, context, count, repetitions, now_ms).await;
        self.pass_ms.take();
        times.map_err(thrown)
    }

    /// Begins a run and drops the one before. Gives the trace so far: the prompt. A method that
    /// reads pass times has its models timed first.
    #[wasm_bindgen(unchecked_return_type = "Trace")]
    pub async fn start(&mut self, asked: JsValue) -> Result<JsValue, JsValue> {
        let asked: Asked = from_js(asked)?;
        let request = Request {
            method: asked.method,
            params: asked.params,
            prompt: asked.prompt,
            seed: asked.seed,
            max_new_tokens: asked.max_new_tokens,
        };
        self.running = None;
        let entry = methods::find(&request.method).map_err(thrown)?;
        llama::time_models(&mut self.models, entry, now_ms).await.map_err(thrown)?;
        let decoding = Decoding::start_lanes(entry, request, &asked.others, &mut self.models)
            .map_err(thrown)?;
        self.pass_ms.take();
        self.running = Some(Running {
            decoding,
            progress: Progress::Continue,
            total_ms: 0.0,
            pass_ms: Vec::new(),
            told_tokens: BTreeSet::new(),
        });
        let trace = self.read_trace()?;
        let running = self.running.as_mut().expect("the run has just begun");
        running.told_tokens = trace.vocabulary.keys().copied().collect();
        to_js(&trace)
    }

    /// One step of the method, which is usually one pass of the target.
    #[wasm_bindgen(unchecked_return_type = "Stepped")]
    pub async fn step(&mut self) -> Result<JsValue, JsValue> {
        give_way().await;
        let running = self.running.as_mut().ok_or_else(no_run)?;
        let started = now_ms();
        running.progress = running.decoding.step(&mut self.models).await.map_err(thrown)?;
        running.total_ms += now_ms() - started;
        let events = running.decoding.take_events();
        let mut vocabulary = vocabulary(&events, &self.models);
        vocabulary.retain(|token, _| running.told_tokens.insert(*token));
        let pass_ms = self.pass_ms.take();
        running.pass_ms.extend(&pass_ms);
        let finished = running.progress == Progress::Finished;
        to_js(&Stepped { events, vocabulary, pass_ms, finished })
    }

    /// Everything so far, as the command line would have written it.
    #[wasm_bindgen(unchecked_return_type = "Trace")]
    pub fn trace(&mut self) -> Result<JsValue, JsValue> {
        to_js(&self.read_trace()?)
    }

    /// Drops the run.
    pub fn stop(&mut self) {
        self.running = None;
    }
}

impl Engine {
    fn read_trace(&mut self) -> Result<Trace, JsValue> {
        let running = self.running.as_mut().ok_or_else(no_run)?;
        let mut trace = running.decoding.trace(&self.models);
        trace.recorded = Recorded {
            device: device::NAME.into(),
            backend: device::BACKEND.into(),
            versions: [("decodescope".into(), env!("CARGO_PKG_VERSION").into())].into(),
            pass_ms: running.pass_ms.clone(),
            total_ms: running.total_ms as f32,
            plain_ms_per_token: self.plain_ms_per_token,
        };
        Ok(trace)
    }

    /// Two tokenizers from the same bytes need no comparison; others are compared token by token.
    fn check_tokenizer(&self, name: &str, json: &[u8]) -> decoding::Result<()> {
        let target = self.models.get(TARGET)?.info();
        let tokenizer = self.tokenizer.as_ref().expect("the target has a tokenizer");
        if json == self.tokenizer_json {
            return Ok(());
        }
        llama::check_same_tokens(&target.name, tokenizer, name, &Tokenizer::parse(name, json)?)
    }
}

fn no_run() -> JsValue {
    thrown(Error::Model("no run has been started".into()))
}
