//! Passing requests on. Who does it and how is the command's business: nothing here sends anything.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use super::{Answer, Capture, Receiver};
use crate::request::{Headers, Request};

/// What came of passing a request on to one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    /// Where to, without credentials.
    pub(crate) url: String,
    /// Status of its answer, if there is one.
    pub(crate) status: Option<u16>,
    /// `None` while it is under way.
    pub(crate) duration: Option<Duration>,
    /// Why there is no answer.
    pub(crate) error: Option<String>,
    /// Headers of the answer.
    pub(crate) headers: Headers,
    /// Body of the answer, or its start.
    pub(crate) body: Bytes,
    /// Whether there was more of the body.
    pub(crate) truncated: bool,
}

/// What came of passing a request on.
#[derive(Clone, Debug)]
pub(crate) struct Forwarded {
    /// What the sender gets.
    pub(crate) answer: Answer,
    pub(crate) passes: Vec<Pass>,
}

/// Some time later.
pub(crate) type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Whoever passes requests on.
pub(crate) trait Forward: Send + Sync {
    /// Puts a request into its place behind those before it, at once; what comes of it comes later.
    fn forward(&self, request: &Request) -> Later<Forwarded>;
}

/// Counts the requests that are being passed on, also those whose sender has gone.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(watch::Sender<usize>);

/// One of them.
struct OneUnderWay(watch::Sender<usize>);

impl UnderWay {
    fn one(&self) -> OneUnderWay {
        self.0.send_modify(|count| *count += 1);
        OneUnderWay(self.0.clone())
    }

    /// Waits until there are none.
    pub(super) async fn none(&self) {
        // The sender is here, so this ends with a true value alone.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for OneUnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Receiver {
    /// Passes a capture on where its answer is not settled already, and keeps it.
    ///
    /// # Errors
    /// Why it could not be kept.
    pub(super) async fn settle(
        self: Arc<Self>,
        mut capture: Arc<Capture>,
        start: Instant,
    ) -> Result<Arc<Capture>, String> {
        let forwarding = self.forward.as_ref().filter(|_| capture.answer.is_usual);
        let Some(forwarding) = forwarding.map(|forward| forward.forward(&capture.request)) else {
            return self.keep(capture).await;
        };
        let one = self.under_way.one();
        // A sender that hangs up meanwhile ends the future of its request; the capture must not end with it.
        let passing = tokio::spawn(async move {
            let _one = one;
            let forwarded = forwarding.await;
            let changed = Arc::make_mut(&mut capture);
            let delay = changed.answer.delay;
            changed.answer = Answer {
                delay,
                ..forwarded.answer
            };
            changed.forwarded = forwarded.passes;
            changed.duration = start.elapsed() + delay;
            self.keep(capture).await
        });
        passing.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    async fn keep(&self, capture: Arc<Capture>) -> Result<Arc<Capture>, String> {
        let kept = self.sink.captured(Arc::clone(&capture)).await;
        match kept {
            Ok(()) => self.sink.kept(&capture),
            Err(_) => self.judge.forget(&capture.judgement),
        }
        kept.map(|()| capture)
    }
}
