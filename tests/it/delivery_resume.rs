//! What is left pending, who goes on with it, and the log of all that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::delivery::{answer, attempts, failing, ids, log, standing};
use crate::harness::{Endpoint, Room, until};

#[test]
fn ctrl_c_leaves_what_is_not_decided_pending() {
    let room = Room::new();
    let handler = failing(1);
    let sending = room.start(&[
        "send",
        "lead_replied",
        "--schedule",
        "1h",
        "--to",
        &handler.url("/"),
    ]);
    until("the first attempt is in the log", || standing(&room).1 == 1);
    sending.signal("-INT");
    let ran = sending.wait();
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout
            .ends_with("1 delivery: 0 succeeded, 0 failed, 1 pending\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr
            .ends_with("hint: `hookctl send --resume` goes on with what is pending.\n"),
        "{}",
        ran.stderr
    );
    let newest = log(&room, &[]).remove(0);
    assert_eq!(newest["outcome"], "pending");
    let due = newest["next_attempt_at"].as_str().unwrap().to_owned();
    assert!(&*due > newest["sent_at"].as_str().unwrap());
    let shown = room.run(&["history", "show", newest["id"].as_str().unwrap()]);
    let line = format!(
        "pending   attempted again from {} on\n",
        due[..19].replace('T', " ")
    );
    assert!(shown.stdout.contains(&line), "{}", shown.stdout);
    // It cannot be sent twice by hand meanwhile.
    let id = newest["id"].as_str().unwrap();
    room.run(&["replay", id]).is(
        2,
        "",
        &format!(
            "error: `{id}` is pending still\n\
             hint: `hookctl send --resume` goes on with what is pending; `--speed max` does so at once.\n"
        ),
    );
    let resumed = attempts(
        room.run(&["send", "--resume", "--speed", "max", "--json"])
            .ends(0),
    );
    assert_eq!((resumed.len(), &resumed[0]["attempt"]), (1, &json!(2)));
    assert_eq!(standing(&room), ("success".to_owned(), 2));
    let hits = handler.hits();
    assert_eq!(ids(&hits)[0], ids(&hits)[1]);
    room.run(&["send", "--resume"])
        .is(0, "", "Nothing is pending.\n");
}

