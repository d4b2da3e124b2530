//! What the page's server answers.

use std::convert::Infallible;
use std::io::{self, BufWriter, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Frame;
use serde::Serialize;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Kind};
use crate::request::{json_text, redact};

/// Why a request of the page is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: String,
    hints: Vec<String>,
}

pub(super) type Reply = Result<Response, Refusal>;

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("there is no `{what}` any more"),
        )
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Usage => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Machine => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            message: error.to_string(),
            hints: error.hints().to_vec(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let hints = self.hints.iter().map(|hint| redact::text(hint));
        let value =
            json!({"error": redact::text(&self.message), "hints": hints.collect::<Vec<_>>()});
        let mut response = json(&value);
        *response.status_mut() = self.status;
        response
    }
}

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> Response {
    let mut bytes = Vec::new();
    match json_text::to_writer(&mut bytes, value) {
        Ok(()) => typed("application/json", bytes),
        Err(error) => {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
        }
    }
}

/// Bytes of a type that is known here.
pub(super) fn typed(media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let value = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, value);
    response
}

/// Makes a response be saved in a file, of a name that is safe in a header.
pub(super) fn file(name: &str, mut response: Response) -> Response {
    let value = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    if let Ok(value) = value {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// What is written piece by piece, on a thread of its own, as fast as it is read. What cannot be written is cut off.
pub(super) fn written(
    media_type: &'static str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
) -> Reply {
    let (sender, reading) = mpsc::channel(MOST_CHUNKS);
    std::thread::Builder::new()
        .name("page".to_owned())
        .spawn(move || {
            let mut out = BufWriter::with_capacity(CHUNK, Chunks(sender));
            // Nobody may read it any more.
            let _ = write(&mut out).and_then(|()| out.flush());
        })
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(typed(media_type, Body::new(Parts::Bounded(reading))))
}

/// Bytes of one piece, and most pieces that wait for the reader.
const CHUNK: usize = 64 * 1024;
const MOST_CHUNKS: usize = 4;

struct Chunks(mpsc::Sender<Bytes>);

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = &bytes[..bytes.len().min(CHUNK)];
        let sent = self.0.blocking_send(Bytes::copy_from_slice(chunk));
        sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Does work that waits for the disk or the network on a thread of its own, which keeps nobody when the program ends.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let (done, waiting) = oneshot::channel();
    let lost = || Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the work broke off");
    std::thread::Builder::new()
        .name("page".to_owned())
        .spawn(move || {
            // The page may not wait any more.
            let _ = done.send(work());
        })
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    waiting.await.unwrap_or_else(|_| Err(lost()))
}

/// A body whose parts come one by one.
pub(super) enum Parts {
    /// Whoever makes them waits for the reader.
    Bounded(mpsc::Receiver<Bytes>),
    /// Few, made by those who cannot wait.
    Few(mpsc::UnboundedReceiver<Bytes>),
}

impl hyper::body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = match &mut *self {
            Self::Bounded(parts) => parts.poll_recv(context),
            Self::Few(parts) => parts.poll_recv(context),
        };
        part.map(|part| part.map(|part| Ok(Frame::data(part))))
    }
}
