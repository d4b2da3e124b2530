//! `history import`: all of it or nothing, once, and beside others that write.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::harness::{Room, until};

/// A capture on a line, with an id of its own or none.
fn line(number: usize, has_id: bool) -> String {
    let mut value = json!({
        "type": "capture", "received_at": "2026-03-01T10:00:00Z", "method": "POST", "target": format!("/{number}"),
        "headers": [["Host", "localhost"]], "body": "{}",
    });
    if has_id {
        value["id"] = json!(format!("cap_0123456{number:05}"));
    }
    format!("{value}\n")
}

fn lines(count: usize, has_id: bool) -> String {
    (0..count).map(|number| line(number, has_id)).collect()
}

fn count(room: &Room) -> usize {
    let ran = room.run(&["history", "--json", "--limit", "100000"]);
    ran.ends(0).stdout.lines().count()
}

/// Entries as a browser writes them.
fn har(count: usize) -> String {
    let entries: Vec<String> = (0..count)
        .map(|number| {
            json!({
                "startedDateTime": "2026-03-01T10:00:00Z",
                "request": {"method": "POST", "url": format!("http://localhost/{number}"), "headers": []},
                "response": {"status": 200},
            })
            .to_string()
        })
        .collect();
    format!("{{\"log\":{{\"entries\":[{}]}}}}", entries.join(","))
}

#[test]
fn the_same_file_is_imported_once() {
    let curl = "curl http://localhost/a -d x\ncurl http://localhost/b -d x\n";
    let raw = "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    for (name, text, all) in [
        ("ids", lines(30, true), 30),
        ("no ids", lines(30, false), 30),
        ("har", har(30), 30),
        ("curl", curl.to_owned(), 2),
        ("raw", raw.to_owned(), 1),
    ] {
        let room = Room::new();
        room.write("file", &text);
        let import = ["history", "import", "file"];
        room.run(&import).is(0, &format!("imported {all}\n"), "");
        let again = format!("imported 0, {all} already in the history\n");
        for _ in 0..2 {
            room.run(&import).is(0, &again, "");
        }
        assert_eq!(count(&room), all, "{name}");
        let json = room.run(&["history", "import", "file", "--json"]);
        assert_eq!(
            json.ends(0).json(),
            [json!({"type": "summary", "imported": 0, "known": all})],
            "{name}"
        );
    }
}

#[test]
fn equal_requests_in_one_file_are_all_imported_and_still_once() {
    let room = Room::new();
    let one = line(1, false);
    room.write("two", one.repeat(2));
    room.run(&["history", "import", "two"])
        .is(0, "imported 2\n", "");
    room.run(&["history", "import", "two"])
        .is(0, "imported 0, 2 already in the history\n", "");
    room.write("three", one.repeat(3));
    room.run(&["history", "import", "three"])
        .is(0, "imported 1, 2 already in the history\n", "");
    assert_eq!(count(&room), 3);
}

#[test]
fn an_id_that_another_request_has_is_no_reason_to_leave_one_out() {
    let room = Room::new();
    let (first, other) = (line(1, true), line(1, true).replace("{}", "other"));
    room.write("first", first);
    room.write("other", other);
    room.run(&["history", "import", "first"])
        .is(0, "imported 1\n", "");
    room.run(&["history", "import", "other"])
        .is(0, "imported 1\n", "");
    room.run(&["history", "import", "first", "other"]).is(
        0,
        "imported 0, 2 already in the history\n",
        "",
    );
}

#[test]
fn an_export_without_its_credentials_is_in_the_history_already() {
    let room = Room::new();
    let secret = line(1, true).replace(
        "[\"Host\",\"localhost\"]",
        "[\"Authorization\",\"Bearer xyz\"]",
    );
    room.write("file", secret);
    room.run(&["history", "import", "file"])
        .is(0, "imported 1\n", "");
    let exported = room.run(&["history", "export"]).stdout;
    assert!(exported.contains("[redacted]"), "{exported}");
    room.run_with(&["history", "import", "-"], &[], exported.as_bytes())
        .is(0, "imported 0, 1 already in the history\n", "");
}

#[test]
fn nothing_is_imported_of_a_file_that_is_broken_at_its_end() {
    let whole = har(600);
    for (name, text) in [
        ("lines", format!("{}{{\"method\"", lines(600, true))),
        ("har", whole[..whole.len() - 20].to_owned()),
        (
            "request",
            format!(
                "{}{}",
                lines(600, true),
                "{\"method\":\"P T\",\"path\":\"/\",\"headers\":[]}"
            ),
        ),
    ] {
        let room = Room::new();
        room.write("file", text);
        let ran = room.run(&["history", "import", "file"]);
        assert_eq!(ran.ends(2).stdout, "", "{name}");
        assert_eq!(count(&room), 0, "{name}");
    }
}

#[test]
fn an_import_that_is_killed_leaves_nothing_behind() {
    let room = Room::new();
    room.run(&["history", "import", "-"]).ends(2);
    let state = room.path().join("../state/hookctl");
    let files = || {
        let names = std::fs::read_dir(&state).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let mut child = room
        .command()
        .args(["history", "import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // All but the end: what fits into the pipe no more was read.
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(lines(5_000, true).as_bytes())
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(count(&room), 0);
    let left = files();
    assert!(
        left.iter()
            .all(|name| name.to_string_lossy().starts_with("history.db")),
        "{left:?}"
    );
    room.run_with(
        &["history", "import", "-"],
        &[],
        lines(5_000, true).as_bytes(),
    )
    .is(0, "imported 5000\n", "");
}

#[test]
fn a_listener_keeps_what_comes_while_an_import_waits_for_its_input() {
    let room = Room::new();
    let listener = room.listen(&["--show", "none"]);
    let mut child = room
        .command()
        .args(["history", "import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(lines(5_000, true).as_bytes()).unwrap();
    let request =
        "POST /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    for _ in 0..20 {
        let response = listener.exchange(request);
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    }
    assert_eq!(count(&room), 20);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "imported 5000\n");
    until("all are there", || count(&room) == 5_020);
    listener.stop().ends(0);
}
