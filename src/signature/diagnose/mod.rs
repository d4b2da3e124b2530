//! Why a signature does not fit, found by computation: bodies, keys, messages, URLs and digests are varied until the
//! signature fits one of them. A fit is proof; where there is none, nothing is guessed.

mod body;
mod cause;
mod charset;
mod facts;
mod form;
mod key;
mod place;
mod spelling;
mod token;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use sha2::{Digest as _, Sha256};

pub(crate) use cause::{Cause, Code};
pub(crate) use facts::facts;

use self::body::Breadth;
use self::cause::{Deviation, causes};
use self::key::KeyVariant;
use self::token::Token;
use super::key::{digest, public_key_fits};
use super::message::{self, Parts, Template};
use super::scheme::{self, Algorithm, Scheme, SignatureAt, Unit};
use super::verdict::{Reason, Status};
use super::verify::{self, Setting};
use super::{Key, Source, read};
use crate::secret::Secret;

/// A secret that is configured elsewhere, and whose it is.
pub(crate) struct OtherSecret {
    pub(crate) of: String,
    pub(crate) secret: Secret,
}

/// What there is to find a cause with.
pub(crate) struct Case<'a> {
    pub(crate) scheme: &'a Scheme,
    pub(crate) secrets: &'a [Secret],
    /// Secrets of other providers and endpoints.
    pub(crate) others: &'a [OtherSecret],
    pub(crate) source: &'a Source<'a>,
    pub(crate) setting: Setting<'a>,
    pub(crate) reason: Reason,
}

/// Bytes that are hashed in pairs of dimensions, at most: what a second or two allows.
const BUDGET: usize = 192 * 1024 * 1024;
/// Seconds to each side of the timestamp that are tried.
const WINDOW: i64 = 300;
/// Longest body for which these are tried.
const WINDOW_BODY: usize = 16 * 1024;

/// What was found out about a failure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnosis {
    /// Best first; none if nothing fits.
    pub(crate) causes: Vec<Cause>,
    /// Where the body at hand and the one that was signed part ways.
    pub(crate) difference: Option<Difference>,
}

/// The first place where two bodies differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Offset in bytes.
    pub(crate) at: usize,
    /// What stands there in the body at hand, from a little before it.
    pub(crate) here: String,
    /// What was signed.
    pub(crate) signed: String,
}

impl Difference {
    /// Bytes shown before and after the place.
    const AROUND: usize = 12;

    fn between(here: &[u8], signed: &[u8]) -> Self {
        let at = here
            .iter()
            .zip(signed)
            .take_while(|(here, signed)| here == signed)
            .count();
        let around = |body: &[u8]| {
            let from = at.saturating_sub(Self::AROUND);
            let to = body.len().min(at + Self::AROUND);
            String::from_utf8_lossy(&body[from..to]).into_owned()
        };
        Self {
            at,
            here: around(here),
            signed: around(signed),
        }
    }
}

/// Finds the causes of a failure.
pub(crate) fn diagnose(case: &Case<'_>) -> Diagnosis {
    let body = message::body(case.scheme, case.source.request);
    let difference = RefCell::new(None);
    let causes = find_causes(case, body, &difference);
    Diagnosis {
        causes,
        difference: difference.into_inner(),
    }
}

fn find_causes(
    case: &Case<'_>,
    body: &[u8],
    difference: &RefCell<Option<Difference>>,
) -> Vec<Cause> {
    if matches!(case.reason, Reason::Stale | Reason::Future) {
        return causes(&wrong_unit(case).into_iter().collect::<Vec<_>>(), body);
    }
    let Some(sig) = &case.scheme.sig else {
        return Vec::new();
    };
    let usable = case.secrets.iter().any(|secret| !secret.is_empty());
    if !usable && !case.secrets.is_empty() {
        let empty = Deviation::new(Code::SecretEmpty, "nothing: the secret is empty");
        let mut found = causes(&[empty], body);
        "The secret is empty, so there is no key to verify with."
            .clone_into(&mut found[0].explanation);
        return found;
    }
    let found = match case.scheme.alg {
        Algorithm::Equal => compared(case, sig),
        _ => Search::new(case, sig, difference).and_then(|search| search.run()),
    };
    let found = found.or_else(|| other_scheme(case));
    causes(&found.unwrap_or_default(), body)
}

