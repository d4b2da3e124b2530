//! Entries of the history, for people and as machine output.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::capture::{self, View, headers_json, shown};
use super::table::{Cell, cell, columns, plain};
use super::text::safe;
use super::{Paint, body, duration, indent, millis, size};
use crate::receiver::Pass;
use crate::request::{Headers, Request, redact, stored};
use crate::store::{Attempt, Direction, Entry, Facts};

/// How entries are listed.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) paint: Paint,
    pub(crate) zone: TimeZone,
    pub(crate) now: Timestamp,
    /// Whether credentials in URLs are shown.
    pub(crate) reveal: bool,
}

/// The entries, one a line.
pub(crate) fn list(entries: &[Entry], listing: &Listing) -> String {
    let rows: Vec<[Cell; 7]> = entries.iter().map(|entry| row(entry, listing)).collect();
    columns(&rows, "")
}

fn row(entry: &Entry, listing: &Listing) -> [Cell; 7] {
    let (paint, facts) = (listing.paint, &entry.facts);
    let way = match entry.id.direction {
        Direction::In | Direction::Rejected => "in",
        Direction::Out => "out",
    };
    let target = facts.url.as_deref().unwrap_or(&entry.request.target);
    let target = redact::unless(listing.reveal, target, redact::url);
    let status = match facts.status {
        Some(status) => cell(status.to_string(), |_| paint.status(status)),
        None => cell("-", |text| paint.bad(text)),
    };
    let length = match facts.over {
        Some(_) => "over".to_owned(),
        None => size(entry.request.body.len()),
    };
    [
        cell(entry.id.to_string(), |text| paint.faint(text)),
        plain(time(entry.at, listing)),
        plain(way),
        status,
        cell(name(facts), |text| paint.name(text)),
        verdict(entry, paint),
        plain(format!("{} {target}  {length}", entry.request.method)),
    ]
}

