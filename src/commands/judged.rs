//! Requests from files, verified one by one: which scheme, which secrets, and why not.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;

use super::options::{SecretArgs, unfit_secret};
use super::sources::Sourced;
use crate::error::{Error, Result};
use crate::provider::{Detector, Provider};
use crate::render;
use crate::render::verification::Found;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::signature::{
    self, Case, Clock, Diagnosis, Effort, KeysOf, OtherSecret, Part, Reason, Scheme, Setting,
    Source, Status, Verification, Warning, diagnose, secret_warnings, verify, verify_any, warnings,
};

/// Failures of one run for which a cause is searched in vain; for those after them, none is.
pub(super) const MOST_SEARCHES: usize = 200;

/// Secrets by provider.
type SecretsOf = HashMap<Option<String>, Arc<[Secret]>>;

/// Verifies requests with what the user gave.
pub(crate) struct Verifier<'a> {
    secret: &'a SecretArgs,
    provider: Option<Arc<Provider>>,
    scheme: Option<&'static Scheme>,
    detector: Arc<Detector>,
    clock: Clock,
    /// The public URL, for schemes that sign it.
    pub(super) url: Option<String>,
    /// Causes are searched without a limit.
    pub(super) thorough: bool,
    /// It is shown how far such a search is.
    pub(super) shows_progress: bool,
    /// Secrets that were looked up, by provider; shared, as stdin gives them but once.
    secrets: Arc<Mutex<SecretsOf>>,
    /// The keys that these make, by provider and scheme.
    keys: HashMap<(Option<String>, &'static str), KeysOf>,
    /// Warnings about these, by provider and scheme.
    about_secrets: HashMap<(Option<String>, &'static str), Vec<Warning>>,
    /// Failures for which a cause may still be searched in vain: it takes some milliseconds each.
    pub(super) searches_left: usize,
    /// Secrets of all providers, for finding one that fits by mistake; looked up on the first failure.
    others: Option<Vec<OtherSecret>>,
}

impl<'a> Verifier<'a> {
    pub(crate) fn new(
        secret: &'a SecretArgs,
        provider: Option<Arc<Provider>>,
        scheme: Option<&'static Scheme>,
        detector: Detector,
        clock: Clock,
    ) -> Self {
        Self {
            secret,
            provider,
            scheme,
            detector: Arc::new(detector),
            clock,
            url: None,
            thorough: false,
            shows_progress: false,
            secrets: Arc::default(),
            keys: HashMap::new(),
            about_secrets: HashMap::new(),
            searches_left: MOST_SEARCHES,
            others: None,
        }
    }

    /// Another one, for a thread of its own, that searches for no causes.
    pub(super) fn without_searches(&self) -> Self {
        Self {
            secret: self.secret,
            provider: self.provider.clone(),
            scheme: self.scheme,
            detector: Arc::clone(&self.detector),
            clock: self.clock,
            url: self.url.clone(),
            thorough: false,
            shows_progress: false,
            secrets: Arc::clone(&self.secrets),
            keys: HashMap::new(),
            about_secrets: HashMap::new(),
            searches_left: 0,
            others: None,
        }
    }

    /// Verifies one request. Of several, one without a known signature or secret is a verdict of its own.
    ///
    /// # Errors
    /// There is no secret, or none of the form that the scheme takes.
    pub(crate) fn verify(
        &mut self,
        sourced: &Sourced,
        of_several: bool,
        settings: &Settings,
    ) -> Result<Found> {
        let request = &sourced.stored.request;
        let source = Source::new(request);
        let provider = match (&self.provider, self.scheme) {
            (None, None) => self.detector.provider(&source).cloned(),
            (named, _) => named.clone(),
        };
        let schemes = match (self.scheme, &provider) {
            (Some(scheme), _) => vec![scheme.for_request(request)],
            (None, Some(provider)) => signature::among(&provider.profile.schemes(), &source),
            (None, None) => signature::detect(&source),
        };
        let name = provider
            .as_ref()
            .map(|provider| provider.profile.name.clone());
        let secrets = self.secrets_for(name.as_deref(), settings)?;
        let Some(&scheme) = schemes.first() else {
            if sourced.stored.payload_only && !of_several {
                return Err(no_signature(sourced));
            }
            return Ok(Found::of(Verification::without_scheme(request), None));
        };
        let found = self.judge(
            &schemes,
            &secrets,
            &source,
            name.as_ref(),
            of_several,
            settings,
        )?;
        let (mut verification, diagnosis) = found;
        let named = self.scheme.is_some() || self.provider.is_some();
        if verification.status == Status::Unsigned && !named && !secrets.is_empty() {
            // Somebody who gives a secret expects a signature.
            verification = Verification::without_scheme(request);
        }
        let mut found = Found::of(verification, provider.as_deref());
        found.scheme = signature::named(&found.verification.scheme).or(Some(scheme));
        found.diagnosis = diagnosis;
        if let Some(id) = provider.and_then(|provider| provider.delivery_id_of(&source)) {
            found.verification.delivery_id = Some(id);
        }
        self.tell(&mut found, name, &secrets, &source);
        Ok(found)
    }

    /// Adds what is worth knowing beside the verdict.
    fn tell(
        &mut self,
        found: &mut Found,
        name: Option<String>,
        secrets: &[Secret],
        source: &Source<'_>,
    ) {
        let Some(scheme) = found.scheme else { return };
        let about_secrets = self.about_secrets.entry((name, &scheme.id));
        let about_secrets = about_secrets.or_insert_with(|| secret_warnings(scheme, secrets));
        found.warnings.extend_from_slice(about_secrets);
        let others = warnings(scheme, secrets, source, &found.verification);
        found.warnings.extend(others);
        let left_out = &found.diagnosis.left_out;
        if !left_out.is_empty() {
            found
                .warnings
                .push(search_incomplete(left_out, self.thorough));
        }
        let is_late = matches!(
            found.verification.reason,
            Some(Reason::Stale | Reason::Future)
        );
        if found.verification.status == Status::Invalid && !is_late {
            found.evidence = signature::evidence(scheme, secrets, source, self.setting());
            found.facts = signature::facts(source.request);
        }
    }

    fn setting(&self) -> Setting<'_> {
        Setting {
            clock: self.clock,
            url: self.url.as_deref(),
            brief: false,
        }
    }

    fn judge(
        &mut self,
        schemes: &[&'static Scheme],
        secrets: &[Secret],
        source: &Source<'_>,
        name: Option<&String>,
        of_several: bool,
        settings: &Settings,
    ) -> Result<(Verification, Diagnosis)> {
        let name = name.cloned();
        let scheme = schemes[0];
        let provider = self
            .provider
            .as_ref()
            .map(|provider| &*provider.profile.name);
        let cached = &mut self.keys;
        let mut keys_of = |scheme: &'static Scheme| {
            let known = cached.entry((name.clone(), &scheme.id));
            known
                .or_insert_with(|| signature::keys(scheme, secrets))
                .clone()
        };
        let setting = Setting {
            clock: self.clock,
            url: self.url.as_deref(),
            brief: false,
        };
        let verified = verify_any(schemes, &mut keys_of, source, setting);
        let (verification, problem) = match verified {
            Some(Ok(found)) => (found, None),
            Some(Err(problem)) => (Verification::unfit(scheme, &problem), Some(problem)),
            None => (verify(scheme, &[], source, self.setting()), None),
        };
        if verification.status == Status::NoSecret && !of_several {
            return Err(no_secret(scheme, provider));
        }
        let (Status::Invalid, Some(reason)) = (verification.status, verification.reason) else {
            return Ok((verification, Diagnosis::default()));
        };
        if of_several && self.searches_left == 0 {
            return Ok((verification, Diagnosis::default()));
        }
        if self.others.is_none() {
            self.others = Some(other_secrets(settings));
        }
        let scheme = signature::named(&verification.scheme).unwrap_or(scheme);
        let spinner = self.shows_progress.then(Spinner::new);
        let progress = |done| spinner.iter().for_each(|spinner| spinner.show(done));
        let diagnosis = diagnose(&Case {
            scheme,
            secrets,
            others: self.others.as_deref().unwrap_or_default(),
            source,
            setting: self.setting(),
            reason,
            effort: Effort {
                thorough: self.thorough,
                progress: self.shows_progress.then_some(&progress),
            },
        });
        drop(spinner);
        if diagnosis.causes.is_empty() {
            self.searches_left = self.searches_left.saturating_sub(1);
        }
        match problem {
            // A secret that no mistake explains is a mistake in the command.
            Some(problem) if diagnosis.causes.is_empty() && !of_several => {
                Err(unfit_secret("verify", &problem))
            }
            _ => Ok((verification, diagnosis)),
        }
    }

    fn secrets_for(&self, provider: Option<&str>, settings: &Settings) -> Result<Arc<[Secret]>> {
        let mut known = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = provider.map(str::to_owned);
        if let Some(known) = known.get(&key) {
            return Ok(Arc::clone(known));
        }
        let secrets: Arc<[Secret]> = self.secret.for_verifying(settings, provider)?.into();
        known.insert(key, Arc::clone(&secrets));
        Ok(secrets)
    }
}

