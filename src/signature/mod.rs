//! Signatures as mathematics: a declarative [`Scheme`], and two pure functions over it, [`sign`] and [`verify`].
//!
//! A scheme is a row of `fixtures/schemes.json`. No provider is known in here, and the time is an argument.

mod extract;
mod message;
mod scheme;
mod sign;
mod tamper;
mod verify;

pub(crate) use extract::{Source, extract, is_source};
pub(crate) use scheme::{Scheme, detect, named, names};
pub(crate) use sign::{Attempt, sign};
pub(crate) use tamper::{Tamper, tamper};
pub(crate) use verify::{Clock, Reason, Status, Verification, verify};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::secret::Secret;

/// Key bytes of a secret as a scheme uses it. Not shown by `Debug`.
#[derive(Clone)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// Decodes a secret the way the scheme asks for.
    ///
    /// # Errors
    /// What is wrong with the secret, without the secret, as the end of a sentence.
    pub(crate) fn new(scheme: &Scheme, secret: &Secret) -> Result<Self, String> {
        match scheme.key {
            Some(scheme::KeyForm::Whsec) => secret.whsec_bytes().map(Self).ok_or_else(|| {
                let length = secret.reveal().chars().count();
                let plural = if length == 1 { "" } else { "s" };
                format!(
                    "{} takes `whsec_` and base64, and this is not base64 ({length} character{plural})",
                    scheme.label
                )
            }),
            Some(scheme::KeyForm::Raw) | None => Ok(Self(secret.raw_bytes().to_vec())),
        }
    }

    /// A key of the same length that is another one.
    pub(crate) fn another(key: &Self) -> Self {
        Self(key.0.iter().map(|byte| byte ^ 0x5a).collect())
    }

    fn hmac_sha256(&self, message: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in message {
            mac.update(part);
        }
        mac
    }
}
