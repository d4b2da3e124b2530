//! What is answered: the templates of an API, filled.

use std::cell::OnceCell;
use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::act::Done;
use super::{Refusal, Served};
use crate::delivery::Endpoint;
use crate::error::Result;
use crate::provider::api::{Api, Carrier, Denied, Fault, Label, Route};
use crate::provider::template::{Slot, Template};
use crate::secret::Secret;
use crate::store::Tally;

/// An answer to a call.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// JSON; `None` for no body at all.
    pub(crate) body: Option<String>,
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Some(body.to_string()),
        }
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What is answered here, for whoever looks.
    pub(super) fn index(served: &[Served]) -> Self {
        let one = |served: &Served| {
            let routes = served.api.routes.iter().map(|route| {
                json!({"method": route.method, "path": route.path.text(), "does": route.does.word()})
            });
            json!({
                "name": served.name(), "label": served.provider.profile.label, "prefix": format!("/{}", served.name()),
                "routes": routes.collect::<Vec<_>>(),
            })
        };
        let providers: Vec<Value> = served.iter().map(one).collect();
        Self::json(200, &json!({"hookctl": "emulate", "providers": providers}))
    }

    /// To a call that is no provider's.
    pub(super) fn nobodys(why: &str) -> Self {
        Self::json(404, &json!({"error": "not_found", "message": why}))
    }

    /// To a call that may be a stranger's.
    pub(super) fn forbidden(why: &str) -> Self {
        Self::json(403, &json!({"error": "forbidden", "message": why}))
            .with_header("x-content-type-options", "nosniff")
    }

    /// To a call that is refused.
    pub(super) fn refused(served: &Served, refusal: &Refusal) -> Self {
        let api = &served.api;
        let fault = refusal.fault;
        let fact = api.error_fact(fault);
        let (status, code) = fault.usual();
        let status = fact.and_then(|fact| fact.status).unwrap_or(status);
        let code = fact.and_then(|fact| fact.code.as_deref()).unwrap_or(code);
        let message = fact.and_then(|fact| fact.message.as_ref());
        let words = |slot: Slot<'_>| match slot.name {
            "event" => json!(refusal.event),
            _ => json!(refusal.why),
        };
        let message = message.map_or_else(|| json!(refusal.why), |message| message.fill(&words));
        let body = fact.and_then(|fact| fact.body.as_ref());
        let body = body
            .unwrap_or(&api.error.body)
            .fill(&|slot| match slot.name {
                "code" => json!(code),
                "message" => message.clone(),
                "event_names" => event_names(served, None).into(),
                "problems" => {
                    let problems = refusal.problems.iter();
                    shaped(api, slot, problems, |(field, why), slot| match slot.name {
                        "field" => json!(field),
                        _ => json!(why),
                    })
                }
                _ => words(slot),
            });
        let answer = Self::json(status, &body);
        match fault {
            Fault::NoToken | Fault::MalformedToken | Fault::WrongToken => answer.challenge(api),
            _ => answer,
        }
    }

    /// RFC 9110, 11.6.1: a 401 says how to authenticate.
    fn challenge(self, api: &Api) -> Self {
        let is_bearer = api.auth.value.contains(&Carrier::Bearer);
        if self.status == 401 && is_bearer {
            self.with_header("www-authenticate", "Bearer")
        } else {
            self
        }
    }

    /// To a call with a token that is known and refused.
    pub(super) fn denied(api: &Api, denied: &Denied) -> Self {
        let body = denied.body.as_ref().unwrap_or(&api.error.body);
        let body = body.fill(&|slot| match slot.name {
            "code" => json!(denied.code),
            "message" | "why" => json!(denied.message),
            "problems" => json!([]),
            _ => Value::Null,
        });
        let answer = Self::json(denied.status, &body);
        let headers = denied.headers.iter();
        headers.fold(answer, |answer, (name, value)| {
            answer.with_header(name, value)
        })
    }
}

/// How attempts went, by endpoint.
type Tallies = HashMap<String, Tally>;

/// What slots stand for, once a call went well.
pub(super) struct Scope<'a> {
    served: &'a Served,
    route: &'a Route,
    done: &'a Done,
}

impl<'a> Scope<'a> {
    pub(super) fn new(served: &'a Served, route: &'a Route, done: &'a Done) -> Self {
        Self {
            served,
            route,
            done,
        }
    }

    /// The answer; `tally` is asked where the log has to be read for it.
    pub(super) fn answer(
        &self,
        tally: &dyn Fn() -> Result<Tallies>,
    ) -> std::result::Result<Answer, Refusal> {
        let Some(template) = &self.route.body else {
            return Ok(Answer {
                status: self.route.status,
                headers: Vec::new(),
                body: None,
            });
        };
        let log = Log {
            tally,
            read: OnceCell::new(),
        };
        let body = template.fill(&|slot| self.value(slot, &log));
        match log.read.into_inner() {
            Some(Err(error)) => Err(error.into()),
            _ => Ok(Answer::json(self.route.status, &body)),
        }
    }

