//! A capture as the list of the page shows it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::board::Board;
use crate::capture::Filter;
use crate::capture::filter::Received;
use crate::receiver::Capture;
use crate::render::millis;
use crate::request::redact;
use crate::store::{Glance, Id};

/// A capture at a glance.
pub(super) fn glance(capture: &Capture, pinned: bool) -> Glance {
    let judgement = &capture.judgement;
    let provider = judgement.provider.as_ref();
    Glance {
        id: capture.id,
        at: capture.received_at,
        method: capture.request.method.clone(),
        target: capture.request.target.clone(),
        provider: provider.map(|provider| provider.profile.name.clone()),
        event: judgement.event.clone(),
        delivery_id: judgement.delivery_id.clone(),
        duplicate: judgement.duplicate,
        verdict: Some(judgement.verdict.word().to_owned()),
        scheme: judgement.scheme.clone(),
        reason: judgement.reason.map(|reason| reason.code().to_owned()),
        detail: judgement.detail.clone(),
        status: capture.status(),
        duration: capture.duration,
        over: capture.over.and_then(|limit| u64::try_from(limit).ok()),
        size: u64::try_from(capture.request.body.len()).unwrap_or(u64::MAX),
        pinned,
    }
}

/// The row of a capture.
pub(super) fn json(glance: &Glance) -> Value {
    json!({
        "id": glance.id.to_string(),
        "at": glance.at.as_millisecond(),
        "method": glance.method,
        "target": redact::url(&glance.target),
        "provider": glance.provider,
        "event": glance.event,
        "delivery_id": glance.delivery_id,
        "duplicate": glance.duplicate,
        "verdict": glance.verdict,
        "reason": glance.reason,
        "detail": glance.detail,
        "status": glance.status,
        "duration_ms": millis(glance.duration),
        "over": glance.over,
        "size": glance.size,
        "pinned": glance.pinned,
    })
}

/// The row of a capture that just came, if it is wanted.
pub(super) fn of_capture(capture: &Capture, filter: Option<&Filter>) -> Option<Value> {
    let received = Received {
        capture,
        pinned: false,
    };
    let is_wanted = filter.is_none_or(|filter| filter.fits(&received, Timestamp::now()));
    is_wanted.then(|| json(&glance(capture, false)))
}

/// Captures of a board that are wanted, older than one, the newest first, and where to go on.
pub(super) fn of_board(
    board: &Board,
    filter: Option<&Filter>,
    before: Option<Id>,
    limit: usize,
) -> (Vec<Glance>, Option<Id>) {
    let (mut rows, now) = (Vec::new(), Timestamp::now());
    for (capture, pinned) in board.captures() {
        let is_older = before.is_none_or(|before| capture.id < before);
        let received = Received {
            capture: &capture,
            pinned,
        };
        if !is_older || filter.is_some_and(|filter| !filter.fits(&received, now)) {
            continue;
        }
        rows.push(glance(&capture, pinned));
        if rows.len() == limit {
            return (rows, Some(capture.id));
        }
    }
    (rows, None)
}
