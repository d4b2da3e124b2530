//! The audit of a handler: good and bad deliveries, and what its answers to them tell.
//!
//! Each check is a small file in `checks`: what is sent, what is expected, why it matters, how to mend what is wrong.
//! They share a [`bench`], so that what one learned another need not find out again, and so that a mistake is blamed
//! once: a check that can tell nothing because of another is skipped, and says so. Nothing in here prints.

pub(crate) mod baseline;
mod bench;
mod checks;
mod leaks;
mod line;
mod near;
mod styles;
mod subject;
pub(crate) mod suite;

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bench::Bench;
pub(crate) use checks::ALL;
pub(crate) use line::{Line, Watch};
pub(crate) use near::is_near;
pub(crate) use subject::Subject;

use crate::error::Result;
use crate::request::redact;
use crate::suggest::did_you_mean;

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pass,
    Fail,
    /// Worth knowing, and no reason to fail.
    Warn,
    /// Not asked, or not to be told.
    Skip,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
        }
    }
}

/// What was seen, and what to do about it.
#[derive(Clone, Debug)]
struct Verdict {
    status: Status,
    observed: String,
    fix: Option<String>,
}

impl Verdict {
    fn pass(observed: impl Into<String>) -> Self {
        Self::new(Status::Pass, observed.into(), None)
    }

    fn fail(observed: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Status::Fail, observed.into(), Some(fix.into()))
    }

    fn warn(observed: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Status::Warn, observed.into(), Some(fix.into()))
    }

    fn skip(reason: impl Into<String>) -> Self {
        Self::new(Status::Skip, reason.into(), None)
    }

    fn new(status: Status, observed: String, fix: Option<String>) -> Self {
        Self {
            status,
            observed,
            fix,
        }
    }
}

type Run<'a> = Pin<Box<dyn Future<Output = Result<Verdict>> + 'a>>;

/// What a check is about. What the others build on comes first; what may bring a handler down comes late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Basics,
    Signature,
    Content,
    Stress,
    /// What the responses to the others show.
    Review,
}

/// One question to a handler.
pub(crate) struct Check {
    pub(crate) id: &'static str,
    /// What it asks of a handler.
    pub(crate) asks: &'static str,
    /// What is sent, in words that follow `after`.
    sends: &'static str,
    /// What a sound handler does, in one sentence without its full stop.
    expected: fn(&Subject) -> String,
    /// Why a developer should care: one sentence.
    why: fn(&Subject) -> String,
    stage: Stage,
    /// Checks that must have run before.
    after: &'static [&'static str],
    /// Whether a handler that takes no valid delivery can be asked.
    always: bool,
    /// Requests that it sends to a sound handler.
    requests: fn(&Subject) -> usize,
    /// Why this provider's deliveries cannot pose the question, if so.
    cannot: fn(&Subject) -> Option<String>,
    run: for<'a> fn(&'a mut Bench<'_>) -> Run<'a>,
}

/// A check's answer.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(crate) expected: String,
    pub(crate) observed: String,
    pub(crate) why: String,
    pub(crate) fix: Option<String>,
    pub(crate) duration: Duration,
    /// Set where the audit learned nothing of the handler.
    pub(crate) silence: Option<Silence>,
}

/// Why an audit says nothing about its handler. It fails then, whatever was selected and whatever a baseline accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// No valid delivery got a response.
    NoResponse,
    /// No selected check could be asked.
    NothingAsked,
}

impl Finding {
    /// Redacts credentials in URLs.
    pub(crate) fn redacted(self) -> Self {
        let shown = |text: String| redact::text(&text).into_owned();
        Self {
            expected: shown(self.expected),
            observed: shown(self.observed),
            why: shown(self.why),
            fix: self.fix.map(shown),
            ..self
        }
    }
}

/// What an audit came to.
pub(crate) struct Report {
    /// In the order of [`ALL`].
    pub(crate) findings: Vec<Finding>,
    pub(crate) requests: usize,
    pub(crate) duration: Duration,
}

/// Which checks are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    only: Vec<String>,
    skip: Vec<String>,
}

impl Selection {
    /// Reads names of checks; `only` without any means all of them.
    ///
    /// # Errors
    /// A name that no check has, with those that are near, and what to do next.
    pub(crate) fn new(
        only: &[String],
        skip: &[String],
    ) -> std::result::Result<Self, (String, String)> {
        let named = |names: &[String]| {
            names
                .iter()
                .map(|name| match ALL.iter().find(|check| check.id == name) {
                    Some(check) => Ok(check.id.to_owned()),
                    None => Err((
                        format!("there is no check `{name}`"),
                        did_you_mean(name, ALL.iter().map(|check| check.id))
                            .unwrap_or_else(|| "`hookctl check --list` has them all.".to_owned()),
                    )),
                })
                .collect::<std::result::Result<Vec<_>, _>>()
        };
        Ok(Self {
            only: named(only)?,
            skip: named(skip)?,
        })
    }

    fn has(&self, check: &Check) -> bool {
        self.names(check.id)
    }

    fn names(&self, id: &str) -> bool {
        let is_in = |names: &[String]| names.iter().any(|name| name == id);
        (self.only.is_empty() || is_in(&self.only)) && !is_in(&self.skip)
    }

