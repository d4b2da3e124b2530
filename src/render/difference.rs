//! What differs between two requests.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::text::safe;
use super::{Paint, grouped};
use crate::request::json::{self as body, Step, compare, tokens, unquoted};
use crate::request::{Request, depth, form, latin1, redact, start_of};

/// One thing that differs, as each of the two has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference<'r> {
    /// `method`, `target`, `header NAME`, `body PATH`, `body`.
    what: &'static str,
    place: String,
    a: Option<Side<'r>>,
    b: Option<Side<'r>>,
}

/// What one of the two has.
#[derive(Clone, Debug, PartialEq)]
enum Side<'r> {
    Text(Cow<'r, str>),
    /// JSON as it is written.
    Json(Cow<'r, str>),
    Binary(&'r [u8]),
}

/// What differs.
#[derive(Debug, Default)]
pub(crate) struct Differences<'r> {
    pub(crate) found: Vec<Difference<'r>>,
    /// How many more there are.
    pub(crate) more: u64,
    ignores_volatile: bool,
}

/// Most differences that are listed: nobody reads more, and a body may have millions.
const MAX_FOUND: usize = 1_000;

/// All that differs. With `ignore_volatile`, times, ids and signatures may differ.
pub(crate) fn between<'r>(
    a: &'r Request,
    b: &'r Request,
    ignore_volatile: bool,
) -> Differences<'r> {
    let mut all = Differences {
        ignores_volatile: ignore_volatile,
        ..Differences::default()
    };
    let text = |text: &'r str| Some(Side::Text(text.into()));
    all.add("method", String::new, text(&a.method), text(&b.method));
    all.add("target", String::new, text(&a.target), text(&b.target));
    for name in names(a, b) {
        let values = |request| values(request, &name).map(|text| Side::Text(text.into()));
        let (a, b) = (values(a), values(b));
        all.add("header", || name.clone(), a, b);
    }
    if a.body != b.body {
        all.add_bodies(a, b);
    }
    all
}

impl<'r> Differences<'r> {
    /// Adds a difference if it is one. The place is that in full.
    fn add(
        &mut self,
        what: &'static str,
        place: impl FnOnce() -> String,
        a: Option<Side<'r>>,
        b: Option<Side<'r>>,
    ) {
        if a == b {
            return;
        }
        let is_listed = self.found.len() < MAX_FOUND;
        if !is_listed && !self.ignores_volatile {
            self.more += 1;
            return;
        }
        let place = place();
        if self.ignores_volatile && is_volatile(what, &place, a.as_ref(), b.as_ref()) {
            return;
        }
        if is_listed {
            self.found.push(Difference { what, place, a, b });
        } else {
            self.more += 1;
        }
    }

    fn add_bodies(&mut self, a: &'r Request, b: &'r Request) {
        let whole = |request: &'r Request| Some(Side::of(&request.body));
        let (Some(one), Some(other)) = (fields(a), fields(b)) else {
            return self.add("body", String::new, whole(a), whole(b));
        };
        let mut are_alike = true;
        {
            let mut visit =
                |path: &[Step<'_>], a: Option<Cow<'r, str>>, b: Option<Cow<'r, str>>| {
                    are_alike = false;
                    self.add("body", || place(path), a.map(Side::Json), b.map(Side::Json));
                };
            match (&one, &other) {
                // What is borrowed of the bodies stays borrowed.
                (Cow::Borrowed(one), Cow::Borrowed(other)) => {
                    compare(one, other, &mut |path, a, b| {
                        visit(path, a.map(Cow::Borrowed), b.map(Cow::Borrowed));
                    });
                }
                _ => {
                    let owned = |text: &str| Cow::Owned(text.to_owned());
                    compare(&one, &other, &mut |path, a, b| {
                        visit(path, a.map(owned), b.map(owned));
                    });
                }
            }
        }
        if are_alike && !self.ignores_volatile {
            self.add("bytes", String::new, whole(a), whole(b));
        }
    }

    /// For people: what is not listed.
    pub(crate) fn note(&self) -> Option<String> {
        match self.more {
            0 => None,
            1 => Some("… 1 more difference".to_owned()),
            more => Some(format!("… {} more differences", grouped(more))),
        }
    }
}

/// The fields of a body as JSON, if it has any.
fn fields(request: &Request) -> Option<Cow<'_, str>> {
    if request.media_type() == form::MEDIA_TYPE {
        let fields = form::to_whole_value(&request.body)?;
        return Some(body::stringify(&fields).into());
    }
    depth::check(&request.body).ok().map(Cow::Borrowed)
}

/// Longest key of a place that is shown whole, in bytes.
const MAX_KEY: usize = 200;

/// A path as it is written down.
fn place(path: &[Step<'_>]) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Index(index) => index.to_string(),
        Step::Key(key) => {
            let start = start_of(key, MAX_KEY);
            if start.len() < key.len() {
                format!("{start}…")
            } else {
                let key = unquoted(key).unwrap_or(Cow::Borrowed(key));
                key.replace('.', "\\.")
            }
        }
    });
    steps.collect::<Vec<_>>().join(".")
}

impl<'r> Side<'r> {
    fn of(body: &'r [u8]) -> Self {
        match std::str::from_utf8(body) {
            Ok(text) => Self::Text(text.into()),
            Err(_) => Self::Binary(body),
        }
    }