/// Whether the time is in tolerance if it is read in another unit.
fn wrong_unit(case: &Case<'_>) -> Option<Deviation> {
    let (ts, sig) = (case.scheme.ts.as_ref()?, case.scheme.sig.as_ref()?);
    let values = read::signature_values(sig, case.source);
    let text = read::timestamp_text(case.scheme, case.source, &values).ok()?;
    let number: i64 = text.trim().parse().ok()?;
    let (seconds, sent, wanted) = match ts.unit {
        Unit::Milliseconds => (number, "seconds", "milliseconds"),
        Unit::Seconds => (number.div_euclid(1000), "milliseconds", "seconds"),
        Unit::Iso8601 => return None,
    };
    let tolerance = case.setting.clock.tolerance.or(ts.tol).unwrap_or(i64::MAX);
    let age = case.setting.clock.now.saturating_sub(seconds);
    (age.saturating_abs() <= tolerance).then(|| {
        let what = format!("and its time is right in {sent}, where the scheme takes {wanted}");
        Deviation::new(Code::TimestampUnit, what)
    })
}

/// The request verified under every other scheme whose signature it carries.
fn other_scheme(case: &Case<'_>) -> Option<Vec<Deviation>> {
    scheme::all()
        .iter()
        .filter(|scheme| {
            scheme.id != case.scheme.id
                && scheme.signs()
                && scheme.is_carried_by(case.source.request)
        })
        .find_map(|scheme| {
            let keys = verify::keys(scheme, case.secrets).ok()?;
            let found = verify::verify(scheme, &keys, case.source, case.setting);
            let fits = found.status == Status::Valid
                || matches!(found.reason, Some(Reason::Stale | Reason::Future));
            let what = format!(
                "the scheme `{}` ({}), not `{}`",
                scheme.id, scheme.label, case.scheme.id
            );
            fits.then(|| vec![Deviation::new(Code::SchemeOther, what)])
        })
}

/// A header that holds the secret itself.
fn compared(case: &Case<'_>, sig: &SignatureAt) -> Option<Vec<Deviation>> {
    let values = read::signature_values(sig, case.source);
    let place = sig.place();
    for secret in case.secrets {
        let text = secret.reveal();
        for value in &values {
            let last = value.split_whitespace().last().unwrap_or_default();
            let decoded = crate::secret::decode_base64(last).unwrap_or_default();
            let trims = value.trim() == secret.trimmed()
                || last == secret.trimmed()
                || decoded == secret.trimmed().as_bytes();
            let found = if last == text || value == text {
                Deviation::new(
                    Code::SignaturePrefix,
                    format!(
                        "but `{place}` has other words before the secret than the scheme writes"
                    ),
                )
            } else if decoded == text.as_bytes() {
                Deviation::new(
                    Code::SignatureEncoding,
                    format!("once `{place}` is read as base64"),
                )
            } else if trims
                || value.trim_matches(['"', '\'']) == secret.trimmed().trim_matches(['"', '\''])
            {
                Deviation::new(
                    Code::SecretWhitespace,
                    "but for white space or quotes around the secret".to_owned(),
                )
            } else if value.eq_ignore_ascii_case(text) {
                Deviation::new(
                    Code::SecretEncoding,
                    "but for upper and lower case".to_owned(),
                )
            } else {
                continue;
            };
            return Some(vec![found]);
        }
    }
    let other = case
        .others
        .iter()
        .find(|other| values.iter().any(|value| value == other.secret.reveal()))?;
    Some(vec![Deviation::new(
        Code::SecretOther,
        format!("the secret of {}", other.of),
    )])
}

/// A message and key that may have been signed.
#[derive(Clone, Copy)]
struct Guess<'g> {
    key: &'g Key,
    body: &'g [u8],
    url: &'g str,
    timestamp: &'g str,
    /// Another message than the scheme's.
    template: Option<&'g Template>,
}

struct Search<'a> {
    case: &'a Case<'a>,
    sig: &'a SignatureAt,
    values: Vec<String>,
    tokens: Vec<Token>,
    /// The scheme's algorithm first.
    algorithms: Vec<Algorithm>,
    id: Cow<'a, str>,
    timestamp: String,
    body: &'a [u8],
    urls: Vec<String>,
    keys: Vec<Key>,
    /// Bytes that may still be hashed.
    budget: Cell<usize>,
    difference: &'a RefCell<Option<Difference>>,
}

