//! An event on its way to an endpoint: the request that its provider would send there, and how it is signed.

use jiff::Timestamp;
use url::Url;

use super::{Endpoint, Plan, Policy, Style};
use crate::error::Result;
use crate::provider::compose::{Content, Shape, compose};
use crate::provider::fields::Fields;
use crate::provider::fresh::Seed;
use crate::provider::payload;
use crate::provider::profile::HeaderFact;
use crate::provider::{FreshText, Profile, Provider};
use crate::request::Request;
use crate::sender::{Reach, authority};
use crate::signature::{self, Scheme};
use crate::store::{Direction, Facts, Id, Ids, LOOPBACK, Row, Store, TAMPERED, Waiting};

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
    ) -> std::result::Result<(Plan, Outgoing), String> {
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
pub(crate) fn mapped(content: &Content, fields: &[String]) -> std::result::Result<Content, String> {
    match content {
        Content::Fields(payload) if !fields.is_empty() => {
            payload.mapped(fields).map(Content::Fields)
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
pub(crate) fn message_id(profile: &Profile, payload: &Fields, seed: &Seed) -> FreshText {
    let own = payload::delivery_id(profile, payload);
    own.unwrap_or_else(|| seed.fresh(profile.delivery_form(), "delivery id"))
}

/// Deliveries that are kept together.
const BATCH: usize = 500;

/// Puts deliveries into the queue of a history: for a run that has its number, else for whoever resumes. Returns how
/// many there were.
pub(crate) fn submit(
    store: &mut Store,
    ids: &Ids,
    owner: Option<i64>,
    plan: &Plan,
    deliveries: impl Iterator<Item = Outgoing>,
) -> Result<usize> {
    let text = plan.to_text();
    let (mut number, mut count) = (None, 0);
    let mut batch = Vec::new();
    let mut keep = |batch: &mut Vec<Waiting>| -> Result<()> {
        let kept = number.ok_or(&*text);
        number = Some(store.enqueue(owner, kept, batch)?);
        count += batch.len();
        batch.clear();
        Ok(())
    };
    for outgoing in deliveries {
        let now = Timestamp::now();
        batch.push(Waiting {
            row: row(outgoing, plan.reach(), ids.next(Direction::Out, now), now),
            due: now,
        });
        if batch.len() >= BATCH {
            keep(&mut batch)?;
        }
    }
    if !batch.is_empty() {
        keep(&mut batch)?;
    }
    Ok(count)
}

fn row(outgoing: Outgoing, reach: Reach, id: Id, at: Timestamp) -> Row {
    let url = &outgoing.url;
    let facts = Facts {
        provider: Some(outgoing.provider),
        event: Some(outgoing.event),
        delivery_id: outgoing.delivery_id,
        verdict: outgoing.is_tampered.then(|| TAMPERED.to_owned()),
        detail: reach.is_loopback().then(|| LOOPBACK.to_owned()),
        url: Some(format!(
            "{}://{}{}",
            url.scheme(),
            authority(url),
            outgoing.request.target
        )),
        endpoint: outgoing.endpoint,
        ..Facts::default()
    };
    Row::new(id, at, &outgoing.request, facts)
}
