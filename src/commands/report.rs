//! What came of deliveries: a line each, what is wrong with the answer, what to do next, and the sum of it.

use std::collections::HashSet;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use super::outgoing::Planned;
use crate::delivery::{Endpoint, Timeline, Verdict};
use crate::error::{Outcome, Result};
use crate::render::outgoing::{self, Widths};
use crate::render::{deliveries, grouped, millis};
use crate::request::Request;
use crate::sender::{Attempt, advice, on_age, on_success};
use crate::signature::{self, Clock, Source};
use crate::store::Id;
use crate::ui::Ui;

/// How answers are shown.
pub(super) struct Settings {
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
    pub(super) verdict: &'a Verdict,
    /// Where it stands among the attempts of its delivery, if there can be several.
    pub(super) timeline: Option<&'a Timeline>,
    /// The endpoint that it went to.
    pub(super) endpoint: Option<&'a Endpoint>,
    /// The delivery in the history, if it was there before.
    pub(super) id: Option<Id>,
}

impl Sent<'_> {
    /// What it came to, for those who show it.
    pub(super) fn result(&self, reveal: bool) -> outgoing::Result<'_> {
        let problem = self.verdict.problem();
        outgoing::Result {
            delivery: &self.planned.delivery,
            request: self.request,
            attempt: self.attempt,
            problem,
            verdict: self.planned.verdict(problem.is_none()),
            timeline: self.timeline,
            endpoint: self.endpoint,
            id: self.id,
            reveal,
        }
    }

    /// Whether another attempt follows.
    fn goes_on(&self) -> bool {
        self.timeline
            .is_some_and(|timeline| timeline.next.is_some())
    }
}

/// What came of the deliveries so far.
pub(super) struct Report {
    settings: Settings,
    start: Instant,
    widths: Widths,
    deliveries: usize,
    succeeded: usize,
    attempts: usize,
    /// What was said already: the same cause needs the same words once.
    said: HashSet<String>,
}

impl Report {
    pub(super) fn new(settings: Settings, planned: &[Planned]) -> Self {
        let widths = match planned {
            [] | [_] => Widths::default(),
            several => Widths::of(
                several.iter().map(|planned| &planned.delivery),
                settings.reveal,
            ),
        };
        Self {
            settings,
            start: Instant::now(),
            widths,
            deliveries: 0,
            succeeded: 0,
            attempts: 0,
            said: HashSet::new(),
        }
    }

    /// Tells of an attempt and counts it.
    pub(super) fn add(&mut self, sent: &Sent<'_>, ui: &mut Ui) -> Result<()> {
        let verdict = sent.verdict;
        let problem = verdict.problem();
        self.show(sent, ui)?;
        self.attempts += 1;
        if !sent.goes_on() {
            self.deliveries += 1;
            self.succeeded += usize::from(problem.is_none());
        }
        if let Some(taken) = &verdict.taken {
            ui.warn(&format!("{taken}."))?;
        }
        if let Some(refused) = &verdict.refused {
            self.complain(refused, sent, ui)?;
        }
        let hints = match (&verdict.refused, &verdict.taken) {
            (Some(_), _) => self.on_refusal(sent),
            (None, Some(_)) => Vec::new(),
            (None, None) => on_good(sent),
        };
        for hint in hints {
            if self.said.insert(hint.clone()) {
                ui.hint(&hint)?;
            }
        }
        Ok(())
    }

    /// Says what is wrong and how the answer starts. Of attempts that are followed by others, once.
    fn complain(&mut self, refused: &str, sent: &Sent<'_>, ui: &mut Ui) -> Result<()> {
        let is_new = self.said.insert(refused.to_owned());
        if sent.timeline.is_some() && !is_new {
            return Ok(());
        }
        ui.problem(refused)?;
        if let Ok(answer) = &sent.attempt.result
            && !answer.body.trim_ascii().is_empty()
            && ui.verbose == 0
        {
            let text = outgoing::excerpt(answer, ui.err_paint);
            ui.shown(text.trim_end())?;
        }
        Ok(())
    }

    /// The sum, if there is more than one or a machine reads it. `pending` are not decided.
    pub(super) fn end(self, pending: usize, ui: &mut Ui) -> Result<Outcome> {
        let (all, succeeded) = (self.deliveries + pending, self.succeeded);
        let failed = self.deliveries - succeeded;
        let succeeded_all = failed == 0 && pending == 0;
        if ui.json {
            let mut summary = json!({
                "type": "summary",
                "deliveries": all,
                "succeeded": succeeded,
                "failed": failed,
                "duration_ms": millis(self.start.elapsed()),
            });
            if pending > 0 {
                summary["pending"] = json!(pending);
            }
            ui.json_line(&summary)?;
        } else if all > 1 || pending > 0 || self.attempts > 1 {
            let number = |count: usize| grouped(u64::try_from(count).unwrap_or(u64::MAX));
            let all_of_them = deliveries(u64::try_from(all).unwrap_or(u64::MAX));
            let (succeeded, failed) = (number(succeeded), number(failed));
            let mut line = format!("{all_of_them}: {succeeded} succeeded, {failed} failed");
            if pending > 0 {
                line.push_str(&format!(", {} pending", number(pending)));
            }
            if self.attempts > all {
                line.push_str(&format!("  ({} attempts)", number(self.attempts)));
            }
            ui.data(format!("{line}\n"))?;
        }
        Ok(Outcome::good_if(succeeded_all))
    }

    /// The exchange for those who want to see it, then the line.
    fn show(&self, sent: &Sent<'_>, ui: &mut Ui) -> Result<()> {
        if ui.verbose > 0 {
            if self.deliveries > 0 {
                ui.note("")?;
            }
            let reveal = self.settings.reveal;
            let text = outgoing::exchange(sent.request, sent.attempt, reveal, ui.err_paint);
            ui.shown(text.trim_end())?;
        }
        let result = sent.result(self.settings.reveal);
        if ui.json {
            ui.json_line(&outgoing::json(&result))?;
        } else {
            ui.data(outgoing::human(&result, self.widths, ui.out_paint))?;
        }
        ui.flush()
    }

    fn on_refusal(&self, sent: &Sent<'_>) -> Vec<String> {
        let status = sent.attempt.status();
        let is_refused = status.is_some_and(|status| (400..500).contains(&status));
        let delivery = &sent.planned.delivery;
        if delivery.tamper.is_some() && is_refused {
            return vec![
                "This delivery was broken on purpose, and refusing it is right; `--expect 4xx` counts that as good."
                    .to_owned(),
            ];
        }
        if sent.verdict.is_expected {
            return Vec::new();
        }
        let age = is_refused.then(|| age(sent)).flatten();
        let profile = sent.planned.profile();
        let mut hints = advice(sent.attempt, &delivery.url, profile, self.settings.insecure);
        hints.splice(0..0, age);
        hints
    }
}

fn on_good(sent: &Sent<'_>) -> Vec<String> {
    let profile = sent.planned.profile();
    match profile.filter(|_| !sent.verdict.is_named) {
        Some(profile) => on_success(sent.attempt, profile),
        None => Vec::new(),
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
    let schemes = match sent.planned.profile() {
        Some(profile) => signature::among(&profile.schemes(), &source),
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
