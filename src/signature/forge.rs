//! Signatures that are almost right, and those that stand beside a right one: what an audit sends.

use super::scheme::{Encoding, Scheme};
use super::tamper::{change, digest_start, other};
use crate::request::Request;

/// How a right signature is made a wrong one that weak comparisons take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forgery {
    /// The start of the digest is right, and the rest is not.
    WrongTail,
    /// The start of the digest is there, and the rest is not.
    Cut,
    /// There is no digest behind prefix and version.
    Empty,
}

/// Characters of a digest that are its start: whole groups of base64 and of hex, so that it can be decoded.
const START: usize = 8;

/// Makes the signature of a signed request a wrong one.
///
/// # Errors
/// Why this signature has no such weak spot.
pub(crate) fn forge(scheme: &Scheme, request: &mut Request, how: Forgery) -> Result<(), String> {
    let sig = scheme.sig.as_ref().ok_or("it is not signed")?;
    let is_hex = scheme.enc.first() == Encoding::Hex;
    let (header, body) = (sig.header(), sig.body.as_deref());
    let mut is_short = false;
    let length = |value: &str| value.len() - digest_start(value);
    if let Some(value) = header.and_then(|name| request.headers.text(name)) {
        is_short = length(&value) <= 2 * START;
    }
    if is_short {
        return Err("its signature is too short to be cut".to_owned());
    }
    change(request, header, body, |value| {
        let (before, digest) = value.split_at(digest_start(value));
        let digest = match how {
            Forgery::WrongTail => wrong_tail(digest, is_hex),
            Forgery::Cut => digest.chars().take(START).collect(),
            Forgery::Empty => String::new(),
        };
        format!("{before}{digest}")
    })
}

fn wrong_tail(digest: &str, is_hex: bool) -> String {
    // The end of base64 holds fewer bits than its characters could, so it stays.
    let end = digest.len().saturating_sub(4);
    let change = |(index, char): (usize, char)| {
        let byte = u8::try_from(char).unwrap_or(b'x');
        match byte {
            _ if !(START..end).contains(&index) => char,
            b'f' | b'F' if is_hex => '0',
            byte if byte.is_ascii_alphanumeric() => char::from(other(byte)),
            _ => char,
        }
    };
    digest.chars().enumerate().map(change).collect()
}

/// Puts the signature of another request beside that of a signed one, as senders do while a secret is changed.
///
/// # Errors
/// Why there can be one signature alone.
pub(crate) fn beside(
    scheme: &Scheme,
    request: &mut Request,
    another: &Request,
    first: bool,
) -> Result<(), String> {
    let sig = scheme.sig.as_ref().filter(|sig| sig.rotates);
    let parts = sig.and_then(|sig| Some((sig, sig.split?, sig.kv?)));
    let (sig, split, kv) = parts.ok_or("a delivery carries one signature")?;
    let versions = sig.keys.iter().map(|key| format!("{key}{kv}"));
    let versions: Vec<String> = versions.collect();
    let is_signature = |entry: &&str| {
        let entry = entry.trim();
        versions.iter().any(|version| entry.starts_with(version))
    };
    let other_value = sig.header().and_then(|name| another.headers.text(name));
    let other_value = other_value.unwrap_or_default();
    let other_entry = other_value.split(split).find(is_signature);
    let other_entry = other_entry.ok_or("it is not signed")?;
    change(request, sig.header(), None, |value| {
        let mut entries: Vec<&str> = value.split(split).collect();
        let own = entries.iter().position(&is_signature);
        let own = own.unwrap_or(entries.len());
        entries.insert(if first { own + 1 } else { own }, other_entry);
        entries.join(split.encode_utf8(&mut [0; 4]))
    })
}

/// Whether a text holds the digest of a signed request.
pub(crate) fn is_quoted_in(scheme: &Scheme, signed: &Request, text: &str) -> bool {
    let header = scheme.sig.as_ref().and_then(|sig| sig.header());
    let Some(value) = header.and_then(|name| signed.headers.text(name)) else {
        return false;
    };
    let digest = &value[digest_start(&value)..];
    digest.len() > 2 * START
        && text
            .to_ascii_lowercase()
            .contains(&digest.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::{Attempt, Clock, Key, Source, Status, named, sign, verify};
    use super::*;
    use crate::request::Headers;
    use crate::secret::Secret;

    const NOW: i64 = 1_795_262_602;
    const RIGHT: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    fn signed(scheme: &Scheme, secret: &str) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: "/".into(),
            headers: Headers::default(),
            body: "{}".into(),
        };
        let attempt = Attempt {
            id: "msg_1",
            timestamp: NOW,
            url: "http://localhost/",
            prefix: None,
        };
        let key = Key::new(scheme, &Secret::new(secret)).unwrap();
        sign(scheme, &key, &mut request, attempt).unwrap();
        request
    }

    fn status(scheme: &Scheme, request: &Request) -> Status {
        let key = Key::new(scheme, &Secret::new(RIGHT)).unwrap();
        let clock = Clock {
            now: NOW,
            tolerance: None,
        };
        verify(scheme, &[key], &Source::new(request), clock.into()).status
    }

    #[test]
    fn every_forgery_is_invalid_and_begins_like_the_right_signature() {
        for name in [
            "svix", "stripe", "github", "klen", "shopify", "slack", "gitlab",
        ] {
            let scheme = named(name).unwrap();
            let right = signed(scheme, RIGHT);
            let header = scheme.sig.as_ref().unwrap().header().unwrap();
            let value = right.headers.text(header).unwrap().into_owned();
            for how in [Forgery::WrongTail, Forgery::Cut, Forgery::Empty] {
                let mut request = right.clone();
                forge(scheme, &mut request, how).unwrap();
                assert_eq!(status(scheme, &request), Status::Invalid, "{name} {how:?}");
                let forged = request.headers.text(header).unwrap().into_owned();
                let kept = if how == Forgery::Empty { 0 } else { START };
                let start = digest_start(&value) + kept;
                assert_eq!(forged[..start], value[..start], "{name} {how:?}");
                assert_eq!(forged.len() == value.len(), how == Forgery::WrongTail);
            }
            assert!(is_quoted_in(scheme, &right, &format!("wanted {value}!")));
            assert!(!is_quoted_in(scheme, &right, "Invalid signature"));
        }
    }

    #[test]
    fn a_right_signature_stays_right_beside_another() {
        for name in ["svix", "stripe", "paddle"] {
            let scheme = named(name).unwrap();
            let other = signed(scheme, OTHER);
            assert_eq!(status(scheme, &other), Status::Invalid);
            for first in [false, true] {
                let mut request = signed(scheme, RIGHT);
                beside(scheme, &mut request, &other, first).unwrap();
                assert_eq!(status(scheme, &request), Status::Valid, "{name} {first}");
            }
        }
        let github = named("github").unwrap();
        let problem = beside(
            github,
            &mut signed(github, RIGHT),
            &signed(github, OTHER),
            true,
        );
        assert_eq!(problem, Err("a delivery carries one signature".to_owned()));
        let stripe = named("stripe").unwrap();
        let mut request = signed(stripe, RIGHT);
        beside(stripe, &mut request, &signed(stripe, OTHER), false).unwrap();
        let value = request.headers.text("stripe-signature").unwrap();
        let versions: Vec<&str> = value.split(',').map(|entry| &entry[..2]).collect();
        assert_eq!(versions, ["t=", "v1", "v1"]);
    }
}
