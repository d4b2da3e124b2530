//! `hookctl send`: what goes out, what is said about the answer.

use serde_json::{Value, json};

use crate::harness::{Endpoint, Room};

#[test]
fn a_delivery_says_what_was_sent_and_what_came_back() {
    let room = Room::new();
    let endpoint = Endpoint::status(204);
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--id",
        "msg_1",
        "--to",
        &endpoint.url("/hooks?a=1"),
    ]);
    ran.is(
        0,
        "✓ ken/lead_replied  POST http://127.0.0.1:[port]/hooks?a=1  204  [ms]  msg_1\n",
        "",
    );
    let hit = endpoint.hits().remove(0);
    assert!(
        hit.head.starts_with("POST /hooks?a=1 HTTP/1.1\r\n"),
        "{}",
        hit.head
    );
    assert_eq!(hit.header("content-type"), Some("application/json"));
    assert_eq!(hit.header("svix-id"), Some("msg_1"));
    assert_eq!(hit.json()["eventType"], "lead_replied");
}

#[test]
fn what_is_printed_is_what_is_sent() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/hooks");
    let args = |extra: &'static str| {
        let mut args = vec![
            "send",
            "klen/call.failed",
            "--seed",
            "3",
            "--timestamp",
            "1700000000",
        ];
        args.extend([
            "--set",
            "call.note=Zoë & \"x\" <y> / 1",
            "-H",
            "X-Extra: 1",
            "--quiet",
            "--to",
            &to,
        ]);
        args.extend(Some(extra).filter(|extra| !extra.is_empty()));
        room.run(&args)
    };
    let printed = args("--dry-run").ends(0).stdout.clone();
    assert_eq!(endpoint.hits().len(), 0, "a dry run sends nothing");
    args("").ends(0);
    let hit = endpoint.hits().remove(0);
    let sent = format!(
        "{}\r\n\r\n{}",
        hit.head,
        String::from_utf8(hit.body).unwrap()
    );
    assert_eq!(printed, sent);
}

#[test]
fn the_body_is_what_javascript_would_stringify() {
    let room = Room::new();
    let mut args = vec![
        "send",
        "kakiyo/prospect.qualified",
        "--as",
        "json",
        "--to",
        "http://localhost/",
    ];
    for edit in [
        "data.a=8.0",
        "data.b=1e2",
        "data.c=12345678901234567890",
        "data.d=Zoë / \u{1f}",
        "data.2=x",
        "data.1=y",
    ] {
        args.extend(["--set", edit]);
    }
    let ran = room.run(&args);
    let body = ran.ends(0).json()[0]["body"].as_str().unwrap().to_owned();
    assert!(
        body.contains("\"data\":{\"1\":\"y\",\"2\":\"x\",\"prospect\":"),
        "{body}"
    );
    assert!(
        body.contains("\"a\":8,\"b\":100,\"c\":12345678901234567000,\"d\":\"Zoë / \\u001f\""),
        "{body}"
    );
}

