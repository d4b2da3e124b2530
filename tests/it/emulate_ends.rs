//! How `hookctl emulate` begins and ends, and what it says meanwhile.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{TOKEN, call, emulator, good, handler, next};
use crate::harness::{Endpoint, Listener, Room, steady};

/// Registers an endpoint of Kakiyo for one event.
fn register(api: &Listener, url: &str) -> String {
    let body = json!({"name": "CRM", "url": url, "events": ["message.sent"]});
    good(api, "POST /v1/webhooks", &body)["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn test(api: &Listener) {
    good(
        api,
        "POST /v1/webhooks/test",
        &json!({"event": "message.sent"}),
    );
}

#[test]
fn a_line_is_printed_for_each_call_and_each_attempt() {
    let room = Room::new();
    let handler = Endpoint::with(|_, number| match number {
        1 => b"HTTP/1.1 503 X\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy".to_vec(),
        _ => b"HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n".to_vec(),
    });
    let mut api = room.serve(
        "emulate",
        ":0",
        &["--provider", "kakiyo", "--token", TOKEN, "--speed", "max"],
    );
    // Three lines were read while it started.
    assert_eq!(api.next_line(), "\n");
    let id = register(&api, &handler.url("/x"));
    let created = api.next_line();
    call(&api, "DELETE /v1/webhooks/a%1Bb", &Value::Null);
    let refused = api.next_line();
    test(&api);
    let lines = [
        created,
        refused,
        api.next_line(),
        api.next_line(),
        api.next_line(),
    ]
    .join("");
    let ran = api.stop();
    let seen = steady(&format!("{lines}{}", ran.stdout)).replace(&id, "[id]");
    let (before, after) = seen.split_once("(real ").unwrap();
    let seen = format!("{before}(real …{}", &after[after.find('\n').unwrap()..]);
    assert_eq!(
        seen,
        "[time]  POST /v1/webhooks  201  kakiyo create  [id]  [ms]\n\
         [time]  DELETE /v1/webhooks/a%1Bb  404  kakiyo delete  No endpoint has the id a\\u001bb  [ms]\n\
         [time]  POST /v1/webhooks/test  200  kakiyo test  message.sent  1 delivery  [ms]\n\
         [time]  ✗ kakiyo/message.sent  POST http://127.0.0.1:[port]/x  503  [ms]  CRM\n    attempt 1 of 4, next in [ms]s\n\
         [time]  ✓ kakiyo/message.sent  POST http://127.0.0.1:[port]/x  200  [ms]  CRM\n    attempt 2 of 4, after [ms]s (real …\n\
         1 delivery: 1 succeeded, 0 failed  (2 attempts)\n"
    );
    assert!(
        ran.stderr
            .starts_with("error: Kakiyo takes 2xx for a success, got 503\n  busy\n"),
        "{}",
        ran.stderr
    );
    ran.ends(0);
}

#[test]
fn what_is_served_is_said_first() {
    let room = Room::new();
    let ran = room.serve("emulate", ":0", &["--timeout", "1ms"]).wait();
    // The first three lines were read while it started.
    let seen = steady(&ran.stdout);
    let token = fs::read_to_string(room.path().join("../state/hookctl/tokens/emulate")).unwrap();
    let token = token.trim();
    assert_eq!(
        seen,
        format!(
            "  klen    8 calls in place of https://api.klen.ai\n\
             \u{20} konvox  6 calls\n\
             Token: {token}\n\
             Try: curl http://localhost:[port]/v1/webhooks -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \
             -d '{{\"name\":\"Local\",\"url\":\"http://localhost:8080/webhooks/kakiyo\",\"events\":[\"agent.status_changed\"]}}'\n\n"
        )
    );
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    // It is made once, and the next one takes it.
    let mut again = room.serve("emulate", ":0", &["--provider", "ken"]);
    assert!(again.next_line().contains(token));
    let ran = room
        .serve("emulate", ":0", &["-q", "--timeout", "1ms"])
        .wait();
    ran.is(0, "", "");
}

#[test]
fn a_token_that_was_given_is_not_printed() {
    let room = Room::new();
    let ran = room
        .serve(
            "emulate",
            ":0",
            &["--provider", "ken", "--token", "s3cret", "--timeout", "1ms"],
        )
        .wait();
    assert!(!ran.stdout.contains("s3cret"), "{}", ran.stdout);
    let api = emulator(&room, &["--timeout", "1ms"]);
    api.wait().ends(0);
    assert!(!room.path().join("../state/hookctl/tokens").exists());
    for bad in ["", "a b", "ä"] {
        let ran = room.run(&["emulate", ":0", "--token", bad]);
        assert!(
            ran.stderr
                .contains("a token holds visible ASCII characters and no spaces"),
            "{}",
            ran.stderr
        );
        ran.ends(2);
    }
}

#[test]
fn machine_output_has_an_object_a_line() {
    let room = Room::new();
    let mut child = room.command();
    child.args([
        "emulate",
        ":0",
        "--json",
        "--provider",
        "kakiyo",
        "--provider",
        "konvox",
        "--timeout",
        "1ms",
    ]);
    let output = child.output().unwrap();
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (url, token) = (lines[0]["url"].as_str().unwrap(), &lines[0]["token"]);
    assert_eq!(
        lines[0],
        json!({
            "type": "listening", "url": url, "token": token,
            "providers": [
                {"name": "kakiyo", "url": format!("{url}/kakiyo"), "stands_for": "https://api.kakiyo.com"},
                {"name": "konvox", "url": format!("{url}/konvox"), "stands_for": null},
            ],
        })
    );
    assert!(token.as_str().unwrap().starts_with("hookctl_"));
    assert_eq!(
        (&lines[1]["type"], &lines[1]["deliveries"]),
        (&json!("summary"), &json!(0))
    );

    let mut api = emulator(&room, &[]);
    let handler = handler(|_| 200);
    let id = register(&api, &handler.url("/x"));
    let call = api.next();
    assert_eq!(
        call,
        json!({
            "type": "call", "received_at": call["received_at"], "method": "POST", "path": "/v1/webhooks", "status": 201,
            "duration_ms": call["duration_ms"], "provider": "kakiyo", "action": "create", "endpoint": &id, "event": null,
            "deliveries": 0, "error": null,
        })
    );
    test(&api);
    let call = next(&mut api, "call");
    assert_eq!(
        (&call["action"], &call["event"], &call["deliveries"]),
        (&json!("test"), &json!("message.sent"), &json!(1))
    );
    let attempt = next(&mut api, "attempt");
    assert_eq!(
        (&attempt["endpoint"], &attempt["status"]),
        (&json!(id), &json!(200))
    );
}

#[test]
fn what_is_pending_at_the_end_stays_and_the_next_one_goes_on_with_it() {
    for kill in [false, true] {
        let room = Room::new();
        let handler = handler(|number| if number == 1 { 500 } else { 200 });
        let slow = ["--json", "--token", TOKEN, "--speed", "0.01x"];
        let mut api = room.serve("emulate", ":0", &slow);
        register(&api, &handler.url("/x"));
        test(&api);
        assert_eq!(next(&mut api, "attempt")["next_in_ms"], 1000.0);
        if kill {
            api.signal("-KILL");
            drop(api);
        } else {
            let ran = api.stop();
            assert_eq!(ran.ends(0).json().last().unwrap()["pending"], 1);
            assert_eq!(
                ran.stderr.lines().last(),
                Some("hint: `hookctl send --resume` goes on with what is pending.")
            );
        }
        let mut api = emulator(&room, &["--exit-after", "1"]);
        assert_eq!(
            api.next_note(),
            "1 delivery is pending from before, and goes on now.\n"
        );
        let attempt = next(&mut api, "attempt");
        assert_eq!(
            (&attempt["attempt"], &attempt["outcome"]),
            (&json!(2), &json!("success"))
        );
        api.wait().ends(0);
    }
}

#[test]
fn it_ends_after_so_many_deliveries_with_what_came_of_them() {
    let room = Room::new();
    for (status, code) in [(200, 0), (500, 1)] {
        let handler = handler(move |_| status);
        let api = emulator(&room, &["--exit-after", "1", "--timeout", "60s"]);
        let id = register(&api, &handler.url("/x"));
        test(&api);
        let ran = api.wait();
        assert_eq!(
            ran.ends(code).json().last().unwrap()["succeeded"],
            u8::from(code == 0)
        );
        room.run(&["endpoints", "remove", &id]).ends(0);
    }
    let ran = emulator(&room, &["--exit-after", "2", "--timeout", "1ms"]).wait();
    assert_eq!(
        ran.stderr,
        "error: 0 of 2 deliveries were decided in time\n"
    );
    ran.ends(1);
}

#[test]
fn a_command_runs_against_it_and_decides_how_it_ends() {
    let room = Room::new();
    let script = r#"got=$(curl -sf -H "Authorization: Bearer $HOOKCTL_TOKEN" $HOOKCTL_URL/v1/webhooks); echo "got $got"; exit 7"#;
    let ran = room.run(&["emulate", ":0", "--exec", script]);
    assert!(
        ran.stdout.lines().any(|line| line == "got []"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.ends_with("ended with exit code 7\n"),
        "{}",
        ran.stderr
    );
    ran.ends(7);
    let ran = room.run(&["emulate", ":0", "--json", "--exec", "exit 0"]);
    ran.ends(0);
}

#[test]
fn the_ready_file_holds_the_url() {
    let room = Room::new();
    room.write("url.txt", "of an earlier run");
    let api = emulator(&room, &["--ready-file", "url.txt"]);
    assert_eq!(room.read("url.txt"), format!("{}\n", api.url));
}

#[test]
fn a_second_signal_waits_for_no_handler() {
    let room = Room::new();
    // Answers the first request when the test is at its end.
    let (release, hold) = std::sync::mpsc::channel::<()>();
    let hold = std::sync::Mutex::new(hold);
    let handler = Endpoint::with(move |_, _| {
        let _ = hold.lock().unwrap().recv_timeout(Duration::from_secs(60));
        Vec::new()
    });
    let mut api = emulator(&room, &[]);
    register(&api, &handler.url("/x"));
    test(&api);
    next(&mut api, "call");
    while handler.hits().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    api.signal("-INT");
    api.signal("-INT");
    assert_eq!(api.ends_unread(Duration::from_secs(30)), 0);
    drop(release);
    // It was not decided, so it is pending.
    let pending = room.run(&["history", "--status", "pending", "--json"]);
    assert_eq!(pending.ends(0).json().len(), 1);
}

#[test]
fn a_provider_without_an_api_is_named() {
    let room = Room::new();
    room.run(&["emulate", "--provider", "scratcher"]).is(
        2,
        "",
        "error: no management API of Scratcher is known\nhint: These have one: kakiyo, ken, klen, konvox\n",
    );
    let ran = room.run(&["emulate", "--provider", "kakio"]);
    assert_eq!(
        ran.stderr,
        "error: unknown provider `kakio`\nhint: Did you mean `kakiyo`?\n"
    );
    ran.ends(2);
    let ran = room.run(&["emulate", "--no-store"]);
    assert!(
        ran.stderr.starts_with(
            "error: endpoints stand in the file of the history, and `--no-store` does without\n"
        ),
        "{}",
        ran.stderr
    );
    ran.ends(2);
    let api = emulator(&room, &["--provider", "ken"]);
    assert_eq!(call(&api, "GET /v1/webhooks", &Value::Null).status, 404);
    let port = api.url.rsplit(':').next().unwrap();
    room.run(&["emulate", &format!(":{port}")]).ends(3);
}

/// A provider of the user's own, with the API of another.
fn own_provider(room: &Room, name: &str, api: &str) {
    let profile = crate::harness::project("fixtures/kakiyo/provider.toml");
    let profile = fs::read_to_string(profile).unwrap();
    let (head, _) = profile.split_once("# Events.").unwrap();
    let head = head.replace("name = \"kakiyo\"", &format!("name = \"{name}\""));
    let event = "[events.\"message.sent\"]\nabout = \"Sent\"\nfrom = \"assumed\"\nsample = '{\"event\":\"message.sent\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"data\":{}}'\n";
    room.write(
        &format!("providers/{name}/provider.toml"),
        format!("{head}{event}"),
    );
    room.write(&format!("providers/{name}/api.toml"), api);
}

#[test]
fn a_provider_of_ones_own_is_answered_for_too() {
    let room = Room::new();
    let api = fs::read_to_string(crate::harness::project("fixtures/kakiyo/api.toml")).unwrap();
    let api = api
        .split("# What the lists of events say.")
        .next()
        .unwrap()
        .to_owned();
    let (before, rest) = api.split_once("events = [\"prospect").unwrap();
    let api = format!("{before}{}", rest.split_once('\n').unwrap().1);
    own_provider(&room, "acme", &api);
    room.run(&["providers", "check", "providers/acme"]).ends(0);
    let mut server = emulator(&room, &["--provider", "kakiyo", "--provider", "acme"]);
    assert_eq!(
        server.next_note(),
        "note: kakiyo has `POST /v1/webhooks` too; that of acme is `/acme/v1/webhooks`.\n"
    );
    let handler = handler(|_| 200);
    let body = json!({"name": "Own", "url": handler.url("/x"), "events": ["message.sent"]});
    good(&server, "POST /acme/v1/webhooks", &body);
    assert_eq!(good(&server, "GET /v1/webhooks", &Value::Null), json!([]));
    good(
        &server,
        "POST /acme/v1/webhooks/test",
        &json!({"event": "message.sent"}),
    );
    assert_eq!(next(&mut server, "attempt")["provider"], "acme");
    drop(server);

    // It goes with its provider.
    room.run(&["providers", "add", "providers/acme"]).ends(0);
    fs::remove_dir_all(room.path().join("providers")).unwrap();
    emulator(&room, &["--provider", "acme"]);
    own_provider(
        &room,
        "acme",
        &api.replace("does = \"show\"", "does = \"list\"")
            .replace("{endpoints:webhook}", "{endpoints:none}"),
    );
    let ran = room.run(&["providers", "check", "providers/acme"]);
    assert!(ran.stderr.ends_with("api.toml` describes no API: route `/v1/webhooks`: `{endpoints}`: there is no shape `none`\n"), "{}", ran.stderr);
    ran.ends(2);
}
