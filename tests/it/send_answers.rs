//! `hookctl send`: what is made of the answers.

use serde_json::{Value, json};

use crate::harness::{Endpoint, Room, steady};

#[test]
fn redirects_are_failures_and_not_followed() {
    let room = Room::new();
    let endpoint =
        Endpoint::answering("HTTP/1.1 307 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--id",
        "msg_1",
        "--to",
        &endpoint.url("/hook"),
    ]);
    ran.is(
        1,
        "✗ ken/lead_replied  POST http://127.0.0.1:[port]/hook  307  [ms]  msg_1\n",
        "error: Ken takes 2xx for a success, got 307\n\
         hint: It redirects to `/elsewhere`. Senders do not follow redirects: use that URL.\n",
    );
    assert_eq!(endpoint.hits().len(), 1);
}

#[test]
fn expectations_decide_what_is_good() {
    let room = Room::new();
    let answer = "HTTP/1.1 422 X\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"error\":\"nope\"";
    let endpoint = Endpoint::answering(answer);
    let to = endpoint.url("/");
    let send = |extra: &[&str]| {
        room.run(
            &[
                &["send", "lead_replied", "--id", "m", "--quiet", "--to", &to],
                extra,
            ]
            .concat(),
        )
    };
    send(&[]).ends(1);
    send(&["--expect", "4xx"]).ends(0);
    send(&["--expect", "200,422"]).ends(0);
    send(&["--expect", "4xx", "--expect-body", "nope"]).ends(0);
    let ran = send(&["--expect", "4xx", "--expect-body", "yes"]);
    assert_eq!(ran.stderr, "error: expected `yes` in the answer's body\n");
    let ran = send(&["--expect", "2xx"]);
    assert_eq!(ran.stderr, "error: expected status 2xx, got 422\n");
    let ran = send(&["--expect", "4xx", "--max-time", "1ns"]);
    assert!(
        ran.stderr
            .starts_with("error: expected an answer within 0.0 ms, it took "),
        "{}",
        ran.stderr
    );
    ran.ends(1);
}

#[test]
fn machine_output_has_a_line_for_each_attempt_and_a_summary() {
    let room = Room::new();
    let endpoint = Endpoint::with(|_, number| {
        let status = if number == 1 { 200 } else { 500 };
        format!("HTTP/1.1 {status} X\r\nContent-Length: 4\r\n\r\nbody").into_bytes()
    });
    let to = endpoint.url("/x");
    let ran = room.run(&["send", "ken/positive-reply", "--json", "--to", &to]);
    let mut lines = ran.ends(1).json();
    for line in &mut lines {
        assert!(line["duration_ms"].as_f64().unwrap() > 0.0);
        line["duration_ms"] = Value::Null;
    }
    let id = lines[0]["delivery_id"].as_str().unwrap();
    assert!(id.starts_with("msg_") && id.len() == 31, "{id}");
    assert_eq!(
        lines[0],
        json!({
            "type": "attempt", "provider": "ken", "event": "lead_replied", "delivery_id": id, "attempt": 1, "url": to,
            "status": 200, "duration_ms": null, "outcome": "success", "error": null, "response_body": "body",
        })
    );
    assert_eq!(
        (&lines[1]["outcome"], &lines[1]["status"]),
        (&json!("fail"), &json!(500))
    );
    assert_eq!(lines[1]["error"], "Ken takes 2xx for a success, got 500");
    assert_eq!(
        lines[2],
        json!({"type": "summary", "deliveries": 2, "succeeded": 1, "failed": 1, "duration_ms": null})
    );
}

#[test]
fn what_was_broken_on_purpose_and_was_taken_is_a_failure_of_the_handler() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/");
    let send = |extra: &[&str]| {
        let fixed = ["send", "lead_replied", "--tamper", "body", "--id", "m"];
        room.run(&[&fixed[..], &["--to", &to], extra].concat())
    };
    let line = "ken/lead_replied  POST http://127.0.0.1:[port]/  200  [ms]  m\n";
    let warning = "warning: broken on purpose (body), and the handler took it.\n";
    send(&[]).is(1, &format!("✗ {line}"), warning);
    send(&["--expect", "2xx"]).is(0, &format!("✓ {line}"), warning);
    let lines = send(&["--json"]).ends(1).json();
    assert_eq!(
        (&lines[0]["outcome"], &lines[0]["error"]),
        (
            &json!("fail"),
            &json!("broken on purpose (body), and the handler took it")
        )
    );
    assert_eq!(lines[1]["failed"], 1);
    // Nobody can see that an unsigned delivery was changed.
    room.run(&["send", "contact.replied", "--tamper", "body", "--to", &to])
        .is(
            0,
            "✓ konvox/contact.replied  POST http://127.0.0.1:[port]/  200  [ms]\n",
            "",
        );
}

#[test]
fn a_refused_delivery_that_is_too_old_is_told_so_first() {
    let room = Room::new();
    let endpoint = Endpoint::status(400);
    let ran = room.run(&[
        "send",
        "lead_replied",
        "--timestamp",
        "-10m",
        "--to",
        &endpoint.url("/"),
    ]);
    let hints: Vec<&str> = ran.ends(1).stderr.lines().skip(1).collect();
    assert_eq!(
        hints[0],
        "hint: The signed time is 10m ago, and receivers of this scheme take 5m at most: refusing it is right."
    );
    assert!(hints[1].starts_with("hint: A 400 is "), "{}", ran.stderr);
}

