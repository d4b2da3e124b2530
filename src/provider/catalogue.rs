//! All providers and their events: those built in, and those in the project's and the user's `providers` folders.
//!
//! Nothing is parsed before it is asked for: the names of built-in events are the names of their files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::{fs, io};

use serde_json::Value;

use super::api::{API, Api};
use super::check;
use super::profile::{Event, Profile};
use crate::error::{Error, Result, utf8};
use crate::lock::lock;
use crate::signature::Scheme;
use crate::suggest::did_you_mean;

/// Every file under `fixtures/`, by its path from there.
static FIXTURES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));

/// File name of a profile in a provider's folder.
pub(crate) const PROFILE: &str = "provider.toml";

/// A provider with its samples.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) profile: Profile,
    /// Where it was read from; `None` if it is built in.
    pub(crate) path: Option<PathBuf>,
    /// The folder that its files must be in; none if a user added it.
    confined_to: Option<PathBuf>,
    /// Sample payload of each event, as text.
    samples: BTreeMap<String, String>,
    schemes: OnceLock<Vec<&'static Scheme>>,
}

impl Provider {
    /// The sample payload of an event that the profile has.
    pub(crate) fn sample(&self, event: &str) -> Value {
        serde_json::from_str(self.sample_text(event))
            .expect("checked when the provider was read, or by a test")
    }

    /// The sample as it stands in its file.
    pub(crate) fn sample_text(&self, event: &str) -> &str {
        self.samples
            .get(event)
            .map_or("null", |text| text.trim_end())
    }

    /// As [`Profile::schemes`], found once: each request that is received asks for them.
    pub(crate) fn schemes(&self) -> &[&'static Scheme] {
        self.schemes.get_or_init(|| self.profile.schemes())
    }

    /// Events in their order, with their names.
    pub(crate) fn events(&self) -> impl Iterator<Item = (&str, &Event)> {
        self.profile
            .events
            .iter()
            .map(|(name, event)| (&**name, event))
    }

    /// Reads a provider from a folder with a `provider.toml`, or from one file with inline samples.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Self::read_within(path, None)
    }

    /// As [`Self::read`], of files that must be in a folder.
    fn read_within(path: &Path, confined_to: Option<&Path>) -> Result<Self> {
        let file = if path.is_dir() {
            path.join(PROFILE)
        } else {
            path.to_path_buf()
        };
        let shown = file.display().to_string();
        let text = read_text(&file, confined_to)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let sample = |event: &str| {
            let text = maybe_text(&folder.join(format!("{event}.json")), confined_to);
            text.map_err(|error| error.to_string())
        };
        Self::build(&text, sample, Some(file.clone()))
            .and_then(|provider| super::payload::check(&provider).map(|()| provider))
            .map(|provider| Self {
                confined_to: confined_to.map(Path::to_owned),
                ..provider
            })
            .map_err(|problem| Error::usage(format!("`{shown}` describes no provider: {problem}")))
    }

    /// Its management API, if one is described: in a file beside the profile.
    ///
    /// # Errors
    /// The file cannot be read, or describes none.
    pub(crate) fn api(&self) -> Result<Option<Api>> {
        let profile = &self.profile;
        let Some(path) = &self.path else {
            let text = fixture(&format!("{}/{API}", profile.name));
            let parse = |text| Api::parse(text, profile).expect("built-in APIs are read by a test");
            return Ok(text.map(parse));
        };
        // A provider in one file stands beside others.
        if path.file_name().is_none_or(|name| name != PROFILE) {
            return Ok(None);
        }
        let file = path.with_file_name(API);
        let Some(text) = maybe_text(&file, self.confined_to.as_deref())? else {
            return Ok(None);
        };
        let api = Api::parse(&text, profile);
        api.map(Some).map_err(|problem| {
            Error::usage(format!("`{}` describes no API: {problem}", file.display()))
        })
    }

    /// Its profile as it is written down.
    pub(crate) fn toml(&self) -> Result<String> {
        let Some(path) = &self.path else {
            let text = fixture(&format!("{}/{PROFILE}", self.profile.name));
            return Ok(text.unwrap_or_default().to_owned());
        };
        read_text(path, self.confined_to.as_deref())
    }

    fn built_in(name: &str) -> Option<std::result::Result<Self, String>> {
        let text = fixture(&format!("{name}/{PROFILE}"))?;
        let sample = |event: &str| Ok(fixture(&format!("{name}/{event}.json")).map(str::to_owned));
        Some(Self::build(text, sample, None).map_err(|problem| format!("{name}: {problem}")))
    }

    fn build(
        text: &str,
        sample: impl Fn(&str) -> std::result::Result<Option<String>, String>,
        path: Option<PathBuf>,
    ) -> std::result::Result<Self, String> {
        let profile = Profile::parse(text)?;
        let (mut samples, mut missing) = (BTreeMap::new(), Vec::new());
        for (name, event) in &profile.events {
            let text = match &event.sample {
                Some(inline) => Some(inline.clone()),
                None => sample(name)?,
            };
            match text {
                Some(text) => _ = samples.insert(name.clone(), text),
                None => missing.push(format!(
                    "event `{name}` has no payload: put `{name}.json` beside the profile, or `sample` into it"
                )),
            }
        }
        if !missing.is_empty() {
            return Err(check::list(&missing));
        }
        Ok(Self {
            profile,
            path,
            confined_to: None,
            samples,
            schemes: OnceLock::new(),
        })
    }
}

