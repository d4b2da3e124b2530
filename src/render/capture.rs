//! A captured request, for people and as machine output.

use std::io::Read as _;

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::text::safe;
use super::{Paint, body, duration, indent, millis, size};
use crate::receiver::{Capture, Judgement, Pass, Verdict};
use crate::request::{Headers, Request, latin1, redact, stored};

/// How much of a capture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Show {
    /// Line, headers and body
    Full,
    /// Line and headers
    Headers,
    /// Line and body
    Body,
    /// One line
    Line,
    /// Nothing
    None,
}

/// How captures are shown.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) paint: Paint,
    pub(crate) show: Show,
    /// Zone of the times.
    pub(crate) zone: TimeZone,
    /// Whether credentials in headers are shown.
    pub(crate) reveal: bool,
    /// Most bytes of an unpacked body that are shown.
    pub(crate) max_body: usize,
}

/// Indentation of what belongs to a line.
const INDENT: &str = "    ";

/// A capture for people, with a line end; empty if nothing is to be shown.
pub(crate) fn human(capture: &Capture, view: &View) -> String {
    if view.show == Show::None {
        return String::new();
    }
    let mut text = line(capture, view);
    if view.show != Show::Line {
        let answers = capture
            .forwarded
            .iter()
            .map(|pass| bad_answer(pass, view.paint));
        text.extend(answers);
    }
    if matches!(view.show, Show::Full | Show::Headers) {
        text.push_str(&indent(&headers(&capture.request.headers, view), INDENT));
    }
    if matches!(view.show, Show::Full | Show::Body) {
        let body = shown_body(&capture.request, view);
        if !body.is_empty() && view.show == Show::Full {
            text.push('\n');
        }
        text.push_str(&indent(&body, INDENT));
    }
    if view.show != Show::Line {
        text.push('\n');
    }
    text
}

/// The body, unpacked if it is packed.
pub(super) fn shown_body(request: &Request, view: &View) -> String {
    let (body, media_type) = (&request.body, request.media_type());
    let encoding = request.headers.text("content-encoding");
    let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
    if body.is_empty() || !matches!(&*encoding, "gzip" | "x-gzip") {
        return body::show(body, &media_type, view.paint);
    }
    // One byte more than is shown, to see that there is more; a small body may unpack to any size.
    let limit = u64::try_from(view.max_body).unwrap_or(u64::MAX);
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(&**body)
        .take(limit.saturating_add(1))
        .read_to_end(&mut unpacked);
    let note = match read {
        Err(error) => {
            let note = view.paint.warn(&format!("no gzip: {error}"));
            return format!("{note}\n{}", body::show(body, "", view.paint));
        }
        Ok(_) if unpacked.len() > view.max_body => {
            unpacked.truncate(view.max_body);
            let shown = size(view.max_body);
            format!("(gzip, {}; the first {shown} of it)", size(body.len()))
        }
        Ok(_) => format!("(gzip, {})", size(body.len())),
    };
    let shown = body::show(&unpacked, &media_type, view.paint);
    format!("{}\n{shown}", view.paint.faint(&note))
}

/// The line that every shown capture has, and a second one if something is wrong.
pub(crate) fn line(capture: &Capture, view: &View) -> String {
    let paint = view.paint;
    let judgement = &capture.judgement;
    let time = capture
        .received_at
        .to_zoned(view.zone.clone())
        .strftime("%H:%M:%S%.3f")
        .to_string();
    let mut cells = vec![
        paint.faint(&time),
        format!(
            "{} {}",
            paint.strong(&safe(&capture.request.method)),
            safe(&redact::unless(
                view.reveal,
                &capture.request.target,
                redact::url
            ))
        ),
        match capture.status() {
            Some(status) => paint.status(status),
            None => paint.warn("dropped"),
        },
    ];
    if let Some(name) = name(judgement) {
        cells.push(paint.name(&name));
    }
    if let Some(handshake) = &capture.handshake {
        cells.push(paint.name(&format!("{} handshake", handshake.name)));
    }
    cells.push(verdict(judgement, paint));
    cells.extend(judgement.delivery_id.as_deref().map(safe));
    if judgement.duplicate {
        cells.push(paint.warn("duplicate"));
    }
    let body = match capture.over {
        Some(limit) => format!("over {}", size(limit)),
        None => size(capture.request.body.len()),
    };
    cells.push(paint.faint(&body));
    cells.push(paint.faint(&duration(capture.duration)));
    let (first, others) = match capture.forwarded.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, Default::default()),
    };
    cells.extend(first.map(|first| format!("→ {}", outcome(first, paint))));
    let mut text = cells.join("  ");
    text.push('\n');
    for pass in others {
        let url = safe(&redact::unless(view.reveal, &pass.url, redact::url));
        let (url, outcome) = (paint.faint(&url), outcome(pass, paint));
        text.push_str(&format!("{INDENT}→ {url}  {outcome}\n"));
    }
    let note = capture.handshake.as_ref();
    let note = note.and_then(|handshake| handshake.note.as_ref());
    if let Some(detail) = judgement.detail.as_ref().or(note) {
        text.push_str(&format!("{INDENT}{}\n", paint.warn(&safe(detail))));
    }
    text
}

