//! One large or deep request: whatever a stranger sends, no command takes much more memory than its bytes.
//!
//! The limits are of address space, of which a listener reserves half a gigabyte at its start.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{Endpoint, Listener, Ran, Room};
use crate::page_guard::Page;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// For a command, in kilobytes.
const COMMAND: u32 = 150_000;
/// For one with a runtime.
const SENDER: u32 = 300_000;
const LISTENER: u32 = 700_000;
/// For what the page asks for at once.
const PAGE: u32 = 200_000;

/// Bytes of a body that is large.
const SIZE: usize = 8_000_000;

fn deep() -> String {
    "[".repeat(1_000_000) + &"]".repeat(1_000_000)
}

fn list_of(item: &str) -> String {
    let items = format!("{item},").repeat(SIZE / (item.len() + 1));
    format!("[{items}{item}]")
}

fn members(last: &str) -> String {
    let members = (0..SIZE / 16).map(|number| format!("\"k{number:07}\":{}", number % 1_000));
    let members = members.collect::<Vec<_>>().join(",");
    format!("{{{members},\"type\":{last}}}")
}

/// Bodies that are deep or large, each in its own way.
fn bodies() -> [(&'static str, String); 6] {
    [
        ("deep lists", deep()),
        ("deep objects", "{\"a\":".repeat(1_000_000)),
        ("a flat list", list_of("0")),
        ("many keys", members("\"x\"")),
        (
            "one string",
            format!("{{\"type\":\"{}\"}}", "x".repeat(SIZE)),
        ),
        (
            "escapes",
            format!("{{\"a\":\"{}\"}}", "\\u0041".repeat(SIZE / 6)),
        ),
    ]
}

/// A room whose history holds captures with these bodies, the last one the newest.
fn remembering(bodies: &[&str]) -> (Room, Vec<String>) {
    let room = Room::new();
    let lines = bodies.iter().map(|body| {
        let headers = json!([["Host", "localhost"], ["content-type", "application/json"]]);
        let line = json!({"type": "capture", "method": "POST", "path": "/", "headers": headers, "body": body});
        format!("{line}\n")
    });
    room.write("captures.ndjson", lines.collect::<String>());
    room.run(&["history", "import", "captures.ndjson"]).ends(0);
    let listed = room.run(&["history", "--json"]).json();
    let ids = listed
        .iter()
        .rev()
        .map(|row| row["id"].as_str().unwrap().to_owned());
    (room, ids.collect())
}

/// Returns the body of a record; a large one that is full of control characters is in base64.
fn body_of(record: &Value) -> String {
    match record["body_base64"].as_str() {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap(),
        None => record["body"].as_str().unwrap().to_owned(),
    }
}

/// Sends a body as a provider does, signed right, and returns what the sender tells.
fn send(body: &str, to: &Listener) -> Ran {
    let room = Room::new();
    room.write("body", body);
    let url = format!("{}/webhooks/ken", to.url);
    let sent = ["send", "ken/lead_replied", "--data", "@body", "--to", &url];
    room.run(&[&sent[..], &["--secret", SECRET, "-q"]].concat())
}

#[test]
fn listen_takes_shows_and_verifies_large_and_deep_bodies() {
    let mut room = Room::new();
    room.limit_memory(LISTENER);
    let listener = room.listen_at(":0", &["--secret", SECRET, "--no-page", "--show", "full"]);
    for (name, body) in bodies() {
        assert_eq!(send(&body, &listener).code, 0, "{name}");
    }
    let ended = listener.stop();
    let valid = ended.stdout.matches("✓ valid").count();
    let said = "Received 6 requests, 6 valid.\n";
    assert_eq!(
        (ended.code, valid, &*ended.stderr),
        (0, bodies().len(), said)
    );
    for wanted in [
        "    no JSON: nested deeper than 128 levels\n    [[[[",
        "      0,\n      0,\n",
        "\n    … 3,999,603 more lines\n",
        "xxx … 8.0 MB more\n",
    ] {
        assert!(ended.stdout.contains(wanted), "{wanted}");
    }
    assert!(ended.stdout.len() < 200_000, "{}", ended.stdout.len());
}

#[test]
fn listen_writes_large_and_deep_bodies_as_json() {
    let mut room = Room::new();
    room.limit_memory(LISTENER);
    let mut listener = room.listen(&["--secret", SECRET, "--no-page"]);
    for (name, body) in bodies() {
        assert_eq!(send(&body, &listener).code, 0, "{name}");
        let line = listener.next();
        assert!(line["body"] == *body, "{name}");
        assert_eq!(line["signature"]["status"], "valid", "{name}");
        // What is megabytes long is no name of an event.
        assert!(
            line["event"].as_str().is_none_or(|event| event == "x"),
            "{name}"
        );
    }
    listener.stop().ends(0);
}

#[test]
fn the_page_shows_exports_and_compares_large_and_deep_bodies() {
    let mut room = Room::new();
    room.limit_memory(LISTENER + PAGE);
    let listener = room.listen(&["--secret", SECRET, "--show", "none"]);
    let page = Page::of(&listener);
    let bodies = [deep(), list_of("0"), list_of("1"), "\u{1}".repeat(SIZE)];
    for body in &bodies {
        assert_eq!(send(body, &listener).code, 0);
    }
    let rows = page.get("/api/captures").json()["rows"].take();
    let ids: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    let [_, zeros, ones, controls] = ids[..] else {
        panic!("{ids:?}")
    };
    for id in &ids {
        for part in ["", "/body", "/attempts", "/signature"] {
            let answer = page.get(&format!("/api/captures/{id}{part}"));
            assert_eq!(answer.status, 200, "{part}");
        }
    }
    let forms = [
        "ndjson",
        "har",
        "fixture",
        "http",
        "curl",
        "powershell",
        "cmd",
    ];
    for form in forms {
        let answer = page.get(&format!("/api/captures/{controls}/as?form={form}"));
        assert_eq!(answer.status, 200, "{form}");
        assert!(answer.body.len() > SIZE, "{form}: {}", answer.body.len());
    }
    let compared = page
        .get(&format!("/api/compare?a={zeros}&b={ones}&volatile=ignore"))
        .json();
    assert_eq!(compared["differences"][0]["place"], "0");
    let listed = compared["differences"].as_array().unwrap().len();
    assert_eq!(
        (listed, &compared["more"]),
        (1_000, &json!(SIZE / 2 + 1 - 1_000))
    );
    listener.stop().ends(0);
}

#[test]
fn history_shows_the_start_of_large_and_deep_bodies() {
    let controls = "\u{1}".repeat(SIZE);
    let mut all: Vec<(&str, String)> = bodies().into();
    all.push(("control characters", controls));
    for (name, body) in all {
        let (mut room, _) = remembering(&[&body]);
        room.limit_memory(COMMAND);
        for args in [
            &["history", "show"][..],
            &["--color", "always", "history", "show"],
        ] {
            let shown = room.run(args);
            assert_eq!((shown.code, &*shown.stderr), (0, ""), "{name}");
            assert!(
                shown.stdout.len() < 50_000,
                "{name}: {}",
                shown.stdout.len()
            );
        }
        let shown = room.run(&["history", "show", "--json"]);
        assert!(body_of(&shown.ends(0).json()[0]) == body, "{name}");
    }
}

#[test]
fn history_exports_a_large_body_in_every_form() {
    for body in ["\u{1}".repeat(SIZE), "'".repeat(SIZE), list_of("0")] {
        let (mut room, ids) = remembering(&[&body]);
        room.limit_memory(COMMAND + 50_000);
        for form in [
            "ndjson",
            "har",
            "fixture",
            "http",
            "curl",
            "powershell",
            "cmd",
        ] {
            let args = ["history", "export", &ids[0], "--format", form, "-o", form];
            room.run(&args).is(0, "", "1 exported.\n");
        }
        let read = |file: &str| serde_json::from_str::<Value>(&room.read(file)).unwrap();
        assert!(body_of(&read("ndjson")) == body);
        assert!(body_of(&read("fixture")) == body);
        let data = &read("har")["log"]["entries"][0]["request"]["postData"];
        let key = match data["encoding"].as_str() {
            Some(_) => "body_base64",
            None => "body",
        };
        assert!(body_of(&json!({ key: data["text"] })) == body);
        assert!(room.read("http").ends_with(&body));
    }
}

#[test]
fn history_compares_large_bodies() {
    let (mut room, ids) = remembering(&[
        &list_of("0"),
        &list_of("1"),
        &members("1"),
        &members("2"),
        &deep(),
    ]);
    room.limit_memory(COMMAND);
    let diff = |a: usize, b: usize, more: &[&str]| {
        room.run(&[&["history", "diff", &ids[a], &ids[b]], more].concat())
    };
    let flat = diff(0, 1, &[]);
    assert_eq!((flat.code, &*flat.stderr), (1, ""));
    assert!(flat.stdout.starts_with("body 0\n  - 0\n  + 1\nbody 1\n"));
    assert!(
        flat.stdout
            .ends_with("body 999\n  - 0\n  + 1\n… 3,999,001 more differences\n")
    );
    let lines = diff(0, 1, &["--json"]).json();
    assert_eq!(lines.len(), 1_001);
    assert_eq!(
        lines[1_000],
        json!({"type": "differences_left_out", "count": 3_999_001})
    );
    diff(2, 3, &[]).is(1, "body type\n  - 1\n  + 2\n", "");
    let deep = diff(0, 4, &["--json"]).json();
    assert_eq!(
        (deep.len(), &deep[0]["what"], &deep[0]["truncated"]),
        (1, &json!("body"), &json!(true))
    );
}

#[test]
fn large_and_deep_bodies_are_sent_replayed_and_verified() {
    for (name, body) in bodies() {
        let handler = Endpoint::status(200);
        let to = handler.url("/webhooks/ken");
        let (mut room, _) = remembering(&[&body]);
        room.write("body", &body);
        room.limit_memory(SENDER);
        let run = |args: &[&str]| {
            let ran = room.run(&[args, &["--to", &to, "--secret", SECRET]].concat());
            assert_eq!(ran.code, 0, "{name} {args:?} {}", ran.stderr);
            assert!(ran.stdout.len() < 50_000, "{name} {args:?}");
        };
        run(&["send", "ken/lead_replied", "--data", "@body"]);
        run(&["send", "ken/lead_replied", "--data", "@body", "-v"]);
        run(&["replay", "last", "--provider", "ken"]);
        let hits = handler.hits();
        assert!(hits.iter().all(|hit| hit.body == body.as_bytes()), "{name}");
        room.write("request.http", hits[0].request());
        let verified = room.run(&["verify", "--secret", SECRET, "request.http", "--json"]);
        assert_eq!(verified.ends(0).json()[0]["status"], "valid", "{name}");
        let signed = room.run(&[
            "sign",
            "--provider",
            "ken",
            "--body",
            "body",
            "--secret",
            SECRET,
        ]);
        assert_eq!(signed.code, 0, "{name}");
    }
}

#[test]
fn replay_refuses_to_edit_more_values_than_memory_holds() {
    let (mut room, _) = remembering(&[&list_of("0")]);
    room.limit_memory(SENDER);
    let args = [
        "replay",
        "last",
        "--to",
        "http://localhost:1/",
        "--set",
        "0=1",
        "--provider",
        "ken",
    ];
    let ran = room.run(&[&args[..], &["--secret", SECRET]].concat());
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    assert!(
        ran.stderr
            .starts_with("error: cannot edit the body of `cap_"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("more than 500000 values"),
        "{}",
        ran.stderr
    );
}

#[test]
fn responses_that_are_large_or_deep_are_shown_and_checked() {
    // Of a response, the first megabyte is kept.
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let flat = format!("[{}0]", "0,".repeat(400_000));
    let string = format!("[\"{}\"]", "x".repeat(SIZE));
    for (name, body) in [("deep", deep), ("flat", flat), ("string", string)] {
        let response = format!(
            "HTTP/1.1 500 X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let handler = Endpoint::with(move |_, _| response.clone().into_bytes());
        let to = handler.url("/webhooks/ken");
        let mut room = Room::new();
        room.limit_memory(SENDER);
        let common = ["--to", &to, "--secret", SECRET];
        let sent = room.run(&[&["send", "ken/lead_replied", "-v"], &common[..]].concat());
        assert_eq!(sent.code, 1, "{name} {}", sent.stderr);
        assert!(sent.stdout.len() < 50_000, "{name}: {}", sent.stdout.len());
        room.run(&["history", "show"]).ends(0);
        let only = ["check", "--provider", "ken", "--only", "accepts-valid"];
        let checked = room.run(&[&only[..], &common[..]].concat());
        assert_eq!(checked.code, 1, "{name} {}", checked.stderr);
    }
}
