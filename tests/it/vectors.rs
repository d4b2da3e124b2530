//! Known answers: each gets the verdict that its source gives it.

use base64::Engine as _;
use serde_json::Value;

use crate::harness::{Room, project};

#[test]
fn every_known_answer_gets_its_verdict() {
    let text = std::fs::read_to_string(project("tests/it/data/vectors.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(vectors.len() >= 29);
    let room = Room::new();
    for vector in &vectors {
        let id = vector["id"].as_str().unwrap();
        let body = base64::engine::general_purpose::STANDARD
            .decode(vector["body_b64"].as_str().unwrap())
            .unwrap();
        room.write("body", body);
        let scheme = vector["scheme"].as_str().unwrap();
        let now = vector["now"].as_i64().unwrap_or(1_700_000_000).to_string();
        let headers: Vec<String> = vector["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap()))
            .collect();
        let secret = vector["secret"].as_str().unwrap();
        let mut args = vec![
            "verify", "--json", "--scheme", scheme, "--secret", secret, "--at", &now, "--body",
            "body",
        ];
        for header in &headers {
            args.extend(["-H", header]);
        }
        let ran = room.run(&args);
        let expect = vector["expect"].as_str().unwrap();
        ran.ends(i32::from(expect != "valid"));
        assert_eq!(ran.json()[0]["status"], expect, "{id}");
        assert_eq!(ran.json()[0]["scheme"], scheme, "{id}");
        assert_eq!(ran.stderr, "", "{id}");
    }
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
