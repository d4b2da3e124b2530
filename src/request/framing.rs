//! How a request tells where its body ends (RFC 9112, section 6): framing belongs to the sender of a message, whatever
//! a stored request says. A body without framing, or one that servers read in different ways, becomes the next request
//! on the connection.

use std::fmt;

use super::hops::{is_of_the_message, options};
use super::{Request, latin1};

/// A change that makes framing that of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reframed {
    /// There was no length.
    AddedLength(usize),
    /// There were these lengths.
    Length(String, usize),
    /// The transfer codings that went, in favor of a length.
    Coding(String, usize),
    /// Fields of the message that `Connection` named.
    Connection(String),
}

impl fmt::Display for Reframed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddedLength(length) => write!(f, "`Content-Length: {length}` was added"),
            Self::Length(old, length) => {
                write!(
                    f,
                    "`Content-Length: {old}` was replaced by the length of the body, {length}"
                )
            }
            Self::Coding(coding, length) => write!(
                f,
                "`Transfer-Encoding: {coding}` was replaced by `Content-Length: {length}`"
            ),
            Self::Connection(names) => write!(f, "`{names}` was removed from `Connection`"),
        }
    }
}

/// What a request says of the end of its body.
enum Framing {
    /// Right, and one way.
    Sound,
    Change(Reframed),
}

impl Request {
    /// Whether every server finds the end of the body where it is.
    pub(crate) fn is_framed(&self) -> bool {
        matches!(self.framing(), Framing::Sound) && self.misnamed().is_empty()
    }

    /// Makes the framing that of the body, and returns what was changed.
    pub(crate) fn reframe(&mut self) -> Vec<Reframed> {
        let mut changes = Vec::new();
        if let Framing::Change(change) = self.framing() {
            let length = self.body.len().to_string();
            self.headers.remove("transfer-encoding");
            self.headers.set("Content-Length", length);
            changes.push(change);
        }
        let misnamed = self.misnamed();
        if !misnamed.is_empty() {
            self.headers.disconnect(is_of_the_message);
            changes.push(Reframed::Connection(misnamed.join(", ")));
        }
        changes
    }

    fn framing(&self) -> Framing {
        let all = |name: &str| -> Vec<String> {
            let values = self.headers.all(name);
            values
                .map(|value| latin1(value).trim().to_owned())
                .collect()
        };
        let (codings, lengths) = (all("transfer-encoding"), all("content-length"));
        let length = self.body.len();
        let is_chunked = |coding: &String| coding.eq_ignore_ascii_case("chunked");
        Framing::Change(match (&*codings, &*lengths) {
            ([coding], []) if is_chunked(coding) => return Framing::Sound,
            ([], [one]) if *one == length.to_string() => return Framing::Sound,
            ([], []) if length == 0 => return Framing::Sound,
            ([], []) => Reframed::AddedLength(length),
            ([], lengths) => Reframed::Length(lengths.join(", "), length),
            (codings, _) => Reframed::Coding(codings.join(", "), length),
        })
    }

