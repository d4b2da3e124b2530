//! Between the receiver and the user: keeps, counts and shows what comes.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, oneshot, watch as channel};

use super::rejections::{self, Admission, StoreLimit};
use super::watch::Watch;
use crate::error::{Error, Result};
use crate::lock::lock;
use crate::private;
use crate::receiver::{Capture, Rejected, Sink, Taken, Told, Trouble};
use crate::render::capture::{self, Show, View};
use crate::render::history as entries;
use crate::render::text::safe;
use crate::request::json_text;
use crate::store::{Attempt, Entry, Facts, Row, Writer};
use crate::ui::Ui;

/// What goes to the printer.
enum Message {
    Capture(Arc<Capture>),
    /// A request that was rejected.
    Rejected(Box<Entry>),
    Trouble(Trouble),
    /// A warning and what to do about it.
    Warning(String, Vec<String>),
}

/// Captures that wait to be shown; more are counted, not shown.
const QUEUE: usize = 2_048;
/// With so many waiting, one line each has to do.
const BUSY: usize = 64;
/// How long the printer lets captures gather when many come.
const REST: Duration = Duration::from_millis(5);
/// How long one write may take at the end before nobody is thought to read.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes captures from the receiver: keeps, counts and passes them on.
pub(super) struct Desk {
    watch: Mutex<Watch>,
    /// Told when nothing more is waited for.
    pub(super) enough: Notify,
    /// The way to the printer; `None` once nothing more is printed.
    messages: Mutex<Option<mpsc::Sender<Message>>>,
    /// Wait for the printer rather than leave something out: for machine output.
    lossless: bool,
    /// Captures are not shown at all.
    silent: bool,
    skipped: AtomicU64,
    save: Option<PathBuf>,
    history: Option<Writer>,
    rejections: Mutex<StoreLimit>,
    /// Counts the beginnings and ends of what the printer does: odd while it writes.
    steps: AtomicU64,
    /// True once nobody waits for the printer any more.
    released: channel::Sender<bool>,
}

impl Desk {
    /// A desk, and the printer of what is put on it. `lossless` lets answers wait for the printer.
    pub(super) fn new(
        watch: Watch,
        lossless: bool,
        save: Option<PathBuf>,
        history: Option<Writer>,
        view: View,
    ) -> (Arc<Self>, Printer) {
        let (messages, waiting) = mpsc::channel(QUEUE);
        let desk = Arc::new(Self {
            watch: Mutex::new(watch),
            enough: Notify::new(),
            messages: Mutex::new(Some(messages)),
            lossless,
            silent: !lossless && view.show == Show::None,
            skipped: AtomicU64::new(0),
            save,
            history,
            rejections: Mutex::default(),
            steps: AtomicU64::new(0),
            released: channel::channel(false).0,
        });
        let printer = Printer {
            messages: waiting,
            view,
            desk: Arc::clone(&desk),
            warned: 0,
        };
        (desk, printer)
    }