/// What came of passing a capture on to one target.
fn outcome(pass: &Pass, paint: Paint) -> String {
    let result = match (pass.status, &pass.error) {
        (Some(status), _) => paint.status(status),
        (None, Some(error)) => paint.bad(&safe(error)),
        (None, None) => paint.warn("under way"),
    };
    match pass.duration {
        Some(time) => format!("{result} {}", paint.faint(&duration(time))),
        None => result,
    }
}

/// The start of what a target answered, if it is no success: it may say what went wrong.
fn bad_answer(pass: &Pass, paint: Paint) -> String {
    if pass.status.is_none_or(|status| status < 400) {
        return String::new();
    }
    let content_type = pass.headers.text("content-type").unwrap_or_default();
    let excerpt = body::excerpt(&pass.body, &content_type, pass.truncated, paint);
    indent(&excerpt, &format!("{INDENT}{} ", paint.faint("←")))
}

/// `provider/event`, as far as it is known.
fn name(judgement: &Judgement) -> Option<String> {
    let provider = judgement
        .provider
        .as_ref()
        .map(|provider| provider.profile.name.clone());
    match (provider, &judgement.event) {
        (Some(provider), Some(event)) => Some(format!("{provider}/{}", safe(event))),
        (Some(provider), None) => Some(provider),
        (None, event) => event.as_deref().map(safe),
    }
}

fn verdict(judgement: &Judgement, paint: Paint) -> String {
    let reason = judgement
        .reason
        .map(|reason| format!(" ({})", reason.code()))
        .unwrap_or_default();
    match judgement.verdict {
        Verdict::Valid => paint.good("✓ valid"),
        Verdict::Invalid => paint.bad(&format!("✗ invalid{reason}")),
        Verdict::Missing => paint.bad("✗ signature missing"),
        Verdict::Unsigned => paint.warn("unsigned"),
        Verdict::NoSecret => paint.warn("? no secret"),
    }
}

/// Header lines, in their order and spelling.
pub(super) fn headers(headers: &Headers, view: &View) -> String {
    let lines = headers.iter().map(|header| {
        let value = latin1(&header.value);
        let value = redact::unless(view.reveal, &value, |value| {
            redact::header(&header.name, value)
        });
        format!(
            "{}: {}\n",
            view.paint.faint(&safe(&header.name)),
            safe(&value)
        )
    });
    lines.collect()
}

/// A capture as one JSON object. Credentials are left out unless `reveal`.
pub(crate) fn json(capture: &Capture, reveal: bool) -> Value {
    let judgement = &capture.judgement;
    let mut object = Map::new();
    object.insert("type".into(), json!("capture"));
    object.insert("id".into(), json!(capture.id.to_string()));
    object.insert(
        "received_at".into(),
        json!(format!("{:.3}", capture.received_at)),
    );
    stored::write(&shown(&capture.request, reveal), &mut object);
    if capture.over.is_some() {
        object.remove("body");
    }
    object.insert(
        "provider".into(),
        json!(
            judgement
                .provider
                .as_ref()
                .map(|provider| &provider.profile.name)
        ),
    );
    object.insert("event".into(), json!(judgement.event));
    object.insert("delivery_id".into(), json!(judgement.delivery_id));
    object.insert("duplicate".into(), json!(judgement.duplicate));
    if let Some(handshake) = &capture.handshake {
        object.insert("handshake".into(), json!(handshake.name));
    }
    let signature = json!({
        "status": judgement.verdict.word(),
        "scheme": judgement.scheme,
        "reason": judgement.reason.map(crate::signature::Reason::code),
    });
    object.insert("signature".into(), signature);
    object.insert(
        "response".into(),
        json!({"status": capture.status(), "duration_ms": millis(capture.duration)}),
    );
    if !capture.forwarded.is_empty() {
        let passes = capture.forwarded.iter();
        let passes = passes.map(|pass| pass_json(pass, reveal));
        object.insert("forward".into(), passes.collect());
    }
    Value::Object(object)
}

/// What came of passing a capture on to one target.
pub(super) fn pass_json(pass: &Pass, reveal: bool) -> Value {
    let mut object = Map::new();
    object.insert(
        "url".into(),
        json!(redact::unless(reveal, &pass.url, redact::url)),
    );
    object.insert("status".into(), json!(pass.status));
    object.insert("duration_ms".into(), json!(pass.duration.map(millis)));
    object.insert("error".into(), json!(pass.error));
    if pass.status.is_some() {
        let headers = headers_json(&pass.headers, reveal);
        object.insert("response_headers".into(), headers);
        insert_body(&pass.body, pass.truncated, &mut object);
    }
    Value::Object(object)
}

/// Writes the body of an answer.
pub(super) fn insert_body(body: &[u8], truncated: bool, object: &mut Map<String, Value>) {
    let (key, body) = stored::body_to_json(body);
    object.insert(format!("response_{key}"), body);
    if truncated {
        object.insert("truncated".into(), json!(true));
    }
}

/// Headers as they may be shown.
pub(super) fn headers_json(headers: &Headers, reveal: bool) -> Value {
    if reveal {
        stored::headers_to_json(headers)
    } else {
        stored::headers_to_json(&redact::headers(headers))
    }
}

/// The request as it may be shown.
pub(super) fn shown(request: &Request, reveal: bool) -> Request {
    if reveal {
        request.clone()
    } else {
        redact::request(request)
    }
}
