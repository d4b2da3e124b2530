//! `hookctl listen`: a receiver that verifies, shows and keeps what arrives.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::watch as channel;

use super::Context;
use super::answer::AnswerArgs;
use super::desk::{Desk, Front};
use super::ends::{End, Greeting, Signals, conclude, finish, give_up, wait};
use super::exec::Exec;
use super::forward::{ForwardArgs, Forwarder, Lane, check_circle};
use super::identity::{Certified, IdentityArgs};
use super::options::{SecretArgs, size, span, unfit_secret};
use super::watch::Watch;
use crate::capture::filter::{self, Arrival, Filter};
use crate::error::{Error, Outcome, Result};
use crate::page::{self, Board, Page, PageArgs, Tap};
use crate::private;
use crate::provider::{Catalogue, Detector, Profile};
use crate::receiver::{
    AnswerPolicy, Forward, Identity, Judge, ListenAddress, Patience, Policy, Receiver, Secrets,
    Sink, UnderWay, bind, serve,
};
use crate::render::capture::{Show, View};
use crate::settings::{Retention, Settings};
use crate::signature;
use crate::store::{Ids, Store, Writer};
use crate::ui::Ui;

/// Receive webhooks: verify, show and keep what arrives
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl listen :8080
  hookctl listen :8080 --secret whsec_... --require-valid
  hookctl listen :8080 --forward http://localhost:3000
  hookctl listen :8080 --forward http://localhost:3000 --forward http://localhost:4000/copy
  hookctl listen :8080 --respond '2x503,200' --retry-after 2s
  hookctl listen :8080 --filter 'event=lead_* verdict!=valid' --show line
  hookctl listen :8443 --tls
  hookctl listen :0 --exec 'npm test' --expect lead_replied
  hookctl listen :0 --ready-file url.txt --expect lead_replied --expect-valid --timeout 30s")]
pub(crate) struct ListenArgs {
    /// Where to listen: a bare port means this machine alone, :0 any free port
    #[arg(value_name = "ADDR", default_value = ":8080")]
    address: ListenAddress,
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
    /// Show, save, forward and count only what matches, as in `event=lead_*`; the rest is answered all the same
    #[arg(long, value_name = "EXPR", value_parser = str::parse::<Filter>, long_help = filter::help(FILTER, true))]
    filter: Option<Filter>,
    /// Largest body that is taken; more is answered with 413
    #[arg(long, value_name = "SIZE", default_value = "25MB", value_parser = size)]
    max_body: usize,
    /// Keep requests in the history for this long, as in `7d`; `keep` in the configuration by default, else 30d
    #[arg(long, value_name = "AGE", value_parser = crate::value::age)]
    keep: Option<Duration>,
    /// Keep no more than this in the history, as in `500MB`; `max_size` in the configuration by default, else 2GB
    #[arg(long, value_name = "SIZE", value_parser = crate::value::size)]
    max_size: Option<u64>,
    #[command(flatten)]
    answer: AnswerArgs,
    #[command(flatten)]
    forward: ForwardArgs,
    #[command(flatten)]
    identity: IdentityArgs,
    #[command(flatten)]
    page: PageArgs,
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
    /// Run a command with HOOKCTL_URL set, and end with it and its exit code
    #[arg(help_heading = "Scripts and CI", long, value_name = "COMMAND")]
    exec: Option<String>,
    /// File that holds the URL once requests are taken
    #[arg(help_heading = "Scripts and CI", long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    #[command(flatten)]
    secret: SecretArgs,
}

/// What `--filter` does.
const FILTER: &str = "Show, save, forward and count only what matches, as in `event=lead_*`; the rest is answered all \
                      the same, without failures on purpose";

pub(crate) fn run(args: &ListenArgs, context: &mut Context) -> Result<Outcome> {
    let plan = args.resolve(context)?;
    for problem in context.settings.notices.take() {
        context.ui.warn(&problem)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::machine("cannot start").because(error))?;
    let Context { ui, settings } = context;
    runtime.block_on(plan.run(ui, settings))
}

