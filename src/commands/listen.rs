//! `hookctl listen`: a receiver that verifies, shows and keeps what arrives.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use clap::Args;
use jiff::tz::TimeZone;
use tokio::sync::watch as channel;

use super::Context;
use super::desk::{Desk, Front};
use super::ends::{End, Greeting, Signals, conclude, finish, give_up, wait};
use super::options::{SecretArgs, size, span, unfit_secret};
use super::send::random_seed;
use super::watch::Watch;
use crate::error::{Error, Outcome, Result};
use crate::provider::fresh::Seed;
use crate::provider::{Catalogue, Detector};
use crate::receiver::{AnswerPolicy, Delay, Judge, ListenAddress, Receiver, Secrets, bind, serve};
use crate::render::capture::{Show, View};
use crate::request::{Header, parse_header};
use crate::settings::Settings;
use crate::signature;
use crate::store::{Ids, Writer};
use crate::ui::Ui;

/// Receive webhooks: verify, show and keep what arrives
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl listen :8080
  hookctl listen :8080 --secret whsec_... --require-valid
  hookctl listen :0 --ready-file url.txt --expect lead_replied --expect-valid --timeout 30s")]
pub(crate) struct ListenArgs {
    /// Where to listen: a bare port means this machine alone, :0 any free port
    #[arg(value_name = "ADDR", default_value = ":8080")]
    address: ListenAddress,
    /// Status to answer with
    #[arg(help_heading = "Answer", long, value_name = "STATUS", default_value = "200", value_parser = status)]
    status: StatusCode,
    /// Body to answer with; @FILE reads it from a file
    #[arg(help_heading = "Answer", long, value_name = "TEXT|@FILE")]
    body: Option<String>,
    /// Header to answer with (can be repeated)
    #[arg(help_heading = "Answer", short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<Header>,
    /// Wait before answering; `50ms..800ms` draws a time for each
    #[arg(help_heading = "Answer", long, value_name = "DURATION", value_parser = delay)]
    delay: Option<Delay>,
    /// Draw the same times in every run
    #[arg(help_heading = "Answer", long, value_name = "N")]
    seed: Option<u64>,
    /// Answer 401 to what does not verify
    #[arg(help_heading = "Answer", long)]
    require_valid: bool,
    /// How much of each request is shown
    #[arg(long, value_name = "WHAT", default_value = "full")]
    show: Show,
    /// Show credentials in headers
    #[arg(long)]
    reveal: bool,
    /// Provider of all requests; found from each request by default
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Write each request to a file of its own, credentials included
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Largest body that is taken; more is answered with 413
    #[arg(long, value_name = "SIZE", default_value = "25MB", value_parser = size)]
    max_body: usize,
    /// End after so many requests
    #[arg(help_heading = "Scripts and CI", long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    exit_after: Option<u64>,
    /// End after this time
    #[arg(help_heading = "Scripts and CI", long, value_name = "DURATION", value_parser = span)]
    timeout: Option<Duration>,
    /// Event that must come; ends when all have come (can be repeated)
    #[arg(help_heading = "Scripts and CI", long, value_name = "EVENT")]
    expect: Vec<String>,
    /// All requests must be signed right
    #[arg(help_heading = "Scripts and CI", long)]
    expect_valid: bool,
    /// File that holds the URL once requests are taken
    #[arg(help_heading = "Scripts and CI", long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    #[command(flatten)]
    secret: SecretArgs,
}

fn status(text: &str) -> std::result::Result<StatusCode, String> {
    let status: u16 = text.parse().map_err(|_| "it is no status".to_owned())?;
    if !(200..=599).contains(&status) {
        return Err("a status is 200 to 599".to_owned());
    }
    StatusCode::from_u16(status).map_err(|error| error.to_string())
}

fn delay(text: &str) -> std::result::Result<Delay, String> {
    let (shortest, longest) = match text.split_once("..") {
        Some((shortest, longest)) => (span(shortest)?, span(longest)?),
        None => (span(text)?, span(text)?),
    };
    if shortest > longest {
        return Err("the shortest time comes first, as in `50ms..800ms`".to_owned());
    }
    Ok(Delay { shortest, longest })
}

pub(crate) fn run(args: &ListenArgs, context: &mut Context) -> Result<Outcome> {
    let plan = args.resolve(context)?;
    for problem in context.settings.notices.take() {
        context.ui.warn(&problem)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::machine("cannot start").because(error))?;
    runtime.block_on(plan.run(&mut context.ui))
}

