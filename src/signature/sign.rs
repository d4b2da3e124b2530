//! Signing: the headers, and the fields of the body, that make a request a valid delivery.

use bytes::Bytes;

use super::message::{self, Parts};
use super::read;
use super::scheme::{Scheme, SignatureAt, TimestampAt};
use super::{Key, Source};
use crate::request::{Request, json};

/// What changes from attempt to attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// Delivery id: the same for all attempts of a delivery.
    pub(crate) id: &'a str,
    /// Time of the attempt in unix seconds.
    pub(crate) timestamp: i64,
    /// The URL that the request goes to, as the receiver knows it.
    pub(crate) url: &'a str,
    /// Text before the digest, where the sender departs from the scheme's own.
    pub(crate) prefix: Option<&'a str>,
}

/// Signs a request: sets the headers in the order in which the scheme names them, and for a scheme whose time or
/// signature stands in the body, writes these there. An unsigned scheme changes nothing.
///
/// # Errors
/// Why the request cannot be signed with this key.
pub(crate) fn sign(
    scheme: &Scheme,
    key: &Key,
    request: &mut Request,
    attempt: Attempt<'_>,
) -> Result<(), String> {
    if let Some((ts, path)) = time_in_body(scheme) {
        let timestamp = read::write_timestamp(ts, attempt.timestamp);
        set_in_body(scheme, request, path, &timestamp)?;
    }
    sign_as_it_stands(scheme, key, request, attempt)
}

/// Where in the body the signed time stands, for a scheme that has it there.
fn time_in_body(scheme: &Scheme) -> Option<(&TimestampAt, &str)> {
    scheme.sig.as_ref()?;
    let ts = scheme.ts.as_ref()?;
    Some((ts, ts.body.as_deref()?))
}

/// As [`sign`], for a body that keeps its bytes: a time in it stands there already.
///
/// # Errors
/// Why the request cannot be signed with this key.
pub(crate) fn sign_as_it_stands(
    scheme: &Scheme,
    key: &Key,
    request: &mut Request,
    attempt: Attempt<'_>,
) -> Result<(), String> {
    let Some(sig) = &scheme.sig else {
        return Ok(());
    };
    let timestamp = scheme.ts.as_ref().map_or_else(String::new, |ts| {
        read::write_timestamp(ts, attempt.timestamp)
    });
    let source = Source::new(request);
    let parts = Parts {
        id: attempt.id,
        timestamp: &timestamp,
        body: message::body(scheme, request),
        url: attempt.url,
        key: key.bytes(),
        source: &source,
    };
    let pieces = message::of_scheme(scheme, parts);
    let pieces: Vec<&[u8]> = pieces.iter().map(|piece| &**piece).collect();
    let digest = key.sign(scheme, &pieces)?;
    let encoded = scheme.enc.first().write(&digest);
    if let Some(path) = &sig.body {
        return set_in_body(scheme, request, path, &encoded);
    }
    let headers = &mut request.headers;
    for (name, value) in &scheme.extra {
        headers.set(name, value.clone());
    }
    if let Some(name) = &scheme.id_header {
        headers.set(name, attempt.id);
    }
    if let Some(name) = scheme.ts.as_ref().and_then(|ts| ts.header.as_ref()) {
        headers.set(name, timestamp.clone());
    }
    if let Some(name) = sig.header() {
        let version = match (sig.keys.first(), &sig.kv) {
            (Some(key), Some(kv)) => format!("{key}{kv}"),
            _ => attempt.prefix.unwrap_or(scheme.written_prefix()).to_owned(),
        };
        let field = timestamp_field(sig, scheme.ts.as_ref(), &timestamp);
        headers.set(name, format!("{field}{version}{encoded}"));
    }
    Ok(())
}

/// The field of the signature header that holds the time, with the separator behind it.
fn timestamp_field(sig: &SignatureAt, ts: Option<&TimestampAt>, timestamp: &str) -> String {
    let field = ts.and_then(|ts| ts.sigfield.as_deref());
    match (field, &sig.kv, &sig.split) {
        (Some(field), Some(kv), Some(split)) => {
            let space = if sig.trim { " " } else { "" };
            format!("{field}{kv}{timestamp}{split}{space}")
        }
        _ => String::new(),
    }
}

/// Sets a field of a JSON body: a text where a text stands, else a number if it is one. All other bytes stay.
fn set_in_body(
    scheme: &Scheme,
    request: &mut Request,
    path: &str,
    text: &str,
) -> Result<(), String> {
    let number = text.parse::<i64>().ok();
    let written = |node: Option<json::Node<'_>>| {
        let is_text = node.is_some_and(|node| node.is_string());
        let number = number.filter(|_| !is_text);
        Some(number.map_or_else(|| json::quoted(text), |number| number.to_string()))
    };
    let body = json::put(&request.body, path, written).ok_or_else(|| {
        format!(
            "{} signs the body's `{path}`, and this body has no place for it",
            scheme.label
        )
    })?;
    request.body = Bytes::from(body);
    if request.headers.contains("content-length") {
        let length = request.body.len().to_string();
        request.headers.set("content-length", length);
    }
    Ok(())
}
