//! One capture: all that is known of it.

use axum::http::Uri;
use serde_json::{Value, json};

use super::reply::{Refusal, Reply, json, typed};
use super::row;
use super::server::parameter;
use super::state::Page;
use crate::receiver::{Capture, Pass};
use crate::render::{difference, history, millis};
use crate::request::{Headers, Request, latin1, redact, stored};
use crate::signature;
use crate::store::{Entry, Id};

/// Most of an answer's body that is shown, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// Most of a value that differs, in characters.
const MAX_DIFFERING: usize = 4_000;

pub(super) fn entry(page: &Page, id: Id) -> Result<Entry, Refusal> {
    let entry = page.shelf.get(id)?;
    entry.ok_or_else(|| Refusal::not_found(&id.to_string()))
}

/// A capture with the keys of the history but for its body, and what the page adds.
pub(super) fn shown(page: &Page, id: Id, reveal: bool) -> Reply {
    let mut entry = entry(page, id)?;
    let body = std::mem::take(&mut entry.request.body);
    let mut object = history::json(&entry, reveal);
    if let Value::Object(object) = &mut object {
        object.remove("body");
    }
    object["size"] = json!(body.len());
    object["media_type"] = json!(entry.request.media_type());
    object["pinned"] = json!(page.shelf.is_pinned(id)?);
    object["redacted"] = json!(!reveal && history::holds_credentials(&entry));
    object["roles"] = roles(&entry);
    let settings = page.settings.catalogue()?;
    let name = entry.facts.provider.as_deref();
    let provider = name.and_then(|name| settings.provider(name).ok());
    object["label"] = json!(provider.map(|provider| provider.profile.label.clone()));
    if let Some(capture) = page.board.capture(id) {
        object["answer"] = answer(&capture, reveal);
        object["handshake"] = json!(capture.handshake.as_ref().map(|shake| &shake.name));
        let passes = capture.forwarded.iter();
        object["forward"] = passes.map(|one| pass(one, reveal)).collect();
    }
    Ok(json(&object))
}

/// What headers are for the signature, by their names in lower case.
fn roles(entry: &Entry) -> Value {
    let scheme = entry.facts.scheme.as_deref().and_then(signature::named);
    let Some(scheme) = scheme else {
        return json!({});
    };
    let time = scheme.ts.as_ref().and_then(|ts| ts.header.as_deref());
    let roles = [
        (
            scheme.sig.as_ref().and_then(|sig| sig.header()),
            "signature",
        ),
        (scheme.id_header.as_deref(), "delivery id, signed"),
        (time, "time, signed"),
    ];
    let roles = roles
        .into_iter()
        .filter_map(|(name, role)| Some((name?.to_ascii_lowercase(), json!(role))));
    Value::Object(roles.collect())
}

fn answer(capture: &Capture, reveal: bool) -> Value {
    let answer = &capture.answer;
    let shown = &answer.body[..answer.body.len().min(MAX_ANSWER)];
    let (key, body) = stored::body_to_json(shown);
    let mut value = json!({
        "status": capture.status(),
        "headers": headers(&answer.headers, reveal),
        "delay_ms": millis(answer.delay),
        "size": answer.body.len(),
    });
    value[key] = body;
    value
}

fn headers(headers: &Headers, reveal: bool) -> Value {
    let shown = headers.iter().map(|header| {
        let value = latin1(&header.value);
        let value = redact::unless(reveal, &value, |value| redact::header(&header.name, value));
        json!([header.name, value])
    });
    shown.collect()
}

fn pass(pass: &Pass, reveal: bool) -> Value {
    json!({
        "url": redact::unless(reveal, &pass.url, redact::url),
        "status": pass.status,
        "duration_ms": pass.duration.map(millis),
        "error": pass.error,
    })
}

/// The bytes of a body, which no browser takes for anything else.
pub(super) fn body(page: &Page, id: Id) -> Reply {
    let body = entry(page, id)?.request.body;
    Ok(typed("application/octet-stream", body))
}

/// Captures of the same delivery, and replays of this one.
pub(super) fn attempts(page: &Page, id: Id) -> Reply {
    let entry = entry(page, id)?;
    let same = page.shelf.same_delivery(&entry)?;
    let replays = page.shelf.replays(id)?;
    let replays = replays.iter().map(|replay| {
        let attempt = replay.attempts.last();
        json!({
            "id": replay.id.to_string(),
            "at": replay.at.as_millisecond(),
            "url": replay.facts.url.as_deref().map(redact::url),
            "status": replay.facts.status,
            "duration_ms": millis(replay.facts.duration),
            "good": replay.facts.good,
            "error": attempt.and_then(|attempt| attempt.error.as_deref()),
        })
    });
    Ok(json(&json!({
        "delivery_id": entry.facts.delivery_id,
        "captures": same.iter().map(row::json).collect::<Vec<_>>(),
        "replays": replays.collect::<Vec<_>>(),
    })))
}

/// What differs between two.
pub(super) fn compared(page: &Page, a: Id, b: Id, uri: &Uri) -> Reply {
    let request = |id| entry(page, id).map(|entry| entry.request);
    let (one, other): (Request, Request) = (request(a)?, request(b)?);
    let is_loose = parameter(uri, "volatile").as_deref() == Some("ignore");
    let reveal = parameter(uri, "reveal").is_some();
    let all = difference::between(&one, &other, is_loose);
    let differences = all.found.iter();
    let differences: Vec<Value> = differences
        .map(|one| one.json(MAX_DIFFERING, reveal))
        .collect();
    Ok(json(&json!({
        "a": a.to_string(),
        "b": b.to_string(),
        "differences": differences,
        "more": all.more,
    })))
}
