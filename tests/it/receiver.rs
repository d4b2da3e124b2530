//! `hookctl listen` on the wire: odd, broken and hostile requests from a raw socket.

use std::io::Write as _;
use std::net::Shutdown;

use serde_json::{Value, json};

use crate::harness::{Listener, Ran, Room, answers, steady};

/// The answer to a request that is taken, on a connection that ends with it.
const TAKEN: &str = "HTTP/1.1 200 OK\r\nx-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// The answer of the receiver itself, for what never was a request.
const BAD: &str = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What a capture says of the request alone.
fn request(capture: &Value) -> Value {
    json!([
        capture["method"],
        capture["target"],
        capture["headers"],
        capture["body"]
    ])
}

/// Sends each of these over a connection of its own; each is answered and captured.
#[track_caller]
fn taken(requests: &[(&str, Value)]) {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", &requests.len().to_string()]);
    for (sent, wanted) in requests {
        assert_eq!(listener.exchange(sent), TAKEN, "{sent:?}");
        assert_eq!(request(&listener.next()), *wanted, "{sent:?}");
    }
    quiet(&listener.wait(), requests.len());
}

/// It ended well after so many captures, and had nothing to say of them.
#[track_caller]
fn quiet(ran: &Ran, captures: usize) {
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.ends(0).json()[0]["captures"], captures);
}

/// Sends each of these over a connection of its own: none is captured, each gets its answer and its warning.
#[track_caller]
fn refused(args: &[&str], requests: &[(&[u8], &str, &str)]) {
    let room = Room::new();
    let mut listener = room.listen(args);
    for (sent, answer, warning) in requests {
        let sent = [*sent, b"\r\n\r\n"].concat();
        let shown = String::from_utf8_lossy(&sent[..sent.len().min(80)]);
        assert_eq!(listener.exchange(&sent), *answer, "{shown:?}");
        warns(&mut listener, warning);
    }
    nothing_more(listener);
}

/// It says this next.
#[track_caller]
fn warns(listener: &mut Listener, warning: &str) {
    let wanted = format!("warning: {warning} (from 127.0.0.1:[port])\n");
    assert_eq!(steady(&listener.next_note()), wanted);
}

/// It captured nothing and has nothing to say.
#[track_caller]
fn nothing_more(listener: Listener) {
    let ran = listener.stop();
    quiet(&ran, 0);
}

#[test]
fn chunked_bodies_are_put_together_and_their_trailers_read_over() {
    let chunked = "POST /c HTTP/1.1\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n\
                   5;name=\"a\"\r\nhello\r\n006\r\n world\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n";
    let next = "GET /next HTTP/1.1\r\nX-Last: 1\r\nConnection: close\r\n\r\n";
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "2"]);
    let answer = "HTTP/1.1 200 OK\r\nx-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n";
    let both = listener.exchange([chunked, next].concat());
    assert_eq!(both, [answer, TAKEN].concat());
    let headers = [["Transfer-Encoding", "Chunked"], ["Trailer", "X-Sum"]];
    assert_eq!(
        request(&listener.next()),
        json!(["POST", "/c", headers, "hello world"])
    );
    let headers = [["X-Last", "1"], ["Connection", "close"]];
    assert_eq!(
        request(&listener.next()),
        json!(["GET", "/next", headers, ""])
    );
    quiet(&listener.wait(), 2);
}

#[test]
fn a_body_that_was_announced_is_asked_for() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "1"]);
    let mut stream = listener.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n")
        .unwrap();
    // The body is not sent before it is asked for.
    let mut interim = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hi").unwrap();
    assert_eq!(answers(&mut stream), TAKEN);
    assert_eq!(listener.next()["body"], "hi");
    quiet(&listener.wait(), 1);
}

#[test]
fn methods_are_taken_as_they_are_spelled() {
    let cases = ["PURGE", "post", "OPTIONS", "M-SEARCH", "x_y!"].map(|method| {
        let sent = format!("{method} /m HTTP/1.1\r\nConnection: close\r\n\r\n");
        let wanted = json!([method, "/m", [["Connection", "close"]], ""]);
        (sent, wanted)
    });
    let cases: Vec<_> = cases
        .iter()
        .map(|(sent, wanted)| (&**sent, wanted.clone()))
        .collect();
    taken(&cases);
}

#[test]
fn the_answer_to_head_has_no_body() {
    let room = Room::new();
    let listener = room.listen(&["--exit-after", "1", "--body", "hello"]);
    assert_eq!(
        listener.exchange("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"),
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 5\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    );
    assert_eq!(listener.wait().ends(0).json()[0]["method"], "HEAD");
}

