//! `hookctl verify` and `hookctl sign`: one is the other's proof.

use serde_json::{Value, json};

use crate::harness::Room;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A Ken delivery as a raw file, signed at a fixed time.
fn delivery(room: &Room) -> Vec<u8> {
    let args = [
        "sign",
        "lead_clicked",
        "--seed",
        "7",
        "--id",
        "msg_1",
        "--timestamp",
        "1700000000",
    ];
    let ran = room.run(&[&args[..], &["--secret", SECRET, "--as", "http"]].concat());
    ran.ends(0).stdout.clone().into_bytes()
}

#[test]
fn a_verdict_comes_with_what_was_looked_at() {
    let room = Room::new();
    let request = delivery(&room);
    let verify = |args: &[&str]| {
        room.run_with(
            &[&["verify", "--secret", SECRET, "--at", "1700000010"], args].concat(),
            &[],
            &request,
        )
    };
    verify(&[]).is(
        0,
        "✓ valid  ken, svix  msg_1\n  ✓ signature: `svix-signature` fits\n  ✓ timestamp: 10 s old, 300 s are allowed\n",
        "",
    );
    assert_eq!(
        verify(&["--json"]).json(),
        [json!({
            "type": "verification", "status": "valid", "provider": "ken", "scheme": "svix", "delivery_id": "msg_1",
            "timestamp": 1_700_000_000, "reason": null,
            "checks": [
                {"name": "signature", "ok": true, "detail": "`svix-signature` fits"},
                {"name": "timestamp", "ok": true, "detail": "10 s old, 300 s are allowed"},
            ],
            "causes": [], "warnings": [],
        })]
    );
    let old = room.run_with(
        &["verify", "--secret", SECRET, "--at", "1700000400", "-"],
        &[],
        &request,
    );
    old.is(
        1,
        "✗ invalid (stale)  ken, svix  msg_1\n  ✓ signature: `svix-signature` fits\n  \
         ✗ timestamp: the signature fits, but it is 400 s old and 300 s are allowed\n  \
         hint: An old capture verifies with `--at` its time; for a fresh one, look at the clocks.\n",
        "",
    );
}

#[test]
fn many_secrets_may_be_given_and_the_one_that_fits_is_named() {
    let room = Room::new();
    let request = delivery(&room);
    let args = [
        "verify",
        "--secret",
        OTHER,
        "--secret",
        SECRET,
        "--at",
        "1700000010",
    ];
    let ran = room.run_with(&args, &[], &request);
    assert!(
        ran.ends(0)
            .stdout
            .contains("`svix-signature` fits with secret 2 of 2"),
        "{}",
        ran.stdout
    );
    let ran = room.run_with(
        &["verify", "--secret", OTHER, "--at", "1700000010"],
        &[],
        &request,
    );
    let start = "✗ invalid (mismatch)  ken, svix  msg_1\n  ✗ signature: the signature does not fit this body and secret\n";
    assert!(ran.ends(1).stdout.starts_with(start), "{}", ran.stdout);
}

