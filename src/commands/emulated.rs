//! What an emulator says: the greeting, a line for each call and each attempt, and what is left at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use super::queue::Show;
use super::report::{Report, Settings};
use crate::delivery::News;
use crate::emulator::{Call, Served};
use crate::error::{Error, Outcome, Result};
use crate::provider::api::{Action, Carrier, Property, Route};
use crate::render::api::{call_json, call_line, clock};
use crate::request::curl;
use crate::secret::Secret;
use crate::store::Count;
use crate::ui::Ui;

/// What is told while it goes on.
pub(super) enum Line {
    Call(Call),
    /// When it was told, and what.
    News(Timestamp, Box<News>),
    /// Nothing more comes; this is left.
    End(Count),
}

/// What is said of one API.
pub(super) struct Api {
    name: String,
    base: Option<String>,
    calls: usize,
    /// A call that makes an endpoint: method, path, body.
    example: Option<(String, String, Value)>,
    carrier: Carrier,
}

impl Api {
    pub(super) fn new(served: &Served) -> Self {
        let api = &served.api;
        let makes = |route: &&Route| route.does == Action::Create;
        let example = api.routes.iter().find(makes).map(|route| {
            let path = route.path.text().to_owned();
            (route.method.clone(), path, example_body(served))
        });
        Self {
            name: served.name().to_owned(),
            base: api.base.as_ref().map(|base| base.value.clone()),
            calls: api.routes.len(),
            example,
            carrier: api.auth.value[0].clone(),
        }
    }

    /// A command that makes an endpoint.
    fn command(&self, url: &str, token: &str) -> Option<String> {
        let (method, path, body) = self.example.as_ref()?;
        let (mut address, header) = (
            format!("{url}{path}"),
            match &self.carrier {
                Carrier::Bearer => Some(format!("Authorization: Bearer {token}")),
                Carrier::Header(name) => Some(format!("{name}: {token}")),
                Carrier::Query(_) => None,
            },
        );
        if let Carrier::Query(name) = &self.carrier {
            address.push_str(&format!("?{name}={token}"));
        }
        let mut command = "curl".to_owned();
        if method != "POST" {
            command.push_str(&format!(" -X {method}"));
        }
        command.push_str(&format!(" {}", curl::quote(&address)));
        let json = "Content-Type: application/json".to_owned();
        for header in header.into_iter().chain([json]) {
            command.push_str(&format!(" -H {}", curl::quote(&header)));
        }
        command.push_str(&format!(" -d {}", curl::quote(&body.to_string())));
        Some(command)
    }
}

/// The body of a call that makes an endpoint.
fn example_body(served: &Served) -> Value {
    let profile = &served.provider.profile;
    let event = profile.events.keys().next();
    let fields = served.api.fields_of(false).filter(|field| field.required);
    let members = fields.filter_map(|field| {
        let value = match field.sets {
            Property::Name => json!("Local"),
            Property::Url => json!(format!("http://localhost:8080/webhooks/{}", profile.name)),
            Property::Events => json!([event.map(|event| profile.called(event))]),
            _ => return None,
        };
        Some((field.name.clone(), value))
    });
    Value::Object(members.collect())
}

/// What to say of calls that another provider has too.
pub(super) fn hidden_words(hidden: &[(&str, &Route, &str)]) -> Vec<String> {
    let words = hidden.iter().map(|(name, route, other)| {
        let (method, path) = (&route.method, route.path.text());
        format!("{other} has `{method} {path}` too; that of {name} is `/{name}{path}`.")
    });
    words.collect()
}

/// What is said first.
pub(super) struct Greeting {
    pub(super) url: String,
    /// The address that was bound, as a URL.
    pub(super) shown: String,
    pub(super) served: Vec<Api>,
    /// What is told of calls that two providers have.
    pub(super) hidden: Vec<String>,
    /// The token, if it may be shown.
    pub(super) token: Option<Secret>,
    /// Deliveries that earlier runs left.
    pub(super) left: usize,
    pub(super) is_open: bool,
    pub(super) other_on_v6: bool,
}

impl Greeting {
    fn print(&self, ui: &mut Ui) -> Result<()> {
        if self.is_open {
            ui.warn("Other machines can reach this address; whoever has the token can have deliveries sent from here.")?;
        }
        if ui.json {
            ui.json_line(&self.json())?;
        } else {
            self.print_lines(ui)?;
        }
        ui.flush()?;
        for words in &self.hidden {
            ui.note(&format!("note: {words}"))?;
        }
        match self.left {
            0 => {}
            1 => ui.note("1 delivery is pending from before, and goes on now.")?,
            left => ui.note(&format!(
                "{left} deliveries are pending from before, and go on now."
            ))?,
        }
        if self.other_on_v6 {
            ui.warn("Another program has this port on [::1], so `localhost` may lead there; use 127.0.0.1.")?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let providers = self.served.iter().map(|api| {
            json!({"name": api.name, "url": format!("{}/{}", self.url, api.name), "stands_for": api.base})
        });
        json!({
            "type": "listening",
            "url": self.url,
            "token": self.token.as_ref().map(Secret::reveal),
            "providers": providers.collect::<Vec<_>>(),
        })
    }

    fn print_lines(&self, ui: &mut Ui) -> Result<()> {
        let paint = ui.out_paint;
        let shown = paint.name(&self.shown);
        ui.data(format!(
            "Emulating on {shown}  {}\n",
            paint.faint("(Ctrl-C ends)")
        ))?;
        if ui.is_quiet() {
            return Ok(());
        }
        let width = self.served.iter().map(|api| api.name.len()).max();
        for api in &self.served {
            let name = format!("{:<1$}", api.name, width.unwrap_or_default());
            let base = api
                .base
                .as_ref()
                .map_or_else(String::new, |base| format!(" in place of {base}"));
            let calls = format!("{} calls{base}", api.calls);
            ui.data(format!(
                "  {}  {}\n",
                paint.strong(&name),
                paint.faint(&calls)
            ))?;
        }
        if let Some(token) = &self.token {
            ui.data(format!("Token: {}\n", paint.strong(token.reveal())))?;
        }
        // One that was given is in nobody's way here.
        let token = self.token.as_ref().map_or("TOKEN", Secret::reveal);
        let command = self
            .served
            .iter()
            .find_map(|api| api.command(&self.url, token));
        if let Some(command) = command {
            ui.data(format!("Try: {}\n", paint.strong(&command)))?;
        }
        ui.data("\n")
    }
}

/// Counts deliveries that are decided.
#[derive(Debug)]
pub(super) struct Watched {
    wanted: Option<u64>,
    decided: AtomicU64,
    failed: AtomicU64,
    enough: Notify,
}

impl Watched {
    pub(super) fn new(wanted: Option<u64>) -> Arc<Self> {
        Arc::new(Self {
            wanted,
            decided: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            enough: Notify::new(),
        })
    }

