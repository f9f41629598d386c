//! Reads files of texts, each closed by a line `<|endoftext|>`, plain or compressed.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_at_their_mark() {
        let file = "Once.\nThen.\n<|endoftext|>\n\n<|endoftext|>\nAgain <|endoftext|>\n";
        assert_eq!(texts(file), ["Once.\nThen.", "Again <|endoftext|>"]);
    }
}
