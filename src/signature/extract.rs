//! Where a value is in a request: `header:x-id`, `body:data.id`, `form:Sid`, with alternatives split by `|` and
//! parts that belong together joined by `+`.

use std::cell::OnceCell;

use serde_json::Value;

use crate::request::json::{Document, Fields, Outline};
use crate::request::{Request, form};

/// A request together with its fields, which are parsed once, and not before they are asked for.
pub(crate) struct Source<'a> {
    pub(crate) request: &'a Request,
    json: OnceCell<Option<Outline>>,
    pairs: OnceCell<Value>,
    sorted: OnceCell<Vec<u8>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self {
            request,
            json: OnceCell::new(),
            pairs: OnceCell::new(),
            sorted: OnceCell::new(),
        }
    }

    /// Whether there is a field at this path. A body in which the last key does not even occur is not parsed; a key
    /// that is written with escapes, which no serialiser does to plain ones, is missed.
    pub(crate) fn has_field(&self, path: &str) -> bool {
        let may_be = last_key(path).is_none_or(|key| {
            self.may_hold(|text| memchr::memmem::find(text, key.as_bytes()).is_some())
        });
        may_be && self.fields().has(path)
    }

    /// Whether something is found in the text of the fields; true, without a search, where a look-up is quicker.
    pub(crate) fn may_hold(&self, find: impl Fn(&[u8]) -> bool) -> bool {
        if self.parsed().is_some_and(Document::is_noted) {
            return true;
        }
        let body = &self.request.body;
        find(body) || (body.is_empty() && find(self.request.query().as_bytes()))
    }

    /// The fields that the request carries: the JSON body, or the form in the body, or the pairs of the query.
    pub(crate) fn fields(&self) -> Fields<'_> {
        let pairs = || Fields::Tree(self.pairs.get_or_init(|| self.request.pairs()));
        self.json().map_or_else(pairs, Fields::Document)
    }

    /// The pairs of the form in the body, sorted: see [`form::sorted`].
    pub(crate) fn sorted_form(&self) -> &[u8] {
        self.sorted.get_or_init(|| form::sorted(&self.request.body))
    }

    /// The body as JSON if it is read already.
    pub(crate) fn parsed(&self) -> Option<Document<'_>> {
        let outline = self.json.get()?.as_ref()?;
        Some(Document::new(&self.request.body, outline))
    }

    /// The body as JSON, whatever the content type says.
    pub(crate) fn json(&self) -> Option<Document<'_>> {
        let body = &self.request.body;
        let outline = self.json.get_or_init(|| Outline::of_container(body));
        Some(Document::new(body, outline.as_ref()?))
    }
}

/// The last key of a path; `None` for an index, which no body spells.
pub(crate) fn last_key(path: &str) -> Option<&str> {
    let key = path.rsplit('.').next().unwrap_or_default();
    (!key.bytes().all(|byte| byte.is_ascii_digit())).then_some(key)
}

/// Longest event, id or time that is taken for one, in bytes: no sender has longer ones, and each is kept, printed and
/// compared.
const MAX_VALUE: usize = 4_096;

/// The first of the alternatives that is there, not empty and of sane length. An alternative that names no kind is of the same kind
/// as the one before it. Joined parts have a full stop between them.
pub(crate) fn extract(expression: &str, from: &Source<'_>) -> Option<String> {
    let is_sane = |value: &String| (1..=MAX_VALUE).contains(&value.len());
    let mut kind = Kind::Body;
    expression.split('|').find_map(|alternative| {
        let mut joined: Option<String> = None;
        for part in alternative.split('+') {
            let (of, place) = Kind::split(part).unwrap_or((kind, part));
            kind = of;
            let value = kind.value(place, from).filter(is_sane)?;
            joined = Some(match joined {
                Some(joined) => joined + "." + &value,
                None => value,
            });
        }
        joined
    })
}

/// The headers that such an expression reads.
pub(super) fn header_sources(expression: &str) -> impl Iterator<Item = &str> {
    let mut kind = Kind::Body;
    expression.split(['|', '+']).filter_map(move |part| {
        let (of, place) = Kind::split(part).unwrap_or((kind, part));
        kind = of;
        matches!(of, Kind::Header).then_some(place)
    })
}

/// Whether a text is such an expression.
pub(crate) fn is_source(expression: &str) -> bool {
    let first = expression.split('|').next();
    first.is_some_and(|first| Kind::split(first).is_some()) && is_source_or_path(expression)
}

/// Whether a text is such an expression, or has paths in the body that do not say so.
pub(crate) fn is_source_or_path(expression: &str) -> bool {
    expression.split(['|', '+']).all(|part| {
        let place = Kind::split(part).map_or(part, |(_, place)| place);
        !place.is_empty() && !place.contains(char::is_whitespace)
    })
}

/// Whether a text is a path in the body, or several split by `|`.
pub(crate) fn is_path(expression: &str) -> bool {
    let is_plain = |part: &str| Kind::split(part).is_none() && !part.contains('+');
    is_source_or_path(expression) && expression.split('|').all(is_plain)
}

#[derive(Clone, Copy)]
enum Kind {
    Header,
    Body,
    Form,
}

impl Kind {
    fn split(alternative: &str) -> Option<(Self, &str)> {
        match alternative.split_once(':')? {
            ("header", name) => Some((Self::Header, name)),
            ("body", path) => Some((Self::Body, path)),
            ("form", name) => Some((Self::Form, name)),
            _ => None,
        }
    }

    fn value(self, place: &str, from: &Source<'_>) -> Option<String> {
        match self {
            Self::Header => from
                .request
                .headers
                .text(place)
                .map(std::borrow::Cow::into_owned),
            Self::Body => from.fields().text(place),
            // The body is a form whatever its type says; `field[0].path` looks into a field that holds JSON.
            Self::Form => {
                let (name, path) = place.split_once('[').unwrap_or((place, ""));
                let value = form::value(&from.request.body, name)?;
                if path.is_empty() {
                    return Some(value.into_owned());
                }
                let outline = Outline::read(value.as_bytes())?;
                let fields = Document::new(value.as_bytes(), &outline);
                fields.lookup(&path.replace(']', ""))?.text()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Headers;

    #[test]
    fn alternatives_are_tried_in_order_and_keep_their_kind() {
        let mut headers = Headers::default();
        headers.push("X-Event", "from-header");
        let request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers,
            body: r#"{"a":{"id":7},"empty":"","eventType":"b"}"#.into(),
        };
        let source = Source::new(&request);
        let cases = [
            ("body:type|eventType", Some("b")),
            ("body:empty|header:x-event", Some("from-header")),
            ("body:a.id", Some("7")),
            ("body:a", None),
            ("header:x-event+body:eventType", Some("from-header.b")),
            ("header:x-event+body:none|body:eventType", Some("b")),
        ];
        for (expression, wanted) in cases {
            assert_eq!(
                extract(expression, &source).as_deref(),
                wanted,
                "{expression}"
            );
        }
    }

    #[test]
    fn forms_are_looked_into() {
        let request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: Headers::default(),
            body: "SmsStatus=sent&events=%5B%7B%22event%22%3A%22open%22%7D%5D".into(),
        };
        let source = Source::new(&request);
        assert_eq!(
            extract("form:CallStatus|SmsStatus", &source).as_deref(),
            Some("sent")
        );
        assert_eq!(
            extract("form:events[0].event", &source).as_deref(),
            Some("open")
        );
    }
}
