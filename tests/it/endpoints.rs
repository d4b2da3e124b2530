//! `hookctl endpoints`: registered URLs, their rules, their secrets, and what is sent to them.

use serde_json::{Value, json};

use crate::harness::{Endpoint, Hit, Ran, Room};

const HANDLER: &str = "http://localhost:3000/webhooks";

/// Registers an endpoint and returns it.
#[track_caller]
fn add(room: &Room, url: &str, args: &[&str]) -> Value {
    room.run(&[&["endpoints", "add", url, "--json"], args].concat())
        .ends(0)
        .json()
        .remove(0)
}

#[track_caller]
fn secret(room: &Room, name: &str) -> String {
    let ran = room.run(&["endpoints", "secret", name, "--reveal"]);
    ran.ends(0).stdout.trim().to_owned()
}

/// Whether a request is signed with a secret.
fn is_signed_with(room: &Room, hit: &Hit, secret: &str) -> bool {
    let request = [hit.head.as_bytes(), b"\r\n\r\n", &hit.body].concat();
    let ran = room.run_with(&["verify", "--secret", secret, "-"], &[], &request);
    ran.code == 0
}

/// All that is said, for comparison: nothing in it differs from run to run but the id.
#[track_caller]
fn refused(ran: &Ran, said: &str) {
    ran.is(2, "", said);
}

#[test]
fn an_endpoint_is_registered_with_a_secret_of_its_own_in_the_providers_form() {
    let room = Room::new();
    let first = add(
        &room,
        HANDLER,
        &["--events", "lead_replied, ken/email_sent"],
    );
    let id = first["id"].as_str().unwrap();
    assert!(id.starts_with("ep_") && id.len() == 25, "{id}");
    let wanted = json!({
        "type": "endpoint", "id": id, "name": "ken", "provider": "ken", "url": HANDLER,
        "events": ["lead_replied", "email_sent"], "description": null, "enabled": true, "secret": "[redacted]",
        "method": "POST", "content_type": "json", "basic": null, "map": [], "log_response_body": false,
        "created_at": first["created_at"], "changed_at": first["created_at"], "failures": 0, "disabled_because": null,
    });
    assert_eq!(first, wanted);
    let other = add(&room, HANDLER, &["--provider", "ken", "--events", "*"]);
    assert_eq!(other["name"], "ken-2");
    let (one, two) = (secret(&room, "ken"), secret(&room, "ken-2"));
    for secret in [&one, &two] {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        assert_eq!(bytes.len(), 24);
    }
    assert_ne!(one, two);
    assert_ne!(one, room.run(&["secret", "ken"]).stdout.trim());
    assert_eq!(room.run(&["endpoints", "--json"]).json(), [first, other]);
}

#[test]
fn endpoints_are_shown_to_people_without_their_secrets() {
    let room = Room::new();
    room.run(&["endpoints"]).is(
        0,
        "",
        "No endpoint is registered.\n\
         hint: `hookctl endpoints add URL --provider NAME --events EVENT` registers one.\n",
    );
    let args = [
        "endpoints",
        "add",
        HANDLER,
        "--provider",
        "scratcher",
        "--events",
        "prize.won",
    ];
    let more = [
        "--name",
        "wheel",
        "--description",
        "CRM",
        "--secret",
        "s3cr3t",
        "--basic",
        "me:pw",
        "--map",
        "source=webhook",
        "--log-response-body",
    ];
    let ran = room.run(&[&args[..], &more].concat());
    let id = room.run(&["endpoints", "--json"]).json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    ran.is(
        0,
        &format!(
            "wheel  enabled  {id}\n\
             \x20 provider        scratcher\n\
             \x20 url             POST http://localhost:3000/webhooks\n\
             \x20 events          prize.won\n\
             \x20 description     CRM\n\
             \x20 content type    json\n\
             \x20 secret          [redacted]\n\
             \x20 credentials     basic [redacted]\n\
             \x20 custom payload  source=webhook\n\
             \x20 log             with the bodies of answers\n"
        ),
        "hint: `hookctl endpoints secret wheel --reveal` prints the secret that your handler verifies with.\n",
    );
    assert_eq!(room.run(&["endpoints", "show", "wheel"]).stdout, ran.stdout);
    assert_eq!(room.run(&["endpoints", "show", &id]).stdout, ran.stdout);
    room.run(&["endpoints", "list"]).is(
        0,
        "NAME   PROVIDER   STATE    URL                             EVENTS\n\
         wheel  scratcher  enabled  http://localhost:3000/webhooks  prize.won\n",
        "",
    );
    room.run(&["endpoints", "list", "--provider", "ken"])
        .ends(0);
    let all = room.run(&["endpoints", "show", "wheel", "--json"]).stdout;
    assert!(!all.contains("s3cr3t") && !all.contains("me:pw"), "{all}");
}

