//! The one effect in: accepts requests, keeps them byte for byte, judges them, answers.

mod address;
mod answers;
mod certificate;
mod chunked;
mod differential;
mod forward;
mod handshake;
mod head;
mod judge;
mod names;
mod policy;
mod rejection;
mod router;
mod seen;
mod target;
mod tee;
mod tls;

pub(crate) use address::{ListenAddress, bind};
pub(crate) use answers::{Answer, AnswerPolicy, Delay, Faults, Part, Sequence, answer_status};
pub(crate) use certificate::local_certificate;
pub(crate) use differential::{Taken as TakenRequest, requests as differential_requests};
pub(crate) use forward::{Forward, Forwarded, Later, Pass, UnderWay};
pub(crate) use handshake::Handshaken;
pub(crate) use head::Splitter;
pub(crate) use judge::{Judge, Judgement, Secrets, Verdict};
pub(crate) use names::{OwnNames, Stranger, is_same_site};
pub(crate) use policy::Policy;
pub(crate) use rejection::{Rejected, Rejection};
pub(crate) use router::serve_router;
pub(crate) use tls::{Identity, Unfit};

use std::fmt::Display;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::request::{Headers, Request};
use crate::signature::Source;
use crate::store::{Direction, Id, Ids};
use head::MAX_HEAD;
use tee::{Tee, Traffic};

/// One request that was received, with what was found out and what was answered.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) id: Id,
    /// Counted from 1.
    pub(crate) number: u64,
    pub(crate) received_at: Timestamp,
    pub(crate) request: Request,
    /// The limit that the body was over, if it was: then it was not kept.
    pub(crate) over: Option<usize>,
    pub(crate) judgement: Judgement,
    /// The answer to a handshake, if it is one.
    pub(crate) handshake: Option<Handshaken>,
    /// What is answered.
    pub(crate) answer: Answer,
    /// From the arrival to the answer, a wanted delay included.
    pub(crate) duration: Duration,
    /// Whether the filter leaves it out: then it is answered, and is nobody's business.
    pub(crate) is_left_out: bool,
    /// What came of passing it on, the first target first; empty if it was not.
    pub(crate) forwarded: Vec<Pass>,
}

impl Capture {
    /// Status that is answered; none if the connection is closed instead.
    pub(crate) fn status(&self) -> Option<u16> {
        self.answer.status.map(|status| status.as_u16())
    }
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

/// What comes of telling of a rejected request, some time later.
pub(crate) type Told<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Whoever wants to know of captures. An answer is not given before `captured` is done; if it could not keep the
/// capture, the answer is 503.
pub(crate) trait Sink: Send + Sync {
    fn captured(&self, capture: Arc<Capture>) -> Taken<'_>;
    /// What was taken well is about to be answered.
    fn kept(&self, _: &Arc<Capture>) {}
    /// A request that is no capture was rejected. The response is not sent before this is done.
    fn rejected(&self, rejected: Rejected) -> Told<'_>;
    fn trouble(&self, trouble: Trouble);
}

/// Says of a request whether it matters.
pub(crate) type Filter = Box<dyn Fn(&Request, &Judgement) -> bool + Send + Sync>;

/// Everything that a request needs to be received.
pub(crate) struct Receiver {
    pub(crate) judge: Arc<Judge>,
    pub(crate) policy: Arc<Policy>,
    /// Whether TLS is spoken, and as who.
    pub(crate) tls: Option<Identity>,
    /// Largest body, in bytes.
    pub(crate) max_body: usize,
    pub(crate) patience: Patience,
    pub(crate) sink: Box<dyn Sink>,
    /// What is left out is answered as usual, without faults, and not passed on.
    pub(crate) filter: Option<Filter>,
    /// Answers in place of the policy, where that has nothing against it.
    pub(crate) forward: Option<Box<dyn Forward>>,
    pub(crate) under_way: UnderWay,
    pub(crate) ids: Ids,
    pub(crate) count: AtomicU64,
}

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For a head or a TLS handshake to arrive, and for an idle connection to be used again.
    pub(crate) head: Duration,
    /// For a body to arrive.
    pub(crate) body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            body: Duration::from_secs(60),
        }
    }
}

/// For answers that are under way when the receiver ends, beside the time that they are to wait anyway.
const GRACE: Duration = Duration::from_secs(10);
/// How often a connection that ends looks whether a request is in progress.
const GLANCE: Duration = Duration::from_millis(50);
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
        accepting.spawn(accept(
            listener,
            Arc::clone(&receiver),
            Arc::clone(&graceful),
            stop.clone(),
        ));
    }
    // The sender lives as long as the command, so this ends with a true value alone.
    let _ = stop.wait_for(|stop| *stop).await;
    accepting.shutdown().await;
    let answering = async {
        if let Some(graceful) = Arc::into_inner(graceful) {
            graceful.shutdown().await;
        }
        receiver.under_way.none().await;
    };
    let grace = receiver.policy.now().delay.longest + GRACE;
    let _ = tokio::time::timeout(grace, answering).await;
}

