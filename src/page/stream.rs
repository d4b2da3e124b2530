//! The event stream of the page: what happens, as it happens, and never faster than somebody can look.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::board::{Happening, News};
use super::reply::{Parts, Refusal, Reply, typed};
use super::state::Page;
use super::{policy, row};
use crate::capture::Filter;
use crate::request::json_text;
use crate::store::Id;

/// Streams that may be open at once.
const MOST_STREAMS: usize = 32;
/// Captures that are shown one by one; of more at once, the page reads the newest.
const MOST_ROWS: usize = 200;
/// How long a page rests between two looks.
const REST: Duration = Duration::from_millis(150);
/// How often a silent stream shows that it is there.
const PULSE: Duration = Duration::from_secs(15);
/// Events that wait for a page to read them.
const WAITING: usize = 4;
/// After how many milliseconds a page tries to connect again.
const RETRY: u32 = 800;

/// Opens a stream, which goes on after the last event that the page saw, if that is remembered.
pub(super) fn open(page: &Arc<Page>, filter: Option<Filter>, last: Option<Id>) -> Reply {
    let open = Open::new(&page.streams).ok_or_else(|| {
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{MOST_STREAMS} pages are open already; close some"),
        )
    })?;
    let (parts, reading) = mpsc::channel(WAITING);
    let (start, is_known) = match last {
        None => (page.board.end(), true),
        Some(id) => match page.board.after(id) {
            Some(after) => (after, true),
            None => (page.board.end(), false),
        },
    };
    let stream = Stream {
        page: Arc::clone(page),
        filter,
        parts,
        next: start,
        changed: page.board.watch(),
        stop: page.stop.clone(),
        _open: open,
    };
    tokio::spawn(stream.run(is_known));
    Ok(response(reading))
}

fn response(reading: mpsc::Receiver<Bytes>) -> Response {
    typed("text/event-stream", Body::new(Parts::Bounded(reading)))
}

/// One stream among those that are open.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Option<Self> {
        let open = Self(Arc::clone(count));
        (count.fetch_add(1, Ordering::Relaxed) < MOST_STREAMS).then_some(open)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The page does not read any more.
struct Closed;

struct Stream {
    page: Arc<Page>,
    filter: Option<Filter>,
    parts: mpsc::Sender<Bytes>,
    /// Number of the happening to look for.
    next: u64,
    changed: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    _open: Open,
}

impl Stream {
    async fn run(mut self, is_known: bool) {
        // A page that went away needs nothing more.
        let _ = self.tell(is_known).await;
    }

    async fn tell(&mut self, is_known: bool) -> Result<(), Closed> {
        let hello = json!({"run": self.page.run, "store": self.page.shelf.is_kept()});
        self.send(format!("retry: {RETRY}\n")).await?;
        self.event("hello", None, &hello).await?;
        if !is_known {
            self.event("behind", None, &json!({"missed": null})).await?;
        }
        loop {
            self.news().await?;
            if *self.stop.borrow() {
                return self.event("bye", None, &Value::Null).await;
            }
            let is_silent = tokio::select! {
                _ = self.changed.changed() => false,
                _ = self.stop.wait_for(|stop| *stop) => false,
                () = self.parts.closed() => return Err(Closed),
                () = tokio::time::sleep(PULSE) => true,
            };
            if is_silent {
                self.send(":\n\n".to_owned()).await?;
            }
            self.news().await?;
            tokio::select! {
                () = tokio::time::sleep(REST) => {}
                _ = self.stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    /// Sends what happened since the last time.
    async fn news(&mut self) -> Result<(), Closed> {
        let News {
            happenings,
            missed,
            next,
        } = self.page.board.since(self.next, MOST_ROWS);
        self.next = next;
        if missed > 0 {
            return self.event("behind", None, &json!({"missed": missed})).await;
        }
        let (mut rows, mut last) = (Vec::new(), None);
        for happening in happenings {
            if let Happening::Captured(capture) = &happening {
                rows.extend(row::of_capture(capture, self.filter.as_ref()));
                last = Some(capture.id);
                continue;
            }
            self.rows(&mut rows, last).await?;
            match happening {
                Happening::Removed(id) => {
                    let value = json!({"id": id.to_string()});
                    self.event("removed", None, &value).await?;
                }
                Happening::Pinned(id, pinned) => {
                    let value = json!({"id": id.to_string(), "pinned": pinned});
                    self.event("pinned", None, &value).await?;
                }
                Happening::Policy => {
                    let value = policy::shown(&self.page);
                    self.event("policy", None, &value).await?;
                }
                Happening::Captured(_) | Happening::Gone => {}
            }
        }
        self.rows(&mut rows, last).await
    }

    async fn rows(&mut self, rows: &mut Vec<Value>, last: Option<Id>) -> Result<(), Closed> {
        let rows = std::mem::take(rows);
        if rows.is_empty() {
            return Ok(());
        }
        self.event("rows", last, &Value::Array(rows)).await
    }

    async fn event(&mut self, name: &str, id: Option<Id>, data: &Value) -> Result<(), Closed> {
        let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
        // JSON has no line ends of its own.
        let data = json_text::to_string(data);
        self.send(format!("event: {name}\n{id}data: {data}\n\n"))
            .await
    }

    async fn send(&mut self, text: String) -> Result<(), Closed> {
        tokio::select! {
            sent = self.parts.send(Bytes::from(text)) => sent.map_err(|_| Closed),
            // A page that does not read must not keep the listener.
            () = ended(&mut self.stop) => Err(Closed),
        }
    }
}

/// Waits until the listener has ended for a moment.
async fn ended(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_ok() {
        tokio::time::sleep(REST).await;
    }
}
