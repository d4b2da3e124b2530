//! Ids that sort by time and are short enough to be typed.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use crate::error::Result;
use crate::random;

/// Which way a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Direction {
    /// A capture.
    In,
    /// A delivery.
    Out,
    /// Received and rejected: servers read it in different ways. It is no capture.
    Rejected,
}

impl Direction {
    pub(crate) const ALL: [Self; 3] = [Self::In, Self::Out, Self::Rejected];

    fn prefix(self) -> &'static str {
        match self {
            Self::In => "cap_",
            Self::Out => "dlv_",
            Self::Rejected => "rej_",
        }
    }

    /// The number that stands for it in the file.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::In => 0,
            Self::Out => 1,
            Self::Rejected => 2,
        }
    }

    /// The direction of a number in the file.
    pub(super) fn of_number(number: i64) -> Self {
        let is_it = |direction: &Self| direction.number() == number;
        Self::ALL.into_iter().find(is_it).unwrap_or(Self::In)
    }
}

/// The id of what is in the history: 40 bits of milliseconds, 8 that tell processes apart, 12 that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    pub(crate) direction: Direction,
    pub(super) number: i64,
}

/// Digits and letters that are not taken for one another (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters behind the prefix, of five bits each.
const LENGTH: usize = 12;
/// Start of 2026, in milliseconds: where the time of ids begins.
const EPOCH: i64 = 1_767_225_600_000;
const TIME_BITS: u32 = 40;
const REST_BITS: u32 = 20;
const COUNT_BITS: u32 = 12;
const COUNT_MASK: i64 = (1 << COUNT_BITS) - 1;
/// Times from here on, the last twelve days of 2060, leave too little room for others after them.
const LAST_TIME: i64 = (1 << TIME_BITS) - (1 << 30);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.direction.prefix())?;
        for place in (0..LENGTH).rev() {
            let digit = usize::try_from((self.number >> (5 * place)) & 31).unwrap_or(0);
            write!(f, "{}", char::from(ALPHABET[digit]))?;
        }
        Ok(())
    }
}

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoId;

impl FromStr for Id {
    type Err = NoId;

    fn from_str(text: &str) -> std::result::Result<Self, NoId> {
        let (direction, digits) = Direction::ALL
            .into_iter()
            .find_map(|direction| Some((direction, text.strip_prefix(direction.prefix())?)))
            .ok_or(NoId)?;
        if digits.len() != LENGTH {
            return Err(NoId);
        }
        let number = digits.bytes().try_fold(0, |number: i64, byte| {
            let read = match byte.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|&known| known == read)?;
            Some(number << 5 | i64::try_from(digit).ok()?)
        });
        let number = number.ok_or(NoId)?;
        Ok(Self { direction, number })
    }
}

/// Makes ids, each larger than the one before.
#[derive(Debug)]
pub(crate) struct Ids {
    last: AtomicI64,
    /// What tells this process apart, and where its counts start.
    lane: i64,
    salt: u64,
}

impl Ids {
    pub(crate) fn new() -> Result<Self> {
        let random: [u8; 8] = random::bytes()?;
        let salt = u64::from_ne_bytes(random);
        Ok(Self {
            last: AtomicI64::new(0),
            lane: i64::from(random[0]) << COUNT_BITS,
            salt,
        })
    }

    /// Ids that are larger than this one, too, though the clock may be behind it. They stay in their own lane, so that
    /// programs that begin at the same id make different ones.
    pub(super) fn after(newest: Id) -> Result<Self> {
        let ids = Self::new()?;
        let time = newest.number >> REST_BITS;
        // At the end of time there is nothing after it.
        if (0..LAST_TIME).contains(&time) {
            let last = time << REST_BITS | ids.lane | COUNT_MASK;
            ids.last.store(last, Ordering::Relaxed);
        }
        Ok(ids)
    }

    /// The next id, for something that happened at this time.
    pub(crate) fn next(&self, direction: Direction, at: Timestamp) -> Id {
        let time = (at.as_millisecond() - EPOCH).clamp(0, (1 << TIME_BITS) - 1);
        // Counts start anywhere in the lower half, so that the ends of ids differ.
        let mixed = (time.unsigned_abs() ^ self.salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53;
        let start = i64::try_from(mixed).unwrap_or(0);
        let fresh = time << REST_BITS | self.lane | start;
        let after = |last: i64| {
            if time > last >> REST_BITS {
                fresh
            } else if last & COUNT_MASK == COUNT_MASK {
                ((last >> REST_BITS) + 1) << REST_BITS | self.lane
            } else {
                last + 1
            }
        };
        let last = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(after(last))
            });
        let number = after(last.unwrap_or_else(|last| last));
        Id { direction, number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_grow_and_are_never_the_same() {
        let ids = Ids::new().unwrap();
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let mut before = String::new();
        for number in 0..20_000 {
            // The clock goes back now and then.
            let at = now + jiff::SignedDuration::from_millis(number / 7 - number % 3);
            let id = ids.next(Direction::In, at).to_string();
            assert!(id > before && id.len() == 16, "{id} after {before}");
            before = id;
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "cap_",
            "cap_0123456789a",
            "xxx_0123456789ab",
            "cap_01234567u9ab",
            "last",
        ] {
            assert_eq!(text.parse::<Id>(), Err(NoId), "{text}");
        }
        let typed: Id = "cap_OL23456789AB".parse().unwrap();
        assert_eq!(typed.to_string(), "cap_0123456789ab");
    }

    proptest! {
        #[test]
        fn an_id_reads_back(number in 0i64..1 << 60, direction in prop::sample::select(&Direction::ALL[..])) {
            let id = Id { direction, number };
            prop_assert_eq!(id.to_string().parse::<Id>(), Ok(id));
        }
    }
}
