//! `hookctl check`: an audit of a handler.

use std::cell::RefCell;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use super::findings::FindingsArgs;
use super::message::random_seed;
use super::options::{RequestArgs, SecretArgs, Target, roots};
use super::outgoing::signing_key;
use super::target::TargetParser;
use super::{Context, block_on};
use crate::audit::{self, ALL, Finding, Line, Report, Selection, Subject, Watch, is_near};
use crate::error::{Error, Outcome, Result};
use crate::provider::Provider;
use crate::render::audit::{Audited, json, summary};
use crate::render::outgoing;
use crate::render::table::{cell, columns, plain};
use crate::request::{Header, redact};
use crate::sender::{Limits, authority, time_limit};
use crate::signature::secret_warnings;
use crate::suggest::did_you_mean;
use crate::ui::Ui;

/// Audit a handler: what does it do wrong, and how to mend it
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl check --to http://localhost:3000/webhooks/ken --provider ken --secret $KEN_WEBHOOK_SECRET
  hookctl check --to http://localhost:3000/github --provider github --event push --event ping
  hookctl check --to http://localhost:3000/stripe --provider stripe --only verifies-raw-body
  hookctl check --list")]
pub(crate) struct CheckArgs {
    /// URL of the handler; by default the one configured for the provider
    #[arg(long, value_name = "URL", value_parser = TargetParser)]
    to: Option<Target>,
    /// Provider whose deliveries the handler takes; found from the path by default, as in /webhooks/ken
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Event that the endpoint is subscribed to; all by default (can be repeated)
    #[arg(long, value_name = "EVENT")]
    event: Vec<String>,
    /// Ask these alone (can be repeated)
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave these out (can be repeated)
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    skip: Vec<String>,
    /// List the checks and ask nothing
    #[arg(long)]
    list: bool,
    /// Allow a handler that is neither on this machine nor in a private network
    #[arg(long)]
    allow_remote: bool,
    #[command(flatten)]
    findings: FindingsArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    secret: SecretArgs,
}

pub(crate) fn run(args: &CheckArgs, context: &mut Context) -> Result<Outcome> {
    if args.list {
        return list(context);
    }
    let known = args.findings.known(context)?;
    let (selection, subject) = args.chosen(context)?;
    args.findings.wait_for(&subject.url, subject.reach);
    let (report, subject) = ask(subject, &selection, &args.request, |_, _| {}, context)?;
    let audited = Audited {
        findings: report.findings,
        known,
        requests: report.requests,
        duration: report.duration,
        ..of(&subject)
    };
    args.findings.conclude(&audited, context)
}

/// As [`run`] with machine output, each check as soon as it is known.
pub(crate) fn watched(args: &CheckArgs, context: &mut Context) -> Result<Outcome> {
    let (selection, subject) = args.chosen(context)?;
    let audited = of(&subject);
    let told = |finding: &Finding, ui: &mut Ui| {
        // Whoever watched may have gone.
        let _ = ui
            .json_line(&json(&audited, finding))
            .and_then(|()| ui.flush());
    };
    let (report, _) = ask(subject, &selection, &args.request, told, context)?;
    let audited = Audited {
        findings: report.findings,
        requests: report.requests,
        duration: report.duration,
        ..audited
    };
    context.ui.json_line(&summary(&audited))?;
    Ok(Outcome::good_if(audited.new_failures().is_empty()))
}

/// An audit that found nothing yet.
fn of(subject: &Subject) -> Audited {
    let url = redact::url(subject.url.as_str());
    Audited {
        title: format!("{} at {url}", subject.label()),
        url: Some(url.into_owned()),
        findings: Vec::new(),
        known: Vec::new(),
        requests: 0,
        duration: Duration::ZERO,
        unit: "check",
    }
}

