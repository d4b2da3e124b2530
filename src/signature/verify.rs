//! Verification: a verdict with its evidence. A bad signature is an answer here, not an error.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::message::{self, Parts, UrlVariant};
use super::read;
use super::scheme::{Scheme, Sides, SignatureAt};
use super::verdict::{Check, Clock, Reason, Status, Verification};
use super::{Key, Source, extract};
use crate::request::Request;
use crate::secret::Secret;

pub(super) const SIGNATURE: &str = "signature";
pub(super) const ID: &str = "delivery id";
pub(super) const TIMESTAMP: &str = "timestamp";
pub(super) const SECRET: &str = "secret";
const BODY: &str = "body";

/// Why a request is refused: the reason, the check that failed, and its detail.
pub(super) struct Finding(
    pub(super) Reason,
    pub(super) &'static str,
    pub(super) String,
);

/// What verification needs beside scheme and keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) clock: Clock,
    /// The public URL, for schemes that sign it; else it is told from the headers.
    pub(crate) url: Option<&'a str>,
    /// Only the verdict is wanted, and why it is not a good one.
    pub(crate) brief: bool,
}

impl From<Clock> for Setting<'_> {
    fn from(clock: Clock) -> Self {
        Self {
            clock,
            url: None,
            brief: false,
        }
    }
}

