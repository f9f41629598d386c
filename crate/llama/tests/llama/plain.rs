//! Training's pass over whole sequences says what the pass over the forest says.

use crate::{folder, gap, score};
use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};
use decoding::{NodeId, TokenId, model::*, toy};
use llama::{Llama, Parameters, plain};

/// Log-probabilities after every token of two sequences, by training's pass.
fn plain_rows(parameters: &Parameters, sequences: [&[TokenId]; 2]) -> Vec<Vec<f32>> {
    let length = sequences[0].len();
    let ids: Vec<i32> = sequences.concat().iter().map(|&it| it as i32).collect();
    let tokens: Tensor<2, Int> =
        Tensor::from_data(TensorData::new(ids, [2, length]), &llama::cpu());
    let positions = plain::Positions::new(&parameters.config, length, &llama::cpu());
    let rows = log_softmax(plain::logits(parameters, &positions, tokens), 1);
    let values = rows.try_into_vec_as::<f32>().expect("numbers");
    values.chunks(parameters.config.vocab_size).map(<[f32]>::to_vec).collect()
}

fn forest_rows(model: &mut Llama, sequence: &[TokenId]) -> Vec<Vec<f32>> {
    model.retain(&[]).expect("clears");
    let (forest, _) = toy::forest(sequence);
    let nodes: Vec<_> = (0..sequence.len() as u32).map(NodeId).collect();
    let scores = score(model, &forest, &nodes, &Ask::rows());
    (0..sequence.len()).map(|it| scores.row(it).to_vec()).collect()
}

fn hold_together(mut model: Llama, parameters: Parameters, sequences: [&[TokenId]; 2]) {
    let plain = plain_rows(&parameters, sequences);
    let forest: Vec<_> = sequences.into_iter().flat_map(|it| forest_rows(&mut model, it)).collect();
    assert_eq!(plain.len(), forest.len());
    for (index, (a, b)) in plain.iter().zip(&forest).enumerate() {
        let gap = gap(a, b);
        assert!(gap <= 1e-4, "row {index} is off by {gap}");
    }
}

#[test]
fn training_and_inference_agree_on_the_shipped_models() {
    for name in ["target", "draft"] {
        let folder = folder("models/stories").join(name);
        let parameters = Parameters::load_dir(&folder, &llama::cpu()).expect("it loads");
        let model = Llama::load_dir(&folder, llama::cpu()).expect("it loads");
        let text = "Once upon a time, there was a little girl who loved to play outside with dogs.";
        let tokens = model.tokenizer().encode(text);
        let backwards: Vec<_> = tokens.iter().rev().copied().collect();
        hold_together(model, parameters, [&tokens, &backwards]);
    }
}
