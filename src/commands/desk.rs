//! Between the receiver and the user: keeps, counts and shows what comes.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use super::watch::Watch;
use crate::error::Result;
use crate::receiver::{Capture, Sink, Taken, Trouble};
use crate::render::capture::{self, Show, View};
use crate::render::text::safe;
use crate::ui::Ui;

/// What goes to the printer.
enum Message {
    Capture(Arc<Capture>),
    Trouble(Trouble),
}

/// Captures that wait to be shown; more are counted, not shown.
const QUEUE: usize = 2_048;
/// With so many waiting, one line each has to do.
const BUSY: usize = 64;

/// Takes captures from the receiver: keeps, counts and passes them on.
pub(super) struct Desk {
    watch: Mutex<Watch>,
    /// Told when nothing more is waited for.
    pub(super) enough: Notify,
    messages: mpsc::Sender<Message>,
    /// Wait for the printer rather than leave something out: for machine output.
    lossless: bool,
    skipped: AtomicU64,
    save: Option<PathBuf>,
}

impl Desk {
    /// A desk, and the printer of what is put on it. `lossless` lets answers wait for the printer.
    pub(super) fn new(
        watch: Watch,
        lossless: bool,
        save: Option<PathBuf>,
        view: View,
    ) -> (Arc<Self>, Printer) {
        let (messages, waiting) = mpsc::channel(QUEUE);
        let desk = Arc::new(Self {
            watch: Mutex::new(watch),
            enough: Notify::new(),
            messages,
            lossless,
            skipped: AtomicU64::new(0),
            save,
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
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The desk as the receiver sees it.
pub(super) struct Front(pub(super) Arc<Desk>);

impl Sink for Front {
    fn captured(&self, capture: Arc<Capture>) -> Taken<'_> {
        Box::pin(async move {
            let desk = &self.0;
            if let Some(folder) = desk.save.clone() {
                let kept = Arc::clone(&capture);
                let saved = tokio::task::spawn_blocking(move || save(&kept, &folder)).await;
                saved.unwrap_or_else(|error| Err(error.to_string()))?;
            }
            let done = {
                let mut watch = desk.watch();
                watch.saw(&capture);
                watch.is_done()
            };
            let message = Message::Capture(capture);
            if desk.lossless {
                // A closed channel means that the program ends; then nobody reads the line.
                let _ = desk.messages.send(message).await;
            } else if desk.messages.try_send(message).is_err() {
                desk.skipped.fetch_add(1, Ordering::Relaxed);
            }
            if done {
                desk.enough.notify_one();
            }
            Ok(())
        })
    }

    fn trouble(&self, trouble: Trouble) {
        let _ = self.0.messages.try_send(Message::Trouble(trouble));
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
    let mut text = serde_json::to_string_pretty(&capture::json(capture, true))
        .map_err(|error| error.to_string())?;
    text.push('\n');
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("cannot save to `{}`: {error}", path.display()))
}

/// Shows captures in their order.
pub(super) struct Printer {
    messages: mpsc::Receiver<Message>,
    view: View,
    desk: Arc<Desk>,
    /// How many were left out when that was last said.
    warned: u64,
}

impl Printer {
    /// Prints until the program ends.
    pub(super) async fn run(&mut self, ui: &mut Ui) -> Result<()> {
        while let Some(message) = self.messages.recv().await {
            self.print(&message, ui)?;
        }
        Ok(())
    }

    /// Takes nothing more, so that nobody waits for it.
    pub(super) fn close(&mut self) {
        self.messages.close();
    }

    /// Prints what is left.
    pub(super) fn drain(&mut self, ui: &mut Ui) -> Result<()> {
        while let Ok(message) = self.messages.try_recv() {
            self.print(&message, ui)?;
        }
        Ok(())
    }

    fn print(&mut self, message: &Message, ui: &mut Ui) -> Result<()> {
        match message {
            Message::Capture(capture) if ui.json => {
                ui.json_line(&capture::json(capture, self.view.reveal))?;
            }
            Message::Capture(capture)
                if self.messages.len() > BUSY && self.view.show != Show::None =>
            {
                ui.data(capture::line(capture, &self.view))?;
            }
            Message::Capture(capture) => ui.data(capture::human(capture, &self.view))?,
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
