//! What the page's server knows.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use super::board::Board;
use super::policy;
use super::shelf::Shelf;
use crate::capture::filter::recorded;
use crate::error::Result;
use crate::random;
use crate::receiver::{Judge, Policy};
use crate::request::curl::quote;
use crate::request::redact;
use crate::settings::Settings;

/// What the listener says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// URL of the receiver.
    pub(crate) url: String,
    /// Largest body that is received, in bytes.
    pub(crate) max_body: usize,
    /// Where requests are passed on to, without credentials.
    pub(crate) forward: Vec<String>,
    /// The filter of the listener, as it was typed.
    pub(crate) filter: Option<String>,
    /// An event that may be sent to try it.
    pub(crate) example: Option<String>,
    /// The certificate that senders can trust, if it was made here.
    pub(crate) certificate: Option<PathBuf>,
}

/// Actions that send something, at once; more wait.
const ACTIONS: usize = 4;

/// The page of one listener.
pub(crate) struct Page {
    pub(super) facts: Facts,
    pub(super) judge: Arc<Judge>,
    pub(super) policy: Arc<Policy>,
    pub(super) board: Arc<Board>,
    pub(super) shelf: Shelf,
    pub(super) settings: Settings,
    /// What the page must show to change anything; of this run alone.
    pub(super) token: String,
    /// Tells this run from others at the same address.
    pub(super) run: String,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) actions: Arc<Semaphore>,
    /// Event streams that are open.
    pub(super) streams: Arc<AtomicUsize>,
}

impl Page {
    /// # Errors
    /// The settings cannot be read, or there is no randomness.
    pub(crate) fn new(
        facts: Facts,
        judge: Arc<Judge>,
        policy: Arc<Policy>,
        board: Arc<Board>,
        settings: &Settings,
        stop: watch::Receiver<bool>,
    ) -> Result<Self> {
        let settings = settings.apart();
        Ok(Self {
            facts,
            judge,
            policy,
            shelf: Shelf::new(settings.history()?, Arc::clone(&board)),
            board,
            settings,
            token: random()?,
            run: random()?,
            stop,
            actions: Arc::new(Semaphore::new(ACTIONS)),
            streams: Arc::new(AtomicUsize::new(0)),
        })
    }

    /// Whether answers are those of another server.
    pub(super) fn forwards(&self) -> bool {
        !self.facts.forward.is_empty()
    }

    /// Arguments of the commands that the page shows, quoted for a shell.
    fn quoted(&self) -> Value {
        let forward = self.facts.forward.first();
        let store = self.settings.store_flag();
        let certificate = self.facts.certificate.as_ref();
        json!({
            "to": forward.map(|url| quote(&redact::url(url))),
            "example": self.facts.example.as_deref().map(quote),
            "store": store.map(|file| quote(&file.display().to_string())),
            "certificate": certificate.map(|file| quote(&file.display().to_string())),
        })
    }

    /// Returns the URL to send to, with the credentials of a forward target that the page knows in its redacted form.
    pub(super) fn sent_to(&self, to: &str) -> String {
        let mut forward = self.facts.forward.iter();
        let known = forward.find(|url| redact::url(url) == to);
        known.map_or_else(|| to.to_owned(), String::clone)
    }

    /// What a page wants to know first.
    pub(super) fn session(&self) -> Value {
        let facts = &self.facts;
        json!({
            "run": self.run,
            "version": env!("CARGO_PKG_VERSION"),
            "url": facts.url,
            "forward": facts.forward.iter().map(|url| redact::url(url)).collect::<Vec<_>>(),
            "filter": facts.filter,
            "example": facts.example,
            "certificate": facts.certificate,
            "store": self.shelf.is_kept(),
            "quoted": self.quoted(),
            "policy": policy::shown(self),
            "fields": fields(),
        })
    }
}

/// What a filter may be about.
fn fields() -> Value {
    recorded()
        .map(|row| json!({"name": row.name, "about": row.about, "example": row.example}))
        .collect()
}

/// Text that nobody can guess.
fn random() -> Result<String> {
    Ok(hex::encode(random::bytes::<16>()?))
}