#[test]
fn a_failure_shows_the_signed_string_the_cause_and_the_fix_and_no_secret() {
    let room = Room::new();
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let verify = |body: &str, more: &[&str]| {
        room.write("body", body);
        let signature = format!("svix-signature: {signature}");
        let args = [
            "verify",
            "--secret",
            SECRET,
            "--at",
            "1614265330",
            "--body",
            "body",
            "--scheme",
            "svix",
            "-H",
            "svix-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
            "-H",
            "svix-timestamp: 1614265330",
            "-H",
            &signature,
        ];
        room.run(&[&args[..], more].concat())
    };
    verify("{\"test\":2432232314}", &[]).is(
        1,
        "✗ invalid (mismatch)  svix  msg_p5jXN8AQM9LWM0D4loKWxJek
  ✗ signature: the signature does not fit this body and secret

  signed     msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\":2432232314}
  received   v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
  computed   another HMAC-SHA256; `--reveal` shows it
  body here  {\"test\":2432232314}  (from byte 8)
  was signed {\"test\":·2432232314}

  body_reserialised
    The signature fits the same JSON written with `, ` and `: `, as Python's json.dumps does.
    Fix: Verify the bytes as they arrived, before anything parses or prints them: in Express `express.raw({ type: '*/*' })` on this route, in Next.js `await request.text()`.
",
        "",
    );
    let revealed = verify("{\"test\": 1}", &["--reveal"]);
    assert!(
        revealed.ends(1).stdout.contains("  computed   v1,"),
        "{}",
        revealed.stdout
    );
}

#[test]
fn each_reason_has_its_words() {
    let room = Room::new();
    let request = String::from_utf8(delivery(&room)).unwrap();
    let reason = |request: &str| {
        let ran = room.run_with(
            &["verify", "--json", "--secret", SECRET, "--at", "1700000010"],
            &[],
            request.as_bytes(),
        );
        let found = ran.ends(1).json().remove(0);
        let failed = found["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["ok"] == false)
            .unwrap()
            .clone();
        (
            found["reason"].as_str().unwrap().to_owned(),
            failed["detail"].as_str().unwrap().to_owned(),
        )
    };
    let is = |reason: &str, detail: &str| (reason.to_owned(), detail.to_owned());
    let without = |name: &str| {
        let lines = request
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with(name));
        lines.collect::<String>()
    };
    assert_eq!(
        reason(&without("svix-signature")),
        is("missing_header", "`svix-signature` is missing")
    );
    assert_eq!(
        reason(&without("svix-id")),
        is("missing_header", "`svix-id` is missing")
    );
    let renamed = request.replace("svix-signature", "x-signature");
    assert_eq!(
        reason(&renamed),
        is(
            "missing_header",
            "`svix-signature` is missing; the request has `x-signature`"
        )
    );
    let v2 = request.replace("v1,", "v2,");
    assert_eq!(
        reason(&v2),
        is(
            "unsupported_version",
            "`svix-signature` has only `v2`, and `v1` is understood"
        )
    );
    let bare = request.replace("v1,", "");
    assert_eq!(
        reason(&bare),
        is(
            "malformed_header",
            "`svix-signature` is not of the form `v1,<base64>`"
        )
    );
    let words = request.replace("svix-timestamp: 1700000000", "svix-timestamp: soon");
    assert_eq!(
        reason(&words),
        is(
            "malformed_header",
            "`svix-timestamp` is `soon`, not a time in unix seconds"
        )
    );
    let moved = request.replace("svix-timestamp: 1700000000", "svix-timestamp: 1700000001");
    assert_eq!(reason(&moved).0, "mismatch");
}

#[test]
fn a_provider_that_does_not_sign_is_never_called_verified() {
    let room = Room::new();
    let body = r#"{"event":"contact.replied","timestamp":"2026-05-20T14:32:00.000Z","companyId":"c","data":{}}"#;
    room.write("body", body);
    let ran = room.run(&["verify", "--provider", "konvox", "--body", "body"]);
    ran.is(
        0,
        "! unsigned  konvox\n  \
         ! Konvox does not sign its webhooks: nothing is covered, anybody could have sent this\n",
        "",
    );
    let found = room
        .run(&["verify", "--provider", "konvox", "--body", "body", "--json"])
        .json()
        .remove(0);
    assert_eq!(found["warnings"][0]["code"], "signature_covers_less");
}

#[test]
fn captures_go_in_and_one_verdict_a_line_comes_out() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "caps"]);
    let to = format!("{}/x", listener.url);
    room.run(&["send", "ken/positive-reply", "klen/call.ended", "--to", &to])
        .ends(0);
    room.run(&["send", "lead_clicked", "--tamper", "signature", "--to", &to])
        .ends(1);
    let mut lines: Vec<String> = (0..4).map(|_| listener.next().to_string()).collect();
    listener.stop().ends(0);
    lines.push(json!({"type": "summary"}).to_string());

    let ran = room.run_with(&["verify", "--json"], &[], lines.join("\n").as_bytes());
    let statuses: Vec<Value> = ran
        .ends(1)
        .json()
        .iter()
        .map(|line| line["status"].clone())
        .collect();
    assert_eq!(statuses, ["valid", "valid", "valid", "invalid"]);
    let ran = room.run(&["verify", "caps", "--json"]);
    assert_eq!(ran.ends(1).json().len(), 4);
}

