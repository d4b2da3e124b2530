//! What differs between two requests.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Paint;
use super::text::safe;
use crate::request::{Request, form, latin1, redact};

/// One thing that differs, as each of the two has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// `method`, `target`, `header NAME`, `body PATH`, `body`.
    what: &'static str,
    place: String,
    a: Option<String>,
    b: Option<String>,
}

/// All that differs. With `ignore_volatile`, times, ids and signatures may differ.
pub(crate) fn between(a: &Request, b: &Request, ignore_volatile: bool) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |what, place: &str, a: Option<String>, b: Option<String>| {
        let is_volatile = ignore_volatile && is_volatile(what, place, a.as_deref(), b.as_deref());
        if a != b && !is_volatile {
            found.push(Difference {
                what,
                place: place.to_owned(),
                a,
                b,
            });
        }
    };
    add("method", "", Some(a.method.clone()), Some(b.method.clone()));
    add("target", "", Some(a.target.clone()), Some(b.target.clone()));
    for name in names(a, b) {
        add("header", &name, values(a, &name), values(b, &name));
    }
    if a.body == b.body {
        return found;
    }
    match (fields(a), fields(b)) {
        (Some(one), Some(other)) => {
            let mut differing = Vec::new();
            compare("", Some(&one), Some(&other), &mut differing);
            let alike = differing.is_empty();
            for (path, a, b) in differing {
                add("body", &path, a, b);
            }
            if alike && !ignore_volatile {
                add(
                    "bytes",
                    "",
                    Some(describe(&a.body)),
                    Some(describe(&b.body)),
                );
            }
        }
        _ => add("body", "", Some(describe(&a.body)), Some(describe(&b.body))),
    }
    found
}

/// The fields of a body, if it has any.
fn fields(request: &Request) -> Option<Value> {
    if request.media_type() == form::MEDIA_TYPE {
        return Some(form::to_value(&request.body));
    }
    serde_json::from_slice(&request.body).ok()
}

/// A body in a few words; two that differ are described differently.
fn describe(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => hex::encode(body),
    }
}

