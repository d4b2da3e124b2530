//! Whole connections, cut anywhere: hyper and the byte-exact reader agree on every request.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::request::Headers;

/// The requests of a connection that arrives in pieces that end at these places.
fn cut(bytes: &[u8], cuts: &[Index]) -> Vec<Taken> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
    requests(&pieces)
}

/// Where the two disagree.
fn disagreement(taken: &[Taken]) -> Option<&Rejection> {
    let mut rejections = taken.iter().filter_map(|taken| match taken {
        Taken::Rejected(rejection) => Some(rejection),
        Taken::Captured(_) | Taken::Unread => None,
    });
    rejections.find(|rejection| rejection.is_disagreement())
}

/// Parts of requests, right ones and wrong ones.
const LINES: [&[u8]; 11] = [
    b"POST / HTTP/1.1\r\n",
    b"POST /p HTTP/1.1\r\n",
    b"GET /a?b=<\"> HTTP/1.1\r\n",
    b"PUT /`\xff# HTTP/1.1\r\n",
    b"POST http://h/<a> HTTP/1.1\r\n",
    b"POST /p HTTP/1.0\r\n",
    b"OPTIONS * HTTP/1.1\n",
    b"POST h HTTP/1.1\r\n",
    b"CONNECT h:80 HTTP/1.1\r\n",
    b"GET  /two HTTP/1.1\r\n",
    b"\r\n\nPOST /late HTTP/1.1\r\n",
];
const FIELDS: [&[u8]; 10] = [
    b"Host: x\r\n",
    b"X-CaMeL: 1\r\n",
    b"x-camel:  2 \n",
    b"X-Empty:\r\n",
    b" folded\r\n",
    b"Connection: close\r\n",
    b"Connection: content-length, transfer-encoding\r\n",
    b"Expect: 100-continue\r\n",
    b"Upgrade: h2c\r\n",
    b"\0",
];
const FRAMINGS: [&[u8]; 14] = [
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, Chunked\r\n",
    b"transfer-encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
    b"transfer-encoding: gzip\r\n",
    b"Transfer-Encoding: chunked\xa0\r\n",
    b"Transfer-Encoding: \xff, chunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    b"Content-Length: 3\r\n",
    b"content-length: 003\r\n",
    b"Content-Length: 3\r\nContent-Length: 3\r\n",
    b"Content-Length: 3, 3\r\n",
    b"Content-Length: +3\r\n",
    b"Content-Length: 18446744073709551615\r\n",
];
const CHUNKS: [&[u8]; 12] = [
    b"abc",
    b"3\r\nabc\r\n",
    b"0000000000000000000000003\r\nabc\r\n",
    b"3;a=\"b;c\"\r\nabc\r\n",
    b"3 \t;a\r\nabc\r\n",
    b"25\r\nGET /<b> HTTP/1.1\r\nContent-Length: 9\r\n\r\n\r\n",
    b"3\nabc\n",
    b"3;a\nabc\r\n",
    b"3\rabc\r\n",
    b"3\r\nabcd\r\n",
    b"ffffffffffffffffff\r\n",
    b"fffffffffffffff0\r\n",
];
const LAST_CHUNKS: [&[u8]; 5] = [
    b"0\r\n",
    b"0;a\r\n",
    b"000000000000000000000 \r\n",
    b"0\n",
    b"0\r",
];
const TRAILERS: [&[u8]; 9] = [
    b"X-Trailer: 1\r\n",
    b"\n",
    b"X-Trailer: 1\n\n",
    b"X-Trailer: 1\n\r\n\n",
    b"X-Trailer: 1\r\r\n",
    b"no field\r\n",
    b"Content-Length: 9\r\nHost: evil\r\n",
    b"POST /forged HTTP/1.1\r\nX: <\r\n",
    b"\r",
];

/// Many of the first parts of a list, few of the others.
fn part(all: &'static [&'static [u8]]) -> impl Strategy<Value = &'static [u8]> {
    prop_oneof![3 => Just(all[0]), 2 => prop::sample::select(all)]
}

