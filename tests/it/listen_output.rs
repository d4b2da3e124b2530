//! What `hookctl listen` shows to people.

use crate::harness::{Ran, Room};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Runs a listener until these requests came, each over a connection of its own, and returns what it showed after
/// its first lines.
#[track_caller]
fn shown_in(room: &Room, args: &[&str], requests: &[&[u8]]) -> Ran {
    let count = requests.len().to_string();
    let listener = room.listen_at(":0", &[&["--exit-after", &count], args].concat());
    for request in requests {
        let answer = listener.exchange(request);
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    }
    listener.wait()
}

#[track_caller]
fn shown(args: &[&str], requests: &[&[u8]]) -> Ran {
    shown_in(&Room::new(), args, requests)
}

/// A request with a body; the connection ends with it.
fn post(media_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST /in HTTP/1.1\r\nContent-Type: {media_type}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A request of the catalogue, signed with a secret.
fn signed(room: &Room, event: &str, secret: &str, args: &[&str]) -> Vec<u8> {
    let ran = room.run(
        &[
            &[
                "sign", event, "--seed", "7", "--secret", secret, "--as", "http",
            ],
            args,
        ]
        .concat(),
    );
    closing(&ran.ends(0).stdout)
}

/// Lets the connection end with the request.
fn closing(request: &str) -> Vec<u8> {
    request
        .replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1)
        .into_bytes()
}

/// What a request without body looks like on one line.
const GET: &[u8] = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn the_user_says_how_much_is_shown() {
    let request = post("text/plain", b"one\ntwo");
    let line = "[time]  POST /in  200  unsigned  7 B  [ms]\n";
    let headers = "    Content-Type: text/plain\n    Connection: close\n    Content-Length: 7\n";
    let body = "    one\n    two\n";
    for (show, wanted) in [
        ("full", format!("{line}{headers}\n{body}\n")),
        ("headers", format!("{line}{headers}\n")),
        ("body", format!("{line}{body}\n")),
        ("line", line.to_owned()),
        ("none", String::new()),
    ] {
        shown(&["--show", show], &[&request]).is(0, &wanted, "Received 1 request.\n");
    }
}

#[test]
fn quiet_means_no_closing_words() {
    let wanted = "[time]  GET /a?b=c  200  unsigned  0 B  [ms]\n";
    shown(&["-q", "--show", "line"], &[GET]).is(0, wanted, "");
}

#[test]
fn an_empty_body_leaves_no_gap() {
    let wanted =
        "[time]  GET /a?b=c  200  unsigned  0 B  [ms]\n    Host: x\n    Connection: close\n\n";
    shown(&[], &[GET]).is(0, wanted, "Received 1 request.\n");
}

/// The body of a request as `--show body` shows it.
#[track_caller]
fn body(media_type: &str, body: &[u8], wanted: &str) {
    let size = body.len();
    let wanted = format!("[time]  POST /in  200  unsigned  {size} B  [ms]\n{wanted}\n");
    shown(&["--show", "body"], &[&post(media_type, body)]).is(0, &wanted, "Received 1 request.\n");
}

#[test]
fn json_is_laid_out_and_nothing_else_about_it_changes() {
    let sent = br#"{"b":1.10,"a":[],"a":[1,{"x":null}],"n":12345678901234567890}"#;
    let laid_out = "    {\n      \"b\": 1.10,\n      \"a\": [],\n      \"a\": [\n        1,\n        {\n          \
                    \"x\": null\n        }\n      ],\n      \"n\": 12345678901234567890\n    }\n";
    body("application/json; charset=utf-8", sent, laid_out);
    body("application/vnd.x+json", b"\"text\"", "    \"text\"\n");
    // Without the right type it must look like JSON.
    body("text/plain", b" [1]", "    [\n      1\n    ]\n");
    body("text/plain", b"1", "    1\n");
}

#[test]
fn what_should_be_json_and_is_not_says_where() {
    body(
        "application/json",
        b"{\"a\":\n oops}",
        "    no JSON: expected value at line 2 column 2\n    {\"a\":\n     oops}\n",
    );
    body(
        "application/json",
        b"\xff",
        "    no JSON: expected value at line 1 column 1\n    1 B of binary data\n    \
         000000  ff                                               .\n",
    );
}

