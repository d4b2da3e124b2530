//! Requests that were written down: captures as JSON (one object, or one a line), raw HTTP, or a bare payload.

use std::io::BufRead;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Header, Headers, Request, curl_read, har, is_token_byte, latin1, line, raw, redact};

/// A request from a file, with what was noted beside it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    /// The request. Of a payload alone, the body is all there is.
    pub(crate) request: Request,
    /// Whether the file holds a body alone, without method, target and headers.
    pub(crate) payload_only: bool,
    pub(crate) provider: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) delivery_id: Option<String>,
    /// When it was received, RFC 3339.
    pub(crate) received_at: Option<String>,
    /// The status that was answered.
    pub(crate) status: Option<u16>,
}

impl Stored {
    /// A request of which nothing else is known.
    pub(crate) fn whole(request: Request) -> Self {
        Self::new(request, false)
    }

    fn new(request: Request, payload_only: bool) -> Self {
        Self {
            request,
            payload_only,
            provider: None,
            event: None,
            delivery_id: None,
            received_at: None,
            status: None,
        }
    }
}

/// Reads what a file holds. Lines of a listener's output that are no captures are passed over.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Stored>, String> {
    if raw::looks_like(bytes) {
        return Ok(vec![Stored::new(raw::parse(bytes)?, false)]);
    }
    if let Some(entries) = har::read(bytes) {
        return entries?.iter().map(from_json).collect();
    }
    if curl_read::looks_like(bytes) {
        let requests = curl_read::parse(bytes)?;
        return Ok(requests.into_iter().map(Stored::whole).collect());
    }
    let captures = read_captures(bytes)?;
    if !captures.is_empty() {
        return Ok(captures);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".to_owned());
    }
    let request = Request {
        method: "POST".into(),
        target: "/".into(),
        headers: Headers::default(),
        body: bytes.to_vec().into(),
    };
    Ok(vec![Stored::new(request, true)])
}

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The bytes do not come.
    Bytes(std::io::Error),
    /// They are no request; the end of a sentence.
    Form(String),
}

/// What a file holds.
pub(crate) enum Held<R> {
    /// All of it.
    Whole(Vec<Stored>),
    /// Captures, one a line, which are read some at a time.
    Lines(Lines<R>),
}

/// Looks into a file and reads it, but for captures one a line.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn open<R: BufRead>(mut from: R) -> Result<Held<R>, Problem> {
    let mut text = Vec::new();
    from.read_until(b'\n', &mut text).map_err(Problem::Bytes)?;
    if text.first() == Some(&b'{') && line::parse(&text).is_some() {
        return Ok(Held::Lines(Lines {
            from,
            text,
            number: 1,
        }));
    }
    from.read_to_end(&mut text).map_err(Problem::Bytes)?;
    read(&text).map(Held::Whole).map_err(Problem::Form)
}

/// Captures, one a line.
pub(crate) struct Lines<R> {
    from: R,
    /// What was read and not yet taken.
    text: Vec<u8>,
    /// The number of the first line of it, counted from 1.
    number: usize,
}

/// Whole lines that were read together.
#[derive(Debug)]
pub(crate) struct Batch {
    text: Vec<u8>,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    /// The lines that are there, at least one; what a pipe does not hold yet is not waited for. `None` at the end.
    ///
    /// # Errors
    /// The bytes do not come.
    pub(crate) fn batch(&mut self) -> std::io::Result<Option<Batch>> {
        let mut has_end = self.text.contains(&b'\n');
        while !has_end {
            let more = match self.from.fill_buf() {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                more => more?,
            };
            if more.is_empty() {
                break;
            }
            has_end = memchr::memchr(b'\n', more).is_some();
            let size = more.len();
            self.text.extend_from_slice(more);
            self.from.consume(size);
        }
        if self.text.is_empty() {
            return Ok(None);
        }
        let end = memchr::memrchr(b'\n', &self.text).map_or(self.text.len(), |at| at + 1);
        let rest = self.text.split_off(end);
        let text = std::mem::replace(&mut self.text, rest);
        let number = self.number;
        self.number += memchr::memchr_iter(b'\n', &text).count();
        Ok(Some(Batch { text, number }))
    }
}

impl Batch {
    /// Size of the lines in bytes.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// The captures on these lines; other lines of a listener's are passed over.
    pub(crate) fn captures(&self) -> impl Iterator<Item = Result<Stored, Problem>> + '_ {
        let lines = self.text.split_inclusive(|byte| *byte == b'\n');
        let lines = lines.zip(self.number..);
        let filled = lines.filter(|(line, _)| !line.trim_ascii().is_empty());
        filled.filter_map(|(line, number)| read_line(line, number).transpose())
    }
}

