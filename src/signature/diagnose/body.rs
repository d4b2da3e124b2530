//! Other bodies that may have been signed.

use std::io::Read as _;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::cause::{Code, Deviation};
use super::{charset, form, spelling};
use crate::request::Request;
use crate::request::spelling::Spelled;
use crate::secret::decode_base64;

/// What is tried with each variant: the body and how it departs from the one at hand. It ends the search on a hit.
pub(super) type Visit<'v> = dyn FnMut(&[u8], &dyn Fn() -> Vec<Deviation>) -> ControlFlow<()> + 'v;

/// How many variants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// The common mistakes, one at a time: to be combined with another dimension.
    Common,
    /// All, combinations of spellings included.
    All,
}

/// Longest body that compressed bytes are expanded to.
const MOST_EXPANDED: u64 = 16 * 1024 * 1024;

/// Visits other bodies, the plainest mistake first.
pub(super) fn visit(
    request: &Request,
    body: &[u8],
    breadth: Breadth,
    visit: &mut Visit<'_>,
) -> ControlFlow<()> {
    let mut one = |bytes: &[u8], code: Code, what: &str| {
        if bytes == body {
            return ControlFlow::Continue(());
        }
        visit(bytes, &|| vec![Deviation::new(code, what)])
    };
    ends(body, &mut one)?;
    let spelled = Spelled::new(body);
    if let Some(spelled) = &spelled {
        spelling::single(body, spelled, breadth, visit)?;
    }
    let mut one = |bytes: &[u8], code: Code, what: &str| {
        if bytes == body {
            return ControlFlow::Continue(());
        }
        visit(bytes, &|| vec![Deviation::new(code, what)])
    };
    wrapped(body, &mut one)?;
    charset::visit(body, &mut one)?;
    form::visit(body, &mut one)?;
    truncated(request, body, &mut one)?;
    one(b"", Code::BodyEmpty, "an empty body")?;
    one(
        b"{}",
        Code::BodyEmpty,
        "an empty object in place of the body",
    )?;
    one(b"null", Code::BodyEmpty, "`null` in place of the body")?;
    one(
        b"[object Object]",
        Code::BodyEmpty,
        "`[object Object]`, the text of a parsed body",
    )?;
    one(
        b"undefined",
        Code::BodyEmpty,
        "`undefined` in place of the body",
    )?;
    match &spelled {
        Some(spelled) if breadth == Breadth::All => spelling::combined(body, spelled, visit),
        _ => ControlFlow::Continue(()),
    }
}

/// Visits a body with a single deviation.
pub(super) type One<'o> = dyn FnMut(&[u8], Code, &str) -> ControlFlow<()> + 'o;

/// The byte order mark in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Line ends, the end of the body, and the byte order mark.
fn ends(body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let newline = Code::BodyFinalNewline;
    let stripped = body.trim_ascii_end();
    if let Some(rest) = body.strip_suffix(b"\n") {
        one(
            rest.strip_suffix(b"\r").unwrap_or(rest),
            newline,
            "the body without the line end at its end",
        )?;
        one(rest, newline, "the body without the LF at its end")?;
    }
    one(
        stripped,
        newline,
        "the body without the white space at its end",
    )?;
    one(
        &[body, b"\n"].concat(),
        newline,
        "the body with a line end after it",
    )?;
    one(
        &[body, b"\r\n"].concat(),
        newline,
        "the body with CR LF after it",
    )?;
    one(
        &[stripped, b"\n"].concat(),
        newline,
        "the body with one line end after it",
    )?;
    one(
        &[stripped, b"\r\n"].concat(),
        newline,
        "the body with CR LF at its end",
    )?;
    let lines = Code::BodyLineEndings;
    if body.contains(&b'\r') {
        let lf = replace(body, b"\r\n", b"\n");
        one(
            &lf,
            lines,
            "the body with its line ends as LF in place of CR LF",
        )?;
        one(
            lf.trim_ascii_end(),
            lines,
            "the body with LF line ends and none at its end",
        )?;
        one(
            &replace(body, b"\r", b""),
            lines,
            "the body without carriage returns",
        )?;
    }
    if body.contains(&b'\n') {
        let crlf = replace(&replace(body, b"\r\n", b"\n"), b"\n", b"\r\n");
        one(
            &crlf,
            lines,
            "the body with its line ends as CR LF in place of LF",
        )?;
        one(
            &replace(body, b"\n", b""),
            lines,
            "the body without its line ends",
        )?;
    }
    match body.strip_prefix(BOM) {
        Some(rest) => one(
            rest,
            Code::BodyBom,
            "the body without the byte order mark before it",
        ),
        None => one(
            &[BOM, body].concat(),
            Code::BodyBom,
            "the body with a byte order mark before it",
        ),
    }?;
    let trimmed = body.trim_ascii();
    one(
        trimmed,
        newline,
        "the body without the white space around it",
    )
}

