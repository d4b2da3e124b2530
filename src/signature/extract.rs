//! Where a value is in a request: `header:x-id`, `body:data.id`, with alternatives split by `|`.

use serde_json::Value;

use crate::request::{Request, json};

/// A request together with its fields, parsed once.
pub(crate) struct Source<'a> {
    pub(crate) request: &'a Request,
    pub(crate) fields: Value,
}

impl<'a> Source<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        Self {
            request,
            fields: request.fields(),
        }
    }
}

/// The first of the alternatives that is there and not empty. An alternative without `header:` or `body:` is of the
/// same kind as the one before it.
pub(crate) fn extract(expression: &str, from: &Source<'_>) -> Option<String> {
    let mut kind = Kind::Body;
    expression.split('|').find_map(|alternative| {
        let (of, place) = Kind::split(alternative).unwrap_or((kind, alternative));
        kind = of;
        let value = match kind {
            Kind::Header => from
                .request
                .headers
                .text(place)
                .map(std::borrow::Cow::into_owned),
            Kind::Body => json::lookup(&from.fields, place).and_then(json::scalar_text),
        };
        value.filter(|value| !value.is_empty())
    })
}

/// Whether a text is such an expression.
pub(crate) fn is_source(expression: &str) -> bool {
    expression
        .split('|')
        .next()
        .is_some_and(|first| Kind::split(first).is_some())
}

#[derive(Clone, Copy)]
enum Kind {
    Header,
    Body,
}

impl Kind {
    fn split(alternative: &str) -> Option<(Self, &str)> {
        match alternative.split_once(':')? {
            ("header", name) => Some((Self::Header, name)),
            ("body", path) => Some((Self::Body, path)),
            _ => None,
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
        assert_eq!(
            extract("body:type|eventType", &source).as_deref(),
            Some("b")
        );
        assert_eq!(
            extract("body:empty|header:x-event", &source).as_deref(),
            Some("from-header")
        );
        assert_eq!(extract("body:a.id", &source).as_deref(), Some("7"));
        assert_eq!(extract("body:a", &source), None);
    }
}