#[test]
fn forms_are_shown_pair_by_pair() {
    body(
        "application/x-www-form-urlencoded",
        b"name=Ren%C3%A9e+B&empty=&alone&json=%7B%22a%22%3A1%7D&bad=%zz",
        "    name: Ren\u{e9}e B\n    empty: \n    alone: \n    json:\n      {\n        \"a\": 1\n      }\n    bad: %zz\n",
    );
}

#[test]
fn bytes_that_are_no_text_are_shown_as_bytes() {
    let bytes: Vec<u8> = (240..=255).chain(*b"abc").collect();
    body(
        "application/octet-stream",
        &bytes,
        "    19 B of binary data\n    \
         000000  f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff  ................\n    \
         000010  61 62 63                                         abc\n",
    );
}

#[test]
fn strangers_do_not_steer_the_terminal() {
    let request = "POST /\u{202e}x HTTP/1.1\r\nX-Evil: a\u{9b}2J\tb\r\nUser-Agent: \u{e9}\r\nConnection: close\r\n\
                   Content-Length: 26\r\n\r\n\x1b]0;owned\x07\rover\u{202e}\u{feff}\ttab\n";
    shown(&[], &[request.as_bytes()]).is(
        0,
        "[time]  POST /\\u202ex  200  unsigned  26 B  [ms]\n    X-Evil: a\\u009b2J\\tb\n    \
         User-Agent: \u{e9}\n    Connection: close\n    Content-Length: 26\n\n    \
         \\u001b]0;owned\\u0007\\rover\\u202e\\ufeff\ttab\n\n",
        "Received 1 request.\n",
    );
    let json = "{\"\u{202e}\":\"\u{7f}\u{2066}\"}";
    body(
        "application/json",
        json.as_bytes(),
        "    {\n      \"\\u202e\": \"\\u007f\\u2066\"\n    }\n",
    );
    body(
        "application/x-www-form-urlencoded",
        b"%1b%5b=%E2%80%AE%0a",
        "    \\u001b[: \\u202e\\n\n",
    );
}

#[test]
fn credentials_are_shown_on_wish_alone() {
    let request = b"POST / HTTP/1.1\r\nauthorization: Basic dTpw\r\nProxy-Authorization: Bearer abc\r\nCOOKIE: a=b; c=d\r\n\
        X-Api-Key: k1 k2\r\nX-Gitlab-Token: t\r\nX-Telegram-Bot-Api-Secret-Token: t\r\nAuthorization: abc\r\n\
        X-Other: stays\r\nConnection: close\r\n\r\n";
    let line = "[time]  POST /  200  ? no secret  0 B  [ms]\n    give the secret with `--secret`\n";
    let rest = "    X-Other: stays\n    Connection: close\n\n";
    let hidden = "    authorization: Basic [redacted]\n    Proxy-Authorization: Bearer [redacted]\n    COOKIE: [redacted]\n    \
                  X-Api-Key: [redacted]\n    X-Gitlab-Token: [redacted]\n    \
                  X-Telegram-Bot-Api-Secret-Token: [redacted]\n    Authorization: [redacted]\n";
    let open = "    authorization: Basic dTpw\n    Proxy-Authorization: Bearer abc\n    COOKIE: a=b; c=d\n    \
                X-Api-Key: k1 k2\n    X-Gitlab-Token: t\n    X-Telegram-Bot-Api-Secret-Token: t\n    Authorization: abc\n";
    let note = "Received 1 request.\n";
    shown(&[], &[request]).is(0, &[line, hidden, rest].concat(), note);
    shown(&["--reveal"], &[request]).is(0, &[line, open, rest].concat(), note);
}

/// The line of one request, with what is said about it, and the closing words.
#[track_caller]
fn line(room: &Room, args: &[&str], request: &[u8], wanted: &str, note: &str) {
    let ran = shown_in(room, &[&["--show", "line"], args].concat(), &[request]);
    ran.is(0, wanted, &format!("Received 1 request{note}.\n"));
}

