//! Reading what a request carries: the digests in its signature, and the signed time. Strictly, as the official
//! libraries do; what they would refuse is left to the diagnosis.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::extract::Source;
use super::scheme::{Encoding, Scheme, SignatureAt, TimestampAt, Unit};
use super::verdict::Reason;
use super::verify::{Finding, ID, SIGNATURE, TIMESTAMP};
use crate::request::{Request, latin1, start_of};

/// Longest signature in a body, in bytes. A longer one is no digest, and its start is none either.
const MAX_SIGNATURE: usize = 4_096;
/// Most of a stranger's text that is quoted, in bytes.
const MAX_QUOTED: usize = 100;

/// The signature values of a request, as they stand.
pub(super) fn signature_values<'a>(sig: &SignatureAt, source: &Source<'a>) -> Vec<Cow<'a, str>> {
    if let Some(path) = &sig.body {
        let value = source.fields().text(path);
        return value
            .into_iter()
            .filter(|value| !value.is_empty())
            .map(|value| Cow::Owned(start_of(&value, MAX_SIGNATURE).to_owned()))
            .collect();
    }
    let request = source.request;
    // Without a way to split it, a signature is one value.
    let most = if sig.split.is_some() { usize::MAX } else { 1 };
    let mut values = Vec::new();
    for name in sig.headers_in(request) {
        let all = request.headers.all(&name).map(latin1);
        values.extend(all.take(most));
    }
    values
}

/// The entries of signature values that may be lists.
pub(super) fn entries<'a>(sig: &SignatureAt, values: &'a [Cow<'_, str>]) -> Vec<&'a str> {
    let Some(split) = sig.split else {
        return values.iter().map(|value| &**value).collect();
    };
    let entries = values.iter().flat_map(|value| value.split(split));
    let entries = entries.map(|entry| if sig.trim { entry.trim() } else { entry });
    entries.filter(|entry| !entry.is_empty()).collect()
}

/// The digests of signature values, or why there are none.
pub(super) fn digests(
    scheme: &Scheme,
    sig: &SignatureAt,
    values: &[Cow<'_, str>],
) -> Result<Vec<Vec<u8>>, Finding> {
    let entries = entries(sig, values);
    let mut digests = Vec::new();
    let mut other_versions = Vec::new();
    let mut fields = 0;
    for entry in &entries {
        let encoded = match sig.kv {
            Some(kv) => match entry.split_once(kv) {
                Some((version, encoded)) if sig.keys.iter().any(|key| key == version) => {
                    Some(encoded)
                }
                Some((version, _)) if is_timestamp_field(scheme, version) => {
                    fields += 1;
                    None
                }
                Some((version, _)) => {
                    other_versions.push(version);
                    None
                }
                None => None,
            },
            None => strip_prefix(sig, entry),
        };
        digests.extend(encoded.and_then(|encoded| decode(scheme, encoded)));
    }
    if !digests.is_empty() {
        return Ok(digests);
    }
    let place = sig.place();
    if !other_versions.is_empty() && other_versions.len() + fields == entries.len() {
        let detail = format!(
            "`{place}` has only {}, and {} is understood",
            list(&other_versions),
            list(&sig.keys)
        );
        return Err(Finding(Reason::UnsupportedVersion, SIGNATURE, detail));
    }
    let detail = format!("`{place}` is not of the form `{}`", form(scheme, sig));
    Err(Finding(Reason::MalformedHeader, SIGNATURE, detail))
}

fn is_timestamp_field(scheme: &Scheme, name: &str) -> bool {
    let field = scheme.ts.as_ref().and_then(|ts| ts.sigfield.as_deref());
    field == Some(name)
}

/// How one signature is written.
pub(super) fn form(scheme: &Scheme, sig: &SignatureAt) -> String {
    let encoding = scheme.enc.first().word();
    match (&sig.kv, sig.keys.first()) {
        (Some(kv), Some(key)) => format!("{key}{kv}<{encoding}>"),
        _ => format!("{}<{encoding}>", scheme.written_prefix()),
    }
}

fn strip_prefix<'a>(sig: &SignatureAt, entry: &'a str) -> Option<&'a str> {
    match (&sig.prefix, &sig.prefix_opt) {
        (Some(prefix), _) => entry.strip_prefix(prefix.as_str()),
        (None, Some(prefix)) => Some(entry.strip_prefix(prefix.as_str()).unwrap_or(entry)),
        (None, None) => Some(entry),
    }
}

fn list(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<_> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    quoted.join(", ")
}

