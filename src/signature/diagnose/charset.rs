//! Bodies that went through a wrong character set.

use std::ops::ControlFlow;

use super::body::One;
use super::cause::Code;

/// Visits the body as other character sets make it.
pub(super) fn visit(body: &[u8], one: &mut One<'_>) -> ControlFlow<()> {
    let code = Code::BodyCharset;
    if body.is_ascii() {
        return ControlFlow::Continue(());
    }
    let twice: String = body.iter().map(|&byte| char::from(byte)).collect();
    one(
        twice.as_bytes(),
        code,
        "the body read as ISO 8859-1 and written as UTF-8",
    )?;
    let twice: String = body.iter().map(|&byte| windows_1252(byte)).collect();
    one(
        twice.as_bytes(),
        code,
        "the body read as Windows-1252 and written as UTF-8",
    )?;
    one(
        String::from_utf8_lossy(body).as_bytes(),
        code,
        "the body with its broken characters as `\u{fffd}`",
    )?;
    let Ok(text) = std::str::from_utf8(body) else {
        return ControlFlow::Continue(());
    };
    let narrow: Option<Vec<u8>> = text
        .chars()
        .map(|char| u8::try_from(u32::from(char)).ok())
        .collect();
    if let Some(bytes) = narrow {
        one(
            &bytes,
            code,
            "the body in ISO 8859-1, where it came as UTF-8",
        )?;
    }
    let narrow: Option<Vec<u8>> = text.chars().map(to_windows_1252).collect();
    if let Some(bytes) = narrow {
        one(
            &bytes,
            code,
            "the body in Windows-1252, where it came as UTF-8",
        )?;
    }
    let ascii: String = text
        .chars()
        .map(|char| if char.is_ascii() { char } else { '?' })
        .collect();
    one(
        ascii.as_bytes(),
        code,
        "the body in ASCII, with `?` for every other character",
    )?;
    let ascii: Vec<u8> = body
        .iter()
        .map(|&byte| if byte.is_ascii() { byte } else { b'?' })
        .collect();
    one(
        &ascii,
        code,
        "the body in ASCII, with `?` for every other byte",
    )?;
    let ascii: String = text
        .encode_utf16()
        .map(|unit| {
            u8::try_from(unit)
                .ok()
                .filter(u8::is_ascii)
                .map_or('?', char::from)
        })
        .collect();
    one(
        ascii.as_bytes(),
        code,
        "the body in ASCII, with `?` for every other UTF-16 unit",
    )?;
    let ascii: String = text.chars().filter(char::is_ascii).collect();
    one(
        ascii.as_bytes(),
        code,
        "the body in ASCII, other characters left out",
    )?;
    // What Node's `latin1` does: the low byte of each UTF-16 unit.
    let low: Vec<u8> = text
        .encode_utf16()
        .map(|unit| unit.to_le_bytes()[0])
        .collect();
    one(&low, code, "the body in Node's `latin1`")?;
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    one(&wide, code, "the body in UTF-16")
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
