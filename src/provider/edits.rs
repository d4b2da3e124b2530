//! Edits of a payload by dot path. None is ever ignored in silence: what cannot be done is an error that names near
//! paths, and what departs from the documented payload is noted.

use serde_json::{Map, Value};

use crate::request::json;
use crate::suggest::near;

/// One edit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Edit {
    Set(Set),
    /// The path of what is left out.
    Unset(String),
}

/// `PATH=VALUE`: the value as JSON if it is JSON, else as text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Set {
    path: String,
    value: Value,
    /// Whether the value is text though it starts like JSON.
    is_broken_json: bool,
}

impl std::str::FromStr for Set {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text
            .split_once('=')
            .ok_or("write PATH=VALUE, as in `contact.email=a@example.com`")?;
        if path.is_empty() || json::split_path(path).iter().any(String::is_empty) {
            return Err(format!("`{path}` is no dot path such as `contact.email`"));
        }
        let (value, is_broken_json) = match serde_json::from_str(value) {
            Ok(value) => (value, false),
            Err(error) => (Value::String(value.to_owned()), is_broken(value, &error)),
        };
        Ok(Self {
            path: path.to_owned(),
            value,
            is_broken_json,
        })
    }
}

/// Whether a text that is no JSON was meant as such: it opens as JSON does, or is a number beyond all bounds.
fn is_broken(text: &str, error: &serde_json::Error) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
        || error.to_string().starts_with("number out of range")
}

/// What an edit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Replaced,
    /// The key was not there.
    Added,
}

impl Set {
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What to tell about a value that is text though it starts like JSON.
    pub(crate) fn doubt(&self) -> Option<String> {
        let text = self.value.as_str().filter(|_| self.is_broken_json)?;
        Some(format!(
            "`{text}` is no JSON that can be read; `{}` is set to it as text.",
            self.path
        ))
    }

    /// Puts the value in its place.
    ///
    /// # Errors
    /// Why that place cannot hold it, with near paths.
    pub(crate) fn apply(&self, payload: &mut Value) -> Result<Done, String> {
        let keys = json::split_path(&self.path);
        let (last, parents) = keys.split_last().expect("a path has a key");
        let parent = match descend(payload, parents, &self.path) {
            Ok(parent) => parent,
            Err(stuck) => return Err(stuck.explain(payload)),
        };
        match parent {
            Value::Object(map) => {
                let done = if map.contains_key(last) {
                    Done::Replaced
                } else {
                    Done::Added
                };
                map.insert(last.clone(), self.value.clone());
                Ok(done)
            }
            Value::Array(items) => match last.parse::<usize>() {
                Ok(index) if index < items.len() => {
                    items[index] = self.value.clone();
                    Ok(Done::Replaced)
                }
                Ok(index) if index == items.len() => {
                    items.push(self.value.clone());
                    Ok(Done::Added)
                }
                _ => Err(format!(
                    "`{}`: the list has the places 0 to {}",
                    self.path,
                    items.len()
                )),
            },
            other => Err(through_scalar(&self.path, parents, other)),
        }
    }
}

/// Takes a value out of a payload.
///
/// # Errors
/// That it is not there, with near paths.
pub(crate) fn unset(path: &str, payload: &mut Value) -> Result<(), String> {
    let keys = json::split_path(path);
    let (last, parents) = keys.split_last().expect("a path has a key");
    let parent = match descend(payload, parents, path) {
        Ok(parent) => parent,
        Err(stuck) => return Err(stuck.explain(payload)),
    };
    let removed = match parent {
        Value::Object(map) => map.shift_remove(last),
        Value::Array(items) => {
            let index = last.parse().ok().filter(|index| *index < items.len());
            index.map(|index: usize| items.remove(index))
        }
        other => return Err(through_scalar(path, parents, other)),
    };
    removed.map(drop).ok_or_else(|| no_such(path, payload))
}

/// Builds a custom payload: `FIELD=@PATH` takes a value of the payload, `FIELD=TEXT` is text.
///
/// # Errors
/// Which field cannot be filled, with near paths.
pub(crate) fn map_fields(fields: &[String], payload: &Value) -> Result<Value, String> {
    let mut mapped = Map::new();
    for field in fields {
        let (name, from) = field
            .split_once('=')
            .ok_or_else(|| format!("`{field}`: write FIELD=@PATH or FIELD=TEXT"))?;
        if name.is_empty() {
            return Err(format!("`{field}` names no field"));
        }
        let value = match from.strip_prefix('@') {
            Some(path) => json::lookup(payload, path)
                .cloned()
                .ok_or_else(|| no_such(path, payload))?,
            None => Value::String(from.to_owned()),
        };
        mapped.insert(name.to_owned(), value);
    }
    Ok(Value::Object(mapped))
}

/// Why a path cannot be followed.
enum Stuck {
    Scalar(String),
    /// The path, and the part of it that is not there.
    NoSuchParent(String, String),
}

impl Stuck {
    fn explain(self, payload: &Value) -> String {
        match self {
            Self::Scalar(problem) => problem,
            Self::NoSuchParent(path, parent) => {
                let near = near_paths(&path, &json::paths(payload));
                format!("`{path}`: the payload has no `{parent}`{near}")
            }
        }
    }
}