/// The text of a file, which must be in a folder if one is given.
fn read_text(file: &Path, confined_to: Option<&Path>) -> Result<String> {
    let shown = file.display().to_string();
    let bytes = read_within(file, confined_to)
        .map_err(|error| Error::machine(format!("cannot read `{shown}`")).because(error))?;
    utf8(bytes, &shown)
}

/// As [`read_text`], if there is such a file.
fn maybe_text(file: &Path, confined_to: Option<&Path>) -> Result<Option<String>> {
    match file.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => read_text(file, confined_to).map(Some),
    }
}

/// Reads a file that must be a regular one in a folder, links followed, if there is such a folder.
fn read_within(file: &Path, folder: Option<&Path>) -> io::Result<Vec<u8>> {
    if let Some(folder) = folder {
        let real = fs::canonicalize(file)?;
        if !real.starts_with(fs::canonicalize(folder)?) {
            return Err(io::Error::other(
                "it leads out of the project; set `HOOKCTL_TRUST=1` for this run, or run `hookctl trust`",
            ));
        }
        if !fs::metadata(&real)?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
    }
    fs::read(file)
}

fn fixture(path: &str) -> Option<&'static str> {
    FIXTURES
        .binary_search_by(|(name, _)| (*name).cmp(path))
        .ok()
        .map(|index| FIXTURES[index].1)
}

/// An event or a scenario by its name.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) provider: Arc<Provider>,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Event(String),
    Scenario(String),
}

/// What a user should know and what stops nothing, such as a provider that cannot be read. Shared, since it is found
/// when something is asked for, and told when there is somebody to tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices(Arc<Mutex<BTreeSet<String>>>);

impl Notices {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        lock(&self.0)
    }

    pub(crate) fn add(&self, notice: String) {
        self.lock().insert(notice);
    }

    /// What was not told yet.
    pub(crate) fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.lock())
    }
}

/// The folders of providers. What is in the first goes before what is in the second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folders {
    pub(crate) project: PathBuf,
    /// The folder that the project's files must be in, if it is not trusted. It replaces no provider then.
    pub(crate) confined_to: Option<PathBuf>,
    pub(crate) user: Option<PathBuf>,
}

/// The providers within reach.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// Profiles in the project's and the user's folders, by name.
    added: BTreeMap<String, Added>,
    /// Providers of the project that may not replace another, each with a problem and a hint.
    refused: BTreeMap<String, (String, String)>,
    notices: Notices,
}

/// A profile in a folder.
#[derive(Debug)]
struct Added {
    path: PathBuf,
    confined_to: Option<PathBuf>,
}