impl<'a> Search<'a> {
    fn new(
        case: &'a Case<'a>,
        sig: &'a SignatureAt,
        difference: &'a RefCell<Option<Difference>>,
    ) -> Option<Self> {
        let (scheme, source) = (case.scheme, case.source);
        let values = read::signature_values(sig, source);
        let tokens = token::tokens(scheme, &values);
        if tokens.is_empty() {
            return None;
        }
        let mut algorithms = vec![scheme.alg];
        if !scheme.is_asymmetric() {
            let has = |length: usize| tokens.iter().any(|token| token.digest.len() == length);
            let others = [
                (32, Algorithm::HmacSha256),
                (20, Algorithm::HmacSha1),
                (64, Algorithm::HmacSha512),
                (32, Algorithm::Sha256),
            ];
            let others = others
                .iter()
                .filter(|(length, alg)| has(*length) && *alg != scheme.alg);
            algorithms.extend(others.map(|(_, alg)| *alg));
        }
        Some(Self {
            case,
            sig,
            tokens,
            algorithms,
            id: read::delivery_id(scheme, source.request).unwrap_or_default(),
            timestamp: read::timestamp_text(scheme, source, &values).unwrap_or_default(),
            body: message::body(scheme, source.request),
            urls: verify::urls(scheme, source.request, case.setting.url),
            keys: verify::keys(scheme, case.secrets).unwrap_or_default(),
            budget: Cell::new(BUDGET),
            difference,
            values,
        })
    }

    fn run(&self) -> Option<Vec<Deviation>> {
        if let Some(found) = self.as_it_is() {
            // With nothing wrong in the signature, it is the digest that stands beside it.
            return if found.is_empty() {
                self.body_digest()
            } else {
                Some(found)
            };
        }
        self.other_keys(self.body, &[], &self.algorithms)
            .or_else(|| self.other_urls(&self.keys))
            .or_else(|| self.other_timestamps())
            .or_else(|| self.other_bodies(&self.keys, &[], Breadth::All))
            .or_else(|| self.other_messages(&self.keys, &[]))
            .or_else(|| self.other_secrets())
            .or_else(|| self.pairs())
            .or_else(|| self.near_timestamps())
    }

    /// The signature that a guess fits, with the algorithm.
    fn fits(&self, guess: Guess<'_>, algorithms: &[Algorithm]) -> Option<(&Token, Algorithm)> {
        let scheme = self.case.scheme;
        let parts = Parts {
            id: &self.id,
            timestamp: guess.timestamp,
            body: guess.body,
            url: guess.url,
            key: guess.key.bytes(),
            source: self.case.source,
        };
        let pieces = match guess.template {
            Some(template) => message::pieces(template, parts),
            None => message::of_scheme(scheme, parts),
        };
        let pieces: Vec<&[u8]> = pieces.iter().map(|piece| &**piece).collect();
        for &algorithm in algorithms {
            let spent: usize = pieces.iter().map(|piece| piece.len()).sum();
            self.budget
                .set(self.budget.get().saturating_sub(spent + 256));
            let token = if algorithm.is_asymmetric() {
                let message = pieces.concat();
                let fits = |token: &&Token| {
                    public_key_fits(algorithm, guess.key.bytes(), &message, &token.digest)
                };
                self.tokens.iter().find(fits)
            } else {
                let made = digest(algorithm, guess.key.bytes(), &pieces)?;
                self.tokens.iter().find(|token| token.digest == made)
            };
            if let Some(token) = token {
                return Some((token, algorithm));
            }
        }
        None
    }

    /// What departs from the scheme beside the guess: the digest's algorithm and its form.
    fn with_form(
        &self,
        mut deviations: Vec<Deviation>,
        (token, algorithm): (&Token, Algorithm),
    ) -> Vec<Deviation> {
        let scheme = self.case.scheme;
        if algorithm != scheme.alg {
            let what = format!(
                "the {} of the message, where the scheme uses {}",
                algorithm.name(),
                scheme.alg.name()
            );
            deviations.push(Deviation::new(Code::SignatureDigest, what));
        }
        deviations.extend(token.deviation(scheme, self.sig, &self.values));
        deviations
    }

