//! `application/x-www-form-urlencoded`, with brackets for what is nested.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Map, Value};

use super::json;

/// The media type of a form.
pub(crate) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Most pairs of a form that are looked into. Frameworks stop much earlier: PHP, Django and Express read 1,000.
const MAX_PAIRS: usize = 10_000;

/// The pairs of a form, decoded, in their order.
pub(crate) fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

/// The first value of a name.
pub(crate) fn value<'a>(bytes: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let mut pairs = form_urlencoded::parse(bytes).take(MAX_PAIRS);
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

/// Ends a name or a value in [`sorted`]: no byte of UTF-8.
const END: u8 = 0xff;

/// The names and values of a form, decoded, one after the other: sorted by name and value, each pair once.
pub(crate) fn sorted(bytes: &[u8]) -> Vec<u8> {
    // A form may have one pair for each two of its bytes, so a pair takes no more than its text and where it starts.
    let mut text = Vec::with_capacity(bytes.len());
    let mut starts = Vec::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        starts.extend(u32::try_from(text.len()));
        for part in [name, value] {
            text.extend_from_slice(part.as_bytes());
            text.push(END);
        }
    }
    let pair = |start: u32| {
        let rest = text.get(usize::try_from(start).unwrap_or(usize::MAX)..);
        let mut parts = rest.unwrap_or_default().split(|byte| *byte == END);
        (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        )
    };
    starts.sort_unstable_by(|one, other| pair(*one).cmp(&pair(*other)));
    starts.dedup_by(|one, other| pair(*one) == pair(*other));
    let mut sorted = Vec::with_capacity(text.len());
    for start in starts {
        let (name, value) = pair(start);
        sorted.extend_from_slice(name);
        sorted.extend_from_slice(value);
    }
    sorted
}

/// Writes a JSON object as a form: nested keys in brackets, booleans as 1 and 0, null left out (as PHP's
/// `http_build_query` does), a space as `+`.
pub(crate) fn from_value(value: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    append(value, "", &mut form);
    form.finish()
}

/// Most bytes that [`from_value`] writes. Each scalar is written with the names of all that it is in, so a form can be
/// far longer than the JSON.
pub(crate) fn length(value: &Value) -> u64 {
    fn add(value: &Value, prefix: u64) -> u64 {
        let size = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
        match value {
            Value::Object(map) => {
                let lengths = map.iter();
                lengths
                    .map(|(key, value)| add(value, prefix + 3 * size(key) + 6))
                    .fold(0, u64::saturating_add)
            }
            // An index has at most ten digits.
            Value::Array(items) => items
                .iter()
                .map(|item| add(item, prefix + 16))
                .fold(0, u64::saturating_add),
            // A number has at most 24 characters.
            Value::String(text) => prefix + 3 * size(text) + 2,
            _ => prefix + 26,
        }
    }
    add(value, 0)
}

fn append(value: &Value, prefix: &str, form: &mut form_urlencoded::Serializer<'_, String>) {
    let mut visit = |key: &str, value: &Value| {
        let key = if prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{prefix}[{key}]")
        };
        append(value, &key, form);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| visit(&index.to_string(), value));
        }
        Value::Bool(bool) => {
            form.append_pair(prefix, if *bool { "1" } else { "0" });
        }
        scalar => {
            if let Some(text) = json::scalar_text(scalar) {
                form.append_pair(prefix, &text);
            }
        }
    }
}

/// As [`to_value`], for a form that has no more pairs than are looked into.
pub(crate) fn to_whole_value(bytes: &[u8]) -> Option<Value> {
    let beyond = form_urlencoded::parse(bytes).nth(MAX_PAIRS);
    beyond.is_none().then(|| to_value(bytes))
}

/// Where in a form of [`from_value`] the value under these keys is.
pub(crate) fn position(form: &str, keys: &[String]) -> Option<Range<usize>> {
    let (first, rest) = keys.split_first()?;
    let name = rest
        .iter()
        .fold(first.clone(), |name, key| name + "[" + key + "]");
    let name = encoded(&name);
    let mut start = 0;
    form.split('&').find_map(|pair| {
        let end = start + pair.len();
        start = end + 1;
        let value = pair.strip_prefix(&*name)?.strip_prefix('=')?;
        Some(end - value.len()..end)
    })
}

