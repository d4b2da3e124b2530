//! One head: what is recorded and forwarded is what the HTTP server of `listen` parsed, byte for byte. What servers
//! read in different ways is rejected.

use std::io::Write as _;
use std::net::Shutdown;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::harness::{Listener, Room, answers, steady};

const LENGTH_AND_CODING: &str = "`Content-Length` and `Transfer-Encoding` are both present: servers disagree on where the body ends";
const REPEATED_LENGTH: &str =
    "`Content-Length` is repeated: servers disagree on where the body ends";
const NOT_UTF8: &str =
    "the request target holds bytes that are not UTF-8; percent-encode them (`%E9`)";

/// The response to a request that is rejected.
fn rejected(why: &str) -> String {
    let body = format!("rejected: {why}\n");
    format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\
         content-length: {}\r\nx-content-type-options: nosniff\r\n\r\n{body}",
        body.len()
    )
}

/// A request of a kind that is rejected, with its headers as JSON, the code and the reason.
fn ambiguous() -> [(Vec<u8>, &'static str, Value, &'static str, &'static str); 4] {
    let after = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    let request = |head: &[u8], body: &[u8]| [head, b"\r\n", body, after].concat();
    [
        (
            request(b"POST /a HTTP/1.1\r\nX-CaMeL: 1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
            "/a",
            json!([["X-CaMeL", "1"], ["Content-Length", "5"], ["Transfer-Encoding", "chunked"]]),
            "length_and_coding",
            LENGTH_AND_CODING,
        ),
        (
            request(b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n"),
            "/b",
            json!([["Transfer-Encoding", "chunked"], ["Content-Length", "5"]]),
            "length_and_coding",
            LENGTH_AND_CODING,
        ),
        (
            request(b"POST /c HTTP/1.1\r\nContent-Length: 2\r\ncontent-length: 2\r\n", b"hi"),
            "/c",
            json!([["Content-Length", "2"], ["content-length", "2"]]),
            "length_repeated",
            REPEATED_LENGTH,
        ),
        (
            request(b"POST /caf\xe9?\xff HTTP/1.1\r\nContent-Length: 2\r\n", b"hi"),
            "/caf\u{e9}?\u{ff}",
            json!([["Content-Length", "2"]]),
            "target_not_utf8",
            NOT_UTF8,
        ),
    ]
}

/// Sends bytes, and nothing after them.
fn exchange(listener: &Listener, bytes: &[u8]) -> String {
    let mut stream = listener.connect();
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    answers(&mut stream)
}

fn without_times(mut line: Value) -> Value {
    for key in ["id", "received_at"] {
        assert!(line[key].is_string(), "{line}");
        line.as_object_mut().unwrap().remove(key);
    }
    assert!(line["response"]["duration_ms"].is_number(), "{line}");
    line["response"]
        .as_object_mut()
        .unwrap()
        .remove("duration_ms");
    line
}

#[test]
fn an_ambiguous_request_is_rejected_and_is_no_capture() {
    let backend = Backend::start();
    let room = Room::new();
    let forward = backend.url("");
    let args = [
        "--forward",
        &forward,
        "--store",
        "h.db",
        "--save",
        "saved",
        "--exit-after",
        "1",
    ];
    let mut listener = room.listen(&args);
    for (sent, target, headers, code, why) in ambiguous() {
        assert_eq!(exchange(&listener, &sent), rejected(why), "{target}");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let wanted = json!({
            "type": "rejected", "method": "POST", "path": path, "query": query, "target": target, "headers": headers,
            "reason": code, "detail": why, "response": {"status": 400},
        });
        assert_eq!(without_times(listener.next()), wanted);
    }
    // None of them counted.
    exchange(&listener, b"GET /good HTTP/1.1\r\n\r\n");
    assert_eq!(listener.next()["target"], "/good");
    let ran = listener.wait();
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.ends(0).json()[0]["captures"], 1);
    assert_eq!(backend.lines(), ["GET /good HTTP/1.1"]);
    let saved = std::fs::read_dir(room.path().join("saved")).unwrap();
    assert_eq!(saved.count(), 1);
}

#[test]
fn a_rejected_request_meets_no_expectation() {
    let room = Room::new();
    let listener = room.listen(&["--expect", "stripe/invoice.paid", "--timeout", "2s"]);
    let body = r#"{"object":"event","type":"invoice.paid","data":{"object":{}}}"#;
    let length = body.len();
    let sent = format!(
        "POST /webhooks/stripe HTTP/1.1\r\nStripe-Signature: t=1,v1=00\r\nContent-Length: {length}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    assert_eq!(
        exchange(&listener, sent.as_bytes()),
        rejected(REPEATED_LENGTH)
    );
    let ran = listener.wait();
    let lines = ran.ends(1).json();
    assert_eq!(lines[0]["type"], "rejected");
    assert_eq!(lines[1]["captures"], 0);
    assert_eq!(lines[1]["missing"], json!(["stripe/invoice.paid"]));
}

#[test]
fn a_rejected_request_is_shown_and_is_in_the_history() {
    let room = Room::new();
    let mut listener = room.listen_at(":0", &["--no-page", "--store", "h.db", "--color", "never"]);
    exchange(&listener, b"GET /good HTTP/1.1\r\n\r\n");
    while listener.next_line() != "\n" {}
    let [(sent, ..), _, _, _] = ambiguous();
    exchange(&listener, &sent);
    assert_eq!(
        steady(&listener.next_line()),
        "[time]  POST /a  400  ✗ rejected (length_and_coding)\n"
    );
    assert_eq!(listener.next_line(), format!("    {LENGTH_AND_CODING}\n"));
    assert_eq!(listener.stop().ends(0).stderr, "Received 1 request.\n");
    for args in [&["history"][..], &["history", "--in"]] {
        let ran = room.run(&[args, &["--store", "h.db"]].concat());
        let lines: Vec<_> = ran.ends(0).stdout.lines().collect();
        let words: Vec<_> = lines[0].split_whitespace().collect();
        assert!(words[0].starts_with("rej_"), "{lines:?}");
        assert_eq!(
            words[2..],
            ["in", "400", "-", "rejected", "POST", "/a", "0", "B"]
        );
        assert_eq!(lines.len(), 2, "{lines:?}");
    }
    let sent = room.run(&["history", "--out", "--store", "h.db"]);
    assert_eq!(sent.ends(0).stdout, "");
    let found = room.run(&[
        "history", "--in", "--status", "400", "--json", "--store", "h.db",
    ]);
    let found = found.ends(0).json();
    assert_eq!(found.len(), 1);
    let id = found[0]["id"].as_str().unwrap();
    let shown = room.run(&["history", "show", id, "--store", "h.db"]);
    let shown = steady(&shown.ends(0).stdout);
    let wanted = format!("rejected  {LENGTH_AND_CODING} (length_and_coding)\n");
    assert!(shown.contains(&wanted), "{shown}");
    assert!(
        shown.contains("\nPOST /a\nX-CaMeL: 1\nContent-Length: 5\nTransfer-Encoding: chunked\n"),
        "{shown}"
    );
    // It is nothing that could be sent again or verified.
    let last = room.run(&["history", "show", "last", "--json", "--store", "h.db"]);
    assert_eq!(last.ends(0).json()[0]["target"], "/good");
    let error = format!(
        "error: `{id}` was rejected and is no capture: {LENGTH_AND_CODING}\n\
         hint: `hookctl history --in` lists the captures.\n"
    );
    for args in [
        &["replay", id, "--to", "http://localhost:1"][..],
        &["verify", id],
    ] {
        room.run(&[args, &["--store", "h.db"]].concat())
            .is(2, "", &error);
    }
    let failed = room.run(&[
        "replay",
        "failed",
        "--to",
        "http://localhost:1",
        "--store",
        "h.db",
    ]);
    assert!(
        failed.ends(2).stderr.contains("nothing that failed"),
        "{}",
        failed.stderr
    );
}

#[test]
fn rejected_requests_are_exported_and_imported_as_such() {
    let room = Room::new();
    let mut listener = room.listen(&["--store", "h.db"]);
    let [(sent, ..), _, _, _] = ambiguous();
    exchange(&listener, &sent);
    exchange(&listener, b"GET /good HTTP/1.1\r\n\r\n");
    let output = [listener.next(), listener.next()];
    listener.stop().ends(0);
    let exported = room
        .run(&["history", "export", "--store", "h.db"])
        .ends(0)
        .stdout
        .clone();
    room.write("e.ndjson", &exported);
    room.run(&["history", "import", "e.ndjson", "--store", "i.db"])
        .ends(0);
    let again = room.run(&["history", "export", "--store", "i.db"]);
    assert_eq!(again.ends(0).stdout, exported);
    assert!(exported.contains("\"type\":\"rejected\""), "{exported}");
    let har = room.run(&["history", "export", "--format", "har", "--store", "h.db"]);
    assert!(!har.ends(0).stdout.contains("rejected"), "{}", har.stdout);
    // The output of a listener holds one capture.
    let lines = output.map(|line| line.to_string()).join("\n");
    for text in [lines, exported] {
        let backend = Backend::start();
        room.write("out.ndjson", text);
        room.run(&["replay", "out.ndjson", "--to", &backend.url("")])
            .ends(0);
        assert_eq!(backend.lines(), ["GET /good HTTP/1.1"]);
    }
}

#[test]
fn the_history_keeps_a_hundred_rejected_requests_a_minute() {
    let room = Room::new();
    let mut listener = room.listen(&["--store", "h.db"]);
    let [(sent, ..), _, _, _] = ambiguous();
    for number in 0..103 {
        assert_eq!(
            exchange(&listener, &sent),
            rejected(LENGTH_AND_CODING),
            "{number}"
        );
        assert_eq!(listener.next()["type"], "rejected");
    }
    let ran = listener.stop();
    assert_eq!(
        ran.ends(0).stderr,
        "warning: More than 100 requests a minute are rejected; the history does not keep the rest.\n"
    );
    let kept = room.run(&["history", "--limit", "200", "--json", "--store", "h.db"]);
    assert_eq!(kept.ends(0).json().len(), 100);
}

#[test]
fn a_history_of_the_version_before_is_read_and_written() {
    let room = Room::new();
    let import = ["history", "import", "-", "-q", "--store", "h.db"];
    room.run_with(&import, &[], b"curl http://localhost/x -d 1")
        .ends(0);
    let path = room.path().join("h.db");
    let version = |set: &str| {
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(set).unwrap();
        connection
            .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(version("PRAGMA user_version = 5"), 5);
    let read = room.run(&["history", "--json", "--store", "h.db"]);
    assert_eq!(read.ends(0).json().len(), 1);
    // Who only reads leaves it to the programs that wrote it.
    assert_eq!(version(""), 5);
    let listener = room.listen(&["--store", "h.db"]);
    let [(sent, ..), _, _, _] = ambiguous();
    exchange(&listener, &sent);
    listener.stop().ends(0);
    assert_eq!(version(""), 6);
    let read = room.run(&["history", "--json", "--store", "h.db"]);
    let kinds: Vec<_> = read
        .ends(0)
        .json()
        .iter()
        .map(|line| line["type"].clone())
        .collect();
    assert_eq!(kinds, ["rejected", "capture"]);
}

#[test]
fn text_in_trailers_is_not_recorded_as_a_request() {
    for end in ["0\r\n\n", "0\r\nX: 1\n\n"] {
        let backend = Backend::start();
        let room = Room::new();
        let forward = backend.url("");
        let mut listener = room.listen(&["--forward", &forward, "--exit-after", "2"]);
        let one = format!(
            "POST /one HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n{end}\
             POST /FORGED HTTP/1.1\r\nX-Forged: 1\r\nContent-Length: 5\r\n\r\n"
        );
        let two =
            "POST /two HTTP/1.1\r\nHost: x\r\nSvix-Id: real\r\nContent-Length: 5\r\n\r\nhello";
        exchange(
            &listener,
            [one.as_bytes(), two.as_bytes()].concat().as_slice(),
        );
        assert_eq!(listener.next()["target"], "/one");
        let second = listener.next();
        assert_eq!(second["target"], "/two");
        assert_eq!(
            second["headers"],
            json!([["Host", "x"], ["Svix-Id", "real"], ["Content-Length", "5"]])
        );
        listener.wait().ends(0);
        let requests = backend.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(
            requests[1].head,
            format!(
                "POST /two HTTP/1.1\r\nHost: {}\r\nSvix-Id: real\r\nContent-Length: 5\r\n\r\n",
                backend.address()
            )
        );
        assert_eq!(requests[1].body, "hello");
    }
}

#[test]
fn heads_behind_chunks_of_any_size_are_exact() {
    let sizes = [
        "3",
        "003",
        "0000000000000003",
        "00000000000000000000000000000003",
        "3;a=\"b;c\"",
        "3 \t",
        "000000000000000000000000003 ;x",
    ];
    for size in sizes {
        let room = Room::new();
        let mut listener = room.listen(&["--exit-after", "2"]);
        let last = size.replace('3', "0");
        let sent = format!(
            "POST /one HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc\r\n{last}\r\nX-T: 1\r\n\r\n\
             POST /two HTTP/1.1\r\nX-CaMeL: 1\r\nContent-Length: 0\r\n\r\n"
        );
        exchange(&listener, sent.as_bytes());
        assert_eq!(listener.next()["body"], "abc", "{size:?}");
        let headers = json!([["X-CaMeL", "1"], ["Content-Length", "0"]]);
        assert_eq!(listener.next()["headers"], headers, "{size:?}");
        listener.wait().ends(0);
    }
}

/// Targets that Node and nginx accept.
const TARGETS: [&str; 7] = [
    "/a\"b?c=<d>",
    "/<script>`{x}|\\^`</script>?\"<>`",
    "/?q=\"a\"&r=<b>#<c>\"",
    "/a#b",
    "/\u{e9}<\u{2603}>",
    "//<a>//",
    "http://public.example/<a>?\"b\"",
];

#[test]
fn targets_that_other_servers_accept_are_recorded_and_forwarded_as_they_are() {
    let backend = Backend::start();
    let room = Room::new();
    let forward = backend.url("");
    let count = TARGETS.len().to_string();
    let mut listener = room.listen(&[
        "--forward",
        &forward,
        "--store",
        "h.db",
        "--exit-after",
        &count,
    ]);
    for target in TARGETS {
        // In pieces, of which none holds the whole target.
        let sent = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let mut stream = listener.connect();
        for piece in sent.as_bytes().chunks(3) {
            stream.write_all(piece).unwrap();
        }
        assert!(
            answers(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"),
            "{target}"
        );
        let capture = listener.next();
        assert_eq!(capture["target"], target);
        let path = target
            .strip_prefix("http://public.example")
            .unwrap_or(target);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        assert_eq!(capture["path"], path);
        assert_eq!(capture["query"], query);
    }
    let ran = listener.wait();
    assert_eq!(ran.ends(0).stderr, "");
    let wanted = TARGETS.map(|target| {
        let path = target
            .strip_prefix("http://public.example")
            .unwrap_or(target);
        // The backend shows bytes.
        let path: String = path.bytes().map(char::from).collect();
        format!("GET {path} HTTP/1.1")
    });
    assert_eq!(backend.lines(), wanted);
    let listed = room.run(&["history", "--json", "--store", "h.db"]);
    let mut kept: Vec<_> = listed
        .ends(0)
        .json()
        .iter()
        .map(|line| line["target"].clone())
        .collect();
    kept.reverse();
    assert_eq!(kept, TARGETS);
    // What was captured goes out again as it came.
    let again = Backend::start();
    room.run(&[
        "replay",
        &format!("last:{count}"),
        "--raw",
        "--to",
        &again.url(""),
        "--store",
        "h.db",
    ])
    .ends(0);
    assert_eq!(again.lines().len(), TARGETS.len());
}

#[test]
fn targets_that_no_server_accepts_stay_refused() {
    let room = Room::new();
    let listener = room.listen(&[]);
    for target in [
        "<a>",
        "?<",
        "#",
        "/a\x01",
        "/a\tb",
        "/a b",
        "/a\x7f",
        "http:///<a>",
        "http://h<i/",
    ] {
        let answer = exchange(
            &listener,
            format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes(),
        );
        assert!(
            answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{target:?}: {answer}"
        );
    }
    assert_eq!(listener.stop().ends(0).json()[0]["captures"], 0);
}
