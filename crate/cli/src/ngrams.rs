//! `cli ngrams`: counts the tables that some methods read, and prunes them to a size to ship.

use crate::{arguments::NgramsArguments, corpus};
use decoding::ngrams::Ngrams;
use llama::Tokenizer;
use std::error::Error;

pub fn count(arguments: &NgramsArguments) -> Result<(), Box<dyn Error>> {
    let path = arguments.model.join("tokenizer.json");
    let json =
        std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let tokenizer = Tokenizer::parse(&arguments.model.display().to_string(), &json)?;
    // Where texts end is counted too, if the tokenizer has a token for it.
    let known = tokenizer.encode(corpus::END).len() == tokenizer.encode("").len() + 1;
    let end = if known { corpus::END } else { "" };
    let mut files = Vec::new();
    for (file, weight) in &arguments.corpus {
        let name = file.display();
        if file.to_string_lossy().contains(".valid.") {
            return Err(format!("{name} is kept for validation and must not be counted").into());
        }
        let texts: Vec<Vec<u32>> =
            corpus::read(file)?.into_iter().map(|text| tokenizer.encode(&(text + end))).collect();
        let tokens: usize = texts.iter().map(Vec::len).sum();
        println!("{name}: {} texts, {tokens} tokens, counted {weight}-fold", texts.len());
        files.push((texts, *weight));
    }
    let texts = files.iter().flat_map(|(texts, weight)| {
        texts.iter().flat_map(|text| std::iter::repeat_n(text.as_slice(), *weight as usize))
    });
    let counted = Ngrams::count(texts, arguments.order as usize);
    println!("contexts of 1, 2, … tokens: {:?}", counted.contexts());
    let tables = prune(&counted, arguments.min_count, arguments.max_bytes);
    let bytes = tables.to_bytes();
    let out = arguments.out.display();
    std::fs::write(&arguments.out, &bytes).map_err(|it| format!("cannot write {out}: {it}"))?;
    println!("kept in {out} ({} bytes): {:?}", bytes.len(), tables.contexts());
    Ok(())
}

/// Keeps as many of the most frequent contexts of each length as fit in `max_bytes`.
fn prune(counted: &Ngrams, min_count: u32, max_bytes: usize) -> Ngrams {
    let whole = counted.prune(min_count, usize::MAX);
    if whole.to_bytes().len() <= max_bytes {
        return whole;
    }
    let (mut fits, mut exceeds) = (0, whole.contexts().into_iter().max().unwrap_or_default());
    while exceeds - fits > 1 {
        let middle = (fits + exceeds) / 2;
        match whole.prune(min_count, middle).to_bytes().len() <= max_bytes {
            true => fits = middle,
            false => exceeds = middle,
        }
    }
    whole.prune(min_count, fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pruning_fills_the_size_it_is_given_and_no_more() {
        let text: Vec<u32> = (0..4000u32).map(|it| it * it % 97).collect();
        let counted = Ngrams::count([text.as_slice()], 3);
        let whole = counted.to_bytes().len();
        let pruned = prune(&counted, 1, whole / 2).to_bytes().len();
        assert!(pruned <= whole / 2 && pruned > whole / 3, "{pruned} of {whole}");
        assert_eq!(prune(&counted, 1, whole), counted);
    }
}
