//! The one effect out: a delivery, its attempts, and what came of them.

mod advice;
mod client;
mod delivery;
mod line;
mod reach;
mod tls;
mod wire;

pub(crate) use advice::{advice, on_age, on_success, time_limit};
pub(crate) use client::{Client, Limits};
pub(crate) use delivery::{Delivery, Signing, authority};
pub(crate) use line::{Dialer, Line};
pub(crate) use reach::Reach;
pub(crate) use tls::Roots;

use std::time::Duration;

use bytes::Bytes;

use crate::request::Headers;
use crate::value::Span;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    /// The body, or its start.
    pub(crate) body: Bytes,
    /// Whether there was more than is kept.
    pub(crate) truncated: bool,
    /// What hyper noted of the head, such as how names are spelled; it writes a head that carries it the same way.
    pub(crate) extensions: hyper::http::Extensions,
}

/// Largest part of an answer's body that is kept where it is shown alone, in bytes.
pub(crate) const MAX_ANSWER: usize = 1024 * 1024;

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// Nobody listens at that address.
    Refused,
    /// The host name has no address.
    Unknown,
    /// The time limit passed.
    Timeout,
    /// The TLS handshake failed.
    Tls,
    /// The connection ended before an answer.
    Closed,
    /// What came back is not HTTP.
    NotHttp,
    /// The address is not one that the request may go to.
    OutOfReach,
    /// The server sent something before it got the request.
    SpokeFirst,
    /// Anything else.
    Other,
}

/// A failure with what lies beneath it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    /// One line, lower case.
    pub(crate) message: String,
}

impl Failure {
    /// The server spoke first, as servers of other protocols do.
    fn spoke_first() -> Self {
        Self {
            kind: FailureKind::SpokeFirst,
            message: "the server sent data before it got the request".to_owned(),
        }
    }

    /// No answer came in time.
    pub(crate) fn timeout(limit: Duration) -> Self {
        Self {
            kind: FailureKind::Timeout,
            message: format!("no answer within {}", Span(limit)),
        }
    }
}

/// One attempt of a delivery.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// Counted from 1.
    pub(crate) number: u32,
    pub(crate) result: Result<Answer, Failure>,
    /// From the start of the attempt to the end of the answer.
    pub(crate) duration: Duration,
}

impl Attempt {
    pub(crate) fn status(&self) -> Option<u16> {
        self.result.as_ref().ok().map(|answer| answer.status)
    }
}

/// A measured time as people read it: `0.3 ms`, `12 ms`, `1.25 s`.
pub(crate) fn measured(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1e3;
    match ms {
        ..10.0 => format!("{ms:.1} ms"),
        ..1000.0 => format!("{ms:.0} ms"),
        _ => format!("{:.2} s", ms / 1e3),
    }
}
