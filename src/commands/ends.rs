//! How a listener begins and ends: the greeting, the signals, and the last words.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::watch as channel;
use tokio::task::JoinHandle;

use super::desk::{Desk, Printing};
use super::exec::Exec;
use super::watch::Watch;
use crate::error::{Error, Result};
use crate::render::millis;
use crate::request::curl::quote;
use crate::ui::Ui;

/// What is said first.
pub(super) struct Greeting {
    pub(super) url: String,
    /// The address that was bound, as a URL.
    pub(super) shown: String,
    /// Where requests are passed on to.
    pub(super) forward: Option<String>,
    /// Where the live page is.
    pub(super) page: Option<String>,
    pub(super) example: Option<String>,
    /// The certificate that senders can trust, if it was made here.
    pub(super) certificate: Option<PathBuf>,
    pub(super) is_open: bool,
    pub(super) other_on_v6: bool,
}

impl Greeting {
    pub(super) fn print(&self, ui: &mut Ui) -> Result<()> {
        if self.is_open {
            ui.warn("Other machines can reach this address; whoever can send here is shown here.")?;
        }
        if ui.json {
            let mut line = json!({"type": "listening", "url": self.url, "page_url": self.page});
            if let Some(file) = &self.certificate {
                line["certificate"] = json!(file);
            }
            ui.json_line(&line)?;
        } else {
            let mut line = format!("Listening on {}", ui.out_paint.name(&self.shown));
            if let Some(forward) = &self.forward {
                line.push_str(&format!("  → {}", ui.out_paint.name(forward)));
            }
            ui.data(format!("{line}  {}\n", ui.out_paint.faint("(Ctrl-C ends)")))?;
            if let Some(page) = self.page.as_deref().filter(|_| !ui.is_quiet()) {
                ui.data(format!("Page at {}\n", ui.out_paint.name(page)))?;
            }
            let example = self.example.as_deref().filter(|_| !ui.is_quiet());
            if let Some((event, (provider, _))) =
                example.and_then(|event| Some((event, event.split_once('/')?)))
            {
                let mut command = format!(
                    "hookctl send {} --to {}/webhooks/{provider}",
                    quote(event),
                    self.url
                );
                if let Some(file) = &self.certificate {
                    let file = file.display().to_string();
                    command.push_str(&format!(" --cacert {}", quote(&file)));
                }
                ui.data(format!("Try: {}\n\n", ui.out_paint.strong(&command)))?;
            }
        }
        ui.flush()?;
        if let Some(file) = &self.certificate {
            ui.note(&format!(
                "The certificate is `{0}`. Senders trust it with `curl --cacert {0}` or NODE_EXTRA_CA_CERTS={0}.",
                file.display()
            ))?;
        }
        if self.other_on_v6 {
            ui.warn("Another program has this port on [::1], so `localhost` may lead there; use 127.0.0.1.")?;
        }
        Ok(())
    }
}

/// Why listening ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// What was waited for came, the time is up, or nobody reads any more.
    Done,
    /// Ctrl-C or SIGTERM.
    Signal,
}

/// Waits for the first reason to end.
pub(super) async fn wait(
    desk: &Desk,
    printing: &mut Printing,
    signals: &mut Signals,
    exec: &mut Exec,
    timeout: Option<Duration>,
) -> End {
    tokio::select! {
        () = printing.ended() => End::Done,
        () = exec.done(desk, timeout.is_some()) => End::Done,
        () = elapsed(timeout) => End::Done,
        () = signals.ended() => End::Signal,
    }
}

