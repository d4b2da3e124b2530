//! `hookctl replay`: the same again, signed afresh or byte for byte.

use serde_json::{Value, json};

use crate::harness::{Endpoint, Room};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A raw Ken delivery with odd spelling, order and white space, signed long ago.
const RAW: &str = "POST /hooks/./ken?x=%2F HTTP/1.1\r\nHOST: example.com\r\nX-CaMeL: 1\r\nSVIX-ID: msg_9\r\n\
    x-camel: 2\r\nSvix-Timestamp: 1700000000\r\nSvix-Signature: v1,AAAA\r\nContent-Length: 108\r\n\r\n\
    { \"eventType\": \"lead_clicked\", \"eventId\": \"1:lead_clicked:2\", \"contact\": {}, \"company\": {}, \"campaign\": {} }";

fn verify(room: &Room, request: &[u8]) -> Value {
    room.run_with(&["verify", "--json", "--secret", SECRET, "-"], &[], request)
        .json()
        .remove(0)
}

#[test]
fn a_raw_file_keeps_all_but_its_signature_host_and_length() {
    let room = Room::new();
    room.write("ken.http", RAW);
    let endpoint = Endpoint::status(200);
    room.run(&[
        "replay",
        "ken.http",
        "--secret",
        SECRET,
        "--to",
        &endpoint.url(""),
    ])
    .ends(0);
    let hit = endpoint.hits().remove(0);
    let lines: Vec<&str> = hit.head.lines().collect();
    assert_eq!(
        lines[0],
        "POST /hooks/ken?x=%2F HTTP/1.1".replace("/ken", "/./ken")
    );
    assert_eq!(
        lines[1],
        format!("HOST: {}", endpoint.url("").trim_start_matches("http://"))
    );
    assert_eq!(
        (lines[2], lines[3], lines[4]),
        ("X-CaMeL: 1", "SVIX-ID: msg_9", "x-camel: 2")
    );
    assert!(lines[5].starts_with("Svix-Timestamp: ") && lines[5] != "Svix-Timestamp: 1700000000");
    assert!(lines[6].starts_with("Svix-Signature: v1,") && lines[6].len() > 50);
    assert_eq!(
        hit.body,
        RAW.split("\r\n\r\n").nth(1).unwrap().as_bytes(),
        "the body is not parsed and printed again"
    );
    let whole = [hit.head.as_bytes(), b"\r\n\r\n", &hit.body].concat();
    assert_eq!(verify(&room, &whole)["status"], "valid");
}

#[test]
fn raw_sends_exactly_what_was_stored() {
    let room = Room::new();
    room.write("ken.http", RAW);
    let endpoint = Endpoint::status(200);
    room.run(&["replay", "ken.http", "--raw", "--to", &endpoint.url("")])
        .ends(0);
    let hit = endpoint.hits().remove(0);
    assert_eq!(
        format!(
            "{}\r\n\r\n{}",
            hit.head,
            String::from_utf8(hit.body).unwrap()
        ),
        RAW
    );
}

#[test]
fn a_url_with_a_path_is_used_as_it_is() {
    let room = Room::new();
    room.write("ken.http", RAW);
    let endpoint = Endpoint::status(200);
    room.run(&[
        "replay",
        "ken.http",
        "--raw",
        "--to",
        &endpoint.url("/mine?y=1"),
    ])
    .ends(0);
    assert!(
        endpoint.hits()[0]
            .head
            .starts_with("POST /mine?y=1 HTTP/1.1\r\nHOST: example.com\r\n")
    );
}

