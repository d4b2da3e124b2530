//! What an audit came to as Markdown, for a comment on a pull request or the summary of a job.

use super::audit::Audited;
use super::text::safe;
use crate::audit::{Finding, Status};

/// The report.
pub(crate) fn print(audited: &Audited) -> String {
    let is_good = audited.new_failures().is_empty();
    let mark = if is_good { "✅" } else { "❌" };
    let mut text = format!(
        "### {mark} {}\n\n{}: {}.\n",
        words(&audited.verdict()),
        code(&audited.title),
        words(&audited.sum())
    );
    text.push_str(&format!(
        "\n| | {} | observed |\n| --- | --- | --- |\n",
        audited.unit
    ));
    for finding in &audited.findings {
        let known = if audited.is_known(finding) {
            "known: "
        } else {
            ""
        };
        text.push_str(&format!(
            "| {} | {} | {known}{} |\n",
            sign(audited, finding),
            code(&finding.id).replace('|', "\\|"),
            code(&finding.observed).replace('|', "\\|")
        ));
    }
    for finding in audited
        .findings
        .iter()
        .filter(|finding| finding.fix.is_some())
    {
        text.push_str(&format!(
            "\n<details><summary>{} {}</summary>\n\n",
            sign(audited, finding),
            html(&finding.id)
        ));
        let fix = finding.fix.as_deref().unwrap_or_default();
        let parts = [
            ("Expected", words(&finding.expected)),
            ("Observed", code(&finding.observed)),
            ("Why", words(&finding.why)),
            ("Mend", words(fix)),
        ];
        for (name, said) in parts.iter().filter(|(_, said)| !said.is_empty()) {
            text.push_str(&format!("- **{name}**: {said}\n"));
        }
        text.push_str("\n</details>\n");
    }
    text
}

fn sign(audited: &Audited, finding: &Finding) -> &'static str {
    match finding.status {
        Status::Pass => "✅",
        Status::Fail if audited.is_known(finding) => "☑️",
        Status::Fail => "❌",
        Status::Warn => "⚠️",
        Status::Skip => "➖",
    }
}

/// Text as code: nothing in it is markup, a link or a mention. The fence is longer than any run of backticks inside.
fn code(text: &str) -> String {
    let text = safe(text);
    let runs = text.split(|char| char != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    let space = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A sentence of ours: what stands between backticks is code, and nothing else is markup.
fn words(text: &str) -> String {
    let text = safe(text);
    if !text.matches('`').count().is_multiple_of(2) {
        return plain(&text);
    }
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| match index % 2 {
            1 => code(part),
            _ => plain(part),
        })
        .collect()
}

fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if "\\`*_{}[]<>()#|~!&@".contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

fn html(text: &str) -> String {
    quick_xml::escape::escape(safe(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_from_strangers_is_no_markup() {
        assert_eq!(code("401 \"nope\""), "`401 \"nope\"`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert_eq!(
            words("Answer `401`, <b> @you #1"),
            "Answer `401`, \\<b\\> \\@you \\#1"
        );
        assert_eq!(words("a ` b"), "a \\` b");
    }

    proptest! {
        #[test]
        fn code_ends_where_its_text_ends(text in "[`a |\n]{0,12}") {
            let code = code(&text);
            let fence = code.len() - code.trim_start_matches('`').len();
            let inside = &code[fence..code.len() - fence];
            prop_assert!(!inside.contains(&"`".repeat(fence)));
        }
    }
}
