//! What an audit or a file of cases came to: shown, written to files, and held against what was known before.

use std::fs;
use std::net::TcpStream;
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::Args;
use url::Url;

use super::Context;
use crate::audit::{Status, baseline};
use crate::error::{Error, Outcome, Result, utf8};
use crate::render::audit::{Audited, human, json, summary};
use crate::render::{html, junit, markdown};
use crate::sender::Reach;
use crate::suggest::did_you_mean;

/// Where findings go beside stdout, and which of them are known.
#[derive(Args, Default)]
#[command(next_help_heading = "Reports and CI")]
pub(crate) struct FindingsArgs {
    /// Wait so long for the handler to take connections
    #[arg(long, value_name = "DURATION", value_parser = super::options::span)]
    pub(super) wait: Option<Duration>,
    /// Write a report: junit, html or markdown (can be repeated)
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<ReportTo>,
    /// File of known failures, of --write-baseline or of --json: fail only on new ones
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// Write the failures of this run to a file for --baseline
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Junit,
    Html,
    Markdown,
}

const KINDS: [(&str, Kind); 3] = [
    ("junit", Kind::Junit),
    ("html", Kind::Html),
    ("markdown", Kind::Markdown),
];

/// `KIND=FILE`.
#[derive(Clone, Debug)]
struct ReportTo {
    kind: Kind,
    file: String,
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, file) = text.split_once('=').unwrap_or((text, ""));
        let names = KINDS.iter().map(|(name, _)| *name);
        let Some((_, kind)) = KINDS.iter().find(|(known, _)| *known == name) else {
            let near = did_you_mean(name, names.clone());
            let all: Vec<&str> = names.collect();
            let near = near.unwrap_or_else(|| format!("There are {}.", all.join(", ")));
            return Err(format!("there is no report `{name}`. {near}"));
        };
        if file.is_empty() {
            return Err(format!(
                "say where to, as in `{name}=report.{}`",
                kind.ending()
            ));
        }
        Ok(Self {
            kind: *kind,
            file: file.to_owned(),
        })
    }
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Junit => "xml",
            Self::Html => "html",
            Self::Markdown => "md",
        }
    }
}

impl FindingsArgs {
    /// Waits until something takes connections at a URL, for as long as the user allows. What is still not there then
    /// is found out about when it is sent to.
    pub(super) fn wait_for(&self, url: &Url, reach: Reach) {
        const APART: Duration = Duration::from_millis(100);
        let Some(limit) = self.wait else { return };
        let takes = || {
            let mut addresses = reach.addresses_now(url).into_iter();
            addresses.any(|address| TcpStream::connect_timeout(&address, APART * 10).is_ok())
        };
        let start = Instant::now();
        while !takes() && start.elapsed() < limit {
            std::thread::sleep(APART);
        }
    }

    /// The failures that are known.
    pub(super) fn known(&self, context: &Context) -> Result<Vec<String>> {
        let Some(file) = &self.baseline else {
            return Ok(Vec::new());
        };
        let text = utf8(context.settings.read(file)?, file)?;
        baseline::parse(&text).map_err(|problem| {
            Error::usage(format!("`{file}` is no baseline: {problem}"))
                .hint("`--write-baseline FILE` writes one.")
        })
    }

    /// Shows the findings, writes the reports, and says how the command ends.
    pub(super) fn conclude(&self, audited: &Audited, context: &mut Context) -> Result<Outcome> {
        if context.ui.json {
            for finding in &audited.findings {
                context.ui.json_line(&json(audited, finding))?;
            }
            context.ui.json_line(&summary(audited))?;
        } else {
            let text = human(audited, context.ui.out_paint, context.ui.out_width());
            context.ui.data(text)?;
        }
        context.ui.flush()?;
        for ReportTo { kind, file } in &self.report {
            let bytes = match kind {
                Kind::Junit => junit::print(audited),
                Kind::Html => html::print(audited).into_bytes(),
                Kind::Markdown => markdown::print(audited).into_bytes(),
            };
            write(file, &bytes, context)?;
        }
        if let Some(file) = &self.write_baseline {
            if audited.is_silent() {
                context.ui.problem(&format!(
                    "`{file}` is not written: a baseline accepts failures, not silence"
                ))?;
                return Ok(Outcome::Bad);
            }
            let failed = audited.new_failures();
            let ids: Vec<&str> = failed.iter().map(|finding| &*finding.id).collect();
            write(file, baseline::print(&ids).as_bytes(), context)?;
            let count = ids.len();
            context.ui.note(&format!(
                "`{file}` holds {count} known failures; `--baseline {file}` accepts them."
            ))?;
            return Ok(Outcome::Good);
        }
        self.tell_mended(audited, context)?;
        Ok(Outcome::good_if(audited.new_failures().is_empty()))
    }

    /// Says which known failures are none any more.
    fn tell_mended(&self, audited: &Audited, context: &mut Context) -> Result<()> {
        let Some(file) = &self.baseline else {
            return Ok(());
        };
        let passes = |id: &&String| {
            let mut found = audited.findings.iter();
            found.any(|finding| finding.id == **id && finding.status == Status::Pass)
        };
        for id in audited.known.iter().filter(passes) {
            context
                .ui
                .note(&format!("note: {id} is mended; take it out of `{file}`."))?;
        }
        Ok(())
    }
}

fn write(file: &str, bytes: &[u8], context: &Context) -> Result<()> {
    fs::write(context.settings.directory().join(file), bytes)
        .map_err(|error| Error::machine(format!("cannot write `{file}`")).because(error))
}
