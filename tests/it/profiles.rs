//! Every profile and every event, one after the other: what holds for one must hold for all.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Room, project};

/// Provider and event of all events.
fn events(room: &Room) -> Vec<(String, String)> {
    let lines = room.run(&["events", "--json"]).json();
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let events = lines.iter().filter(|line| line["type"] == "event");
    events
        .map(|line| (text(line, "provider"), text(line, "event")))
        .collect()
}

#[test]
fn every_file_under_fixtures_belongs_to_a_provider_and_is_listed() {
    let room = Room::new();
    let listed: BTreeSet<String> = events(&room)
        .into_iter()
        .map(|(provider, event)| format!("{provider}/{event}.json"))
        .collect();
    let mut found = BTreeSet::new();
    let (mut providers, mut apis) = (0, 0);
    for folder in std::fs::read_dir(project("fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if folder.is_dir() {
            providers += 1;
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            found.extend(files(&folder, &name));
            assert!(
                found.remove(&format!("{name}/provider.toml")),
                "{name} has a profile"
            );
            apis += usize::from(found.remove(&format!("{name}/api.toml")));
            let check = room.run(&["providers", "check", &folder.to_string_lossy()]);
            check.ends(0);
        }
    }
    assert_eq!(found, listed);
    assert_eq!((providers, apis), (5 + 15, 4));
    assert_eq!(listed.len(), (5 + 6 + 12 + 11 + 3) + 68);
}

/// The files of a folder and of those in it, each with the path of its folder.
fn files(folder: &std::path::Path, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            found.extend(files(&path, &name));
        } else {
            found.push(name);
        }
    }
    found
}

#[test]
fn every_event_is_recognised_verified_and_canonical() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    for (provider, event) in events(&room) {
        let to = format!("{}/x", listener.url);
        let name = format!("{provider}/{event}");
        room.run(&["send", &name, "--to", &to]).ends(0);
        let capture = listener.next();
        assert_eq!(
            (&capture["provider"], &capture["event"]),
            (&json!(provider), &json!(event)),
            "{name}"
        );
        let signed = if provider == "konvox" {
            "unsigned"
        } else {
            "valid"
        };
        assert_eq!(capture["signature"]["status"], signed, "{name}");
        assert_eq!(capture["duplicate"], false, "{name}");
        let body = capture["body"].as_str().unwrap();
        if !body.starts_with(['{', '[']) {
            assert_eq!(provider, "twilio", "{name} is no form");
            continue;
        }
        // One provider ends its bodies so, and signs that.
        let end = if provider == "sendgrid" { "\r\n" } else { "" };
        let body = body.strip_suffix(end).unwrap();
        assert!(
            !body.contains(": ") || !body.contains('\n'),
            "{name} is compact"
        );
        let value: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            value.to_string(),
            body,
            "{name} has no number or escape that a parser would change"
        );
    }
    listener.stop().ends(0);
}

#[test]
fn every_scenario_is_received_as_events_of_their_own() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let to = listener.url.clone();
    let lines = room.run(&["events", "--json"]).json();
    let mut scenarios = 0;
    for line in lines.iter().filter(|line| line["type"] == "scenario") {
        let provider = line["provider"].as_str().unwrap();
        let name = format!("{provider}/{}", line["scenario"].as_str().unwrap());
        room.run(&["send", &name, "--to", &to]).ends(0);
        for step in line["steps"].as_array().unwrap() {
            let event = step.as_str().unwrap().split(':').next().unwrap();
            let capture = listener.next();
            assert_eq!(
                (&capture["event"], &capture["duplicate"]),
                (&json!(event), &json!(false)),
                "{name}"
            );
        }
        scenarios += 1;
    }
    assert!(scenarios > 20);
    listener.stop().ends(0);
}