#[test]
fn sign_makes_what_verify_takes_for_every_scheme() {
    let room = Room::new();
    room.write("body.json", "{ \"any\": \"bytes\" }\n");
    for scheme in [
        "svix",
        "standard-webhooks",
        "kakiyo",
        "klen",
        "hub-sha256",
        "spatie",
    ] {
        let headers = room.run(&[
            "sign",
            "--body",
            "body.json",
            "--scheme",
            scheme,
            "--secret",
            SECRET,
        ]);
        room.write("headers.txt", &headers.ends(0).stdout);
        let args = [
            "verify",
            "--scheme",
            scheme,
            "--secret",
            SECRET,
            "--body",
            "body.json",
            "--headers",
            "headers.txt",
        ];
        room.run(&args).ends(0);
        room.run(&[&args[..5], &["--secret", OTHER], &args[5..]].concat())
            .ends(0);
        let wrong = [
            "verify",
            "--scheme",
            scheme,
            "--secret",
            OTHER,
            "--body",
            "body.json",
            "--headers",
            "headers.txt",
        ];
        room.run(&wrong).ends(1);
    }
}

#[test]
fn sign_prints_the_headers_of_a_delivery() {
    let room = Room::new();
    room.write("body.json", "{\"test\": 2432232314}");
    let args = [
        "sign",
        "--body",
        "body.json",
        "--secret",
        SECRET,
        "--timestamp",
        "1614265330",
        "--id",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
    ];
    let svix = "svix-id: msg_p5jXN8AQM9LWM0D4loKWxJek\nsvix-timestamp: 1614265330\n\
                svix-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\n";
    room.run(&[&args[..], &["--scheme", "svix"]].concat())
        .is(0, svix, "");
    let branded = svix.replace("svix-", "webhook-");
    room.run(&[&args[..], &["--scheme", "standard-webhooks"]].concat())
        .is(0, &branded, "");
    let of_provider = format!("content-type: application/json\n{svix}");
    room.run(&[&args[..], &["--provider", "ken"]].concat())
        .is(0, &of_provider, "");
}

#[test]
fn the_published_answers_of_kakiyo_and_klen_are_made() {
    let room = Room::new();
    let kakiyo = r#"{"event":"message.sent","timestamp":"2026-06-16T08:15:00Z","data":{"prospect":{"name":"Zoë Hofmann"}}}"#;
    room.write("kakiyo.json", kakiyo);
    let ran = room.run(&[
        "sign",
        "--body",
        "kakiyo.json",
        "--provider",
        "kakiyo",
        "--secret",
        "your_webhook_secret_key",
    ]);
    assert!(ran.stdout.contains("x-kakiyo-signature: sha256=901d6c15d39600483e6dd2b55877fd56025cc20816c31b1f12a9e02abcb840bf\n"));
    let klen = r#"{"event_type":"call.started","call":{"id":123,"klen_call_id":"call_abc123"},"timestamp":"2025-04-23T14:30:45Z"}"#;
    room.write("klen.json", klen);
    let ran = room.run(&[
        "sign",
        "--body",
        "klen.json",
        "--provider",
        "klen",
        "--secret",
        "klen_test_secret",
    ]);
    assert!(
        ran.stdout.contains(
            "x-klen-signature: 8aa5815770205e70601283ccd31bbbb2c37e7d4be61fa38d8532f7c55d67984e\n"
        ),
        "{}",
        ran.stdout
    );
}
