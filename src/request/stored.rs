//! Requests that were written down: captures as JSON (one object, or one a line), raw HTTP, or a bare payload.

use std::io::{BufRead, Chain, Cursor, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::depth::{MAX_DEPTH, is_within_depth};
use super::record::{LATIN1, Record};
use super::values::{self, Entries, MAX_RECORD, Start, Values};
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
    let mut all = Vec::new();
    let read = open(bytes).and_then(|held| {
        held.each(&mut |stored| {
            all.push(stored?);
            Ok(())
        })
    });
    match read {
        Ok(()) => Ok(all),
        Err(Problem::Form(problem)) => Err(problem),
        Err(Problem::Bytes(error)) => Err(error.to_string()),
    }
}

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The bytes do not come.
    Bytes(std::io::Error),
    /// They are no request; the end of a sentence.
    Form(String),
}

/// What a file holds. All but the first is read one request at a time.
pub(crate) enum Held<R> {
    /// Raw HTTP, curl commands, or a payload.
    Whole(Vec<Stored>),
    /// Captures, one a line.
    Lines(Lines<R>),
    /// Captures, one after the other.
    Values(Values<Begun<R>>),
    /// The entries of a HAR file.
    Entries(Entries<R>),
}

/// Bytes of which some were read before.
pub(crate) type Begun<R> = Chain<Cursor<Vec<u8>>, R>;

/// Looks into a file, and reads it if it is none of captures.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn open<R: BufRead>(mut from: R) -> Result<Held<R>, Problem> {
    let mut text = Vec::new();
    let lead = read_lead(&mut from, &mut text)?;
    if lead != Some(b'{') {
        return whole(from, text);
    }
    let before = text.len();
    if let Start::Entries = values::start(&mut from, &mut text)? {
        return Ok(Held::Entries(Entries::new(from)));
    }
    let first = &text[before..];
    let Ok(mut record) = Record::parse(first) else {
        return whole(from, text);
    };
    let is_request = record.is_request() && !record.is_rejected();
    if !is_request && !is_ours(&record) {
        return whole(from, text);
    }
    if is_request {
        let read = record.take_stored();
        read.map_err(|problem| Problem::Form(format!("capture 1: {problem}")))?;
    }
    let is_on_one_line = !first.contains(&b'\n');
    if is_on_one_line && ends_line(&mut from, &mut text)? {
        let number = 1;
        return Ok(Held::Lines(Lines { from, text, number }));
    }
    Ok(Held::Values(Values::new(Cursor::new(text).chain(from))))
}

/// Reads white space, and the mark that some editors put before a text. Returns the first byte behind.
fn read_lead<R: BufRead>(from: &mut R, text: &mut Vec<u8>) -> Result<Option<u8>, Problem> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    loop {
        let there = from.fill_buf().map_err(Problem::Bytes)?;
        let mut count = 0;
        if text.is_empty() && there.starts_with(MARK) {
            count = MARK.len();
        }
        count += there[count..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let next = there.get(count).copied();
        text.extend_from_slice(&there[..count]);
        from.consume(count);
        if count == 0 || next.is_some() || text.len() > MAX_RECORD {
            return Ok(next);
        }
    }
}

/// Reads to the end of a line, if there is nothing more on it; at the end of the file, there is not.
fn ends_line<R: BufRead>(from: &mut R, text: &mut Vec<u8>) -> Result<bool, Problem> {
    loop {
        let there = from.fill_buf().map_err(Problem::Bytes)?;
        let Some(byte) = there.first().copied() else {
            return Ok(true);
        };
        if !byte.is_ascii_whitespace() {
            return Ok(false);
        }
        text.push(byte);
        from.consume(1);
        if byte == b'\n' {
            return Ok(true);
        }
    }
}

/// Reads a file that holds no captures, behind what was read of it.
fn whole<R: BufRead>(from: R, mut text: Vec<u8>) -> Result<Held<R>, Problem> {
    let room = (MAX_RECORD + 1).saturating_sub(text.len());
    let room = u64::try_from(room).unwrap_or(u64::MAX);
    let mut rest = from.take(room);
    rest.read_to_end(&mut text).map_err(Problem::Bytes)?;
    if text.len() > MAX_RECORD {
        return Err(values::too_long("it"));
    }
    read_whole(text).map(Held::Whole).map_err(Problem::Form)
}

fn read_whole(bytes: Vec<u8>) -> Result<Vec<Stored>, String> {
    if raw::looks_like(&bytes) {
        return Ok(vec![Stored::new(raw::parse(&bytes)?, false)]);
    }
    if curl_read::looks_like(&bytes) {
        let requests = curl_read::parse(&bytes)?;
        return Ok(requests.into_iter().map(Stored::whole).collect());
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".to_owned());
    }
    let request = Request {
        method: "POST".into(),
        target: "/".into(),
        headers: Headers::default(),
        body: bytes.into(),
    };
    Ok(vec![Stored::new(request, true)])
}

