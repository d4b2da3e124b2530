//! JSON as webhooks need it: dot paths for look-ups, and a printer that writes what JavaScript would write.

mod compare;
mod document;
mod fields;
mod reader;
mod scan;
mod splice;
mod tree;

use std::fmt::Write as _;
use std::ops::Range;

pub(crate) use compare::{Step, compare};
pub(crate) use document::{Document, Node, unquoted};
pub(crate) use fields::Fields;
pub(crate) use reader::Outline;
pub(crate) use scan::tokens;
use serde_json::{Map, Number, Value};
pub(crate) use splice::{put, quoted};
pub(crate) use tree::{MAX_VALUES, tree};

/// Splits a dot path into its keys: `data.items.0.id`. A dot that belongs to a key is written `\.`.
pub(crate) fn split_path(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut chars = path.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' if chars.peek() == Some(&'.') => {
                chars.next();
                keys.last_mut().expect("starts with one").push('.');
            }
            '.' => keys.push(String::new()),
            _ => keys.last_mut().expect("starts with one").push(char),
        }
    }
    keys
}

/// The value at a dot path.
pub(crate) fn lookup<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if !path.contains('\\') {
        return path.split('.').try_fold(value, child);
    }
    split_path(path)
        .iter()
        .try_fold(value, |value, key| child(value, key))
}

/// So many keys of an object are looked at one by one.
const FEW: usize = 16;

/// The value under one key of an object or one index of an array.
pub(crate) fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        // To hash a key takes longer than to look at a few.
        Value::Object(map) if map.len() <= FEW => {
            let mut entries = map.iter();
            entries.find_map(|(name, value)| (name == key).then_some(value))
        }
        Value::Object(map) => map.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Most paths that are listed, to be suggested.
const MAX_PATHS: usize = 10_000;
/// Longest path under which more are listed, in bytes.
const MAX_PATH: usize = 1_000;

/// The dot paths of a value, objects and arrays before what they hold.
pub(crate) fn paths(value: &Value) -> Vec<String> {
    fn walk(value: &Value, prefix: &str, into: &mut Vec<String>) {
        let mut visit = |key: &str, child: &Value| {
            if into.len() == MAX_PATHS || prefix.len() > MAX_PATH {
                return;
            }
            let key = key.replace('.', "\\.");
            let path = if prefix.is_empty() {
                key
            } else {
                format!("{prefix}.{key}")
            };
            into.push(path.clone());
            walk(child, &path, into);
        };
        match value {
            Value::Object(map) => map.iter().for_each(|(key, child)| visit(key, child)),
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, child)| visit(&index.to_string(), child));
            }
            _ => {}
        }
    }
    let mut into = Vec::new();
    walk(value, "", &mut into);
    into
}

/// A scalar as plain text: strings without quotes, numbers as printed. `None` for null, objects and arrays.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(bool) => Some(bool.to_string()),
        _ => None,
    }
}

/// What `JSON.stringify(JSON.parse(text))` prints for this value: compact, in insertion order (integer-like keys
/// first), numbers as ECMAScript writes them, nothing escaped that need not be.
///
/// Handlers that parse the body and stringify it again before they hash it accept only such bodies.
pub(crate) fn stringify(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, into: &mut String) {
    match value {
        Value::Null => into.push_str("null"),
        Value::Bool(bool) => into.push_str(if *bool { "true" } else { "false" }),
        Value::Number(number) => into.push_str(&number_text(number)),
        Value::String(text) => write_string(text, into),
        Value::Array(items) => {
            into.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    into.push(',');
                }
                write_value(item, into);
            }
            into.push(']');
        }
        Value::Object(map) => {
            into.push('{');
            for (index, (key, value)) in in_javascript_order(map).into_iter().enumerate() {
                if index > 0 {
                    into.push(',');
                }
                write_string(key, into);
                into.push(':');
                write_value(value, into);
            }
            into.push('}');
        }
    }
}

/// Where in the text of [`stringify`] the scalar under these keys is; a string without its quotes.
pub(crate) fn position(value: &Value, keys: &[String]) -> Option<Range<usize>> {
    let Some((key, rest)) = keys.split_first() else {
        let quote = usize::from(value.is_string());
        let end = stringify(value).len() - quote;
        let is_scalar = !(value.is_array() || value.is_object());
        return is_scalar.then_some(quote..end);
    };
    let mut start = 1;
    let mut at = |name: Option<&str>, value: &Value, is_wanted: bool| {
        start += name.map_or(0, |name| stringify(&name.into()).len() + 1);
        if is_wanted {
            return Some(position(value, rest).map(|at| start + at.start..start + at.end));
        }
        start += stringify(value).len() + 1;
        None
    };
    match value {
        Value::Array(items) => {
            let index: usize = key.parse().ok()?;
            let mut items = items.iter().enumerate();
            items.find_map(|(number, item)| at(None, item, number == index))?
        }
        Value::Object(map) => {
            let mut members = in_javascript_order(map).into_iter();
            members.find_map(|(name, member)| at(Some(name), member, name == key))?
        }
        _ => None,
    }
}

/// JavaScript objects list the keys that are array indices first, in ascending order, then the others as inserted.
fn in_javascript_order(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| array_index(key).map_or(u64::MAX, u64::from));
    entries
}

