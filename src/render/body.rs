//! A body for people: JSON, forms, parts, text and binary, each in its own way.

use memchr::memmem;

use super::{Paint, indent, json, size, text};
use crate::request::form;

/// Most lines that are shown of one body.
const MAX_LINES: usize = 400;
/// Most bytes of one line.
const MAX_LINE: usize = 4_000;
/// Bytes that are shown of a binary body.
const MAX_HEX: usize = 256;

/// Shows a body, with a line end; nothing for an empty one.
pub(crate) fn show(body: &[u8], media_type: &str, paint: Paint) -> String {
    if body.is_empty() {
        return String::new();
    }
    let claims_json = media_type.ends_with("json");
    let looks_json = matches!(
        body.iter().find(|byte| !byte.is_ascii_whitespace()),
        Some(b'{' | b'[')
    );
    if claims_json || (looks_json && media_type != form::MEDIA_TYPE) {
        match json::pretty(body, paint) {
            Ok(pretty) => return limit(&pretty, paint),
            Err(problem) if claims_json => {
                return format!(
                    "{}\n{}",
                    paint.warn(&format!("no JSON: {problem}")),
                    plain(body, paint)
                );
            }
            Err(_) => {}
        }
    }
    if media_type == form::MEDIA_TYPE
        && let Some(form) = show_form(body, paint)
    {
        return form;
    }
    if media_type.starts_with(MULTIPART)
        && let Some(parts) = show_parts(body, paint)
    {
        return parts;
    }
    plain(body, paint)
}

const MULTIPART: &str = "multipart/";

/// Each part with its head; `None` if it is not laid out as parts are (RFC 2046, section 5.1).
fn show_parts(body: &[u8], paint: Paint) -> Option<String> {
    let end = memmem::find(body, b"\r\n").filter(|_| body.starts_with(b"--"))?;
    let delimiter = [b"\r\n", &body[..end]].concat();
    let (mut shown, mut rest) = (Vec::new(), &body[end..]);
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = memmem::find(part, &delimiter)?;
        if shown.len() < MAX_LINES {
            shown.push(show_part(&part[..end], paint));
        }
        rest = &part[end + delimiter.len()..];
    }
    rest.starts_with(b"--").then_some(())?;
    Some(limit(&shown.join("\n"), paint))
}

fn show_part(part: &[u8], paint: Paint) -> String {
    let (head, content) = match memmem::find(part, b"\r\n\r\n") {
        // It has no head.
        _ if part.starts_with(b"\r\n") => part.split_at(2),
        Some(end) => (&part[..end], &part[end + 4..]),
        None => part.split_at(part.len()),
    };
    let head = crate::request::latin1(head);
    let mut shown = String::new();
    // A part says of itself what it is; parts within parts are text.
    let mut media_type = "";
    for line in head.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-type") && !value.trim().starts_with(MULTIPART) {
            media_type = value.split(';').next().unwrap_or_default().trim();
        }
        let name = paint.faint(&text::safe(name));
        shown.push_str(&format!("{name}:{}\n", text::safe(value)));
    }
    let content = show(content, media_type, paint);
    format!("{shown}\n{}", indent(&content, "  "))
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

fn show_form(body: &[u8], paint: Paint) -> Option<String> {
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| !text.chars().any(char::is_control))?;
    let pairs = form::pairs(text.as_bytes());
    let lines: Vec<String> = pairs
        .iter()
        .map(|(key, value)| {
            let shown = json::pretty(value.as_bytes(), paint)
                .ok()
                .filter(|_| value.starts_with(['{', '[']));
            let value = match shown {
                Some(json) => format!("\n{}", indent(&json, "  ")),
                None => format!(" {}", text::safe(value)),
            };
            format!("{}:{value}\n", paint.name(&text::safe(key)))
        })
        .collect();
    Some(limit(&lines.concat(), paint))
}

fn plain(body: &[u8], paint: Paint) -> String {
    match std::str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => limit(&text::safe_lines(text), paint),
        _ => hex_dump(body, paint),
    }
}

/// Cuts long texts, and says so.
fn limit(text: &str, paint: Paint) -> String {
    let mut shown = String::new();
    let mut lines = text.lines();
    for line in lines.by_ref().take(MAX_LINES) {
        match line.char_indices().nth(MAX_LINE) {
            Some((end, _)) => {
                shown.push_str(&line[..end]);
                shown.push_str(&paint.faint(&format!(" … {} more", size(line.len() - end))));
            }
            None => shown.push_str(line),
        }
        shown.push('\n');
    }
    let left = lines.count();
    if left > 0 {
        shown.push_str(&paint.faint(&format!("… {left} more lines")));
        shown.push('\n');
    }
    shown
}

fn hex_dump(body: &[u8], paint: Paint) -> String {
    let mut shown = paint.faint(&format!("{} of binary data", size(body.len())));
    shown.push('\n');
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
        let offset = paint.faint(&format!("{:06x}", index * 16));
        shown.push_str(&format!("{offset}  {:<47}  {ascii}\n", hex.join(" ")));
    }
    if body.len() > MAX_HEX {
        shown.push_str(&paint.faint(&format!("… {} more", size(body.len() - MAX_HEX))));
        shown.push('\n');
    }
    shown
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
        let many = "x\n".repeat(MAX_LINES + 3);
        assert!(shown(many.as_bytes(), "text/plain").ends_with("x\n… 3 more lines\n"));
        let wide = "y".repeat(MAX_LINE + 1500);
        assert!(shown(wide.as_bytes(), "text/plain").ends_with("y … 1.5 kB more\n"));
    }
}
