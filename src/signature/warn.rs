//! What is worth knowing beside the verdict: weak secrets, what the official libraries would make of the request,
//! what the signature does not cover.

use std::borrow::Cow;

use super::read;
use super::scheme::{Algorithm, KeyForm, Quirk, Scheme, Unit, When};
use super::verdict::{Status, Verification};
use super::{Key, Source};
use crate::request::{depth, latin1};
use crate::secret::Secret;

/// A warning: its code and one sentence.
pub(crate) type Warning = (&'static str, String);

/// Warnings about the secrets that a scheme is verified with.
pub(crate) fn secret_warnings(scheme: &Scheme, secrets: &[Secret]) -> Vec<Warning> {
    let mut found = Vec::new();
    for secret in secrets {
        of_secret(scheme, secret, &mut found);
    }
    found.dedup();
    found
}

/// Warnings about a request that was verified under a scheme.
pub(crate) fn warnings(
    scheme: &Scheme,
    secrets: &[Secret],
    source: &Source<'_>,
    verification: &Verification,
) -> Vec<Warning> {
    let mut found = Vec::new();
    if verification.status == Status::Valid {
        covers(scheme, &mut found);
        if scheme.key == Some(KeyForm::Whsec) {
            standard_webhooks_libraries(scheme, secrets, source, &mut found);
        }
        let values = scheme
            .sig
            .as_ref()
            .map(|sig| read::signature_values(sig, source));
        let values = values.unwrap_or_default();
        let quirks = scheme.quirks.iter();
        found.extend(
            quirks
                .filter(|quirk| quirk.applies(scheme, source, &values))
                .map(Quirk::warning),
        );
    }
    of_request(scheme, source, verification, &mut found);
    found.dedup();
    found
}

/// Shortest key that is not called weak, in bytes: the length of a SHA-1 digest (RFC 2104 asks for a key no shorter
/// than the digest).
const SHORT: usize = 20;
/// How API keys and tokens of well-known services start.
const API_KEYS: [&str; 22] = [
    "sk_live_",
    "sk_test_",
    "pk_live_",
    "pk_test_",
    "rk_live_",
    "rk_test_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "AKIA",
    "shpat_",
    "SG.",
    "lin_api_",
    "sk-",
    "eyJ",
    "pat-",
    "key-",
];

fn of_secret(scheme: &Scheme, secret: &Secret, found: &mut Vec<Warning>) {
    if scheme.is_asymmetric() || scheme.alg == Algorithm::None {
        return;
    }
    let text = secret.trimmed();
    let looks_like = API_KEYS.iter().find(|start| text.starts_with(**start));
    if let Some(start) = looks_like.filter(|_| !scheme.secret_is_api_key) {
        found.push((
            "secret_looks_like_api_key",
            format!("the secret starts with `{start}`, as API keys do; the signing secret is another one"),
        ));
    }
    let length = Key::new(scheme, secret).map_or(0, |key| key.bytes().len());
    let same = text.bytes().all(|byte| Some(byte) == text.bytes().next());
    if scheme.alg != Algorithm::Equal
        && !secret.is_empty()
        && length > 0
        && (length < SHORT || same)
    {
        let plural = if length == 1 { "" } else { "s" };
        found.push((
            "secret_weak",
            format!("the key has {length} byte{plural}; one of {SHORT} random bytes or more cannot be guessed"),
        ));
    }
}

/// What a scheme leaves uncovered.
fn covers(scheme: &Scheme, found: &mut Vec<Warning>) {
    let text = match (&scheme.join, scheme.alg) {
        (Some(join), _) => format!(
            "the signature covers only {} of the first item; everything else in the body can be changed",
            join.paths.join(", ")
        ),
        (None, Algorithm::Equal) => {
            "the header holds the secret itself: nothing of the request is covered, and whoever sees one can send any"
                .to_owned()
        }
        (None, _) if !scheme.msg.has_body() => format!(
            "the signature covers only `{}`; everything else in the body can be changed",
            scheme.template()
        ),
        _ => return,
    };
    found.push(("signature_covers_less", text));
}

/// What the libraries of Svix and Standard Webhooks make of a request that is valid by the letter: their own tests
/// and sources, npm svix 1.99, PyPI svix 2.9, crate svix 2.9.
fn standard_webhooks_libraries(
    scheme: &Scheme,
    secrets: &[Secret],
    source: &Source<'_>,
    found: &mut Vec<Warning>,
) {
    let mut reject = |who: &str, why: &str| {
        found.push((
            "library_would_reject",
            format!("{who} would refuse this: {why}"),
        ));
    };
    for secret in secrets {
        let text = secret.trimmed();
        let bare = text.strip_prefix("whsec_").unwrap_or(text);
        if text != secret.reveal() {
            reject("the Rust library", "the secret has white space around it");
        }
        if bare.contains(['-', '_']) {
            reject(
                "the JavaScript and Rust libraries",
                "the secret is URL-safe base64",
            );
        } else if !bare.trim_end_matches('=').len().is_multiple_of(4) && !bare.ends_with('=') {
            reject(
                "the Rust and Go libraries",
                "the secret is base64 without its padding",
            );
        }
    }
    let Some(sig) = &scheme.sig else { return };
    let values = read::signature_values(sig, source);
    let whole = values.join(" ");
    let is_list_odd = whole.starts_with(' ')
        || whole.contains("  ")
        || whole.split(' ').any(|entry| !entry.contains(','));
    if is_list_odd || whole.contains(", ") {
        reject(
            "the Python library",
            "the list of signatures has an entry that is no `version,signature`",
        );
    }
    if values.len() > 1 {
        reject(
            "a library that reads one value",
            "the signature header came more than once",
        );
    }
    let body = &source.request.body;
    let json = depth::check(body);
    if std::str::from_utf8(body).is_err() {
        reject(
            "the JavaScript, Python and Rust libraries",
            "the body is not UTF-8",
        );
    } else if json.is_err() {
        let what = if body.is_empty() { "empty" } else { "no JSON" };
        reject(
            "the JavaScript library",
            &format!("it parses the body after it has verified it, and the body is {what}"),
        );
    }
}

/// A timestamp in seconds above this is one in milliseconds: it would lie in the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

fn of_request(
    scheme: &Scheme,
    source: &Source<'_>,
    verification: &Verification,
    found: &mut Vec<Warning>,
) {
    let request = source.request;
    let length = request
        .headers
        .text("content-length")
        .and_then(|text| text.trim().parse::<usize>().ok());
    if let Some(length) = length.filter(|length| *length != request.body.len()) {
        found.push((
            "content_length_differs",
            format!(
                "Content-Length says {length}, and the body has {} bytes",
                request.body.len()
            ),
        ));
    }
    for name in scheme.header_names() {
        let values: Vec<_> = request.headers.all(name).map(latin1).collect();
        if values.len() > 1 {
            found.push((
                "header_repeated",
                format!(
                    "`{name}` came {} times; libraries differ in which one they read",
                    values.len()
                ),
            ));
        }
    }
    let in_seconds = scheme
        .ts
        .as_ref()
        .is_some_and(|ts| ts.unit == Unit::Seconds);
    if in_seconds
        && verification
            .timestamp
            .is_some_and(|time| time > MILLISECONDS)
    {
        found.push((
            "timestamp_unit",
            "the timestamp looks like milliseconds, and this scheme counts seconds".to_owned(),
        ));
    }
}

impl Quirk {
    fn applies(&self, scheme: &Scheme, source: &Source<'_>, values: &[Cow<'_, str>]) -> bool {
        match self.when {
            When::EmptyBody => source.request.body.is_empty(),
            When::ManySignatures => scheme.sig.as_ref().is_some_and(|sig| {
                read::digests(scheme, sig, values).is_ok_and(|digests| digests.len() > 1)
            }),
            When::EscapedUrl => source.request.target.contains('%'),
        }
    }

    fn warning(&self) -> Warning {
        (
            "library_would_reject",
            format!("{} {}", self.library, self.why),
        )
    }
}