    /// The checks that have to run for these, in the order in which they run.
    fn needed(&self) -> Vec<&'static Check> {
        let mut needed: Vec<&str> = Vec::new();
        let mut wanted: Vec<&str> = ALL
            .iter()
            .filter(|check| self.has(check))
            .map(|check| check.id)
            .collect();
        while let Some(id) = wanted.pop() {
            if !needed.contains(&id) {
                needed.push(id);
                let check = ALL.iter().find(|check| check.id == id);
                wanted.extend(check.iter().flat_map(|check| check.after));
            }
        }
        let in_order = checks::ORDER.iter().copied();
        in_order
            .filter(|check| needed.contains(&check.id))
            .collect()
    }

    /// Requests that these checks send to a sound handler. Others get some more, until it is known what is wrong.
    pub(crate) fn requests(&self, subject: &Subject) -> usize {
        let posed = self
            .needed()
            .into_iter()
            .filter(|check| (check.cannot)(subject).is_none());
        posed.map(|check| (check.requests)(subject)).sum()
    }
}

impl Check {
    /// What it expects of a handler.
    pub(crate) fn expected(&self, subject: &Subject) -> String {
        (self.expected)(subject)
    }

    /// Why it matters.
    pub(crate) fn why(&self, subject: &Subject) -> String {
        (self.why)(subject)
    }

    async fn judge(&self, bench: &mut Bench<'_>) -> Result<Verdict> {
        if let Some(reason) = (self.cannot)(&bench.subject) {
            return Ok(Verdict::skip(reason));
        }
        let was_down = bench.down.clone();
        if let Some(down) = was_down
            .as_ref()
            .filter(|_| (self.requests)(&bench.subject) > 0)
        {
            return Ok(Verdict::skip(format!("not asked: {down}")));
        }
        if let Some(nothing) = bench.nothing.as_ref().filter(|_| !self.always) {
            return Ok(Verdict::skip(nothing.clone()));
        }
        bench.check = self.id;
        bench.limited = false;
        let verdict = (self.run)(bench).await?;
        if let Some(down) = bench.down.clone().filter(|_| was_down.is_none()) {
            let observed = format!("after {}, {down}", self.sends);
            bench.down = Some(format!("{down}, since {}", self.id));
            return Ok(Verdict::fail(observed, GONE));
        }
        if bench.limited && self.id != checks::BURST && bench.model.is_some() {
            return Ok(bench.too_fast());
        }
        Ok(verdict)
    }
}

/// Where in the order of mending a check stands: what others build on comes first.
pub(crate) fn urgency(id: &str) -> usize {
    let mut order = checks::ORDER.iter();
    order.position(|check| check.id == id).unwrap_or(usize::MAX)
}

/// What to do about a handler that does not outlive a request.
const GONE: &str = "Look at the handler's log for what ended it: an exception that nobody catches, in code that runs \
                    before or after the answer. Catch it, and answer 4xx.";

/// Asks the handler all that is selected. Checks that others need are asked too; they are reported if they failed.
///
/// # Errors
/// The handler cannot be reached, or nothing can be signed.
pub(crate) async fn audit(
    subject: Subject,
    line: Line<'_>,
    selection: &Selection,
    mut told: impl FnMut(&Finding),
) -> Result<(Report, Subject)> {
    let start = Instant::now();
    let mut bench = Bench::new(subject, line);
    bench.asks_for_time = selection.names(checks::IN_TIME);
    let mut findings = Vec::new();
    for check in selection.needed() {
        let start = Instant::now();
        let verdict = check.judge(&mut bench).await?;
        let has_failed = verdict.status == Status::Fail;
        let silence = (has_failed && !bench.answered).then_some(Silence::NoResponse);
        let is_skipped = selection.skip.iter().any(|id| id == check.id);
        let is_told = has_failed && (!is_skipped || silence.is_some());
        if selection.has(check) || is_told {
            let finding = Finding {
                id: check.id.to_owned(),
                status: verdict.status,
                expected: check.expected(&bench.subject),
                observed: verdict.observed,
                why: check.why(&bench.subject),
                fix: verdict.fix,
                duration: start.elapsed(),
                silence,
            }
            .redacted();
            told(&finding);
            findings.push(finding);
        }
    }
    if let Some(nothing) = nothing_asked(&findings) {
        told(&nothing);
        findings.push(nothing);
    }
    let place = |finding: &Finding| ALL.iter().position(|check| check.id == finding.id);
    findings.sort_by_key(place);
    let report = Report {
        findings,
        requests: bench.line.sent(),
        duration: start.elapsed(),
    };
    Ok((report, bench.subject))
}

/// The failure of an audit in which no check was asked: silence is not success.
fn nothing_asked(findings: &[Finding]) -> Option<Finding> {
    if findings.iter().any(|one| one.status != Status::Skip) {
        return None;
    }
    let why_not = findings
        .first()
        .map_or("no check is selected", |first| &first.observed);
    Some(Finding {
        id: "nothing-asked".to_owned(),
        status: Status::Fail,
        expected: "at least one check that can be asked".to_owned(),
        observed: format!("nothing could be asked: {why_not}"),
        why: "An audit that asks nothing says nothing about the handler.".to_owned(),
        fix: Some(
            "Select other checks; without `--only` and `--skip`, all of them are asked.".to_owned(),
        ),
        duration: Duration::ZERO,
        silence: Some(Silence::NothingAsked),
    })
}
