//! How fast the program starts, against a program that does nothing: `cargo bench --bench start`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark may panic, and prints its numbers"
)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 300;

fn main() {
    let ours = env!("CARGO_BIN_EXE_hookctl");
    let commands: [(&str, &[&str]); 4] = [
        ("/bin/true", &[]),
        (ours, &["--version"]),
        (ours, &["events"]),
        (
            ours,
            &[
                "send",
                "lead_replied",
                "--dry-run",
                "--to",
                "http://localhost:1/",
            ],
        ),
    ];
    let mut medians = Vec::new();
    for (program, args) in commands {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| once(program, args)).collect();
        times.sort();
        medians.push(times[RUNS / 2]);
    }
    let nothing = medians[0];
    for ((_, args), median) in commands.iter().zip(&medians).skip(1) {
        eprintln!(
            "hookctl {}: {:.2} ms, {:.2} ms more than /bin/true",
            args.join(" "),
            median.as_secs_f64() * 1e3,
            median.saturating_sub(nothing).as_secs_f64() * 1e3
        );
    }
}

fn once(program: &str, args: &[&str]) -> Duration {
    let start = Instant::now();
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    start.elapsed()
}
