//! A verdict, for people and as machine output.

use serde::Serialize;

use super::Paint;
use super::text::{safe, write_escape};
use crate::provider::Provider;
use crate::signature::{
    Cause, Check, Code, Diagnosis, Evidence, Reason, Scheme, Status, Verification, Warning,
};

/// What `verify` found about one request.
pub(crate) struct Found {
    pub(crate) provider: Option<String>,
    pub(crate) scheme: Option<&'static Scheme>,
    pub(crate) verification: Verification,
    pub(crate) diagnosis: Diagnosis,
    /// Things to know beside the verdict.
    pub(crate) warnings: Vec<Warning>,
    /// What was signed and what came, if it is invalid.
    pub(crate) evidence: Option<Evidence>,
    /// What is plain to see, if it is invalid.
    pub(crate) facts: Vec<String>,
}

impl Found {
    /// A verdict without anything beside it but the warning that nothing was proven.
    pub(crate) fn of(verification: Verification, provider: Option<&Provider>) -> Self {
        let mut warnings = Vec::new();
        if verification.status == Status::Unsigned {
            let who = provider.map_or("this sender", |provider| &*provider.profile.label);
            let text = format!(
                "{who} does not sign its webhooks: nothing is covered, anybody could have sent this"
            );
            warnings.push(("signature_covers_less", text));
        }
        Self {
            provider: provider.map(|provider| provider.profile.name.clone()),
            scheme: None,
            verification,
            diagnosis: Diagnosis::default(),
            warnings,
            evidence: None,
            facts: Vec::new(),
        }
    }

    /// The causes, or that there is none.
    fn causes(&self) -> Vec<Cause> {
        let searched = matches!(
            self.verification.reason,
            Some(Reason::Mismatch | Reason::MalformedHeader | Reason::UnsupportedVersion)
        );
        if self.diagnosis.causes.is_empty() && searched {
            return vec![self.no_cause()];
        }
        self.diagnosis.causes.clone()
    }

    /// That no cause was found, with no more than what follows from it.
    fn no_cause(&self) -> Cause {
        const COMPARE: &str = "Compare the secret with the one that the sender shows for this very endpoint, then verify the raw bytes as `hookctl listen --save` keeps them.";
        let is_unreadable = matches!(
            self.verification.reason,
            Some(Reason::MalformedHeader | Reason::UnsupportedVersion)
        );
        let (what, fix) = if is_unreadable {
            (
                "No known mistake explains this header, and while it cannot be read, nothing follows about the secret or the body",
                "Correct the header first: `hookctl explain` shows how the scheme writes it.",
            )
        } else if self.diagnosis.left_out.is_empty() {
            (
                "No known mistake explains it, so it was signed with another secret, or altered after it was signed",
                COMPARE,
            )
        } else {
            (
                "No mistake that was tried explains it, and not all were tried, so the cause may be any of those left out, another secret, or altered content",
                COMPARE,
            )
        };
        Cause {
            code: Code::NoCauseFound,
            explanation: format!("{what}; {}.", self.facts.join("; ")),
            fix: fix.to_owned(),
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        matches!(self.verification.status, Status::Valid | Status::Unsigned)
    }

    fn verdict(&self, paint: Paint) -> String {
        let verification = &self.verification;
        let reason = verification
            .reason
            .map(|reason| format!(" ({})", reason.code()))
            .unwrap_or_default();
        let mut text = match verification.status {
            Status::Valid => paint.good("✓ valid"),
            Status::Unsigned => paint.warn("! unsigned"),
            Status::Invalid => paint.bad(&format!("✗ invalid{reason}")),
            Status::NoSecret => paint.bad("✗ no secret"),
        };
        // Of what is unsigned, `unsigned` is no second word to say.
        let scheme = Some(&*verification.scheme)
            .filter(|scheme| !scheme.is_empty() && verification.status != Status::Unsigned);
        let mut of: Vec<&str> = self.provider.as_deref().into_iter().chain(scheme).collect();
        of.dedup();
        if !of.is_empty() {
            text.push_str(&format!("  {}", paint.faint(&of.join(", "))));
        }
        if let Some(id) = &verification.delivery_id {
            text.push_str(&format!("  {}", safe(id)));
        }
        text
    }
}

/// A verdict as machine output. The keys are those of the interface.
#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    status: &'static str,
    provider: Option<&'a str>,
    scheme: Option<&'a str>,
    delivery_id: Option<&'a str>,
    timestamp: Option<i64>,
    reason: Option<&'static str>,
    checks: &'a [Check],
    causes: Vec<CauseLine>,
    warnings: Vec<WarningLine<'a>>,
}

#[derive(Serialize)]
struct CauseLine {
    code: &'static str,
    explanation: String,
    fix: String,
}

#[derive(Serialize)]
struct WarningLine<'a> {
    code: &'static str,
    explanation: &'a str,
}

/// A verdict as one JSON object. An unsigned request counts as valid, with a warning that nothing was proven.
pub(crate) fn json(found: &Found) -> impl Serialize {
    let verification = &found.verification;
    let causes = found.causes().into_iter().map(|cause| CauseLine {
        code: cause.code.word(),
        explanation: cause.explanation,
        fix: cause.fix,
    });
    let warnings = found
        .warnings
        .iter()
        .map(|(code, explanation)| WarningLine { code, explanation });
    Line {
        r#type: "verification",
        status: if found.is_good() { "valid" } else { "invalid" },
        provider: found.provider.as_deref(),
        scheme: Some(&*verification.scheme).filter(|scheme| !scheme.is_empty()),
        delivery_id: verification.delivery_id.as_deref(),
        timestamp: verification.timestamp,
        reason: verification.reason.map(Reason::code),
        checks: &verification.checks,
        causes: causes.collect(),
        warnings: warnings.collect(),
    }
}

