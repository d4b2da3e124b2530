//! What `hookctl listen --forward` shows and keeps of the answers, and what the user adds to the requests.

use rusqlite::Connection;
use serde_json::json;

use crate::harness::{Endpoint, Room, steady};

const POST: &str =
    "POST /w HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";

const BAD: &str = "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n\
                   {\"error\":\"\u{9b}2J\",\"n\":1}";

#[test]
fn what_a_target_says_of_a_failure_is_shown() {
    let target = Endpoint::answering(BAD);
    let room = Room::new();
    let to = target.url("");
    for (show, answer) in [
        (
            "full",
            "    ← {\n    ←   \"error\": \"\\u009b2J\",\n    ←   \"n\": 1\n    ← }\n    Host: x\n",
        ),
        ("line", ""),
    ] {
        let args = ["--forward", &to, "--show", show, "-q", "--exit-after", "1"];
        let listener = room.listen_at(":0", &args);
        listener.exchange(POST);
        let ran = listener.wait();
        let out = steady(&ran.ends(0).stdout);
        let line = "[time]  POST /w  500  unsigned  2 B  [ms]  → 500 [ms]\n";
        assert!(out.starts_with(&format!("{line}{answer}")), "{out}");
        assert!(!out.contains('\u{9b}'), "{out}");
    }
}

#[test]
fn what_a_target_answered_is_kept_with_the_capture() {
    let target = Endpoint::answering(
        "HTTP/1.1 404 X\r\nContent-Type: text/plain\r\nSet-Cookie: session=1\r\nContent-Length: 4\r\n\r\noops",
    );
    let copy = Endpoint::status(204);
    let room = Room::new();
    let (to, copy_to) = (target.url(""), copy.url("/copy"));
    let args = ["--forward", &to, "--forward", &copy_to, "--exit-after", "1"];
    let listener = room.listen(&args);
    listener.exchange(POST);
    let capture = listener.wait().ends(0).json().remove(0);
    let first = json!({
        "url": target.url("/w"), "status": 404, "duration_ms": capture["forward"][0]["duration_ms"], "error": null,
        "response_headers": [["content-type", "text/plain"], ["set-cookie", "[redacted]"], ["content-length", "4"]],
        "response_body": "oops",
    });
    assert_eq!(capture["forward"][0], first);
    let kept = room.run(&["history", "--json"]).ends(0).json().remove(0);
    assert_eq!(kept["forward"], capture["forward"]);
    let shown = room.run(&["history", "show", "last"]);
    let shown = steady(&shown.ends(0).stdout);
    let answers = "\n\
        forwarded to http://127.0.0.1:[port]/w: 404 in [ms]\n\
        content-type: text/plain\n\
        set-cookie: [redacted]\n\
        content-length: 4\n\
        \n\
        oops\n\
        \n\
        forwarded to http://127.0.0.1:[port]/copy: 204 in [ms]\n\
        content-length: 0\n";
    assert!(shown.ends_with(answers), "{shown}");
    let export = ["history", "export", "--reveal", "--output", "all.ndjson"];
    room.run(&export).ends(0);
    room.run(&["history", "import", "all.ndjson", "--store", "again.db"])
        .ends(0);
    let again = room.run(&["history", "export", "--reveal", "--store", "again.db"]);
    assert_eq!(again.stdout, room.read("all.ndjson"));
}

#[test]
fn a_target_is_left_alone_until_a_request_comes() {
    let target = Endpoint::status(200).unused();
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url("")]);
    listener.stop().ends(0);
}

