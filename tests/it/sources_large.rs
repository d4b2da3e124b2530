//! Sources that are larger than the memory, and sources that hold nothing.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::process::Stdio;

use crate::harness::{Endpoint, Ran, Room};

/// Kilobytes of address space that a command gets. A tree of the files here takes more.
const MEMORY: u32 = 400_000;
/// The same, where one record is as long as may be.
const LONG: u32 = 1_000_000;
const MEGABYTE: usize = 1_000_000;

/// Runs a command with bounded memory.
fn bounded(room: &Room, kilobytes: u32, args: &[&str], stdin: Stdio) -> Ran {
    let limit = format!("ulimit -v {kilobytes} && exec \"$0\" \"$@\"");
    let output = room
        .command_of("/bin/sh")
        .args(["-c", &limit, env!("CARGO_BIN_EXE_hookctl")])
        .args(args)
        .stdin(stdin)
        .output()
        .unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// A HAR file, or captures one a line, with so many bodies of this size.
fn write_large(room: &Room, name: &str, count: usize, size: usize) {
    let is_har = name.ends_with("har");
    let mut file = BufWriter::new(File::create(room.path().join(name)).unwrap());
    let body = "x".repeat(size);
    if is_har {
        file.write_all(b"{\"log\":{\"version\":\"1.2\",\"entries\":[")
            .unwrap();
    }
    for number in 0..count {
        let entry = if is_har {
            let comma = if number > 0 { "," } else { "" };
            format!(
                "{comma}{{\"startedDateTime\":\"2026-03-01T10:00:00Z\",\"request\":{{\"method\":\"POST\",\"url\":\"http://localhost/{number}\",\"headers\":[],\"postData\":{{\"text\":\"{body}\"}}}},\"response\":{{\"status\":200,\"content\":{{\"text\":\"{body}\"}}}}}}"
            )
        } else {
            format!(
                "{{\"type\":\"capture\",\"method\":\"POST\",\"path\":\"/{number}\",\"headers\":[],\"body\":\"{body}\"}}\n"
            )
        };
        file.write_all(entry.as_bytes()).unwrap();
    }
    if is_har {
        file.write_all(b"]}}").unwrap();
    }
    file.flush().unwrap();
}

#[test]
fn a_file_larger_than_the_memory_is_imported() {
    let room = Room::new();
    for name in ["large.har", "large.ndjson"] {
        write_large(&room, name, 40, 2 * MEGABYTE);
        let store = format!("{name}.db");
        let import = ["history", "import", name, "--store", &store];
        bounded(&room, MEMORY, &import, Stdio::null()).is(0, "imported 40\n", "");
        let file = File::open(room.path().join(name)).unwrap();
        let again = ["history", "import", "-", "--store", &store];
        bounded(&room, MEMORY, &again, file.into()).is(
            0,
            "imported 0, 40 already in the history\n",
            "",
        );
    }
}

#[test]
fn a_list_in_a_record_that_is_not_asked_for_takes_no_memory() {
    let room = Room::new();
    let filler = "[0],".repeat(8 * MEGABYTE);
    let record = format!(
        "{{\"type\":\"capture\",\"method\":\"POST\",\"path\":\"/\",\"headers\":[],\"body\":\"{{}}\",\"x\":[{filler}0]}}\n"
    );
    room.write("wide.ndjson", record);
    bounded(
        &room,
        LONG,
        &["history", "import", "wide.ndjson"],
        Stdio::null(),
    )
    .is(0, "imported 1\n", "");
}

#[test]
fn a_line_that_is_too_long_is_named() {
    let room = Room::new();
    let first = "{\"type\":\"capture\",\"method\":\"POST\",\"path\":\"/\",\"headers\":[],\"body\":\"{}\"}\n";
    let long = format!(
        "{first}{{\"type\":\"capture\",\"body\":\"{}\"}}\n",
        "x".repeat(101 * MEGABYTE)
    );
    room.write("long.ndjson", long);
    bounded(
        &room,
        LONG,
        &["history", "import", "long.ndjson"],
        Stdio::null(),
    )
    .is(
        2,
        "",
        "error: cannot import `long.ndjson`: line 2 is longer than 100 MB\n\
         hint: NDJSON of captures, HAR, raw HTTP requests and curl commands are read.\n",
    );
    let ran = bounded(
        &room,
        LONG,
        &["verify", "--secret", "x", "long.ndjson"],
        Stdio::null(),
    );
    assert_eq!(
        ran.ends(2).stderr.lines().last_but_one(),
        Some("error: `long.ndjson` holds no request: line 2 is longer than 100 MB")
    );
}

/// The line before the last.
trait LastButOne<'a> {
    fn last_but_one(self) -> Option<&'a str>;
}

