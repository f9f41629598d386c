//! Burn's Muon and AdamW over the parts of a network, with a state that can be written and read.
//!
//! Muon moves the hidden matrices, block by block: queries, keys and values lie below one another
//! in one tensor, but each is a matrix of its own. AdamW moves the embedding and the norms, without
//! weight decay. Sources: Jordan et al. 2024, kellerjordan.github.io/posts/muon; Loshchilov, Hutter
//! 2019, arXiv:1711.05101.

use crate::recipe::{self, Rule};
use burn::{
    optim::{
        AdamW, AdamWConfig, Muon, MuonConfig, Optimizer as _, RecordState, StateSink, StateSource,
        decay::WeightDecayConfig,
    },
    tensor::{Device, Tensor, TensorData},
};
use llama::{Block, Config, PartKind, parts};
use std::{collections::BTreeMap, sync::Mutex};

pub struct Optimizer {
    slots: Vec<Slot>,
    muon: Muon,
    hidden_adamw: AdamW,
    other: AdamW,
    rates: [f64; 2],
    clip: f32,
}

/// A tensor of the network, and the state of each of its blocks.
struct Slot {
    kind: PartKind,
    blocks: Vec<(Block, State)>,
}

/// What moves a block, and how far.
struct Rules<'a> {
    muon: &'a Muon,
    hidden_adamw: &'a AdamW,
    other: &'a AdamW,
    /// Of the hidden matrices, and of the rest.
    rates: [f64; 2],
}

impl Slot {
    fn moved(&mut self, tensor: &Tensor<2>, gradient: Tensor<2>, rules: &Rules) -> Tensor<2> {
        let [hidden_rate, other_rate] = rules.rates;
        let mut moved = Vec::with_capacity(self.blocks.len());
        let mut row = 0;
        for (block, state) in &mut self.blocks {
            let rows = |whole: &Tensor<2>| whole.clone().narrow(0, row, block.rows);
            let (weights, gradient) = (rows(tensor), rows(&gradient));
            row += block.rows;
            moved.push(match state {
                State::Muon(state) => {
                    let old = state.take().map(|it| *it);
                    let (it, next) = rules.muon.step(hidden_rate, weights, gradient, old);
                    *state = next.map(Box::new);
                    it
                }
                State::AdamW(state) => {
                    let (rule, rate) = match self.kind {
                        PartKind::Hidden => (rules.hidden_adamw, hidden_rate),
                        _ => (rules.other, other_rate),
                    };
                    let old = state.take().map(|it| *it);
                    let (it, next) = rule.step(rate, weights, gradient, old);
                    *state = next.map(Box::new);
                    it
                }
            });
        }
        match moved.len() {
            1 => moved.pop().expect("there is one"),
            _ => Tensor::cat(moved, 0),
        }
    }
}

enum State {
    Muon(Option<Box<<Muon as burn::optim::Optimizer>::State<2>>>),
    AdamW(Option<Box<<AdamW as burn::optim::Optimizer>::State<2>>>),
}

/// The state as named numbers.
#[derive(Default)]
pub struct Record {
    pub tensors: Vec<(String, TensorData)>,
    /// Steps that a block's AdamW has made.
    pub times: BTreeMap<String, u64>,
}

impl Optimizer {
    pub fn new(recipe: &recipe::Optimizer, clip: f32, config: &Config) -> Self {
        let state = |kind: PartKind| match (kind, recipe.hidden) {
            (PartKind::Hidden, Rule::Muon) => State::Muon(None),
            _ => State::AdamW(None),
        };
        let slot = |part: llama::Part| Slot {
            kind: part.kind,
            blocks: part.blocks.into_iter().map(|it| (it, state(part.kind))).collect(),
        };
        let adamw = |decay: f32| {
            let config = AdamWConfig::new().with_beta_1(0.9).with_beta_2(0.95);
            config.with_epsilon(1e-8).with_weight_decay(decay).build()
        };
        let decay = WeightDecayConfig::new(recipe.weight_decay);
        Self {
            slots: parts(config).into_iter().map(slot).collect(),
            muon: MuonConfig::new().with_weight_decay(Some(decay)).build(),
            hidden_adamw: adamw(recipe.weight_decay),
            other: adamw(0.0),
            rates: [recipe.hidden_rate, recipe.other_rate],
            clip,
        }
    }

