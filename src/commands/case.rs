//! What came of a case of a file, in words.

use serde_json::Value;

use super::outgoing::Planned;
use crate::audit::suite::Case;
use crate::render::duration;
use crate::sender::{Attempt, advice};

/// A value as `--set` reads it.
pub(super) fn set(value: &Value) -> String {
    match value {
        // A text that looks like JSON stays a text.
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
        other => other.to_string(),
    }
}

/// What is expected of a case: what it says; of what was broken on purpose, that it is refused.
fn statuses(case: &Case) -> Option<String> {
    let written = case.expect.as_ref().map(|set| set.text().to_owned());
    written.or_else(|| case.tamper().map(|_| "4xx".to_owned()))
}

pub(super) fn expected(case: &Case) -> String {
    let mut parts = vec![statuses(case).unwrap_or_else(|| "a success".to_owned())];
    parts.extend(
        case.expect_body
            .as_ref()
            .map(|text| format!("`{text}` in the body")),
    );
    parts.extend(case.max_time.map(|limit| format!("within {limit}")));
    parts.join(", ")
}

/// What is wrong with an answer.
pub(super) enum Wrong {
    /// There is none, or its status is another.
    Status,
    /// A text is not in its body.
    Body,
    /// It took too long.
    Time,
}

/// What of an answer is not as expected, if anything is.
pub(super) fn judge(case: &Case, planned: &Planned, attempt: &Attempt) -> Option<Wrong> {
    let Ok(answer) = &attempt.result else {
        return Some(Wrong::Status);
    };
    let provider = planned.provider.as_ref();
    let success = provider.map(|provider| &provider.profile.policy.success.value);
    let fits = match (&case.expect, case.tamper(), success) {
        (Some(expected), _, _) => expected.contains(answer.status),
        (None, Some(_), _) => (400..500).contains(&answer.status),
        (None, None, Some(success)) => success.contains(answer.status),
        (None, None, None) => (200..300).contains(&answer.status),
    };
    let text = case.expect_body.as_ref();
    if !fits {
        Some(Wrong::Status)
    } else if text.is_some_and(|text| !String::from_utf8_lossy(&answer.body).contains(text)) {
        Some(Wrong::Body)
    } else if case
        .max_time
        .is_some_and(|limit| attempt.duration > limit.0)
    {
        Some(Wrong::Time)
    } else {
        None
    }
}

/// What came back of several deliveries that all went well.
pub(super) fn all(attempts: &[Attempt]) -> String {
    let first = attempts.first();
    let same = attempts
        .iter()
        .all(|one| Some(one.status()) == first.map(Attempt::status));
    let slowest = attempts.iter().max_by_key(|attempt| attempt.duration);
    match (attempts.len(), first, slowest) {
        (2.., Some(first), Some(slowest)) if same => {
            let status = first.status().unwrap_or_default();
            let count = attempts.len();
            format!(
                "{status} for all {count}, the slowest in {}",
                duration(slowest.duration)
            )
        }
        _ => attempts.iter().map(words).collect::<Vec<_>>().join(", "),
    }
}

/// What came back, and when.
fn words(attempt: &Attempt) -> String {
    match &attempt.result {
        Ok(answer) => format!("{} in {}", answer.status, duration(attempt.duration)),
        Err(failure) => failure.message.clone(),
    }
}

/// An answer that is not as expected, with the start of its body.
pub(super) fn observed(planned: &Planned, attempt: &Attempt) -> String {
    const MAX: usize = 80;
    let event = planned.delivery.event.as_deref().unwrap_or("a body");
    let Ok(answer) = &attempt.result else {
        return format!("{} to `{event}`", words(attempt));
    };
    let body = String::from_utf8_lossy(&answer.body);
    let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let start: String = body.chars().take(MAX).collect();
    let more = if start.len() < body.len() { "…" } else { "" };
    let said = if start.is_empty() {
        String::new()
    } else {
        format!(" \"{start}{more}\"")
    };
    let took = duration(attempt.duration);
    format!("{}{said} in {took} to `{event}`", answer.status)
}

pub(super) fn fix(case: &Case, wrong: &Wrong, planned: &Planned, attempt: &Attempt) -> String {
    let profile = planned.provider.as_ref().map(|provider| &provider.profile);
    let accepted = attempt
        .status()
        .is_some_and(|status| (200..300).contains(&status));
    match wrong {
        Wrong::Body => {
            let text = case.expect_body.as_deref().unwrap_or_default();
            return format!("The answer's body lacks `{text}`; `hookctl send -v` shows all of it.");
        }
        Wrong::Time => return "Acknowledge first, work afterwards.".to_owned(),
        Wrong::Status if case.tamper().is_some() && accepted => {
            return "The handler took what was broken on purpose; `hookctl check` says why."
                .to_owned();
        }
        Wrong::Status => {}
    }
    let advice = advice(attempt, &planned.delivery.url, profile, false);
    if advice.is_empty() {
        "`hookctl send -v` shows the whole exchange.".to_owned()
    } else {
        advice.join(" ")
    }
}