    /// The start of it as text, and whether that is all.
    fn text(&self, most: usize) -> (String, bool) {
        let cut = |text: &str| {
            let end = text.char_indices().nth(most);
            let end = end.map_or(text.len(), |(end, _)| end);
            (text[..end].to_owned(), end == text.len())
        };
        match self {
            Self::Text(text) => cut(text),
            Self::Binary(bytes) => {
                let shown = &bytes[..bytes.len().min(most / 2)];
                (hex::encode(shown), shown.len() == bytes.len())
            }
            Self::Json(text) => {
                let mut compact = String::new();
                for token in tokens(text) {
                    compact.push_str(start_of(token, 4 * most));
                    if compact.len() > 4 * most {
                        return (cut(&compact).0, false);
                    }
                }
                cut(&compact)
            }
        }
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

/// Whether this differs from one delivery to the next, whatever happened.
fn is_volatile(what: &str, place: &str, a: Option<&Side<'_>>, b: Option<&Side<'_>>) -> bool {
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

/// Longest time, in characters.
const MAX_TIME: usize = 64;

/// A time: RFC 3339, or unix seconds or milliseconds of this century.
fn is_time(side: &Side<'_>) -> bool {
    let (text, true) = side.text(MAX_TIME) else {
        return false;
    };
    let text = text.trim_matches('"');
    if let Ok(number) = text.parse::<f64>() {
        return (1e9..5e9).contains(&number) || (1e12..5e12).contains(&number);
    }
    text.parse::<Timestamp>().is_ok()
}

/// Most characters of a value that is shown to people.
const MAX_SHOWN: usize = 400;

impl Difference<'_> {
    fn name(&self) -> String {
        if self.place.is_empty() {
            self.what.to_owned()
        } else {
            format!("{} {}", self.what, self.place)
        }
    }

    /// The start of a value as it may be shown, and whether that is all.
    fn shown(&self, side: Option<&Side<'_>>, most: usize, reveal: bool) -> Option<(String, bool)> {
        let (text, is_all) = side?.text(most);
        let shown = match self.what {
            "header" => redact::unless(reveal, &text, |text| redact::header(&self.place, text)),
            "target" => redact::unless(reveal, &text, redact::url),
            _ => text.as_str().into(),
        };
        Some((shown.into_owned(), is_all))
    }

    /// For people: the name, and a line for each of the two.
    pub(crate) fn human(&self, reveal: bool, paint: Paint) -> String {
        let mut text = format!("{}\n", paint.name(&safe(&self.name())));
        if self.what == "bytes" {
            text.push_str("  the same values, written in another way\n");
            return text;
        }
        let shown = |side: &Option<Side<'_>>, mark: char| {
            let (text, is_all) = self.shown(side.as_ref(), MAX_SHOWN, reveal)?;
            let end = if is_all { "" } else { "…" };
            Some(format!("{mark} {}{end}", safe(&text)))
        };
        if let Some(a) = shown(&self.a, '-') {
            text.push_str(&format!("  {}\n", paint.bad(&a)));
        }
        if let Some(b) = shown(&self.b, '+') {
            text.push_str(&format!("  {}\n", paint.good(&b)));
        }
        text
    }

    /// As JSON, with so many characters of each value at most.
    pub(crate) fn json(&self, most: usize, reveal: bool) -> Value {
        let a = self.shown(self.a.as_ref(), most, reveal);
        let b = self.shown(self.b.as_ref(), most, reveal);
        let is_cut = [&a, &b].into_iter().flatten().any(|(_, is_all)| !is_all);
        let mut value = json!({
            "type": "difference",
            "what": self.what,
            "place": self.place,
            "a": a.map(|(text, _)| text),
            "b": b.map(|(text, _)| text),
        });
        if is_cut {
            value["truncated"] = json!(true);
        }
        value
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
        let all = between(a, b, ignore);
        let found = all.found.iter();
        found
            .map(|one| one.human(false, Paint::new(false)))
            .chain(all.note())
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

    #[test]
    fn long_values_keys_and_lists_of_differences_are_cut_and_say_so() {
        let list = |number: u8| format!("[{}0]", format!("{number},").repeat(5_000));
        let (a, b) = (request("x", &list(1)), request("x", &list(2)));
        let shown = told(&a, &b, false);
        assert!(shown.starts_with("body 0\n  - 1\n  + 2\nbody 1\n"));
        assert!(shown.ends_with("body 999\n  - 1\n  + 2\n… 4,000 more differences"));
        let long = |text: &str| format!("{{\"{}\":\"{}\"}}", "k".repeat(300), text.repeat(100_000));
        let (a, b) = (request("x", &long("é")), request("x", &long("\\n")));
        let wanted = format!(
            "body {}…\n  - \"{}…\n  + \"{}\\…\n",
            "k".repeat(200),
            "é".repeat(399),
            "\\n".repeat(199),
        );
        assert_eq!(told(&a, &b, false), wanted);
        let all = between(&a, &b, false);
        let json = all.found[0].json(4, false);
        assert_eq!(json["a"], "\"ééé");
        assert_eq!(json["truncated"], true);
        let (a, b) = (request("x", "\"a\""), request("x", "\"b\""));
        assert_eq!(
            between(&a, &b, false).found[0].json(4, false)["truncated"],
            Value::Null
        );
    }

    #[test]
    fn forms_differ_by_field_and_long_ones_as_a_whole() {
        let form = |body: String| {
            let mut request = request("x", &body);
            request.headers.push("content-type", form::MEDIA_TYPE);
            request
        };
        let (a, b) = (form("a=1&b[c]=2".into()), form("b%5Bc%5D=3&a=1".into()));
        assert_eq!(told(&a, &b, false), "body b.c\n  - \"2\"\n  + \"3\"\n");
        let (a, b) = (
            form("a=1&".repeat(20_000)),
            form("a=1&".repeat(20_000) + "b=1"),
        );
        assert!(told(&a, &b, false).starts_with("body\n  - a=1&a=1&"));
    }
}
