//! Streams that nobody reads: the output ends quietly, and neither what a command does nor its exit code changes.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use crate::harness::{Endpoint, Room, until};

/// How a stream cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gone {
    /// Its reader went away before the first byte, so it is no matter of who is faster.
    Pipe,
    /// It was closed when the program started.
    Closed,
}

/// A stream whose reader went away.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A room with a history: a capture, a delivery, and files to read.
fn furnished() -> Room {
    let room = Room::new();
    room.write("body", "{}");
    room.write(
        "bad.http",
        "POST /ken HTTP/1.1\nsvix-id: msg_1\nsvix-timestamp: 1\nsvix-signature: v1,eA==\n\n{}",
    );
    room.write("captures.ndjson", CAPTURES);
    room.run(&["secret", "ken"]).ends(0);
    room.run(&["history", "import", "captures.ndjson"]).ends(0);
    room
}

const CAPTURES: &str = "\
{\"type\":\"capture\",\"id\":\"cap_01h2k3m4n5p6\",\"received_at\":\"2026-11-01T10:00:00Z\",\"method\":\"POST\",\"path\":\"/a\",\"headers\":[[\"Host\",\"localhost\"]],\"body\":\"{}\",\"response\":{\"status\":200}}
{\"type\":\"capture\",\"id\":\"cap_01h2k3m4n5p7\",\"received_at\":\"2026-11-01T10:00:01Z\",\"method\":\"POST\",\"path\":\"/b\",\"headers\":[[\"Host\",\"localhost\"]],\"body\":\"{}\",\"response\":{\"status\":200}}
";

/// Commands that print, and the codes with which they end when somebody reads.
fn rows(to: &str) -> Vec<(Vec<&str>, i32)> {
    vec![
        (vec!["--help"], 0),
        (vec!["--version"], 0),
        (vec!["events"], 0),
        (vec!["events", "--json"], 0),
        (vec!["events", "show", "ken/lead_replied"], 0),
        (vec!["providers"], 0),
        (vec!["explain", "ken"], 0),
        (vec!["secret"], 0),
        (vec!["completions", "bash"], 0),
        (vec!["man"], 0),
        (vec!["sign", "ken/lead_replied"], 0),
        (vec!["history"], 0),
        (vec!["history", "--json"], 0),
        (vec!["history", "show", "last"], 0),
        (vec!["history", "export"], 0),
        (vec!["history", "export", "--format", "har"], 0),
        (
            vec!["history", "export", "--format", "curl", "--limit", "1"],
            0,
        ),
        (vec!["history", "import", "captures.ndjson"], 0),
        (
            vec!["send", "ken/lead_replied", "--as", "curl", "--to", to],
            0,
        ),
        (vec!["send", "ken/lead_replied", "--to", to], 1),
        (vec!["send", "ken/lead_replied", "--json", "--to", to], 1),
        (vec!["send", "ken/lead_replied", "-v", "--to", to], 1),
        (
            vec!["send", "ken/lead_replied", "--count", "3", "--to", to],
            1,
        ),
        (
            vec!["send", "ken/lead_replied", "--expect", "500", "--to", to],
            0,
        ),
        (
            vec![
                "send",
                "ken/lead_replied",
                "--retry",
                "--schedule",
                "1ms",
                "--to",
                to,
            ],
            1,
        ),
        (vec!["replay", "bad.http", "--raw", "--to", to], 1),
        (vec!["replay", "captures.ndjson", "--json", "--to", to], 1),
        (vec!["verify", "--provider", "ken", "bad.http"], 1),
        (vec!["verify", "--json", "captures.ndjson"], 1),
        (vec!["check", "--provider", "ken", "--to", to], 1),
        (vec!["check", "--provider", "ken", "--json", "--to", to], 1),
        (vec!["listen", ":0", "--json", "--timeout", "50ms"], 0),
        (
            vec![
                "listen",
                ":0",
                "--timeout",
                "50ms",
                "--expect",
                "ken/lead_replied",
            ],
            1,
        ),
        (vec!["emulate", ":0", "--timeout", "50ms"], 0),
    ]
}

#[test]
fn a_reader_that_went_away_changes_no_exit_code() {
    let room = furnished();
    let handler = Endpoint::status(500);
    let to = handler.url("/");
    for (args, code) in rows(&to) {
        room.run(&args).ends(code);
        for gone in [Gone::Pipe, Gone::Closed] {
            let mut command = match gone {
                Gone::Pipe => room.command(),
                Gone::Closed => closing(&room, ">&-"),
            };
            let output = command
                .args(&args)
                .stdin(Stdio::null())
                .stdout(unread())
                .output()
                .unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{gone:?} {args:?} {said}");
            for word in ["pipe", "descriptor", "cannot write", "panicked"] {
                assert!(!said.contains(word), "{gone:?} {args:?} {said}");
            }
        }
    }
}

#[test]
fn messages_that_nobody_reads_change_no_exit_code() {
    let room = furnished();
    let handler = Endpoint::status(500);
    let to = handler.url("/");
    let mistakes = [
        (vec!["events", "kan"], 2),
        (vec!["listen", "80x"], 2),
        (vec!["verify", "missing"], 3),
    ];
    for (args, code) in rows(&to).into_iter().chain(mistakes) {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        for (name, stderr) in [("pipe", unread()), ("full", full.into())] {
            let output = room
                .command()
                .args(&args)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(stderr)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(code), "{name} {args:?}");
        }
        for shut in ["2>&-", "<&- >&- 2>&-"] {
            let output = closing(&room, shut).args(&args).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{shut} {args:?}");
        }
    }
}

