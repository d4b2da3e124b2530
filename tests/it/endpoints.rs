//! `hookctl endpoints`: registered URLs, their rules, their secrets, and what is sent to them.

use serde_json::{Value, json};

use crate::harness::{Ran, Room};

pub(crate) const HANDLER: &str = "http://localhost:3000/webhooks";

/// Registers an endpoint and returns it.
#[track_caller]
pub(crate) fn add(room: &Room, url: &str, args: &[&str]) -> Value {
    room.run(&[&["endpoints", "add", url, "--json"], args].concat())
        .ends(0)
        .json()
        .remove(0)
}

#[track_caller]
pub(crate) fn secret(room: &Room, name: &str) -> String {
    let ran = room.run(&["endpoints", "secret", name, "--reveal"]);
    ran.ends(0).stdout.trim().to_owned()
}

/// All that is said, for comparison: nothing in it differs from run to run but the id.
#[track_caller]
pub(crate) fn refused(ran: &Ran, said: &str) {
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

/// What is registered, and why it is refused.
const BROKEN: [(&[&str], &str); 15] = [
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

#[test]
fn every_rule_of_a_provider_is_said_when_it_is_broken() {
    let room = Room::new();
    for (args, said) in BROKEN {
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
fn endpoints_stay_when_the_history_is_cleared() {
    let room = Room::new();
    add(&room, HANDLER, &["--provider", "ken", "--events", "*"]);
    room.run(&["history", "clear", "--yes"]).ends(0);
    assert_eq!(room.run(&["endpoints", "--json"]).json().len(), 1);
}