#[test]
fn targets_are_taken_in_every_form() {
    let headers = json!([["Connection", "close"]]);
    let cases = [
        "http://u:p@hooks.example:99/a?b=c",
        "*",
        "//twice/../x",
        "/%zz?a=%&b#c",
        "/caf\u{e9}",
    ]
    .map(|target| {
        let method = if target == "*" { "OPTIONS" } else { "POST" };
        (
            format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n\r\n"),
            json!([method, target.replace("u:p", "[redacted]"), headers, ""]),
        )
    });
    let cases: Vec<_> = cases
        .iter()
        .map(|(sent, wanted)| (&**sent, wanted.clone()))
        .collect();
    taken(&cases);
}

#[test]
fn path_and_query_are_parts_of_the_target() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "3"]);
    for (target, path, query) in [
        ("http://hooks.example/a?b=c", "/a", "b=c"),
        ("/a?b?c", "/a", "b?c"),
        ("/a?", "/a", ""),
    ] {
        listener.exchange(format!(
            "GET {target} HTTP/1.1\r\nConnection: close\r\n\r\n"
        ));
        let capture = listener.next();
        assert_eq!(
            (&capture["path"], &capture["query"]),
            (&json!(path), &json!(query)),
            "{target}"
        );
    }
    quiet(&listener.wait(), 3);
}

#[test]
fn line_ends_and_empty_lines_may_be_sloppy() {
    taken(&[
        (
            "POST /lf HTTP/1.1\nConnection: close\nContent-Length: 2\n\nhi",
            json!([
                "POST",
                "/lf",
                [["Connection", "close"], ["Content-Length", "2"]],
                "hi"
            ]),
        ),
        (
            "\r\n\r\nGET /late HTTP/1.1\r\nConnection:close \r\n\r\n",
            json!(["GET", "/late", [["Connection", "close"]], ""]),
        ),
    ]);
}

#[test]
fn repeated_headers_and_empty_values_stay_apart() {
    taken(&[(
        "POST / HTTP/1.1\r\nx-A: 1\r\nX-B:\r\nX-a: 2, 3\r\nConnection: close\r\nx-A: 1\r\n\r\n",
        json!([
            "POST",
            "/",
            [
                ["x-A", "1"],
                ["X-B", ""],
                ["X-a", "2, 3"],
                ["Connection", "close"],
                ["x-A", "1"]
            ],
            ""
        ]),
    )]);
}

#[test]
fn an_old_client_gets_an_old_answer() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "1"]);
    assert_eq!(
        listener.exchange("POST /old HTTP/1.0\r\nContent-Length: 1\r\n\r\na"),
        "HTTP/1.0 200 OK\r\nx-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n"
    );
    let wanted = json!(["POST", "/old", [["Content-Length", "1"]], "a"]);
    assert_eq!(request(&listener.next()), wanted);
    quiet(&listener.wait(), 1);
}

#[test]
fn one_connection_carries_many_requests_one_after_the_other() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "20"]);
    let mut stream = listener.connect();
    for number in 0..20 {
        let body = "x".repeat(number);
        let end = if number == 19 {
            "Connection: close\r\n"
        } else {
            ""
        };
        let head = format!(
            "POST /{number} HTTP/1.1\r\n{end}X-Number: {number}\r\nContent-Length: {number}\r\n\r\n"
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let capture = listener.next();
        assert_eq!(capture["target"], format!("/{number}"));
        assert_eq!(capture["body"], body);
    }
    assert_eq!(answers(&mut stream).matches("HTTP/1.1 200 OK").count(), 20);
    quiet(&listener.wait(), 20);
}

#[test]
fn a_client_that_sends_no_more_still_gets_its_answer() {
    let room = Room::new();
    let mut listener = room.listen(&["--delay", "50ms"]);
    let mut stream = listener.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(
        answers(&mut stream),
        "HTTP/1.1 200 OK\r\nx-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n"
    );
    assert_eq!(listener.next()["body"], "hi");
    quiet(&listener.stop(), 1);
}

#[test]
fn a_connection_without_a_request_is_no_event() {
    let room = Room::new();
    let listener = room.listen(&[]);
    let mut stream = listener.connect();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answers(&mut stream), "");
    nothing_more(listener);
}

#[test]
fn what_is_no_request_is_refused_and_named() {
    refused(
        &[],
        &[
            (
                b"BROKEN",
                BAD,
                "malformed request `BROKEN`: invalid HTTP method parsed",
            ),
            (
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                BAD,
                "malformed request `\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001\\u0000\\u0001ü\\u0003\\u0003`: \
                 invalid HTTP method parsed",
            ),
            (
                b"GET / HTTP/1.1\r\nNo colon",
                BAD,
                "malformed request `GET / HTTP/1.1`: invalid HTTP header parsed",
            ),
            (
                b"GET /\x1b[2J HTTP/1.1",
                BAD,
                "malformed request `GET /\\u001b[2J HTTP/1.1`: invalid URI",
            ),
            (
                b"GET / HTTP/7.0",
                BAD,
                "malformed request `GET / HTTP/7.0`: invalid HTTP version parsed",
            ),
            (
                b"PRI * HTTP/2.0\r\n\r\nSM",
                "",
                "malformed request `PRI * HTTP/2.0`: invalid HTTP version parsed (found HTTP2 preface)",
            ),
        ],
    );
}

