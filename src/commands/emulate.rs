//! `hookctl emulate`: a local stand-in for the providers' management APIs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use super::Context;
use super::emulated::{Greeting, Line, Printing, Watched};
use super::endpoints::place;
use super::ends::{Signals, elapsed};
use super::exec::Exec;
use super::listen::{removed_ready_file, write_ready_file};
use super::message::random_seed;
use super::options::span;
use crate::delivery::{Course, Engine, Speed, Stop};
use crate::emulator::{Backing, Emulator, Heard, Served, hidden, serve};
use crate::error::{Error, Outcome, Result};
use crate::provider::Catalogue;
use crate::provider::local::LocalSecrets;
use crate::receiver::{ListenAddress, OwnNames, bind};
use crate::secret::{Secret, SecretForm};
use crate::settings::Settings;
use crate::store::Whose;
use crate::ui::Ui;

/// Stand in for the providers' management APIs: register, list, change, delete and test endpoints
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl emulate
  hookctl emulate :8090 --provider kakiyo --token test
  hookctl emulate :0 --speed max --exec 'npm test'
  curl http://localhost:8090/v1/webhooks -H 'Authorization: Bearer test'

A call goes to http://localhost:8090 with the provider's own path, in place of the provider's host. Every API is also
answered behind its provider's name, as in http://localhost:8090/ken/v1/webhooks/endpoints; where two providers have
the same path, the first has it, and the other is found there alone. `GET /` lists all calls, and
`hookctl providers show NAME` says which of them are documented and what is assumed.

Endpoints are those of `hookctl endpoints`. What is sent to them is signed and retried as the provider does it and
stands in `hookctl history`. What is pending at the end stays there; the next `emulate` goes on with it, or
`hookctl send --resume`.")]
pub(crate) struct EmulateArgs {
    /// Where to listen: a bare port means this machine alone, :0 any free port
    #[arg(value_name = "ADDR", default_value = ":8090")]
    address: ListenAddress,
    /// Provider to stand in for; by default all with an API (can be repeated)
    #[arg(long, value_name = "NAME")]
    provider: Vec<String>,
    /// Token that calls carry; by default a local one, made once and printed at the start (can be repeated)
    ///
    /// It goes where the provider wants it, mostly into `Authorization: Bearer TOKEN`. With certain endings it is
    /// refused, so that a client's handling of that can be tried: `hookctl providers show NAME` lists them.
    #[arg(long, value_name = "TOKEN", value_parser = token)]
    token: Vec<Secret>,
    /// How fast the time between attempts passes, as in `60x`; `max` leaves it out
    #[arg(long, value_name = "SPEED")]
    speed: Option<Speed>,
    /// Show credentials in what `-v` prints
    #[arg(long)]
    reveal: bool,
    /// End once so many deliveries are decided
    #[arg(help_heading = "Scripts and CI", long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    exit_after: Option<u64>,
    /// End after this time
    #[arg(help_heading = "Scripts and CI", long, value_name = "DURATION", value_parser = span)]
    timeout: Option<Duration>,
    /// Run a command with HOOKCTL_URL and HOOKCTL_TOKEN set, and end with it and its exit code
    #[arg(help_heading = "Scripts and CI", long, value_name = "COMMAND")]
    exec: Option<String>,
    /// File that holds the URL once calls are taken
    #[arg(help_heading = "Scripts and CI", long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

fn token(text: &str) -> std::result::Result<Secret, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a token holds visible ASCII characters and no spaces".to_owned());
    }
    Ok(Secret::new(text))
}

/// Attempts that are under way at a time.
const CONCURRENCY: usize = 16;
/// Lines that wait to be printed.
const QUEUE: usize = 1024;
/// For attempts under way when the program ends; what is cut off then stays pending.
const GRACE: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &EmulateArgs, context: &mut Context) -> Result<Outcome> {
    let plan = args.resolve(context)?;
    for problem in context.settings.notices.take() {
        context.ui.warn(&problem)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::machine("cannot start").because(error))?;
    let outcome = runtime.block_on(plan.run(&mut context.ui));
    // A thread that waits for a reader who does not read must not keep the program.
    runtime.shutdown_background();
    outcome
}

/// What was typed, made ready.
struct EmulatePlan<'a> {
    args: &'a EmulateArgs,
    served: Vec<Served>,
    backing: Backing,
    engine: Engine,
    /// The token to try it with, and whether it may be shown: one that was given is known.
    token: (Secret, bool),
    ready_file: Option<PathBuf>,
    /// Deliveries that earlier runs left.
    left: usize,
}

