//! What is sent to endpoints.

use serde_json::{Value, json};

use crate::endpoints::{HANDLER, add, refused, secret};
use crate::harness::{Endpoint, Hit, Room};

/// Whether a request is signed with a secret.
fn is_signed_with(room: &Room, hit: &Hit, secret: &str) -> bool {
    let request = [hit.head.as_bytes(), b"\r\n\r\n", &hit.body].concat();
    let ran = room.run_with(&["verify", "--secret", secret, "-"], &[], &request);
    ran.code == 0
}

#[test]
fn an_event_goes_to_each_endpoint_that_is_enabled_and_subscribed() {
    let room = Room::new();
    let (first, second) = (Endpoint::status(200), Endpoint::status(200));
    let (other, disabled) = (
        Endpoint::status(200).unused(),
        Endpoint::status(200).unused(),
    );
    add(
        &room,
        &first.url("/a"),
        &["--provider", "ken", "--events", "lead_replied"],
    );
    add(
        &room,
        &second.url("/b"),
        &["--provider", "ken", "--events", "*", "--name", "all of it"],
    );
    add(
        &room,
        &other.url("/c"),
        &[
            "--provider",
            "ken",
            "--events",
            "email_sent",
            "--name",
            "other",
        ],
    );
    add(
        &room,
        &disabled.url("/d"),
        &["--provider", "ken", "--events", "*", "--name", "off"],
    );
    room.run(&["endpoints", "disable", "off"])
        .is(0, "off is disabled.\n", "");
    room.run(&["endpoints", "disable", "off"])
        .is(0, "off is disabled already.\n", "");
    let lines = room.run(&["send", "lead_replied", "--json"]).ends(0).json();
    let names: Vec<&Value> = lines.iter().map(|line| &line["endpoint_name"]).collect();
    assert_eq!(names, [&json!("ken"), &json!("all of it"), &Value::Null]);
    assert_eq!(lines[2]["deliveries"], 2);
    // The same message, signed with the secret of each.
    let (one, two) = (first.hits().remove(0), second.hits().remove(0));
    assert!(one.head.starts_with("POST /a ") && two.head.starts_with("POST /b "));
    assert_eq!(one.header("svix-id"), two.header("svix-id"));
    assert_eq!(one.body, two.body);
    assert!(is_signed_with(&room, &one, &secret(&room, "ken")));
    assert!(is_signed_with(&room, &two, &secret(&room, "all of it")));
    assert!(!is_signed_with(&room, &two, &secret(&room, "ken")));
}

#[test]
fn where_nothing_is_registered_for_an_event_it_is_said_what_to_do() {
    let room = Room::new();
    let nobody = Endpoint::status(200).unused();
    // An endpoint of the provider decides, whatever the configuration says.
    room.write(
        "hookctl.toml",
        format!("[providers.ken]\nto = \"{}\"\n", nobody.url("/")),
    );
    add(
        &room,
        HANDLER,
        &[
            "--provider",
            "ken",
            "--events",
            "email_sent",
            "--name",
            "my hook",
        ],
    );
    refused(
        &room.run(&["send", "lead_replied"]),
        "error: no endpoint gets `ken/lead_replied`\n\
         hint: Subscribe one: `hookctl endpoints edit 'my hook' --events email_sent,lead_replied`\n",
    );
    room.run(&["endpoints", "disable", "my hook"]).ends(0);
    refused(
        &room.run(&["send", "email_sent"]),
        "error: every endpoint that gets `ken/email_sent` is disabled\n\
         hint: `hookctl endpoints enable 'my hook'` resumes deliveries to it.\n",
    );
    refused(
        &room.run(&["endpoints", "test", "my hook"]),
        "error: `my hook` is disabled\nhint: `hookctl endpoints enable 'my hook'` resumes deliveries to it.\n",
    );
    room.run(&["endpoints", "remove", "my hook"])
        .is(0, "my hook is removed.\n", "");
    assert_eq!(room.run(&["endpoints", "--json"]).stdout, "");
}

#[test]
fn without_an_optional_secret_deliveries_are_unsigned() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    add(
        &room,
        &handler.url("/"),
        &["--provider", "kakiyo", "--events", "prospect.qualified"],
    );
    room.run(&["send", "prospect.qualified"]).ends(0);
    room.run(&["endpoints", "edit", "kakiyo", "--secret", "mine"])
        .ends(0);
    room.run(&["send", "prospect.qualified"]).ends(0);
    let hits = handler.hits();
    assert_eq!(hits[0].header("x-kakiyo-signature"), None);
    assert!(is_signed_with(&room, &hits[1], "mine"));
}

#[test]
fn a_secret_that_is_given_goes_before_the_endpoints_own() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    add(
        &room,
        &handler.url("/"),
        &["--provider", "ken", "--events", "*"],
    );
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let note = "note: signed with the secret that was given or configured, not with the own one of `ken`.\n";
    assert_eq!(
        room.run(&["send", "lead_replied", "--secret", other])
            .ends(0)
            .stderr,
        note
    );
    let vars = [("HOOKCTL_SECRET", other)];
    assert_eq!(
        room.run_with(&["send", "lead_replied"], &vars, b"").stderr,
        note
    );
    for hit in handler.hits() {
        assert!(is_signed_with(&room, &hit, other));
    }
}