impl<R: BufRead> Held<R> {
    /// Visits the requests, one at a time.
    ///
    /// # Errors
    /// What the visitor says.
    pub(crate) fn each<E: From<Problem>>(
        self,
        visit: &mut dyn FnMut(Result<Stored, Problem>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Whole(all) => all.into_iter().try_for_each(|stored| visit(Ok(stored))),
            Self::Lines(mut lines) => {
                while let Some(batch) = lines.batch()? {
                    batch.captures().try_for_each(&mut *visit)?;
                }
                Ok(())
            }
            Self::Values(mut values) => {
                while let Some((text, line)) = values.next()? {
                    if let Some(stored) = read_line(text, line).transpose() {
                        visit(stored)?;
                    }
                }
                Ok(())
            }
            Self::Entries(mut entries) => {
                while let Some((text, number)) = entries.next()? {
                    let read = har::record(text).and_then(|mut record| {
                        let is_capture = !record.is_rejected();
                        let stored = record.take_stored()?;
                        Ok(is_capture.then_some(stored))
                    });
                    let in_entry = |problem| Problem::Form(format!("entry {number}: {problem}"));
                    if let Some(stored) = read.map_err(in_entry).transpose() {
                        visit(stored)?;
                    }
                }
                Ok(())
            }
        }
    }
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
    /// The bytes do not come, or a line is too long.
    pub(crate) fn batch(&mut self) -> Result<Option<Batch>, Problem> {
        let mut has_end = self.text.contains(&b'\n');
        while !has_end {
            let more = match self.from.fill_buf() {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                more => more.map_err(Problem::Bytes)?,
            };
            if more.is_empty() {
                break;
            }
            has_end = memchr::memchr(b'\n', more).is_some();
            let size = more.len();
            self.text.extend_from_slice(more);
            self.from.consume(size);
            if self.text.len() > MAX_RECORD + size {
                return Err(values::too_long(&format!("line {}", self.number)));
            }
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

    /// The same captures, however they are laid out.
    pub(crate) fn into_values(self) -> Values<Begun<R>> {
        Values::new(Cursor::new(self.text).chain(self.from))
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

/// Reads the capture that begins on a line; `None` for another line of a listener's.
fn read_line(text: &[u8], number: usize) -> Result<Option<Stored>, Problem> {
    if let Some(stored) = line::parse(text) {
        return Ok(Some(stored));
    }
    // Not a plain capture: the thorough reader says what it is.
    let mut record = parse(text, number)?;
    if record.is_request() && !record.is_rejected() {
        let stored = record.take_stored();
        let wrong = |problem| Problem::Form(format!("line {number}: {problem}"));
        return stored.map(Some).map_err(wrong);
    }
    match record.kind.as_str() {
        Some(_) => Ok(None),
        None => Err(Problem::Form(format!("line {number} is no capture"))),
    }
}

/// Reads a value that begins on a line as a record; one that is no object has no fields.
///
/// # Errors
/// It is no JSON.
pub(crate) fn parse(text: &[u8], number: usize) -> Result<Record<'_>, Problem> {
    if !is_within_depth(text) {
        let problem = format!("line {number} is nested deeper than {MAX_DEPTH} levels");
        return Err(Problem::Form(problem));
    }
    Record::parse(text).map_err(|error| {
        let (line, said) = (number - 1 + error.line(), error.to_string());
        let what = said.split(" at line ").next().unwrap_or(&said);
        Problem::Form(format!("{what} at line {line} column {}", error.column()))
    })
}

/// Whether it is a line of machine output that holds no request to be sent again.
pub(crate) fn is_ours(record: &Record<'_>) -> bool {
    let of_others = ["attempt", "listening", REJECTED, "summary", "verification"];
    record
        .kind
        .as_str()
        .is_some_and(|kind| of_others.contains(&kind))
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
        Ok(text) if !is_shorter_encoded(body) => ("body", json!(text)),
        _ => ("body_base64", json!(STANDARD.encode(body))),
    }
}

/// Whether a large text has so many escapes that base64 is shorter: a body within the usual limit then makes a record
/// within the limit of records.
fn is_shorter_encoded(body: &[u8]) -> bool {
    const LARGE: usize = 1_000_000;
    let is_long = |byte: &&u8| **byte < b' ' && !matches!(byte, b'\n' | b'\r' | b'\t');
    let escapes = || body.iter().filter(is_long).count();
    body.len() > LARGE && escapes() > body.len() / 15
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

    fn plain() -> Request {
        Request {
            method: "POST".into(),
            target: "/a?b".into(),
            headers: Headers::default(),
            body: "{}".into(),
        }
    }

    #[test]
    fn a_listeners_lines_are_read_and_its_other_lines_passed_over() {
        let request = plain();
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
        let lines = format!(
            "{}\n{{\"method\":1,\"headers\":[]}}\n",
            String::from_utf8(capture(&plain())).unwrap()
        );
        assert_eq!(
            read(lines.as_bytes()).unwrap_err(),
            "line 2: `method` is no text"
        );
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
