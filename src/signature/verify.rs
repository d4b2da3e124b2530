//! Verification: a verdict with its evidence. A bad signature is an answer here, not an error.

use std::borrow::Cow;
use std::fmt::Write as _;

use hmac::Mac as _;
use subtle::ConstantTimeEq as _;

use crate::request::Request;
use crate::secret::decode_base64;

use super::scheme::{Algorithm, Scheme, SignatureAt, TimestampAt};
use super::{Key, Source, extract, message};

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Valid,
    Invalid,
    /// The scheme has no signature: nothing was proven.
    Unsigned,
    /// There was nothing to verify with.
    NoSecret,
}

/// What is wrong on the face of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    MissingHeader,
    MalformedHeader,
    UnsupportedVersion,
    /// The signature fits, and its time is too old.
    Stale,
    /// The signature fits, and its time has not come yet.
    Future,
    Mismatch,
}

impl Reason {
    /// The word for it in machine output.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::MalformedHeader => "malformed_header",
            Self::UnsupportedVersion => "unsupported_version",
            Self::Stale => "stale",
            Self::Future => "future",
            Self::Mismatch => "mismatch",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    /// One sentence without a full stop.
    pub(crate) detail: String,
}

/// The clock to verify by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Unix seconds.
    pub(crate) now: i64,
    /// Tolerance in seconds, in place of the scheme's own.
    pub(crate) tolerance: Option<i64>,
}

/// A verdict and how it came about.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    pub(crate) status: Status,
    /// Name of the scheme.
    pub(crate) scheme: String,
    /// What is wrong, if the status is [`Status::Invalid`].
    pub(crate) reason: Option<Reason>,
    pub(crate) delivery_id: Option<String>,
    /// Signed time, unix seconds.
    pub(crate) timestamp: Option<i64>,
    pub(crate) checks: Vec<Check>,
    /// Which of the keys fits, counted from 0.
    pub(crate) key: Option<usize>,
}

impl Verification {
    /// Whether the signature itself is absent, rather than wrong.
    pub(crate) fn signature_is_missing(&self) -> bool {
        self.reason == Some(Reason::MissingHeader)
            && self
                .checks
                .iter()
                .any(|check| check.name == SIGNATURE && !check.ok)
    }

    /// The detail of the check that failed.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.checks
            .iter()
            .find(|check| !check.ok)
            .map(|check| &*check.detail)
    }
}

const SIGNATURE: &str = "signature";
const ID: &str = "delivery id";
const TIMESTAMP: &str = "timestamp";
const SECRET: &str = "secret";

