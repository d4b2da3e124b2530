//! Files that are there and hold what they should not: sources and configurations.

use crate::harness::{Room, project};

#[test]
fn a_configuration_that_is_named_must_be_there_whatever_is_asked() {
    let room = Room::new();
    for args in [
        &["events"][..],
        &["providers"],
        &["listen", ":0", "--timeout", "0s"],
    ] {
        let ran = room.run(&[&["--config", "nope.toml"], args].concat());
        let wanted = format!(
            "error: cannot read `{}/nope.toml`: there is no such file\n",
            room.path().display()
        );
        ran.is(3, "", &wanted);
    }
}

#[test]
fn a_name_in_the_configuration_that_no_provider_has_is_told() {
    let room = Room::new();
    room.write(
        "hookctl.toml",
        "[providers.kenn]\nsecret = \"whsec_geheim\"\n",
    );
    let ran = room.run(&["listen", ":0", "--json", "--timeout", "0s"]);
    assert_eq!(
        ran.ends(0).stderr,
        format!(
            "warning: `{}/hookctl.toml` has settings of `kenn`, and no provider is called that. Did you mean `ken` or `klen`?\n",
            room.path().display()
        )
    );
}

#[test]
fn sources_are_named_and_links_are_not_followed_in_circles() {
    let room = Room::new();
    for args in [
        &["replay", "", "--to", "http://localhost/"][..],
        &["verify", ""],
    ] {
        room.run(args).is(
            2,
            "",
            "error: a source has no name\nhint: Name a file or a folder; `.` is the working directory.\n",
        );
    }
    room.write("kept/one.json", "{\"a\":1}");
    std::os::unix::fs::symlink(".", room.path().join("kept/loop")).unwrap();
    std::os::unix::fs::symlink(".", room.path().join("kept/loop.json")).unwrap();
    std::os::unix::fs::symlink("one.json", room.path().join("kept/two.json")).unwrap();
    let ran = room.run(&[
        "replay",
        "kept",
        "--provider",
        "ken",
        "--to",
        "http://localhost/",
        "--as",
        "json",
    ]);
    assert_eq!(ran.ends(0).json().len(), 2);
}