/// The array index that a key is (ECMA-262: canonical, below 2^32 - 1).
pub(super) fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

fn write_string(text: &str, into: &mut String) {
    into.push('"');
    for char in text.chars() {
        match char {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            control if control < ' ' => {
                write!(into, "\\u{:04x}", u32::from(control)).expect("a String takes all");
            }
            other => into.push(other),
        }
    }
    into.push('"');
}

/// Largest integer up to which a double holds every one (2^53).
const MAX_SAFE: u64 = 1 << 53;

pub(super) fn number_text(number: &Number) -> String {
    if let Some(integer) = number.as_u64().filter(|integer| *integer <= MAX_SAFE) {
        return integer.to_string();
    }
    if let Some(integer) = number
        .as_i64()
        .filter(|integer| integer.unsigned_abs() <= MAX_SAFE)
    {
        return integer.to_string();
    }
    number
        .as_f64()
        .map_or_else(|| number.to_string(), double_text)
}

/// A double as ECMA-262 prints it (`Number::toString`): shortest digits that read back, plain notation from 1e-6
/// up to 1e21, else an exponent with its sign.
fn double_text(double: f64) -> String {
    if double == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", double.abs());
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("`e` formats with an exponent");
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().expect("the exponent of a double");
    let count = i32::try_from(digits.len()).expect("at most 17 digits");
    let sign = if double < 0.0 { "-" } else { "" };
    // Position of the decimal point, counted from the first digit.
    let point = exponent + 1;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let plain = if (count..=21).contains(&point) {
        format!("{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let fraction = if rest.is_empty() {
            String::new()
        } else {
            format!(".{rest}")
        };
        format!(
            "{first}{fraction}e{}{}",
            if exponent < 0 { '-' } else { '+' },
            exponent.abs()
        )
    };
    format!("{sign}{plain}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        stringify(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn numbers_read_as_javascript_prints_them() {
        let cases = [
            ("8.0", "8"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e2", "100"),
            ("1.10", "1.1"),
            ("23.33", "23.33"),
            ("1e21", "1e+21"),
            ("1e20", "100000000000000000000"),
            ("123456789012345678901", "123456789012345680000"),
            ("9007199254740993", "9007199254740992"),
            ("-9007199254740993", "-9007199254740992"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("1.5e-9", "1.5e-9"),
            ("-1.5e300", "-1.5e+300"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("0.1", "0.1"),
            ("100.25", "100.25"),
        ];
        for (given, printed) in cases {
            assert_eq!(canonical(given), printed, "{given}");
        }
    }

    #[test]
    fn strings_and_keys_read_as_javascript_prints_them() {
        assert_eq!(
            canonical(r#" { "b" : "\/\u00e9" , "a" : "\u001f\u2028<>" } "#),
            "{\"b\":\"/é\",\"a\":\"\\u001f\u{2028}<>\"}"
        );
        assert_eq!(
            canonical(r#"{"b":1,"10":2,"2":3,"01":4,"4294967295":5}"#),
            r#"{"2":3,"10":2,"b":1,"01":4,"4294967295":5}"#
        );
    }

    #[test]
    fn paths_reach_objects_arrays_and_keys_with_dots() {
        let value = serde_json::json!({"a": {"b.c": [1, {"d": 2}]}});
        assert_eq!(lookup(&value, "a.b\\.c.1.d"), Some(&serde_json::json!(2)));
        assert_eq!(lookup(&value, "a.x"), None);
        assert_eq!(lookup(&value, "a.b\\.c.7"), None);
        assert_eq!(
            paths(&value),
            ["a", "a.b\\.c", "a.b\\.c.0", "a.b\\.c.1", "a.b\\.c.1.d"]
        );
    }

    #[test]
    fn finds_every_scalar_in_what_was_printed() {
        let value = serde_json::json!({
            "b": ["x", {"ü\"": "a\"b"}, -1.50, null, true, []], "10": 7, "2": {"": "", "a.b": "é\n"},
        });
        let text = stringify(&value);
        let mut found = Vec::new();
        for path in paths(&value) {
            if let Some(at) = position(&value, &split_path(&path)) {
                found.push((at.start, text[at].to_owned()));
            }
        }
        found.sort();
        let found: Vec<_> = found.into_iter().map(|(_, text)| text).collect();
        let wanted = ["", "é\\n", "7", "x", "a\\\"b", "-1.5", "null", "true"];
        assert_eq!(found, wanted);
        assert_eq!(position(&value, &split_path("b.9")), None);
        assert_eq!(position(&value, &split_path("b.0.x")), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_as_the_same_and_prints_the_same(text in "[ -~é\u{1}-\u{1f}]{0,20}", double: f64, integer: i64) {
            prop_assume!(double.is_finite());
            let value = serde_json::json!({"text": text, "double": double, "integer": integer >> 11, "list": [double, null]});
            let once = stringify(&value);
            let read: Value = serde_json::from_str(&once).unwrap();
            let wanted = if double == 0.0 { 0.0 } else { double };
            prop_assert_eq!(read["double"].as_f64().map(f64::to_bits), Some(wanted.to_bits()));
            prop_assert_eq!(&read["text"], &value["text"]);
            prop_assert_eq!(stringify(&read), once);
        }
    }
}
