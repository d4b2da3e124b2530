//! What a provider allows of its endpoints. The rules are those of its profile.

use jiff::Timestamp;
use url::Url;

use super::Endpoint;
use crate::error::{Error, Result};
use crate::provider::compose::check_basic;
use crate::provider::edits::map_fields;
use crate::provider::fresh::Seed;
use crate::provider::profile::Profile;
use crate::provider::{Provider, local};
use crate::secret::Secret;
use crate::sender::authority;
use crate::signature::Key;
use crate::store::{ALL, Health};
use crate::suggest::did_you_mean;
use crate::value::ContentType;

/// A new endpoint as the provider makes it by default: enabled, without events, with a secret of its own if the
/// provider demands one.
pub(crate) fn new_endpoint(
    profile: &Profile,
    name: String,
    url: Url,
    seed: &Seed,
    now: Timestamp,
) -> Result<Endpoint> {
    Ok(Endpoint {
        id: seed.value("ep_{base62:22}", "endpoint"),
        name,
        provider: profile.name.clone(),
        url,
        events: Vec::new(),
        description: None,
        secret: demanded_secret(profile)?,
        method: profile.request.method.value[0].clone(),
        content_type: profile.request.content_type.value[0],
        basic: None,
        map: Vec::new(),
        log_body: false,
        enabled: true,
        created_at: now,
        changed_at: now,
        health: Health::default(),
    })
}

/// A new secret in the provider's form; `None` if it signs without one, or not at all.
fn demanded_secret(profile: &Profile) -> Result<Option<Secret>> {
    if profile.signature.optional.value {
        return Ok(None);
    }
    new_secret(profile)
}

/// A new secret in the provider's form; `None` if it does not sign.
pub(crate) fn new_secret(profile: &Profile) -> Result<Option<Secret>> {
    let form = profile.signature.secret.as_ref().map(|form| form.value);
    form.map(local::make).transpose()
}

/// Gives an endpoint another secret. An empty one keeps the old one.
///
/// # Errors
/// The secret is not of the provider's form.
pub(crate) fn set_secret(endpoint: &mut Endpoint, profile: &Profile, secret: Secret) -> Result<()> {
    if secret.is_empty() {
        return Ok(());
    }
    let scheme = profile.scheme().for_secret(&secret);
    if scheme.signs() {
        Key::new(scheme, &secret).map_err(|problem| {
            Error::usage(format!("cannot sign with this secret: {problem}")).hint(format!(
                "Leave it out, and one in the form of {} is made.",
                profile.label
            ))
        })?;
    }
    endpoint.secret = Some(secret);
    Ok(())
}

/// Enables or disables an endpoint. Enabling it forgives its failures.
pub(crate) fn set_enabled(endpoint: &mut Endpoint, enabled: bool) {
    endpoint.enabled = enabled;
    endpoint.health = Health::default();
}

/// Whether a provider would take an endpoint. Returns what to tell of it.
///
/// # Errors
/// The first rule that it breaks.
pub(crate) fn check(endpoint: &Endpoint, provider: &Provider) -> Result<Vec<String>> {
    let profile = &provider.profile;
    check_name(&endpoint.name)?;
    check_url(&endpoint.url, profile)?;
    check_events(&endpoint.events, profile)?;
    check_shape(endpoint, profile)?;
    let mut notes = Vec::new();
    if endpoint.basic.is_some() {
        notes.extend(check_basic(profile, &endpoint.method).map_err(Error::usage)?);
    }
    check_map(endpoint, provider)?;
    if endpoint.secret.is_some() && !profile.scheme().signs() {
        notes.push(format!(
            "{} does not sign its webhooks; the secret is not used.",
            profile.label
        ));
    }
    Ok(notes)
}

/// Whether people can call an endpoint that.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(Error::usage("an endpoint needs a name"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::usage(format!(
            "the name {name:?} holds control characters"
        )));
    }
    Ok(())
}

