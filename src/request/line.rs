//! One capture on one line, read without building a tree: for hundreds of thousands of them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::stored::{self, Stored};
use super::{Headers, Request};

/// The fields of a capture; others are passed over.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    target: Option<Cow<'a, str>>,
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
    #[serde(borrow)]
    query: Option<Cow<'a, str>>,
    #[serde(borrow)]
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(borrow)]
    body: Option<Cow<'a, str>>,
    #[serde(borrow)]
    body_base64: Option<Cow<'a, str>>,
    provider: Option<String>,
    event: Option<String>,
    delivery_id: Option<String>,
    received_at: Option<String>,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Response {
    status: Option<u16>,
}

/// Reads a capture; `None` if the line is anything else, a capture with bytes that are no text, or a
/// broken one.
pub(super) fn parse(text: &[u8]) -> Option<Stored> {
    // A list would be read as the fields in their order.
    if text.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let line: Line<'_> = serde_json::from_slice(text).ok()?;
    if line.kind.as_deref() == Some(stored::REJECTED) {
        return None;
    }
    let target = match (line.target, line.path, line.query) {
        (Some(target), _, _) => target.into_owned(),
        (None, Some(path), Some(query)) if !query.is_empty() => format!("{path}?{query}"),
        (None, Some(path), _) => path.into_owned(),
        (None, None, _) => return None,
    };
    let body = match (line.body, line.body_base64) {
        (Some(body), _) => body.into_owned().into_bytes(),
        (None, Some(encoded)) => STANDARD.decode(encoded.as_ref()).ok()?,
        (None, None) => Vec::new(),
    };
    let headers = line.headers.into_iter();
    let headers: Headers = headers
        .map(|(name, value)| (name.into_owned(), value.into_owned().into_bytes()))
        .collect();
    let request = Request {
        method: line.method.into_owned(),
        target,
        headers,
        body: body.into(),
    };
    stored::check(&request).ok()?;
    Some(Stored {
        request,
        payload_only: false,
        provider: line.provider,
        event: line.event,
        delivery_id: line.delivery_id,
        received_at: line.received_at,
        status: line.response.and_then(|response| response.status),
    })
}
