//! What the page sends: commands run as a user would run them, their machine output handed on line by line.

use std::io::{self, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::reply::{Parts, Refusal, Reply, typed};
use super::state::Page;
use super::words::{self, Words};
use super::{check, detail, server};
use crate::commands::Context;
use crate::commands::check::{CheckArgs, watched};
use crate::commands::replay::{self, ReplayArgs};
use crate::commands::send::{self, SendArgs};
use crate::commands::sources::{self, Sourced};
use crate::error::{Error, Outcome, Result};
use crate::request::{Header, Headers, Request, json_text, redact};
use crate::ui::Ui;

/// A capture to be sent again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replay {
    id: String,
    /// URL to deliver to.
    to: String,
    /// As it came, old signature included.
    #[serde(default)]
    raw: bool,
    #[serde(default)]
    new_id: bool,
    #[serde(default)]
    tamper: Option<String>,
    #[serde(default)]
    edits: Edits,
}

/// What is sent in place of what came.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Edits {
    method: Option<String>,
    target: Option<String>,
    headers: Option<Vec<Field>>,
    body: Option<String>,
    body_base64: Option<String>,
}

/// A header: one of those that came, by its place, or another.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Field {
    Kept(usize),
    Given(String, String),
}

/// An event to be sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Send {
    event: String,
    to: String,
    #[serde(default)]
    variants: Vec<String>,
    /// `PATH=VALUE`
    #[serde(default)]
    set: Vec<String>,
    /// Whole body.
    #[serde(default)]
    data: Option<String>,
    #[serde(default)]
    tamper: Option<String>,
    /// How often the same delivery comes again.
    #[serde(default)]
    duplicates: u32,
    /// Show the request and send nothing.
    #[serde(default)]
    dry: bool,
}

impl Edits {
    /// The request with the edits. All else stays byte for byte.
    fn apply(self, request: &mut Request) -> std::result::Result<(), Refusal> {
        if let Some(method) = self.method {
            request.method = method;
        }
        if let Some(target) = self.target {
            request.target = redact::restored(&target, &request.target);
        }
        if let Some(fields) = self.headers {
            request.headers = headers(&request.headers, fields)?;
        }
        let body = match (self.body, self.body_base64) {
            (Some(text), _) => Some(text.into_bytes()),
            (None, Some(text)) => {
                let decoded = STANDARD.decode(text);
                Some(decoded.map_err(|_| Refusal::bad("the body is no base64"))?)
            }
            (None, None) => None,
        };
        if let Some(body) = body {
            request.body = body.into();
            if request.headers.contains("content-length") {
                let length = request.body.len().to_string();
                request.headers.set("content-length", length);
            }
        }
        request.check().map_err(Refusal::bad)
    }
}

fn headers(stored: &Headers, fields: Vec<Field>) -> std::result::Result<Headers, Refusal> {
    let stored: Vec<&Header> = stored.iter().collect();
    let mut headers = Headers::default();
    for field in fields {
        match field {
            Field::Kept(index) => {
                let kept = stored
                    .get(index)
                    .ok_or_else(|| Refusal::bad("there is no such header"))?;
                headers.push(kept.name.clone(), kept.value.clone());
            }
            Field::Given(name, value) => headers.push(name, value),
        }
    }
    Ok(headers)
}

/// Sends a capture again.
pub(super) async fn replay(page: Arc<Page>, wish: Replay) -> Reply {
    let mut words = Words::default();
    words.flag("to", page.sent_to(&wish.to));
    words.switch("raw", wish.raw);
    words.switch("new-id", wish.new_id && !wish.raw);
    words.maybe("tamper", wish.tamper.as_ref().filter(|_| !wish.raw));
    if !wish.raw {
        words.maybe("secret", own_secret(&page));
    }
    trust(&page, &wish.to, &mut words);
    words.last(wish.id.clone());
    let args: ReplayArgs = words::read(&words.0)?;
    let id = server::id(&wish.id)?;
    run(page, move |page, context| {
        let sourced = sourced(page, id, wish.edits)?;
        replay::replay(&args, std::slice::from_ref(&sourced), context)
    })
    .await
}

fn sourced(page: &Page, id: crate::store::Id, edits: Edits) -> Result<Sourced> {
    let refused = |refusal: Refusal| Error::usage(refusal.message);
    let mut sourced = sources::of_entry(detail::entry(page, id).map_err(refused)?)?;
    edits.apply(&mut sourced.stored.request).map_err(refused)?;
    Ok(sourced)
}

