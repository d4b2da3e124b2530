//! A body for people: JSON, forms, parts, text and binary, each in its own way.

use memchr::memmem;

use super::sheet::{Limits, Sheet, plain};
use super::{Paint, json, size};
use crate::request::{depth, form};

/// Bytes that are shown of a binary body.
const MAX_HEX: usize = 256;

/// Shows a body, with a line end; nothing for an empty one.
pub(crate) fn show(body: &[u8], media_type: &str, paint: Paint) -> String {
    let mut sheet = Sheet::new(Limits::BODY, paint);
    write(body, media_type, &mut sheet);
    sheet.finish()
}

/// Whole lines of a body.
fn write(body: &[u8], media_type: &str, sheet: &mut Sheet) {
    if body.is_empty() {
        return;
    }
    let claims_json = media_type.ends_with("json");
    let looks_json = matches!(
        body.iter().find(|byte| !byte.is_ascii_whitespace()),
        Some(b'{' | b'[')
    );
    if claims_json || (looks_json && media_type != form::MEDIA_TYPE) {
        match depth::check(body) {
            Ok(text) => {
                json::write(text, sheet);
                return sheet.end_line();
            }
            Err(problem) if claims_json => {
                sheet.push(&format!("no JSON: {problem}"), Paint::warn);
                sheet.end_line();
                return write_plain(body, sheet);
            }
            Err(_) => {}
        }
    }
    if media_type == form::MEDIA_TYPE
        && let Some(text) = form_text(body)
    {
        return write_form(text, sheet);
    }
    if media_type.starts_with(MULTIPART)
        && let Some(parts) = Parts::of(body)
    {
        return write_parts(parts, sheet);
    }
    write_plain(body, sheet);
}

const MULTIPART: &str = "multipart/";

/// The parts of a body that is laid out as parts are (RFC 2046, section 5.1).
struct Parts<'a> {
    rest: &'a [u8],
    /// What stands between them.
    delimiter: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// `None` for a body that is not laid out like this to its end.
    fn of(body: &'a [u8]) -> Option<Self> {
        let end = memmem::find(body, b"\r\n").filter(|_| body.starts_with(b"--"))?;
        let delimiter = [b"\r\n", &body[..end]].concat();
        let all = || Self {
            rest: &body[end..],
            delimiter: delimiter.clone(),
        };
        let mut parts = all();
        while parts.next().is_some() {}
        parts.rest.starts_with(b"--").then(all)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let part = self.rest.strip_prefix(b"\r\n")?;
        let end = memmem::find(part, &self.delimiter)?;
        self.rest = &part[end + self.delimiter.len()..];
        Some(&part[..end])
    }
}

/// Each part with its head.
fn write_parts(parts: Parts<'_>, sheet: &mut Sheet) {
    for (number, part) in parts.enumerate() {
        if number > 0 {
            sheet.end_line();
        }
        write_part(part, sheet);
    }
}

fn write_part(part: &[u8], sheet: &mut Sheet) {
    let (head, content) = match memmem::find(part, b"\r\n\r\n") {
        // It has no head.
        _ if part.starts_with(b"\r\n") => part.split_at(2),
        Some(end) => (&part[..end], &part[end + 4..]),
        None => part.split_at(part.len()),
    };
    let head = crate::request::latin1(head);
    // A part says of itself what it is; parts within parts are text.
    let mut media_type = "";
    for line in head.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-type") && !value.trim().starts_with(MULTIPART) {
            media_type = value.split(';').next().unwrap_or_default().trim();
        }
        sheet.push_token(name, Paint::faint);
        sheet.push(":", plain);
        sheet.push_token(value, plain);
        sheet.end_line();
    }
    sheet.end_line();
    sheet.set_margin("  ");
    write(content, media_type, sheet);
    sheet.set_margin("");
}

/// Most of an answer's body that is shown after a failure, in bytes.
const MAX_EXCERPT: usize = 600;

/// The start of a body, with a line end. `truncated`: there was more than is here.
pub(super) fn excerpt(body: &[u8], content_type: &str, truncated: bool, paint: Paint) -> String {
    let cut = &body[..body.len().min(MAX_EXCERPT)];
    // A cut may fall into the middle of a character; that character is left out.
    let end = match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => cut.len(),
    };
    if end == body.len() && !truncated {
        let media_type = content_type.split(';').next().unwrap_or_default();
        return show(body, media_type, paint);
    }
    let start = show(&cut[..end], "text/plain", paint);
    format!("{start}{}\n", paint.faint("…"))
}

/// A form that can be shown pair by pair.
fn form_text(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

fn write_form(text: &str, sheet: &mut Sheet) {
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        sheet.push_token(&name, Paint::name);
        sheet.push(":", plain);
        let json = depth::check(value.as_bytes()).ok();
        match json.filter(|_| value.starts_with(['{', '['])) {
            Some(json) => {
                sheet.end_line();
                sheet.set_margin("  ");
                json::write(json, sheet);
                sheet.end_line();
                sheet.set_margin("");
            }
            None => {
                sheet.push(" ", plain);
                sheet.push_token(&value, plain);
                sheet.end_line();
            }
        }
    }
}

