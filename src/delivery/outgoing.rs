//! An event on its way to an endpoint: the request that its provider would send there, and how it is signed.

use serde_json::Value;
use url::Url;

use super::{Endpoint, Plan, Policy, Style};
use crate::provider::compose::{Content, Shape, compose};
use crate::provider::edits::map_fields;
use crate::provider::fresh::Seed;
use crate::provider::payload;
use crate::provider::profile::HeaderFact;
use crate::provider::{Profile, Provider};
use crate::request::Request;
use crate::signature::{self, Scheme};

/// A request as a provider sends it, but for signature, host and length.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) provider: String,
    pub(crate) event: String,
    /// The id that receivers see; `None` if the provider sends none.
    pub(crate) delivery_id: Option<String>,
    pub(crate) url: Url,
    /// Id of the endpoint that it goes to.
    pub(crate) endpoint: Option<String>,
    pub(crate) request: Request,
    /// Whether it is broken on purpose.
    pub(crate) is_tampered: bool,
}

/// An event as its provider makes it, before it has somewhere to go.
pub(crate) struct Event<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) name: &'a str,
    /// The delivery id, whether or not the provider sends it.
    pub(crate) id: &'a str,
    pub(crate) content: Content,
}

impl Event<'_> {
    /// The delivery of this event to an endpoint, and the plan of its attempts.
    ///
    /// # Errors
    /// Why the endpoint's custom payload cannot be filled.
    pub(crate) fn to_endpoint(
        &self,
        endpoint: &Endpoint,
        policy: Policy,
    ) -> Result<(Plan, Outgoing), String> {
        let profile = &self.provider.profile;
        let shape = Shape {
            method: endpoint.method.clone(),
            content_type: endpoint.content_type,
        };
        let content = mapped(&self.content, &endpoint.map)?;
        let request = compose(profile, self.name, self.id, &content, &shape, &endpoint.url);
        let style = Style::of_profile(profile);
        let scheme = signature::named(&style.scheme);
        let sends_id = scheme.is_some_and(|scheme| sends_id(profile, scheme));
        let outgoing = Outgoing {
            provider: profile.name.clone(),
            event: self.name.to_owned(),
            delivery_id: sends_id.then(|| self.id.to_owned()),
            url: endpoint.url.clone(),
            endpoint: Some(endpoint.id.clone()),
            request,
            is_tampered: false,
        };
        Ok((Plan::new(&endpoint.url, style, None, policy), outgoing))
    }
}

/// The content as a custom payload asks for it; a body that is sent as it is stays.
pub(crate) fn mapped(content: &Content, fields: &[String]) -> Result<Content, String> {
    match content {
        Content::Fields(payload) if !fields.is_empty() => {
            map_fields(fields, payload).map(Content::Fields)
        }
        content => Ok(content.clone()),
    }
}

/// Whether a provider's deliveries, signed by a scheme, carry their id.
pub(crate) fn sends_id(profile: &Profile, scheme: &Scheme) -> bool {
    let in_header = |header: &HeaderFact| header.value.contains("{delivery_id}");
    profile.envelope.delivery.is_some()
        || scheme.id_header.is_some()
        || profile.headers.iter().any(in_header)
}

/// The delivery id of a message: the one in its payload, else a new one.
pub(crate) fn message_id(profile: &Profile, payload: &Value, seed: &Seed) -> String {
    let own = payload::delivery_id(profile, payload);
    own.unwrap_or_else(|| seed.value(profile.delivery_form(), "delivery id"))
}
