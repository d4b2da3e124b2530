//! What calls do: to endpoints in the store, and to the queue.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::body::{self, Given};
use super::route::Match;
use super::{Asked, Emulator, Refusal, Served};
use crate::delivery::{Endpoint, Event, Policy, message_id, outgoing, rules};
use crate::error::Error;
use crate::provider::Profile;
use crate::provider::api::{Action, Fault, Property};
use crate::provider::compose::Content;
use crate::provider::fresh::Seed;
use crate::provider::payload::{self, Freshness, Step};
use crate::store::{ALL, Store};

/// One call, with all that it needs.
pub(super) struct Turn<'a> {
    pub(super) emulator: &'a Emulator,
    pub(super) found: &'a Match<'a>,
    pub(super) seed: Seed,
    pub(super) now: Timestamp,
}

/// What came of a call that was not refused.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The one that it was about.
    pub(super) endpoint: Option<Endpoint>,
    /// Those that it lists, or that a test went to.
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) event: Option<String>,
    pub(super) payload: Option<Value>,
    /// Deliveries that were put into the queue.
    pub(super) deliveries: usize,
}

impl Turn<'_> {
    /// Does what the call asks for.
    pub(super) fn take(&self, asked: &Asked) -> Result<Done, Refusal> {
        let does = self.found.route.does;
        let given = if does.has_body() {
            self.given(does, asked)?
        } else {
            Given::default()
        };
        let mut store = self.emulator.store();
        match does {
            Action::List => Ok(Done {
                endpoints: self.endpoints(&store)?,
                ..Done::default()
            }),
            Action::Create => self.create(given, &mut store),
            Action::Show => self.wanted(&store).map(Done::of),
            Action::Update => self.update(given, &mut store),
            Action::Delete => {
                let endpoint = self.wanted(&store)?;
                store.remove_endpoint(&endpoint.id)?;
                Ok(Done::of(endpoint))
            }
            Action::Events => Ok(Done::default()),
            Action::Example => {
                let event = self.event(self.found.event.as_deref().unwrap_or_default())?;
                Ok(Done {
                    payload: Some(self.served().provider.sample(&event)),
                    event: Some(event),
                    ..Done::default()
                })
            }
            Action::Test => self.test(given, &mut store),
        }
    }

    fn served(&self) -> &Served {
        self.found.served
    }

    fn profile(&self) -> &Profile {
        &self.served().provider.profile
    }

    fn given(&self, does: Action, asked: &Asked) -> Result<Given, Refusal> {
        let too_large = || Refusal::new(Fault::TooLarge, "The body is too large");
        let body = asked.body.as_ref().ok_or_else(too_large)?;
        let content_type = asked.headers.get("content-type");
        let content_type = content_type.map_or("", |value| value.to_str().unwrap_or("?"));
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let fields = self.served().api.fields_of(does == Action::Test);
        let whole = does != Action::Update;
        body::read(fields, whole, &media_type.to_ascii_lowercase(), body)
    }

    /// The provider's own endpoints, the oldest first.
    fn endpoints(&self, store: &Store) -> Result<Vec<Endpoint>, Error> {
        let mut endpoints = store.endpoints()?;
        endpoints.retain(|endpoint| endpoint.provider == self.served().name());
        Ok(endpoints)
    }

    /// The endpoint that the path names.
    fn wanted(&self, store: &Store) -> Result<Endpoint, Refusal> {
        let id = self.found.id.as_deref().unwrap_or_default();
        let found = store.endpoint(id)?;
        // What is another provider's is nobody's here.
        let own = found.filter(|endpoint| endpoint.provider == self.served().name());
        own.ok_or_else(|| Refusal::new(Fault::NoEndpoint, format!("No endpoint has the id {id}")))
    }

    fn create(&self, given: Given, store: &mut Store) -> Result<Done, Refusal> {
        let profile = self.profile();
        let url = given
            .url
            .clone()
            .ok_or_else(|| Refusal::new(Fault::Invalid, "A URL to deliver to is required"))?;
        let name = match &given.name {
            Some(name) => name.clone(),
            None => rules::free_name(&store.endpoints()?, &profile.name),
        };
        let mut endpoint = rules::new_endpoint(profile, name, url, &self.seed, self.now)?;
        endpoint.id = self.seed.value(&self.served().api.id.value, "endpoint id");
        self.apply(given, &mut endpoint)?;
        store.keep_endpoint(&endpoint)?;
        Ok(Done::of(endpoint))
    }

    fn update(&self, given: Given, store: &mut Store) -> Result<Done, Refusal> {
        let old = self.wanted(store)?;
        let mut endpoint = old.clone();
        self.apply(given, &mut endpoint)?;
        if endpoint != old {
            endpoint.changed_at = self.now;
            store.keep_endpoint(&endpoint)?;
        }
        Ok(Done::of(endpoint))
    }

    /// Sets what the call names, and asks the rules of the provider.
    fn apply(&self, given: Given, endpoint: &mut Endpoint) -> Result<(), Refusal> {
        let profile = self.profile();
        let mut problems = Vec::new();
        let mut wrong =
            |property, error: &Error| problems.push((self.field(property), told(error)));
        if let Some(name) = given.name {
            endpoint.name = name;
        }
        if let Some(url) = given.url {
            endpoint.url = url;
        }
        if let Some(text) = given.description {
            endpoint.description = Some(text).filter(|text| !text.is_empty());
        }
        if let Some(secret) = given.secret
            && let Err(error) = rules::set_secret(endpoint, profile, secret)
        {
            wrong(Property::Secret, &error);
        }
        if let Some(enabled) = given.enabled.filter(|enabled| *enabled != endpoint.enabled) {
            rules::set_enabled(endpoint, enabled);
        }
        match given.events.map(|names| self.known_events(&names)) {
            Some(Ok(events)) => endpoint.events = events,
            Some(Err(error)) => wrong(Property::Events, &error),
            None => {}
        }
        if let Err(error) = rules::check_name(&endpoint.name) {
            wrong(Property::Name, &error);
        }
        if let Err(error) = rules::check_url(&endpoint.url, profile) {
            wrong(Property::Url, &error);
        }
        if !problems.is_empty() {
            return Err(Refusal::invalid(problems));
        }
        let checked = rules::check(endpoint, &self.served().provider);
        checked
            .map(drop)
            .map_err(|error| Refusal::new(Fault::Invalid, told(&error)))
    }

    /// What the field is called that sets this.
    fn field(&self, property: Property) -> String {
        let mut fields = self.served().api.fields.iter();
        let field = fields.find(|field| field.sets == property);
        field.map_or_else(String::new, |field| field.name.clone())
    }

    /// The events of these names, each once.
    fn known_events(&self, names: &[String]) -> Result<Vec<String>, Error> {
        let profile = self.profile();
        let mut fields = self.served().api.fields.iter();
        let takes_all = fields.any(|field| field.sets == Property::Events && field.wildcard);
        let mut events: Vec<String> = Vec::new();
        for name in names {
            let event = match event_called(profile, name) {
                None if name == ALL && !takes_all => {
                    let label = &profile.label;
                    return Err(Error::usage(format!("{label} has no event `{ALL}`")));
                }
                None => name.clone(),
                Some(event) => event.to_owned(),
            };
            if !events.contains(&event) {
                events.push(event);
            }
        }
        rules::check_events(&events, profile)?;
        Ok(events)
    }

    /// The event of this name, among those that the route takes.
    fn event(&self, name: &str) -> Result<String, Refusal> {
        let listed = self.found.route.events.as_ref();
        let known = event_called(self.profile(), name)
            .filter(|event| listed.is_none_or(|listed| listed.iter().any(|own| own == event)));
        known.map(str::to_owned).ok_or_else(|| {
            let why = format!("{} has no event `{name}`", self.profile().label);
            Refusal {
                event: Some(name.to_owned()),
                ..Refusal::new(Fault::UnknownEvent, why)
            }
        })
    }

    /// Sends a sample event: to the endpoint of the path, else to all that are enabled and subscribed.
    fn test(&self, given: Given, store: &mut Store) -> Result<Done, Refusal> {
        let own = match &self.found.id {
            Some(_) => Some(self.wanted(store)?),
            None => None,
        };
        let first = || {
            let events = &own.as_ref()?.events;
            let named = events.iter().find(|event| *event != ALL);
            named
                .or_else(|| self.profile().events.keys().next())
                .cloned()
        };
        let event = match given.event {
            Some(name) => self.event(&name)?,
            None => first().unwrap_or_default(),
        };
        let mut takers = match own {
            Some(own) => vec![own],
            None => self.endpoints(store)?,
        };
        takers.retain(|endpoint| endpoint.enabled && endpoint.takes(&event));
        if takers.is_empty() {
            let why = format!("No active endpoint gets `{event}`");
            return Err(Refusal {
                event: Some(event),
                ..Refusal::new(Fault::NoTaker, why)
            });
        }
        self.send(&event, given.data, &takers, store)?;
        Ok(Done {
            deliveries: takers.len(),
            endpoint: self.found.id.as_ref().and(takers.first().cloned()),
            endpoints: takers,
            event: Some(event),
            ..Done::default()
        })
    }

    /// Puts an event into the queue, for each of these endpoints.
    fn send(
        &self,
        name: &str,
        data: Option<(String, Map<String, Value>)>,
        takers: &[Endpoint],
        store: &mut Store,
    ) -> Result<(), Refusal> {
        let provider = &self.served().provider;
        let profile = &provider.profile;
        let step = Step {
            provider: Arc::clone(provider),
            event: name.to_owned(),
            variants: Vec::new(),
        };
        let freshness = Freshness {
            seed: self.seed.clone(),
            at: Some(self.now),
        };
        let mut payload = payload::build(&[step], &freshness)?.remove(0).fields;
        if let Some((at, members)) = data {
            merge(&mut payload.value, &at, members);
        }
        let event = Event {
            provider,
            name,
            id: &message_id(profile, &payload, &self.seed).text,
            content: Content::Fields(payload),
        };
        let policy = Policy::of_provider(profile, self.emulator.speed);
        let made: Result<Vec<_>, String> = takers
            .iter()
            .map(|endpoint| event.to_endpoint(endpoint, policy.clone()))
            .collect();
        let made = made.map_err(|why| Refusal::new(Fault::Invalid, why))?;
        for (plan, outgoing) in made {
            let outgoing = std::iter::once(outgoing);
            outgoing::submit(store, &self.emulator.ids, None, &plan, outgoing)?;
        }
        Ok(())
    }
}

impl Done {
    fn of(endpoint: Endpoint) -> Self {
        Self {
            endpoint: Some(endpoint),
            ..Self::default()
        }
    }
}

/// The event that has a name on the wire, or in the catalogue.
fn event_called<'a>(profile: &'a Profile, name: &str) -> Option<&'a str> {
    let mut names = profile.events.keys().map(String::as_str);
    let called = names.clone().find(|event| profile.called(event) == name);
    called.or_else(|| names.find(|event| *event == name))
}

/// What is wrong, as a sentence, with what may have been meant.
fn told(error: &Error) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    let text = format!("{}{}", first.unwrap_or_default(), chars.as_str());
    let mut hints = error.hints().iter();
    match hints.find(|hint| hint.starts_with("Did you mean")) {
        Some(meant) => format!("{text}. {meant}"),
        None => text,
    }
}

/// Puts members into the object at a path, in the place of those that are there.
fn merge(payload: &mut Value, at: &str, members: Map<String, Value>) {
    let pointer = format!("/{}", at.replace('.', "/"));
    if let Some(Value::Object(object)) = payload.pointer_mut(&pointer) {
        object.extend(members);
    }
}
