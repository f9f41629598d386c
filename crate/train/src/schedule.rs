//! The learning rate along a training, as a share of its peak.

/// Rises linearly over `warmup` steps, then falls along half a cosine to `last` at the end.
/// Source: Loshchilov, Hutter 2017, arXiv:1608.03983, without restarts.
pub fn rate(step: u64, steps: u64, warmup: u64, last: f64) -> f64 {
    if step < warmup {
        return (step + 1) as f64 / warmup as f64;
    }
    let length = steps.saturating_sub(warmup + 1).max(1);
    let way = ((step - warmup) as f64 / length as f64).min(1.0);
    last + (1.0 - last) * 0.5 * (1.0 + (std::f64::consts::PI * way).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_and_falls_to_its_last_share() {
        let rates: Vec<_> = (0..9).map(|step| rate(step, 9, 4, 0.1)).collect();
        assert_eq!(rates[..5], [0.25, 0.5, 0.75, 1.0, 1.0]);
        assert!((rates[6] - 0.55).abs() < 1e-12, "half way down");
        assert!((rates[8] - 0.1).abs() < 1e-12);
        assert!(rates[4..].is_sorted_by(|a, b| a > b));
    }
}
