//! Silence is not success: a handler that never responds, and an audit that asks nothing, fail whatever is selected.

use std::io::Read as _;
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::check::{SECRET, answer, refusing_with};
use crate::harness::{Endpoint, Ran, Room};

/// A port that takes connections and responds to nothing; with `closes`, it ends each after the request.
fn silent(closes: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if closes {
                let _ = stream.read(&mut [0; 8_192]);
            } else {
                held.push(stream);
            }
        }
    });
    format!("http://127.0.0.1:{port}/webhooks/github")
}

fn audit(room: &Room, to: &str, args: &[&str]) -> Ran {
    let all = [
        &[
            "check",
            "--provider",
            "github",
            "--to",
            to,
            "--secret",
            SECRET,
            "--timeout",
            "200ms",
            "-q",
        ],
        args,
    ];
    room.run(&all.concat())
}

/// Ids of the failures, and the summary.
fn failures(ran: &Ran) -> (Vec<String>, Value) {
    let mut lines = ran.json();
    let summary = lines.pop().unwrap();
    let failed = lines.iter().filter(|line| line["status"] == "fail");
    let ids = failed.map(|line| line["id"].as_str().unwrap().to_owned());
    (ids.collect(), summary)
}

const SELECTIONS: [&[&str]; 9] = [
    &[],
    &["--skip", "answers-in-time"],
    &["--skip", "accepts-valid"],
    &["--skip", "accepts-valid,answers-in-time"],
    &["--only", "accepts-valid"],
    &["--only", "answers-in-time"],
    &[
        "--only",
        "accepts-valid",
        "--only",
        "rejects-missing-signature",
    ],
    &["--only", "rejects-other-methods", "--skip", "accepts-valid"],
    &["--only", "keeps-quiet-on-errors,answers-without-redirect"],
];

#[test]
fn a_handler_that_never_responds_fails_whatever_is_selected() {
    let room = Room::new();
    for closes in [false, true] {
        let to = silent(closes);
        for selection in SELECTIONS {
            let ran = audit(&room, &to, &[selection, &["--json"]].concat());
            ran.ends(1);
            let (failed, summary) = failures(&ran);
            assert!(!failed.is_empty(), "{closes} {selection:?} {}", ran.stdout);
            assert_eq!(summary["failed"], failed.len(), "{closes} {selection:?}");
            let said = audit(&room, &to, selection);
            let verdict = said.ends(1).stdout.lines().nth(1).unwrap();
            let start = "✗ No valid delivery got a response. ";
            assert!(
                verdict.starts_with(start),
                "{closes} {selection:?} {verdict}"
            );
        }
    }
}

#[test]
fn a_late_handler_is_blamed_once() {
    let room = Room::new();
    let to = silent(false);
    let blamed =
        |args: &[&str]| failures(audit(&room, &to, &[args, &["--json"]].concat()).ends(1)).0;
    assert_eq!(blamed(&[]), ["answers-in-time"]);
    assert_eq!(blamed(&["--skip", "answers-in-time"]), ["accepts-valid"]);
    assert_eq!(blamed(&["--only", "survives-burst"]), ["accepts-valid"]);
}

#[test]
fn reports_say_that_nothing_responded() {
    let room = Room::new();
    let to = silent(false);
    let reports = [
        "--report",
        "junit=r.xml",
        "--report",
        "html=r.html",
        "--report",
        "markdown=r.md",
    ];
    let skipped = ["--skip", "accepts-valid,answers-in-time"];
    audit(&room, &to, &[&skipped[..], &reports].concat()).ends(1);
    let junit = room.read("r.xml");
    assert!(junit.contains("tests=\"20\" failures=\"1\""), "{junit}");
    assert!(
        junit.contains("<failure message=\"no whole answer within 200ms\">"),
        "{junit}"
    );
    let markdown = room.read("r.md");
    let verdict = "### ❌ No valid delivery got a response. 1 of 1 check failed: `accepts-valid`.";
    assert_eq!(markdown.lines().next(), Some(verdict));
    let html = room.read("r.html");
    assert!(html.contains("<header class=\"fail\">"), "{html}");
    assert!(
        html.contains("<h1>No valid delivery got a response. "),
        "{html}"
    );
}

#[test]
fn a_baseline_accepts_no_silence() {
    let room = Room::new();
    let to = silent(false);
    room.write(
        "known.json",
        "{\"known\": [\"accepts-valid\", \"answers-in-time\", \"nothing-asked\"]}",
    );
    for selection in SELECTIONS {
        let ran = audit(
            &room,
            &to,
            &[selection, &["--baseline", "known.json", "--json"]].concat(),
        );
        assert_eq!(failures(ran.ends(1)).1["known"], 0, "{selection:?}");
    }
    let ran = audit(&room, &to, &["--write-baseline", "new.json"]);
    assert_eq!(
        ran.ends(1).stderr,
        "error: `new.json` is not written: a baseline accepts failures, not silence\n"
    );
    assert!(!room.path().join("new.json").exists());
}

