//! What deliveries of one run share: how each attempt is signed, sent and judged, and when another follows. It is kept
//! with them, so that another run can go on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Endpoint, Expectation, Policy};
use crate::provider::Profile;
use crate::provider::compose::target;
use crate::request::Header;
use crate::secret::Secret;
use crate::sender::{Delivery, Limits, MAX_ANSWER, Reach, Roots, Signing, time_limit};
use crate::signature::{self, Key, Tamper};
use crate::store::Due;
use crate::value::{Span, Time};

/// How deliveries are attempted.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Without credentials. An endpoint's own takes its place.
    url: String,
    /// Name of the scheme; `None` for a request that is sent as it is.
    scheme: Option<String>,
    /// Text before the digest, where the sender departs from the scheme's own.
    prefix: Option<String>,
    /// The secret to sign with. Deliveries to an endpoint are signed with its own if there is none here, and all others
    /// are unsigned.
    secret: Option<String>,
    /// Headers that the user adds or puts in place of others.
    #[serde(default)]
    headers: Vec<(String, Vec<u8>)>,
    tamper: Option<Tamper>,
    #[serde(default)]
    pub(crate) time: SigningTime,
    /// The time limit of an attempt, if it is not the provider's.
    pub(crate) timeout: Option<Span>,
    #[serde(default)]
    pub(crate) insecure: bool,
    /// File with the certificates to trust.
    pub(crate) cacert: Option<PathBuf>,
    #[serde(default)]
    pub(crate) expect: Expectation,
    pub(crate) policy: Policy,
    /// Where the attempts may go.
    #[serde(default)]
    reach: Reach,
}

/// The time that is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SigningTime {
    /// That of the attempt.
    #[default]
    Now,
    /// In unix seconds.
    At(i64),
    /// So many seconds after the attempt, or before it.
    After(i64),
}

impl From<Time> for SigningTime {
    fn from(time: Time) -> Self {
        match time {
            Time::At(time) => Self::At(time.as_second()),
            Time::From(span) => Self::After(span.as_secs()),
        }
    }
}

impl SigningTime {
    /// In unix seconds, for an attempt that is made now.
    pub(crate) fn at(self, now: Timestamp) -> i64 {
        match self {
            Self::Now => now.as_second(),
            Self::At(seconds) => seconds,
            Self::After(seconds) => now.as_second().saturating_add(seconds),
        }
    }
}

/// How a delivery is signed, before its secret is known.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// Name of the scheme.
    pub(crate) scheme: String,
    /// Text before the digest.
    pub(crate) prefix: Option<String>,
}

impl Style {
    /// How a provider signs.
    pub(crate) fn of_profile(profile: &Profile) -> Self {
        let prefix = profile.signature.prefix.as_ref();
        Self {
            scheme: profile.signature.scheme.value.clone(),
            prefix: prefix.map(|prefix| prefix.value.clone()),
        }
    }
}

impl Plan {
    /// What a provider does, for a delivery to a URL.
    pub(crate) fn new(url: &Url, style: Style, secret: Option<&Secret>, policy: Policy) -> Self {
        Self {
            url: url.as_str().to_owned(),
            scheme: Some(style.scheme),
            prefix: style.prefix,
            secret: secret.map(|secret| secret.reveal().to_owned()),
            headers: Vec::new(),
            tamper: None,
            time: SigningTime::Now,
            timeout: None,
            insecure: false,
            cacert: None,
            expect: Expectation::default(),
            policy,
            reach: Reach::Anywhere,
        }
    }

    /// The same, that goes no further than this.
    pub(crate) fn within(mut self, reach: Reach) -> Self {
        self.reach = self.reach.within(reach);
        self
    }