#[test]
fn saved_captures_are_replayed_in_their_order_with_a_verdict() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "caps", "--status", "503"]);
    let to = format!("{}/hook", listener.url);
    room.run(&["send", "klen/call", "--to", &to]).ends(1);
    let events: Vec<Value> = (0..5).map(|_| listener.next()["event"].clone()).collect();
    listener.stop().ends(0);

    let endpoint = Endpoint::status(200);
    let ran = room.run(&["replay", "caps", "--json", "--to", &endpoint.url("")]);
    let lines = ran.ends(0).json();
    let replayed: Vec<Value> = lines[..5]
        .iter()
        .map(|line| line["event"].clone())
        .collect();
    assert_eq!(replayed, events);
    assert!(lines[..5].iter().all(|line| line["verdict"] == "fixed"));
    assert!(endpoint.hits()[0].head.starts_with("POST /hook HTTP/1.1"));

    let refusing = Endpoint::status(500);
    let lines = room
        .run(&["replay", "caps", "--json", "--to", &refusing.url("")])
        .ends(1)
        .json();
    assert!(lines[..5].iter().all(|line| line["verdict"] == "same"));
}

#[test]
fn a_capture_keeps_its_delivery_id_unless_it_gets_a_new_one() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "caps"]);
    let to = format!("{}/hook", listener.url);
    room.run(&[
        "send",
        "lead_clicked",
        "--id",
        "msg_1",
        "--timestamp",
        "-1h",
        "--to",
        &to,
    ])
    .ends(0);
    assert_eq!(listener.next()["signature"]["reason"], "stale");
    listener.stop().ends(0);
    let mut listener = room.listen(&[]);
    room.run(&["replay", "caps", "--raw", "--to", &listener.url])
        .ends(0);
    let first = listener.next();
    assert_eq!(
        (&first["delivery_id"], &first["signature"]["reason"]),
        (&json!("msg_1"), &json!("stale"))
    );

    room.run(&["replay", "caps", "--to", &listener.url]).ends(0);
    let again = listener.next();
    assert_eq!(
        (&again["delivery_id"], &again["duplicate"]),
        (&json!("msg_1"), &json!(true))
    );
    assert_eq!(again["signature"]["status"], "valid", "a new timestamp");

    room.run(&["replay", "caps", "--new-id", "--to", &listener.url])
        .ends(0);
    let new = listener.next();
    assert_ne!(new["delivery_id"], "msg_1");
    assert_eq!(new["signature"]["status"], "valid");
    listener.stop().ends(0);
}

