//! One draft length for a whole batch, learnt from the best prompt of the last round.
//! Source: Qian et al. 2024, arXiv:2404.15778, the heuristic for the draft length.

/// Longer by two where some prompt kept its whole draft; else shorter, and faster from the second
/// such round in a row, but never below what the best prompt has just kept.
#[derive(Clone, Debug)]
pub struct LastRound {
    len: u32,
    most: u32,
    /// The last round made it shorter.
    shrank: bool,
}

impl LastRound {
    pub fn new(len: u32, most: u32) -> Self {
        Self { len: len.min(most), most, shrank: false }
    }

    /// Guesses a prompt gets in the coming round.
    pub fn len(&self) -> u32 {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `longest`: most guesses that any prompt kept of a draft of `len`.
    pub fn update(&mut self, longest: u32) {
        if longest >= self.len {
            self.len = (self.len + 2).min(self.most);
            self.shrank = false;
        } else {
            let less = self.len.div_ceil(10) + u32::from(self.shrank);
            self.len = self.len.saturating_sub(less).max(longest).max(1);
            self.shrank = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_the_hand_worked_rounds() {
        let mut length = LastRound::new(7, 32);
        let mut lengths = vec![length.len()];
        for longest in [7, 7, 8, 3, 2, 0, 0, 3] {
            length.update(longest);
            lengths.push(length.len());
        }
        assert_eq!(lengths, [7, 9, 8, 10, 9, 7, 5, 3, 5]);
    }

    #[test]
    fn the_length_stays_between_one_and_its_limit() {
        let mut length = LastRound::new(30, 32);
        for _ in 0..3 {
            length.update(length.len());
        }
        assert_eq!(length.len(), 32);
        for _ in 0..40 {
            length.update(0);
        }
        assert_eq!(length.len(), 1);
        assert_eq!(LastRound::new(7, 4).len(), 4);
    }
}
