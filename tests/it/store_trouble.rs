//! Whatever is wrong with the history, a clear word, no false 2xx, and nothing lost that was kept.

use std::collections::HashSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::harness::{Room, steady};
use crate::store::status;

const REQUEST: &str = "POST /x HTTP/1.1\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";

/// Requests of these numbers, as an export has them.
fn lines(numbers: std::ops::Range<u32>) -> String {
    let line = |number| {
        format!(
            "{{\"type\":\"capture\",\"id\":\"cap_{number:012}\",\"received_at\":\"2026-03-01T10:00:00.000Z\",\
             \"method\":\"POST\",\"target\":\"/x\",\"headers\":[],\"body\":\"{number}-{}\"}}\n",
            "x".repeat(2_000)
        )
    };
    numbers.map(line).collect()
}

/// Fills `h.db` with so many requests.
fn fill(room: &Room, count: u32) -> PathBuf {
    let import = ["history", "import", "-", "-q", "--store", "h.db"];
    let wanted = format!("imported {count}\n");
    room.run_with(&import, &[], lines(0..count).as_bytes())
        .is(0, &wanted, "");
    room.path().join("h.db")
}

/// What is said of a history that cannot be used, up to the hint.
fn said(path: &Path, why: &str) -> String {
    format!(
        "error: cannot use the history `{}`: {why}\nhint: ",
        path.display()
    )
}

#[test]
fn a_file_that_is_no_history_is_left_alone() {
    let room = Room::new();
    room.write(
        "garbage.db",
        "no database at all, but long enough to be taken for one ".repeat(99),
    );
    Connection::open(room.path().join("other.db"))
        .unwrap()
        .execute_batch("CREATE TABLE mine (a)")
        .unwrap();
    room.run(&["history", "import", "--store", "new.db", "-"]);
    Connection::open(room.path().join("new.db"))
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let (elsewhere, move_it) = (
        "hint: Name another file with `--store FILE`, or do without: `--no-store`.\n",
        "hint: Move it away, and a new one is made; or name another with `--store FILE`.\n",
    );
    let cases = [
        ("garbage.db", "it is no history", move_it),
        ("other.db", "it is a database of another program", elsewhere),
        ("new.db", "a newer version of hookctl wrote it", elsewhere),
        ("garbage.db/x", "Not a directory (os error 20)", elsewhere),
    ];
    for (file, why, hint) in cases {
        let path = room.path().join(file);
        let before = fs::read(&path).ok();
        let said = format!(
            "error: cannot use the history `{}`: {why}\n{hint}",
            path.display()
        );
        for command in [
            &["listen", ":0"][..],
            &["history"],
            &["history", "show", "last"],
        ] {
            room.run(&[command, &["--store", file]].concat())
                .is(3, "", &said);
        }
        assert!(fs::read(&path).ok() == before, "{file} was changed");
    }
}

#[test]
fn a_delivery_does_not_fail_for_want_of_a_history() {
    let room = Room::new();
    room.write("garbage.db", "no database ".repeat(99));
    let listener = room.listen(&[]);
    let target = format!("{}/x", listener.url);
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--store",
        "garbage.db",
        "--to",
        &target,
    ]);
    ran.ends(0);
    let path = room.path().join("garbage.db");
    assert_eq!(
        ran.stderr,
        format!(
            "warning: cannot use the history `{}`: it is no history; deliveries are not kept.\n",
            path.display()
        )
    );
}

/// Runs a command as somebody for whom the rights of files hold: the superuser may write everywhere.
fn run_as_nobody(room: &Room, args: &[&str]) -> crate::harness::Ran {
    let template = room.command();
    let mut command =
        match fs::metadata(room.path()).map(|it| std::os::unix::fs::MetadataExt::uid(&it)) {
            Ok(0) => {
                // The way to the program may be closed to others.
                let program = room.path().join("../hookctl");
                // By another program: what this one had open for writing, nobody may run while a child of another
                // test still has it.
                let mut copy = Command::new("cp");
                let copied = copy.arg(template.get_program()).arg(&program).status();
                assert!(copied.unwrap().success());
                let mut command = Command::new("setpriv");
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
                command.arg(program);
                command
            }
            _ => Command::new(template.get_program()),
        };
    let vars = template.get_envs();
    command
        .args(args)
        .env_clear()
        .envs(vars.filter_map(|(key, value)| Some((key, value?))))
        .env("PATH", "/usr/bin:/bin")
        .current_dir(room.path());
    let output = command.output().expect("setpriv of util-linux");
    crate::harness::Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("no signal"),
    }
}