/// A request of odd parts: most of it is right.
fn odd() -> impl Strategy<Value = Vec<u8>> {
    let fields = prop::collection::vec(prop::sample::select(&FIELDS[..8]), 0..4);
    let chunks = prop::collection::vec(part(&CHUNKS[1..]), 0..3);
    let trailers = prop::collection::vec(part(&TRAILERS), 0..4);
    let chunked = (chunks, part(&LAST_CHUNKS), trailers).prop_map(|(chunks, last, trailers)| {
        [&chunks.concat(), last, &trailers.concat(), b"\r\n"].concat()
    });
    let head = (part(&LINES), fields, part(&FRAMINGS));
    let head = head.prop_map(|(line, fields, framing)| [line, &fields.concat(), framing].concat());
    let ends = prop::sample::select(vec![&b"\r\n"[..], b"\r\n", b"\r\n", b"\n"]);
    let body = prop_oneof![4 => chunked, 1 => Just(b"abc".to_vec())];
    (head, ends, body).prop_map(|(head, end, body)| [&head[..], end, &body].concat())
}

/// Parts in any order.
fn rubble() -> impl Strategy<Value = Vec<u8>> {
    const ENDS: [&[u8]; 3] = [b"\r\n", b"\r\n\r\n", b"0\r\n\r\n"];
    let all = [
        &LINES[..],
        &FIELDS,
        &FRAMINGS,
        &CHUNKS,
        &LAST_CHUNKS,
        &TRAILERS,
        &ENDS,
    ];
    prop::collection::vec(prop::sample::select(all.concat()), 0..30)
        .prop_map(|parts| parts.concat())
}

/// A request as it is sent, and as it is to be recorded.
type Sent = (Vec<u8>, Request);

/// How a request is written.
#[derive(Clone, Debug)]
struct Writing {
    empty_lines: usize,
    bare_lf: bool,
    chunks: Option<Vec<(usize, bool)>>,
    trailers: Vec<String>,
}

fn write(
    method: &str,
    target: &str,
    fields: Vec<(String, String)>,
    body: &[u8],
    writing: &Writing,
) -> Sent {
    let end = if writing.bare_lf { "\n" } else { "\r\n" };
    let mut headers: Headers = fields
        .into_iter()
        .map(|(name, value)| (name, value.into_bytes()))
        .collect();
    let mut sent = "\r\n".repeat(writing.empty_lines).into_bytes();
    match &writing.chunks {
        Some(_) => headers.push("Transfer-Encoding", "chunked"),
        None => headers.push("Content-Length", body.len().to_string()),
    }
    sent.extend_from_slice(format!("{method} {target} HTTP/1.1{end}").as_bytes());
    for header in headers.iter() {
        sent.extend_from_slice(format!("{}: ", header.name).as_bytes());
        sent.extend_from_slice(&header.value);
        sent.extend_from_slice(end.as_bytes());
    }
    sent.extend_from_slice(end.as_bytes());
    match &writing.chunks {
        None => sent.extend_from_slice(body),
        Some(chunks) => {
            let mut rest = body;
            for (zeros, extends) in chunks {
                let (chunk, later) = rest.split_at(rest.len().div_ceil(2));
                rest = later;
                if chunk.is_empty() {
                    break;
                }
                let extension = if *extends { ";name=\"v\"" } else { "" };
                let size = format!("{}{:x}{extension}\r\n", "0".repeat(*zeros), chunk.len());
                sent.extend_from_slice(size.as_bytes());
                sent.extend_from_slice(chunk);
                sent.extend_from_slice(b"\r\n");
            }
            if !rest.is_empty() {
                sent.extend_from_slice(format!("{:X}\r\n", rest.len()).as_bytes());
                sent.extend_from_slice(rest);
                sent.extend_from_slice(b"\r\n");
            }
            sent.extend_from_slice(b"0\r\n");
            for trailer in &writing.trailers {
                sent.extend_from_slice(format!("{trailer}: a\r\n").as_bytes());
            }
            sent.extend_from_slice(b"\r\n");
        }
    }
    let request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        body: body.to_vec().into(),
    };
    (sent, request)
}

