//! The parsers of foreign bytes, for the fuzz targets. Not an interface.

use crate::receiver::Splitter;
use crate::request::{form, raw, stored};

/// Raw HTTP requests.
pub fn raw_http(bytes: &[u8]) {
    let _ = raw::parse(bytes);
}

/// Captures, NDJSON and payloads.
pub fn stored_requests(bytes: &[u8]) {
    let _ = stored::read(bytes);
}

/// Forms.
pub fn forms(bytes: &[u8]) {
    let _ = form::to_value(bytes);
}

/// The bytes of an HTTP/1 connection, in two reads.
pub fn connection(bytes: &[u8]) {
    let cut = bytes
        .first()
        .map_or(0, |first| usize::from(*first) % (bytes.len() + 1));
    let mut splitter = Splitter::new();
    splitter.feed(&bytes[..cut]);
    splitter.feed(&bytes[cut..]);
    while splitter.take().is_some() {}
}

/// JSON for people.
pub fn pretty_json(bytes: &[u8]) {
    let _ = crate::render::json::pretty(bytes, crate::render::Paint::new(false));
}

/// A whole raw request, verified under every scheme.
pub fn verification(bytes: &[u8]) {
    use crate::signature::{Clock, Key, named, names, verify};
    let Ok(request) = raw::parse(bytes) else {
        return;
    };
    let secret = crate::secret::Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    for scheme in names().filter_map(named) {
        let keys: Vec<Key> = Key::new(scheme, &secret).into_iter().collect();
        let _ = verify(
            scheme,
            &keys,
            &request,
            Clock {
                now: 1_614_265_330,
                tolerance: None,
            },
        );
    }
}

/// Provider profiles.
pub fn profile(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = crate::provider::Profile::parse(text);
    }
}
