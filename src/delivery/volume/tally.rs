//! What came of many deliveries, in memory that does not grow with their number.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

/// Counts and latencies.
#[derive(Clone)]
pub(crate) struct Tally {
    /// In microseconds, to three digits.
    latencies: Histogram<u64>,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    /// How many answers had each status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// How many had no answer, by why.
    pub(crate) failures: BTreeMap<String, u64>,
}

/// Most kinds of failures that are told apart.
const KINDS: usize = 32;
/// Stands for the others.
const OTHERS: &str = "other failures";
/// The longest latency that is told from longer ones: an hour.
const LONGEST: u64 = 3_600_000_000;

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            latencies: Histogram::new_with_max(LONGEST, 3).expect("these bounds are valid"),
            succeeded: 0,
            failed: 0,
            statuses: BTreeMap::new(),
            failures: BTreeMap::new(),
        }
    }

    /// Counts one: its status, or why it has none.
    pub(crate) fn add(&mut self, took: Duration, came: Result<u16, &str>, is_good: bool) {
        if is_good {
            self.succeeded += 1;
        } else {
            self.failed += 1;
        }
        match came {
            Ok(status) => {
                *self.statuses.entry(status).or_default() += 1;
                let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST);
                self.latencies.saturating_record(micros.clamp(1, LONGEST));
            }
            Err(why) => self.count_failures(why, 1),
        }
    }

    fn count_failures(&mut self, why: &str, count: u64) {
        let is_full = self.failures.len() >= KINDS && !self.failures.contains_key(why);
        let kind = if is_full { OTHERS } else { why };
        match self.failures.get_mut(kind) {
            Some(counted) => *counted += count,
            None => _ = self.failures.insert(kind.to_owned(), count),
        }
    }

    /// Adds what another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.latencies
            .add(&other.latencies)
            .expect("both have the same bounds");
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        for (why, count) in &other.failures {
            self.count_failures(why, *count);
        }
    }

    pub(crate) fn all(&self) -> u64 {
        self.succeeded + self.failed
    }

    /// Whether any was answered.
    pub(crate) fn has_latencies(&self) -> bool {
        !self.latencies.is_empty()
    }

    /// The latency that so many percent of the answers stay within.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.latencies.value_at_percentile(percent))
    }

    pub(crate) fn longest(&self) -> Duration {
        Duration::from_micros(self.latencies.max())
    }

    pub(crate) fn mean(&self) -> Duration {
        Duration::try_from_secs_f64(self.latencies.mean() / 1e6).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_several_add_up() {
        let mut all = Tally::new();
        for part in 0..4u64 {
            let mut tally = Tally::new();
            for number in 0..250 {
                let took = Duration::from_micros(part * 250 + number + 1);
                tally.add(took, Ok(200), true);
            }
            tally.add(Duration::ZERO, Err("connection refused"), false);
            all.merge(&tally);
        }
        assert_eq!((all.all(), all.succeeded, all.failed), (1_004, 1_000, 4));
        assert_eq!(all.statuses, BTreeMap::from([(200, 1_000)]));
        assert_eq!(
            all.failures,
            BTreeMap::from([("connection refused".to_owned(), 4)])
        );
        assert_eq!(all.percentile(50.0), Duration::from_micros(500));
        assert_eq!(all.percentile(99.0), Duration::from_micros(990));
        assert_eq!(all.longest(), Duration::from_millis(1));
    }

    #[test]
    fn kinds_of_failures_are_bounded() {
        let mut tally = Tally::new();
        for number in 0..1_000 {
            tally.add(Duration::ZERO, Err(&format!("failure {number}")), false);
        }
        assert_eq!(tally.failures.len(), KINDS + 1);
        assert_eq!(tally.failures[OTHERS], 1_000 - 32);
    }
}
