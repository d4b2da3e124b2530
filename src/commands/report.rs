//! What came of deliveries: a line each, what is wrong with the answer, what to do next, and the sum of it.

use std::collections::HashSet;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use super::options::ExpectArgs;
use super::outgoing::Planned;
use crate::error::{Outcome, Result};
use crate::render::outgoing::{self, Widths};
use crate::render::{self, millis};
use crate::request::Request;
use crate::sender::{Attempt, advice, authority, on_age, on_success};
use crate::signature::{self, Clock, Source};
use crate::ui::Ui;

/// How answers are judged and shown.
pub(super) struct Settings<'a> {
    pub(super) expect: &'a ExpectArgs,
    pub(super) insecure: bool,
    pub(super) reveal: bool,
}

/// One attempt that was made.
pub(super) struct Sent<'a> {
    pub(super) planned: &'a Planned,
    pub(super) request: &'a Request,
    pub(super) attempt: &'a Attempt,
    /// In unix seconds.
    pub(super) signed_at: i64,
}

/// What came of the deliveries so far.
pub(super) struct Report<'a> {
    settings: Settings<'a>,
    start: Instant,
    widths: Widths,
    deliveries: usize,
    succeeded: usize,
    /// What was said already: the same cause needs the same hint once.
    hinted: HashSet<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(settings: Settings<'a>, planned: &[Planned]) -> Self {
        let widths = match planned {
            [_] => Widths::default(),
            several => Widths::of(several.iter().map(|planned| &planned.delivery)),
        };
        Self {
            settings,
            start: Instant::now(),
            widths,
            deliveries: 0,
            succeeded: 0,
            hinted: HashSet::new(),
        }
    }

    /// Judges an attempt and tells of it. Returns why it is no success, if it is none.
    pub(super) fn add(&mut self, sent: &Sent<'_>, ui: &mut Ui) -> Result<Option<String>> {
        let refused = self.problem(sent);
        let taken = taken(sent).filter(|_| refused.is_none());
        let is_expected = self.settings.expect.expect.is_some();
        let problem = refused
            .as_deref()
            .or(taken.as_deref().filter(|_| !is_expected));
        self.show(sent, problem, ui)?;
        self.deliveries += 1;
        self.succeeded += usize::from(problem.is_none());
        let problem = problem.map(str::to_owned);
        if let Some(taken) = &taken {
            ui.warn(&format!("{taken}."))?;
        }
        if let Some(refused) = &refused {
            ui.problem(refused)?;
            if let Ok(answer) = &sent.attempt.result
                && !answer.body.trim_ascii().is_empty()
                && ui.verbose == 0
            {
                let text = outgoing::excerpt(answer, ui.err_paint);
                ui.shown(text.trim_end())?;
            }
        }
        let hints = match (&refused, taken) {
            (Some(_), _) => self.on_refusal(sent),
            (None, Some(_)) => Vec::new(),
            (None, None) => self.on_success(sent),
        };
        for hint in hints {
            if self.hinted.insert(hint.clone()) {
                ui.hint(&hint)?;
            }
        }
        Ok(problem)
    }

    /// The sum, if there is more than one or a machine reads it.
    pub(super) fn end(self, ui: &mut Ui) -> Result<Outcome> {
        let (all, succeeded) = (self.deliveries, self.succeeded);
        let failed = all - succeeded;
        if ui.json {
            ui.json_line(&json!({
                "type": "summary",
                "deliveries": all,
                "succeeded": succeeded,
                "failed": failed,
                "duration_ms": millis(self.start.elapsed()),
            }))?;
        } else if all > 1 {
            ui.data(format!(
                "{all} deliveries: {succeeded} succeeded, {failed} failed\n"
            ))?;
        }
        Ok(Outcome::good_if(failed == 0))
    }

    /// The exchange for those who want to see it, then the line.
    fn show(&self, sent: &Sent<'_>, problem: Option<&str>, ui: &mut Ui) -> Result<()> {
        if ui.verbose > 0 {
            if self.deliveries > 0 {
                ui.note("")?;
            }
            let reveal = self.settings.reveal;
            let text = outgoing::exchange(sent.request, sent.attempt, reveal, ui.err_paint);
            ui.shown(text.trim_end())?;
        }
        let result = outgoing::Result {
            delivery: &sent.planned.delivery,
            request: sent.request,
            attempt: sent.attempt,
            problem,
            verdict: sent.planned.verdict(problem.is_none()),
        };
        if ui.json {
            ui.json_line(&outgoing::json(&result))?;
        } else {
            ui.data(outgoing::human(&result, self.widths, ui.out_paint))?;
        }
        ui.flush()
    }

    fn on_success(&self, sent: &Sent<'_>) -> Vec<String> {
        let provider = sent.planned.provider.as_ref();
        match provider.filter(|_| self.settings.expect.expect.is_none()) {
            Some(provider) => on_success(sent.attempt, &provider.profile),
            None => Vec::new(),
        }
    }

    fn on_refusal(&self, sent: &Sent<'_>) -> Vec<String> {
        let status = sent.attempt.status();
        let expected = self.settings.expect.expect.as_ref();
        let is_expected = expected
            .zip(status)
            .is_some_and(|(set, status)| set.contains(status));
        let is_refused = status.is_some_and(|status| (400..500).contains(&status));
        let delivery = &sent.planned.delivery;
        if delivery.tamper.is_some() && is_refused {
            return vec![
                "This delivery was broken on purpose, and refusing it is right; `--expect 4xx` counts that as good."
                    .to_owned(),
            ];
        }
        if is_expected {
            return Vec::new();
        }
        let age = is_refused.then(|| age(sent)).flatten();
        let profile = sent
            .planned
            .provider
            .as_ref()
            .map(|provider| &provider.profile);
        let mut hints = advice(sent.attempt, &delivery.url, profile, self.settings.insecure);
        hints.splice(0..0, age);
        hints
    }

    /// Why an attempt is no success, if it is none.
    fn problem(&self, sent: &Sent<'_>) -> Option<String> {
        let (planned, attempt) = (sent.planned, sent.attempt);
        let expect = self.settings.expect;
        let answer = match &attempt.result {
            Ok(answer) => answer,
            Err(failure) => {
                let to = authority(&planned.delivery.url);
                return Some(format!("cannot deliver to `{to}`: {}", failure.message));
            }
        };
        let status = answer.status;
        match (&expect.expect, &planned.provider) {
            (Some(expected), _) if !expected.contains(status) => {
                return Some(format!("expected status {}, got {status}", expected.text()));
            }
            (None, Some(provider)) if !provider.profile.policy.success.value.contains(status) => {
                let (label, success) = (
                    &provider.profile.label,
                    provider.profile.policy.success.value.text(),
                );
                return Some(format!(
                    "{label} takes {success} for a success, got {status}"
                ));
            }
            (None, None) if !(200..300).contains(&status) => {
                return Some(format!("expected status 2xx, got {status}"));
            }
            _ => {}
        }
        if let Some(text) = &expect.expect_body
            && !String::from_utf8_lossy(&answer.body).contains(text)
        {
            return Some(format!("expected `{text}` in the answer's body"));
        }
        let limit = expect.max_time.filter(|limit| attempt.duration > *limit)?;
        let (took, limit) = (render::duration(attempt.duration), render::duration(limit));
        Some(format!("expected an answer within {limit}, it took {took}"))
    }
}

/// That the signed time is one which receivers refuse for its age.
fn age(sent: &Sent<'_>) -> Option<String> {
    let now = Timestamp::now().as_second();
    if let Some(signing) = &sent.planned.delivery.signing {
        signing.key.as_ref()?;
        return on_age(signing.scheme, sent.signed_at, now);
    }
    let source = Source::new(sent.request);
    let schemes = match &sent.planned.provider {
        Some(provider) => signature::among(&provider.profile.schemes(), &source),
        None => signature::detect(&source),
    };
    let clock = Clock {
        now,
        tolerance: None,
    };
    let signed_at = signature::verify(schemes.first()?, &[], &source, clock.into()).timestamp?;
    let age = on_age(schemes.first()?, signed_at, now)?;
    Some(format!("{age} Without `--raw` it is signed afresh."))
}

/// That a handler took what was broken on purpose.
fn taken(sent: &Sent<'_>) -> Option<String> {
    let status = sent.attempt.status()?;
    let broken = sent.planned.delivery.broken()?;
    (200..300)
        .contains(&status)
        .then(|| format!("broken on purpose ({broken}), and the handler took it"))
}
