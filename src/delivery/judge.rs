//! Whether an answer is good, and if not, why.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::provider::Profile;
use crate::sender::{Attempt, Delivery, authority, measured};
use crate::value::{Span, StatusSet};

/// What a good answer is to a user, beside or in place of the provider's success rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Expectation {
    /// Its status; what the provider takes for a success by default.
    pub(crate) statuses: Option<StatusSet>,
    /// Text that it contains.
    pub(crate) body: Option<String>,
    /// Longest time that it takes.
    pub(crate) max_time: Option<Span>,
}

impl Expectation {
    pub(crate) fn max_time(&self) -> Option<Duration> {
        self.max_time.map(|span| span.0)
    }
}

/// Whether a sender takes an answer for a success: by the provider's rule, else any 2xx.
pub(crate) fn is_success(profile: Option<&Profile>, status: u16) -> bool {
    match profile {
        Some(profile) => profile.policy.success.value.contains(status),
        None => (200..300).contains(&status),
    }
}

/// What is to be said of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Why it is no success, if it is none: a sentence without a full stop.
    pub(crate) refused: Option<String>,
    /// That a handler took what was broken on purpose.
    pub(crate) taken: Option<String>,
    /// Whether the user said which statuses are good.
    pub(crate) is_named: bool,
    /// Whether the status is one of these.
    pub(crate) is_expected: bool,
}

impl Verdict {
    pub(crate) fn new(
        delivery: &Delivery,
        attempt: &Attempt,
        profile: Option<&Profile>,
        expect: &Expectation,
    ) -> Self {
        let refused = refused(expect, profile, &delivery.url, attempt);
        let taken = taken(delivery, attempt).filter(|_| refused.is_none());
        let expected = expect.statuses.as_ref().zip(attempt.status());
        Self {
            refused,
            taken,
            is_named: expect.statuses.is_some(),
            is_expected: expected.is_some_and(|(set, status)| set.contains(status)),
        }
    }

    /// What is wrong, if the delivery did not go as it should.
    pub(crate) fn problem(&self) -> Option<&str> {
        let taken = self.taken.as_deref().filter(|_| !self.is_named);
        self.refused.as_deref().or(taken)
    }
}

/// That a handler took what was broken on purpose.
fn taken(delivery: &Delivery, attempt: &Attempt) -> Option<String> {
    let status = attempt.status()?;
    let broken = delivery.broken()?;
    (200..300)
        .contains(&status)
        .then(|| format!("broken on purpose ({broken}), and the handler took it"))
}

/// Why an attempt is no success, if it is none.
fn refused(
    expect: &Expectation,
    profile: Option<&Profile>,
    url: &Url,
    attempt: &Attempt,
) -> Option<String> {
    let answer = match &attempt.result {
        Ok(answer) => answer,
        Err(failure) => {
            let to = authority(url);
            return Some(format!("cannot deliver to `{to}`: {}", failure.message));
        }
    };
    let status = answer.status;
    match (&expect.statuses, profile) {
        (Some(expected), _) if !expected.contains(status) => {
            return Some(format!("expected status {}, got {status}", expected.text()));
        }
        (None, Some(profile)) if !is_success(Some(profile), status) => {
            let success = profile.policy.success.value.text();
            let label = &profile.label;
            return Some(format!(
                "{label} takes {success} for a success, got {status}"
            ));
        }
        (None, None) if !is_success(None, status) => {
            return Some(format!("expected status 2xx, got {status}"));
        }
        _ => {}
    }
    if let Some(text) = &expect.body
        && !String::from_utf8_lossy(&answer.body).contains(text)
    {
        return Some(format!("expected `{text}` in the answer's body"));
    }
    let limit = expect
        .max_time()
        .filter(|limit| attempt.duration > *limit)?;
    Some(format!(
        "expected an answer within {}, it took {}",
        measured(limit),
        measured(attempt.duration)
    ))
}
