//! `hookctl listen`, from a raw socket: what arrives is kept as it came.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use serde_json::json;

use crate::harness::{Endpoint, Room};

#[test]
fn bytes_header_order_spelling_and_the_raw_target_are_kept() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "2"]);
    let mut stream = listener.connect();
    let head = b"POST /a/../b%2F?x=%20&y HTTP/1.1\r\nHOST: x\r\nX-CaMeL:  1 \r\nx-camel: caf\xe9\r\nContent-Length: 256\r\n\r\n";
    let body: Vec<u8> = (0..=255).collect();
    let next = b"GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream
        .write_all(&[&head[..], &body, next].concat())
        .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2);
    let first = listener.next();
    assert_eq!(first["target"], "/a/../b%2F?x=%20&y");
    assert_eq!(
        (&first["path"], &first["query"]),
        (&json!("/a/../b%2F"), &json!("x=%20&y"))
    );
    let headers = json!([
        ["HOST", "x"],
        ["X-CaMeL", "1"],
        ["x-camel", "café", "latin1"],
        ["Content-Length", "256"]
    ]);
    assert_eq!(first["headers"], headers);
    assert_eq!(
        first["body_base64"],
        base64::engine::general_purpose::STANDARD.encode(&body)
    );
    assert_eq!(
        listener.next()["target"],
        "/next",
        "pipelined requests are told apart"
    );
    listener.wait().ends(0);
}

#[test]
fn a_body_over_the_limit_is_refused_and_the_next_request_is_taken() {
    let room = Room::new();
    let mut listener = room.listen(&["--max-body", "10"]);
    let mut stream = listener.connect();
    stream.write_all(b"POST /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 11\r\n\r\nhello world").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let mut stream = listener.connect();
    stream
        .write_all(
            b"POST /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        )
        .unwrap();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(listener.next()["body"], "hi");
    let ran = listener.stop();
    assert!(
        ran.stderr
            .contains("POST /big refused with 413: the body is over 10 bytes"),
        "{}",
        ran.stderr
    );
}

#[test]
fn expectations_decide_how_it_ends() {
    let room = Room::new();
    let listener = room.listen(&["--expect", "ken/lead_replied", "--expect-valid"]);
    room.run(&["send", "lead_replied", "--to", &listener.url])
        .ends(0);
    listener.wait().ends(0);
    let ran = room
        .listen(&["--expect", "lead_replied", "--timeout", "100ms"])
        .wait();
    assert_eq!(
        ran.ends(1).stderr,
        "error: expected `lead_replied`, which did not come\n"
    );
}

#[test]
fn what_does_not_verify_is_refused_on_wish_and_duplicates_are_marked() {
    let room = Room::new();
    let mut listener = room.listen(&["--require-valid"]);
    room.run(&[
        "send",
        "lead_replied",
        "--duplicate",
        "1",
        "--to",
        &listener.url,
    ])
    .ends(0);
    room.run(&[
        "send",
        "lead_replied",
        "--tamper",
        "body",
        "--to",
        &listener.url,
    ])
    .ends(1);
    let seen: Vec<_> = (0..3)
        .map(|_| listener.next())
        .map(|it| (it["duplicate"].clone(), it["response"]["status"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (json!(false), json!(200)),
            (json!(true), json!(200)),
            (json!(false), json!(401))
        ]
    );
    listener.stop().ends(0);
}

/// What is said of the signature of one request that was signed with `k`, by a listener with these arguments and
/// variables.
#[track_caller]
fn verdict(args: &[&str], file: &str) -> (serde_json::Value, String) {
    let room = Room::new();
    room.write("secrets", file);
    let request = room.run(&["sign", "klen/call.failed", "--secret", "k", "--as", "http"]);
    let request = request
        .ends(0)
        .stdout
        .replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
    let listener = room.listen(&[args, &["--exit-after", "1"]].concat());
    let answer = listener.exchange(request);
    let capture = listener.wait().ends(0).json().remove(0);
    (capture["signature"].clone(), answer)
}

#[test]
fn secrets_come_from_flags_and_files_and_any_of_them_may_fit() {
    let signature = |status: &str, reason: Option<&str>| json!({"status": status, "scheme": "klen", "reason": reason});
    let valid = signature("valid", None);
    let invalid = signature("invalid", Some("mismatch"));
    for (args, file, wanted) in [
        (&["--secret", "k"][..], "", &valid),
        (&["--secret", "a", "--secret", "k"], "", &valid),
        (&["--secret", "a", "--secret", "b"], "", &invalid),
        (&["--secret-file", "secrets"], "a\n\nk\n", &valid),
        (&["--secret-file", "secrets"], "a\n", &invalid),
        (&[], "", &signature("no_secret", None)),
    ] {
        assert_eq!(verdict(args, file).0, *wanted, "{args:?} {file:?}");
    }
}

#[test]
fn whoever_is_refused_is_told_why() {
    let refused = |args: &[&str], why: &str| {
        let wanted = format!(
            "HTTP/1.1 401 Unauthorized\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{why}\n",
            why.len() + 1
        );
        assert_eq!(
            verdict(&[args, &["--require-valid"]].concat(), "").1,
            wanted
        );
    };
    refused(
        &["--secret", "a"],
        "the signature does not fit this body and secret",
    );
    refused(&[], "give the secret with `--secret`");
    refused(&["--provider", "konvox"], "not signed");
}

#[test]
fn names_of_saved_files_are_not_for_strangers_to_choose() {
    let room = Room::new();
    let listener = room.listen(&["--save", "kept", "--exit-after", "2"]);
    for event in ["../../x y\u{202e}", &"e".repeat(300)] {
        let body = json!({"event_type": event, "call": {}}).to_string();
        let length = body.len();
        let answer = listener.exchange(format!(
            "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    listener.wait().ends(0);
    let mut names: Vec<String> = std::fs::read_dir(room.path().join("kept"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let ends: Vec<_> = names.iter().map(|name| name.split_at(20).1).collect();
    let long = format!("0002-klen-{}.json", "e".repeat(60));
    assert_eq!(ends, ["0001-klen-.._.._x_y_.json", &long]);
}

#[test]
fn a_wrong_command_sends_nothing() {
    let room = Room::new();
    let endpoint = Endpoint::status(200).unused();
    room.run(&["send", "lead_replyd", "--to", &endpoint.url("/")])
        .ends(2);
    room.run(&[
        "send",
        "lead_replied",
        "--secret",
        "not base64!",
        "--to",
        &endpoint.url("/"),
    ])
    .ends(2);
    room.run(&["send", "lead_replied", "--to", "localhost:3000"])
        .ends(2);
}