#[test]
fn a_signature_that_fits_is_valid() {
    let room = Room::new();
    let request = signed(&room, "klen/call.failed", "k", &["--id", "d1"]);
    let wanted = "[time]  POST /  200  klen/call.failed  ✓ valid  d1  456 B  [ms]\n";
    line(&room, &["--secret", "k"], &request, wanted, ", 1 valid");
    let both = ["--secret", "old", "--secret", "k"];
    line(&room, &both, &request, wanted, ", 1 valid");
}

#[test]
fn a_signature_that_does_not_fit_is_invalid_and_says_why() {
    let room = Room::new();
    let request = signed(&room, "klen/call.failed", "k", &["--id", "d1"]);
    let head = "[time]  POST /  200  klen/call.failed  ✗ invalid (mismatch)  d1  456 B  [ms]\n";
    line(
        &room,
        &["--secret", "other"],
        &request,
        &format!("{head}    the signature does not fit this body and secret\n"),
        ", 1 invalid",
    );
    let malformed = closing("POST / HTTP/1.1\r\nX-Kakiyo-Signature: sha256=xyz\r\n\r\n");
    line(
        &room,
        &["--secret", "k"],
        &malformed,
        "[time]  POST /  200  kakiyo  ✗ invalid (malformed_header)  0 B  [ms]\n    `x-kakiyo-signature` is not of the form `sha256=<hex>`\n",
        ", 1 invalid",
    );
}

#[test]
fn a_wrong_local_secret_asks_for_the_right_one() {
    let room = Room::new();
    room.run(&["secret", "klen"]).ends(0);
    let request = signed(&room, "klen/call.failed", "k", &["--id", "d1"]);
    line(
        &room,
        &[],
        &request,
        "[time]  POST /  200  klen/call.failed  ✗ invalid (mismatch)  d1  456 B  [ms]\n    \
         the signature does not fit the local secret; give the endpoint's own with `--secret`\n",
        ", 1 invalid",
    );
}

#[test]
fn a_signature_of_another_time_is_stale_or_from_the_future() {
    let room = Room::new();
    for (time, reason, detail) in [
        (
            "1000000000",
            "stale",
            "the signature fits, but it is [n] s old and 300 s are allowed",
        ),
        (
            "9000000000",
            "future",
            "the signature fits, but its time is [n] s ahead and 300 s are allowed",
        ),
    ] {
        let request = signed(
            &room,
            "lead_clicked",
            SECRET,
            &["--id", "msg_1", "--timestamp", time],
        );
        let size = request.len()
            - request
                .windows(4)
                .position(|end| end == b"\r\n\r\n")
                .unwrap()
            - 4;
        let mut ran = shown_in(&room, &["--show", "line", "--secret", SECRET], &[&request]);
        // How old it is depends on the day.
        let words: Vec<_> = ran
            .stdout
            .split(' ')
            .map(|word| {
                if word.len() > 6 && word.parse::<u64>().is_ok() {
                    "[n]"
                } else {
                    word
                }
            })
            .collect();
        ran.stdout = words.join(" ");
        ran.is(
            0,
            &format!(
                "[time]  POST /  200  ken/lead_clicked  ✗ invalid ({reason})  msg_1  {size} B  [ms]\n    {detail}\n"
            ),
            "Received 1 request, 1 invalid.\n",
        );
    }
}

#[test]
fn what_is_not_signed_is_missing_its_signature_only_if_its_sender_signs() {
    let room = Room::new();
    let klen = signed(&room, "klen/call.failed", "k", &["--id", "d1"]);
    let klen = String::from_utf8(klen)
        .unwrap()
        .replace("x-klen-signature", "x-other")
        .into_bytes();
    line(
        &room,
        &["--secret", "k"],
        &klen,
        "[time]  POST /  200  klen/call.failed  ✗ signature missing  d1  456 B  [ms]\n    `x-klen-signature` is missing\n",
        ", 1 invalid",
    );
    let konvox = signed(&room, "konvox/contact.replied", "k", &[]);
    let wanted = "[time]  POST /  200  konvox/contact.replied  unsigned  304 B  [ms]\n";
    line(&room, &[], &konvox, wanted, "");
    // Of somebody unknown, a given secret says that a signature is due.
    line(
        &room,
        &["--secret", "k"],
        GET,
        "[time]  GET /a?b=c  200  ✗ signature missing  0 B  [ms]\n    \
         the request has no signature that is known here\n",
        ", 1 invalid",
    );
}