    /// Moves every tensor against its gradient, on some threads; `rate` is a share of the peak
    /// rates. Each tensor is moved by one thread alone, so that threads change the time alone.
    pub fn step(
        &mut self,
        tensors: &mut [Tensor<2>],
        gradients: Vec<Tensor<2>>,
        rate: f64,
        threads: usize,
    ) {
        let gradients = clipped(gradients, self.clip);
        let rules = Rules {
            muon: &self.muon,
            hidden_adamw: &self.hidden_adamw,
            other: &self.other,
            rates: self.rates.map(|it| it * rate),
        };
        let work = self.slots.iter_mut().zip(tensors).zip(gradients);
        let work = Mutex::new(work.map(|((slot, tensor), gradient)| (slot, tensor, gradient)));
        let next = || work.lock().expect("no thread has panicked").next();
        let all = || {
            while let Some((slot, tensor, gradient)) = next() {
                *tensor = slot.moved(tensor, gradient, &rules);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(all);
            }
            all();
        });
    }

    pub fn record(&self) -> Record {
        let mut record = Record::default();
        for (block, state) in self.slots.iter().flat_map(|it| &it.blocks) {
            let mut sink = StateSink::default();
            match state {
                State::Muon(Some(state)) => state.state_flatten(&block.name, &mut sink),
                State::AdamW(Some(state)) => state.state_flatten(&block.name, &mut sink),
                _ => {}
            }
            record.tensors.extend(sink.tensors);
            let times = sink.scalars.into_iter();
            record.times.extend(times.map(|(name, time)| {
                (name, u64::try_from(time).expect("an optimiser counts its steps"))
            }));
        }
        record
    }

    /// Takes the state of a record. False if something in it is missing.
    pub fn restore(&mut self, record: Record, device: &Device) -> bool {
        let times = record.times.iter().map(|(name, &time)| (name.clone(), time.into()));
        let mut source = StateSource::new(times.collect());
        for (name, data) in record.tensors {
            source.insert_tensor(name, data);
        }
        let mut complete = true;
        for (block, state) in self.slots.iter_mut().flat_map(|it| &mut it.blocks) {
            complete &= match state {
                State::Muon(state) => {
                    let read = RecordState::state_unflatten(&block.name, &mut source, device);
                    *state = read.map(Box::new);
                    state.is_some()
                }
                State::AdamW(state) => {
                    let read = RecordState::state_unflatten(&block.name, &mut source, device);
                    *state = read.map(Box::new);
                    state.is_some()
                }
            };
        }
        complete
    }
}

