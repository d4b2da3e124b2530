//! `hookctl listen --exec` and `--filter`.

use std::fs;

use serde_json::Value;

use crate::harness::{Endpoint, Ran, Room, steady};

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// A listener that runs a command, in which `$HOOKCTL` is the program.
fn exec(room: &Room, command: &str, args: &[&str]) -> Ran {
    let program = env!("CARGO_BIN_EXE_hookctl");
    let vars = [("HOOKCTL", program), ("PATH", "/usr/bin:/bin")];
    let args = [&["listen", ":0", "--show", "line", "--exec", command], args].concat();
    room.run_with(&args, &vars, b"")
}

const SEND: &str = "\"$HOOKCTL\" send ken/lead_replied -q --to $HOOKCTL_URL/w";

#[test]
fn the_command_knows_the_url_and_its_end_is_the_end() {
    let room = Room::new();
    let ran = exec(&room, &format!("{SEND} && echo done; echo aside >&2"), &[]);
    let out = steady(&ran.ends(0).stdout);
    assert!(
        out.contains("  POST /w  200  ken/lead_replied  ✓ valid"),
        "{out}"
    );
    assert!(out.contains("done\n"), "{out}");
    assert_eq!(ran.stderr, "aside\nReceived 1 request, 1 valid.\n");
    let ran = exec(&room, "exit 7", &[]);
    let wanted = "Received 0 requests.\nerror: `exit 7` ended with exit code 7\n";
    assert_eq!(ran.ends(7).stderr, wanted);
    exec(&room, "kill -9 $$", &[]).ends(137);
    exec(&room, "no-such-program", &[]).ends(127);
}

#[test]
fn machine_output_stays_by_itself() {
    let room = Room::new();
    let ran = exec(&room, &format!("{SEND}; echo loud"), &["--json"]);
    let types: Vec<_> = ran
        .ends(0)
        .json()
        .iter()
        .map(|line| line["type"].clone())
        .collect();
    assert_eq!(types, ["listening", "capture", "summary"]);
    assert!(ran.stderr.contains("loud\n"), "{}", ran.stderr);
}

#[test]
fn an_expectation_that_failed_decides() {
    let room = Room::new();
    let ran = exec(&room, SEND, &["--expect", "ken/lead_clicked"]);
    let error = "error: expected `ken/lead_clicked`, which did not come\n";
    assert!(ran.ends(1).stderr.contains(error), "{}", ran.stderr);
    let ran = exec(&room, "exit 7", &["--expect", "ken/lead_clicked"]);
    assert!(
        ran.ends(1)
            .stderr
            .ends_with("error: `exit 7` ended with exit code 7\n")
    );
    // What is expected may come before the command ends, and after it if there is a time limit.
    let ran = exec(
        &room,
        &format!("{SEND}; sleep 0.2; echo late"),
        &["--exit-after", "1"],
    );
    assert!(ran.ends(0).stdout.contains("late\n"), "{}", ran.stdout);
    let later = format!("(sleep 0.3; {SEND}) >&- 2>&- &");
    exec(
        &room,
        &later,
        &["--expect", "lead_replied", "--timeout", "20s"],
    )
    .ends(0);
}

#[test]
fn a_command_that_does_not_end_is_ended_with_all_that_it_started() {
    let room = Room::new();
    let command = "sleep 987 & echo $! > child; wait";
    let ran = exec(&room, command, &["--timeout", "400ms"]);
    let error = format!("error: `{command}` did not end in time\n");
    assert!(ran.ends(1).stderr.ends_with(&error), "{}", ran.stderr);
    let is_gone = |id: &str| match fs::read_to_string(format!("/proc/{}/stat", id.trim())) {
        Ok(stat) => stat.contains(" Z "),
        Err(_) => true,
    };
    assert!(is_gone(&room.read("child")));
    // What a command leaves behind goes too.
    exec(&room, "sleep 987 & echo $! > child", &[]).ends(0);
    assert!(is_gone(&room.read("child")));
    // One that will not go is not asked twice.
    let ran = exec(
        &room,
        "trap '' TERM; sleep 987; sleep 987",
        &["--timeout", "200ms"],
    );
    ran.ends(1);
    // Whoever ends the listener knows why.
    let listener = room.listen(&["--exec", "sleep 987"]);
    assert_eq!(listener.stop().ends(0).stderr, "");
}

#[test]
fn what_a_filter_leaves_out_is_answered_and_nothing_else() {
    let target = Endpoint::status(202);
    let room = Room::new();
    let listener = room.listen(&[
        "--filter",
        "provider=ken event=lead_* verdict=valid path~/hooks",
        "--forward",
        &target.url(""),
        "--fail-first",
        "1",
        "--save",
        "kept",
        "--exit-after",
        "2",
    ]);
    let send = |event: &str, path: &str, more: &[&str]| {
        let to = format!("{}{path}", listener.url);
        room.run(&[&["send", event, "--json", "--to", &to], more].concat())
            .json()[0]["status"]
            .clone()
    };
    assert!(listener.exchange(GET).starts_with("HTTP/1.1 200 OK"));
    assert_eq!(send("ken/email_sent", "/hooks", &[]), 200);
    assert_eq!(
        send("ken/lead_replied", "/hooks", &["--tamper", "body"]),
        200
    );
    assert_eq!(send("ken/lead_replied", "/w", &[]), 200);
    assert_eq!(send("ken/lead_replied", "/hooks", &[]), 503);
    assert_eq!(send("ken/lead_clicked", "/hooks/x", &[]), 202);
    let ran = listener.wait();
    let lines = ran.ends(0).json();
    let events: Vec<&Value> = lines.iter().map(|line| &line["event"]).collect();
    assert_eq!(events[..2], ["lead_replied", "lead_clicked"]);
    assert_eq!(lines[2]["captures"], 2);
    assert_eq!(fs::read_dir(room.path().join("kept")).unwrap().count(), 2);
    assert_eq!(target.hits().len(), 1);
}

#[test]
fn a_filter_that_can_match_nothing_is_refused() {
    let room = Room::new();
    let ran = room.run(&["listen", ":0", "--filter", "event=a verdict=good"]);
    let first = ran.ends(2).stderr.lines().next().unwrap();
    assert_eq!(
        first,
        "error: invalid value 'event=a verdict=good' for '--filter <EXPR>': there is no verdict `good`; \
         there are valid, invalid, missing, unsigned, no_secret (at character 17)"
    );
    let ran = room.run(&["listen", ":0", "--filter", "provider=kne"]);
    assert!(ran.ends(2).stderr.contains("`kne`"), "{}", ran.stderr);
    let ran = room.run(&["listen", ":0", "--filter", "status>=400"]);
    assert_eq!(
        ran.ends(2).stderr.lines().next().unwrap(),
        "error: `--filter`: `status` is known once there is a response, and this filter decides before; \
         the page and `hookctl history --filter` take it"
    );
}
