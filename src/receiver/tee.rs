//! A stream whose incoming bytes are read twice: by hyper and by the [`Splitter`]. What goes over it is watched, too:
//! hyper's own time limit for heads costs each request a timer, and this one costs nothing until it is over.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::head::Splitter;

/// What goes over one connection, shared by its stream and its requests.
#[derive(Debug)]
pub(super) struct Traffic {
    /// A std mutex, since nothing waits while it is held.
    heads: Mutex<Splitter>,
    start: Instant,
    /// When something was written last, in milliseconds from the start.
    written: AtomicU64,
    /// Requests that are being answered.
    answering: AtomicU64,
}

impl Traffic {
    pub(super) fn new() -> Self {
        Self {
            heads: Mutex::new(Splitter::new()),
            start: Instant::now(),
            written: AtomicU64::new(0),
            answering: AtomicU64::new(0),
        }
    }

    pub(super) fn heads(&self) -> MutexGuard<'_, Splitter> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request as being answered for as long as the result is held.
    pub(super) fn answering(&self) -> Answering<'_> {
        self.answering.fetch_add(1, Ordering::Relaxed);
        Answering(self)
    }

    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed) > 0
    }

    fn wrote(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.written.store(now, Ordering::Relaxed);
    }

    /// Waits until no request was answered for so long, and none is: either none came, or no whole head did.
    pub(super) async fn quiet_for(&self, patience: Duration) {
        loop {
            let left = if self.is_answering() {
                patience
            } else {
                let written = Duration::from_millis(self.written.load(Ordering::Relaxed));
                (written + patience).saturating_sub(self.start.elapsed())
            };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

/// A request that is being answered.
pub(super) struct Answering<'a>(&'a Traffic);

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream that shows what goes over it.
pub(super) struct Tee<S> {
    stream: S,
    traffic: Arc<Traffic>,
}

impl<S> Tee<S> {
    pub(super) fn new(stream: S, traffic: Arc<Traffic>) -> Self {
        Self { stream, traffic }
    }

    fn written(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.traffic.wrote();
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tee<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buf))?;
        self.traffic.heads().feed(&mut buf.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tee<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, buf);
        self.written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bufs);
        self.written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
