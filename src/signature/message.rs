//! The signed message: a scheme's template filled in.

use crate::request::Request;

use super::scheme::{GetBody, Scheme};

/// What the template's names stand for.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) body: &'a [u8],
}

/// The pieces of the message, in order; nothing is copied.
pub(super) fn pieces<'a>(scheme: &'a Scheme, parts: Parts<'a>) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = &*scheme.msg;
    while let Some((text, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        pieces.push(text.as_bytes());
        pieces.push(match name {
            "id" => parts.id.as_bytes(),
            "ts" => parts.timestamp.as_bytes(),
            "body" => parts.body,
            other => other.as_bytes(),
        });
        rest = after;
    }
    pieces.push(rest.as_bytes());
    pieces
}

/// The bytes that a scheme signs as the body.
pub(super) fn body<'a>(scheme: &Scheme, request: &'a Request) -> &'a [u8] {
    let is_get = request.method == "GET" && request.body.is_empty();
    if is_get && scheme.get == Some(GetBody::Query) {
        request.query().as_bytes()
    } else {
        &request.body
    }
}