    pub(super) fn watch(&self) -> MutexGuard<'_, Watch> {
        lock(&self.watch)
    }

    fn to_printer(&self) -> MutexGuard<'_, Option<mpsc::Sender<Message>>> {
        lock(&self.messages)
    }

    /// Puts nothing more on the desk: the printer ends with what is there.
    pub(super) fn close(&self) {
        *self.to_printer() = None;
    }

    /// Waits until all that came is kept.
    pub(super) async fn close_history(&self) {
        if let Some(history) = &self.history {
            history.finish().await;
        }
    }

    /// Waits until one write took longer than anybody who reads would let it.
    pub(super) async fn stalled(&self) {
        let mut last = self.steps.load(Ordering::Relaxed);
        let mut since = Instant::now();
        loop {
            tokio::time::sleep(PATIENCE / 20).await;
            let now = self.steps.load(Ordering::Relaxed);
            if now != last || now.is_multiple_of(2) {
                (last, since) = (now, Instant::now());
            } else if since.elapsed() >= PATIENCE {
                return;
            }
        }
    }

    /// Lets no answer wait for the printer any more once it stalls. Never ends.
    pub(super) async fn release_when_stalled(&self) {
        self.stalled().await;
        self.released.send_replace(true);
        std::future::pending::<()>().await;
    }

    /// Warns of something beside the captures.
    pub(super) fn say(&self, warning: String, hints: Vec<String>) {
        if let Some(messages) = &*self.to_printer() {
            let _ = messages.try_send(Message::Warning(warning, hints));
        }
    }

    /// Keeps a request that was rejected, if there are not too many of these.
    async fn keep_rejected(&self, entry: &Entry) {
        let Some(history) = &self.history else {
            return;
        };
        let admission = lock(&self.rejections).admit(Instant::now());
        match admission {
            Admission::Stored => {
                if let Err(why) = history.add(Row::from(entry)).await {
                    self.say(
                        format!("A rejected request was not stored: {why}"),
                        Vec::new(),
                    );
                }
            }
            Admission::LimitReached => self.say(rejections::limit_reached(), Vec::new()),
            Admission::NotStored => {}
        }
    }

    async fn print(&self, message: Message) {
        let Some(messages) = self.to_printer().clone() else {
            return;
        };
        if self.lossless {
            let mut released = self.released.subscribe();
            tokio::select! {
                // A closed channel means that the program ends; then nobody reads the line.
                _ = messages.send(message) => {}
                _ = released.wait_for(|released| *released) => {}
            }
        } else if messages.try_send(message).is_err() {
            self.skipped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The desk as the receiver sees it.
pub(super) struct Front(pub(super) Arc<Desk>);

impl Sink for Front {
    fn captured(&self, capture: Arc<Capture>) -> Taken<'_> {
        Box::pin(async move {
            let desk = &self.0;
            // A filter chooses what is shown; what was answered is kept all the same.
            if capture.is_left_out {
                return match &desk.history {
                    Some(history) => history.add(row(&capture)).await,
                    None => Ok(()),
                };
            }
            // A file without its body could not be sent again.
            if let Some(folder) = desk.save.clone().filter(|_| capture.over.is_none()) {
                let kept = Arc::clone(&capture);
                let saved = tokio::task::spawn_blocking(move || save(&kept, &folder)).await;
                saved.unwrap_or_else(|error| Err(error.to_string()))?;
            }
            if let Some(history) = &desk.history {
                history.add(row(&capture)).await?;
            }
            let done = {
                let mut watch = desk.watch();
                watch.saw(&capture);
                watch.is_done()
            };
            if !desk.silent {
                desk.print(Message::Capture(capture)).await;
            }
            if done {
                desk.enough.notify_one();
            }
            Ok(())
        })
    }

    fn rejected(&self, rejected: Rejected) -> Told<'_> {
        Box::pin(async move {
            let (desk, entry) = (&self.0, rejections::entry(rejected));
            desk.keep_rejected(&entry).await;
            if !desk.silent {
                desk.print(Message::Rejected(Box::new(entry))).await;
            }
        })
    }

    fn trouble(&self, trouble: Trouble) {
        if let Some(messages) = &*self.0.to_printer() {
            let _ = messages.try_send(Message::Trouble(trouble));
        }
    }
}

/// A capture as the history keeps it.
fn row(capture: &Capture) -> Row {
    let attempts = capture
        .forwarded
        .iter()
        .zip(1..)
        .map(|(pass, number)| Attempt {
            number,
            url: Some(pass.url.clone()),
            at: capture.received_at,
            status: pass.status,
            duration: pass.duration.unwrap_or_default(),
            error: pass.error.clone(),
            sent: None,
            headers: pass.headers.clone(),
            body: pass.body.clone(),
            truncated: pass.truncated,
        });
    Row::new(
        capture.id,
        capture.received_at,
        &capture.request,
        facts(capture),
    )
    .with_attempts(attempts.collect())
}

/// What the history keeps of a capture beside its bytes.
pub(crate) fn facts(capture: &Capture) -> Facts {
    let judgement = &capture.judgement;
    let provider = judgement.provider.as_ref();
    Facts {
        provider: provider.map(|provider| provider.profile.name.clone()),
        event: judgement.event.clone(),
        delivery_id: judgement.delivery_id.clone(),
        duplicate: judgement.duplicate,
        verdict: Some(judgement.verdict.word().to_owned()),
        scheme: judgement.scheme.clone(),
        reason: judgement.reason.map(|reason| reason.code().to_owned()),
        detail: judgement.detail.clone(),
        status: capture.status(),
        duration: capture.duration,
        good: capture
            .status()
            .is_some_and(|status| (200..300).contains(&status)),
        over: capture.over.and_then(|limit| u64::try_from(limit).ok()),
        ..Facts::default()
    }
}

/// Writes a capture to a file of its own, as it came.
fn save(capture: &Capture, folder: &Path) -> std::result::Result<(), String> {
    let judgement = &capture.judgement;
    let provider = judgement
        .provider
        .as_ref()
        .map(|provider| &*provider.profile.name);
    let name: String = [provider, judgement.event.as_deref()]
        .into_iter()
        .flatten()
        .flat_map(|part| ['-'].into_iter().chain(part.chars().take(60)))
        .map(|char| {
            if char.is_ascii_alphanumeric() || "-_.".contains(char) {
                char
            } else {
                '_'
            }
        })
        .collect();
    let time = capture.received_at.strftime("%Y%m%dT%H%M%S%.3f");
    let path = folder.join(format!("{time}-{:04}{name}.json", capture.number));
    let written = private::create_new(&path).and_then(|file| {
        let mut file = BufWriter::new(file);
        json_text::to_writer_pretty(&mut file, &capture::json(capture, true))?;
        file.write_all(b"\n")?;
        file.flush()
    });
    written.map_err(|error| format!("cannot save to `{}`: {error}", path.display()))
}