#[test]
fn edits_are_done_noted_or_refused_but_never_ignored() {
    let room = Room::new();
    let send = |edits: &[&str]| {
        let mut args = vec![
            "send",
            "lead_replied",
            "--as",
            "json",
            "--to",
            "http://localhost/",
        ];
        args.extend(edits);
        room.run(&args)
    };
    let ran = send(&[
        "--set",
        "contact.email=a@example.com",
        "--unset",
        "company.industry",
    ]);
    let body: Value =
        serde_json::from_str(ran.ends(0).json()[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["contact"]["email"], "a@example.com");
    assert_eq!(body["company"].get("industry"), None);
    assert_eq!(ran.stderr, "");

    let ran = send(&["--set", "contact.note=1"]);
    assert_eq!(
        ran.stderr,
        "note: `contact.note` is new: the payload of ken/lead_replied has no such field.\n"
    );

    send(&["--set", "data.note=1"]).is(
        2,
        "",
        "error: cannot set `data.note`: the payload has no `data`; near: `eventType`, `eventId`, `occurredAt`, `contact`, `company`\n",
    );
    send(&["--unset", "contact.emial"]).is(
        2,
        "",
        "error: cannot unset: the payload has no `contact.emial`; near: `contact.email`, `contact.title`, `contact.id`\n",
    );
}

#[test]
fn data_goes_out_byte_for_byte() {
    let room = Room::new();
    room.write("body.json", "{ \"n\": 1.10 }\n");
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/");
    room.run(&["send", "lead_replied", "--data", "@body.json", "--to", &to])
        .ends(0);
    room.run(&[
        "send",
        "lead_replied",
        "--data",
        " {\"a\":8.0}",
        "--to",
        &to,
    ])
    .ends(0);
    room.run_with(
        &["send", "lead_replied", "--data", "-", "--to", &to],
        &[],
        b"\x00\xff",
    )
    .ends(0);
    let bodies: Vec<Vec<u8>> = endpoint.hits().into_iter().map(|hit| hit.body).collect();
    assert_eq!(
        bodies,
        [&b"{ \"n\": 1.10 }\n"[..], b" {\"a\":8.0}", b"\x00\xff"]
    );
}

#[test]
fn custom_payloads_go_as_json_as_a_form_and_in_the_query() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/hook?key=1");
    let map = [
        "--map",
        "email=@contact.email",
        "--map",
        "campaign_name=@campaign.name",
        "--map",
        "source=webhook",
    ];
    let send = |extra: &[&str]| {
        room.run(
            &[
                &["send", "scratcher/lead.created", "--to", &to],
                &map[..],
                extra,
            ]
            .concat(),
        )
        .ends(0);
    };
    send(&[]);
    send(&["--content-type", "form"]);
    send(&["--method", "get"]);
    let hits = endpoint.hits();
    let json =
        r#"{"email":"user@example.com","campaign_name":"Summer Promotion","source":"webhook"}"#;
    let form = "email=user%40example.com&campaign_name=Summer+Promotion&source=webhook";
    assert_eq!(String::from_utf8_lossy(&hits[0].body), json);
    assert_eq!(String::from_utf8_lossy(&hits[1].body), form);
    assert_eq!(
        hits[1].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert!(
        hits[2]
            .head
            .starts_with(&format!("GET /hook?key=1&{form} HTTP/1.1")),
        "{}",
        hits[2].head
    );
    assert_eq!(
        (hits[2].body.len(), hits[2].header("content-type")),
        (0, None)
    );
    assert!(
        hits.iter()
            .all(|hit| hit.header("x-hub-signature-256").is_some())
    );
}

#[test]
fn duplicates_keep_their_id_and_bytes_and_order_can_be_turned() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/");
    room.run(&["send", "lead_replied", "--duplicate", "2", "--to", &to])
        .ends(0);
    room.run(&["send", "ken/positive-reply", "--reorder", "--to", &to])
        .ends(0);
    let hits = endpoint.hits();
    assert_eq!(hits.len(), 5);
    assert!(
        hits[..3]
            .iter()
            .all(|hit| hit.body == hits[0].body
                && hit.header("svix-id") == hits[0].header("svix-id"))
    );
    assert_eq!(
        (&hits[3].json()["eventType"], &hits[4].json()["eventType"]),
        (&json!("lead_interested"), &json!("lead_replied"))
    );
}

#[test]
fn an_event_outside_the_catalogue_is_sent_with_a_provider_and_a_note() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let ran = room.run(&[
        "send",
        "lead_bounced",
        "--provider",
        "ken",
        "--id",
        "m",
        "--to",
        &endpoint.url("/"),
    ]);
    ran.is(
        0,
        "✓ ken/lead_bounced  POST http://127.0.0.1:[port]/  200  [ms]  m\n",
        "note: `lead_bounced` is not in the catalogue of ken; the payload is that of `lead_clicked` with another name.\n",
    );
    assert_eq!(endpoint.hits()[0].json()["eventType"], "lead_bounced");
}

#[test]
fn secrets_come_by_flag_then_file_then_environment_then_configuration_then_locally() {
    let room = Room::new();
    let signature = |args: &[&str], vars: &[(&str, &str)]| {
        let fixed = [
            "send",
            "kakiyo/message.sent",
            "--seed",
            "1",
            "--as",
            "json",
            "--to",
            "http://localhost/",
        ];
        let ran = room.run_with(&[&fixed[..], args].concat(), vars, b"");
        let headers = ran.ends(0).json()[0]["headers"].clone();
        let found = headers
            .as_array()
            .unwrap()
            .iter()
            .find(|header| header[0] == "x-kakiyo-signature")
            .cloned();
        found.unwrap()[1].as_str().unwrap().to_owned()
    };
    let of = |secret: &str| signature(&["--secret", secret], &[]);
    room.write("file", "from-file\n");
    let local = signature(&[], &[]);
    assert_eq!(local, of(room.run(&["secret", "kakiyo"]).stdout.trim()));
    room.write(
        "hookctl.toml",
        "[providers.kakiyo]\nsecret_env = \"HOOKCTL_MINE\"\n",
    );
    assert_eq!(
        signature(&[], &[("HOOKCTL_MINE", "from-config")]),
        of("from-config")
    );
    let environment = [
        ("HOOKCTL_MINE", "from-config"),
        ("HOOKCTL_SECRET", "from-env"),
    ];
    assert_eq!(signature(&[], &environment), of("from-env"));
    assert_eq!(
        signature(&["--secret-file", "file"], &environment),
        of("from-file")
    );
    assert_eq!(
        signature(
            &["--secret-file", "file", "--secret", "from-flag"],
            &environment
        ),
        of("from-flag")
    );
}

#[test]
fn the_configuration_knows_where_to_deliver() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    room.write(
        "hookctl.toml",
        format!("[providers.ken]\nto = \"{}\"\n", endpoint.url("/mine")),
    );
    room.run(&["send", "lead_replied"]).ends(0);
    assert!(endpoint.hits()[0].head.starts_with("POST /mine "));
    let ran = room.run(&["send", "klen/call.ended"]);
    ran.is(
        2,
        "",
        "error: nowhere to deliver to\n\
         hint: Give a URL: `--to http://localhost:8080/webhooks/klen`\n\
         hint: Or register it: `hookctl endpoints add http://localhost:8080/webhooks/klen --provider klen --events call.ended`\n\
         hint: Or set `to` under `[providers.klen]` in `hookctl.toml`; `hookctl init` writes one.\n",
    );
}

