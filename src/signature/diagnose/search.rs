//! The search: hypotheses, the plainest first, until the signature fits one.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::ControlFlow;

use sha2::{Digest as _, Sha256};

use super::body::{self, Breadth};
use super::cause::{Code, Deviation};
use super::token::{self, Token};
use super::{Case, Difference, key, place};
use crate::signature::key::public_key_fits;
use crate::signature::message::{self, Parts, Template};
use crate::signature::scheme::{Algorithm, Scheme, SignatureAt, Unit};
use crate::signature::{Key, read, verify};

/// Bytes that are hashed in pairs of dimensions, at most: what a second or two allows.
const BUDGET: usize = 192 * 1024 * 1024;
/// Seconds to each side of the timestamp that are tried.
const WINDOW: i64 = 300;
/// Longest body for which these are tried.
const WINDOW_BODY: usize = 16 * 1024;

/// Most keys or URLs that are combined with other bodies.
const MOST_PAIRED: usize = 48;

/// A key and a URL that may have been used, and how they depart from those at hand.
struct Candidate {
    key: Key,
    url: String,
    and: Vec<Deviation>,
}

/// The algorithms that the lengths of the digests allow, the scheme's own first.
fn algorithms(scheme: &Scheme, tokens: &[Token]) -> Vec<Algorithm> {
    let mut algorithms = vec![scheme.alg];
    if scheme.is_asymmetric() {
        return algorithms;
    }
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
    algorithms
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

pub(super) struct Search<'a> {
    case: &'a Case<'a>,
    sig: &'a SignatureAt,
    values: Vec<Cow<'a, str>>,
    tokens: Vec<Token>,
    /// The scheme's algorithm first.
    algorithms: Vec<Algorithm>,
    id: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    body: &'a [u8],
    urls: Vec<String>,
    /// The keys that the scheme makes of the secrets, under each URL.
    candidates: Vec<Candidate>,
    /// URLs of the request, whether the scheme signs them or not.
    any_urls: Vec<String>,
    /// Bytes that may still be hashed.
    budget: Cell<usize>,
    difference: &'a RefCell<Option<Difference>>,
}

impl<'a> Search<'a> {
    /// Prepares a search; `None` if there is nothing that could be a digest.
    pub(super) fn new(
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
        let urls = verify::urls(scheme, source.request, case.setting.url);
        let mut search = Self {
            case,
            sig,
            algorithms: algorithms(scheme, &tokens),
            tokens,
            id: read::delivery_id(scheme, source.request).unwrap_or_default(),
            timestamp: read::timestamp_text(scheme, source, &values).unwrap_or_default(),
            body: message::body(scheme, source.request),
            any_urls: place::any_urls(&urls, source, case.setting.url),
            urls,
            candidates: Vec::new(),
            budget: Cell::new(BUDGET),
            difference,
            values,
        };
        let keys = verify::keys(scheme, case.secrets);
        let keys = keys.as_deref().unwrap_or_default();
        let candidates = keys.iter().flat_map(|key| search.under_each_url(key, &[]));
        search.candidates = candidates.collect();
        Some(search)
    }

