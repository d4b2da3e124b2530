//! `hookctl verify`: valid or not, and why not.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::Context;
use super::ahead::{NewWorker, Seen, Worker};
use super::judged::{MOST_SEARCHES, Tally, Verifier};
use super::options::{SecretArgs, span};
use super::sources::{Sourced, each_ahead, nothing_in};
use crate::error::{Error, Outcome, Result};
use crate::provider::{Catalogue, Detector, Provider};
use crate::render::Paint;
use crate::render::verification::{self, Found};
use crate::request::stored::Stored;
use crate::request::{Header, Headers, Request, json_text, parse_header};
use crate::settings::Settings;
use crate::signature::{self, Clock, Scheme, Status};
use crate::ui::Ui;
use crate::value::Time;

/// Say whether a request is signed right, and if not, why not
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl verify --secret whsec_... delivery.json
  hookctl verify --secret whsec_... last
  hookctl verify --secret whsec_... --body body.json -H 'svix-id: msg_1' -H 'svix-timestamp: 1614265330' -H 'svix-signature: v1,...'
  hookctl verify --secret whsec_... --at 1614265330 < request.http")]
pub(crate) struct VerifyArgs {
    /// Saved captures, raw HTTP files, NDJSON, ids of the history, `last`, or - for stdin; by default stdin if it is piped, else `last`
    #[arg(value_name = "SOURCE", conflicts_with_all = ["body", "header_args", "headers"])]
    sources: Vec<String>,
    /// File with the body
    #[arg(long, value_name = "FILE")]
    body: Option<String>,
    /// Header of the request (can be repeated)
    #[arg(short = 'H', long = "header", id = "header_args", value_name = "NAME: VALUE", value_parser = exact_header)]
    header_args: Vec<Header>,
    /// File with headers, one a line
    #[arg(long, value_name = "FILE")]
    headers: Option<String>,
    /// Method of the request that `--body` and `-H` make
    #[arg(
        long,
        value_name = "METHOD",
        default_value = "POST",
        conflicts_with = "sources"
    )]
    method: String,
    /// Public URL that the sender called, for schemes that sign it; told from the headers by default
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Provider; found from the request by default
    #[arg(long, value_name = "NAME", conflicts_with = "scheme")]
    provider: Option<String>,
    /// Signature scheme; found from the headers by default
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// Time to verify at: RFC 3339, unix seconds, or from now as in `-10m`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<Time>,
    /// How far the signed time may be off; the scheme's own by default
    #[arg(long, value_name = "DURATION", value_parser = span)]
    tolerance: Option<std::time::Duration>,
    /// Show secret and expected signature where they help
    #[arg(long)]
    reveal: bool,
    /// Try every known cause of a failure, however long it takes
    #[arg(long)]
    thorough: bool,
    #[command(flatten)]
    secret: SecretArgs,
}

/// Reads a header as it came: white space after the value belongs to it.
fn exact_header(text: &str) -> std::result::Result<Header, String> {
    let mut header = parse_header(text)?;
    let (_, value) = text.split_once(':').unwrap_or_default();
    header.value = value.trim_start().to_owned().into();
    Ok(header)
}

pub(crate) fn run(args: &VerifyArgs, context: &mut Context) -> Result<Outcome> {
    let catalogue = context.settings.catalogue()?;
    let now = Timestamp::now();
    let clock = Clock {
        now: args.at.map_or(now, |time| time.resolve(now)).as_second(),
        tolerance: args
            .tolerance
            .map(|tolerance| i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX)),
    };
    let scheme = args.scheme.as_deref().map(named_scheme).transpose()?;
    let provider = args.provider(&catalogue)?;
    let detector = Detector::new(catalogue.all()?);
    let mut verifier = Verifier::new(&args.secret, provider, scheme, detector, clock);
    verifier.url.clone_from(&args.url);
    verifier.thorough = args.thorough;
    let Context { settings, ui, .. } = context;
    verifier.shows_progress = args.thorough && ui.err_is_terminal && !ui.is_quiet();
    let settings: &Settings = settings;
    let quick = verifier.without_searches();
    let (json, paint) = (ui.json, ui.out_paint);
    let new_worker = || -> Worker<'_, Good> {
        let mut verifier = quick.without_searches();
        Box::new(move |sourced| {
            let found = verifier.verify(&sourced, true, settings);
            match found.map(|found| Good::of(&found, &sourced, json, paint)) {
                Ok(Some(good)) => Seen::Done(good),
                _ => Seen::left(sourced),
            }
        })
    };
    let mut report = Report {
        verifier,
        reveal: args.reveal,
        tally: Tally::default(),
    };
    // Whether there are several is known when the second one comes.
    let (mut waiting, mut several) = (None, false);
    args.each(settings, &new_worker, |seen| {
        let Some(before) = waiting.replace(seen) else {
            return Ok(());
        };
        several = true;
        report.one(before, true, settings, ui)
    })?;
    let Some(last) = waiting else {
        ui.problem(&nothing_in(&args.sources))?;
        return Ok(Outcome::Bad);
    };
    report.one(last, several, settings, ui)?;
    if report.verifier.searches_left == 0 {
        ui.note(&format!(
            "note: after {MOST_SEARCHES} failures without a cause no more were searched; verify one alone to find its cause."
        ))?;
    }
    if several && !ui.json {
        ui.data(format!("{}\n", report.tally.text()))?;
    }
    Ok(Outcome::good_if(report.tally.is_good()))
}

