//! Forms that were parsed and written again, or put around a body or taken off it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use serde_json::Value;

use super::body::{Body, One, replace};
use super::budget::Part;
use super::cause::Code;
use crate::request::form;
use crate::request::stream::Stream;

/// Most pairs that are sorted or made an object of: each takes some fifty bytes of memory.
const MAX_PAIRS: usize = 64 * 1024;
/// Work for a byte that is decoded and escaped, in bytes hashed.
const WORK: u64 = 8;
/// Work for a pair that is read.
const PAIR: u64 = 320;

/// Visits the body as a form that is written in other ways.
pub(super) fn visit(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let Body { bytes, spelled, .. } = one.body;
    let Ok(text) = std::str::from_utf8(bytes) else {
        return ControlFlow::Continue(());
    };
    if spelled.is_some() {
        return of_json(text, one);
    }
    if !text.contains('=') || text.contains(['{', '\n']) {
        return ControlFlow::Continue(());
    }
    of_form(text, one)
}

/// JSON as the field of a form, or its fields as those of one.
fn of_json(text: &str, one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let code = Code::BodyFormEncoding;
    for style in distinct(&present(text.as_bytes())) {
        for field in ["payload", "data", "body"] {
            one.written(
                (3 * text.len() + field.len() + 1, WORK),
                code,
                &format!("the body as the form field `{field}`"),
                &|out| {
                    out.push(field.as_bytes());
                    out.push(b"=");
                    escape(text, style, out);
                },
            )?;
        }
    }
    if !text.trim_ascii_start().starts_with('{') {
        return ControlFlow::Continue(());
    }
    let budget = one.body.budget;
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if !budget.holds(Part::Forms, length) {
        return ControlFlow::Continue(());
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return ControlFlow::Continue(());
    };
    // Each value is written with the names of all that it is in.
    let written = form::length(&value);
    if !budget.take(Part::Forms, WORK * written) {
        return ControlFlow::Continue(());
    }
    one.bytes(
        form::from_value(&value).as_bytes(),
        code,
        "the body as a form, where it came as JSON",
    )
}

/// A form written again, or what is in it.
fn of_form(text: &str, one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let code = Code::BodyFormEncoding;
    let pairs = || form_urlencoded::parse(text.as_bytes());
    let budget = one.body.budget;
    let count = memchr::memchr_iter(b'&', text.as_bytes()).count() + 1;
    let [length, pair_count] =
        [text.len(), count].map(|size| u64::try_from(size).unwrap_or(u64::MAX));
    let reading = WORK * length + PAIR * pair_count;
    if !budget.take(Part::Forms, reading) {
        return ControlFlow::Continue(());
    }
    let mut bytes = [false; 256];
    for (name, value) in pairs() {
        for byte in name.bytes().chain(value.bytes()) {
            bytes[usize::from(byte)] = true;
        }
        if value.starts_with(['{', '[']) {
            let name = name.escape_default();
            let what = format!("the text of the form field `{name}`");
            one.bytes(value.as_bytes(), code, &what)?;
        }
    }
    let sorted = (budget.most(Part::Forms, count, MAX_PAIRS) == count).then(|| {
        let mut sorted: Vec<_> = pairs().collect();
        sorted.sort();
        sorted
    });
    let effort = (3 * text.len(), reading / length);
    for style in distinct(&bytes) {
        let what = format!("the form written again with {}", style.words());
        one.written(effort, code, &what, &|out| write(pairs(), style, out))?;
        if let Some(sorted) = &sorted {
            one.written(
                effort,
                code,
                &format!("{what}, its fields sorted"),
                &|out| {
                    write(sorted.iter().cloned(), style, out);
                },
            )?;
        }
    }
    let bytes = text.as_bytes();
    one.written(
        (bytes.len(), 1),
        code,
        "the form with `+` for spaces",
        &|out| {
            replace(bytes, b"%20", b"+", out);
        },
    )?;
    one.written(
        (3 * text.len(), 1),
        code,
        "the form with `%20` for spaces",
        &|out| replace(bytes, b"+", b"%20", out),
    )?;
    one.written(
        // Broken characters become `\u{fffd}`.
        effort,
        code,
        "the form with its escapes undone",
        &|out| {
            for (index, (name, value)) in pairs().enumerate() {
                out.push(if index > 0 { b"&" } else { b"" });
                out.push(name.as_bytes());
                out.push(b"=");
                out.push(value.as_bytes());
                if out.is_stopped() {
                    return;
                }
            }
        },
    )?;
    if sorted.is_none() || !budget.take(Part::Forms, 4 * reading) {
        return ControlFlow::Continue(());
    }
    let object: serde_json::Map<String, Value> = pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    let json = crate::request::json::stringify(&Value::Object(object));
    one.bytes(json.as_bytes(), code, "the form's fields as JSON")
}

