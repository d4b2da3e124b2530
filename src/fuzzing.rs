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
    use crate::signature::{Clock, Source, all, detect, keys, verify_any};
    let Ok(request) = raw::parse(bytes) else {
        return;
    };
    let source = Source::new(&request);
    let clock = Clock {
        now: 1_614_265_330,
        tolerance: None,
    };
    let secrets = [
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "6162",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
    ];
    let secrets = secrets.map(crate::secret::Secret::new);
    let _ = verify_any(
        &detect(&source),
        &mut |scheme| keys(scheme, &secrets),
        &source,
        clock.into(),
    );
    for scheme in all() {
        let _ = verify_any(
            &[scheme],
            &mut |scheme| keys(scheme, &secrets),
            &source,
            clock.into(),
        );
    }
}

/// Provider profiles.
pub fn profile(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = crate::provider::Profile::parse(text);
    }
}