#[test]
fn edits_are_done_in_the_order_in_which_they_are_typed() {
    let room = Room::new();
    let send = |edits: &[&str]| {
        let fixed = ["send", "lead_replied", "--as", "json"];
        room.run(&[&fixed[..], &["--to", "http://localhost/"], edits].concat())
    };
    let ran = send(&["--set", "contact.email=x", "--unset", "contact"]);
    let body: Value =
        serde_json::from_str(ran.ends(0).json()[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body.get("contact"), None);
    send(&["--unset", "contact", "--set", "contact.email=x"]).is(
        2,
        "",
        "error: cannot set `contact.email`: the payload has no `contact`; near: `email`\n",
    );
}

#[test]
fn values_that_start_like_json_and_are_none_are_noted() {
    let room = Room::new();
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--dry-run",
        "--to",
        "http://localhost/",
        "--set",
        r#"contact.email="\ud800""#,
        "--set",
        "contact.title=1e999",
        "--set",
        "contact.location=007",
    ]);
    assert_eq!(
        ran.ends(0).stderr,
        "note: `\"\\ud800\"` is no JSON that can be read; `contact.email` is set to it as text.\n\
         note: `1e999` is no JSON that can be read; `contact.title` is set to it as text.\n"
    );
}

#[test]
fn an_unknown_event_has_its_name_all_over_its_payload() {
    let room = Room::new();
    let send = |extra: &[&str]| {
        let fixed = ["send", "foo_bar", "--provider", "ken", "--as", "json"];
        room.run(&[&fixed[..], &["--to", "http://localhost/"], extra].concat())
    };
    let ran = send(&[]);
    let text = ran.ends(0).json()[0]["body"].as_str().unwrap().to_owned();
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["eventType"], "foo_bar");
    assert!(
        body["eventId"]
            .as_str()
            .unwrap()
            .starts_with("4821:foo_bar:")
    );
    assert!(!text.contains("email_sent"), "{text}");
    let ran = send(&["--data", "{}"]);
    assert_eq!(ran.ends(0).json()[0]["body"], "{}");
    assert_eq!(
        ran.stderr,
        "note: `foo_bar` is not in the catalogue of ken; the body is sent as it is.\n"
    );
}

#[test]
fn a_variant_of_a_scenario_is_that_of_the_steps_which_have_it() {
    let room = Room::new();
    let call = |variant: &str| {
        let args = ["send", "klen/call", "--as", "json", "--variant", variant];
        room.run(&[&args[..], &["--to", "http://localhost/"]].concat())
    };
    for request in call("outbound").ends(0).json() {
        let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["call"]["type"], "outbound", "{body}");
        assert_eq!(body["call"]["agent_name"], "Outbound Follow-up", "{body}");
        assert!(!body.to_string().contains("Inbound"), "{body}");
    }
    let summaries: Vec<bool> = call("no-summary")
        .ends(0)
        .json()
        .iter()
        .map(|request| request["body"].as_str().unwrap().contains("\"summary\""))
        .collect();
    assert_eq!(summaries, [false, false, false, true, false]);
    call("nope").is(
        2,
        "",
        "error: no event of the scenario `klen/call` has a variant `nope`\n\
         hint: There are: no-contact, no-summary, no-url, outbound, recording\n",
    );
}

#[test]
fn an_id_that_is_on_no_wire_is_not_told() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/");
    room.run(&["send", "kakiyo/message.sent", "--id", "m", "--to", &to])
        .is(
            0,
            "✓ kakiyo/message.sent  POST http://127.0.0.1:[port]/  200  [ms]\n",
            "note: Kakiyo sends no delivery id; `--id` is not used.\n",
        );
    let ran = room.run(&["send", "prize.won", "--json", "--to", &to]);
    assert_eq!(ran.ends(0).json()[0]["delivery_id"], Value::Null);
    let ran = room.run(&["send", "call.ended", "--json", "--to", &to]);
    let id = ran.ends(0).json()[0]["delivery_id"].clone();
    assert_eq!(id, endpoint.hits()[2].header("x-klen-delivery-id").unwrap());
}

#[test]
fn an_empty_secret_leaves_a_delivery_unsigned_and_that_is_said() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/");
    for secret in ["", "whsec_"] {
        let send = ["send", "kakiyo/message.sent", "--secret", secret];
        room.run(&[&send[..], &["--to", &to]].concat()).is(
            0,
            "✓ kakiyo/message.sent  POST http://127.0.0.1:[port]/  200  [ms]\n",
            "note: sent unsigned: the secret is empty.\n",
        );
    }
    assert_eq!(endpoint.hits()[0].header("x-kakiyo-signature"), None);
}