impl CheckArgs {
    /// Which checks of what.
    fn chosen(&self, context: &mut Context) -> Result<(Selection, Subject)> {
        let selection = Selection::new(&self.only, &self.skip).map_err(known_check)?;
        let wish = Wish {
            to: self.to.clone(),
            provider: self.provider.as_deref(),
            events: &self.event,
            request: &self.request,
            secret: &self.secret,
            allow_remote: self.allow_remote,
        };
        Ok((selection, wish.subject(context)?))
    }
}

/// The checks, one a line.
fn list(context: &mut Context) -> Result<Outcome> {
    if context.ui.json {
        for check in &ALL {
            context
                .ui
                .json_line(&json!({"type": "check", "id": check.id, "asks": check.asks}))?;
        }
        return Ok(Outcome::Good);
    }
    let paint = context.ui.out_paint;
    let rows: Vec<_> = ALL
        .iter()
        .map(|check| [cell(check.id, |text| paint.name(text)), plain(check.asks)])
        .collect();
    context.ui.data(columns(&rows, ""))?;
    Ok(Outcome::Good)
}

/// What to say of a check that there is not.
pub(super) fn known_check((problem, hint): (String, String)) -> Error {
    Error::usage(problem).hint(hint)
}

/// Says how many requests there will be, and asks. At a terminal, one sees how far it is.
pub(super) fn ask(
    subject: Subject,
    selection: &Selection,
    request: &RequestArgs,
    mut told: impl FnMut(&Finding, &mut Ui),
    context: &mut Context,
) -> Result<(Report, Subject)> {
    let limits = Limits {
        timeout: None,
        insecure: request.insecure,
        roots: roots(request.cacert.as_deref(), &context.settings)?,
        max_answer: 0,
        reach: subject.reach,
        any_framing: false,
    };
    let count = selection.requests(&subject);
    context.ui.note(&format!(
        "Checking {} as {}: about {count} requests; their ids hold `hookctl` or start with `c0ffee00`.",
        subject.url,
        subject.label()
    ))?;
    let ui = &mut context.ui;
    let bar = (ui.err_is_terminal && !ui.json && ui.verbose == 0 && !ui.is_quiet())
        .then(|| ProgressBar::new(count.try_into().unwrap_or(u64::MAX)));
    let ui = RefCell::new(ui);
    let watch: Watch<'_> = Box::new(|request, attempt| {
        if let Some(bar) = &bar {
            bar.inc(1);
        }
        let mut ui = ui.borrow_mut();
        if ui.verbose > 0 {
            let text = outgoing::exchange(request, attempt, false, ui.err_paint);
            // What cannot be told is no reason to stop.
            let _ = ui.shown(&text);
        }
    });
    let line = Line::new(&subject.url, limits, &subject.secrets, watch)?;
    let told = |finding: &Finding| told(finding, &mut ui.borrow_mut());
    let asked = block_on(audit::audit(subject, line, selection, told));
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    asked
}

/// Whose handler is to be asked, and how it is reached.
pub(super) struct Wish<'a> {
    pub(super) to: Option<Target>,
    pub(super) provider: Option<&'a str>,
    /// Events that the handler has to accept; all if there are none.
    pub(super) events: &'a [String],
    pub(super) request: &'a RequestArgs,
    pub(super) secret: &'a SecretArgs,
    pub(super) allow_remote: bool,
}

