//! The declarative form of a scheme, and the table of them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::message::{Template, UrlVariant};
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
    /// Encodings of the digest that are read; the first is written.
    #[serde(default)]
    pub(super) enc: Encodings,
    pub(super) alg: Algorithm,
    pub(super) key: Option<KeyForm>,
    /// The signed message.
    pub(super) msg: Template,
    /// What stands for the body of a GET request, which has none.
    pub(super) get: Option<GetBody>,
    /// Values of the body that are joined to be the message, in place of `msg`.
    pub(super) join: Option<Join>,
    /// Where the time of the attempt is, if it is signed.
    pub(crate) ts: Option<TimestampAt>,
    /// Header with the delivery id, if it is signed.
    pub(crate) id_header: Option<String>,
    /// Headers that are always sent along and not signed: name and value.
    #[serde(default)]
    pub(super) extra: Vec<(String, String)>,
    /// Where the event's name is: see [`super::extract`].
    pub(crate) event: Option<String>,
    /// Where the delivery id is.
    pub(crate) delivery: Option<String>,
    pub(super) detect: Detect,
    /// A scheme with the same mathematics under other header names, which official libraries read as well.
    sibling: Option<String>,
    /// The scheme of the same sender for `whsk_` and `whpk_` keys.
    asymmetric: Option<String>,
    /// Spellings of the URL that are tried, in this order.
    #[serde(default)]
    pub(super) url_variants: Vec<UrlVariant>,
    /// Parameter of the URL that holds the hex SHA-256 of the body; the body is not signed otherwise.
    pub(super) body_digest_query: Option<String>,
    /// Whether the signing secret is the sender's API key, so that it may look like one.
    #[serde(default)]
    pub(super) secret_is_api_key: bool,
    /// Where an official library departs from the scheme.
    #[serde(default)]
    pub(super) quirks: Vec<Quirk>,
}

/// What an official library does with requests that are valid by the scheme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quirk {
    pub(super) when: When,
    pub(super) library: String,
    /// The rest of the sentence that starts with the library.
    pub(super) why: String,
}

/// The requests that a quirk is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum When {
    EmptyBody,
    ManySignatures,
    EscapedUrl,
}

/// Where a signature is, and how a value with several of them is taken apart. One of `header`, `headers` and `body`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignatureAt {
    pub(super) header: Option<String>,
    /// Pattern of further headers, numbered from 2 at `{n}`.
    pub(super) more: Option<String>,
    /// Headers, each with one signature.
    pub(super) headers: Vec<String>,
    /// Path in the body.
    pub(super) body: Option<String>,
    /// Separator between signatures; one signature if there is none.
    pub(super) split: Option<char>,
    /// Separator between the version and the digest.
    pub(super) kv: Option<char>,
    /// Versions that are understood; the first is written.
    pub(super) keys: Vec<String>,
    /// Text that must stand before the digest.
    pub(super) prefix: Option<String>,
    /// Text that may stand before the digest; written unless the sender says otherwise.
    pub(super) prefix_opt: Option<String>,
    /// Whether entries may have spaces around them.
    pub(super) trim: bool,
    /// Whether there are several signatures while a secret is changed for another.
    pub(super) rotates: bool,
}

impl SignatureAt {
    /// The header that the signature is written to; `None` if it is in the body.
    pub(crate) fn header(&self) -> Option<&str> {
        self.header
            .as_deref()
            .or_else(|| self.headers.first().map(|name| &**name))
    }

    /// Where the signature is, for people.
    pub(crate) fn place(&self) -> &str {
        self.header().or(self.body.as_deref()).unwrap_or_default()
    }

