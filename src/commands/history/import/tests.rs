use super::*;
use crate::render::history;
use crate::request::{Headers, curl, raw};
use crate::store::{Filter, Imported, Place, Row};
use proptest::prelude::*;
use serde_json::Value;

fn place(folder: &std::path::Path, name: &str) -> Place {
    Place {
        path: folder.join(name),
        keep: Duration::from_secs(1),
        max_size: u64::MAX,
        is_input: false,
    }
}

fn import(bytes: &[u8], place: &Place) -> Imported {
    let mut store = place.open().unwrap();
    let mut import = Import {
        staged: store.stage().unwrap(),
        ids: Ids::new().unwrap(),
        detector: Detector::new(Vec::new()),
        now: Timestamp::now(),
    };
    assert!(import.file(bytes).is_ok());
    import.staged.commit().unwrap()
}

fn imported(bytes: &[u8], place: &Place) -> Vec<Entry> {
    import(bytes, place);
    let store = place.open_to_read().unwrap().unwrap();
    store.newest(&Filter::default()).unwrap()
}

fn headers() -> impl Strategy<Value = Headers> {
    let byte = prop_oneof![Just(b'\t'), 0x20u8..=0x7e, 0x80u8..=0xff];
    let value = prop::collection::vec(byte, 0..9);
    let field = ("[A-Za-z][A-Za-z0-9-]{0,8}|host|Host|Authorization", value);
    prop::collection::vec(field, 0..5).prop_map(|fields| fields.into_iter().collect())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        any::<String>().prop_map(String::into_bytes),
        Just(b"{\"a\":1.10,\"a\":\"\\u00e9\"}".to_vec())
    ]
}

prop_compose! {
    fn attempt()(number in 1u32..9, at in 0i64..2_000_000_000_000, status in prop::option::of(100u16..600), micros in 0u64..9_999_999,
        error in prop::option::of(any::<String>()), sent in prop::option::of(headers()), headers in headers(), body in body(), truncated: bool) -> Attempt {
        Attempt { number, url: None, at: Timestamp::from_millisecond(at).unwrap(), status, duration: Duration::from_micros(micros), error, sent, headers, body: body.into(), truncated }
    }
}

prop_compose! {
    fn facts()(words in prop::collection::vec(prop::option::of(any::<String>()), 7), duplicate: bool, status in prop::option::of(100u16..600), micros in 0u64..9_999_999) -> Facts {
        let mut words = words.into_iter();
        let mut word = || words.next().flatten();
        Facts { provider: word(), event: word(), delivery_id: word(), duplicate, verdict: word(), scheme: word(), reason: word(), detail: word(),
            status, duration: Duration::from_micros(micros), ..Facts::default() }
    }
}

prop_compose! {
    fn entry()(sent: bool, at in 1_767_225_600_000i64..1_999_999_999_999, method in "[A-Z]{1,7}", target in "/[!-~é]{0,12}", headers in headers(), body in body(),
        facts in facts(), attempts in prop::collection::vec(attempt(), 0..3), tampered: bool, good: bool) -> Entry {
        let ids = Ids::new().unwrap();
        let at = Timestamp::from_millisecond(at).unwrap();
        let direction = if sent { Direction::Out } else { Direction::In };
        let mut facts = facts;
        let mut attempts = attempts;
        for (attempt, number) in attempts.iter_mut().zip(1..) {
            attempt.number = number;
        }
        if sent {
            facts = Facts { duplicate: false, verdict: tampered.then(|| crate::store::TAMPERED.to_owned()), scheme: None, reason: None, detail: None,
                good, url: Some(format!("http://localhost:1{target}")), replay_of: good.then(|| ids.next(Direction::In, at)), ..facts };
        } else {
            facts.good = facts.status.is_none_or(|status| (200..300).contains(&status));
            for attempt in &mut attempts {
                as_forward(attempt, at, &target);
            }
        }
        Entry {
            id: ids.next(direction, at),
            at,
            request: Request { method, target, headers, body: body.into() },
            facts,
            attempts,
        }
    }
}

/// What a capture keeps of a forward: without an answer, nothing of one.
fn as_forward(attempt: &mut Attempt, at: Timestamp, target: &str) {
    attempt.url = Some(format!("http://localhost:3000{target}"));
    attempt.at = at;
    attempt.sent = None;
    if attempt.status.is_none() {
        attempt.headers = Headers::default();
        attempt.body = bytes::Bytes::new();
        attempt.truncated = false;
    }
    if attempt.status.is_none() && attempt.error.is_none() {
        attempt.duration = Duration::ZERO;
    }
}

/// The request as it is on the wire: values have no white space around them.
fn on_the_wire(request: &Request) -> Request {
    let mut request = request.clone();
    for header in request.headers.iter_mut() {
        header.value = header.value.trim_ascii().to_vec().into();
    }
    request
}

/// The request of a file that holds no more than that.
fn of_file(bytes: &[u8], folder: &std::path::Path, name: &str) -> Request {
    imported(bytes, &place(folder, name)).remove(0).request
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_exported_is_imported_as_it_was(entry in entry()) {
        let folder = tempfile::tempdir().unwrap();
        let first = place(folder.path(), "first.db");
        first.open().unwrap().add(&Row::from(&entry)).unwrap();
        let kept = first.open_to_read().unwrap().unwrap().newest(&Filter::default()).unwrap();
        prop_assert_eq!(&kept, std::slice::from_ref(&entry));
        let Value::Object(object) = history::json(&kept[0], true) else { unreachable!() };
        let lines = format!("{}\n", Value::Object(object.clone()));
        prop_assert_eq!(imported(lines.as_bytes(), &place(folder.path(), "lines.db")), kept.clone());
        let har = format!("{}{}{}", har::start(), har::entry(object.clone()), har::END);
        prop_assert_eq!(imported(har.as_bytes(), &place(folder.path(), "har.db")), kept.clone());
        // Again, and with its credentials left out, it is the same.
        let Value::Object(redacted) = history::json(&kept[0], false) else { unreachable!() };
        for again in [lines, har, format!("{}\n", Value::Object(redacted))] {
            prop_assert_eq!(import(again.as_bytes(), &first), Imported { added: 0, known: 1 });
        }
    }

    #[test]
    fn a_raw_request_that_is_exported_is_imported_as_it_was(entry in entry(), method in "[!#-'*+.^_`|~0-9A-Za-z-]{1,9}", chunked: bool) {
        let folder = tempfile::tempdir().unwrap();
        let mut request = on_the_wire(&Request { method, ..entry.request });
        if chunked {
            request.headers.push("Transfer-Encoding", "chunked");
        }
        prop_assert_eq!(of_file(&raw::print(&request), folder.path(), "raw.db"), request);
    }

    #[test]
    fn a_curl_command_that_is_exported_is_imported_as_it_was(entry in entry()) {
        let folder = tempfile::tempdir().unwrap();
        let mut request = on_the_wire(&entry.request);
        // A URL ends at its fragment.
        request.target = request.target.replace('#', "");
        let to = curl::Destination { url: &format!("http://localhost:1{}", request.target), authority: "localhost:1", target: None, insecure: false, cacert: None };
        let mut back = of_file(curl::print(&request, &to, curl::Shell::Posix).as_bytes(), folder.path(), "curl.db");
        // curl makes these itself.
        for name in ["host", "content-length"] {
            request.headers.remove(name);
            back.headers.remove(name);
        }
        prop_assert_eq!(back, request);
    }
}
