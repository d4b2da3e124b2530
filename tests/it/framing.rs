//! The end of a body on the wire is hookctl's own: one request that is received or stored is one request to a server,
//! whatever its headers say.

use serde_json::json;

use crate::backend::{Arrived, Backend};
use crate::harness::Room;

/// What a smuggler puts into a body.
const INNER: &str = "POST /admin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn arrived(head: &str, body: &str) -> Arrived {
    let (head, body) = (head.to_owned(), body.to_owned());
    Arrived { head, body }
}

/// Sends this to a listener that forwards, and compares what arrives there.
#[track_caller]
fn forwards(sent: &str, wanted: &str, body: &str) {
    let backend = Backend::start();
    let room = Room::new();
    let forward = backend.url("/hook");
    let mut listener = room.listen(&["--forward", &forward, "--exit-after", "1"]);
    let answer = listener.exchange(sent);
    assert!(answer.contains(" 200 OK\r\n"), "{answer}");
    assert_eq!(listener.next()["body"], body, "{sent}");
    listener.wait().ends(0);
    let wanted = wanted.replace("[host]", backend.address());
    assert_eq!(backend.requests(), [arrived(&wanted, body)], "{sent}");
}

#[test]
fn a_forwarded_body_has_its_own_length_whatever_connection_names() {
    let length = INNER.len();
    let hidden = [
        "Connection: close, content-length",
        "Connection: close, Content-Length, host",
        "Connection: close\r\nConnection: X-Hop ,CONTENT-LENGTH",
        "Connection: close, content-length, transfer-encoding, content-type, host",
    ];
    for connection in hidden {
        let sent = format!(
            "POST /p HTTP/1.1\r\nHost: x\r\n{connection}\r\nContent-Type: text/plain\r\n\
             Content-Length: {length}\r\n\r\n{INNER}"
        );
        let wanted = format!(
            "POST /hook HTTP/1.1\r\nHost: [host]\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
        );
        forwards(&sent, &wanted, INNER);
    }
}

#[test]
fn a_forwarded_body_that_came_in_chunks_has_a_length() {
    let length = INNER.len();
    for connection in ["close", "close, transfer-encoding", "close, content-length"] {
        let sent = format!(
            "POST /p HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\nTransfer-Encoding: chunked\r\n\r\n\
             {length:x};a=b\r\n{INNER}\r\n0\r\nContent-Length: 99\r\nHost: evil\r\n\r\n"
        );
        let wanted =
            format!("POST /hook HTTP/1.1\r\nHost: [host]\r\nContent-Length: {length}\r\n\r\n");
        forwards(&sent, &wanted, INNER);
    }
}

#[test]
fn forwarding_keeps_headers_that_signatures_need() {
    let sent = "POST /p HTTP/1.1\r\nHost: x\r\n\
                Connection: close, Svix-Id, svix-signature, X-GitHub-Event, Authorization, X-Hop\r\n\
                svix-id: a\r\nSvix-Signature: v1,b\r\nX-GitHub-Event: push\r\nAuthorization: Basic dTpw\r\n\
                X-Hop: gone\r\nContent-Length: 2\r\n\r\n{}";
    let wanted = "POST /hook HTTP/1.1\r\nHost: [host]\r\nsvix-id: a\r\nSvix-Signature: v1,b\r\n\
                  X-GitHub-Event: push\r\nAuthorization: Basic dTpw\r\nContent-Length: 2\r\n\r\n";
    forwards(sent, wanted, "{}");
}

/// A request of a browser over HTTP/2, which has no length.
fn har() -> String {
    json!({"log": {"entries": [{
        "startedDateTime": "2026-11-21T10:00:00Z",
        "request": {
            "method": "POST",
            "url": "https://app.example/p",
            "httpVersion": "h2",
            "headers": [
                {"name": ":method", "value": "POST"},
                {"name": "content-type", "value": "text/plain"},
            ],
            "postData": {"mimeType": "text/plain", "text": INNER},
        },
        "response": {"status": 200},
    }]}})
    .to_string()
}

