//! From a payload to the request that a provider would send, but for its signature.

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::profile::{Auth, ContentType, Profile};
use crate::request::json::Fields;
use crate::request::{Headers, Request, depth, form, json};
use crate::signature::Source;

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A payload, to be written as JSON or as a form.
    Fields(Value),
    /// A body that is sent as it is.
    Bytes(Bytes),
}

/// Method and content type of a request.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) method: String,
    pub(crate) content_type: ContentType,
}

impl Shape {
    /// The profile's own shape, or what the user wants instead.
    pub(crate) fn new(
        profile: &Profile,
        method: Option<&str>,
        content_type: Option<ContentType>,
    ) -> Self {
        let facts = &profile.request;
        Self {
            method: method.map_or_else(|| facts.method.value[0].clone(), str::to_owned),
            content_type: content_type.unwrap_or(facts.content_type.value[0]),
        }
    }

    /// Whether a request of this method has a body.
    pub(crate) fn has_body(&self) -> bool {
        !matches!(&*self.method, "GET" | "HEAD")
    }

    /// What about this shape is not what the provider is known to send.
    pub(crate) fn departures(&self, profile: &Profile) -> Vec<String> {
        let facts = &profile.request;
        let mut notes = Vec::new();
        if !facts.method.value.contains(&self.method) {
            notes.push(format!(
                "{} sends {}, not {}.",
                profile.name,
                facts.method.value.join(" or "),
                self.method
            ));
        }
        if !facts.content_type.value.contains(&self.content_type) {
            notes.push(format!(
                "{} does not send {} bodies.",
                profile.name,
                self.content_type.word()
            ));
        }
        notes
    }
}

/// Whether the provider may send credentials with this method.
///
/// # Errors
/// Why not, as a message.
pub(crate) fn check_basic(profile: &Profile, method: &str) -> Result<Option<String>, String> {
    if let Some(methods) = &profile.request.basic_methods
        && !methods.value.iter().any(|allowed| allowed == method)
    {
        return Err(format!(
            "{} sends credentials with {} only, not with {method}",
            profile.name,
            methods.value.join(", ")
        ));
    }
    let documented = profile.request.auth.value.contains(&Auth::Basic);
    Ok((!documented).then(|| format!("{} is not known to send credentials.", profile.name)))
}

/// Builds the request without signature, host and length.
pub(crate) fn compose(
    profile: &Profile,
    event: &str,
    delivery_id: &str,
    content: &Content,
    shape: &Shape,
    url: &Url,
) -> Request {
    let mut target = target(url);
    let has_body = shape.has_body();
    let mut headers = Headers::default();
    headers.push(
        "user-agent",
        profile
            .request
            .user_agent
            .value
            .replace("{version}", env!("CARGO_PKG_VERSION")),
    );
    headers.push("accept", "*/*");
    let body = match content {
        // A request without a body carries the pairs in its query, behind the URL's own.
        Content::Fields(value) if !has_body => {
            let pairs = form::from_value(value);
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&pairs);
            Bytes::new()
        }
        Content::Fields(value) => match shape.content_type {
            ContentType::Json => {
                let end = profile.request.body_end.as_ref();
                let end = end.map_or("", |end| &end.value);
                (json::stringify(value) + end).into()
            }
            ContentType::Form => form::from_value(value).into(),
        },
        Content::Bytes(bytes) => bytes.clone(),
    };
    if !body.is_empty() {
        headers.push(
            "content-type",
            match shape.content_type {
                ContentType::Json => "application/json",
                ContentType::Form => form::MEDIA_TYPE,
            },
        );
    }
    let mut request = Request {
        method: shape.method.clone(),
        target,
        headers,
        body,
    };
    let source = Source::new(&request);
    let own = profile.headers.iter().filter_map(|header| {
        // A body of an unknown event has no name for it.
        if event.is_empty() && header.value.contains("{event}") {
            return None;
        }
        let value = header
            .value
            .replace("{event}", profile.called(event))
            .replace("{delivery_id}", delivery_id);
        let value = with_fields(&value, source.fields())?;
        Some((header.name.to_ascii_lowercase(), value))
    });
    for (name, value) in own.collect::<Vec<_>>() {
        request.headers.push(name, value);
    }
    request
}

/// Fills in each `{body:PATH}`; `None` if nothing is at a path, or nothing that a header can hold.
pub(crate) fn with_fields(value: &str, fields: Fields<'_>) -> Option<String> {
    let Some((before, rest)) = value.split_once("{body:") else {
        return Some(value.to_owned());
    };
    let (path, after) = rest.split_once('}')?;
    let text = fields.text(path)?;
    let after = with_fields(after, fields)?;
    let fits = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    fits.then(|| format!("{before}{text}{after}"))
}

/// What to tell about a body that is sent as it is, and called JSON without being that.
pub(crate) fn not_json(what: &str, body: &[u8], content_type: ContentType) -> Option<String> {
    if body.is_empty() || content_type != ContentType::Json {
        return None;
    }
    let problem = depth::check(body).err()?;
    Some(format!(
        "{what} is no JSON ({problem}); it is sent as it is."
    ))
}

/// Path and query of a URL, as they stand in a request line.
pub(crate) fn target(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}
