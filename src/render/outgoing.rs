//! What was sent and what came back, for people and as machine output.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Map, Value, json};
use url::Url;

use super::capture::shown;
use super::text::safe;
use super::{Paint, body, duration, indent, millis};
use crate::delivery::{Endpoint, Speed, Timeline};
use crate::request::curl::{self, Shell};
use crate::request::{Headers, Request, json_text, latin1, raw, redact, stored};
use crate::sender::{Answer, Attempt, Delivery, authority};
use crate::store::Id;

/// The form in which a request is printed instead of being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// A curl command for sh, bash, zsh and fish
    Curl,
    /// A curl command for PowerShell
    Powershell,
    /// A curl command for the Windows command prompt
    Cmd,
    /// The bytes on the wire
    Http,
    /// One JSON object a line, as `listen --json` prints captures
    Json,
}

/// How a request is printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printing<'a> {
    pub(crate) form: Form,
    /// Accept any certificate.
    pub(crate) insecure: bool,
    /// File with the certificates to trust.
    pub(crate) cacert: Option<&'a str>,
    /// Show credentials.
    pub(crate) reveal: bool,
}

/// Writes a request in one of the forms, and says whether credentials were left out.
///
/// # Errors
/// The writer fails.
pub(crate) fn write_request(
    whole: &Request,
    delivery: &Delivery,
    printing: Printing<'_>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let request = &shown(whole, printing.reveal);
    let url = absolute_url(request, &delivery.url);
    let curl = |shell| {
        let origin = &delivery.url[..url::Position::BeforePath];
        let (url, target) = curl::at(origin, &request.target);
        let destination = curl::Destination {
            url: &url,
            authority: &authority(&delivery.url),
            target,
            insecure: printing.insecure,
            cacert: printing.cacert,
        };
        curl::print(request, &destination, shell).into_bytes()
    };
    match printing.form {
        Form::Curl => out.write_all(&curl(Shell::Posix))?,
        Form::Powershell => out.write_all(&curl(Shell::Powershell))?,
        Form::Cmd => out.write_all(&curl(Shell::Cmd))?,
        Form::Http => raw::write(request, out)?,
        Form::Json => {
            let mut object = Map::new();
            object.insert("type".into(), json!("request"));
            object.insert("provider".into(), json!(delivery.provider));
            object.insert("event".into(), json!(delivery.event));
            object.insert("delivery_id".into(), json!(delivery.sent_id()));
            object.insert("url".into(), json!(url));
            stored::write(request, &mut object);
            json_text::to_writer(&mut *out, &object)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(request.headers != whole.headers || request.target != whole.target)
}

/// The URL that a request goes to: scheme and host of the delivery's, path and query of the request's.
fn absolute_url(request: &Request, url: &Url) -> String {
    format!("{}{}", &url[..url::Position::BeforePath], request.target)
}

/// The URL as it may be shown.
fn shown_url(request: &Request, url: &Url, reveal: bool) -> String {
    let url = absolute_url(request, url);
    redact::unless(reveal, &url, redact::url).into_owned()
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
    /// Where it stands among the attempts of its delivery, if there can be several.
    pub(crate) timeline: Option<&'a Timeline>,
    /// The endpoint that it went to.
    pub(crate) endpoint: Option<&'a Endpoint>,
    /// The delivery in the history.
    pub(crate) id: Option<Id>,
    /// Whether credentials are shown.
    pub(crate) reveal: bool,
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
        "delivery_id": delivery.sent_id(),
        "attempt": attempt.number,
        "url": shown_url(result.request, &delivery.url, result.reveal),
        "status": attempt.status(),
        "duration_ms": millis(attempt.duration),
        "outcome": if result.problem.is_none() { "success" } else { "fail" },
        "error": failure.or(result.problem),
        "response_body": answer.map(body_text),
    });
    if let Some(verdict) = result.verdict {
        value["verdict"] = json!(verdict);
    }
    if let Some(endpoint) = result.endpoint {
        value["endpoint"] = json!(endpoint.id);
        value["endpoint_name"] = json!(endpoint.name);
    }
    if let Some(id) = result.id {
        value["id"] = json!(id.to_string());
    }
    if let Some(timeline) = result.timeline {
        value["attempts"] = json!(timeline.attempts);
        value["simulated_ms"] = json!(millis(timeline.simulated));
        value["real_ms"] = json!(millis(timeline.real));
        value["next_in_ms"] = json!(timeline.next.map(millis));
    }
    value
}

fn body_text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body[..answer.body.len().min(MAX_BODY)]).into_owned()
}

/// The widths of the columns of several attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Widths {
    name: usize,
    method: usize,
    url: usize,
    status: usize,
    time: usize,
}

impl Widths {
    /// The widths that fit all these deliveries.
    pub(crate) fn of<'a>(deliveries: impl Iterator<Item = &'a Delivery>, reveal: bool) -> Self {
        let start = Self {
            status: 3,
            time: "10.00 s".len(),
            ..Self::default()
        };
        deliveries.fold(start, |widths, delivery| {
            let url = safe(&shown_url(&delivery.request, &delivery.url, reveal));
            Self {
                name: widths.name.max(name(delivery).chars().count()),
                method: widths.method.max(delivery.request.method.len()),
                url: widths.url.max(url.chars().count()),
                ..widths
            }
        })
    }
}

