//! Signing: the headers that make a request a valid delivery.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac as _;

use crate::request::Request;

use super::scheme::{Algorithm, Scheme};
use super::{Key, message};

/// What changes from attempt to attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// Delivery id: the same for all attempts of a delivery.
    pub(crate) id: &'a str,
    /// Time of the attempt in unix seconds.
    pub(crate) timestamp: i64,
    /// Text before the digest, where the sender departs from the scheme's own.
    pub(crate) prefix: Option<&'a str>,
}

/// The headers that sign a request, in the order in which the scheme names them. None for an unsigned scheme.
pub(crate) fn sign(
    scheme: &Scheme,
    key: &Key,
    request: &Request,
    attempt: Attempt<'_>,
) -> Vec<(String, String)> {
    let Some(sig) = &scheme.sig else {
        return Vec::new();
    };
    let timestamp = attempt.timestamp.to_string();
    let parts = message::Parts {
        id: attempt.id,
        timestamp: &timestamp,
        body: message::body(scheme, request),
    };
    let digest = match scheme.alg {
        Algorithm::HmacSha256 => key
            .hmac_sha256(&message::pieces(scheme, parts))
            .finalize()
            .into_bytes()
            .to_vec(),
        Algorithm::Equal | Algorithm::None => key.0.clone(),
    };
    let encoded = match scheme.enc.as_deref().and_then(|enc| enc.split('|').next()) {
        Some("base64") => STANDARD.encode(digest),
        _ => hex::encode(digest),
    };
    let version = match (sig.keys.first(), &sig.kv) {
        (Some(key), Some(kv)) => format!("{key}{kv}"),
        _ => attempt.prefix.unwrap_or(scheme.written_prefix()).to_owned(),
    };

    let mut headers = Vec::new();
    if let Some(name) = &scheme.id_header {
        headers.push((name.clone(), attempt.id.to_owned()));
    }
    if let Some(ts) = &scheme.ts {
        headers.push((ts.header.clone(), timestamp));
    }
    headers.push((sig.header.clone(), format!("{version}{encoded}")));
    headers
}