fn writing() -> impl Strategy<Value = Writing> {
    let chunks = prop::collection::vec((0_usize..40, any::<bool>()), 0..4);
    let trailers = prop::collection::vec("[A-Z][a-z]{0,9}", 0..3);
    (
        0_usize..3,
        any::<bool>(),
        prop::option::of(chunks),
        trailers,
    )
        .prop_map(|(empty_lines, bare_lf, chunks, trailers)| Writing {
            empty_lines,
            bare_lf,
            chunks,
            trailers,
        })
}

/// Requests that every server reads alike.
fn sent() -> impl Strategy<Value = Sent> {
    let method = prop::sample::select(vec!["POST", "GET", "M-SEARCH", "post", "DELETE"]);
    let target = "/[!-~éÿ☃]{0,20}(\\?[!-~é]{0,20})?";
    let name = "[A-Z][A-Za-z0-9_-]{0,9}";
    let fields = prop::collection::vec((name, "([!-~é][ -~é]{0,12}[!-~])?"), 0..8);
    let body = prop::collection::vec(any::<u8>(), 0..60);
    (method, target, fields, body, writing()).prop_map(|(method, target, fields, body, writing)| {
        // What changes how hyper reads the connection has tests of its own.
        let is_plain = |(name, _): &(String, String)| {
            let known = [
                "connection",
                "expect",
                "upgrade",
                "te",
                "content-length",
                "transfer-encoding",
            ];
            !known.contains(&&*name.to_ascii_lowercase())
        };
        let fields = fields.into_iter().filter(is_plain).collect();
        write(method, &target, fields, &body, &writing)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn connections_of_odd_requests_never_make_them_disagree(
        requests in prop::collection::vec(odd(), 1..6),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        let taken = cut(&requests.concat(), &cuts);
        prop_assert_eq!(disagreement(&taken), None);
    }

    #[test]
    fn rubble_never_makes_them_disagree(
        bytes in rubble(),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        let taken = cut(&bytes, &cuts);
        prop_assert_eq!(disagreement(&taken), None);
    }

    #[test]
    fn every_well_formed_request_of_a_connection_is_recorded_as_it_was_sent(
        sent in prop::collection::vec(sent(), 1..6),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        let (bytes, wanted): (Vec<_>, Vec<_>) = sent.into_iter().unzip();
        let taken = cut(&bytes.concat(), &cuts);
        let wanted: Vec<_> = wanted.into_iter().map(Taken::Captured).collect();
        prop_assert_eq!(taken, wanted);
    }
}

#[test]
fn text_in_trailers_is_no_head() {
    let start = b"POST /one HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let ends: [&[u8]; 3] = [b"0\r\n\n", b"0\r\nX: 1\n\n", b"0\r\nX: 1\n\r\n\n"];
    let forged = b"POST /forged HTTP/1.1\r\nX-Forged: 1\r\nContent-Length: 5\r\n\r\n";
    let second = b"POST /two HTTP/1.1\r\nSvix-Id: real\r\nContent-Length: 5\r\n\r\nhello";
    for end in ends {
        let bytes = [start, end, forged, second].concat();
        let targets: Vec<String> = requests(&[&bytes])
            .into_iter()
            .map(|taken| match taken {
                Taken::Captured(request) => request.target,
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(targets, ["/one", "/two"], "{}", end.escape_ascii());
    }
}

#[test]
fn the_seeds_of_the_fuzz_target_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/one_head");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        crate::fuzzing::one_head(&bytes);
        assert_ne!(requests(&[&bytes]), []);
        count += 1;
    }
    assert!(count >= 8, "{count}");
}
