//! `hookctl listen --tls`, and trust on the sending side.

use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::harness::{Room, steady};

const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// The file of the certificate that a listener in this room makes.
fn certificate(room: &Room) -> String {
    let file = room
        .path()
        .parent()
        .unwrap()
        .join("state/hookctl/tls/localhost/certificate.pem");
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_certificate_is_made_once_kept_to_its_owner_and_named() {
    let room = Room::new();
    let args = ["--tls", "--ready-file", "url", "--exit-after", "1"];
    let file = certificate(&room);
    let first = room.listen(&args);
    assert!(first.url.starts_with("https://localhost:"), "{}", first.url);
    assert_eq!(room.read("url").trim(), first.url);
    let made = std::fs::read(&file).unwrap();
    for name in ["certificate.pem", "key.pem"] {
        let path = std::path::Path::new(&file).with_file_name(name);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    room.run(&["send", "lead_replied", "--insecure", "--to", &first.url])
        .ends(0);
    let ran = first.wait();
    let capture = &ran.ends(0).json()[0];
    assert_eq!(capture["signature"]["status"], "valid");
    let said = format!(
        "The certificate is `{file}`. Senders trust it with `curl --cacert {file}` or NODE_EXTRA_CA_CERTS={file}.\n"
    );
    assert_eq!(ran.stderr, said);
    let again = room.listen(&args);
    assert_eq!(std::fs::read(&file).unwrap(), made);
    room.run(&[
        "send",
        "lead_replied",
        "--cacert",
        &file,
        "--to",
        &again.url,
    ])
    .ends(0);
    again.wait().ends(0);
    let printed = room.run(&[
        "send",
        "lead_replied",
        "--cacert",
        &file,
        "--as",
        "curl",
        "--to",
        "https://x",
    ]);
    assert!(
        printed.ends(0).stdout.contains("  --cacert "),
        "{}",
        printed.stdout
    );
    let ran = room.run(&["listen", ":0", "--tls", "--timeout", "0s"]);
    let wanted = "Listening on https://localhost:[port]  (Ctrl-C ends)\nPage at http://localhost:[port]\nTry: hookctl send ken/email_sent --to \
                  https://localhost:[port]/webhooks/ken --cacert";
    assert!(
        steady(&ran.ends(0).stdout).starts_with(wanted),
        "{}",
        ran.stdout
    );
}

#[test]
fn who_does_not_trust_it_is_told_and_so_is_the_listener() {
    let room = Room::new();
    let mut listener = room.listen(&["-q", "--tls"]);
    let ran = room.run(&["send", "lead_replied", "--to", &listener.url]);
    assert!(ran.ends(1).stderr.contains("TLS failed"), "{}", ran.stderr);
    assert_eq!(
        steady(&listener.next_note()).replace("[::1]", "127.0.0.1"),
        "warning: the sender does not trust the certificate (from 127.0.0.1:[port])\n"
    );
    // A plain request gets no answer, since nobody there could read it.
    let _ = listener.exchange(GET);
    assert_eq!(
        steady(&listener.next_note()),
        "warning: what came is no TLS; is it sent to `http://` instead of `https://`? (from 127.0.0.1:[port])\n"
    );
    // Whoever only looks whether the port is open is no news.
    drop(listener.connect());
    let ran = room.run(&["send", "lead_replied", "--insecure", "--to", &listener.url]);
    ran.ends(0);
    assert_eq!(listener.stop().ends(0).stderr, "");
}

#[test]
fn requests_are_kept_to_the_byte_under_tls_too() {
    let room = Room::new();
    let head = "PUT /a/../b?x=%20 HTTP/1.1\r\nX-CaMeL: 1\r\nHost: a.example\r\nx-camel: 2\r\nContent-Length: 256\r\n\r\n";
    let body: Vec<u8> = (0..=255).collect();
    room.write("one.http", [head.as_bytes(), &body].concat());
    let mut listener = room.listen(&["-q", "--tls", "--exit-after", "1"]);
    room.run(&[
        "replay",
        "one.http",
        "--raw",
        "--insecure",
        "--to",
        &listener.url,
    ])
    .ends(0);
    let capture = listener.next();
    assert_eq!(capture["target"], "/a/../b?x=%20");
    let headers = json!([
        ["X-CaMeL", "1"],
        ["Host", "a.example"],
        ["x-camel", "2"],
        ["Content-Length", "256"]
    ]);
    assert_eq!(capture["headers"], headers);
    let kept = capture["body_base64"].as_str().unwrap();
    assert_eq!(
        base64::engine::general_purpose::STANDARD
            .decode(kept)
            .unwrap(),
        body
    );
    listener.wait().ends(0);
}

#[test]
fn a_certificate_of_ones_own_is_used() {
    let room = Room::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    room.write("own.pem", made.cert.pem())
        .write("own.key", made.signing_key.serialize_pem());
    let listener = room.listen(&["--cert", "own.pem", "--key", "own.key", "--exit-after", "1"]);
    assert!(listener.url.starts_with("https://"));
    room.run(&[
        "send",
        "lead_replied",
        "--cacert",
        "own.pem",
        "--to",
        &listener.url,
    ])
    .ends(0);
    // Nothing is made, so nothing is said of it.
    assert_eq!(listener.wait().ends(0).stderr, "");
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    room.write("other.key", other.signing_key.serialize_pem())
        .write("none", "x");
    for (cert, key, error) in [
        (
            "own.pem",
            "other.key",
            "cannot use `other.key`: it is not the key of the certificate",
        ),
        (
            "own.pem",
            "none",
            "cannot use `none`: it holds no private key in PEM form, without a password",
        ),
        (
            "none",
            "own.key",
            "cannot use `none`: it holds no certificate in PEM form",
        ),
    ] {
        let ran = room.run(&["listen", ":0", "--cert", cert, "--key", key]);
        ran.is(2, "", &format!("error: {error}\n"));
    }
    room.run(&["listen", ":0", "--cert", "own.pem"]).ends(2);
    room.run(&[
        "listen", ":0", "--tls", "--cert", "own.pem", "--key", "own.key",
    ])
    .ends(2);
}

#[test]
fn what_is_dropped_is_dropped_under_tls_too() {
    let room = Room::new();
    let listener = room.listen(&["-q", "--tls", "--drop", "--exit-after", "1"]);
    let ran = room.run(&["send", "lead_replied", "--insecure", "--to", &listener.url]);
    assert!(
        ran.ends(1)
            .stderr
            .contains("the connection was closed before an answer came"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        listener.wait().ends(0).json()[0]["response"]["status"],
        Value::Null
    );
}

#[test]
fn requests_are_forwarded_over_tls_to_whom_is_trusted() {
    let room = Room::new();
    let target = room.listen(&["-q", "--tls", "--status", "202"]);
    let file = certificate(&room);
    let forwarded = |trust: &[&str]| {
        let listener =
            room.listen(&[&["--forward", &target.url, "--exit-after", "1"], trust].concat());
        let answer = listener.exchange(GET);
        let ran = listener.wait();
        (
            answer.split(' ').nth(1).unwrap().to_owned(),
            ran.ends(0).stderr.clone(),
        )
    };
    assert_eq!(
        forwarded(&["--cacert", &file]),
        ("202".to_owned(), String::new())
    );
    assert_eq!(
        forwarded(&["--insecure"]),
        ("202".to_owned(), String::new())
    );
    let (status, said) = forwarded(&[]);
    assert_eq!(status, "502");
    let hint =
        "hint: A self-signed certificate is accepted with `--cacert FILE` or `--insecure`.\n";
    assert!(
        said.contains("TLS failed: ") && said.ends_with(hint),
        "{said}"
    );
}