#[test]
fn a_stored_http2_request_gets_its_length() {
    let room = Room::new();
    room.write("h2.har", har());
    let length = INNER.len();
    let head = format!(
        "POST /p HTTP/1.1\r\nHost: app.example\r\ncontent-type: text/plain\r\nContent-Length: {length}\r\n\r\n"
    );
    let note = format!("note: `h2.har` has no length: `Content-Length: {length}` was added.\n");
    let raw: [&[&str]; 2] = [&["--raw"], &["--raw", "--count", "1"]];
    for args in raw {
        let backend = Backend::start();
        let to = ["replay", "h2.har", "--to", &backend.url("")];
        let ran = room.run(&[&to, args].concat());
        assert!(ran.ends(0).stderr.starts_with(&note), "{}", ran.stderr);
        assert_eq!(backend.requests(), [arrived(&head, INNER)], "{args:?}");
    }
    let backend = Backend::start();
    let ran = room.run(&["replay", "h2.har", "--to", &backend.url("")]);
    assert!(!ran.ends(0).stderr.contains("no length"), "{}", ran.stderr);
    let head = head.replace("app.example", backend.address());
    let head = head.replace("Content-Length", "content-length");
    assert_eq!(backend.requests(), [arrived(&head, INNER)]);
}

#[test]
fn notes_about_many_requests_are_one() {
    let room = Room::new();
    room.write("a.har", har()).write("b.har", har());
    let backend = Backend::start();
    let args = [
        "replay",
        "a.har",
        "b.har",
        "--raw",
        "--to",
        &backend.url(""),
    ];
    let ran = room.run(&args);
    let note = "note: 2 requests have no length: `Content-Length` was added.\n";
    assert!(ran.ends(0).stderr.starts_with(note), "{}", ran.stderr);
    assert_eq!(backend.lines(), ["POST /p HTTP/1.1"; 2]);
}

/// Headers that are stored, those that are sent, and what is said of the change with `--raw`.
const STORED: [(&str, &str, &str); 9] = [
    (
        "Content-Length: 0\r\n",
        "Content-Length: [length]\r\n",
        "says another length than that of its body: `Content-Length: 0` was replaced by the length of the body, [length].",
    ),
    (
        "Content-Length: 9999\r\n",
        "Content-Length: [length]\r\n",
        "says another length than that of its body: `Content-Length: 9999` was replaced by the length of the body, [length].",
    ),
    (
        "content-LENGTH: 5\r\nX-A: 1\r\nContent-Length: 6\r\n",
        "content-LENGTH: [length]\r\nX-A: 1\r\n",
        "says another length than that of its body: `Content-Length: 5, 6` was replaced by the length of the body, [length].",
    ),
    (
        "Content-Length: +1\r\n",
        "Content-Length: [length]\r\n",
        "says another length than that of its body: `Content-Length: +1` was replaced by the length of the body, [length].",
    ),
    (
        "Transfer-Encoding: gzip\r\n",
        "Content-Length: [length]\r\n",
        "says another length than that of its body: `Transfer-Encoding: gzip` was replaced by `Content-Length: [length]`.",
    ),
    (
        "Transfer-Encoding: identity\r\nContent-Length: 3\r\n",
        "Content-Length: [length]\r\n",
        "says another length than that of its body: `Transfer-Encoding: identity` was replaced by `Content-Length: [length]`.",
    ),
    (
        "Connection: keep-alive, content-length\r\nContent-Length: [length]\r\n",
        "Connection: keep-alive\r\nContent-Length: [length]\r\n",
        "",
    ),
    (
        "Connection: Host\r\n",
        "Content-Length: [length]\r\n",
        "has no length: `Content-Length: [length]` was added.",
    ),
    (
        "X-A: 1\r\n",
        "X-A: 1\r\nContent-Length: [length]\r\n",
        "has no length: `Content-Length: [length]` was added.",
    ),
];

#[test]
fn a_stored_request_is_one_request_on_the_wire() {
    let length = INNER.len().to_string();
    for (stored, sent, note) in STORED {
        let [stored, sent, note] =
            [stored, sent, note].map(|text| text.replace("[length]", &length));
        for args in [
            &["--raw"][..],
            &["--raw", "--count", "3"],
            &[],
            &["--count", "3"],
        ] {
            let room = Room::new();
            room.write(
                "r.http",
                format!("POST /p HTTP/1.1\r\nHost: x\r\n{stored}\r\n{INNER}"),
            );
            let backend = Backend::start();
            let to = ["replay", "r.http", "--to", &backend.url("")];
            let ran = room.run(&[&to, args].concat());
            let is_raw = args.contains(&"--raw");
            let host = if is_raw { "x" } else { backend.address() };
            let head = format!("POST /p HTTP/1.1\r\nHost: {host}\r\n{sent}\r\n");
            let times = if args.contains(&"3") { 3 } else { 1 };
            let requests = backend.requests();
            assert_eq!(requests.len(), times, "{stored:?} {args:?} {requests:?}");
            for request in requests {
                assert_eq!(request.body, INNER);
                // What is made afresh is written in lower case.
                let same = request.head.replace("content-length", "Content-Length");
                let wanted = head.replace("content-length", "Content-Length");
                if is_raw {
                    assert_eq!(request.head, head, "{stored:?}");
                } else {
                    assert_eq!(same, wanted, "{stored:?}");
                }
            }
            if is_raw && !note.is_empty() {
                let note = format!("note: `r.http` {note}\n");
                assert!(ran.ends(0).stderr.contains(&note), "{}", ran.stderr);
            }
            ran.ends(0);
        }
    }
}