#[test]
fn without_a_secret_nothing_is_said_of_a_signature() {
    let room = Room::new();
    let request = signed(&room, "klen/call.failed", "k", &["--id", "d1"]);
    line(
        &room,
        &[],
        &request,
        "[time]  POST /  200  klen/call.failed  ? no secret  d1  456 B  [ms]\n    give the secret with `--secret`\n",
        "",
    );
    let ken = signed(&room, "lead_clicked", SECRET, &["--id", "msg_1"]);
    line(
        &room,
        &["--secret", "whsec_!"],
        &ken,
        "[time]  POST /  200  ken/lead_clicked  ? no secret  msg_1  842 B  [ms]\n    no secret given here is one of Svix\n",
        "",
    );
}

#[test]
fn what_came_before_is_marked() {
    let room = Room::new();
    let first = signed(&room, "klen/call.failed", "k", &["--id", "d1"]);
    let second = signed(&room, "klen/call.failed", "k", &["--id", "d2"]);
    let ran = shown_in(
        &room,
        &["--show", "line", "--secret", "k"],
        &[&first, &second, &first],
    );
    let head = "[time]  POST /  200  klen/call.failed  ✓ valid";
    ran.is(
        0,
        &format!(
            "{head}  d1  456 B  [ms]\n{head}  d2  456 B  [ms]\n{head}  d1  duplicate  456 B  [ms]\n"
        ),
        "Received 3 requests, 3 valid, 1 duplicate.\n",
    );
}

#[test]
fn the_answer_is_part_of_the_line() {
    let wanted = "[time]  GET /a?b=c  503  unsigned  0 B  [ms]\n";
    shown(&["--show", "line", "--status", "503"], &[GET]).is(0, wanted, "Received 1 request.\n");
    let wanted = "[time]  GET /a?b=c  401  ✗ signature missing  0 B  [ms]\n    \
                  the request has no signature that is known here\n";
    let args = ["--show", "line", "--require-valid", "--secret", "k"];
    shown(&args, &[GET]).is(0, wanted, "Received 1 request, 1 invalid.\n");
}

/// Bytes as gzip packs them.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn a_packed_body_is_shown_unpacked_and_kept_as_it_came() {
    let send = |args: &[&str], body: &[u8]| {
        let request = post("application/json\r\nContent-Encoding: gzip", body);
        shown(&[&["--show", "body"], args].concat(), &[&request])
    };
    let body = packed(b"{\"a\":1}");
    let size = body.len();
    let note = "Received 1 request.\n";
    let line = |size: usize| format!("[time]  POST /in  200  unsigned  {size} B  [ms]\n");
    let wanted = format!(
        "{}    (gzip, {size} B)\n    {{\n      \"a\": 1\n    }}\n\n",
        line(size)
    );
    send(&[], &body).is(0, &wanted, note);
    // What unpacks to far more is cut at the limit.
    let bomb = packed(&vec![b'x'; 1_000_000]);
    let ran = send(&["--max-body", "2kB"], &bomb);
    let size = kilo(bomb.len());
    assert!(
        ran.ends(0)
            .stdout
            .contains(&format!("    (gzip, {size}; the first 2.0 kB of it)\n")),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.len() < 3_000);
    let wanted = format!(
        "{}    no gzip: invalid gzip header\n    no gzip at all\n\n",
        line(14)
    );
    send(&[], b"no gzip at all").is(0, &wanted, note);
    let room = Room::new();
    let listener = room.listen(&["--exit-after", "1"]);
    listener.exchange(post("application/json\r\nContent-Encoding: gzip", &body));
    let capture = listener.wait().ends(0).json().remove(0);
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &body);
    assert_eq!(capture["body_base64"], encoded);
}

/// A size as it is shown.
fn kilo(bytes: usize) -> String {
    if bytes < 1000 {
        format!("{bytes} B")
    } else {
        format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
    }
}

#[test]
fn colour_is_for_those_who_ask() {
    let ran = shown(&["--show", "line", "--color", "always"], &[GET]);
    assert!(ran.ends(0).stdout.contains("\x1b[32m200\x1b[0m"), "{ran:?}");
    assert!(ran.stdout.contains("\x1b[1mGET\x1b[0m /a?b=c"), "{ran:?}");
}