#[test]
fn every_variant_and_scenario_can_be_sent() {
    let room = Room::new();
    let lines = room.run(&["events", "--json"]).json();
    let mut variants = 0;
    for line in &lines {
        let provider = line["provider"].as_str().unwrap();
        let print = ["--dry-run", "--as", "json", "--to", "http://localhost/"];
        if line["type"] == "scenario" {
            let name = format!("{provider}/{}", line["scenario"].as_str().unwrap());
            let ran = room.run(&[&["send", &name][..], &print].concat());
            assert_eq!(
                ran.ends(0).json().len(),
                line["steps"].as_array().unwrap().len(),
                "{name}"
            );
            continue;
        }
        let name = format!("{provider}/{}", line["event"].as_str().unwrap());
        let seeded = ["--seed", "1", "--timestamp", "1700000000"];
        let plain = room
            .run(&[&["send", &name][..], &print, &seeded].concat())
            .json();
        for variant in line["variants"].as_array().unwrap() {
            let flags = ["send", &name, "--variant", variant.as_str().unwrap()];
            let varied = room.run(&[&flags[..], &print, &seeded].concat());
            let of = |line: &Value| (line["body"].clone(), line["headers"].clone());
            assert_ne!(
                of(&varied.ends(0).json()[0]),
                of(&plain[0]),
                "{name} {variant}"
            );
            variants += 1;
        }
    }
    assert!(variants > 20);
    let of_all = lines.iter().find(|line| line["event"] == "message.sent");
    assert_eq!(
        of_all.unwrap()["variants"],
        json!(["bare-hex"]),
        "what goes with any event is listed, too"
    );
}

/// The bodies that a command would send.
pub(crate) fn bodies(room: &Room, args: &[&str]) -> Vec<Value> {
    let print = ["--as", "json", "--to", "http://localhost/"];
    let ran = room.run(&[&["send"], args, &print].concat());
    let requests = ran.ends(0).json();
    requests
        .iter()
        .map(|request| serde_json::from_str(request["body"].as_str().unwrap()).unwrap())
        .collect()
}

#[test]
fn a_reply_comes_after_its_mail_and_its_ids_agree() {
    let room = Room::new();
    let body = bodies(&room, &["lead_replied"]).remove(0);
    let source = body["reply"]["id"].as_str().unwrap();
    assert_eq!(body["eventId"], format!("4821:lead_replied:{source}"));
    assert!(body["reply"]["receivedAt"].as_str() > body["email"]["sentAt"].as_str());
    assert_eq!(body["reply"]["confidence"], Value::Null);
    let contact = &body["contact"];
    let (first, last) = (
        contact["firstName"].as_str().unwrap(),
        contact["lastName"].as_str().unwrap(),
    );
    assert_eq!(contact["fullName"], format!("{first} {last}"));
    let address = format!("{}.{}@", first.to_lowercase(), last.to_lowercase());
    assert!(contact["email"].as_str().unwrap().starts_with(&address));
    assert_eq!(contact["email"], body["email"]["to"]);
    assert!(
        contact["email"]
            .as_str()
            .unwrap()
            .ends_with(body["company"]["domain"].as_str().unwrap())
    );
}

#[test]
fn a_positive_reply_is_two_events_about_one_reply() {
    let room = Room::new();
    let both = bodies(&room, &["ken/positive-reply"]);
    assert_eq!(
        (&both[0]["eventType"], &both[1]["eventType"]),
        (&json!("lead_replied"), &json!("lead_interested"))
    );
    assert_eq!(both[0]["reply"], both[1]["reply"]);
    assert_eq!(both[0]["contact"], both[1]["contact"]);
    assert_ne!(both[0]["eventId"], both[1]["eventId"]);
}

#[test]
fn a_whole_call_shares_its_ids_and_keeps_its_order() {
    let room = Room::new();
    let call = bodies(&room, &["klen/call"]);
    let types: Vec<_> = call
        .iter()
        .map(|body| body["event_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "call.started",
            "call.ended",
            "call.transcript",
            "call.summary",
            "call.recording"
        ]
    );
    for body in &call {
        assert_eq!(
            body["call"]["klen_call_id"],
            call[0]["call"]["klen_call_id"]
        );
        assert_eq!(body["call"]["started_at"], call[0]["call"]["started_at"]);
    }
    assert!(
        call.windows(2)
            .all(|pair| pair[0]["timestamp"].as_str() < pair[1]["timestamp"].as_str())
    );
    let transcript = call[2]["call"]["transcript_url"].as_str().unwrap();
    assert!(transcript.contains(call[0]["call"]["klen_call_id"].as_str().unwrap()));
}

#[test]
fn ids_are_fresh_unless_a_seed_makes_them_repeatable() {
    let room = Room::new();
    let once = bodies(&room, &["lead_clicked"]);
    assert_ne!(once, bodies(&room, &["lead_clicked"]));
    let seeded = bodies(&room, &["lead_clicked", "--seed", "7"]);
    assert_eq!(seeded, bodies(&room, &["lead_clicked", "--seed", "7"]));
    assert_ne!(seeded, bodies(&room, &["lead_clicked", "--seed", "8"]));
    let two = bodies(&room, &["lead_clicked", "lead_clicked", "--seed", "7"]);
    assert_eq!(two[0], seeded[0]);
    assert_ne!(two[1], seeded[0]);
}

