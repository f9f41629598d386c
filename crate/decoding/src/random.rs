//! Randomness as a pure function of the seed and a key: nothing depends on what else was drawn.

/// What a uniform is for. Two draws share a number only if all four parts agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// `"target"`, `"draft"`, `"accept"`, `"residual"`, …
    pub purpose: &'static str,
    pub lane: u32,
    /// Depth of the node the draw decides.
    pub position: u32,
    /// Tells apart draws for one position, for example candidates or rounds.
    pub draw: u32,
}

impl Key {
    /// The draw of the target's own token at `position`: plain sampling and every method that
    /// matches samples use this key, so their texts can be compared token for token.
    pub fn target(lane: u32, position: u32) -> Self {
        Self { purpose: "target", lane, position, draw: 0 }
    }
}

/// A number in [0, 1) with 24 bits, the same on every platform.
pub fn uniform(seed: u32, key: Key) -> f32 {
    let mut state = mix(u64::from(seed) ^ 0x9E37_79B9_7F4A_7C15);
    for byte in key.purpose.bytes() {
        state = mix(state ^ u64::from(byte));
    }
    state = mix(state ^ (u64::from(key.lane) << 32 | u64::from(key.position)));
    state = mix(state ^ u64::from(key.draw));
    (state >> 40) as f32 / (1u64 << 24) as f32
}

/// A standard Gumbel variate from the uniform of `key`; finite for every draw.
pub fn gumbel(seed: u32, key: Key) -> f32 {
    let u = (f64::from(uniform(seed, key)) + 0.5 / f64::from(1u32 << 24)).clamp(1e-12, 1.0 - 1e-9);
    (-(-u.ln()).ln()) as f32
}

/// One step of SplitMix64.
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniforms_are_spread_and_repeatable() {
        let mut sum = 0.0;
        for position in 0..10_000 {
            let u = uniform(7, Key::target(0, position));
            assert!((0.0..1.0).contains(&u));
            assert_eq!(u, uniform(7, Key::target(0, position)));
            sum += f64::from(u);
        }
        assert!((sum / 10_000.0 - 0.5).abs() < 0.01, "mean {}", sum / 10_000.0);
    }

    #[test]
    fn every_part_of_the_key_counts() {
        let key = Key::target(0, 3);
        let others = [
            Key { purpose: "draft", ..key },
            Key { lane: 1, ..key },
            Key { position: 4, ..key },
            Key { draw: 1, ..key },
        ];
        assert!(others.iter().all(|&other| uniform(7, other) != uniform(7, key)));
        assert_ne!(uniform(8, key), uniform(7, key));
    }
}
