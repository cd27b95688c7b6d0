//! The figures and their budgets, for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::{load::Load, starts::Starts};

/// One thing measured.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    what: &'static str,
    unit: &'static str,
    handler: f64,
    /// The minimal server's value, where one was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<f64>,
    /// The budget in words.
    budget: &'static str,
    /// The budget as a number in the figure's unit, on this machine, in this run.
    limit: f64,
    met: bool,
}

/// What a figure may be.
#[derive(Debug, Clone, Copy)]
enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

impl Figure {
    fn new(what: &'static str, unit: &'static str, handler: f64, says: &'static str, budget: Budget) -> Self {
        let (limit, met) = match budget {
            Budget::AtMost(limit) => (limit, handler <= limit),
            Budget::AtLeast(limit) => (limit, handler >= limit),
        };
        Self { what, unit, handler, baseline: None, budget: says, limit, met }
    }

    fn beside(self, baseline: f64) -> Self {
        Self { baseline: Some(baseline), ..self }
    }
}

/// All figures, in the order in which a handler's life shows them. `size` is the executable's, in bytes.
pub(crate) fn all(starts: &Starts, load: &Load, size: u64) -> Vec<Figure> {
    use Budget::{AtLeast, AtMost};

    let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let us = |time: std::time::Duration| time.as_secs_f64() * 1e6;
    let (ready, first, latency) = (&starts.ready, &starts.first_event, &load.latency);
    let (least, rate) = (ms(ready.baseline), &load.throughput);
    vec![
        Figure::new(
            "start to GET / answered",
            "ms",
            ms(ready.handler),
            "≤ 3 × baseline",
            AtMost(3.0 * least),
        )
        .beside(least),
        Figure::new(
            "start to first event",
            "ms",
            ms(first.handler),
            "≤ 4 × baseline start",
            AtMost(4.0 * least),
        )
        .beside(ms(first.baseline)),
        Figure::new("resident, idle", "MB", megabytes(load.idle_bytes), "≤ 20 MB", AtMost(20.0)),
        Figure::new("resident, 1,000 events on", "MB", megabytes(load.used_bytes), "≤ 20 MB", AtMost(20.0)),
        Figure::new("executable, stripped", "MB", megabytes(size), "≤ 15 MB", AtMost(15.0)),
        Figure::new(
            "events, 16 connections",
            "/s",
            rate.handler,
            "≥ 60 % of baseline",
            AtLeast(0.6 * rate.baseline),
        )
        .beside(rate.baseline),
        Figure::new("one event, median", "µs", us(latency.handler), "≤ 90 µs", AtMost(90.0))
            .beside(us(latency.baseline)),
    ]
}

/// A million bytes each; no figure here is near the 2^53 above which this would round.
#[expect(clippy::cast_precision_loss, reason = "sizes of megabytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A table for a terminal, a line per figure.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut table = format!("{:27}{:>12}{:>12}  {:6}{:22}\n", "", "handler", "baseline", "", "budget");
    for Figure { what, unit, handler, baseline, budget, limit: _, met } in figures {
        let baseline = baseline.map_or_else(|| "-".to_owned(), |baseline| format!("{baseline:.1}"));
        let met = if *met { "met" } else { "not met" };
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{what:27}{handler:>12.1}{baseline:>12}  {unit:6}{budget:22}{met}");
    }
    table
}
