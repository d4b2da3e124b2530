//! The parsers of foreign bytes, for the fuzz targets. Not an interface.

use serde_json::Value;

use crate::receiver::Splitter;
use crate::request::{form, raw, stored};

/// Filters of captures, and what they hold for.
pub fn filter(bytes: &[u8]) {
    use crate::capture::filter::{Arrival, Filter};
    use crate::provider::Detector;
    use crate::receiver::{Judge, Secrets};
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(filter) = text.parse::<Filter>() else {
        return;
    };
    let printed = filter.to_string();
    assert_eq!(printed.parse().as_ref(), Ok(&filter), "{printed}");
    let Ok(request) = raw::parse(b"POST /a?b=c HTTP/1.1\nX-A: b\n\n{\"a\":[1,{\"b\":\"c\"}]}")
    else {
        return;
    };
    let judge = Judge::new(Detector::new(Vec::new()), Secrets::default(), None);
    let judgement = judge.judge(&crate::signature::Source::new(&request), 0);
    let arrival = Arrival {
        request: &request,
        judgement: &judgement,
    };
    let _ = filter.fits(&arrival, jiff::Timestamp::UNIX_EPOCH);
}

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
    let (mut start, mut end) = (bytes[..cut].to_vec(), bytes[cut..].to_vec());
    splitter.feed(&mut start);
    splitter.feed(&mut end);
    while splitter.take().is_some() {}
}

/// A whole connection, in pieces as long as the first byte says: what is recorded is what hyper parsed.
///
/// # Panics
/// The byte-exact reader and hyper disagree.
pub fn one_head(bytes: &[u8]) {
    use crate::receiver::{TakenRequest, differential_requests};
    let length = usize::from(bytes.first().copied().unwrap_or_default()) + 1;
    let pieces: Vec<&[u8]> = bytes.chunks(length).collect();
    for taken in differential_requests(&pieces) {
        if let TakenRequest::Rejected(rejection) = taken {
            assert!(!rejection.is_disagreement(), "{rejection}");
        }
    }
}

/// JSON for people.
pub fn pretty_json(bytes: &[u8]) {
    let limits = crate::render::sheet::Limits::BODY;
    let _ = crate::render::json::pretty(bytes, limits, crate::render::Paint::new(false));
}

/// Look-ups and changes in JSON, against a tree of it.
pub fn json_look_ups(bytes: &[u8]) {
    use crate::request::depth;
    use crate::request::json::{Document, Outline, lookup, paths, put, scalar_text};
    let notes = bytes
        .first()
        .map_or(1, |first| 1 + usize::from(*first) % 64);
    let outline = Outline::read_noting(bytes, notes);
    assert_eq!(outline.is_some(), depth::check(bytes).is_ok());
    let (Some(outline), Ok(tree)) = (outline, serde_json::from_slice::<Value>(bytes)) else {
        return;
    };
    let document = Document::new(bytes, &outline);
    let text_at = |path: &str| document.lookup(path).map(|node| node.text());
    for path in paths(&tree).into_iter().take(MOST_PATHS) {
        let wanted = lookup(&tree, &path);
        assert_eq!(text_at(&path), wanted.map(scalar_text), "{path}");
        if wanted.is_some_and(|value| !value.is_array() && !value.is_object()) {
            let changed = put(bytes, &path, |_| Some("\"new\"".to_owned())).unwrap_or_default();
            let changed: Value = serde_json::from_slice(&changed).unwrap_or_default();
            assert_eq!(lookup(&changed, &path), Some(&Value::from("new")), "{path}");
        }
    }
}

/// Most paths of one document that are looked up.
const MOST_PATHS: usize = 50;

/// What differs between two JSON texts, one on the first line and one after it.
pub fn json_differences(bytes: &[u8]) {
    use crate::request::{depth, json};
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let (one, other) = bytes.split_at(end);
    let (Ok(one), Ok(other)) = (depth::check(one), depth::check(other)) else {
        return;
    };
    json::compare(one, other, &mut |_, a, b| assert_ne!(a, b));
    json::compare(one, one, &mut |path, _, _| {
        panic!("{path:?} differs from itself")
    });
}