#[test]
fn a_run_that_was_killed_is_resumed() {
    let room = Room::new();
    let handler = failing(1);
    let sending = room.start(&[
        "send",
        "lead_replied",
        "--schedule",
        "1h",
        "--to",
        &handler.url("/"),
    ]);
    until("the first attempt is in the log", || standing(&room).1 == 1);
    // While it lives, its deliveries are left to it.
    let ran = room.run(&["send", "--resume", "--speed", "max", "--json"]);
    assert_eq!(attempts(ran.ends(0)), [Value::Null; 0]);
    assert_eq!(
        ran.stderr,
        "Left to another run that goes on: 1 delivery.\n"
    );
    sending.signal("-KILL");
    sending.wait();
    assert_eq!(standing(&room), ("pending".to_owned(), 1));
    let resumed = attempts(
        room.run(&["send", "--resume", "--speed", "max", "--json"])
            .ends(0),
    );
    assert_eq!((resumed.len(), &resumed[0]["attempt"]), (1, &json!(2)));
    let hits = handler.hits();
    assert_eq!((hits.len(), ids(&hits)[0]), (2, ids(&hits)[1]));
    assert_eq!(standing(&room), ("success".to_owned(), 2));
    let state = std::fs::read_dir(room.path().join("../state/hookctl")).unwrap();
    let left: Vec<String> = state
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("-run-"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn an_attempt_that_was_killed_on_its_way_is_made_again() {
    let room = Room::new();
    let (arrived, opened) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let handler = {
        let (arrived, opened) = (Arc::clone(&arrived), Arc::clone(&opened));
        Endpoint::with(move |_, _| {
            arrived.store(true, Ordering::SeqCst);
            until("the sender is killed", || opened.load(Ordering::SeqCst));
            answer(200, "")
        })
    };
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
    let sending = room.start(&["send", "lead_replied"]);
    until("the attempt is under way", || {
        arrived.load(Ordering::SeqCst)
    });
    assert_eq!(standing(&room), ("pending".to_owned(), 0));
    sending.signal("-KILL");
    sending.wait();
    opened.store(true, Ordering::SeqCst);
    let resumed = attempts(room.run(&["send", "--resume", "--json"]).ends(0));
    assert_eq!((resumed.len(), &resumed[0]["attempt"]), (1, &json!(1)));
    let hits = handler.hits();
    assert_eq!((hits.len(), ids(&hits)[0]), (2, ids(&hits)[1]));
}

#[test]
fn two_resumes_at_once_never_make_the_same_attempt_twice() {
    const MANY: usize = 60;
    let room = Room::new();
    let works = Arc::new(AtomicBool::new(false));
    let handler = {
        let works = Arc::clone(&works);
        Endpoint::with(move |_, _| {
            answer(
                if works.load(Ordering::SeqCst) {
                    200
                } else {
                    500
                },
                "",
            )
        })
    };
    let count = MANY.to_string();
    let url = handler.url("/");
    let sending = room.start(&[
        "send",
        "lead_replied",
        "--count",
        &count,
        "--schedule",
        "1h",
        "--to",
        &url,
    ]);
    until("all have failed once", || {
        log(&room, &["--status", "500", "--limit", "100"]).len() == MANY
    });
    sending.signal("-INT");
    assert_eq!(sending.wait().code, 1);
    works.store(true, Ordering::SeqCst);
    let resume = [
        "send",
        "--resume",
        "--speed",
        "max",
        "--json",
        "--concurrency",
        "4",
    ];
    let running = [
        room.start(&resume),
        room.start(&resume),
        room.start(&resume),
    ];
    let mut made = BTreeMap::new();
    for run in running {
        let ran = run.wait();
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        for line in attempts(&ran) {
            *made
                .entry(line["delivery_id"].as_str().unwrap().to_owned())
                .or_insert(0) += 1;
        }
    }
    assert_eq!(made.len(), MANY);
    assert!(made.values().all(|times| *times == 1));
    let mut seen = BTreeMap::new();
    for id in ids(&handler.hits()) {
        *seen.entry(id.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), MANY);
    assert!(seen.values().all(|times| *times == 2), "{seen:?}");
    assert_eq!(
        log(&room, &["--status", "success", "--limit", "100"]).len(),
        MANY
    );
}

#[test]
fn many_pending_deliveries_are_attempted_a_few_at_a_time() {
    let room = Room::new();
    let handler = Endpoint::status(200);
    let url = handler.url("/");
    let args = [
        "send",
        "lead_replied",
        "--count",
        "500",
        "--retry",
        "--concurrency",
        "7",
        "--json",
        "--to",
        &url,
    ];
    let ran = room.run(&args);
    let lines = ran.ends(0).json();
    assert_eq!(lines.len(), 501);
    assert_eq!(lines[500]["succeeded"], 500);
    let hits = handler.hits();
    assert_eq!(ids(&hits).into_iter().collect::<BTreeSet<_>>().len(), 500);
    let events: BTreeSet<String> = hits
        .iter()
        .map(|hit| hit.json()["eventId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(events.len(), 500);
    assert_eq!(log(&room, &["--limit", "1000"]).len(), 500);
}

#[test]
fn without_a_history_retries_are_made_all_the_same() {
    let room = Room::new();
    let handler = failing(1);
    let url = handler.url("/");
    let ran = room.run(&[
        "--no-store",
        "send",
        "lead_replied",
        "--schedule",
        "0s",
        "--json",
        "--to",
        &url,
    ]);
    assert_eq!(attempts(ran.ends(0)).len(), 2);
    assert_eq!(log(&room, &[]), [Value::Null; 0]);
    room.run(&["--no-store", "send", "--resume"]).is(
        2,
        "",
        "error: `--resume` reads the history, and `--no-store` does without\n",
    );
}

#[test]
fn the_log_is_filtered_by_endpoint_and_by_how_deliveries_stand() {
    let room = Room::new();
    let (good, bad) = (Endpoint::status(200), Endpoint::status(500));
    for (name, handler) in [("good", &good), ("bad", &bad)] {
        room.run(&[
            "endpoints",
            "add",
            &handler.url("/"),
            "--provider",
            "ken",
            "--events",
            "*",
            "--name",
            name,
        ])
        .ends(0);
    }
    room.run(&["send", "lead_replied"]).ends(1);
    let sending = room.start(&["send", "email_sent", "--schedule", "1h"]);
    until("both were attempted", || {
        good.hits().len() == 2 && log(&room, &["--status", "pending,500"]).len() == 2
    });
    sending.signal("-INT");
    sending.wait();
    let found = |args: &[&str]| -> Vec<(String, String)> {
        let lines = log(&room, args).into_iter();
        lines
            .map(|line| {
                (
                    line["event"].as_str().unwrap().to_owned(),
                    line["outcome"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let pair = |event: &str, outcome: &str| (event.to_owned(), outcome.to_owned());
    let (a, b) = ("lead_replied", "email_sent");
    assert_eq!(found(&["--status", "pending"]), [pair(b, "pending")]);
    assert_eq!(found(&["--status", "fail"]), [pair(a, "fail")]);
    assert_eq!(
        found(&["--status", "success"]),
        [pair(b, "success"), pair(a, "success")]
    );
    assert_eq!(
        found(&["--status", "500"]),
        [pair(b, "pending"), pair(a, "fail")]
    );
    assert_eq!(
        found(&["--endpoint", "bad"]),
        [pair(b, "pending"), pair(a, "fail")]
    );
    assert_eq!(
        found(&["--endpoint", "good", "--event", a]),
        [pair(a, "success")]
    );
    assert_eq!(found(&["--endpoint", "bad", "--status", "success"]), []);
    let list = room.run(&["history", "--status", "pending"]).stdout;
    assert!(
        list.contains("  out  500  ken/email_sent  pending  POST "),
        "{list}"
    );
    room.run(&["history", "--status", "pendng"]).is(
        2,
        "",
        "error: invalid value 'pendng' for '--status <STATUSES>': `pendng` is no list of statuses such as `2xx`, `200,404` or `pending`, `success`, `fail`\n\n\
         For more information, try '--help'.\n",
    );
    // The log of an endpoint that was removed is found by its id; what was pending for it is given up.
    let id = room.run(&["endpoints", "show", "bad", "--json"]).json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    room.run(&["endpoints", "remove", "bad"]).is(
        0,
        "bad is removed.\n",
        "Given up, as it was pending for it: 1 delivery.\n",
    );
    room.run(&["history", "--endpoint", "bad"]).ends(2);
    assert_eq!(
        found(&["--endpoint", &id]),
        [pair(b, "fail"), pair(a, "fail")]
    );
    room.run(&["send", "--resume"])
        .is(0, "", "Nothing is pending.\n");
}

#[test]
fn what_failed_is_sent_again_to_where_it_went_as_another_attempt() {
    let room = Room::new();
    let handler = failing(3);
    room.run(&[
        "endpoints",
        "add",
        &handler.url("/old"),
        "--provider",
        "ken",
        "--events",
        "*",
    ])
    .ends(0);
    room.run(&["send", "lead_replied"]).ends(1);
    let direct = handler.url("/direct?x=1");
    room.run(&["send", "email_sent", "--to", &direct]).ends(1);
    let entries = log(&room, &[]);
    let id = entries[1]["id"].as_str().unwrap().to_owned();
    // By its id: it fails once more.
    let lines = room.run(&["replay", &id, "--json"]).ends(1).json();
    assert_eq!(
        (&lines[0]["attempt"], &lines[0]["verdict"], &lines[0]["id"]),
        (&json!(2), &json!("same"), &json!(id))
    );
    // All that failed: to the endpoint as it is now, and to the URL.
    room.run(&["endpoints", "edit", "ken", "--url", &handler.url("/new")])
        .ends(0);
    let lines = room.run(&["replay", "failed", "--json"]).ends(0).json();
    assert_eq!(lines[2]["succeeded"], 2);
    assert_eq!(
        (&lines[0]["attempt"], &lines[1]["attempt"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(lines[0]["verdict"], "fixed");
    let hits = handler.hits();
    let targets: Vec<&str> = hits
        .iter()
        .map(|hit| hit.head.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(
        targets,
        ["/old", "/direct?x=1", "/old", "/new", "/direct?x=1"]
    );
    assert_eq!(ids(&hits)[0], ids(&hits)[3]);
    let secret = room.run(&["endpoints", "secret", "ken", "--reveal"]).stdout;
    let ran = room.run_with(
        &["verify", "--secret", secret.trim(), "-"],
        &[],
        &hits[3].request(),
    );
    ran.ends(0);
    // No delivery was added, and nothing is left that failed.
    let entries = log(&room, &[]);
    let counts: Vec<usize> = entries
        .iter()
        .map(|entry| entry["attempts"].as_array().unwrap().len())
        .collect();
    assert_eq!(counts, [2, 3]);
    assert!(entries.iter().all(|entry| entry["outcome"] == "success"));
    room.run(&["replay", "failed"]).is(
        2,
        "",
        "error: the history holds nothing that failed\n\
         hint: `hookctl history` lists what is there; `hookctl listen` adds to it.\n",
    );
    // What is changed is another delivery.
    room.run(&["replay", &id, "--new-id"]).ends(0);
    assert_eq!(log(&room, &[]).len(), 3);
    room.run(&["endpoints", "disable", "ken"]).ends(0);
    room.run(&["replay", &id]).is(
        2,
        "",
        &format!(
            "error: `{id}` went to `ken`, which is disabled\n\
             hint: `hookctl endpoints enable ken` resumes deliveries to it.\n"
        ),
    );
}

#[test]
fn what_was_received_needs_a_url_to_go_to() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    room.run(&["--no-store", "send", "lead_replied", "--to", &listener.url])
        .ends(0);
    let id = listener.next()["id"].as_str().unwrap().to_owned();
    listener.stop();
    let said = format!(
        "error: `{id}` does not say where to deliver it to\nhint: Give a URL: `--to http://localhost:8080`\n"
    );
    room.run(&["replay", "last"]).is(2, "", &said);
}

#[test]
fn each_attempt_of_a_delivery_is_in_the_log_with_its_own_signature() {
    let room = Room::new();
    let handler = failing(1);
    let url = handler.url("/");
    room.run(&["send", "lead_replied", "--schedule", "1s", "--to", &url])
        .ends(0);
    let entry = log(&room, &[]).remove(0);
    let signature = |headers: &Value| {
        let headers = headers.as_array().unwrap().iter();
        let found = headers.clone().find(|pair| pair[0] == "svix-signature");
        found
            .map(|pair| pair[1].as_str().unwrap().to_owned())
            .unwrap()
    };
    let hits = handler.hits();
    assert_eq!(
        signature(&entry["headers"]),
        hits[0].header("svix-signature").unwrap()
    );
    assert_eq!(
        signature(&entry["attempts"][1]["sent_headers"]),
        hits[1].header("svix-signature").unwrap()
    );
    let shown = room
        .run(&["history", "show", entry["id"].as_str().unwrap()])
        .stdout;
    let (first, second) = shown.split_once("attempt 2: 200 in ").unwrap();
    assert!(first.contains("attempt 1: 503 in "), "{shown}");
    assert!(
        first.contains(hits[0].header("svix-signature").unwrap()),
        "{shown}"
    );
    assert!(
        second.contains(&format!(
            "sent with\n  svix-timestamp: {}",
            hits[1].header("svix-timestamp").unwrap()
        )),
        "{shown}"
    );
    // It is exported and read again as it is.
    let exported = room.run(&["history", "export", "--reveal"]).stdout;
    room.write("history.ndjson", exported);
    room.run(&["--store", "other.db", "history", "import", "history.ndjson"])
        .ends(0);
    let imported = room
        .run(&["--store", "other.db", "history", "--out", "--json"])
        .json();
    assert_eq!(imported, [entry]);
}

#[test]
fn a_history_that_cannot_be_written_stops_no_delivery_to_a_url() {
    let room = Room::new();
    let handler = failing(1);
    room.write("history.db", "no history");
    let url = handler.url("/");
    let args = [
        "--store",
        "history.db",
        "send",
        "lead_replied",
        "--schedule",
        "0s",
        "--to",
        &url,
    ];
    let ran = room.run(&args);
    assert!(
        ran.ends(0)
            .stderr
            .starts_with("warning: cannot use the history "),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("; deliveries are not kept.\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(handler.hits().len(), 2);
}
