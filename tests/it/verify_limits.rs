//! `hookctl verify` of what a stranger may send: large, flat and deep bodies, in little memory, and what it says where
//! it does not try everything.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Ran, Room};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Memory that a command may reserve, in KiB: its program and its threads take most of it.
const LIMIT: usize = 250_000;

/// Runs `verify` of a raw request under a limit of memory.
fn verify(room: &Room, args: &[&str], request: &[u8]) -> Ran {
    let mut child = room
        .command_of("sh")
        .args(["-c", &format!("ulimit -v {LIMIT}; exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_hookctl"))
        .args(["verify", "--json", "--at", "1700000010", "--secret", SECRET])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that dies reads no input.
    let _ = child.stdin.take().unwrap().write_all(request);
    let output = child.wait_with_output().unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// A raw request with a body, and headers one a line.
fn request(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /hook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n\r\n",
        body.len(),
        headers.trim().replace('\n', "\r\n")
    );
    [head.as_bytes(), body].concat()
}

/// A Svix signature that is right for no body.
const WRONG: &str = "svix-id: msg_1\nsvix-timestamp: 1700000000\nsvix-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// One that is not written as Svix writes it.
const MALFORMED: &str = "svix-id: msg_1\nsvix-timestamp: 1700000000\nsvix-signature: v1=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// None at all.
const MISSING: &str = "svix-id: msg_1\nsvix-timestamp: 1700000000";

/// A list of this item, of about so many bytes.
fn list(item: &str, size: usize) -> Vec<u8> {
    let items = vec![item; size / (item.len() + 1)];
    format!("[{}]", items.join(",")).into_bytes()
}

fn nested(depth: usize) -> Vec<u8> {
    ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes()
}

/// The codes of a verdict: reason, causes, warnings.
fn codes(ran: &Ran) -> (String, Vec<String>, Vec<String>) {
    let verdict = &ran.ends(1).json()[0];
    let all = |key: &str| {
        let entries = verdict[key].as_array().unwrap().iter();
        entries
            .map(|entry| entry["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let reason = verdict["reason"].as_str().unwrap().to_owned();
    (reason, all("causes"), all("warnings"))
}

#[test]
fn large_flat_bodies_are_diagnosed_without_a_tree_of_them() {
    let room = Room::new();
    let size = 4 << 20;
    let members = (0..size / 16).map(|number| format!("\"k{number:06}\":1"));
    let members: Vec<_> = members.collect();
    let bodies = [
        list("0", size),
        list("[]", size),
        list("{}", size),
        list("1.50", size),
        format!("{{{}}}", members.join(",")).into_bytes(),
        format!("[\"{}\"]", "\\u00e9".repeat(size / 6)).into_bytes(),
        format!("\"{}\"", "a".repeat(size)).into_bytes(),
    ];
    for body in &bodies {
        for (headers, reason) in [(MALFORMED, "malformed_header"), (MISSING, "missing_header")] {
            let ran = verify(&room, &["--scheme", "svix"], &request(headers, body));
            let (found, causes, _) = codes(&ran);
            assert_eq!(found, reason);
            assert_eq!(causes.len(), usize::from(reason == "malformed_header"));
            assert!(causes.iter().all(|code| code == "no_cause_found"));
            assert_eq!(ran.stderr, "");
        }
    }
}

#[test]
fn flat_bodies_with_a_wrong_signature_are_searched_in_little_memory() {
    let room = Room::new();
    for body in [list("0", 256 << 10), list("{\"b\":1,\"a\":[]}", 256 << 10)] {
        let (reason, causes, warnings) = codes(&verify(&room, &[], &request(WRONG, &body)));
        assert_eq!(
            (reason.as_str(), &causes[..]),
            ("mismatch", &["no_cause_found".to_owned()][..])
        );
        assert_eq!(warnings, ["search_incomplete"]);
    }
}

#[test]
fn deep_bodies_are_verified_and_not_walked() {
    let room = Room::new();
    for body in [
        nested(1_000),
        nested(8_000),
        nested(1_000_000),
        [
            b"{\"a\":".repeat(1_000_000),
            b"1".to_vec(),
            b"}".repeat(1_000_000),
        ]
        .concat(),
    ] {
        for headers in [WRONG, MALFORMED, MISSING] {
            let ran = verify(&room, &["--scheme", "svix"], &request(headers, &body));
            let (_, causes, _) = codes(&ran);
            assert!(
                causes.iter().all(|code| code == "no_cause_found"),
                "{causes:?}"
            );
            assert_eq!(ran.stderr, "");
        }
    }
}

#[test]
fn a_nested_body_is_respelled_at_the_deepest_level_that_is_read() {
    let room = Room::new();
    let body = nested(128);
    let indented: Vec<u8> = {
        let line = |level: usize, bracket: char| format!("{}{bracket}", " ".repeat(2 * level));
        let open = (0..127).map(|level| line(level, '['));
        let close = (0..127).rev().map(|level| line(level, ']'));
        let middle = format!("{}[]", " ".repeat(2 * 127));
        let lines: Vec<_> = open.chain([middle]).chain(close).collect();
        lines.join("\n").into_bytes()
    };
    room.write("body.json", &indented);
    let signed = room.run(&[
        "sign",
        "--scheme",
        "svix",
        "--body",
        "body.json",
        "--id",
        "msg_1",
        "--timestamp",
        "1700000000",
        "--secret",
        SECRET,
    ]);
    let headers = signed.ends(0).stdout.clone();
    let (_, causes, warnings) = codes(&verify(&room, &[], &request(&headers, &body)));
    assert_eq!(
        (causes, warnings),
        (vec!["body_reserialised".to_owned()], vec![])
    );
}

/// Many records, of about so many bytes, whose search does not end within its budget.
fn records(size: usize) -> Vec<u8> {
    list(
        r#"{"name":"Zoë <a@b.example>","url":"https://a.example/b","score":1.5}"#,
        size,
    )
}

#[test]
fn a_search_that_ends_by_its_budget_says_so_and_asserts_nothing() {
    let room = Room::new();
    let request = request(WRONG, &records(8 << 10));
    let ran = verify(&room, &[], &request);
    let verdict: Value = ran.ends(1).json().remove(0);
    assert_eq!(
        verdict["warnings"],
        serde_json::json!([{
            "code": "search_incomplete",
            "explanation": "the search for the cause reached its limit, and did not try all of: several differences in the JSON at once, two mistakes at once; `hookctl verify --thorough` does",
        }])
    );
    let cause = &verdict["causes"][0];
    assert_eq!(cause["code"], "no_cause_found");
    let explanation = cause["explanation"].as_str().unwrap();
    assert!(
        explanation.starts_with("No mistake that was tried explains it, and not all were tried, so the cause may be any of those left out, another secret, or altered content; "),
        "{explanation}"
    );

    let thorough = verify(&room, &["--thorough"], &request);
    let verdict: Value = thorough.ends(1).json().remove(0);
    assert_eq!(verdict["warnings"], serde_json::json!([]));
    let explanation = verdict["causes"][0]["explanation"].as_str().unwrap();
    assert!(
        explanation.starts_with("No known mistake explains it, so it was signed with another secret, or altered after it was signed; "),
        "{explanation}"
    );
    assert_eq!(thorough.stderr, "");

    let human = room.run_with(
        &["verify", "--at", "1700000010", "--secret", SECRET],
        &[],
        &request,
    );
    let last = human.ends(1).stdout.lines().last().unwrap().to_owned();
    assert_eq!(
        last,
        "  ! the search for the cause reached its limit, and did not try all of: several differences in the JSON at once, two mistakes at once; `hookctl verify --thorough` does"
    );
}

#[test]
fn a_malformed_header_is_not_taken_for_another_secret() {
    let room = Room::new();
    let (_, causes, warnings) = codes(&verify(&room, &[], &request(MALFORMED, b"{}")));
    assert_eq!(
        (causes, warnings),
        (vec!["no_cause_found".to_owned()], vec![])
    );
    let ran = verify(&room, &[], &request(MALFORMED, b"{}"));
    let cause = ran.json()[0]["causes"][0].clone();
    assert_eq!(
        cause["explanation"],
        "No known mistake explains this header, and while it cannot be read, nothing follows about the secret or the body; the body has 2 bytes, as Content-Length says; it starts with `{}` and ends with `{}`; it is compact JSON."
    );
    assert_eq!(
        cause["fix"],
        "Correct the header first: `hookctl explain` shows how the scheme writes it."
    );
}
