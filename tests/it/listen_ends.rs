//! `hookctl listen`: how it starts, answers, and ends.

use std::io::Write as _;
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Room, answers, steady};

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn the_first_lines_say_where_and_what_next() {
    let room = Room::new();
    for address in [":0", "0", "localhost:0"] {
        room.run(&["listen", address, "--timeout", "0s"]).is(
            0,
            "Listening on http://localhost:[port]  (Ctrl-C ends)\n\
             Try: hookctl send ken/email_sent --to http://localhost:[port]/webhooks/ken\n\n",
            "Received 0 requests.\n",
        );
    }
    let ran = room.run(&["listen", "[::1]:0", "--provider", "klen", "--timeout", "0s"]);
    ran.is(
        0,
        "Listening on http://[::1]:[port]  (Ctrl-C ends)\n\
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
    let start = std::time::Instant::now();
    listener.signal("-TERM");
    // The port is given back once the first signal was taken.
    let port = listener.url.rsplit(':').next().unwrap().to_owned();
    while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_ok() {
        thread::yield_now();
    }
    listener.signal("-INT");
    listener.wait().ends(0);
    assert!(start.elapsed().as_secs() < 8);
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
    ends(&["--expect-valid"], 0, "");
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
    assert!(
        ran.ends(3)
            .stderr
            .contains("none/ready`: No such file or directory"),
        "{ran:?}"
    );
}

#[test]
fn each_request_is_saved_to_a_file_that_can_be_sent_again() {
    let room = Room::new();
    let listener = room.listen(&["--save", "deep/kept", "--exit-after", "2"]);
    let url = listener.url.clone();
    room.run(&["send", "lead_replied", "--to", &format!("{url}/w?a=b")])
        .ends(0);
    listener.exchange("PURGE / HTTP/1.1\r\nAuthorization: Basic dTpw\r\nConnection: close\r\n\r\n");
    let shown = listener.wait();
    let mut files: Vec<_> = std::fs::read_dir(room.path().join("deep/kept"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let saved: Vec<Value> = files
        .iter()
        .map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
        .collect();
    let names: Vec<_> = files
        .iter()
        .map(|file| file.file_name().unwrap().to_str().unwrap().split_at(20).1)
        .collect();
    assert_eq!(names, ["0001-ken-lead_replied.json", "0002.json"]);
    assert_eq!(saved[0], shown.json()[0]);
    // A file is kept with all that came; what is shown is not.
    assert_eq!(
        saved[1]["headers"][0],
        json!(["Authorization", "Basic dTpw"])
    );
    assert_eq!(
        shown.json()[1]["headers"][0],
        json!(["Authorization", "Basic [redacted]"])
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&files[1]).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let again = room.listen(&["--exit-after", "1"]);
    let file = files[0].to_str().unwrap();
    room.run(&["replay", file, "--to", &again.url]).ends(0);
    assert_eq!(again.wait().ends(0).json()[0]["body"], saved[0]["body"]);
}

#[test]
fn what_cannot_be_saved_is_refused_and_not_counted() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "kept"]);
    std::fs::remove_dir(room.path().join("kept")).unwrap();
    assert_eq!(
        listener.exchange(GET),
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 20\r\n\
         connection: close\r\n\r\nService Unavailable\n"
    );
    let note = steady(&listener.next_note());
    assert!(
        note.starts_with("warning: GET / refused with 503: cannot save to `"),
        "{note}"
    );
    assert!(
        note.ends_with(".json`: No such file or directory (os error 2) (from 127.0.0.1:[port])\n"),
        "{note}"
    );
    std::fs::create_dir(room.path().join("kept")).unwrap();
    assert!(listener.exchange(GET).starts_with("HTTP/1.1 200 OK"));
    let ran = listener.stop();
    assert_eq!(ran.ends(0).json()[1]["captures"], 1);
    room.write("file", "");
    let ran = room.run(&["listen", ":0", "--save", "file"]);
    assert!(
        ran.ends(3)
            .stderr
            .starts_with("error: cannot make the folder `"),
        "{ran:?}"
    );
}

#[test]
fn a_reader_that_goes_away_ends_it_in_silence() {
    let room = Room::new();
    for args in [&["--delay", "100ms", "--json"][..], &["--delay", "100ms"]] {
        let mut listener = room.listen_at(":0", args);
        listener.hang_up();
        let mut stream = listener.connect();
        stream.write_all(GET.as_bytes()).unwrap();
        let answer = answers(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        listener.wait().is(0, "", "");
    }
}

#[test]
fn the_answer_is_what_was_asked_for() {
    let room = Room::new();
    room.write("answer.json", "{\"ok\":true}");
    let answers_with = |args: &[&str], wanted: &str| {
        let listener = room.listen(&[args, &["--exit-after", "1"]].concat());
        assert_eq!(listener.exchange(GET), wanted, "{args:?}");
        listener.wait().ends(0);
    };
    answers_with(
        &["--status", "418", "--body", "tea"],
        "HTTP/1.1 418 I'm a teapot\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 3\r\n\
         connection: close\r\n\r\ntea",
    );
    answers_with(
        &["--body", "@answer.json", "-H", "X-A: 1", "-H", "x-a:2"],
        "HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\
         connection: close\r\n\r\n{\"ok\":true}",
    );
    answers_with(
        &["--body", "<r/>", "-H", "content-type: text/xml"],
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 4\r\nconnection: close\r\n\r\n<r/>",
    );
    answers_with(
        &["--status", "204"],
        "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
    );
}

#[test]
fn an_answer_that_cannot_be_is_refused_at_the_start() {
    let room = Room::new();
    for header in [
        "Content-Length: 5",
        "transfer-encoding: chunked",
        "Trailer: X",
    ] {
        let name = header.split(':').next().unwrap();
        room.run(&[
            "listen",
            ":0",
            "--body",
            "hi",
            "-H",
            header,
            "--timeout",
            "0s",
        ])
        .is(
            2,
            "",
            &format!("error: the header `{name}` follows from the body\nhint: Leave it out.\n"),
        );
    }
    for status in ["204", "205", "304"] {
        room.run(&["listen", ":0", "--status", status, "--body", "hi", "--timeout", "0s"]).is(
            2,
            "",
            &format!(
                "error: an answer with {status} has no body\nhint: Leave out `--body`, or answer with 200.\n"
            ),
        );
    }
}

#[test]
fn a_delay_is_waited_for_and_counted() {
    let room = Room::new();
    let mut listener = room.listen(&["--delay", "120ms", "--exit-after", "1"]);
    let start = std::time::Instant::now();
    listener.exchange(GET);
    assert!(start.elapsed().as_millis() >= 120);
    assert!(listener.next()["response"]["duration_ms"].as_f64().unwrap() >= 120.0);
    listener.wait().ends(0);
}