#[test]
fn bad_framing_is_sent_if_it_is_asked_for_by_name() {
    let room = Room::new();
    room.write(
        "r.http",
        format!("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n{INNER}"),
    );
    for args in [&[][..], &["--count", "1"]] {
        let backend = Backend::start();
        let to = [
            "replay",
            "r.http",
            "--raw",
            "--allow-bad-framing",
            "--to",
            &backend.url(""),
        ];
        let ran = room.run(&[&to, args].concat());
        assert!(
            !ran.ends(0).stderr.contains("Content-Length"),
            "{}",
            ran.stderr
        );
        // The client may hang up before the second response.
        let lines = backend.lines();
        assert_eq!(
            lines,
            ["POST /p HTTP/1.1", "POST /admin HTTP/1.1"],
            "{args:?}"
        );
    }
    let ran = room.run(&[
        "replay",
        "r.http",
        "--allow-bad-framing",
        "--to",
        "http://localhost:1",
    ]);
    assert!(ran.ends(2).stderr.contains("--raw"), "{}", ran.stderr);
}

#[test]
fn a_stored_body_in_chunks_is_sent_in_chunks() {
    let room = Room::new();
    room.write(
        "r.http",
        "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    );
    for args in [&["--raw"][..], &[], &["--raw", "--count", "2"]] {
        let backend = Backend::start();
        let to = ["replay", "r.http", "--to", &backend.url("")];
        room.run(&[&to, args].concat()).ends(0);
        for request in backend.requests() {
            assert_eq!(request.body, "abc");
            assert!(
                request
                    .head
                    .ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n"),
                "{}",
                request.head
            );
        }
    }
}

#[test]
fn a_stored_request_that_is_edited_has_the_new_length() {
    let room = Room::new();
    let body = r#"{"a":1}"#;
    room.write(
        "r.http",
        format!("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n7\r\n{body}\r\n0\r\n\r\n"),
    );
    let backend = Backend::start();
    let ran = room.run(&[
        "replay",
        "r.http",
        "--set",
        "a=12345",
        "--to",
        &backend.url(""),
    ]);
    let head = format!(
        "POST /p HTTP/1.1\r\nHost: {}\r\nContent-Length: 11\r\n\r\n",
        backend.address()
    );
    assert_eq!(backend.requests(), [arrived(&head, r#"{"a":12345}"#)]);
    assert!(
        ran.ends(0).stderr.contains(
            "note: `r.http` says another length than that of its body: `Transfer-Encoding: gzip, chunked` was replaced by `Content-Length: 11`.\n"
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_sent_has_the_length_of_its_body() {
    let room = Room::new();
    let faults: [&[&str]; 4] = [
        &[],
        &["--tamper", "body"],
        &["--set", "x=1"],
        &["--count", "2"],
    ];
    for args in faults {
        let backend = Backend::start();
        let to = backend.url("/p");
        let send = ["send", "ken/lead_clicked", "--secret", SECRET, "--to", &to];
        room.run(&[&send, args, &["--expect", "2xx"]].concat())
            .ends(0);
        let requests = backend.requests();
        assert_eq!(
            requests.len(),
            if args.contains(&"2") { 2 } else { 1 },
            "{args:?}"
        );
        for request in requests {
            let length = format!("content-length: {}\r\n", request.body.len());
            assert!(request.head.contains(&length), "{}", request.head);
            assert!(request.body.ends_with('}'), "{}", request.body);
        }
    }
    for command in ["send", "replay"] {
        let ran = room.run(&[
            command,
            "x",
            "-H",
            "Connection: close, Content-Length",
            "--to",
            "http://localhost:1",
        ]);
        let wanted = "`Connection` cannot name `content-length`: a proxy would remove that header";
        assert!(ran.ends(2).stderr.contains(wanted), "{}", ran.stderr);
    }
}