/// An attempt for people, with a line end. Several stand in columns.
pub(crate) fn human(result: &Result<'_>, widths: Widths, paint: Paint) -> String {
    let Result {
        delivery, attempt, ..
    } = result;
    let mark = if result.problem.is_none() {
        paint.good("✓")
    } else {
        paint.bad("✗")
    };
    let name = format!("{:<1$}", name(delivery), widths.name);
    let url = safe(&shown_url(result.request, &delivery.url, result.reveal));
    let (method, time) = (&result.request.method, duration(attempt.duration));
    let mut cells = vec![
        format!("{mark} {}", paint.name(&name)),
        format!("{method:<0$} {url:<1$}", widths.method, widths.url),
    ];
    match attempt.status() {
        Some(status) => cells.push(paint.status(status)),
        None if widths.status > 0 => cells.push(" ".repeat(widths.status)),
        None => {}
    }
    cells.push(paint.faint(&format!("{time:>0$}", widths.time)));
    cells.extend(delivery.sent_id().map(safe));
    cells.extend(
        result
            .endpoint
            .map(|endpoint| paint.name(&safe(&endpoint.name))),
    );
    if let Some(verdict) = result.verdict {
        cells.push(match verdict {
            "fixed" => paint.good(verdict),
            "regressed" => paint.bad(verdict),
            _ => paint.faint(verdict),
        });
    }
    let mut text = format!("{}\n", cells.join("  "));
    let several = |timeline: &&Timeline| timeline.attempts > 1;
    if let Some(timeline) = result.timeline.filter(several) {
        text.push_str(&format!(
            "    {}\n",
            course(timeline, attempt.number, paint)
        ));
    }
    text
}

/// The place of an attempt among those of its delivery: its number, the simulated and the real time since the first
/// one, and the simulated time until the next.
fn course(timeline: &Timeline, number: u32, paint: Paint) -> String {
    let mut parts = vec![format!("attempt {number} of {}", timeline.attempts)];
    if number > 1 {
        let mut at = format!("after {}", span(timeline.simulated));
        if timeline.speed != Speed::REAL {
            at.push_str(&format!(" (real {})", duration(timeline.real)));
        }
        parts.push(at);
    }
    if let Some(next) = timeline.next {
        parts.push(format!("next in {}", span(next)));
    } else if timeline.is_gone {
        parts.push("gone, no other follows".to_owned());
    }
    paint.faint(&parts.join(", "))
}

/// A span of simulated time, to its two largest units: `350 ms`, `5.2 s`, `4m 48s`, `2h 5m`.
fn span(span: Duration) -> String {
    let seconds = span.as_secs_f64().round();
    let seconds = Duration::try_from_secs_f64(seconds)
        .unwrap_or(span)
        .as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600, seconds / 60);
    match seconds {
        0..60 if span.as_secs() < 60 => match span.as_millis() {
            millis @ ..1_000 => format!("{millis} ms"),
            _ => format!("{:.1} s", span.as_secs_f64()),
        },
        0..3_600 => format!("{minutes}m {}s", seconds % 60),
        3_600..86_400 => format!("{hours}h {}m", minutes % 60),
        _ => format!("{days}d {}h", hours % 24),
    }
}

/// What a delivery is called.
fn name(delivery: &Delivery) -> String {
    safe(&match (&delivery.provider, &delivery.event) {
        (Some(provider), Some(event)) => format!("{provider}/{event}"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => "request".to_owned(),
    })
}

/// The whole exchange, for those who want to see it: `>` what went out, `<` what came back.
pub(crate) fn exchange(request: &Request, attempt: &Attempt, reveal: bool, paint: Paint) -> String {
    let target = redact::unless(reveal, &request.target, redact::url);
    let line = format!("{} {target} HTTP/1.1", request.method);
    let sent = message(line, &request.headers, reveal);
    let body = body::show(&request.body, &request.media_type(), paint);
    let mut text = marked(&sent, &body, ">");
    if let Ok(answer) = &attempt.result {
        let line = format!("HTTP/1.1 {}", answer.status);
        let came = message(line, &answer.headers, reveal);
        let media_type = answer.headers.text("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default();
        let body = body::show(&answer.body, media_type, paint);
        text.push_str(&marked(&came, &body, "<"));
    }
    text
}

/// The head of a message, one line each.
fn message(first: String, headers: &Headers, reveal: bool) -> String {
    let headers = headers.iter().map(|header| {
        let value = latin1(&header.value);
        let value = redact::unless(reveal, &value, |value| redact::header(&header.name, value));
        format!("{}: {value}", header.name)
    });
    let lines: Vec<String> = std::iter::once(first)
        .chain(headers)
        .map(|line| safe(&line))
        .collect();
    format!("{}\n", lines.join("\n"))
}

/// Head and body with a mark before each line, and an empty line between them.
fn marked(head: &str, body: &str, mark: &str) -> String {
    let between = if body.is_empty() { "" } else { "\n" };
    let whole = format!("{head}{between}{body}");
    let lines = whole.lines().map(|line| match line {
        "" => format!("{mark}\n"),
        line => format!("{mark} {line}\n"),
    });
    lines.collect()
}

/// The start of an answer's body.
pub(crate) fn excerpt(answer: &Answer, paint: Paint) -> String {
    let media_type = answer.headers.text("content-type").unwrap_or_default();
    let excerpt = body::excerpt(&answer.body, &media_type, answer.truncated, paint);
    indent(&excerpt, "  ")
}
