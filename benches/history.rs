//! How fast `history` finds something among many captures: `cargo bench --bench history`, or with
//! `-- 1000000` among so many.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark may panic, and prints its numbers"
)]

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COUNT: u32 = 100_000;
const BODY: usize = 700;
const RUNS: usize = 5;

fn main() {
    let count = std::env::args().find_map(|arg| arg.parse().ok());
    let count = count.unwrap_or(COUNT);
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    fill(folder.path(), count);
    let size = std::fs::metadata(folder.path().join("history.db")).unwrap();
    eprintln!(
        "{count} imported in {:.1?}, {} MB",
        start.elapsed(),
        size.len() / 1_000_000
    );
    let oldest = format!("cap_{:012}", 0);
    let searches: [(&str, &[&str]); 8] = [
        ("the newest 50", &[]),
        ("a word in the oldest body", &["--search", "needle"]),
        ("a word that is nowhere", &["--search", "haystack"]),
        ("a word of every body", &["--search", "invoice"]),
        ("an event that is rare", &["--event", "rare"]),
        ("a status that is nowhere", &["--status", "418"]),
        ("the last of the hour", &["--since", "-1h"]),
        ("one by its id", &["show", &oldest]),
    ];
    for (name, args) in searches {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| once(folder.path(), args)).collect();
        times.sort();
        eprintln!("{name:<28} {:>8.1} ms", times[RUNS / 2].as_secs_f64() * 1e3);
    }
}

fn history(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookctl"));
    command
        .args(["history", "--store"])
        .arg(folder.join("history.db"))
        .env("HOME", folder)
        .stderr(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn once(folder: &Path, args: &[&str]) -> Duration {
    let start = Instant::now();
    assert!(history(folder).args(args).status().unwrap().success());
    start.elapsed()
}

/// Imports captures of Ken's size; the first alone holds the needle, and has the rare event.
fn fill(folder: &Path, count: u32) {
    let mut import = history(folder)
        .args(["import", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufWriter::with_capacity(1 << 20, import.stdin.take().unwrap());
    for number in 0..count {
        let (event, word) = if number == 0 {
            ("rare", "needle")
        } else {
            ("usual", "nothing")
        };
        let mut body =
            format!(r#"{{\"event\":\"invoice.paid\",\"number\":{number},\"text\":\"{word}"#);
        body.push_str(&"x".repeat(BODY - body.len()));
        let id = format!("cap_{}", crockford(number));
        writeln!(lines, r#"{{"type":"capture","id":"{id}","received_at":"2026-03-01T10:00:00.000Z","method":"POST","target":"/webhooks/ken","headers":[["Host","localhost:8080"],["Content-Type","application/json"],["User-Agent","Svix-Webhooks/1.24"],["svix-id","msg_{number:027}"],["svix-timestamp","1772359200"],["svix-signature","v1,e3Rq8MQRqkBhev66EWDPUiJB8c2Xd5HMmuowCFm8LgM="],["Content-Length","{BODY}"]],"body":"{body}\"}}","provider":"ken","event":"{event}","delivery_id":"msg_{number:027}","duplicate":false,"signature":{{"status":"valid","scheme":"svix","reason":null}},"response":{{"status":200,"duration_ms":0.25}}}}"#).unwrap();
    }
    drop(lines);
    assert!(import.wait().unwrap().success());
}

/// A number as ids have it.
fn crockford(number: u32) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut digits = [b'0'; 12];
    let mut left = number;
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(left % 32).unwrap()];
        left /= 32;
    }
    String::from_utf8(digits.to_vec()).unwrap()
}
