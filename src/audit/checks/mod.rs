//! The checks, one file each.

mod accepts_duplicate;
mod accepts_every_event;
mod accepts_rotated_secret;
mod accepts_unknown_event;
mod accepts_unknown_fields;
mod accepts_valid;
mod answers_in_time;
mod answers_without_redirect;
mod keeps_quiet_on_errors;
mod rejects_changed_id;
mod rejects_future_timestamp;
mod rejects_missing_signature;
mod rejects_other_methods;
mod rejects_stale_timestamp;
mod rejects_tampered_body;
mod rejects_with_4xx;
mod rejects_wrong_secret;
mod survives_burst;
mod survives_large_body;
mod survives_malformed_body;
mod verifies_raw_body;

use std::sync::LazyLock;

use super::{Check, Subject};

/// Id of the check that asks for a rate limit, and may find one.
pub(super) const BURST: &str = survives_burst::CHECK.id;

/// Id of the check that is blamed for responses that come too late.
pub(super) const IN_TIME: &str = answers_in_time::CHECK.id;

/// All checks, in the order in which they are reported.
pub(crate) static ALL: [Check; 21] = [
    accepts_valid::CHECK,
    accepts_every_event::CHECK,
    rejects_missing_signature::CHECK,
    rejects_wrong_secret::CHECK,
    rejects_tampered_body::CHECK,
    rejects_changed_id::CHECK,
    rejects_stale_timestamp::CHECK,
    rejects_future_timestamp::CHECK,
    accepts_rotated_secret::CHECK,
    verifies_raw_body::CHECK,
    accepts_duplicate::CHECK,
    accepts_unknown_event::CHECK,
    accepts_unknown_fields::CHECK,
    answers_in_time::CHECK,
    answers_without_redirect::CHECK,
    rejects_with_4xx::CHECK,
    survives_malformed_body::CHECK,
    survives_large_body::CHECK,
    survives_burst::CHECK,
    rejects_other_methods::CHECK,
    keeps_quiet_on_errors::CHECK,
];

/// All checks, in the order in which they run and should be fixed: by their stages, and each after those it builds on.
pub(super) static ORDER: LazyLock<Vec<&Check>> = LazyLock::new(|| {
    fn add(check: &'static Check, order: &mut Vec<&Check>) {
        if order.iter().any(|done| done.id == check.id) {
            return;
        }
        for before in ALL.iter().filter(|other| check.after.contains(&other.id)) {
            add(before, order);
        }
        order.push(check);
    }
    let mut by_stage: Vec<&Check> = ALL.iter().collect();
    by_stage.sort_by_key(|check| check.stage);
    let mut order = Vec::new();
    for check in by_stage {
        add(check, &mut order);
    }
    order
});

fn never(_: &Subject) -> Option<String> {
    None
}

fn none(_: &Subject) -> usize {
    0
}

fn one(_: &Subject) -> usize {
    1
}

/// Where the code stands that does it right.
fn code(subject: &Subject) -> String {
    format!("`hookctl explain {}` has the code.", subject.profile().name)
}

/// Why no time can be asked about, if so.
fn has_no_time(subject: &Subject) -> Option<String> {
    let unsigned = subject.is_unsigned();
    unsigned.or_else(|| match &subject.scheme.ts {
        None => Some(format!("{} does not sign a time", subject.label())),
        Some(ts) if ts.tol.is_none() => Some(format!(
            "{} signs a time, and its libraries enforce no limit",
            subject.label()
        )),
        Some(_) => None,
    })
}

/// An age that no receiver of the scheme takes, in seconds: far beyond the tolerance, since some take more of it.
fn beyond(subject: &Subject) -> i64 {
    const HOUR: i64 = 60 * 60;
    let tolerance = subject.scheme.ts.as_ref().and_then(|ts| ts.tol);
    tolerance.unwrap_or(0).saturating_mul(12).max(HOUR)
}

/// The tolerance of the scheme in words.
fn tolerance(subject: &Subject) -> String {
    let seconds = subject.scheme.ts.as_ref().and_then(|ts| ts.tol);
    span(seconds.unwrap_or(0))
}

/// A number of seconds in words.
fn span(seconds: i64) -> String {
    let span = std::time::Duration::from_secs(seconds.unsigned_abs());
    crate::value::Span(span).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_runs_once_and_after_those_it_builds_on() {
        assert_eq!(ORDER.len(), ALL.len());
        for (place, check) in ORDER.iter().enumerate() {
            for id in check.after {
                let before = ORDER[..place].iter().any(|before| before.id == *id);
                assert!(before, "{} runs before {id}", check.id);
            }
            let is_later = place > 0 && ORDER[place - 1].stage > check.stage;
            assert!(!is_later, "{} runs before its stage", check.id);
        }
    }
}
