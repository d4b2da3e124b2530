//! The libraries of the providers verify what is sent.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::clients::{Catalogue, OLD_SECRET, PYTHON, Receiver, SECRET, Server, node, python, tool};
use crate::harness::Room;

/// Providers with what their libraries are given: `true` for the public key of one that signs with a private key.
const VENDORS: [(&str, bool); 15] = [
    ("discord", true),
    ("github", false),
    ("gitlab", false),
    ("hubspot", false),
    ("linear", false),
    ("paddle", false),
    ("sendgrid", true),
    ("shopify", false),
    ("slack", false),
    ("standard-webhooks", false),
    ("stripe", false),
    ("svix", false),
    ("twilio", false),
    ("typeform", false),
    ("zoom", false),
];

/// The secret that a receiver of a provider is given.
fn receivers_secret(room: &Room, provider: &str, is_public: bool) -> String {
    let public: &[&str] = if is_public { &["--public"] } else { &[] };
    let secret = room.run(&[&["secret", provider], public].concat());
    secret.ends(0).stdout.trim().to_owned()
}

#[test]
fn the_libraries_of_all_vendors_accept_every_event_and_refuse_what_was_tampered_with() {
    let room = Room::new();
    let secrets: BTreeMap<&str, String> = VENDORS
        .into_iter()
        .map(|(provider, public)| (provider, receivers_secret(&room, provider, public)))
        .collect();
    let secrets = serde_json::to_string(&secrets).unwrap();
    let server = Server::start(node("vendors.mjs"), "WEBHOOK_SECRETS", &secrets);
    let path = "";
    let mut receiver = Receiver { room, server, path };
    for (provider, is_public) in VENDORS {
        let catalogue = Catalogue::of(&receiver.room, provider);
        receiver.path = provider_path(provider);
        receiver.accepts_all(provider, catalogue.events.len());
        for event in catalogue.events.keys() {
            receiver.refuses(400, &["send", event, "--tamper", "secret"]);
            // A token in a header says nothing about the body.
            if provider != "gitlab" {
                receiver.refuses(400, &["send", event, "--tamper", "body"]);
            }
        }
        // Another secret of the same form, as if it had been copied from another endpoint.
        let event = catalogue.events.keys().next().unwrap();
        let other = receivers_secret(&Room::new(), provider, false);
        assert!(is_public || !secrets.contains(&other));
        receiver.refuses(400, &["send", event, "--secret", &other]);
    }
}

#[test]
fn the_libraries_of_all_vendors_pass_the_audit() {
    let room = Room::new();
    let secrets: BTreeMap<&str, String> = VENDORS
        .into_iter()
        .map(|(provider, public)| (provider, receivers_secret(&room, provider, public)))
        .collect();
    let secrets = serde_json::to_string(&secrets).unwrap();
    let server = Server::start(node("vendors.mjs"), "WEBHOOK_SECRETS", &secrets);
    let (path, mut warned) = ("", BTreeMap::new());
    let mut receiver = Receiver { room, server, path };
    for (provider, _) in VENDORS {
        receiver.path = provider_path(provider);
        let ran = receiver.run(&["check", "--skip", "rejects-other-methods"]);
        for line in ran.ends(0).json() {
            if line["status"] == "warn" {
                warned.insert(provider, line["id"].as_str().unwrap().to_owned());
            }
        }
    }
    let future = "rejects-future-timestamp";
    let wanted = [
        ("hubspot", future),
        ("paddle", future),
        ("slack", future),
        ("stripe", future),
        ("zoom", "rejects-stale-timestamp"),
    ];
    assert_eq!(
        warned,
        BTreeMap::from(wanted.map(|(provider, id)| (provider, id.to_owned())))
    );
}

/// The path at which the library of a provider verifies.
fn provider_path(provider: &str) -> &'static str {
    Box::leak(format!("/{provider}").into_boxed_str())
}

/// The header of Stripe, and the body, of a request that `sign` prints as JSON.
fn stripe_signed(room: &Room, event: &str, secret: &str) -> (String, String) {
    let print = [
        "--as",
        "json",
        "--to",
        "http://localhost/",
        "--secret",
        secret,
    ];
    let request = room.run(&[&["send", event][..], &print].concat());
    let request = request.ends(0).json().remove(0);
    let headers = request["headers"].as_array().unwrap();
    let header = headers
        .iter()
        .find(|header| header[0] == "stripe-signature")
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&header[1]), text(&request["body"]))
}

#[test]
fn the_python_library_of_stripe_accepts_its_events_and_refuses_others() {
    let room = Room::new();
    for event in Catalogue::of(&room, "stripe").events.keys() {
        let (header, body) = stripe_signed(&room, event, SECRET);
        let judged = |body: &str, secret: &str| {
            let mut command = python("stripe_verify.py");
            let said = tool(command.args([&header, body, secret]), PYTHON).stdout;
            String::from_utf8(said).unwrap()
        };
        assert_eq!(judged(&body, SECRET), "valid\n");
        assert_eq!(judged(&body, OLD_SECRET), "invalid\n");
        assert_eq!(judged(&format!("{body} "), SECRET), "invalid\n");
    }
}
