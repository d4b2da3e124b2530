//! `hookctl check`: known failures, and reports.

use serde_json::{Value, json};

use crate::check::{SECRET, answer, check, ids, refusing_with, restringifying, right};
use crate::harness::{Endpoint, Room};

#[test]
fn known_failures_are_accepted_and_new_ones_are_not() {
    let room = Room::new();
    let endpoint = restringifying();
    let ran = check(&room, &endpoint, &["-q", "--write-baseline", "known.json"]);
    ran.ends(0);
    assert_eq!(
        room.read("known.json"),
        "{\n  \"known\": [\n    \"verifies-raw-body\"\n  ]\n}\n"
    );
    let ran = check(
        &room,
        &endpoint,
        &[
            "--baseline",
            "known.json",
            "--json",
            "--report",
            "junit=junit.xml",
        ],
    );
    let lines = ran.ends(0).json();
    let known: Vec<&Value> = lines.iter().filter(|line| line["known"] == true).collect();
    assert_eq!(known.len(), 1);
    assert_eq!(
        (&known[0]["id"], &known[0]["status"]),
        (&json!("verifies-raw-body"), &json!("fail"))
    );
    assert_eq!(lines.last().unwrap()["known"], 1);
    let junit = room.read("junit.xml");
    assert!(
        junit.contains("failures=\"0\"") && junit.contains("known failure: 401"),
        "{junit}"
    );
    // The machine output of an earlier run will do as well.
    room.write("earlier.ndjson", &ran.stdout);
    check(&room, &endpoint, &["--baseline", "earlier.ndjson"]).ends(0);
    let worse = Endpoint::status(200);
    check(&room, &worse, &["--baseline", "known.json"]).ends(1);
    let better = refusing_with("");
    let ran = check(&room, &better, &["--baseline", "known.json"]);
    assert!(
        ran.ends(0)
            .stderr
            .contains("note: verifies-raw-body is mended; take it out of `known.json`.")
    );
}

/// What a handler answers to get into a report.
const EVIL: &str = "no <script>alert(1)</script> ]]> & \u{1b}[31m `|@you \u{202e}\u{ffff} \"'";

#[test]
fn reports_hold_the_text_of_handlers_as_text() {
    let room = Room::new();
    let endpoint = Endpoint::with(|_, _| answer(401, EVIL));
    let reports = [
        "--report",
        "junit=r.xml",
        "--report",
        "html=r.html",
        "--report",
        "markdown=r.md",
    ];
    let ran = check(&room, &endpoint, &reports);
    assert!(
        !ran.ends(1).stdout.contains(['\u{1b}', '\u{202e}']),
        "{}",
        ran.stdout
    );
    let (junit, html, markdown) = (room.read("r.xml"), room.read("r.html"), room.read("r.md"));
    let mut reader = quick_xml::Reader::from_str(&junit);
    let mut cases = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                cases += usize::from(tag.name().as_ref() == "testcase");
                assert!(tag.attributes().all(|attribute| attribute.is_ok()));
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases, 21);
    for report in [&junit, &html] {
        assert!(
            report.contains("&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &amp; \\u001b[31m"),
            "{report}"
        );
        assert!(!report.contains(['\u{1b}', '\u{202e}']) && !report.contains("<script"));
    }
    assert!(!junit.contains('\u{ffff}'));
    assert!(
        !html.contains("http-equiv=\"refresh\"")
            && !html.contains("src=")
            && !html.contains("href=")
    );
    assert!(
        markdown
            .contains("`` 401 \"no <script>alert(1)</script> ]]> & \\u001b[31m `\\|@you \\u202e"),
        "{markdown}"
    );
}

#[test]
fn reports_that_cannot_be_written_are_an_error_of_the_machine() {
    let room = Room::new();
    let endpoint = refusing_with("");
    let ran = check(
        &room,
        &endpoint,
        &["-q", "--report", "html=no/such/folder.html"],
    );
    assert!(
        ran.ends(3)
            .stderr
            .starts_with("error: cannot write `no/such/folder.html`: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_secret_is_shown_nowhere() {
    let room = Room::new();
    let endpoint = Endpoint::with(|hit, _| match right(hit) {
        200 => answer(200, "ok"),
        status => answer(status, &format!("wrong, the secret is {SECRET}")),
    });
    let reports = [
        "--report",
        "junit=r.xml",
        "--report",
        "html=r.html",
        "--report",
        "markdown=r.md",
    ];
    let human = check(&room, &endpoint, &reports);
    let machine = check(&room, &endpoint, &["--json"]);
    assert_eq!(ids(machine.ends(1), "fail"), ["keeps-quiet-on-errors"]);
    assert!(
        human
            .stdout
            .contains("the secret stands in an answer with 401")
    );
    let files = ["r.xml", "r.html", "r.md"].map(|file| room.read(file));
    let streams = [
        &human.stdout,
        &human.stderr,
        &machine.stdout,
        &machine.stderr,
    ];
    for text in streams.into_iter().chain(&files) {
        assert!(!text.contains(SECRET), "{text}");
    }
}
