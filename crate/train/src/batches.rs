//! The order in which a training reads its texts: a pure function of the seed and the step.
//!
//! Each source is an endless row of its texts, in a new order every time around, cut into windows.
//! The windows of all sources are interleaved so that every source has its share at every moment.

use crate::random;

/// Windows that go through the network together.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Window by window; each is one token longer than the sequence, for the last target.
    pub windows: Vec<Vec<u16>>,
}

/// The windows of a corpus.
pub struct Batches {
    sources: Vec<Stream>,
    seed: u64,
    sequence_len: usize,
    sequences: usize,
}

struct Stream {
    /// In (0, 1]; all shares add up to 1.
    share: f64,
    texts: Vec<Vec<u16>>,
    tokens: u64,
    /// Windows taken so far.
    taken: u64,
    /// The time around that `order` is for.
    around: Option<u64>,
    order: Vec<usize>,
    /// Where in the row each text of `order` begins.
    starts: Vec<u64>,
}

impl Batches {
    /// `sources`: weight and texts of each.
    pub fn new(
        sources: Vec<(f64, Vec<Vec<u16>>)>,
        seed: u64,
        sequence_len: usize,
        sequences: usize,
    ) -> Self {
        let total: f64 = sources.iter().map(|it| it.0).sum();
        let stream = |(weight, texts): (f64, Vec<Vec<u16>>)| Stream {
            share: weight / total,
            tokens: texts.iter().map(|it| it.len() as u64).sum(),
            texts,
            taken: 0,
            around: None,
            order: Vec::new(),
            starts: Vec::new(),
        };
        let sources = sources.into_iter().map(stream).collect();
        Self { sources, seed, sequence_len, sequences }
    }

    /// Goes on at the first window of `step`, as if all earlier ones had been read.
    pub fn seek(&mut self, step: u64) {
        self.sources.iter_mut().for_each(|it| it.taken = 0);
        for _ in 0..step * self.sequences as u64 {
            let source = self.next_source();
            self.sources[source].taken += 1;
        }
    }

    /// The windows of the next step.
    pub fn next_step(&mut self) -> Batch {
        let windows = (0..self.sequences).map(|_| {
            let index = self.next_source();
            let source = &mut self.sources[index];
            let start = source.taken * self.sequence_len as u64;
            source.taken += 1;
            source.window(start, self.sequence_len + 1, self.seed, index as u64)
        });
        Batch { windows: windows.collect() }
    }

    /// How often each source has been read from end to end.
    pub fn times_around(&self) -> Vec<f64> {
        let seen = |it: &Stream| (it.taken * self.sequence_len as u64) as f64 / it.tokens as f64;
        self.sources.iter().map(seen).collect()
    }

    /// The source that is furthest behind its share; the first of several.
    fn next_source(&self) -> usize {
        let taken: u64 = self.sources.iter().map(|it| it.taken).sum();
        let behind = |it: &Stream| it.share * (taken + 1) as f64 - it.taken as f64;
        let best = self
            .sources
            .iter()
            .enumerate()
            .reduce(|best, it| if behind(it.1) > behind(best.1) { it } else { best });
        best.expect("a recipe has sources").0
    }
}

impl Stream {
    /// `len` tokens from place `start` of the row.
    fn window(&mut self, start: u64, len: usize, seed: u64, key: u64) -> Vec<u16> {
        let mut window = Vec::with_capacity(len);
        while window.len() < len {
            let at = start + window.len() as u64;
            self.turn_to(at / self.tokens, seed, key);
            let place = at % self.tokens;
            let index = self.starts.partition_point(|&it| it <= place) - 1;
            let text = &self.texts[self.order[index]];
            let from = (place - self.starts[index]) as usize;
            let to = text.len().min(from + len - window.len());
            window.extend_from_slice(&text[from..to]);
        }
        window
    }

    fn turn_to(&mut self, around: u64, seed: u64, key: u64) {
        if self.around == Some(around) {
            return;
        }
        self.around = Some(around);
        // Key 0 is the weights' start.
        self.order = random::order(self.texts.len(), seed, (around << 8) + key + 1);
        let mut start = 0;
        self.starts.clear();
        for &text in &self.order {
            self.starts.push(start);
            start += self.texts[text].len() as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(seed: u64) -> Batches {
        let texts = |from: u16, count: u16| (0..count).map(|it| vec![from + it, 9, 0]).collect();
        Batches::new(vec![(3.0, texts(100, 10)), (1.0, texts(200, 5))], seed, 6, 4)
    }

    #[test]
    fn a_source_is_read_whole_before_it_begins_again() {
        let mut batches = batches(1);
        let windows = (0..3).flat_map(|_| batches.next_step().windows);
        // Five windows of six tokens are the thirty tokens of the first source.
        let first = windows.filter(|it| it[0] < 200).take(5);
        let mut names: Vec<_> =
            first.flat_map(|it| it[..6].to_vec()).filter(|&it| it >= 100).collect();
        names.sort();
        assert_eq!(names, (100..110).collect::<Vec<_>>());
    }

    #[test]
    fn every_source_has_its_share() {
        let mut batches = batches(1);
        for _ in 0..5 {
            let step = batches.next_step();
            let second = step.windows.iter().filter(|it| it.iter().any(|&it| it >= 200)).count();
            assert_eq!((step.windows.len(), second), (4, 1));
        }
        assert_eq!(batches.times_around(), [15.0 * 6.0 / 30.0, 5.0 * 6.0 / 15.0]);
    }

    #[test]
    fn windows_overlap_by_the_token_that_is_only_a_target() {
        let texts = vec![(0..20).collect::<Vec<u16>>()];
        let mut batches = Batches::new(vec![(1.0, texts)], 1, 6, 3);
        let windows = batches.next_step().windows;
        assert_eq!(windows[0], [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(windows[1], [6, 7, 8, 9, 10, 11, 12]);
    }

    #[test]
    fn seeking_gives_what_reading_gives() {
        let mut read = batches(5);
        let steps: Vec<_> = (0..9).map(|_| read.next_step()).collect();
        let mut sought = batches(5);
        sought.seek(6);
        assert_eq!(sought.next_step(), steps[6]);
        assert_eq!(sought.next_step(), steps[7]);
        assert_ne!(batches(6).next_step(), steps[0]);
    }
}