/// What was typed, made ready: files are there, names are known, secrets are read.
struct ListenPlan<'a> {
    args: &'a ListenArgs,
    judge: Judge,
    policy: AnswerPolicy,
    save: Option<PathBuf>,
    ready_file: Option<PathBuf>,
    example: Option<String>,
    history: Option<Writer>,
}

impl ListenArgs {
    fn resolve(&self, context: &Context) -> Result<ListenPlan<'_>> {
        let settings = &context.settings;
        let catalogue = settings.catalogue()?;
        let provider = self
            .provider
            .as_deref()
            .map(|name| catalogue.provider(name))
            .transpose()?;
        for name in &self.expect {
            check_expected(name, &catalogue)?;
        }
        let secrets = Secrets {
            given: self.secret.given(settings)?,
            configured: match &self.provider {
                // A secret of another provider that cannot be had is in nobody's way.
                Some(name) => settings
                    .configured_secret(name)?
                    .map(|secret| (name.clone(), vec![secret]))
                    .into_iter()
                    .collect(),
                None => settings.configured_secrets()?.into_iter().collect(),
            },
            local: settings.local_secrets().ok(),
        };
        if let Some(provider) = &provider {
            // Nothing that comes could be verified.
            signature::keys(provider.profile.scheme(), &secrets.given)
                .map_err(|problem| unfit_secret("verify", &problem))?;
        }
        let example = example(&catalogue, self.provider.as_deref())?;
        let judge = Judge::new(Detector::new(catalogue.all()?), secrets, provider);
        Ok(ListenPlan {
            args: self,
            judge,
            policy: self.policy(context)?,
            save: self.made_folder(settings)?,
            ready_file: self.removed_ready_file(settings)?,
            example,
            history: settings
                .history()?
                .map(|place| Writer::start(place.open_for_listening()?))
                .transpose()?,
        })
    }

    /// The folder for `--save`, which is there now.
    fn made_folder(&self, settings: &Settings) -> Result<Option<PathBuf>> {
        let Some(folder) = &self.save else {
            return Ok(None);
        };
        let folder = settings.directory().join(folder);
        fs::create_dir_all(&folder).map_err(|error| {
            Error::machine(format!("cannot make the folder `{}`", folder.display())).because(error)
        })?;
        Ok(Some(folder))
    }

    /// The file for `--ready-file`, which is not there any more: whoever waits for it must not find that of an
    /// earlier run.
    fn removed_ready_file(&self, settings: &Settings) -> Result<Option<PathBuf>> {
        let Some(file) = &self.ready_file else {
            return Ok(None);
        };
        let file = settings.directory().join(file);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let message = format!("cannot remove the old `{}`", file.display());
                Err(Error::machine(message).because(error))
            }
            _ => Ok(Some(file)),
        }
    }

    fn view(&self, ui: &Ui) -> View {
        View {
            paint: ui.out_paint,
            show: self.show,
            zone: TimeZone::system(),
            reveal: self.reveal,
            max_body: self.max_body,
        }
    }

    fn policy(&self, context: &Context) -> Result<AnswerPolicy> {
        let body = match self
            .body
            .as_deref()
            .map(|body| body.strip_prefix('@').ok_or(body))
        {
            Some(Ok(file)) => context.settings.read(file)?,
            Some(Err(text)) => text.as_bytes().to_vec(),
            None => Vec::new(),
        };
        self.check_framing(&body)?;
        let mut headers = self.headers.clone();
        if !body.is_empty()
            && !headers
                .iter()
                .any(|header| header.name.eq_ignore_ascii_case("content-type"))
        {
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
            let value = if is_json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            headers.push(Header {
                name: "content-type".to_owned(),
                value: value.into(),
            });
        }
        Ok(AnswerPolicy {
            status: self.status,
            body: body.into(),
            headers,
            delay: self.delay.unwrap_or_default(),
            seed: match self.seed {
                Some(number) => Seed::chosen(number),
                None => random_seed()?,
            },
            require_valid: self.require_valid,
        })
    }

    /// Where an answer ends is not for its headers to say; and some have no body at all.
    fn check_framing(&self, body: &[u8]) -> Result<()> {
        let is_framing =
            |name: &str| matches!(name, "content-length" | "transfer-encoding" | "trailer");
        let framing = self
            .headers
            .iter()
            .find(|header| is_framing(&header.name.to_ascii_lowercase()));
        if let Some(header) = framing {
            let message = format!("the header `{}` follows from the body", header.name);
            return Err(Error::usage(message).hint("Leave it out."));
        }
        if !body.is_empty() && matches!(self.status.as_u16(), 204 | 205 | 304) {
            let message = format!("an answer with {} has no body", self.status.as_u16());
            return Err(Error::usage(message).hint("Leave out `--body`, or answer with 200."));
        }
        Ok(())
    }
}

