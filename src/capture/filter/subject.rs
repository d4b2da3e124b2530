//! What filters are held against: requests that arrive, captures, and entries of the history.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::field::Field;
use crate::receiver::{Capture, Judgement};
use crate::request::{Request, path_of};
use crate::signature::Reason;
use crate::store::{Direction, Entry, Glance, Id, Text, headers_of};

/// A request with what is known of it.
pub(crate) trait Subject {
    fn meta(&self) -> Meta<'_>;

    /// The request, for look-ups in headers, query and body.
    fn request(&self) -> Cow<'_, Request>;

    /// Whether a text that is searched for is in the target, in a header line or in the body.
    fn any_part(&self, is_in: &dyn Fn(&[u8]) -> bool) -> bool;
}

/// What is known of a request beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meta<'a> {
    pub(crate) id: Option<Id>,
    /// When it was received or sent; `None` if that is now.
    pub(crate) at: Option<Timestamp>,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) provider: Option<&'a str>,
    pub(crate) event: Option<&'a str>,
    pub(crate) delivery_id: Option<&'a str>,
    pub(crate) duplicate: bool,
    pub(crate) pinned: bool,
    pub(crate) verdict: Option<&'a str>,
    pub(crate) scheme: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) status: Option<u16>,
    pub(crate) took: Option<Duration>,
    /// Bytes of the body.
    pub(crate) size: u64,
    pub(crate) url: Option<&'a str>,
}

/// A value of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Number(u64),
    Duration(Duration),
    Flag(bool),
}

impl Meta<'_> {
    /// Gives the values of a field one by one until one is wanted; says whether one was. What is not known has none,
    /// but for the words that every line of a list has: these are empty then.
    pub(super) fn any(&self, field: Field, is_wanted: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let direction = self.id.map_or(Direction::In, |id| id.direction);
        let value = match field {
            Field::Provider => Some(Value::Text(self.provider.unwrap_or_default())),
            Field::Event => Some(Value::Text(self.event.unwrap_or_default())),
            Field::Path => Some(Value::Text(self.path)),
            Field::Verdict => Some(Value::Text(self.verdict.unwrap_or_default())),
            Field::Method => Some(Value::Text(self.method)),
            Field::Id => {
                let is_own = |id: Id| is_wanted(Value::Text(&id.to_string()));
                if self.id.is_some_and(is_own) {
                    return true;
                }
                Some(Value::Text(self.delivery_id.unwrap_or_default()))
            }
            Field::Duplicate => Some(Value::Flag(self.duplicate)),
            Field::Pinned => Some(Value::Flag(self.pinned)),
            Field::Delivery => self.delivery_id.map(Value::Text),
            Field::Scheme => self.scheme.map(Value::Text),
            Field::Reason => self.reason.map(Value::Text),
            Field::Status => self.status.map(|status| Value::Number(status.into())),
            Field::Size => Some(Value::Number(self.size)),
            Field::Took => self.took.map(Value::Duration),
            Field::Direction => Some(Value::Text(match direction {
                Direction::In | Direction::Rejected => "in",
                Direction::Out => "out",
            })),
            Field::Kind => Some(Value::Text(match direction {
                Direction::In => "capture",
                Direction::Out => "delivery",
                Direction::Rejected => "rejected",
            })),
            Field::Url => self.url.map(Value::Text),
            Field::Cause
            | Field::Listener
            | Field::Run
            | Field::Tag
            | Field::Note
            // These are looked up in the request, or compared with its time.
            | Field::Text
            | Field::Since
            | Field::Until
            | Field::Header
            | Field::Query
            | Field::Body => None,
        };
        value.is_some_and(is_wanted)
    }
}

/// A request that is about to be responded to.
pub(crate) struct Arrival<'a> {
    pub(crate) request: &'a Request,
    pub(crate) judgement: &'a Judgement,
}

impl<'a> Arrival<'a> {
    fn facts(&self) -> Meta<'a> {
        let judgement = self.judgement;
        let provider = judgement.provider.as_ref();
        Meta {
            method: &self.request.method,
            path: self.request.path(),
            provider: provider.map(|provider| &*provider.profile.name),
            event: judgement.event.as_deref(),
            delivery_id: judgement.delivery_id.as_deref(),
            duplicate: judgement.duplicate,
            verdict: Some(judgement.verdict.word()),
            scheme: judgement.scheme.as_deref(),
            reason: judgement.reason.map(Reason::code),
            size: size(self.request),
            ..Meta::default()
        }
    }
}