/// Decodes a digest in any of the scheme's encodings. `None` if it is empty or in none of them. Libraries compare
/// texts, so hex is lower case and base64 is padded.
fn decode(scheme: &Scheme, encoded: &str) -> Option<Vec<u8>> {
    let mut encodings = scheme.enc.0.iter();
    let digest = encodings.find_map(|encoding| match encoding {
        Encoding::Hex if encoded.bytes().any(|byte| byte.is_ascii_uppercase()) => None,
        Encoding::Hex => hex::decode(encoded).ok(),
        Encoding::Base64 => STANDARD.decode(encoded).ok(),
        Encoding::Text => Some(encoded.as_bytes().to_vec()),
    })?;
    (!digest.is_empty()).then_some(digest)
}

/// The delivery id that is signed.
pub(super) fn delivery_id<'a>(
    scheme: &Scheme,
    request: &'a Request,
) -> Result<Cow<'a, str>, Finding> {
    let Some(name) = &scheme.id_header else {
        return Ok(Cow::Borrowed(""));
    };
    // The svix libraries read each header under either name.
    let other = scheme
        .sibling()
        .and_then(|sibling| sibling.id_header.as_ref());
    text(request, name, other.map(|name| &**name), ID)
}

fn text<'a>(
    request: &'a Request,
    name: &str,
    other: Option<&str>,
    check: &'static str,
) -> Result<Cow<'a, str>, Finding> {
    let value = request.headers.text(name);
    match value.or_else(|| request.headers.text(other?)) {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(Finding(
            Reason::MalformedHeader,
            check,
            format!("`{name}` is empty"),
        )),
        None => Err(Finding(
            Reason::MissingHeader,
            check,
            format!("`{name}` is missing"),
        )),
    }
}

/// The signed time as it stands.
pub(super) fn timestamp_text<'a>(
    scheme: &Scheme,
    source: &Source<'a>,
    values: &[Cow<'_, str>],
) -> Result<Cow<'a, str>, Finding> {
    let Some(ts) = &scheme.ts else {
        return Ok(Cow::Borrowed(""));
    };
    if let Some(name) = &ts.header {
        let other = scheme.sibling().and_then(|sibling| sibling.ts.as_ref());
        let other = other.and_then(|ts| ts.header.as_deref());
        return text(source.request, name, other, TIMESTAMP);
    }
    let (found, missing) = match (&ts.sigfield, &ts.body, &scheme.sig) {
        (Some(field), _, Some(sig)) => (
            field_value(sig, field, values),
            format!("`{}` has no `{field}`", sig.place()),
        ),
        (_, Some(path), _) => (
            source.fields().text(path),
            format!("the body has no `{path}`"),
        ),
        _ => (None, "there is none".to_owned()),
    };
    let found = found.map(Cow::Owned);
    found.ok_or(Finding(Reason::MalformedHeader, TIMESTAMP, missing))
}

fn field_value(sig: &SignatureAt, field: &str, values: &[Cow<'_, str>]) -> Option<String> {
    let kv = sig.kv?;
    let found = entries(sig, values).into_iter().find_map(|entry| {
        let (name, value) = entry.split_once(kv)?;
        (name == field).then(|| value.to_owned())
    });
    found.filter(|value| !value.is_empty())
}

/// A signed time in unix seconds.
pub(super) fn timestamp(ts: &TimestampAt, text: &str) -> Result<i64, Finding> {
    let trimmed = text.trim();
    let (read, unit) = match ts.unit {
        Unit::Seconds => (trimmed.parse().ok(), "in unix seconds"),
        Unit::Milliseconds => (
            trimmed.parse::<i64>().ok().map(|ms| ms.div_euclid(1000)),
            "in unix milliseconds",
        ),
        Unit::Iso8601 => (
            trimmed
                .parse::<jiff::Timestamp>()
                .ok()
                .map(jiff::Timestamp::as_second),
            "in ISO 8601",
        ),
    };
    read.ok_or_else(|| {
        let start = start_of(text, MAX_QUOTED);
        let more = if start.len() < text.len() { "…" } else { "" };
        let detail = format!("`{}` is `{start}{more}`, not a time {unit}", ts.place());
        Finding(Reason::MalformedHeader, TIMESTAMP, detail)
    })
}

/// A time as the scheme writes it.
pub(super) fn write_timestamp(ts: &TimestampAt, seconds: i64) -> String {
    match ts.unit {
        Unit::Seconds => seconds.to_string(),
        Unit::Milliseconds => seconds.saturating_mul(1000).to_string(),
        Unit::Iso8601 => jiff::Timestamp::from_second(seconds)
            .unwrap_or_default()
            .to_string(),
    }
}
