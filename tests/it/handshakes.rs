//! `listen` answers the requests by which senders check an endpoint.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::harness::{Listener, Room, project};

/// Sends a request and returns head and body of the answer.
fn exchange(
    listener: &Listener,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (String, String) {
    let headers = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = headers.collect::<Vec<_>>().concat();
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    let answer = listener.exchange([head.as_bytes(), body].concat());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

fn get(listener: &Listener, target: &str) -> (String, String) {
    exchange(listener, "GET", target, &[], b"")
}

fn post(listener: &Listener, headers: &[(&str, &str)], body: &str) -> (String, String) {
    exchange(listener, "POST", "/hooks", headers, body.as_bytes())
}

#[track_caller]
fn is(answer: &(String, String), status: u16, media_type: Option<&str>, body: &str) {
    assert!(
        answer.0.starts_with(&format!("http/1.1 {status} ")),
        "{answer:?}"
    );
    // What a caller wrote becomes no markup.
    let nosniff = "\r\nx-content-type-options: nosniff\r\n";
    assert_eq!(answer.0.matches(nosniff).count(), 1, "{answer:?}");
    let line = answer
        .0
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "));
    assert_eq!(line, media_type, "{answer:?}");
    assert_eq!(answer.1, body);
}

#[test]
fn the_known_answers_hold() {
    let text = std::fs::read_to_string(project("tests/it/data/handshakes.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let room = Room::new();
        let mut args = vec!["--status", "201", "--body", "not this"];
        args.extend(
            ["--secret", vector["secret"].as_str().unwrap()]
                .iter()
                .filter(|_| vector["secret"] != ""),
        );
        let mut listener = room.listen(&args);
        let url = vector["url"].as_str().unwrap_or("https://x.test/wh");
        let target = url.strip_prefix("https://x.test").unwrap();
        let headers = vector["headers"].as_object().unwrap().iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (&**name, value.as_str().unwrap()))
            .collect();
        let body = base64::engine::general_purpose::STANDARD
            .decode(vector["body_b64"].as_str().unwrap())
            .unwrap();
        let answer = exchange(
            &listener,
            vector["method"].as_str().unwrap(),
            target,
            &headers,
            &body,
        );
        let wanted = &vector["expect_response"];
        let status = u16::try_from(wanted["status"].as_u64().unwrap()).unwrap();
        let json = wanted["json"]
            .is_object()
            .then(|| wanted["json"].to_string());
        let body = json
            .as_deref()
            .or(wanted["body"].as_str())
            .unwrap_or_default();
        is(&answer, status, wanted["content_type"].as_str(), body);
        for (name, value) in wanted["headers"].as_object().into_iter().flatten() {
            let line = format!("{name}: {}", value.as_str().unwrap()).to_ascii_lowercase();
            assert!(answer.0.contains(&line), "{answer:?}");
        }
        let capture = listener.next();
        assert_eq!(capture["handshake"], vector["scheme"], "{capture}");
        assert_eq!(capture["response"]["status"], status);
    }
}

#[test]
fn slack_gets_its_challenge_and_zoom_its_hash() {
    let room = Room::new();
    let listener = room.listen(&["--secret", "the_secret", "--status", "500"]);
    let slack = r#"{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV","type":"url_verification"}"#;
    is(
        &post(&listener, &[], slack),
        200,
        Some("text/plain"),
        "3eZbrw1aBm2rZgRNFdxV",
    );
    let zoom = r#"{"payload":{"plainToken":"q\"gg8"},"event_ts":1654503849680,"event":"endpoint.url_validation"}"#;
    let answer = post(&listener, &[], zoom);
    // printf '%s' 'q"gg8' | openssl dgst -sha256 -hmac the_secret
    let hash = "0935938d6e26b7f2ce797ffaae3c0985a973872312d830edd6540b46fd247620";
    let wanted = json!({"plainToken": "q\"gg8", "encryptedToken": hash});
    let said: Value = serde_json::from_str(&answer.1).unwrap();
    assert_eq!(said, wanted);
    is(
        &post(&listener, &[], r#"{"type":"message"}"#),
        500,
        None,
        "",
    );
}

#[test]
fn zoom_cannot_be_answered_without_its_secret() {
    let room = Room::new();
    let listener = room.listen_at(":0", &["--show", "line"]);
    let zoom = r#"{"payload":{"plainToken":"t"},"event":"endpoint.url_validation"}"#;
    is(&post(&listener, &[], zoom), 401, None, "");
    let ran = listener.stop();
    assert!(
        ran.stdout.contains("zoom handshake") && ran.stdout.contains("`--secret`"),
        "{}",
        ran.stdout
    );
}

#[test]
fn meta_is_refused_with_a_token_that_is_none_of_the_secrets() {
    let room = Room::new();
    let target =
        |token: &str| format!("/?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=a%20b");
    let listener = room.listen(&[
        "--secret",
        "app_secret",
        "--secret",
        "tok",
        "--require-valid",
    ]);
    is(
        &get(&listener, &target("tok")),
        200,
        Some("text/plain"),
        "a b",
    );
    is(&get(&listener, &target("other")), 403, None, "");
    is(&get(&listener, &target("")), 403, None, "");
}

#[test]
fn bad_signatures_are_refused_where_senders_try_them() {
    let room = Room::new();
    let secret = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    let listener = room.listen(&["--secret", secret]);
    let time = ("X-Signature-Timestamp", "1700000000");
    let bad = "00".repeat(64);
    is(
        &post(
            &listener,
            &[("X-Signature-Ed25519", &bad), time],
            r#"{"type":1}"#,
        ),
        401,
        None,
        "",
    );
    // Another interaction is none.
    is(
        &post(
            &listener,
            &[("X-Signature-Ed25519", &bad), time],
            r#"{"type":2}"#,
        ),
        200,
        None,
        "",
    );
}

/// The HMAC-SHA256 of a body as `sign` computes it.
fn asana_signature(room: &Room, secret: &str, body: &str) -> String {
    room.write("body", body);
    let args = [
        "sign", "--scheme", "asana", "--secret", secret, "--body", "body",
    ];
    let ran = room.run(&args);
    let line = ran
        .ends(0)
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("x-hook-signature: "));
    line.unwrap().to_owned()
}

#[test]
fn a_secret_that_comes_in_a_handshake_verifies_what_follows() {
    let room = Room::new();
    let mut listener = room.listen(&["--secret", "of_another_sender", "--require-valid"]);
    let answer = post(&listener, &[("X-Hook-Secret", "s3cret-one")], "{}");
    is(&answer, 200, None, "");
    assert!(answer.0.contains("x-hook-secret: s3cret-one"));
    let first = listener.next();
    assert_eq!(first["signature"]["status"], "unsigned");
    assert!(!first.to_string().contains("s3cret-one"), "{first}");
    let body = r#"{"events":[{"action":"changed"}]}"#;
    let good = asana_signature(&room, "s3cret-one", body);
    is(
        &post(&listener, &[("X-Hook-Signature", &good)], body),
        200,
        None,
        "",
    );
    let bad = asana_signature(&room, "another", body);
    assert!(
        post(&listener, &[("X-Hook-Signature", &bad)], body)
            .0
            .contains(" 401 ")
    );
    let verdicts: Vec<Value> = (0..2)
        .map(|_| listener.next()["signature"]["status"].clone())
        .collect();
    assert_eq!(verdicts, ["valid", "invalid"]);
}

#[test]
fn the_token_of_notion_is_shown() {
    let room = Room::new();
    let listener = room.listen_at(":0", &["--show", "line"]);
    is(
        &post(&listener, &[], r#"{"verification_token":"secret_tMrlL1q"}"#),
        200,
        None,
        "",
    );
    let ran = listener.stop();
    assert!(
        ran.stdout.contains("notion handshake") && ran.stdout.contains("is secret_tMrlL1q\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn handshakes_can_be_left_alone_and_are_no_failures() {
    let room = Room::new();
    let listener = room.listen(&["--no-handshake", "--body", "mine"]);
    is(
        &get(&listener, "/?challenge=c"),
        200,
        Some("text/plain; charset=utf-8"),
        "mine",
    );
    let mut listener = room.listen(&["--expect-valid", "--exit-after", "1", "--secret", "s"]);
    is(
        &get(&listener, "/?challenge=c"),
        200,
        Some("text/plain"),
        "c",
    );
    assert_eq!(listener.next()["handshake"], "dropbox");
    listener.wait().ends(0);
}
