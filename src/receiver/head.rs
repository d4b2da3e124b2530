//! The heads of the requests on a connection, as they were sent: hyper gives header names in lower case and repeated
//! ones together, so the bytes are read a second time beside it. Where the two differ, the request is rejected.
//!
//! A pure function of the byte stream: how the bytes are cut into reads makes no difference.

use std::collections::VecDeque;
use std::mem::MaybeUninit;

use bytes::Bytes;

use super::chunked::{Chunked, Read};
use super::target::TargetMask;
use crate::request::{Headers, latin1};

/// Largest head that is read, in bytes; hyper refuses larger ones.
pub(super) const MAX_HEAD: usize = 64 * 1024;

/// Most header fields of a request, as many as hyper takes: to tell it the number would cost each request time.
const MAX_FIELDS: usize = 100;

/// The head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Headers,
    /// The target as hyper reads it, if it is given another.
    pub(super) masked: Option<String>,
    /// Whether the bytes of the target are text. If not, each of its characters stands for one byte.
    pub(super) is_text: bool,
    pub(super) is_chunked: bool,
}

/// Takes the heads out of the bytes of an HTTP/1 connection.
#[derive(Debug)]
pub(crate) struct Splitter {
    state: State,
    /// Bytes of the head that is being read, as hyper reads them.
    pending: Vec<u8>,
    mask: TargetMask,
    heads: VecDeque<Head>,
    /// Lengths of the chunked bodies that have ended, whose requests were not asked for theirs yet.
    lengths: VecDeque<u64>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Head,
    /// So many bytes of a body are still to come.
    Body(u64),
    Chunked(Chunked),
    /// What follows is not HTTP/1, or not well-formed; hyper ends such connections.
    Lost,
}

impl Splitter {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Head,
            pending: Vec::new(),
            mask: TargetMask::default(),
            heads: VecDeque::new(),
            lengths: VecDeque::new(),
        }
    }

    /// The oldest head that was not taken yet.
    pub(crate) fn take(&mut self) -> Option<Head> {
        self.heads.pop_front()
    }

    /// Length of the oldest chunked body that has ended and was not asked for yet.
    pub(super) fn take_length(&mut self) -> Option<u64> {
        self.lengths.pop_front()
    }

    /// The first line of what was read last and was not taken: of no whole head, or of one without its version.
    pub(crate) fn first_line(&self) -> Option<String> {
        let pending = self.pending.split(|&byte| byte == b'\n').next();
        let line = match pending.filter(|line| !line.is_empty()) {
            Some(line) => {
                let mut line = line.to_vec();
                self.mask.unmask(&mut line);
                latin1(&line).into_owned()
            }
            None => self
                .heads
                .back()
                .map(|head| format!("{} {}", head.method, head.target))?,
        };
        Some(line.trim_end().chars().take(80).collect())
    }

    /// Whether a part of a head is all that is left of what came.
    pub(super) fn is_in_head(&self) -> bool {
        self.state == State::Head && !self.pending.is_empty()
    }

    /// Takes the next bytes of the connection, and masks in them what hyper refuses in a target.
    pub(crate) fn feed(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            let used = match &mut self.state {
                State::Head => self.feed_head(bytes),
                State::Body(left) => {
                    let here = usize::try_from(*left)
                        .unwrap_or(usize::MAX)
                        .min(bytes.len());
                    *left -= here as u64;
                    if *left == 0 {
                        self.state = State::Head;
                    }
                    here
                }
                State::Chunked(chunked) => match chunked.read(bytes) {
                    Read::Part => bytes.len(),
                    Read::End(used) => {
                        self.lengths.push_back(chunked.length());
                        self.state = State::Head;
                        used
                    }
                    Read::Broken => {
                        self.state = State::Lost;
                        bytes.len()
                    }
                },
                State::Lost => return,
            };
            bytes = &mut bytes[used..];
        }
    }

    /// Reads on until a head is whole; returns how many of the bytes belong to it.
    fn feed_head(&mut self, bytes: &mut [u8]) -> usize {
        self.mask.mask(bytes);
        // Nearly all heads come in one piece, which need not be copied.
        let before = self.pending.len();
        let whole = if before == 0 {
            &*bytes
        } else {
            self.pending.extend_from_slice(bytes);
            &self.pending
        };
        let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
        let mut parsed = httparse::Request::new(&mut []);
        match parsed.parse_with_uninit_headers(whole, &mut fields) {
            Ok(httparse::Status::Complete(length)) => {
                let mut head = head_of(&parsed, &whole[..length], self.mask.original());
                self.state = framing(&head);
                head.is_chunked = matches!(self.state, State::Chunked(_));
                self.heads.push_back(head);
                self.pending.clear();
                self.mask.reset();
                return length - before;
            }
            Ok(httparse::Status::Partial) if whole.len() <= MAX_HEAD => {}
            _ => self.state = State::Lost,
        }
        if before == 0 {
            self.pending.extend_from_slice(bytes);
        }
        if self.state == State::Lost {
            self.pending.truncate(MAX_HEAD);
        }
        bytes.len()
    }
}

