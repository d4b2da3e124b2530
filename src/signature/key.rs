//! Keys: what a scheme makes of a secret, and the digests and signatures made with them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, UnparsedPublicKey,
};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq as _;

use super::scheme::{Algorithm, KeyForm, Scheme};
use crate::secret::{Secret, decode_base64};

/// Key bytes of a secret as a scheme uses it. Not shown by `Debug`.
#[derive(Clone)]
pub(crate) struct Key {
    /// The symmetric key, the text to compare with, or the public key.
    bytes: Vec<u8>,
    /// The private key of an asymmetric scheme: a seed or a PKCS #8 document.
    private: Option<Vec<u8>>,
    /// HMAC-SHA256 begun with the key, which most schemes use: half the work on a short message.
    begun: Option<Hmac<Sha256>>,
}

/// Length of an Ed25519 seed and of a public key, in bytes (RFC 8032).
const ED25519_LENGTH: usize = 32;
/// Length of an uncompressed point of P-256, in bytes (SEC 1).
const P256_POINT: usize = 65;
/// Most signatures of one request that are verified with a public key. Each reads the whole message again, and a header
/// has room for hundreds; senders write two while they change a key.
pub(super) const MAX_SIGNATURES: usize = 16;

impl Key {
    /// Decodes a secret the way the scheme asks for.
    ///
    /// # Errors
    /// What is wrong with the secret, without the secret, as the end of a sentence.
    pub(crate) fn new(scheme: &Scheme, secret: &Secret) -> Result<Self, String> {
        let decoded = match (scheme.alg, scheme.key) {
            (Algorithm::Ed25519, _) => return Self::ed25519(scheme, secret),
            (Algorithm::EcdsaP256, _) => return Self::ecdsa(scheme, secret),
            (_, Some(KeyForm::Whsec)) => secret.whsec_bytes().ok_or("`whsec_` and base64"),
            (_, Some(KeyForm::Hex)) => hex::decode(secret.trimmed()).map_err(|_| "hex"),
            (_, Some(KeyForm::Base64)) => decode_base64(secret.trimmed()).ok_or("base64"),
            _ => Ok(secret.raw_bytes().to_vec()),
        };
        decoded
            .map(Self::symmetric)
            .map_err(|form| unusable(scheme, form, secret))
    }

    /// A key of these bytes.
    pub(super) fn symmetric(bytes: Vec<u8>) -> Self {
        Self {
            begun: Hmac::new_from_slice(&bytes).ok(),
            bytes,
            private: None,
        }
    }

    fn ed25519(scheme: &Scheme, secret: &Secret) -> Result<Self, String> {
        let text = secret.trimmed();
        if let Some(private) = text.strip_prefix("whsk_") {
            // The seed alone, or the seed and the public key, as svix-server writes it.
            let bytes = decode_base64(private)
                .filter(|bytes| matches!(bytes.len(), ED25519_LENGTH | 64))
                .ok_or_else(|| unusable(scheme, "`whsk_` and base64 of 32 or 64 bytes", secret))?;
            let seed = bytes[..ED25519_LENGTH].to_vec();
            let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
                .map_err(|_| unusable(scheme, "an Ed25519 key", secret))?;
            let public = pair.public_key().as_ref().to_vec();
            if bytes.len() == 64 && bytes[ED25519_LENGTH..] != public {
                return Err(format!(
                    "the two halves of this `whsk_` key do not belong together ({})",
                    scheme.label
                ));
            }
            return Ok(Self {
                bytes: public,
                private: Some(seed),
                begun: None,
            });
        }
        let (form, bytes) = match (text.strip_prefix("whpk_"), scheme.key) {
            (None, Some(KeyForm::Hex)) => ("a public key of 64 hex digits", hex::decode(text).ok()),
            (rest, _) => (
                "`whpk_` and base64 of a public key of 32 bytes",
                decode_base64(rest.unwrap_or(text)),
            ),
        };
        bytes
            .filter(|bytes| bytes.len() == ED25519_LENGTH)
            .map(Self::symmetric)
            .ok_or_else(|| unusable(scheme, form, secret))
    }

