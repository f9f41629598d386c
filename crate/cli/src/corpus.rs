//! Reads files of texts, each closed by a line `<|endoftext|>`, plain or compressed.

use decoding::TokenId;
use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// The line that closes a text.
pub const END: &str = "<|endoftext|>";

/// The texts of a file. Names that end in `.zst` are decompressed.
pub fn read(path: &Path) -> Result<Vec<String>, String> {
    let unusable =
        |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let file = BufReader::new(File::open(path).map_err(|error| unusable(&error))?);
    let mut text = String::new();
    if path.extension().is_some_and(|it| it == "zst") {
        let mut stream =
            ruzstd::decoding::StreamingDecoder::new(file).map_err(|error| unusable(&error))?;
        stream.read_to_string(&mut text)
    } else {
        { file }.read_to_string(&mut text)
    }
    .map_err(|error| unusable(&error))?;
    Ok(texts(&text))
}

fn texts(text: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    for line in text.lines() {
        let last = texts.last_mut().expect("there is always a text under way");
        if line == END {
            texts.push(String::new());
        } else {
            if !last.is_empty() {
                last.push('\n');
            }
            last.push_str(line);
        }
    }
    texts.retain(|it| !it.trim().is_empty());
    texts
}

/// The first `len` tokens, after the end token, of every text; where that gives too few, of every second paragraph, and so on.
/// Paragraphs shorter than a prompt give none.
pub fn beginnings(
    texts: &[String],
    count: usize,
    len: usize,
    encode: impl Fn(&str) -> Vec<TokenId>,
) -> Vec<Vec<TokenId>> {
    let paragraphs: Vec<Vec<&str>> = texts.iter().map(|it| it.lines().collect()).collect();
    let longest = paragraphs.iter().map(Vec::len).max().unwrap_or(0);
    let starts = (0..longest).flat_map(|line| {
        let texts = texts.iter().zip(&paragraphs);
        texts.filter_map(
            move |(text, lines)| {
                if line == 0 { Some(text.as_str()) } else { lines.get(line).copied() }
            },
        )
    });
    let long = starts.map(encode).filter(|it| it.len() > len);
    long.map(|mut it| {
        it.truncate(len + 1);
        it
    })
    .take(count)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_at_their_mark() {
        let file = "Once.\nThen.\n<|endoftext|>\n\n<|endoftext|>\nAgain <|endoftext|>\n";
        assert_eq!(texts(file), ["Once.\nThen.", "Again <|endoftext|>"]);
    }

    #[test]
    fn prompts_are_beginnings_of_texts_then_of_paragraphs() {
        let word = |word: &str| vec![word; 30].join(" ");
        let texts = [format!("{}\n{}\nshort", word("a"), word("b")), word("c"), "few".to_owned()];
        // A token per word, after an end token.
        let encode = |text: &str| {
            let first = text.bytes().next().expect("a letter") as TokenId;
            [vec![0], vec![first; text.split_whitespace().count()]].concat()
        };
        let firsts: Vec<_> = beginnings(&texts, 9, 20, encode).iter().map(|it| it[1]).collect();
        assert_eq!(firsts, [b'a', b'c', b'b'].map(TokenId::from));
        assert!(beginnings(&texts, 2, 20, encode).iter().all(|it| it.len() == 21));
        assert_eq!(beginnings(&texts, 2, 20, encode).len(), 2);
    }
}
