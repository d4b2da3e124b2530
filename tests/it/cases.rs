//! `hookctl run`: files of cases.

use serde_json::{Value, json};

use crate::harness::{Endpoint, Hit, Room};

const FILE: &str = r#"
provider = "ken"
to = "http://localhost:9/webhooks/ken"
headers = { x-team = "crm" }

[[case]]
name = "replies are taken"
why = "The CRM lives on them."
send = ["lead_replied", "ken/lead_clicked"]
set = { "contact.email" = "a@example.com", "contact.id" = 7 }
unset = "contact.title"
headers = { x-case = "1" }
expect = "200,202"
expect_body = "ok"

[[case]]
name = "an unsigned reply is refused"
send = "lead_replied"
tamper = "headers"
duplicate = 1

[[case]]
name = "it is sound"
check = ["accepts-valid", "rejects-missing-signature"]
events = "lead_replied"
"#;

fn answer(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok").into_bytes()
}

/// Takes what carries a signature.
fn handler(hit: &Hit) -> Vec<u8> {
    answer(if hit.header("svix-signature").is_some() {
        200
    } else {
        401
    })
}

#[test]
fn cases_are_sent_and_asked_in_their_order() {
    let room = Room::new();
    room.write("hooks.toml", FILE);
    let endpoint = Endpoint::with(|hit, _| handler(hit));
    let ran = room.run(&["run", "hooks.toml", "--to", &endpoint.url("")]);
    ran.is(
        0,
        "hooks.toml
✓ All 4 cases passed.

  ✓  replies are taken                        200 for all 2, the slowest in [ms]
  ✓  an unsigned reply is refused             401 for all 2, the slowest in [ms]
  ✓  it is sound / accepts-valid              200 in [ms]
  ✓  it is sound / rejects-missing-signature  401 \"ok\"

4 passed, 6 requests in [ms]
",
        "Checking http://127.0.0.1:[port]/webhooks/ken as Ken: about 2 requests; their ids hold `hookctl` or start with \
         `c0ffee00`.\n",
    );
    let hits = endpoint.hits();
    assert!(
        hits[0].head.starts_with("POST /webhooks/ken HTTP/1.1"),
        "{}",
        hits[0].head
    );
    let contact = &hits[0].json()["contact"];
    assert_eq!(contact["email"], "a@example.com");
    assert_eq!(
        (&contact["id"], &contact["title"]),
        (&json!(7), &Value::Null)
    );
    assert_eq!(
        (hits[0].header("x-team"), hits[0].header("x-case")),
        (Some("crm"), Some("1"))
    );
    assert_eq!(hits[1].json()["eventType"], "lead_clicked");
    // The same delivery twice, without the headers of another case.
    assert_eq!(hits[2].body, hits[3].body);
    assert_eq!(
        (hits[2].header("x-team"), hits[2].header("x-case")),
        (Some("crm"), None)
    );
    // What is sent is in the history; what an audit asks is not.
    assert_eq!(room.run(&["history", "--json"]).ends(0).json().len(), 4);
}

#[test]
fn a_case_that_fails_says_what_came_instead() {
    let room = Room::new();
    room.write("hooks.toml", FILE);
    let endpoint = Endpoint::status(500);
    let ran = room.run(&[
        "run",
        "hooks.toml",
        "--json",
        "-q",
        "--to",
        &endpoint.url(""),
    ]);
    let lines = ran.ends(1).json();
    let without_time = |line: &Value| {
        let mut line = line.clone();
        let observed = line["observed"]
            .as_str()
            .unwrap()
            .split(" in ")
            .next()
            .unwrap()
            .to_owned();
        line["observed"] = json!(observed);
        line
    };
    assert_eq!(
        without_time(&lines[0]),
        json!({
            "type": "case", "id": "replies are taken", "status": "fail", "expected": "200,202, `ok` in the body",
            "observed": "500", "why": "The CRM lives on them.", "fix": "The handler failed. Its log says why.",
        })
    );
    assert_eq!(lines[1]["expected"], "4xx");
    assert_eq!(
        (&lines[2]["id"], &lines[2]["status"]),
        (&json!("it is sound / accepts-valid"), &json!("fail"))
    );
    assert_eq!(lines[3]["status"], "skip");
    assert_eq!(
        (&lines[4]["url"], &lines[4]["failed"]),
        (&Value::Null, &json!(3))
    );
    // What was expected beside the status.
    let endpoint = Endpoint::with(|hit, _| handler(hit));
    room.write("body.toml", FILE.replace("\"ok\"", "\"thanks\""));
    let ran = room.run(&[
        "run",
        "body.toml",
        "--json",
        "-q",
        "--to",
        &endpoint.url(""),
    ]);
    assert_eq!(
        ran.ends(1).json()[0]["fix"],
        "The answer's body lacks `thanks`; `hookctl send -v` shows all of it."
    );
    room.write(
        "time.toml",
        FILE.replace("expect_body = \"ok\"", "max_time = \"1ns\""),
    );
    let ran = room.run(&[
        "run",
        "time.toml",
        "--json",
        "-q",
        "--to",
        &endpoint.url(""),
    ]);
    assert_eq!(
        ran.ends(1).json()[0]["fix"],
        "Acknowledge first, work afterwards."
    );
    let taken = Endpoint::status(200);
    let args = [
        "run",
        "hooks.toml",
        "--json",
        "-q",
        "--case",
        "an unsigned reply is refused",
    ];
    let ran = room.run(&[&args[..], &["--to", &taken.url("")]].concat());
    let fix = "The handler took what was broken on purpose; `hookctl check` says why.";
    assert_eq!(ran.ends(1).json()[0]["fix"], fix);
}

