//! `hookctl listen`: how it starts, answers, and ends.

use std::io::Write as _;
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Room, answers};

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn the_first_lines_say_where_and_what_next() {
    let room = Room::new();
    for address in [":0", "0", "localhost:0"] {
        room.run(&["listen", address, "--timeout", "0s"]).is(
            0,
            "Listening on http://localhost:[port]  (Ctrl-C ends)\n\
             Page at http://localhost:[port]\n\
             Try: hookctl send ken/email_sent --to http://localhost:[port]/webhooks/ken\n\n",
            "Received 0 requests.\n",
        );
    }
    let ran = room.run(&["listen", "[::1]:0", "--provider", "klen", "--timeout", "0s"]);
    ran.is(
        0,
        "Listening on http://[::1]:[port]  (Ctrl-C ends)\n\
         Page at http://localhost:[port]\n\
         Try: hookctl send klen/calendar.cancelled --to http://[::1]:[port]/webhooks/klen\n\n",
        "Received 0 requests.\n",
    );
}

#[test]
fn an_address_that_others_can_reach_gets_a_warning() {
    let room = Room::new();
    for (address, warned) in [
        (":0", false),
        ("127.0.0.1:0", false),
        ("[::1]:0", false),
        ("0.0.0.0:0", true),
        ("[::]:0", true),
    ] {
        let ran = room.run(&["-q", "listen", address, "--timeout", "0s"]);
        let warning = "warning: Other machines can reach this address; whoever can send here is shown here.\n";
        assert_eq!(
            ran.ends(0).stderr,
            if warned { warning } else { "" },
            "{address}"
        );
    }
}

#[test]
fn an_open_address_is_shown_as_it_is_and_called_by_one_that_works() {
    let room = Room::new();
    room.run(&["listen", "0.0.0.0:0", "--timeout", "0s"]).is(
        0,
        "Listening on http://0.0.0.0:[port]  (Ctrl-C ends)\n\
         Page at http://localhost:[port]\n\
         Try: hookctl send ken/email_sent --to http://localhost:[port]/webhooks/ken\n\n",
        "warning: Other machines can reach this address; whoever can send here is shown here.\n\
         Received 0 requests.\n",
    );
    room.run(&["-q", "listen", ":0", "--timeout", "0s"]).is(
        0,
        "Listening on http://localhost:[port]  (Ctrl-C ends)\n",
        "",
    );
}

#[test]
fn a_bare_port_is_both_loopback_addresses_and_no_other() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let port: u16 = listener.url.rsplit(':').next().unwrap().parse().unwrap();
    for host in ["127.0.0.1", "::1"] {
        let mut stream = std::net::TcpStream::connect((host, port)).unwrap();
        stream.write_all(GET.as_bytes()).unwrap();
        assert!(
            answers(&mut stream).starts_with("HTTP/1.1 200 OK"),
            "{host}"
        );
        assert_eq!(listener.next()["type"], "capture");
    }
    assert!(std::net::TcpStream::connect(("127.0.0.2", port)).is_err());
    listener.stop().ends(0);
}

#[test]
fn a_port_that_is_taken_is_told_with_a_way_out() {
    let room = Room::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    room.run(&["listen", &format!(":{port}")]).is(
        3,
        "",
        "error: cannot listen on `127.0.0.1:[port]`: Address already in use (os error 98)\n\
         hint: Another program has this port. Take another, or `:0` for any that is free.\n",
    );
    let ran = room.run(&["listen", "::1:80"]);
    assert_eq!(
        ran.ends(2).stderr.lines().next(),
        Some(
            "error: invalid value '::1:80' for '[ADDR]': `::1:80` is no address such as `:8080`, \
             `127.0.0.1:8080` or `[::1]:8080`"
        )
    );
}

#[test]
fn both_signals_end_it_well() {
    let room = Room::new();
    for signal in ["-TERM", "-INT"] {
        let listener = room.listen_at(":0", &[]);
        listener.signal(signal);
        listener.wait().is(0, "", "Received 0 requests.\n");
    }
}

