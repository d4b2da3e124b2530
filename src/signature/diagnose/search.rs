//! The search: hypotheses, the plainest first, until the signature matches one.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::ops::ControlFlow;

use super::body::{self, Body, Breadth, Variant, Visit};
use super::budget::{Budget, Part};
use super::cause::{Code, Deviation};
use super::hash::{Guess, Match, Matcher};
use super::token::{self, Token};
use super::{Case, Difference, key, place, spelling};
use crate::request::spelling::Spelled;
use crate::request::stream::Stream;
use crate::signature::key::Running;
use crate::signature::message::{self, Parts, Segment, Template};
use crate::signature::scheme::{Algorithm, Scheme, SignatureAt, Unit};
use crate::signature::{Key, read, verify};

/// Seconds to each side of the timestamp that are tried.
const WINDOW: i64 = 300;
/// Most keys or URLs that are combined with other bodies.
const MAX_PAIRED: usize = 48;
/// Longest body for which more is tried with a malformed signature header than its own mistakes.
const MAX_MALFORMED: usize = 64 << 10;

/// A key that may have been used, and how it departs from those at hand.
struct Keyed {
    key: Key,
    and: Vec<Deviation>,
}

/// A URL that may have been signed, and how it departs from those at hand.
struct Located {
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

/// What a message is made of beside key and body.
#[derive(Clone, Copy)]
struct Outline<'o> {
    /// Another message than the scheme's.
    template: Option<&'o Template>,
    url: &'o str,
    timestamp: &'o str,
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
    /// The body as JSON, if it is that.
    spelled: OnceCell<Option<Spelled<'a>>>,
    /// The keys that the scheme makes of the secrets.
    keys: Vec<Keyed>,
    urls: Vec<Located>,
    /// URLs of the request, whether the scheme signs them or not.
    any_urls: Vec<String>,
    budget: &'a Budget<'a>,
    difference: &'a RefCell<Option<Difference>>,
}

impl<'a> Search<'a> {
    /// Prepares a search; `None` if there is nothing that could be a digest.
    pub(super) fn new(
        case: &'a Case<'a>,
        sig: &'a SignatureAt,
        budget: &'a Budget<'a>,
        difference: &'a RefCell<Option<Difference>>,
    ) -> Option<Self> {
        let (scheme, source) = (case.scheme, case.source);
        let values = read::signature_values(sig, source);
        let tokens = token::tokens(scheme, &values);
        if tokens.is_empty() {
            return None;
        }
        let urls = verify::urls(scheme, source.request, case.setting.url);
        let any_urls = place::any_urls(&urls, source, case.setting.url);
        let keys = verify::keys(scheme, case.secrets);
        let keys = keys.as_deref().unwrap_or_default().iter();
        let known = |url| Located {
            url,
            and: Vec::new(),
        };
        let own = |key: &Key| Keyed {
            key: key.clone(),
            and: Vec::new(),
        };
        Some(Self {
            case,
            sig,
            algorithms: algorithms(scheme, &tokens),
            tokens,
            id: read::delivery_id(scheme, source.request).unwrap_or_default(),
            timestamp: read::timestamp_text(scheme, source, &values).unwrap_or_default(),
            body: message::body(scheme, source.request),
            spelled: OnceCell::new(),
            keys: keys.map(own).collect(),
            urls: urls.into_iter().map(known).collect(),
            any_urls,
            budget,
            difference,
            values,
        })
    }

    /// The first hypothesis that matches: one dimension after the other, then two at once.
    pub(super) fn run(&self) -> Option<Vec<Deviation>> {
        if let Some(found) = self.as_it_is() {
            // With nothing wrong in the signature, it is the digest that stands beside it.
            return if found.is_empty() {
                self.body_digest()
            } else {
                Some(found)
            };
        }
        // A header that holds no digest as the scheme writes it is wrong, whatever was signed.
        let is_malformed = read::digests(self.case.scheme, self.sig, &self.values).is_err();
        if is_malformed && self.body.len() > MAX_MALFORMED {
            return None;
        }
        let keys = self.other_keys();
        let urls = self.other_urls();
        let share = |search: &dyn Fn() -> Option<Vec<Deviation>>| self.budget.share(search);
        share(&|| self.first_match(Part::Keys, &keys, &self.urls, &self.algorithms))
            .or_else(|| share(&|| self.empty_key()))
            .or_else(|| {
                share(&|| self.first_match(Part::Urls, &self.keys, &urls, &self.algorithms))
            })
            .or_else(|| share(&|| self.other_timestamps()))
            .or_else(|| share(&|| self.other_bodies(&self.keys, &self.urls, Breadth::All)))
            .or_else(|| share(&|| self.other_messages(&self.keys)))
            .or_else(|| share(&|| self.other_secrets()))
            .or_else(|| share(&|| self.combined_spellings()))
            .or_else(|| share(&|| self.near_timestamps()))
            .or_else(|| {
                let pairs = || self.pairs(&keys, &urls);
                self.budget.within(Part::TwoMistakes, pairs)
            })
    }