/// Verifies a request under each of the schemes, of which the strongest that there is a key for must hold.
/// The schemes are the strongest first. `None` if there are no schemes.
///
/// # Errors
/// Why no secret is of the form that any of the schemes needs.
pub(crate) fn verify_any(
    schemes: &[&'static Scheme],
    keys_of: &mut dyn FnMut(&'static Scheme) -> KeysOf,
    source: &Source<'_>,
    setting: Setting<'_>,
) -> Option<Result<Verification, String>> {
    let mut strongest: Option<Verification> = None;
    let mut problem = None;
    for scheme in schemes {
        let keys = match keys_of(scheme) {
            Ok(keys) => keys,
            Err(why) => {
                problem.get_or_insert(why);
                continue;
            }
        };
        let found = verify(scheme, &keys, source, setting);
        let Some(best) = &mut strongest else {
            strongest = Some(found);
            continue;
        };
        if setting.brief {
            break;
        }
        let ok = found.status == Status::Valid;
        let detail = match found.failure() {
            Some(failure) => format!("{}: {failure}", found.scheme),
            None => format!("{} fits too", found.scheme),
        };
        best.checks.push(Check {
            name: "weaker signature",
            ok,
            detail,
        });
    }
    strongest.map(Ok).or(problem.map(Err))
}

/// The keys for a scheme, or why no secret makes one.
pub(crate) type KeysOf = Result<Arc<[Key]>, String>;

/// Keys of the secrets; those of other forms are left out as long as one fits.
///
/// # Errors
/// Why none of them is of the scheme's form.
pub(crate) fn keys(scheme: &Scheme, secrets: &[Secret]) -> KeysOf {
    let mut problem = None;
    let mut keys = Vec::new();
    for secret in secrets {
        match Key::new(scheme, secret) {
            Ok(key) => keys.push(key),
            Err(why) => problem = Some(why),
        }
    }
    match problem {
        Some(problem) if keys.is_empty() && scheme.signs() => Err(problem),
        _ => Ok(keys.into()),
    }
}

/// Verifies a request with any of the keys.
pub(crate) fn verify(
    scheme: &Scheme,
    keys: &[Key],
    source: &Source<'_>,
    setting: Setting<'_>,
) -> Verification {
    let scheme = scheme.for_request(source.request);
    let mut verification = Verification {
        status: Status::Invalid,
        scheme: scheme.id.clone(),
        reason: None,
        delivery_id: scheme
            .delivery
            .as_deref()
            .filter(|_| !setting.brief)
            .and_then(|delivery| extract(delivery, source)),
        timestamp: None,
        checks: Vec::new(),
        key: None,
    };
    verification.status = match judge(scheme, keys, source, setting, &mut verification) {
        Ok(status) => status,
        Err(Finding(reason, name, detail)) => {
            verification.reason = Some(reason);
            verification.checks.push(Check {
                name,
                ok: false,
                detail,
            });
            Status::Invalid
        }
    };
    verification
}

fn judge(
    scheme: &Scheme,
    keys: &[Key],
    source: &Source<'_>,
    setting: Setting<'_>,
    verification: &mut Verification,
) -> Result<Status, Finding> {
    let Some(sig) = &scheme.sig else {
        let detail = || "this sender does not sign, so nothing is proven".to_owned();
        verification.passed(SIGNATURE, setting, detail);
        return Ok(Status::Unsigned);
    };
    let values = read::signature_values(sig, source);
    if values.is_empty() {
        let detail = missing_signature(sig, source.request);
        return Err(Finding(Reason::MissingHeader, SIGNATURE, detail));
    }
    let candidates = read::digests(scheme, sig, &values)?;
    let id = read::delivery_id(scheme, source.request)?;
    let timestamp = read::timestamp_text(scheme, source, &values)?;
    if let Some(ts) = &scheme.ts {
        verification.timestamp = Some(read::timestamp(ts, &timestamp)?);
    }
    if keys.is_empty() {
        let detail = || "there is none to verify with".to_owned();
        verification.passed(SECRET, setting, detail);
        return Ok(Status::NoSecret);
    }
    if keys.iter().all(Key::is_empty) {
        return Err(Finding(
            Reason::Mismatch,
            SECRET,
            "the secret is empty, and an empty key proves nothing".to_owned(),
        ));
    }
    let urls = urls(scheme, source.request, setting.url);
    let fitting = keys.iter().position(|key| {
        !key.is_empty()
            && urls.iter().any(|url| {
                let message = message::of_scheme(
                    scheme,
                    Parts {
                        id: &id,
                        timestamp: &timestamp,
                        body: message::body(scheme, source.request),
                        url,
                        key: key.bytes(),
                        source,
                    },
                );
                let message: Vec<&[u8]> = message.iter().map(|piece| &**piece).collect();
                key.fits(scheme.alg, &message, &candidates)
            })
    });
    verification.key = fitting;
    let Some(index) = fitting else {
        let detail = mismatch(scheme, candidates.len(), keys.len(), &urls);
        return Err(Finding(Reason::Mismatch, SIGNATURE, detail));
    };
    verification.passed(SIGNATURE, setting, || match keys.len() {
        1 => format!("`{}` fits", sig.place()),
        keys => format!("`{}` fits with secret {} of {keys}", sig.place(), index + 1),
    });
    if let Some(name) = judge_body_digest(scheme, source.request, &urls)? {
        let detail = || format!("it fits `{name}`, which is signed");
        verification.passed(BODY, setting, detail);
    }
    if let (Some(ts), Some(signed)) = (&scheme.ts, verification.timestamp)
        && let Some(tolerance) = setting.clock.tolerance.or(ts.tol)
    {
        let age = setting.clock.now.saturating_sub(signed);
        judge_time(age, tolerance, ts.sides)?;
        verification.passed(TIMESTAMP, setting, || match age {
            ..0 => format!(
                "{} s ahead, {tolerance} s are allowed",
                age.saturating_neg()
            ),
            0.. => format!("{age} s old, {tolerance} s are allowed"),
        });
    }
    Ok(Status::Valid)
}

impl Verification {
    /// Notes what passed, where that is to be told.
    fn passed(
        &mut self,
        name: &'static str,
        setting: Setting<'_>,
        detail: impl FnOnce() -> String,
    ) {
        if !setting.brief {
            self.checks.push(Check {
                name,
                ok: true,
                detail: detail(),
            });
        }
    }
}

/// The URLs to try, in the scheme's spellings; one empty text for a scheme that signs none.
pub(super) fn urls(scheme: &Scheme, request: &Request, given: Option<&str>) -> Vec<String> {
    if !scheme.signs_url() {
        return vec![String::new()];
    }
    let as_is = [UrlVariant::AsIs];
    let variants = if scheme.url_variants.is_empty() {
        &as_is[..]
    } else {
        &scheme.url_variants
    };
    let mut urls = Vec::new();
    for url in message::public_urls(request, given) {
        for variant in variants {
            let url = variant.of(&url).into_owned();
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
    }
    urls
}

/// The digest of the body that the URL holds, and the body's own: `None` if it holds none.
pub(super) fn body_digest<'a>(scheme: &Scheme, url: &'a str) -> Option<Cow<'a, str>> {
    let name = scheme.body_digest_query.as_deref()?;
    let (_, query) = url.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

/// The name of the query parameter that the body fits; `None` if the URL has no digest of it.
fn judge_body_digest<'a>(
    scheme: &'a Scheme,
    request: &Request,
    urls: &[String],
) -> Result<Option<&'a str>, Finding> {
    let Some(digest) = urls.iter().find_map(|url| body_digest(scheme, url)) else {
        return Ok(None);
    };
    let name = scheme.body_digest_query.as_deref().unwrap_or_default();
    let own = hex::encode(Sha256::digest(&request.body));
    if bool::from(own.as_bytes().ct_eq(digest.as_bytes())) {
        return Ok(Some(name));
    }
    let detail = format!("the URL is signed, and the body does not fit its `{name}`");
    Err(Finding(Reason::Mismatch, BODY, detail))
}

