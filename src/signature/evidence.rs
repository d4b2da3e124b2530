//! What was signed and what came, for showing them side by side.

use std::ops::Range;

use super::message::{self, Parts, Piece};
use super::scheme::{Encoding, Scheme};
use super::verify::{self, Setting};
use super::{Source, read};
use crate::secret::Secret;

/// Most bytes of a signed string that are kept from its start, and from its end if it is longer.
const MAX_START: usize = 64 * 1024;
const MAX_END: usize = 1024;

/// The signed string, and the signature that came and the one that was computed.
#[derive(Clone)]
pub(crate) struct Evidence {
    /// Bytes of the signed string.
    pub(crate) length: usize,
    /// All of it, or its first 64 KiB.
    pub(crate) start: Vec<u8>,
    /// Its last KiB; empty if it is all in `start`.
    pub(crate) end: Vec<u8>,
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
    let length = slices.iter().map(|slice| slice.len()).sum();
    let end = if length > MAX_START { MAX_END } else { 0 };
    Some(Evidence {
        length,
        start: between(&slices, 0..length.min(MAX_START)),
        end: between(&slices, length - end..length),
        message_is_secret: scheme.msg.0.contains(&Piece::Secret),
        received: received.into_owned(),
        expected,
    })
}

/// A part of what the slices are together.
fn between(slices: &[&[u8]], range: Range<usize>) -> Vec<u8> {
    let (mut at, mut part) = (0, Vec::with_capacity(range.len()));
    for slice in slices {
        let from = range.start.saturating_sub(at).min(slice.len());
        let to = range.end.saturating_sub(at).min(slice.len());
        part.extend_from_slice(&slice[from..to]);
        at += slice.len();
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_message_may_lie_across_its_pieces() {
        let slices: [&[u8]; 4] = [b"id", b".", b"", b"body"];
        for (range, wanted) in [(0..7, "id.body"), (1..4, "d.b"), (3..3, ""), (2..3, ".")] {
            assert_eq!(between(&slices, range), wanted.as_bytes());
        }
    }
}