    /// The headers of a request that may hold a signature of this scheme.
    pub(super) fn headers_in(&self, request: &Request) -> Vec<Cow<'_, str>> {
        let mut names: Vec<Cow<'_, str>> = self
            .header
            .iter()
            .chain(&self.headers)
            .map(|name| Cow::Borrowed(&**name))
            .filter(|name| request.headers.contains(name))
            .collect();
        if let Some(pattern) = &self.more {
            let numbered = (2..).map(|number: u32| pattern.replace("{n}", &number.to_string()));
            let there = numbered.take_while(|name| request.headers.contains(name));
            names.extend(there.map(Cow::Owned));
        }
        names
    }

    fn is_in(&self, request: &Request) -> bool {
        let mut names = self.header.iter().chain(&self.headers);
        self.body.is_some() || names.any(|name| request.headers.contains(name))
    }
}

/// Where the signed time is: one of `header`, `sigfield` and `body`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimestampAt {
    pub(crate) header: Option<String>,
    /// Field of the signature header.
    pub(super) sigfield: Option<String>,
    /// Path in the body.
    pub(super) body: Option<String>,
    pub(super) unit: Unit,
    /// Tolerance in seconds; `None` if the sender's libraries do not enforce one.
    pub(crate) tol: Option<i64>,
    #[serde(default)]
    pub(super) sides: Sides,
    /// Official code that takes times far in the past all the same.
    pub(crate) past_taken_by: Option<String>,
    /// Official code that takes times to come all the same.
    future_taken_by: Option<String>,
}

impl TimestampAt {
    /// Where it is, for people.
    pub(super) fn place(&self) -> &str {
        [&self.header, &self.sigfield, &self.body]
            .into_iter()
            .find_map(Option::as_deref)
            .unwrap_or_default()
    }
}

/// Unit of a signed time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Unit {
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "iso8601")]
    Iso8601,
}

/// To which side of now the tolerance holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Sides {
    #[default]
    Both,
    /// Times to come are accepted.
    Past,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    #[serde(rename = "hmac-sha1")]
    HmacSha1,
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    #[serde(rename = "hmac-sha512")]
    HmacSha512,
    /// Plain SHA-256; the secret is part of the message.
    #[serde(rename = "sha256")]
    Sha256,
    #[serde(rename = "ed25519")]
    Ed25519,
    /// ECDSA over P-256 with SHA-256, the signature in DER.
    #[serde(rename = "ecdsa-p256-sha256-der")]
    EcdsaP256,
    /// The header holds the secret itself.
    #[serde(rename = "equal")]
    Equal,
    #[serde(rename = "none")]
    None,
}

impl Algorithm {
    /// The name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Sha256 => "plain SHA-256",
            Self::Ed25519 => "Ed25519",
            Self::EcdsaP256 => "ECDSA P-256",
            Self::Equal => "comparison",
            Self::None => "nothing",
        }
    }

    /// Whether a public key verifies.
    pub(super) fn is_asymmetric(self) -> bool {
        matches!(self, Self::Ed25519 | Self::EcdsaP256)
    }

    /// How hard it is to forge, for a request that carries several signatures.
    fn strength(self) -> u8 {
        match self {
            Self::Ed25519 | Self::EcdsaP256 => 5,
            Self::HmacSha256 | Self::HmacSha512 => 4,
            Self::HmacSha1 => 3,
            Self::Sha256 => 2,
            Self::Equal => 1,
            Self::None => 0,
        }
    }
}

/// Text form of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Hex,
    Base64,
    Text,
}

impl Encoding {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Text => "text",
        }
    }

    /// Writes a digest down.
    pub(super) fn write(self, digest: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(digest),
            Self::Base64 => STANDARD.encode(digest),
            // Credentials are a header value: bytes that are no text cannot be one.
            Self::Text => String::from_utf8_lossy(digest).into_owned(),
        }
    }
}

/// Encodings split by `|`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Option<String>")]
pub(super) struct Encodings(pub(super) Vec<Encoding>);

impl TryFrom<Option<String>> for Encodings {
    type Error = String;