fn write_plain(body: &[u8], sheet: &mut Sheet) {
    match std::str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => {
            for line in text.split_inclusive('\n') {
                sheet.push_safe(line.strip_suffix('\n').unwrap_or(line), plain);
                sheet.end_line();
            }
        }
        _ => write_hex(body, sheet),
    }
}

fn write_hex(body: &[u8], sheet: &mut Sheet) {
    sheet.push(
        &format!("{} of binary data", size(body.len())),
        Paint::faint,
    );
    sheet.end_line();
    for (index, row) in body[..body.len().min(MAX_HEX)].chunks(16).enumerate() {
        let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        let ascii: String = row
            .iter()
            .map(|&byte| {
                if (0x20..0x7f).contains(&byte) {
                    char::from(byte)
                } else {
                    '.'
                }
            })
            .collect();
        sheet.push(&format!("{:06x}", index * 16), Paint::faint);
        sheet.push(&format!("  {:<47}  {ascii}", hex.join(" ")), plain);
        sheet.end_line();
    }
    if body.len() > MAX_HEX {
        let more = format!("… {} more", size(body.len() - MAX_HEX));
        sheet.push(&more, Paint::faint);
        sheet.end_line();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(body: &[u8], media_type: &str) -> String {
        show(body, media_type, Paint::new(false))
    }

    #[test]
    fn each_kind_of_body_is_shown_in_its_own_way() {
        assert_eq!(shown(b"", "application/json"), "");
        assert_eq!(
            shown(b"{\"a\":1}", "application/cloudevents+json"),
            "{\n  \"a\": 1\n}\n"
        );
        assert_eq!(
            shown(b"{\"a\":1", "application/json"),
            "no JSON: EOF while parsing an object at line 1 column 6\n{\"a\":1\n"
        );
        assert_eq!(
            shown(b"a=x+y&b%5Bc%5D=%1b", form::MEDIA_TYPE),
            "a: x y\nb[c]: \\u001b\n"
        );
        assert_eq!(
            shown(b"payload=%7B%22a%22%3A1%7D", form::MEDIA_TYPE),
            "payload:\n  {\n    \"a\": 1\n  }\n"
        );
        assert_eq!(shown(b"hi\x1b[2J\n", "text/plain"), "hi\\u001b[2J\n");
        let hex =
            "5 B of binary data\n000000  00 01 ff 41 42                                   ...AB\n";
        assert_eq!(shown(b"\x00\x01\xffAB", "application/octet-stream"), hex);
    }

    #[test]
    fn parts_are_shown_one_by_one() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nZo\xc3\xab\x1b\r\n\
            --x\r\ncontent-type: application/json; charset=utf-8\r\nX: \x07\r\n\r\n{\"b\":1}\r\n\
            --x\r\n\r\nbare\r\n\
            --x\r\nContent-Type: image/png\r\n\r\n\x00\xff\r\n--x--\r\n";
        let parts = "Content-Disposition: form-data; name=\"a\"\n\n  Zoë\\u001b\n\n\
            content-type: application/json; charset=utf-8\nX: \\u0007\n\n  {\n    \"b\": 1\n  }\n\n\n  bare\n\n\
            Content-Type: image/png\n\n  2 B of binary data\n  000000  00 ff                                            ..\n";
        assert_eq!(shown(body, "multipart/form-data"), parts);
        // What is not laid out like this is shown as what it is.
        for other in [
            "--x\r\nA: b\r\n\r\nc",
            "--x\r\nA: b\r\n\r\nc\r\n--x",
            "x\r\n",
        ] {
            let as_text = shown(other.as_bytes(), "text/plain");
            assert_eq!(shown(other.as_bytes(), "multipart/mixed"), as_text);
        }
    }

    proptest! {
        #[test]
        fn any_parts_are_shown_without_a_panic(parts in prop::collection::vec(any::<Vec<u8>>(), 0..4), end: Vec<u8>) {
            let mut body = parts.join(&b"\r\n--x\r\n"[..]);
            body.splice(0..0, *b"--x\r\n");
            body.extend(end);
            let _ = shown(&body, "multipart/form-data");
            body.extend(b"\r\n--x--");
            let _ = shown(&body, "multipart/form-data");
        }
    }

    #[test]
    fn long_bodies_are_cut_and_say_so() {
        let many = "x\n".repeat(400 + 3);
        assert!(shown(many.as_bytes(), "text/plain").ends_with("x\n… 3 more lines\n"));
        let wide = "y".repeat(4_000 + 1_500);
        assert!(shown(wide.as_bytes(), "text/plain").ends_with("y … 1.5 kB more\n"));
    }
}
