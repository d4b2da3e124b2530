//! The engine: claims what is due, attempts it, writes down what came of it, and plans what follows.
//!
//! Few deliveries are in memory at a time, however many are pending: as many as are under way.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::flight::{Flight, Landed};
use super::outgoing::{Outgoing, submit};
use super::plan::Plan;
use super::policy::{Next, Speed};
use super::{Endpoint, Verdict};
use crate::error::{Error, Result};
use crate::provider::fresh::Seed;
use crate::provider::{Catalogue, Provider};
use crate::request::Request;
use crate::sender::{Attempt, Client, Delivery, Limits, Reach, authority};
use crate::store::{Count, Disabled, Due, Id, Ids, Lease, Place, Store, Whose};

/// How a run of the engine goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    /// Stay when nothing is pending, since more may come at any time.
    pub(crate) stays: bool,
    /// Most attempts at a time.
    pub(crate) concurrency: usize,
    /// Most attempts a second.
    pub(crate) rate: Option<f64>,
}

/// How urgently a run is asked to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    #[default]
    No,
    /// Attempts under way may end.
    Soon,
    /// They are dropped: they may have been taken all the same.
    Now,
}

/// What a run tells while it goes on.
pub(crate) enum News {
    Attempt(Box<Happened>),
    /// An endpoint was disabled, as its provider would have done.
    Disabled(Box<Endpoint>),
    /// A delivery that cannot be attempted here; it stays pending.
    Stuck {
        id: Id,
        why: String,
    },
    /// Nothing is under way; the next attempt is due after this time.
    Waiting(Duration),
}

/// One attempt that was made and written down.
pub(crate) struct Happened {
    pub(crate) id: Id,
    pub(crate) delivery: Delivery,
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) request: Request,
    pub(crate) attempt: Attempt,
    /// In unix seconds.
    pub(crate) signed_at: i64,
    pub(crate) verdict: Verdict,
    pub(crate) timeline: Timeline,
}

/// Where an attempt stands among those of its delivery.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeline {
    /// Attempts that there can be in all.
    pub(crate) attempts: u32,
    pub(crate) speed: Speed,
    /// Simulated time since the first attempt was due.
    pub(crate) simulated: Duration,
    /// Real time since then.
    pub(crate) real: Duration,
    /// The simulated time until the next attempt; `None` if the delivery is decided.
    pub(crate) next: Option<Duration>,
    /// Whether the receiver said that it wants no more.
    pub(crate) is_gone: bool,
}

/// Attempts deliveries until they are decided.
pub(crate) struct Engine {
    store: Store,
    lease: Lease,
    ids: Ids,
    catalogue: Catalogue,
    seed: Seed,
    plans: HashMap<i64, Arc<Plan>>,
    providers: HashMap<String, Arc<Provider>>,
    clients: HashMap<String, Arc<Client>>,
    bell: Arc<Notify>,
    /// Where what is in the history may go.
    reach: Reach,
}

/// Most clients that are kept; each has connections of its own.
const CLIENTS: usize = 64;
/// Most plans that are kept.
const PLANS: usize = 500;
/// How often an idle run looks for what others left or brought.
const GLANCE: Duration = Duration::from_secs(1);

/// Where what a history names may go: it is input if a project brings it.
pub(crate) fn reach(place: &Place) -> Reach {
    if place.is_input {
        Reach::Loopback
    } else {
        Reach::Anywhere
    }
}

impl Engine {
    /// An engine over a history; over one in memory if none is wanted. `seed` decides the jitter.
    ///
    /// # Errors
    /// The history cannot be written.
    pub(crate) fn new(place: Option<&Place>, catalogue: Catalogue, seed: Seed) -> Result<Self> {
        let (store, lease) = match place {
            Some(place) => (place.open()?, place.lease()?),
            None => (Store::in_memory()?, Lease::unshared()),
        };
        Ok(Self {
            ids: store.ids()?,
            store,
            lease,
            catalogue,
            seed,
            plans: HashMap::new(),
            providers: HashMap::new(),
            clients: HashMap::new(),
            bell: Arc::default(),
            reach: place.map_or(Reach::Anywhere, reach),
        })
    }

    /// Rings when something was put into the queue, so that an idle run looks at once.
    pub(crate) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Puts deliveries into the queue, for this engine's own run.
    pub(crate) fn submit(
        &mut self,
        plan: &Plan,
        deliveries: impl Iterator<Item = Outgoing>,
    ) -> Result<usize> {
        let owner = Some(self.lease.number);
        submit(&mut self.store, &self.ids, owner, plan, deliveries)
    }

    /// Attempts what was submitted to this engine until it is decided, or a stop is asked for.
    pub(crate) async fn run(
        &mut self,
        course: Course,
        stop: watch::Receiver<Stop>,
        tell: &mut dyn FnMut(News) -> Result<()>,
    ) -> Result<Count> {
        let whose = Whose::Of(self.lease.number);
        self.attempt_all(whose, course, stop, tell).await?;
        self.store.count_pending(whose)
    }