#[test]
fn a_head_that_reads_well_and_means_nothing_is_named_too() {
    refused(
        &[],
        &[
            (
                b"GET http://a<b/ HTTP/1.1\r\nHost: x",
                BAD,
                "malformed request `GET http://a<b/`: invalid URI",
            ),
            (
                b"POST /long HTTP/1.1\r\nContent-Length: many",
                BAD,
                "malformed request `POST /long`: invalid content-length parsed",
            ),
            (
                b"POST /two HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
                BAD,
                "malformed request `POST /two`: invalid content-length parsed",
            ),
            (
                b"POST /zip HTTP/1.1\r\nTransfer-Encoding: gzip",
                BAD,
                "malformed request `POST /zip`: invalid transfer-encoding parsed",
            ),
        ],
    );
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let too_large = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let too_long = "HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let fields = ["GET /many HTTP/1.1\r\n", &"A: b\r\n".repeat(257)].concat();
    let target = ["GET /", &"a".repeat(66_000), " HTTP/1.1"].concat();
    let warning = format!("malformed request `GET /{}`: URI too long", "a".repeat(75));
    refused(
        &[],
        &[
            (
                fields.as_bytes(),
                too_large,
                "malformed request `GET /many HTTP/1.1`: message head is too large",
            ),
            (target.as_bytes(), too_long, &warning),
        ],
    );
}

#[test]
fn a_header_that_does_not_end_is_refused() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let endless = ["GET /wide HTTP/1.1\r\nA: ", &"b".repeat(66_000)].concat();
    assert_eq!(
        listener.exchange(endless),
        "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    warns(
        &mut listener,
        "malformed request `GET /wide HTTP/1.1`: message head is too large",
    );
    nothing_more(listener);
}

#[test]
fn a_body_that_breaks_off_is_refused_with_the_cause() {
    let bad = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 12\r\n\
               x-content-type-options: nosniff\r\nconnection: close\r\n\r\nBad Request\n";
    refused(
        &[],
        &[(
            b"POST /chunks HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz",
            bad,
            "POST /chunks refused with 400: the body broke off: Invalid chunk size line: missing size digit",
        )],
    );
}

#[test]
fn a_client_that_goes_away_in_its_body_is_told_of_once() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let mut stream = listener.connect();
    stream
        .write_all(b"POST /gone HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    // Its answer is the sign that the end was seen.
    assert!(answers(&mut stream).starts_with("HTTP/1.1 400 Bad Request\r\n"));
    warns(
        &mut listener,
        "POST /gone refused with 400: the body broke off: end of file before message length reached",
    );
    nothing_more(listener);
}

#[test]
fn a_client_that_goes_away_in_its_head_is_told_of() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let mut stream = listener.connect();
    stream.write_all(b"POST /gone HTTP/1.1\r\nConte").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answers(&mut stream), "");
    warns(
        &mut listener,
        "malformed request `POST /gone HTTP/1.1`: connection closed before message completed",
    );
    nothing_more(listener);
}

#[test]
fn a_body_over_the_limit_is_refused_in_chunks_too() {
    let too_large = "HTTP/1.1 413 Payload Too Large\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 18\r\n\
                     x-content-type-options: nosniff\r\nconnection: close\r\n\r\nPayload Too Large\n";
    let room = Room::new();
    let mut listener = room.listen(&["--max-body", "4B", "--exit-after", "2"]);
    for sent in [
        "POST /a HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        "POST /b HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabcde",
    ] {
        assert_eq!(listener.exchange(sent), too_large);
        assert_eq!(listener.next()["response"]["status"], 413);
    }
    quiet(&listener.wait(), 2);
    taken_at_the_limit();
}

#[test]
fn the_last_of_several_transfer_codings_ends_a_body() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "2"]);
    let coded = "POST /C HTTP/1.1\r\nX-CaMeL: 1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n\
                 2\r\nhi\r\n0\r\n\r\n";
    let next = "GET /next HTTP/1.1\r\nX-LaSt: 1\r\nConnection: close\r\n\r\n";
    let both = listener.exchange([coded, next].concat());
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(listener.next()["body"], "hi");
    let headers = json!([["X-LaSt", "1"], ["Connection", "close"]]);
    assert_eq!(
        request(&listener.next()),
        json!(["GET", "/next", headers, ""])
    );
    quiet(&listener.wait(), 2);
}

/// A body of just the limit is taken.
fn taken_at_the_limit() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "1", "--max-body", "4"]);
    let answer =
        listener.exchange("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 4\r\n\r\nabcd");
    assert_eq!(answer, TAKEN);
    assert_eq!(listener.next()["body"], "abcd");
    quiet(&listener.wait(), 1);
}
