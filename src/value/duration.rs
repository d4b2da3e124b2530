//! Lengths of time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A length of time: `500ms`, `10s`, `5m`, `1h30m`, `30d`; a bare number is seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Span(pub(crate) Duration);

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no duration such as `10s`");
        let number = |digits: &str| digits.parse::<u32>().map(u64::from).ok();
        if let Some(seconds) = number(text) {
            return Ok(Self(Duration::from_secs(seconds)));
        }
        // Days are 24 hours here; jiff leaves their length to a calendar.
        if let Some(days) = text.strip_suffix('d').map(str::trim_end).and_then(number) {
            return Ok(Self(Duration::from_secs(days * SECONDS_A_DAY)));
        }
        let span: SignedDuration = text.parse().map_err(|_| wrong())?;
        Duration::try_from(span)
            .map(Self)
            .map_err(|_| format!("`{text}` is a negative duration"))
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SignedDuration::try_from(self.0) {
            Ok(span) => write!(f, "{span:#}"),
            Err(_) => write!(f, "{:?}", self.0),
        }
    }
}

/// Reads how long something is kept.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn age(text: &str) -> Result<Duration, String> {
    let span = text.trim().parse::<Span>();
    span.map(|span| span.0)
        .map_err(|_| format!("`{text}` is no length of time such as `30d` or `12h`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_have_units_and_bare_numbers_are_seconds() {
        for (text, millis) in [
            ("500ms", 500),
            ("10s", 10_000),
            ("90", 90_000),
            ("0", 0),
            ("1.5s", 1_500),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("2 hours", 7_200_000),
            ("30d", 2_592_000_000),
        ] {
            let span = text.parse::<Span>();
            assert_eq!(span, Ok(Span(Duration::from_millis(millis))), "{text}");
        }
        for bad in ["", "five", "1x", "d", "99999999999", "1.5"] {
            let wanted = format!("`{bad}` is no duration such as `10s`");
            assert_eq!(bad.parse::<Span>(), Err(wanted));
        }
        let wanted = "`-5s` is a negative duration".to_owned();
        assert_eq!("-5s".parse::<Span>(), Err(wanted));
    }

    proptest! {
        #[test]
        fn a_duration_reads_back(millis in 0_u64..=9_000_000_000_000) {
            let span = Span(Duration::from_millis(millis));
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = (text.parse::<Span>(), age(&text));
        }
    }
}
