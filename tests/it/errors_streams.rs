//! What no stream ever shows.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::harness::{Endpoint, Room, steady};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// All spellings of a secret that would give it away.
fn spellings(secret: &str) -> Vec<String> {
    let bare = secret.strip_prefix("whsec_").unwrap_or(secret);
    let mut spellings = vec![
        bare.to_owned(),
        STANDARD.encode(secret),
        hex::encode(secret),
    ];
    if let Ok(bytes) = STANDARD.decode(bare) {
        spellings.push(hex::encode(bytes));
    }
    spellings
}

#[track_caller]
fn is_not_in(secret: &str, text: &str) {
    for spelling in spellings(secret) {
        assert!(!text.contains(&spelling), "`{spelling}` is in\n{text}");
    }
}

/// The ways to give a secret: what is written where, and the arguments that go with it.
struct Way {
    name: &'static str,
    args: &'static [&'static str],
    vars: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
}

impl Way {
    /// A room with the files in it, and the secret.
    fn room(&self) -> (Room, String) {
        let room = Room::new();
        for (name, text) in self.files {
            room.write(name, text);
        }
        let secret = match self.name {
            "local" => room
                .run(&["secret", "ken"])
                .ends(0)
                .stdout
                .trim()
                .to_owned(),
            _ => SECRET.to_owned(),
        };
        (room, secret)
    }
}

const WAYS: [Way; 6] = [
    Way {
        name: "local",
        args: &[],
        vars: &[],
        files: &[],
    },
    Way {
        name: "flag",
        args: &["--secret", SECRET],
        vars: &[],
        files: &[],
    },
    Way {
        name: "file",
        args: &["--secret-file", "key"],
        vars: &[],
        files: &[("key", SECRET)],
    },
    Way {
        name: "environment",
        args: &[],
        vars: &[("HOOKCTL_SECRET", SECRET)],
        files: &[],
    },
    Way {
        name: "configuration",
        args: &[],
        vars: &[],
        files: &[(
            "hookctl.toml",
            "[providers.ken]\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n",
        )],
    },
    Way {
        name: "variable",
        args: &[],
        vars: &[("HOOKCTL_MINE", SECRET)],
        files: &[(
            "hookctl.toml",
            "[providers.ken]\nsecret_env = \"HOOKCTL_MINE\"\n",
        )],
    },
];

#[test]
fn secrets_are_on_no_stream_however_they_are_given() {
    for way in &WAYS {
        let (room, secret) = way.room();
        let run = |args: &[&str], code: i32| {
            let ran = room.run_with(&[args, way.args].concat(), way.vars, b"");
            let text = format!("{}\n{}", ran.ends(code).stdout, ran.stderr);
            assert!(text.len() > 30, "{}: {args:?} said {text}", way.name);
            is_not_in(&secret, &text);
            ran
        };
        let endpoint = Endpoint::with(|_, number| {
            let status = if number == 1 { 200 } else { 401 };
            format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").into_bytes()
        });
        let to = endpoint.url("/");
        let sent = run(&["send", "lead_replied", "-v", "--to", &to], 0);
        assert!(
            sent.stderr.contains("> svix-signature: v1,"),
            "{}",
            sent.stderr
        );
        run(
            &[
                "send",
                "lead_replied",
                "-vv",
                "--tamper",
                "secret",
                "--to",
                &to,
            ],
            1,
        );
        run(&["send", "lead_replied", "-v", "--json", "--to", &to], 1);
        let printed = run(&["send", "lead_replied", "-v", "--dry-run", "--to", &to], 0);
        run(
            &["send", "lead_replied", "-v", "--as", "curl", "--to", &to],
            0,
        );
        run(&["sign", "lead_replied", "-v"], 0);
        run(&["sign", "lead_replied", "-v", "--as", "json"], 0);
        room.write("good.http", &printed.stdout);
        room.write(
            "bad.http",
            printed.stdout.replace("lead_replied", "lead_clicked"),
        );
        run(&["verify", "-v", "good.http"], 0);
        run(&["verify", "-v", "bad.http"], 1);
        run(&["verify", "-v", "--json", "bad.http"], 1);
        run(&["replay", "-v", "good.http", "--to", &to], 1);
    }
}

#[test]
fn a_listener_shows_no_secrets() {
    for way in &WAYS {
        let (room, secret) = way.room();
        for extra in [&["-v"][..], &["-v", "--reveal"], &["-v", "--require-valid"]] {
            let mut child = room
                .command()
                .args([&["listen", ":0", "--exit-after", "2"], extra, way.args].concat())
                .envs(way.vars.iter().copied())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdout = BufReader::new(child.stdout.take().unwrap());
            let mut text = String::new();
            stdout.read_line(&mut text).unwrap();
            let url = text
                .split(' ')
                .find(|word| word.starts_with("http"))
                .unwrap()
                .to_owned();
            let send = [
                "send",
                "lead_replied",
                "--quiet",
                "--secret",
                &secret,
                "--to",
                &url,
            ];
            room.run(&send).ends(0);
            room.run(&[&send[..], &["--tamper", "body", "--expect", "200,401"]].concat())
                .ends(0);
            stdout.read_to_string(&mut text).unwrap();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert!(child.wait().unwrap().success());
            assert!(
                text.contains("✓ valid") && text.contains("✗ invalid"),
                "{}: {text}",
                way.name
            );
            is_not_in(&secret, &text);
        }
    }
}

#[test]
fn credentials_in_headers_and_urls_are_redacted() {
    let room = Room::new();
    let answer = "HTTP/1.1 200 OK\r\nSet-Cookie: session=geheim\r\nContent-Length: 0\r\n\r\n";
    let endpoint = Endpoint::answering(answer);
    let to = endpoint.url("/").replace("http://", "http://user:geheim@");
    let ran = room.run(&[
        "send",
        "scratcher/lead.created",
        "-v",
        "--id",
        "m",
        "--basic",
        "user:geheim",
        "-H",
        "X-Api-Key: geheim",
        "-H",
        "Cookie: a=geheim",
        "--to",
        &to,
    ]);
    assert_eq!(
        ran.ends(0).stdout.split("  ").nth(1).map(steady).as_deref(),
        Some("POST http://127.0.0.1:[port]/")
    );
    for line in [
        "> authorization: Basic [redacted]\n",
        "> x-api-key: [redacted]\n",
        "> cookie: [redacted]\n",
        "< set-cookie: [redacted]\n",
    ] {
        assert!(ran.stderr.contains(line), "{line}{}", ran.stderr);
    }
    is_not_in("geheim", &format!("{}{}", ran.stdout, ran.stderr));
    is_not_in("user:geheim", &ran.stderr);
    let hit = endpoint.hits().remove(0);
    assert_eq!(
        hit.header("x-api-key"),
        Some("geheim"),
        "what is sent is not redacted"
    );
}
