//! `history`: what was received and sent, listed, shown, compared, exported and imported.

use crate::harness::{Endpoint, Room};

/// Two captures and a delivery, with ids and times that stay.
const LINES: &str = concat!(
    r#"{"type":"capture","id":"cap_0123456789ab","received_at":"2025-03-01T10:00:00.000Z","method":"POST","path":"/a","query":"b=%20","target":"/a?b=%20","headers":[["Host","localhost:1"],["X-CaMeL","1"],["x-camel","2"],["Authorization","Bearer abc"],["Content-Type","application/json"]],"body":"{\"id\":\"ev_1\",\"at\":\"2025-03-01T09:59:59Z\",\"amount\":1.10,\"name\":\"Zoë\"}","provider":"ken","event":"lead_replied","delivery_id":"msg_1","duplicate":false,"signature":{"status":"invalid","scheme":"svix","reason":"mismatch","detail":"the signature does not fit"},"response":{"status":503,"duration_ms":0.25}}"#,
    "\n",
    r#"{"type":"delivery","id":"dlv_0123456789ac","sent_at":"2025-03-01T10:00:01.000Z","url":"http://localhost:3000/a","method":"POST","path":"/a","query":"","target":"/a","headers":[["Host","localhost:3000"]],"body_base64":"AP8=","provider":"klen","event":"call.ended","delivery_id":"call_1","response":{"status":500,"duration_ms":12.0},"outcome":"fail","replay_of":null,"attempts":[{"attempt":1,"sent_at":"2025-03-01T10:00:01.000Z","status":500,"duration_ms":12.0,"error":"Klen takes 2xx for a success, got 500","response_headers":[["Set-Cookie","session=1"],["content-type","text/plain"]],"response_body":"oops"}]}"#,
    "\n",
    r#"{"type":"capture","id":"cap_0123456789ad","received_at":"2025-03-01T10:00:02.500Z","method":"POST","path":"/a","query":"","target":"/a","headers":[["Host","localhost:1"],["X-CaMeL","1"],["Authorization","Bearer xyz"],["Content-Type","application/json"]],"body":"{\"id\":\"ev_2\",\"at\":\"2025-03-01T10:00:01Z\",\"amount\":2,\"name\":\"Zoë\"}","provider":"ken","event":"lead_clicked","delivery_id":"msg_2","duplicate":false,"signature":{"status":"valid","scheme":"svix","reason":null},"response":{"status":200,"duration_ms":0.3}}"#,
    "\n",
);

/// A room whose history holds [`LINES`].
fn filled() -> Room {
    let room = Room::new();
    room.write("lines.ndjson", LINES);
    room.run(&["history", "import", "lines.ndjson", "-q"])
        .is(0, "imported 3\n", "");
    room
}

const FIRST: &str = "cap_0123456789ab  2025-03-01 10:00:00  in  503  ken/lead_replied  invalid  POST /a?b=%20  69 B\n";
const SECOND: &str = "dlv_0123456789ac  2025-03-01 10:00:01  out  500  klen/call.ended  failed  POST http://localhost:3000/a  2 B\n";
const THIRD: &str =
    "cap_0123456789ad  2025-03-01 10:00:02  in  200  ken/lead_clicked  valid  POST /a  66 B\n";

#[test]
fn the_newest_come_first_and_filters_leave_out() {
    let room = filled();
    room.run(&["history"]).is(
        0,
        "cap_0123456789ad  2025-03-01 10:00:02  in   200  ken/lead_clicked  valid    POST /a  66 B\n\
         dlv_0123456789ac  2025-03-01 10:00:01  out  500  klen/call.ended   failed   POST http://localhost:3000/a  2 B\n\
         cap_0123456789ab  2025-03-01 10:00:00  in   503  ken/lead_replied  invalid  POST /a?b=%20  69 B\n",
        "",
    );
    let lists = |args: &[&str], wanted: &str| {
        let ran = room.run(&[&["history", "-q"], args].concat());
        ran.is(0, wanted, "");
    };
    lists(&["--out"], SECOND);
    lists(&["--in", "--status", "5xx"], FIRST);
    lists(&["--event", "lead_c*"], THIRD);
    lists(&["--event", "klen/*"], SECOND);
    lists(
        &["--event", "lead_*", "--since", "2025-03-01T10:00:01Z"],
        THIRD,
    );
    lists(&["--limit", "1"], THIRD);
    lists(&["--since", "-36500d", "--limit", "1"], THIRD);
    lists(&["--since", "-2d"], "");
    // In the path, in a header, in a body; letter by letter.
    lists(&["--search", "b=%20"], FIRST);
    lists(&["--search", "X-CaMeL: 1\nAuth"], THIRD);
    lists(&["--search", "Bearer xyz"], THIRD);
    lists(&["--search", "1.10"], FIRST);
    lists(&["--search", "zoë"], "");
    let filter = |filter: &str, wanted: &str| lists(&["--filter", filter], wanted);
    filter("status>=500 direction=in", FIRST);
    filter("verdict=valid", THIRD);
    filter("url~localhost:3000 size<10", SECOND);
    filter("body.amount>1.5 header.x-camel=1", THIRD);
    filter("\"zoë\" query.b=\" \"", FIRST);
    filter(
        "since:2025-03-01T10:00:01Z until:2025-03-01T10:00:02Z",
        SECOND,
    );
    filter("took>1s", "");
    filter("pinned=yes", "");
    lists(&["--filter", "name", "--limit", "1"], THIRD);
    room.run(&["history", "--event", "nothing"]).is(
        0,
        "",
        "Nothing like that is in the history.\n",
    );
    room.run(&["history", "--search", ""]).is(
        2,
        "",
        "error: `--search` looks for a text, and this one is empty\n",
    );
    assert_eq!(room.run(&["history", "--json"]).json().len(), 3);
}

