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
    let big = listener.next();
    assert_eq!(
        (&big["target"], big.get("body"), &big["response"]["status"]),
        (&json!("/big"), None, &json!(413))
    );
    assert_eq!(listener.next()["body"], "hi");
    let ran = listener.stop();
    assert_eq!(ran.ends(0).json()[0]["captures"], 2);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_body_over_the_limit_is_a_request_like_any_other() {
    let room = Room::new();
    let listener = room.listen_at(
        ":0",
        &[
            "--exit-after",
            "2",
            "--max-body",
            "10",
            "--save",
            "kept",
            "--show",
            "line",
        ],
    );
    for head in [
        "",
        "svix-id: m1\r\nsvix-timestamp: 1\r\nsvix-signature: v1,a\r\n",
    ] {
        let answer = listener.exchange(format!(
            "POST /webhooks/ken HTTP/1.1\r\n{head}Connection: close\r\nContent-Length: 11\r\n\r\nhello world"
        ));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    let ran = listener.wait();
    ran.is(
        0,
        "[time]  POST /webhooks/ken  413  ken  unsigned  over 10 B  [ms]\n    the body is over 10 bytes\n\
         [time]  POST /webhooks/ken  413  ken  ✗ invalid  m1  over 10 B  [ms]\n    the body is over 10 bytes\n",
        "Received 2 requests, 1 invalid.\n",
    );
    assert_eq!(
        std::fs::read_dir(room.path().join("kept")).unwrap().count(),
        0
    );
}

#[test]
fn a_request_that_tells_nothing_is_of_the_provider_whose_local_secret_fits() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let to = format!("{}/hook", listener.url);
    let send = ["send", "lead_replied", "--data", "{\"x\":1}", "--to", &to];
    for _ in 0..2 {
        room.run(&send).ends(0);
        let capture = listener.next();
        assert_eq!(
            (&capture["provider"], &capture["signature"]["status"]),
            (&json!("ken"), &json!("valid"))
        );
        room.run(&["secret", "ken", "--rotate"]).ends(0);
    }
    let other = ["--secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
    room.run(&[&send[..], &other].concat()).ends(0);
    let capture = listener.next();
    assert_eq!(
        (&capture["provider"], &capture["signature"]["status"]),
        (&json!("svix"), &json!("no_secret"))
    );
    listener.stop().ends(0);
    let listener = room.listen_at(":0", &["--show", "line", "--exit-after", "1"]);
    let to = format!("{}/hook", listener.url);
    room.run(&[&send[..5], &[to.as_str()], &other, &["--id", "m1"]].concat())
        .ends(0);
    listener.wait().is(
        0,
        "[time]  POST /hook  200  svix  ? no secret  m1  7 B  [ms]\n    \
         give the secret with `--secret`, or say whose it is with `--provider NAME`\n",
        "Received 1 request.\n",
    );
}

#[test]
fn an_event_in_a_header_alone_is_found() {
    let room = Room::new();
    let listener = room.listen(&["--exit-after", "1"]);
    listener.exchange("POST / HTTP/1.1\r\nX-Klen-Event: call.ended\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
    let capture = listener.wait().ends(0).json().remove(0);
    assert_eq!(
        (&capture["provider"], &capture["event"]),
        (&json!("klen"), &json!("call.ended"))
    );
    room.write("one.json", capture.to_string());
    let ran = room.run(&[
        "replay",
        "one.json",
        "--as",
        "json",
        "--to",
        "http://localhost/",
    ]);
    assert_eq!(ran.ends(0).json()[0]["event"], "call.ended");
}

#[test]
fn a_delivery_that_could_not_be_kept_is_no_duplicate_when_it_comes_again() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "kept"]);
    let kept = room.path().join("kept");
    let to = listener.url.clone();
    let send = [
        "send",
        "lead_replied",
        "--id",
        "m1",
        "--seed",
        "1",
        "--to",
        &to,
    ];
    std::fs::remove_dir(&kept).unwrap();
    room.run(&send).ends(1);
    std::fs::create_dir(&kept).unwrap();
    for duplicate in [false, true] {
        room.run(&send).ends(0);
        assert_eq!(listener.next()["duplicate"], duplicate);
    }
    listener.stop().ends(0);
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
             x-content-type-options: nosniff\r\nconnection: close\r\n\r\n{why}\n",
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