impl Catalogue {
    /// Looks into folders of providers; they need not exist. `replaces` returns the problem with a provider of the
    /// project that replaces another, and a hint.
    ///
    /// A provider is a folder with a `provider.toml`, or one `NAME.toml`.
    pub(crate) fn new(
        folders: &Folders,
        replaces: &dyn Fn(&str) -> (String, String),
        notices: Notices,
    ) -> Result<Self> {
        let (mut added, mut refused) = (BTreeMap::new(), BTreeMap::new());
        if let Some(user) = &folders.user {
            for (name, path) in providers_in(user)? {
                let confined_to = None;
                added.insert(name, Added { path, confined_to });
            }
        }
        for (name, path) in providers_in(&folders.project)? {
            let confined_to = folders.confined_to.clone();
            let is_known = || {
                let is_built_in = built_in_names().any(|known| known == name);
                is_built_in || added.contains_key(&name)
            };
            if confined_to.is_some() && is_known() {
                let (what, hint) = replaces(&name);
                refused.insert(name, (format!("`{}` {what}", path.display()), hint));
            } else {
                added.insert(name, Added { path, confined_to });
            }
        }
        Ok(Self {
            added,
            refused,
            notices,
        })
    }

    /// Names of all providers, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.added.keys().cloned().collect();
        names.extend(
            built_in_names()
                .filter(|name| !self.added.contains_key(*name))
                .map(str::to_owned),
        );
        names.sort();
        names
    }

    /// The provider of this name.
    pub(crate) fn provider(&self, name: &str) -> Result<Arc<Provider>> {
        if let Some((problem, hint)) = self.refused.get(name) {
            return Err(Error::usage(problem.clone()).hint(hint.clone()));
        }
        self.known(name)
    }

    /// The provider of this name, without those that are refused.
    fn known(&self, name: &str) -> Result<Arc<Provider>> {
        if let Some(Added { path, confined_to }) = self.added.get(name) {
            let provider = Provider::read_within(path, confined_to.as_deref())?;
            if provider.profile.name != name {
                let (is, path) = (&provider.profile.name, path.display());
                return Err(Error::usage(format!(
                    "`{path}` is called `{name}`, but describes `{is}`"
                ))
                .hint("Give the folder or file the provider's name."));
            }
            return Ok(Arc::new(provider));
        }
        match Provider::built_in(name) {
            Some(provider) => Ok(Arc::new(
                provider.expect("built-in providers are read by a test"),
            )),
            None => Err(Error::usage(format!("unknown provider `{name}`")).hint(
                did_you_mean(name, self.names().iter().map(String::as_str))
                    .unwrap_or_else(|| "`hookctl providers` lists them.".to_owned()),
            )),
        }
    }

    /// All providers, without those that cannot be read: what is not named is in nobody's way.
    #[allow(
        clippy::unnecessary_wraps,
        reason = "what is asked of a catalogue may fail; here it does not yet"
    )]
    pub(crate) fn all(&self) -> Result<Vec<Arc<Provider>>> {
        let names = self.names();
        Ok(names
            .iter()
            .filter_map(|name| self.readable(name))
            .collect())
    }

    fn readable(&self, name: &str) -> Option<Arc<Provider>> {
        if let Some((problem, hint)) = self.refused.get(name) {
            self.notices
                .add(format!("{problem}, and is left out; {hint}"));
        }
        self.known(name)
            .map_err(|error| self.notices.add(format!("a provider is left out: {error}")))
            .ok()
    }

    /// Provider and name of every event, sorted.
    #[allow(
        clippy::unnecessary_wraps,
        reason = "what is asked of a catalogue may fail; here it does not yet"
    )]
    pub(crate) fn event_names(&self) -> Result<Vec<(String, String)>> {
        let mut names: Vec<(String, String)> = built_in_events()
            .filter(|(provider, _)| !self.added.contains_key(*provider))
            .map(|(provider, event)| (provider.to_owned(), event.to_owned()))
            .collect();
        for name in self.added.keys() {
            let Some(provider) = self.readable(name) else {
                continue;
            };
            names.extend(
                provider
                    .events()
                    .map(|(event, _)| (name.clone(), event.to_owned())),
            );
        }
        names.sort();
        Ok(names)
    }

    /// The event or scenario of this name: `provider/name`, or `name` alone if one provider alone has it, or a
    /// provider that was named beside it.
    pub(crate) fn find(&self, name: &str, provider: Option<&str>) -> Result<Found> {
        // The name of an event may have a slash itself.
        if let Some((of, event)) = name.split_once('/')
            && (self.has(of) || !self.has_event(name)?)
        {
            if let Some(other) = provider.filter(|other| *other != of) {
                return Err(Error::usage(format!(
                    "`{name}` is an event of `{of}`, and `--provider` says `{other}`"
                )));
            }
            return self.in_provider(of, event);
        }
        if let Some(provider) = provider {
            return self.in_provider(provider, name);
        }
        let events = self.event_names()?;
        let mut owners: Vec<_> = events
            .iter()
            .filter(|(_, event)| event == name)
            .map(|(provider, _)| provider.clone())
            .collect();
        if owners.is_empty() {
            for provider in self.all()? {
                if provider.profile.scenarios.contains_key(name) {
                    owners.push(provider.profile.name.clone());
                }
            }
        }
        match owners.as_slice() {
            [owner] => self.in_provider(owner, name),
            [] => Err(self.unknown(name, &events)),
            several => {
                let full: Vec<_> = several
                    .iter()
                    .map(|provider| format!("`{provider}/{name}`"))
                    .collect();
                Err(Error::usage(format!(
                    "`{name}` is an event of {} providers",
                    several.len()
                ))
                .hint(format!("Say which: {}", full.join(" or "))))
            }
        }
    }

    /// Whether there is a provider of this name.
    fn has(&self, provider: &str) -> bool {
        self.names().iter().any(|name| name == provider)
    }

    /// Whether a provider has an event of this name.
    pub(crate) fn has_event(&self, name: &str) -> Result<bool> {
        Ok(self.event_names()?.iter().any(|(_, event)| event == name))
    }

    fn in_provider(&self, provider: &str, name: &str) -> Result<Found> {
        let provider = self.provider(provider)?;
        let profile = &provider.profile;
        let what = if profile.events.contains_key(name) {
            What::Event(name.to_owned())
        } else if profile.scenarios.contains_key(name) {
            What::Scenario(name.to_owned())
        } else {
            let known = profile
                .events
                .keys()
                .chain(profile.scenarios.keys())
                .map(String::as_str);
            let hint = did_you_mean(name, known)
                .unwrap_or_else(|| format!("`hookctl events {}` lists them.", profile.name));
            return Err(Error::usage(format!("{} has no event `{name}`", profile.name)).hint(hint));
        };
        Ok(Found { provider, what })
    }

    fn unknown(&self, name: &str, events: &[(String, String)]) -> Error {
        let mut known: Vec<String> = events.iter().map(|(_, event)| event.clone()).collect();
        for provider in self.all().unwrap_or_default() {
            known.extend(provider.profile.scenarios.keys().cloned());
        }
        known.sort();
        known.dedup();
        let hint = did_you_mean(name, known.iter().map(String::as_str))
            .unwrap_or_else(|| "`hookctl events` lists them.".to_owned());
        Error::usage(format!("unknown event `{name}`"))
            .hint(hint)
            .hint("An event that is not in the catalogue may be sent with `--provider NAME`.")
    }
}

/// Names and paths of the providers in a folder.
fn providers_in(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(BTreeMap::new());
        }
        Err(error) => {
            return Err(
                Error::machine(format!("cannot read the folder `{}`", folder.display()))
                    .because(error),
            );
        }
    };
    let mut found = BTreeMap::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_provider = path.join(PROFILE).is_file()
            || path
                .extension()
                .is_some_and(|extension| extension == "toml");
        let name = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(name) = name.filter(|_| is_provider) {
            found.entry(name.to_owned()).or_insert(path);
        }
    }
    Ok(found)
}

/// Names of the built-in providers, sorted.
fn built_in_names() -> impl Iterator<Item = &'static str> {
    FIXTURES
        .iter()
        .filter_map(|(path, _)| path.strip_suffix(PROFILE)?.strip_suffix('/'))
}

/// Provider and name of every built-in event, sorted.
fn built_in_events() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIXTURES
        .iter()
        .filter_map(|(path, _)| path.strip_suffix(".json")?.split_once('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_sorted_so_that_they_can_be_searched() {
        assert!(FIXTURES.is_sorted_by_key(|(path, _)| *path));
    }
}
