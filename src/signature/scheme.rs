//! The declarative form of a scheme, and the table of them.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::request::Request;

/// How one kind of sender signs. The keys are those of the table: short, since people read the rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scheme {
    /// Name of the row.
    pub(crate) id: String,
    /// Name for people.
    pub(crate) label: String,
    /// Where the signature is; `None` for a sender that does not sign.
    pub(crate) sig: Option<SignatureAt>,
    /// Encodings of the digest that are read, `hex` or `base64`, split by `|`; the first is written.
    pub(super) enc: Option<String>,
    pub(super) alg: Algorithm,
    pub(super) key: Option<KeyForm>,
    /// Template of the signed message over `{id}`, `{ts}` and `{body}`.
    pub(super) msg: String,
    /// What stands for the body of a GET request, which has none.
    pub(super) get: Option<GetBody>,
    /// Where the time of the attempt is, if it is signed.
    pub(crate) ts: Option<TimestampAt>,
    /// Header with the delivery id, if it is signed.
    pub(crate) id_header: Option<String>,
    /// Where the event's name is: see [`super::extract`].
    pub(crate) event: Option<String>,
    /// Where the delivery id is.
    pub(crate) delivery: Option<String>,
    detect: Detect,
    /// A scheme with the same mathematics under other header names, which official libraries read as well.
    sibling: Option<String>,
}

/// Where a signature is, and how a header value with several of them is taken apart.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureAt {
    pub(crate) header: String,
    /// Separator between signatures; one signature if there is none.
    pub(super) split: Option<String>,
    /// Separator between the version and the digest.
    pub(super) kv: Option<String>,
    /// Versions that are understood; the first is written.
    #[serde(default)]
    pub(super) keys: Vec<String>,
    /// Text that must stand before the digest.
    pub(super) prefix: Option<String>,
    /// Text that may stand before the digest; written unless the sender says otherwise.
    pub(super) prefix_opt: Option<String>,
}

/// Where the signed time is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimestampAt {
    pub(crate) header: String,
    #[serde(rename = "unit")]
    _unit: Seconds,
    /// Tolerance in seconds.
    pub(super) tol: i64,
    #[serde(rename = "sides")]
    _sides: Both,
}

/// The one unit that is read so far: unix seconds.
#[derive(Clone, Copy, Debug, Deserialize)]
enum Seconds {
    #[serde(rename = "s")]
    Seconds,
}

/// The tolerance holds for the past and the future.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Both {
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// The header holds the secret itself.
    #[serde(rename = "equal")]
    Equal,
    #[serde(rename = "none")]
    None,
}

/// How the key bytes are made of the secret's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KeyForm {
    /// The bytes of the text.
    Raw,
    /// Base64 after `whsec_`.
    Whsec,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum GetBody {
    /// The query as it stands in the request line.
    Query,
}

/// What a request of this scheme has: headers as `name` or `name~start of its value`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Detect {
    all: Vec<String>,
}

impl Scheme {
    /// Whether requests are signed at all.
    pub(crate) fn signs(&self) -> bool {
        self.sig.is_some()
    }

    /// The headers that carry the signature and what it covers.
    pub(crate) fn header_names(&self) -> Vec<&str> {
        let signature = self.sig.as_ref().map(|sig| &*sig.header);
        let timestamp = self.ts.as_ref().map(|ts| &*ts.header);
        self.id_header
            .as_deref()
            .into_iter()
            .chain(timestamp)
            .chain(signature)
            .collect()
    }

    /// The scheme to verify a request with: this one, or its sibling if the request carries the sibling's
    /// signature and not this one's.
    pub(crate) fn for_request(&self, request: &Request) -> &Self {
        let carries = |scheme: &Self| {
            scheme
                .sig
                .as_ref()
                .is_some_and(|sig| request.headers.contains(&sig.header))
        };
        match self.sibling.as_deref().and_then(named) {
            Some(sibling) if !carries(self) && carries(sibling) => sibling,
            _ => self,
        }
    }

    /// The text written before the digest.
    pub(super) fn written_prefix(&self) -> &str {
        let sig = self.sig.as_ref();
        sig.and_then(|sig| sig.prefix.as_deref().or(sig.prefix_opt.as_deref()))
            .unwrap_or_default()
    }

    fn matches(&self, request: &Request) -> bool {
        !self.detect.all.is_empty()
            && self
                .detect
                .all
                .iter()
                .all(|condition| match condition.split_once('~') {
                    Some((name, start)) => request
                        .headers
                        .text(name)
                        .is_some_and(|value| value.starts_with(start)),
                    None => request.headers.contains(condition),
                })
    }
}

static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../fixtures/schemes.json"))
        .expect("the table is read by a test")
});

/// The scheme of this name.
pub(crate) fn named(id: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.id == id)
}

/// The names of all schemes, in the order of the table.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SCHEMES.iter().map(|scheme| &*scheme.id)
}

/// The scheme whose headers a request carries; the table is in order of preference.
pub(crate) fn detect(request: &Request) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.matches(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_its_sibling_exists() {
        assert!(SCHEMES.len() > 5);
        for scheme in SCHEMES.iter() {
            assert_eq!(
                named(&scheme.id).unwrap().label,
                scheme.label,
                "names are unique"
            );
            if let Some(sibling) = &scheme.sibling {
                assert!(named(sibling).is_some(), "{sibling}");
            }
            for source in [&scheme.event, &scheme.delivery].into_iter().flatten() {
                assert!(super::super::is_source(source), "{source}");
            }
        }
    }
}
