//! What was signed and what came, for showing them side by side.

use super::message::{self, Parts, Piece};
use super::scheme::{Encoding, Scheme};
use super::verify::{self, Setting};
use super::{Source, read};
use crate::secret::Secret;

/// The signed string, and the signature that came and the one that was computed.
#[derive(Clone)]
pub(crate) struct Evidence {
    pub(crate) message: Vec<u8>,
    /// Whether the secret stands in the message.
    pub(crate) message_is_secret: bool,
    /// The signature as it came.
    pub(crate) received: String,
    /// The signature that would fit; `None` for a scheme that a public key verifies. Not to be shown unasked.
    pub(crate) expected: Option<String>,
}

/// The evidence about a request; `None` if there is no signature, no message, or no key.
pub(crate) fn evidence(
    scheme: &Scheme,
    secrets: &[Secret],
    source: &Source<'_>,
    setting: Setting<'_>,
) -> Option<Evidence> {
    let sig = scheme.sig.as_ref()?;
    let values = read::signature_values(sig, source);
    let received = values.first()?.clone();
    let keys = verify::keys(scheme, secrets).ok()?;
    let key = keys.first()?;
    let id = read::delivery_id(scheme, source.request).ok()?;
    let timestamp = read::timestamp_text(scheme, source, &values).ok()?;
    let urls = verify::urls(scheme, source.request, setting.url);
    let parts = Parts {
        id: &id,
        timestamp: &timestamp,
        body: message::body(scheme, source.request),
        url: urls.first()?,
        key: key.bytes(),
        source,
    };
    let pieces = message::of_scheme(scheme, parts);
    if scheme.enc.first() == Encoding::Text || pieces.is_empty() {
        // The header holds the secret itself: there is no message.
        return None;
    }
    let slices: Vec<&[u8]> = pieces.iter().map(|piece| &**piece).collect();
    let expected = (!scheme.is_asymmetric())
        .then(|| key.sign(scheme, &slices))
        .and_then(Result::ok);
    let form = read::form(scheme, sig);
    let expected = expected.map(|digest| {
        let encoding = scheme.enc.first();
        form.replace(&format!("<{}>", encoding.word()), &encoding.write(&digest))
    });
    Some(Evidence {
        message: pieces.concat(),
        message_is_secret: scheme.msg.0.contains(&Piece::Secret),
        received: received.into_owned(),
        expected,
    })
}