impl EmulateArgs {
    fn resolve(&self, context: &Context) -> Result<EmulatePlan<'_>> {
        let settings = &context.settings;
        let served = self.served(settings)?;
        let place = place(settings)?;
        let mut store = place.open_for_listening()?;
        store.free_abandoned()?;
        let left = store.count_pending(Whose::Nobodys)?.waiting;
        let seed = random_seed()?;
        let engine = Engine::new(Some(&place), settings.catalogue()?, seed.clone())?;
        let token = match self.token.first() {
            Some(given) => (given.clone(), false),
            None => (local_token(settings)?, true),
        };
        let tokens = match &*self.token {
            [] => vec![token.0.clone()],
            given => given.to_vec(),
        };
        let backing = Backing {
            ids: store.ids()?,
            store,
            seed,
            tokens,
            speed: self.speed.unwrap_or(Speed::REAL),
            bell: engine.bell(),
        };
        Ok(EmulatePlan {
            args: self,
            served,
            backing,
            engine,
            token,
            ready_file: removed_ready_file(self.ready_file.as_deref(), settings)?,
            left,
        })
    }

    /// The providers that are named, else all, as far as they have an API.
    fn served(&self, settings: &Settings) -> Result<Vec<Served>> {
        let catalogue = settings.catalogue()?;
        if self.provider.is_empty() {
            return all_served(&catalogue, settings);
        }
        let mut served: Vec<Served> = Vec::new();
        for name in &self.provider {
            if served.iter().any(|served| served.name() == name) {
                continue;
            }
            let provider = catalogue.provider(name)?;
            let Some(api) = provider.api()? else {
                let others = all_served(&catalogue, settings)?;
                let others: Vec<&str> = others.iter().map(Served::name).collect();
                let label = &provider.profile.label;
                let error = Error::usage(format!("no management API of {label} is known"));
                return Err(error.hint(format!("These have one: {}", others.join(", "))));
            };
            served.push(Served { provider, api });
        }
        Ok(served)
    }
}

/// All providers that have an API. One that cannot be read is in nobody's way.
fn all_served(catalogue: &Catalogue, settings: &Settings) -> Result<Vec<Served>> {
    let mut served = Vec::new();
    for provider in catalogue.all()? {
        match provider.api() {
            Ok(Some(api)) => served.push(Served { provider, api }),
            Ok(None) => {}
            Err(error) => settings.notices.add(format!("an API is left out: {error}")),
        }
    }
    Ok(served)
}

/// The token that is made once and kept as local secrets are.
fn local_token(settings: &Settings) -> Result<Secret> {
    let tokens = LocalSecrets::new(settings.state_folder()?.join("tokens"));
    tokens.get_or_make("emulate", SecretForm::Text)
}

impl EmulatePlan<'_> {
    async fn run(self, ui: &mut Ui) -> Result<Outcome> {
        let args = self.args;
        let bound = bind(args.address).await?;
        let signals = Signals::new()?;
        let greeting = Greeting {
            url: bound.url.clone(),
            shown: bound.shown,
            served: self.served.iter().map(super::emulated::Api::new).collect(),
            hidden: super::emulated::hidden_words(&hidden(&self.served)),
            token: self.token.1.then(|| self.token.0.clone()),
            left: self.left,
            is_open: args.address.is_open(),
            other_on_v6: bound.other_on_v6,
        };
        let (lines, waiting) = sync_channel(QUEUE);
        let watched = Watched::new(args.exit_after);
        let (stop, stopped) = watch::channel(false);
        let emulator = Emulator::new(self.served, self.backing);
        let names = OwnNames::at(&bound.url)
            .behind_any_port()
            .in_network(args.address.is_open());
        let serving = tokio::spawn(serve(
            bound.listeners,
            emulator,
            names,
            heard(lines.clone(), ui.json),
            stopped,
        ));
        if let Some(file) = &self.ready_file {
            write_ready_file(file, &bound.url)?;
        }
        let variables = [
            ("HOOKCTL_URL", &*bound.url),
            ("HOOKCTL_TOKEN", self.token.0.reveal()),
        ];
        let exec = Exec::start(args.exec.as_deref(), &variables, ui)?;
        let printing = Printing::start(ui.take(), greeting, waiting, args.reveal)?;
        let attempts = Attempts::start(self.engine, args.speed, lines, Arc::clone(&watched))?;
        let mut running = Running {
            args,
            signals,
            exec,
            printing,
            attempts,
            watched,
        };
        let end = running.wait().await;
        running.exec.end().await;
        let _ = stop.send(true);
        let _ = serving.await;
        running.finish(end, ui).await
    }
}