async fn accept(
    listener: TcpListener,
    receiver: Arc<Receiver>,
    graceful: Arc<GracefulShutdown>,
    stop: watch::Receiver<bool>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                // Without it small answers may wait for an acknowledgement; a failure here costs only time.
                let _ = stream.set_nodelay(true);
                tokio::spawn(enter(
                    stream,
                    from,
                    Arc::clone(&receiver),
                    graceful.watcher(),
                    stop.clone(),
                ));
            }
            // Out of file descriptors, or a connection that ended before it was accepted.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Speaks TLS first, if that is spoken here.
async fn enter(
    stream: TcpStream,
    from: SocketAddr,
    receiver: Arc<Receiver>,
    watcher: Watcher,
    mut stop: watch::Receiver<bool>,
) {
    let Some(tls) = receiver.tls.clone() else {
        return connection(stream, from, receiver, watcher, stop).await;
    };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(receiver.patience.head, tls.accept(stream)) => shaken,
        _ = stop.wait_for(|stop| *stop) => return,
    };
    let problem = match shaken {
        Ok(Ok(stream)) => return connection(stream, from, receiver, watcher, stop).await,
        Ok(Err(error)) => tls::meaning(&error),
        Err(_) => Some(format!(
            "no TLS handshake within {:?}",
            receiver.patience.head
        )),
    };
    if let Some(message) = problem {
        receiver.sink.trouble(Trouble { from, message });
    }
}

async fn connection<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    from: SocketAddr,
    receiver: Arc<Receiver>,
    watcher: Watcher,
    stop: watch::Receiver<bool>,
) {
    let traffic = Arc::new(Traffic::new());
    let io = TokioIo::new(Tee::new(stream, Arc::clone(&traffic)));
    let (receives, of_connection) = (Arc::clone(&receiver), Arc::clone(&traffic));
    // Without a router: there is one place for all, and it is on the way of each request.
    let service = service_fn(move |request| {
        let (receiver, traffic) = (Arc::clone(&receives), Arc::clone(&of_connection));
        receive(receiver, traffic, from, request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD)
        // Answers of other servers keep the spelling of their headers; for our own there is nothing to keep.
        .preserve_header_case(receiver.forward.is_some())
        .half_close(true)
        // Answers are short: one piece is sent sooner than two.
        .writev(false)
        .serve_connection(io, service);
    // A task of its own: what is waited for beside it is not looked at with each of its steps.
    let mut serving = tokio::spawn(watcher.watch(connection));
    let served = tokio::select! {
        served = &mut serving => Some(served),
        () = traffic.quiet_for(receiver.patience.head) => None,
        () = ends_in_a_head(stop, &traffic) => return serving.abort(),
    };
    serving.abort();
    let (what, why) = match served {
        Some(Ok(Err(error))) if error.is_parse() || error.is_incomplete_message() => {
            ("malformed request", error.to_string())
        }
        None if traffic.heads().is_in_head() => {
            let why = format!("no whole head within {:?}", receiver.patience.head);
            ("gave up on the request", why)
        }
        // It ended, it was idle, or it broke behind an answer.
        _ => return,
    };
    let line = traffic.heads().first_line();
    let line = line.map_or_else(String::new, |line| format!(" `{line}`"));
    receiver.sink.trouble(Trouble {
        from,
        message: format!("{what}{line}: {why}"),
    });
}

/// Waits until the receiver ends and nothing but a part of a head is there, which nobody should wait for.
async fn ends_in_a_head(mut stop: watch::Receiver<bool>, traffic: &Traffic) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        return;
    }
    loop {
        // An answer that was just given is still written meanwhile.
        tokio::time::sleep(GLANCE).await;
        if !traffic.is_answering() && traffic.heads().is_in_head() {
            return;
        }
    }
}

/// The answer to a request; an error makes hyper close the connection without a word.
async fn receive(
    receiver: Arc<Receiver>,
    traffic: Arc<Traffic>,
    from: SocketAddr,
    request: hyper::Request<Incoming>,
) -> io::Result<Response<Full<Bytes>>> {
    let head = traffic.heads().take();
    let _answering = traffic.answering();
    let (start, received_at) = (Instant::now(), Timestamp::now());
    let (parts, body) = request.into_parts();
    let rejection = Rejection::between(head.as_ref(), &parts);
    let is_chunked = head.as_ref().is_some_and(|head| head.is_chunked);
    let mut request = match head {
        Some(head) => Request {
            method: head.method,
            target: head.target,
            headers: head.headers,
            body: Bytes::new(),
        },
        None => from_hyper(&parts),
    };
    let refuse = |method: &dyn Display, target: &str, status: StatusCode, why: String| {
        let number = status.as_u16();
        let message = format!("{method} {target} refused with {number}: {why}");
        receiver.sink.trouble(Trouble { from, message });
        Answer::plain(status).response()
    };
    // Also of a request that is rejected: its sender reads the response once its body is read.
    let read = receiver.body(body).await;
    let of_chunks = is_chunked.then(|| {
        let length = traffic.heads().take_length();
        let (body, _) = read.as_ref().ok().filter(|(_, over)| over.is_none())?;
        Rejection::of_chunks(length, body)
    });
    let rejection = rejection.or(of_chunks.flatten());
    if let Some(rejection) = rejection {
        let rejected = Rejected {
            id: receiver.ids.next(Direction::Rejected, received_at),
            received_at,
            request,
            rejection,
            duration: start.elapsed(),
        };
        return receiver.reject(rejected).await.response();
    }
    let (body, over) = match read {
        Ok(read) => read,
        Err((status, why)) => return refuse(&request.method, &request.target, status, why),
    };
    request.body = body;
    let capture = receiver.capture(request, over, received_at, start);
    let settled = Arc::clone(&receiver).settle(capture, start).await;
    let capture = match settled {
        Ok(capture) => capture,
        // The capture has gone along; what hyper read names the request well enough.
        Err(why) => {
            let target = parts.uri.to_string();
            return refuse(&parts.method, &target, StatusCode::SERVICE_UNAVAILABLE, why);
        }
    };
    if !capture.answer.delay.is_zero() {
        tokio::time::sleep(capture.answer.delay).await;
    }
    capture.answer.response()
}

