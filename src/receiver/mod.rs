//! The one effect in: accepts requests, keeps them byte for byte, judges them, answers.

mod address;
mod head;
mod judge;
mod tee;

pub(crate) use address::{ListenAddress, bind};
pub(crate) use head::Splitter;
pub(crate) use judge::{Judge, Judgement, Secrets, Verdict};

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::provider::fresh::Seed;
use crate::request::{Header, Headers, Request};
use head::{MAX_FIELDS, MAX_HEAD};
use tee::{Heads, Tee};

/// One request that was received, with what was found out and what was answered.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) id: String,
    /// Counted from 1.
    pub(crate) number: u64,
    pub(crate) received_at: Timestamp,
    pub(crate) request: Request,
    pub(crate) judgement: Judgement,
    /// Status that is answered.
    pub(crate) status: u16,
    /// From the arrival to the answer, a wanted delay included.
    pub(crate) duration: Duration,
}

/// A request that could not be captured.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) from: SocketAddr,
    /// What happened: lower case, no full stop.
    pub(crate) message: String,
}

/// What comes of taking a capture, some time later.
pub(crate) type Taken<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Whoever wants to know of captures. An answer is not given before `captured` is done; if it could not keep the
/// capture, the answer is 503.
pub(crate) trait Sink: Send + Sync {
    fn captured(&self, capture: Arc<Capture>) -> Taken<'_>;
    fn trouble(&self, trouble: Trouble);
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct AnswerPolicy {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<Header>,
    pub(crate) delay: Duration,
    /// Answer 401 to what does not verify.
    pub(crate) require_valid: bool,
}

/// Everything that a request needs to be received.
pub(crate) struct Receiver {
    pub(crate) judge: Judge,
    pub(crate) policy: AnswerPolicy,
    /// Largest body, in bytes.
    pub(crate) max_body: usize,
    pub(crate) sink: Box<dyn Sink>,
    /// Capture ids are made of it.
    pub(crate) seed: Seed,
    pub(crate) count: AtomicU64,
}

/// For a head to arrive, and for an idle connection to be used again.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// For a body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// For answers that are under way when the receiver ends.
const GRACE: Duration = Duration::from_secs(10);
/// How much of a body over the limit is read so that its sender gets to read the answer.
const MAX_DRAINED: usize = 64 * 1024 * 1024;

/// Receives until `stop` turns true, then lets the answers under way finish.
pub(crate) async fn serve(
    listeners: Vec<TcpListener>,
    receiver: Arc<Receiver>,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let mut accepting = tokio::task::JoinSet::new();
    for listener in listeners {
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&receiver));
        accepting.spawn(accept(
            listener,
            router,
            Arc::clone(&receiver),
            Arc::clone(&graceful),
        ));
    }
    // The sender lives as long as the command, so this ends with a true value alone.
    let _ = stop.wait_for(|stop| *stop).await;
    accepting.shutdown().await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    receiver: Arc<Receiver>,
    graceful: Arc<GracefulShutdown>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                // Without it small answers may wait for an acknowledgement; a failure here costs only time.
                let _ = stream.set_nodelay(true);
                tokio::spawn(connection(
                    stream,
                    from,
                    router.clone(),
                    Arc::clone(&receiver),
                    graceful.watcher(),
                ));
            }
            // Out of file descriptors, or a connection that ended before it was accepted.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    receiver: Arc<Receiver>,
    watcher: Watcher,
) {
    let heads = Heads::new();
    let io = TokioIo::new(Tee::new(stream, heads.clone()));
    let inner = TowerToHyperService::new(router);
    let of_connection = heads.clone();
    let service =
        hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Connection {
                heads: of_connection.clone(),
                from,
            });
            hyper::service::Service::call(&inner, request)
        });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_FIELDS)
        .half_close(true)
        .serve_connection(io, service);
    if let Err(error) = watcher.watch(connection).await
        && (error.is_parse() || error.is_incomplete_message())
    {
        let line = heads.lock().first_line();
        let line = line.map_or_else(String::new, |line| format!(" `{line}`"));
        receiver.sink.trouble(Trouble {
            from,
            message: format!("malformed request{line}: {error}"),
        });
    }
}