#[test]
fn every_rule_of_a_provider_is_said_when_it_is_broken() {
    let room = Room::new();
    let cases: [(&[&str], &str); 15] = [
        (
            &[HANDLER, "--provider", "ken"],
            "error: an endpoint of Ken needs at least one event\n\
             hint: `hookctl events ken` lists them; `*` stands for all.\n",
        ),
        (
            &[HANDLER, "--provider", "ken", "--events", ""],
            "error: an endpoint of Ken needs at least one event\n\
             hint: `hookctl events ken` lists them; `*` stands for all.\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "ken",
                "--events",
                "lead_replied,lead_clickd",
            ],
            "error: ken has no event `lead_clickd`\nhint: Did you mean `lead_clicked` or `lead_replied`?\n",
        ),
        (
            &[HANDLER, "--provider", "ken", "--events", "zzz"],
            "error: ken has no event `zzz`\n\
             hint: `hookctl events ken` lists them; `*` stands for all, also for those that are in no catalogue.\n",
        ),
        (
            &[HANDLER, "--provider", "kan", "--events", "*"],
            "error: unknown provider `kan`\nhint: Did you mean `ken`?\n",
        ),
        (
            &[HANDLER, "--events", "*"],
            "error: an endpoint is one of a provider\n\
             hint: Say whose: `--provider NAME`; `hookctl providers` lists them.\n",
        ),
        (
            &["http://example.com/x", "--provider", "ken", "--events", "*"],
            "error: Ken delivers to https:// only, and this is `http://example.com`\n\
             hint: http:// is taken for this machine: localhost, 127.0.0.1, [::1].\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "scratcher",
                "--events",
                "*",
                "--method",
                "get",
                "--basic",
                "a:b",
            ],
            "error: scratcher sends credentials with POST only, not with GET\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "ken",
                "--events",
                "*",
                "--method",
                "PUT",
            ],
            "error: Ken sends POST, not PUT\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "ken",
                "--events",
                "*",
                "--content-type",
                "form",
            ],
            "error: Ken sends json bodies, not form\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "ken",
                "--events",
                "*",
                "--secret",
                "whsec_?",
            ],
            "error: cannot sign with this secret: Svix takes `whsec_` and base64, and this is not base64 (7 characters)\n\
             hint: Leave it out, and one in the form of Ken is made.\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "scratcher",
                "--events",
                "prize.won",
                "--basic",
                "me",
            ],
            "error: `--basic` needs a user and a password with a colon between them\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "scratcher",
                "--events",
                "prize.won",
                "--map",
                "email",
            ],
            "error: cannot map `prize.won`: `email`: write FIELD=@PATH or FIELD=TEXT\n",
        ),
        (
            &[HANDLER, "--provider", "ken", "--events", "*", "--name", " "],
            "error: an endpoint needs a name\n",
        ),
        (
            &[
                HANDLER,
                "--provider",
                "ken",
                "--events",
                "*",
                "--name",
                "a\nb",
            ],
            "error: the name \"a\\nb\" holds control characters\n",
        ),
    ];
    for (args, said) in cases {
        refused(&room.run(&[&["endpoints", "add"], args].concat()), said);
    }
    let ran = room.run(&["--no-store", "endpoints"]);
    refused(
        &ran,
        "error: endpoints stand in the file of the history, and `--no-store` does without\n",
    );
    assert_eq!(room.run(&["endpoints", "--json"]).stdout, "");
    // What a provider allows that others do not.
    add(
        &room,
        "http://example.com/x",
        &["--provider", "konvox", "--events", "*"],
    );
    add(
        &room,
        "https://example.com/x",
        &["--provider", "ken", "--events", "*"],
    );
    add(
        &room,
        HANDLER,
        &[
            "--provider",
            "scratcher",
            "--events",
            "*",
            "--method",
            "get",
        ],
    );
}