impl<'a> LastButOne<'a> for std::str::Lines<'a> {
    fn last_but_one(self) -> Option<&'a str> {
        self.rev().nth(1)
    }
}

#[test]
fn requests_are_replayed_in_their_order_however_many_there_are() {
    let room = Room::new();
    for name in ["large.har", "large.ndjson"] {
        write_large(&room, name, 30, 2 * MEGABYTE);
        let handler = Endpoint::status(200);
        let args = [
            "replay",
            name,
            "--raw",
            "--no-store",
            "--json",
            "--to",
            &handler.url(""),
        ];
        let ran = bounded(&room, MEMORY, &args, Stdio::null());
        assert_eq!(ran.ends(0).json().last().unwrap()["deliveries"], 30);
        let paths: Vec<String> = handler
            .hits()
            .iter()
            .map(|hit| hit.head.split(' ').nth(1).unwrap().to_owned())
            .collect();
        let wanted: Vec<String> = (0..30).map(|number| format!("/{number}")).collect();
        assert_eq!(paths, wanted);
    }
    let args = [
        "replay",
        "large.ndjson",
        "large.har",
        "--reorder",
        "--no-store",
        "--to",
        "http://localhost:9",
    ];
    room.run(&args).is(
        2,
        "",
        "error: the sources hold more than 64 MB, and `--reorder` and the volume flags need all of it at a time\n\
         hint: Leave these flags out, and requests are read and sent one after the other; or send a part of them.\n",
    );
}

#[test]
fn a_source_that_holds_nothing_is_no_success() {
    let room = Room::new();
    room.write(
        "empty.har",
        "{\"log\":{\"version\":\"1.2\",\"entries\":[]}}",
    );
    room.write(
        "none.ndjson",
        "{\"type\":\"listening\",\"url\":\"x\"}\n{\"type\":\"summary\"}\n",
    );
    room.write("empty", "");
    let send = ["--no-store", "--to", "http://localhost:9/x"];
    for name in ["empty.har", "none.ndjson"] {
        let nothing = format!("error: `{name}` holds no requests\n");
        room.run(&["verify", "--secret", "x", name])
            .is(1, "", &nothing);
        room.run(&[&["replay", name], &send[..]].concat())
            .is(1, "", &nothing);
        room.run(&[&["replay", name, "--count", "2"], &send[..]].concat())
            .is(1, "", &nothing);
        let json = room.run(&[&["replay", name, "--json"], &send[..]].concat());
        assert_eq!(json.ends(1).json()[0]["deliveries"], 0);
        room.run(&["history", "import", name])
            .is(0, "imported 0\n", "");
    }
    room.run(&["verify", "--secret", "x", "empty.har", "none.ndjson"])
        .is(1, "", "error: the sources hold no requests\n");
    room.run_with(
        &["verify", "--secret", "x"],
        &[],
        b"{\"type\":\"summary\"}\n",
    )
    .is(1, "", "error: stdin holds no requests\n");
    // What holds nothing at all is malformed.
    for args in [
        &["verify", "--secret", "x", "empty"][..],
        &["history", "import", "empty"],
    ] {
        room.run(args).ends(2);
    }
}