/// The connection of a request.
#[derive(Clone, Debug)]
struct Connection {
    heads: Heads,
    from: SocketAddr,
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    Extension(connection): Extension<Connection>,
    request: axum::extract::Request,
) -> Response {
    let (start, received_at) = (Instant::now(), Timestamp::now());
    let (parts, body) = request.into_parts();
    let head = connection.heads.lock().take();
    let refuse = |status: StatusCode, why: String| {
        let message = format!(
            "{} {} refused with {}: {why}",
            parts.method,
            parts.uri,
            status.as_u16()
        );
        receiver.sink.trouble(Trouble {
            from: connection.from,
            message,
        });
        plain(status)
    };
    let body = match tokio::time::timeout(BODY_TIMEOUT, read_body(body, receiver.max_body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(Unread::TooLarge)) => {
            let why = format!("the body is over {} bytes", receiver.max_body);
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, why);
        }
        Ok(Err(Unread::Broken(why))) => return refuse(StatusCode::BAD_REQUEST, why),
        Err(_) => {
            return refuse(
                StatusCode::REQUEST_TIMEOUT,
                format!("no whole body within {BODY_TIMEOUT:?}"),
            );
        }
    };
    let request = match head {
        Some(head) => Request {
            method: head.method,
            target: head.target,
            headers: head.headers,
            body,
        },
        None => from_hyper(&parts, body),
    };
    let judgement = receiver.judge.judge(&request, received_at.as_second());
    let refused = receiver.policy.require_valid && judgement.verdict != Verdict::Valid;
    let status = if refused {
        StatusCode::UNAUTHORIZED
    } else {
        receiver.policy.status
    };
    let number = receiver.count.fetch_add(1, Ordering::Relaxed) + 1;
    let capture = Capture {
        id: receiver.seed.value("cap_{base62:16}", &number.to_string()),
        number,
        received_at,
        request,
        judgement,
        status: status.as_u16(),
        duration: start.elapsed() + receiver.policy.delay,
    };
    let reason = refused.then(|| {
        capture
            .judgement
            .detail
            .clone()
            .unwrap_or_else(|| "not signed".to_owned())
    });
    if let Err(why) = receiver.sink.captured(Arc::new(capture)).await {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, why);
    }
    if !receiver.policy.delay.is_zero() {
        tokio::time::sleep(receiver.policy.delay).await;
    }
    match reason {
        Some(reason) => text(StatusCode::UNAUTHORIZED, format!("{reason}\n")),
        None => receiver.policy.response(),
    }
}

impl AnswerPolicy {
    fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        for header in &self.headers {
            let name = hyper::header::HeaderName::from_bytes(header.name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&header.value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

fn plain(status: StatusCode) -> Response {
    text(
        status,
        format!("{}\n", status.canonical_reason().unwrap_or_default()),
    )
}

fn text(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        "content-type",
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// Why a body was not read.
enum Unread {
    TooLarge,
    Broken(String),
}

async fn read_body(body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut body = body;
    let (mut whole, mut drained) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let cause = cause(&error);
            Unread::Broken(format!("the body broke off: {cause}"))
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if drained > 0 || whole.len() + data.len() > limit {
            drained += data.len().max(1);
            whole.clear();
            if drained > MAX_DRAINED {
                return Err(Unread::TooLarge);
            }
        } else {
            whole.extend_from_slice(&data);
        }
    }
    if drained > 0 {
        Err(Unread::TooLarge)
    } else {
        Ok(whole.freeze())
    }
}

/// What lies beneath an error: hyper's own words for a body are the same whatever happened.
fn cause(error: &dyn std::error::Error) -> &dyn std::error::Error {
    error.source().map_or(error, cause)
}

/// A request as hyper gives it, for the case that the head was not seen.
fn from_hyper(parts: &axum::http::request::Parts, body: Bytes) -> Request {
    let headers: Headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    let target = parts
        .uri
        .path_and_query()
        .map_or_else(|| parts.uri.to_string(), ToString::to_string);
    Request {
        method: parts.method.to_string(),
        target,
        headers,
        body,
    }
}