/// Sends an event.
pub(super) async fn send(page: Arc<Page>, wish: Send) -> Reply {
    let mut words = Words::default();
    words.flag("to", page.sent_to(&wish.to));
    wish.variants
        .iter()
        .for_each(|name| words.flag("variant", name));
    wish.set.iter().for_each(|edit| words.flag("set", edit));
    if let Some(data) = &wish.data {
        // These would be read from elsewhere.
        if data.starts_with('@') || data == "-" {
            return Err(Refusal::bad(
                "this body would be taken for the name of a file",
            ));
        }
        words.flag("data", data);
    }
    words.maybe("tamper", wish.tamper.as_ref());
    words.maybe(
        "duplicate",
        Some(wish.duplicates).filter(|count| *count > 0),
    );
    words.switch("dry-run", wish.dry);
    words.maybe("secret", own_secret(&page));
    trust(&page, &wish.to, &mut words);
    words.last(wish.event.clone());
    let args: SendArgs = words::read(&words.0)?;
    run(page, move |_, context| send::run(&args, context)).await
}

/// Checks a handler.
pub(super) async fn check(page: Arc<Page>, wish: check::Wish) -> Reply {
    let mut words = Words::default();
    words.flag("to", page.sent_to(&wish.to));
    words.flag("provider", &wish.provider);
    words.maybe("secret", own_secret(&page));
    trust(&page, &wish.to, &mut words);
    let args: CheckArgs = words::read(&words.0)?;
    run(page, move |_, context| watched(&args, context)).await
}

/// The secret that the listener verifies all with, if it was given one.
fn own_secret(page: &Page) -> Option<String> {
    let given = page.judge.secrets_of(None, "");
    given.first().map(|secret| secret.reveal().to_owned())
}

/// Trusts the listener's own certificate.
fn trust(page: &Page, to: &str, words: &mut Words) {
    if let Some(file) = &page.facts.certificate
        && to.starts_with(&page.facts.url)
    {
        words.flag("cacert", file.display());
    }
}

/// Runs a command on a thread of its own, which keeps nobody when the program ends, and hands on what it says.
async fn run(
    page: Arc<Page>,
    command: impl FnOnce(&Page, &mut Context) -> Result<Outcome> + std::marker::Send + 'static,
) -> Reply {
    let turn = Arc::clone(&page.actions).acquire_owned().await;
    let (lines, reading) = mpsc::unbounded_channel();
    let work = move || {
        let _turn = turn;
        let out = Lines::new(lines.clone(), str::to_owned);
        let err = Lines::new(lines.clone(), said);
        let mut context = Context {
            ui: Ui::machine(out, err),
            settings: page.settings.apart(),
        };
        let ended = command(&page, &mut context);
        let ended = ended.and_then(|outcome| context.ui.flush().map(|()| outcome));
        drop(context);
        let last = match ended {
            Ok(outcome) => json!({"type": "done", "good": outcome == Outcome::Good}),
            Err(error) => {
                let hints = error.hints().iter().map(|hint| redact::text(hint));
                let error = error.to_string();
                json!({"type": "failed", "error": redact::text(&error), "hints": hints.collect::<Vec<_>>()})
            }
        };
        // A page that went away needs no last line.
        let _ = lines.send(format!("{}\n", json_text::to_string(&last)).into());
    };
    std::thread::Builder::new()
        .name("action".to_owned())
        .spawn(work)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(typed(
        "application/x-ndjson",
        Body::new(Parts::Few(reading)),
    ))
}

/// What a command says beside its output, as a line of its own.
fn said(line: &str) -> String {
    let (kind, text) = line.split_once(": ").unwrap_or(("", line));
    let kinds = ["note", "hint", "warning", "error"];
    let (kind, text) = if kinds.contains(&kind) {
        (kind, text)
    } else {
        ("text", line)
    };
    json_text::to_string(&json!({"type": "said", "kind": kind, "text": text}))
}

/// A stream that hands on whole lines.
struct Lines {
    to: mpsc::UnboundedSender<Bytes>,
    shape: fn(&str) -> String,
    begun: Vec<u8>,
}

impl Lines {
    fn new(to: mpsc::UnboundedSender<Bytes>, shape: fn(&str) -> String) -> Self {
        let begun = Vec::new();
        Self { to, shape, begun }
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        if !bytes.contains(&b'\n') {
            return Ok(bytes.len());
        }
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let line = (self.shape)(&String::from_utf8_lossy(&line[..end])) + "\n";
            // The page may have gone; what it asked for is done all the same.
            let _ = self.to.send(line.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
