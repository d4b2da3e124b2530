//! Other bodies that may have been signed. Each is written as a stream when it is tried; none is held whole, unless it
//! is small or decoded from the body at hand.

use std::io::Read as _;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::budget::{Budget, Part};
use super::cause::{Code, Deviation};
use super::{charset, form, spelling};
use crate::request::depth::MAX_DEPTH;
use crate::request::json::Node;
use crate::request::spelling::Spelled;
use crate::request::stream::Stream;
use crate::secret::decode_base64;
use crate::signature::Source;

/// A body that may have been signed.
pub(super) struct Variant<'v> {
    pub(super) part: Part,
    /// Most bytes that it has.
    pub(super) length: u64,
    /// What it takes to write it, in bytes hashed.
    pub(super) work: u64,
    /// Whether it is also tried with a line end after it.
    pub(super) with_line_end: bool,
    write: &'v dyn Fn(&mut Stream<'_>),
}

impl<'v> Variant<'v> {
    pub(super) fn new(
        part: Part,
        (length, work): (u64, u64),
        write: &'v dyn Fn(&mut Stream<'_>),
    ) -> Self {
        Self {
            part,
            length,
            work,
            with_line_end: false,
            write,
        }
    }

    /// Passes on the body in chunks until there is nothing left, or no more is wanted.
    pub(super) fn stream(&self, sink: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) {
        let mut out = Stream::new(sink);
        (self.write)(&mut out);
        out.finish();
    }

    /// The body in one piece.
    pub(super) fn collect(&self) -> Vec<u8> {
        let mut whole = Vec::new();
        self.stream(&mut |chunk| {
            whole.extend_from_slice(chunk);
            ControlFlow::Continue(())
        });
        whole
    }
}

/// How a variant departs from the body at hand, with a line end after it or without.
pub(super) type Departs<'d> = dyn Fn(bool) -> Vec<Deviation> + 'd;

/// What is tried with each variant. It ends the search on a match.
pub(super) type Visit<'v> = dyn FnMut(&Variant<'_>, &Departs<'_>) -> ControlFlow<()> + 'v;

/// How many variants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// The common mistakes, one at a time: to be combined with another dimension.
    Common,
    /// All single ones.
    All,
}

/// Longest body that compressed bytes are expanded to.
const MAX_EXPANDED: u64 = 16 * 1024 * 1024;
/// Work for a byte that is decompressed.
const EXPANDING: u64 = 6;

/// The body at hand, for making others of it.
#[derive(Clone, Copy)]
pub(super) struct Body<'b> {
    pub(super) source: &'b Source<'b>,
    pub(super) bytes: &'b [u8],
    /// The body as JSON, if it is that.
    pub(super) spelled: Option<&'b Spelled<'b>>,
    pub(super) budget: &'b Budget<'b>,
}

/// Visits other bodies, the plainest mistake first.
pub(super) fn visit(body: Body<'_>, breadth: Breadth, visit: &mut Visit<'_>) -> ControlFlow<()> {
    ends(&mut One { body, visit })?;
    if let Some(spelled) = body.spelled {
        spelling::single(spelled, body.budget, breadth, visit)?;
    }
    let mut one = One { body, visit };
    wrapped(&mut one)?;
    charset::visit(&mut one)?;
    form::visit(&mut one)?;
    truncated(&mut one)?;
    let stand_ins = [
        ("", "an empty body"),
        ("{}", "an empty object in place of the body"),
        ("null", "`null` in place of the body"),
        (
            "[object Object]",
            "`[object Object]`, the text of a parsed body",
        ),
        ("undefined", "`undefined` in place of the body"),
    ];
    stand_ins
        .iter()
        .try_for_each(|(text, what)| one.bytes(text.as_bytes(), Code::BodyEmpty, what))
}

/// Visits bodies with a single deviation.
pub(super) struct One<'b, 'o, 'v> {
    pub(super) body: Body<'b>,
    visit: &'o mut Visit<'v>,
}