#[test]
fn what_holds_everywhere_may_stand_before_a_command_and_filters_may_not() {
    let room = filled();
    let line = LINES.lines().next().unwrap();
    let export = ["export", "cap_0123456789ab", "--reveal"];
    let store = ["history", "--store", "../state/hookctl/history.db", "-q"];
    let ran = room.run(&[&store[..], &export].concat());
    ran.is(0, &format!("{line}\n"), "");
    let shown = room.run(&["events", "--json", "show", "ken/lead_replied"]);
    assert_eq!(shown.ends(0).json().len(), 1);
    let cases: [&[&str]; 3] = [&["--in"], &["--limit", "3"], &["--search", "x"]];
    for flag in cases {
        let ran = room.run(&[&["history"], flag, &["show", "last"]].concat());
        let wanted = format!(
            "error: `{}` stands before a command that would not heed it\n\
             hint: `hookctl history --help` lists what goes without a command; what a command takes goes behind it.\n",
            flag[0]
        );
        ran.is(2, "", &wanted);
    }
    room.run(&["events", "ken", "show", "lead_replied"]).is(
        2,
        "",
        "error: `ken` stands before `show`\n\
         hint: `hookctl events PROVIDER` lists; `hookctl events show EVENT` shows one.\n",
    );
}

#[test]
fn one_is_shown_in_full_without_its_credentials() {
    let room = filled();
    room.run(&["history", "show", "cap_0123456789ab"]).is(
        0,
        "cap_0123456789ab  2025-03-01 10:00:00.000  ken/lead_replied\n\
         delivery  msg_1\n\
         signature invalid (mismatch): the signature does not fit\n\
         answered  503 in [ms]\n\
         \n\
         POST /a?b=%20\n\
         Host: localhost:1\n\
         X-CaMeL: 1\n\
         x-camel: 2\n\
         Authorization: Bearer [redacted]\n\
         Content-Type: application/json\n\
         \n\
         {\n  \"id\": \"ev_1\",\n  \"at\": \"2025-03-01T09:59:59Z\",\n  \"amount\": 1.10,\n  \"name\": \"Zoë\"\n}\n",
        "",
    );
    room.run(&["history", "show", "dlv_0123456789ac"]).is(
        0,
        "dlv_0123456789ac  2025-03-01 10:00:01.000  klen/call.ended\n\
         delivery  call_1\n\
         sent to   http://localhost:3000/a\n\
         \n\
         POST /a\n\
         Host: localhost:3000\n\
         \n\
         2 B of binary data\n\
         000000  00 ff                                            ..\n\
         \n\
         attempt 1: 500 in [ms]\n\
         Klen takes 2xx for a success, got 500\n\
         Set-Cookie: [redacted]\n\
         content-type: text/plain\n\
         \n\
         oops\n",
        "",
    );
    let revealed = room.run(&["history", "show", "--reveal"]);
    assert_eq!(
        room.run(&["history", "show", "last", "--reveal"]).stdout,
        revealed.stdout
    );
    assert!(revealed.stdout.contains("Authorization: Bearer xyz\n"));
    room.run(&["history", "show", "cap_0123456789zz"]).is(
        2,
        "",
        "error: the history holds no `cap_0123456789zz`\nhint: `hookctl history` lists what is there.\n",
    );
    room.run(&["history", "show", "msg_1"]).is(
        2,
        "",
        "error: `msg_1` is no id such as `cap_01h2k3m4n5p6`\nhint: `hookctl history` lists them.\n",
    );
}