/// Reads the capture on a line; `None` for another line of a listener's.
fn read_line(text: &[u8], number: usize) -> Result<Option<Stored>, Problem> {
    if let Some(stored) = line::parse(text) {
        return Ok(Some(stored));
    }
    // Not a plain capture: the thorough reader says what it is.
    let captures = read_captures(text)
        .map_err(|problem| Problem::Form(format!("line {number}: {problem}")))?;
    if captures.is_empty() && !is_other_line(text) {
        return Err(Problem::Form(format!("line {number} is no capture")));
    }
    Ok(captures.into_iter().next())
}

/// Whether a line is one that a listener writes beside its captures.
fn is_other_line(text: &[u8]) -> bool {
    serde_json::from_slice::<Value>(text).is_ok_and(|value| value["type"].is_string())
}

fn read_captures(bytes: &[u8]) -> Result<Vec<Stored>, String> {
    let mut captures = Vec::new();
    for (index, value) in serde_json::Deserializer::from_slice(bytes)
        .into_iter::<Value>()
        .enumerate()
    {
        match value {
            Ok(Value::Object(object))
                if object.contains_key("headers")
                    && object.contains_key("method")
                    && object.get("type").is_none_or(|kind| kind != REJECTED) =>
            {
                captures.push(
                    from_json(&object)
                        .map_err(|problem| format!("capture {}: {problem}", index + 1))?,
                );
            }
            Ok(Value::Object(object)) if matches!(object.get("type"), Some(Value::String(_))) => {}
            // Whatever it is, it does not start with a capture.
            _ if captures.is_empty() => return Ok(captures),
            Ok(_) => return Err(format!("value {} is no capture", index + 1)),
            Err(error) => return Err(format!("after capture {}: {error}", captures.len())),
        }
    }
    Ok(captures)
}

/// Reads one capture or delivery.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn from_json(object: &Map<String, Value>) -> Result<Stored, String> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
    let method = text("method").ok_or("`method` is no text")?;
    let target = match (text("target"), text("path"), text("query")) {
        (Some(target), _, _) => target,
        (None, Some(path), Some(query)) if !query.is_empty() => format!("{path}?{query}"),
        (None, Some(path), _) => path,
        (None, None, _) => return Err("`path` is missing".to_owned()),
    };
    let headers = object
        .get("headers")
        .and_then(Value::as_array)
        .ok_or("`headers` is no list")?;
    let headers = headers_from_json(headers).ok_or("`headers` is no list of [name, value]")?;
    let body = body_from_json(object, "body")?;
    let status = object
        .get("response")
        .and_then(|response| response.get("status"))
        .and_then(Value::as_u64);
    let request = Request {
        method,
        target,
        headers,
        body: body.into(),
    };
    check(&request)?;
    Ok(Stored {
        request,
        payload_only: false,
        provider: text("provider"),
        event: text("event"),
        delivery_id: text("delivery_id"),
        received_at: text("received_at"),
        status: status.and_then(|status| u16::try_from(status).ok()),
    })
}

/// Headers of a list of `[name, value]`.
pub(crate) fn headers_from_json(headers: &[Value]) -> Option<Headers> {
    headers.iter().map(header_from_json).collect()
}

/// A body under a key as text, or under the key with `_base64` behind it.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(crate) fn body_from_json(object: &Map<String, Value>, key: &str) -> Result<Vec<u8>, String> {
    let encoded_key = format!("{key}_base64");
    match (object.get(key), object.get(&encoded_key)) {
        (Some(Value::String(body)), _) => Ok(body.clone().into_bytes()),
        (_, Some(Value::String(encoded))) => STANDARD
            .decode(encoded)
            .map_err(|_| format!("`{encoded_key}` is not base64")),
        (None | Some(Value::Null), None | Some(Value::Null)) => Ok(Vec::new()),
        _ => Err(format!("`{key}` is no text")),
    }
}

/// Whether a request's parts can stand in a request. What would not stay one header on the wire is none.
pub(super) fn check(request: &Request) -> Result<(), String> {
    let Request { method, target, .. } = request;
    if method.is_empty() || !method.bytes().all(is_token_byte) {
        return Err(format!("`method` is {method:?}, which is no method"));
    }
    let is_unfit = |byte: u8| byte == b' ' || byte.is_ascii_control();
    if target.is_empty() || target.bytes().any(is_unfit) {
        return Err(format!(
            "the target {target:?} cannot stand in a request line"
        ));
    }
    request.headers.iter().try_for_each(check_header)
}

