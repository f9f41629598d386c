//! Numbers that are a pure function of a seed and a key, the same on every device.

/// A stream of numbers. Source: Steele, Lea, Flood 2014, SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64, key: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0xD1B5_4A32_D192_ED03) ^ key);
        random.0 = random.next() ^ key.rotate_left(32);
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In (0, 1].
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// A number below `count`.
    fn below(&mut self, count: usize) -> usize {
        ((self.next() as u128 * count as u128) >> 64) as usize
    }

    /// Numbers of mean 0 and deviation `deviation`, by Box and Muller.
    pub fn normal(&mut self, count: usize, deviation: f64) -> Vec<f32> {
        let draw = |_| {
            let radius = (-2.0 * self.uniform().ln()).sqrt();
            (deviation * radius * (std::f64::consts::TAU * self.uniform()).cos()) as f32
        };
        (0..count).map(draw).collect()
    }
}

/// The numbers below `count` in a random order, by Fisher and Yates.
pub fn order(count: usize, seed: u64, key: u64) -> Vec<usize> {
    let mut random = Random::new(seed, key);
    let mut order: Vec<_> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_every_number_once_and_follows_the_seed() {
        let first = order(100, 7, 0);
        let mut sorted = first.clone();
        sorted.sort();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_eq!(first, order(100, 7, 0));
        assert_ne!(first, order(100, 8, 0));
        assert_ne!(first, order(100, 7, 1));
    }

    #[test]
    fn normal_numbers_have_the_asked_deviation() {
        let numbers = Random::new(1, 2).normal(20_000, 0.5);
        let mean = numbers.iter().sum::<f32>() / 20_000.0;
        let square = numbers.iter().map(|it| it * it).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((square.sqrt() - 0.5).abs() < 0.01, "{square}");
    }
}