fn descend<'a>(
    payload: &'a mut Value,
    keys: &[String],
    path: &str,
) -> Result<&'a mut Value, Stuck> {
    let mut value = payload;
    for (depth, key) in keys.iter().enumerate() {
        if !matches!(value, Value::Object(_) | Value::Array(_)) {
            return Err(Stuck::Scalar(through_scalar(path, &keys[..depth], value)));
        }
        value = match value {
            Value::Object(map) => map.get_mut(key),
            Value::Array(items) => key
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get_mut(index)),
            _ => None,
        }
        .ok_or_else(|| Stuck::NoSuchParent(path.to_owned(), keys[..=depth].join(".")))?;
    }
    Ok(value)
}

fn through_scalar(path: &str, parents: &[String], value: &Value) -> String {
    let holds = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        _ => "a text",
    };
    if parents.is_empty() {
        format!("`{path}`: the payload is {holds}, it has no fields")
    } else {
        format!(
            "`{path}`: `{}` is {holds}, it has no fields",
            parents.join(".")
        )
    }
}

fn no_such(path: &str, payload: &Value) -> String {
    let near = near_paths(path, &json::paths(payload));
    format!("the payload has no `{path}`{near}")
}

/// The paths that are meant, perhaps: those that end in the same key, else those spelled alike.
fn near_paths(path: &str, known: &[String]) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut found: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|known| known.rsplit('.').next() == Some(last))
        .collect();
    if found.is_empty() {
        found = near(path, known.iter().map(String::as_str));
    }
    if found.is_empty() {
        found = known
            .iter()
            .map(String::as_str)
            .filter(|path| !path.contains('.'))
            .collect();
    }
    found.truncate(5);
    if found.is_empty() {
        return String::new();
    }
    let quoted: Vec<_> = found.iter().map(|path| format!("`{path}`")).collect();
    format!("; near: {}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn payload() -> Value {
        json!({"contact": {"email": "a@b", "tags": ["x"]}, "reply": {"confidence": null}})
    }

    fn set(text: &str) -> Result<(Done, Value), String> {
        let mut payload = payload();
        let done = text.parse::<Set>()?.apply(&mut payload)?;
        Ok((done, payload))
    }

    #[test]
    fn values_are_json_or_else_text() {
        let value = |text: &str| {
            set(&format!("contact.email={text}")).unwrap().1["contact"]["email"].clone()
        };
        assert_eq!(value("7"), json!(7));
        assert_eq!(value("null"), json!(null));
        assert_eq!(value("\"7\""), json!("7"));
        assert_eq!(value("{\"a\":1}"), json!({"a": 1}));
        assert_eq!(value("Zoë & \"x\" <y> / 1"), json!("Zoë & \"x\" <y> / 1"));
        assert_eq!(value("a=b"), json!("a=b"));
    }

    #[test]
    fn a_new_key_of_an_existing_object_is_added_and_said_so() {
        assert_eq!(set("contact.note=x").unwrap().0, Done::Added);
        assert_eq!(set("contact.email=x").unwrap().0, Done::Replaced);
        assert_eq!(set("contact.tags.1=y").unwrap().0, Done::Added);
    }

    #[test]
    fn paths_through_nothing_and_through_scalars_are_refused_with_near_ones() {
        assert_eq!(
            set("contct.email=x").unwrap_err(),
            "`contct.email`: the payload has no `contct`; near: `contact.email`"
        );
        assert_eq!(
            set("contact.email.x=1").unwrap_err(),
            "`contact.email.x`: `contact.email` is a text, it has no fields"
        );
        assert_eq!(
            set("reply.confidence.x=1").unwrap_err(),
            "`reply.confidence.x`: `reply.confidence` is null, it has no fields"
        );
        assert_eq!(
            set("contact.tags.5=1").unwrap_err(),
            "`contact.tags.5`: the list has the places 0 to 1"
        );
        assert_eq!(
            set("nothing").unwrap_err(),
            "write PATH=VALUE, as in `contact.email=a@example.com`"
        );
        assert_eq!(
            set("a..b=1").unwrap_err(),
            "`a..b` is no dot path such as `contact.email`"
        );
    }

    #[test]
    fn what_is_not_there_cannot_be_unset() {
        let mut some = payload();
        unset("contact.email", &mut some).unwrap();
        assert_eq!(some["contact"], json!({"tags": ["x"]}));
        assert_eq!(
            unset("email", &mut payload()),
            Err("the payload has no `email`; near: `contact.email`".to_owned())
        );
    }

    #[test]
    fn custom_payloads_are_flat_and_in_the_order_of_their_fields() {
        let fields = ["z=@contact.email".to_owned(), "a=text".to_owned()];
        assert_eq!(
            map_fields(&fields, &payload()).unwrap().to_string(),
            r#"{"z":"a@b","a":"text"}"#
        );
        assert!(map_fields(&["x=@nope".to_owned()], &payload()).is_err());
    }

    proptest! {
        #[test]
        fn any_edit_is_done_or_refused_without_a_panic(text: String) {
            let _ = set(&text);
            let _ = unset(&text, &mut payload());
        }
    }
}
