//! A signing key as somebody wrote it down. Never shown by `Debug`, by a message or by a panic.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

/// Prefix of a Svix or Standard Webhooks secret.
const WHSEC: &str = "whsec_";
/// Prefixes of Standard Webhooks' asymmetric keys, private and public.
const ASYMMETRIC: [&str; 2] = ["whsk_", "whpk_"];

/// The text of a secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Takes a secret exactly as it is: white space around it is a mistake that a diagnosis should see.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Takes what a file holds: the line end at its end does not belong to the secret.
    pub(crate) fn from_file(text: &str) -> Self {
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self(text.strip_suffix('\r').unwrap_or(text).to_owned())
    }

    /// The text. Only for signing, for verifying, and where a user asked to see it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The text without the white space around it.
    pub(crate) fn trimmed(&self) -> &str {
        self.0.trim()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.trimmed().is_empty() || self.trimmed() == WHSEC
    }

    /// Whether it is written as an asymmetric key of Standard Webhooks.
    pub(crate) fn is_asymmetric(&self) -> bool {
        ASYMMETRIC
            .iter()
            .any(|prefix| self.trimmed().starts_with(prefix))
    }

    /// The key bytes of a `whsec_` secret: base64 after the prefix, which may be absent. White space around it,
    /// missing padding and the URL-safe alphabet are read too, since the reference libraries differ in these.
    /// `None` if it is not base64.
    pub(crate) fn whsec_bytes(&self) -> Option<Vec<u8>> {
        let text = self.trimmed();
        (!self.is_asymmetric())
            .then(|| decode_base64(text.strip_prefix(WHSEC).unwrap_or(text)))
            .flatten()
    }

    /// The key bytes of a secret that is used as it stands.
    pub(crate) fn raw_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// The form in which a provider writes its secrets down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SecretForm {
    /// `whsec_` and base64 of 24 bytes (Standard Webhooks 1.0.0: 24 to 64).
    Whsec,
    /// Text of the user's choice; hookctl makes `hookctl_` and 32 hex digits.
    Text,
    /// 64 hex digits, used as they are written.
    Hex,
    /// `whsk_` and base64 of an Ed25519 seed and its public key. Receivers get the public key.
    Ed25519,
    /// Base64 of a PKCS #8 document with a P-256 key. Receivers get the public key.
    P256,
}

impl SecretForm {
    /// Bytes of randomness that [`SecretForm::write`] takes.
    pub(crate) fn entropy(self) -> usize {
        match self {
            Self::Whsec => 24,
            Self::Text => 16,
            Self::Hex | Self::Ed25519 => 32,
            // The library that makes the key draws its own.
            Self::P256 => 0,
        }
    }

    /// Makes a secret of random bytes; `None` if the system has no randomness.
    pub(crate) fn write(self, random: &[u8]) -> Option<Secret> {
        Some(Secret(match self {
            Self::Whsec => format!("{WHSEC}{}", STANDARD.encode(random)),
            Self::Text => format!("hookctl_{}", hex::encode(random)),
            Self::Hex => hex::encode(random),
            Self::Ed25519 => {
                let pair = Ed25519KeyPair::from_seed_unchecked(random).ok()?;
                let both = [random, pair.public_key().as_ref()].concat();
                format!("whsk_{}", STANDARD.encode(both))
            }
            Self::P256 => STANDARD.encode(new_p256()?),
        }))
    }
}

/// A new P-256 key as a PKCS #8 document; `None` if the system has no randomness.
pub(crate) fn new_p256() -> Option<Vec<u8>> {
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
        .ok()
        .map(|document| document.as_ref().to_vec())
}

/// Decodes base64 in either alphabet, padded or not.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    use base64::alphabet;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const PLAIN: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
    PLAIN.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_secret() {
        assert_eq!(
            format!("{:?}", Secret::new("whsec_aGVsbG8=")),
            "Secret(redacted)"
        );
    }

    #[test]
    fn whsec_is_read_with_and_without_prefix_and_padding() {
        for text in ["whsec_aGVsbG8=", "aGVsbG8=", "aGVsbG8", " whsec_aGVsbG8=\n"] {
            assert_eq!(
                Secret::new(text).whsec_bytes().as_deref(),
                Some(&b"hello"[..]),
                "{text}"
            );
        }
        assert_eq!(Secret::new("whsec_a?b").whsec_bytes(), None);
    }

    #[test]
    fn forms_have_their_documented_length() {
        assert_eq!(
            SecretForm::Whsec.write(&[7; 24]).unwrap().reveal().len(),
            6 + 32
        );
        assert_eq!(SecretForm::Hex.write(&[7; 32]).unwrap().reveal().len(), 64);
    }
}
