//! What a captured request is: provider, event, delivery id, verdict, duplicate.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::provider::local::LocalSecrets;
use crate::provider::{Detector, Provider};
use crate::request::Request;
use crate::secret::Secret;
use crate::signature::{self, Clock, Reason, Scheme, Source, Status, extract, verify, verify_any};

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
}

/// Judges captured requests.
#[derive(Debug)]
pub(crate) struct Judge {
    detector: Detector,
    secrets: Secrets,
    /// The provider of all that comes, if the user says so.
    provider: Option<Arc<Provider>>,
    seen: Mutex<Seen>,
    /// Local secrets that were read.
    cached: Mutex<HashMap<String, Secret>>,
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
            cached: Mutex::default(),
        }
    }

    /// Judges a request that came at a time in unix seconds.
    pub(crate) fn judge(&self, request: &Request, now: i64) -> Judgement {
        let source = Source::new(request);
        let provider = self
            .provider
            .as_ref()
            .or_else(|| self.detector.provider(&source))
            .cloned();
        let schemes = match &provider {
            Some(provider) => signature::among(&provider.profile.schemes(), &source),
            None => signature::detect(&source),
        };
        let scheme = schemes.first().copied();
        let by_scheme =
            |place: fn(&Scheme) -> Option<&str>| extract(scheme.and_then(place)?, &source);
        let event = match &provider {
            Some(provider) => provider.event_of(&source),
            None => by_scheme(|scheme| scheme.event.as_deref()),
        };
        let delivery_id = provider
            .as_ref()
            .and_then(|provider| provider.delivery_id_of(&source))
            .or_else(|| by_scheme(|scheme| scheme.delivery.as_deref()));
        let mut judgement = Judgement {
            duplicate: self.is_duplicate(
                provider.as_deref(),
                scheme,
                delivery_id.as_deref(),
                &source,
            ),
            provider,
            event,
            delivery_id,
            verdict: Verdict::Unsigned,
            scheme: scheme.map(|scheme| scheme.id.clone()),
            reason: None,
            detail: None,
        };
        if let Some(scheme) = scheme {
            self.verify(scheme, &schemes, &source, now, &mut judgement);
        } else if !self.secrets.given.is_empty() {
            judgement.verdict = Verdict::Missing;
            judgement.reason = Some(Reason::MissingHeader);
            judgement.detail = Some("the request has no signature that is known here".to_owned());
        }
        judgement
    }

    fn verify(
        &self,
        scheme: &Scheme,
        schemes: &[&Scheme],
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
        let verify = |secrets: &[Secret]| match verify_any(schemes, secrets, source, clock.into()) {
            Some(Ok(found)) => found,
            // No secret is of the form that a scheme needs: as good as none.
            _ => verify(scheme, &[], source, clock.into()),
        };
        let (mut secrets, are_local) = self.secrets_for(name.as_deref());
        let mut found = verify(&secrets);
        if are_local && found.reason == Some(Reason::Mismatch) {
            // The local secret may have been rotated since it was read.
            self.cached
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            secrets = self.secrets_for(name.as_deref()).0;
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
            Verdict::NoSecret if secrets.is_empty() => Some("give the secret with `--secret`".to_owned()),
            Verdict::NoSecret => Some(format!("no secret given here is one of {}", scheme.label)),
            Verdict::Invalid if are_local && found.reason == Some(Reason::Mismatch) => {
                Some("the signature does not fit the local secret; give the endpoint's own with `--secret`".to_owned())
            }
            _ => found.failure().map(str::to_owned),
        };
        if matches!(judgement.verdict, Verdict::Invalid | Verdict::Missing) {
            judgement.reason = found.reason;
        }
        judgement.scheme = Some(found.scheme);
    }

    /// The secrets to try, and whether they are local ones.
    fn secrets_for(&self, provider: Option<&str>) -> (Vec<Secret>, bool) {
        if !self.secrets.given.is_empty() {
            return (self.secrets.given.clone(), false);
        }
        let Some(provider) = provider else {
            return (Vec::new(), false);
        };
        if let Some(configured) = self.secrets.configured.get(provider) {
            return (configured.clone(), false);
        }
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = cached.get(provider) {
            return (vec![secret.clone()], true);
        }
        let read = self
            .secrets
            .local
            .as_ref()
            .and_then(|local| local.get(provider).ok().flatten());
        if let Some(secret) = &read {
            cached.insert(provider.to_owned(), secret.clone());
        }
        (read.into_iter().collect(), true)
    }

    fn is_duplicate(
        &self,
        provider: Option<&Provider>,
        scheme: Option<&Scheme>,
        delivery_id: Option<&str>,
        source: &Source<'_>,
    ) -> bool {
        let mut keys = provider
            .map(|provider| provider.dedup_keys_of(source))
            .unwrap_or_default();
        if let Some(id) = delivery_id {
            let of = provider.map_or(scheme.map_or("", |scheme| &*scheme.id), |provider| {
                &*provider.profile.name
            });
            keys.push(format!("{of} delivery {id}"));
        }
        if keys.is_empty()
            && let Some(provider) = provider
        {
            // A provider without any key repeats the same bytes.
            let bytes = Sha256::new()
                .chain_update(&source.request.target)
                .chain_update(&source.request.body)
                .finalize();
            keys.push(format!(
                "{} body {}",
                provider.profile.name,
                hex::encode(bytes)
            ));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter()
            .fold(false, |duplicate, key| seen.insert(key) | duplicate)
    }
}

/// The keys of the deliveries that came last.
#[derive(Debug, Default)]
struct Seen {
    hashes: HashSet<[u8; 32]>,
    order: VecDeque<[u8; 32]>,
}

/// How many keys are remembered.
const REMEMBERED: usize = 200_000;

impl Seen {
    /// Whether a key was seen before.
    fn insert(&mut self, key: &str) -> bool {
        let hash: [u8; 32] = Sha256::digest(key).into();
        if !self.hashes.insert(hash) {
            return true;
        }
        self.order.push_back(hash);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.hashes.remove(&oldest);
        }
        false
    }
}