#[test]
fn an_answer_under_way_is_finished() {
    let room = Room::new();
    let mut listener = room.listen(&["--delay", "300ms", "--body", "late"]);
    let mut stream = listener.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    // A connection without a request is not waited for.
    let _idle = listener.connect();
    assert_eq!(listener.next()["response"]["status"], 200);
    let ran = listener.stop();
    assert_eq!(ran.ends(0).json()[0]["captures"], 1);
    let answer = answers(&mut stream);
    assert!(answer.ends_with("\r\n\r\nlate"), "{answer}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let room = Room::new();
    let mut listener = room.listen(&["--delay", "9s"]);
    let mut stream = listener.connect();
    stream.write_all(GET.as_bytes()).unwrap();
    listener.next();
    listener.signal("-TERM");
    // The first signal was taken. To try whether the port is free could hit whoever has it by then.
    assert_eq!(
        listener.next_note(),
        "warning: Answers are still under way.\n"
    );
    listener.signal("-INT");
    listener.wait().ends(0);
    // It did not wait for the answer.
    assert_eq!(answers(&mut stream), "");
}

#[test]
fn the_time_is_up_with_or_without_what_was_waited_for() {
    let room = Room::new();
    let ends = |args: &[&str], code: i32, stderr: &str| {
        let args = [&["--timeout", "20ms"], args].concat();
        let ran = room.listen_at(":0", &args).wait();
        ran.is(code, "", &format!("Received 0 requests.\n{stderr}"));
    };
    ends(&[], 0, "");
    ends(
        &["--expect-valid"],
        1,
        "error: expected requests with valid signatures, none came\n",
    );
    ends(
        &["--exit-after", "2"],
        1,
        "error: expected 2 requests, 0 came\n",
    );
    ends(
        &[
            "--expect",
            "lead_replied",
            "--expect",
            "ken/x",
            "--expect-valid",
        ],
        1,
        "error: expected `lead_replied`, `ken/x` with a valid signature, which did not come\n",
    );
    room.run(&["listen", ":0", "--expect", "acme/x"]).is(
        2,
        "",
        "error: unknown provider `acme`\nhint: `hookctl providers` lists them.\n",
    );
    room.run(&["listen", ":0", "--expect", "ken/lead_replid"]).is(
        2,
        "",
        "error: ken has no event `lead_replid`\nhint: Did you mean `lead_replied` or `lead_clicked` or `lead_interested`?\n",
    );
    room.run(&["listen", ":0", "--expect", "lead_replyd"]).is(
        2,
        "",
        "error: no provider has an event `lead_replyd`\nhint: Did you mean `lead_replied` or `lead_clicked`?\n\
         hint: An event that is not in the catalogue is expected as `PROVIDER/EVENT`.\n",
    );
}

#[test]
fn the_summary_has_the_keys_of_the_contract() {
    let room = Room::new();
    let listener = room.listen(&[
        "--exit-after",
        "1",
        "--expect",
        "ken/other",
        "--secret",
        "k",
    ]);
    listener.exchange(GET);
    let ran = listener.wait();
    let mut lines = ran.ends(1).json();
    let mut summary = lines.pop().unwrap();
    assert!(summary["duration_ms"].take().is_number());
    assert_eq!(
        summary,
        json!({
            "type": "summary", "captures": 1, "valid": 0, "invalid": 1, "duplicates": 0,
            "missing": ["ken/other"], "duration_ms": null
        })
    );
    assert_eq!(
        ran.stderr,
        "error: expected `ken/other`, which did not come\n"
    );
    let mut capture = lines.pop().unwrap();
    for measured in ["id", "received_at"] {
        assert!(capture[measured].take().is_string());
    }
    assert!(capture["response"]["duration_ms"].take().is_number());
    assert_eq!(
        capture,
        json!({
            "type": "capture", "id": null, "received_at": null,
            "method": "GET", "target": "/", "path": "/", "query": "",
            "headers": [["Host", "x"], ["Connection", "close"]], "body": "",
            "provider": null, "event": null, "delivery_id": null, "duplicate": false,
            "signature": {"status": "missing", "scheme": null, "reason": "missing_header"},
            "response": {"status": 200, "duration_ms": null}
        })
    );
    assert_eq!(lines, [] as [Value; 0]);
}

#[test]
fn the_ready_file_holds_the_url_of_this_run() {
    let room = Room::new();
    room.write("ready", "http://old\n");
    let listener = room.listen_at(":0", &["--ready-file", "ready", "--exit-after", "1"]);
    // It is written after the first lines are, in one step, and the old one is gone before.
    let path = room.path().join("ready");
    let url = loop {
        if let Ok(url) = std::fs::read_to_string(&path) {
            break url;
        }
        thread::yield_now();
    };
    assert_eq!(url, format!("{}\n", listener.url));
    assert!(!room.path().join("ready.part").exists());
    listener.exchange(GET);
    listener.wait().ends(0);
    let ran = room.run(&["-q", "listen", ":0", "--ready-file", "."]);
    assert!(
        ran.ends(3)
            .stderr
            .starts_with("error: cannot remove the old `"),
        "{ran:?}"
    );
    let ran = room.run(&["-q", "listen", ":0", "--ready-file", "none/ready"]);
    assert_eq!(ran.stdout, "");
    assert!(
        ran.ends(3)
            .stderr
            .contains("none/ready`: No such file or directory"),
        "{ran:?}"
    );
}

/// A request whose line is more than any pipe holds.
fn large() -> String {
    let body = format!("{}\n", "x".repeat(999)).repeat(300);
    format!("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n{body}")
}

#[test]
fn a_reader_that_does_not_read_cannot_keep_it() {
    let room = Room::new();
    for (args, signal, code) in [
        (&["--json"][..], Some("-TERM"), 0),
        (&["--json"], Some("-INT"), 0),
        (&["--show", "full"], Some("-TERM"), 0),
        (
            &["--json", "--timeout", "500ms", "--exit-after", "3"],
            None,
            1,
        ),
    ] {
        let mut listener = room.listen_at(":0", args);
        for _ in 0..2 {
            let answer = listener.exchange(large());
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        }
        if let Some(signal) = signal {
            listener.signal(signal);
        }
        let ended = listener.ends_unread(std::time::Duration::from_secs(6));
        assert_eq!(ended, code, "{args:?}");
        assert_eq!(
            listener.next_note(),
            "warning: Nobody reads the output, so not all of it was written.\n"
        );
        let said = listener.next_note();
        let missing = "error: expected 3 requests, 2 came\n";
        assert_eq!(said, if code == 1 { missing } else { "" }, "{args:?}");
    }
}

#[test]
fn a_slow_reader_gets_every_line() {
    let room = Room::new();
    let mut listener = room.listen(&["--exit-after", "8"]);
    for _ in 0..8 {
        listener.exchange(large());
    }
    for _ in 0..8 {
        thread::sleep(std::time::Duration::from_millis(300));
        assert_eq!(listener.next()["body"].as_str().unwrap().len(), 300_000);
    }
    assert_eq!(listener.wait().ends(0).json()[0]["captures"], 8);
}

#[test]
fn whoever_ends_it_early_gets_no_error() {
    let room = Room::new();
    for signal in ["-TERM", "-INT"] {
        let listener = room.listen_at(":0", &["--exit-after", "2", "--expect", "ken/lead_replied"]);
        listener.signal(signal);
        listener.wait().is(
            0,
            "",
            "Received 0 requests.\nwarning: expected `ken/lead_replied`, which did not come\n\
             warning: expected 2 requests, 0 came\n",
        );
    }
}

#[test]
fn an_expected_event_that_came_badly_is_told_of_once() {
    let room = Room::new();
    for (event, args, why) in [
        (
            "konvox/contact.replied",
            &[][..],
            "is missing (konvox never signs)",
        ),
        (
            "ken/lead_replied",
            &["--tamper", "body"],
            "is invalid (mismatch)",
        ),
        ("ken/lead_replied", &["--tamper", "headers"], "is missing"),
    ] {
        let listener = room.listen_at(
            ":0",
            &[
                "--show",
                "none",
                "--expect",
                event,
                "--expect-valid",
                "--timeout",
                "2s",
            ],
        );
        // What was broken on purpose should not have been taken.
        room.run(&[&["send", event, "--to", &listener.url], args].concat())
            .ends(i32::from(!args.is_empty()));
        let ran = listener.wait();
        let said = ran.ends(1).stderr.split_once('\n').unwrap().1;
        assert_eq!(
            said,
            format!(
                "error: expected `{event}` with a valid signature; it came, but its signature {why}\n"
            )
        );
    }
}

#[test]
fn a_part_of_a_head_does_not_hold_up_the_end() {
    let room = Room::new();
    let mut listener = room.listen(&[]);
    let mut half = listener.connect();
    half.write_all(b"POST / HTTP/1.1\r\nHo").unwrap();
    // What came over another connection afterwards was taken, so the part was seen too.
    listener.exchange(GET);
    listener.next();
    listener.signal("-TERM");
    assert_eq!(listener.ends_unread(std::time::Duration::from_secs(3)), 0);
}