    fn value(&self, slot: Slot<'_>, log: &Log<'_>) -> Value {
        let (api, done) = (&self.served.api, self.done);
        let listed = || event_names(self.served, self.route.events.as_deref());
        match slot.name {
            "endpoint" => {
                let one = done.endpoint.iter();
                let mut one = shaped(api, slot, one, |endpoint, slot| {
                    self.of_endpoint(endpoint, slot, log)
                });
                one.get_mut(0).map_or(Value::Null, Value::take)
            }
            "endpoints" => {
                let all = done.endpoints.iter();
                shaped(api, slot, all, |endpoint, slot| {
                    self.of_endpoint(endpoint, slot, log)
                })
            }
            "event_list" => {
                let events = listed().into_iter();
                shaped(api, slot, events, |event, slot| self.of_event(event, slot))
            }
            "event_names" => listed().into(),
            "count" => json!(done.endpoints.len()),
            "payload" => done.payload.clone().unwrap_or_default(),
            "event" => {
                let called = |event: &String| self.served.provider.profile.called(event).to_owned();
                json!(done.event.as_ref().map(called))
            }
            _ => match &done.endpoint {
                Some(endpoint) => self.of_endpoint(endpoint, slot, log),
                None => Value::Null,
            },
        }
    }

    fn of_endpoint(&self, endpoint: &Endpoint, slot: Slot<'_>, log: &Log<'_>) -> Value {
        let profile = &self.served.provider.profile;
        let tally = || log.of(&endpoint.id);
        match slot.name {
            "id" => json!(endpoint.id),
            "name" => json!(endpoint.name),
            "url" => json!(endpoint.url.as_str()),
            "events" => {
                let events = endpoint.events.iter().map(|event| profile.called(event));
                events.collect::<Vec<_>>().into()
            }
            "description" => json!(endpoint.description),
            "enabled" => json!(endpoint.enabled),
            "secret" => json!(endpoint.secret.as_ref().map(Secret::reveal)),
            "created_at" => time(Some(endpoint.created_at)),
            "changed_at" => time(Some(endpoint.changed_at)),
            "successes" => json!(tally().successes),
            "failures" => json!(tally().failures),
            "last_success" => time(tally().last_success),
            "last_failure" => time(tally().last_failure),
            _ => Value::Null,
        }
    }

    fn of_event(&self, called: &str, slot: Slot<'_>) -> Value {
        let profile = &self.served.provider.profile;
        let own = profile
            .events
            .iter()
            .find(|(name, _)| profile.called(name) == called);
        let label = own.and_then(|(name, _)| self.served.api.labels.get(name));
        let said = |of: fn(&Label) -> &Option<String>| label.and_then(|label| of(label).clone());
        match slot.name {
            "event" => json!(called),
            "title" => json!(said(|label| &label.title).unwrap_or_else(|| title(called))),
            "about" => {
                let about = own.map(|(_, event)| event.about.clone());
                json!(said(|label| &label.about).or(about))
            }
            "category" => {
                let first = called.split(['.', '_', '/']).next().unwrap_or_default();
                json!(said(|label| &label.category).unwrap_or_else(|| first.to_owned()))
            }
            _ => Value::Null,
        }
    }
}

/// The log, read when it is first needed.
struct Log<'a> {
    tally: &'a dyn Fn() -> Result<Tallies>,
    read: OnceCell<Result<Tallies>>,
}

impl Log<'_> {
    fn of(&self, endpoint: &str) -> Tally {
        let read = self.read.get_or_init(self.tally);
        let tallies = read.as_ref().ok();
        tallies
            .and_then(|tallies| tallies.get(endpoint).cloned())
            .unwrap_or_default()
    }
}

/// Things, each written as the shape of the slot.
fn shaped<T>(
    api: &Api,
    slot: Slot<'_>,
    things: impl Iterator<Item = T>,
    value: impl Fn(&T, Slot<'_>) -> Value,
) -> Value {
    let shape: Option<&Template> = slot.shape.and_then(|shape| api.shapes.get(shape));
    let shape = shape.expect("checked when the API was read");
    things
        .map(|thing| shape.fill(&|slot| value(&thing, slot)))
        .collect()
}

/// Names on the wire of the events that a route lists, in its order; of all without one.
fn event_names(served: &Served, listed: Option<&[String]>) -> Vec<String> {
    let profile = &served.provider.profile;
    let called = |event: &String| profile.called(event).to_owned();
    match listed {
        Some(listed) => listed.iter().map(called).collect(),
        None => profile.events.keys().map(called).collect(),
    }
}

/// The words of a name: `message.sent` is `Message Sent`.
fn title(event: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|first| first.to_uppercase().to_string());
        format!("{}{}", first.unwrap_or_default(), chars.as_str())
    };
    let words = event
        .split(['.', '_', '/', '-'])
        .filter(|word| !word.is_empty());
    words.map(capital).collect::<Vec<_>>().join(" ")
}

fn time(at: Option<Timestamp>) -> Value {
    json!(at.map(|at| format!("{at:.3}")))
}
