//! Bodies that went through a wrong character set.

use std::ops::ControlFlow;

use super::body::One;
use super::cause::Code;
use crate::request::stream::Stream;

/// Work for a byte that is read as a character and written as another, in bytes hashed.
const WORK: u64 = 6;

/// Visits the body as other character sets make it.
pub(super) fn visit(one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let body = one.body.bytes;
    if body.is_ascii() {
        return ControlFlow::Continue(());
    }
    let code = Code::BodyCharset;
    // A byte becomes a character of three bytes, at most.
    let effort = (3 * body.len(), WORK);
    one.written(
        effort,
        code,
        "the body read as ISO 8859-1 and written as UTF-8",
        &|out| write(body.iter().map(|byte| char::from(*byte)), out),
    )?;
    one.written(
        effort,
        code,
        "the body read as Windows-1252 and written as UTF-8",
        &|out| write(body.iter().map(|byte| windows_1252(*byte)), out),
    )?;
    let Ok(text) = std::str::from_utf8(body) else {
        return one.written(
            effort,
            code,
            "the body with its broken characters as `\u{fffd}`",
            &|out| {
                for chunk in body.utf8_chunks() {
                    out.push(chunk.valid().as_bytes());
                    if !chunk.invalid().is_empty() {
                        out.push_char(char::REPLACEMENT_CHARACTER);
                    }
                }
            },
        );
    };
    narrow(text, one)?;
    let effort = (body.len(), WORK);
    one.written(
        effort,
        code,
        "the body in ASCII, with `?` for every other character",
        &|out| {
            let ascii = |char: char| if char.is_ascii() { char } else { '?' };
            write(text.chars().map(ascii), out);
        },
    )?;
    one.written(
        effort,
        code,
        "the body in ASCII, with `?` for every other byte",
        &|out| {
            let ascii = |byte: &u8| if byte.is_ascii() { *byte } else { b'?' };
            write_bytes(body.iter().map(ascii), out);
        },
    )?;
    one.written(
        effort,
        code,
        "the body in ASCII, with `?` for every other UTF-16 unit",
        &|out| {
            let ascii = |unit: u16| u8::try_from(unit).ok().filter(u8::is_ascii);
            write_bytes(
                text.encode_utf16().map(|unit| ascii(unit).unwrap_or(b'?')),
                out,
            );
        },
    )?;
    one.written(
        effort,
        code,
        "the body in ASCII, other characters left out",
        &|out| write(text.chars().filter(char::is_ascii), out),
    )?;
    // What Node's `latin1` does: the low byte of each UTF-16 unit.
    one.written(effort, code, "the body in Node's `latin1`", &|out| {
        write_bytes(text.encode_utf16().map(|unit| unit.to_le_bytes()[0]), out);
    })?;
    one.written((2 * body.len(), WORK), code, "the body in UTF-16", &|out| {
        write_bytes(text.encode_utf16().flat_map(u16::to_le_bytes), out);
    })
}

/// The body in character sets of one byte, if they have all of its characters.
fn narrow(text: &str, one: &mut One<'_, '_, '_>) -> ControlFlow<()> {
    let code = Code::BodyCharset;
    let effort = (text.len(), WORK);
    let latin1 = |char: char| u8::try_from(u32::from(char)).ok();
    if text.chars().all(|char| latin1(char).is_some()) {
        one.written(
            effort,
            code,
            "the body in ISO 8859-1, where it came as UTF-8",
            &|out| write_bytes(text.chars().filter_map(latin1), out),
        )?;
    }
    if text.chars().all(|char| to_windows_1252(char).is_some()) {
        one.written(
            effort,
            code,
            "the body in Windows-1252, where it came as UTF-8",
            &|out| write_bytes(text.chars().filter_map(to_windows_1252), out),
        )?;
    }
    ControlFlow::Continue(())
}

fn write(chars: impl Iterator<Item = char>, out: &mut Stream<'_>) {
    for char in chars {
        out.push_char(char);
        if out.is_stopped() {
            return;
        }
    }
}

fn write_bytes(bytes: impl Iterator<Item = u8>, out: &mut Stream<'_>) {
    for byte in bytes {
        out.push(&[byte]);
        if out.is_stopped() {
            return;
        }
    }
}

/// The characters of 0x80 to 0x9f in Windows-1252 (WHATWG Encoding Standard); the undefined ones stay controls.
const HIGH: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

fn to_windows_1252(char: char) -> Option<u8> {
    let high = HIGH
        .iter()
        .position(|high| *high == char)
        .and_then(|at| u8::try_from(at).ok());
    high.map(|at| 0x80 + at)
        .or_else(|| u8::try_from(u32::from(char)).ok())
}
