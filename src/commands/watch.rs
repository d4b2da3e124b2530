//! What a listener waits for: a number of captures, certain events, all of them valid.

use serde_json::{Value, json};

use crate::error::Outcome;
use crate::receiver::{Capture, Judgement, Verdict};

/// An event to wait for: `event` or `provider/event`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Expected {
    name: String,
    came: bool,
    /// How often it came and was not valid, though it had to be.
    bad: u64,
    /// What its signature was then.
    state: String,
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
    /// Handshakes that were not valid, which nobody expects of them.
    excused: u64,
    /// Whether the user ended it before all that was waited for came.
    pub(super) is_cut_short: bool,
    /// What was not valid, of the first few, each with the expectation that it would have met.
    not_valid: Vec<(Option<usize>, String)>,
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
                bad: 0,
                state: String::new(),
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
            excused: 0,
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
        let provider = judgement.provider.as_ref();
        let provider = provider.map(|provider| &*provider.profile.name);
        match judgement.verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid | Verdict::Missing => self.invalid += 1,
            Verdict::Unsigned | Verdict::NoSecret => {}
        }
        let meets = |expected: &Expected| {
            let named = expected.name.split_once('/');
            !expected.came
                && (expected.name == event
                    || named.is_some_and(|(of, name)| provider == Some(of) && name == event))
        };
        let met = self.expected.iter().position(meets);
        if judgement.verdict != Verdict::Valid && capture.handshake.is_some() {
            self.excused += 1;
        } else if judgement.verdict != Verdict::Valid {
            if self.not_valid.len() < MAX_NAMED {
                let what = match provider {
                    Some(provider) => format!("{provider}/{event}"),
                    None => "a request".to_owned(),
                };
                let what = format!("{what} ({})", judgement.verdict.word());
                self.not_valid.push((met, what));
            }
            if self.all_valid {
                if let Some(expected) = met.map(|index| &mut self.expected[index]) {
                    expected.bad += 1;
                    expected.state = state(judgement);
                }
                return;
            }
        }
        // What was refused for its size did not arrive.
        if let Some(expected) = met.filter(|_| capture.over.is_none()) {
            self.expected[expected].came = true;
        }
    }

    /// Whether nothing more is waited for.
    pub(super) fn is_done(&self) -> bool {
        match self.exit_after {
            Some(count) => self.captures >= count,
            None => !self.expected.is_empty() && self.expected.iter().all(|expected| expected.came),
        }
    }

    /// Whether something was asked for that did not come yet.
    pub(super) fn waits_for_more(&self) -> bool {
        (self.exit_after.is_some() || !self.expected.is_empty()) && !self.is_done()
    }

    /// What is missing, a sentence each; empty if all is well.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let missing: Vec<_> = self
            .expected
            .iter()
            .filter(|expected| !expected.came && expected.bad == 0)
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
        let came_badly = |expected: &&Expected| !expected.came && expected.bad > 0;
        problems.extend(self.expected.iter().filter(came_badly).map(|expected| {
            format!(
                "expected `{}` with a valid signature; it came, but its signature {}",
                expected.name, expected.state
            )
        }));
        if let Some(count) = self.exit_after.filter(|count| self.captures < *count) {
            problems.push(format!("expected {count} requests, {} came", self.captures));
        }
        problems.extend(self.others_not_valid());
        problems
    }

    /// Says which were not valid, beside those that were named as expected already.
    fn others_not_valid(&self) -> Option<String> {
        if !self.all_valid {
            return None;
        }
        if self.captures == 0 && self.expected.is_empty() && self.exit_after.is_none() {
            return Some("expected requests with valid signatures, none came".to_owned());
        }
        let is_told = |expected: &Expected| !expected.came && expected.bad > 0;
        let told = self.expected.iter().filter(|expected| is_told(expected));
        let others = self.captures - self.valid - self.excused;
        let bad = others - told.map(|expected| expected.bad).sum::<u64>();
        let named = self.not_valid.iter();
        let named: Vec<_> = named
            .filter(|(met, _)| !met.is_some_and(|index| is_told(&self.expected[index])))
            .map(|(_, what)| &**what)
            .collect();
        (bad > 0).then(|| {
            format!(
                "expected valid signatures only, {bad} of {} were not: {}",
                self.captures,
                named.join(", ")
            )
        })
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

/// What the signature of a request is that was not valid, as the end of a sentence.
fn state(judgement: &Judgement) -> String {
    let silent = judgement
        .provider
        .as_ref()
        .filter(|provider| !provider.profile.scheme().signs());
    match (judgement.verdict, silent) {
        (Verdict::Valid, _) => "is valid".to_owned(),
        (Verdict::Invalid, _) => match judgement.reason {
            Some(reason) => format!("is invalid ({})", reason.code()),
            None => "is invalid".to_owned(),
        },
        (Verdict::NoSecret, _) => "was not verified (there is no secret)".to_owned(),
        (Verdict::Unsigned, Some(provider)) => {
            format!("is missing ({} never signs)", provider.profile.name)
        }
        (Verdict::Missing | Verdict::Unsigned, _) => "is missing".to_owned(),
    }
}