#[test]
fn edits_faults_and_expectations_work_as_in_send() {
    let room = Room::new();
    room.write("ken.http", RAW);
    let mut listener = room.listen(&["--secret", SECRET, "--require-valid"]);
    let replay = |extra: &[&str]| {
        room.run(
            &[
                &[
                    "replay",
                    "ken.http",
                    "--secret",
                    SECRET,
                    "--quiet",
                    "--to",
                    &listener.url,
                ],
                extra,
            ]
            .concat(),
        )
    };
    replay(&["--set", "contact.email=a@b", "-H", "X-New: 1"]).ends(0);
    replay(&["--tamper", "body"]).ends(1);
    replay(&["--tamper", "secret", "--expect", "401"]).ends(0);
    replay(&["--set", "nothing.email=1"]).ends(2);
    let edited = listener.next();
    assert_eq!(
        edited["body"],
        r#"{"eventType":"lead_clicked","eventId":"1:lead_clicked:2","contact":{"email":"a@b"},"company":{},"campaign":{}}"#
    );
    assert!(
        edited["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["X-New", "1"]))
    );
    for _ in 0..2 {
        assert_eq!(listener.next()["signature"]["reason"], "mismatch");
    }
    listener.stop().ends(0);
}

#[test]
fn a_payload_alone_is_sent_byte_for_byte_with_the_headers_of_its_provider() {
    let room = Room::new();
    let body = "{\n  \"event\": \"message.sent\",\n  \"timestamp\": \"x\",\n  \
                \"data\": {\"n\": 12345678901234567890, \"m\": 1.10},\n  \"team\": {}\n}\n";
    room.write("event.json", body);
    let mut listener = room.listen(&[]);
    let to = format!("{}/hook", listener.url);
    room.run(&["replay", "event.json", "--to", &to]).ends(0);
    let capture = listener.next();
    assert_eq!(capture["body"], body);
    assert_eq!(
        (&capture["provider"], &capture["signature"]["status"]),
        (&json!("kakiyo"), &json!("valid"))
    );

    room.run(&["replay", "event.json", "--set", "data.n=8.0", "--to", &to])
        .ends(0);
    let capture = listener.next();
    assert_eq!(
        capture["body"],
        r#"{"event":"message.sent","timestamp":"x","data":{"n":8,"m":1.1},"team":{}}"#
    );
    assert_eq!(capture["signature"]["status"], "valid");

    room.run(&["replay", "event.json", "--raw", "--to", &to])
        .ends(0);
    let capture = listener.next();
    assert_eq!(capture["body"], body);
    assert_eq!(capture["signature"]["status"], "missing");
    listener.stop().ends(0);

    room.write("other.json", "{\"a\":1}");
    room.run(&["replay", "other.json", "--to", "http://localhost:1/"]).is(
        2,
        "",
        "error: `other.json` is a payload alone, and no provider is known by it\nhint: Say whose it is with `--provider NAME`.\n",
    );
}

#[test]
fn every_sample_of_the_project_can_be_replayed() {
    let room = Room::new();
    let listener = room.listen(&["--show", "none"]);
    let to = format!("{}/hook", listener.url);
    for provider in ["ken", "konvox", "kakiyo", "klen", "scratcher"] {
        let folder = crate::harness::project("fixtures").join(provider);
        room.run(&["replay", &folder.to_string_lossy(), "--quiet", "--to", &to])
            .ends(0);
    }
    let summary = listener.stop().json().pop().unwrap();
    assert_eq!(
        (&summary["captures"], &summary["invalid"]),
        (&json!(37), &json!(0))
    );
    assert_eq!(summary["valid"], 37 - 6, "konvox does not sign");
}

#[test]
fn an_unsigned_request_of_nobody_is_sent_without_a_signature_and_said_so() {
    let room = Room::new();
    room.write(
        "some.http",
        "PUT /x HTTP/1.1\nContent-Type: text/plain\n\nhello\n",
    );
    let endpoint = Endpoint::status(200);
    let ran = room.run(&["replay", "some.http", "--to", &endpoint.url("")]);
    assert_eq!(
        ran.stderr,
        "note: `some.http` carries no signature that is known here; it is sent without.\n"
    );
    ran.ends(0);
    let hit = endpoint.hits().remove(0);
    assert!(hit.head.starts_with("PUT /x HTTP/1.1\r\n"));
    assert_eq!(hit.body, b"hello\n");
}

#[test]
fn a_chunked_request_is_sent_in_chunks_again() {
    let room = Room::new();
    room.write("some.http", "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    let mut listener = room.listen(&[]);
    room.run(&["replay", "some.http", "--raw", "--to", &listener.url])
        .ends(0);
    let capture = listener.next();
    assert_eq!(capture["body"], "abcde");
    assert_eq!(
        capture["headers"],
        json!([["Host", "x"], ["Transfer-Encoding", "chunked"]])
    );
    listener.stop().ends(0);
}

/// A capture of a listener, with these headers and this body.
fn capture(headers: &Value, body: &str) -> String {
    let line = json!({
        "type": "capture", "method": "POST", "path": "/x", "query": "", "headers": headers, "body": body,
    });
    format!("{line}\n")
}

#[test]
fn the_style_of_a_stored_signature_is_kept() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "caps"]);
    let to = format!("{}/hook", listener.url);
    let send = ["send", "kakiyo/message.sent", "--to", &to];
    room.run(&[&send[..], &["--variant", "bare-hex"]].concat())
        .ends(0);
    room.run(&send).ends(0);
    listener.next();
    listener.next();
    listener.stop().ends(0);
    let replay = [
        "replay",
        "caps",
        "--as",
        "json",
        "--to",
        "http://localhost/",
    ];
    let starts: Vec<bool> = room
        .run(&replay)
        .ends(0)
        .json()
        .iter()
        .map(|request| {
            let headers = request["headers"].as_array().unwrap();
            let found = headers
                .iter()
                .find(|header| header[0] == "x-kakiyo-signature");
            found.unwrap()[1].as_str().unwrap().starts_with("sha256=")
        })
        .collect();
    assert_eq!(starts, [false, true]);
}

