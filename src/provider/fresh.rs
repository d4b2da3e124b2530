//! Making a sample fresh: ids and names made anew, times moved to the present, all relations kept.
//!
//! A sample value that occurs twice, or inside a longer text, is replaced everywhere by the same new value, and all
//! times of a payload are moved by the same amount. So what agreed in the sample agrees in the delivery.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::pattern::{Stream, expand};
use super::profile::Profile;
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
    texts: Vec<(String, String)>,
}

impl Cast {
    /// Makes new values of all that the profile says are new with each send.
    pub(crate) fn new(profile: &Profile, seed: &Seed) -> Self {
        let mut texts: Vec<(String, String)> = profile
            .fresh
            .iter()
            .map(|(sample, pattern)| (sample.clone(), seed.value(pattern, sample)))
            .collect();
        for person in &profile.person {
            let mut stream = Stream::new(&seed.0, &person.last);
            let first = &NAMES.first[stream.below(NAMES.first.len())];
            let last = &NAMES.last[stream.below(NAMES.last.len())];
            for (sample, new) in [(&person.first, first), (&person.last, last)] {
                texts.push((sample.clone(), new.clone()));
                texts.push((sample.to_lowercase(), new.to_lowercase()));
            }
        }
        for company in &profile.company {
            let name =
                &NAMES.company[Stream::new(&seed.0, &company.name).below(NAMES.company.len())];
            texts.push((company.name.clone(), name.clone()));
            texts.push((company.slug.clone(), name.to_lowercase().replace(' ', "-")));
        }
        texts.sort_by(|(one, _), (other, _)| {
            other.len().cmp(&one.len()).then_with(|| one.cmp(other))
        });
        Self { texts }
    }

    /// Replaces the sample values in a payload.
    pub(crate) fn apply(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.replace(text),
            Value::Number(number) => {
                let new = self
                    .texts
                    .iter()
                    .find(|(sample, _)| *sample == number.to_string());
                if let Some(new) = new.and_then(|(_, new)| new.parse::<u64>().ok()) {
                    *number = Number::from(new);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::Object(map) => map.values_mut().for_each(|value| self.apply(value)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// One pass from left to right, so that nothing new is replaced again.
    fn replace(&self, text: &str) -> String {
        let mut new = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((sample, by)) = self
                .texts
                .iter()
                .find(|(sample, _)| rest.starts_with(&**sample))
            {
                new.push_str(by);
                rest = &rest[sample.len()..];
            } else {
                new.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        new
    }
}

/// The time that a sample was taken at, by the path of the event's time.
pub(crate) fn sample_time(sample: &Value, path: &str) -> Option<Timestamp> {
    json::lookup(sample, path)?.as_str()?.parse().ok()
}

/// Moves every RFC 3339 time in UTC of a payload, keeping the precision in which it is written.
///
/// # Errors
/// The time that cannot be moved so far.
pub(crate) fn move_times(value: &mut Value, by: SignedDuration) -> Result<(), String> {
    match value {
        Value::String(text) => match moved(text, by) {
            Some(Ok(moved)) => *text = moved,
            Some(Err(_)) => return Err(text.clone()),
            None => {}
        },
        Value::Array(items) => items.iter_mut().try_for_each(|item| move_times(item, by))?,
        Value::Object(map) => map
            .values_mut()
            .try_for_each(|value| move_times(value, by))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// A time moved; `None` for a text that is no time.
fn moved(text: &str, by: SignedDuration) -> Option<Result<String, jiff::Error>> {
    let body = text
        .strip_suffix('Z')
        .filter(|body| body.as_bytes().get(10) == Some(&b'T'))?;
    let time: Timestamp = text.parse().ok()?;
    let digits = body
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let moved = time.checked_add(by);
    Some(moved.map(|moved| format!("{moved:.digits$}")))
}

/// Another id of the same shape, the same one for the same id: the letters and digits behind its last mark are new,
/// what stands before them names other things.
pub(crate) fn renewed(id: &str, seed: &Seed) -> String {
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
        let new = seed.value(&pattern, &label);
        if new != last {
            return format!("{kept}{new}");
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
        let new = renewed("4821:lead_clicked:ck_b7725e", &seed);
        assert!(
            new.starts_with("4821:lead_clicked:ck_") && new.len() == 27,
            "{new}"
        );
        assert_ne!(new, "4821:lead_clicked:ck_b7725e");
        assert_eq!(
            renewed("x:ck_b7725e", &seed)[5..],
            new[21..],
            "what was the same stays the same"
        );
        for id in ["", "é", "ü-", "é9", "ABC"] {
            assert_ne!(renewed(id, &seed), id);
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
        for other in [
            "2026-06-18",
            "Z",
            "",
            "call at 09:14:26Z",
            "2026-06-18T09:14:26+02:00",
        ] {
            assert!(moved(other, by).is_none(), "{other}");
        }
    }

    #[test]
    fn a_replacement_is_not_replaced_again() {
        let cast = Cast {
            texts: vec![("ab".into(), "b".into()), ("b".into(), "ab".into())],
        };
        assert_eq!(cast.replace("ab-b-x"), "b-ab-x");
    }
}
