//! A connection that is used again: many requests, one after the other, as fast as the other side answers.
//!
//! As in `wire`, the bytes are ours and hyper reads the answers: to have it compose each request anew would cost more
//! than to sign it.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http_body_util::Empty;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use url::Url;

use super::client::{Limits, check_framing, classify, trust};
use super::reach::Reach;
use super::wire::{answer, connect, secure};
use super::{Answer, Failure, FailureKind, tls};
use crate::error::{Error, Result};
use crate::request::{Request, raw};

/// Makes connections to the host of one URL.
pub(crate) struct Dialer {
    url: Url,
    tls: Arc<rustls::ClientConfig>,
    reach: Reach,
}

impl Dialer {
    /// Prepares to connect. The system's certificates are loaded for https alone.
    ///
    /// # Errors
    /// They cannot be.
    pub(crate) fn new(url: &Url, limits: &Limits) -> Result<Self> {
        let config = tls::config(trust(url, limits));
        let config =
            config.map_err(|error| Error::machine("cannot prepare to send").because(error))?;
        Ok(Self {
            url: url.clone(),
            tls: Arc::new(config),
            reach: limits.reach,
        })
    }

    async fn dial(&self) -> std::result::Result<Connected, Failure> {
        let stream = connect(&self.url, self.reach).await;
        let stream = stream.map_err(|error| classify(&error))?;
        if self.url.scheme() == "https" {
            Connected::new(secure(stream, &self.url, Arc::clone(&self.tls)).await?).await
        } else {
            Connected::new(stream).await
        }
    }
}

/// A way to a host, connected when there is something to send. Needs a local task set.
pub(crate) struct Line {
    dialer: Arc<Dialer>,
    connected: Option<Connected>,
}

impl Line {
    pub(crate) fn new(dialer: Arc<Dialer>) -> Self {
        Self {
            dialer,
            connected: None,
        }
    }

    /// Sends a request as it is written and reads the answer, up to a limit. What is sent over a connection that the
    /// other side closed meanwhile is sent again over a new one, once.
    pub(crate) async fn exchange(
        &mut self,
        request: &Request,
        method: &hyper::Method,
        limits: &Limits,
    ) -> std::result::Result<Answer, Failure> {
        if !limits.any_framing {
            check_framing(request)?;
        }
        let (bytes, max) = (Bytes::from(raw::print(request)), limits.max_answer);
        if let Some(connected) = &mut self.connected
            && connected.sender.ready().await.is_ok()
        {
            match connected.exchange(bytes.clone(), method, max).await {
                Err(failure) if failure.kind == FailureKind::Closed => {}
                other => return self.kept(other),
            }
        }
        self.connected = None;
        let mut connected = self.dialer.dial().await?;
        let answered = connected.exchange(bytes.clone(), method, max).await;
        self.connected = Some(connected);
        self.kept(answered)
    }

    /// Hangs up, so that an answer which comes late is not taken for another one's.
    pub(crate) fn hang_up(&mut self) {
        self.connected = None;
    }

    /// After a failure, or an answer that was not read to its end, the connection is of no use.
    fn kept(
        &mut self,
        answered: std::result::Result<Answer, Failure>,
    ) -> std::result::Result<Answer, Failure> {
        if !answered.as_ref().is_ok_and(|answer| !answer.truncated) {
            self.connected = None;
        }
        answered
    }
}

struct Connected {
    sender: SendRequest<Empty<Bytes>>,
    outgoing: Rc<RefCell<Outgoing>>,
}

/// What goes out over a connection.
#[derive(Default)]
struct Outgoing {
    /// What goes out next.
    bytes: Bytes,
    /// Whether hyper ever began a request.
    is_used: bool,
    /// Whether the server spoke before.
    spoke_first: bool,
}

impl Connected {
    async fn new<S>(stream: S) -> std::result::Result<Self, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let outgoing = Rc::new(RefCell::new(Outgoing::default()));
        let instead = Instead {
            stream,
            outgoing: Rc::clone(&outgoing),
        };
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(instead))
            .await
            .map_err(|error| classify(&error))?;
        tokio::task::spawn_local(connection);
        Ok(Self { sender, outgoing })
    }

    async fn exchange(
        &mut self,
        bytes: Bytes,
        method: &hyper::Method,
        max: usize,
    ) -> std::result::Result<Answer, Failure> {
        let failed = |error: hyper::Error| {
            if self.outgoing.borrow().spoke_first {
                Failure::spoke_first()
            } else {
                classify(&error)
            }
        };
        self.sender.ready().await.map_err(failed)?;
        self.outgoing.borrow_mut().bytes = bytes;
        // What hyper is told decides how it reads the answer; of that, only the method matters.
        let mut told = hyper::Request::new(Empty::new());
        *told.method_mut() = method.clone();
        let response = self.sender.send_request(told).await.map_err(failed)?;
        answer(response, max).await
    }
}

/// A stream that sends its own bytes instead of those that are written to it.
struct Instead<S> {
    stream: S,
    outgoing: Rc<RefCell<Outgoing>>,
}

impl<S: AsyncWrite + Unpin> Instead<S> {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let bytes = &mut self.outgoing.borrow_mut().bytes;
        while !bytes.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            bytes.advance(sent);
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
        let mut outgoing = self.outgoing.borrow_mut();
        outgoing.spoke_first |= buf.filled().len() > before && !outgoing.is_used;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Instead<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.outgoing.borrow_mut().is_used = true;
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
    use tokio::io::AsyncWriteExt as _;

    #[tokio::test]
    async fn a_server_that_speaks_first_is_told_from_one_that_responds() {
        let exchange = async {
            let (near, mut far) = tokio::io::duplex(1024);
            far.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .await
                .unwrap();
            let mut connected = Connected::new(near).await.unwrap();
            let bytes = Bytes::from_static(b"GET / HTTP/1.1\r\n\r\n");
            connected.exchange(bytes, &hyper::Method::GET, 10).await
        };
        let failure = tokio::task::LocalSet::new().run_until(exchange).await;
        let failure = failure.unwrap_err();
        assert_eq!(failure.kind, FailureKind::SpokeFirst);
        assert_eq!(
            failure.message,
            "the server sent data before it got the request"
        );
    }
}
