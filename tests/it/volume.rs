//! Many deliveries at once: `--count`, `--concurrency`, `--rate`, and `--pace`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::harness::{Endpoint, Hit, Room, until};

fn whole(hit: &Hit) -> Vec<u8> {
    [hit.head.as_bytes(), b"\r\n\r\n", &hit.body].concat()
}

fn different<'a>(hits: &'a [Hit], of: impl Fn(&'a Hit) -> String) -> usize {
    hits.iter().map(of).collect::<BTreeSet<_>>().len()
}

fn id(hit: &Hit) -> String {
    hit.header("svix-id").unwrap().to_owned()
}

/// What the summary says beside what was measured.
fn counted(summary: &Value) -> Value {
    let mut counted = summary.clone();
    for measured in ["duration_ms", "rate", "latency_ms"] {
        counted.as_object_mut().unwrap().remove(measured).unwrap();
    }
    counted
}

#[test]
fn each_of_many_deliveries_has_ids_of_its_own_and_is_signed() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let url = handler.url("/webhooks/ken");
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--count",
        "120",
        "--concurrency",
        "8",
        "--json",
        "--to",
        &url,
    ]);
    let lines = ran.ends(0).json();
    let (summary, attempts) = lines.split_last().unwrap();
    assert_eq!(
        counted(summary),
        json!({"type": "summary", "deliveries": 120, "succeeded": 120, "failed": 0, "statuses": {"200": 120}, "failures": {}})
    );
    assert!(summary["rate"].as_f64().unwrap() > 0.0);
    let latency = |name: &str| summary["latency_ms"][name].as_f64().unwrap();
    let ordered = ["p50", "p90", "p95", "p99", "p99.9", "max"];
    assert!(
        ordered
            .windows(2)
            .all(|pair| latency(pair[0]) <= latency(pair[1])),
        "{summary}"
    );
    assert!(latency("mean") <= latency("max"));
    assert_eq!(attempts.len(), 120);
    assert_eq!(attempts[0]["response_body"], "");
    let hits = handler.hits();
    assert_eq!(different(&hits, id), 120);
    assert_eq!(
        different(&hits, |hit| hit.json()["eventId"].to_string()),
        120
    );
    // One person, whatever the ids.
    assert_eq!(
        different(&hits, |hit| hit.json()["contact"]["email"].to_string()),
        1
    );
    let secret = room.run(&["secret", "ken"]).stdout;
    for hit in &hits[..20] {
        let ran = room.run_with(
            &["verify", "--secret", secret.trim(), "-"],
            &[],
            &whole(hit),
        );
        ran.ends(0);
        let body = hit.json();
        let event = body["eventId"].as_str().unwrap();
        assert!(
            event.ends_with(body["reply"]["id"].as_str().unwrap()),
            "{body}"
        );
    }
    // What went well is not kept.
    assert_eq!(room.run(&["history", "--json"]).stdout, "");
}

#[test]
fn people_get_a_summary() {
    let room = Room::new();
    let handler = Endpoint::with(|_, number| {
        let status = if number % 4 == 0 { 500 } else { 200 };
        format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            .into_bytes()
    });
    let url = handler.url("/");
    let ran = room.run(&["send", "lead_replied", "--count", "1200", "--to", &url]);
    ran.ends(1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[0].starts_with("1,200 deliveries in "),
        "{}",
        ran.stdout
    );
    assert!(
        lines[0].ends_with(": 900 succeeded, 300 failed"),
        "{}",
        ran.stdout
    );
    assert!(lines[1].starts_with("  rate      ") && lines[1].ends_with(" a second"));
    assert!(lines[2].starts_with("  latency   p50 "));
    assert_eq!(lines[3], "  statuses  200 900   500 300");
    assert_eq!(lines.len(), 4);
    assert_eq!(
        ran.stderr,
        "error: Ken takes 2xx for a success, got 500\n\
         hint: The handler failed. Its log says why.\n\
         hint: The first 100 of them are in the history: `hookctl history --status fail`.\n"
    );
    let kept = room
        .run(&["history", "--status", "fail", "--limit", "500", "--json"])
        .json();
    assert_eq!(kept.len(), 100);
    let ids: BTreeSet<String> = kept
        .iter()
        .map(|entry| entry["delivery_id"].to_string())
        .collect();
    assert_eq!(ids.len(), 100);
}

#[test]
fn a_handler_that_is_down_is_told_of_once() {
    let room = Room::new();
    let url = "http://127.0.0.1:1/";
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--count",
        "30",
        "--json",
        "--to",
        url,
    ]);
    let summary = ran.ends(1).json().pop().unwrap();
    assert_eq!(
        counted(&summary),
        json!({"type": "summary", "deliveries": 30, "succeeded": 0, "failed": 30, "statuses": {}, "failures": {"connection refused": 30}})
    );
    assert_eq!(summary["latency_ms"], Value::Null);
    assert_eq!(
        ran.stderr,
        "error: cannot deliver to `127.0.0.1:1`: connection refused\n\
         hint: Nobody listens at `127.0.0.1:1`. Is the server running, and on this port?\n\
         hint: It may listen on the other loopback address: try `[::1]` or `localhost`.\n\
         hint: `hookctl listen` receives it if you have no handler yet.\n\
         hint: They are in the history: `hookctl history --status fail`.\n"
    );
}

