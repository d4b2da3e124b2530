//! The digests in a signature header, read more leniently than any library does.

use std::borrow::Cow;

use crate::secret::decode_base64;

use super::super::key::MAX_SIGNATURES;
use super::super::read;
use super::super::scheme::{Algorithm, Scheme, SignatureAt};
use super::cause::{Code, Deviation};

/// A piece of a header that may be a digest.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) digest: Vec<u8>,
    /// The digest as it is written.
    text: String,
    /// What it stands in, between white space, commas and semicolons.
    piece: String,
    /// How it was read, for people.
    form: &'static str,
}

/// Lengths of digests in bytes: SHA-1, SHA-256, SHA-512.
const LENGTHS: [usize; 3] = [20, 32, 64];
/// Most tokens that are looked at: a header is at most some kilobytes long.
const MOST: usize = 64;
/// Longest text of a digest: the hex of an RSA signature has as many.
const LONGEST: usize = 1024;

/// Everything in the values that may be a digest of this algorithm or of another.
pub(super) fn tokens(scheme: &Scheme, values: &[Cow<'_, str>]) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let most = if scheme.is_asymmetric() {
        MAX_SIGNATURES
    } else {
        MOST
    };
    for value in values {
        let pieces = value.split(|char: char| char.is_whitespace() || ",;".contains(char));
        for piece in pieces.chain([&**value]) {
            if found.len() >= most {
                return found;
            }
            let piece = piece.trim_matches(['"', '\'']);
            for text in texts(piece) {
                for (form, digest) in readings(text) {
                    let fits = if scheme.alg == Algorithm::EcdsaP256 {
                        digest.len() > 60
                    } else {
                        LENGTHS.contains(&digest.len())
                    };
                    let is_new = !found.iter().any(|token| token.digest == digest);
                    if fits && is_new {
                        found.push(Token {
                            digest,
                            text: text.to_owned(),
                            piece: piece.to_owned(),
                            form,
                        });
                    }
                }
            }
        }
    }
    found
}

/// A piece, and what stands behind its separators, as far as it may be a digest.
fn texts(piece: &str) -> Vec<&str> {
    let unpadded = piece.trim_end_matches('=').len();
    let from = piece.len().saturating_sub(LONGEST);
    let mut texts = Vec::new();
    if from == 0 {
        texts.push(piece);
    }
    for (at, byte) in piece.bytes().enumerate().take(unpadded).skip(from) {
        if b"=:.".contains(&byte) {
            texts.push(&piece[at + 1..]);
        }
    }
    texts.extend(piece.strip_prefix("0x").filter(|_| from == 0));
    texts
}

/// The bytes that a text may stand for.
fn readings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut readings = Vec::new();
    if let Ok(digest) = hex::decode(text) {
        let form = if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            "upper-case hex"
        } else {
            "hex"
        };
        readings.push((form, digest));
    }
    if let Some(bytes) = decode_base64(text) {
        let inner = hex::decode(&bytes).ok();
        let form = if text.contains(['-', '_']) {
            "URL-safe base64"
        } else if !text.len().is_multiple_of(4) {
            "base64 without its padding"
        } else {
            "base64"
        };
        readings.push((form, bytes));
        readings.extend(inner.map(|digest| ("base64 of hex", digest)));
    }
    let decoded = percent_decoded(text);
    if let Some(bytes) = decoded.and_then(|text| decode_base64(&text)) {
        readings.push(("percent-encoded base64", bytes));
    }
    readings
}

fn percent_decoded(text: &str) -> Option<String> {
    text.contains('%').then(|| {
        form_urlencoded::parse(text.replace('+', "%2B").as_bytes())
            .map(|(key, value)| {
                if value.is_empty() {
                    key.into_owned()
                } else {
                    format!("{key}={value}")
                }
            })
            .collect()
    })
}

impl Token {
    /// How this digest departs from what the scheme writes; `None` if the strict reading has it too.
    pub(super) fn deviation(
        &self,
        scheme: &Scheme,
        sig: &SignatureAt,
        values: &[Cow<'_, str>],
    ) -> Option<Deviation> {
        let strict = read::digests(scheme, sig, values).unwrap_or_default();
        if strict.contains(&self.digest) {
            return None;
        }
        let place = sig.place();
        let form = read::form(scheme, sig);
        let written: Vec<String> = scheme
            .enc
            .0
            .iter()
            .map(|encoding| encoding.write(&self.digest))
            .collect();
        if !written.contains(&self.text) {
            let wanted = scheme.enc.first().word();
            return Some(Deviation::new(
                Code::SignatureEncoding,
                format!(
                    "once `{place}` is read as {}, where the scheme writes {wanted}",
                    self.form
                ),
            ));
        }
        let entry = form.replace(&format!("<{}>", scheme.enc.first().word()), &self.text);
        if values.iter().any(|value| lists(value, &entry)) {
            return Some(Deviation::new(
                Code::SignatureList,
                format!("once `{place}` is taken apart at other separators than the scheme's"),
            ));
        }
        let before = self
            .piece
            .strip_suffix(self.text.as_str())
            .unwrap_or_default();
        let has = if before.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{before}`")
        };
        Some(Deviation::new(
            Code::SignaturePrefix,
            format!("but `{place}` has {has} before the digest, where the scheme writes `{form}`"),
        ))
    }
}

/// Whether an entry stands among others in a value, between separators of any kind.
fn lists(value: &str, entry: &str) -> bool {
    let separates =
        |char: Option<char>| char.is_none_or(|char| char.is_whitespace() || ",;".contains(char));
    value != entry
        && value.match_indices(entry).any(|(at, _)| {
            separates(value[..at].chars().next_back())
                && separates(value[at + entry.len()..].chars().next())
        })
}
