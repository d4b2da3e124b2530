//! The heads of the requests on a connection, as they came: hyper gives header names in lower case and repeated
//! ones together, so the bytes are read a second time beside it.
//!
//! A pure function of the byte stream: how the bytes are cut into reads makes no difference.

use std::collections::VecDeque;
use std::mem::MaybeUninit;

use bytes::Bytes;

use crate::request::Headers;

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
}

/// Takes the heads out of the bytes of an HTTP/1 connection.
#[derive(Debug)]
pub(crate) struct Splitter {
    state: State,
    /// Bytes of the head or of the line that is being read.
    pending: Vec<u8>,
    heads: VecDeque<Head>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Head,
    /// So many bytes of a body are still to come.
    Body(u64),
    ChunkSize,
    /// So many bytes of a chunk and its line end are still to come.
    Chunk(u64),
    Trailers,
    /// What follows is not HTTP/1, or not well-formed; hyper ends such connections.
    Lost,
}

impl Splitter {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Head,
            pending: Vec::new(),
            heads: VecDeque::new(),
        }
    }

    /// The oldest head that was not taken yet.
    pub(crate) fn take(&mut self) -> Option<Head> {
        self.heads.pop_front()
    }

    /// The first line of what was read last and was not taken: of no whole head, or of one without its version.
    pub(crate) fn first_line(&self) -> Option<String> {
        let pending = self.pending.split(|&byte| byte == b'\n').next();
        let line = match pending.filter(|line| !line.is_empty()) {
            Some(line) => crate::request::latin1(line).into_owned(),
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

    /// Takes the next bytes of the connection.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Head => self.feed_head(bytes),
                State::Body(left) => {
                    let (rest, left) = skip(bytes, left);
                    self.state = if left == 0 {
                        State::Head
                    } else {
                        State::Body(left)
                    };
                    rest
                }
                State::Chunk(left) => {
                    let (rest, left) = skip(bytes, left);
                    self.state = if left == 0 {
                        State::ChunkSize
                    } else {
                        State::Chunk(left)
                    };
                    rest
                }
                State::ChunkSize | State::Trailers => self.feed_line(bytes),
                State::Lost => return,
            };
        }
    }

    /// Reads on until a head is whole; returns what follows it.
    fn feed_head<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        // Nearly all heads come in one piece, which need not be copied.
        let before = self.pending.len();
        let whole = if before == 0 {
            bytes
        } else {
            self.pending.extend_from_slice(bytes);
            &self.pending
        };
        let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
        let mut parsed = httparse::Request::new(&mut []);
        match parsed.parse_with_uninit_headers(whole, &mut fields) {
            Ok(httparse::Status::Complete(length)) => {
                let head = head_of(&parsed, &whole[..length]);
                self.state = framing(&head);
                self.heads.push_back(head);
                self.pending.clear();
                return &bytes[length - before..];
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
        &[]
    }

    /// Reads on until a line is whole; returns what follows it.
    fn feed_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
            self.pending.extend_from_slice(bytes);
            if self.pending.len() > MAX_HEAD {
                self.state = State::Lost;
            }
            return &[];
        };
        self.pending.extend_from_slice(&bytes[..=end]);
        self.state = match self.state {
            State::ChunkSize => match httparse::parse_chunk_size(&self.pending) {
                Ok(httparse::Status::Complete((_, 0))) => State::Trailers,
                Ok(httparse::Status::Complete((_, size))) => State::Chunk(size.saturating_add(2)),
                _ => State::Lost,
            },
            _ if self.pending == b"\r\n" || self.pending == b"\n" => State::Head,
            _ => State::Trailers,
        };
        self.pending.clear();
        &bytes[end + 1..]
    }
}

fn skip(bytes: &[u8], left: u64) -> (&[u8], u64) {
    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
    (&bytes[here..], left - here as u64)
}

/// The head that was parsed from these bytes, of which the values share one copy.
fn head_of(parsed: &httparse::Request<'_, '_>, bytes: &[u8]) -> Head {
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
    Head {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: fields
            .map(|field| (field.name.to_owned(), of_copy(field.value)))
            .collect(),
    }
}

/// How the body behind a head ends (RFC 9112, section 6).
fn framing(head: &Head) -> State {
    if head.method == "CONNECT" || (head.method == "PRI" && head.target == "*") {
        return State::Lost;
    }
    // Repeated fields are one list: the last coding of the last field ends the body.
    if let Some(coding) = head.headers.all("transfer-encoding").last() {
        let coding = crate::request::latin1(coding);
        let last = coding.rsplit(',').next().unwrap_or_default();
        return if last.trim().eq_ignore_ascii_case("chunked") {
            State::ChunkSize
        } else {
            State::Lost
        };
    }
    match head
        .headers
        .text("content-length")
        .map(|length| length.trim().parse::<u64>())
    {
        None | Some(Ok(0)) => State::Head,
        Some(Ok(length)) => State::Body(length),
        Some(Err(_)) => State::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heads(cuts: &[&[u8]]) -> Vec<Head> {
        let mut splitter = Splitter::new();
        for bytes in cuts {
            splitter.feed(bytes);
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
        splitter.feed(b"BROKEN\x01 / HTTP/1.1\r\n\r\n");
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