/// Multipart bodies for people.
pub fn parts(bytes: &[u8]) {
    let paint = crate::render::Paint::new(false);
    let _ = crate::render::body::show(bytes, "multipart/form-data", paint);
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

/// A secret on the first line, and a raw request after it, diagnosed under the first scheme that it carries.
pub fn diagnosis(bytes: &[u8]) {
    use crate::signature::{
        Case, Clock, Effort, Reason, Setting, Source, detect, diagnose, secret_warnings,
    };
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (Ok(secret), Ok(request)) = (
        std::str::from_utf8(&bytes[..end]),
        raw::parse(&bytes[end + 1..]),
    ) else {
        return;
    };
    let secrets = [crate::secret::Secret::new(secret)];
    let source = Source::new(&request);
    let clock = Clock {
        now: 1_614_265_330,
        tolerance: None,
    };
    let setting = Setting {
        clock,
        url: Some(secret),
        brief: false,
    };
    let Some(scheme) = detect(&source).first().copied() else {
        return;
    };
    let _ = secret_warnings(scheme, &secrets);
    let _ = diagnose(&Case {
        scheme,
        secrets: &secrets,
        others: &[],
        source: &source,
        setting,
        reason: Reason::Mismatch,
        effort: Effort::default(),
    });
}

/// JSON written in other ways: a reduced style writes the same, and no more bytes than it says.
pub fn spelling(bytes: &[u8]) {
    use crate::request::spelling::{
        Empty, Html, Numbers, Order, Slash, Space, Spelled, Style, Unicode,
    };
    let Some(spelled) = Spelled::new(bytes) else {
        return;
    };
    let keep = Style::KEEP;
    let escapes = Style {
        unicode: Unicode::EscapeLower,
        slash: Slash::Escape,
        html: Html::EscapeMore,
        numbers: Numbers::SeventeenDigits,
        empty: Empty::Objects,
        ..keep
    };
    let plain = Style {
        unicode: Unicode::Plain,
        slash: Slash::Plain,
        html: Html::Plain,
        numbers: Numbers::Script,
        empty: Empty::Lists,
        ..keep
    };
    for space in Space::KNOWN.into_iter().map(Some).chain([None]) {
        for order in [Order::Keep, Order::Sorted, Order::Script, Order::Reversed] {
            for style in [keep, escapes, plain] {
                let order = if space.is_some() { order } else { Order::Keep };
                let style = Style {
                    space,
                    order,
                    ..style
                };
                let written = spelled.write(style);
                assert!(
                    u64::try_from(written.len()).is_ok_and(|size| size <= spelled.length(style))
                );
                assert_eq!(written, spelled.write(spelled.reduce(style)), "{style:?}");
                assert!(crate::request::depth::check(&written).is_ok());
            }
        }
    }
}

/// Captures, one a line.
pub fn capture_lines(bytes: &[u8]) {
    if let Ok(stored::Held::Lines(mut lines)) = stored::open(bytes) {
        while let Ok(Some(batch)) = lines.batch() {
            let _ = batch.captures().take_while(Result::is_ok).count();
        }
    }
}

/// The entries of a HAR file, and JSON values one after the other.
pub fn har_entries(bytes: &[u8]) {
    match stored::open(bytes) {
        Ok(stored::Held::Entries(mut entries)) => {
            while let Ok(Some((text, _))) = entries.next() {
                let _ = crate::request::har::record(text).map(|mut record| record.take_stored());
            }
        }
        Ok(stored::Held::Lines(lines)) => {
            let mut values = lines.into_values();
            while let Ok(Some((text, line))) = values.next() {
                let _ = stored::parse(text, line).map(|mut record| record.take_stored());
            }
        }
        Ok(stored::Held::Values(mut values)) => {
            while let Ok(Some((text, line))) = values.next() {
                let _ = stored::parse(text, line).map(|mut record| record.take_stored());
            }
        }
        Ok(stored::Held::Whole(_)) | Err(_) => {}
    }
}

/// The `Retry-After` header of an answer.
pub fn retry_after(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = crate::delivery::retry_after(text, jiff::Timestamp::UNIX_EPOCH);
    }
}

/// Files of cases.
pub fn cases(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = crate::audit::suite::Suite::parse(text);
    }
}

/// Files of known failures.
pub fn baseline(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = crate::audit::baseline::parse(text);
    }
}

/// Provider profiles.
pub fn profile(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = crate::provider::Profile::parse(text);
    }
}

/// The body of a call to a management API.
pub fn api_call(bytes: &[u8]) {
    for api in apis() {
        for tests in [false, true] {
            let fields = api.fields_of(tests);
            let _ = crate::emulator::read_body(fields, true, "application/json", bytes);
        }
    }
}

/// The description of a management API.
pub fn api_description(bytes: &[u8]) {
    let catalogue = crate::provider::Catalogue::default();
    let provider = catalogue.all().into_iter().flatten().next();
    if let (Ok(text), Some(provider)) = (std::str::from_utf8(bytes), provider) {
        let _ = crate::provider::api::Api::parse(text, &provider.profile);
    }
}

fn apis() -> Vec<crate::provider::api::Api> {
    let all = crate::provider::Catalogue::default().all();
    let providers = all.into_iter().flatten();
    providers
        .filter_map(|provider| provider.api().ok().flatten())
        .collect()
}
