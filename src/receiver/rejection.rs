//! One head: what is recorded, verified and forwarded is what hyper parsed. A request whose byte-exact head differs
//! from that, or that servers read in different ways, is rejected.

use std::fmt;
use std::time::Duration;

use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use jiff::Timestamp;

use super::head::Head;
use super::target::is_parsed_as;
use crate::request::{Headers, Request};
use crate::store::Id;

/// A request that was rejected: it is answered with 400, and is no capture.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    pub(crate) id: Id,
    pub(crate) received_at: Timestamp,
    /// The request without its body.
    pub(crate) request: Request,
    pub(crate) rejection: Rejection,
    /// From the arrival to the response.
    pub(crate) duration: Duration,
}

impl Rejected {
    /// The status of the response.
    pub(crate) const STATUS: u16 = 400;
}

/// Why a request is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The target holds bytes that are not UTF-8: it cannot be recorded byte for byte.
    TargetEncoding,
    /// `Content-Length` and `Transfer-Encoding` are both present.
    LengthAndCoding,
    /// `Content-Length` is repeated.
    RepeatedLength,
    /// The byte-exact head was lost.
    NoHead,
    Method,
    Target,
    /// The number of header fields that were sent, and that were parsed.
    Count(usize, usize),
    /// The name of a header field whose values differ.
    Field(String),
    /// The body ends elsewhere.
    BodyLength,
}

impl Rejection {
    /// The code in machine output.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TargetEncoding => "target_not_utf8",
            Self::LengthAndCoding => "length_and_coding",
            Self::RepeatedLength => "length_repeated",
            Self::NoHead => "head_lost",
            Self::Method => "method_differs",
            Self::Target => "target_differs",
            Self::Count(..) => "header_count_differs",
            Self::Field(_) => "header_differs",
            Self::BodyLength => "body_length_differs",
        }
    }

    /// Why a request with this head, which hyper parsed as `parts`, is rejected; `None` if both are the same.
    pub(super) fn between(head: Option<&Head>, parts: &Parts) -> Option<Self> {
        let Some(head) = head else {
            return Some(Self::NoHead);
        };
        if parts.method.as_str() != head.method {
            return Some(Self::Method);
        }
        if !is_parsed_as(head.masked.as_ref().unwrap_or(&head.target), &parts.uri) {
            return Some(Self::Target);
        }
        if !head.is_text {
            return Some(Self::TargetEncoding);
        }
        let parsed = &parts.headers;
        let count = head.headers.iter().count();
        if count != parsed.len() {
            return Some(
                Self::of_length(&head.headers).unwrap_or(Self::Count(count, parsed.len())),
            );
        }
        // Without repeated names, both are in the same order.
        let is_same = head
            .headers
            .iter()
            .zip(parsed)
            .all(|(sent, (name, value))| {
                sent.value == value.as_bytes() && sent.name.eq_ignore_ascii_case(name.as_str())
            });
        if is_same {
            return None;
        }
        let differs = head.headers.iter().find(|sent| {
            let all = parsed.get_all(&sent.name).into_iter();
            !head
                .headers
                .all(&sent.name)
                .eq(all.map(HeaderValue::as_bytes))
        });
        differs.map(|sent| Self::Field(sent.name.clone()))
    }

    /// Why a request with this body is rejected, whose chunks come to this length.
    pub(super) fn of_chunks(length: Option<u64>, body: &[u8]) -> Option<Self> {
        (length != u64::try_from(body.len()).ok()).then_some(Self::BodyLength)
    }

    /// Whether the byte-exact reader and hyper disagree, which no connection may make them do.
    pub(crate) fn is_disagreement(&self) -> bool {
        match self {
            Self::TargetEncoding | Self::LengthAndCoding | Self::RepeatedLength => false,
            Self::NoHead
            | Self::Method
            | Self::Target
            | Self::Count(..)
            | Self::Field(_)
            | Self::BodyLength => true,
        }
    }

    /// What is ambiguous in how headers tell the length of the body: hyper drops fields of these.
    fn of_length(headers: &Headers) -> Option<Self> {
        let lengths = headers.all("content-length").count();
        if lengths > 0 && headers.contains("transfer-encoding") {
            return Some(Self::LengthAndCoding);
        }
        (lengths > 1).then_some(Self::RepeatedLength)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = "the byte-exact head and the one that the HTTP server parsed differ";
        match self {
            Self::TargetEncoding => f.write_str(
                "the request target holds bytes that are not UTF-8; percent-encode them (`%E9`)",
            ),
            Self::LengthAndCoding => f.write_str(
                "`Content-Length` and `Transfer-Encoding` are both present: servers disagree on where the body ends",
            ),
            Self::RepeatedLength => f.write_str(
                "`Content-Length` is repeated: servers disagree on where the body ends",
            ),
            Self::NoHead => f.write_str("the byte-exact head of the request was lost"),
            Self::Method => write!(f, "{server} in the method"),
            Self::Target => write!(f, "{server} in the request target"),
            Self::Count(sent, parsed) => {
                write!(f, "{server} in the number of headers ({sent} and {parsed})")
            }
            Self::Field(name) => write!(f, "{server} in the header `{name}`"),
            Self::BodyLength => f.write_str(
                "the chunks of the body and the body that the HTTP server read differ in length",
            ),
        }
    }
}
