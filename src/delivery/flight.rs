//! One attempt on its way, and what is made of its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::engine::{Happened, Timeline, timeline};
use super::plan::Plan;
use super::policy::retry_after;
use super::{Endpoint, Verdict, is_success};
use crate::provider::{Profile, Provider};
use crate::request::Request;
use crate::sender::{Attempt, Client, Delivery};
use crate::store::{self, Due, Id, Limit, Made, Wear};

/// A claimed attempt with all that it needs.
pub(super) struct Flight {
    pub(super) due: Due,
    pub(super) plan: Arc<Plan>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) provider: Option<Arc<Provider>>,
    pub(super) delivery: Delivery,
    pub(super) client: Arc<Client>,
}

/// An attempt that was made, or why it could not be.
pub(super) struct Landed {
    flight: Flight,
    started: Timestamp,
    signed_at: i64,
    sent: Result<(Request, Attempt), String>,
}

impl Flight {
    /// Makes the attempt, signed at the time when it starts, and not before the given one.
    pub(super) async fn fly(self, start: Option<Instant>) -> Landed {
        if let Some(start) = start {
            tokio::time::sleep_until(start.into()).await;
        }
        let started = Timestamp::now();
        let signed_at = self.plan.signed_at(started);
        let sent = match self.delivery.attempt(signed_at) {
            Ok(request) => {
                let number = self.due.attempts.saturating_add(1);
                let url = &self.delivery.url;
                let attempt = self.client.send(&request, url, number).await;
                Ok((request, attempt))
            }
            Err(why) => Err(why),
        };
        Landed {
            flight: self,
            started,
            signed_at,
            sent,
        }
    }
}

impl Landed {
    /// What tells this attempt from all others, the same one for the same delivery id.
    pub(super) fn mark(&self) -> (String, u32) {
        let due = &self.flight.due;
        let id = due.facts.delivery_id.clone();
        (id.unwrap_or_else(|| due.id.to_string()), due.attempts + 1)
    }

    /// What is written down of the attempt and what is told, with the time of now and a number of chance.
    ///
    /// # Errors
    /// The delivery, and why the attempt could not be made.
    pub(super) fn judge(
        self,
        now: Timestamp,
        chance: f64,
    ) -> Result<(Made, Happened), (Id, String)> {
        let Flight {
            due,
            plan,
            endpoint,
            provider,
            delivery,
            ..
        } = self.flight;
        let (request, attempt) = self.sent.map_err(|why| (due.id, why))?;
        let profile = provider.as_ref().map(|provider| &provider.profile);
        let verdict = Verdict::new(&delivery, &attempt, profile, &plan.expect);
        let is_good = verdict.problem().is_none();
        let is_success = attempt
            .status()
            .is_some_and(|status| is_success(profile, status));
        let next = (!is_good && !is_success).then(|| {
            let wait = attempt
                .result
                .as_ref()
                .ok()
                .and_then(|answer| retry_after(&answer.headers.text("retry-after")?, now));
            plan.policy
                .next(attempt.number, attempt.status(), wait, chance)
        });
        let (delay, is_gone) = timeline(next);
        let wear = endpoint.as_ref().map(|endpoint| Wear {
            endpoint: endpoint.id.clone(),
            at: later(due.at, due.clock),
            limit: limit(profile, &attempt),
        });
        let keeps_body = endpoint.as_ref().is_none_or(|endpoint| endpoint.log_body);
        let made = Made {
            id: due.id,
            attempt: logged(
                &attempt,
                self.started,
                &request,
                verdict.problem(),
                keeps_body,
            ),
            request: request.clone(),
            good: is_good,
            next: delay.map(|delay| {
                let clock = due.clock + to_millis(attempt.duration) + delay;
                (later(now, plan.policy.speed.real(delay)), clock)
            }),
            endpoint: wear,
        };
        let timeline = Timeline {
            attempts: plan.policy.attempts(),
            speed: plan.policy.speed,
            simulated: due.clock,
            real: Duration::try_from(self.started.duration_since(due.at)).unwrap_or_default(),
            next: delay,
            is_gone,
        };
        let happened = Happened {
            id: due.id,
            delivery,
            provider,
            endpoint,
            request,
            attempt,
            signed_at: self.signed_at,
            verdict,
            timeline,
        };
        Ok((made, happened))
    }
}

/// What an endpoint may do wrong, and whether this answer is enough.
fn limit(profile: Option<&Profile>, attempt: &Attempt) -> Limit {
    let rule = profile.and_then(|profile| profile.policy.disable_at.as_ref());
    let Some(rule) = rule.map(|fact| &fact.value) else {
        return Limit::default();
    };
    let set = rule.statuses.as_ref();
    let status = attempt
        .status()
        .filter(|status| set.is_some_and(|set| set.contains(*status)));
    Limit {
        failures: rule.failures,
        failing: rule.failing.map(|span| span.0),
        at_once: status.map(|status| format!("it answered {status}")),
    }
}

/// An attempt as the log keeps it.
pub(crate) fn logged(
    tried: &Attempt,
    at: Timestamp,
    request: &Request,
    problem: Option<&str>,
    keeps_body: bool,
) -> store::Attempt {
    let failure = tried.result.as_ref().err();
    let error = failure.map_or(problem, |failure| Some(&failure.message));
    let answer = tried.result.as_ref().ok();
    let body = answer.filter(|_| keeps_body);
    store::Attempt {
        url: None,
        number: tried.number,
        at,
        status: tried.status(),
        duration: tried.duration,
        error: error.map(str::to_owned),
        // The first one's stand with the delivery.
        sent: (tried.number > 1).then(|| request.headers.clone()),
        headers: answer
            .map(|answer| answer.headers.clone())
            .unwrap_or_default(),
        body: body.map(|answer| answer.body.clone()).unwrap_or_default(),
        truncated: body.is_some_and(|answer| answer.truncated),
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// The clock of a delivery counts milliseconds.
fn to_millis(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