/// A text as it is written in a form.
pub(crate) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The first pairs of a form as a JSON object of texts, brackets undone: for look-ups by path.
pub(crate) fn to_value(bytes: &[u8]) -> Value {
    let mut root = Map::new();
    for (key, text) in form_urlencoded::parse(bytes).take(MAX_PAIRS) {
        insert(&mut root, &bracket_keys(&key), text.into_owned());
    }
    Value::Object(root)
}

/// Deepest nesting of brackets that is followed; a key with more is taken as it stands.
const MAX_DEPTH: usize = 16;

fn bracket_keys(key: &str) -> Vec<&str> {
    let whole = vec![key];
    let Some((first, rest)) = key.split_once('[') else {
        return whole;
    };
    let Some(rest) = rest.strip_suffix(']') else {
        return whole;
    };
    let mut keys = vec![first];
    keys.extend(rest.split("]["));
    if keys.len() > MAX_DEPTH || first.is_empty() {
        whole
    } else {
        keys
    }
}

fn insert(map: &mut Map<String, Value>, keys: &[&str], text: String) {
    match keys {
        [] => {}
        [last] => {
            map.insert((*last).to_owned(), Value::String(text));
        }
        [first, rest @ ..] => {
            let child = map
                .entry((*first).to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(child) = child {
                insert(child, rest, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documented_form_example_is_written_as_browsers_do() {
        let value = serde_json::json!({"email": "user@example.com", "campaign_name": "Summer Promotion", "source": "webhook"});
        assert_eq!(
            from_value(&value),
            "email=user%40example.com&campaign_name=Summer+Promotion&source=webhook"
        );
    }

    #[test]
    fn nested_values_get_brackets_and_null_is_left_out() {
        let value = serde_json::json!({"a": {"b": [1, true], "c": null}, "d": false});
        assert_eq!(
            from_value(&value),
            "a%5Bb%5D%5B0%5D=1&a%5Bb%5D%5B1%5D=1&d=0"
        );
        assert_eq!(
            to_value(b"a[b][0]=1&a[b][1]=x&d=0"),
            serde_json::json!({"a": {"b": {"0": "1", "1": "x"}}, "d": "0"})
        );
    }

    #[test]
    fn a_form_of_many_pairs_is_looked_into_up_to_a_limit() {
        let pairs = (1..MAX_PAIRS).map(|number| format!("{number}=x"));
        let pairs = pairs.chain(["last=y".to_owned(), "beyond=z".to_owned()]);
        let form = pairs.collect::<Vec<_>>().join("&");
        let fields = to_value(form.as_bytes());
        assert_eq!(fields.as_object().unwrap().len(), MAX_PAIRS);
        assert_eq!(fields["last"], "y");
        assert_eq!(value(form.as_bytes(), "last").as_deref(), Some("y"));
        assert_eq!(value(form.as_bytes(), "beyond"), None);
    }

    #[test]
    fn finds_every_value_in_what_was_written() {
        let value = serde_json::json!({"a": {"b c": [1, true], "c": null}, "d": "x y", "a[b]": ""});
        let form = from_value(&value);
        let find = |path: &str| position(&form, &json::split_path(path)).map(|at| &form[at]);
        assert_eq!(find("a.b c.0"), Some("1"));
        assert_eq!(find("a.b c.1"), Some("1"));
        assert_eq!(find("d"), Some("x+y"));
        assert_eq!(find("a[b]"), Some(""));
        assert_eq!(find("a.c"), None);
        assert_eq!(find("a"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = to_value(&bytes);
        }

        #[test]
        fn sorts_as_a_list_of_pairs_does(form in "([ab%4+é&=]|%41|%FF|%00){0,40}") {
            let mut wanted = pairs(form.as_bytes());
            wanted.sort();
            wanted.dedup();
            let wanted: String = wanted.into_iter().flat_map(|(name, value)| [name, value]).collect();
            prop_assert_eq!(String::from_utf8(sorted(form.as_bytes())).unwrap(), wanted);
        }

        #[test]
        fn flat_pairs_come_back_as_they_went(pairs_in in prop::collection::btree_map("[a-z]{1,5}", "\\PC{0,12}", 0..6)) {
            let value = serde_json::json!(pairs_in);
            prop_assert_eq!(to_value(from_value(&value).as_bytes()), value);
        }
    }
}