    /// The first hypothesis that fits: one dimension after the other, then two at once.
    pub(super) fn run(&self) -> Option<Vec<Deviation>> {
        if let Some(found) = self.as_it_is() {
            // With nothing wrong in the signature, it is the digest that stands beside it.
            return if found.is_empty() {
                self.body_digest()
            } else {
                Some(found)
            };
        }
        let keys = self.other_keys();
        let urls = self.other_urls(&self.candidates);
        self.first_fit(&keys, &self.algorithms)
            .or_else(|| self.empty_key())
            .or_else(|| self.first_fit(&urls, &self.algorithms))
            .or_else(|| self.other_timestamps())
            .or_else(|| self.other_bodies(&self.candidates, Breadth::All))
            .or_else(|| self.other_messages(&self.candidates))
            .or_else(|| self.other_secrets())
            .or_else(|| self.pairs(&keys, &urls))
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
                let made = guess.key.digest(algorithm, &pieces)?;
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

    fn guess<'g>(&'g self, candidate: &'g Candidate) -> Guess<'g> {
        Guess {
            key: &candidate.key,
            body: self.body,
            url: &candidate.url,
            timestamp: &self.timestamp,
            template: None,
        }
    }

    /// Nothing departs but the algorithm or the form of the signature, or these neither.
    fn as_it_is(&self) -> Option<Vec<Deviation>> {
        self.first_fit(&self.candidates, &self.algorithms)
    }

    /// The first of these that fits.
    fn first_fit(
        &self,
        candidates: &[Candidate],
        algorithms: &[Algorithm],
    ) -> Option<Vec<Deviation>> {
        candidates.iter().find_map(|candidate| {
            let fit = self.fits(self.guess(candidate), algorithms)?;
            Some(self.with_form(candidate.and.clone(), fit))
        })
    }

    /// The other keys that the secrets may have been taken for, under each URL.
    fn other_keys(&self) -> Vec<Candidate> {
        let secrets = self.case.secrets.iter();
        let variants = secrets.flat_map(|secret| key::variants(self.case.scheme, secret));
        variants
            .flat_map(|variant| self.under_each_url(&variant.key, &[variant.deviation]))
            .collect()
    }

    fn under_each_url(&self, key: &Key, and: &[Deviation]) -> Vec<Candidate> {
        let candidate = |url: &String| Candidate {
            key: key.clone(),
            url: url.clone(),
            and: and.to_vec(),
        };
        self.urls.iter().map(candidate).collect()
    }

    fn empty_key(&self) -> Option<Vec<Deviation>> {
        let what = "an empty key: the sender has no secret set";
        let deviation = Deviation::new(Code::SecretEmpty, what);
        let candidates = self.under_each_url(&Key::symmetric(Vec::new()), &[deviation]);
        let is_symmetric = !self.case.scheme.is_asymmetric();
        is_symmetric.then(|| self.first_fit(&candidates, &self.algorithms))?
    }

    /// The given keys with other URLs.
    fn other_urls(&self, keys: &[Candidate]) -> Vec<Candidate> {
        if !self.case.scheme.signs_url() {
            return Vec::new();
        }
        let urls = place::urls(&self.urls, self.case.source);
        // A key stands there once for each URL that is known.
        let keys = keys.iter().step_by(self.urls.len().max(1));
        let with = |key: &Candidate, url: &str, deviations: &[Deviation]| Candidate {
            key: key.key.clone(),
            url: url.to_owned(),
            and: [deviations, &key.and].concat(),
        };
        keys.flat_map(|key| {
            urls.iter()
                .map(|(url, deviations)| with(key, url, deviations))
        })
        .collect()
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
        self.candidates.iter().find_map(|candidate| {
            let guess = Guess {
                timestamp: text,
                ..self.guess(candidate)
            };
            let fit = self.fits(guess, &self.algorithms[..1])?;
            Some(self.with_form(vec![deviation.clone()], fit))
        })
    }

    /// Times around the one at hand: a header that was changed after it was signed.
    fn near_timestamps(&self) -> Option<Vec<Deviation>> {
        let scheme = self.case.scheme;
        let number: i64 = self.timestamp.trim().parse().ok()?;
        let is_small = self.body.len() <= WINDOW_BODY && !scheme.is_asymmetric();
        if !scheme.msg.has_timestamp() || !is_small {
            return None;
        }
        let unit = scheme.ts.as_ref().map(|ts| ts.unit);
        let step = if unit == Some(Unit::Milliseconds) {
            1000
        } else {
            1
        };
        let mut aways = (1..=WINDOW).flat_map(|away| [-away, away]);
        aways.find_map(|away| {
            let text = number.saturating_add(away * step).to_string();
            let side = if away < 0 { "before" } else { "after" };
            let away = away.abs();
            let what = format!("the timestamp `{text}`, {away} s {side} the one that was sent");
            self.at_time(&text, &Deviation::new(Code::TimestampSignedDiffers, what))
        })
    }

    fn other_bodies(&self, candidates: &[Candidate], breadth: Breadth) -> Option<Vec<Deviation>> {
        let scheme = self.case.scheme;
        if !scheme.msg.has_body() || scheme.join.is_some() {
            return None;
        }
        let algorithms = match breadth {
            Breadth::All => &self.algorithms[..],
            Breadth::Common => &self.algorithms[..1],
        };
        let mut found = None;
        let request = self.case.source.request;
        // Many styles are the same to a body that has nothing which they write in another way.
        let mut seen = HashSet::new();
        let hasher = RandomState::new();
        let _ = body::visit(request, self.body, breadth, &mut |bytes, deviations| {
            if !seen.insert(hasher.hash_one(bytes)) {
                return ControlFlow::Continue(());
            }
            for candidate in candidates {
                let guess = Guess {
                    body: bytes,
                    ..self.guess(candidate)
                };
                if let Some(fit) = self.fits(guess, algorithms) {
                    self.note_difference(bytes);
                    let all = [deviations(), candidate.and.clone()].concat();
                    found = Some(self.with_form(all, fit));
                    return ControlFlow::Break(());
                }
            }
            if breadth == Breadth::Common && self.budget.get() == 0 {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        found
    }

    fn note_difference(&self, signed: &[u8]) {
        *self.difference.borrow_mut() = Some(Difference::between(self.body, signed));
    }

    /// Messages put together in other ways, also with other times.
    fn other_messages(&self, candidates: &[Candidate]) -> Option<Vec<Deviation>> {
        let (scheme, source) = (self.case.scheme, self.case.source);
        let mut times = vec![self.timestamp.clone()];
        if self.timestamp.is_empty() {
            let others = place::timestamps(scheme, "", &self.values, source).into_iter();
            times.extend(others.map(|(text, _)| Cow::Owned(text)));
        }
        let keys = candidates.iter().step_by(self.urls.len().max(1));
        let keys: Vec<&Candidate> = keys.collect();
        for (template, deviation) in place::templates(scheme) {
            let urls = if template.has_url() {
                self.any_urls.len()
            } else {
                1
            };
            let times = if template.has_timestamp() {
                &times[..]
            } else {
                &times[..1]
            };
            for (candidate, at, timestamp) in keys.iter().flat_map(|key| {
                (0..urls).flat_map(move |at| times.iter().map(move |time| (*key, at, time)))
            }) {
                let guess = Guess {
                    timestamp,
                    url: self.any_urls.get(at).map_or("", |url| &**url),
                    template: Some(&template),
                    ..self.guess(candidate)
                };
                if let Some((token, algorithm)) = self.fits(guess, &self.algorithms) {
                    // A plain hash is told by its message; what matters is the digest.
                    let is_message = !is_keyed_change(algorithm, scheme.alg);
                    let mut found: Vec<_> =
                        is_message.then(|| deviation.clone()).into_iter().collect();
                    found.extend_from_slice(&candidate.and);
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
        let mut urls = self.urls.iter();
        let wanted = urls.find_map(|url| verify::body_digest(self.case.scheme, url))?;
        let mut found = None;
        let request = self.case.source.request;
        let _ = body::visit(
            request,
            self.body,
            Breadth::All,
            &mut |bytes, deviations| {
                if hex::encode(Sha256::digest(bytes)) == *wanted {
                    self.note_difference(bytes);
                    found = Some(deviations());
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        );
        found
    }

    fn other_secrets(&self) -> Option<Vec<Deviation>> {
        let of_others = self.case.others.iter().filter_map(|other| {
            let key = Key::new(self.case.scheme, &other.secret).ok()?;
            let what = format!("the secret of {}, not the one given", other.of);
            Some(self.under_each_url(&key, &[Deviation::new(Code::SecretOther, what)]))
        });
        let candidates: Vec<Candidate> = of_others.flatten().collect();
        self.first_fit(&candidates, &self.algorithms[..1])
    }

    /// Two dimensions at once.
    fn pairs(&self, keys: &[Candidate], urls: &[Candidate]) -> Option<Vec<Deviation>> {
        let keys = &keys[..keys.len().min(MOST_PAIRED)];
        self.other_messages(keys)
            .or_else(|| self.other_bodies(keys, Breadth::Common))
            .or_else(|| self.other_bodies(&urls[..urls.len().min(MOST_PAIRED)], Breadth::Common))
            .or_else(|| self.first_fit(&self.other_urls(keys), &self.algorithms[..1]))
    }
}

/// Whether one algorithm is keyed and the other a plain hash, so that the secret moves into the message.
fn is_keyed_change(one: Algorithm, other: Algorithm) -> bool {
    (one == Algorithm::Sha256) != (other == Algorithm::Sha256)
}