    pub(super) fn saw(&self, news: &News) {
        let News::Attempt(happened) = news else {
            return;
        };
        if happened.timeline.next.is_some() {
            return;
        }
        if happened.verdict.problem().is_some() {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        let decided = self.decided.fetch_add(1, Ordering::Relaxed) + 1;
        if self.wanted.is_some_and(|wanted| decided >= wanted) {
            self.enough.notify_one();
        }
    }

    /// Waits until as many are decided as are waited for.
    pub(super) async fn enough(&self) {
        self.enough.notified().await;
    }

    pub(super) fn count(&self) -> u64 {
        self.decided.load(Ordering::Relaxed)
    }

    pub(super) fn outcome(&self) -> Outcome {
        Outcome::good_if(self.failed.load(Ordering::Relaxed) == 0)
    }
}

/// The printer at work, on a thread of its own: a write waits for its reader, and nothing else may.
pub(super) struct Printing {
    /// `None` once it ended.
    waiting: Option<oneshot::Receiver<(Ui, Result<()>)>>,
    ended: Option<(Ui, Result<()>)>,
}

impl Printing {
    pub(super) fn start(
        mut ui: Ui,
        greeting: Greeting,
        lines: Receiver<Line>,
        reveal: bool,
    ) -> Result<Self> {
        let (done, waiting) = oneshot::channel();
        let print = move || {
            let begun = greeting.print(&mut ui);
            let begun = begun.map_err(|error| still_responding(error, &mut ui));
            let ran = print_all(&lines, reveal, &mut ui);
            let printed = begun.and(ran).and_then(|()| ui.flush());
            // Whoever waits to tell something must not wait for nobody.
            drop(lines);
            let _ = done.send((ui, printed));
        };
        std::thread::Builder::new()
            .name("printer".to_owned())
            .spawn(print)
            .map_err(|error| Error::machine("cannot start").because(error))?;
        Ok(Self {
            waiting: Some(waiting),
            ended: None,
        })
    }

    /// Waits until all is printed.
    pub(super) async fn ended(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            self.ended = waiting.await.ok();
            self.waiting = None;
        }
    }

    /// Gives the streams back, unless a write still waits.
    pub(super) fn into_ended(self, ui: &mut Ui) -> Result<()> {
        let Some((streams, printed)) = self.ended else {
            return Ok(());
        };
        *ui = streams;
        printed
    }
}

/// Says that output was lost, and nothing else.
fn still_responding(error: Error, ui: &mut Ui) -> Error {
    let _ = ui.warn(&format!("{error}; calls still get responses."));
    error
}

/// Prints what comes until the end, also when nobody reads it any more.
fn print_all(lines: &Receiver<Line>, reveal: bool, ui: &mut Ui) -> Result<()> {
    let settings = Settings {
        insecure: false,
        reveal,
    };
    let zone = TimeZone::system();
    let mut show = Show::new(Report::new(settings, &[]), ui);
    let mut printed = Ok(());
    while let Ok(line) = lines.recv() {
        let shown = match line {
            Line::Call(call) => show_call(&call, &zone, show.ui),
            // There is always more to come, so that nobody waits for the next attempt alone.
            Line::News(_, news) if matches!(*news, News::Waiting(_)) => Ok(()),
            Line::News(at, news) => show_news(at, *news, &zone, &mut show),
            Line::End(left) => return printed.and(show.end(left, true).map(drop)),
        };
        if let Err(error) = shown {
            printed = Err(still_responding(error, show.ui));
        }
    }
    printed
}

fn show_call(call: &Call, zone: &TimeZone, ui: &mut Ui) -> Result<()> {
    if ui.json {
        ui.json_line(&call_json(call))?;
    } else {
        ui.data(call_line(call, zone, ui.out_paint))?;
    }
    ui.flush()
}

fn show_news(at: Timestamp, news: News, zone: &TimeZone, show: &mut Show<'_>) -> Result<()> {
    let ui = &mut *show.ui;
    if matches!(news, News::Attempt(_)) && !ui.json && ui.verbose == 0 {
        ui.data(format!("{}  ", clock(at, zone, ui.out_paint)))?;
    }
    show.tell(news)
}
