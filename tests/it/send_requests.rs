//! `hookctl send`: URL, headers and credentials of the requests, and the forms in which they are printed.

use crate::harness::{Endpoint, Room};

#[test]
fn credentials_are_sent_where_the_provider_sends_them() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint.url("/");
    room.run(&["send", "lead.created", "--basic", "user:pa:ss", "--to", &to])
        .ends(0);
    assert_eq!(
        endpoint.hits()[0].header("authorization"),
        Some("Basic dXNlcjpwYTpzcw==")
    );
    let ran = room.run(&[
        "send",
        "lead.created",
        "--basic",
        "user:pass",
        "--method",
        "GET",
        "--to",
        &to,
    ]);
    ran.is(
        2,
        "",
        "error: scratcher sends credentials with POST only, not with GET\n",
    );
}

#[test]
fn credentials_of_a_url_are_sent_as_such_and_shown_on_demand_only() {
    let room = Room::new();
    let endpoint = Endpoint::status(200);
    let to = endpoint
        .url("/x")
        .replace("http://", "http://us%40er:geheim@");
    let send = |extra: &[&str]| {
        let fixed = ["send", "lead.created", "--to", &to];
        room.run(&[&fixed[..], extra].concat())
    };
    let url = "http://127.0.0.1:[port]/x";
    send(&[]).is(
        0,
        &format!("✓ scratcher/lead.created  POST {url}  200  [ms]\n"),
        "",
    );
    assert_eq!(send(&["--json"]).json()[0]["url"], endpoint.url("/x"));
    let basic = "Basic dXNAZXI6Z2VoZWlt";
    for hit in endpoint.hits() {
        assert_eq!(hit.header("authorization"), Some(basic));
    }
    for form in ["http", "curl", "json"] {
        let hidden = send(&["--as", form]);
        assert_eq!(
            hidden.ends(0).stderr,
            "note: credentials are left out; `--reveal` prints them.\n"
        );
        assert!(
            hidden.stdout.contains("Basic [redacted]"),
            "{}",
            hidden.stdout
        );
        let shown = send(&["--as", form, "--reveal"]);
        assert_eq!(shown.ends(0).stderr, "");
        assert!(shown.stdout.contains(basic), "{}", shown.stdout);
    }
    room.write(
        "hookctl.toml",
        format!("[providers.scratcher]\nto = \"{to}\"\n"),
    );
    room.run(&["send", "lead.created"]).ends(0);
    assert_eq!(
        endpoint.hits().last().unwrap().header("authorization"),
        Some(basic)
    );
    for bad in [
        "ftp://us:geheim@localhost/",
        "us:geheim@localhost/",
        "http://us:geheim@/",
    ] {
        for command in [["send", "lead.created"], ["replay", "hookctl.toml"]] {
            let ran = room.run(&[&command[..], &["--to", bad]].concat());
            assert!(!ran.ends(2).stderr.contains("geheim"), "{}", ran.stderr);
        }
    }
    let sign = room.run(&["sign", "lead.created", "--to", &to]);
    assert!(
        sign.ends(2)
            .stderr
            .starts_with("error: the URL holds credentials")
    );
    let init = room.run(&["init", "--force", "--to", &to]);
    assert!(
        init.ends(2)
            .stderr
            .starts_with("error: the URL holds credentials")
    );
}

#[test]
fn headers_that_frame_the_body_are_not_for_the_user_to_say() {
    let room = Room::new();
    room.write("body.json", "{}");
    for name in ["Content-Length", "transfer-encoding"] {
        for command in [["send", "lead_replied"], ["replay", "body.json"]] {
            let header = format!("{name}: 3");
            let rest = ["-H", &header, "--to", "http://localhost:1/"];
            room.run(&[&command[..], &rest].concat()).is(
                2,
                "",
                &format!(
                    "error: invalid value '{header}' for '--header <NAME: VALUE>': `{name}` is made from the body, \
                     and a wrong one would break the connection\n\nFor more information, try '--help'.\n"
                ),
            );
        }
    }
}