#[test]
fn two_are_compared_by_name_and_path() {
    let room = filled();
    let both = ["history", "diff", "cap_0123456789ab", "cap_0123456789ad"];
    room.run(&both).is(
        1,
        "target\n  - /a?b=%20\n  + /a\n\
         header x-camel\n  - 1, 2\n  + 1\n\
         header authorization\n  - Bearer [redacted]\n  + Bearer [redacted]\n\
         body id\n  - \"ev_1\"\n  + \"ev_2\"\n\
         body at\n  - \"2025-03-01T09:59:59Z\"\n  + \"2025-03-01T10:00:01Z\"\n\
         body amount\n  - 1.10\n  + 2\n",
        "",
    );
    let steady = room.run(&[&both[..], &["--ignore-volatile"]].concat());
    assert!(!steady.stdout.contains("body id") && !steady.stdout.contains("body at"));
    assert!(steady.stdout.contains("body amount"));
    room.run(&["history", "diff", "last", "last"])
        .is(0, "Nothing differs.\n", "");
}

#[test]
fn what_is_exported_is_imported_to_the_byte() {
    let room = filled();
    let exported = room.run(&["history", "export", "--reveal"]);
    exported.is(0, LINES, "");
    for format in ["ndjson", "har"] {
        let file = format!("export.{format}");
        room.run(&[
            "history", "export", "--reveal", "--format", format, "--output", &file,
        ])
        .is(0, "", "3 exported.\n");
        let store = format!("{format}.db");
        room.run(&["history", "import", &file, "--store", &store, "-q"])
            .is(0, "imported 3\n", "");
        room.run(&["history", "export", "--reveal", "--store", &store])
            .is(0, LINES, "");
        room.run(&["history", "import", &file, "--store", &store, "-q"])
            .is(0, "imported 0, 3 already in the history\n", "");
    }
    let redacted = room.run(&["history", "export", "cap_0123456789ab"]);
    assert!(
        redacted
            .stdout
            .contains(r#"["Authorization","Bearer [redacted]"]"#)
    );
    assert_eq!(
        redacted.stderr,
        "note: credentials are left out; `--reveal` exports them.\n"
    );
}

#[test]
fn a_raw_request_keeps_every_byte() {
    let room = filled();
    let args = [
        "history",
        "export",
        "dlv_0123456789ac",
        "--format",
        "http",
        "--output",
        "one.http",
        "-q",
    ];
    room.run(&args).is(0, "", "");
    let bytes = std::fs::read(room.path().join("one.http")).unwrap();
    assert_eq!(
        bytes,
        b"POST /a HTTP/1.1\r\nHost: localhost:3000\r\n\r\n\x00\xff"
    );
}

#[test]
fn what_is_odd_on_the_wire_is_exported_as_raw_http_and_comes_back() {
    let room = Room::new();
    let listener = room.listen(&[]);
    let requests: [&[u8]; 3] = [
        b"post /a?b HTTP/1.1\r\nConnection: close\r\nX-a: caf\xe9\r\nx-A: caf\xc3\xa9\r\n\r\n",
        b"x_y! /%zz HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n0\r\n\r\n2\r\n\r\n\r\n0\r\n\r\n",
        b"POST /c HTTP/1.1\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\r\n\x00\n",
    ];
    for request in requests {
        let answer = listener.exchange(request);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    listener.stop().ends(0);
    let args = ["--format", "http", "--output", "raw/"];
    room.run(&[&["history", "export"], &args[..]].concat())
        .ends(0);
    let came = room.run(&["history", "--json"]).json();
    for line in &came {
        let file = format!("raw/{}.http", line["id"].as_str().unwrap());
        let import = ["history", "import", &file, "--store", &format!("{file}.db")];
        room.run(&import).ends(0);
        let back = room
            .run(&["history", "--json", "--store", import[4]])
            .json()
            .remove(0);
        for key in ["method", "target", "headers", "body", "body_base64"] {
            assert_eq!(back[key], line[key], "{key}");
        }
        // It can be sent as it stands.
        let listener = room.listen(&["--no-store", "--exit-after", "1"]);
        listener.exchange(std::fs::read(room.path().join(&file)).unwrap());
        assert_eq!(
            listener.wait().ends(0).json()[0]["headers"],
            line["headers"]
        );
    }
    assert_eq!(came.len(), 3);
}

#[test]
fn each_request_may_get_a_file_of_its_own() {
    let room = filled();
    room.run(&["history", "export", "--format", "fixture"]).is(
        2,
        "",
        "error: several of these do not fit into one file\n\
         hint: Name one id, or a folder that gets a file for each: `--output captures/`\n",
    );
    for (format, ending) in [
        ("fixture", "json"),
        ("http", "http"),
        ("curl", "sh"),
        ("har", "har"),
    ] {
        let folder = format!("{format}/");
        room.run(&[
            "history", "export", "--in", "--reveal", "--format", format, "--output", &folder,
        ])
        .is(0, "", "2 exported.\n");
        let file = format!("{format}/cap_0123456789ab.{ending}");
        let store = format!("{format}.db");
        room.run(&["history", "import", &file, "--store", &store, "-q"])
            .is(0, "imported 1\n", "");
        let back = room
            .run(&["history", "--json", "--reveal", "--store", &store])
            .json()
            .remove(0);
        let lines: Vec<serde_json::Value> = LINES
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let keys: &[&str] = match format {
            // curl sends its own Host and Content-Length.
            "curl" => &["method", "target", "body"],
            _ => &["method", "target", "headers", "body"],
        };
        for key in keys {
            assert_eq!(back[*key], lines[0][*key], "{format} {key}");
        }
    }
}

#[test]
fn objects_are_imported_however_they_are_laid_out() {
    let room = Room::new();
    let (first, rest) = LINES.split_once('\n').unwrap();
    let value: serde_json::Value = serde_json::from_str(first).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    let other = "\n{\"type\":\"listening\"}\n\n";
    for (number, text) in [
        format!("{other}{LINES}"),
        format!("{pretty}\n{rest}"),
        format!("{}{pretty}", rest.replace("}\n", "}\r\n\r\n")),
        LINES.replace("}\n", "}"),
    ]
    .into_iter()
    .enumerate()
    {
        let store = format!("{number}.db");
        let import = ["history", "import", "-", "--store", &store, "-q"];
        room.run_with(&import, &[], text.as_bytes())
            .is(0, "imported 3\n", "");
        room.run(&["history", "export", "--reveal", "--store", &store])
            .is(0, LINES, "");
    }
}

#[test]
fn a_curl_command_and_a_browsers_har_are_imported() {
    let room = Room::new();
    let curl = b"$ curl 'http://localhost:3000/webhooks/ken?x=1' \\\n  -H 'content-type: application/json' \\\n  --data-raw '{\"a\":\"it'\\''s\"}'\n";
    room.run_with(&["history", "import", "-"], &[], curl)
        .is(0, "imported 1\n", "");
    let har = r#"{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-01-02T03:04:05.678+01:00","time":12.5,
        "request":{"method":"POST","url":"https://example.com/hook/../x?y=%20#z","headers":[{"name":":method","value":"POST"},{"name":"X-A","value":"1"}],
        "postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a b","value":"ö"}]}},"response":{"status":404}}]}}"#;
    room.write("browser.har", har);
    room.run(&["history", "import", "browser.har"]).ends(0);
    let lines = room.run(&["history", "--json"]).json();
    let of_curl = lines.iter().find(|line| line["query"] == "x=1").unwrap();
    assert_eq!(of_curl["body"], r#"{"a":"it's"}"#);
    assert_eq!(of_curl["provider"], "ken");
    let of_har = lines.iter().find(|line| line["query"] == "y=%20").unwrap();
    assert_eq!(of_har["received_at"], "2026-01-02T02:04:05.678Z");
    assert_eq!(of_har["target"], "/hook/../x?y=%20");
    assert_eq!(
        of_har["headers"],
        serde_json::json!([["Host", "example.com"], ["X-A", "1"]])
    );
    assert_eq!(of_har["body"], "a+b=%C3%B6");
    assert_eq!(of_har["response"]["status"], 404);
    for (content, why) in [
        ("{\"a\":1}", "it holds a body alone"),
        (
            "{\"id\":\"evt_1\",\"type\":\"invoice.paid\"}",
            "it holds a body alone",
        ),
        (
            "{\"type\":\"listening\"}\n\n{\"method\":\"GET\",\"target\":\"/\",\"headers\":[]}\n{\"met",
            "EOF while parsing a string at line 4 column 5",
        ),
        (
            "{\"type\":\"listening\"}\n[1]\n",
            "line 2 is no request: [1]",
        ),
        ("", "it is empty"),
        ("curl -F a=b http://x", "the body of `-F` is not known here"),
        (
            "{\"method\":\"P T\",\"path\":\"/\",\"headers\":[]}",
            "capture 1: `method` is \"P T\", which is no method",
        ),
    ] {
        room.run_with(&["history", "import", "-"], &[], content.as_bytes())
            .is(
                2,
                "",
                &format!(
                    "error: cannot import `stdin`: {why}\n\
                 hint: NDJSON of captures, HAR, raw HTTP requests and curl commands are read.\n"
                ),
            );
    }
}

