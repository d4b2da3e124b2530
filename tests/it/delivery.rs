//! The delivery engine: when a failed delivery is attempted again, and when it is not.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::harness::{Endpoint, Hit, Ran, Room, project};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// An answer with a status and a header.
pub(crate) fn answer(status: u16, header: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\n{header}Content-Length: 0\r\n\r\n").into_bytes()
}

/// A handler that answers 503 to the first requests, and then 200.
pub(crate) fn failing(first: usize) -> Endpoint {
    Endpoint::with(move |_, number| answer(if number > first { 200 } else { 503 }, ""))
}

pub(crate) fn attempts(ran: &Ran) -> Vec<Value> {
    let lines = ran.json().into_iter();
    lines.filter(|line| line["type"] == "attempt").collect()
}

pub(crate) fn log(room: &Room, args: &[&str]) -> Vec<Value> {
    let fixed = ["history", "--out", "--json"];
    room.run(&[&fixed[..], args].concat()).ends(0).json()
}

/// How the newest delivery stands, and how many attempts it has.
pub(crate) fn standing(room: &Room) -> (String, usize) {
    let newest = log(room, &["--limit", "1"]);
    newest.first().map_or_else(Default::default, |newest| {
        let outcome = newest["outcome"].as_str().unwrap().to_owned();
        (outcome, newest["attempts"].as_array().unwrap().len())
    })
}

pub(crate) fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter()
        .map(|hit| hit.header("svix-id").unwrap())
        .collect()
}

#[test]
fn a_handler_that_fails_twice_gets_three_attempts_with_one_id_and_fresh_signatures() {
    let room = Room::new();
    let handler = failing(2);
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--json",
        "--schedule",
        "1s,1s,1h",
        "--secret",
        SECRET,
        "--to",
        &handler.url("/ken"),
    ]);
    let lines = ran.ends(0).json();
    let of =
        |key: &str| -> Vec<Value> { lines[..3].iter().map(|line| line[key].clone()).collect() };
    assert_eq!(of("attempt"), [1, 2, 3]);
    assert_eq!(of("attempts"), [4, 4, 4]);
    assert_eq!(of("status"), [503, 503, 200]);
    assert_eq!(of("outcome"), ["fail", "fail", "success"]);
    assert_eq!(
        of("next_in_ms"),
        [json!(1000.0), json!(1000.0), Value::Null]
    );
    assert_eq!(of("delivery_id").iter().collect::<HashSet<_>>().len(), 1);
    let sum = json!({"type": "summary", "deliveries": 1, "succeeded": 1, "failed": 0, "duration_ms": lines[3]["duration_ms"]});
    assert_eq!(lines[3], sum);
    let hits = handler.hits();
    let different = |name: &str| {
        hits.iter()
            .map(|hit| hit.header(name).unwrap())
            .collect::<HashSet<_>>()
            .len()
    };
    assert_eq!(
        (
            different("svix-id"),
            different("svix-timestamp"),
            different("svix-signature")
        ),
        (1, 3, 3)
    );
    assert!(hits.iter().all(|hit| hit.body == hits[0].body));
}

#[test]
fn the_timeline_shows_simulated_and_real_time() {
    let room = Room::new();
    let handler = failing(2);
    let url = handler.url("/ken");
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--schedule",
        "5m,26h",
        "--speed",
        "max",
        "--id",
        "msg_1",
        "--to",
        &url,
    ]);
    // Only what was measured differs.
    let seen = crate::harness::steady(&ran.stdout);
    let mut lines: Vec<String> = seen.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if let (Some(from), Some(to)) = (line.find("(real "), line.find(')')) {
            line.replace_range(from + 6..to, "time");
        }
    }
    let start = "ken/lead_replied  POST http://127.0.0.1:[port]/ken";
    assert_eq!(
        lines,
        [
            format!("✗ {start}  503  [ms]  msg_1"),
            "    attempt 1 of 3, next in 5m 0s".to_owned(),
            format!("✗ {start}  503  [ms]  msg_1"),
            "    attempt 2 of 3, after 5m 0s (real time), next in 1d 2h".to_owned(),
            format!("✓ {start}  200  [ms]  msg_1"),
            "    attempt 3 of 3, after 1d 2h (real time)".to_owned(),
            "1 delivery: 1 succeeded, 0 failed  (3 attempts)".to_owned(),
        ]
    );
    // What is wrong is said once.
    assert_eq!(
        ran.stderr,
        "error: Ken takes 2xx for a success, got 503\nhint: The handler failed. Its log says why.\n"
    );
    assert_eq!(ran.code, 0);
}

