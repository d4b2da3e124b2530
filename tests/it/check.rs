//! `hookctl check`: what it asks, what it says, and where it puts that. Which mistakes it finds: see `zoo`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Endpoint, Hit, Ran, Room};

pub(crate) const SECRET: &str = "a secret that nobody may read";

/// Whether a delivery of GitHub's is signed right.
fn fits(hit: &Hit) -> bool {
    let given = hit.header("x-hub-signature-256").unwrap_or_default();
    let given = given
        .strip_prefix("sha256=")
        .and_then(|digest| hex::decode(digest).ok());
    let mut hmac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    hmac.update(&hit.body);
    given.is_some_and(|given| hmac.verify_slice(&given).is_ok())
}

pub(crate) fn answer(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// What a right handler answers.
pub(crate) fn right(hit: &Hit) -> u16 {
    match () {
        () if !hit.head.starts_with("POST ") => 405,
        () if !fits(hit) => 401,
        () if serde_json::from_slice::<Value>(&hit.body).is_err() => 400,
        () => 200,
    }
}

/// A handler of GitHub's deliveries that answers what a right one would, and this with what it refuses.
pub(crate) fn refusing_with(body: &'static str) -> Endpoint {
    Endpoint::with(move |hit, _| match right(hit) {
        200 => answer(200, "ok"),
        status => answer(status, body),
    })
}

/// A handler that parses the body and writes it anew before it verifies.
pub(crate) fn restringifying() -> Endpoint {
    Endpoint::with(|hit, _| {
        let mut hit = hit.clone();
        if let Ok(value) = serde_json::from_slice::<Value>(&hit.body) {
            hit.body = value.to_string().into_bytes();
        }
        answer(right(&hit), "")
    })
}

/// Audits a handler of GitHub's deliveries.
pub(crate) fn check(room: &Room, endpoint: &Endpoint, args: &[&str]) -> Ran {
    let to = endpoint.url("/webhooks/github");
    room.run(&[&["check", "--secret", SECRET, "--to", &to], args].concat())
}

/// The ids of the checks that ended like this.
pub(crate) fn ids(ran: &Ran, status: &str) -> Vec<String> {
    let lines = ran.json().into_iter();
    let found = lines.filter(|line| line["status"] == status);
    found
        .map(|line| line["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_right_handler_is_told_so_first() {
    let endpoint = refusing_with("no");
    check(&Room::new(), &endpoint, &[]).is(
        0,
        "GitHub at http://127.0.0.1:[port]/webhooks/github
✓ All 17 checks passed.

  ✓  accepts-valid              200 in [ms]
  ✓  accepts-every-event        2xx for all 6
  ✓  rejects-missing-signature  401 \"no\"
  ✓  rejects-wrong-secret       401 \"no\"
  ✓  rejects-tampered-body      401 \"no\"
  -  rejects-changed-id         GitHub does not sign a delivery id
  -  rejects-stale-timestamp    GitHub does not sign a time
  -  rejects-future-timestamp   GitHub does not sign a time
  -  accepts-rotated-secret     a delivery carries one signature; a second `--secret` asks for both
  ✓  verifies-raw-body          2xx for spaces, escapes, key order and number forms of every kind
  ✓  accepts-duplicate          2xx each time
  ✓  accepts-unknown-event      200
  ✓  accepts-unknown-fields     200
  ✓  answers-in-time            the slowest answer took [ms]
  ✓  answers-without-redirect   no redirects
  ✓  rejects-with-4xx           4xx for all 6
  ✓  survives-malformed-body    401 and 400, and a valid one after it was taken
  ✓  survives-large-body        200, and a valid one after it was taken
  ✓  survives-burst             2xx for all 20, the slowest in [ms]
  ✓  rejects-other-methods      405
  ✓  keeps-quiet-on-errors      nothing of the kind in 9 answers

17 passed, 4 skipped, 50 requests in [ms]
",
        "Checking http://127.0.0.1:[port]/webhooks/github as GitHub: about 50 requests; their ids hold `hookctl` or start \
         with `c0ffee00`.\n",
    );
    let hits = endpoint.hits();
    assert_eq!(hits.len(), 50);
    for hit in &hits {
        assert!(hit.header("hookctl-check").is_some(), "{}", hit.head);
        assert!(
            hit.header("x-github-delivery")
                .unwrap()
                .starts_with("c0ffee00-"),
            "{}",
            hit.head
        );
    }
}

#[test]
fn a_wrong_handler_is_told_what_to_mend_first_and_how() {
    let endpoint = restringifying();
    let ran = check(
        &Room::new(),
        &endpoint,
        &["--only", "verifies-raw-body,accepts-valid"],
    );
    ran.is(
        1,
        "GitHub at http://127.0.0.1:[port]/webhooks/github
✗ 1 of 2 checks failed: `verifies-raw-body`.

  ✓  accepts-valid      200 in [ms]
  ✗  verifies-raw-body  401 for JSON with spaces (`{\"a\": 1, \"b\": 2}`), indented over…

✗ verifies-raw-body
    expected  2xx for every spelling of the JSON that is correctly signed
    observed  401 for JSON with spaces (`{\"a\": 1, \"b\": 2}`), indented over several lines, with `/` as `\\/`, with `é` as `\\u00e9`, with a line end behind it
    why       A handler that parses the body and writes it anew before it verifies works until the sender writes one space, one escape or one number in another way.
    mend      Verify the bytes as they came, before any parser: `express.raw({ type: '*/*' })` in Express, `request.get_data()` in Flask, `await request.body()` in FastAPI, `await request.text()` in Next.js. `hookctl explain github` has the code.

1 failed, 1 passed, 14 requests in [ms]
",
        "Checking http://127.0.0.1:[port]/webhooks/github as GitHub: about 11 requests; their ids hold `hookctl` or start \
         with `c0ffee00`.\n",
    );
}

#[test]
fn machine_output_has_a_line_for_each_check_and_a_summary() {
    let endpoint = refusing_with("");
    let ran = check(&Room::new(), &endpoint, &["--json", "--quiet"]);
    assert_eq!(ran.stderr, "");
    let mut lines = ran.ends(0).json();
    let mut summary = lines.pop().unwrap();
    assert_eq!(lines.len(), 21);
    assert!(summary["duration_ms"].as_f64().unwrap() > 0.0);
    summary["duration_ms"] = Value::Null;
    assert_eq!(
        summary,
        json!({
            "type": "summary", "url": endpoint.url("/webhooks/github"), "passed": 17, "failed": 0, "warned": 0,
            "skipped": 4, "known": 0, "requests": 50, "duration_ms": null,
        })
    );
    for line in &lines {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["type", "id", "status", "expected", "observed", "why", "fix"]
        );
    }
    assert_eq!(
        lines[2],
        json!({
            "type": "check", "id": "rejects-missing-signature", "status": "pass",
            "expected": "4xx for a delivery without `x-hub-signature-256`", "observed": "401",
            "why": "Whoever learns the URL can send events, and they are taken for GitHub's.", "fix": null,
        })
    );
}

#[test]
fn checks_are_chosen_by_name_and_what_they_need_is_asked_too() {
    let room = Room::new();
    let endpoint = refusing_with("");
    let asked = |args: &[&str]| {
        let ran = check(&room, &endpoint, &[args, &["--json", "-q"]].concat());
        let lines = ran.ends(0).json();
        let checks = lines.iter().filter(|line| line["type"] == "check");
        checks
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        asked(&["--only", "rejects-tampered-body"]),
        ["rejects-tampered-body"]
    );
    let two = ["--only", "survives-burst", "--only", "accepts-valid"];
    assert_eq!(asked(&two), ["accepts-valid", "survives-burst"]);
    assert_eq!(asked(&["--skip", "survives-burst,accepts-valid"]).len(), 19);
    check(&room, &endpoint, &["--only", "rejects-tampred-body"]).is(
        2,
        "",
        "error: there is no check `rejects-tampred-body`\nhint: Did you mean `rejects-tampered-body` or `rejects-changed-id` or `rejects-other-methods`?\n",
    );
    // What cannot be asked since another failed is no success: the other is told.
    let endpoint = Endpoint::status(200);
    let ran = check(
        &room,
        &endpoint,
        &["--only", "rejects-tampered-body", "--json"],
    );
    assert_eq!(ids(ran.ends(1), "fail"), ["rejects-missing-signature"]);
    assert_eq!(ids(&ran, "skip"), ["rejects-tampered-body"]);
}

#[test]
fn the_checks_are_listed() {
    let room = Room::new();
    let ran = room.run(&["check", "--list"]);
    assert_eq!(ran.ends(0).stdout.lines().count(), 21);
    let first = ran.stdout.lines().next().unwrap();
    assert_eq!(
        first,
        "accepts-valid              Is a correctly signed event taken?"
    );
    let lines = room.run(&["check", "--list", "--json"]).ends(0).json();
    assert_eq!(
        lines[5],
        json!({"type": "check", "id": "rejects-changed-id", "asks": "Is a delivery id refused that was changed after it was signed?"})
    );
}

#[test]
fn handlers_of_others_are_left_alone() {
    let room = Room::new();
    let ran = room.run(&["check", "--to", "http://203.0.113.7/webhooks/ken"]);
    ran.is(
        2,
        "",
        "error: `203.0.113.7` is neither on this machine nor in a private network\n\
         hint: An audit sends forged, broken and many deliveries. If the handler is yours, say `--allow-remote`.\n",
    );
}

#[test]
fn a_target_that_is_down_is_said_once() {
    let room = Room::new();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let to = format!("http://127.0.0.1:{port}/webhooks/ken");
    let ran = room.run(&["check", "--quiet", "--to", &to]);
    assert_eq!(ran.ends(3).stdout, "");
    let first = ran.stderr.lines().next().unwrap();
    assert_eq!(
        first,
        format!("error: cannot check `{to}`: connection refused")
    );
    let ran = room.run(&[
        "check",
        "--quiet",
        "--to",
        "http://nowhere.invalid/webhooks/ken",
    ]);
    assert!(
        ran.ends(3).stderr.contains("the host name has no address"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_missing_or_misspelt_is_named() {
    let room = Room::new();
    room.run(&["check", "--to", "http://localhost:9/hook"]).is(
        2,
        "",
        "error: whose deliveries does the handler take?\n\
         hint: Say it with `--provider NAME`; `hookctl providers` lists them.\n",
    );
    let ken = ["check", "--to", "http://localhost:9/ken"];
    room.run(&[&ken[..], &["--event", "lead_replid"]].concat())
        .is(
            2,
            "",
            "error: ken has no event `lead_replid`\nhint: Did you mean `lead_replied` or `lead_clicked` or `lead_interested`?\n",
        );
    let report = room.run(&[&ken[..], &["--report", "junt=x.xml"]].concat());
    assert!(
        report
            .ends(2)
            .stderr
            .contains("there is no report `junt`. Did you mean `junit`?"),
        "{}",
        report.stderr
    );
    let report = room.run(&[&ken[..], &["--report", "html"]].concat());
    assert!(
        report
            .ends(2)
            .stderr
            .contains("say where to, as in `html=report.html`"),
        "{}",
        report.stderr
    );
    room.run(&[&ken[..], &["--baseline", "none.json"]].concat())
        .ends(3);
    room.write("bad.json", "{}");
    let baseline = room.run(&[&ken[..], &["--baseline", "bad.json"]].concat());
    assert_eq!(
        baseline.ends(2).stderr,
        "error: `bad.json` is no baseline: it holds no findings of `check` or `run`\n\
         hint: `--write-baseline FILE` writes one.\n"
    );
}

#[test]
fn events_that_the_endpoint_does_not_get_are_not_asked() {
    let room = Room::new();
    let endpoint = Endpoint::with(|hit, _| match hit.header("x-github-event") {
        Some(event) if right(hit) == 200 && !event.starts_with("push") => {
            answer(500, "no such event")
        }
        _ => answer(right(hit), ""),
    });
    let ran = check(&room, &endpoint, &["--json"]);
    assert_eq!(ids(ran.ends(1), "fail"), ["accepts-every-event"]);
    let ran = check(&room, &endpoint, &["--json", "--event", "push"]);
    assert_eq!(ids(ran.ends(0), "fail"), Vec::<String>::new());
}

#[test]
fn a_provider_without_signatures_is_audited_as_far_as_that_goes() {
    let room = Room::new();
    let endpoint = Endpoint::with(|hit, _| {
        let is_json = serde_json::from_slice::<Value>(&hit.body).is_ok();
        let is_post = hit.head.starts_with("POST ");
        answer(
            if !is_post {
                405
            } else if is_json {
                200
            } else {
                400
            },
            "",
        )
    });
    let ran = room.run(&["check", "--json", "--to", &endpoint.url("/konvox")]);
    let lines = ran.ends(0).json();
    assert_eq!(ids(&ran, "skip").len(), 9);
    assert_eq!(ids(&ran, "pass").len(), 12);
    assert_eq!(lines[2]["observed"], "Konvox does not sign its deliveries");
    let broken = Endpoint::with(|hit, _| {
        let is_json = serde_json::from_slice::<Value>(&hit.body).is_ok();
        answer(if is_json { 200 } else { 500 }, "")
    });
    let ran = room.run(&["check", "--json", "--to", &broken.url("/konvox")]);
    assert_eq!(ids(&ran, "warn"), ["survives-malformed-body"]);
}

#[test]
fn without_a_secret_the_local_one_signs_and_is_named_where_it_may_be_the_reason() {
    let room = Room::new();
    let endpoint = refusing_with("");
    let ran = room.run(&["check", "--json", "--to", &endpoint.url("/github")]);
    let lines = ran.ends(1).json();
    assert_eq!(
        lines[0]["observed"],
        "401 for a correctly signed `issue_comment`"
    );
    let fix = lines[0]["fix"].as_str().unwrap();
    assert!(fix.ends_with("It was signed with the local secret, which `hookctl secret github` prints: does the handler know that one?"), "{fix}");
    assert_eq!(ids(&ran, "fail"), ["accepts-valid"]);
}

#[test]
fn an_answer_that_the_provider_does_not_take_for_a_success_is_told() {
    let room = Room::new();
    let endpoint = Endpoint::status(202);
    let args = ["check", "--json", "--only", "accepts-valid", "--to"];
    let lines = room.run(&[&args[..], &[&endpoint.url("/linear")]].concat());
    let lines = lines.ends(1).json();
    let observed = lines[0]["observed"].as_str().unwrap();
    assert!(
        observed.ends_with(", and Linear takes 200 alone for a success"),
        "{observed}"
    );
    assert_eq!(lines[0]["fix"], "Answer 200 to a delivery that was taken.");
    // One that is asked for 200, and takes more.
    let lines = room.run(&[&args[..], &[&endpoint.url("/klen")]].concat());
    let lines = lines.ends(0).json();
    let observed = lines[0]["observed"].as_str().unwrap();
    assert!(
        observed.ends_with("; Klen AI asks for 200, and takes this too"),
        "{observed}"
    );
}

#[test]
fn several_secrets_are_all_to_be_taken() {
    let room = Room::new();
    let endpoint = refusing_with("");
    let args = ["--secret", "the one before", "--json"];
    let ran = check(&room, &endpoint, &args);
    assert_eq!(ids(ran.ends(1), "fail"), ["accepts-rotated-secret"]);
    let ran = check(&room, &endpoint, &["--secret", SECRET, "--json"]);
    assert!(ids(ran.ends(0), "pass").contains(&"accepts-rotated-secret".to_owned()));
}

#[test]
fn credentials_and_headers_go_with_every_request() {
    let room = Room::new();
    let endpoint = Endpoint::with(|hit, _| {
        let is_let_in = hit.header("authorization") == Some("Basic dXM6cHc=")
            && hit.header("x-env") == Some("test");
        answer(if is_let_in { right(hit) } else { 403 }, "")
    });
    let to = endpoint.url("/github").replace("http://", "http://us:pw@");
    let args = [
        "check",
        "--secret",
        SECRET,
        "--to",
        &to,
        "-H",
        "x-env: test",
    ];
    let ran = room.run(&args);
    assert!(!ran.ends(0).stdout.contains("pw@"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("pw@"), "{}", ran.stderr);
}

#[test]
fn exchanges_are_shown_to_who_wants_to_see_them() {
    let room = Room::new();
    let endpoint = refusing_with("nope");
    let ran = check(&room, &endpoint, &["-v", "--only", "accepts-valid"]);
    assert!(
        ran.ends(0)
            .stderr
            .contains("> hookctl-check: accepts-valid\n"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("< HTTP/1.1 200\n"), "{}", ran.stderr);
    assert_eq!(endpoint.hits().len(), 1);
}

#[test]
fn a_rate_limit_that_is_not_lifted_is_told_once() {
    let room = Room::new();
    let endpoint = Endpoint::with(|hit, number| match number {
        0..6 => answer(right(hit), ""),
        _ => b"HTTP/1.1 429 X\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n".to_vec(),
    });
    let args = ["--json", "--event", "push", "--skip", "survives-burst"];
    let ran = check(&room, &endpoint, &args);
    assert_eq!(ids(ran.ends(0), "warn"), ["rejects-wrong-secret"]);
    assert_eq!(ids(&ran, "fail"), Vec::<String>::new());
}

/// A server that does with each connection what it likes.
fn server(behave: impl Fn(TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let behave = behave.clone();
            thread::spawn(move || behave(stream));
        }
    });
    format!("http://127.0.0.1:{port}/webhooks/ken")
}

/// Reads the start of a request and answers with a start of one's own.
fn begin(stream: &mut TcpStream, start: &[u8]) {
    let _ = stream.read(&mut [0; 8192]);
    let _ = stream.write_all(start);
}

/// A server that begins like this, and goes on with the same piece, so far apart, until it is left.
fn endless(start: &'static [u8], piece: &'static [u8], apart: u64) -> String {
    server(move |mut stream| {
        begin(&mut stream, start);
        while stream.write_all(piece).is_ok() {
            thread::sleep(Duration::from_millis(apart));
        }
    })
}

/// A server that says this and hangs up.
fn saying(text: &'static [u8]) -> String {
    server(move |mut stream| begin(&mut stream, text))
}

/// Audits such a server: exactly this fails, in these words if there are any.
#[track_caller]
fn fails(to: &str, wanted: &[(&str, &str)]) {
    let args = [
        "check",
        "--json",
        "--timeout",
        "1s",
        "--skip",
        "survives-burst",
        "--to",
        to,
    ];
    let ran = Room::new().run(&args);
    let lines = ran.ends(1).json();
    let failed: Vec<&Value> = lines
        .iter()
        .filter(|line| line["status"] == "fail")
        .collect();
    assert_eq!(failed.len(), wanted.len(), "{}", ran.stdout);
    for ((id, observed), line) in wanted.iter().zip(failed) {
        assert_eq!(line["id"], *id);
        assert!(
            observed.is_empty() || line["observed"] == *observed,
            "{line}"
        );
    }
}

#[test]
fn a_handler_without_an_answer_is_late() {
    let late = [(
        "answers-in-time",
        "no whole answer within 1s to `email_sent`",
    )];
    let hanging = server(|stream| {
        let _held = stream;
        thread::sleep(Duration::from_secs(60));
    });
    fails(&hanging, &late);
    let chunks = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n";
    fails(&endless(chunks, b"1\r\nx\r\n", 50), &late);
    fails(&endless(b"HTTP/1.1 200 X\r\n", b"x-a: b\r\n", 50), &late);
    fails(&endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 50), &late);
}

#[test]
fn a_handler_that_breaks_off_or_babbles_is_told_so() {
    let closed = [(
        "accepts-valid",
        "the connection was closed before an answer came",
    )];
    fails(&saying(b""), &closed);
    fails(
        &saying(b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc"),
        &closed,
    );
    let babble = b"\x00\xff\x1b[2Jhello\r\n\r\n";
    fails(
        &saying(babble),
        &[("accepts-valid", "the answer is no HTTP")],
    );
}

#[test]
fn a_handler_that_speaks_before_it_is_asked_fails() {
    // Whether the first words are sooner than the request is chance.
    let wanted = [
        "the server sent data before it got the request",
        "the answer is no HTTP",
    ];
    let first_words: [&[u8]; 3] = [
        b"220 mail.example ESMTP\r\n",
        b"SSH-2.0-x\r\n",
        b"\0\x01\x02",
    ];
    for words in first_words.repeat(3) {
        let to = server(move |mut stream| {
            let _ = stream.write_all(words);
            while stream.read(&mut [0; 8192]).is_ok_and(|read| read > 0) {}
        });
        let ran = Room::new().run(&["check", "--json", "--provider", "ken", "--to", &to]);
        let lines = ran.ends(1).json();
        let failed: Vec<&Value> = lines
            .iter()
            .filter(|line| line["status"] == "fail")
            .collect();
        assert_eq!(failed.len(), 1, "{}", ran.stdout);
        assert_eq!(failed[0]["id"], "accepts-valid");
        let observed = failed[0]["observed"].as_str().unwrap();
        assert!(wanted.contains(&observed), "{observed}");
    }
}

#[test]
fn a_handler_that_hangs_up_at_once_fails() {
    let closed = [(
        "accepts-valid",
        "the connection was closed before an answer came",
    )];
    for _ in 0..5 {
        fails(&server(drop), &closed);
    }
}

#[test]
fn an_answer_without_end_is_not_read_to_it() {
    const PIECE: &[u8] = &[b'x'; 8192];
    let long = [
        ("rejects-missing-signature", ""),
        (
            "answers-in-time",
            "an answer of more than 1 MB, which was not read to its end",
        ),
    ];
    fails(&endless(b"HTTP/1.1 200 X\r\n\r\n", PIECE, 0), &long);
    let ten = b"HTTP/1.1 200 X\r\nContent-Length: 10000000\r\n\r\n";
    fails(&endless(ten, PIECE, 0), &long);
}