/// Verifies a request with any of the keys.
pub(crate) fn verify(
    scheme: &Scheme,
    keys: &[Key],
    request: &Request,
    clock: Clock,
) -> Verification {
    let scheme = scheme.for_request(request);
    let source = Source::new(request);
    let mut verification = Verification {
        status: Status::Invalid,
        scheme: scheme.id.clone(),
        reason: None,
        delivery_id: scheme
            .delivery
            .as_deref()
            .and_then(|delivery| extract(delivery, &source)),
        timestamp: None,
        checks: Vec::new(),
        key: None,
    };
    verification.status = match judge(scheme, keys, request, clock, &mut verification) {
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

/// Why a request is refused: the reason, the check that failed, and its detail.
struct Finding(Reason, &'static str, String);

fn judge(
    scheme: &Scheme,
    keys: &[Key],
    request: &Request,
    clock: Clock,
    verification: &mut Verification,
) -> Result<Status, Finding> {
    let Some(sig) = &scheme.sig else {
        verification.checks.push(passed(
            SIGNATURE,
            "this sender does not sign, so nothing is proven".to_owned(),
        ));
        return Ok(Status::Unsigned);
    };
    let value = joined(request, &sig.header, sig.split.is_some()).ok_or_else(|| {
        Finding(
            Reason::MissingHeader,
            SIGNATURE,
            missing_signature(&sig.header, request),
        )
    })?;
    let candidates = read_signatures(scheme, sig, &value)?;
    let id = match &scheme.id_header {
        Some(name) => read_text(request, name, ID)?,
        None => Cow::Borrowed(""),
    };
    let timestamp = match &scheme.ts {
        Some(ts) => read_text(request, &ts.header, TIMESTAMP)?,
        None => Cow::Borrowed(""),
    };
    if let Some(ts) = &scheme.ts {
        verification.timestamp = Some(read_timestamp(ts, &timestamp)?);
    }
    if keys.is_empty() {
        verification
            .checks
            .push(passed(SECRET, "there is none to verify with".to_owned()));
        return Ok(Status::NoSecret);
    }
    if keys.iter().all(|key| key.0.is_empty()) {
        return Err(Finding(
            Reason::Mismatch,
            SECRET,
            "the secret is empty, and an empty key proves nothing".to_owned(),
        ));
    }
    let parts = message::Parts {
        id: &id,
        timestamp: &timestamp,
        body: message::body(scheme, request),
    };
    let fitting = keys
        .iter()
        .position(|key| !key.0.is_empty() && fits(scheme, key, parts, &candidates));
    verification.key = fitting;
    let Some(index) = fitting else {
        return Err(Finding(
            Reason::Mismatch,
            SIGNATURE,
            mismatch(&candidates, keys.len()),
        ));
    };
    let mut detail = format!("`{}` fits", sig.header);
    if keys.len() > 1 {
        write!(detail, " with secret {} of {}", index + 1, keys.len()).expect("a String takes all");
    }
    verification.checks.push(passed(SIGNATURE, detail));
    if let (Some(ts), Some(signed)) = (&scheme.ts, verification.timestamp) {
        verification.checks.push(judge_time(ts, signed, clock)?);
    }
    Ok(Status::Valid)
}

fn passed(name: &'static str, detail: String) -> Check {
    Check {
        name,
        ok: true,
        detail,
    }
}

/// The values of a header that may be a list, joined by the space that splits the list; else the first.
fn joined<'a>(request: &'a Request, name: &'a str, is_list: bool) -> Option<Cow<'a, str>> {
    if is_list && request.headers.all(name).nth(1).is_some() {
        let values: Vec<_> = request
            .headers
            .all(name)
            .map(crate::request::latin1)
            .collect();
        return Some(Cow::Owned(values.join(" ")));
    }
    request.headers.text(name)
}

fn read_text<'a>(
    request: &'a Request,
    header: &str,
    name: &'static str,
) -> Result<Cow<'a, str>, Finding> {
    match request.headers.text(header) {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(Finding(
            Reason::MalformedHeader,
            name,
            format!("`{header}` is empty"),
        )),
        None => Err(Finding(
            Reason::MissingHeader,
            name,
            format!("`{header}` is missing"),
        )),
    }
}

fn missing_signature(header: &str, request: &Request) -> String {
    let alike: Vec<_> = request
        .headers
        .iter()
        .map(|header| header.name.to_ascii_lowercase())
        .filter(|name| name.contains("signature") || name.contains("hmac"))
        .map(|name| format!("`{name}`"))
        .collect();
    if alike.is_empty() {
        format!("`{header}` is missing")
    } else {
        format!(
            "`{header}` is missing; the request has {}",
            alike.join(", ")
        )
    }
}

/// Reads a time in unix seconds.
fn read_timestamp(ts: &TimestampAt, text: &str) -> Result<i64, Finding> {
    text.trim().parse().map_err(|_| {
        let detail = format!("`{}` is `{text}`, not a time in unix seconds", ts.header);
        Finding(Reason::MalformedHeader, TIMESTAMP, detail)
    })
}

/// The digests that a header value holds, or why it holds none.
fn read_signatures(
    scheme: &Scheme,
    sig: &SignatureAt,
    value: &str,
) -> Result<Vec<Vec<u8>>, Finding> {
    let entries: Vec<&str> = match sig.split.as_deref() {
        Some(split) => value
            .split(split)
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .collect(),
        None => vec![value.trim()],
    };
    let mut digests = Vec::new();
    let mut other_versions = Vec::new();
    for entry in &entries {
        let encoded = match &sig.kv {
            Some(kv) => match entry.split_once(kv.as_str()) {
                Some((version, encoded)) if sig.keys.iter().any(|key| key == version) => {
                    Some(encoded)
                }
                Some((version, _)) => {
                    other_versions.push(version);
                    None
                }
                None => None,
            },
            None => strip_prefix(sig, entry),
        };
        digests.extend(encoded.and_then(|encoded| decode(scheme, encoded)));
    }
    if !digests.is_empty() {
        return Ok(digests);
    }
    let header = &sig.header;
    if !other_versions.is_empty() && other_versions.len() == entries.len() {
        let detail = format!(
            "`{header}` has only {}, and {} is understood",
            list(&other_versions),
            list(&sig.keys)
        );
        return Err(Finding(Reason::UnsupportedVersion, SIGNATURE, detail));
    }
    let form = match (&sig.kv, sig.keys.first()) {
        (Some(kv), Some(key)) => format!("{key}{kv}<{}>", encoding(scheme)),
        _ => format!("{}<{}>", scheme.written_prefix(), encoding(scheme)),
    };
    Err(Finding(
        Reason::MalformedHeader,
        SIGNATURE,
        format!("`{header}` is not of the form `{form}`"),
    ))
}

fn strip_prefix<'a>(sig: &SignatureAt, entry: &'a str) -> Option<&'a str> {
    match (&sig.prefix, &sig.prefix_opt) {
        (Some(prefix), _) => entry.strip_prefix(prefix.as_str()),
        (None, Some(prefix)) => Some(entry.strip_prefix(prefix.as_str()).unwrap_or(entry)),
        (None, None) => Some(entry),
    }
}