#[test]
fn seed_id_and_timestamp_make_the_whole_request_repeatable() {
    let room = Room::new();
    let args = [
        "send",
        "lead_clicked",
        "--seed",
        "7",
        "--id",
        "msg_1",
        "--timestamp",
        "1700000000",
        "--secret",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "--as",
        "http",
        "--to",
        "http://localhost:8080/hooks?a=1",
    ];
    let ran = room.run(&args);
    assert_eq!(ran.stdout, room.run(&args).stdout);
    let golden = std::fs::read_to_string(project("tests/it/golden/lead_clicked.http")).unwrap();
    assert_eq!(
        ran.stdout.replace("\r\n", "\n"),
        golden.trim_end_matches('\n')
    );
}

#[test]
fn times_are_present_and_follow_the_timestamp() {
    let room = Room::new();
    let body = bodies(
        &room,
        &["lead_replied", "--timestamp", "2030-01-02T03:04:05Z"],
    )
    .remove(0);
    assert_eq!(body["occurredAt"], "2030-01-02T03:04:05.000Z");
    assert_eq!(body["reply"]["receivedAt"], "2030-01-02T03:04:01.882Z");
    let body = bodies(
        &room,
        &["call.ended", "--timestamp", "2030-01-02T03:04:05Z"],
    )
    .remove(0);
    assert_eq!(body["timestamp"], "2030-01-02T03:04:05Z");
    assert_eq!(body["call"]["ended_at"], "2030-01-02T03:04:02Z");
}

#[test]
fn documented_quirks_are_kept() {
    let room = Room::new();
    let click = &bodies(&room, &["lead_clicked"])[0]["click"];
    assert!(
        click["originalUrl"]
            .as_str()
            .unwrap()
            .contains("/case-studies/"),
        "the final URL"
    );
    assert!(
        click["destinationUrl"].as_str().unwrap().contains("/r/"),
        "the short link"
    );
    let unattributed = bodies(
        &room,
        &["contact.replied", "--variant", "linkedin-unattributed"],
    )
    .remove(0);
    assert_eq!(unattributed["data"]["channel"], "linkedin");
    assert_eq!(unattributed["data"].get("subject"), None);
    assert_eq!(unattributed["data"]["enrollmentId"], Value::Null);
}

#[test]
fn what_is_inferred_is_called_assumed() {
    let room = Room::new();
    for provider in ["ken", "kakiyo", "klen"] {
        let text = room
            .run(&["providers", "show", provider])
            .ends(0)
            .stdout
            .clone();
        let origin = |fact: &str| {
            let line = text
                .lines()
                .find(|line| line.starts_with(&format!("  {fact}")));
            let words: Vec<&str> = line
                .unwrap()
                .split("  ")
                .filter(|word| !word.is_empty())
                .collect();
            words[2].trim().to_owned()
        };
        assert_eq!(origin("authentication"), "assumed", "{provider}");
        if provider == "ken" {
            for fact in ["time limit", "retries after", "disabled"] {
                assert_eq!(origin(fact), "assumed", "{fact}");
            }
            assert!(text.contains("pending deliveries are attempted again"));
        }
    }
    let scratcher = room.run(&["providers", "show", "scratcher"]);
    assert!(
        scratcher
            .ends(0)
            .stdout
            .contains("Only the selected events of a campaign generate requests")
    );
    let variants = |event: &str| {
        let shown = room.run(&["events", "show", event, "--json"]);
        let variants = shown.ends(0).json()[0]["variants"].clone();
        variants
            .as_array()
            .unwrap()
            .iter()
            .map(|variant| (variant["name"].clone(), variant["from"].clone()))
            .collect::<Vec<_>>()
    };
    for (name, from) in variants("agent.status_changed") {
        let wanted = if name == "bare-hex" {
            "public"
        } else {
            "assumed"
        };
        assert_eq!(from, wanted, "{name}");
    }
    for (name, from) in variants("contact.replied") {
        let wanted = if name == "unattributed" {
            "documented"
        } else {
            "assumed"
        };
        assert_eq!(from, wanted, "{name}");
    }
}