impl Wish<'_> {
    /// What is to be asked, and that it may be.
    pub(super) fn subject(&self, context: &mut Context) -> Result<Subject> {
        let provider = self.provider(context)?;
        let profile = &provider.profile;
        let Target {
            url,
            credentials,
            reach,
            ..
        } = super::send::target(self.to.as_ref(), profile, context)?;
        check_near(&url, self.allow_remote)?;
        let mut headers = self.request.headers.clone();
        headers.extend(credentials.map(|credentials| basic(&credentials)));
        let mut secrets = self.secret.given(&context.settings)?;
        let is_given = !secrets.is_empty();
        if !is_given {
            secrets.extend(self.secret.for_signing(&context.settings, profile)?);
        }
        for (code, text) in secret_warnings(profile.scheme(), &secrets) {
            if code == "secret_looks_like_api_key" {
                context.ui.note(&format!("note: {text}."))?;
            }
        }
        let (mut scheme, mut keys) = (profile.scheme(), Vec::new());
        secrets.retain(|secret| scheme.signs() && !secret.is_empty());
        for secret in &secrets {
            let (of_secret, key) =
                signing_key(profile.scheme(), secret, None, Some(&profile.name))?;
            if keys.is_empty() {
                scheme = of_secret;
            }
            keys.push(key);
        }
        let limit = time_limit(self.request.timeout, Some(profile));
        let is_local = !is_given
            && !keys.is_empty()
            && context.settings.configured_secret(&profile.name)?.is_none();
        Ok(Subject {
            url,
            reach,
            scheme,
            keys,
            secrets,
            is_local,
            headers,
            events: self.events(&provider)?,
            limit: if limit.is_zero() { FOR_EVER } else { limit },
            seed: random_seed()?,
            now: Timestamp::now,
            provider,
        })
    }

    /// The provider of the flag, else the one that the path names.
    fn provider(&self, context: &Context) -> Result<Arc<Provider>> {
        let catalogue = context.settings.catalogue()?;
        if let Some(name) = self.provider {
            return catalogue.provider(name);
        }
        let names = catalogue.names();
        let segments = self.to.iter().filter_map(|to| to.url.path_segments());
        let named = segments
            .flatten()
            .find(|segment| names.iter().any(|name| name == segment));
        match named {
            Some(name) => catalogue.provider(name),
            None => Err(Error::usage("whose deliveries does the handler take?")
                .hint("Say it with `--provider NAME`; `hookctl providers` lists them.")),
        }
    }

    fn events(&self, provider: &Provider) -> Result<Vec<String>> {
        let profile = &provider.profile;
        let known: Vec<String> = profile.events.keys().cloned().collect();
        if self.events.is_empty() {
            return Ok(known);
        }
        let named = |name: &String| {
            let name = name
                .strip_prefix(&format!("{}/", profile.name))
                .unwrap_or(name);
            let found = known.iter().find(|event| *event == name).cloned();
            found.ok_or_else(|| {
                let near = did_you_mean(name, known.iter().map(String::as_str));
                let near = near
                    .unwrap_or_else(|| format!("`hookctl events {}` lists them.", profile.name));
                Error::usage(format!("{} has no event `{name}`", profile.name)).hint(near)
            })
        };
        self.events.iter().map(named).collect()
    }
}

/// What stands for no time limit: an audit ends some day.
const FOR_EVER: Duration = Duration::from_secs(10 * 60);

fn basic(credentials: &str) -> Header {
    Header {
        name: "authorization".to_owned(),
        value: crate::request::basic(credentials).into(),
    }
}

/// Refuses a handler of somebody else's, unless the user says that it may be asked.
fn check_near(url: &Url, allow_remote: bool) -> Result<()> {
    if allow_remote {
        return Ok(());
    }
    let far = match url.host() {
        Some(url::Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
            None
        }
        Some(url::Host::Domain(name)) => {
            let port = url.port_or_known_default().unwrap_or(80);
            // A name without an address is found out about when it is sent to.
            let found = (name, port).to_socket_addrs().into_iter().flatten();
            found.map(|address| address.ip()).find(|ip| !is_near(*ip))
        }
        Some(url::Host::Ipv4(ip)) => Some(IpAddr::V4(ip)).filter(|ip| !is_near(*ip)),
        Some(url::Host::Ipv6(ip)) => Some(IpAddr::V6(ip)).filter(|ip| !is_near(*ip)),
        None => None,
    };
    match far {
        None => Ok(()),
        Some(ip) => {
            let host = authority(url);
            let place = if url.domain().is_some() {
                format!("`{host}` is at {ip}, neither")
            } else {
                format!("`{host}` is neither")
            };
            Err(Error::usage(format!("{place} on this machine nor in a private network"))
                .hint("An audit sends forged, broken and many deliveries. If the handler is yours, say `--allow-remote`."))
        }
    }
}
