//! What came of deliveries: a line each, what is wrong with the answer, what to do next, and the sum of it.

use std::collections::HashSet;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use super::outgoing::Planned;
use crate::delivery::{Expectation, Verdict};
use crate::error::{Outcome, Result};
use crate::render::millis;
use crate::render::outgoing::{self, Widths};
use crate::request::Request;
use crate::sender::{Attempt, advice, on_age, on_success};
use crate::ui::Ui;

/// How answers are judged and shown.
pub(super) struct Settings {
    pub(super) expect: Expectation,
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
pub(super) struct Report {
    settings: Settings,
    start: Instant,
    widths: Widths,
    deliveries: usize,
    succeeded: usize,
    /// What was said already: the same cause needs the same hint once.
    hinted: HashSet<String>,
}

impl Report {
    pub(super) fn new(settings: Settings, planned: &[Planned]) -> Self {
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
        let profile = sent.planned.profile();
        let verdict = Verdict::new(
            &sent.planned.delivery,
            sent.attempt,
            profile,
            &self.settings.expect,
        );
        let problem = verdict.problem().map(str::to_owned);
        self.show(sent, problem.as_deref(), ui)?;
        self.deliveries += 1;
        self.succeeded += usize::from(problem.is_none());
        if let Some(taken) = &verdict.taken {
            ui.warn(&format!("{taken}."))?;
        }
        if let Some(refused) = &verdict.refused {
            ui.problem(refused)?;
            if let Ok(answer) = &sent.attempt.result
                && !answer.body.trim_ascii().is_empty()
                && ui.verbose == 0
            {
                let text = outgoing::excerpt(answer, ui.err_paint);
                ui.shown(text.trim_end())?;
            }
        }
        let hints = match (&verdict.refused, &verdict.taken) {
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
        match provider.filter(|_| self.settings.expect.statuses.is_none()) {
            Some(provider) => on_success(sent.attempt, &provider.profile),
            None => Vec::new(),
        }
    }

    fn on_refusal(&self, sent: &Sent<'_>) -> Vec<String> {
        let status = sent.attempt.status();
        let expected = self.settings.expect.statuses.as_ref();
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
        let signing = delivery.signing.as_ref().filter(|_| is_refused);
        let now = Timestamp::now().as_second();
        let age = signing.and_then(|signing| on_age(signing, sent.signed_at, now));
        let profile = sent.planned.profile();
        let mut hints = advice(sent.attempt, &delivery.url, profile, self.settings.insecure);
        hints.splice(0..0, age);
        hints
    }
}
