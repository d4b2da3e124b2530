//! When a failed delivery is attempted again: a pure function of the schedule, the answer and a number of chance.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::provider::Profile;
use crate::value::Span;

/// When deliveries are attempted again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// Delays of the retries, each counted from the failure before it.
    pub(crate) delays: Vec<Span>,
    /// By how many percent a delay is longer or shorter at most.
    pub(crate) jitter: u8,
    pub(crate) speed: Speed,
}

/// How fast simulated time passes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Speed {
    /// So many times as fast as real time.
    Times(f64),
    /// Without any wait.
    Max,
}

impl Speed {
    pub(crate) const REAL: Self = Self::Times(1.0);

    /// The real time that a simulated one takes.
    pub(crate) fn real(self, simulated: Duration) -> Duration {
        match self {
            Self::Times(factor) => Duration::try_from_secs_f64(simulated.as_secs_f64() / factor)
                .unwrap_or(Duration::MAX),
            Self::Max => Duration::ZERO,
        }
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "max" => return Ok(Self::Max),
            "real" => return Ok(Self::REAL),
            _ => {}
        }
        let factor = text.strip_suffix('x').and_then(|text| text.parse().ok());
        factor
            .filter(|factor: &f64| (0.001..=1e9).contains(factor))
            .map(Self::Times)
            .ok_or_else(|| format!("`{text}` is no speed such as `60x`, `real` or `max`"))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(factor) => write!(f, "{factor}x"),
            Self::Max => f.write_str("max"),
        }
    }
}

impl From<Speed> for String {
    fn from(speed: Speed) -> Self {
        speed.to_string()
    }
}

impl TryFrom<String> for Speed {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another one, after this simulated time.
    After(Duration),
    /// None, since all of the schedule was tried.
    Exhausted,
    /// None, since the receiver said that it is gone for good.
    Gone,
}

/// Most that an answer can put off the next attempt; senders that say theirs say a day.
const MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// The status by which a receiver says that it wants no more.
const GONE: u16 = 410;

impl Policy {
    /// One attempt and no other.
    pub(crate) fn once() -> Self {
        Self {
            delays: Vec::new(),
            jitter: 0,
            speed: Speed::REAL,
        }
    }

    /// What a provider does.
    pub(crate) fn of_provider(profile: &Profile, speed: Speed) -> Self {
        Self {
            delays: profile.policy.retry.value.clone(),
            jitter: profile.policy.jitter.as_ref().map_or(0, |fact| fact.value),
            speed,
        }
    }

    /// Attempts in all.
    pub(crate) fn attempts(&self) -> u32 {
        u32::try_from(self.delays.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    /// What follows an attempt that failed, the `made`th. `wait` is what its answer asked for, and `chance` a number
    /// from 0 to 1, evenly spread.
    pub(crate) fn next(
        &self,
        made: u32,
        status: Option<u16>,
        wait: Option<Duration>,
        chance: f64,
    ) -> Next {
        if status == Some(GONE) {
            return Next::Gone;
        }
        let index = usize::try_from(made.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(Span(delay)) = self.delays.get(index) else {
            return Next::Exhausted;
        };
        let factor = 1.0 + f64::from(self.jitter) / 100.0 * (2.0 * chance - 1.0);
        let delay = Duration::try_from_secs_f64(delay.as_secs_f64() * factor.max(0.0));
        let delay = delay.unwrap_or(Duration::MAX);
        Next::After(delay.max(wait.unwrap_or_default().min(MOST)))
    }
}

/// The wait that a `Retry-After` header asks for: seconds, or until a date (RFC 9110, 10.2.3). `None` if it is neither.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // One that is too long to be read is more than any wait.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let since = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let now = Duration::try_from(now.as_duration()).unwrap_or_default();
    Some(since.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    fn policy(delays: &[u64], jitter: u8) -> Policy {
        Policy {
            delays: delays.iter().map(|delay| Span(seconds(*delay))).collect(),
            jitter,
            speed: Speed::REAL,
        }
    }

    #[test]
    fn each_failure_has_the_next_delay_until_there_is_none() {
        let policy = policy(&[5, 300], 0);
        assert_eq!(policy.attempts(), 3);
        let next = |made| policy.next(made, Some(500), None, 0.7);
        assert_eq!(next(1), Next::After(seconds(5)));
        assert_eq!(next(2), Next::After(seconds(300)));
        assert_eq!(next(3), Next::Exhausted);
        assert_eq!(policy.next(1, None, None, 0.0), Next::After(seconds(5)));
        assert_eq!(Policy::once().next(1, None, None, 0.0), Next::Exhausted);
    }

    #[test]
    fn gone_ends_it_at_once() {
        assert_eq!(
            policy(&[5, 5], 0).next(1, Some(410), Some(seconds(1)), 0.5),
            Next::Gone
        );
    }

    #[test]
    fn jitter_goes_both_ways_and_no_further() {
        let next = |chance| policy(&[100], 20).next(1, None, None, chance);
        assert_eq!(next(0.0), Next::After(seconds(80)));
        assert_eq!(next(0.5), Next::After(seconds(100)));
        assert_eq!(next(1.0), Next::After(seconds(120)));
    }

    #[test]
    fn a_receiver_can_put_the_next_attempt_off_but_not_forward() {
        let next = |wait| policy(&[60], 0).next(1, Some(503), Some(seconds(wait)), 0.5);
        assert_eq!(next(10), Next::After(seconds(60)));
        assert_eq!(next(90), Next::After(seconds(90)));
        assert_eq!(next(u64::MAX), Next::After(MOST));
        // It makes no attempt that the schedule does not have.
        assert_eq!(
            policy(&[], 0).next(1, Some(503), Some(seconds(1)), 0.5),
            Next::Exhausted
        );
    }

    #[test]
    fn waits_are_read_in_seconds_and_as_dates() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        for (text, wait) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30)),
            ("Sun Nov  6 08:49:37 1994", Some(30)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(text, now), wait.map(seconds), "{text}");
        }
    }

    #[test]
    fn speeds_divide_the_time_and_read_back() {
        assert_eq!(
            "60x".parse::<Speed>().unwrap().real(seconds(90)),
            Duration::from_millis(1500)
        );
        assert_eq!(
            "max".parse::<Speed>().unwrap().real(seconds(90)),
            seconds(0)
        );
        assert_eq!("real".parse(), Ok(Speed::REAL));
        for bad in ["", "60", "0x", "-1x", "infx", "NaNx", "fast"] {
            assert_eq!(
                bad.parse::<Speed>(),
                Err(format!(
                    "`{bad}` is no speed such as `60x`, `real` or `max`"
                ))
            );
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(value: String, seconds in -377_000_000_000i64..250_000_000_000) {
            let now = Timestamp::from_second(seconds).unwrap();
            let _ = retry_after(&value, now);
        }

        #[test]
        fn a_delay_stays_within_its_jitter(delay in 0u64..1_000_000, jitter in 0u8..=100, chance in 0.0f64..=1.0) {
            let Next::After(next) = policy(&[delay], jitter).next(1, None, None, chance) else { unreachable!() };
            let (delay, part) = (seconds(delay).as_secs_f64(), f64::from(jitter) / 100.0);
            let margin = 1e-6 * delay + 1e-8;
            prop_assert!(next.as_secs_f64() >= delay * (1.0 - part) - margin && next.as_secs_f64() <= delay * (1.0 + part) + margin);
        }

        #[test]
        fn a_speed_reads_back(factor in 0.001f64..1e9) {
            let speed = Speed::Times(factor);
            prop_assert_eq!(speed.to_string().parse(), Ok(speed));
        }
    }
}
