//! A message that has somewhere to go: a URL that was named, or an endpoint.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::message::Message;
use super::notes::Notes;
use super::options::{FaultArgs, RequestArgs, SecretArgs, ShapeArgs, Target};
use super::outgoing::{Planned, Writing, add_basic, replaced};
use crate::delivery::rules::is_loopback;
use crate::delivery::{Endpoint, Outgoing, Plan, Policy, Style, mapped};
use crate::error::{Error, Result};
use crate::provider::compose::{Content, Shape, check_basic, compose_with_slots, not_json};
use crate::provider::fields::Slot;
use crate::provider::{Profile, Provider};
use crate::render::size;
use crate::request::{Request, form, json};
use crate::secret::Secret;
use crate::sender::{Delivery, Reach, Signing, authority};
use crate::settings::Settings;
use crate::value::ContentType;

/// Where a message goes.
#[derive(Clone)]
pub(super) enum Destination {
    Url(Target),
    Endpoint(Box<Endpoint>),
}

impl Destination {
    fn url(&self) -> &Url {
        match self {
            Self::Url(target) => &target.url,
            Self::Endpoint(endpoint) => &endpoint.url,
        }
    }

    /// Where requests to it may go.
    ///
    /// # Errors
    /// Its host is not there.
    fn reach(&self, settings: &Settings) -> Result<Reach> {
        match self {
            Self::Url(target) => Ok(target.reach),
            Self::Endpoint(endpoint) => settings.reach_of_history(&endpoint.url),
        }
    }

    pub(super) fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Url(_) => None,
            Self::Endpoint(endpoint) => Some(endpoint),
        }
    }
}

/// A message with all that is known before it is signed.
pub(super) struct Draft {
    provider: Arc<Provider>,
    event: String,
    id: String,
    sends_id: bool,
    pub(super) destination: Destination,
    /// Where its attempts may go.
    reach: Reach,
    /// Without signature and credentials.
    request: Request,
    /// The fresh ids in it.
    pub(super) slots: Vec<Slot>,
    /// HTTP Basic credentials that are not the endpoint's own.
    credentials: Option<String>,
    /// The secret to sign with, if it is not the endpoint's own.
    secret: Option<Secret>,
    signing: Signing,
    style: Style,
}

/// What was typed of how messages are sent.
pub(super) struct Drafting<'a> {
    pub(super) shape: &'a ShapeArgs,
    pub(super) request: &'a RequestArgs,
    pub(super) secret: &'a SecretArgs,
    pub(super) faults: &'a FaultArgs,
    /// Whether the user chose the delivery id.
    pub(super) has_id: bool,
    /// Whether the user's custom payload takes the place of an endpoint's.
    pub(super) has_map: bool,
}

impl Drafting<'_> {
    /// Addresses a message, and takes note of what is worth telling.
    pub(super) fn draft(
        &self,
        message: &Message,
        destination: Destination,
        settings: &Settings,
        notes: &mut Notes,
    ) -> Result<Draft> {
        let profile = &message.provider.profile;
        let url = destination.url();
        if profile.request.https.value && url.scheme() == "http" && !is_loopback(url) {
            notes.warn(&format!(
                "{} delivers to https:// only, and this is `http://{}`.",
                profile.label,
                authority(url)
            ));
        }
        let reach = destination.reach(settings)?;
        let (request, slots) = self.compose(message, &destination, notes)?;
        let credentials = self.credentials(&destination)?;
        let has_credentials = credentials.is_some()
            || destination
                .endpoint()
                .is_some_and(|endpoint| endpoint.basic.is_some());
        if has_credentials
            && let Some(note) = check_basic(profile, &request.method).map_err(Error::usage)?
        {
            notes.add(note);
        }
        let secret = self.secret(profile, &destination, settings, notes)?;
        let own = destination
            .endpoint()
            .and_then(|endpoint| endpoint.secret.as_ref());
        let signing = message.signing(secret.as_ref().or(own), self.faults.tamper)?;
        let sends_id = message.sends_id(&signing);
        let unsigned = secret.as_ref().and_then(|secret| message.unsigned(secret));
        let no_id = (!sends_id && self.has_id).then(|| message.unused_id());
        unsigned
            .into_iter()
            .chain(no_id)
            .for_each(|note| notes.add(note));
        let draft = Draft {
            provider: Arc::clone(&message.provider),
            event: message.event.clone(),
            id: message.id.text.clone(),
            sends_id,
            destination,
            reach,
            request,
            slots,
            credentials,
            secret,
            signing,
            style: message.style(),
        };
        for note in replaced(&draft.delivery(self), Some("--id")) {
            notes.add(note);
        }
        Ok(draft)
    }

    /// The request without signature and credentials, and the fresh ids in it.
    fn compose(
        &self,
        message: &Message,
        destination: &Destination,
        notes: &mut Notes,
    ) -> Result<(Request, Vec<Slot>)> {
        let profile = &message.provider.profile;
        let endpoint = destination.endpoint();
        let method = self.shape.method.as_deref();
        let content_type = self.shape.content_type;
        let shape = Shape::new(
            profile,
            method.or(endpoint.map(|endpoint| &*endpoint.method)),
            content_type.or(endpoint.map(|endpoint| endpoint.content_type)),
        );
        let map = endpoint.filter(|_| !self.has_map);
        let map = map.map_or(&[][..], |endpoint| &endpoint.map);
        let mut content = mapped(&message.content, map).map_err(|problem| {
            let name = endpoint.map_or("", |endpoint| &endpoint.name);
            Error::usage(format!("cannot map for `{name}`: {problem}"))
        })?;
        for note in shape.departures(profile) {
            notes.add(note);
        }
        if let Content::Bytes(body) = &message.content {
            if !shape.has_body() && !body.is_empty() {
                content = Content::Fields(pairs(body, &shape)?.into());
                notes.add(format!(
                    "{} has no body; the pairs of `--data` go into the query.",
                    shape.method
                ));
            } else if let Some(note) = not_json("the body", body, shape.content_type) {
                notes.add(note);
            }
        }
        Ok(compose_with_slots(
            profile,
            &message.event,
            &message.id,
            &content,
            &shape,
            destination.url(),
        ))
    }

    /// The credentials of the flag, else those that stood in the URL.
    fn credentials(&self, destination: &Destination) -> Result<Option<String>> {
        match (&self.shape.basic, destination) {
            (Some(basic), _) if !basic.contains(':') => Err(Error::usage(
                "`--basic` needs a user and a password with a colon between them",
            )),
            (Some(basic), _) => Ok(Some(basic.clone())),
            (None, Destination::Url(target)) => Ok(target.credentials.clone()),
            (None, Destination::Endpoint(_)) => Ok(None),
        }
    }

    /// The secret to sign with; for an endpoint, one that goes before its own.
    fn secret(
        &self,
        profile: &Profile,
        destination: &Destination,
        settings: &Settings,
        notes: &mut Notes,
    ) -> Result<Option<Secret>> {
        let Some(endpoint) = destination.endpoint() else {
            return self.secret.for_signing(settings, profile);
        };
        let secret = self
            .secret
            .for_signing_to(Some(endpoint), settings, profile)?
            .filter(|secret| endpoint.secret.as_ref() != Some(secret));
        if secret.is_some() && profile.scheme().signs() {
            notes.add(format!(
                "signed with the secret that was given or configured, not with the own one of `{}`.",
                endpoint.name
            ));
        }
        Ok(secret)
    }
}