#[test]
fn a_file_that_cannot_be_written_can_still_be_read() {
    let room = Room::new();
    room.write("place/x", "");
    let path = fill(&room, 3);
    let (folder, file) = (
        room.path().join("place"),
        room.path().join("place/a b%20?#.db"),
    );
    fs::rename(path, &file).unwrap();
    let rights = |mode| fs::Permissions::from_mode(mode);
    fs::set_permissions(room.path().join(".."), rights(0o755)).unwrap();
    // A folder that is open to all must be no way out.
    for mode in [0o555, 0o777] {
        fs::set_permissions(&file, rights(0o444)).unwrap();
        fs::set_permissions(&folder, rights(mode)).unwrap();
        let run = |args: &[&str]| {
            let store = ["--store", "place/a b%20?#.db"];
            run_as_nobody(&room, &[args, &store].concat())
        };
        assert_eq!(run(&["history", "--json"]).ends(0).json().len(), 3);
        let cannot = said(&file, "it cannot be written");
        for args in [&["listen", ":0"][..], &["history", "clear", "--yes"]] {
            let ran = run(args);
            assert!(ran.ends(3).stderr.starts_with(&cannot), "{}", ran.stderr);
        }
        let send = ["send", "ken/lead_replied", "--secret", "whsec_AAAA"];
        let ran = run(&[&send[..], &["--to", "http://127.0.0.1:1/"]].concat());
        let warning = "it cannot be written; deliveries are not kept.\n";
        assert!(ran.ends(1).stderr.contains(warning), "{}", ran.stderr);
        assert_eq!(run(&["history", "--json"]).ends(0).json().len(), 3);
    }
    fs::set_permissions(&folder, rights(0o755)).unwrap();
}

#[test]
fn a_damaged_history_is_no_false_acknowledgement() {
    let room = Room::new();
    let path = fill(&room, 200);
    let mut bytes = fs::read(&path).unwrap();
    // The first page says that it is a history; behind it is nothing that makes sense.
    bytes[16 * 1024..].fill(b'?');
    fs::write(&path, &bytes).unwrap();
    let mut damaged = said(&path, "it is damaged");
    damaged.push_str("Move it away, and a new one is made; or name another with `--store FILE`.\n");
    room.run(&["history", "--store", "h.db"])
        .is(3, "", &damaged);
    let export = ["history", "export", "-q", "--store", "h.db"];
    room.run(&export).is(3, "", &damaged);
    let mut listener = room.listen(&["--store", "h.db"]);
    assert!(listener.exchange(REQUEST).starts_with("HTTP/1.1 503 "));
    assert_eq!(
        steady(&listener.next_note()),
        "warning: POST /x refused with 503: cannot keep it in the history: it is damaged (from 127.0.0.1:[port])\n"
    );
    // Nobody makes it worse.
    listener.stop();
    assert!(
        fs::read(&path).unwrap()[16 * 1024..]
            .iter()
            .all(|byte| *byte == b'?')
    );
}

#[test]
fn a_history_that_is_deleted_or_moved_is_begun_anew() {
    let room = Room::new();
    let listener = room.listen(&["--store", "h.db"]);
    let send = |path: &str| {
        let answer = listener.exchange(REQUEST.replace("/x", path));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    };
    let targets = |file: &str| -> Vec<String> {
        let lines = room
            .run(&["history", "--json", "--store", file])
            .ends(0)
            .json();
        let target = |line: &serde_json::Value| line["target"].as_str().unwrap().to_owned();
        lines.iter().map(target).collect()
    };
    send("/lost");
    fs::remove_file(room.path().join("h.db")).unwrap();
    send("/a");
    send("/b");
    assert_eq!(targets("h.db"), ["/b", "/a"]);
    fs::rename(room.path().join("h.db"), room.path().join("old.db")).unwrap();
    send("/c");
    assert_eq!(targets("h.db"), ["/c"]);
    assert_eq!(targets("old.db"), ["/b", "/a"]);
    listener.stop().ends(0);
    assert_eq!(targets("h.db"), ["/c"]);
}