/// How a form is escaped.
#[derive(Clone, Copy, Debug)]
enum Escapes {
    /// Browsers: `+` for a space; `*-._` stay.
    Browser,
    /// Python's `quote_plus`: `+` for a space; `-._~` stay.
    QuotePlus,
    /// RFC 3986: `%20` for a space; `-._~` stay.
    Rfc3986,
    /// JavaScript's `encodeURIComponent`: `%20`; `-._~!'()*` stay.
    Component,
    /// Python's `quote`: `%20`; `-._~/` stay.
    Quote,
    /// As [`Self::QuotePlus`], with hex digits in lower case.
    LowerCase,
}

const STYLES: [Escapes; 6] = [
    Escapes::Browser,
    Escapes::QuotePlus,
    Escapes::Rfc3986,
    Escapes::Component,
    Escapes::Quote,
    Escapes::LowerCase,
];

impl Escapes {
    fn words(self) -> &'static str {
        match self {
            Self::Browser => "the escapes of a browser",
            Self::QuotePlus => "`+` for spaces and `~` as it is",
            Self::Rfc3986 => "`%20` for spaces, as RFC 3986 has it",
            Self::Component => "the escapes of encodeURIComponent",
            Self::Quote => "`%20` for spaces and `/` as it is",
            Self::LowerCase => "hex digits in lower case",
        }
    }

    fn keeps(self) -> &'static [u8] {
        match self {
            Self::Browser => b"*-._",
            Self::QuotePlus | Self::Rfc3986 | Self::LowerCase => b"-._~",
            Self::Component => b"-._~!'()*",
            Self::Quote => b"-._~/",
        }
    }

    fn is_kept(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || self.keeps().contains(&byte)
    }

    /// How a byte is written that is not kept.
    fn escape(self, byte: u8) -> ([u8; 3], usize) {
        let plus = matches!(self, Self::Browser | Self::QuotePlus | Self::LowerCase);
        if byte == b' ' && plus {
            return ([b'+', 0, 0], 1);
        }
        let digits = if matches!(self, Self::LowerCase) {
            b"0123456789abcdef"
        } else {
            b"0123456789ABCDEF"
        };
        let digit = |nibble: u8| digits[usize::from(nibble)];
        ([b'%', digit(byte >> 4), digit(byte & 0xf)], 3)
    }
}

/// The bytes that a text has.
fn present(text: &[u8]) -> [bool; 256] {
    let mut present = [false; 256];
    for byte in text {
        present[usize::from(*byte)] = true;
    }
    present
}

/// The styles that write these bytes in different ways.
fn distinct(present: &[bool; 256]) -> Vec<Escapes> {
    let all = || (0..=u8::MAX).filter(|byte| present[usize::from(*byte)]);
    let mut seen = Vec::new();
    let mut distinct = Vec::new();
    for style in STYLES {
        let written: Vec<_> = all()
            .map(|byte| (!style.is_kept(byte)).then(|| style.escape(byte)))
            .collect();
        if !seen.contains(&written) {
            seen.push(written);
            distinct.push(style);
        }
    }
    distinct
}

fn escape(text: &str, style: Escapes, out: &mut Stream<'_>) {
    let kept: [bool; 256] =
        std::array::from_fn(|byte| u8::try_from(byte).is_ok_and(|byte| style.is_kept(byte)));
    let mut rest = text.as_bytes();
    while !rest.is_empty() && !out.is_stopped() {
        let is_kept = |byte: &&u8| kept[usize::from(**byte)];
        let (run, after) = rest.split_at(rest.iter().take_while(is_kept).count());
        out.push(run);
        rest = after;
        if let Some((byte, after)) = rest.split_first() {
            let (text, length) = style.escape(*byte);
            out.push(&text[..length]);
            rest = after;
        }
    }
}

fn write<'p>(
    pairs: impl Iterator<Item = (Cow<'p, str>, Cow<'p, str>)>,
    style: Escapes,
    out: &mut Stream<'_>,
) {
    for (index, (name, value)) in pairs.enumerate() {
        out.push(if index > 0 { b"&" } else { b"" });
        escape(&name, style, out);
        out.push(b"=");
        escape(&value, style, out);
        if out.is_stopped() {
            return;
        }
    }
}
