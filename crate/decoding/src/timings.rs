//! How long a pass takes on this device, by role and number of new nodes. Measured elsewhere: this
//! crate has no clock.

use std::collections::BTreeMap;

/// Measured pass times. They lie beside the models and outlive a run; a method that reads them
/// writes what it read into its trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timings {
    /// By role: (new nodes, milliseconds), ascending.
    by_role: BTreeMap<String, Vec<(u32, f32)>>,
}

impl Timings {
    /// `measured`: (new nodes, milliseconds) of single passes.
    pub fn with(mut self, role: &str, measured: impl IntoIterator<Item = (u32, f32)>) -> Self {
        let mut measured: Vec<_> = measured.into_iter().collect();
        measured.sort_by_key(|it| it.0);
        self.by_role.insert(role.into(), measured);
        self
    }

    pub fn knows(&self, role: &str) -> bool {
        self.by_role.get(role).is_some_and(|it| !it.is_empty())
    }

    /// Milliseconds of a pass over `nodes` new nodes: on the straight line between the nearest
    /// two measurements, or through the last two beyond them. `None` for a role nobody measured.
    pub fn ms(&self, role: &str, nodes: u32) -> Option<f64> {
        let measured = self.by_role.get(role)?;
        let above = measured.partition_point(|it| it.0 < nodes).min(measured.len().max(2) - 1);
        let at = |index: usize| measured.get(index).map(|it| (f64::from(it.0), f64::from(it.1)));
        let (x1, y1) = at(above).or(at(0))?;
        let (x0, y0) = at(above.saturating_sub(1))?;
        if x1 <= x0 {
            return Some(y0);
        }
        Some((y0 + (y1 - y0) * (f64::from(nodes) - x0) / (x1 - x0)).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lie_on_lines_between_what_was_measured() {
        let it = Timings::default().with("target", [(4, 6.0), (1, 3.0), (8, 7.0)]);
        let ms = [1, 2, 4, 6, 8, 12].map(|nodes| it.ms("target", nodes).unwrap());
        assert_eq!(ms, [3.0, 4.0, 6.0, 6.5, 7.0, 8.0]);
        assert_eq!((it.ms("draft", 1), it.knows("draft"), it.knows("target")), (None, false, true));
    }

    #[test]
    fn a_single_measurement_is_all_there_is() {
        let it = Timings::default().with("draft", [(1, 0.5)]);
        assert_eq!([1, 9].map(|nodes| it.ms("draft", nodes)), [Some(0.5); 2]);
        assert_eq!(Timings::default().with("draft", []).ms("draft", 1), None);
    }
}