/// What was typed, made ready: files are there, names are known, secrets are read.
struct ListenPlan<'a> {
    args: &'a ListenArgs,
    judge: Judge,
    policy: AnswerPolicy,
    lanes: Vec<Lane>,
    certified: Option<Certified>,
    save: Option<PathBuf>,
    ready_file: Option<PathBuf>,
    example: Option<String>,
    history: Option<Store>,
    ids: Ids,
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
        if let Some(filter) = &self.filter {
            filter.check(&catalogue)?;
            filter
                .check_for_arrival()
                .map_err(|problem| Error::usage(format!("`--filter`: {problem}")))?;
        }
        let given = self.secret.given(settings)?;
        let secrets = Secrets {
            configured: match &self.provider {
                // Nothing else is tried then.
                _ if !given.is_empty() => HashMap::new(),
                // A secret of another provider that cannot be had is in nobody's way.
                Some(name) => settings
                    .configured_secret(name)?
                    .map(|secret| (name.clone(), vec![secret]))
                    .into_iter()
                    .collect(),
                None => settings.configured_secrets()?.into_iter().collect(),
            },
            given,
            local: settings.local_secrets().ok(),
            endpoints: settings.history()?,
        };
        if let Some(provider) = &provider {
            // Nothing that comes could be verified.
            signature::keys(provider.profile.scheme(), &secrets.given)
                .map_err(|problem| unfit_secret("verify", &problem))?;
        }
        let example = example(&catalogue, self.provider.as_deref())?;
        let retention = Retention {
            keep: self.keep,
            max_size: self.max_size,
        };
        let history = opened_history(settings, &retention)?;
        let judge = Judge::new(Detector::new(catalogue.all()?), secrets, provider);
        Ok(ListenPlan {
            args: self,
            judge,
            policy: self.answer.policy(settings, self.forward.is_on())?,
            lanes: self.forward.lanes(settings)?,
            certified: self.identity.certified(settings, &self.address.host())?,
            save: self.made_folder(settings)?,
            ready_file: removed_ready_file(self.ready_file.as_deref(), settings)?,
            example,
            ids: history.as_ref().map_or_else(Ids::new, Store::ids)?,
            history,
        })
    }

    /// The folder for `--save`, which is there now.
    fn made_folder(&self, settings: &Settings) -> Result<Option<PathBuf>> {
        let Some(folder) = &self.save else {
            return Ok(None);
        };
        let folder = settings.directory().join(folder);
        private::folder(&folder).map_err(|error| {
            Error::machine(format!("cannot make the folder `{}`", folder.display())).because(error)
        })?;
        Ok(Some(folder))
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
}

/// The history, if one is wanted. What is odd about the clock is told at the start.
fn opened_history(settings: &Settings, retention: &Retention) -> Result<Option<Store>> {
    let Some(place) = settings.history_to_limit(retention)? else {
        return Ok(None);
    };
    let store = place.open_for_listening()?;
    if let Some(warning) = store.clock_warning() {
        settings.notices.add(warning);
    }
    Ok(Some(store))
}

/// An expected event that nobody sends would be waited for in vain.
fn check_expected(name: &str, catalogue: &Catalogue) -> Result<()> {
    match name.split_once('/') {
        // Events outside the catalogue may be expected, of a provider that is known.
        Some((of, event)) if !catalogue.has_event(name)? => {
            let provider = catalogue.provider(of)?;
            let events = &provider.profile.events;
            if events.contains_key(event) {
                return Ok(());
            }
            let known = events.keys().map(String::as_str);
            match crate::suggest::did_you_mean(event, known) {
                Some(near) => Err(Error::usage(format!("{of} has no event `{event}`")).hint(near)),
                None => Ok(()),
            }
        }
        _ => {
            let events = catalogue.event_names()?;
            if events.iter().any(|(_, event)| event == name) {
                return Ok(());
            }
            let near = crate::suggest::did_you_mean(name, events.iter().map(|(_, event)| &**event));
            Err(Error::usage(format!("no provider has an event `{name}`"))
                .maybe_hint(near)
                .hint("An event that is not in the catalogue is expected as `PROVIDER/EVENT`."))
        }
    }
}

/// An event for the command that the first lines suggest: of a provider that signs, so that a verdict is seen, and
/// best of one that signs the delivery id too, so that there is most to try.
fn example(catalogue: &Catalogue, provider: Option<&str>) -> Result<Option<String>> {
    let all = catalogue.all()?;
    let fits = |profile: &Profile, signs_id: bool| match provider {
        Some(name) => name == profile.name,
        None => {
            let scheme = profile.scheme();
            let signs = scheme.signs() && !profile.signature.optional.value;
            signs && (scheme.id_header.is_some() || !signs_id)
        }
    };
    let first = |signs_id: bool| {
        let mut profiles = all.iter().map(|provider| &provider.profile);
        let profile = profiles.find(|profile| fits(profile, signs_id))?;
        let event = profile.events.keys().next()?;
        Some(format!("{}/{event}", profile.name))
    };
    Ok(first(true).or_else(|| first(false)))
}