/// Told of each call: machine output leaves nothing out, and people are not waited for.
fn heard(lines: SyncSender<Line>, lossless: bool) -> Heard {
    Box::new(move |call| {
        let line = Line::Call(call);
        // When nobody prints any more, the program is at its end.
        let _ = if lossless {
            lines.send(line).map_err(drop)
        } else {
            lines.try_send(line).map_err(drop)
        };
    })
}

/// The engine on a thread of its own: it may have to wait for what it tells to be printed.
struct Attempts {
    stop: watch::Sender<Stop>,
    ended: Option<oneshot::Receiver<Result<()>>>,
}

impl Attempts {
    fn start(
        mut engine: Engine,
        speed: Option<Speed>,
        lines: SyncSender<Line>,
        watched: Arc<Watched>,
    ) -> Result<Self> {
        let (stop, stopped) = watch::channel(Stop::No);
        let (done, ended) = oneshot::channel();
        let course = Course {
            stays: true,
            concurrency: CONCURRENCY,
            rate: None,
        };
        let cannot = |error| Error::machine("cannot start").because(error);
        let runtime: Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(cannot)?;
        let go = move || {
            let ran = runtime.block_on(engine.resume(speed, course, stopped, &mut |news| {
                watched.saw(&news);
                // When nobody prints any more, the program is at its end.
                let _ = lines.send(Line::News(Timestamp::now(), Box::new(news)));
                Ok(())
            }));
            let ran = ran.map(|left| {
                let _ = lines.send(Line::End(left));
            });
            // Its lock file goes before the program may.
            drop(engine);
            let _ = done.send(ran);
        };
        std::thread::Builder::new()
            .name("attempts".to_owned())
            .spawn(go)
            .map_err(cannot)?;
        Ok(Self {
            stop,
            ended: Some(ended),
        })
    }

    /// Waits for the end of it.
    async fn ended(&mut self) -> Result<()> {
        let Some(ended) = &mut self.ended else {
            return Ok(());
        };
        let ran = ended.await;
        self.ended = None;
        ran.unwrap_or_else(|_| Err(Error::machine("the deliveries broke off")))
    }
}

/// Why it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Signal,
    /// The time is up.
    Time,
    /// What was waited for is there, or nothing goes on any more.
    Done,
}

struct Running<'a> {
    args: &'a EmulateArgs,
    signals: Signals,
    exec: Exec,
    printing: Printing,
    attempts: Attempts,
    watched: Arc<Watched>,
}

impl Running<'_> {
    /// Waits for the first reason to end.
    async fn wait(&mut self) -> End {
        let has_command = self.args.exec.is_some();
        tokio::select! {
            () = self.signals.ended() => End::Signal,
            () = elapsed(self.args.timeout) => End::Time,
            () = self.watched.enough() => End::Done,
            _ = self.exec.ended(), if has_command => End::Done,
            () = self.printing.ended() => End::Done,
            // Not waited for again: it says why at the end.
            () = self.attempts.stop.closed() => End::Done,
        }
    }

    /// Lets attempts under way end, and says what is left.
    async fn finish(mut self, end: End, ui: &mut Ui) -> Result<Outcome> {
        let _ = self.attempts.stop.send(Stop::Soon);
        let ending = async {
            let soon = tokio::time::timeout(GRACE, self.attempts.ended()).await;
            let ran = match soon {
                Ok(ran) => ran,
                Err(_) => {
                    let _ = self.attempts.stop.send(Stop::Now);
                    self.attempts.ended().await
                }
            };
            self.printing.ended().await;
            ran
        };
        let ran = tokio::select! {
            ran = ending => ran,
            () = tokio::time::sleep(GRACE * 2) => Ok(()),
            () = self.signals.ended() => Ok(()),
        };
        let decided = self.watched.outcome();
        let printed = self.printing.into_ended(ui);
        ran.and(printed)?;
        let wanted = self.args.exit_after.filter(|_| end != End::Signal);
        let outcome = match (wanted, end) {
            (Some(wanted), End::Time) => {
                let came = self.watched.count();
                ui.problem(&format!(
                    "{came} of {wanted} deliveries were decided in time"
                ))?;
                Outcome::Bad
            }
            (Some(_), _) => decided,
            (None, _) => Outcome::Good,
        };
        self.exec.outcome(outcome, end == End::Signal, ui)
    }
}
