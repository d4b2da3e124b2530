//! What was sent and what came back, for people and as machine output.

use serde_json::{Map, Value, json};
use url::Url;

use super::capture::shown_value;
use super::text::safe;
use super::{Paint, body, duration, indent, millis};
use crate::request::{Headers, Request, curl, latin1, raw, stored};
use crate::sender::{Answer, Attempt, Delivery};

/// The form in which a request is printed instead of being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// A curl command
    Curl,
    /// The bytes on the wire
    Http,
    /// One JSON object a line, as `listen --json` prints captures
    Json,
}

/// A request in one of the forms, as bytes since a body need not be text.
pub(crate) fn request(request: &Request, delivery: &Delivery, form: Form) -> Vec<u8> {
    match form {
        Form::Curl => curl::print(request, &absolute_url(request, &delivery.url)).into_bytes(),
        Form::Http => raw::print(request),
        Form::Json => {
            let mut object = Map::new();
            object.insert("type".into(), json!("request"));
            object.insert("provider".into(), json!(delivery.provider));
            object.insert("event".into(), json!(delivery.event));
            object.insert("delivery_id".into(), json!(delivery.id));
            object.insert("url".into(), json!(absolute_url(request, &delivery.url)));
            stored::write(request, &mut object);
            format!("{}\n", Value::Object(object)).into_bytes()
        }
    }
}

/// The URL that a request goes to: scheme and host of the delivery's, path and query of the request's.
pub(crate) fn absolute_url(request: &Request, url: &Url) -> String {
    format!("{}{}", &url[..url::Position::BeforePath], request.target)
}

/// The same, without the password that a URL may hold.
fn shown_url(request: &Request, url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() {
        // A URL with a password has a host, so it takes another.
        let _ = url.set_password(Some("redacted"));
    }
    absolute_url(request, &url)
}

/// What an attempt came to.
pub(crate) struct Result<'a> {
    pub(crate) delivery: &'a Delivery,
    pub(crate) request: &'a Request,
    pub(crate) attempt: &'a Attempt,
    /// Why it is no success, if it is none.
    pub(crate) problem: Option<&'a str>,
    /// Against the stored answer, for a replay: `fixed`, `regressed` or `same`.
    pub(crate) verdict: Option<&'static str>,
}

/// Most characters of an answer's body in machine output.
const MAX_BODY: usize = 64 * 1024;

/// An attempt as one JSON object.
pub(crate) fn json(result: &Result<'_>) -> Value {
    let Result {
        delivery, attempt, ..
    } = result;
    let answer = attempt.result.as_ref().ok();
    let failure = attempt
        .result
        .as_ref()
        .err()
        .map(|failure| failure.message.as_str());
    let mut value = json!({
        "type": "attempt",
        "provider": delivery.provider,
        "event": delivery.event,
        "delivery_id": delivery.id,
        "attempt": attempt.number,
        "url": shown_url(result.request, &delivery.url),
        "status": attempt.status(),
        "duration_ms": millis(attempt.duration),
        "outcome": if result.problem.is_none() { "success" } else { "fail" },
        "error": failure.or(result.problem),
        "response_body": answer.map(body_text),
    });
    if let (Some(verdict), Value::Object(object)) = (result.verdict, &mut value) {
        object.insert("verdict".into(), json!(verdict));
    }
    value
}

fn body_text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body[..answer.body.len().min(MAX_BODY)]).into_owned()
}

/// An attempt for people, with a line end.
pub(crate) fn human(result: &Result<'_>, paint: Paint) -> String {
    let Result {
        delivery, attempt, ..
    } = result;
    let mark = if result.problem.is_none() {
        paint.good("✓")
    } else {
        paint.bad("✗")
    };
    let name = match (&delivery.provider, &delivery.event) {
        (Some(provider), Some(event)) => format!("{provider}/{event}"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => "request".to_owned(),
    };
    let mut cells = vec![format!("{mark} {}", paint.name(&safe(&name)))];
    cells.push(format!(
        "{} {}",
        result.request.method,
        safe(&shown_url(result.request, &delivery.url))
    ));
    cells.extend(attempt.status().map(|status| paint.status(status)));
    cells.push(paint.faint(&duration(attempt.duration)));
    cells.push(safe(&delivery.id));
    if let Some(verdict) = result.verdict {
        cells.push(match verdict {
            "fixed" => paint.good(verdict),
            "regressed" => paint.bad(verdict),
            _ => paint.faint(verdict),
        });
    }
    format!("{}\n", cells.join("  "))
}

/// The whole exchange, for those who want to see it: `>` what went out, `<` what came back.
pub(crate) fn exchange(request: &Request, attempt: &Attempt, paint: Paint) -> String {
    let mut lines = vec![format!("{} {} HTTP/1.1", request.method, request.target)];
    lines.extend(header_lines(&request.headers));
    let mut text = indent(&safe_block(&lines), "> ");
    text.push_str(&indent(
        &body::show(&request.body, &request.media_type(), paint),
        "> ",
    ));
    if let Ok(answer) = &attempt.result {
        let mut lines = vec![format!("HTTP/1.1 {}", answer.status)];
        lines.extend(header_lines(&answer.headers));
        text.push_str(&indent(&safe_block(&lines), "< "));
        let media_type = answer.headers.text("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default();
        text.push_str(&indent(&body::show(&answer.body, media_type, paint), "< "));
    }
    text
}

fn header_lines(headers: &Headers) -> impl Iterator<Item = String> {
    headers.iter().map(|header| {
        let value = shown_value(&header.name, &latin1(&header.value), false);
        format!("{}: {value}", header.name)
    })
}

fn safe_block(lines: &[String]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "{}
",
                safe(line)
            )
        })
        .collect();
    lines.concat()
}

/// Most of an answer's body that is shown after a failure, in bytes.
const MAX_EXCERPT: usize = 600;

/// The start of an answer's body.
pub(crate) fn excerpt(answer: &Answer, paint: Paint) -> String {
    let cut = &answer.body[..answer.body.len().min(MAX_EXCERPT)];
    // A cut may fall into the middle of a character; that character is left out.
    let end = match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => cut.len(),
    };
    let whole = end == answer.body.len() && !answer.truncated;
    let media_type = answer.headers.text("content-type").unwrap_or_default();
    let media_type = if whole {
        media_type.split(';').next().unwrap_or_default()
    } else {
        "text/plain"
    };
    let mut text = indent(&body::show(&cut[..end], media_type, paint), "  ");
    if !whole {
        text.push_str(&format!("  {}\n", paint.faint("…")));
    }
    text
}
