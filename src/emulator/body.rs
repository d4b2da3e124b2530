//! What a call says in its body: JSON of strangers, read field by field.

use serde_json::{Map, Value};
use url::Url;

use super::Refusal;
use crate::provider::api::{Fault, Field, Property};
use crate::secret::Secret;

/// What a call says of an endpoint or a test.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(super) name: Option<String>,
    pub(super) url: Option<Url>,
    pub(super) events: Option<Vec<String>>,
    pub(super) secret: Option<Secret>,
    pub(super) description: Option<String>,
    pub(super) enabled: Option<bool>,
    pub(super) event: Option<String>,
    /// What takes the place of sample values, and the path in the payload that it is merged into.
    pub(super) data: Option<(String, Map<String, Value>)>,
}

/// Reads a body. `whole` is one that has to say all that is required. A member that is null is as good as none.
///
/// # Errors
/// It is no JSON object, or all that is wrong with its fields.
pub(crate) fn read<'a>(
    fields: impl Iterator<Item = &'a Field>,
    whole: bool,
    media_type: &str,
    body: &[u8],
) -> Result<Given, Refusal> {
    let members = object(media_type, body)?;
    let (mut given, mut problems) = (Given::default(), Vec::new());
    for field in fields {
        let name = &field.name;
        let problem = match members.get(name) {
            None | Some(Value::Null) if whole && field.required => {
                format!("The {name} field is required")
            }
            None | Some(Value::Null) => continue,
            Some(value) => match given.take(field, value) {
                Ok(()) => continue,
                Err(what) => format!("The {name} field must be {what}"),
            },
        };
        problems.push((name.clone(), problem));
    }
    if problems.is_empty() {
        Ok(given)
    } else {
        Err(Refusal::invalid(problems))
    }
}

fn object(media_type: &str, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let body = body.trim_ascii();
    if body.is_empty() {
        return Ok(Map::new());
    }
    let is_json =
        media_type.is_empty() || media_type == "application/json" || media_type.ends_with("+json");
    if !is_json {
        let why = format!("Content-Type must be application/json, not {media_type}");
        return Err(Refusal::new(Fault::WrongType, why));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Refusal::new(
            Fault::MalformedBody,
            "The body must be a JSON object",
        )),
        Err(error) => Err(Refusal::new(
            Fault::MalformedBody,
            format!("The body is no JSON: {error}"),
        )),
    }
}

impl Given {
    /// Takes the value of a field, or says what it must be.
    fn take(&mut self, field: &Field, value: &Value) -> Result<(), &'static str> {
        let text = || value.as_str().map(str::to_owned).ok_or("a string");
        match field.sets {
            Property::Name => self.name = Some(text()?),
            Property::Url => self.url = Some(url(&text()?)?),
            Property::Events => {
                let events: Option<Vec<String>> = value.as_array().and_then(|items| {
                    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                    texts.collect()
                });
                self.events = Some(events.ok_or("an array of strings")?);
            }
            Property::Secret => self.secret = Some(Secret::new(&text()?)),
            Property::Description => self.description = Some(text()?),
            Property::Enabled => self.enabled = Some(value.as_bool().ok_or("a boolean")?),
            Property::Event => self.event = Some(text()?),
            Property::Data => {
                let members = value.as_object().ok_or("an object")?;
                let at = field.at.clone().unwrap_or_default();
                self.data = Some((at, members.clone()));
            }
        }
        Ok(())
    }
}

fn url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "a URL")?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("an http:// or https:// URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL without user and password");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Catalogue, api::Api};
    use proptest::prelude::*;

    fn api() -> Api {
        let provider = Catalogue::default().provider("kakiyo").unwrap();
        provider.api().unwrap().unwrap()
    }

    fn problems(body: &str) -> Vec<String> {
        let read = read(
            api().fields_of(false),
            true,
            "application/json",
            body.as_bytes(),
        );
        let refusal = read.unwrap_err();
        let problems = refusal.problems.into_iter();
        problems
            .map(|(field, why)| format!("{field}: {why}"))
            .collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        assert_eq!(
            problems("{}"),
            [
                "name: The name field is required",
                "url: The url field is required",
                "events: The events field is required"
            ]
        );
        assert_eq!(
            problems(r#"{"name":1,"url":"x","events":["a",2],"secret":[],"active":"yes"}"#),
            [
                "name: The name field must be a string",
                "url: The url field must be a URL",
                "events: The events field must be an array of strings",
                "secret: The secret field must be a string",
                "active: The active field must be a boolean"
            ]
        );
        for (url, what) in [
            ("ftp://x/y", "an http:// or https:// URL"),
            ("javascript:alert(1)", "an http:// or https:// URL"),
            ("https://u:p@x/", "a URL without user and password"),
            ("//x/y", "a URL"),
        ] {
            let body = format!(r#"{{"name":"n","url":"{url}","events":[]}}"#);
            assert_eq!(
                problems(&body),
                [format!("url: The url field must be {what}")],
                "{url}"
            );
        }
    }

    #[test]
    fn a_body_is_a_json_object_of_that_type_or_nothing() {
        let fault = |media_type: &str, body: &str| {
            let read = read(api().fields_of(false), false, media_type, body.as_bytes());
            read.err().map(|refusal| refusal.fault)
        };
        assert_eq!(fault("application/json", " \n"), None);
        assert_eq!(fault("", "{}"), None);
        assert_eq!(fault("application/vnd.api+json", "{}"), None);
        assert_eq!(fault("application/json", "[]"), Some(Fault::MalformedBody));
        assert_eq!(fault("application/json", "{"), Some(Fault::MalformedBody));
        assert_eq!(
            fault("application/x-www-form-urlencoded", "a=b"),
            Some(Fault::WrongType)
        );
        let deep = "[".repeat(100_000);
        assert_eq!(fault("application/json", &deep), Some(Fault::MalformedBody));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, whole: bool, tests: bool) {
            let _ = read(api().fields_of(tests), whole, "application/json", &bytes);
        }

        #[test]
        fn any_members_are_read_or_refused(
            name in "[a-z]{0,6}|name|url|events|secret|active|event|data",
            value in r#"null|true|-?[0-9]{1,30}(\.[0-9]+)?|"[^"\\[:cntrl:]]{0,20}"|\[("a",?)*\]|\{\}"#,
        ) {
            let body = format!("{{\"{name}\":{value}}}");
            let _ = read(api().fields_of(false), false, "application/json", body.as_bytes());
            let _ = read(api().fields_of(true), true, "application/json", body.as_bytes());
        }
    }
}