#[test]
fn a_locked_history_is_no_false_acknowledgement() {
    let room = Room::new();
    let mut listener = room.listen(&["--store", "h.db"]);
    let other = Connection::open(room.path().join("h.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = "POST /x HTTP/1.1\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";
    assert!(listener.exchange(request).starts_with("HTTP/1.1 503 "));
    let note = listener.next_note();
    let why =
        "POST /x refused with 503: cannot keep it in the history: another program has locked it";
    assert!(note.contains(why), "{note}");
    let path = room.path().join("h.db");
    room.run(&["listen", ":0", "--store", "h.db"]).is(
        3,
        "",
        &format!(
            "error: cannot use the history `{}`: another program has locked it\n\
             hint: Name another file with `--store FILE`, or do without: `--no-store`.\n",
            path.display()
        ),
    );
    other.execute_batch("ROLLBACK").unwrap();
    assert!(listener.exchange(request).starts_with("HTTP/1.1 200 "));
    let lines = room.run(&["history", "--json", "--store", "h.db"]).json();
    assert_eq!(lines.len(), 1);
    listener.stop();
}

#[test]
fn a_commit_that_waits_for_another_program_keeps_nobody_else_waiting() {
    let room = Room::new();
    let one_thread = [("TOKIO_WORKER_THREADS", "1")];
    let args = ["--json", "--store", "h.db"];
    let listener = room.serve_with(&one_thread, "listen", ":0", &args);
    let other = Connection::open(room.path().join("h.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = listener.connect();
    waiting.write_all(REQUEST.as_bytes()).unwrap();
    // What needs no history is answered all the while, long before the commit is given up.
    for _ in 0..50 {
        let answer = listener.exchange("no request\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    other.execute_batch("ROLLBACK").unwrap();
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    listener.stop();
}

/// A file may not grow past a limit that the shell sets: for SQLite that is a disk that is full.
#[cfg(unix)]
#[test]
fn a_full_disk_is_no_false_acknowledgement() {
    use std::process::{Command, Stdio};
    let room = Room::new();
    room.write("limited", "trap '' XFSZ; ulimit -f 2000; exec \"$@\"");
    let template = room.command();
    let mut child = Command::new("sh")
        .arg("limited")
        .arg(template.get_program())
        .args([
            "listen",
            ":0",
            "--store",
            "h.db",
            "--ready-file",
            "url",
            "--show",
            "none",
        ])
        .env_clear()
        .envs(
            template
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        )
        .env("PATH", "/usr/bin:/bin")
        .current_dir(room.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !room.path().join("url").exists() {
        thread::sleep(Duration::from_millis(10));
    }
    let url = room.read("url");
    let mut stream = TcpStream::connect(
        url.trim()
            .trim_start_matches("http://")
            .replace("localhost", "127.0.0.1"),
    )
    .unwrap();
    let (mut kept, mut refused) = (Vec::new(), 0);
    for number in 0..60 {
        let body = format!("{number}-{}", "x".repeat(20_000));
        match status(&mut stream, &body) {
            Some(200) => kept.push(body),
            Some(503) => refused += 1,
            other => panic!("answered {other:?}"),
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        kept.len() > 3 && refused > 3,
        "{} kept, {refused} refused",
        kept.len()
    );
    let lines = room
        .run(&["history", "--json", "--limit", "99", "--store", "h.db"])
        .ends(0)
        .json();
    let there: HashSet<&str> = lines
        .iter()
        .map(|line| line["body"].as_str().unwrap())
        .collect();
    assert!(kept.iter().all(|body| there.contains(&**body)));
}