/// That a search ended before all was tried.
fn search_incomplete(left_out: &[Part], thorough: bool) -> Warning {
    let words: Vec<_> = left_out.iter().map(|part| part.words()).collect();
    let words = words.join(", ");
    let text = if thorough {
        format!("the body is too large to try all of: {words}")
    } else {
        format!(
            "the search for the cause reached its limit, and did not try all of: {words}; `hookctl verify --thorough` does"
        )
    };
    ("search_incomplete", text)
}

/// Shows how far a long search is, and clears it at the end.
struct Spinner {
    bar: ProgressBar,
    /// What is shown, in steps.
    shown: Cell<u64>,
}

impl Spinner {
    /// Work between two changes of what is shown: some tens of milliseconds.
    const STEP: u64 = 64 << 20;

    fn new() -> Self {
        let bar = ProgressBar::new_spinner().with_message("searching for the cause");
        bar.enable_steady_tick(Duration::from_millis(100));
        Self {
            bar,
            shown: Cell::new(0),
        }
    }

    fn show(&self, done: u64) {
        let step = done / Self::STEP;
        if self.shown.replace(step) != step {
            let done = usize::try_from(done).map_or_else(|_| "much".to_owned(), render::size);
            self.bar
                .set_message(format!("searching for the cause ({done} hashed)"));
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// All secrets that are configured or local. What cannot be read is left out: it is only a help.
fn other_secrets(settings: &Settings) -> Vec<OtherSecret> {
    let configured = settings.configured_secrets().unwrap_or_default();
    let configured = configured.into_iter().flat_map(|(name, secrets)| {
        secrets.into_iter().map(move |secret| OtherSecret {
            of: format!("`{name}` in the configuration"),
            secret,
        })
    });
    let local = settings
        .local_secrets()
        .map(|local| local.all())
        .unwrap_or_default();
    let local = local.into_iter().map(|(name, secret)| OtherSecret {
        of: format!("`hookctl secret {name}`, the local one"),
        secret,
    });
    configured.chain(local).collect()
}

fn no_signature(sourced: &Sourced) -> Error {
    Error::usage(format!("`{}` is a body alone, and carries no signature that is known here", sourced.from))
        .hint("Give the headers too: `--body FILE` with `-H 'name: value'` for each, a raw HTTP file, or a saved capture.")
}

fn no_secret(scheme: &Scheme, provider: Option<&str>) -> Error {
    let of = provider.map_or_else(|| scheme.label.clone(), str::to_owned);
    Error::usage(format!("no secret to verify with ({of})"))
        .hint("Give `--secret`, `--secret-file` or HOOKCTL_SECRET; `--provider NAME` takes that provider's own.")
}

/// Verdicts, counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    valid: usize,
    invalid: usize,
    stale: usize,
    unsigned: usize,
}

impl Tally {
    pub(super) fn count(&mut self, status: Status, reason: Option<Reason>) {
        match status {
            Status::Valid => self.valid += 1,
            Status::Unsigned => self.unsigned += 1,
            _ if matches!(reason, Some(Reason::Stale | Reason::Future)) => self.stale += 1,
            _ => self.invalid += 1,
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.invalid + self.stale == 0
    }

    /// The counts for people, zeros left out.
    pub(super) fn text(&self) -> String {
        let counts = [
            (self.valid, "valid"),
            (self.invalid, "invalid"),
            (self.stale, "at the wrong time"),
            (self.unsigned, "unsigned"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let words: Vec<_> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        words.join(", ")
    }
}
