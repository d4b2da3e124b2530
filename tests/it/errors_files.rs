//! Files that are there and hold what they should not: sources and configurations.

use crate::harness::Room;

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
