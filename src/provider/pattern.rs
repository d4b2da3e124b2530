//! Patterns for values made anew: `msg_{base62:27}`, `{uuid}`. The same seed and label give the same value.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

/// A text with the runs of random characters in it, if it was made by a pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FreshText {
    pub(crate) text: String,
    /// Each with the byte at which it starts.
    pub(crate) runs: Vec<(usize, Arc<Run>)>,
}

/// The characters that one placeholder made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// ASCII letters, digits and hyphens, which neither JSON nor forms escape.
    pub(crate) text: String,
    /// The bytes that are random, each with the characters that it was chosen from.
    pub(crate) places: Vec<(usize, &'static [u8])>,
}

impl From<String> for FreshText {
    fn from(text: String) -> Self {
        let runs = Vec::new();
        Self { text, runs }
    }
}

impl FreshText {
    pub(crate) fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        let runs = other.runs.iter();
        self.runs
            .extend(runs.map(|(at, run)| (start + at, Arc::clone(run))));
    }

    fn push_run(&mut self, run: Run) {
        let at = self.text.len();
        self.text.push_str(&run.text);
        self.runs.push((at, Arc::new(run)));
    }
}

impl Run {
    /// Chooses a character for each place of a text, in the order of the places.
    fn new(text: &str, places: Vec<(usize, &'static [u8])>, stream: &mut Stream) -> Self {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, alphabet) in &places {
            chars[*at] = char::from(alphabet[stream.below(alphabet.len())]);
        }
        let text = chars.into_iter().collect();
        Self { text, places }
    }
}

/// A source of bytes that depends on a seed and a label alone: SHA-256 in counter mode.
pub(super) struct Stream {
    prefix: Sha256,
    counter: u32,
    block: Vec<u8>,
}

impl Stream {
    pub(super) fn new(seed: &[u8], label: &str) -> Self {
        let mut prefix = Sha256::new();
        prefix.update(
            u64::try_from(seed.len())
                .expect("a short seed")
                .to_be_bytes(),
        );
        prefix.update(seed);
        prefix.update(label.as_bytes());
        Self {
            prefix,
            counter: 0,
            block: Vec::new(),
        }
    }

    fn byte(&mut self) -> u8 {
        if self.block.is_empty() {
            let block = self
                .prefix
                .clone()
                .chain_update(self.counter.to_be_bytes())
                .finalize();
            self.block = block.to_vec();
            self.counter += 1;
        }
        self.block.pop().expect("just filled")
    }

    /// A number below `limit`, each as likely as the others. `limit` is 1 to 256.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let fair = 256 - 256 % limit;
        loop {
            let byte = usize::from(self.byte());
            if byte < fair {
                return byte % limit;
            }
        }
    }
}

const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Longest run of characters that one placeholder makes.
const MAX_COUNT: usize = 256;

/// Whether a pattern can be filled in.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    expand(pattern, &mut Stream::new(b"", pattern)).map(drop)
}

/// Fills a pattern in.
///
/// # Errors
/// What is wrong with the pattern.
pub(super) fn expand(pattern: &str, stream: &mut Stream) -> Result<FreshText, String> {
    let mut made = FreshText::default();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        made.text.push_str(before);
        let (placeholder, after) = after
            .split_once('}')
            .ok_or_else(|| format!("`{pattern}`: a brace is not closed"))?;
        let run = fill(placeholder, stream).map_err(|problem| format!("`{pattern}`: {problem}"))?;
        made.push_run(run);
        rest = after;
    }
    made.text.push_str(rest);
    Ok(made)
}

fn fill(placeholder: &str, stream: &mut Stream) -> Result<Run, String> {
    if placeholder == "uuid" {
        return Ok(uuid(stream));
    }
    let unknown = || {
        format!(
            "`{{{placeholder}}}` is none of {{hex:N}}, {{digits:N}}, {{base36:N}}, {{base62:N}}, {{upper:N}} and {{uuid}}"
        )
    };
    let (kind, count) = placeholder.split_once(':').ok_or_else(unknown)?;
    let count: usize = count
        .parse()
        .ok()
        .filter(|count| (1..=MAX_COUNT).contains(count))
        .ok_or_else(unknown)?;
    let (first, others) = match kind {
        "hex" => (HEX, HEX),
        "base36" => (BASE36, BASE36),
        "base62" => (BASE62, BASE62),
        "upper" => (UPPER, UPPER),
        // The first digit is no zero, so that the value may stand as a JSON number.
        "digits" => (&DIGITS[1..], DIGITS),
        _ => return Err(unknown()),
    };
    let places = (0..count).map(|at| (at, if at == 0 { first } else { others }));
    Ok(Run::new(&"0".repeat(count), places.collect(), stream))
}

/// A random UUID, version 4 (RFC 9562).
fn uuid(stream: &mut Stream) -> Run {
    let blank = "00000000-0000-4000-8000-000000000000";
    let zeros = blank.match_indices('0').map(|(at, _)| (at, HEX));
    let places = zeros.chain([(19, &b"89ab"[..])]).collect();
    Run::new(blank, places, stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pattern: &str, seed: &[u8]) -> String {
        expand(pattern, &mut Stream::new(seed, pattern))
            .unwrap()
            .text
    }

    #[test]
    fn the_same_seed_gives_the_same_value_and_another_seed_another() {
        assert_eq!(fill("msg_{base62:27}", b"1"), fill("msg_{base62:27}", b"1"));
        assert_ne!(fill("msg_{base62:27}", b"1"), fill("msg_{base62:27}", b"2"));
    }

    #[test]
    fn values_have_the_form_of_their_pattern() {
        let uuid = fill("{uuid}", b"1");
        let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4');
        for seed in 0..50u8 {
            assert!(!fill("{digits:3}", &[seed]).starts_with('0'));
        }
    }

    #[test]
    fn records_where_the_random_characters_are() {
        let pattern = "a_{hex:3}é{uuid}.{digits:2}";
        let made = expand(pattern, &mut Stream::new(b"1", "")).unwrap();
        let at: Vec<usize> = made.runs.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [2, 7, 44]);
        for (at, run) in &made.runs {
            assert!(made.text[*at..].starts_with(&run.text));
            for (place, alphabet) in &run.places {
                assert!(alphabet.contains(&run.text.as_bytes()[*place]));
            }
        }
        let [hex, uuid, digits] = [0, 1, 2].map(|run| &made.runs[run].1.places);
        assert_eq!((hex.len(), uuid.len(), digits.len()), (3, 31, 2));
        assert_eq!(uuid.last(), Some(&(19, &b"89ab"[..])));
        assert_eq!(digits[0], (0, &b"123456789"[..]));
    }

    #[test]
    fn broken_patterns_are_named() {
        for bad in ["{hex}", "{hex:0}", "{hex:999}", "{rot13:4}", "{hex:4"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
