//! Faults on purpose: each breaks a signed delivery in one way, and leaves it well-formed in all others.

use serde::{Deserialize, Serialize};

use super::scheme::{Scheme, Unit};
use crate::request::{Request, json};

/// What to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tamper {
    /// Change one character of the body after it was signed
    Body,
    /// Change one character of the signature
    Signature,
    /// Move the timestamp by a second after it was signed
    Timestamp,
    /// Change the delivery id after it was signed
    Id,
    /// Sign with another secret
    Secret,
    /// Leave the signature headers out
    Headers,
}

/// Breaks a signed request. [`Tamper::Secret`] is done by signing with another key.
///
/// # Errors
/// Why this scheme leaves nothing to break there.
pub(crate) fn tamper(scheme: &Scheme, request: &mut Request, what: Tamper) -> Result<(), String> {
    if what == Tamper::Body {
        return tamper_body(request);
    }
    let sig = scheme.sig.as_ref().ok_or("it is not signed")?;
    let absent = |what: &str| format!("its signature does not cover {what}");
    match what {
        Tamper::Body | Tamper::Secret => {}
        Tamper::Signature => change(request, sig.header(), sig.body.as_deref(), another_digest)?,
        Tamper::Timestamp => {
            let ts = scheme.ts.as_ref().ok_or_else(|| absent("a timestamp"))?;
            let moved = |text: &str| later(ts.unit, text);
            match (&ts.sigfield, &sig.kv) {
                (Some(field), Some(kv)) => change(request, sig.header(), None, |value| {
                    move_field(value, &format!("{field}{kv}"), moved)
                })?,
                _ => change(request, ts.header.as_deref(), ts.body.as_deref(), moved)?,
            }
        }
        Tamper::Id => {
            let name = scheme
                .id_header
                .as_deref()
                .ok_or_else(|| absent("a delivery id"))?;
            change(request, Some(name), None, swap_last)?;
        }
        Tamper::Headers => {
            for name in scheme.header_names() {
                request.headers.remove(name);
            }
            if let Some(path) = &sig.body {
                change(request, None, Some(path), |_| String::new())?;
            }
        }
    }
    Ok(())
}

/// Changes a value in a header or in the body.
pub(super) fn change(
    request: &mut Request,
    header: Option<&str>,
    path: Option<&str>,
    with: impl Fn(&str) -> String,
) -> Result<(), String> {
    let missing = || "it is not signed".to_owned();
    if let Some(name) = header {
        let value = request.headers.text(name).ok_or_else(missing)?.into_owned();
        request.headers.set(name, with(&value));
        return Ok(());
    }
    let changed = |node: Option<json::Node<'_>>| {
        let node = node?;
        let changed = with(&node.text()?);
        Some(match changed.parse::<i64>() {
            Ok(number) if node.is_number() => number.to_string(),
            _ => json::quoted(&changed),
        })
    };
    let path = path.ok_or_else(missing)?;
    request.body = json::put(&request.body, path, changed)
        .ok_or_else(missing)?
        .into();
    Ok(())
}

/// A time one second later.
fn later(unit: Unit, text: &str) -> String {
    let step = if unit == Unit::Milliseconds { 1000 } else { 1 };
    if let Ok(time) = text.parse::<i64>() {
        return time.saturating_add(step).to_string();
    }
    let time = text.parse::<jiff::Timestamp>().unwrap_or_default();
    jiff::Timestamp::from_second(time.as_second().saturating_add(1))
        .unwrap_or_default()
        .to_string()
}

/// Changes the field of a signature header that starts like this.
fn move_field(value: &str, start: &str, with: impl Fn(&str) -> String) -> String {
    let Some(at) = value.find(start).map(|at| at + start.len()) else {
        return value.to_owned();
    };
    let length = value[at..].bytes().take_while(u8::is_ascii_digit).count();
    let (before, rest) = value.split_at(at);
    let (time, after) = rest.split_at(length);
    format!("{before}{}{after}", with(time))
}