/// Waits for answers under way and for the printer, which must not keep the program if nobody reads. A second signal
/// waits for neither answers nor a reader. `cut` ends the wait for those that requests were passed on to.
pub(super) async fn finish(
    desk: &Desk,
    mut serving: JoinHandle<()>,
    printing: &mut Printing,
    signals: &mut Signals,
    cut: &channel::Sender<bool>,
) {
    let ending = async {
        tokio::select! {
            served = &mut serving => drop(served),
            () = desk.release_when_stalled() => {}
            () = cut_later(desk, cut) => {}
        }
        desk.close();
        tokio::select! {
            () = printing.ended() => {}
            () = desk.stalled() => {}
        }
    };
    tokio::select! {
        () = ending => return,
        () = signals.ended() => {}
    }
    cut.send_replace(true);
    if !serving.is_finished() {
        // What was cut is kept meanwhile.
        let _ = tokio::time::timeout(HURRY, serving).await;
    }
    desk.close();
    let _ = tokio::time::timeout(HURRY, printing.ended()).await;
}

/// How long requests that were passed on are waited for at the end in silence.
const SILENCE: Duration = Duration::from_secs(1);
/// How long beyond that; the receiver waits a little longer.
const PATIENCE: Duration = Duration::from_secs(7);

/// Waits that long, and no longer, for those that requests were passed on to. Never ends.
async fn cut_later(desk: &Desk, cut: &channel::Sender<bool>) {
    tokio::time::sleep(SILENCE).await;
    let hint = "Ctrl-C ends without them.".to_owned();
    desk.say("Answers are still under way.".to_owned(), vec![hint]);
    tokio::time::sleep(PATIENCE).await;
    cut.send_replace(true);
    std::future::pending::<()>().await;
}

/// For the last words after a second signal, and for what is kept then.
const HURRY: Duration = Duration::from_millis(300);

/// Ends with what came, and what did not.
pub(super) fn conclude(watch: &Watch, ui: &mut Ui, start: Instant) -> Result<()> {
    if ui.json {
        ui.json_line(&watch.json(millis(start.elapsed())))?;
    } else {
        ui.note(&watch.human())?;
    }
    complain(watch, ui)
}

/// Says what did not come. After a signal that is no error: whoever ends a listener knows why.
fn complain(watch: &Watch, ui: &mut Ui) -> Result<()> {
    watch.problems().iter().try_for_each(|problem| {
        if watch.is_cut_short {
            ui.warn(problem)
        } else {
            ui.problem(problem)
        }
    })
}

/// Says on stderr what can still be said, if that is read at all.
pub(super) fn give_up(desk: &Arc<Desk>, ui: &mut Ui) {
    let (said, heard) = std::sync::mpsc::channel();
    let (desk, mut ui) = (Arc::clone(desk), ui.take());
    std::thread::spawn(move || {
        let _ = ui.warn("Nobody reads the output, so not all of it was written.");
        let _ = complain(&desk.watch(), &mut ui);
        let _ = said.send(());
    });
    let _ = heard.recv_timeout(HURRY);
}

/// Ctrl-C and SIGTERM; on Windows Ctrl-C, Ctrl-Break and closing the console. Created before the first line is printed,
/// so that a reader of that line can end the program.
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
    #[cfg(windows)]
    ctrl_break: tokio::signal::windows::CtrlBreak,
    #[cfg(windows)]
    ctrl_close: tokio::signal::windows::CtrlClose,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(no_signals)?,
            interrupt: signal(SignalKind::interrupt()).map_err(no_signals)?,
        })
    }

    #[cfg(windows)]
    pub(super) fn new() -> Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
        Ok(Self {
            ctrl_c: ctrl_c().map_err(no_signals)?,
            ctrl_break: ctrl_break().map_err(no_signals)?,
            ctrl_close: ctrl_close().map_err(no_signals)?,
        })
    }

    /// Waits for one of them.
    pub(super) async fn ended(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        tokio::select! {
            _ = self.ctrl_c.recv() => {}
            _ = self.ctrl_break.recv() => {}
            _ = self.ctrl_close.recv() => {}
        }
    }
}

fn no_signals(error: std::io::Error) -> Error {
    Error::machine("cannot wait for signals").because(error)
}

/// Ends after the time, or never.
pub(super) async fn elapsed(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep(timeout).await,
        None => std::future::pending().await,
    }
}