/// Says that output was lost, and nothing else.
fn still_receiving(error: Error, ui: &mut Ui) -> Error {
    let _ = ui.warn(&format!("{error}; requests are still received."));
    error
}

/// Shows captures in their order, on a thread of its own: a write waits for its reader, and nothing else may.
pub(super) struct Printer {
    messages: mpsc::Receiver<Message>,
    view: View,
    desk: Arc<Desk>,
    /// How many were left out when that was last said.
    warned: u64,
}

/// A printer at work.
pub(super) struct Printing {
    /// `None` once it ended.
    waiting: Option<oneshot::Receiver<(Ui, Result<()>)>>,
    ended: Option<(Ui, Result<()>)>,
}

impl Printing {
    /// Waits until all is printed, or nobody reads any more.
    pub(super) async fn ended(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            self.ended = waiting.await.ok();
            self.waiting = None;
        }
    }

    /// The streams and how it went; `None` if it still writes.
    pub(super) fn into_ended(self) -> Option<(Ui, Result<()>)> {
        self.ended
    }
}

impl Printer {
    /// Prints until the desk is closed, with something before and something after it.
    pub(super) fn start(
        mut self,
        mut ui: Ui,
        first: impl FnOnce(&mut Ui) -> Result<()> + Send + 'static,
        last: impl FnOnce(&mut Ui) -> Result<()> + Send + 'static,
    ) -> Result<Printing> {
        let (done, waiting) = oneshot::channel();
        let print = move || {
            let begun = self.step(|_| first(&mut ui));
            let begun = begun.map_err(|error| still_receiving(error, &mut ui));
            let ran = self.run(&mut ui);
            let ended = self.step(|_| last(&mut ui).and_then(|()| ui.flush()));
            let printed = begun.and(ran).and(ended);
            // Whoever waits to put something on the desk must not wait for nobody.
            drop(self);
            let _ = done.send((ui, printed));
        };
        std::thread::Builder::new()
            .name("printer".to_owned())
            .spawn(print)
            .map_err(|error| Error::machine("cannot start").because(error))?;
        Ok(Printing {
            waiting: Some(waiting),
            ended: None,
        })
    }

    /// Does something that writes, and lets the desk see that it is at it.
    fn step(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.desk.steps.fetch_add(1, Ordering::Relaxed);
        let written = write(self);
        self.desk.steps.fetch_add(1, Ordering::Relaxed);
        written
    }

    /// Prints what comes, also when nobody reads it any more: to receive is what a listener is for.
    fn run(&mut self, ui: &mut Ui) -> Result<()> {
        let (mut since, mut count) = (Instant::now(), 0);
        let mut printed = Ok(());
        while let Some(message) = self.messages.blocking_recv() {
            if let Err(error) = self.step(|printer| printer.print(&message, ui)) {
                printed = Err(still_receiving(error, ui));
            }
            count += 1;
            if !self.messages.is_empty() {
                continue;
            }
            // Under load, to be woken for each capture would cost the receiver more than to show it.
            if count > BUSY && since.elapsed() < REST * 20 {
                std::thread::sleep(REST);
            }
            if since.elapsed() >= REST * 10 {
                (since, count) = (Instant::now(), 0);
            }
        }
        printed
    }

    fn print(&mut self, message: &Message, ui: &mut Ui) -> Result<()> {
        match message {
            Message::Capture(_) if !ui.out_is_open() => {}
            Message::Capture(capture) if ui.json => {
                ui.json_line(&capture::json(capture, self.view.reveal))?;
            }
            Message::Capture(capture)
                if self.messages.len() > BUSY && self.view.show != Show::None =>
            {
                ui.data(capture::line(capture, &self.view))?;
            }
            Message::Capture(capture) => ui.data(capture::human(capture, &self.view))?,
            Message::Rejected(entry) if ui.json => {
                ui.json_line(&entries::json(entry, self.view.reveal))?;
            }
            Message::Rejected(entry) => ui.data(entries::rejected_line(entry, &self.view))?,
            Message::Warning(warning, hints) => {
                ui.warn(&safe(warning))?;
                hints.iter().try_for_each(|hint| ui.hint(hint))?;
            }
            Message::Trouble(trouble) => ui.warn(&format!(
                "{} (from {})",
                safe(&trouble.message),
                trouble.from
            ))?,
        }
        if self.messages.is_empty() {
            let skipped = self.desk.skipped.load(Ordering::Relaxed);
            if skipped > self.warned {
                ui.warn(&format!(
                    "{} more came than could be shown.",
                    skipped - self.warned
                ))?;
                self.warned = skipped;
            }
            ui.flush()?;
        }
        Ok(())
    }
}
