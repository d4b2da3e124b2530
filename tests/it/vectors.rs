//! Known answers: each gets the verdict that its source gives it, and each failure its cause.

use base64::Engine as _;
use serde_json::Value;

use crate::harness::{Ran, Room, project};

fn vectors() -> Vec<Value> {
    let text = std::fs::read_to_string(project("tests/it/data/vectors.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Runs `verify` on a known answer.
fn verify(room: &Room, vector: &Value) -> Ran {
    let body = base64::engine::general_purpose::STANDARD
        .decode(vector["body_b64"].as_str().unwrap())
        .unwrap();
    room.write("body", body);
    let now = vector["now"].as_i64().unwrap_or(1_700_000_000).to_string();
    let text = |key: &str| vector[key].as_str().unwrap();
    let mut args: Vec<String> = ["verify", "--json", "--body", "body", "--at", &now]
        .map(str::to_owned)
        .to_vec();
    args.extend(["--scheme", text("scheme"), "--secret", text("secret")].map(str::to_owned));
    args.extend(["--method", text("method")].map(str::to_owned));
    if let Some(url) = vector["url"].as_str() {
        args.extend(["--url", url].map(str::to_owned));
    }
    for (name, value) in vector["headers"].as_object().unwrap() {
        args.push("-H".to_owned());
        args.push(format!("{name}: {}", value.as_str().unwrap()));
    }
    let args: Vec<&str> = args.iter().map(|arg| &**arg).collect();
    room.run(&args)
}

/// The causes of the interface that a vector's own words mean; none means that no cause may be found.
fn codes(explain: &str) -> &'static [&'static str] {
    match explain {
        "empty-secret" => &["secret_empty"],
        "secret-used-raw" | "key-derivation raw instead of base64" => &["secret_encoding"],
        "secret-whitespace" => &["secret_whitespace"],
        "crlf" => &["body_line_endings"],
        "trailing CRLF stripped" => &["body_final_newline"],
        "prefix missing" => &["signature_prefix"],
        "number formatting" => &["body_number_format"],
        "digest length 64 under sha1=" | "wrong digest" => &["signature_digest"],
        "hex-vs-base64" => &["signature_encoding"],
        "url: trailing slash" => &["url_path"],
        "url scheme" => &["url_scheme"],
        "s-vs-ms" => &["timestamp_unit"],
        "body is a JSON string containing the original" => &["body_double_stringified"],
        "\\u0026 unescaped" => &["body_html_escape"],
        other if other.starts_with("unicode-escape") => &["body_unicode_escape"],
        other if other.starts_with("reserialized") => &["body_reserialised"],
        other if other.starts_with("v1/v2 are plain") => &["signature_digest"],
        "wrong-secret" | "mismatch" | "bodySHA256 mismatch" => &["no_cause_found"],
        "stale" | "future" => &[],
        other => panic!("no code for `{other}`"),
    }
}

#[test]
fn every_known_answer_gets_its_verdict() {
    let vectors = vectors();
    assert!(vectors.len() > 150);
    let room = Room::new();
    for vector in vectors
        .iter()
        .filter(|vector| vector["expect"] != "challenge")
    {
        let (id, expect) = (&vector["id"], &vector["expect"]);
        let ran = verify(&room, vector);
        let found = ran.json().remove(0);
        assert_eq!(&found["status"], expect, "{id}: {found}");
        assert_eq!(found["scheme"], vector["scheme"], "{id}");
        assert_eq!(ran.stderr, "", "{id}");
        ran.ends(i32::from(expect != "valid"));
    }
}

#[test]
fn every_explained_failure_gets_its_cause_first() {
    let room = Room::new();
    let mut wrong = Vec::new();
    for vector in vectors() {
        let Some(explain) = vector["explain"].as_str() else {
            continue;
        };
        let found = verify(&room, &vector).json().remove(0);
        let causes = found["causes"].as_array().unwrap();
        let seen: Vec<&str> = causes
            .iter()
            .map(|cause| cause["code"].as_str().unwrap())
            .collect();
        if seen.first() != codes(explain).first() {
            wrong.push(format!("{}: {explain}: {causes:?}", vector["id"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_signature_that_fits_but_is_old_is_stale_not_a_mismatch() {
    let room = Room::new();
    room.write("body", r#"{"test": 2432232314}"#);
    let at = |at: &str, tolerance: &str| {
        let ran = room.run(&[
            "verify",
            "--json",
            "--secret",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "--body",
            "body",
            "-H",
            "svix-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
            "-H",
            "Svix-Timestamp: 1614265330",
            "-H",
            "SVIX-SIGNATURE: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "--at",
            at,
            "--tolerance",
            tolerance,
        ]);
        let found = ran.json().remove(0);
        (
            ran.code,
            found["status"].as_str().unwrap().to_owned(),
            found["reason"].clone(),
        )
    };
    let valid = (0, "valid".to_owned(), Value::Null);
    assert_eq!(at("1614265330", "5m"), valid);
    assert_eq!(at("2021-02-25T15:07:10Z", "5m"), valid);
    assert_eq!(
        at("1614265631", "5m"),
        (1, "invalid".to_owned(), "stale".into())
    );
    assert_eq!(
        at("1614265029", "5m"),
        (1, "invalid".to_owned(), "future".into())
    );
    assert_eq!(at("1614275330", "24h"), valid);
}
