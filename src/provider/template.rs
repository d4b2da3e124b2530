//! Answers of an API as data: JSON with slots in its texts.
//!
//! A text that is one slot, `"{events}"`, becomes the value of that slot, whatever type it has. Slots within a text
//! become text. `{endpoints:webhook}` writes each item as the shape `webhook`. A member whose value is `"{x?}"` is left
//! out if there is none.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::request::json::scalar_text;

/// JSON with slots.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Template(Value);

/// A place in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot<'a> {
    pub(crate) name: &'a str,
    /// How the items of a list are written, or a thing that is no plain value.
    pub(crate) shape: Option<&'a str>,
    /// Whether it is left out if there is no value.
    pub(crate) optional: bool,
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::String(text) => f.write_str(text),
            value => write!(f, "{value}"),
        }
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // A text without quotes is a message.
        if !text.starts_with(['{', '[', '"']) || !text.ends_with(['}', ']', '"']) {
            return Ok(Self(Value::String(text)));
        }
        match serde_json::from_str(&text) {
            Ok(value) => Ok(Self(value)),
            Err(_) if Slot::whole(&text).is_some() => Ok(Self(Value::String(text))),
            Err(error) => Err(format!("`{text}` is no JSON: {error}")),
        }
    }
}

impl<'a> Slot<'a> {
    /// The slot that a text is.
    fn whole(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('{')?.strip_suffix('}')?;
        is_slot(inner).then(|| Self::read(inner))
    }

    fn read(inner: &'a str) -> Self {
        let (inner, optional) = match inner.strip_suffix('?') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let (name, shape) = match inner.split_once(':') {
            Some((name, shape)) => (name, Some(shape)),
            None => (inner, None),
        };
        Self {
            name,
            shape,
            optional,
        }
    }
}

/// Whether this is a slot, when it stands between braces.
fn is_slot(inner: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b':' | b'?');
    !inner.is_empty() && inner.bytes().all(is_plain)
}

/// The parts of a text: what stands before a slot, and the slot; at last what stands behind.
fn parts(text: &str) -> impl Iterator<Item = (&str, Option<Slot<'_>>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let starts = text.match_indices('{').map(|(start, _)| start);
        let mut found = starts.filter_map(|start| {
            let (inner, behind) = text[start + 1..].split_once('}')?;
            is_slot(inner).then_some((start, inner, behind))
        });
        let Some((start, inner, behind)) = found.next() else {
            rest = None;
            return Some((text, None));
        };
        rest = Some(behind);
        Some((&text[..start], Some(Slot::read(inner))))
    })
}

impl Template {
    /// The JSON with a value in the place of each slot; what has none is null, or empty within a text.
    pub(crate) fn fill(&self, value_of: &dyn Fn(Slot<'_>) -> Value) -> Value {
        fill(&self.0, value_of)
    }

    /// All its slots.
    pub(super) fn slots(&self) -> Vec<Slot<'_>> {
        let mut slots = Vec::new();
        collect(&self.0, &mut slots);
        slots
    }
}

fn fill(template: &Value, value_of: &dyn Fn(Slot<'_>) -> Value) -> Value {
    match template {
        Value::String(text) => match Slot::whole(text) {
            Some(slot) => value_of(slot),
            None => Value::String(fill_text(text, value_of)),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, value_of)).collect(),
        Value::Object(members) => {
            let mut filled = Map::new();
            for (key, template) in members {
                let value = fill(template, value_of);
                let optional = template.as_str().and_then(Slot::whole);
                if optional.is_some_and(|slot| slot.optional) && is_nothing(&value) {
                    continue;
                }
                filled.insert(key.clone(), value);
            }
            Value::Object(filled)
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, value_of: &dyn Fn(Slot<'_>) -> Value) -> String {
    let mut filled = String::new();
    for (before, slot) in parts(text) {
        filled.push_str(before);
        if let Some(slot) = slot {
            filled.push_str(&scalar_text(&value_of(slot)).unwrap_or_default());
        }
    }
    filled
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn collect<'a>(template: &'a Value, into: &mut Vec<Slot<'a>>) {
    match template {
        Value::String(text) => into.extend(parts(text).filter_map(|(_, slot)| slot)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(members) => members.values().for_each(|value| collect(value, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn template(text: &str) -> Template {
        text.to_owned().try_into().unwrap()
    }

    fn values(slot: Slot<'_>) -> Value {
        match (slot.name, slot.shape) {
            ("events", None) => json!(["a", "b"]),
            ("none", None) => json!([]),
            ("n", None) => json!(3),
            ("text", None) => json!("{n}"),
            (name, Some(shape)) => json!(format!("{name} as {shape}")),
            _ => Value::Null,
        }
    }

    #[test]
    fn slots_become_values_and_within_a_text_they_become_text() {
        for (given, filled) in [
            (
                r#"{"e":"{events}","n":"{n}"}"#,
                json!({"e": ["a", "b"], "n": 3}),
            ),
            (r#"{"e":"{n} of {text}"}"#, json!({"e": "3 of {n}"})),
            (
                r#"{"a":"{none?}","b":"{none}","c":"{x}","d":"{x?}"}"#,
                json!({"b": [], "c": null}),
            ),
            (
                r#"["{list:shape}",1,null]"#,
                json!(["list as shape", 1, null]),
            ),
            (r#""{events}""#, json!(["a", "b"])),
            ("{events}", json!(["a", "b"])),
            ("No {n}, {x} and { or }", json!("No 3,  and { or }")),
            ("Plain", json!("Plain")),
        ] {
            assert_eq!(template(given).fill(&values), filled, "{given}");
        }
        assert!(Template::try_from(r#"{"a":}"#.to_owned()).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_filled_or_refused(text: String) {
            if let Ok(template) = Template::try_from(text) {
                let _ = (template.fill(&values), template.slots());
            }
        }
    }
}
