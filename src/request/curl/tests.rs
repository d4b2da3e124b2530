//! Commands are run: by each shell that is installed, with a `curl` that takes down what it gets.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use proptest::prelude::*;

use super::*;
use crate::request::Headers;

mod windows;

/// The shells, as they run a script without files of the user's.
const SHELLS: [(&str, &[&str]); 5] = [
    ("sh", &[]),
    ("bash", &["--norc", "--noprofile"]),
    ("dash", &[]),
    ("zsh", &["-f"]),
    ("fish", &["--no-config"]),
];

/// Takes down its arguments and its input, each call in a folder of its own.
const FAKE: &str = r#"#!/bin/sh
call=$(mktemp -d "$CALLS/XXXXXX")
for arg; do printf '%s\000' "$arg"; done > "$call/args"
case " $* " in *" @- "*) cat > "$call/input";; esac
mv "$call" "$CALLS/$(ls "$CALLS" | grep -c '^done-' | xargs printf 'done-%04d')"
"#;

/// A call of curl: its arguments, and its input if it reads any.
#[derive(Debug, PartialEq)]
struct Call {
    args: Vec<Vec<u8>>,
    input: Option<Vec<u8>>,
}

fn is_installed(shell: &str) -> bool {
    let ran = Process::new(shell).args(["-c", "true"]).status();
    ran.is_ok_and(|status| status.success())
}

/// What curl is called with if a shell runs a script in an empty folder.
fn calls(shell: &str, flags: &[&str], script: &str, locale: &str) -> Vec<Call> {
    let room = tempfile::tempdir().unwrap();
    let at = |name: &str| room.path().join(name);
    for folder in ["bin", "calls", "work"] {
        fs::create_dir(at(folder)).unwrap();
    }
    fs::write(at("bin/curl"), FAKE).unwrap();
    fs::set_permissions(at("bin/curl"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(at("script"), script).unwrap();
    let path = std::env::var("PATH").unwrap();
    let ran = Process::new(shell)
        .args(flags)
        .arg(at("script"))
        .env_clear()
        .env("PATH", format!("{}:{path}", at("bin").display()))
        .env("CALLS", at("calls"))
        .env("HOME", room.path())
        .env("LC_ALL", locale)
        .current_dir(at("work"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        ran.status.success() && said.is_empty(),
        "{shell}: {said}\n{script}"
    );
    let made = fs::read_dir(at("work")).unwrap().count();
    assert_eq!(made, 0, "{shell} ran something of a stranger's:\n{script}");
    let mut folders: Vec<_> = fs::read_dir(at("calls")).unwrap().collect();
    folders.sort_by_key(|folder| folder.as_ref().unwrap().file_name());
    let call = |folder: &Path| Call {
        args: words(&fs::read(folder.join("args")).unwrap()),
        input: fs::read(folder.join("input")).ok(),
    };
    let folders = folders.into_iter().map(|folder| folder.unwrap().path());
    folders.map(|folder| call(&folder)).collect()
}

fn words(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<_> = bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    words.pop();
    words
}

/// What curl should be called with.
fn wanted(request: &Request, to: &Destination<'_>, call: &Call) -> Call {
    let command = Command::new(request, to);
    let mut args: Vec<Vec<u8>> = Vec::new();
    for Choice { flag, value, .. } in &command.options {
        args.extend((!flag.is_empty()).then(|| flag.as_bytes().to_vec()));
        args.extend(value.as_ref().map(|value| value.to_vec()));
    }
    let mut input = None;
    if let Some(body) = command.body {
        // Either way is right, as long as the body is.
        if call.input.is_some() {
            args.extend([b"--data-binary".to_vec(), b"@-".to_vec()]);
            input = Some(body.to_vec());
        } else {
            args.extend([b"--data-raw".to_vec(), body.to_vec()]);
        }
    }
    Call { args, input }
}

/// What steers shells, terminals and programs, beside any text and any bytes.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "'",
        "\"",
        "\\",
        "\\'",
        "'\\''",
        "$",
        "`",
        "!",
        "!!",
        "=",
        "=ls",
        "~",
        "~root",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "(",
        ")",
        "<",
        ">",
        "|",
        "&",
        ";",
        "#",
        "%",
        "%self",
        "%PATH%",
        "^",
        "^a^b",
        " ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\n!ls\n",
        "\n^a^b\n",
        "a",
        "touch PWNED",
        "$(touch PWNED)",
        "`touch PWNED`",
        "\\'; touch PWNED; #",
        "'; touch PWNED; '",
        "-o",
        "@/etc/passwd",
        "${IFS}",
        "\\n",
        "\u{7f}",
        "\u{1}",
        "\u{1b}[201~",
        "\u{15}touch PWNED\n",
        "\u{3}",
        "\u{9b}31m",
        "\u{202e}",
        "\u{2028}",
        "é",
        "💩",
        "\u{200d}",
        "\\033",
        "%s",
        "\u{2019}; touch PWNED; \u{2019}",
    ]);
    let text = prop_oneof![4 => pieces.prop_map(|text| text.as_bytes().to_vec()), 1 => any::<Vec<u8>>(), 1 => any::<String>().prop_map(String::into_bytes)];
    prop::collection::vec(text, 0..7).prop_map(|parts| parts.concat())
}