/// Names of headers in the order of the first, in lower case, each once.
fn names(a: &Request, b: &Request) -> Vec<String> {
    let mut names = Vec::new();
    for header in a.headers.iter().chain(b.headers.iter()) {
        let name = header.name.to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn values(request: &Request, name: &str) -> Option<String> {
    let values: Vec<String> = request
        .headers
        .all(name)
        .map(|value| latin1(value).into_owned())
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

type Differing = (String, Option<String>, Option<String>);

fn compare(path: &str, a: Option<&Value>, b: Option<&Value>, found: &mut Vec<Differing>) {
    let below = |key: &str| {
        let key = key.replace('.', "\\.");
        if path.is_empty() {
            key
        } else {
            format!("{path}.{key}")
        }
    };
    match (a, b) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            for (key, value) in one {
                compare(&below(key), Some(value), other.get(key), found);
            }
            for (key, value) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
                compare(&below(key), None, Some(value), found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for index in 0..one.len().max(other.len()) {
                compare(
                    &below(&index.to_string()),
                    one.get(index),
                    other.get(index),
                    found,
                );
            }
        }
        _ if a != b => {
            let text = |value: Option<&Value>| value.map(Value::to_string);
            found.push((path.to_owned(), text(a), text(b)));
        }
        _ => {}
    }
}

/// Whether this differs from one delivery to the next, whatever happened.
fn is_volatile(what: &str, place: &str, a: Option<&str>, b: Option<&str>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let name = place.rsplit('.').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let is_header = what == "header";
    let header_says = [
        "signature",
        "timestamp",
        "date",
        "hmac",
        "traceparent",
        "content-length",
    ];
    if is_header && header_says.iter().any(|word| lower.contains(word)) {
        return true;
    }
    let is_id = lower == "id"
        || ["_id", "-id", "_key", "uuid", "guid"]
            .iter()
            .any(|end| lower.ends_with(end))
        || name.ends_with("Id")
        || name.ends_with("ID");
    is_id || (is_time(a) && is_time(b))
}

/// A time: RFC 3339, or unix seconds or milliseconds of this century.
fn is_time(text: &str) -> bool {
    let text = text.trim_matches('"');
    if let Ok(number) = text.parse::<f64>() {
        return (1e9..5e9).contains(&number) || (1e12..5e12).contains(&number);
    }
    text.parse::<Timestamp>().is_ok()
}

/// Most characters of a value that is shown.
const MAX_SHOWN: usize = 400;

impl Difference {
    fn name(&self) -> String {
        if self.place.is_empty() {
            self.what.to_owned()
        } else {
            format!("{} {}", self.what, self.place)
        }
    }

    /// A value as it may be shown.
    fn shown<'a>(
        &self,
        value: Option<&'a String>,
        reveal: bool,
    ) -> Option<std::borrow::Cow<'a, str>> {
        let value = value?;
        Some(match self.what {
            "header" => redact::unless(reveal, value, |value| redact::header(&self.place, value)),
            "target" => redact::unless(reveal, value, redact::url),
            _ => value.into(),
        })
    }

    /// For people: the name, and a line for each of the two.
    pub(crate) fn human(&self, reveal: bool, paint: Paint) -> String {
        let mut text = format!("{}\n", paint.name(&safe(&self.name())));
        if self.what == "bytes" {
            text.push_str("  the same values, written in another way\n");
            return text;
        }
        let cut = |value: &str| {
            let mut short: String = value.chars().take(MAX_SHOWN).collect();
            if short.len() < value.len() {
                short.push('…');
            }
            safe(&short)
        };
        if let Some(a) = self.shown(self.a.as_ref(), reveal) {
            text.push_str(&format!("  {}\n", paint.bad(&format!("- {}", cut(&a)))));
        }
        if let Some(b) = self.shown(self.b.as_ref(), reveal) {
            text.push_str(&format!("  {}\n", paint.good(&format!("+ {}", cut(&b)))));
        }
        text
    }

    pub(crate) fn json(&self, reveal: bool) -> Value {
        json!({
            "type": "difference",
            "what": self.what,
            "place": self.place,
            "a": self.shown(self.a.as_ref(), reveal),
            "b": self.shown(self.b.as_ref(), reveal),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str, body: &str) -> Request {
        let headers = [("svix-id", id), ("X-A", "1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        Request {
            method: "POST".into(),
            target: "/".into(),
            headers: headers.into_iter().collect(),
            body: body.to_owned().into(),
        }
    }

    fn told(a: &Request, b: &Request, ignore: bool) -> String {
        let found = between(a, b, ignore);
        found
            .iter()
            .map(|one| one.human(false, Paint::new(false)))
            .collect()
    }

    #[test]
    fn json_differs_by_path_and_what_is_volatile_may() {
        let a = request(
            "msg_1",
            r#"{"at":"2026-01-01T00:00:00Z","n":1,"list":[1,2]}"#,
        );
        let b = request("msg_2", r#"{"at":"2026-01-02T00:00:00Z","n":2,"list":[1]}"#);
        assert_eq!(
            told(&a, &b, true),
            "body n\n  - 1\n  + 2\nbody list.1\n  - 2\n"
        );
        assert!(told(&a, &b, false).starts_with("header svix-id\n  - msg_1\n  + msg_2\nbody at\n"));
        assert_eq!(told(&a, &a, false), "");
    }

    #[test]
    fn the_same_values_in_other_bytes_are_said_to_be_that() {
        let (a, b) = (request("x", r#"{"a":1}"#), request("x", r#"{ "a": 1 }"#));
        assert_eq!(
            told(&a, &b, false),
            "bytes\n  the same values, written in another way\n"
        );
        assert_eq!(told(&a, &b, true), "");
    }
}
