//! Requests that a listener rejected, as the history keeps them: no more than a few, since anybody can send them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::receiver::Rejected;
use crate::store::{Entry, Facts};

/// Most rejected requests that are stored within [`WINDOW`].
const MAX_STORED: usize = 100;
const WINDOW: Duration = Duration::from_secs(60);

/// Limits how many rejected requests are stored.
#[derive(Debug, Default)]
pub(super) struct StoreLimit {
    /// When the last ones were stored, the oldest first.
    stored: VecDeque<Instant>,
    is_reached: bool,
}

/// Whether a rejected request is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Stored,
    /// It is the first that is not.
    LimitReached,
    NotStored,
}

impl StoreLimit {
    /// Decides on a request that was rejected at this time.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        let is_old = |stored: &Instant| now.saturating_duration_since(*stored) >= WINDOW;
        while self.stored.front().is_some_and(is_old) {
            self.stored.pop_front();
        }
        if self.stored.len() < MAX_STORED {
            self.stored.push_back(now);
            self.is_reached = false;
            return Admission::Stored;
        }
        if std::mem::replace(&mut self.is_reached, true) {
            Admission::NotStored
        } else {
            Admission::LimitReached
        }
    }
}

/// What is said when the limit is reached.
pub(super) fn limit_reached() -> String {
    format!(
        "More than {MAX_STORED} requests a minute are rejected; the history does not keep the rest."
    )
}

/// A rejected request as an entry of the history.
pub(super) fn entry(rejected: Rejected) -> Entry {
    Entry {
        id: rejected.id,
        at: rejected.received_at,
        facts: Facts {
            reason: Some(rejected.rejection.code().to_owned()),
            detail: Some(rejected.rejection.to_string()),
            status: Some(Rejected::STATUS),
            duration: rejected.duration,
            ..Facts::default()
        },
        request: rejected.request,
        attempts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_a_hundred_a_minute_and_says_once_that_there_are_more() {
        let mut limit = StoreLimit::default();
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        for number in 0..100 {
            assert_eq!(limit.admit(at(number * 10)), Admission::Stored);
        }
        assert_eq!(limit.admit(at(1_000)), Admission::LimitReached);
        assert_eq!(limit.admit(at(59_999)), Admission::NotStored);
        // The first of them is a minute old.
        assert_eq!(limit.admit(at(60_000)), Admission::Stored);
        assert_eq!(limit.admit(at(60_000)), Admission::LimitReached);
        assert_eq!(limit.admit(at(60_010)), Admission::Stored);
    }
}
