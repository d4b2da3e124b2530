//! Changing one value of a JSON text. All other bytes stay as they are.

use std::ops::Range;

use super::{Document, Node, Outline, split_path, stringify};

/// Puts a value in the place of the one at a dot path, or adds it: objects are made where a key is missing or null.
/// `text_of` writes it as JSON, and is told what stands there. `None` if the text is no JSON object or array, or has no
/// such place.
pub(crate) fn put(
    text: &[u8],
    path: &str,
    text_of: impl FnOnce(Option<Node<'_>>) -> Option<String>,
) -> Option<Vec<u8>> {
    let outline = Outline::of_container(text)?;
    let mut node = Document::new(text, &outline).root();
    let keys = split_path(path);
    for (depth, key) in keys.iter().enumerate() {
        let rest = &keys[depth + 1..];
        if node.is_null() {
            let object = object(&keys[depth..], &text_of(None)?);
            return Some(replaced(text, node.span(), &object));
        }
        match node.at(key) {
            Some(child) => node = child,
            None if node.is_object() => {
                let value = object(rest, &text_of(None)?);
                return Some(with_member(text, node, key, &value));
            }
            None => return None,
        }
    }
    let value = text_of(Some(node))?;
    Some(replaced(text, node.span(), &value))
}

/// A value in objects that have one key each.
fn object(keys: &[String], value: &str) -> String {
    let wrap = |value: String, key: &String| format!("{{{}:{value}}}", quoted(key));
    keys.iter().rev().fold(value.to_owned(), wrap)
}

/// An object with one more member at its end.
fn with_member(text: &[u8], object: Node<'_>, key: &str, value: &str) -> Vec<u8> {
    let end = object.span().end - 1;
    let comma = if object.children().next().is_some() {
        ","
    } else {
        ""
    };
    replaced(text, end..end, &format!("{comma}{}:{value}", quoted(key)))
}

/// A text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    stringify(&text.into())
}

fn replaced(text: &[u8], span: Range<usize>, by: &str) -> Vec<u8> {
    [&text[..span.start], by.as_bytes(), &text[span.end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_at(text: &str, path: &str) -> Option<String> {
        let changed = put(text.as_bytes(), path, |_| Some("7".to_owned()))?;
        Some(String::from_utf8(changed).unwrap())
    }

    #[test]
    fn changes_one_value_and_keeps_all_other_bytes() {
        for (text, path, wanted) in [
            (
                r#"{ "a" : 1.0 , "b":2}"#,
                "a",
                Some(r#"{ "a" : 7 , "b":2}"#),
            ),
            (
                r#"{"a":{"b":["x",null]}}"#,
                "a.b.1",
                Some(r#"{"a":{"b":["x",7]}}"#),
            ),
            (r#"{"a":1,"\u0061":2}"#, "a", Some(r#"{"a":1,"\u0061":7}"#)),
            ("{}", "a.b", Some(r#"{"a":{"b":7}}"#)),
            ("{ }", "a", Some(r#"{ "a":7}"#)),
            (
                r#"{"x":[1], "a":{}}"#,
                "a.b",
                Some(r#"{"x":[1], "a":{"b":7}}"#),
            ),
            (r#"{"x":"\""}"#, "a\\.b", Some(r#"{"x":"\"","a.b":7}"#)),
            (r#"{"a":null}"#, "a.b.c", Some(r#"{"a":{"b":{"c":7}}}"#)),
            (r#"{"a":null}"#, "a", Some(r#"{"a":7}"#)),
            (r#"{"a":[1]}"#, "a.1", None),
            (r#"{"a":"x"}"#, "a.b", None),
            ("7", "a", None),
            ("{", "a", None),
        ] {
            assert_eq!(put_at(text, path).as_deref(), wanted, "{text} {path}");
        }
    }

    #[test]
    fn the_value_may_depend_on_what_is_there() {
        let doubled = |node: Option<Node<'_>>| Some(quoted(&node?.text()?.repeat(2)));
        let put = |text: &[u8]| put(text, "a", doubled);
        assert_eq!(put(br#"{"a":"x"}"#).unwrap(), br#"{"a":"xx"}"#);
        assert_eq!(put(br#"{"a":[]}"#), None);
        assert_eq!(put(br#"{"b":1}"#), None);
    }
}
