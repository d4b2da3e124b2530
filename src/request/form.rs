//! `application/x-www-form-urlencoded`, with brackets for what is nested.

use serde_json::{Map, Value};

use super::json;

/// The media type of a form.
pub(crate) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The pairs of a form, decoded, in their order.
pub(crate) fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

/// Writes a JSON object as a form: nested keys in brackets, booleans as 1 and 0, null left out (as PHP's
/// `http_build_query` does), a space as `+`.
pub(crate) fn from_value(value: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    append(value, "", &mut form);
    form.finish()
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

/// The pairs of a form as a JSON object of texts, brackets undone: for look-ups by path.
pub(crate) fn to_value(bytes: &[u8]) -> Value {
    let mut root = Map::new();
    for (key, text) in pairs(bytes) {
        insert(&mut root, &bracket_keys(&key), text);
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

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = to_value(&bytes);
        }

        #[test]
        fn flat_pairs_come_back_as_they_went(pairs_in in prop::collection::btree_map("[a-z]{1,5}", "\\PC{0,12}", 0..6)) {
            let value = serde_json::json!(pairs_in);
            prop_assert_eq!(to_value(from_value(&value).as_bytes()), value);
        }
    }
}