impl Receiver {
    /// A body; or none, and the limit, if it is over that.
    ///
    /// # Errors
    /// The status with which it is refused, and why.
    async fn body(&self, body: Incoming) -> Result<(Bytes, Option<usize>), (StatusCode, String)> {
        let patience = self.patience.body;
        match read_body_within(patience, body, self.max_body).await {
            Some(Ok(body)) => Ok((body, None)),
            Some(Err(Unread::TooLarge)) => Ok((Bytes::new(), Some(self.max_body))),
            Some(Err(Unread::Broken(why))) => Err((StatusCode::BAD_REQUEST, why)),
            None => {
                let why = format!("no whole body within {patience:?}");
                Err((StatusCode::REQUEST_TIMEOUT, why))
            }
        }
    }

    /// Tells of a request that is rejected, and returns the response, after which the connection is closed.
    async fn reject(&self, rejected: Rejected) -> Answer {
        let text = format!("rejected: {}\n", rejected.rejection);
        self.sink.rejected(rejected).await;
        let mut answer = Answer::text(StatusCode::BAD_REQUEST, text);
        answer.headers.push("connection", "close");
        answer
    }

    /// What is known of a request, and what it will be answered.
    fn capture(
        &self,
        request: Request,
        over: Option<usize>,
        received_at: Timestamp,
        start: Instant,
    ) -> Arc<Capture> {
        let source = Source::new(&request);
        if over.is_none() {
            // Nearly all that follows looks into it, and finds more quickly in what is parsed.
            source.json();
        }
        let mut judgement = match over {
            Some(limit) => self.judge.judge_head(&source, limit),
            None => self.judge.judge(&source, received_at.as_second()),
        };
        let policy = self.policy.now();
        let handshake = match over {
            None if policy.handshakes => {
                let refuse = policy.require_valid;
                handshake::answer(&source, &self.judge, &mut judgement, refuse)
            }
            _ => None,
        };
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let turn = || self.policy.turn();
        let filter = self.filter.as_ref();
        let is_wanted = filter.is_none_or(|matches| matches(&request, &judgement));
        let answer = match (over, &handshake) {
            (Some(_), _) => Answer::plain(StatusCode::PAYLOAD_TOO_LARGE),
            (None, Some(handshake)) => handshake.answer(),
            (None, None) => policy.answer(number, &judgement, is_wanted, turn),
        };
        Arc::new(Capture {
            id: self.ids.next(Direction::In, received_at),
            number,
            received_at,
            request,
            over,
            judgement,
            handshake,
            duration: start.elapsed() + answer.delay,
            answer,
            is_left_out: !is_wanted,
            forwarded: Vec::new(),
        })
    }
}

/// Why a body was not read.
pub(crate) enum Unread {
    TooLarge,
    Broken(String),
}

/// As [`read_body`]; `None` if it takes longer than this. One that came with its head sets no timer.
async fn read_body_within(
    patience: Duration,
    body: Incoming,
    limit: usize,
) -> Option<Result<Bytes, Unread>> {
    let mut reading = pin!(read_body(body, limit));
    let at_once = poll_fn(|context| match reading.as_mut().poll(context) {
        Poll::Ready(read) => Poll::Ready(Some(read)),
        Poll::Pending => Poll::Ready(None),
    });
    match at_once.await {
        None => tokio::time::timeout(patience, reading).await.ok(),
        read => read,
    }
}

/// Reads a body of so many bytes at most. Of a larger one enough is read that its sender gets to read the answer.
pub(crate) async fn read_body<B>(body: B, limit: usize) -> Result<Bytes, Unread>
where
    B: hyper::body::Body<Data = Bytes, Error: std::error::Error + 'static> + Unpin,
{
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

/// The head of a request as hyper gives it, for one that is rejected because its own was not seen.
fn from_hyper(parts: &Parts) -> Request {
    let headers: Headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    Request {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers,
        body: Bytes::new(),
    }
}

#[cfg(test)]
mod tests;