impl One<'_, '_, '_> {
    /// A body in one piece.
    pub(super) fn bytes(&mut self, bytes: &[u8], code: Code, what: &str) -> ControlFlow<()> {
        self.slices(&[bytes], code, what)
    }

    /// A body of several pieces. The body at hand itself is left out.
    fn slices(&mut self, slices: &[&[u8]], code: Code, what: &str) -> ControlFlow<()> {
        let mut rest = Some(self.body.bytes);
        for slice in slices {
            rest = rest.and_then(|rest| rest.strip_prefix(*slice));
        }
        if rest.is_some_and(<[u8]>::is_empty) {
            return ControlFlow::Continue(());
        }
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        self.written((length, 0), code, what, &|out| {
            for slice in slices {
                out.push(slice);
            }
        })
    }

    /// A body that is written: the most bytes that it has, and the work for a byte of the body at hand.
    pub(super) fn written(
        &mut self,
        (length, work): (usize, u64),
        code: Code,
        what: &str,
        write: &dyn Fn(&mut Stream<'_>),
    ) -> ControlFlow<()> {
        let size = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        let effort = (
            size(length),
            work.saturating_mul(size(self.body.bytes.len())),
        );
        let variant = Variant::new(Part::of(code), effort, write);
        (self.visit)(&variant, &|_| vec![Deviation::new(code, what)])
    }
}

/// The byte order mark in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Line ends, the end of the body, and the byte order mark.
fn ends(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let body = one.body.bytes;
    let newline = Code::BodyFinalNewline;
    let stripped = body.trim_ascii_end();
    if let Some(rest) = body.strip_suffix(b"\n") {
        let line = rest.strip_suffix(b"\r").unwrap_or(rest);
        one.bytes(line, newline, "the body without the line end at its end")?;
        if line.len() < rest.len() {
            one.bytes(rest, newline, "the body without the LF at its end")?;
        }
    }
    one.bytes(
        stripped,
        newline,
        "the body without the white space at its end",
    )?;
    one.slices(&[body, b"\n"], newline, "the body with a line end after it")?;
    one.slices(&[body, b"\r\n"], newline, "the body with CR LF after it")?;
    if stripped.len() < body.len() {
        one.slices(
            &[stripped, b"\n"],
            newline,
            "the body with one line end after it",
        )?;
        one.slices(
            &[stripped, b"\r\n"],
            newline,
            "the body with CR LF at its end",
        )?;
    }
    line_ends(one)?;
    match body.strip_prefix(BOM) {
        Some(rest) => one.bytes(
            rest,
            Code::BodyBom,
            "the body without the byte order mark before it",
        ),
        None => one.slices(
            &[BOM, body],
            Code::BodyBom,
            "the body with a byte order mark before it",
        ),
    }?;
    let trimmed = body.trim_ascii();
    if trimmed.len() < stripped.len() {
        one.bytes(
            trimmed,
            newline,
            "the body without the white space around it",
        )?;
    }
    ControlFlow::Continue(())
}

fn line_ends(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let body = one.body.bytes;
    let lines = Code::BodyLineEndings;
    let effort = (body.len(), 1);
    if memchr::memmem::find(body, b"\r\n").is_some() {
        one.written(
            effort,
            lines,
            "the body with its line ends as LF in place of CR LF",
            &|out| replace(body, b"\r\n", b"\n", out),
        )?;
        one.written(
            effort,
            lines,
            "the body with LF line ends and none at its end",
            &|out| replace(body.trim_ascii_end(), b"\r\n", b"\n", out),
        )?;
    }
    if body.contains(&b'\r') {
        one.written(effort, lines, "the body without carriage returns", &|out| {
            replace(body, b"\r", b"", out);
        })?;
    }
    if body.contains(&b'\n') {
        one.written(
            (2 * body.len(), 2),
            lines,
            "the body with its line ends as CR LF in place of LF",
            &|out| {
                let mut rest = body;
                while let Some(at) = memchr::memchr(b'\n', rest) {
                    let line = &rest[..at];
                    out.push(line.strip_suffix(b"\r").unwrap_or(line));
                    out.push(b"\r\n");
                    rest = &rest[at + 1..];
                }
                out.push(rest);
            },
        )?;
        one.written(effort, lines, "the body without its line ends", &|out| {
            replace(body, b"\n", b"", out);
        })?;
    }
    ControlFlow::Continue(())
}

/// Writes a text with all that is found in it replaced.
pub(super) fn replace(text: &[u8], from: &[u8], to: &[u8], out: &mut Stream<'_>) {
    let mut end = 0;
    for at in memchr::memmem::find_iter(text, from) {
        out.push(&text[end..at]);
        out.push(to);
        end = at + from.len();
        if out.is_stopped() {
            return;
        }
    }
    out.push(&text[end..]);
}

