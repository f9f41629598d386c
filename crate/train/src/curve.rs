//! The loss of a training as a picture, drawn from its log alone.

use crate::log::{Entry, What};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 44.0;

/// Colours that are told apart without colour vision (Okabe, Ito 2008); lines are labelled too.
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9"];

/// Nats per token over tokens seen: the training loss in grey, the validation loss of each source
/// with its name. `None` where the log has too little for a line.
pub fn draw(entries: &[Entry]) -> Option<String> {
    let million = |it: &Entry| it.tokens as f64 / 1e6;
    let mut training = Vec::new();
    let mut sources: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for entry in entries {
        match &entry.what {
            What::Training { loss, .. } => training.push((million(entry), *loss as f64)),
            What::Validation { losses } => {
                for loss in losses {
                    let at = (million(entry), loss.nats_per_token);
                    match sources.iter_mut().find(|it| it.0 == loss.source) {
                        Some(found) => found.1.push(at),
                        None => sources.push((loss.source.clone(), vec![at])),
                    }
                }
            }
        }
    }
    let all = || sources.iter().flat_map(|it| &it.1).chain(&training);
    if all().count() < 2 {
        return None;
    }
    let right = all().map(|it| it.0).fold(0.0, f64::max);
    let top = all().map(|it| it.1).fold(0.0, f64::max).ceil();
    let x = |value: f64| LEFT + value / right * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>Loss in nats per token \
         over millions of tokens</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for value in (0..=top as usize).step_by((top as usize).div_ceil(10).max(1)) {
        let height = y(value as f64);
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {height:.1}H{:.1}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{value}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            height + 4.0
        );
    }
    for part in 0..=4 {
        let value = right * part as f64 / 4.0;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(value),
            HEIGHT - BOTTOM + 18.0,
            shortened(value)
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{:.1}\">million tokens seen; nats per token</text>",
        HEIGHT - 8.0
    );
    let mut line = |points: &[(f64, f64)], colour: &str, width: f64| {
        let points: Vec<_> =
            points.iter().map(|it| format!("{:.1},{:.1}", x(it.0), y(it.1))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            points.join(" ")
        );
    };
    line(&training, "#999", 1.0);
    for (index, (_, points)) in sources.iter().enumerate() {
        line(points, COLOURS[index % COLOURS.len()], 2.0);
    }
    let mut labels: Vec<(f64, &str, &str)> = sources
        .iter()
        .enumerate()
        .filter_map(|(index, it)| Some((y(it.1.last()?.1), it.0.as_str(), COLOURS[index % 6])))
        .chain(training.last().map(|it| (y(it.1), "training", "#777")))
        .collect();
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    // From the bottom up, so that no label lies on another.
    let mut floor = HEIGHT - BOTTOM + 4.0;
    for label in labels.iter_mut().rev() {
        label.0 = label.0.min(floor);
        floor = label.0 - 14.0;
    }
    for (height, name, colour) in labels {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{height:.1}\" fill=\"{colour}\">{name}</text>",
            WIDTH - RIGHT + 8.0
        );
    }
    svg += "</svg>\n";
    Some(svg)
}

fn shortened(value: f64) -> String {
    if value >= 10.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
