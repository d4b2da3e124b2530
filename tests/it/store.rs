//! What was acknowledged is kept, whatever happens to the program, the file or the disk.

use std::collections::HashSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rusqlite::Connection;

use crate::harness::{Listener, Room};

/// A request with a body of its own.
fn post(body: &str) -> String {
    let length = body.len();
    format!("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// Sends one request and returns the status of its answer; `None` if there was none.
pub(crate) fn status(stream: &mut TcpStream, body: &str) -> Option<u16> {
    stream.write_all(post(body).as_bytes()).ok()?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 1024]);
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1)?;
            let length: usize = length.lines().next()?.parse().ok()?;
            if body.len() >= length {
                return head.split(' ').nth(1)?.parse().ok();
            }
        }
    }
}

/// Sends from several connections until told to stop; returns what was acknowledged, and counts it meanwhile.
fn load(
    listener: &Listener,
    name: &str,
    stop: &Arc<AtomicBool>,
    count: &Arc<AtomicUsize>,
) -> Vec<thread::JoinHandle<Vec<String>>> {
    (0..8)
        .map(|connection| {
            let (mut stream, stop) = (listener.connect(), Arc::clone(stop));
            let count = Arc::clone(count);
            let name = format!("{name}-{connection}");
            thread::spawn(move || {
                let mut kept = Vec::new();
                for number in 0.. {
                    let body = format!("{name}-{number}");
                    match status(&mut stream, &body) {
                        Some(200) => {
                            kept.push(body);
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        Some(503) => {}
                        Some(other) => panic!("answered {other}"),
                        None => break,
                    }
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
                kept
            })
        })
        .collect()
}

/// The bodies that the history holds, and that no id is there twice.
fn bodies(room: &Room) -> HashSet<String> {
    let lines = room
        .run(&["history", "--json", "--limit", "1000000"])
        .ends(0)
        .json();
    let ids: HashSet<String> = lines.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!(ids.len(), lines.len());
    lines
        .iter()
        .map(|line| line["body"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let room = Room::new();
    let mut all = Vec::new();
    // At the first requests, while the file is made, and later.
    for (round, after) in [1, 40, 300, 900, 10, 2].into_iter().enumerate() {
        let listener = room.listen_at(":0", &["--show", "none"]);
        let stop = Arc::new(AtomicBool::new(false));
        let count = Arc::new(AtomicUsize::new(0));
        let senders = load(&listener, &round.to_string(), &stop, &count);
        while count.load(Ordering::Relaxed) < after {
            assert!(!senders.iter().all(thread::JoinHandle::is_finished));
            thread::yield_now();
        }
        listener.signal("-KILL");
        for sender in senders {
            all.extend(sender.join().unwrap());
        }
        // Each time all is there at once, whatever was in the middle of being written.
        let there = bodies(&room);
        let lost: Vec<_> = all.iter().filter(|body| !there.contains(*body)).collect();
        assert_eq!(lost, Vec::<&String>::new(), "round {round}");
    }
    assert!(all.len() >= 1_253, "{}", all.len());
    let file = Connection::open(room.path().join("../state/hookctl/history.db")).unwrap();
    let sound: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
}

#[test]
fn two_listeners_and_readers_share_a_history() {
    let room = Room::new();
    let listeners = [
        room.listen_at(":0", &["--show", "none"]),
        room.listen_at(":0", &["--show", "none"]),
    ];
    let stop = Arc::new(AtomicBool::new(false));
    let count = Arc::default();
    let senders: Vec<_> = listeners
        .iter()
        .zip(["a", "b"])
        .flat_map(|(listener, name)| load(listener, name, &stop, &count))
        .collect();
    for _ in 0..12 {
        room.run(&["history"]).ends(0);
        room.run(&["history", "--search", "a-3-", "--limit", "3"])
            .ends(0);
    }
    stop.store(true, Ordering::Relaxed);
    let mut all = 0;
    let kept = Mutex::new(Vec::new());
    for sender in senders {
        let some = sender.join().unwrap();
        assert!(!some.is_empty(), "one of them was starved");
        all += some.len();
        kept.lock().unwrap().extend(some);
    }
    let there = bodies(&room);
    assert!(kept.lock().unwrap().iter().all(|body| there.contains(body)));
    assert_eq!(there.len(), all);
}

#[cfg(unix)]
#[test]
fn the_file_is_the_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new();
    let listener = room.listen(&["--store", "new/folder/h.db"]);
    assert!(
        listener
            .exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .contains("200 OK")
    );
    for name in ["h.db", "h.db-wal", "h.db-shm"] {
        let metadata = fs::metadata(room.path().join("new/folder").join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn no_history_is_kept_where_none_is_wanted() {
    let room = Room::new();
    let listener = room.listen(&["--no-store"]);
    let target = format!("{}/x", listener.url);
    room.run(&["send", "lead_replied", "--no-store", "--to", &target])
        .ends(0);
    room.run(&["history"])
        .is(0, "", "Nothing like that is in the history.\n");
    room.run(&["history", "--no-store"]).is(
        2,
        "",
        "error: `history` reads the history, and `--no-store` does without\n",
    );
}

#[test]
fn a_history_stays_within_its_limits() {
    let room = Room::new();
    room.write(
        "hookctl.toml",
        "[history]\nfile = \"h.db\"\nmax_size = \"1MB\"\nkeep = \"30d\"\n",
    );
    let listener = room.listen_at(":0", &["--show", "none"]);
    let mut stream = listener.connect();
    let file = Connection::open(room.path().join("h.db")).unwrap();
    let mut sent = 0;
    // The listener looks now and then how much there is.
    loop {
        let body = format!("{sent}-{}", "x".repeat(700));
        assert_eq!(status(&mut stream, &body), Some(200));
        sent += 1;
        let size = "SELECT count(*), sum(length(body)) FROM entry";
        let (count, size): (i64, i64) = file
            .query_row(size, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        if count < sent && size < 1_000_000 {
            break;
        }
    }
    assert_eq!(status(&mut stream, "the last"), Some(200));
    drop(stream);
    listener.stop();
    let there = bodies(&room);
    assert!(there.contains("the last"));
    // What fits stays: the newest, without a gap.
    let oldest = (0..sent).find(|number| {
        there
            .iter()
            .any(|body| body.starts_with(&format!("{number}-")))
    });
    assert_eq!(oldest, Some(sent - i64::try_from(there.len()).unwrap() + 1));
    let size: usize = there.iter().map(String::len).sum();
    assert!((500_000..1_000_000).contains(&size), "{size}");
    room.write("hookctl.toml", "[history]\nkeep = \"soon\"\n");
    room.run(&["history"]).is(
        2,
        "",
        "error: `history.keep` in the configuration: `soon` is no length of time such as `30d` or `12h`\n",
    );
}

/// Moves the last use of a history, as if the clock of the machine were wrong by so much now.
fn clock_is_off_by(room: &Room, milliseconds: i64) {
    let file = Connection::open(room.path().join("h.db")).unwrap();
    let moved = file.execute("UPDATE clock SET seen = seen - ?1", [milliseconds]);
    assert_eq!(moved.unwrap(), 1);
}

#[test]
fn a_wrong_clock_is_warned_of_and_prunes_nothing() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let room = Room::new();
    room.write("hookctl.toml", "[history]\nfile = \"h.db\"\n");
    let session = |first: &str| {
        let listener = room.listen_at(":0", &["--show", "none", "-q"]);
        let mut stream = listener.connect();
        for part in ["a", "b"] {
            assert_eq!(status(&mut stream, &format!("{first}-{part}")), Some(200));
        }
        drop(stream);
        listener.stop().stderr
    };
    assert_eq!(session("right"), "");
    clock_is_off_by(&room, 40 * DAY);
    assert_eq!(
        session("ahead"),
        "warning: by the clock of this machine, the history was last used 40 days ago; in case that is wrong, nothing is deleted for its age today\n"
    );
    clock_is_off_by(&room, -40 * DAY);
    assert_eq!(
        session("behind"),
        "warning: the clock of this machine is 39 days behind the last use of the history; is it right?\n"
    );
    assert_eq!(bodies(&room).len(), 6);
}