#[test]
fn a_handler_that_is_down_fails_its_cases() {
    let room = Room::new();
    room.write("hooks.toml", FILE);
    let ran = room.run(&[
        "run",
        "hooks.toml",
        "--json",
        "-q",
        "--to",
        "http://127.0.0.1:9",
    ]);
    let lines = ran.ends(1).json();
    assert_eq!(lines[0]["observed"], "connection refused to `lead_replied`");
    assert_eq!(
        (&lines[2]["id"], &lines[2]["observed"]),
        (
            &json!("it is sound"),
            &json!("cannot check `http://127.0.0.1:9/webhooks/ken`: connection refused")
        )
    );
    assert_eq!(lines[3]["failed"], 3);
}

#[test]
fn cases_are_chosen_and_listed_by_name() {
    let room = Room::new();
    room.write("hooks.toml", FILE);
    room.run(&["run", "hooks.toml", "--list"]).is(
        0,
        "replies are taken\nan unsigned reply is refused\nit is sound\n",
        "",
    );
    room.run(&["run", "hooks.toml", "--case", "it is sond"]).is(
        2,
        "",
        "error: `hooks.toml` has no case `it is sond`\nhint: Did you mean `it is sound`?\n",
    );
}

#[test]
fn files_are_read_strictly() {
    let room = Room::new();
    let says = |text: &str| {
        room.write("x.toml", text);
        room.run(&["run", "x.toml"]).ends(2).stderr.clone()
    };
    assert_eq!(
        says(&FILE.replace("expect =", "expcet =")),
        "error: `x.toml`: case `replies are taken`: there is no key `expcet`. Did you mean `expect` or `expect_body`?\n"
    );
    assert_eq!(
        says(&FILE.replace("lead_replied\",", "lead_replid\",")),
        "error: case `replies are taken`: ken has no event `lead_replid`\n\
         hint: Did you mean `lead_replied` or `lead_clicked` or `lead_interested`?\n"
    );
    assert_eq!(
        says(&FILE.replace("x-case = ", "\"x case\" = "))
            .lines()
            .next()
            .unwrap(),
        "error: case `replies are taken`: invalid value 'x case: 1' for '--header <NAME: VALUE>': `x case` is no header name"
    );
    room.run(&["run", "none.toml"]).ends(3);
    // A body of one's own may be of any event.
    let own = "provider = \"ken\"\nto = \"http://localhost:9/\"\n[[case]]\nname = \"x\"\nsend = \"new\"\ndata = \"{}\"";
    room.write("x.toml", own);
    room.run(&["run", "x.toml"]).ends(1);
}

#[test]
fn the_secret_comes_from_the_variable_that_the_file_names() {
    let room = Room::new();
    let file = format!("secret_env = \"HOOKCTL_CRM_SECRET\"\n{FILE}");
    room.write("hooks.toml", file);
    let endpoint = Endpoint::with(|hit, _| handler(hit));
    let to = endpoint.url("");
    let ran = room.run(&["run", "hooks.toml", "--to", &to]);
    assert_eq!(
        ran.ends(2).stderr,
        "error: case `replies are taken`: `HOOKCTL_CRM_SECRET` is not set; hooks.toml names it\n\
         hint: Set it to the secret, or say `--secret`.\n"
    );
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    room.run_with(
        &["run", "hooks.toml", "--to", &to],
        &[("HOOKCTL_CRM_SECRET", secret)],
        b"",
    )
    .ends(0);
    let first = endpoint.hits().remove(0);
    room.write(
        "first.http",
        [first.head.as_bytes(), b"\r\n\r\n", &first.body].concat(),
    );
    room.run(&["verify", "--secret", secret, "first.http"])
        .ends(0);
}