impl Subject for Arrival<'_> {
    fn meta(&self) -> Meta<'_> {
        self.facts()
    }

    fn request(&self) -> Cow<'_, Request> {
        Cow::Borrowed(self.request)
    }

    fn any_part(&self, is_in: &dyn Fn(&[u8]) -> bool) -> bool {
        any_part_of(self.request, is_in)
    }
}

/// A capture of this run.
pub(crate) struct Received<'a> {
    pub(crate) capture: &'a Capture,
    pub(crate) pinned: bool,
}

impl Subject for Received<'_> {
    fn meta(&self) -> Meta<'_> {
        let capture = self.capture;
        let arrival = Arrival {
            request: &capture.request,
            judgement: &capture.judgement,
        };
        Meta {
            id: Some(capture.id),
            at: Some(capture.received_at),
            pinned: self.pinned,
            status: capture.status(),
            took: Some(capture.duration),
            ..arrival.facts()
        }
    }

    fn request(&self) -> Cow<'_, Request> {
        Cow::Borrowed(&self.capture.request)
    }

    fn any_part(&self, is_in: &dyn Fn(&[u8]) -> bool) -> bool {
        any_part_of(&self.capture.request, is_in)
    }
}

/// A capture of a list, with its text if that was read.
pub(crate) struct Listed<'a> {
    pub(crate) glance: &'a Glance,
    pub(crate) text: Text<'a>,
}

impl Subject for Listed<'_> {
    fn meta(&self) -> Meta<'_> {
        let glance = self.glance;
        Meta {
            id: Some(glance.id),
            at: Some(glance.at),
            method: &glance.method,
            path: path_of(&glance.target),
            provider: glance.provider.as_deref(),
            event: glance.event.as_deref(),
            delivery_id: glance.delivery_id.as_deref(),
            duplicate: glance.duplicate,
            pinned: glance.pinned,
            verdict: glance.verdict.as_deref(),
            scheme: glance.scheme.as_deref(),
            reason: glance.reason.as_deref(),
            status: glance.status,
            took: Some(glance.duration),
            size: glance.size,
            url: None,
        }
    }

    fn request(&self) -> Cow<'_, Request> {
        let [_, head, body] = self.text;
        Cow::Owned(Request {
            method: self.glance.method.clone(),
            target: self.glance.target.clone(),
            headers: headers_of(head),
            body: Bytes::copy_from_slice(body),
        })
    }

    fn any_part(&self, is_in: &dyn Fn(&[u8]) -> bool) -> bool {
        let [target, head, body] = self.text;
        let mut lines = head.split(|byte| *byte == b'\n');
        is_in(target) || lines.any(is_in) || is_in(body)
    }
}

/// An entry of the history.
pub(crate) struct Kept<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) pinned: bool,
}

impl Subject for Kept<'_> {
    fn meta(&self) -> Meta<'_> {
        let Entry {
            id,
            at,
            request,
            facts,
            ..
        } = self.entry;
        Meta {
            id: Some(*id),
            at: Some(*at),
            method: &request.method,
            path: request.path(),
            provider: facts.provider.as_deref(),
            event: facts.event.as_deref(),
            delivery_id: facts.delivery_id.as_deref(),
            duplicate: facts.duplicate,
            pinned: self.pinned,
            verdict: facts.verdict.as_deref(),
            scheme: facts.scheme.as_deref(),
            reason: facts.reason.as_deref(),
            status: facts.status,
            took: Some(facts.duration),
            size: size(request),
            url: facts.url.as_deref(),
        }
    }

    fn request(&self) -> Cow<'_, Request> {
        Cow::Borrowed(&self.entry.request)
    }

    fn any_part(&self, is_in: &dyn Fn(&[u8]) -> bool) -> bool {
        any_part_of(&self.entry.request, is_in)
    }
}

fn size(request: &Request) -> u64 {
    u64::try_from(request.body.len()).unwrap_or(u64::MAX)
}

/// As [`Subject::any_part`]; header lines are as the history keeps them.
fn any_part_of(request: &Request, is_in: &dyn Fn(&[u8]) -> bool) -> bool {
    let mut headers = request.headers.iter();
    is_in(request.target.as_bytes())
        || is_in(&request.body)
        || headers.any(|header| is_in(&[header.name.as_bytes(), b": ", &header.value].concat()))
}