/// The head that was parsed from these bytes, of which the values share one copy. `original` is the target as it was
/// sent, if another was parsed.
fn head_of(parsed: &httparse::Request<'_, '_>, bytes: &[u8], original: Option<&[u8]>) -> Head {
    let copy = Bytes::copy_from_slice(bytes);
    let of_copy = |value: &[u8]| {
        if value.is_empty() {
            // It may stand anywhere.
            return Bytes::new();
        }
        let start = value.as_ptr().addr() - bytes.as_ptr().addr();
        copy.slice(start..start + value.len())
    };
    let fields = parsed.headers.iter();
    let target = parsed.path.unwrap_or_default().to_owned();
    let (target, masked) = match original {
        None => (target, None),
        Some(original) => (latin1(original).into_owned(), Some(target)),
    };
    Head {
        method: parsed.method.unwrap_or_default().to_owned(),
        target,
        headers: fields
            .map(|field| (field.name.to_owned(), of_copy(field.value)))
            .collect(),
        masked,
        is_text: original.is_none_or(|original| std::str::from_utf8(original).is_ok()),
        is_chunked: false,
    }
}

/// How the body behind a head ends (RFC 9112, section 6), where hyper accepts the head.
fn framing(head: &Head) -> State {
    if head.method == "CONNECT" || (head.method == "PRI" && head.target == "*") {
        return State::Lost;
    }
    // Repeated fields are one list: the last coding of the last field ends the body.
    if let Some(coding) = head.headers.all("transfer-encoding").last() {
        let last = coding.rsplit(|&byte| byte == b',').next();
        return match last.map(<[u8]>::trim_ascii) {
            Some(last) if last.eq_ignore_ascii_case(b"chunked") => State::Chunked(Chunked::new()),
            _ => State::Lost,
        };
    }
    match head.headers.get("content-length").map(number) {
        None | Some(Some(0)) => State::Head,
        Some(Some(length)) => State::Body(length),
        Some(None) => State::Lost,
    }
}

/// A number that is written in digits alone.
fn number(digits: &[u8]) -> Option<u64> {
    let is_number = digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(digits)
        .ok()
        .filter(|_| is_number)?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heads(cuts: &[&[u8]]) -> Vec<Head> {
        let mut splitter = Splitter::new();
        for bytes in cuts {
            splitter.feed(&mut bytes.to_vec());
        }
        std::iter::from_fn(|| splitter.take()).collect()
    }

    const STREAM: &[u8] = b"\r\nPOST /a HTTP/1.1\r\nX-CaMeL: 1\r\nx-camel:  2 \r\nX-Empty: \r\nContent-Length: 5\r\n\r\nGET /\
        GET /b?%2F HTTP/1.1\r\nHost: x\r\n\r\n\
        PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1a;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: 1\r\n\r\n\
        POST /d HTTP/1.1\ncontent-length: 0\n\nDELETE /e HTTP/1.1\r\n\r\n";

    #[test]
    fn pipelined_requests_with_any_framing_are_told_apart() {
        let found = heads(&[STREAM]);
        let targets: Vec<_> = found.iter().map(|head| &*head.target).collect();
        assert_eq!(targets, ["/a", "/b?%2F", "/c", "/d", "/e"]);
        let names: Vec<_> = found[0]
            .headers
            .iter()
            .map(|header| (&*header.name, &*header.value))
            .collect();
        assert_eq!(
            names,
            [
                ("X-CaMeL", &b"1"[..]),
                ("x-camel", b"2"),
                ("X-Empty", b""),
                ("Content-Length", b"5")
            ]
        );
    }

    #[test]
    fn a_broken_head_ends_it_and_can_be_named() {
        let mut splitter = Splitter::new();
        splitter.feed(&mut b"BROKEN\x01 / HTTP/1.1\r\n\r\n".to_vec());
        assert_eq!(splitter.take(), None);
        assert_eq!(
            splitter.first_line().as_deref(),
            Some("BROKEN\x01 / HTTP/1.1")
        );
    }

    proptest! {
        #[test]
        fn the_cuts_make_no_difference(cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(STREAM.len())).collect();
            at.extend([0, STREAM.len()]);
            at.sort_unstable();
            let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &STREAM[pair[0]..pair[1]]).collect();
            prop_assert_eq!(heads(&pieces), heads(&[STREAM]));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, cut: prop::sample::Index) {
            let cut = cut.index(bytes.len() + 1);
            let _ = heads(&[&bytes[..cut], &bytes[cut..]]);
        }
    }
}
