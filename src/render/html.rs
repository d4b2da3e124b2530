//! What an audit came to as one page: no scripts, nothing from elsewhere, light and dark, for a desk and for a phone.

use quick_xml::escape::escape;

use super::audit::Audited;
use super::duration;
use super::text::safe;
use crate::audit::{Finding, Status};

/// The report.
pub(crate) fn print(audited: &Audited) -> String {
    let verdict = words(&audited.verdict());
    let is_good = audited.new_failures().is_empty();
    let tone = match (is_good, audited.count(Status::Warn)) {
        (false, _) => "fail",
        (true, 0) => "pass",
        (true, _) => "warn",
    };
    let told: String = ordered(audited)
        .into_iter()
        .map(|finding| card(audited, finding))
        .collect();
    let rows: String = audited
        .findings
        .iter()
        .map(|finding| row(audited, finding))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}: {sum}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header class=\"{tone}\">\n<p class=\"title\">{title}</p>\n<h1>{verdict}</h1>\n{bar}<p class=\"sum\">{sum}</p>\n</header>\n\
         {told}\
         <section>\n<h2>All {unit}s</h2>\n<ul class=\"all\">\n{rows}</ul>\n</section>\n\
         <footer>hookctl {version}</footer>\n</main>\n</body>\n</html>\n",
        title = text(&audited.title),
        bar = bar(audited),
        sum = text(&audited.sum()),
        unit = audited.unit,
        version = env!("CARGO_PKG_VERSION"),
    )
}

const STYLE: &str = include_str!("audit.css");

/// What there is to tell about, the most urgent first.
fn ordered(audited: &Audited) -> Vec<&Finding> {
    let new = audited.new_failures();
    let rest = audited
        .findings
        .iter()
        .filter(|finding| finding.fix.is_some());
    let rest = rest.filter(|finding| !new.iter().any(|one| one.id == finding.id));
    new.iter().copied().chain(rest).collect()
}

fn kind(audited: &Audited, finding: &Finding) -> &'static str {
    if audited.is_known(finding) {
        "known"
    } else {
        finding.status.word()
    }
}

/// The parts of the whole as a bar.
fn bar(audited: &Audited) -> String {
    let parts = ["fail", "known", "warn", "pass", "skip"].map(|kind_of| {
        let all = audited.findings.iter();
        let count = all
            .filter(|finding| kind(audited, finding) == kind_of)
            .count();
        if count == 0 {
            String::new()
        } else {
            format!("<i class=\"{kind_of}\" style=\"flex-grow:{count}\"></i>")
        }
    });
    format!(
        "<div class=\"bar\" aria-hidden=\"true\">{}</div>\n",
        parts.concat()
    )
}

fn card(audited: &Audited, finding: &Finding) -> String {
    let kind = kind(audited, finding);
    let parts = [
        ("Expected", Some(&finding.expected)),
        ("Observed", Some(&finding.observed)),
        ("Why", Some(&finding.why)),
        ("Mend", finding.fix.as_ref()),
    ];
    let parts = parts.iter().filter_map(|(name, said)| {
        said.filter(|said| !said.is_empty())
            .map(|said| (name, said))
    });
    let mut list = String::new();
    for (name, said) in parts {
        list.push_str(&format!("<dt>{name}</dt><dd>{}</dd>\n", words(said)));
    }
    format!(
        "<section class=\"card {kind}\">\n<h2><span class=\"tag {kind}\">{kind}</span> {}</h2>\n<dl>\n{list}</dl>\n</section>\n",
        text(&finding.id)
    )
}

fn row(audited: &Audited, finding: &Finding) -> String {
    let kind = kind(audited, finding);
    // What sent nothing took no time.
    let time = if finding.duration.as_micros() < 500 {
        String::new()
    } else {
        format!("<time>{}</time>", duration(finding.duration))
    };
    format!(
        "<li><span class=\"tag {kind}\">{kind}</span><b>{}</b><span class=\"said\">{}</span>{time}</li>\n",
        text(&finding.id),
        words(&finding.observed),
    )
}

/// A sentence, with what stands between backticks as code.
fn words(said: &str) -> String {
    if said.matches('`').count() % 2 == 1 {
        return text(said);
    }
    let parts = said.split('`').enumerate();
    parts
        .map(|(index, part)| match index % 2 {
            1 => format!("<code>{}</code>", text(part)),
            _ => text(part),
        })
        .collect()
}

fn text(text: &str) -> String {
    escape(safe(text)).into_owned()
}