fn request() -> impl Strategy<Value = Request> {
    let value = hostile().prop_map(|value| {
        let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
        let value: Vec<u8> = value.into_iter().filter(|byte| !is_control(byte)).collect();
        value.trim_ascii().to_vec()
    });
    let target = hostile().prop_map(|target| {
        let text = String::from_utf8_lossy(&target);
        let is_fit = |char: &char| *char != ' ' && !char.is_ascii_control();
        format!("/{}", text.chars().filter(is_fit).collect::<String>())
    });
    let header = ("[!#-'*+.^_`|~0-9A-Za-z-]{1,9}", value);
    (
        "[!#-'*+.^_`|~0-9A-Za-z-]{1,9}",
        target,
        prop::collection::vec(header, 0..4),
        hostile(),
    )
        .prop_map(|(method, target, headers, body)| Request {
            method,
            target,
            headers: headers.into_iter().collect::<Headers>(),
            body: body.into(),
        })
}

fn destination<'a>(url: &'a str, file: &'a str) -> Destination<'a> {
    Destination {
        url,
        authority: "localhost:1",
        target: None,
        insecure: false,
        cacert: Some(file),
    }
}

/// Runs commands in all shells, one script for each.
fn check(requests: &[Request], locale: &str) {
    let urls: Vec<String> = requests
        .iter()
        .map(|request| format!("http://localhost:1{}", request.target))
        .collect();
    let to: Vec<_> = urls
        .iter()
        .map(|url| destination(url, "it's \\ mine"))
        .collect();
    let scripts = requests.iter().zip(&to);
    let scripts = scripts.map(|(request, to)| print(request, to, Shell::Posix));
    let script = scripts.collect::<Vec<_>>().join("\n");
    for (shell, flags) in SHELLS.into_iter().filter(|(shell, _)| is_installed(shell)) {
        let calls = calls(shell, flags, &script, locale);
        assert_eq!(calls.len(), requests.len(), "{shell}:\n{script}");
        for ((call, request), to) in calls.iter().zip(requests).zip(&to) {
            assert_eq!(call, &wanted(request, to, call), "{shell}:\n{script}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_shell_hands_a_request_over_byte_for_byte(
        requests in prop::collection::vec(request(), 1..12),
        locale in prop::sample::select(vec!["C", "C.UTF-8"]),
    ) {
        check(&requests, locale);
    }
}

#[test]
fn shells_that_are_not_installed_are_named() {
    let missing = SHELLS.iter().filter(|(shell, _)| !is_installed(shell));
    for (shell, _) in missing {
        // Past what holds back the output of tests that pass.
        let mut err = std::io::stderr();
        writeln!(
            err,
            "not run: copied commands in {shell}, which is not installed"
        )
        .unwrap();
    }
}

#[test]
fn what_broke_out_of_a_shell_stays_an_argument() {
    let body = |body: &str| Request {
        method: "POST".into(),
        target: "/".into(),
        headers: Headers::default(),
        body: body.to_owned().into(),
    };
    let bodies = [
        r"\'; touch PWNED; #",
        r#"{"note":"it\\'; touch PWNED; #"}"#,
        "=ls",
        "~",
        "-o",
        "@/etc/passwd",
        "%self",
        "a\u{1b}[201~\u{15}touch PWNED\n",
        "a\n!ls\n^a^b\n",
    ];
    check(&bodies.map(body), "C.UTF-8");
}

/// A command for a body, after its first lines, which are the same for all.
fn of_body(body: impl Into<Vec<u8>>, shell: Shell) -> String {
    let request = Request {
        method: "POST".into(),
        target: "/".into(),
        headers: [("a".to_owned(), "b c")].into_iter().collect(),
        body: body.into().into(),
    };
    let to = Destination {
        url: "http://x/",
        authority: "x",
        target: None,
        insecure: false,
        cacert: None,
    };
    print(&request, &to, shell)
}

#[test]
fn a_command_reads_as_people_write_one() {
    let posix = |body: &[u8]| of_body(body, Shell::Posix);
    let head = "curl -X POST http://x/ \\\n  --path-as-is \\\n  -H 'a: b c' \\\n  -H User-Agent: \\\n  -H Accept: \\\n  -H Content-Type: \\\n  ";
    assert_eq!(posix(b"{}"), format!("{head}--data-raw '{{}}'\n"));
    assert_eq!(
        posix(b"it's \\ a"),
        format!("{head}--data-raw 'it'\\''s '\\\\' a'\n")
    );
    assert_eq!(
        posix(b"a\n\t!b"),
        format!("{head}--data-raw 'a\n\t'\\!'b'\n")
    );
    assert_eq!(
        posix(b"\x1b"),
        format!("printf %s Gw== | base64 --decode | {head}--data-binary @-\n")
    );
    assert_eq!(quote("!a"), "'!a'");
    assert_eq!(quote("a''b"), "'a'\\'\\''b'");
    assert_eq!(quote(""), "''");
    assert_eq!(
        of_body("{\"a\":\"it's\"}", Shell::Powershell),
        "$requestBody = [IO.Path]::GetTempFileName()\n\
         [IO.File]::WriteAllText($requestBody, '{\"a\":\"it''s\"}')\n\
         curl.exe -X POST 'http://x/' `\n  --path-as-is `\n  -H 'a: b c' `\n  -H 'User-Agent:' `\n  -H 'Accept:' `\n  \
         -H 'Content-Type:' `\n  --data-binary \"@$requestBody\"\nRemove-Item $requestBody\n"
    );
    assert_eq!(
        of_body("{\"a\":\"b & c\\\\\"}", Shell::Cmd),
        "curl.exe -X POST http://x/ ^\n  --path-as-is ^\n  -H \"a: b c\" ^\n  -H User-Agent: ^\n  -H Accept: ^\n  \
         -H Content-Type: ^\n  --data-raw ^\"{\\^\"a\\^\":\\^\"b ^& c\\\\\\\\\\^\"}^\"\n"
    );
    assert_eq!(
        of_body("100%", Shell::Cmd),
        ">\"%TEMP%\\hookctl-body.b64\" echo MTAwJQ==\n\
         powershell -NoProfile -Command \"[IO.File]::WriteAllBytes($env:TEMP+'\\hookctl-body',[Convert]::FromBase64String([IO.File]::ReadAllText($env:TEMP+'\\hookctl-body.b64')))\"\n\
         curl.exe -X POST http://x/ ^\n  --path-as-is ^\n  -H \"a: b c\" ^\n  -H User-Agent: ^\n  -H Accept: ^\n  \
         -H Content-Type: ^\n  --data-binary \"@%TEMP%\\hookctl-body\"\n\
         del \"%TEMP%\\hookctl-body\" \"%TEMP%\\hookctl-body.b64\"\n"
    );
}

#[test]
fn targets_that_no_url_holds_stay_targets() {
    assert_eq!(at("http://x", "/a"), ("http://x/a".to_owned(), None));
    for target in ["*", "/a#b", "file:///etc/passwd", "-K/tmp/x://"] {
        assert_eq!(
            at("http://x", target),
            ("http://x/".to_owned(), Some(target))
        );
    }
}
