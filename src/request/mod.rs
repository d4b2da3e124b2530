//! The noun in the middle: an HTTP request, byte for byte, and the forms in which one is written down.
//!
//! Nothing in here knows a provider, a signature or the network.

pub(crate) mod curl;
pub(crate) mod curl_read;
pub(crate) mod depth;
pub(crate) mod form;
mod framing;
pub(crate) mod har;
mod hops;
pub(crate) mod json;
pub(crate) mod json_text;
mod line;
mod names;
pub(crate) mod raw;
pub(crate) mod record;
pub(crate) mod redact;
mod shell;
pub(crate) mod spelling;
pub(crate) mod steering;
pub(crate) mod stored;
pub(crate) mod stream;
pub(crate) mod values;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

pub(crate) use framing::Reframed;
pub(crate) use hops::misnamed_option;
pub(crate) use names::ByName;

/// An HTTP request: what was sent or is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Method as spelled on the wire.
    pub(crate) method: String,
    /// Request target as it stands in the request line, usually path and query.
    pub(crate) target: String,
    /// Header fields in their order and spelling.
    pub(crate) headers: Headers,
    /// Body after the transfer coding was removed; no content coding is ever undone.
    pub(crate) body: Bytes,
}

impl Request {
    /// The target's path: without the query, and without scheme and host if the target is a whole URL.
    pub(crate) fn path(&self) -> &str {
        path_of(&self.target)
    }

    /// The target's query, without its question mark; empty if there is none.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The media type of the body: lower case, without parameters; empty if there is none.
    pub(crate) fn media_type(&self) -> String {
        let value = self.headers.text("content-type").unwrap_or_default();
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// Whether its parts can stand in a request.
    ///
    /// # Errors
    /// What cannot, as the end of a sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        stored::check(self)
    }

    /// The fields of a request whose body is no JSON, as one JSON value: the form in the body, or the pairs of the
    /// query. `Null` if there are none.
    pub(crate) fn pairs(&self) -> serde_json::Value {
        if self.media_type() == form::MEDIA_TYPE {
            return form::to_value(&self.body);
        }
        if self.body.is_empty() && !self.query().is_empty() {
            return form::to_value(self.query().as_bytes());
        }
        serde_json::Value::Null
    }
}

/// The path of a target: see [`Request::path`].
pub(crate) fn path_of(target: &str) -> &str {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    match path.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("/", |start| &rest[start..])
        }
        _ => path,
    }
}

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: String,
    /// Bytes of the value without the white space around it. Not always text: see [`latin1`].
    pub(crate) value: Bytes,
}

/// Header fields in their order and spelling, repeated ones included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers(Vec<Header>);

impl Headers {
    /// Adds a field at the end.
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.push(Header {
            name: name.into(),
            value: Bytes::from(value.into()),
        });
    }

    /// Adds a field at the start.
    pub(crate) fn insert_first(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.0.insert(
            0,
            Header {
                name: name.to_owned(),
                value: Bytes::from(value.into()),
            },
        );
    }

    /// Replaces the first field of this name in its place and drops the others; adds one if there is none.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        match self
            .0
            .iter()
            .position(|header| header.name.eq_ignore_ascii_case(name))
        {
            Some(first) => {
                self.0[first].value = Bytes::from(value.into());
                let mut index = 0;
                self.0.retain(|header| {
                    index += 1;
                    index - 1 <= first || !header.name.eq_ignore_ascii_case(name)
                });
            }
            None => self.push(name, value),
        }
    }

    /// Drops all fields of this name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0
            .retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// The first value of this name, in any spelling of the name.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| &*header.value)
    }

    /// All values of this name, in their order.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| &*header.value)
    }

    /// The first value of this name as text.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(latin1)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Header> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Header> {
        self.0.iter_mut()
    }
}

impl<V: Into<Bytes>> FromIterator<(String, V)> for Headers {
    fn from_iter<T: IntoIterator<Item = (String, V)>>(fields: T) -> Self {
        Self(
            fields
                .into_iter()
                .map(|(name, value)| Header {
                    name,
                    value: value.into(),
                })
                .collect(),
        )
    }
}

/// A header value as text: UTF-8 if it is that, else byte by byte as ISO 8859-1, which loses nothing.
pub(crate) fn latin1(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(value.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// The start of a text, of so many bytes at most.
pub(crate) fn start_of(text: &str, most: usize) -> &str {
    let mut ends = (0..=most.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// The value of an `Authorization` header with HTTP Basic credentials, `USER:PASS`.
pub(crate) fn basic(credentials: impl AsRef<[u8]>) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

/// Reads `Name: value` as a user types it after `-H`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(crate) fn parse_header(text: &str) -> Result<Header, String> {
    parse_field(text.as_bytes())
}

/// Reads the bytes of `Name: value`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(crate) fn parse_field(line: &[u8]) -> Result<Header, String> {
    let Some(colon) = memchr::memchr(b':', line) else {
        return Err("a header needs a colon, as in `X-Name: value`".to_owned());
    };
    let name = latin1(line[..colon].trim_ascii());
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        let name = if redact::holds_credential_name(&name) {
            redact::REDACTED
        } else {
            &*name
        };
        return Err(format!("`{name}` is no header name"));
    }
    let value = line[colon + 1..].trim_ascii();
    let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
    if value.iter().any(is_control) {
        return Err("a header value holds no control characters".to_owned());
    }
    Ok(Header {
        name: name.into_owned(),
        value: Bytes::copy_from_slice(value),
    })
}

/// Whether a byte may stand in a method or a header name (RFC 9110, `token`).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(names: &[&str]) -> Headers {
        names
            .iter()
            .map(|name| ((*name).to_owned(), b"1".to_vec()))
            .collect()
    }

    #[test]
    fn set_keeps_the_place_and_spelling_of_the_first_and_drops_the_rest() {
        let mut some = headers(&["A", "X-Id", "B", "x-id"]);
        some.set("x-ID", "2");
        let seen: Vec<_> = some
            .iter()
            .map(|header| (&*header.name, &*header.value))
            .collect();
        assert_eq!(seen, [("A", &b"1"[..]), ("X-Id", b"2"), ("B", b"1")]);
    }

    #[test]
    fn typed_headers_need_a_colon_a_name_and_no_line_ends() {
        assert_eq!(parse_header("X-A:b:c").unwrap().value, "b:c");
        assert_eq!(parse_header("X-A:").unwrap().value, "");
        for bad in ["X-A", ": b", "X A: b", "X-A: b\r\nX-B: c"] {
            assert!(parse_header(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn header_values_that_are_no_utf8_keep_every_byte() {
        assert_eq!(latin1(b"caf\xe9"), "café");
    }
}