/// Whether a provider would deliver to a URL.
pub(crate) fn check_url(url: &Url, profile: &Profile) -> Result<()> {
    if profile.request.https.value && url.scheme() == "http" && !is_loopback(url) {
        return Err(Error::usage(format!(
            "{} delivers to https:// only, and this is `http://{}`",
            profile.label,
            authority(url)
        ))
        .hint("http:// is taken for this machine: localhost, 127.0.0.1, [::1]."));
    }
    Ok(())
}

/// Whether an endpoint can get these events.
pub(crate) fn check_events(events: &[String], profile: &Profile) -> Result<()> {
    if events.is_empty() {
        return Err(Error::usage(format!(
            "an endpoint of {} needs at least one event",
            profile.label
        ))
        .hint(format!(
            "`hookctl events {}` lists them; `{ALL}` stands for all.",
            profile.name
        )));
    }
    let unknown = events
        .iter()
        .find(|event| *event != ALL && !profile.events.contains_key(*event));
    let Some(event) = unknown else {
        return Ok(());
    };
    let near = did_you_mean(event, profile.events.keys().map(String::as_str));
    let error = Error::usage(format!("{} has no event `{event}`", profile.name));
    Err(error.hint(near.unwrap_or_else(|| {
        format!(
            "`hookctl events {}` lists them; `{ALL}` stands for all, also for those that are in no catalogue.",
            profile.name
        )
    })))
}

fn check_shape(endpoint: &Endpoint, profile: &Profile) -> Result<()> {
    let facts = &profile.request;
    if !facts.method.value.contains(&endpoint.method) {
        return Err(Error::usage(format!(
            "{} sends {}, not {}",
            profile.label,
            facts.method.value.join(" or "),
            endpoint.method
        )));
    }
    if !facts.content_type.value.contains(&endpoint.content_type) {
        let known = facts.content_type.value.iter().copied();
        let known: Vec<&str> = known.map(ContentType::word).collect();
        return Err(Error::usage(format!(
            "{} sends {} bodies, not {}",
            profile.label,
            known.join(" or "),
            endpoint.content_type.word()
        )));
    }
    Ok(())
}

/// Whether the custom payload can be filled from each event that is sent.
fn check_map(endpoint: &Endpoint, provider: &Provider) -> Result<()> {
    if endpoint.map.is_empty() {
        return Ok(());
    }
    for (name, _) in provider.events().filter(|(name, _)| endpoint.takes(name)) {
        map_fields(&endpoint.map, &provider.sample(name))
            .map_err(|problem| Error::usage(format!("cannot map `{name}`: {problem}")))?;
    }
    Ok(())
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The endpoint that a user means by a name or an id.
///
/// # Errors
/// There is none, or the name is that of several.
pub(crate) fn find<'a>(endpoints: &'a [Endpoint], name: &str) -> Result<&'a Endpoint> {
    if let Some(found) = endpoints.iter().find(|endpoint| endpoint.id == name) {
        return Ok(found);
    }
    let mut named = endpoints.iter().filter(|endpoint| endpoint.name == name);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => Err(Error::usage(format!(
            "several endpoints are called `{name}`"
        ))
        .hint(format!(
            "Name one by its id, such as `{}` or `{}`; `hookctl endpoints` lists them.",
            one.id, other.id
        ))),
        (None, _) => {
            let names = endpoints.iter().map(|endpoint| &*endpoint.name);
            let hint = did_you_mean(name, names).unwrap_or_else(|| {
                if endpoints.is_empty() {
                    "None is registered; `hookctl endpoints add URL --provider NAME --events EVENT` does that.".to_owned()
                } else {
                    "`hookctl endpoints` lists them.".to_owned()
                }
            });
            Err(Error::usage(format!("no endpoint is called `{name}`")).hint(hint))
        }
    }
}

/// The provider's name, with a number behind it if an endpoint is called that.
pub(crate) fn free_name(endpoints: &[Endpoint], provider: &str) -> String {
    let is_free = |name: &String| endpoints.iter().all(|endpoint| endpoint.name != *name);
    let numbered = (2..).map(|number| format!("{provider}-{number}"));
    std::iter::once(provider.to_owned())
        .chain(numbered)
        .find(is_free)
        .expect("one of them is free")
}
