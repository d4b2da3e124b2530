//! Sending a request byte for byte. hyper would write the headers its own way, so it writes into the void, and our
//! bytes go out in their place; it still reads the answer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Empty};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use super::client::classify;
use super::reach::Reach;
use super::{Answer, Failure};
use crate::request::{Request, latin1, raw};

/// How long a connection may be idle and still be used: less than any server that is known closes it after, so that
/// no request meets the close.
const IDLE: Duration = Duration::from_secs(1);

/// Connections to one server that wait for their next request.
#[derive(Default)]
pub(super) struct ExactLines(Mutex<Vec<(ExactLine, Instant)>>);

impl ExactLines {
    /// One that is still fresh.
    pub(super) fn take(&self) -> Option<ExactLine> {
        let mut lines = self.lock();
        lines.retain(|(line, since)| !line.sender.is_closed() && since.elapsed() < IDLE);
        lines.pop().map(|(line, _)| line)
    }

    /// Keeps one for the next request.
    pub(super) fn keep(&self, line: ExactLine) {
        self.lock().push((line, Instant::now()));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(ExactLine, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection to a server. It ends when this goes.
pub(super) struct ExactLine {
    sender: SendRequest<Empty<Bytes>>,
    wire: Wire,
    _driver: JoinSet<()>,
}

impl ExactLine {
    /// Connects to the server of a URL.
    pub(super) async fn connect(
        url: &Url,
        tls: &rustls::ClientConfig,
        reach: Reach,
    ) -> Result<Self, Failure> {
        let stream = connect(url, reach)
            .await
            .map_err(|error| classify(&error))?;
        if url.scheme() != "https" {
            return Self::new(stream).await;
        }
        Self::new(secure(stream, url, Arc::new(tls.clone())).await?).await
    }

    async fn new<S>(stream: S) -> Result<Self, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let wire = Wire::default();
        let instead = Instead {
            stream,
            wire: wire.clone(),
        };
        let (sender, connection) = http1::Builder::new()
            .preserve_header_case(true)
            .handshake(TokioIo::new(instead))
            .await
            .map_err(|error| classify(&error))?;
        let mut driver = JoinSet::new();
        driver.spawn(async {
            // What goes wrong is told to whoever waits for the answer.
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            wire,
            _driver: driver,
        })
    }

    /// Sends a request as it is written and reads the answer, so many bytes of its body at most.
    pub(super) async fn converse(
        &mut self,
        request: &Request,
        max: usize,
    ) -> Result<Answer, Failure> {
        let wire = self.wire.clone();
        let failed = |error: hyper::Error| {
            if wire.lock().spoke_first {
                Failure::spoke_first()
            } else {
                classify(&error)
            }
        };
        // What hyper is told decides how it reads the answer; of that, only the method matters.
        let method = hyper::Method::from_bytes(request.method.as_bytes());
        let told = hyper::Request::builder()
            .method(method.map_err(|error| classify(&error))?)
            .uri("/")
            .body(Empty::new())
            .map_err(|error| classify(&error))?;
        {
            let mut wire = self.wire.lock();
            wire.next = raw::print(request).into();
            wire.is_answered = false;
        }
        self.sender.ready().await.map_err(failed)?;
        let response = self.sender.send_request(told).await.map_err(failed)?;
        answer(response, max).await
    }

    /// Whether any byte came back for the last request.
    pub(super) fn is_answered(&self) -> bool {
        self.wire.lock().is_answered
    }

    /// Whether another request may follow one that got this answer.
    pub(super) fn is_free_after(&self, request: &Request, answer: &Answer) -> bool {
        !answer.truncated && ends_by_itself(request) && self.wire.lock().is_sent()
    }
}

/// Whether a server can tell where a request ends, and is not asked to close the connection behind it: what is sent
/// as it is written may be wrong about its length.
fn ends_by_itself(request: &Request) -> bool {
    let headers = &request.headers;
    let of_one = ["connection", "upgrade"];
    if request.method == "CONNECT" || of_one.iter().any(|name| headers.contains(name)) {
        return false;
    }
    let lengths: Vec<_> = headers.all("content-length").map(latin1).collect();
    match (&*lengths, headers.contains("transfer-encoding")) {
        ([], true) => raw::is_chunked(headers),
        ([], false) => request.body.is_empty(),
        ([length], false) => length.trim().parse() == Ok(request.body.len()),
        _ => false,
    }
}

/// Connects to the host of a URL.
pub(super) async fn connect(url: &Url, reach: Reach) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(&*reach.addresses(url).await?).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Speaks TLS over a connection to the host of a URL.
pub(super) async fn secure(
    stream: TcpStream,
    url: &Url,
    tls: Arc<rustls::ClientConfig>,
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let name = ServerName::try_from(name).map_err(|error| classify(&error))?;
    TlsConnector::from(tls)
        .connect(name, stream)
        .await
        .map_err(|error| classify(&error))
}

/// What goes over a connection, shared by those who send and the stream. A std mutex, since nothing waits while it is
/// held.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The request that goes out when hyper begins to write one.
    next: Bytes,
    /// What is still to be sent of the request that hyper began.
    rest: Bytes,
    /// Whether anything came back since.
    is_answered: bool,
    /// Whether a request was ever begun on the connection.
    is_used: bool,
    /// Whether the server spoke before.
    spoke_first: bool,
}

impl State {
    fn is_sent(&self) -> bool {
        self.next.is_empty() && self.rest.is_empty()
    }
}

impl Wire {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads an answer, so many bytes of its body at most.
pub(super) async fn answer(response: Response<Incoming>, max: usize) -> Result<Answer, Failure> {
    let (parts, mut incoming) = response.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    let (mut body, mut truncated) = (BytesMut::new(), false);
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| classify(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if body.len() + data.len() > max {
            body.extend_from_slice(&data[..max - body.len()]);
            truncated = true;
            break;
        }
        body.extend_from_slice(&data);
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        headers,
        body: body.freeze(),
        truncated,
        extensions: parts.extensions,
    })
}

/// A stream that sends its own bytes instead of those that are written to it.
struct Instead<S> {
    stream: S,
    wire: Wire,
}

impl<S: AsyncWrite + Unpin> Instead<S> {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.wire.lock();
        while !wire.rest.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &wire.rest))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            wire.rest.advance(sent);
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Instead<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buf))?;
        if buf.filled().len() > before {
            let mut wire = self.wire.lock();
            wire.is_answered = true;
            wire.spoke_first |= !wire.is_used;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Instead<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut wire = self.wire.lock();
        if !wire.next.is_empty() {
            wire.rest = std::mem::take(&mut wire.next);
            wire.is_used = true;
        }
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::raw;
    use crate::sender::FailureKind;
    use tokio::io::AsyncWriteExt as _;

    #[tokio::test]
    async fn a_server_that_speaks_first_is_told_from_one_that_responds() {
        let request = raw::parse(b"GET / HTTP/1.1\n\n").unwrap();
        let (near, mut far) = tokio::io::duplex(1024);
        far.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
        let mut line = ExactLine::new(near).await.unwrap();
        let failure = line.converse(&request, 10).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::SpokeFirst);
        assert_eq!(
            failure.message,
            "the server sent data before it got the request"
        );
    }

    #[tokio::test]
    async fn a_server_that_hangs_up_first_has_closed_the_connection() {
        let request = raw::parse(b"GET / HTTP/1.1\n\n").unwrap();
        let (near, far) = tokio::io::duplex(1024);
        drop(far);
        let mut line = ExactLine::new(near).await.unwrap();
        let failure = line.converse(&request, 10).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Closed, "{}", failure.message);
    }
}
