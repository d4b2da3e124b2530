//! What an audit came to, for people and as machine output.

use serde_json::{Value, json};

use super::table::{Cell, cell, columns_within, plain};
use super::text::safe;
use super::{Paint, duration, indent, millis};
use crate::audit::{Finding, Silence, Status, urgency};

/// What was found, whether by `check` or by a file of cases.
pub(crate) struct Audited {
    /// What was audited: the heading of reports.
    pub(crate) title: String,
    /// Of the one handler that was audited.
    pub(crate) url: Option<String>,
    pub(crate) findings: Vec<Finding>,
    /// Ids of failures that were known before.
    pub(crate) known: Vec<String>,
    pub(crate) requests: usize,
    pub(crate) duration: std::time::Duration,
    /// What one finding is called: `check` or `case`.
    pub(crate) unit: &'static str,
}

impl Audited {
    pub(crate) fn count(&self, status: Status) -> usize {
        let all = self.findings.iter();
        all.filter(|finding| finding.status == status).count()
    }

    /// Whether a baseline accepts a failure. It accepts no silence.
    pub(crate) fn is_known(&self, finding: &Finding) -> bool {
        finding.silence.is_none() && self.known.contains(&finding.id)
    }

    /// Whether the handler did not respond, or was not asked.
    pub(crate) fn is_silent(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.silence.is_some())
    }

    /// The failures that are new, in the order in which they should be mended.
    pub(crate) fn new_failures(&self) -> Vec<&Finding> {
        let failed = |finding: &&Finding| finding.status == Status::Fail;
        let all = self.findings.iter().filter(failed);
        let mut new: Vec<&Finding> = all.filter(|finding| !self.is_known(finding)).collect();
        new.sort_by_key(|finding| urgency(&finding.id));
        new
    }

    /// The outcome in one sentence.
    pub(crate) fn verdict(&self) -> String {
        let new = self.new_failures();
        let asked = self.findings.len() - self.count(Status::Skip);
        let known = self.count(Status::Fail) - new.len();
        let unit = self.unit;
        let also_known = match known {
            0 => String::new(),
            _ => format!(" {known} known."),
        };
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let is_silent = |finding: &&Finding, why| finding.silence == Some(why);
        if asked == 1 && new.iter().any(|one| is_silent(one, Silence::NothingAsked)) {
            return "Nothing could be asked.".to_owned();
        }
        let silence = if new.iter().any(|one| is_silent(one, Silence::NoResponse)) {
            "No valid delivery got a response. "
        } else {
            ""
        };
        match (new.as_slice(), asked) {
            ([], _) if known > 0 => format!(
                "No new failures in {asked} {unit}{}.{also_known}",
                plural(asked)
            ),
            ([], _) => match self.count(Status::Warn) {
                0 => format!("All {asked} {unit}{} passed.", plural(asked)),
                warned => format!(
                    "No failures in {asked} {unit}{}, {warned} to look at.",
                    plural(asked)
                ),
            },
            ([first], _) => format!(
                "{silence}1 of {asked} {unit}{} failed: `{}`.{also_known}",
                plural(asked),
                first.id
            ),
            ([first, ..], _) => format!(
                "{silence}{} of {asked} {unit}{} failed. Mend `{}` first.{also_known}",
                new.len(),
                plural(asked),
                first.id
            ),
        }
    }

    /// The counts in few words.
    pub(crate) fn sum(&self) -> String {
        let new = self.new_failures().len();
        let counts = [
            (new, "failed"),
            (self.count(Status::Fail) - new, "known"),
            (self.count(Status::Warn), "to look at"),
            (self.count(Status::Pass), "passed"),
            (self.count(Status::Skip), "skipped"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let mut parts: Vec<String> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let plural = if self.requests == 1 { "" } else { "s" };
        parts.push(format!(
            "{} request{plural} in {}",
            self.requests,
            duration(self.duration)
        ));
        parts.join(", ")
    }
}

/// One finding as one JSON object.
pub(crate) fn json(audited: &Audited, finding: &Finding) -> Value {
    let mut value = json!({
        "type": audited.unit,
        "id": finding.id,
        "status": finding.status.word(),
        "expected": finding.expected,
        "observed": finding.observed,
        "why": finding.why,
        "fix": finding.fix,
    });
    if audited.is_known(finding) {
        value["known"] = json!(true);
    }
    value
}

/// The sum as one JSON object.
pub(crate) fn summary(audited: &Audited) -> Value {
    json!({
        "type": "summary",
        "url": audited.url,
        "passed": audited.count(Status::Pass),
        "failed": audited.count(Status::Fail),
        "warned": audited.count(Status::Warn),
        "skipped": audited.count(Status::Skip),
        "known": audited.count(Status::Fail) - audited.new_failures().len(),
        "requests": audited.requests,
        "duration_ms": millis(audited.duration),
    })
}

/// Most characters of what was observed that stand in the table, if there is more to tell of it.
const MAX_LINE: usize = 60;

fn mark(status: Status, paint: Paint) -> Cell {
    match status {
        Status::Pass => cell("✓", |text| paint.good(text)),
        Status::Fail => cell("✗", |text| paint.bad(text)),
        Status::Warn => cell("!", |text| paint.warn(text)),
        Status::Skip => cell("-", |text| paint.faint(text)),
    }
}

/// All of it for people: the verdict, a line each, and what to mend.
pub(crate) fn human(audited: &Audited, paint: Paint, width: Option<usize>) -> String {
    let verdict = safe(&audited.verdict());
    let is_good = audited.new_failures().is_empty();
    let verdict = match (is_good, audited.count(Status::Warn)) {
        (true, 0) => paint.good(&format!("✓ {verdict}")),
        (true, _) => paint.warn(&format!("! {verdict}")),
        (false, _) => paint.bad(&format!("✗ {verdict}")),
    };
    let mut text = format!("{}\n{verdict}\n\n", paint.strong(&safe(&audited.title)));
    let rows: Vec<[Cell; 3]> = audited
        .findings
        .iter()
        .map(|finding| row(audited, finding, paint))
        .collect();
    text.push_str(&columns_within(&rows, "  ", width));
    let told = audited
        .findings
        .iter()
        .filter(|finding| finding.fix.is_some());
    for finding in told {
        text.push_str(&format!(
            "\n{} {}\n",
            mark(finding.status, paint).1,
            paint.strong(&safe(&finding.id))
        ));
        let mut lines = vec![
            [plain("expected"), plain(&finding.expected)],
            [plain("observed"), plain(&finding.observed)],
            [plain("why"), plain(&finding.why)],
        ];
        lines.extend(finding.fix.iter().map(|fix| [plain("mend"), plain(fix)]));
        let lines: Vec<[Cell; 2]> = lines
            .into_iter()
            .map(|[name, rest]| [(name.0.clone(), paint.faint(&name.0)), rest])
            .collect();
        text.push_str(&indent(
            &columns_within(&lines, "  ", width.map(|width| width.saturating_sub(2))),
            "  ",
        ));
    }
    text.push_str(&format!("\n{}\n", paint.faint(&audited.sum())));
    text
}

fn row(audited: &Audited, finding: &Finding, paint: Paint) -> [Cell; 3] {
    let known = if audited.is_known(finding) {
        "known: "
    } else {
        ""
    };
    let mut said = format!("{known}{}", finding.observed);
    // All of it stands below.
    if finding.fix.is_some()
        && let Some((end, _)) = said.char_indices().nth(MAX_LINE)
    {
        said.truncate(end);
        said.push('…');
    }
    let said = match finding.status {
        Status::Skip => cell(said, |text| paint.faint(text)),
        _ => plain(said),
    };
    [mark(finding.status, paint), plain(&finding.id), said]
}
