//! Other keys that one secret may have been taken for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::Key;
use super::super::scheme::{KeyForm, Scheme};
use super::cause::{Code, Deviation};
use crate::secret::{Secret, decode_base64};

/// A key and how it departs from the one that the scheme makes of the secret.
pub(super) struct KeyVariant {
    pub(super) key: Key,
    pub(super) deviation: Deviation,
}

/// Prefixes that senders and people put before secrets.
const PREFIXES: [&str; 14] = [
    "v1,whsec_",
    "whsec_",
    "v1,",
    "whpk_",
    "whsk_",
    "sha256=",
    "base64:",
    "hex:",
    "Bearer ",
    "Basic ",
    "Secret ",
    "secret_",
    "0x",
    "key-",
];

/// Every other key, the plainest mistake first, each once.
pub(super) fn variants(scheme: &Scheme, secret: &Secret) -> Vec<KeyVariant> {
    let own = Key::new(scheme, secret)
        .ok()
        .map(|key| key.bytes().to_vec());
    let mut seen: Vec<Vec<u8>> = own.into_iter().collect();
    let mut variants = Vec::new();
    let mut add = |key: Key, code: Code, what: String| {
        if !key.is_empty() && !seen.iter().any(|bytes| bytes == key.bytes()) {
            seen.push(key.bytes().to_vec());
            variants.push(KeyVariant {
                key,
                deviation: Deviation::new(code, what),
            });
        }
    };
    let texts = texts(secret);
    for (text, code, what) in &texts {
        if let Ok(key) = Key::new(scheme, &Secret::new(text)) {
            add(
                key,
                code.unwrap_or(Code::SecretEncoding),
                format!("the secret {what}"),
            );
        }
    }
    for (text, _, what) in &texts {
        for (form, bytes) in readings(text) {
            let key = if scheme.is_asymmetric() {
                let as_hex = Secret::new(&hex::encode(&bytes));
                let as_base64 = Secret::new(&STANDARD.encode(&bytes));
                Key::new(scheme, &as_hex).or_else(|_| Key::new(scheme, &as_base64))
            } else {
                Ok(Key::symmetric(bytes))
            };
            if let Ok(key) = key {
                let own = own_form(scheme);
                add(
                    key,
                    Code::SecretEncoding,
                    format!("the secret {what} {form}, where the scheme takes {own}"),
                );
            }
        }
    }
    variants
}

fn own_form(scheme: &Scheme) -> &'static str {
    match scheme.key {
        Some(KeyForm::Whsec) => "base64 after `whsec_`",
        Some(KeyForm::Whpk) => "base64 after `whpk_`",
        Some(KeyForm::Hex) => "hex",
        Some(KeyForm::Base64 | KeyForm::SpkiBase64) => "base64",
        Some(KeyForm::Raw) | None => "its text as it stands",
    }
}

/// Texts that the secret may have been: the code, and how it was changed.
fn texts(secret: &Secret) -> Vec<(String, Option<Code>, String)> {
    let full = secret.reveal();
    let trimmed = secret.trimmed();
    let unquoted = trimmed.trim_matches(['"', '\'', '`']).trim();
    let space = Some(Code::SecretWhitespace);
    let prefix = Some(Code::SecretPrefix);
    let mut texts = vec![
        (full.to_owned(), None, "as it stands".to_owned()),
        (
            trimmed.to_owned(),
            space,
            "without the white space around it".to_owned(),
        ),
        (
            unquoted.to_owned(),
            space,
            "without the quotes around it".to_owned(),
        ),
        (
            format!("{trimmed}\n"),
            space,
            "with a line end after it".to_owned(),
        ),
        (
            format!("{trimmed}\r\n"),
            space,
            "with CR LF after it".to_owned(),
        ),
        (
            format!("{trimmed} "),
            space,
            "with a space after it".to_owned(),
        ),
        (
            format!(" {trimmed}"),
            space,
            "with a space before it".to_owned(),
        ),
        (
            format!("\"{unquoted}\""),
            space,
            "with quotes around it".to_owned(),
        ),
        (
            format!("'{unquoted}'"),
            space,
            "with quotes around it".to_owned(),
        ),
        (
            full.split_whitespace().collect(),
            space,
            "without the white space in it".to_owned(),
        ),
    ];
    if let Some((name, value)) = unquoted.split_once('=')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || b"_0123456789".contains(&byte))
        && !value.is_empty()
    {
        let value = value.trim_matches(['"', '\'']);
        texts.push((
            value.to_owned(),
            prefix,
            "without the variable's name before it".to_owned(),
        ));
    }
    let stripped = PREFIXES.iter().filter_map(|known| {
        let rest = unquoted.strip_prefix(known)?;
        Some((
            rest.to_owned(),
            prefix,
            format!("without `{}`", known.trim()),
        ))
    });
    let stripped: Vec<_> = stripped.collect();
    if stripped.is_empty() {
        texts.extend(PREFIXES[..3].iter().map(|known| {
            (
                format!("{known}{unquoted}"),
                prefix,
                format!("with `{known}` before it"),
            )
        }));
    }
    texts.extend(stripped);
    texts
}

/// Key bytes that may have been made of a text.
fn readings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut readings = vec![("used as text", text.as_bytes().to_vec())];
    let unpadded = text.trim_end_matches('=');
    readings.extend(decode_base64(text).map(|bytes| ("decoded from base64", bytes)));
    readings.extend(hex::decode(text).map(|bytes| ("decoded from hex", bytes)));
    if let Some(inner) =
        decode_base64(text).and_then(|bytes| decode_base64(std::str::from_utf8(&bytes).ok()?))
    {
        readings.push(("decoded from base64 twice", inner));
    }
    readings.push(("encoded as base64", STANDARD.encode(text).into_bytes()));
    readings.push(("encoded as hex", hex::encode(text).into_bytes()));
    if unpadded.len() < text.len() {
        readings.push((
            "used as text without its padding",
            unpadded.as_bytes().to_vec(),
        ));
    }
    // What Python's and older decoders make of base64: foreign characters dropped.
    let strict: String = text
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || "+/".contains(*char))
        .collect();
    if strict.len() < unpadded.len() {
        readings.extend(
            decode_base64(&strict)
                .map(|bytes| ("decoded from base64, foreign characters dropped", bytes)),
        );
    }
    readings.push(("in lower case", text.to_ascii_lowercase().into_bytes()));
    readings.push(("in upper case", text.to_ascii_uppercase().into_bytes()));
    readings
}
