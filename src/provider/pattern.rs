//! Patterns for values made anew: `msg_{base62:27}`, `{uuid}`. The same seed and label give the same value.

use sha2::{Digest as _, Sha256};

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

    fn chars(&mut self, alphabet: &[u8], count: usize) -> String {
        (0..count)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}

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
pub(super) fn expand(pattern: &str, stream: &mut Stream) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (placeholder, after) = after
            .split_once('}')
            .ok_or_else(|| format!("`{pattern}`: a brace is not closed"))?;
        text.push_str(
            &placeholder_text(placeholder, stream)
                .map_err(|problem| format!("`{pattern}`: {problem}"))?,
        );
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn placeholder_text(placeholder: &str, stream: &mut Stream) -> Result<String, String> {
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
    match kind {
        "hex" => Ok(stream.chars(HEX, count)),
        "base36" => Ok(stream.chars(BASE36, count)),
        "base62" => Ok(stream.chars(BASE62, count)),
        "upper" => Ok(stream.chars(UPPER, count)),
        // The first digit is no zero, so that the value may stand as a JSON number.
        "digits" => Ok(stream.chars(&HEX[1..10], 1) + &stream.chars(&HEX[..10], count - 1)),
        _ => Err(unknown()),
    }
}

/// A random UUID, version 4 (RFC 9562).
fn uuid(stream: &mut Stream) -> String {
    let digits = stream.chars(HEX, 30);
    let variant = stream.chars(b"89ab", 1);
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..15],
        &digits[15..18],
        &digits[18..30]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pattern: &str, seed: &[u8]) -> String {
        expand(pattern, &mut Stream::new(seed, pattern)).unwrap()
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
    fn broken_patterns_are_named() {
        for bad in ["{hex}", "{hex:0}", "{hex:999}", "{rot13:4}", "{hex:4"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