#[test]
fn an_endpoint_is_sent_what_it_asks_for() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let fields = ["--map", "email=@contact.email", "--map", "source=webhook"];
    let new = |name: &str, args: &[&str]| {
        let fixed = [
            "--provider",
            "scratcher",
            "--events",
            "lead.created",
            "--name",
            name,
        ];
        add(
            &room,
            &handler.url(&format!("/{name}?x=1")),
            &[&fixed[..], args].concat(),
        )
    };
    new("json", &[&fields[..], &["--basic", "me:pw"]].concat());
    new("form", &[&fields[..], &["--content-type", "form"]].concat());
    new("get", &[&fields[..], &["--method", "GET"]].concat());
    room.run(&["send", "lead.created", "--seed", "1"]).ends(0);
    let hits = handler.hits();
    let email = hits[0].json()["email"].as_str().unwrap().to_owned();
    assert_eq!(hits[0].json(), json!({"email": email, "source": "webhook"}));
    assert_eq!(hits[0].header("authorization"), Some("Basic bWU6cHc="));
    let pairs = format!("email={}&source=webhook", email.replace('@', "%40"));
    assert_eq!(
        hits[1].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(String::from_utf8(hits[1].body.clone()).unwrap(), pairs);
    assert!(
        hits[2].head.starts_with(&format!("GET /get?x=1&{pairs} ")),
        "{}",
        hits[2].head
    );
    assert!(hits[2].body.is_empty() && hits[2].header("authorization").is_none());
    // What the command says goes before it.
    room.run(&["send", "lead.created", "--map", "only=this"])
        .ends(0);
    assert_eq!(handler.hits()[3].json(), json!({"only": "this"}));
}

#[test]
fn bodies_of_answers_are_in_the_log_only_if_that_is_asked_for() {
    let room = Room::new();
    let handler = Endpoint::answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    add(
        &room,
        &handler.url("/"),
        &["--provider", "scratcher", "--events", "*"],
    );
    let kept = || {
        room.run(&["history", "--out", "--json"]).json()[0]["attempts"][0]["response_body"].clone()
    };
    room.run(&["send", "prize.won"]).ends(0);
    assert_eq!(kept(), "");
    room.run(&["endpoints", "edit", "scratcher", "--log-response-body"])
        .ends(0);
    room.run(&["send", "prize.won"]).ends(0);
    assert_eq!(kept(), "hello");
    room.run(&[
        "endpoints",
        "edit",
        "scratcher",
        "--log-response-body=false",
    ])
    .ends(0);
    room.run(&["send", "prize.won"]).ends(0);
    assert_eq!(kept(), "");
}

#[test]
fn a_test_sends_a_sample_of_what_the_endpoint_gets() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    add(
        &room,
        &handler.url("/"),
        &["--provider", "ken", "--events", "lead_clicked,email_sent"],
    );
    let ran = room.run(&["endpoints", "test", "ken"]);
    assert!(
        ran.ends(0).stdout.starts_with("✓ ken/lead_clicked  POST "),
        "{}",
        ran.stdout
    );
    room.run(&["endpoints", "test", "ken", "--event", "email_sent"])
        .ends(0);
    let hits = handler.hits();
    assert_eq!(hits[0].json()["eventType"], "lead_clicked");
    assert_eq!(hits[1].json()["eventType"], "email_sent");
    assert!(is_signed_with(&room, &hits[0], &secret(&room, "ken")));
    refused(
        &room.run(&["endpoints", "test", "ken", "--event", "lead_replied"]),
        "error: `ken` does not get `lead_replied`\nhint: It gets: lead_clicked, email_sent\n",
    );
    let down = Room::new();
    add(
        &down,
        "http://127.0.0.1:1/",
        &["--provider", "ken", "--events", "*"],
    );
    down.run(&["endpoints", "test", "ken"]).ends(1);
}

#[test]
fn a_listener_and_verify_know_the_secrets_of_endpoints() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    // It was started before there was an endpoint.
    add(
        &room,
        &listener.url,
        &["--provider", "ken", "--events", "*"],
    );
    room.run(&["send", "lead_replied"]).ends(0);
    assert_eq!(listener.next()["signature"]["status"], "valid");
    // A second one, and the local secret, beside it.
    add(
        &room,
        &listener.url,
        &["--provider", "ken", "--events", "*", "--name", "two"],
    );
    room.run(&["send", "lead_replied"]).ends(0);
    for _ in 0..2 {
        assert_eq!(listener.next()["signature"]["status"], "valid");
    }
    room.run(&["send", "lead_replied", "--to", &listener.url])
        .ends(0);
    assert_eq!(listener.next()["signature"]["status"], "valid");
    room.run(&["verify", "last"]).ends(0);
    room.run(&["send", "lead_replied", "--tamper", "secret"])
        .ends(1);
    assert_eq!(listener.next()["signature"]["reason"], "mismatch");
    let newest = room
        .run(&["history", "--in", "--limit", "1", "--json"])
        .json();
    assert_eq!(
        newest[0]["signature"]["detail"],
        "the signature fits neither the local secret nor that of an endpoint here; give the right one with `--secret`"
    );
}