fn missing_signature(sig: &SignatureAt, request: &Request) -> String {
    let missing = match &sig.body {
        Some(path) => format!("the body has no `{path}`"),
        None => format!("`{}` is missing", sig.place()),
    };
    let alike = like_signatures(request);
    if alike.is_empty() {
        missing
    } else {
        format!("{missing}; the request has {alike}")
    }
}

/// The headers of a request that look like signatures, quoted.
pub(super) fn like_signatures(request: &Request) -> String {
    let names = request
        .headers
        .iter()
        .map(|header| header.name.to_ascii_lowercase());
    let alike: Vec<_> = names
        .filter(|name| name.contains("signature") || name.contains("hmac"))
        .map(|name| format!("`{name}`"))
        .collect();
    alike.join(", ")
}

fn mismatch(scheme: &Scheme, candidates: usize, keys: usize, urls: &[String]) -> String {
    let these = match (scheme.signs_url(), urls) {
        (true, []) => "this body and secret: the URL that was signed is not known, give `--url`",
        (true, _) => "this body, URL and secret",
        (false, _) => "this body and secret",
    };
    match (candidates, keys) {
        (1, 1) => format!("the signature does not fit {these}"),
        (1, keys) => format!("the signature fits none of the {keys} secrets"),
        (_, 1) => format!("none of the {candidates} signatures fits {these}"),
        (_, keys) => format!("none of the {candidates} signatures fits any of the {keys} secrets"),
    }
}