#[test]
fn an_answer_of_white_space_is_not_said_to_be_above() {
    let room = Room::new();
    let endpoint = Endpoint::answering("HTTP/1.1 500 X\r\nContent-Length: 2\r\n\r\n \n");
    let send = ["send", "lead_replied", "--id", "m"];
    room.run(&[&send[..], &["--to", &endpoint.url("/")]].concat())
        .is(
            1,
            "✗ ken/lead_replied  POST http://127.0.0.1:[port]/  500  [ms]  m\n",
            "error: Ken takes 2xx for a success, got 500\n\
             hint: The handler failed. Its log says why.\n",
        );
}

#[test]
fn a_success_that_is_not_the_one_asked_for_gets_a_hint() {
    let room = Room::new();
    let endpoint = Endpoint::status(204);
    let to = endpoint.url("/");
    let rows = [
        (
            "contact.replied",
            "Konvox asks for 200 (documented); 204 counts as a success, too (documented).",
        ),
        (
            "call.ended",
            "Klen AI asks for 200 (documented); 204 counts as a success, too (public).",
        ),
    ];
    for (event, hint) in rows {
        let ran = room.run(&["send", event, "--to", &to]);
        assert_eq!(ran.ends(0).stderr, format!("hint: {hint}\n"));
        let ran = room.run(&["send", event, "--expect", "2xx", "--to", &to]);
        assert_eq!(ran.ends(0).stderr, "");
    }
    assert_eq!(room.run(&["send", "lead_replied", "--to", &to]).stderr, "");
}

#[test]
fn an_answer_that_comes_later_than_another_page_allows_gets_a_hint() {
    let room = Room::new();
    let profile =
        std::fs::read_to_string(crate::harness::project("fixtures/kakiyo/provider.toml")).unwrap();
    assert!(profile.contains("slow = { value = \"10s\", from = \"public\""));
    let event = "[events.done]\nabout = \"x\"\nfrom = \"assumed\"\nsample = '{\"event\":\"done\",\"timestamp\":\"2026-01-01T00:00:00Z\"}'\n";
    let head = profile
        .split("# A request is this provider's")
        .next()
        .unwrap();
    let head = head
        .replace("name = \"kakiyo\"", "name = \"tardy\"")
        .replace("slow = { value = \"10s\"", "slow = { value = \"1ms\"");
    room.write("providers/tardy.toml", format!("{head}\n{event}"));
    let endpoint = Endpoint::with(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let ran = room.run(&["send", "tardy/done", "--to", &endpoint.url("/")]);
    assert_eq!(
        ran.ends(0).stderr,
        "hint: It took longer than 1ms (public, help.kakiyo.com/en/articles/13738478-webhooks). \
         Acknowledge first, work afterwards.\n"
    );
}

#[test]
fn several_deliveries_stand_in_columns_with_each_hint_once_and_a_sum() {
    let room = Room::new();
    let endpoint = Endpoint::with(|_, number| {
        let status = if number == 1 { 200 } else { 404 };
        format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").into_bytes()
    });
    let to = endpoint.url("/x");
    let ran = room.run(&["send", "klen/call", "--to", &to]);
    let lines: Vec<&str> = ran.ends(1).stdout.lines().collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[5], "5 deliveries: 1 succeeded, 4 failed");
    for (line, name) in lines.iter().zip(["call.started", "call.ended"]) {
        assert!(line.contains(&format!(" klen/{name}")), "{line}");
    }
    for (of, needle) in [("method", "  POST "), ("status", "/x  "), ("time", " ms  ")] {
        let places: Vec<usize> = lines[..5]
            .iter()
            .map(|line| line.find(needle).unwrap())
            .collect();
        assert!(
            places.windows(2).all(|pair| pair[0] == pair[1]),
            "{of}: {places:?}\n{}",
            ran.stdout
        );
    }
    let error = "error: Klen AI takes 2xx for a success, got 404\n";
    let hint = "hint: Nothing is routed at `/x`. Check the path, a trailing slash and the router's prefix.\n";
    assert_eq!(ran.stderr, format!("{error}{hint}{error}{error}{error}"));
}

#[test]
fn the_whole_exchange_comes_before_its_result() {
    let room = Room::new();
    let endpoint =
        Endpoint::answering("HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 8\r\n\r\none\n\ntwo");
    let to = endpoint.url("/");
    room.write("both.sh", "exec \"$@\" 2>&1");
    let both = std::process::Command::new("sh")
        .arg(room.path().join("both.sh"))
        .arg(env!("CARGO_BIN_EXE_hookctl"))
        .args(["send", "contact.replied", "contact.replied", "-v"])
        .args(["--data", "{}", "--to", &to])
        .env("HOME", room.path())
        .output()
        .unwrap();
    let text = steady(&String::from_utf8(both.stdout).unwrap());
    let once = "> POST / HTTP/1.1\n\
                > host: 127.0.0.1:[port]\n\
                > user-agent: hookctl/0.1.0\n\
                > accept: */*\n\
                > content-type: application/json\n\
                > content-length: 2\n\
                >\n\
                > {}\n\
                < HTTP/1.1 200\n\
                < x-a: 1\n\
                < content-length: 8\n\
                <\n\
                < one\n\
                <\n\
                < two\n";
    let parts: Vec<&str> = text.split("✓").collect();
    assert_eq!(parts[0], once, "{text}");
    assert!(parts[1].ends_with(&format!("\n\n{once}")), "{text}");
}
