//! Credentials in headers and URLs: shown nowhere without `--reveal`, and sent as they are.

use serde_json::{Value, json};

use crate::harness::{Endpoint, Room, steady};
use crate::page_guard::Page;

/// A part of each credential.
const NEEDLE: &str = "squirrel";

/// Headers whose values are credentials.
const HEADERS: &str = "Authorization: Bearer squirrel1\r\nProxy-Authorization: Basic squirrel2\r\nCookie: a=squirrel3\r\n\
    X-Auth-Token: squirrel4\r\nX-Access-Token: squirrel5\r\nX-Amz-Security-Token: squirrel6\r\nApi-Key: squirrel7\r\n\
    X-Vault-Token: squirrel8\r\nPrivate-Token: squirrel9\r\nX-Hasura-Admin-Secret: squirrel10\r\nX-Webhook-Secret: squirrel11\r\n\
    X-Goog-Iap-Jwt: squirrel12\r\nX-Gitlab-Token: squirrel13\r\nX-Db-Password: squirrel14\r\n\
    Referer: https://u:squirrel15@x/?token=squirrel16\r\n";
const TARGET: &str = "/hooks?a=1&token=squirrel17&access_token=squirrel18&api_key=squirrel19&key=squirrel20&secret=squirrel21\
    &password=squirrel22&sig=squirrel23&b=2";
const SHOWN_TARGET: &str = "/hooks?a=1&token=[redacted]&access_token=[redacted]&api_key=[redacted]&key=[redacted]\
    &secret=[redacted]&password=[redacted]&sig=[redacted]&b=2";
/// Headers that are like them and are none.
const OTHERS: &str = "Idempotency-Key: public1\r\nX-Event-Key: public2\r\nSvix-Signature: v1,public3\r\nX-Hub-Signature-256: public4\r\n";
const HOW_MANY: usize = 23;