    fn try_from(text: Option<String>) -> Result<Self, String> {
        let read = |word: &str| match word {
            "hex" => Ok(Encoding::Hex),
            "base64" => Ok(Encoding::Base64),
            "text" => Ok(Encoding::Text),
            other => Err(format!("`{other}` is no encoding")),
        };
        let words = text.iter().flat_map(|text| text.split('|'));
        words.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Encodings {
    /// The one that is written.
    pub(super) fn first(&self) -> Encoding {
        self.0.first().copied().unwrap_or(Encoding::Text)
    }
}

/// How the key bytes are made of the secret's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeyForm {
    /// The bytes of the text.
    Raw,
    /// Base64 after `whsec_`.
    Whsec,
    /// Base64 after `whpk_`.
    Whpk,
    Hex,
    Base64,
    /// Base64 of a DER `SubjectPublicKeyInfo`.
    SpkiBase64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum GetBody {
    /// The query as it stands in the request line.
    Query,
}

/// A message of values of the body; one that is absent is empty.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Join {
    pub(super) sep: String,
    /// Path that the others start from.
    pub(super) base: String,
    pub(super) paths: Vec<String>,
}

/// What a request of this scheme has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Detect {
    pub(super) all: Vec<Condition>,
    /// Headers that it does not have.
    pub(super) none: Vec<String>,
    /// Paths of the body.
    pub(super) body: Vec<String>,
    /// Only if no other scheme fits.
    pub(super) fallback: bool,
}

/// A condition on a header: `name`, `name~part of its value` or `name=its value`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Condition {
    pub(super) name: String,
    pub(super) value: Wanted,
}

/// What the value of a header is to be.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Any,
    Part(String),
    /// In capitals or not.
    Whole(String),
}

impl From<String> for Condition {
    fn from(text: String) -> Self {
        let (name, value) = if let Some((name, part)) = text.split_once('~') {
            (name, Wanted::Part(part.to_owned()))
        } else if let Some((name, whole)) = text.split_once('=') {
            (name, Wanted::Whole(whole.to_owned()))
        } else {
            (&*text, Wanted::Any)
        };
        Self {
            name: name.to_owned(),
            value,
        }
    }
}

impl Scheme {
    /// Whether requests are signed at all.
    pub(crate) fn signs(&self) -> bool {
        self.sig.is_some()
    }

    /// Whether a public key verifies, so that the secret is no secret.
    pub(crate) fn is_asymmetric(&self) -> bool {
        self.alg.is_asymmetric()
    }

    /// Whether the URL is part of what is signed.
    pub(crate) fn signs_url(&self) -> bool {
        self.msg.has_url()
    }

    /// Whether any change of the body shows in the signature.
    pub(crate) fn covers_body(&self) -> bool {
        self.join.is_none() && (self.msg.has_body() || self.body_digest_query.is_some())
    }

    /// Whether the signature covers the very bytes of the body, rather than values in it.
    pub(crate) fn covers_bytes(&self) -> bool {
        self.covers_body() && self.msg.has_bytes()
    }

    /// Whether a delivery id is part of what is signed.
    pub(crate) fn signs_id(&self) -> bool {
        self.id_header.is_some() && self.msg.has_id()
    }

    /// The official code that takes a signed time to come, if there is any.
    pub(crate) fn future_taken_by(&self) -> Option<&str> {
        let ts = self.ts.as_ref()?;
        let all = (ts.sides == Sides::Past).then_some("the official libraries");
        ts.future_taken_by.as_deref().or(all)
    }

    /// Whether senders put the signatures of two secrets beside each other while they change one for the other.
    pub(crate) fn rotates(&self) -> bool {
        self.sig.as_ref().is_some_and(|sig| sig.rotates)
    }

    /// Whether an official library reads one of several signatures alone.
    pub(crate) fn has_hasty_library(&self) -> bool {
        let mut quirks = self.quirks.iter();
        quirks.any(|quirk| quirk.when == When::ManySignatures)
    }

    /// How hard it is to forge: higher is stronger.
    pub(super) fn strength(&self) -> u8 {
        self.alg.strength()
    }