    /// Attempts what nobody else goes on with: what was put into the queue without an owner, and what other runs left.
    /// `hurry` is the speed at which it goes on, if that is another one now.
    pub(crate) async fn resume(
        &mut self,
        hurry: Option<Speed>,
        course: Course,
        stop: watch::Receiver<Stop>,
        tell: &mut dyn FnMut(News) -> Result<()>,
    ) -> Result<Count> {
        self.store.free_abandoned()?;
        if let Some(speed) = hurry {
            self.hasten(speed)?;
        }
        self.attempt_all(Whose::Nobodys, course, stop, tell).await?;
        self.store.release(self.lease.number)?;
        self.store.count_pending(Whose::Nobodys)
    }

    /// How many deliveries are pending in all.
    pub(crate) fn pending(&self) -> Result<usize> {
        self.store.all_pending()
    }

    async fn attempt_all(
        &mut self,
        whose: Whose,
        course: Course,
        mut stop: watch::Receiver<Stop>,
        tell: &mut dyn FnMut(News) -> Result<()>,
    ) -> Result<()> {
        let bell = self.bell();
        let mut flights: JoinSet<Landed> = JoinSet::new();
        let mut pace = Pace::new(course.rate);
        let mut looked = Instant::now();
        loop {
            let level = *stop.borrow_and_update();
            if level == Stop::Now || (level == Stop::Soon && flights.is_empty()) {
                return Ok(());
            }
            let free = course.concurrency.saturating_sub(flights.len());
            let mut wait = None;
            if level == Stop::No && free > 0 {
                let claimed = self
                    .store
                    .claim(whose, self.lease.number, Timestamp::now(), free)?;
                for due in claimed {
                    let id = due.id;
                    match self.prepare(due)? {
                        Some(Ok(flight)) => {
                            flights.spawn(flight.fly(pace.next()));
                        }
                        Some(Err(why)) => tell(News::Stuck { id, why })?,
                        None => {}
                    }
                }
                if whose == Whose::Nobodys && looked.elapsed() >= GLANCE {
                    self.store.free_abandoned()?;
                    looked = Instant::now();
                }
                wait = self.store.next_due(whose)?.map(until);
                if flights.is_empty() {
                    match wait {
                        None if !course.stays => return Ok(()),
                        Some(wait) if !wait.is_zero() => tell(News::Waiting(wait))?,
                        _ => {}
                    }
                }
            }
            let most = match whose {
                Whose::Nobodys => Some(GLANCE),
                Whose::Of(_) => None,
            };
            let wait = wait.into_iter().chain(most.filter(|_| free > 0)).min();
            tokio::select! {
                landed = flights.join_next(), if !flights.is_empty() => {
                    let mut all: Vec<Landed> = landed.into_iter().map(joined).collect::<Result<_>>()?;
                    while let Some(landed) = flights.try_join_next() {
                        all.push(joined(landed)?);
                    }
                    self.write_down(whose, all, tell)?;
                }
                () = sleep(wait), if level == Stop::No && free > 0 => {}
                () = bell.notified() => {}
                () = changed(&mut stop) => {}
            }
        }
    }

    /// Makes a claimed attempt ready: `None` if its endpoint is gone, and why if it cannot be made here.
    fn prepare(&mut self, due: Due) -> Result<Option<std::result::Result<Flight, String>>> {
        let endpoint = match &due.facts.endpoint {
            Some(id) => match self.store.endpoint(id)? {
                None => return Ok(None),
                endpoint => endpoint,
            },
            None => None,
        };
        let provider = match self.provider(due.facts.provider.as_deref()) {
            Ok(provider) => provider,
            Err(error) => return Ok(Some(Err(error.to_string()))),
        };
        let Some(plan) = self.plan(due.plan)? else {
            return Ok(Some(Err("it has no plan".to_owned())));
        };
        let reach = self.reach;
        let ready = plan.delivery(&due, endpoint.as_ref()).and_then(|delivery| {
            let delivery = Delivery {
                reach: delivery.reach.within(reach),
                ..delivery
            };
            let client = self.client(&plan, &delivery, provider.as_deref())?;
            Ok(Flight {
                due,
                plan,
                endpoint,
                provider,
                delivery,
                client,
            })
        });
        Ok(Some(ready))
    }

    fn provider(&mut self, name: Option<&str>) -> Result<Option<Arc<Provider>>> {
        let Some(name) = name else {
            return Ok(None);
        };
        if let Some(known) = self.providers.get(name) {
            return Ok(Some(Arc::clone(known)));
        }
        let provider = self.catalogue.provider(name)?;
        self.providers
            .insert(name.to_owned(), Arc::clone(&provider));
        Ok(Some(provider))
    }