    fn guess<'g>(&'g self, key: &'g Key, url: &'g str) -> Guess<'g> {
        Guess {
            key,
            body: self.body,
            url,
            timestamp: &self.timestamp,
            template: None,
        }
    }

    /// Nothing departs but the algorithm or the form of the signature, or these neither.
    fn as_it_is(&self) -> Option<Vec<Deviation>> {
        self.keys.iter().find_map(|key| {
            self.urls.iter().find_map(|url| {
                let fit = self.fits(self.guess(key, url), &self.algorithms)?;
                Some(self.with_form(Vec::new(), fit))
            })
        })
    }

    fn key_variants(&self) -> Vec<KeyVariant> {
        let secrets = self.case.secrets.iter();
        secrets
            .flat_map(|secret| key::variants(self.case.scheme, secret))
            .collect()
    }

    fn other_keys(
        &self,
        body: &[u8],
        and: &[Deviation],
        algorithms: &[Algorithm],
    ) -> Option<Vec<Deviation>> {
        let empty = KeyVariant {
            key: Key::symmetric(Vec::new()),
            deviation: Deviation::new(
                Code::SecretEmpty,
                "an empty key: the sender has no secret set",
            ),
        };
        let empty = (!self.case.scheme.is_asymmetric()).then_some(empty);
        self.key_variants()
            .iter()
            .chain(&empty)
            .find_map(|variant| {
                self.urls.iter().find_map(|url| {
                    let guess = Guess {
                        body,
                        ..self.guess(&variant.key, url)
                    };
                    let fit = self.fits(guess, algorithms)?;
                    let mut found = vec![variant.deviation.clone()];
                    found.extend_from_slice(and);
                    Some(self.with_form(found, fit))
                })
            })
    }

    fn other_urls(&self, keys: &[Key]) -> Option<Vec<Deviation>> {
        if !self.case.scheme.signs_url() {
            return None;
        }
        let urls = place::urls(&self.urls, self.case.source);
        urls.iter().find_map(|(url, deviations)| {
            let fit = keys
                .iter()
                .find_map(|key| self.fits(self.guess(key, url), &self.algorithms))?;
            Some(self.with_form(deviations.clone(), fit))
        })
    }

    fn other_timestamps(&self) -> Option<Vec<Deviation>> {
        if !self.case.scheme.msg.has_timestamp() {
            return None;
        }
        let times = place::timestamps(
            self.case.scheme,
            &self.timestamp,
            &self.values,
            self.case.source,
        );
        times
            .iter()
            .find_map(|(text, deviation)| self.at_time(text, deviation))
    }

    fn at_time(&self, text: &str, deviation: &Deviation) -> Option<Vec<Deviation>> {
        self.keys.iter().find_map(|key| {
            self.urls.iter().find_map(|url| {
                let guess = Guess {
                    timestamp: text,
                    ..self.guess(key, url)
                };
                let fit = self.fits(guess, &self.algorithms[..1])?;
                Some(self.with_form(vec![deviation.clone()], fit))
            })
        })
    }

    /// Times around the one at hand: a header that was changed after it was signed.
    fn near_timestamps(&self) -> Option<Vec<Deviation>> {
        let number: i64 = self.timestamp.trim().parse().ok()?;
        if !self.case.scheme.msg.has_timestamp()
            || self.body.len() > WINDOW_BODY
            || self.case.scheme.is_asymmetric()
        {
            return None;
        }
        let is_milliseconds = self
            .case
            .scheme
            .ts
            .as_ref()
            .is_some_and(|ts| ts.unit == Unit::Milliseconds);
        let step = if is_milliseconds { 1000 } else { 1 };
        (1..=WINDOW)
            .flat_map(|away| [-away, away])
            .find_map(|away| {
                let text = number.saturating_add(away * step).to_string();
                let side = if away < 0 { "before" } else { "after" };
                let what = format!(
                    "the timestamp `{text}`, {} s {side} the one that was sent",
                    away.abs()
                );
                self.at_time(&text, &Deviation::new(Code::TimestampSignedDiffers, what))
            })
    }

    fn other_bodies(
        &self,
        keys: &[Key],
        and: &[Deviation],
        breadth: Breadth,
    ) -> Option<Vec<Deviation>> {
        let scheme = self.case.scheme;
        if !scheme.msg.has_body() || scheme.join.is_some() {
            return None;
        }
        let mut found = None;
        let algorithms = if breadth == Breadth::All {
            &self.algorithms[..]
        } else {
            &self.algorithms[..1]
        };
        let _ = body::visit(
            self.case.source.request,
            self.body,
            breadth,
            &mut |bytes, deviations| {
                for key in keys {
                    for url in &self.urls {
                        let guess = Guess {
                            body: bytes,
                            ..self.guess(key, url)
                        };
                        if let Some(fit) = self.fits(guess, algorithms) {
                            let mut all = deviations();
                            all.extend_from_slice(and);
                            *self.difference.borrow_mut() =
                                Some(Difference::between(self.body, bytes));
                            found = Some(self.with_form(all, fit));
                            return ControlFlow::Break(());
                        }
                    }
                }
                if breadth == Breadth::Common && self.budget.get() == 0 {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        );
        found
    }

    /// Messages put together in other ways, also with other times.
    fn other_messages(&self, keys: &[Key], and: &[Deviation]) -> Option<Vec<Deviation>> {
        let (scheme, source) = (self.case.scheme, self.case.source);
        let urls = place::any_urls(&self.urls, source, self.case.setting.url);
        let mut times = vec![self.timestamp.clone()];
        if self.timestamp.is_empty() {
            times.extend(
                place::timestamps(scheme, "", &self.values, source)
                    .into_iter()
                    .map(|(text, _)| text),
            );
        }
        for (template, deviation) in place::templates(scheme) {
            let no_url = [String::new()];
            let urls = if template.has_url() {
                &urls[..]
            } else {
                &no_url[..]
            };
            let times = if template.has_timestamp() {
                &times[..]
            } else {
                &times[..1]
            };
            for (key, url, timestamp) in keys
                .iter()
                .flat_map(|key| urls.iter().map(move |url| (key, url)))
                .flat_map(|(key, url)| times.iter().map(move |time| (key, url, time)))
            {
                let guess = Guess {
                    timestamp,
                    template: Some(&template),
                    ..self.guess(key, url)
                };
                if let Some((token, algorithm)) = self.fits(guess, &self.algorithms) {
                    // A plain hash is told by its message; what matters is the digest.
                    let mut found = Vec::new();
                    if algorithm == scheme.alg || !is_keyed_change(algorithm, scheme.alg) {
                        found.push(deviation.clone());
                    }
                    found.extend_from_slice(and);
                    return Some(self.with_form(found, (token, algorithm)));
                }
            }
            if self.budget.get() == 0 {
                return None;
            }
        }
        None
    }

    /// The URL fits, and the body does not fit the digest that the URL holds.
    fn body_digest(&self) -> Option<Vec<Deviation>> {
        let wanted = self
            .urls
            .iter()
            .find_map(|url| verify::body_digest(self.case.scheme, url))?;
        let mut found = None;
        let _ = body::visit(
            self.case.source.request,
            self.body,
            Breadth::All,
            &mut |bytes, deviations| {
                if hex::encode(Sha256::digest(bytes)) == *wanted {
                    *self.difference.borrow_mut() = Some(Difference::between(self.body, bytes));
                    found = Some(deviations());
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        );
        found
    }

    fn other_secrets(&self) -> Option<Vec<Deviation>> {
        self.case.others.iter().find_map(|other| {
            let key = Key::new(self.case.scheme, &other.secret).ok()?;
            self.urls.iter().find_map(|url| {
                let fit = self.fits(self.guess(&key, url), &self.algorithms[..1])?;
                let what = format!("the secret of {}, not the one given", other.of);
                Some(self.with_form(vec![Deviation::new(Code::SecretOther, what)], fit))
            })
        })
    }

    /// Two dimensions at once.
    fn pairs(&self) -> Option<Vec<Deviation>> {
        for variant in self.key_variants() {
            let keys = [variant.key];
            let and = [variant.deviation];
            let found = self
                .other_messages(&keys, &and)
                .or_else(|| self.other_bodies(&keys, &and, Breadth::Common))
                .or_else(|| {
                    let mut found = self.other_urls(&keys)?;
                    found.extend_from_slice(&and);
                    Some(found)
                });
            if found.is_some() || self.budget.get() == 0 {
                return found;
            }
        }
        None
    }
}

/// Whether one algorithm is keyed and the other a plain hash, so that the secret moves into the message.
fn is_keyed_change(one: Algorithm, other: Algorithm) -> bool {
    (one == Algorithm::Sha256) != (other == Algorithm::Sha256)
}