    /// The fields of the message that `Connection` names: a server behind the next one would miss them.
    fn misnamed(&self) -> Vec<String> {
        let options = self.headers.all("connection").flat_map(options);
        options.filter(|name| is_of_the_message(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Headers, raw};
    use proptest::prelude::*;

    fn request(headers: &[(&str, &str)], body: &str) -> Request {
        let fields = headers.iter();
        Request {
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: fields
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: body.to_owned().into(),
        }
    }

    fn lines(headers: &Headers) -> Vec<String> {
        let lines = headers.iter();
        lines
            .map(|header| format!("{}: {}", header.name, latin1(&header.value)))
            .collect()
    }

    /// Headers, body, the headers that are sent, and what is said of the change.
    type Case = (
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
    );

    const CASES: [Case; 14] = [
        (&[], "", &[], &[]),
        (
            &[("content-LENGTH", "3")],
            "abc",
            &["content-LENGTH: 3"],
            &[],
        ),
        (
            &[("Transfer-Encoding", "Chunked")],
            "abc",
            &["Transfer-Encoding: Chunked"],
            &[],
        ),
        (
            &[("X", "1")],
            "abc",
            &["X: 1", "Content-Length: 3"],
            &["`Content-Length: 3` was added"],
        ),
        (
            &[("content-length", "9"), ("X", "1")],
            "abc",
            &["content-length: 3", "X: 1"],
            &["`Content-Length: 9` was replaced by the length of the body, 3"],
        ),
        (
            &[("Content-Length", "5")],
            "",
            &["Content-Length: 0"],
            &["`Content-Length: 5` was replaced by the length of the body, 0"],
        ),
        (
            &[("Content-Length", "3"), ("content-length", "3")],
            "abc",
            &["Content-Length: 3"],
            &["`Content-Length: 3, 3` was replaced by the length of the body, 3"],
        ),
        (
            &[("Content-Length", "+3")],
            "abc",
            &["Content-Length: 3"],
            &["`Content-Length: +3` was replaced by the length of the body, 3"],
        ),
        (
            &[
                ("Transfer-Encoding", "chunked"),
                ("X", "1"),
                ("Content-Length", "3"),
            ],
            "abc",
            &["X: 1", "Content-Length: 3"],
            &["`Transfer-Encoding: chunked` was replaced by `Content-Length: 3`"],
        ),
        (
            &[("transfer-encoding", "gzip, chunked")],
            "abc",
            &["Content-Length: 3"],
            &["`Transfer-Encoding: gzip, chunked` was replaced by `Content-Length: 3`"],
        ),
        (
            &[
                ("Transfer-Encoding", "chunked"),
                ("Transfer-Encoding", "identity"),
            ],
            "",
            &["Content-Length: 0"],
            &["`Transfer-Encoding: chunked, identity` was replaced by `Content-Length: 0`"],
        ),
        (
            &[
                ("Connection", "close, Content-Length"),
                ("Content-Length", "3"),
            ],
            "abc",
            &["Connection: close", "Content-Length: 3"],
            &["`content-length` was removed from `Connection`"],
        ),
        (
            &[
                ("Connection", "host ,content-type"),
                ("connection", "X-Own"),
                ("Content-Length", "0"),
            ],
            "",
            &["connection: X-Own", "Content-Length: 0"],
            &["`host, content-type` was removed from `Connection`"],
        ),
        (
            &[
                ("Connection", "keep-alive, Upgrade"),
                ("Content-Length", "0"),
            ],
            "",
            &["Connection: keep-alive, Upgrade", "Content-Length: 0"],
            &[],
        ),
    ];

    #[test]
    fn framing_becomes_that_of_the_body() {
        for (headers, body, wanted, changes) in CASES {
            let mut request = request(headers, body);
            assert_eq!(request.is_framed(), changes.is_empty(), "{headers:?}");
            let made: Vec<String> = request.reframe().iter().map(ToString::to_string).collect();
            assert_eq!(made, changes, "{headers:?}");
            assert_eq!(lines(&request.headers), wanted, "{headers:?}");
            assert!(request.is_framed(), "{headers:?}");
        }
    }

    proptest! {
        /// Whatever a stored request says, a server finds one request, and nothing behind it.
        #[test]
        fn what_is_reframed_is_one_request_on_the_wire(
            fields in prop::collection::vec(
                (
                    prop::sample::select(vec!["Content-Length", "transfer-encoding", "Connection", "X-Own"]),
                    prop::sample::select(vec!["0", "3", "5", "3, 3", "+3", "chunked", "gzip, chunked", "identity", "close", "content-length", "", "\u{e9}"]),
                ),
                0..5,
            ),
            body in prop::sample::select(vec!["", "abc", "GET /smuggled HTTP/1.1\r\n\r\n"]),
        ) {
            let mut request = request(&fields, body);
            request.reframe();
            prop_assert!(request.is_framed());
            let bytes = raw::print(&request);
            let seen = crate::receiver::differential_requests(&[&bytes]);
            prop_assert_eq!(seen, [crate::receiver::TakenRequest::Captured(request)]);
        }
    }
}