fn check_header(header: &Header) -> Result<(), String> {
    let Header { name, value } = header;
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        return Err(format!("{name:?} is no header name"));
    }
    let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
    if value.iter().any(is_control) {
        return Err(format!(
            "the value of the header `{name}` holds control characters"
        ));
    }
    Ok(())
}

/// The type of a line about a request that was rejected, which is no capture.
pub(crate) const REJECTED: &str = "rejected";

impl Stored {
    /// Of what the value was left out when it was written down: the first such header, or the target.
    pub(crate) fn redacted(&self) -> Option<&str> {
        let is_redacted = |header: &&Header| redact::was_redacted(&header.value);
        let header = self.request.headers.iter().find(is_redacted);
        let target = redact::was_redacted(self.request.target.as_bytes());
        header
            .map(|header| &*header.name)
            .or(target.then_some("target"))
    }
}

/// Marks a header value whose bytes are no UTF-8: each character stands for one byte.
const LATIN1: &str = "latin1";

fn header_from_json(value: &Value) -> Option<(String, Vec<u8>)> {
    match value.as_array()?.as_slice() {
        [Value::String(name), Value::String(value)] => {
            Some((name.clone(), value.clone().into_bytes()))
        }
        [
            Value::String(name),
            Value::String(value),
            Value::String(mark),
        ] if mark == LATIN1 => {
            let bytes = value
                .chars()
                .map(u8::try_from)
                .collect::<Result<_, _>>()
                .ok()?;
            Some((name.clone(), bytes))
        }
        _ => None,
    }
}

/// Writes a request into the fields of a capture: `method`, `target`, `path`, `query`, `headers`, and `body` or
/// `body_base64`.
pub(crate) fn write(request: &Request, into: &mut Map<String, Value>) {
    into.insert("method".into(), json!(request.method));
    into.insert("path".into(), json!(request.path()));
    into.insert("query".into(), json!(request.query()));
    into.insert("target".into(), json!(request.target));
    into.insert("headers".into(), headers_to_json(&request.headers));
    let (key, body) = body_to_json(&request.body);
    into.insert(key.into(), body);
}

/// Headers as a list of `[name, value]`.
pub(crate) fn headers_to_json(headers: &Headers) -> Value {
    headers
        .iter()
        .map(|header| header_to_json(&header.name, &header.value))
        .collect()
}

/// A body as text under `body`, or as base64 under `body_base64`.
pub(crate) fn body_to_json(body: &[u8]) -> (&'static str, Value) {
    match std::str::from_utf8(body) {
        Ok(text) => ("body", json!(text)),
        Err(_) => ("body_base64", json!(STANDARD.encode(body))),
    }
}

fn header_to_json(name: &str, value: &[u8]) -> Value {
    match std::str::from_utf8(value) {
        Ok(text) => json!([name, text]),
        Err(_) => json!([name, latin1(value), LATIN1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn capture(request: &Request) -> Vec<u8> {
        let mut object = Map::new();
        object.insert("type".into(), json!("capture"));
        write(request, &mut object);
        object.insert("response".into(), json!({"status": 503}));
        Value::Object(object).to_string().into_bytes()
    }

    #[test]
    fn a_listeners_lines_are_read_and_its_other_lines_passed_over() {
        let request = Request {
            method: "POST".into(),
            target: "/a?b".into(),
            headers: Headers::default(),
            body: "{}".into(),
        };
        let mut lines = b"{\"type\":\"listening\",\"url\":\"x\"}\n".to_vec();
        lines.extend(capture(&request));
        lines.extend(b"\n{\"type\":\"summary\"}\n");
        let stored = read(&lines).unwrap();
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].status, Some(503));
        assert_eq!(stored[0].request, request);
    }

    #[test]
    fn anything_else_is_a_payload() {
        assert!(read(b"{\"type\":\"invoice.paid\"}").unwrap()[0].payload_only);
        assert!(read(b"plain text").unwrap()[0].payload_only);
        assert_eq!(read(b" \n"), Err("it is empty".to_owned()));
    }

    #[test]
    fn a_broken_capture_is_named() {
        let problem = read(br#"{"method":"POST","headers":[["a"]],"path":"/"}"#).unwrap_err();
        assert_eq!(problem, "capture 1: `headers` is no list of [name, value]");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn a_capture_reads_back_byte_for_byte(body: Vec<u8>, value in prop::collection::vec((0x20u8..=0xff).prop_filter("no control", |byte| *byte != 0x7f), 0..9)) {
            let headers = [("X-CaMeL".to_owned(), value)].into_iter().collect();
            let request = Request { method: "PUT".into(), target: "/x?y=%20".into(), headers, body: body.into() };
            prop_assert_eq!(&read(&capture(&request)).unwrap()[0].request, &request);
        }
    }
}
