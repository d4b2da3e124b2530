//! Where stored requests go again, and when.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::Context;
use super::options::Target;
use super::outgoing::{Again, Planned};
use super::sources::Sourced;
use crate::delivery::{Endpoint, Speed};
use crate::error::{Error, Result};
use crate::request::curl;
use crate::secret::Secret;
use crate::sender::Reach;
use crate::settings::Settings;

/// Where a stored request goes.
pub(super) struct Place {
    pub(super) url: Url,
    /// Where requests to it may go.
    pub(super) reach: Reach,
    /// Whether the URL's own path and query take the place of the stored ones.
    pub(super) has_target: bool,
    /// HTTP Basic credentials to add.
    pub(super) credentials: Option<Secret>,
    pub(super) endpoint: Option<Endpoint>,
    /// The delivery that it is another attempt of.
    pub(super) again: Option<Again>,
}

/// The place of a stored request: the URL that was named, else where the delivery went before.
///
/// # Errors
/// It was received, so it went nowhere; or it may not go there now.
pub(super) fn place(
    to: Option<&Target>,
    sourced: &Sourced,
    endpoints: &[Endpoint],
    settings: &Settings,
) -> Result<Place> {
    if let Some(target) = to {
        return Ok(Place {
            url: with_stored_target(target, sourced),
            reach: target.reach,
            has_target: target.has_path,
            credentials: target.credentials.as_deref().map(Secret::new),
            endpoint: None,
            again: None,
        });
    }
    let from = &sourced.from;
    let (Some(id), Some(sent)) = (sourced.id, &sourced.sent) else {
        return Err(
            Error::usage(format!("`{from}` does not say where to deliver it to"))
                .hint("Give a URL: `--to http://localhost:8080`"),
        );
    };
    if sent.is_pending {
        return Err(Error::usage(format!("`{from}` is pending still")).hint(
            "`hookctl send --resume` goes on with what is pending; `--speed max` does so at once.",
        ));
    }
    let endpoint = endpoints
        .iter()
        .find(|endpoint| Some(&endpoint.id) == sent.endpoint.as_ref());
    if let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.enabled) {
        return Err(Error::usage(format!(
            "`{from}` went to `{}`, which is disabled",
            endpoint.name
        ))
        .hint(format!(
            "`hookctl endpoints enable {}` resumes deliveries to it.",
            curl::quote(&endpoint.name)
        )));
    }
    let url: Url = sent.url.parse().map_err(|error| {
        Error::usage(format!("`{from}` went to `{}`, which is no URL", sent.url)).because(error)
    })?;
    // Pairs in the query are those of the request, so a URL that was changed since does not hold them.
    let has_pairs = matches!(&*sourced.stored.request.method, "GET" | "HEAD");
    let url = endpoint
        .filter(|_| !has_pairs)
        .map_or(url, |endpoint| endpoint.url.clone());
    Ok(Place {
        reach: settings.reach_of_history(&url)?.within(sent.reach),
        url,
        has_target: !has_pairs,
        credentials: endpoint.and_then(|endpoint| endpoint.basic.clone()),
        endpoint: endpoint.cloned(),
        again: Some(Again {
            id,
            number: sent.attempts + 1,
            keeps_body: endpoint.is_none_or(|endpoint| endpoint.log_body),
        }),
    })
}

/// A URL without a path gets the stored one.
fn with_stored_target(target: &Target, sourced: &Sourced) -> Url {
    let mut url = target.url.clone();
    if !target.has_path && !sourced.stored.payload_only {
        let request = &sourced.stored.request;
        url.set_path(request.path());
        url.set_query(Some(request.query()).filter(|query| !query.is_empty()));
    }
    url
}

/// Keeps the gaps between requests, by a clock of some speed.
pub(super) struct Gaps {
    speed: Speed,
    /// When the latest of them was received.
    last: Option<Timestamp>,
    is_told: bool,
}

impl Gaps {
    pub(super) fn new(speed: Speed) -> Self {
        Self {
            speed,
            last: None,
            is_told: false,
        }
    }

    /// Starts requests as far from one another as they were received, and from those before them.
    pub(super) fn keep(
        &mut self,
        planned: &mut [Planned],
        sources: &[Sourced],
        context: &mut Context,
    ) -> Result<()> {
        let received_at = |sourced: &Sourced| sourced.stored.received_at.as_deref()?.parse().ok();
        let times: Vec<Option<Timestamp>> = sources.iter().map(received_at).collect();
        for (planned, time) in planned.iter_mut().zip(&times) {
            planned.gap = self.gap(*time);
        }
        let unknown = times.iter().filter(|time| time.is_none()).count();
        if unknown > 0 && self.speed != Speed::Max && !self.is_told {
            self.is_told = true;
            context.ui.note(&format!(
                "note: {unknown} of {} do not say when they were received; they follow without a gap.",
                times.len()
            ))?;
        }
        Ok(())
    }

    /// How long after the one before it a request starts: as long as they were received one after the other. `None`
    /// for one that does not say when it was.
    fn gap(&mut self, at: Option<Timestamp>) -> Option<Duration> {
        let at = at?;
        let since = self
            .last
            .map_or(SignedDuration::ZERO, |last| at.duration_since(last));
        self.last = self.last.max(Some(at));
        let since = Duration::try_from(since.max(SignedDuration::ZERO)).unwrap_or_default();
        Some(self.speed.real(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_those_between_the_latest_and_the_next_one() {
        let times = ["10:00:00", "10:00:30", "", "10:00:20", "10:01:30"];
        let times = times.map(|time| format!("2026-11-21T{time}Z").parse().ok());
        let seconds = |speed: &str| -> Vec<Option<f64>> {
            let mut gaps = Gaps::new(speed.parse().unwrap());
            let gaps = times.iter().map(|time| gaps.gap(*time));
            gaps.map(|gap| gap.map(|gap| gap.as_secs_f64())).collect()
        };
        let wanted = [Some(0.0), Some(30.0), None, Some(0.0), Some(60.0)];
        assert_eq!(seconds("real"), wanted);
        assert_eq!(seconds("2x"), wanted.map(|gap| gap.map(|gap| gap / 2.0)));
        assert_eq!(seconds("max"), wanted.map(|gap| gap.map(|_| 0.0)));
    }
}
