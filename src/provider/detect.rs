//! Which provider a request is from, and which event it is.

use std::sync::Arc;

use memchr::memmem::Finder;

use super::catalogue::Provider;
use super::profile::DetectRow;
use crate::request::json::Document;
use crate::request::{ByName, json};
use crate::signature::{Source, extract, last_key};

/// Tells providers by their requests.
#[derive(Debug)]
pub(crate) struct Detector {
    providers: Vec<Arc<Provider>>,
    sure: Rows,
    /// For want of a better.
    fallback: Rows,
}

#[derive(Debug, Default)]
struct Rows {
    /// Those with headers, by the first of these.
    by_header: ByName<Vec<Row>>,
    /// Those about the body alone, each with the longest of the keys that must be there: what rules it out quickly.
    by_body: Vec<(Option<Finder<'static>>, Row)>,
    /// The same by a key that the body itself must have: what finds them in one that is parsed.
    by_key: ByName<Vec<Row>>,
    /// The same, where the body may be a list.
    of_lists: Vec<Row>,
}

/// Where a row is.
#[derive(Clone, Copy, Debug)]
struct Row {
    provider: usize,
    at: usize,
}

impl Detector {
    pub(crate) fn new(providers: Vec<Arc<Provider>>) -> Self {
        let (mut sure, mut fallback) = (Rows::default(), Rows::default());
        for (provider, of) in providers.iter().enumerate() {
            for (at, conditions) in of.profile.detect.iter().enumerate() {
                let rows = if conditions.fallback {
                    &mut fallback
                } else {
                    &mut sure
                };
                let row = Row { provider, at };
                if let Some(name) = conditions.headers.first() {
                    rows.by_header.entry(name).push(row);
                } else {
                    rows.add_about_body(conditions, row);
                }
            }
        }
        Self {
            providers,
            sure,
            fallback,
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
        self.best(&self.sure, source).or_else(|| {
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
        self.best(&self.fallback, source)
    }

    fn best(&self, rows: &Rows, source: &Source<'_>) -> Option<&Arc<Provider>> {
        // A header says more than any body, and costs less to look at.
        let headers = source.request.headers.iter();
        let with_headers = headers.filter_map(|header| rows.by_header.get(&header.name));
        self.fitting(with_headers.flatten().copied(), source)
            .or_else(|| self.best_by_body(rows, source))
    }

    fn best_by_body(&self, rows: &Rows, source: &Source<'_>) -> Option<&Arc<Provider>> {
        let parsed = source.parsed();
        if parsed.is_some_and(|fields| !fields.root().is_object()) {
            return self.fitting(rows.of_lists.iter().copied(), source);
        }
        if let Some(keys) = parsed.and_then(Document::keys) {
            let rows = keys.filter_map(|key| rows.by_key.get(&key));
            return self.fitting(rows.flatten().copied(), source);
        }
        let may_hold = |key: &Finder<'_>| source.may_hold(|text| key.find(text).is_some());
        let rows = rows.by_body.iter();
        let rows = rows.filter(|(key, _)| key.as_ref().is_none_or(may_hold));
        self.fitting(rows.map(|(_, row)| *row), source)
    }

    /// The provider of the row that fits with most conditions, the last of those with as many.
    fn fitting(
        &self,
        rows: impl Iterator<Item = Row>,
        source: &Source<'_>,
    ) -> Option<&Arc<Provider>> {
        let rows = rows.filter_map(|row| {
            let provider = &self.providers[row.provider];
            let conditions = &provider.profile.detect[row.at];
            conditions
                .fits(source)
                .then_some((row, provider, conditions))
        });
        let best = rows.max_by_key(|(row, _, conditions)| {
            let (headers, fields) = (conditions.headers.len(), conditions.body.len());
            (headers, fields, row.provider, row.at)
        });
        best.map(|(_, provider, _)| provider)
    }
}

impl Rows {
    fn add_about_body(&mut self, conditions: &DetectRow, row: Row) {
        let key = conditions.longest_key();
        let finder = key.map(|key| Finder::new(key).into_owned());
        self.by_body.push((finder, row));
        let paths = conditions.body.iter();
        let keys = paths.filter_map(|path| json::split_path(path).into_iter().next());
        // The longest is the rarest.
        if let Some(key) = keys.max_by_key(String::len) {
            self.by_key.entry(&key).push(row);
            if key.parse::<usize>().is_ok() {
                self.of_lists.push(row);
            }
        }
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

    /// The time of the event that a request carries, as it is spelled.
    pub(crate) fn time_of(&self, source: &Source<'_>) -> Option<String> {
        extract(&self.profile.envelope.time.as_ref()?.value, source)
    }

    /// The keys by which receivers of this provider tell duplicates, each with its path. Two different events about
    /// one thing differ in their name or time, so these belong to each key.
    pub(crate) fn dedup_keys_of<'a>(
        &'a self,
        source: &'a Source<'_>,
    ) -> impl Iterator<Item = (&'a str, String)> {
        let at = |path: &str| source.fields().text(path);
        let dedup = self.profile.envelope.dedup.iter();
        let paths = dedup.flat_map(|dedup| &dedup.value);
        paths.filter_map(move |path| Some((&**path, at(path)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogue;
    use super::*;
    use crate::request::{Headers, Request};

    #[test]
    fn a_body_that_is_parsed_tells_what_its_text_tells() {
        let providers = Catalogue::default().all().unwrap();
        let detector = Detector::new(providers.clone());
        let mut known = 0;
        for provider in &providers {
            for (event, _) in provider.events() {
                let request = Request {
                    method: "POST".into(),
                    target: "/".into(),
                    headers: Headers::default(),
                    body: provider.sample_text(event).to_owned().into(),
                };
                let (text, parsed) = (Source::new(&request), Source::new(&request));
                parsed.json();
                let name = |source| {
                    let found = detector.provider(source);
                    found.map(|provider| &*provider.profile.name)
                };
                assert_eq!(name(&text), name(&parsed), "{event}");
                known += usize::from(name(&text).is_some());
            }
        }
        assert!(known > 70, "{known}");
    }
}