#[test]
fn things_are_taken_out_by_age_or_all_at_once() {
    let room = filled();
    room.run(&["history", "prune", "--older-than", "36500d"])
        .is(0, "0 taken out.\n", "");
    room.run(&["history", "clear"]).is(
        2,
        "",
        "error: `clear` takes everything out of the history\nhint: Say that it may: `hookctl history clear --yes`\n",
    );
    room.run(&["send", "lead_replied", "--to", "http://127.0.0.1:1/"])
        .ends(1);
    room.run(&["history", "prune", "--older-than", "30d"])
        .is(0, "3 taken out.\n", "");
    room.run(&["history", "clear", "--yes"])
        .is(0, "1 taken out.\n", "");
    room.run(&["history"])
        .is(0, "", "Nothing like that is in the history.\n");
}

#[test]
fn what_listen_took_is_verified_and_replayed_to_the_byte() {
    let room = Room::new();
    let mut listener = room.listen(&["--status", "500"]);
    room.run(&["verify"]).is(2, "", "error: `stdin` holds no request: it is empty\nhint: A saved capture, a raw HTTP request or a payload is read.\n");
    let target = format!("{}/webhooks/ken?a=%2F", listener.url);
    for seed in ["1", "2", "3"] {
        room.run(&["send", "lead_replied", "--seed", seed, "--to", &target])
            .ends(1);
    }
    let ids: Vec<String> = (0..3)
        .map(|_| listener.next()["id"].as_str().unwrap().to_owned())
        .collect();
    let verified = room
        .command()
        .args(["verify", "--json"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(verified.status.code(), Some(0));
    room.run(&["verify", &ids[0]]).ends(0);
    room.run(&["verify", "last"]).ends(0);

    let endpoint = Endpoint::status(200);
    let url = endpoint.url("");
    room.run(&["replay", &ids[0], "--raw", "--to", &url, "-q"])
        .ends(0);
    let stored = room
        .run(&["history", "export", &ids[0], "--format", "http"])
        .stdout;
    let hit = &endpoint.hits()[0];
    assert_eq!(
        format!("{}\r\n\r\n{}", hit.head, String::from_utf8_lossy(&hit.body)),
        stored
    );

    let replayed = room
        .run(&["replay", "last:2", "--to", &url, "--json"])
        .ends(0)
        .json();
    assert_eq!(replayed[0]["verdict"], "fixed");
    let sent: Vec<_> = endpoint.hits()[1..]
        .iter()
        .map(|hit| hit.header("svix-id").unwrap().to_owned())
        .collect();
    let received = room.run(&["history", "--in", "--json"]).json();
    assert_eq!(
        sent,
        [
            received[1]["delivery_id"].as_str().unwrap(),
            received[0]["delivery_id"].as_str().unwrap()
        ]
    );

    // Three failed as captures and as deliveries. The captures went well in a replay since; the deliveries did not.
    let failed = room
        .run(&["replay", "failed", "--to", &url, "--json"])
        .ends(0)
        .json();
    assert_eq!(failed.last().unwrap()["deliveries"], 3);
    room.run(&["replay", "failed", "--to", &url]).is(
        2,
        "",
        "error: the history holds nothing that failed\nhint: `hookctl history` lists what is there; `hookctl listen` adds to it.\n",
    );
    room.run(&["replay", "last:x", "--to", &url]).is(
        2,
        "",
        "error: `last:x` is no number of captures such as `last:5`\n",
    );
    room.run(&["replay", "last", "--no-store", "--to", &url])
        .is(
            2,
            "",
            "error: `last` is in the history, and `--no-store` does without\n",
        );
}

#[test]
fn what_was_too_large_is_listed_and_cannot_be_replayed() {
    let room = Room::new();
    let listener = room.listen(&["--max-body", "10"]);
    listener
        .exchange("POST /x HTTP/1.1\r\nConnection: close\r\nContent-Length: 11\r\n\r\nhello world");
    let id = room.run(&["history", "--json"]).json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    room.run(&["replay", &id, "--to", "http://127.0.0.1:1"]).is(
        2,
        "",
        &format!("error: `{id}` has no body: it was over 10 bytes and was not kept\nhint: `hookctl listen --max-body SIZE` takes larger ones.\n"),
    );
}