#[test]
fn each_provider_has_its_schedule() {
    let room = Room::new();
    let of = |provider: &str| {
        let shown = room
            .run(&["providers", "show", provider, "--json"])
            .ends(0)
            .json()
            .remove(0);
        let facts = &shown["facts"];
        let delays: Vec<String> =
            serde_json::from_value(facts["retries_after"]["value"].clone()).unwrap();
        let of = |fact: &str| facts[fact]["value"].as_str().unwrap_or("-").to_owned();
        (delays.join(" "), of("jitter"), of("disabled_here_at"))
    };
    let svix = "5s 5m 30m 2h 5h 10h 10h";
    let jitter = "up to 20 % more or less";
    let five_days = "120h of failures alone";
    let wanted = [
        ("discord", "15s 30s 1m 2m 4m", "-", "-"),
        ("github", "", "-", "-"),
        ("gitlab", "", "-", "40 failed attempts in a row"),
        ("hubspot", "2m 4m 8m 16m 32m 1h 2h 4h 8h", "-", "-"),
        ("kakiyo", "1s 2s 4s", "-", "4 failed attempts in a row"),
        ("ken", svix, jitter, five_days),
        ("klen", "1m 5m 30m", "-", "-"),
        ("konvox", "1m 5m 30m", "-", "-"),
        ("linear", "1m 1h 6h", "-", "-"),
        ("paddle", "1m 2m 4m 8m 16m 32m 1h 2h 4h 8h", "-", "-"),
        ("scratcher", "", "-", "-"),
        ("sendgrid", "5m 15m 1h 2h 4h 8h", "-", "-"),
        (
            "shopify",
            "1m 2m 4m 8m 15m 30m 1h 2h",
            "-",
            "8 failed attempts in a row",
        ),
        ("slack", "0s 1m 5m", "-", "-"),
        (
            "standard-webhooks",
            "5s 5m 30m 2h 5h 10h 14h 20h 24h",
            "-",
            "an answer 410",
        ),
        ("stripe", "1h 2h 4h 8h 16h 24h", "-", "-"),
        ("svix", svix, jitter, five_days),
        ("twilio", "", "-", "-"),
        ("typeform", "5m 10m 20m 1h 2h", "-", "an answer 404,410"),
        ("zoom", "5m 20m 1h", "-", "-"),
    ];
    let folders = std::fs::read_dir(project("fixtures")).unwrap();
    let folders = folders.filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), wanted.len());
    for (provider, delays, jitter, limit) in wanted {
        let wanted = (delays.to_owned(), jitter.to_owned(), limit.to_owned());
        assert_eq!(of(provider), wanted, "{provider}");
    }
}

#[test]
fn retries_follow_the_schedule_of_the_provider() {
    for (event, attempts_in_all) in [
        ("ken/lead_replied", 8),
        ("konvox/contact.replied", 4),
        ("kakiyo/prospect.qualified", 4),
        ("klen/call.ended", 4),
        ("scratcher/prize.won", 1),
    ] {
        let room = Room::new();
        let handler = Endpoint::status(500);
        let url = handler.url("/");
        let ran = room.run(&[
            "send", event, "--retry", "--speed", "max", "--json", "--to", &url,
        ]);
        assert_eq!(attempts(ran.ends(1)).len(), attempts_in_all, "{event}");
        assert_eq!(handler.hits().len(), attempts_in_all);
        let said = "note: Scratcher does not retry; `--schedule 1s,5s` does.\n";
        assert_eq!(ran.stderr.contains(said), attempts_in_all == 1);
    }
}

#[test]
fn jitter_is_the_same_for_the_same_seed() {
    let waits = |seed: &str| {
        let room = Room::new();
        let handler = Endpoint::status(500);
        let url = handler.url("/");
        let ran = room.run(&[
            "send",
            "lead_replied",
            "--retry",
            "--speed",
            "max",
            "--json",
            "--seed",
            seed,
            "--to",
            &url,
        ]);
        let waits: Vec<f64> = attempts(&ran)
            .iter()
            .filter_map(|line| line["next_in_ms"].as_f64())
            .collect();
        let nominal = [5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 36_000.0];
        for (wait, nominal) in waits.iter().zip(nominal) {
            assert!(
                (nominal * 800.0..=nominal * 1_200.0).contains(wait),
                "{wait} for {nominal}"
            );
        }
        assert_eq!(waits.len(), 7);
        waits
    };
    assert_eq!(waits("1"), waits("1"));
    assert_ne!(waits("1"), waits("2"));
}

