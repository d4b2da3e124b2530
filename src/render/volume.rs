//! What came of many deliveries, in a few lines.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::table::{Cell, cell, columns, plain};
use super::{Paint, duration, grouped, millis};
use crate::delivery::volume::Tally;

/// Many deliveries that were sent.
pub(crate) struct Sum<'a> {
    pub(crate) tally: &'a Tally,
    pub(crate) took: Duration,
    /// How many there were to be.
    pub(crate) total: u64,
}

impl Sum<'_> {
    /// Deliveries a second.
    fn rate(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
        let all = self.tally.all() as f64;
        all / self.took.as_secs_f64().max(1e-9)
    }
}

/// The percentiles that are shown, with what they are called.
const PERCENTILES: [(&str, f64); 5] = [
    ("p50", 50.0),
    ("p90", 90.0),
    ("p95", 95.0),
    ("p99", 99.0),
    ("p99.9", 99.9),
];

/// The sum for people.
pub(crate) fn human(sum: &Sum<'_>, paint: Paint) -> String {
    let tally = sum.tally;
    let failed = format!("{} failed", grouped(tally.failed));
    let failed = if tally.failed > 0 {
        paint.bad(&failed)
    } else {
        failed
    };
    let of = if tally.all() < sum.total {
        format!(" of {}", grouped(sum.total))
    } else {
        String::new()
    };
    let deliveries = if sum.total == 1 {
        "delivery"
    } else {
        "deliveries"
    };
    let mut text = format!(
        "{}{of} {deliveries} in {}: {} succeeded, {failed}\n",
        grouped(tally.all()),
        duration(sum.took),
        grouped(tally.succeeded)
    );
    let mut rows: Vec<[Cell; 2]> = Vec::new();
    let mut row = |name: &str, values: Vec<String>| {
        let values = values.join("   ");
        rows.push([cell(name, |name| paint.faint(name)), plain(values)]);
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is neither negative nor that large"
    )]
    let rate = sum.rate().round() as u64;
    row("rate", vec![format!("{} a second", grouped(rate))]);
    if tally.has_latencies() {
        let parts = PERCENTILES
            .iter()
            .map(|(name, percent)| format!("{name} {}", duration(tally.percentile(*percent))));
        let longest = format!("max {}", duration(tally.longest()));
        row("latency", parts.chain([longest]).collect());
    }
    let statuses = tally.statuses.iter();
    let statuses: Vec<String> = statuses
        .map(|(status, count)| format!("{status} {}", grouped(*count)))
        .collect();
    if !statuses.is_empty() {
        row("statuses", statuses);
    }
    for (why, count) in &tally.failures {
        row("no answer", vec![format!("{} {why}", grouped(*count))]);
    }
    text.push_str(&columns(&rows, "  "));
    text
}

/// The sum as one JSON object.
pub(crate) fn json(sum: &Sum<'_>) -> Value {
    let tally = sum.tally;
    let percentiles = PERCENTILES.iter().map(|(name, percent)| {
        let value = tally.percentile(*percent);
        ((*name).to_owned(), json!(millis(value)))
    });
    let mut latency: Map<String, Value> = percentiles.collect();
    latency.insert("max".into(), json!(millis(tally.longest())));
    latency.insert("mean".into(), json!(millis(tally.mean())));
    let statuses = tally.statuses.iter();
    let statuses: Map<String, Value> = statuses
        .map(|(status, count)| (status.to_string(), json!(count)))
        .collect();
    json!({
        "type": "summary",
        "deliveries": tally.all(),
        "succeeded": tally.succeeded,
        "failed": tally.failed,
        "duration_ms": millis(sum.took),
        "rate": (sum.rate() * 10.0).round() / 10.0,
        "latency_ms": if tally.has_latencies() { json!(latency) } else { Value::Null },
        "statuses": statuses,
        "failures": tally.failures,
    })
}
