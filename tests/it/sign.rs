//! `hookctl sign`: the headers, and what cannot be signed.

use crate::harness::Room;

#[test]
fn a_body_takes_no_edits() {
    let room = Room::new();
    room.write("body.json", "{}");
    for flag in ["--set", "--unset", "--map", "--data", "--seed"] {
        let value = if flag == "--seed" { "1" } else { "a=1" };
        let sign = ["sign", "--body", "body.json", "--provider", "ken"];
        let ran = room.run(&[&sign[..], &[flag, value]].concat());
        let start = format!("error: the argument '--body <FILE>' cannot be used with '{flag} <");
        assert!(ran.ends(2).stderr.starts_with(&start), "{}", ran.stderr);
    }
    let sign = ["sign", "--body", "body.json", "--scheme", "svix"];
    let ran = room.run(&[&sign[..], &["--variant", "x"]].concat());
    assert!(ran.ends(2).stderr.contains("cannot be used with"));
}

#[test]
fn a_body_is_signed_in_the_style_of_a_variant() {
    let room = Room::new();
    room.write("body.json", "{\"a\":1}");
    let sign = |variant: &[&str]| {
        let fixed = ["sign", "--body", "body.json", "--provider", "kakiyo"];
        room.run(&[&fixed[..], &["--secret", "s"], variant].concat())
    };
    let line = |prefix: &str, digest: &str| {
        format!("content-type: application/json\nx-kakiyo-signature: {prefix}{digest}\n")
    };
    let usual = sign(&[]).ends(0).stdout.clone();
    let bare = sign(&["--variant", "bare-hex"]).ends(0).stdout.clone();
    let made = bare.trim_end().rsplit(' ').next().unwrap();
    assert_eq!(made.len(), 64);
    assert_eq!(bare, line("", made));
    assert_eq!(usual, line("sha256=", made));
    sign(&["--variant", "nope"]).is(
        2,
        "",
        "error: a body of kakiyo has no variant `nope`\nhint: There are: bare-hex\n",
    );
}

#[test]
fn there_must_be_something_to_sign() {
    Room::new().run(&["sign"]).is(
        2,
        "",
        "error: nothing to sign\n\
         hint: Give an EVENT, as in `hookctl sign lead_replied`, or a body: `--body FILE`\n",
    );
}

#[test]
fn several_events_are_told_apart() {
    let room = Room::new();
    let sign = |form: &str| {
        let fixed = ["sign", "kakiyo/qualified-prospect", "--seed", "1"];
        room.run(&[&fixed[..], &["--secret", "s", "--as", form]].concat())
    };
    let headers = sign("headers").ends(0).stdout.clone();
    let parts: Vec<&str> = headers.split("\n\n").collect();
    assert_eq!(parts.len(), 4);
    assert!(parts[0].starts_with("# kakiyo/connection.accepted\ncontent-type: "));
    assert!(parts[1].starts_with("# kakiyo/message.sent\n"));
    let http = sign("http");
    assert_eq!(
        http.ends(0).stderr,
        "# kakiyo/connection.accepted\n# kakiyo/message.sent\n# kakiyo/prospect.responded\n# kakiyo/prospect.qualified\n"
    );
    assert!(http.stdout.contains("}\nPOST / HTTP/1.1\r\n"));
}

#[test]
fn what_is_not_signed_is_said_so() {
    let room = Room::new();
    room.run(&["sign", "contact.replied"]).is(
        0,
        "content-type: application/json\n",
        "note: Konvox does not sign its webhooks; these headers carry no signature.\n",
    );
    room.run(&["sign", "kakiyo/message.sent", "--secret", ""])
        .is(
            0,
            "content-type: application/json\n",
            "note: unsigned: the secret is empty.\n",
        );
}
