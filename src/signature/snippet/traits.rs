//! What the templates may ask for.

use std::collections::BTreeSet;

use super::message::{Part, fields, parts};
use crate::signature::message::Piece;
use crate::signature::scheme::{Algorithm, KeyForm, Scheme, Sides, SignatureAt, TimestampAt, Unit};

/// The traits of a scheme that hold.
pub(super) fn traits(scheme: &Scheme, sig: &SignatureAt) -> BTreeSet<&'static str> {
    let holding = algorithm_traits(scheme)
        .into_iter()
        .chain(place_traits(sig))
        .chain(message_traits(scheme, sig))
        .chain(scheme.ts.iter().flat_map(time_traits));
    let mut traits: BTreeSet<&str> = holding
        .filter_map(|(name, holds)| holds.then_some(name))
        .collect();
    traits.extend(scheme.enc.0.iter().map(|encoding| encoding.word()));
    traits
}

/// A trait by its name, and whether it holds.
type Trait = (&'static str, bool);

fn algorithm_traits(scheme: &Scheme) -> Vec<Trait> {
    let (alg, key) = (scheme.alg, scheme.key);
    let is_hmac = matches!(
        alg,
        Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512
    );
    let is_sha256 = matches!(alg, Algorithm::HmacSha256 | Algorithm::Sha256);
    let is_base64 = matches!(key, Some(KeyForm::Base64 | KeyForm::SpkiBase64));
    vec![
        ("hmac", is_hmac),
        ("plain", alg == Algorithm::Sha256),
        ("digest", is_hmac || alg == Algorithm::Sha256),
        ("equal", alg == Algorithm::Equal),
        ("asymmetric", alg.is_asymmetric()),
        ("ed25519", alg == Algorithm::Ed25519),
        ("ecdsa", alg == Algorithm::EcdsaP256),
        ("sha1", alg == Algorithm::HmacSha1),
        ("sha256", is_sha256),
        ("sha512", alg == Algorithm::HmacSha512),
        ("key-raw", matches!(key, Some(KeyForm::Raw) | None)),
        ("key-whsec", key == Some(KeyForm::Whsec)),
        ("key-whpk", key == Some(KeyForm::Whpk)),
        ("key-hex", key == Some(KeyForm::Hex)),
        ("key-base64", is_base64),
        ("either", scheme.enc.0.len() > 1),
    ]
}

fn place_traits(sig: &SignatureAt) -> Vec<Trait> {
    let is_list = sig.split.is_some();
    let is_single = sig.header.is_some() && !is_list && sig.more.is_none();
    let is_one = is_single || sig.body.is_some();
    vec![
        ("list", is_list),
        ("numbered", sig.more.is_some()),
        ("several", !sig.headers.is_empty()),
        ("single", is_single),
        ("in-body", sig.body.is_some()),
        ("one", is_one),
        ("many", !is_one),
        ("prefix", sig.prefix.is_some()),
        ("prefix-maybe", sig.prefix_opt.is_some()),
        ("bare", sig.prefix.is_none() && sig.prefix_opt.is_none()),
        ("trim", sig.trim),
    ]
}

fn message_traits(scheme: &Scheme, sig: &SignatureAt) -> Vec<Trait> {
    let (parts, template) = (parts(scheme), &scheme.msg.0);
    let is_computed = scheme.alg != Algorithm::Equal && scheme.join.is_none();
    let ts = scheme.ts.as_ref().and_then(|ts| ts.body.as_ref());
    let reads_body = sig.body.is_some() || scheme.join.is_some() || ts.is_some();
    vec![
        ("id", scheme.id_header.is_some()),
        ("url", scheme.msg.has_url()),
        ("form", template.contains(&Piece::Form)),
        ("join", scheme.join.is_some()),
        ("message", is_computed && !template.is_empty()),
        ("body-alone", matches!(&*parts, [Part::Body])),
        ("concat", parts.len() > 1),
        ("json", reads_body || !fields(scheme).is_empty()),
    ]
}

fn time_traits(ts: &TimestampAt) -> Vec<Trait> {
    vec![
        ("ts-header", ts.header.is_some()),
        ("ts-field", ts.sigfield.is_some()),
        ("ts-body", ts.body.is_some()),
        ("tolerance", ts.tol.is_some()),
        ("now", ts.tol.is_some()),
        ("seconds", ts.unit == Unit::Seconds),
        ("ms", ts.unit == Unit::Milliseconds),
        ("iso", ts.unit == Unit::Iso8601),
        ("past", ts.sides == Sides::Past),
    ]
}