/// An expected event that nobody sends would be waited for in vain.
fn check_expected(name: &str, catalogue: &Catalogue) -> Result<()> {
    match name.split_once('/') {
        // Events outside the catalogue may be expected, of a provider that is known.
        Some((of, event)) => {
            let provider = catalogue.provider(of)?;
            let events = &provider.profile.events;
            if events.contains_key(event) {
                return Ok(());
            }
            let known = events.keys().map(String::as_str);
            match crate::provider::catalogue::did_you_mean(event, known) {
                Some(near) => Err(Error::usage(format!("{of} has no event `{event}`")).hint(near)),
                None => Ok(()),
            }
        }
        None => {
            let events = catalogue.event_names()?;
            if events.iter().any(|(_, event)| event == name) {
                return Ok(());
            }
            let near = crate::provider::catalogue::did_you_mean(
                name,
                events.iter().map(|(_, event)| &**event),
            );
            Err(Error::usage(format!("no provider has an event `{name}`"))
                .maybe_hint(near)
                .hint("An event that is not in the catalogue is expected as `PROVIDER/EVENT`."))
        }
    }
}

/// An event for the command that the first lines suggest: of a provider that signs, so that a verdict is seen.
fn example(catalogue: &Catalogue, provider: Option<&str>) -> Result<Option<String>> {
    for other in catalogue.all()? {
        let profile = &other.profile;
        let wanted = provider.map_or(
            profile.scheme().signs() && !profile.signature.optional.value,
            |name| name == profile.name,
        );
        if let Some(event) = profile.events.keys().next().filter(|_| wanted) {
            return Ok(Some(format!("{}/{event}", profile.name)));
        }
    }
    Ok(None)
}

impl ListenPlan<'_> {
    async fn run(self, ui: &mut Ui) -> Result<Outcome> {
        let Self {
            args,
            judge,
            policy,
            save,
            ready_file,
            example,
            history,
        } = self;
        let start = Instant::now();
        let bound = bind(args.address).await?;
        let mut signals = Signals::new()?;
        let watch = Watch::new(&args.expect, args.exit_after, args.expect_valid);
        let view = args.view(ui);
        let (desk, printer) = Desk::new(watch, ui.json, save, history, view);
        let receiver = Arc::new(Receiver {
            judge,
            policy,
            max_body: args.max_body,
            sink: Box::new(Front(Arc::clone(&desk))),
            ids: Ids::new()?,
            count: AtomicU64::new(0),
        });
        let (stop, stopped) = channel::channel(false);
        let greeting = Greeting {
            url: bound.url,
            example,
            shown: bound.shown,
            is_open: args.address.is_open(),
            other_on_v6: bound.other_on_v6,
        };
        let serving = tokio::spawn(serve(bound.listeners, receiver, stopped));
        if let Some(file) = &ready_file {
            write_ready_file(file, &greeting.url)?;
        }
        let last = {
            let desk = Arc::clone(&desk);
            move |ui: &mut Ui| conclude(&desk.watch(), ui, start)
        };
        let mut printing = printer.start(ui.take(), move |ui| greeting.print(ui), last)?;
        let end = wait(&desk, &mut printing, &mut signals, args.timeout).await;
        desk.watch().is_cut_short = end == End::Signal;
        let _ = stop.send(true);
        finish(&desk, serving, &mut printing, &mut signals).await;
        match printing.into_ended() {
            Some((streams, printed)) => {
                *ui = streams;
                printed?;
            }
            None => give_up(&desk, ui),
        }
        Ok(desk.watch().outcome())
    }
}

/// Writes the URL in one step, so that nobody reads half of it.
fn write_ready_file(file: &Path, url: &str) -> Result<()> {
    let cannot =
        |error| Error::machine(format!("cannot write `{}`", file.display())).because(error);
    let mut name = file.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = file.with_file_name(name);
    fs::write(&part, format!("{url}\n")).map_err(cannot)?;
    fs::rename(&part, file).map_err(cannot)
}