#[test]
fn a_signed_header_that_is_replaced_is_noted() {
    let room = Room::new();
    let send = ["send", "lead_replied", "-H", "svix-id: foo", "--dry-run"];
    let ran = room.run(&[&send[..], &["--to", "http://localhost/"]].concat());
    assert_eq!(
        ran.ends(0).stderr,
        "note: `svix-id` is replaced after signing, so the signature no longer fits; `--id` sets it before.\n"
    );
}

#[test]
fn stdin_is_read_once() {
    let room = Room::new();
    let rows: [(&[&str], &str); 3] = [
        (&["send", "lead_replied", "--data", "-"], "--data -"),
        (&["sign", "--scheme", "svix", "--body", "-"], "--body -"),
        (&["replay", "-"], "SOURCE -"),
    ];
    for (args, other) in rows {
        let secret = ["--secret-file", "-", "--to", "http://localhost:1/"];
        room.run_with(&[args, &secret].concat(), &[], b"x").is(
            2,
            "",
            &format!(
                "error: stdin can be read once, and `--secret-file -` and `{other}` would both read it\n\
                 hint: Put one of them into a file.\n"
            ),
        );
    }
}

#[test]
fn urls_seeds_and_times_that_cannot_be_meant_are_refused_with_what_may_be_meant() {
    let room = Room::new();
    let send = |extra: &[&str]| {
        let ran = room.run(&[&["send", "lead_replied"], extra].concat());
        ran.ends(2).stderr.lines().next().unwrap().to_owned()
    };
    let to = |url: &str| send(&["--to", url]);
    assert_eq!(
        to("8080"),
        "error: invalid value '8080' for '--to <URL>': the URL needs a scheme; did you mean `http://localhost:8080`?"
    );
    assert_eq!(
        to(""),
        "error: invalid value '' for '--to <URL>': it is empty"
    );
    let with = |flag: &str, value: &str| send(&[flag, value, "--to", "http://localhost:1/"]);
    assert_eq!(
        with("--seed", "abc"),
        "error: invalid value 'abc' for '--seed <N>': `abc` is no whole number from 0 to 18446744073709551615"
    );
    let time = "error: invalid value";
    assert_eq!(
        with("--timestamp", "1795271"),
        format!(
            "{time} '1795271' for '--timestamp <TIME>': write RFC 3339, unix seconds or milliseconds, or a time before now such as `10m`"
        )
    );
    assert_eq!(
        with("--timestamp", "+99999999h"),
        format!(
            "{time} '+99999999h' for '--timestamp <TIME>': it is out of the range of years, -9999 to 9999"
        )
    );
    let late = [
        "send",
        "calendar.created",
        "--timestamp",
        "9999-12-30T22:00:00Z",
    ];
    room.run(&[&late[..], &["--to", "http://localhost:1/"]].concat()).is(
        2,
        "",
        "error: cannot move the times of the payload: `2026-06-24T07:00:00.000Z` would be past the year 9999\n\
         hint: Take an earlier `--timestamp`.\n",
    );
}

#[test]
fn names_of_providers_are_put_right() {
    let room = Room::new();
    room.run(&["send", "kne/lead_replied", "--to", "http://localhost:1/"])
        .is(
            2,
            "",
            "error: unknown provider `kne`\nhint: Did you mean `ken/lead_replied`?\n",
        );
    room.run(&["send", "ken", "--to", "http://localhost:1/"]).is(
        2,
        "",
        "error: `ken` is a provider, not an event\nhint: `hookctl events ken` lists its events.\n",
    );
}

#[test]
fn without_a_body_the_pairs_of_data_go_into_the_query() {
    let room = Room::new();
    let send = |data: &str| {
        let fixed = ["send", "lead.created", "--method", "GET", "--as", "json"];
        let to = ["--to", "http://localhost/?x=1", "--data", data];
        room.run(&[&fixed[..], &to].concat())
    };
    let ran = send(r#"{"a":{"b":1},"c":true}"#);
    let request = ran.ends(0).json().remove(0);
    assert_eq!(request["target"], "/?x=1&a%5Bb%5D=1&c=1");
    assert_eq!(request["body"], "");
    assert_eq!(
        ran.stderr,
        "note: GET has no body; the pairs of `--data` go into the query.\n"
    );
    send("abc").is(
        2,
        "",
        "error: GET has no body, and `--data` is no JSON object whose pairs could go into the query\n",
    );
}
