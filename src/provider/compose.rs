//! From a payload to the request that a provider would send, but for its signature.

use bytes::Bytes;
use url::Url;

use super::fields::{Fields, Part, Slot};
use super::pattern::FreshText;
use super::profile::{Auth, Profile};
use crate::request::{Headers, Request, depth, form, json};
use crate::signature::Source;
use crate::value::ContentType;

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A payload, to be written as JSON or as a form.
    Fields(Fields),
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
    let id = FreshText::from(delivery_id.to_owned());
    compose_with_slots(profile, event, &id, content, shape, url).0
}

/// As [`compose`], with the places of the fresh ids in the delivery.
pub(crate) fn compose_with_slots(
    profile: &Profile,
    event: &str,
    delivery_id: &FreshText,
    content: &Content,
    shape: &Shape,
    url: &Url,
) -> (Request, Vec<Slot>) {
    let mut target = FreshText::from(target(url));
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
    let mut text = FreshText::default();
    let body = match content {
        // A request without a body carries the pairs in its query, behind the URL's own.
        Content::Fields(fields) if !shape.has_body() => {
            let mark = if target.text.contains('?') { '&' } else { '?' };
            target.text.push(mark);
            target.append(&fields.to_form());
            Bytes::new()
        }
        Content::Fields(fields) => {
            text = match shape.content_type {
                ContentType::Json => fields.to_json(),
                ContentType::Form => fields.to_form(),
            };
            if let Some(end) = &profile.request.body_end
                && shape.content_type == ContentType::Json
            {
                text.text.push_str(&end.value);
            }
            std::mem::take(&mut text.text).into()
        }
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
    let id = Slot::all_in(delivery_id, Part::Id);
    let in_target = Slot::all_in(&target, Part::Target);
    let mut slots: Vec<Slot> = id.chain(in_target).collect();
    slots.extend(Slot::all_in(&text, Part::Body));
    let mut request = Request {
        method: shape.method.clone(),
        target: target.text,
        headers,
        body,
    };
    for (name, value) in own_headers(profile, event, delivery_id, content, &request) {
        slots.extend(Slot::all_in(&value, Part::Header(name.clone())));
        request.headers.push(name, value.text);
    }
    (request, slots)
}

/// The headers that the profile lists, without those that cannot be filled in.
fn own_headers(
    profile: &Profile,
    event: &str,
    delivery_id: &FreshText,
    content: &Content,
    request: &Request,
) -> Vec<(String, FreshText)> {
    let source = Source::new(request);
    let called = FreshText::from(profile.called(event).to_owned());
    let value_of = |placeholder: Placeholder<'_>| match placeholder {
        Placeholder::Event => Some(called.clone()),
        Placeholder::DeliveryId => Some(delivery_id.clone()),
        Placeholder::Field(path) => {
            let text = field(source.fields(), path)?;
            Some(match content {
                Content::Fields(fields) => fields.fresh(path, text),
                Content::Bytes(_) => text.into(),
            })
        }
    };
    let own = profile.headers.iter().filter_map(|header| {
        // A body of an unknown event has no name for it.
        if event.is_empty() && header.value.contains("{event}") {
            return None;
        }
        let value = filled(&header.value, &value_of)?;
        Some((header.name.to_ascii_lowercase(), value))
    });
    own.collect()
}

/// What the value of a header has in braces.
enum Placeholder<'a> {
    Event,
    DeliveryId,
    /// The path of a field.
    Field(&'a str),
}

impl<'a> Placeholder<'a> {
    /// Reads one at the start of a text; returns what is behind it, too.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let (name, behind) = text.strip_prefix('{')?.split_once('}')?;
        let placeholder = match name {
            "event" => Self::Event,
            "delivery_id" => Self::DeliveryId,
            _ => Self::Field(name.strip_prefix("body:")?),
        };
        Some((placeholder, behind))
    }
}

/// Fills in the placeholders of a header; `None` if there is no value for one.
fn filled<'a>(
    template: &'a str,
    value_of: &dyn Fn(Placeholder<'a>) -> Option<FreshText>,
) -> Option<FreshText> {
    let mut filled = FreshText::default();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.text.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((placeholder, behind)) = Placeholder::read(rest) {
            filled.append(&value_of(placeholder)?);
            rest = behind;
        } else {
            filled.text.push('{');
            rest = &rest[1..];
        }
    }
    filled.text.push_str(rest);
    Some(filled)
}

/// The text of a field, if a header can hold it.
fn field(fields: json::Fields<'_>, path: &str) -> Option<String> {
    let text = fields.text(path)?;
    let fits = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    fits.then_some(text)
}

/// Fills in each `{body:PATH}`; `None` if nothing is at a path, or nothing that a header can hold.
pub(crate) fn with_fields(value: &str, fields: json::Fields<'_>) -> Option<String> {
    let value_of = |placeholder: Placeholder<'_>| match placeholder {
        Placeholder::Event => Some("{event}".to_owned().into()),
        Placeholder::DeliveryId => Some("{delivery_id}".to_owned().into()),
        Placeholder::Field(path) => field(fields, path).map(FreshText::from),
    };
    filled(value, &value_of).map(|filled| filled.text)
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