#[test]
fn an_answer_can_put_the_next_attempt_off_in_seconds_and_by_a_date() {
    let next = |header: &'static str| {
        let room = Room::new();
        let handler = Endpoint::with(move |_, number| match number {
            1 => answer(503, header),
            _ => answer(200, ""),
        });
        let ran = room.run(&[
            "send",
            "lead_replied",
            "--json",
            "--schedule",
            "10s",
            "--speed",
            "max",
            "--to",
            &handler.url("/"),
        ]);
        attempts(ran.ends(0))[0]["next_in_ms"].clone()
    };
    assert_eq!(next(""), 10_000.0);
    assert_eq!(next("Retry-After: 120\r\n"), 120_000.0);
    assert_eq!(next("Retry-After: 1\r\n"), 10_000.0);
    assert_eq!(next("Retry-After: soon\r\n"), 10_000.0);
    // A day at most.
    assert_eq!(
        next("Retry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n"),
        86_400_000.0
    );
    assert_eq!(
        next("Retry-After: Fri, 01 Jan 1999 00:00:00 GMT\r\n"),
        10_000.0
    );
}

#[test]
fn a_receiver_that_is_gone_gets_no_other_attempt() {
    let room = Room::new();
    let handler = Endpoint::status(410);
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--schedule",
        "0s,0s",
        "--to",
        &handler.url("/"),
    ]);
    assert!(
        ran.ends(1)
            .stdout
            .ends_with("    attempt 1 of 3, gone, no other follows\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(handler.hits().len(), 1);
    assert_eq!(standing(&room), ("fail".to_owned(), 1));
}

#[test]
fn a_redirect_is_a_failure_and_is_not_followed() {
    let room = Room::new();
    let elsewhere = Endpoint::status(200).unused();
    let location = format!("Location: {}\r\n", elsewhere.url("/"));
    let handler = Endpoint::with(move |_, _| answer(307, &location));
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--schedule",
        "0s",
        "--json",
        "--to",
        &handler.url("/"),
    ]);
    let statuses: Vec<Value> = attempts(ran.ends(1))
        .iter()
        .map(|line| line["status"].clone())
        .collect();
    assert_eq!(statuses, [307, 307]);
}

#[test]
fn what_the_user_calls_good_ends_the_retries() {
    let room = Room::new();
    let handler = Endpoint::status(401);
    let args = [
        "send",
        "lead_replied",
        "--tamper",
        "signature",
        "--retry",
        "--expect",
        "4xx",
        "--json",
        "--to",
        &handler.url("/"),
    ];
    let lines = attempts(room.run(&args).ends(0));
    assert_eq!((lines.len(), &lines[0]["outcome"]), (1, &json!("success")));
    // What the provider takes for a success is not attempted again, though it is not what was expected.
    let handler = Endpoint::status(202);
    let args = [
        "send",
        "lead_replied",
        "--retry",
        "--expect",
        "200",
        "--json",
        "--to",
        &handler.url("/"),
    ];
    let lines = attempts(room.run(&args).ends(1));
    assert_eq!((lines.len(), &lines[0]["outcome"]), (1, &json!("fail")));
}

#[test]
fn an_endpoint_is_disabled_after_the_limit_of_its_provider() {
    let room = Room::new();
    let handler = failing(5);
    let url = handler.url("/");
    room.run(&[
        "endpoints",
        "add",
        &url,
        "--provider",
        "kakiyo",
        "--events",
        "*",
    ])
    .ends(0);
    let enabled = || {
        room.run(&["endpoints", "show", "kakiyo", "--json"])
            .json()
            .remove(0)
    };
    let ran = room.run(&[
        "send",
        "prospect.qualified",
        "--schedule",
        "0s,0s,0s,0s,0s",
        "--json",
    ]);
    assert_eq!(attempts(ran.ends(1)).len(), 4);
    assert!(
        ran.stderr.ends_with(
            "warning: `kakiyo` is disabled now: 4 attempts in a row failed.\n\
             hint: `hookctl endpoints enable kakiyo` resumes deliveries to it.\n\
             Pending until an endpoint is enabled again: 1 delivery.\n"
        ),
        "{}",
        ran.stderr
    );
    let now = enabled();
    assert_eq!(
        (&now["enabled"], &now["failures"]),
        (&json!(false), &json!(4))
    );
    assert_eq!(now["disabled_because"], "4 attempts in a row failed");
    assert_eq!(standing(&room), ("pending".to_owned(), 4));
    // While it is disabled, nothing goes there.
    room.run(&["send", "--resume"]).ends(1);
    room.run(&["send", "prospect.qualified"]).ends(2);
    assert_eq!(handler.hits().len(), 4);
    // Enabled again it starts anew, and what was pending goes on.
    let ran = room.run(&["endpoints", "enable", "kakiyo"]);
    ran.is(
        0,
        "kakiyo is enabled.\n",
        "Pending for it: 1 delivery; `hookctl send --resume` goes on.\n",
    );
    let numbers: Vec<Value> = attempts(room.run(&["send", "--resume", "--json"]).ends(0))
        .iter()
        .map(|line| line["attempt"].clone())
        .collect();
    assert_eq!(numbers, [5, 6]);
    assert_eq!(enabled()["failures"], 0);
}

