//! What a captured request is: provider, event, delivery id, verdict, duplicate.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use super::seen::{Mark, Seen};
use crate::provider::local::LocalSecrets;
use crate::provider::{Detector, Provider};
use crate::secret::Secret;
use crate::signature::{
    self, Clock, KeysOf, Reason, Scheme, Setting, Source, Status, extract, verify, verify_any,
};
use crate::store::{Place, Store};

/// What the signature of a captured request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    /// The sender signs, and this request is not signed.
    Missing,
    /// The sender does not sign.
    Unsigned,
    /// There is no secret to verify with.
    NoSecret,
}

impl Verdict {
    /// The word for it in machine output.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Missing => "missing",
            Self::Unsigned => "unsigned",
            Self::NoSecret => "no_secret",
        }
    }
}

/// What was found out about a captured request.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) provider: Option<Arc<Provider>>,
    pub(crate) event: Option<String>,
    pub(crate) delivery_id: Option<String>,
    pub(crate) duplicate: bool,
    pub(crate) verdict: Verdict,
    pub(crate) scheme: Option<String>,
    pub(crate) reason: Option<Reason>,
    /// What is wrong, in words.
    pub(crate) detail: Option<String>,
    /// What marks the next one with these as a duplicate.
    marks: Vec<Mark>,
}

#[cfg(test)]
impl Judgement {
    /// One that says nothing but the verdict.
    pub(crate) fn of(verdict: Verdict) -> Self {
        Self {
            provider: None,
            event: None,
            delivery_id: None,
            duplicate: false,
            verdict,
            scheme: None,
            reason: None,
            detail: None,
            marks: Vec::new(),
        }
    }
}

/// Secrets to verify with.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// Given by the user for all that comes; if there are any, no others are used.
    pub(crate) given: Vec<Secret>,
    /// From the configuration, by provider.
    pub(crate) configured: HashMap<String, Vec<Secret>>,
    /// Used where no other is known.
    pub(crate) local: Option<LocalSecrets>,
    /// Where endpoints are registered, whose own secrets are used beside the local one.
    pub(crate) endpoints: Option<Place>,
}

/// Judges captured requests.
pub(crate) struct Judge {
    detector: Detector,
    secrets: Secrets,
    /// The provider of all that comes, if the user says so.
    provider: Option<Arc<Provider>>,
    seen: Mutex<Seen>,
    hashes: RandomState,
    /// Local secrets that were read, and those of endpoints.
    cached: Mutex<HashMap<String, Vec<Secret>>>,
    /// Where these stand, once it is open.
    registered: Mutex<Option<Store>>,
    /// Secrets that came in handshakes, by scheme.
    learned: Mutex<HashMap<String, Vec<Secret>>>,
    keys: Keyring,
}