/// One of several verdicts: a line, and a second one with the cause.
pub(crate) fn line(from: &str, found: &Found, paint: Paint) -> String {
    let mut text = format!("{}: {}\n", safe(from), found.verdict(paint));
    if let Some(cause) = found.diagnosis.causes.first() {
        text.push_str(&format!(
            "  {}: {}\n",
            cause.code.word(),
            safe(&cause.explanation)
        ));
    }
    text
}

/// A verdict for people: the answer first, then what was looked at, the cause and the fix.
pub(crate) fn human(found: &Found, reveal: bool, paint: Paint) -> String {
    let mut text = found.verdict(paint);
    text.push('\n');
    if found.verification.status != Status::Unsigned {
        for check in &found.verification.checks {
            let mark = if check.ok {
                paint.good("✓")
            } else {
                paint.bad("✗")
            };
            text.push_str(&format!(
                "  {mark} {}: {}\n",
                check.name,
                safe(&check.detail)
            ));
        }
    }
    if matches!(
        found.verification.reason,
        Some(Reason::Stale | Reason::Future)
    ) {
        let hint =
            "An old capture verifies with `--at` its time; for a fresh one, look at the clocks.";
        text.push_str(&format!("  {} {hint}\n", paint.name("hint:")));
    }
    if let Some(evidence) = &found.evidence {
        text.push_str(&shown(evidence, found, reveal, paint));
    }
    for cause in found.causes() {
        let code = paint.strong(cause.code.word());
        text.push_str(&format!("\n  {code}\n    {}\n", safe(&cause.explanation)));
        if !cause.fix.is_empty() {
            text.push_str(&format!(
                "    {} {}\n",
                paint.name("Fix:"),
                safe(&cause.fix)
            ));
        }
    }
    if !found.warnings.is_empty() && found.evidence.is_some() {
        text.push('\n');
    }
    for (_, warning) in &found.warnings {
        text.push_str(&format!("  {} {}\n", paint.warn("!"), safe(warning)));
    }
    text
}

/// Bytes of the signed string that are shown at its start and at its end.
const SHOWN: usize = 160;

fn shown(evidence: &Evidence, found: &Found, reveal: bool, paint: Paint) -> String {
    let mut text = String::from("\n");
    let mut row = |name: &str, value: String| {
        text.push_str(&format!(
            "  {} {value}\n",
            paint.faint(&format!("{name:<10}"))
        ));
    };
    let algorithm = found.scheme.map_or("", Scheme::algorithm);
    if evidence.message_is_secret && !reveal {
        row(
            "signed",
            format!(
                "{} bytes, the secret among them; `--reveal` shows them",
                evidence.length
            ),
        );
    } else {
        row("signed", visible_ends(&evidence.start, &evidence.end));
    }
    row("received", safe(&evidence.received));
    let computed = match &evidence.expected {
        Some(expected) if reveal => safe(expected),
        Some(_) => format!("another {algorithm}; `--reveal` shows it"),
        None => "nothing: only the sender's private key can".to_owned(),
    };
    row("computed", computed);
    if let Some(difference) = &found.diagnosis.difference {
        row(
            "body here",
            format!(
                "{}  (from byte {})",
                visible(difference.here.as_bytes()),
                difference.at
            ),
        );
        row("was signed", visible(difference.signed.as_bytes()));
    }
    text
}

/// Bytes with what cannot be seen made visible: spaces as `·`, line ends and other control characters as escapes. Of a
/// long text, its start and its end.
pub(super) fn visible(bytes: &[u8]) -> String {
    visible_ends(bytes, b"")
}

/// The same of a text of which there are only start and end; the end is empty if the start is all of it.
fn visible_ends(start: &[u8], end: &[u8]) -> String {
    let start = String::from_utf8_lossy(start);
    let mut out = String::new();
    if end.is_empty() && start.chars().count() <= 2 * SHOWN {
        start.chars().for_each(|char| show(char, &mut out));
        return out;
    }
    let end = String::from_utf8_lossy(end);
    let last = if end.is_empty() { &start } else { &end };
    let from = last.char_indices().rev().nth(SHOWN - 1);
    let last = &last[from.map_or(0, |(at, _)| at)..];
    start
        .chars()
        .take(SHOWN)
        .for_each(|char| show(char, &mut out));
    out.push_str(" … ");
    last.chars().for_each(|char| show(char, &mut out));
    out
}

fn show(char: char, out: &mut String) {
    match char {
        ' ' => out.push('·'),
        char if super::text::is_dangerous(char) => write_escape(char, out),
        char => out.push(char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shown_with_its_start_and_its_end() {
        assert_eq!(visible(b"a b\n"), "a·b\\n");
        let whole = [&[b'a'; 2 * SHOWN - 1][..], b" "].concat();
        assert_eq!(visible(&whole), format!("{}·", "a".repeat(2 * SHOWN - 1)));
        let longer = [&whole[..], b"b"].concat();
        let wanted = format!("{} … {}·b", "a".repeat(SHOWN), "a".repeat(SHOWN - 2));
        assert_eq!(visible(&longer), wanted);
        // A character that is cut in two at the start of the end is not shown.
        let end = ["é".as_bytes()[1..].to_vec(), vec![b'b'; SHOWN]].concat();
        let wanted = format!("{} … {}", "a".repeat(SHOWN), "b".repeat(SHOWN));
        assert_eq!(visible_ends(&longer, &end), wanted);
    }
}