#[test]
fn an_endpoint_is_disabled_after_failing_for_as_long_as_its_provider_waits() {
    let room = Room::new();
    let handler = Endpoint::status(500);
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
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--schedule",
        "119h,30m,1h,1h",
        "--speed",
        "max",
        "--json",
    ]);
    assert_eq!(attempts(ran.ends(1)).len(), 4);
    assert!(
        ran.stderr
            .contains("`ken` is disabled now: all attempts of 120h failed."),
        "{}",
        ran.stderr
    );
    // An answer can be enough by itself.
    let gone = Endpoint::status(410);
    room.run(&[
        "endpoints",
        "add",
        &gone.url("/"),
        "--provider",
        "standard-webhooks",
        "--events",
        "*",
    ])
    .ends(0);
    let ran = room.run(&["endpoints", "test", "standard-webhooks"]);
    assert!(
        ran.ends(1)
            .stderr
            .contains("`standard-webhooks` is disabled now: it answered 410."),
        "{}",
        ran.stderr
    );
    // A success in between counts as a new start.
    let wavering = Endpoint::with(|_, number| answer(if number == 4 { 200 } else { 500 }, ""));
    room.run(&[
        "endpoints",
        "add",
        &wavering.url("/"),
        "--provider",
        "kakiyo",
        "--events",
        "*",
    ])
    .ends(0);
    room.run(&["send", "prospect.qualified", "--retry", "--speed", "max"])
        .ends(0);
    room.run(&["endpoints", "test", "kakiyo"]).ends(1);
    let now = room
        .run(&["endpoints", "show", "kakiyo", "--json"])
        .json()
        .remove(0);
    assert_eq!(
        (&now["enabled"], &now["failures"]),
        (&json!(true), &json!(1))
    );
}

#[test]
fn a_broken_body_is_broken_anew_with_each_attempt() {
    let room = Room::new();
    let handler = failing(1);
    let args = [
        "send",
        "lead_replied",
        "--tamper",
        "body",
        "--schedule",
        "0s",
        "--expect",
        "200",
        "--secret",
        SECRET,
        "--to",
        &handler.url("/"),
    ];
    room.run(&args).ends(0);
    let hits = handler.hits();
    assert_eq!(hits.len(), 2);
    for hit in &hits {
        assert_eq!(hit.body, hits[0].body);
        let ran = room.run_with(&["verify", "--secret", SECRET, "-"], &[], &hit.request());
        ran.ends(1);
    }
}

#[test]
fn flags_of_retries_that_cannot_be_meant_are_refused() {
    let room = Room::new();
    let wrong = |args: &[&str]| {
        let ran = room.run(&[&["send"], args].concat());
        assert_eq!((ran.code, &*ran.stdout), (2, ""));
        ran.stderr.lines().next().unwrap().to_owned()
    };
    let url = ["lead_replied", "--to", "http://localhost:1/"];
    let with = |args: &[&str]| wrong(&[&url[..], args].concat());
    assert_eq!(
        with(&["--retry", "--speed", "fast"]),
        "error: invalid value 'fast' for '--speed <SPEED>': `fast` is no speed such as `60x`, `real` or `max`"
    );
    assert_eq!(
        with(&["--schedule", "1s,soon"]),
        "error: invalid value 'soon' for '--schedule <DELAYS>': `soon` is no duration such as `10s`"
    );
    assert_eq!(
        wrong(&["--resume", "lead_replied"]),
        "error: the argument '--resume' cannot be used with '[EVENT]...'"
    );
    assert_eq!(
        wrong(&[]),
        "error: the following required arguments were not provided:"
    );
}