#[test]
fn equal_notes_are_said_once() {
    let room = Room::new();
    let some = capture(&json!([["content-type", "text/plain"]]), "x");
    room.write("some.ndjson", some.repeat(9));
    let endpoint = Endpoint::status(200);
    let ran = room.run(&["replay", "some.ndjson", "--to", &endpoint.url("")]);
    assert_eq!(
        ran.ends(0).stderr,
        "note: 9 requests carry no signature that is known here; they are sent without.\n"
    );
    room.write("body.ndjson", capture(&json!([]), "{}").repeat(2));
    let edit = ["replay", "body.ndjson", "--set", "a=1"];
    let ran = room.run(&[&edit[..], &["--to", &endpoint.url("")]].concat());
    assert_eq!(
        ran.ends(0).stderr,
        "note: `a` is new: the payload of this request has no such field.\n\
         note: 2 requests carry no signature that is known here; they are sent without.\n"
    );
}

#[test]
fn a_new_id_renews_the_key_by_which_receivers_tell_duplicates() {
    let room = Room::new();
    room.write("ken.http", RAW);
    let endpoint = Endpoint::status(200);
    let replay = ["replay", "ken.http", "--new-id", "--secret", SECRET];
    room.run(&[&replay[..], &["--to", &endpoint.url("")]].concat())
        .ends(0);
    let hit = endpoint.hits().remove(0);
    assert_ne!(hit.header("svix-id"), Some("msg_9"));
    let key = hit.json()["eventId"].as_str().unwrap().to_owned();
    assert!(
        key.starts_with("1:lead_clicked:") && key.len() == 16,
        "{key}"
    );
    let body = String::from_utf8(hit.body.clone()).unwrap();
    assert_eq!(
        body.replace(&key, "1:lead_clicked:2").as_bytes(),
        RAW.split("\r\n\r\n").nth(1).unwrap().as_bytes(),
        "all other bytes stay"
    );
    let whole = [hit.head.as_bytes(), b"\r\n\r\n", &hit.body].concat();
    assert_eq!(verify(&room, &whole)["status"], "valid");

    // The key is written in a way of its own, so that it cannot be told from the other bytes.
    room.write(
        "odd.http",
        RAW.replace("1:lead_clicked:2", "1:lead\\u005fclicked:2")
            .replace("106", "111"),
    );
    let replay = ["replay", "odd.http", "--new-id", "--secret", SECRET];
    let ran = room.run(&[&replay[..], &["--to", &endpoint.url("")]].concat());
    assert_eq!(
        ran.ends(0).stderr,
        "note: `eventId` of the body stays, and receivers may take this for a duplicate.\n"
    );
    assert_eq!(endpoint.hits()[1].json()["eventId"], "1:lead_clicked:2");

    room.write(
        "kakiyo.ndjson",
        capture(&json!([["x-kakiyo-signature", "x"]]), "{}"),
    );
    let replay = ["replay", "kakiyo.ndjson", "--new-id"];
    let ran = room.run(&[&replay[..], &["--to", &endpoint.url("")]].concat());
    assert_eq!(
        ran.ends(0).stderr,
        "note: there is no id that `--new-id` could renew.\n"
    );
    assert!(!ran.stdout.contains("msg_"), "{}", ran.stdout);
}

#[test]
fn credentials_of_a_url_are_added_to_what_is_signed_afresh() {
    let room = Room::new();
    room.write("ken.http", RAW);
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("").replace("http://", "http://user:geheim@");
    let replay = ["replay", "ken.http", "--secret", SECRET, "--to", &to];
    let ran = room.run(&replay);
    assert!(!ran.ends(0).stdout.contains("geheim"));
    assert_eq!(
        endpoint.hits()[0].header("authorization"),
        Some("Basic dXNlcjpnZWhlaW0=")
    );
    room.run(&["replay", "ken.http", "--raw", "--to", &to]).is(
        2,
        "",
        "error: `--raw` sends what was stored, and the URL holds credentials to add\n\
         hint: Take them out of the URL, or leave `--raw` out.\n",
    );
}