    /// A message, of which body and key may change.
    fn message<'m>(&'m self, outline: Outline<'m>) -> Vec<Segment<'m>> {
        let parts = Parts {
            id: &self.id,
            timestamp: outline.timestamp,
            body: self.body,
            url: outline.url,
            key: &[],
            source: self.case.source,
        };
        message::segments_of(self.case.scheme, outline.template, parts)
    }

    /// A message of the body at hand.
    fn own_message<'m>(&'m self, outline: Outline<'m>) -> Vec<Segment<'m>> {
        let mut message = self.message(outline);
        for segment in &mut message {
            if matches!(segment, Segment::Form) {
                *segment = Segment::Bytes(message::sorted_form(self.case.source, self.body));
            }
        }
        message
    }

    /// The scheme's message with a URL.
    fn outline<'o>(&'o self, located: &'o Located) -> Outline<'o> {
        Outline {
            template: None,
            url: &located.url,
            timestamp: &self.timestamp,
        }
    }

    /// The first of these guesses about the body at hand that matches.
    fn match_own(
        &self,
        part: Part,
        guesses: &[Guess<'_>],
        algorithms: &[Algorithm],
    ) -> Option<Match<'_>> {
        let write = |out: &mut Stream<'_>| out.push(self.body);
        let length = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
        let own = Variant::new(part, (length, 0), &write);
        self.matcher().first(&own, guesses, algorithms)
    }