#[test]
fn ctrl_c_prints_the_summary_so_far() {
    let room = Room::new();
    let opened = Arc::new(AtomicBool::new(false));
    let handler = {
        let opened = Arc::clone(&opened);
        Endpoint::with(move |_, number| {
            if number > 10 {
                until("the sender is interrupted", || {
                    opened.load(Ordering::SeqCst)
                });
            }
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()
        })
    };
    let url = handler.url("/");
    let sending = room.start(&[
        "send",
        "lead_replied",
        "--count",
        "100000",
        "--concurrency",
        "1",
        "--to",
        &url,
    ]);
    until("ten were answered", || handler.hits().len() > 10);
    sending.signal("-INT");
    // Its answer comes only now: the sender waits for what is under way, and sends no other.
    opened.store(true, Ordering::SeqCst);
    let ran = sending.wait();
    let sent = handler.hits().len();
    assert!(sent < 1_000, "{sent}");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout
            .starts_with(&format!("{sent} of 100,000 deliveries in ")),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains(&format!("\n  statuses  200 {sent}\n")),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_same_seed_makes_the_same_ids() {
    let bodies = |seed: &str| {
        let room = Room::new();
        let handler = Endpoint::status(200);
        let url = handler.url("/");
        room.run(&[
            "send",
            "lead_replied",
            "--count",
            "5",
            "--concurrency",
            "1",
            "--seed",
            seed,
            "--to",
            &url,
        ])
        .ends(0);
        let hits = handler.hits();
        hits.iter()
            .map(|hit| (id(hit), hit.body.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(bodies("7"), bodies("7"));
    assert_ne!(bodies("7"), bodies("8"));
}

#[test]
fn every_provider_can_be_sent_many_times() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    for event in [
        "stripe/invoice.paid",
        "github/push",
        "twilio/sms.received",
        "slack/app_mention",
        "shopify/orders/create",
        "discord/APPLICATION_AUTHORIZED",
        "hubspot/contact.creation",
        "klen/call.ended",
    ] {
        let before = handler.hits().len();
        let ran = room.run(&[
            "send",
            event,
            "--count",
            "3",
            "--json",
            "--to",
            &handler.url("/"),
        ]);
        let lines = ran.ends(0).json();
        let ids: BTreeSet<String> = lines[..3]
            .iter()
            .map(|line| line["delivery_id"].to_string())
            .collect();
        let hits = handler.hits();
        assert_eq!(hits.len(), before + 3);
        for hit in &hits[before..] {
            let provider = event.split('/').next().unwrap();
            let secret = room.run(&["secret", provider]);
            let secret = secret.ends(0).stdout.trim().to_owned();
            let args = [
                "verify",
                "--provider",
                provider,
                "--secret",
                &secret,
                "--url",
                &handler.url("/"),
                "-",
            ];
            let ran = room.run_with(&args, &[], &whole(hit));
            assert_eq!(ran.code, 0, "{event}: {}{}", ran.stdout, ran.stderr);
        }
        if lines[0]["delivery_id"].is_string() {
            assert_eq!(ids.len(), 3, "{event}");
        }
    }
}

#[test]
fn copies_keep_their_ids_and_go_out_at_once() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let url = handler.url("/");
    room.run(&[
        "send",
        "lead_replied",
        "--count",
        "4",
        "--duplicate",
        "2",
        "--concurrency",
        "6",
        "--to",
        &url,
    ])
    .ends(0);
    let hits = handler.hits();
    assert_eq!((hits.len(), different(&hits, id)), (12, 4));
    // Without a count, one delivery and its copies.
    room.run(&[
        "send",
        "lead_replied",
        "--duplicate",
        "2",
        "--concurrency",
        "3",
        "--to",
        &url,
    ])
    .ends(0);
    let hits = handler.hits();
    assert_eq!((hits.len(), different(&hits[12..], id)), (15, 1));
}

#[test]
fn a_body_of_the_users_own_stays_and_goes_out_under_new_ids() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let args = [
        "send",
        "lead_replied",
        "--data",
        "-",
        "--count",
        "5",
        "--to",
        &handler.url("/"),
    ];
    room.run_with(&args, &[], b"{\"a\": 1.0}").ends(0);
    let hits = handler.hits();
    assert_eq!((hits.len(), different(&hits, id)), (5, 5));
    assert!(hits.iter().all(|hit| hit.body == b"{\"a\": 1.0}"));
}

#[test]
fn many_go_to_every_endpoint() {
    let room = Room::new();
    let (one, two) = (Endpoint::status(200), Endpoint::status(200));
    for handler in [&one, &two] {
        room.run(&[
            "endpoints",
            "add",
            &handler.url("/"),
            "--provider",
            "ken",
            "--events",
            "*",
        ])
        .ends(0);
    }
    let summary = room
        .run(&[
            "send",
            "lead_replied",
            "--count",
            "10",
            "--rate",
            "10000/s",
            "--json",
        ])
        .ends(0)
        .json()
        .pop()
        .unwrap();
    assert_eq!(summary["deliveries"], 20);
    assert_eq!((one.hits().len(), two.hits().len()), (10, 10));
    let secret = room
        .run(&["endpoints", "secret", "ken-2", "--reveal"])
        .stdout;
    room.run_with(
        &["verify", "--secret", secret.trim(), "-"],
        &[],
        &whole(&two.hits()[0]),
    )
    .ends(0);
}

#[test]
fn stored_requests_are_replayed_many_times() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let url = handler.url("/webhooks/ken");
    room.run(&["send", "lead_replied", "--as", "json", "--to", &url])
        .ends(0);
    let saved = room
        .run(&[
            "send",
            "lead_replied",
            "--as",
            "json",
            "--reveal",
            "--to",
            &url,
        ])
        .stdout;
    room.write("capture.json", saved);
    let replay = |args: &[&str]| {
        let fixed = ["replay", "capture.json", "--count", "6", "--to", &url];
        room.run(&[&fixed[..], args].concat()).ends(0);
    };
    replay(&[]);
    let hits = handler.hits();
    assert_eq!((hits.len(), different(&hits, id)), (6, 1));
    replay(&["--new-id"]);
    let hits = handler.hits();
    assert_eq!((hits.len(), different(&hits[6..], id)), (12, 6));
    assert_eq!(
        different(&hits[6..], |hit| hit.json()["eventId"].to_string()),
        6
    );
    replay(&["--raw"]);
    let hits = handler.hits();
    assert_eq!(
        different(&hits[12..], |hit| hit
            .header("svix-signature")
            .unwrap()
            .to_owned()),
        1
    );
}