    /// The same with headers of the user's and a fault on purpose.
    pub(crate) fn with_changes(mut self, headers: &[Header], tamper: Option<Tamper>) -> Self {
        let owned = |header: &Header| (header.name.clone(), header.value.to_vec());
        self.headers = headers.iter().map(owned).collect();
        self.tamper = tamper;
        self
    }

    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("its keys are texts")
    }

    pub(super) fn from_text(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The time to sign in unix seconds, for an attempt that is made now.
    pub(crate) fn signed_at(&self, now: Timestamp) -> i64 {
        self.time.at(now)
    }

    /// The delivery that an attempt is due of, to its endpoint as that is now.
    ///
    /// # Errors
    /// Why it cannot be signed.
    pub(crate) fn delivery(
        &self,
        due: &Due,
        endpoint: Option<&Endpoint>,
    ) -> Result<Delivery, String> {
        let old: Url = self
            .url
            .parse()
            .map_err(|_| format!("`{}` is no URL", self.url))?;
        let url = endpoint.map_or_else(|| old.clone(), |endpoint| endpoint.url.clone());
        let mut request = due.request.clone();
        request.target = moved(&request.target, &old, &url);
        if let Some(basic) = endpoint.and_then(|endpoint| endpoint.basic.as_ref()) {
            request
                .headers
                .set("authorization", crate::request::basic(basic.reveal()));
        }
        let own = self.secret.as_deref().map(Secret::new);
        let secret = own.or_else(|| endpoint?.secret.clone());
        let headers = self.headers.iter().cloned();
        Ok(Delivery {
            provider: due.facts.provider.clone(),
            event: due.facts.event.clone(),
            id: due.facts.delivery_id.clone().unwrap_or_default(),
            sends_id: due.facts.delivery_id.is_some(),
            url,
            reach: self.reach,
            request,
            signing: self.signing(secret.as_ref())?,
            headers: headers
                .map(|(name, value)| Header {
                    name,
                    value: value.into(),
                })
                .collect(),
            tamper: self.tamper,
            lower_case: true,
        })
    }

    fn signing(&self, secret: Option<&Secret>) -> Result<Option<Signing>, String> {
        let Some(name) = &self.scheme else {
            return Ok(None);
        };
        let scheme =
            signature::named(name).ok_or_else(|| format!("no scheme is called `{name}`"))?;
        let Some(secret) = secret.filter(|secret| scheme.signs() && !secret.is_empty()) else {
            return Ok(Some(Signing {
                scheme,
                key: None,
                prefix: self.prefix.clone(),
            }));
        };
        let scheme = scheme.for_secret(secret);
        let key = Key::new(scheme, secret)?;
        let key = match self.tamper {
            Some(Tamper::Secret) => key.another(scheme),
            _ => key,
        };
        Ok(Some(Signing {
            scheme,
            key: Some(key),
            prefix: self.prefix.clone(),
        }))
    }

    /// How to send, with the certificates that are trusted.
    pub(super) fn limits(&self, profile: Option<&Profile>) -> Result<Limits, String> {
        let limit = time_limit(self.timeout.map(|span| span.0), profile);
        Ok(Limits {
            timeout: Some(limit).filter(|limit: &Duration| !limit.is_zero()),
            insecure: self.insecure,
            roots: self.cacert.as_deref().map(read_roots).transpose()?,
            max_answer: MAX_ANSWER,
            reach: self.reach,
            any_framing: false,
        })
    }
}

fn read_roots(file: &Path) -> Result<Roots, String> {
    let cannot = |why: String| format!("cannot trust `{}`: {why}", file.display());
    let pem = std::fs::read(file).map_err(|error| cannot(error.to_string()))?;
    Roots::from_pem(&pem).map_err(cannot)
}

/// A request target of one URL for another one. Pairs that stand behind the URL's own go with it.
fn moved(request: &str, old: &Url, new: &Url) -> String {
    let own = target(old);
    let Some(pairs) = request.strip_prefix(&own).filter(|_| old != new) else {
        return request.to_owned();
    };
    let new = target(new);
    match pairs.strip_prefix(['?', '&']) {
        Some(pairs) if new.contains('?') => format!("{new}&{pairs}"),
        Some(pairs) => format!("{new}?{pairs}"),
        None => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_moves_with_its_pairs() {
        let url = |text: &str| Url::parse(text).unwrap();
        let old = url("http://localhost:1/a?x=1");
        assert_eq!(moved("/a?x=1", &old, &url("http://localhost:2/b")), "/b");
        assert_eq!(
            moved("/a?x=1&p=q", &old, &url("http://localhost:2/b")),
            "/b?p=q"
        );
        assert_eq!(
            moved("/a?x=1&p=q", &old, &url("http://localhost:2/b?y=2")),
            "/b?y=2&p=q"
        );
        assert_eq!(moved("/a?x=1", &old, &old), "/a?x=1");
        assert_eq!(
            moved("/other", &old, &url("http://localhost:2/b")),
            "/other"
        );
    }
}