/// A body inside another: a JSON string, an envelope, base64, compression.
fn wrapped(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    stringified(one)?;
    let body = one.body.bytes;
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text.len() >= 8
        && let Some(bytes) = decode_base64(text)
    {
        one.bytes(
            &bytes,
            Code::BodyBase64,
            "the bytes that the body holds as base64",
        )?;
    }
    one.written(
        (body.len() / 3 * 4 + 4, 2),
        Code::BodyBase64,
        "the body as base64",
        &|out| encode_base64(body, out),
    )?;
    let expanded = match body {
        [0x1f, 0x8b, ..] => expand(flate2::read::MultiGzDecoder::new(body)),
        [0x78, ..] => expand(flate2::read::ZlibDecoder::new(body)),
        _ => None,
    };
    if let Some(bytes) = expanded {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        one.body.budget.spend(EXPANDING * length);
        one.bytes(&bytes, Code::BodyGzip, "the decompressed body")?;
    }
    ControlFlow::Continue(())
}

fn stringified(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let twice = Code::BodyDoubleStringified;
    let Body {
        bytes: body,
        spelled,
        ..
    } = one.body;
    let is_string = spelled.is_some() && body.trim_ascii_start().starts_with(b"\"");
    let inner = is_string.then(|| serde_json::from_slice::<String>(body));
    if let Some(Ok(inner)) = inner {
        one.bytes(
            inner.as_bytes(),
            twice,
            "the text inside this JSON string: the body was stringified twice",
        )?;
        if let Ok(inner) = serde_json::from_str::<String>(&inner) {
            one.bytes(
                inner.as_bytes(),
                twice,
                "the text inside this JSON string: the body was stringified three times",
            )?;
        }
    }
    if let Ok(text) = std::str::from_utf8(body) {
        // A control character takes six bytes.
        let controls = body.iter().filter(|byte| **byte < b' ').count();
        let escaped = body.iter().filter(|byte| matches!(byte, b'"' | b'\\'));
        one.written(
            (body.len() + 5 * controls + escaped.count() + 2, 4),
            twice,
            "the body as a JSON string: it was stringified twice before it was signed",
            // It fails where the stream was stopped, which is no matter here.
            &|out| drop(serde_json::to_writer(out, text)),
        )?;
    }
    let field = one.body.source.json();
    let field = field.and_then(|fields| fields.lookup("body"));
    let inner = field.filter(Node::is_string).and_then(|node| node.text());
    if let Some(inner) = inner {
        one.bytes(
            inner.as_bytes(),
            twice,
            "the text in the field `body` of this envelope",
        )?;
        if let Some(bytes) = decode_base64(&inner) {
            one.bytes(
                &bytes,
                Code::BodyBase64,
                "the bytes that the field `body` holds as base64",
            )?;
        }
    }
    ControlFlow::Continue(())
}

fn encode_base64(bytes: &[u8], out: &mut Stream<'_>) {
    /// Whole groups of three bytes, so that no padding comes in between.
    const GROUPS: usize = 3 * 512;
    let mut text = String::with_capacity(GROUPS / 3 * 4);
    for chunk in bytes.chunks(GROUPS) {
        text.clear();
        STANDARD.encode_string(chunk, &mut text);
        out.push(text.as_bytes());
    }
}

fn expand(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_EXPANDED).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A body of which the end is missing, or with something after its end.
fn truncated(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let code = Code::BodyTruncated;
    let body = one.body.bytes;
    let length = one
        .body
        .source
        .request
        .headers
        .text("content-length")
        .and_then(|text| text.trim().parse::<usize>().ok());
    if let Some(start) = length.and_then(|length| body.get(..length)) {
        one.bytes(
            start,
            code,
            "the first bytes of the body, as many as Content-Length says",
        )?;
    }
    if let Some(closers) = missing_closers(body) {
        one.slices(
            &[body, closers.as_bytes()],
            code,
            &format!("the body with `{closers}` after it: its end is missing"),
        )?;
        one.slices(
            &[body, closers.as_bytes(), b"\n"],
            code,
            &format!("the body with `{closers}` and a line end after it"),
        )?;
    }
    ControlFlow::Continue(())
}

/// The brackets that a JSON text lacks at its end; `None` if it lacks none, is no JSON or nested too deep.
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
            b'{' | b'[' if open.len() == MAX_DEPTH => return None,
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
    (!closers.is_empty()).then_some(closers)
}