impl ListenPlan<'_> {
    async fn run(self, ui: &mut Ui, settings: &Settings) -> Result<Outcome> {
        let (args, start) = (self.args, Instant::now());
        let mut bound = bind(args.address).await?;
        if self.certified.is_some() {
            bound = bound.with_tls();
        }
        check_circle(&self.lanes, &bound.url)?;
        let page = page::bind(args.page.wanted(args.address)).await?;
        let board = page
            .as_ref()
            .map(|_| Arc::new(Board::new(self.history.is_some())));
        let mut signals = Signals::new()?;
        let watch = Watch::new(&args.expect, args.exit_after, args.expect_valid);
        let history = self.history.map(Writer::start).transpose()?;
        let (desk, printer) = Desk::new(watch, ui.json, self.save, history, args.view(ui));
        let greeting = Greeting {
            example: self.example,
            forward: args.forward.shown(),
            page: page.as_ref().map(|page| page.url.clone()),
            is_open: args.address.is_open(),
            certificate: self.certified.as_ref().and_then(|one| one.made.clone()),
            url: bound.url,
            shown: bound.shown,
            other_on_v6: bound.other_on_v6,
        };
        let (cut, was_cut) = channel::channel(false);
        let (forward, workers) = Forwarder::start(self.lanes, &desk, was_cut);
        let tls = self.certified.map(|one| one.identity);
        let sink = Front(Arc::clone(&desk));
        let sink: Box<dyn Sink> = match board.clone() {
            Some(board) => Box::new(Tap { sink, board }),
            None => Box::new(sink),
        };
        let (judge, policy) = (Arc::new(self.judge), Arc::new(Policy::new(self.policy)));
        let (stop, stopped) = channel::channel(false);
        let shown = match page.zip(board) {
            Some((bound, board)) => {
                let (judge, policy) = (Arc::clone(&judge), Arc::clone(&policy));
                let facts = args.facts(&greeting);
                let page = Page::new(facts, judge, policy, board, settings, stopped.clone())?;
                Some(page::serve(bound, page))
            }
            None => None,
        };
        let receiver = args.receiver(judge, policy, tls, forward, sink, self.ids);
        let serving = tokio::spawn(async {
            serve(bound.listeners, receiver, stopped).await;
            workers.finish().await;
        });
        if let Some(file) = &self.ready_file {
            write_ready_file(file, &greeting.url)?;
        }
        let to_open = greeting.page.clone().filter(|_| args.page.opens());
        let mut exec = Exec::start(args.exec.as_deref(), &[("HOOKCTL_URL", &greeting.url)], ui)?;
        let last = {
            let desk = Arc::clone(&desk);
            move |ui: &mut Ui| conclude(&desk.watch(), ui, start)
        };
        let mut printing = printer.start(ui.take(), move |ui| greeting.print(ui), last)?;
        if let Some(problem) = to_open.and_then(|url| page::open(&url).err()) {
            desk.say(problem, Vec::new());
        }
        let end = wait(&desk, &mut printing, &mut signals, &mut exec, args.timeout).await;
        exec.end().await;
        desk.watch().is_cut_short = end == End::Signal;
        let _ = stop.send(true);
        finish(&desk, serving, &mut printing, &mut signals, &cut).await;
        desk.close_history().await;
        if let Some(shown) = shown {
            shown.end().await;
        }
        match printing.into_ended() {
            Some((streams, printed)) => {
                *ui = streams;
                printed?;
            }
            None => give_up(&desk, ui),
        }
        let outcome = desk.watch().outcome();
        exec.outcome(outcome, end == End::Signal, ui)
    }
}

impl ListenArgs {
    /// What the page says of the listener.
    fn facts(&self, greeting: &Greeting) -> page::Facts {
        page::Facts {
            url: greeting.url.clone(),
            max_body: self.max_body,
            forward: self.forward.urls(),
            filter: self.filter.as_ref().map(ToString::to_string),
            example: greeting.example.clone(),
            certificate: greeting.certificate.clone(),
        }
    }

    fn receiver(
        &self,
        judge: Arc<Judge>,
        policy: Arc<Policy>,
        tls: Option<Identity>,
        forward: Option<Box<dyn Forward>>,
        sink: Box<dyn Sink>,
        ids: Ids,
    ) -> Arc<Receiver> {
        let filter = self.filter.clone().map(|filter| {
            Box::new(move |request: &_, judgement: &_| {
                let arrival = Arrival { request, judgement };
                filter.fits(&arrival, Timestamp::now())
            }) as _
        });
        Arc::new(Receiver {
            judge,
            policy,
            tls,
            max_body: self.max_body,
            patience: Patience::default(),
            sink,
            filter,
            forward,
            under_way: UnderWay::default(),
            ids,
            count: AtomicU64::new(0),
        })
    }
}

/// The file for `--ready-file`, which is not there any more: whoever waits for it must not find that of an earlier run.
pub(super) fn removed_ready_file(
    file: Option<&Path>,
    settings: &Settings,
) -> Result<Option<PathBuf>> {
    let Some(file) = file else {
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

/// Writes the URL in one step, so that nobody reads half of it.
pub(super) fn write_ready_file(file: &Path, url: &str) -> Result<()> {
    let cannot =
        |error| Error::machine(format!("cannot write `{}`", file.display())).because(error);
    private::write(file, format!("{url}\n").as_bytes()).map_err(cannot)
}