fn request() -> String {
    format!(
        "POST {TARGET} HTTP/1.1\r\nHost: x\r\n{HEADERS}{OTHERS}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    )
}

#[track_caller]
fn is_hidden(what: impl std::fmt::Debug, text: &str) {
    assert!(!text.contains(NEEDLE), "{what:?} shows it:\n{text}");
    assert!(
        text.contains("[redacted]"),
        "{what:?} shows nothing:\n{text}"
    );
}

#[track_caller]
fn is_revealed(what: impl std::fmt::Debug, text: &str) {
    for number in 1..=HOW_MANY {
        let whole = format!("{NEEDLE}{number}");
        assert!(
            text.contains(&whole),
            "{what:?} does not show {whole}:\n{text}"
        );
    }
    assert!(!text.contains("[redacted]"), "{what:?}:\n{text}");
}

#[test]
fn credentials_of_what_was_received_are_shown_on_demand_alone() {
    let room = Room::new();
    room.write("in.http", request());
    room.run(&["history", "import", "in.http", "-q"]).ends(0);
    let replay = ["replay", "in.http", "--raw", "--to", "http://localhost:1"];
    let mut rows: Vec<Vec<&str>> = vec![
        vec!["history", "show", "last"],
        vec!["history", "show", "last", "--json"],
        vec!["history", "--json"],
        [&replay[..], &["--dry-run"]].concat(),
    ];
    let forms = ["http", "json", "curl", "powershell", "cmd"];
    // The options of these are in a file, which is in base64 in the script for the command prompt.
    rows.extend(forms.map(|form| [&replay[..], &["--as", form]].concat()));
    let formats = ["ndjson", "har", "curl", "powershell", "http", "fixture"];
    rows.extend(formats.map(|format| vec!["history", "export", "--format", format]));
    for args in rows {
        if !args.contains(&"--raw") {
            let ran = room.run(&args);
            is_hidden(&args, &ran.ends(0).stdout);
            for number in 1..=4 {
                assert!(
                    ran.stdout.contains(&format!("public{number}")),
                    "{args:?}: {}",
                    ran.stdout
                );
            }
        }
        let revealed = room.run(&[&args[..], &["--reveal"]].concat());
        if !args.contains(&"cmd") {
            is_revealed(&args, &revealed.ends(0).stdout);
        }
    }
    let list = room.run(&["history"]);
    assert!(
        list.ends(0)
            .stdout
            .ends_with(&format!("POST {SHOWN_TARGET}  2 B\n")),
        "{}",
        list.stdout
    );
    let shown = room
        .run(&["history", "show", "last", "--json"])
        .json()
        .remove(0);
    assert_eq!(shown["target"], SHOWN_TARGET);
    assert_eq!(shown["query"], SHOWN_TARGET.split_once('?').unwrap().1);
    assert_eq!(
        shown["headers"].as_array().unwrap().last().unwrap(),
        &json!(["Connection", "close"])
    );
    assert_eq!(
        shown["headers"][15],
        json!(["Referer", "https://[redacted]@x/?token=[redacted]"])
    );
    let export = room.run(&["history", "export", "--format", "curl"]);
    assert_eq!(
        export.ends(0).stderr,
        "note: credentials are left out; `--reveal` exports them.\n"
    );
}

#[test]
fn what_was_left_out_of_an_export_is_not_sent_as_if_it_had_come() {
    let room = Room::new();
    room.write(
        "in.http",
        "POST /?token=squirrel HTTP/1.1\r\nHost: x\r\n\r\n{}",
    );
    room.run(&["history", "import", "in.http", "-q"]).ends(0);
    let export = ["history", "export", "--output", "out.ndjson"];
    room.run(&export).ends(0);
    room.run(&["replay", "out.ndjson", "--raw", "--to", "http://localhost:1"])
        .is(
            2,
            "",
            "error: `out.ndjson` cannot be sent as it came: the value of `target` was left out of it\n\
             hint: `hookctl listen --save DIR` keeps all of it, and so does `--reveal` with `--json`.\n",
        );
}

#[test]
fn differences_are_told_without_credentials() {
    let room = Room::new();
    for (name, number) in [("a.http", 1), ("b.http", 2)] {
        let request = format!(
            "POST /?key=squirrel{number} HTTP/1.1\r\nX-Token: squirrel{number}\r\n\r\n{{}}"
        );
        room.write(name, request);
        room.run(&["history", "import", name, "-q"]).ends(0);
    }
    let ids: Vec<String> = room
        .run(&["history", "--json"])
        .json()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    room.run(&["history", "diff", &ids[1], &ids[0]]).is(
        1,
        "target\n  - /?key=[redacted]\n  + /?key=[redacted]\nheader x-token\n  - [redacted]\n  + [redacted]\n",
        "",
    );
    room.run(&["history", "diff", &ids[1], &ids[0], "--reveal"]).is(
        1,
        "target\n  - /?key=squirrel1\n  + /?key=squirrel2\nheader x-token\n  - squirrel1\n  + squirrel2\n",
        "",
    );
}

#[test]
fn credentials_in_the_url_of_a_delivery_are_sent_and_not_shown() {
    let room = Room::new();
    let endpoint = Endpoint::status(500);
    let to = endpoint.url("/hook?a=1&token=squirrel");
    let send = [
        "send",
        "lead_replied",
        "--id",
        "m",
        "--to",
        &to,
        "-H",
        "X-Auth-Token: squirrel",
    ];
    let run = |extra: &[&str], code: i32| {
        let ran = room.run(&[&send[..], extra].concat());
        is_hidden(extra, &format!("{}{}", ran.ends(code).stdout, ran.stderr));
        ran
    };
    assert_eq!(
        steady(&run(&[], 1).stdout),
        "✗ ken/lead_replied  POST http://127.0.0.1:[port]/hook?a=1&token=[redacted]  500  [ms]  m\n"
    );
    run(&["-v"], 1);
    run(&["--json"], 1);
    run(&["--dry-run"], 0);
    run(&["--as", "curl"], 0);
    run(&["--retry", "--schedule", "1s", "--speed", "max"], 1);
    let many = [
        "send",
        "lead_replied",
        "--count",
        "2",
        "--json",
        "--to",
        &to,
    ];
    is_hidden("--count", &room.run(&many).ends(1).stdout);
    for hit in endpoint.hits() {
        assert!(
            hit.head
                .starts_with("POST /hook?a=1&token=squirrel HTTP/1.1\r\n"),
            "{}",
            hit.head
        );
        let token = hit.header("x-auth-token");
        assert!(token.is_none_or(|token| token == "squirrel"));
    }
    let revealed = room.run(&[&send[..], &["--reveal"]].concat());
    assert!(
        revealed
            .ends(1)
            .stdout
            .contains("/hook?a=1&token=squirrel  500")
    );
    is_hidden("history", &room.run(&["history"]).ends(0).stdout);
    is_hidden("show", &room.run(&["history", "show"]).ends(0).stdout);
}

#[test]
fn findings_and_their_reports_hold_no_credentials_of_the_url() {
    let room = Room::new();
    let endpoint = Endpoint::answering(
        "HTTP/1.1 302 X\r\nLocation: http://u:squirrel@x/?token=squirrel\r\nContent-Length: 0\r\n\r\n",
    );
    let to = endpoint.url("/?token=squirrel");
    let check = [
        "check",
        "--provider",
        "ken",
        "--to",
        &to,
        "--only",
        "answers-without-redirect",
    ];
    let reports = [
        "--report",
        "junit=r.xml",
        "--report",
        "html=r.html",
        "--report",
        "markdown=r.md",
    ];
    let ran = room.run(&[&check[..], &reports].concat());
    is_hidden("check", &ran.ends(1).stdout);
    let json = room.run(&[&check[..], &["--json"]].concat());
    is_hidden("check --json", &json.ends(1).stdout);
    for report in ["r.xml", "r.html", "r.md"] {
        is_hidden(report, &room.read(report));
    }
}

#[test]
fn urls_of_endpoints_are_shown_without_credentials() {
    let room = Room::new();
    let url = "http://localhost:3000/x?token=squirrel";
    let add = [
        "endpoints",
        "add",
        url,
        "--provider",
        "ken",
        "--events",
        "lead_replied",
        "--name",
        "e",
    ];
    is_hidden("add", &room.run(&add).ends(0).stdout);
    let rows: [&[&str]; 4] = [
        &["endpoints", "list"],
        &["endpoints", "list", "--json"],
        &["endpoints", "show", "e"],
        &["endpoints", "show", "e", "--json"],
    ];
    for args in rows {
        is_hidden(args, &room.run(args).ends(0).stdout);
        let revealed = room.run(&[args, &["--reveal"]].concat());
        assert!(revealed.ends(0).stdout.contains(url), "{}", revealed.stdout);
    }
}

#[test]
fn a_listener_and_its_page_show_no_credentials_and_send_them_on() {
    let room = Room::new();
    let app = Endpoint::status(200);
    let forward = app.url("/app?token=squirrel24");
    let mut listener = room.listen(&["--forward", &forward]);
    let page = Page::of(&listener);
    listener.exchange(request());
    let line = listener.next_line();
    is_hidden("listen --json", &line);
    let line: Value = serde_json::from_str(&line).unwrap();
    let id = line["id"].as_str().unwrap();
    assert_eq!(line["target"], SHOWN_TARGET);
    let mut targets = vec![
        "/api/session".to_owned(),
        "/api/captures".to_owned(),
        format!("/api/captures/{id}"),
    ];
    for form in ["curl", "powershell", "http", "ndjson", "har", "fixture"] {
        targets.push(format!("/api/captures/{id}/as?form={form}"));
        targets.push(format!("/api/export?ids={id}&format={form}"));
    }
    for target in &targets {
        let answer = page.get(target);
        assert_eq!(answer.status, 200, "{target}");
        is_hidden(target, &answer.body);
    }
    let whole = page.call(&format!("GET /api/captures/{id}?reveal=1"), &json!({}));
    assert_eq!(whole.json()["target"], TARGET);
    // What the page shows of a target is sent to that target, and what was left out is put back.
    let session = page.get("/api/session").json();
    let to = &session["forward"][0];
    assert_eq!(
        session["quoted"]["to"],
        format!("'{}'", to.as_str().unwrap())
    );
    let edited = SHOWN_TARGET.replace("b=2", "b=3");
    let replayed = page.call(
        "POST /api/replay",
        &json!({"id": id, "to": to, "raw": true, "edits": {"target": edited}}),
    );
    is_hidden("replay", &replayed.body);
    let here = app.url("");
    page.call(
        "POST /api/replay",
        &json!({"id": id, "to": here, "raw": true, "edits": {"target": edited}}),
    );
    let lines: Vec<String> = app
        .hits()
        .iter()
        .map(|hit| hit.head.lines().next().unwrap().to_owned())
        .collect();
    let query = TARGET.split_once('?').unwrap().1;
    let edited = TARGET.replace("b=2", "b=3");
    assert_eq!(
        lines,
        [
            format!("POST /app?token=squirrel24&{query} HTTP/1.1"),
            "POST /app?token=squirrel24 HTTP/1.1".to_owned(),
            format!("POST {edited} HTTP/1.1"),
        ]
    );
    for hit in app.hits() {
        assert_eq!(hit.header("x-vault-token"), Some("squirrel8"));
    }
    drop(page);
    let ran = listener.stop();
    assert!(
        !format!("{}{}", ran.stdout, ran.stderr).contains(NEEDLE),
        "{ran:?}"
    );
}

#[test]
fn the_lines_of_a_listener_hold_no_credentials() {
    let room = Room::new();
    let app = Endpoint::answering(
        "HTTP/1.1 302 X\r\nLocation: /?key=squirrel\r\nContent-Length: 0\r\n\r\n",
    );
    let other = app.url("/app?token=squirrel");
    let args = [
        "--forward",
        &other,
        "--show",
        "headers",
        "--exit-after",
        "1",
        "--no-page",
    ];
    let mut listener = room.listen_at(":0", &[&args[..], &["-q"]].concat());
    listener.exchange(request());
    let mut shown = String::new();
    for _ in 0..3 {
        shown.push_str(&listener.next_line());
    }
    let ran = listener.wait();
    is_hidden("listen", &format!("{shown}{}{}", ran.stdout, ran.stderr));
    let line = format!("[time]  POST {SHOWN_TARGET}  302");
    assert!(steady(&shown).contains(&line), "{shown}");
    assert!(
        ran.stderr.contains("app?token=[redacted]"),
        "{}",
        ran.stderr
    );
}
