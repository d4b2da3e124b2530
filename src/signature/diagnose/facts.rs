//! What is plain to see in a request that does not verify: for the reader, where no cause was found.

use crate::request::Request;
use crate::request::depth::{self, JsonProblem};

/// Facts about the body and the signature, one a line.
pub(crate) fn facts(request: &Request) -> Vec<String> {
    let body = &request.body;
    let mut facts = vec![size(request)];
    if body.is_empty() {
        return facts;
    }
    facts.push(format!(
        "it starts with `{}` and ends with `{}`",
        shown(&body[..body.len().min(16)]),
        shown(&body[body.len().saturating_sub(16)..])
    ));
    facts.push(style(body));
    facts
}

fn size(request: &Request) -> String {
    let length = request.body.len();
    let bytes = if length == 1 {
        "1 byte".to_owned()
    } else {
        format!("{length} bytes")
    };
    let said = request
        .headers
        .text("content-length")
        .and_then(|text| text.trim().parse::<usize>().ok());
    match said {
        Some(said) if said != length => {
            format!("the body has {bytes}, and Content-Length says {said}")
        }
        Some(_) => format!("the body has {bytes}, as Content-Length says"),
        None => format!("the body has {bytes}"),
    }
}

fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .flat_map(|char| match char {
            '"' | '\'' => vec![char],
            char => char.escape_debug().collect(),
        })
        .collect()
}

fn style(body: &[u8]) -> String {
    let mut words = Vec::new();
    match std::str::from_utf8(body) {
        Err(_) => words.push("no UTF-8"),
        Ok(text) => {
            let trimmed = text.trim();
            words.push(match depth::check(body).err() {
                Some(JsonProblem::TooDeep) => {
                    "text nested deeper than 128 levels, which is not read as JSON"
                }
                Some(_) if trimmed.starts_with(['{', '[']) => "broken JSON",
                Some(_) => "text that is no JSON",
                None if trimmed.contains('\n') => "indented JSON",
                None if trimmed.contains("\": ") || trimmed.contains(", \"") => "JSON with spaces",
                None => "compact JSON",
            });
            if !text.is_ascii() {
                words.push("with characters beyond ASCII");
            }
            if text.contains("\\u") {
                words.push("with `\\u` escapes");
            }
            if text.contains("\\/") {
                words.push("with `\\/`");
            }
        }
    }
    if body.starts_with(b"\xef\xbb\xbf") {
        words.push("with a byte order mark");
    }
    if body.contains(&b'\r') {
        words.push("with carriage returns");
    }
    if body.ends_with(b"\n") {
        words.push("with a line end at its end");
    }
    format!("it is {}", words.join(", "))
}