#[test]
fn headers_of_the_user_go_along_and_name_the_host() {
    let target = Endpoint::status(204);
    let room = Room::new();
    let to = target.url("");
    let headers = [
        "--forward-header",
        "Host: app.test",
        "--forward-header",
        "X-Dev: a, b",
    ];
    let args = [&["--forward", &to, "--exit-after", "1"], &headers[..]].concat();
    let listener = room.listen(&args);
    listener.exchange(POST);
    listener.wait().ends(0);
    assert_eq!(
        target.hits()[0].head,
        "POST /w HTTP/1.1\r\nHost: app.test\r\nContent-Length: 2\r\nX-Dev: a, b"
    );
    // The capture is as it came.
    let kept = room.run(&["history", "--json"]).ends(0).json().remove(0);
    let came = json!([
        ["Host", "x"],
        ["Connection", "close"],
        ["Content-Length", "2"]
    ]);
    assert_eq!(kept["headers"], came);
    for (header, why) in [
        ("no colon", "a header needs a colon, as in `X-Name: value`"),
        ("X: a\r\nY: b", "a header value holds no control characters"),
        (
            "content-length: 3",
            "`content-length` is made from the body, and a wrong one would break the connection",
        ),
    ] {
        let ran = room.run(&["listen", ":0", "--forward", &to, "--forward-header", header]);
        assert!(ran.ends(2).stderr.contains(why), "{}", ran.stderr);
    }
    room.run(&["listen", ":0", "--forward-header", "X: 1"])
        .ends(2);
}

/// The bodies that other tools parse and print again.
#[test]
fn bodies_of_every_style_are_passed_on_as_they_are() {
    let target = Endpoint::status(204);
    let room = Room::new();
    let bodies: [(&str, &[u8]); 6] = [
        (
            "application/json",
            br#"{ "a":1.10, "b":"\/\u00e9\u2028", "a":12345678901234567890 }"#,
        ),
        (
            "application/json; charset=utf-8",
            "\u{feff}{\"é\":\t1e2}\r\n\r\n".as_bytes(),
        ),
        (
            "application/x-www-form-urlencoded",
            b"payload=%7B%22a%22%3A1%7D&b=+&b=%20&c",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\x00\r\n--x--\r\n",
        ),
        ("text/plain", b" \r\n"),
        ("application/octet-stream", b"\x00\x1f\x8b"),
    ];
    let count = bodies.len().to_string();
    let listener = room.listen(&["--forward", &target.url("/hook"), "--exit-after", &count]);
    for (kind, body) in bodies {
        let head = format!(
            "POST /?a=b HTTP/1.1\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        listener.exchange([head.as_bytes(), body].concat());
    }
    listener.wait().ends(0);
    for (hit, (kind, body)) in target.hits().iter().zip(bodies) {
        assert_eq!(hit.body, body, "{kind}");
        assert_eq!(hit.header("content-type"), Some(kind));
        assert_eq!(hit.header("content-length"), Some(&*body.len().to_string()));
        assert!(hit.head.starts_with("POST /hook?a=b HTTP/1.1\r\n"));
    }
}

#[test]
fn a_history_of_an_earlier_version_is_brought_up_to_date() {
    let room = Room::new();
    let import = ["history", "import", "-", "-q", "--store", "h.db"];
    room.run_with(&import, &[], b"curl http://localhost/x -d 1")
        .ends(0);
    let path = room.path().join("h.db");
    // The third version knew nothing of forwards, nor of the time of the history.
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "ALTER TABLE attempt DROP COLUMN url; ALTER TABLE entry DROP COLUMN kept;
            DROP TABLE clock; DROP TABLE imported; PRAGMA user_version = 3;",
        )
        .unwrap();
    let lines = room
        .run(&["history", "--json", "--store", "h.db"])
        .ends(0)
        .json();
    assert_eq!(lines[0]["body"], "1");
    let target = Endpoint::status(204);
    let to = target.url("");
    let args = ["--forward", &to, "--store", "h.db", "--exit-after", "1"];
    let listener = room.listen(&args);
    listener.exchange(POST);
    listener.wait().ends(0);
    let lines = room
        .run(&["history", "--json", "--store", "h.db"])
        .ends(0)
        .json();
    assert_eq!(lines[0]["forward"][0]["status"], 204);
    assert_eq!(lines.len(), 2);
}