    fn ecdsa(scheme: &Scheme, secret: &Secret) -> Result<Self, String> {
        let form = "a P-256 key as base64 of DER";
        let text: String = secret
            .trimmed()
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = decode_base64(&text).ok_or_else(|| unusable(scheme, form, secret))?;
        if let Ok(pair) =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der, &SystemRandom::new())
        {
            return Ok(Self {
                bytes: pair.public_key().as_ref().to_vec(),
                private: Some(der),
                begun: None,
            });
        }
        // The point is the last field of a SubjectPublicKeyInfo (RFC 5480).
        let point = der.len().checked_sub(P256_POINT).map(|at| &der[at..]);
        point
            .filter(|point| point[0] == 4)
            .map(|point| Self::symmetric(point.to_vec()))
            .ok_or_else(|| unusable(scheme, form, secret))
    }

    /// A key of the same form that is another one.
    pub(crate) fn another(&self, scheme: &Scheme) -> Self {
        let flipped = |bytes: &[u8]| bytes.iter().map(|byte| byte ^ 0x5a).collect::<Vec<u8>>();
        match (scheme.alg, &self.private) {
            (Algorithm::Ed25519, Some(seed)) => Self {
                bytes: self.bytes.clone(),
                private: Some(flipped(seed)),
                begun: None,
            },
            (Algorithm::EcdsaP256, Some(_)) => Self {
                bytes: self.bytes.clone(),
                private: crate::secret::new_p256(),
                begun: None,
            },
            // The key itself is sent, so it must be text that a header can hold.
            (Algorithm::Equal, _) => {
                let swapped = |byte: &u8| if *byte == b'x' { b'y' } else { b'x' };
                Self::symmetric(self.bytes.iter().map(swapped).collect())
            }
            _ => Self::symmetric(flipped(&self.bytes)),
        }
    }

    /// The symmetric key or the public key.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The public key as the scheme's users write it down; `None` for a symmetric scheme.
    pub(crate) fn public(&self, scheme: &Scheme) -> Option<String> {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        match scheme.alg {
            Algorithm::Ed25519 if scheme.key == Some(KeyForm::Hex) => {
                Some(hex::encode(&self.bytes))
            }
            Algorithm::Ed25519 => Some(format!("whpk_{}", STANDARD.encode(&self.bytes))),
            Algorithm::EcdsaP256 => {
                Some(STANDARD.encode([&P256_SPKI[..], &self.bytes[..]].concat()))
            }
            _ => None,
        }
    }

    /// The digest or signature of a message.
    ///
    /// # Errors
    /// Why this key cannot sign.
    pub(super) fn sign(&self, scheme: &Scheme, message: &[&[u8]]) -> Result<Vec<u8>, String> {
        if let Some(digest) = self.digest(scheme.alg, message) {
            return Ok(digest);
        }
        let private = self.private.as_deref().ok_or_else(|| {
            format!(
                "{} signs with a private key, and this is a public one",
                scheme.label
            )
        })?;
        let cannot = || format!("{} cannot sign with this private key", scheme.label);
        let message = message.concat();
        if scheme.alg == Algorithm::Ed25519 {
            let pair = Ed25519KeyPair::from_seed_unchecked(private).map_err(|_| cannot())?;
            return Ok(pair.sign(&message).as_ref().to_vec());
        }
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, private, &random)
            .map_err(|_| cannot())?;
        let signature = pair.sign(&random, &message).map_err(|_| cannot())?;
        Ok(signature.as_ref().to_vec())
    }

    pub(super) fn digest(&self, alg: Algorithm, message: &[&[u8]]) -> Option<Vec<u8>> {
        if matches!(alg, Algorithm::Equal | Algorithm::None) {
            return Some(self.bytes.clone());
        }
        let mut running = self.begin(alg)?;
        for part in message {
            running.update(part);
        }
        Some(running.finish())
    }

    /// Begins the digest of a message; `None` for an algorithm that digests none.
    pub(super) fn begin(&self, alg: Algorithm) -> Option<Running> {
        match (alg, &self.begun) {
            (Algorithm::HmacSha256, Some(begun)) => Some(Running::HmacSha256(begun.clone())),
            _ => Running::new(alg, &self.bytes),
        }
    }

    /// Whether any of the signatures is that of the message. All are compared, each in constant time.
    pub(super) fn fits(&self, alg: Algorithm, message: &[&[u8]], candidates: &[Vec<u8>]) -> bool {
        let Some(digest) = self.digest(alg, message) else {
            let message = message.concat();
            let of = |signature: &Vec<u8>| public_key_fits(alg, &self.bytes, &message, signature);
            return candidates.iter().take(MAX_SIGNATURES).any(of);
        };
        candidates.iter().fold(false, |found, candidate| {
            bool::from(candidate.as_slice().ct_eq(&digest)) | found
        })
    }
}

/// What stands before the point in the `SubjectPublicKeyInfo` of a P-256 key (RFC 5480).
const P256_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

fn unusable(scheme: &Scheme, form: &str, secret: &Secret) -> String {
    let article = if scheme.is_asymmetric() {
        "this is not one"
    } else if form.contains("base64") {
        "this is not base64"
    } else {
        "this is not that"
    };
    let length = secret.reveal().chars().count();
    let plural = if length == 1 { "" } else { "s" };
    format!(
        "{} takes {form}, and {article} ({length} character{plural})",
        scheme.label
    )
}

/// A digest of which the message is still being written.
#[derive(Clone)]
pub(super) enum Running {
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha512(Hmac<Sha512>),
    Sha256(Sha256),
}

impl Running {
    fn new(alg: Algorithm, key: &[u8]) -> Option<Self> {
        Some(match alg {
            Algorithm::HmacSha1 => Self::HmacSha1(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha256 => Self::HmacSha256(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha512 => Self::HmacSha512(Hmac::new_from_slice(key).ok()?),
            Algorithm::Sha256 => Self::sha256(),
            Algorithm::Ed25519 | Algorithm::EcdsaP256 | Algorithm::Equal | Algorithm::None => {
                return None;
            }
        })
    }

    pub(super) fn sha256() -> Self {
        Self::Sha256(Sha256::new())
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::HmacSha1(mac) => mac.update(bytes),
            Self::HmacSha256(mac) => mac.update(bytes),
            Self::HmacSha512(mac) => mac.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::HmacSha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha512(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
        }
    }
}

/// The HMAC-SHA256 of a message, in hex.
pub(crate) fn hmac_sha256_hex(key: &[u8], message: &[u8]) -> String {
    let digest = Key::symmetric(key.to_vec()).digest(Algorithm::HmacSha256, &[message]);
    hex::encode(digest.unwrap_or_default())
}

pub(super) fn public_key_fits(
    alg: Algorithm,
    public: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let verified = if alg == Algorithm::Ed25519 {
        UnparsedPublicKey::new(&ED25519, public).verify(message, signature)
    } else {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public).verify(message, signature)
    };
    verified.is_ok()
}