    fn plan(&mut self, number: i64) -> Result<Option<Arc<Plan>>> {
        if let Some(known) = self.plans.get(&number) {
            return Ok(Some(Arc::clone(known)));
        }
        let text = self.store.plan(number)?;
        let Some(plan) = text.and_then(|text| Plan::from_text(&text).ok()) else {
            return Ok(None);
        };
        if self.plans.len() >= PLANS {
            self.plans.clear();
        }
        let plan = Arc::new(plan);
        self.plans.insert(number, Arc::clone(&plan));
        Ok(Some(plan))
    }

    /// The client for a delivery; those to one host share it and its connections.
    fn client(
        &mut self,
        plan: &Plan,
        delivery: &Delivery,
        provider: Option<&Provider>,
    ) -> std::result::Result<Arc<Client>, String> {
        let profile = provider.map(|provider| &provider.profile);
        let limits = Limits {
            reach: delivery.reach,
            ..plan.limits(profile)?
        };
        let url = &delivery.url;
        let key = format!(
            "{}://{} {:?} {} {:?} {:?}",
            url.scheme(),
            authority(url),
            limits.timeout,
            limits.insecure,
            plan.cacert,
            limits.reach
        );
        if let Some(known) = self.clients.get(&key) {
            return Ok(Arc::clone(known));
        }
        if self.clients.len() >= CLIENTS {
            self.clients.clear();
        }
        let client = Client::new(url, limits).map_err(|error| error.to_string())?;
        let client = Arc::new(client);
        self.clients.insert(key, Arc::clone(&client));
        Ok(client)
    }

    /// Writes down what came of attempts, and tells of them once that is kept.
    fn write_down(
        &mut self,
        whose: Whose,
        landed: Vec<Landed>,
        tell: &mut dyn FnMut(News) -> Result<()>,
    ) -> Result<()> {
        let now = Timestamp::now();
        let owner = match whose {
            Whose::Of(owner) => Some(owner),
            Whose::Nobodys => None,
        };
        let (mut made, mut happened) = (Vec::new(), Vec::new());
        for landed in landed {
            let chance = self.chance(&landed);
            match landed.judge(now, chance) {
                Ok((one, news)) => {
                    made.push(one);
                    happened.push(news);
                }
                Err((id, why)) => tell(News::Stuck { id, why })?,
            }
        }
        let disabled: Vec<Disabled> = self.store.record(owner, &made)?;
        for one in happened {
            tell(News::Attempt(Box::new(one)))?;
        }
        for Disabled { endpoint, .. } in disabled {
            if let Some(endpoint) = self.store.endpoint(&endpoint)? {
                tell(News::Disabled(Box::new(endpoint)))?;
            }
        }
        Ok(())
    }

    /// A number from 0 to 1 for the jitter of what follows an attempt.
    fn chance(&self, landed: &Landed) -> f64 {
        let (id, number) = landed.mark();
        let digits = self
            .seed
            .value("{digits:6}", &format!("retry {number} of {id}"));
        digits.parse::<f64>().map_or(0.5, |number| number / 1e6)
    }

    /// Gives what nobody goes on with another speed: waits that are under way are shorter or longer by as much.
    fn hasten(&mut self, speed: Speed) -> Result<()> {
        let now = Timestamp::now();
        for number in self.store.free_plans()? {
            let Some(mut plan) = self
                .store
                .plan(number)?
                .and_then(|text| Plan::from_text(&text).ok())
            else {
                continue;
            };
            let factor = match (plan.policy.speed, speed) {
                (Speed::Times(old), Speed::Times(new)) => old / new,
                (_, Speed::Max) => 0.0,
                (Speed::Max, Speed::Times(_)) => 1.0,
            };
            plan.policy.speed = speed;
            self.store.rescale(number, &plan.to_text(), now, factor)?;
        }
        self.plans.clear();
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // What is not released now is found by whoever resumes.
        let _ = self.store.release(self.lease.number);
    }
}

fn joined(landed: std::result::Result<Landed, tokio::task::JoinError>) -> Result<Landed> {
    landed.map_err(|error| Error::machine("an attempt broke off").because(error))
}

fn until(due: Timestamp) -> Duration {
    let wait = due.duration_since(Timestamp::now());
    Duration::try_from(wait.max(SignedDuration::ZERO)).unwrap_or_default()
}

/// Waits for another word; for ever, if nobody is there to say it.
async fn changed(stop: &mut watch::Receiver<Stop>) {
    if stop.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// Spreads starts over time.
struct Pace {
    step: Option<Duration>,
    next: Instant,
}

impl Pace {
    fn new(rate: Option<f64>) -> Self {
        let step = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self {
            step,
            next: Instant::now(),
        }
    }

    /// When the next one may start; `None` for at once.
    fn next(&mut self) -> Option<Instant> {
        let step = self.step?;
        let at = self.next.max(Instant::now());
        self.next = at + step;
        Some(at)
    }
}

/// What follows an attempt, for those who plan and for those who read.
pub(super) fn timeline(next: Option<Next>) -> (Option<Duration>, bool) {
    match next {
        Some(Next::After(delay)) => (Some(delay), false),
        Some(Next::Gone) => (None, true),
        Some(Next::Exhausted) | None => (None, false),
    }
}
