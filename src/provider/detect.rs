//! Which provider a request is from, and which event it is.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::catalogue::Provider;
use super::profile::DetectRow;
use crate::request::json;
use crate::signature::{Source, extract, last_key};

/// Tells providers by their requests.
#[derive(Debug)]
pub(crate) struct Detector {
    providers: Vec<Arc<Provider>>,
    /// Rows with headers, by the first of these in lower case.
    by_header: HashMap<String, Vec<Row>>,
    by_body: Vec<Row>,
}

/// Where a row is, and what rules it out quickly.
#[derive(Debug)]
struct Row {
    provider: usize,
    at: usize,
    /// Finds the longest of the keys that the body must have.
    key: Option<Finder<'static>>,
}

impl Detector {
    pub(crate) fn new(providers: Vec<Arc<Provider>>) -> Self {
        let mut by_header: HashMap<String, Vec<Row>> = HashMap::new();
        let mut by_body = Vec::new();
        for (provider, of) in providers.iter().enumerate() {
            for (at, conditions) in of.profile.detect.iter().enumerate() {
                let key = conditions.longest_key();
                let rows = match conditions.headers.first() {
                    Some(name) => by_header.entry(name.to_ascii_lowercase()).or_default(),
                    None => &mut by_body,
                };
                rows.push(Row {
                    provider,
                    at,
                    key: key.map(|key| Finder::new(key).into_owned()),
                });
            }
        }
        Self {
            providers,
            by_header,
            by_body,
        }
    }

    /// All that can be told apart.
    pub(crate) fn providers(&self) -> &[Arc<Provider>] {
        &self.providers
    }

    /// The provider of which a row fits, the one with most conditions first; else the one that the path names, as
    /// `/webhooks/NAME` does; else the one of which a row for want of a better fits.
    pub(crate) fn provider(&self, source: &Source<'_>) -> Option<&Arc<Provider>> {
        self.sure(source).or_else(|| self.fallback(source))
    }

    /// The provider that a request tells without rows for want of a better.
    pub(crate) fn sure(&self, source: &Source<'_>) -> Option<&Arc<Provider>> {
        self.best(false, source).or_else(|| {
            let mut segments = source.request.path().split('/');
            segments.find_map(|segment| {
                self.providers
                    .iter()
                    .find(|provider| provider.profile.name == segment)
            })
        })
    }

    /// The provider of which a row for want of a better fits.
    pub(crate) fn fallback(&self, source: &Source<'_>) -> Option<&Arc<Provider>> {
        self.best(true, source)
    }

    fn best(&self, fallback: bool, source: &Source<'_>) -> Option<&Arc<Provider>> {
        // A header says more than any body, and costs less to look at.
        let with_headers = source.request.headers.iter().flat_map(|header| {
            let name = header.name.to_ascii_lowercase();
            let rows = self.by_header.get(&*name);
            rows.into_iter().flatten()
        });
        self.fitting(with_headers, fallback, source).or_else(|| {
            let rows = self.by_body.iter();
            let rows = rows.filter(|row| row.may_fit(source));
            self.fitting(rows, fallback, source)
        })
    }

    /// The provider of the row that fits with most conditions, the last of those with as many.
    fn fitting<'a>(
        &'a self,
        rows: impl Iterator<Item = &'a Row>,
        fallback: bool,
        source: &Source<'_>,
    ) -> Option<&'a Arc<Provider>> {
        let rows = rows.filter_map(|row| {
            let provider = &self.providers[row.provider];
            let conditions = &provider.profile.detect[row.at];
            let fits = conditions.fallback == fallback && conditions.fits(source);
            fits.then_some((row, provider, conditions))
        });
        let best = rows.max_by_key(|(row, _, conditions)| {
            let (headers, fields) = (conditions.headers.len(), conditions.body.len());
            (headers, fields, row.provider, row.at)
        });
        best.map(|(_, provider, _)| provider)
    }
}

impl Row {
    /// Whether the longest key occurs in the fields at all.
    fn may_fit(&self, source: &Source<'_>) -> bool {
        self.key
            .as_ref()
            .is_none_or(|key| source.occurs(|text| key.find(text).is_some()))
    }
}

impl DetectRow {
    fn longest_key(&self) -> Option<&str> {
        let keys = self.body.iter().filter_map(|path| last_key(path));
        keys.max_by_key(|key| key.len())
    }

    fn fits(&self, source: &Source<'_>) -> bool {
        !(self.headers.is_empty() && self.body.is_empty())
            && self
                .headers
                .iter()
                .all(|name| source.request.headers.contains(name))
            && !self
                .without
                .iter()
                .any(|name| source.request.headers.contains(name))
            && self.body.iter().all(|path| source.has_field(path))
    }
}

impl Provider {
    /// The event that a request is: as its envelope says, else as its scheme knows.
    pub(crate) fn event_of(&self, source: &Source<'_>) -> Option<String> {
        self.named_in(source).or_else(|| {
            let event = self.profile.scheme().event.as_deref()?;
            Some(self.listed(extract(event, source)?))
        })
    }

    /// The event that a request is, as its envelope says.
    pub(super) fn named_in(&self, source: &Source<'_>) -> Option<String> {
        extract(&self.profile.envelope.event.value, source).map(|called| self.listed(called))
    }

    /// The event that is called so on the wire.
    fn listed(&self, called: String) -> String {
        let mut events = self.events();
        let event = events.find(|(_, event)| event.called.as_ref() == Some(&called));
        event.map_or(called, |(name, _)| name.to_owned())
    }

    /// The delivery id that a request carries.
    pub(crate) fn delivery_id_of(&self, source: &Source<'_>) -> Option<String> {
        extract(&self.profile.envelope.delivery.as_ref()?.value, source)
    }

    /// The keys by which receivers of this provider tell duplicates, as texts. Two different events about one thing
    /// differ in their name or time, so these belong to each key.
    pub(crate) fn dedup_keys_of(&self, source: &Source<'_>) -> Vec<String> {
        let envelope = &self.profile.envelope;
        let at = |path: &str| json::lookup(source.fields(), path).and_then(json::scalar_text);
        let paths = envelope.dedup.iter().flat_map(|dedup| &dedup.value);
        let time = envelope
            .time
            .iter()
            .find_map(|time| extract(&time.value, source));
        let of_event = format!("{:?}", (self.event_of(source), time));
        paths
            .filter_map(|path| {
                Some(format!(
                    "{} {of_event} {path}={}",
                    self.profile.name,
                    at(path)?
                ))
            })
            .collect()
    }
}
