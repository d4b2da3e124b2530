//! Points in time.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::duration::Span;

/// A point in time: RFC 3339, unix seconds or milliseconds, or a length of time before now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    At(Timestamp),
    /// From now on; negative for the past.
    From(SignedDuration),
}

/// Fewer digits are no unix time: somebody forgot the unit of a length of time.
const UNIX_DIGITS: usize = 9;

impl Time {
    pub(crate) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            // Read within the range of times; what is added since then does not matter at its ends.
            Self::From(span) => now.saturating_add(span).unwrap_or(now),
        }
    }
}

impl FromStr for Time {
    type Err = String;

    /// Reads `2026-11-28T10:00:00Z`, `1795271987`, `1795271987000`, and, all three alike, `10m`, `-10m`, `10m ago`.
    /// `+10m` is in the future.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "write RFC 3339, unix seconds or milliseconds, or a time before now such as `10m`"
                .to_owned()
        };
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = text.parse::<i64>().ok();
            let number = number.filter(|_| text.len() >= UNIX_DIGITS);
            let number = number.ok_or_else(wrong)?;
            return Timestamp::from_second(number)
                .or_else(|_| Timestamp::from_millisecond(number))
                .map(Self::At)
                .map_err(|_| "it is past the year 9999".to_owned());
        }
        if let Ok(time) = text.parse() {
            return Ok(Self::At(time));
        }
        let (is_past, length) = match (text.strip_prefix(['-', '+']), text.strip_suffix(" ago")) {
            (Some(length), None) => (text.starts_with('-'), length),
            (None, Some(length)) => (true, length.trim_end()),
            (None, None) => (true, text),
            (Some(_), Some(_)) => return Err(wrong()),
        };
        let has_unit = length.bytes().any(|byte| byte.is_ascii_alphabetic());
        let span = length.parse::<Span>().ok().filter(|_| has_unit);
        let span = span.and_then(|span| SignedDuration::try_from(span.0).ok());
        let span = span.ok_or_else(wrong)?;
        let span = if is_past { -span } else { span };
        match Timestamp::now().checked_add(span) {
            Ok(_) => Ok(Self::From(span)),
            Err(_) => Err("it is out of the range of years, -9999 to 9999".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_in_all_forms() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let at = |text: &str| {
            text.parse::<Time>()
                .map(|time| time.resolve(now).as_second())
        };
        assert_eq!(at("1614265330"), Ok(1_614_265_330));
        assert_eq!(at("161426533"), Ok(161_426_533));
        assert_eq!(at("1795271987000"), Ok(1_795_271_987));
        assert_eq!(at("2021-02-25T15:02:10Z"), Ok(1_614_265_330));
        for past in ["-10m", "10m", "10m ago", "600s", "600000ms ago"] {
            assert_eq!(at(past), Ok(1_000_000 - 600), "{past}");
        }
        assert_eq!(at("-1d"), Ok(1_000_000 - 86_400));
        assert_eq!(at("+1h"), Ok(1_000_000 + 3600));
        let forms =
            "write RFC 3339, unix seconds or milliseconds, or a time before now such as `10m`";
        for bad in [
            "yesterday",
            "",
            "-10",
            "10",
            "12345678",
            "10 ago",
            "-10m ago",
            "ago",
            "--10m",
        ] {
            assert_eq!(at(bad), Err(forms.to_owned()), "{bad}");
        }
        assert_eq!(
            at("9999999999999999"),
            Err("it is past the year 9999".to_owned())
        );
        assert!(at("+9999999h").is_ok() && at("+99999999h").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9a-zTZ:. ]{0,20}|\\PC{0,20}") {
            let _ = text.parse::<Time>();
        }
    }
}