/// One of several that is good, ready to be said.
struct Good {
    status: Status,
    line: Vec<u8>,
}

impl Good {
    /// `None` for a verdict that may need a cause.
    fn of(found: &Found, sourced: &Sourced, json: bool, paint: Paint) -> Option<Self> {
        let status = found.verification.status;
        if !found.is_good() {
            return None;
        }
        let line = if json {
            let mut line = Vec::new();
            json_text::to_writer(&mut line, &verification::json(found)).ok()?;
            line.push(b'\n');
            line
        } else {
            verification::line(&sourced.from, found, paint).into_bytes()
        };
        Some(Self { status, line })
    }
}

/// Verdicts, said one by one.
struct Report<'a> {
    verifier: Verifier<'a>,
    reveal: bool,
    tally: Tally,
}

impl Report<'_> {
    fn one(
        &mut self,
        seen: Seen<Good>,
        of_several: bool,
        settings: &Settings,
        ui: &mut Ui,
    ) -> Result<()> {
        let sourced = match seen {
            Seen::Left(sourced) => sourced,
            Seen::Done(good) => {
                self.tally.count(good.status, None);
                return ui.data(good.line);
            }
        };
        let found = self.verifier.verify(&sourced, of_several, settings)?;
        self.tally
            .count(found.verification.status, found.verification.reason);
        if ui.json {
            return ui.json_line(&verification::json(&found));
        }
        let paint = ui.out_paint;
        ui.data(if of_several {
            verification::line(&sourced.from, &found, paint)
        } else {
            verification::human(&found, self.reveal, paint)
        })
    }
}

/// The scheme of this name.
pub(super) fn named_scheme(name: &str) -> Result<&'static Scheme> {
    signature::named(name).ok_or_else(|| {
        let known: Vec<&str> = signature::names().collect();
        let near = crate::suggest::did_you_mean(name, known.iter().copied());
        Error::usage(format!("unknown scheme `{name}`")).hint(
            near.unwrap_or_else(|| format!("There are {}: {}.", known.len(), known.join(", "))),
        )
    })
}

impl VerifyArgs {
    fn provider(&self, catalogue: &Catalogue) -> Result<Option<Arc<Provider>>> {
        self.provider
            .as_deref()
            .map(|name| catalogue.provider(name))
            .transpose()
    }

    fn each(
        &self,
        settings: &Settings,
        new_worker: NewWorker<'_, Good>,
        mut visit: impl FnMut(Seen<Good>) -> Result<()>,
    ) -> Result<()> {
        if self.body.is_some() || !self.header_args.is_empty() || self.headers.is_some() {
            return visit(Seen::left(self.put_together(settings)?));
        }
        if self.sources.is_empty() {
            let source = if settings.stdin_is_piped() {
                "-"
            } else {
                "last"
            };
            return each_ahead(&[source.to_owned()], settings, new_worker, visit);
        }
        each_ahead(&self.sources, settings, new_worker, visit)
    }

    /// A request from its parts.
    fn put_together(&self, settings: &Settings) -> Result<Sourced> {
        let mut headers = Headers::default();
        if let Some(file) = &self.headers {
            let bytes = settings.read(file)?;
            for (index, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
                if line.trim().is_empty() || line.starts_with("HTTP/") {
                    continue;
                }
                let header = exact_header(line).map_err(|problem| {
                    Error::usage(format!("`{file}` line {}: {problem}", index + 1))
                })?;
                headers.push(header.name, header.value);
            }
        }
        for header in &self.header_args {
            headers.push(header.name.clone(), header.value.clone());
        }
        let body = match &self.body {
            Some(file) => settings.read(file)?,
            None => Vec::new(),
        };
        // A URL says what the target was.
        let target = self
            .url
            .as_deref()
            .and_then(|url| url::Url::parse(url).ok());
        let target = target.map_or_else(
            || "/".to_owned(),
            |url| crate::provider::compose::target(&url),
        );
        let request = Request {
            method: self.method.clone(),
            target,
            headers,
            body: body.into(),
        };
        Ok(Sourced {
            from: "the request".to_owned(),
            stored: Stored::whole(request),
            id: None,
            sent: None,
        })
    }
}