#[test]
fn what_is_not_named_stays_and_an_empty_secret_keeps_the_old_one() {
    let room = Room::new();
    let url = "http://me:pw@localhost:3000/x";
    let args = [
        "--provider",
        "scratcher",
        "--events",
        "prize.won",
        "--secret",
        "old",
        "--map",
        "a=b",
    ];
    let old = add(&room, url, &args);
    assert_eq!(
        (&old["url"], &old["basic"]),
        (&json!("http://localhost:3000/x"), &json!("[redacted]"))
    );
    let edit =
        |args: &[&str]| room.run(&[&["endpoints", "edit", "scratcher", "--json"], args].concat());
    assert_eq!(edit(&["--secret", ""]).ends(0).json()[0], old);
    assert_eq!(secret(&room, "scratcher"), "old");
    let new = edit(&[
        "--url",
        "http://localhost:3001/y",
        "--events",
        "*",
        "--description",
        "all",
    ]);
    let new = new.ends(0).json().remove(0);
    assert_eq!(new["url"], "http://localhost:3001/y");
    assert_eq!(new["events"], json!(["*"]));
    for same in ["id", "name", "map", "basic", "secret", "created_at"] {
        assert_eq!(new[same], old[same], "{same}");
    }
    assert!(new["changed_at"].as_str() > old["changed_at"].as_str());
    let cleared = edit(&[
        "--map",
        "",
        "--basic",
        "",
        "--no-secret",
        "--description",
        "",
    ]);
    let cleared = cleared.ends(0).json().remove(0);
    for empty in ["basic", "secret", "description"] {
        assert_eq!(cleared[empty], Value::Null);
    }
    assert_eq!(cleared["map"], json!([]));
    refused(
        &room.run(&["endpoints", "secret", "scratcher"]),
        "error: `scratcher` has no secret; its deliveries are not signed\nhint: `--rotate` makes one.\n",
    );
    room.run(&["endpoints", "secret", "scratcher", "--rotate"]).is(
        0,
        "[redacted]\n",
        "It is new: attempts from now on are signed with it.\nhint: `--reveal` prints it in clear.\n",
    );
    // A rule that is broken leaves it as it is.
    edit(&["--events", ""]).ends(2);
    edit(&["--url", "http://example.com"]).ends(2);
    assert_eq!(
        room.run(&["endpoints", "show", "scratcher", "--json"])
            .json()[0]["url"],
        "http://localhost:3001/y"
    );
    add(&room, HANDLER, &["--provider", "ken", "--events", "*"]);
    refused(
        &room.run(&["endpoints", "edit", "ken", "--no-secret"]),
        "error: Ken signs every delivery, so an endpoint needs a secret\n",
    );
    refused(
        &room.run(&["endpoints", "edit", "ken", "--name", "scratcher"]),
        "error: an endpoint is called `scratcher` already\n\
         hint: Call this one otherwise, as in `--name scratcher-2`; `hookctl endpoints edit` changes that one.\n",
    );
}

#[test]
fn secrets_are_printed_on_demand_and_can_be_made_anew() {
    let room = Room::new();
    add(&room, HANDLER, &["--provider", "ken", "--events", "*"]);
    room.run(&["endpoints", "secret", "ken"]).is(
        0,
        "[redacted]\n",
        "hint: `--reveal` prints it in clear.\n",
    );
    let json = |args: &[&str]| {
        room.run(&[&["endpoints", "secret", "ken", "--json"], args].concat())
            .json()
            .remove(0)
    };
    assert_eq!(
        json(&[]),
        json!({"type": "secret", "endpoint": "ken", "provider": "ken", "secret": "[redacted]"})
    );
    let old = secret(&room, "ken");
    let new = json(&["--rotate", "--reveal"])["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(new.starts_with("whsec_") && new != old);
    assert_eq!(secret(&room, "ken"), new);
    add(&room, HANDLER, &["--provider", "konvox", "--events", "*"]);
    refused(
        &room.run(&["endpoints", "secret", "konvox", "--rotate"]),
        "error: Konvox does not sign its webhooks, so it has no secret\n",
    );
    // A secret from a file, without the line end that does not belong to it.
    room.write("secret.txt", "text of mine\n");
    add(
        &room,
        HANDLER,
        &[
            "--provider",
            "typeform",
            "--events",
            "*",
            "--secret-file",
            "secret.txt",
        ],
    );
    assert_eq!(secret(&room, "typeform"), "text of mine");
}

#[test]
fn names_are_put_right() {
    let room = Room::new();
    refused(
        &room.run(&["endpoints", "show", "ken"]),
        "error: no endpoint is called `ken`\n\
         hint: None is registered; `hookctl endpoints add URL --provider NAME --events EVENT` does that.\n",
    );
    add(
        &room,
        HANDLER,
        &["--provider", "ken", "--events", "*", "--name", "production"],
    );
    for action in [
        "show", "edit", "enable", "disable", "remove", "secret", "test",
    ] {
        refused(
            &room.run(&["endpoints", action, "prodution"]),
            "error: no endpoint is called `prodution`\nhint: Did you mean `production`?\n",
        );
    }
    refused(
        &room.run(&["endpoints", "remove", "production", "zzz"]),
        "error: no endpoint is called `zzz`\nhint: `hookctl endpoints` lists them.\n",
    );
    room.run(&["endpoints", "show", "production"]).ends(0);
    refused(
        &room.run(&["history", "--endpoint", "prodution"]),
        "error: no endpoint is called `prodution`\nhint: Did you mean `production`?\n",
    );
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
fn endpoints_stay_when_the_history_is_cleared() {
    let room = Room::new();
    add(&room, HANDLER, &["--provider", "ken", "--events", "*"]);
    room.run(&["history", "clear", "--yes"]).ends(0);
    assert_eq!(room.run(&["endpoints", "--json"]).json().len(), 1);
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
