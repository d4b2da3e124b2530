//! What a listener waits for: a number of captures, certain events, all of them valid.

use serde_json::{Value, json};

use crate::error::Outcome;
use crate::receiver::{Capture, Verdict};

/// An event to wait for: `event` or `provider/event`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Expected {
    name: String,
    came: bool,
}

/// Counts what comes and knows when it is enough.
#[derive(Debug)]
pub(super) struct Watch {
    expected: Vec<Expected>,
    exit_after: Option<u64>,
    all_valid: bool,
    captures: u64,
    valid: u64,
    invalid: u64,
    duplicates: u64,
    /// Whether the user ended it before all that was waited for came.
    pub(super) is_cut_short: bool,
    /// What was not valid, of the first few.
    not_valid: Vec<String>,
}

/// How many captures that are not valid are named.
const MAX_NAMED: usize = 5;

impl Watch {
    pub(super) fn new(expected: &[String], exit_after: Option<u64>, all_valid: bool) -> Self {
        let expected = expected
            .iter()
            .map(|name| Expected {
                name: name.clone(),
                came: false,
            })
            .collect();
        Self {
            expected,
            exit_after,
            all_valid,
            captures: 0,
            valid: 0,
            invalid: 0,
            duplicates: 0,
            is_cut_short: false,
            not_valid: Vec::new(),
        }
    }

    /// Takes a capture into account. Each one meets one expectation at most.
    pub(super) fn saw(&mut self, capture: &Capture) {
        let judgement = &capture.judgement;
        self.captures += 1;
        self.duplicates += u64::from(judgement.duplicate);
        let event = judgement.event.as_deref().unwrap_or_default();
        let full = judgement
            .provider
            .as_ref()
            .map(|provider| format!("{}/{event}", provider.profile.name));
        match judgement.verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid | Verdict::Missing => self.invalid += 1,
            Verdict::Unsigned | Verdict::NoSecret => {}
        }
        if judgement.verdict != Verdict::Valid {
            if self.not_valid.len() < MAX_NAMED {
                let what = full.as_deref().unwrap_or("a request");
                self.not_valid
                    .push(format!("{what} ({})", judgement.verdict.word()));
            }
            if self.all_valid {
                return;
            }
        }
        let meets = |expected: &&mut Expected| {
            !expected.came && (expected.name == event || Some(&expected.name) == full.as_ref())
        };
        if let Some(expected) = self.expected.iter_mut().find(meets) {
            expected.came = true;
        }
    }

    /// Whether nothing more is waited for.
    pub(super) fn is_done(&self) -> bool {
        match self.exit_after {
            Some(count) => self.captures >= count,
            None => !self.expected.is_empty() && self.expected.iter().all(|expected| expected.came),
        }
    }

    /// What is missing, a sentence each; empty if all is well.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let missing: Vec<_> = self
            .expected
            .iter()
            .filter(|expected| !expected.came)
            .map(|expected| format!("`{}`", expected.name))
            .collect();
        if !missing.is_empty() {
            let valid = if self.all_valid {
                " with a valid signature"
            } else {
                ""
            };
            problems.push(format!(
                "expected {}{valid}, which did not come",
                missing.join(", ")
            ));
        }
        if let Some(count) = self.exit_after.filter(|count| self.captures < *count) {
            problems.push(format!("expected {count} requests, {} came", self.captures));
        }
        if self.all_valid && self.captures > self.valid {
            let (bad, named) = (self.captures - self.valid, self.not_valid.join(", "));
            problems.push(format!(
                "expected valid signatures only, {bad} of {} were not: {named}",
                self.captures
            ));
        }
        problems
    }

    /// Good if all came, and whenever the user ended it.
    pub(super) fn outcome(&self) -> Outcome {
        Outcome::good_if(self.is_cut_short || self.problems().is_empty())
    }

    /// The last line of machine output.
    pub(super) fn json(&self, duration_ms: f64) -> Value {
        json!({
            "type": "summary",
            "captures": self.captures,
            "valid": self.valid,
            "invalid": self.invalid,
            "duplicates": self.duplicates,
            "missing": self.expected.iter().filter(|expected| !expected.came).map(|expected| &expected.name).collect::<Vec<_>>(),
            "duration_ms": duration_ms,
        })
    }

    /// The last line for people.
    pub(super) fn human(&self) -> String {
        let requests = if self.captures == 1 {
            "1 request".to_owned()
        } else {
            format!("{} requests", self.captures)
        };
        let mut parts = vec![requests];
        for (count, word) in [
            (self.valid, "valid"),
            (self.invalid, "invalid"),
            (self.duplicates, "duplicate"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {word}"));
            }
        }
        format!("Received {}.", parts.join(", "))
    }
}
