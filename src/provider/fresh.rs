//! Making a sample fresh: ids and names made anew, times moved to the present, all relations kept.
//!
//! A sample value that occurs twice, or inside a longer text, is replaced everywhere by the same new value, and all
//! times of a payload are moved by the same amount. So what agreed in the sample agrees in the delivery.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::fields::{FieldSlot, Fields};
use super::pattern::{FreshText, Stream, expand};
use super::profile::{Profile, UnixTimes};
use crate::request::json;

/// Where ids and names come from: the same seed gives the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Seed(Vec<u8>);

impl Seed {
    /// A seed that a user chose.
    pub(crate) fn chosen(number: u64) -> Self {
        Self(number.to_be_bytes().to_vec())
    }

    /// A seed that nobody can guess, from random bytes.
    pub(crate) fn random(bytes: [u8; 16]) -> Self {
        Self(bytes.to_vec())
    }

    /// The seed of the delivery with this number; each has its own ids.
    pub(crate) fn nth(&self, number: usize) -> Self {
        let mut bytes = self.0.clone();
        bytes.extend_from_slice(&u64::try_from(number).unwrap_or(u64::MAX).to_be_bytes());
        Self(bytes)
    }

    /// A value of a pattern, the same one for the same label.
    pub(crate) fn value(&self, pattern: &str, label: &str) -> String {
        self.fresh(pattern, label).text
    }

    /// As [`Self::value`], with the runs of random characters in it.
    pub(crate) fn fresh(&self, pattern: &str, label: &str) -> FreshText {
        expand(pattern, &mut Stream::new(&self.0, label))
            .expect("checked when the profile was read")
    }
}

#[derive(Deserialize)]
struct Names {
    first: Vec<String>,
    last: Vec<String>,
    company: Vec<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    toml::from_str(include_str!("../../fixtures/names.toml")).expect("the list is read by a test")
});

/// New values for the sample values of one provider.
#[derive(Debug)]
pub(crate) struct Cast {
    /// Sample text and what takes its place, longer ones first.
    texts: Vec<(String, FreshText)>,
}

impl Cast {
    /// Makes new values of all that the profile says are new with each send.
    pub(crate) fn new(profile: &Profile, seed: &Seed) -> Self {
        let mut texts: Vec<(String, FreshText)> = profile
            .fresh
            .iter()
            .map(|(sample, pattern)| (sample.clone(), seed.fresh(pattern, sample)))
            .collect();
        for person in &profile.person {
            let mut stream = Stream::new(&seed.0, &person.last);
            let first = &NAMES.first[stream.below(NAMES.first.len())];
            let last = &NAMES.last[stream.below(NAMES.last.len())];
            for (sample, new) in [(&person.first, first), (&person.last, last)] {
                texts.push((sample.clone(), new.clone().into()));
                texts.push((sample.to_lowercase(), new.to_lowercase().into()));
            }
        }
        for company in &profile.company {
            let name =
                &NAMES.company[Stream::new(&seed.0, &company.name).below(NAMES.company.len())];
            let slug = name.to_lowercase().replace(' ', "-");
            texts.push((company.name.clone(), name.clone().into()));
            texts.push((company.slug.clone(), slug.into()));
        }
        texts.sort_by(|(one, _), (other, _)| {
            other.len().cmp(&one.len()).then_with(|| one.cmp(other))
        });
        Self { texts }
    }

    /// The same values, but for those of these samples, which are made of another seed.
    pub(crate) fn renewed(&self, profile: &Profile, samples: &[String], seed: &Seed) -> Self {
        let mut texts = self.texts.clone();
        for (sample, new) in &mut texts {
            if let Some(pattern) = profile.fresh.get(sample)
                && samples.contains(sample)
            {
                *new = seed.fresh(pattern, sample);
            }
        }
        Self { texts }
    }

    /// Replaces the sample values in a payload, and records where the new ids are.
    pub(crate) fn apply(&self, fields: &mut Fields) {
        self.apply_at(&mut Vec::new(), &mut fields.value, &mut fields.slots);
    }

