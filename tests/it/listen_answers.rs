//! `hookctl listen`: what it answers and what it keeps.

use serde_json::{Value, json};

use crate::harness::{Room, steady};

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn each_request_is_saved_to_a_file_that_can_be_sent_again() {
    let room = Room::new();
    let listener = room.listen(&["--save", "deep/kept", "--exit-after", "2"]);
    let url = listener.url.clone();
    room.run(&["send", "lead_replied", "--to", &format!("{url}/w?a=b")])
        .ends(0);
    listener.exchange("PURGE / HTTP/1.1\r\nAuthorization: Basic dTpw\r\nConnection: close\r\n\r\n");
    let shown = listener.wait();
    let mut files: Vec<_> = std::fs::read_dir(room.path().join("deep/kept"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let saved: Vec<Value> = files
        .iter()
        .map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
        .collect();
    let names: Vec<_> = files
        .iter()
        .map(|file| file.file_name().unwrap().to_str().unwrap().split_at(20).1)
        .collect();
    assert_eq!(names, ["0001-ken-lead_replied.json", "0002.json"]);
    assert_eq!(saved[0], shown.json()[0]);
    // A file is kept with all that came; what is shown is not.
    assert_eq!(
        saved[1]["headers"][0],
        json!(["Authorization", "Basic dTpw"])
    );
    assert_eq!(
        shown.json()[1]["headers"][0],
        json!(["Authorization", "Basic [redacted]"])
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&files[1]).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let again = room.listen(&["--exit-after", "1"]);
    let file = files[0].to_str().unwrap();
    room.run(&["replay", file, "--to", &again.url]).ends(0);
    assert_eq!(again.wait().ends(0).json()[0]["body"], saved[0]["body"]);
}

#[test]
fn what_cannot_be_saved_is_refused_and_not_counted() {
    let room = Room::new();
    let mut listener = room.listen(&["--save", "kept"]);
    std::fs::remove_dir(room.path().join("kept")).unwrap();
    assert_eq!(
        listener.exchange(GET),
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 20\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\nService Unavailable\n"
    );
    let note = steady(&listener.next_note());
    assert!(
        note.starts_with("warning: GET / refused with 503: cannot save to `"),
        "{note}"
    );
    assert!(
        note.ends_with(".json`: No such file or directory (os error 2) (from 127.0.0.1:[port])\n"),
        "{note}"
    );
    std::fs::create_dir(room.path().join("kept")).unwrap();
    assert!(listener.exchange(GET).starts_with("HTTP/1.1 200 OK"));
    let ran = listener.stop();
    assert_eq!(ran.ends(0).json()[1]["captures"], 1);
    room.write("file", "");
    let ran = room.run(&["listen", ":0", "--save", "file"]);
    assert!(
        ran.ends(3)
            .stderr
            .starts_with("error: cannot make the folder `"),
        "{ran:?}"
    );
}

#[test]
fn the_answer_is_what_was_asked_for() {
    let room = Room::new();
    room.write("answer.json", "{\"ok\":true}");
    let answers_with = |args: &[&str], wanted: &str| {
        let listener = room.listen(&[args, &["--exit-after", "1"]].concat());
        assert_eq!(listener.exchange(GET), wanted, "{args:?}");
        listener.wait().ends(0);
    };
    answers_with(
        &["--status", "418", "--body", "tea"],
        "HTTP/1.1 418 I'm a teapot\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 3\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\ntea",
    );
    answers_with(
        &["--body", "@answer.json", "-H", "X-A: 1", "-H", "x-a:2"],
        "HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\n{\"ok\":true}",
    );
    answers_with(
        &["--body", "<r/>", "-H", "content-type: text/xml"],
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 4\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n<r/>",
    );
    // The user's own takes the place of ours.
    answers_with(
        &["--body", "<r/>", "-H", "X-Content-Type-Options: own"],
        "HTTP/1.1 200 OK\r\nx-content-type-options: own\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: 4\r\nconnection: close\r\n\r\n<r/>",
    );
    answers_with(
        &["--status", "204"],
        "HTTP/1.1 204 No Content\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n",
    );
}

#[test]
fn an_answer_that_cannot_be_is_refused_at_the_start() {
    let room = Room::new();
    for header in [
        "Content-Length: 5",
        "transfer-encoding: chunked",
        "Trailer: X",
    ] {
        let name = header.split(':').next().unwrap();
        room.run(&[
            "listen",
            ":0",
            "--body",
            "hi",
            "-H",
            header,
            "--timeout",
            "0s",
        ])
        .is(
            2,
            "",
            &format!("error: the header `{name}` follows from the body\nhint: Leave it out.\n"),
        );
    }
    for status in ["204", "205", "304"] {
        room.run(&["listen", ":0", "--status", status, "--body", "hi", "--timeout", "0s"]).is(
            2,
            "",
            &format!(
                "error: an answer with {status} has no body\nhint: Leave out `--body`, or answer with 200.\n"
            ),
        );
    }
}

#[test]
fn a_delay_is_waited_for_and_counted() {
    let room = Room::new();
    let mut listener = room.listen(&["--delay", "120ms", "--exit-after", "1"]);
    let start = std::time::Instant::now();
    listener.exchange(GET);
    assert!(start.elapsed().as_millis() >= 120);
    assert!(listener.next()["response"]["duration_ms"].as_f64().unwrap() >= 120.0);
    listener.wait().ends(0);
}

#[test]
fn an_answer_that_waits_long_is_finished_too() {
    let room = Room::new();
    let listener = room.listen(&["--delay", "10500ms", "--exit-after", "1", "--body", "late"]);
    let answer = listener.exchange(GET);
    assert!(answer.ends_with("\r\n\r\nlate"), "{answer}");
    listener.wait().ends(0);
}

#[test]
fn a_delay_from_a_range_is_waited_for_and_counted() {
    let room = Room::new();
    let args = ["--delay", "20ms..90ms", "--seed", "7", "--exit-after", "4"];
    let listener = room.listen(&args);
    for _ in 0..4 {
        let start = std::time::Instant::now();
        listener.exchange(GET);
        assert!(start.elapsed().as_millis() >= 20);
    }
    let lines = listener.wait().ends(0).json();
    let times = lines[..4]
        .iter()
        .map(|line| &line["response"]["duration_ms"]);
    assert!(times.into_iter().all(|time| time.as_f64().unwrap() >= 20.0));
    for (range, why) in [
        (
            "800ms..50ms",
            "the shortest time comes first, as in `50ms..800ms`",
        ),
        ("50ms..", "`` is no duration such as `10s`"),
    ] {
        let ran = room.run(&["listen", ":0", "--delay", range]);
        let wanted = format!("error: invalid value '{range}' for '--delay <DURATION>': {why}");
        assert_eq!(ran.ends(2).stderr.lines().next(), Some(&*wanted));
    }
}

/// The status lines of so many requests, one after the other; empty where the connection was closed.
fn statuses(listener: &crate::harness::Listener, count: usize) -> Vec<String> {
    let status = |answer: String| answer.split(' ').nth(1).unwrap_or_default().to_owned();
    (0..count).map(|_| status(listener.exchange(GET))).collect()
}

#[test]
fn answers_come_in_turn_as_they_were_asked_for() {
    let room = Room::new();
    let cases: [(&[&str], &[&str]); 8] = [
        (&["--respond", "2x503,200"], &["503", "503", "200", "200"]),
        (&["--respond", "429, 2xdrop ,201"], &["429", "", "", "201"]),
        (&["--fail-first", "2"], &["503", "503", "200"]),
        (&["--fail-first", "1", "--status", "202"], &["503", "202"]),
        (&["--fail-first", "1", "--drop"], &["", "200"]),
        (&["--drop"], &["", ""]),
        (&["--gone-after", "2"], &["200", "200", "410", "410"]),
        (&["--fail-rate", "1"], &["503", "503"]),
    ];
    for (args, wanted) in cases {
        let count = wanted.len().to_string();
        let listener = room.listen(&[args, &["--exit-after", &count]].concat());
        assert_eq!(statuses(&listener, wanted.len()), wanted, "{args:?}");
        let ran = listener.wait();
        assert_eq!(ran.ends(0).stderr, "", "{args:?}");
        let told: Vec<_> = ran.json()[..wanted.len()]
            .iter()
            .map(|line| line["response"]["status"].as_u64())
            .collect();
        let wanted: Vec<_> = wanted.iter().map(|status| status.parse().ok()).collect();
        assert_eq!(told, wanted, "{args:?}");
    }
}

#[test]
fn a_dropped_request_is_shown_as_such() {
    let room = Room::new();
    let listener = room.listen_at(":0", &["--drop", "--show", "line", "--exit-after", "1"]);
    assert_eq!(listener.exchange(GET), "");
    let ran = listener.wait();
    let wanted = "[time]  GET /  dropped  unsigned  0 B  [ms]\n";
    assert_eq!(steady(&ran.ends(0).stdout), wanted);
}

#[test]
fn when_to_try_again_stands_in_the_answers_that_fail() {
    let room = Room::new();
    let listener = room.listen(&[
        "--respond",
        "429,200",
        "--retry-after",
        "2s",
        "--body",
        "hi",
        "--exit-after",
        "2",
    ]);
    assert_eq!(
        listener.exchange(GET),
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 2\r\n\
         content-length: 2\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\nhi"
    );
    assert!(!listener.exchange(GET).contains("retry-after"));
    listener.wait().ends(0);
    let listener = room.listen(&["--fail-first", "1", "--retry-after", "1m", "--body", "ok"]);
    assert_eq!(
        listener.exchange(GET),
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 60\r\n\
         content-length: 20\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\nService Unavailable\n"
    );
}

#[test]
fn the_same_requests_fail_for_the_same_seed() {
    let room = Room::new();
    let seen = |seed: &str| {
        let args = ["--fail-rate", "0.5", "--seed", seed, "--exit-after", "40"];
        let listener = room.listen(&args);
        let seen = statuses(&listener, 40);
        listener.wait().ends(0);
        seen
    };
    let one = seen("1");
    let failed = one.iter().filter(|status| *status == "503").count();
    assert!((8..33).contains(&failed), "{failed}");
    assert_eq!(one, seen("1"));
    assert_ne!(one, seen("2"));
}

#[test]
fn what_is_refused_takes_no_turn() {
    let room = Room::new();
    let listener = room.listen(&["--require-valid", "--fail-first", "1"]);
    assert_eq!(statuses(&listener, 2), ["401", "401"]);
    let to = format!("{}/webhooks/ken", listener.url);
    let send = |expect: &str| room.run(&["send", "lead_replied", "--to", &to, "--expect", expect]);
    send("503").ends(0);
    send("200").ends(0);
}

#[test]
fn answers_that_contradict_each_other_are_refused() {
    let room = Room::new();
    let both = "hint: Write it all as one sequence, such as `--respond '2x503,drop,200'`.\n";
    let some = "hint: With `--fail-first N` or `--fail-rate SHARE` it drops only those.\n";
    let never = "hint: Add `--fail-first N`, `--fail-rate SHARE` or `--respond '2x503,200'`.\n";
    let cases: [(&[&str], &str, &str); 8] = [
        (
            &["--respond", "200", "--status", "200"],
            "`--respond` and `--status` both say what to answer",
            both,
        ),
        (
            &["--respond", "200", "--fail-first", "1"],
            "`--respond` and `--fail-first` both say what to answer",
            both,
        ),
        (
            &["--respond", "200", "--fail-rate", "1"],
            "`--respond` and `--fail-rate` both say what to answer",
            both,
        ),
        (
            &["--respond", "200", "--drop"],
            "`--respond` and `--drop` both say what to answer",
            both,
        ),
        (
            &["--drop", "--status", "200"],
            "`--drop` gives no answer, so `--status` has no use",
            some,
        ),
        (
            &["--drop", "-H", "A: b"],
            "`--drop` gives no answer, so `--header` has no use",
            some,
        ),
        (
            &["--retry-after", "1s"],
            "no answer is a 429 or 5xx, so `--retry-after` has no use",
            never,
        ),
        (
            &["--retry-after", "1s", "--fail-first", "1", "--drop"],
            "no answer is a 429 or 5xx, so `--retry-after` has no use",
            never,
        ),
    ];
    for (args, error, hint) in cases {
        let args = [&["listen", ":0", "--timeout", "0s"], args].concat();
        let wanted = format!("error: {error}\n{hint}");
        room.run(&args).is(2, "", &wanted);
    }
    for (flag, value, why) in [
        (
            "--respond",
            "2x",
            "`2x` is no part such as `503`, `2x503` or `drop`",
        ),
        ("--respond", "700", "a status is 200 to 599"),
        (
            "--fail-rate",
            "2",
            "`2` is no share from 0 to 1, such as `0.2`",
        ),
        (
            "--fail-rate",
            "NaN",
            "`NaN` is no share from 0 to 1, such as `0.2`",
        ),
        ("--retry-after", "500ms", "the header holds whole seconds"),
    ] {
        let ran = room.run(&["listen", ":0", flag, value]);
        let first = ran.ends(2).stderr.lines().next().unwrap();
        assert!(
            first.starts_with(&format!("error: invalid value '{value}' for '{flag} <")),
            "{first}"
        );
        assert!(first.ends_with(&format!(">': {why}")), "{first}");
    }
}
