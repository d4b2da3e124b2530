//! What an audit came to as JUnit XML, as Jenkins, GitLab, CircleCI and the usual GitHub actions read it.

use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::audit::Audited;
use super::text::safe;
use crate::audit::{Finding, Status};

/// The report. A known failure is skipped there, so that only new ones turn a build red.
pub(crate) fn print(audited: &Audited) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Nothing that is written to memory fails.
    let _ = write(audited, &mut writer);
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    bytes
}

fn write(audited: &Audited, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = [
        ("tests", audited.findings.len()),
        ("failures", audited.new_failures().len()),
        ("errors", 0),
        (
            "skipped",
            audited
                .findings
                .iter()
                .filter(|finding| skipped(audited, finding).is_some())
                .count(),
        ),
    ];
    let counts: Vec<(&str, String)> = counts
        .into_iter()
        .map(|(name, count)| (name, count.to_string()))
        .collect();
    let attributes = |name: &str| {
        let mut all = vec![("name", text(name))];
        all.extend(counts.iter().cloned());
        all.push(("time", seconds(audited.duration)));
        all
    };
    let name = format!("hookctl {}", audited.unit);
    let suites = writer
        .create_element("testsuites")
        .with_attributes(pairs(&attributes(&name)));
    suites.write_inner_content(|writer| {
        let suite = writer
            .create_element("testsuite")
            .with_attributes(pairs(&attributes(&audited.title)));
        suite.write_inner_content(|writer| {
            audited
                .findings
                .iter()
                .try_for_each(|finding| case(audited, finding, &name, writer))
        })?;
        Ok(())
    })?;
    Ok(())
}

fn case(
    audited: &Audited,
    finding: &Finding,
    class: &str,
    writer: &mut Writer<Vec<u8>>,
) -> std::io::Result<()> {
    let attributes = [
        ("classname", class.replace(' ', ".")),
        ("name", text(&finding.id)),
        ("time", seconds(finding.duration)),
    ];
    let case = writer
        .create_element("testcase")
        .with_attributes(pairs(&attributes));
    let message = [("message", text(&finding.observed))];
    if let Some(reason) = skipped(audited, finding) {
        let reason = [("message", text(&reason))];
        case.write_inner_content(|writer| {
            writer
                .create_element("skipped")
                .with_attributes(pairs(&reason))
                .write_empty()
                .map(drop)
        })?;
    } else if finding.status == Status::Fail {
        case.write_inner_content(|writer| {
            let failure = writer
                .create_element("failure")
                .with_attributes(pairs(&message));
            failure
                .write_text_content(BytesText::new(&details(finding)))
                .map(drop)
        })?;
    } else if finding.status == Status::Warn {
        case.write_inner_content(|writer| {
            writer
                .create_element("system-out")
                .write_text_content(BytesText::new(&details(finding)))
                .map(drop)
        })?;
    } else {
        case.write_empty()?;
    }
    Ok(())
}

/// Why a finding counts as skipped, if it does.
fn skipped(audited: &Audited, finding: &Finding) -> Option<String> {
    match finding.status {
        Status::Skip => Some(finding.observed.clone()),
        Status::Fail if audited.is_known(finding) => {
            Some(format!("known failure: {}", finding.observed))
        }
        _ => None,
    }
}

fn details(finding: &Finding) -> String {
    let mut lines = format!(
        "expected: {}\nobserved: {}\nwhy: {}\n",
        text(&finding.expected),
        text(&finding.observed),
        text(&finding.why)
    );
    if let Some(fix) = &finding.fix {
        lines.push_str(&format!("mend: {}\n", text(fix)));
    }
    lines
}

/// Attributes as the writer takes them: it escapes the values.
fn pairs<'a>(attributes: &'a [(&'a str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
}

/// Text that XML can hold (XML 1.0, 2.2): control characters are shown, the two that are no characters are replaced.
fn text(text: &str) -> String {
    safe(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}