/// The time of day, and the day if it is another one.
fn time(at: Timestamp, listing: &Listing) -> String {
    let at = at.to_zoned(listing.zone.clone());
    let today = listing.now.to_zoned(listing.zone.clone());
    let form = if at.date() == today.date() {
        "%H:%M:%S"
    } else if at.year() == today.year() {
        "%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    at.strftime(form).to_string()
}

fn name(facts: &Facts) -> String {
    match (&facts.provider, &facts.event) {
        (Some(provider), Some(event)) => format!("{provider}/{event}"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => "-".to_owned(),
    }
}

fn verdict(entry: &Entry, paint: Paint) -> Cell {
    let facts = &entry.facts;
    match (facts.verdict.as_deref(), entry.id.direction) {
        (_, Direction::Rejected) => cell("rejected", |text| paint.bad(text)),
        (Some("valid"), _) => cell("valid", |text| paint.good(text)),
        (Some(bad @ ("invalid" | "missing")), _) => cell(bad, |text| paint.bad(text)),
        (Some(other), _) => cell(other, |text| paint.warn(text)),
        (None, Direction::Out) if facts.pending.is_some() => {
            cell("pending", |text| paint.warn(text))
        }
        (None, Direction::Out) if facts.good => cell("delivered", |text| paint.good(text)),
        (None, Direction::Out) => cell("failed", |text| paint.bad(text)),
        (None, Direction::In) => plain("-"),
    }
}

/// The lines of a listener about a request that it rejected.
pub(crate) fn rejected_line(entry: &Entry, view: &View) -> String {
    let (paint, facts) = (view.paint, &entry.facts);
    let at = entry.at.to_zoned(view.zone.clone());
    let reason = safe(facts.reason.as_deref().unwrap_or_default());
    let detail = safe(facts.detail.as_deref().unwrap_or_default());
    format!(
        "{}  {} {}  {}  {}\n{}",
        paint.faint(&at.strftime("%H:%M:%S%.3f").to_string()),
        paint.strong(&safe(&entry.request.method)),
        safe(&entry.request.target),
        facts
            .status
            .map_or_else(String::new, |status| paint.status(status)),
        paint.bad(&format!("✗ rejected ({reason})")),
        indent(&format!("{}\n", paint.warn(&detail)), "    "),
    )
}

/// All of one entry. `endpoint` is the name of the one that it went to.
pub(crate) fn show(entry: &Entry, endpoint: Option<&str>, view: &View) -> String {
    let (paint, facts, request) = (view.paint, &entry.facts, &entry.request);
    let mut text = format!(
        "{}  {}  {}\n",
        paint.strong(&entry.id.to_string()),
        entry
            .at
            .to_zoned(view.zone.clone())
            .strftime("%Y-%m-%d %H:%M:%S%.3f"),
        paint.name(&safe(&name(facts)))
    );
    for fact in told(entry, endpoint, view) {
        text.push_str(&format!("{fact}\n"));
    }
    let target = safe(&redact::unless(view.reveal, &request.target, redact::url));
    text.push_str(&format!(
        "\n{} {target}\n",
        paint.strong(&safe(&request.method))
    ));
    text.push_str(&capture::headers(&request.headers, view));
    text.push_str(&separated(&capture::shown_body(request, view)));
    for attempt in &entry.attempts {
        text.push_str(&answer(attempt, entry, view));
    }
    text
}

/// What is known beside the bytes, a line each.
fn told(entry: &Entry, endpoint: Option<&str>, view: &View) -> Vec<String> {
    let paint = view.paint;
    let facts = &entry.facts;
    let mut told = Vec::new();
    let mut tell = |what: &str, text: String| told.push(format!("{} {text}", paint.faint(what)));
    if let Some(id) = &facts.delivery_id {
        let mark = if facts.duplicate { " (duplicate)" } else { "" };
        tell("delivery ", format!("{}{mark}", safe(id)));
    }
    if let Some(url) = &facts.url {
        tell(
            "sent to  ",
            safe(&redact::unless(view.reveal, url, redact::url)),
        );
    }
    if let Some(id) = &facts.endpoint {
        tell("endpoint ", safe(endpoint.unwrap_or(id)));
    }
    if let Some(due) = facts.pending {
        let due = due.to_zoned(view.zone.clone());
        let due = due.strftime("%Y-%m-%d %H:%M:%S");
        tell("pending  ", format!("attempted again from {due} on"));
    }
    if let Some(of) = facts.replay_of {
        tell("replay of", of.to_string());
    }
    if facts.verdict.is_some() && entry.id.direction == Direction::In {
        let (_, verdict) = verdict(entry, paint);
        let reason = facts.reason.as_ref();
        let reason = reason.map_or_else(String::new, |reason| format!(" ({})", safe(reason)));
        let detail = facts.detail.as_ref();
        let detail = detail.map_or_else(String::new, |detail| format!(": {}", safe(detail)));
        tell("signature", format!("{verdict}{reason}{detail}"));
    }
    if entry.id.direction == Direction::Rejected {
        let reason = safe(facts.reason.as_deref().unwrap_or_default());
        let detail = safe(facts.detail.as_deref().unwrap_or_default());
        tell("rejected ", format!("{} ({reason})", paint.bad(&detail)));
    }
    if entry.id.direction != Direction::Out
        && let Some(status) = facts.status
    {
        let time = duration(facts.duration);
        tell("answered ", format!("{} in {time}", paint.status(status)));
    }
    if let Some(limit) = facts.over {
        tell("body     ", format!("over {limit} bytes, not kept"));
    }
    told
}

/// What came back of one attempt.
fn answer(attempt: &Attempt, entry: &Entry, view: &View) -> String {
    let paint = view.paint;
    let at = if entry.attempts.len() > 1 && attempt.url.is_none() {
        let at = attempt.at.to_zoned(view.zone.clone());
        paint.faint(&format!("  {}", at.strftime("%Y-%m-%d %H:%M:%S%.3f")))
    } else {
        String::new()
    };
    let status = attempt
        .status
        .map_or_else(|| paint.bad("no answer"), |status| paint.status(status));
    let what = match &attempt.url {
        Some(url) => {
            let url = safe(&redact::unless(view.reveal, url, redact::url));
            format!("{} {url}", paint.strong("forwarded to"))
        }
        None => format!("{} {}", paint.strong("attempt"), attempt.number),
    };
    if is_under_way(attempt) {
        return format!("\n{what}: {}\n", paint.warn("under way"));
    }
    let took = duration(attempt.duration);
    let mut text = format!("\n{what}: {status} in {took}{at}\n");
    let first = &entry.request.headers;
    let fresh = attempt.sent.iter().flat_map(Headers::iter);
    let fresh: Headers = fresh
        .filter(|header| first.iter().all(|other| other != *header))
        .map(|header| (header.name.clone(), header.value.clone()))
        .collect();
    if fresh.iter().next().is_some() {
        text.push_str(&format!("{}\n", paint.faint("sent with")));
        text.push_str(&indent(&capture::headers(&fresh, view), "  "));
    }
    if let Some(error) = &attempt.error {
        text.push_str(&format!("{}\n", paint.warn(&safe(error))));
    }
    text.push_str(&capture::headers(&attempt.headers, view));
    let media_type = attempt.headers.text("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    text.push_str(&separated(&body::show(&attempt.body, media_type, paint)));
    if attempt.truncated {
        text.push_str(&format!("{}\n", paint.faint("… (the rest was not kept)")));
    }
    indent(&text, "")
}

/// Whether a capture was kept before the answer of a target that it was forwarded to.
fn is_under_way(attempt: &Attempt) -> bool {
    attempt.url.is_some() && attempt.status.is_none() && attempt.error.is_none()
}

/// A body with an empty line before it.
fn separated(body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    let end = if body.ends_with('\n') { "" } else { "\n" };
    format!("\n{body}{end}")
}

/// An entry as one JSON object, with the keys of a listener's captures. Credentials are left out unless `reveal`.
pub(crate) fn json(entry: &Entry, reveal: bool) -> Value {
    let facts = &entry.facts;
    let (kind, when) = match entry.id.direction {
        Direction::In => ("capture", "received_at"),
        Direction::Out => ("delivery", "sent_at"),
        Direction::Rejected => (stored::REJECTED, "received_at"),
    };
    let is_capture = entry.id.direction == Direction::In;
    let mut object = Map::new();
    object.insert("type".into(), json!(kind));
    object.insert("id".into(), json!(entry.id.to_string()));
    object.insert(when.into(), json!(format!("{:.3}", entry.at)));
    if let Some(url) = &facts.url {
        let url = redact::unless(reveal, url, redact::url);
        object.insert("url".into(), json!(url));
    }
    stored::write(&shown(&entry.request, reveal), &mut object);
    if let Some(limit) = facts.over {
        object.remove("body");
        object.insert("over".into(), json!(limit));
    }
    if entry.id.direction == Direction::Rejected {
        object.remove("body");
        object.insert("reason".into(), json!(facts.reason));
        object.insert("detail".into(), json!(facts.detail));
        object.insert("response".into(), response(facts));
        return Value::Object(object);
    }
    object.insert("provider".into(), json!(facts.provider));
    object.insert("event".into(), json!(facts.event));
    object.insert("delivery_id".into(), json!(facts.delivery_id));
    if is_capture {
        object.insert("duplicate".into(), json!(facts.duplicate));
        object.insert("signature".into(), signature(facts));
    }
    object.insert("response".into(), response(facts));
    if !is_capture {
        object.insert("outcome".into(), json!(facts.outcome().word()));
        if let Some(id) = &facts.endpoint {
            object.insert("endpoint".into(), json!(id));
        }
        if let Some(due) = facts.pending {
            object.insert("next_attempt_at".into(), json!(format!("{due:.3}")));
        }
        if let Some(verdict) = &facts.verdict {
            object.insert(verdict.clone(), json!(true));
        }
        let of = facts.replay_of.map(|id| id.to_string());
        object.insert("replay_of".into(), json!(of));
        let attempts = entry.attempts.iter();
        let attempts: Vec<Value> = attempts
            .map(|attempt| attempt_json(attempt, reveal))
            .collect();
        object.insert("attempts".into(), json!(attempts));
    } else if !entry.attempts.is_empty() {
        let passes = entry.attempts.iter().map(|attempt| {
            let pass = Pass {
                url: attempt.url.clone().unwrap_or_default(),
                status: attempt.status,
                duration: (!is_under_way(attempt)).then_some(attempt.duration),
                error: attempt.error.clone(),
                headers: attempt.headers.clone(),
                body: attempt.body.clone(),
                truncated: attempt.truncated,
            };
            capture::pass_json(&pass, reveal)
        });
        object.insert("forward".into(), passes.collect());
    }
    Value::Object(object)
}

fn response(facts: &Facts) -> Value {
    json!({"status": facts.status, "duration_ms": millis(facts.duration)})
}

fn signature(facts: &Facts) -> Value {
    let mut signature = json!({
        "status": facts.verdict,
        "scheme": facts.scheme,
        "reason": facts.reason,
    });
    if let (Some(detail), Value::Object(object)) = (&facts.detail, &mut signature) {
        object.insert("detail".into(), json!(detail));
    }
    signature
}

fn attempt_json(attempt: &Attempt, reveal: bool) -> Value {
    let mut object = Map::new();
    object.insert("attempt".into(), json!(attempt.number));
    object.insert("sent_at".into(), json!(format!("{:.3}", attempt.at)));
    object.insert("status".into(), json!(attempt.status));
    object.insert("duration_ms".into(), json!(millis(attempt.duration)));
    object.insert("error".into(), json!(attempt.error));
    if let Some(sent) = &attempt.sent {
        object.insert("sent_headers".into(), headers_json(sent, reveal));
    }
    object.insert(
        "response_headers".into(),
        headers_json(&attempt.headers, reveal),
    );
    capture::insert_body(&attempt.body, attempt.truncated, &mut object);
    Value::Object(object)
}

/// The request as it may be shown.
pub(crate) fn request(entry: &Entry, reveal: bool) -> Request {
    shown(&entry.request, reveal)
}

/// Whether something of an entry is left out unless it is revealed.
pub(crate) fn holds_credentials(entry: &Entry) -> bool {
    let attempts = entry.attempts.iter();
    let sent = attempts.clone().filter_map(|attempt| attempt.sent.as_ref());
    let mut headers = attempts
        .clone()
        .map(|attempt| &attempt.headers)
        .chain(sent)
        .chain([&entry.request.headers]);
    let urls = attempts.filter_map(|attempt| attempt.url.as_deref());
    let mut urls = urls
        .chain(entry.facts.url.as_deref())
        .chain([&*entry.request.target]);
    headers.any(|headers| headers.iter().any(redact::hides))
        || urls.any(|url| redact::url(url) != url)
}