#[test]
fn a_capture_holds_what_can_stand_in_a_request_and_nothing_else() {
    let room = Room::new();
    let good =
        r#"{"type":"capture","method":"POST","target":"/a","headers":[["X-A","1"]],"body":"{}"}"#;
    for (from, to, problem) in [
        (
            "/a",
            r"/a HTTP/1.1\r\nX-Evil: 1\r\nX: ",
            r#"the target "/a HTTP/1.1\r\nX-Evil: 1\r\nX: " cannot stand in a request line"#,
        ),
        ("/a", "", r#"the target "" cannot stand in a request line"#),
        (
            "POST",
            r"POST /\r\nX",
            r#"`method` is "POST /\r\nX", which is no method"#,
        ),
        ("X-A", "X A", r#""X A" is no header name"#),
        (
            r#","1""#,
            r#","1\r\nX-Evil: 1""#,
            "the value of the header `X-A` holds control characters",
        ),
    ] {
        room.write("bad.json", good.replace(from, to));
        for args in [
            &["replay", "bad.json", "--raw", "--to", "http://localhost:1"][..],
            &["verify", "bad.json"],
        ] {
            room.run(args).is(
                2,
                "",
                &format!(
                    "error: `bad.json` holds no request: capture 1: {problem}\n\
                     hint: A saved capture, a raw HTTP request or a payload is read.\n"
                ),
            );
        }
    }
    room.write(
        "less.json",
        good.replace(r#"["X-A","1"]"#, r#"["Cookie","[redacted]"]"#),
    );
    room.run(&["replay", "less.json", "--raw", "--to", "http://localhost:1"]).is(
        2,
        "",
        "error: `less.json` cannot be sent as it came: the value of `Cookie` was left out of it\n\
         hint: `hookctl listen --save DIR` keeps all of it, and so does `--reveal` with `--json`.\n",
    );
    room.run(&[
        "replay",
        "less.json",
        "--as",
        "json",
        "--to",
        "http://localhost:1",
    ])
    .ends(0);
}

/// Bytes that begin like the text and are not UTF-8 from this offset on.
fn broken(text: &str) -> (Vec<u8>, usize) {
    ([text.as_bytes(), b"\"caf\xe9\"\n"].concat(), text.len() + 4)
}

#[test]
fn a_file_that_is_not_utf8_is_malformed_input() {
    let room = Room::new();
    let (config, at) = broken("[history]\nkeep = ");
    room.write("hookctl.toml", &config);
    let wrong = |file: &str, at: usize| {
        format!(
            "error: `{file}` is not UTF-8: invalid byte at offset {at}\nhint: Save it as UTF-8.\n"
        )
    };
    let found = format!("{}/hookctl.toml", room.path().display());
    for args in [&["history"][..], &["listen", ":0", "--timeout", "0s"]] {
        room.run(args).is(2, "", &wrong(&found, at));
    }
    std::fs::rename(&found, room.path().join("named.toml")).unwrap();
    let named = format!("{}/named.toml", room.path().display());
    room.run(&["--config", "named.toml", "events"])
        .is(2, "", &wrong(&named, at));

    let (file, at) = broken("name = ");
    room.write("own/provider.toml", &file);
    room.run(&["providers", "check", "own"]).is(
        2,
        "",
        &wrong(&format!("{}/own/provider.toml", room.path().display()), at),
    );
    room.write("providers/own/provider.toml", &file);
    let inside = format!("{}/providers/own/provider.toml", room.path().display());
    room.run(&["providers", "show", "own"])
        .is(2, "", &wrong(&inside, at));
    std::fs::remove_dir_all(room.path().join("providers")).unwrap();

    room.write("cases.toml", &file);
    room.run(&["run", "cases.toml"])
        .is(2, "", &wrong("cases.toml", at));
    room.run(&[
        "check",
        "--to",
        "http://localhost:9/ken",
        "--baseline",
        "cases.toml",
    ])
    .is(2, "", &wrong("cases.toml", at));
    for source in ["cases.toml", "-"] {
        let sign = ["sign", "ken/lead_replied", "--secret-file", source];
        let shown = if source == "-" { "stdin" } else { source };
        room.run_with(&sign, &[], &file)
            .is(2, "", &wrong(shown, at));
    }
    let secret = "../state/hookctl/secrets/ken";
    room.write(secret, &file);
    let ran = room.run(&["sign", "ken/lead_replied"]);
    let place = format!("hookctl/secrets/ken` is not UTF-8: invalid byte at offset {at}\n");
    assert!(ran.ends(2).stderr.contains(&place), "{}", ran.stderr);
}

#[test]
fn utf_16_is_named() {
    let room = Room::new();
    let text: Vec<u8> = "provider = \"ken\""
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    room.write("cases.toml", [&b"\xff\xfe"[..], &text].concat());
    room.run(&["run", "cases.toml"]).is(
        2,
        "",
        "error: `cases.toml` is not UTF-8: invalid byte at offset 0\n\
         hint: It looks like UTF-16, as `>` writes it in Windows PowerShell; save it as UTF-8.\n",
    );
}

#[test]
fn a_sample_that_is_not_utf8_is_malformed_input() {
    let room = Room::new();
    room.write(
        "own/provider.toml",
        std::fs::read(project("fixtures/konvox/provider.toml")).unwrap(),
    );
    for entry in std::fs::read_dir(project("fixtures/konvox")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        room.write(&format!("own/{name}"), std::fs::read(entry.path()).unwrap());
    }
    let own = format!("{}/own", room.path().display());
    let (file, at) = broken("{\"a\": ");
    room.write("own/contact.replied.json", &file);
    room.run(&["providers", "check", "own"]).is(
        2,
        "",
        &format!("error: `{own}/provider.toml` describes no provider: `{own}/contact.replied.json` is not UTF-8: invalid byte at offset {at}\n"),
    );
    let sample = project("fixtures/konvox/contact.replied.json");
    room.write("own/contact.replied.json", std::fs::read(sample).unwrap());
    room.write("own/api.toml", &file);
    let ran = room.run(&["providers", "check", "own"]);
    assert_eq!(
        ran.ends(2).stderr,
        format!(
            "error: `{own}/api.toml` is not UTF-8: invalid byte at offset {at}\nhint: Save it as UTF-8.\n"
        )
    );
}
