//! Rows of several prompts in one list: the list has no gaps, whatever each prompt feeds.
//! Source: Ni et al. 2024, arXiv:2405.07542, unpadded input tokens.

use std::ops::Range;

/// Where the rows of each prompt lie in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat {
    /// `[prompts + 1]`: sums of the counts before each prompt; the last is the whole length.
    starts: Vec<usize>,
}

impl Flat {
    /// `counts`: rows that each prompt feeds; 0 for one that has finished.
    pub fn of(counts: &[usize]) -> Self {
        let sums = counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        Self { starts: std::iter::once(0).chain(sums).collect() }
    }

    /// `[prompts + 1]`: first row of each prompt, then the length of the list.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The rows of prompt number `prompt`.
    pub fn rows(&self, prompt: usize) -> Range<usize> {
        self.starts[prompt]..self.starts[prompt + 1]
    }

    /// The prompt that row number `row` belongs to, and its number among that prompt's rows.
    pub fn place(&self, row: usize) -> (usize, usize) {
        let prompt = self.starts.partition_point(|&start| start <= row) - 1;
        (prompt, row - self.starts[prompt])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hand_worked_batch_of_three_one_and_two_rows() {
        let flat = Flat::of(&[3, 1, 2]);
        assert_eq!(flat.starts(), [0, 3, 4, 6]);
        assert_eq!(flat.place(4), (2, 0));
        assert_eq!((flat.place(2), flat.place(3), flat.place(5)), ((0, 2), (1, 0), (2, 1)));
        assert_eq!((flat.rows(0), flat.rows(1), flat.rows(2)), (0..3, 3..4, 4..6));
    }

    #[test]
    fn finished_prompts_have_no_rows_even_all_but_one() {
        let flat = Flat::of(&[0, 0, 2, 0]);
        assert_eq!(flat.starts(), [0, 0, 0, 2, 2]);
        assert_eq!((flat.place(0), flat.place(1)), ((2, 0), (2, 1)));
        assert!(flat.rows(0).is_empty() && flat.rows(3).is_empty());
    }
}