#[test]
fn output_that_a_full_disk_takes_nothing_of_is_an_environment_error() {
    let room = furnished();
    let handler = Endpoint::status(200);
    let to = handler.url("/");
    let rows = [
        vec!["--help"],
        vec!["--version"],
        vec!["events"],
        vec!["history", "export"],
        vec!["history", "--json"],
        vec!["send", "ken/lead_replied", "--to", &to],
        vec!["send", "ken/lead_replied", "--count", "3", "--to", &to],
        vec!["verify", "--json", "captures.ndjson"],
        vec![
            "check",
            "--provider",
            "ken",
            "--only",
            "accepts-valid",
            "--to",
            &to,
        ],
        vec!["listen", ":0", "--json", "--timeout", "50ms"],
        vec!["emulate", ":0", "--timeout", "50ms"],
    ];
    for args in rows {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = room
            .command()
            .args(&args)
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{args:?} {said}");
        let last = said.lines().last().unwrap();
        let error = "error: cannot write the output: No space left on device (os error 28)";
        assert_eq!(last, error, "{args:?} {said}");
    }
}

/// The program with streams that are closed, as a shell closes them.
fn closing(room: &Room, redirections: &str) -> Command {
    let mut command = room.command_of("/bin/sh");
    let line = format!("exec \"$0\" \"$@\" {redirections}");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_hookctl")]);
    command
}

#[test]
fn deliveries_do_not_depend_on_who_reads_about_them() {
    let room = furnished();
    for extra in [
        &["--count", "20"][..],
        &["--count", "20", "--json"],
        &["--duplicate", "19"],
        &["--duplicate", "19", "--json"],
    ] {
        let handler = Endpoint::status(200);
        let output = room
            .command()
            .args(["send", "ken/lead_replied", "--to", &handler.url("/")])
            .args(extra)
            .stdin(Stdio::null())
            .stdout(unread())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{extra:?}");
        assert_eq!(handler.hits().len(), 20, "{extra:?}");
    }
}

#[test]
fn a_listener_goes_on_when_its_reader_went_away() {
    let room = Room::new();
    let request =
        "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    for args in [&["--json"][..], &["--show", "full"]] {
        let store = format!("{}.db", args.len());
        let given = [args, &["--exit-after", "5", "--store", &store]].concat();
        let mut listener = room.listen_at(":0", &given);
        listener.hang_up();
        for _ in 0..5 {
            let response = listener.exchange(request);
            assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
        }
        let ran = listener.wait();
        ran.ends(0);
        assert!(!ran.stderr.contains("pipe"), "{}", ran.stderr);
        let kept = room.run(&["history", "--json", "--store", &store]);
        assert_eq!(kept.ends(0).json().len(), 5);
    }
}

#[test]
fn an_emulator_goes_on_when_its_reader_went_away() {
    let room = Room::new();
    let mut api = room.serve("emulate", ":0", &["--json"]);
    api.hang_up();
    for _ in 0..5 {
        let response = api.exchange(format!(
            "GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            &api.url[7..]
        ));
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    }
    api.stop().is(0, "", "");
}

#[test]
fn a_listener_whose_output_fills_the_disk_goes_on_and_says_so_at_the_end() {
    let room = Room::new();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let args = [
        "listen",
        ":0",
        "--json",
        "--no-page",
        "--ready-file",
        "ready",
        "--exit-after",
        "2",
    ];
    let child = room
        .command()
        .args(args)
        .stdin(Stdio::null())
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("the listener is ready", || {
        room.path().join("ready").exists()
    });
    let to = room.read("ready");
    for _ in 0..2 {
        room.run(&["send", "ken/lead_replied", "--to", to.trim()])
            .ends(0);
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "warning: cannot write the output: No space left on device (os error 28); requests are still received.\n\
         error: cannot write the output: No space left on device (os error 28)\n"
    );
    assert_eq!(output.status.code(), Some(3));
}