#[test]
fn an_audit_that_asks_nothing_fails_and_says_why() {
    let room = Room::new();
    let handler = refusing_with("");
    let to = handler.url("/webhooks/github");
    let args = [
        "--only",
        "rejects-stale-timestamp",
        "--report",
        "junit=r.xml",
    ];
    audit(&room, &to, &args).is(
        1,
        "GitHub at http://127.0.0.1:[port]/webhooks/github
✗ Nothing could be asked.

  ✗  nothing-asked            nothing could be asked: GitHub does not sign a time
  -  rejects-stale-timestamp  GitHub does not sign a time

✗ nothing-asked
    expected  at least one check that can be asked
    observed  nothing could be asked: GitHub does not sign a time
    why       An audit that asks nothing says nothing about the handler.
    mend      Select other checks; without `--only` and `--skip`, all of them are asked.

1 failed, 1 skipped, 7 requests in [ms]
",
        "",
    );
    let junit = room.read("r.xml");
    assert!(
        junit.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\""),
        "{junit}"
    );
    room.write("known.json", "{\"known\": [\"nothing-asked\"]}");
    let known = ["--baseline", "known.json", "--json"];
    let ran = audit(&room, &to, &[&args[..2], &known].concat());
    assert_eq!(failures(ran.ends(1)).0, ["nothing-asked"]);
    // What contradicts itself selects nothing.
    let none = [
        "--only",
        "accepts-valid",
        "--skip",
        "accepts-valid",
        "--json",
    ];
    let ran = audit(&room, &to, &none);
    let (failed, summary) = failures(ran.ends(1));
    assert_eq!(failed, ["nothing-asked"]);
    assert_eq!(summary["requests"], 0);
    assert_eq!(
        ran.json()[0]["observed"],
        "nothing could be asked: no check is selected"
    );
}

#[test]
fn a_handler_that_only_redirects_passes_no_selection() {
    let room = Room::new();
    let handler =
        Endpoint::answering("HTTP/1.1 302 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    let to = handler.url("/webhooks/github");
    for selection in SELECTIONS {
        let ran = audit(&room, &to, &[selection, &["--json"]].concat());
        assert!(!failures(ran.ends(1)).0.is_empty(), "{selection:?}");
    }
}

/// A file of cases that asks one handler and sends to another.
fn cases(silent: &str, live: &str) -> String {
    format!(
        "provider = \"github\"\ntimeout = \"200ms\"\n\n\
         [[case]]\nname = \"audit\"\nto = \"{silent}\"\ncheck = [\"accepts-valid\", \"rejects-missing-signature\"]\n\n\
         [[case]]\nname = \"push\"\nto = \"{live}\"\nsend = \"push\"\n"
    )
}

#[test]
fn cases_fail_where_the_handler_never_responds() {
    let room = Room::new();
    let (silent, live) = (silent(false), Endpoint::with(|_, _| answer(200, "")));
    let run = |args: &[&str]| {
        let all = ["run", "cases.toml", "--secret", SECRET, "--json", "-q"];
        let ran = room.run(&[&all, args].concat());
        failures(ran.ends(1))
    };
    room.write(
        "known.json",
        "{\"known\": [\"audit / accepts-valid\", \"push\"]}",
    );
    room.write("cases.toml", cases(&silent, &live.url("/")));
    for args in [&[][..], &["--baseline", "known.json"]] {
        let (failed, summary) = run(args);
        assert_eq!(failed, ["audit / accepts-valid"]);
        assert_eq!(summary["known"], 0);
    }
    // Where nothing responds at all, no failure is known.
    room.write("cases.toml", cases(&silent, &silent));
    let (failed, summary) = run(&["--baseline", "known.json"]);
    assert_eq!(failed, ["audit / accepts-valid", "push"]);
    assert_eq!(
        (&summary["failed"], &summary["known"]),
        (&json!(2), &json!(0))
    );
}

#[test]
fn a_case_that_asks_nothing_fails() {
    let room = Room::new();
    let handler = refusing_with("");
    room.write(
        "cases.toml",
        format!(
            "provider = \"github\"\nto = \"{}\"\n\n\
             [[case]]\nname = \"push\"\nsend = \"push\"\n\n\
             [[case]]\nname = \"time\"\ncheck = [\"rejects-stale-timestamp\"]\n",
            handler.url("/")
        ),
    );
    let ran = room.run(&["run", "cases.toml", "--secret", SECRET, "--json", "-q"]);
    assert_eq!(failures(ran.ends(1)).0, ["time / nothing-asked"]);
}