fn tamper_body(request: &mut Request) -> Result<(), String> {
    if request.body.is_empty() {
        let Some((path, query)) = request.target.split_once('?') else {
            return Err("it has no body".to_owned());
        };
        request.target = format!("{path}?{}", swap_last(query));
        return Ok(());
    }
    let mut body = request.body.to_vec();
    match (last_text_byte(&body), body.first(), body.last()) {
        (Some(index), _, _) => body[index] = other(body[index]),
        // Nothing to exchange without breaking JSON, so something is added.
        (None, Some(b'{'), Some(b'}')) => insert_at_end(&mut body, br#""tampered":true"#),
        (None, Some(b'['), Some(b']')) => insert_at_end(&mut body, b"null"),
        _ => body.push(b'x'),
    }
    request.body = body.into();
    Ok(())
}

/// Adds a member to a JSON object or list.
fn insert_at_end(body: &mut Vec<u8>, member: &[u8]) {
    let end = body.pop();
    if body[1..].iter().any(|byte| !byte.is_ascii_whitespace()) {
        body.push(b',');
    }
    body.extend_from_slice(member);
    body.extend(end);
}

/// The last letter or digit that can be exchanged without breaking JSON: it belongs to no escape, and to no word
/// such as `null`, since it stands in a string. In a body that is no JSON, the last one.
fn last_text_byte(body: &[u8]) -> Option<usize> {
    if !matches!(body.first(), Some(b'{' | b'[')) {
        return body.iter().rposition(u8::is_ascii_alphanumeric);
    }
    let (mut last, mut in_string, mut skip) = (None, false, 0usize);
    for (index, &byte) in body.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
        } else if in_string && byte == b'\\' {
            skip = if body.get(index + 1) == Some(&b'u') {
                5
            } else {
                1
            };
        } else if byte == b'"' {
            in_string = !in_string;
        } else if in_string && byte.is_ascii_alphanumeric() {
            last = Some(index);
        }
    }
    last
}

/// The neighbour of a letter or digit.
pub(super) fn other(byte: u8) -> u8 {
    match byte {
        b'9' | b'z' | b'Z' => byte - 1,
        _ => byte + 1,
    }
}

/// Where the digest starts in the value of a signature: behind the last prefix or version.
pub(super) fn digest_start(value: &str) -> usize {
    let start = value.rfind([',', ' ']).map_or(0, |index| index + 1);
    // `sha256=` is a prefix; the `=` at the end of base64 is not.
    start
        + value[start..]
            .trim_end_matches('=')
            .rfind('=')
            .map_or(0, |index| index + 1)
}

/// Changes the first character of the digest, so that the form stays.
fn another_digest(value: &str) -> String {
    let mut bytes = value.as_bytes().to_vec();
    if let Some(byte) = bytes.get_mut(digest_start(value)) {
        *byte = if *byte == b'a' { b'b' } else { b'a' };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| value.to_owned())
}

fn swap_last(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    match bytes.iter().rposition(u8::is_ascii_alphanumeric) {
        Some(index) => bytes[index] = other(bytes[index]),
        None => bytes.push(b'x'),
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(text: &str) -> String {
        let mut request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: crate::request::Headers::default(),
            body: text.to_owned().into(),
        };
        tamper_body(&mut request).unwrap();
        String::from_utf8(request.body.to_vec()).unwrap()
    }

    #[test]
    fn a_changed_body_stays_json_and_says_something_else() {
        assert_eq!(body(r#"{"a":"b","c":null}"#), r#"{"a":"b","d":null}"#);
        assert_eq!(body(r#"{"a":"\n"}"#), r#"{"b":"\n"}"#);
        assert_eq!(body(r#"{"a":"\u00e9"}"#), r#"{"b":"\u00e9"}"#);
        assert_eq!(body("{}"), r#"{"tampered":true}"#);
        assert_eq!(body("a=1&b=z"), "a=1&b=y");
    }

    #[test]
    fn a_changed_signature_keeps_its_form() {
        assert_eq!(another_digest("v1,g0hM="), "v1,a0hM=");
        assert_eq!(another_digest("sha256=abc"), "sha256=bbc");
        assert_eq!(another_digest("abc"), "bbc");
    }

    proptest! {
        #[test]
        fn json_stays_json(keys in prop::collection::btree_map("\\PC{0,6}", "[\\PC\n\"\\\\]{0,8}", 0..5)) {
            let text = serde_json::to_string(&keys).unwrap();
            let changed = body(&text);
            prop_assert_ne!(&changed, &text);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&changed).is_ok(), "{changed}");
        }
    }
}