#[test]
fn captures_keep_their_order_at_any_pace() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let mut captures = String::new();
    for (number, time) in [
        "10:00:00.000",
        "10:00:00.300",
        "10:00:00.300",
        "10:00:00.900",
    ]
    .into_iter()
    .enumerate()
    {
        let capture = json!({
            "type": "capture", "received_at": format!("2026-11-21T{time}Z"), "method": "POST", "path": "/", "query": "",
            "headers": [["x-number", number.to_string()]], "body": "{}", "provider": "konvox",
        });
        captures.push_str(&format!("{capture}\n"));
    }
    room.write("captures.ndjson", &captures);
    for pace in ["real", "20x", "max"] {
        let url = handler.url("/");
        room.run(&["replay", "captures.ndjson", "--pace", pace, "--to", &url])
            .ends(0);
    }
    let order: Vec<String> = handler
        .hits()
        .iter()
        .map(|hit| hit.header("x-number").unwrap().to_owned())
        .collect();
    assert_eq!(order.concat(), "012301230123");
    room.write("body.json", "{\"event\":\"message.sent\"}");
    let ran = room.run(&[
        "replay",
        "body.json",
        "captures.ndjson",
        "--pace",
        "1000x",
        "--provider",
        "konvox",
        "--to",
        &handler.url("/"),
    ]);
    assert_eq!(
        ran.ends(0).stderr.lines().next().unwrap(),
        "note: 1 of 5 do not say when they were received; they follow without a gap."
    );
}

#[test]
fn flags_of_volume_that_cannot_be_meant_are_refused() {
    let room = Room::new();
    let wrong = |args: &[&str]| {
        let fixed = ["send", "lead_replied", "--to", "http://localhost:1/"];
        let ran = room.run(&[&fixed[..], args].concat());
        assert_eq!((ran.code, &*ran.stdout), (2, ""));
        ran.stderr.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        wrong(&["--rate", "fast"]),
        "error: invalid value 'fast' for '--rate <N/s>': `fast` is no rate such as `100/s`"
    );
    assert_eq!(
        wrong(&["--count", "0"]),
        "error: invalid value '0' for '--count <N>': 0 is not in 1..18446744073709551615"
    );
    assert_eq!(
        wrong(&["--concurrency", "0"]),
        "error: invalid value '0' for '--concurrency <N>': 0 is not in 1..=10000"
    );
    assert_eq!(
        wrong(&["--count", "2", "--id", "a"]),
        "error: `--id a` names one delivery, and there are 2"
    );
    let ran = room.run(&[
        "replay",
        "x.json",
        "--pace",
        "1x",
        "--count",
        "2",
        "--to",
        "http://localhost:1/",
    ]);
    assert_eq!(
        ran.stderr.lines().next().unwrap(),
        "error: the argument '--pace <real|2x|max>' cannot be used with '--count <N>'"
    );
}