fn list(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<_> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    quoted.join(", ")
}

fn encoding(scheme: &Scheme) -> &str {
    scheme
        .enc
        .as_deref()
        .and_then(|enc| enc.split('|').next())
        .unwrap_or("text")
}

/// Decodes a digest in any of the scheme's encodings. `None` if it is empty or in none of them.
fn decode(scheme: &Scheme, encoded: &str) -> Option<Vec<u8>> {
    let digest = scheme
        .enc
        .as_deref()?
        .split('|')
        .find_map(|enc| match enc {
            "hex" => hex::decode(encoded).ok(),
            "base64" => decode_base64(encoded),
            _ => None,
        })?;
    (!digest.is_empty()).then_some(digest)
}

/// Whether any of the digests is the right one. All are compared, each in constant time.
fn fits(scheme: &Scheme, key: &Key, parts: message::Parts<'_>, candidates: &[Vec<u8>]) -> bool {
    match scheme.alg {
        Algorithm::HmacSha256 => {
            let mac = key.hmac_sha256(&message::pieces(scheme, parts));
            candidates.iter().fold(false, |found, digest| {
                mac.clone().verify_slice(digest).is_ok() | found
            })
        }
        Algorithm::Equal => candidates
            .iter()
            .fold(false, |found, text| bool::from(text.ct_eq(&key.0)) | found),
        Algorithm::None => false,
    }
}

fn mismatch(candidates: &[Vec<u8>], keys: usize) -> String {
    let signatures = match candidates.len() {
        1 => "the signature fits".to_owned(),
        count => format!("none of the {count} signatures fits"),
    };
    match (candidates.len(), keys) {
        (1, 1) => "the signature does not fit this body and secret".to_owned(),
        (1, keys) => format!("{signatures} none of the {keys} secrets"),
        (_, 1) => format!("{signatures} this body and secret"),
        (_, keys) => format!("{signatures} any of the {keys} secrets"),
    }
}

fn judge_time(ts: &TimestampAt, signed: i64, clock: Clock) -> Result<Check, Finding> {
    let tolerance = clock.tolerance.unwrap_or(ts.tol);
    let age = clock.now.saturating_sub(signed);
    if age > tolerance {
        let detail =
            format!("the signature fits, but it is {age} s old and {tolerance} s are allowed");
        return Err(Finding(Reason::Stale, TIMESTAMP, detail));
    }
    if age < -tolerance {
        let detail = format!(
            "the signature fits, but its time is {} s ahead and {tolerance} s are allowed",
            -age
        );
        return Err(Finding(Reason::Future, TIMESTAMP, detail));
    }
    let detail = if age < 0 {
        format!("{} s ahead", -age)
    } else {
        format!("{age} s old")
    };
    Ok(passed(
        TIMESTAMP,
        format!("{detail}, {tolerance} s are allowed"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
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
        verify(
            scheme,
            &keys,
            &request,
            Clock {
                now,
                tolerance: None,
            },
        )
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
            prop_assert_ne!(verify(scheme, &[key], &request, Clock { now: NOW, tolerance: None }).status, Status::Valid);
        }

        #[test]
        fn what_is_signed_verifies_and_one_changed_byte_does_not(
            row in prop::sample::select(vec!["svix", "standard-webhooks", "hub-sha256", "spatie"]),
            mut body in prop::collection::vec(any::<u8>(), 1..200),
            at: prop::sample::Index,
        ) {
            let scheme = named(row).unwrap();
            let key = [Key::new(scheme, &Secret::new(SECRET)).unwrap()];
            let mut request = Request { method: "POST".into(), target: "/".into(), headers: crate::request::Headers::default(), body: body.clone().into() };
            let attempt = Attempt { id: "msg_1", timestamp: NOW, prefix: None };
            for (name, value) in sign(scheme, &key[0], &request, attempt) {
                request.headers.push(name, value);
            }
            let clock = Clock { now: NOW, tolerance: None };
            prop_assert_eq!(verify(scheme, &key, &request, clock).status, Status::Valid);
            let at = at.index(body.len());
            body[at] ^= 1;
            request.body = body.into();
            prop_assert_eq!(verify(scheme, &key, &request, clock).reason, Some(Reason::Mismatch));
        }
    }
}