impl Draft {
    pub(super) fn endpoint(&self) -> Option<&Endpoint> {
        self.destination.endpoint()
    }

    fn delivery(&self, drafting: &Drafting<'_>) -> Delivery {
        let mut request = self.request.clone();
        let own = self
            .endpoint()
            .and_then(|endpoint| Some(endpoint.basic.as_ref()?.reveal()));
        if let Some(credentials) = self.credentials.as_deref().or(own) {
            add_basic(credentials, &mut request);
        }
        Delivery {
            provider: Some(self.provider.profile.name.clone()),
            event: Some(self.event.clone()),
            id: self.id.clone(),
            sends_id: self.sends_id,
            url: self.destination.url().clone(),
            reach: self.reach,
            request,
            signing: Some(self.signing.clone()),
            headers: drafting.request.headers.clone(),
            tamper: drafting.faults.tamper,
            lower_case: true,
        }
    }

    /// The delivery, to be printed or sent at once.
    pub(super) fn planned(&self, drafting: &Drafting<'_>) -> Planned {
        Planned {
            delivery: self.delivery(drafting),
            provider: Some(Arc::clone(&self.provider)),
            writing: Writing::Library,
            stored_status: None,
            origin: None,
            again: None,
            gap: None,
            slots: self.slots.clone(),
        }
    }

    /// The delivery for the queue, and the plan of its attempts.
    pub(super) fn queued(&self, drafting: &Drafting<'_>, policy: Policy) -> (Plan, Outgoing) {
        let delivery = self.delivery(drafting);
        let mut request = self.request.clone();
        if let Some(credentials) = &self.credentials {
            add_basic(credentials, &mut request);
        }
        let plan = Plan::new(
            &delivery.url,
            self.style.clone(),
            self.secret.as_ref(),
            policy,
        );
        let outgoing = Outgoing {
            provider: self.provider.profile.name.clone(),
            event: self.event.clone(),
            delivery_id: delivery.sent_id().map(str::to_owned),
            is_tampered: delivery.broken().is_some(),
            url: delivery.url,
            endpoint: self.endpoint().map(|endpoint| endpoint.id.clone()),
            request,
        };
        let plan = plan.within(delivery.reach);
        (
            plan.with_changes(&drafting.request.headers, drafting.faults.tamper),
            outgoing,
        )
    }

    pub(super) fn profile(&self) -> &Profile {
        &self.provider.profile
    }
}

/// Largest body that goes into the query, in bytes. Servers take 8 to 64 kB of a request line.
const MAX_QUERY: usize = 1_000_000;

/// The pairs of a body that has to go into the query.
fn pairs(body: &[u8], shape: &Shape) -> Result<Value> {
    if body.len() > MAX_QUERY {
        return Err(Error::usage(format!(
            "{} has no body, and the {} of `--data` are more than a query holds",
            shape.method,
            size(body.len())
        )));
    }
    if shape.content_type == ContentType::Form {
        return Ok(form::to_value(body));
    }
    match json::tree(body) {
        Ok(pairs @ Value::Object(_)) => Ok(pairs),
        _ => Err(Error::usage(format!(
            "{} has no body, and `--data` is no JSON object whose pairs could go into the query",
            shape.method
        ))),
    }
}
