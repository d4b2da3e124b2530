//! hyper and the byte-exact reader over one connection, side by side: for the fuzz target and the property test that
//! hold the one to the other.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::head::MAX_HEAD;
use super::rejection::Rejection;
use super::tee::{Tee, Traffic};
use super::{Answer, read_body};
use crate::request::Request;

/// Largest body that is read.
const MAX_BODY: usize = 1024 * 1024;

/// A request as the receiver takes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Captured(Request),
    Rejected(Rejection),
    /// The body broke off, or is too large.
    Unread,
}

/// Reads the requests of a connection that arrives in these pieces, until hyper or a rejection closes it.
pub(crate) fn requests(pieces: &[&[u8]]) -> Vec<Taken> {
    let taken = RefCell::new(Vec::new());
    let traffic = Arc::new(Traffic::new());
    let script = Script(pieces.iter().copied().collect());
    let io = TokioIo::new(Tee::new(script, Arc::clone(&traffic)));
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (taken, traffic) = (&taken, &traffic);
        async move {
            let one = take(traffic, request).await;
            let is_last = matches!(one, Taken::Rejected(_));
            taken.borrow_mut().push(one);
            let mut answer = Answer::plain(hyper::StatusCode::OK);
            if is_last {
                answer.headers.push("connection", "close");
            }
            answer.response()
        }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .half_close(true)
        .serve_connection(io, service);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    // Without a runtime there is nothing to compare; with one, hyper's errors end the connection and nothing else.
    let _ = runtime.map(|runtime| runtime.block_on(serving));
    taken.into_inner()
}

/// A request as [`super::receive`] takes it.
async fn take(traffic: &Traffic, request: hyper::Request<Incoming>) -> Taken {
    let head = traffic.heads().take();
    let (parts, body) = request.into_parts();
    let rejection = Rejection::between(head.as_ref(), &parts);
    let read = read_body(body, MAX_BODY).await;
    let (Some(head), None) = (head, &rejection) else {
        return Taken::Rejected(rejection.unwrap_or(Rejection::NoHead));
    };
    let Ok(body) = read else {
        return Taken::Unread;
    };
    if head.is_chunked {
        let length = traffic.heads().take_length();
        if let Some(rejection) = Rejection::of_chunks(length, &body) {
            return Taken::Rejected(rejection);
        }
    }
    Taken::Captured(Request {
        method: head.method,
        target: head.target,
        headers: head.headers,
        body,
    })
}

/// A stream that is read in these pieces, and swallows what is written.
struct Script<'a>(VecDeque<&'a [u8]>);

impl AsyncRead for Script<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(piece) = self.0.front_mut() {
            if piece.is_empty() {
                self.0.pop_front();
                continue;
            }
            let (now, later) = piece.split_at(piece.len().min(buf.remaining()));
            buf.put_slice(now);
            *piece = later;
            break;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
