//! The providers' management APIs over the store: calls come in, endpoints and deliveries come of them.
//!
//! What is answered is data, `fixtures/PROVIDER/api.toml`. What an endpoint may be is for `delivery::rules` to say, and
//! what is sent goes into the queue, where the engine finds it.

mod act;
mod answer;
mod body;
mod route;
mod server;
mod token;

pub(crate) use answer::Answer;
pub(crate) use body::read as read_body;
pub(crate) use route::hidden;
pub(crate) use server::{Heard, serve};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::delivery::Speed;
use crate::error::Error;
use crate::lock::lock;
use crate::provider::Provider;
use crate::provider::api::{Action, Api, Fault};
use crate::provider::fresh::Seed;
use crate::secret::Secret;
use crate::store::{Ids, Store};
use act::Turn;
use answer::Scope;
use route::{Found, Match};

/// A provider whose API is answered.
pub(crate) struct Served {
    pub(crate) provider: Arc<Provider>,
    pub(crate) api: Api,
}

impl Served {
    pub(crate) fn name(&self) -> &str {
        &self.provider.profile.name
    }
}

/// What an emulator needs beside the providers that it answers for.
pub(crate) struct Backing {
    pub(crate) store: Store,
    pub(crate) ids: Ids,
    pub(crate) seed: Seed,
    /// Tokens that are accepted: any of these.
    pub(crate) tokens: Vec<Secret>,
    /// How fast the time between attempts passes.
    pub(crate) speed: Speed,
    /// Wakes the engine.
    pub(crate) bell: Arc<Notify>,
}

/// Answers calls.
pub(crate) struct Emulator {
    served: Vec<Served>,
    tokens: Vec<Secret>,
    store: Mutex<Store>,
    ids: Ids,
    seed: Seed,
    speed: Speed,
    bell: Arc<Notify>,
    calls: AtomicUsize,
}

/// A call as it came.
pub(crate) struct Asked {
    pub(crate) method: String,
    /// As it stands in the request line.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// `None` if it was over the limit.
    pub(crate) body: Option<Bytes>,
}

/// What is told of a call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// Without the query, which may hold a token.
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) duration: Duration,
    pub(crate) provider: Option<String>,
    pub(crate) action: Option<Action>,
    /// Id of the endpoint that it is about.
    pub(crate) endpoint: Option<String>,
    pub(crate) event: Option<String>,
    /// How many deliveries it put into the queue.
    pub(crate) deliveries: usize,
    /// Why it was refused.
    pub(crate) refused: Option<String>,
}

/// Why a call is refused, in the provider's terms and in words.
#[derive(Debug)]
pub(crate) struct Refusal {
    fault: Fault,
    why: String,
    /// Fields that are wrong, and why.
    problems: Vec<(String, String)>,
    /// The event that is meant, if it is one.
    event: Option<String>,
}

impl Refusal {
    fn new(fault: Fault, why: impl Into<String>) -> Self {
        Self {
            fault,
            why: why.into(),
            problems: Vec::new(),
            event: None,
        }
    }

    /// Fields are wrong: their names, and why.
    fn invalid(problems: Vec<(String, String)>) -> Self {
        let all: Vec<&str> = problems.iter().map(|(_, why)| &**why).collect();
        Self {
            why: all.join("; "),
            problems,
            ..Self::new(Fault::Invalid, "")
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(Fault::Failed, error.to_string())
    }
}

impl Emulator {
    pub(crate) fn new(served: Vec<Served>, backing: Backing) -> Self {
        Self {
            served,
            tokens: backing.tokens,
            store: Mutex::new(backing.store),
            ids: backing.ids,
            seed: backing.seed,
            speed: backing.speed,
            bell: backing.bell,
            calls: AtomicUsize::new(0),
        }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    /// Answers a call that came at a time. Waits for the store.
    pub(crate) fn answer(&self, asked: &Asked, now: Timestamp) -> (Answer, Call) {
        let mut call = Call::new(asked, now);
        let answer = match route::find(&self.served, &asked.method, &asked.path) {
            Found::Index => Answer::index(&self.served),
            Found::Nothing(None) => {
                let why = "No provider has this path; `GET /` lists what is answered";
                call.refused = Some(why.to_owned());
                Answer::nobodys(why)
            }
            Found::Nothing(Some(served)) => {
                let why = format!("{} has no such path", served.provider.profile.label);
                refused(served, Refusal::new(Fault::NoRoute, why), &mut call)
            }
            Found::OtherMethods(served, allowed) => {
                let allowed = allowed.join(", ");
                let why = format!("This path takes {allowed}");
                let refusal = Refusal::new(Fault::WrongMethod, why);
                refused(served, refusal, &mut call).with_header("allow", &allowed)
            }
            Found::Route(found) => self.act(&found, asked, now, &mut call),
        };
        call.status = answer.status;
        (answer, call)
    }

    /// Answers a call that nobody with the token makes: see [`crate::receiver::OwnNames`].
    fn turn_away(asked: &Asked, why: &str, now: Timestamp) -> (Answer, Call) {
        let answer = Answer::forbidden(why);
        let mut call = Call::new(asked, now);
        call.status = answer.status;
        call.refused = Some(why.to_owned());
        (answer, call)
    }

    fn act(&self, found: &Match<'_>, asked: &Asked, now: Timestamp, call: &mut Call) -> Answer {
        let Match { served, route, .. } = *found;
        call.provider = Some(served.name().to_owned());
        call.action = Some(route.does);
        match token::check(&self.tokens, &served.api, asked) {
            Ok(()) => {}
            Err(token::Refused::Denied(denied)) => {
                call.refused = Some(denied.message.clone());
                return Answer::denied(&served.api, denied);
            }
            Err(token::Refused::Unknown(refusal)) => return refused(served, refusal, call),
        }
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let turn = Turn {
            emulator: self,
            found,
            seed: self.seed.nth(number),
            now,
        };
        let answer = turn.take(asked).and_then(|done| {
            call.endpoint = done.endpoint.as_ref().map(|one| one.id.clone());
            call.event.clone_from(&done.event);
            call.deliveries = done.deliveries;
            let store = self.store();
            Scope::new(served, route, &done).answer(&|| store.tallies())
        });
        answer.unwrap_or_else(|refusal| refused(served, refusal, call))
    }

    /// Wakes the engine, for there may be something to deliver.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }
}

impl Call {
    fn new(asked: &Asked, at: Timestamp) -> Self {
        Self {
            at,
            method: asked.method.clone(),
            path: asked.path.clone(),
            status: 0,
            duration: Duration::ZERO,
            provider: None,
            action: None,
            endpoint: None,
            event: None,
            deliveries: 0,
            refused: None,
        }
    }
}

fn refused(served: &Served, refusal: Refusal, call: &mut Call) -> Answer {
    call.provider = Some(served.name().to_owned());
    let answer = Answer::refused(served, &refusal);
    call.refused = Some(refusal.why);
    answer
}