    /// The name of the algorithm, for people.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.alg.name()
    }

    /// The signed message as the table writes it.
    pub(crate) fn template(&self) -> String {
        match &self.join {
            Some(join) => join.paths.join(&join.sep),
            None => self.msg.text(),
        }
    }

    /// The headers that carry the signature and what it covers.
    pub(crate) fn header_names(&self) -> Vec<&str> {
        let signature = self.sig.as_ref().and_then(SignatureAt::header);
        let timestamp = self.ts.as_ref().and_then(|ts| ts.header.as_deref());
        self.id_header
            .as_deref()
            .into_iter()
            .chain(timestamp)
            .chain(signature)
            .collect()
    }

    /// Whether a request has a signature of this scheme, right or wrong.
    pub(crate) fn is_carried_by(&self, request: &Request) -> bool {
        self.sig.as_ref().is_some_and(|sig| sig.is_in(request))
    }

    /// The same mathematics under other header names.
    pub(super) fn sibling(&self) -> Option<&'static Self> {
        named(self.sibling.as_deref()?)
    }

    /// The scheme to verify a request with: this one, or its sibling if the request carries the sibling's
    /// signature and not this one's.
    pub(crate) fn for_request<'a>(&'a self, request: &Request) -> &'a Self {
        match self.sibling() {
            Some(sibling) if !self.is_carried_by(request) && sibling.is_carried_by(request) => {
                sibling
            }
            _ => self,
        }
    }

    /// The scheme that a secret of this form asks for: an asymmetric key signs under another version.
    pub(crate) fn for_secret(&'static self, secret: &crate::secret::Secret) -> &'static Self {
        match self.asymmetric.as_deref().and_then(named) {
            Some(asymmetric) if secret.is_asymmetric() => asymmetric,
            _ => self,
        }
    }

    /// The text written before the digest.
    pub(super) fn written_prefix(&self) -> &str {
        let sig = self.sig.as_ref();
        sig.and_then(|sig| sig.prefix.as_deref().or(sig.prefix_opt.as_deref()))
            .unwrap_or_default()
    }
}

static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../fixtures/schemes.json"))
        .expect("the table is read by a test")
});

/// All schemes, in the order of preference.
pub(crate) fn all() -> &'static [Scheme] {
    &SCHEMES
}

/// The scheme of this name.
pub(crate) fn named(id: &str) -> Option<&'static Scheme> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Scheme>> =
        LazyLock::new(|| SCHEMES.iter().map(|scheme| (&*scheme.id, scheme)).collect());
    BY_NAME.get(id).copied()
}

/// The names of all schemes, in the order of the table.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SCHEMES.iter().map(|scheme| &*scheme.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_its_relations_exist() {
        assert!(SCHEMES.len() > 60);
        for scheme in SCHEMES.iter() {
            assert_eq!(
                named(&scheme.id).unwrap().label,
                scheme.label,
                "names are unique"
            );
            for other in scheme.sibling.iter().chain(&scheme.asymmetric) {
                assert!(named(other).is_some(), "{other}");
            }
            for source in [&scheme.event, &scheme.delivery].into_iter().flatten() {
                assert!(super::super::is_source(source), "{source}");
            }
            if let Some(sig) = &scheme.sig {
                assert!(!sig.place().is_empty(), "{}", scheme.id);
                assert!(!scheme.enc.0.is_empty(), "{}", scheme.id);
            }
        }
    }

    #[test]
    fn of_the_headers_of_schemes_those_are_credentials_that_hold_the_secret() {
        use crate::request::redact::is_credential;
        for scheme in SCHEMES.iter() {
            let signature = scheme.sig.as_ref().and_then(SignatureAt::header);
            for name in scheme.header_names() {
                let holds_secret = scheme.alg == Algorithm::Equal && Some(name) == signature;
                assert_eq!(is_credential(name), holds_secret, "{}: {name}", scheme.id);
            }
            let sources = [&scheme.event, &scheme.delivery].into_iter().flatten();
            let headers = sources.filter_map(|source| source.strip_prefix("header:"));
            let parts = headers.flat_map(|headers| headers.split(['|', '+']));
            let headers = parts.map(|part| part.trim_start_matches("header:"));
            for name in headers.filter(|name| !name.contains(':')) {
                assert!(!is_credential(name), "{}: {name}", scheme.id);
            }
        }
    }
}