/// Scales all gradients together so that their common length is at most `most`.
/// Source: Pascanu, Mikolov, Bengio 2013, arXiv:1211.5063, algorithm 1.
fn clipped(gradients: Vec<Tensor<2>>, most: f32) -> Vec<Tensor<2>> {
    let squares = gradients.iter().map(|it| it.clone().square().sum());
    let length = squares.reduce(|a, b| a + b).expect("a network has tensors").sqrt();
    // Stays on the device: reading it would wait for the step.
    let scale = (length + 1e-6).recip().mul_scalar(most).clamp_max(1.0);
    gradients.into_iter().map(|it| it * scale.clone().unsqueeze()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{recipe::tests::TINY, start};

    fn recipe(rule: Rule) -> recipe::Optimizer {
        let recipe: recipe::Recipe = toml::from_str(TINY).unwrap();
        recipe::Optimizer { hidden: rule, ..recipe.optimizer }
    }

    fn config() -> Config {
        let recipe: recipe::Recipe = toml::from_str(TINY).unwrap();
        recipe.config(20)
    }

    fn numbers(tensor: &Tensor<2>) -> Vec<f32> {
        tensor.clone().try_into_vec_as().unwrap()
    }

    #[test]
    fn long_gradients_are_scaled_together() {
        let gradient = |values: [f32; 2]| Tensor::from_data([values], &llama::cpu());
        // Their common length is 13.
        let short = clipped(vec![gradient([3.0, 4.0]), gradient([0.0, 12.0])], 6.5);
        assert!((numbers(&short[0])[0] - 1.5).abs() < 1e-5);
        assert!((numbers(&short[1])[1] - 6.0).abs() < 1e-5);
        let kept = clipped(vec![gradient([3.0, 4.0])], 6.5);
        assert_eq!(numbers(&kept[0]), [3.0, 4.0]);
    }

    #[test]
    fn only_hidden_matrices_decay() {
        for rule in [Rule::Muon, Rule::Adamw] {
            let (config, device) = (config(), llama::cpu());
            let mut tensors = start::tensors(&config, 1, &device);
            let before = tensors.clone();
            let zeros = tensors.iter().map(Tensor::zeros_like).collect();
            Optimizer::new(&recipe(rule), 1.0, &config).step(&mut tensors, zeros, 1.0, 1);
            for ((part, old), new) in parts(&config).iter().zip(&before).zip(&tensors) {
                // Rate 0.02 times decay 0.1.
                let kept = if part.kind == PartKind::Hidden { 0.998 } else { 1.0 };
                for (old, new) in numbers(old).iter().zip(numbers(new)) {
                    assert!((old * kept - new).abs() < 1e-6, "{:?}: {old} became {new}", part.kind);
                }
            }
        }
    }

    /// Muon's step of one matrix is nearly orthogonal: its rows have about the length of the rate.
    #[test]
    fn queries_keys_and_values_move_as_matrices_of_their_own() {
        let (config, device) = (config(), llama::cpu());
        let tensors = start::tensors(&config, 1, &device);
        let mut moved = tensors.clone();
        let gradient = |(index, it): (usize, &Tensor<2>)| {
            let values =
                crate::random::Random::new(4, index as u64).normal(it.dims().iter().product(), 1.0);
            Tensor::from_data(TensorData::new(values, it.dims()), &device)
        };
        let mut gradients: Vec<_> = tensors.iter().enumerate().map(gradient).collect();
        // Values have gradients a thousand times smaller than queries.
        let (queries, keys) = (32, 16);
        let qkv = gradients[2].clone();
        let small = qkv.clone().narrow(0, queries + keys, keys).mul_scalar(1e-3);
        gradients[2] = Tensor::cat(vec![qkv.narrow(0, 0, queries + keys), small], 0);
        let mut flat = recipe(Rule::Muon);
        flat.weight_decay = 0.0;
        Optimizer::new(&flat, 1e9, &config).step(&mut moved, gradients, 1.0, 1);
        let change = numbers(&(moved[2].clone() - tensors[2].clone()));
        let length = |rows: std::ops::Range<usize>| {
            let part = &change[rows.start * 32..rows.end * 32];
            (part.iter().map(|it| it * it).sum::<f32>() / rows.len() as f32).sqrt() / 0.02
        };
        for rows in [0..queries, queries..queries + keys, queries + keys..queries + 2 * keys] {
            let length = length(rows.clone());
            assert!((0.7..1.3).contains(&length), "{rows:?}: {length}");
        }
    }

    #[test]
    fn a_restored_state_goes_on_as_the_old_one() {
        for rule in [Rule::Muon, Rule::Adamw] {
            let (config, device) = (config(), llama::cpu());
            let mut tensors = start::tensors(&config, 1, &device);
            let gradients = start::tensors(&config, 2, &device);
            let mut optimizer = Optimizer::new(&recipe(rule), 1.0, &config);
            optimizer.step(&mut tensors, gradients.clone(), 1.0, 1);
            let mut again = Optimizer::new(&recipe(rule), 1.0, &config);
            assert!(!again.restore(Record::default(), &device), "an empty record lacks everything");
            assert!(again.restore(optimizer.record(), &device));
            let mut copy = tensors.clone();
            optimizer.step(&mut tensors, gradients.clone(), 0.5, 1);
            again.step(&mut copy, gradients, 0.5, 3);
            for (a, b) in tensors.iter().zip(&copy) {
                assert_eq!(numbers(a), numbers(b));
            }
        }
    }
}