/// Whether a signed time of this age is within its tolerance, all in seconds.
fn judge_time(age: i64, tolerance: i64, sides: Sides) -> Result<(), Finding> {
    if age > tolerance {
        let detail =
            format!("the signature fits, but it is {age} s old and {tolerance} s are allowed");
        return Err(Finding(Reason::Stale, TIMESTAMP, detail));
    }
    if age < -tolerance && sides == Sides::Both {
        let ahead = age.saturating_neg();
        let detail = format!(
            "the signature fits, but its time is {ahead} s ahead and {tolerance} s are allowed"
        );
        return Err(Finding(Reason::Future, TIMESTAMP, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::scheme::KeyForm;
    use crate::signature::{Attempt, named, sign};
    use proptest::prelude::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NOW: i64 = 1_614_265_330;

    fn svix(headers: &[(&str, &str)], keys: &[&str], now: i64) -> Verification {
        let scheme = named("svix").unwrap();
        let request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: r#"{"test": 2432232314}"#.into(),
        };
        let keys: Vec<_> = keys
            .iter()
            .map(|key| Key::new(scheme, &Secret::new(key)).unwrap())
            .collect();
        let clock = Clock {
            now,
            tolerance: None,
        };
        verify(scheme, &keys, &Source::new(&request), clock.into())
    }

    const GOOD: [(&str, &str); 3] = [
        ("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("svix-timestamp", "1614265330"),
        (
            "svix-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ];

    fn with_signature(value: &str) -> Verification {
        svix(
            &[GOOD[0], GOOD[1], ("svix-signature", value)],
            &[SECRET],
            NOW,
        )
    }

    #[test]
    fn the_published_answer_is_valid_under_both_header_sets() {
        assert_eq!(svix(&GOOD, &[SECRET], NOW).status, Status::Valid);
        let unbranded: Vec<_> = GOOD
            .iter()
            .map(|(name, value)| (name.replace("svix", "webhook"), *value))
            .collect();
        let unbranded: Vec<_> = unbranded
            .iter()
            .map(|(name, value)| (&**name, *value))
            .collect();
        let found = svix(&unbranded, &[SECRET], NOW);
        assert_eq!(
            (found.status, &*found.scheme),
            (Status::Valid, "standard-webhooks")
        );
    }

    #[test]
    fn any_of_several_signatures_and_secrets_may_fit() {
        let several = format!(
            "v1a,AAAA v1,{} {}",
            "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=", GOOD[2].1
        );
        assert_eq!(with_signature(&several).status, Status::Valid);
        assert_eq!(svix(&GOOD, &["whsec_AAAA", SECRET], NOW).key, Some(1));
    }

    #[test]
    fn of_many_signatures_a_public_key_verifies_the_first_sixteen() {
        let scheme = named("standard-webhooks-v1a").unwrap();
        let key = [Key::new(scheme, &secret_for(&scheme.id)).unwrap()];
        let mut request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: crate::request::Headers::default(),
            body: "{}".into(),
        };
        let attempt = Attempt {
            id: "msg_1",
            timestamp: NOW,
            url: "https://a.test/b",
            prefix: None,
        };
        sign(scheme, &key[0], &mut request, attempt).unwrap();
        let right = request
            .headers
            .text("webhook-signature")
            .unwrap()
            .into_owned();
        let wrong = format!("v1a,{}== ", "A".repeat(86));
        let clock = Clock {
            now: NOW,
            tolerance: None,
        };
        for (before, status) in [(15, Status::Valid), (16, Status::Invalid)] {
            let value = wrong.repeat(before) + &right;
            request.headers.set("webhook-signature", value);
            let found = verify(scheme, &key, &Source::new(&request), clock.into());
            assert_eq!(found.status, status, "{before}");
        }
    }

    #[test]
    fn a_header_sent_twice_is_one_list() {
        let twice = [GOOD[0], GOOD[1], ("svix-signature", "v1,AAAA"), GOOD[2]];
        assert_eq!(svix(&twice, &[SECRET], NOW).status, Status::Valid);
    }

    #[test]
    fn reasons_are_told_apart() {
        let cases = [
            (svix(&GOOD[..2], &[SECRET], NOW), Reason::MissingHeader),
            (svix(&GOOD[1..], &[SECRET], NOW), Reason::MissingHeader),
            (with_signature("v2,g0hM"), Reason::UnsupportedVersion),
            (with_signature("v1,"), Reason::MalformedHeader),
            (with_signature("g0hM9SsE"), Reason::MalformedHeader),
            (
                svix(
                    &[GOOD[0], ("svix-timestamp", "soon"), GOOD[2]],
                    &[SECRET],
                    NOW,
                ),
                Reason::MalformedHeader,
            ),
            (svix(&GOOD, &[SECRET], NOW + 301), Reason::Stale),
            (svix(&GOOD, &[SECRET], NOW - 301), Reason::Future),
            (svix(&GOOD, &["whsec_AAAA"], NOW + 9999), Reason::Mismatch),
            (svix(&GOOD, &["whsec_"], NOW), Reason::Mismatch),
        ];
        for (found, reason) in cases {
            assert_eq!(
                (found.status, found.reason),
                (Status::Invalid, Some(reason)),
                "{:?}",
                found.checks
            );
        }
        assert_eq!(svix(&GOOD, &[SECRET], NOW + 300).status, Status::Valid);
        assert_eq!(svix(&GOOD, &[], NOW).status, Status::NoSecret);
    }

    proptest! {
        #[test]
        fn any_header_values_are_read_without_a_panic(id: Vec<u8>, timestamp: Vec<u8>, signature: Vec<u8>, body: Vec<u8>) {
            let headers = [("svix-id", id), ("svix-timestamp", timestamp), ("svix-signature", signature)];
            let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let request = Request { method: "POST".into(), target: "/".into(), headers, body: body.into() };
            let scheme = named("svix").unwrap();
            let key = Key::new(scheme, &Secret::new(SECRET)).unwrap();
            let clock = Clock { now: NOW, tolerance: None };
            prop_assert_ne!(verify(scheme, &[key], &Source::new(&request), clock.into()).status, Status::Valid);
        }

        #[test]
        fn what_is_signed_verifies_and_one_changed_byte_does_not(
            row in prop::sample::select(crate::signature::names().collect::<Vec<_>>()),
            mut body in prop::collection::vec(any::<u8>(), 1..200),
            at: prop::sample::Index,
        ) {
            let scheme = named(row).unwrap();
            // A signature inside the body, or none at all, is another matter; the JSON ones have tests of their own.
            let covers_body = scheme.msg.0.contains(&message::Piece::Body);
            prop_assume!(covers_body && scheme.ts.as_ref().is_none_or(|ts| ts.body.is_none()));
            let key = [Key::new(scheme, &secret_for(row)).unwrap()];
            let mut request = Request { method: "POST".into(), target: "/".into(), headers: crate::request::Headers::default(), body: body.clone().into() };
            let attempt = Attempt { id: "msg_1", timestamp: NOW, url: "https://a.test/b", prefix: None };
            sign(scheme, &key[0], &mut request, attempt).unwrap();
            let setting = Setting { clock: Clock { now: NOW, tolerance: None }, url: Some("https://a.test/b"), brief: false };
            prop_assert_eq!(verify(scheme, &key, &Source::new(&request), setting).status, Status::Valid);
            let at = at.index(body.len());
            body[at] ^= 1;
            request.body = body.into();
            prop_assert_eq!(verify(scheme, &key, &Source::new(&request), setting).reason, Some(Reason::Mismatch));
        }
    }

    /// A secret of the form that a row takes.
    fn secret_for(row: &str) -> Secret {
        let scheme = named(row).unwrap();
        Secret::new(&match scheme.key {
            Some(KeyForm::SpkiBase64) => {
                use base64::Engine as _;
                base64::engine::general_purpose::STANDARD.encode(crate::secret::new_p256().unwrap())
            }
            _ if scheme.is_asymmetric() => "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==".to_owned(),
            Some(KeyForm::Whsec) => SECRET.to_owned(),
            _ => "00112233445566778899aabbccddeeff".to_owned(),
        })
    }
}
