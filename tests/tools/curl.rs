//! The curl commands that are printed, run.

use std::process::Command;

use crate::harness::{Endpoint, Hit, Room};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn the_curl_command_sends_the_same_bytes() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/a?b=%20");
    let fixed = [
        "--seed",
        "1",
        "--id",
        "m",
        "--timestamp",
        "1700000000",
        "--secret",
        SECRET,
        "--quiet",
        "--to",
        &to,
    ];
    let edit = [
        "send",
        "lead_replied",
        "--set",
        "contact.note=it's \"quoted\" $HOME \\ é",
    ];
    let command = room
        .run(&[&edit[..], &fixed, &["--as", "curl"]].concat())
        .ends(0)
        .stdout
        .clone();
    let done = std::process::Command::new("sh")
        .args(["-c", &format!("{} -s", command.trim_end())])
        .status()
        .unwrap();
    assert!(done.success());
    room.run(&[&edit[..], &fixed].concat()).ends(0);
    let hits = endpoint.hits();
    assert_eq!(hits[0].body, hits[1].body);
    let sorted = |head: &str| {
        let mut lines: Vec<String> = head.lines().map(str::to_lowercase).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&hits[0].head), sorted(&hits[1].head));
}

/// What arrives if the printed command is run, and if the request is sent.
fn both(to: impl Fn(&Endpoint) -> String, args: &[&str]) -> (String, Hit, Hit) {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = to(&endpoint);
    let fixed = [
        "--seed",
        "1",
        "--timestamp",
        "1700000000",
        "--quiet",
        "--to",
        &to,
    ];
    let args = [args, &fixed].concat();
    let printed = room.run(&[&args[..], &["--as", "curl"]].concat());
    let command = printed.ends(0).stdout.trim_end().to_owned();
    room.write("run.sh", format!("{command} -sS -m 10\n"));
    let done = Command::new("sh")
        .arg(room.path().join("run.sh"))
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    room.run(&args).ends(0);
    let mut hits = endpoint.hits();
    assert_eq!(hits.len(), 2);
    let sent = hits.pop().unwrap();
    (command, hits.pop().unwrap(), sent)
}

fn sorted(head: &str) -> Vec<String> {
    let mut lines: Vec<String> = head.lines().map(str::to_lowercase).collect();
    lines.sort();
    lines
}

#[test]
fn the_curl_command_keeps_brackets_and_a_host_of_the_users() {
    let (command, curled, sent) = both(
        |endpoint| endpoint.url("/x?a[]={1,2}"),
        &[
            "send",
            "lead_replied",
            "-H",
            "Host: hooks.example.com",
            "--insecure",
        ],
    );
    assert!(
        command.contains("--globoff") && command.contains("  -k \\\n"),
        "{command}"
    );
    assert_eq!(sent.header("host"), Some("hooks.example.com"));
    assert_eq!(sorted(&curled.head), sorted(&sent.head));
}

#[test]
fn the_curl_command_of_head_does_not_wait_for_a_body() {
    let (command, curled, sent) = both(
        |endpoint| endpoint.url("/"),
        &["send", "lead.created", "--method", "HEAD"],
    );
    assert!(command.starts_with("curl -I "), "{command}");
    assert_eq!(sorted(&curled.head), sorted(&sent.head));
}

#[test]
fn the_curl_command_takes_a_body_that_is_too_long_for_an_argument() {
    let room = Room::new();
    room.write(
        "long.json",
        format!("{{\"a\":\"{}'\\n\"}}", "x".repeat(1_200_000)),
    );
    let path = room.path().join("long.json");
    let data = format!("@{}", path.display());
    let (command, curled, sent) = both(
        |endpoint| endpoint.url("/"),
        &["send", "lead_replied", "--id", "m", "--data", &data],
    );
    assert!(command.starts_with("printf %s "), "{}", &command[..100]);
    assert_eq!(curled.body, sent.body);
    assert_eq!(sorted(&curled.head), sorted(&sent.head));
}
