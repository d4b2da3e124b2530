//! What is kept, and how it lies in a row.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::id::Id;
use crate::request::{Headers, Request};

/// One request in the history: a capture, or a delivery with its attempts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: Id,
    /// When it was received or first sent, to the millisecond.
    pub(crate) at: Timestamp,
    pub(crate) request: Request,
    pub(crate) facts: Facts,
    /// Attempts of a delivery; of a capture, one for each target that it was forwarded to.
    pub(crate) attempts: Vec<Attempt>,
}

/// What is known of a request beside its bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) provider: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) delivery_id: Option<String>,
    pub(crate) duplicate: bool,
    /// The verdict on a capture's signature, as machine output names it; [`TAMPERED`] for a delivery that was broken
    /// on purpose.
    pub(crate) verdict: Option<String>,
    pub(crate) scheme: Option<String>,
    pub(crate) reason: Option<String>,
    /// What is wrong with a capture's signature, in words; [`LOOPBACK`] for a delivery that goes no further.
    pub(crate) detail: Option<String>,
    /// The status that was answered; that of the last attempt.
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    /// Whether it went well: answered with 2xx, delivered as expected.
    pub(crate) good: bool,
    /// The limit that the body was over, if it was: then it was not kept.
    pub(crate) over: Option<u64>,
    /// Where a delivery went.
    pub(crate) url: Option<String>,
    /// What it is a replay of.
    pub(crate) replay_of: Option<Id>,
    /// Id of the endpoint that a delivery went to.
    pub(crate) endpoint: Option<String>,
    /// When a delivery is attempted again, or for the first time; `None` once it is decided.
    pub(crate) pending: Option<Timestamp>,
}

/// Stands in the place of a verdict for a delivery that was broken on purpose: nobody wants it to be delivered again.
pub(crate) const TAMPERED: &str = "tampered";

/// Stands in the place of a detail for a delivery to where a project sends that is not trusted: its host may mean
/// another address by the time that it is delivered again.
pub(crate) const LOOPBACK: &str = "loopback";

/// One attempt of a delivery, or one forward of a capture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attempt {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Where a capture was forwarded to.
    pub(crate) url: Option<String>,
    pub(crate) at: Timestamp,
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    /// Why no answer came, or why it was not good.
    pub(crate) error: Option<String>,
    /// Headers that were sent, if they are not those of the delivery: each attempt is signed afresh.
    pub(crate) sent: Option<Headers>,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    /// Whether there was more of the body.
    pub(crate) truncated: bool,
}

/// An entry as it is written: the head is packed where the request is, so that the writer has little to do.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(super) id: Id,
    pub(super) at: Timestamp,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) head: Vec<u8>,
    pub(super) body: Bytes,
    pub(super) facts: Facts,
    pub(super) attempts: Vec<Attempt>,
}

impl Row {
    pub(crate) fn new(id: Id, at: Timestamp, request: &Request, facts: Facts) -> Self {
        Self {
            id,
            at,
            method: request.method.clone(),
            target: request.target.clone(),
            head: pack(&request.headers),
            body: request.body.clone(),
            facts,
            attempts: Vec::new(),
        }
    }

    pub(crate) fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.attempts = attempts;
        self
    }
}

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        Self::new(entry.id, entry.at, &entry.request, entry.facts.clone())
            .with_attempts(entry.attempts.clone())
    }
}

/// Headers one a line, in their order and spelling. Neither names nor values hold line ends.
pub(super) fn pack(headers: &Headers) -> Vec<u8> {
    let size = headers
        .iter()
        .map(|header| header.name.len() + header.value.len() + 3)
        .sum();
    let mut packed = Vec::with_capacity(size);
    for header in headers.iter() {
        packed.extend_from_slice(header.name.as_bytes());
        packed.extend_from_slice(b": ");
        packed.extend_from_slice(&header.value);
        packed.push(b'\n');
    }
    packed
}

/// The headers that [`pack`] packed.
pub(crate) fn unpack(packed: &[u8]) -> Headers {
    let lines = packed.split(|&byte| byte == b'\n');
    lines
        .filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            Some((name, line.get(colon + 2..).unwrap_or_default().to_vec()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packed_headers_unpack_as_they_were(fields in prop::collection::vec(("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,9}", prop::collection::vec(any::<u8>().prop_filter("one line", |byte| *byte != b'\n'), 0..12)), 0..6)) {
            let headers: Headers = fields.into_iter().collect();
            prop_assert_eq!(unpack(&pack(&headers)), headers);
        }
    }
}