    fn matcher(&self) -> Matcher<'_> {
        Matcher {
            tokens: &self.tokens,
            source: self.case.source,
            budget: self.budget,
        }
    }

    /// What departs from the scheme beside the guess: the digest's algorithm and its form.
    fn with_form(&self, mut deviations: Vec<Deviation>, found: &Match<'_>) -> Vec<Deviation> {
        let scheme = self.case.scheme;
        if found.algorithm != scheme.alg {
            let what = format!(
                "the {} of the message, where the scheme uses {}",
                found.algorithm.name(),
                scheme.alg.name()
            );
            deviations.push(Deviation::new(Code::SignatureDigest, what));
        }
        deviations.extend(found.token.deviation(scheme, self.sig, &self.values));
        deviations
    }

    /// Nothing departs but the algorithm or the form of the signature, or these neither.
    fn as_it_is(&self) -> Option<Vec<Deviation>> {
        self.first_match(Part::Keys, &self.keys, &self.urls, &self.algorithms)
    }

    /// The first of these keys and URLs that matches with the body at hand.
    fn first_match(
        &self,
        part: Part,
        keys: &[Keyed],
        urls: &[Located],
        algorithms: &[Algorithm],
    ) -> Option<Vec<Deviation>> {
        for url in urls {
            let message = self.own_message(self.outline(url));
            for (index, keyed) in keys.iter().enumerate() {
                let guess = Guess {
                    key: &keyed.key,
                    message: &message,
                    keyless: index == 0,
                };
                if let Some(found) = self.match_own(part, &[guess], algorithms) {
                    let deviations = [&url.and[..], &keyed.and].concat();
                    return Some(self.with_form(deviations, &found));
                }
            }
        }
        None
    }

    /// The other keys that the secrets may have been taken for.
    fn other_keys(&self) -> Vec<Keyed> {
        let secrets = self.case.secrets.iter();
        let variants = secrets.flat_map(|secret| key::variants(self.case.scheme, secret));
        variants
            .map(|variant| Keyed {
                key: variant.key,
                and: vec![variant.deviation],
            })
            .collect()
    }

    fn empty_key(&self) -> Option<Vec<Deviation>> {
        if self.case.scheme.is_asymmetric() {
            return None;
        }
        let what = "an empty key: the sender has no secret set";
        let empty = Keyed {
            key: Key::symmetric(Vec::new()),
            and: vec![Deviation::new(Code::SecretEmpty, what)],
        };
        self.first_match(Part::Keys, &[empty], &self.urls, &self.algorithms)
    }

    /// URLs that may have been signed in place of those at hand.
    fn other_urls(&self) -> Vec<Located> {
        if !self.case.scheme.signs_url() {
            return Vec::new();
        }
        let known = self.urls.iter().map(|known| &*known.url);
        let urls = place::urls(&known.collect::<Vec<_>>(), self.case.source).into_iter();
        urls.map(|(url, and)| Located { url, and }).collect()
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
            .find_map(|(text, deviation)| self.at_time(Part::Timestamps, text, deviation))
    }

    fn at_time(&self, part: Part, text: &str, deviation: &Deviation) -> Option<Vec<Deviation>> {
        self.urls.iter().find_map(|url| {
            let message = self.own_message(Outline {
                timestamp: text,
                ..self.outline(url)
            });
            let keys = self.keys.iter().enumerate();
            let guesses = keys.map(|(index, keyed)| Guess {
                key: &keyed.key,
                message: &message,
                keyless: index == 0,
            });
            let guesses: Vec<_> = guesses.collect();
            let found = self.match_own(part, &guesses, &self.algorithms[..1])?;
            Some(self.with_form(vec![deviation.clone()], &found))
        })
    }

    /// Times around the one at hand: a header that was changed after it was signed.
    fn near_timestamps(&self) -> Option<Vec<Deviation>> {
        let scheme = self.case.scheme;
        let number: i64 = self.timestamp.trim().parse().ok()?;
        if !scheme.msg.has_timestamp() {
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
            let deviation = Deviation::new(Code::TimestampSignedDiffers, what);
            self.at_time(Part::NearTimestamps, &text, &deviation)
        })
    }

    /// The body for making others of it.
    fn body(&self) -> Body<'_> {
        let spelled = self.spelled.get_or_init(|| Spelled::new(self.body));
        Body {
            source: self.case.source,
            bytes: self.body,
            spelled: spelled.as_ref(),
            budget: self.budget,
        }
    }

    fn signs_body(&self) -> bool {
        let scheme = self.case.scheme;
        scheme.msg.has_body() && scheme.join.is_none()
    }

    fn other_bodies(
        &self,
        keys: &[Keyed],
        urls: &[Located],
        breadth: Breadth,
    ) -> Option<Vec<Deviation>> {
        let algorithms = match breadth {
            Breadth::All => &self.algorithms[..],
            Breadth::Common => &self.algorithms[..1],
        };
        self.first_body(keys, urls, algorithms, &mut |visit| {
            body::visit(self.body(), breadth, visit)
        })
    }

    fn combined_spellings(&self) -> Option<Vec<Deviation>> {
        let body = self.body();
        let spelled = body.spelled?;
        let (keys, urls) = (&self.keys, &self.urls);
        self.first_body(keys, urls, &self.algorithms, &mut |visit| {
            spelling::combined(spelled, body.budget, visit)
        })
    }

    /// The first body that matches with any of the keys and URLs.
    fn first_body(
        &self,
        keys: &[Keyed],
        urls: &[Located],
        algorithms: &[Algorithm],
        visit: &mut dyn FnMut(&mut Visit<'_>) -> ControlFlow<()>,
    ) -> Option<Vec<Deviation>> {
        if !self.signs_body() {
            return None;
        }
        let messages: Vec<_> = urls
            .iter()
            .map(|url| self.message(self.outline(url)))
            .collect();
        let mut guesses = Vec::with_capacity(keys.len() * urls.len());
        let mut departing = Vec::with_capacity(guesses.capacity());
        for (key, keyed) in keys.iter().enumerate() {
            for (url, message) in urls.iter().zip(&messages) {
                guesses.push(Guess {
                    key: &keyed.key,
                    message,
                    keyless: key == 0,
                });
                departing.push((keyed, url));
            }
        }
        let matcher = self.matcher();
        let mut found = None;
        let _ = visit(&mut |variant, deviations| {
            let Some(matched) = matcher.first(variant, &guesses, algorithms) else {
                return ControlFlow::Continue(());
            };
            self.note_difference(variant, matched.line_end);
            let (keyed, url) = departing[matched.guess];
            let all = [&deviations(matched.line_end)[..], &url.and, &keyed.and].concat();
            found = Some(self.with_form(all, &matched));
            ControlFlow::Break(())
        });
        found
    }

    fn note_difference(&self, signed: &Variant<'_>, line_end: bool) {
        *self.difference.borrow_mut() = Some(Difference::between(self.body, signed, line_end));
    }

    /// Messages put together in other ways, also with other times.
    fn other_messages(&self, keys: &[Keyed]) -> Option<Vec<Deviation>> {
        let (scheme, source) = (self.case.scheme, self.case.source);
        let mut times = vec![self.timestamp.clone()];
        if self.timestamp.is_empty() {
            let others = place::timestamps(scheme, "", &self.values, source).into_iter();
            times.extend(others.map(|(text, _)| Cow::Owned(text)));
        }
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
            for (at, timestamp) in (0..urls).flat_map(|at| times.iter().map(move |time| (at, time)))
            {
                let message = self.own_message(Outline {
                    template: Some(&template),
                    url: self.any_urls.get(at).map_or("", |url| &**url),
                    timestamp,
                });
                for (index, keyed) in keys.iter().enumerate() {
                    let guess = Guess {
                        key: &keyed.key,
                        message: &message,
                        keyless: index == 0,
                    };
                    let Some(found) = self.match_own(Part::Templates, &[guess], &self.algorithms)
                    else {
                        continue;
                    };
                    // A plain hash is told by its message; what matters is the digest.
                    let is_message = !is_keyed_change(found.algorithm, scheme.alg);
                    let mut deviations: Vec<_> =
                        is_message.then(|| deviation.clone()).into_iter().collect();
                    deviations.extend_from_slice(&keyed.and);
                    return Some(self.with_form(deviations, &found));
                }
            }
        }
        None
    }

    /// The URL matches, and the body does not match the digest that the URL holds.
    fn body_digest(&self) -> Option<Vec<Deviation>> {
        let mut urls = self.urls.iter();
        let wanted = urls.find_map(|url| verify::body_digest(self.case.scheme, &url.url))?;
        let mut found = None;
        let mut visit = |variant: &Variant<'_>, deviations: &body::Departs<'_>| {
            let work = variant.length.saturating_add(variant.work);
            if !self.budget.take(variant.part, work) {
                return ControlFlow::Continue(());
            }
            let mut running = Running::sha256();
            variant.stream(&mut |chunk| {
                running.update(chunk);
                ControlFlow::Continue(())
            });
            let mut ended = running.clone();
            ended.update(b"\n");
            for (running, line_end) in [(running, false), (ended, true)] {
                if (!line_end || variant.with_line_end) && hex::encode(running.finish()) == *wanted
                {
                    self.note_difference(variant, line_end);
                    found = Some(deviations(line_end));
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        };
        let body = self.body();
        let ended = body::visit(body, Breadth::All, &mut visit);
        if let (Some(spelled), ControlFlow::Continue(())) = (body.spelled, ended) {
            let _ = spelling::combined(spelled, body.budget, &mut visit);
        }
        found
    }

    fn other_secrets(&self) -> Option<Vec<Deviation>> {
        let of_others = self.case.others.iter().filter_map(|other| {
            let key = Key::new(self.case.scheme, &other.secret).ok()?;
            let what = format!("the secret of {}, not the one given", other.of);
            let and = vec![Deviation::new(Code::SecretOther, what)];
            Some(Keyed { key, and })
        });
        let keys: Vec<_> = of_others.collect();
        self.first_match(Part::Secrets, &keys, &self.urls, &self.algorithms[..1])
    }

    /// Two dimensions at once.
    fn pairs(&self, keys: &[Keyed], urls: &[Located]) -> Option<Vec<Deviation>> {
        let most = |count: usize, with: usize| {
            let most = (MAX_PAIRED / with.max(1)).max(1);
            self.budget.most(Part::TwoMistakes, count, most)
        };
        let keys = &keys[..most(keys.len(), self.urls.len())];
        // URLs are sorted by their departures: one that departs in two parts is two mistakes by itself.
        let single = urls.partition_point(|url| url.and.len() < 2);
        let urls = if self.case.effort.thorough {
            urls
        } else {
            &urls[..single]
        };
        let paired = &urls[..most(urls.len(), self.keys.len())];
        let share = |search: &dyn Fn() -> Option<Vec<Deviation>>| self.budget.share(search);
        share(&|| self.other_messages(keys))
            .or_else(|| share(&|| self.other_bodies(keys, &self.urls, Breadth::Common)))
            .or_else(|| share(&|| self.other_bodies(&self.keys, paired, Breadth::Common)))
            .or_else(|| self.first_match(Part::TwoMistakes, keys, urls, &self.algorithms[..1]))
    }
}

/// Whether one algorithm is keyed and the other a plain hash, so that the secret moves into the message.
fn is_keyed_change(one: Algorithm, other: Algorithm) -> bool {
    (one == Algorithm::Sha256) != (other == Algorithm::Sha256)
}
