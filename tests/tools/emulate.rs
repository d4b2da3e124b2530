//! Handlers and clients of others against `hookctl emulate`.

use std::process::Command;

use serde_json::{Value, json};

use crate::api::{emulator, good};
use crate::clients::{Server, node, tool};
use crate::harness::Room;

#[test]
fn the_secret_of_an_endpoint_of_ken_is_its_own_and_the_printed_handler_accepts_it() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let path = "POST /v1/webhooks/endpoints";
    let made = |url: &str| {
        good(
            &api,
            path,
            &json!({"url": url, "events": ["lead_replied"], "description": "Production CRM sync"}),
        )
    };
    let (one, other) = (
        made("https://one.example/ken"),
        made("https://other.example/ken"),
    );
    let secret = |id: &Value| {
        let ran = room.run(&["endpoints", "secret", id.as_str().unwrap(), "--reveal"]);
        ran.ends(0).stdout.trim().to_owned()
    };
    let (own, foreign) = (secret(&one["id"]), secret(&other["id"]));
    assert!(own.starts_with("whsec_") && own != foreign);

    let handler = Server::start(node("ken.mjs"), "KEN_WEBHOOK_SECRET", &own);
    for (id, status) in [(&one["id"], 200), (&other["id"], 400)] {
        let id = id.as_str().unwrap();
        let url = format!("{}/webhooks/ken", handler.url());
        let changed = good(
            &api,
            &format!("PATCH /v1/webhooks/endpoints/{id}"),
            &json!({"url": url}),
        );
        assert_eq!(changed["url"], url);
        let ran = room.run(&["endpoints", "test", id, "--json"]);
        assert_eq!(ran.json()[0]["status"], status, "{}", ran.stdout);
    }
}

#[test]
fn the_secret_that_klen_gives_on_creation_verifies_in_its_handler() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let body = json!({"name": "Calls", "url": "https://calls.example/klen", "subscribed_events": ["call.ended"]});
    let made = good(&api, "POST /api/webhooks/create/", &body);
    let handler = Server::start(
        node("klen.cjs"),
        "KLEN_WEBHOOK_SECRET",
        made["secret"].as_str().unwrap(),
    );
    let (id, url) = (
        made["id"].as_str().unwrap(),
        format!("{}/webhooks/klen", handler.url()),
    );
    good(
        &api,
        &format!("PATCH /api/v1/webhooks/{id}/update"),
        &json!({"url": url}),
    );
    // No test is known of this API: `send` stands for what happens at the provider's.
    let ran = room.run(&["send", "call.ended", "--json"]);
    assert_eq!(ran.ends(0).json()[0]["status"], 200);
    assert_eq!(ran.json()[0]["endpoint"], made["id"]);
}

#[test]
fn the_command_that_is_suggested_works() {
    for (provider, answer) in [
        ("kakiyo", "Webhook created successfully"),
        ("ken", "ep_"),
        ("klen", "\"secret\""),
        ("konvox", "\"error\":null"),
    ] {
        let room = Room::new();
        let mut api = room.serve("emulate", ":0", &["--provider", provider]);
        let command = api.next_line();
        let command = command.strip_prefix("Try: ").expect(&command);
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        let output = tool(&mut shell, "curl");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(answer), "{command}: {said}");
        let listed = room.run(&["endpoints", "list", "--json"]);
        assert_eq!(listed.ends(0).json()[0]["provider"], provider);
    }
}