fn replace(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if body[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(body[at]);
            at += 1;
        }
    }
    out
}

/// A body inside another: a JSON string, an envelope, base64, compression.
fn wrapped(body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let twice = Code::BodyDoubleStringified;
    let value: Option<Value> = serde_json::from_slice(body).ok();
    if let Some(Value::String(inner)) = &value {
        one(
            inner.as_bytes(),
            twice,
            "the text inside this JSON string: the body was stringified twice",
        )?;
        if let Ok(Value::String(inner)) = serde_json::from_str(inner) {
            one(
                inner.as_bytes(),
                twice,
                "the text inside this JSON string: the body was stringified three times",
            )?;
        }
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let quoted = crate::request::json::stringify(&Value::String(text.to_owned()));
        one(
            quoted.as_bytes(),
            twice,
            "the body as a JSON string: it was stringified twice before it was signed",
        )?;
    }
    if let Some(Value::String(inner)) = value.as_ref().and_then(|value| value.get("body")) {
        one(
            inner.as_bytes(),
            twice,
            "the text in the field `body` of this envelope",
        )?;
        if let Some(bytes) = decode_base64(inner) {
            one(
                &bytes,
                Code::BodyBase64,
                "the bytes that the field `body` holds as base64",
            )?;
        }
    }
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text.len() >= 8
        && let Some(bytes) = decode_base64(text)
    {
        one(
            &bytes,
            Code::BodyBase64,
            "the bytes that the body holds as base64",
        )?;
    }
    one(
        STANDARD.encode(body).as_bytes(),
        Code::BodyBase64,
        "the body as base64",
    )?;
    let expanded = match body {
        [0x1f, 0x8b, ..] => expand(flate2::read::MultiGzDecoder::new(body)),
        [0x78, ..] => expand(flate2::read::ZlibDecoder::new(body)),
        _ => None,
    };
    if let Some(bytes) = expanded {
        one(&bytes, Code::BodyGzip, "the decompressed body")?;
    }
    ControlFlow::Continue(())
}

fn expand(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MOST_EXPANDED).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A body of which the end is missing, or with something after its end.
fn truncated(request: &Request, body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let code = Code::BodyTruncated;
    let length = request
        .headers
        .text("content-length")
        .and_then(|text| text.trim().parse::<usize>().ok());
    if let Some(start) = length.and_then(|length| body.get(..length)) {
        one(
            start,
            code,
            "the first bytes of the body, as many as Content-Length says",
        )?;
    }
    if let Some(closers) = missing_closers(body) {
        let full = [body, closers.as_bytes()].concat();
        one(
            &full,
            code,
            &format!("the body with `{closers}` after it: its end is missing"),
        )?;
        one(
            &[&full[..], b"\n"].concat(),
            code,
            &format!("the body with `{closers}` and a line end after it"),
        )?;
    }
    ControlFlow::Continue(())
}

/// The brackets that a JSON text lacks at its end; `None` if it lacks none or is no JSON.
fn missing_closers(body: &[u8]) -> Option<String> {
    if !matches!(body.first(), Some(b'{' | b'[')) {
        return None;
    }
    let (mut open, mut in_string, mut escaped) = (Vec::new(), false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => {
                open.pop()?;
            }
            _ => {}
        }
    }
    let mut closers = String::from(if in_string { "\"" } else { "" });
    closers.extend(open.iter().rev());
    (!closers.is_empty() && closers.len() < 128).then_some(closers)
}