    fn apply_at(&self, path: &mut Vec<String>, value: &mut Value, slots: &mut Vec<FieldSlot>) {
        let mut child = |key: String, value: &mut Value| {
            path.push(key);
            self.apply_at(path, value, slots);
            path.pop();
        };
        match value {
            Value::String(text) => {
                let new = self.replace(text);
                slots.extend(FieldSlot::all_in(&new, path));
                *text = new.text;
            }
            Value::Number(number) => {
                let old = number.to_string();
                let new = self.texts.iter().find(|(sample, _)| *sample == old);
                if let Some((_, new)) = new
                    && let Ok(integer) = new.text.parse::<u64>()
                {
                    *number = Number::from(integer);
                    slots.extend(FieldSlot::all_in(new, path));
                }
            }
            Value::Array(items) => {
                let items = items.iter_mut().enumerate();
                items.for_each(|(index, item)| child(index.to_string(), item));
            }
            Value::Object(map) => map
                .iter_mut()
                .for_each(|(key, value)| child(key.clone(), value)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// One pass from left to right, so that nothing new is replaced again.
    fn replace(&self, text: &str) -> FreshText {
        let mut new = FreshText::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((sample, by)) = self
                .texts
                .iter()
                .find(|(sample, _)| rest.starts_with(&**sample))
            {
                new.append(by);
                rest = &rest[sample.len()..];
            } else {
                new.text.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        new
    }
}

/// The time that a sample was taken at, by the paths of the event's time.
pub(crate) fn sample_time(profile: &Profile, sample: &Value) -> Option<Timestamp> {
    let paths = profile.envelope.time.iter();
    paths
        .flat_map(|time| time.value.split('|'))
        .find_map(|path| {
            let value = json::lookup(sample, path)?;
            let key = json::split_path(path).pop()?;
            let unix =
                unit(&profile.times, &key).and_then(|unit| unit.time(&json::scalar_text(value)?));
            unix.or_else(|| Some(WrittenTime::read(value.as_str()?)?.time))
        })
}

/// Moves every RFC 3339 time of a payload and what the profile names as unix times, keeping the precision and the
/// offset in which they are written.
///
/// # Errors
/// The time that cannot be moved so far.
pub(crate) fn move_times(
    value: &mut Value,
    times: &UnixTimes,
    by: SignedDuration,
) -> Result<(), String> {
    match value {
        Value::String(text) => {
            if let Some(new) = moved(text, by) {
                *text = new.map_err(|_| text.clone())?;
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| move_times(item, times, by))?,
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match unit(times, key) {
                    Some(unit) if !(value.is_array() || value.is_object()) => {
                        unit.move_time(value, by)?;
                    }
                    _ => move_times(value, times, by)?,
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// Unit of a unix time.
#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
}

/// The unit of the times under a key, if these are unix times.
fn unit(times: &UnixTimes, key: &str) -> Option<Unit> {
    let lists = |keys: &[String]| keys.iter().any(|listed| listed == key);
    if lists(&times.seconds) {
        Some(Unit::Seconds)
    } else if lists(&times.milliseconds) {
        Some(Unit::Milliseconds)
    } else {
        None
    }
}

impl Unit {
    /// The time that a number of this unit is, without its fraction.
    fn time(self, text: &str) -> Option<Timestamp> {
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        let number: i64 = whole.parse().ok()?;
        match self {
            Self::Seconds => Timestamp::from_second(number).ok(),
            Self::Milliseconds => Timestamp::from_millisecond(number).ok(),
        }
    }

    /// Moves a time, as a number or as text.
    fn move_time(self, value: &mut Value, by: SignedDuration) -> Result<(), String> {
        match value {
            Value::Number(number) => {
                let new = self.moved(&number.to_string(), by).transpose();
                let new = new.map_err(|_| number.to_string())?;
                if let Some(new) = new.and_then(|new| new.parse::<i64>().ok()) {
                    *number = Number::from(new);
                }
            }
            Value::String(text) => {
                if let Some(new) = self.moved(text, by).or_else(|| moved(text, by)) {
                    *text = new.map_err(|_| text.clone())?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The number for a time later by this; a fraction stays. `None` for a text that is no time.
    fn moved(self, text: &str, by: SignedDuration) -> Option<Result<String, jiff::Error>> {
        let moved = self.time(text)?.checked_add(by);
        let fraction = text.find('.').map_or("", |dot| &text[dot..]);
        Some(moved.map(|time| {
            // Down, as what was sent at a time is no younger than it.
            let nanoseconds = time.as_nanosecond();
            let moved = match self {
                Self::Seconds => nanoseconds.div_euclid(1_000_000_000),
                Self::Milliseconds => nanoseconds.div_euclid(1_000_000),
            };
            format!("{moved}{fraction}")
        }))
    }
}

/// An RFC 3339 time as it is written; one without an offset is in UTC.
struct WrittenTime<'a> {
    time: Timestamp,
    offset: &'a str,
    digits: usize,
}

impl<'a> WrittenTime<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (date, clock) = text
            .split_at_checked(11)
            .filter(|(date, clock)| date.ends_with('T') && clock.len() >= "00:00:00".len())?;
        let end = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
        let (clock, offset) = clock.split_at(end);
        let time = if offset.is_empty() {
            format!("{date}{clock}Z").parse()
        } else {
            text.parse()
        };
        let digits = clock
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        Some(Self {
            time: time.ok()?,
            offset,
            digits,
        })
    }

    /// The offset from UTC.
    fn seconds_ahead(&self) -> Option<i64> {
        let sign = match self.offset.as_bytes() {
            [] | [b'Z'] => return Some(0),
            [b'-', ..] => -1,
            _ => 1,
        };
        let (hours, minutes) = self.offset.get(1..)?.split_once(':')?;
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

/// A time moved; `None` for a text that is no time.
fn moved(text: &str, by: SignedDuration) -> Option<Result<String, jiff::Error>> {
    let written = WrittenTime::read(text)?;
    let ahead = SignedDuration::from_secs(written.seconds_ahead()?);
    let digits = written.digits;
    let moved = written.time.checked_add(by);
    Some(moved.and_then(|time| time.checked_add(ahead)).map(|time| {
        let clock = format!("{time:.digits$}");
        format!("{}{}", clock.trim_end_matches('Z'), written.offset)
    }))
}

/// Another id of the same shape, the same one for the same id: the letters and digits behind its last mark are new,
/// what stands before them names other things.
pub(crate) fn renewed(id: &str, seed: &Seed) -> FreshText {
    let start = id
        .rfind(|char: char| !char.is_ascii_alphanumeric())
        .map_or(0, |mark| {
            mark + id[mark..].chars().next().map_or(0, char::len_utf8)
        });
    let (kept, last) = id.split_at(start);
    let all = |is: fn(&u8) -> bool| last.bytes().all(|byte| is(&byte));
    let kind = if all(u8::is_ascii_digit) {
        "digits"
    } else if all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte)) {
        "hex"
    } else if all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()) {
        "base36"
    } else {
        "base62"
    };
    let length = last.len().clamp(1, 256);
    let pattern = format!("{{{kind}:{length}}}");
    // A short one may come out as it was; another label makes another one.
    let mut label = last.to_owned();
    loop {
        let new = seed.fresh(&pattern, &label);
        if new.text != last {
            let mut id = FreshText::from(kept.to_owned());
            id.append(&new);
            return id;
        }
        label.push('+');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_id_keeps_its_shape_and_what_it_names() {
        let seed = Seed::chosen(1);
        let renewed = |id: &str| renewed(id, &seed).text;
        let new = renewed("4821:lead_clicked:ck_b7725e");
        assert!(
            new.starts_with("4821:lead_clicked:ck_") && new.len() == 27,
            "{new}"
        );
        assert_ne!(new, "4821:lead_clicked:ck_b7725e");
        assert_eq!(
            renewed("x:ck_b7725e")[5..],
            new[21..],
            "what was the same stays the same"
        );
        for id in ["", "é", "ü-", "é9", "ABC"] {
            assert_ne!(renewed(id), id);
        }
    }

    #[test]
    fn times_keep_their_precision_and_other_texts_stay() {
        let by = SignedDuration::from_millis(86_400_250);
        assert_eq!(
            moved("2026-06-18T09:14:27.312Z", by).unwrap().unwrap(),
            "2026-06-19T09:14:27.562Z"
        );
        assert_eq!(
            moved("2026-06-18T09:14:26.000Z", by).unwrap().unwrap(),
            "2026-06-19T09:14:26.250Z"
        );
        assert_eq!(
            moved("2026-06-18T09:14:26Z", by).unwrap().unwrap(),
            "2026-06-19T09:14:26Z"
        );
        assert_eq!(
            moved("2026-06-18T23:59:59.900+02:00", by).unwrap().unwrap(),
            "2026-06-20T00:00:00.150+02:00"
        );
        assert_eq!(
            moved("2026-06-18T09:14:26.000000", by).unwrap().unwrap(),
            "2026-06-19T09:14:26.250000"
        );
        for other in [
            "2026-06-18",
            "Z",
            "",
            "call at 09:14:26Z",
            "2026-06-18T09",
            "2026-06-18T0é:14:26Z",
        ] {
            assert!(moved(other, by).is_none(), "{other}");
        }
    }

    #[test]
    fn unix_times_are_moved_by_their_keys_and_keep_their_fractions() {
        let times = UnixTimes {
            seconds: vec!["created".into(), "ts".into()],
            milliseconds: vec!["at".into()],
        };
        let mut value = serde_json::json!({
            "created": 1_700_000_000, "other": 1_700_000_000, "ts": "1700000000.000200",
            "list": [{"at": 1_700_000_000_123_i64, "created": null}],
        });
        move_times(&mut value, &times, SignedDuration::from_millis(-1_500)).unwrap();
        let wanted = serde_json::json!({
            "created": 1_699_999_998, "other": 1_700_000_000, "ts": "1699999998.000200",
            "list": [{"at": 1_699_999_998_623_i64, "created": null}],
        });
        assert_eq!(value, wanted);
        let far = SignedDuration::from_hours(24 * 366 * 8_000);
        assert_eq!(
            move_times(&mut value, &times, far),
            Err("1699999998".to_owned())
        );
    }

    #[test]
    fn a_replacement_is_not_replaced_again() {
        let cast = Cast {
            texts: [("ab", "b"), ("b", "ab")]
                .map(|(sample, new)| (sample.to_owned(), new.to_owned().into()))
                .to_vec(),
        };
        assert_eq!(cast.replace("ab-b-x").text, "b-ab-x");
    }
}