/// Keys that were made of secrets.
#[derive(Default)]
struct Keyring(Mutex<Vec<(&'static str, Vec<Secret>, KeysOf)>>);

/// How many are kept.
const KEPT: usize = 32;

impl Keyring {
    fn keys(&self, scheme: &'static Scheme, secrets: &[Secret]) -> KeysOf {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept
            .iter()
            .find(|(id, of, _)| *id == scheme.id && of == secrets);
        if let Some((_, _, keys)) = known {
            return keys.clone();
        }
        let keys = signature::keys(scheme, secrets);
        if kept.len() == KEPT {
            kept.clear();
        }
        kept.push((&scheme.id, secrets.to_vec(), keys.clone()));
        keys
    }
}

impl Judge {
    pub(crate) fn new(
        detector: Detector,
        secrets: Secrets,
        provider: Option<Arc<Provider>>,
    ) -> Self {
        Self {
            detector,
            secrets,
            provider,
            seen: Mutex::default(),
            hashes: RandomState::new(),
            cached: Mutex::default(),
            registered: Mutex::default(),
            learned: Mutex::default(),
            keys: Keyring::default(),
        }
    }

    /// Judges a request that came at a time in unix seconds.
    pub(crate) fn judge(&self, source: &Source<'_>, now: i64) -> Judgement {
        let provider = self
            .known(source)
            .or_else(|| self.whose_secret_fits(source, now))
            .or_else(|| self.detector.fallback(source).cloned());
        let schemes = schemes_of(provider.as_deref(), source);
        let scheme = schemes.first().copied();
        let mut judgement = describe(provider, scheme, source);
        self.mark(scheme, source, &mut judgement);
        if let Some(scheme) = scheme {
            self.verify(scheme, &schemes, source, now, &mut judgement);
        } else if !self.secrets.given.is_empty() {
            judgement.verdict = Verdict::Missing;
            judgement.reason = Some(Reason::MissingHeader);
            judgement.detail = Some("the request has no signature that is known here".to_owned());
        }
        judgement
    }

    /// Judges a request by its head alone, since its body was over a limit.
    pub(crate) fn judge_head(&self, source: &Source<'_>, limit: usize) -> Judgement {
        let provider = self
            .known(source)
            .or_else(|| self.detector.fallback(source).cloned());
        let schemes = schemes_of(provider.as_deref(), source);
        let scheme = schemes.first().copied();
        let mut judgement = describe(provider, scheme, source);
        if scheme.is_some_and(|scheme| scheme.is_carried_by(source.request)) {
            judgement.verdict = Verdict::Invalid;
        }
        judgement.detail = Some(format!("the body is over {limit} bytes"));
        judgement
    }

    /// Takes a request back that could not be kept: when it comes again, it is no duplicate.
    pub(crate) fn forget(&self, judgement: &Judgement) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.forget(&judgement.marks);
    }

    /// The provider that the user names, or that the request looks like, other than by a format that many share.
    fn known(&self, source: &Source<'_>) -> Option<Arc<Provider>> {
        self.provider
            .as_ref()
            .or_else(|| self.detector.sure(source))
            .cloned()
    }

    /// A provider whose own secret fits a request that does not tell whose it is.
    fn whose_secret_fits(&self, source: &Source<'_>, now: i64) -> Option<Arc<Provider>> {
        if !self.secrets.given.is_empty() {
            return None;
        }
        let schemes = signature::detect(source);
        let clock = Clock {
            now,
            tolerance: None,
        };
        let fits = |provider: &&Arc<Provider>| {
            let own = provider.schemes();
            let common: Vec<&'static Scheme> = schemes
                .iter()
                .copied()
                .filter(|scheme| own.iter().any(|one| one.id == scheme.id))
                .collect();
            let secrets = || self.secrets_for(Some(&provider.profile.name)).0;
            !common.is_empty()
                && matches!(
                    verify_any(&common, &mut |scheme| self.keys.keys(scheme, &secrets()), source, clock.into()),
                    Some(Ok(found)) if found.status == Status::Valid
                )
        };
        let found = || self.detector.providers().iter().find(fits).cloned();
        found().or_else(|| {
            // A local secret may have been rotated since it was read.
            let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = std::mem::take(&mut *cached).is_empty();
            drop(cached);
            if is_new { None } else { found() }
        })
    }

    fn verify(
        &self,
        scheme: &Scheme,
        schemes: &[&'static Scheme],
        source: &Source<'_>,
        now: i64,
        judgement: &mut Judgement,
    ) {
        let clock = Clock {
            now,
            tolerance: None,
        };
        let name = judgement
            .provider
            .as_ref()
            .map(|provider| provider.profile.name.clone());
        let setting = Setting {
            brief: true,
            ..clock.into()
        };
        let verify = |secrets: &[Secret]| {
            let mut keys_of = |scheme: &'static Scheme| self.keys.keys(scheme, secrets);
            match verify_any(schemes, &mut keys_of, source, setting) {
                Some(Ok(found)) => found,
                // No secret is of the form that a scheme needs: as good as none.
                _ => verify(scheme, &[], source, setting),
            }
        };
        let (mut secrets, are_local) = self.secrets_now(name.as_deref(), &scheme.id);
        let mut found = verify(&secrets);
        if are_local && found.reason == Some(Reason::Mismatch) {
            // The local secret may have been rotated since it was read.
            self.cached
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            secrets = self.secrets_now(name.as_deref(), &scheme.id).0;
            found = verify(&secrets);
        }
        let signs_by_choice = judgement
            .provider
            .as_ref()
            .is_some_and(|provider| provider.profile.signature.optional.value);
        judgement.verdict = match found.status {
            Status::Valid => Verdict::Valid,
            Status::Unsigned => Verdict::Unsigned,
            Status::NoSecret => Verdict::NoSecret,
            Status::Invalid if !found.signature_is_missing() => Verdict::Invalid,
            Status::Invalid if signs_by_choice && secrets.is_empty() => Verdict::Unsigned,
            Status::Invalid => Verdict::Missing,
        };
        judgement.detail = match judgement.verdict {
            Verdict::Valid | Verdict::Unsigned => None,
            Verdict::NoSecret if secrets.is_empty() => Some(self.how_to_give(source, scheme)),
            Verdict::NoSecret => Some(format!("no secret given here is one of {}", scheme.label)),
            Verdict::Invalid if are_local && found.reason == Some(Reason::Mismatch) => {
                Some(match secrets.len() {
                    1 => "the signature does not fit the local secret; give the endpoint's own with `--secret`".to_owned(),
                    _ => "the signature fits neither the local secret nor that of an endpoint here; give the right one with `--secret`".to_owned(),
                })
            }
            _ => found.failure().map(str::to_owned),
        };
        if matches!(judgement.verdict, Verdict::Invalid | Verdict::Missing) {
            judgement.reason = found.reason;
        }
        judgement.scheme = Some(found.scheme);
    }

    /// What to do about a signature that nothing is known to verify with.
    fn how_to_give(&self, source: &Source<'_>, scheme: &Scheme) -> String {
        let is_used =
            |provider: &Arc<Provider>| provider.schemes().iter().any(|own| own.id == scheme.id);
        if self.known(source).is_none() && self.detector.providers().iter().any(is_used) {
            "give the secret with `--secret`, or say whose it is with `--provider NAME`".to_owned()
        } else {
            "give the secret with `--secret`".to_owned()
        }
    }

    /// The secrets to try, and whether they are local ones.
    fn secrets_for(&self, provider: Option<&str>) -> (Cow<'_, [Secret]>, bool) {
        if !self.secrets.given.is_empty() {
            return (Cow::Borrowed(&self.secrets.given), false);
        }
        let Some(provider) = provider else {
            return (Cow::Borrowed(&[]), false);
        };
        if let Some(configured) = self.secrets.configured.get(provider) {
            return (Cow::Borrowed(configured), false);
        }
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secrets) = cached.get(provider) {
            return (Cow::Owned(secrets.clone()), true);
        }
        let local = self.secrets.local.as_ref();
        let local = local.and_then(|local| local.get(provider).ok().flatten());
        let read: Vec<Secret> = local
            .into_iter()
            .chain(self.secrets_of_endpoints(provider))
            .collect();
        if !read.is_empty() {
            cached.insert(provider.to_owned(), read.clone());
        }
        (Cow::Owned(read), true)
    }

    /// The secrets of a provider's endpoints. What cannot be read is left out: a user can give it.
    fn secrets_of_endpoints(&self, provider: &str) -> Vec<Secret> {
        let mut registered = self
            .registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if registered.is_none() {
            let place = self.secrets.endpoints.as_ref();
            *registered = place.and_then(|place| place.open_to_read().ok().flatten());
        }
        let secrets = registered
            .as_ref()
            .map(|store| store.endpoint_secrets(provider));
        secrets.and_then(Result::ok).unwrap_or_default()
    }

    /// As [`Self::secrets_for`], with those that came in handshakes of the scheme, which are not local.
    fn secrets_now(&self, provider: Option<&str>, scheme: &str) -> (Cow<'_, [Secret]>, bool) {
        let (mut secrets, are_local) = self.secrets_for(provider);
        let learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(learned) = learned.get(scheme) {
            secrets.to_mut().extend_from_slice(learned);
            return (secrets, false);
        }
        (secrets, are_local)
    }

    /// The secrets that requests of a sender who signs by a scheme are verified with.
    pub(crate) fn secrets_of(&self, provider: Option<&str>, scheme: &str) -> Cow<'_, [Secret]> {
        self.secrets_now(provider, scheme).0
    }

    /// Keeps the secret that came in a handshake, for the requests that follow.
    pub(super) fn learn(&self, scheme: &str, secret: Secret) {
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        let learned = learned.entry(scheme.to_owned()).or_default();
        if !learned.contains(&secret) {
            // Anybody can send a handshake: they must not fill the memory, nor make each verification slow.
            if learned.len() == LEARNED {
                learned.remove(0);
            }
            learned.push(secret);
        }
    }

    /// Says whether it came before, and remembers it.
    fn mark(&self, scheme: Option<&Scheme>, source: &Source<'_>, judgement: &mut Judgement) {
        let provider = judgement.provider.as_deref();
        let of = provider.map_or(scheme.map_or("", |scheme| &*scheme.id), |provider| {
            &*provider.profile.name
        });
        let mut marks: Vec<Mark> = Vec::new();
        let time = OnceCell::new();
        let keys = provider.map(|provider| provider.dedup_keys_of(source));
        for (path, value) in keys.into_iter().flatten() {
            let time = time.get_or_init(|| provider.and_then(|provider| provider.time_of(source)));
            let event = &judgement.event;
            marks.push(self.hashes.hash_one((of, "key", event, time, path, value)));
        }
        if let Some(id) = &judgement.delivery_id {
            marks.push(self.hashes.hash_one((of, "delivery", id)));
        }
        if marks.is_empty() && provider.is_some() {
            // A provider without any key repeats the same bytes.
            let request = source.request;
            let bytes = (of, "body", &request.target, &*request.body);
            marks.push(self.hashes.hash_one(bytes));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = marks.len();
        marks.retain(|mark| seen.insert(*mark));
        judgement.duplicate = marks.len() < count;
        judgement.marks = marks;
    }
}

/// The schemes that a request may be signed with, the likeliest first.
fn schemes_of(provider: Option<&Provider>, source: &Source<'_>) -> Vec<&'static Scheme> {
    match provider {
        Some(provider) => signature::among(provider.schemes(), source),
        None => signature::detect(source),
    }
}

/// What a request says of itself.
fn describe(
    provider: Option<Arc<Provider>>,
    scheme: Option<&Scheme>,
    source: &Source<'_>,
) -> Judgement {
    let by_scheme = |place: fn(&Scheme) -> Option<&str>| extract(scheme.and_then(place)?, source);
    let event = provider
        .as_ref()
        .and_then(|provider| provider.event_of(source))
        .or_else(|| by_scheme(|scheme| scheme.event.as_deref()));
    let delivery_id = provider
        .as_ref()
        .and_then(|provider| provider.delivery_id_of(source))
        .or_else(|| by_scheme(|scheme| scheme.delivery.as_deref()));
    Judgement {
        provider,
        event,
        delivery_id,
        duplicate: false,
        verdict: Verdict::Unsigned,
        scheme: scheme.map(|scheme| scheme.id.clone()),
        reason: None,
        detail: None,
        marks: Vec::new(),
    }
}

/// How many secrets of one scheme are kept that came in handshakes.
const LEARNED: usize = 16;
