//! `hookctl listen --forward`: requests that are passed on, and what comes back.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use serde_json::json;

use crate::harness::{Endpoint, Room, answers, steady};

const POST: &str =
    "POST /w?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";

/// A port where nobody listens.
fn dead_port() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://127.0.0.1:{}", socket.local_addr().unwrap().port());
    (socket, url)
}

/// A server that answers the request of each connection, and shows all that came over it once that has ended.
fn raw_server(answer: &'static [u8]) -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
            let mut answered = false;
            while let Some(read) = stream.read(&mut chunk).ok().filter(|read| *read > 0) {
                bytes.extend_from_slice(&chunk[..read]);
                if !answered && is_whole(&bytes) {
                    answered = stream.write_all(answer).is_ok();
                }
            }
            seen.send(bytes).unwrap();
        }
    });
    (url, requests)
}

/// Whether a request with a Content-Length is all there.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap();
    bytes.len() >= end + 4 + length.lines().next().unwrap().parse::<usize>().unwrap()
}

/// A target that tells of each request, and answers it when it is let, or once nobody holds it any more.
fn held(answer: &'static str) -> (Endpoint, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (arrive, arrived) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let target = Endpoint::with(move |_, _| {
        let _ = arrive.send(());
        let _ = released.recv();
        answer.as_bytes().to_vec()
    });
    (target, arrived, release)
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[test]
fn the_request_arrives_as_it_came_but_for_what_is_of_one_connection() {
    let (url, requests) = raw_server(b"HTTP/1.1 204 No Content\r\n\r\n");
    let room = Room::new();
    let listener = room.listen(&["--forward", &url, "--exit-after", "1"]);
    let body: Vec<u8> = (0..=255).collect();
    let head = "M-POST /a/%2f/../b?x=%20&y=%C3%A9 HTTP/1.1\r\nX-CaMeL: 1\r\nHOST: public.example:1\r\n\
                Connection: keep-alive, X-Hop\r\nX-Hop: gone\r\nx-camel: caf\u{e9}\r\nB: 2\r\nX-CAMEL: 3\r\n\
                Keep-Alive: timeout=5\r\nTE: trailers\r\nUpgrade: h2c\r\nProxy-Connection: close\r\n\
                X-Forwarded-For: 203.0.113.9\r\nAuthorization: Basic dTpw\r\nContent-LENGTH: 256\r\n\r\n";
    let mut stream = listener.connect();
    stream
        .write_all(&[head.as_bytes(), &body].concat())
        .unwrap();
    let mut line = [0; 24];
    stream.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"HTTP/1.1 204 No Content\r");
    drop(stream);
    listener.wait().ends(0);
    let host = url.strip_prefix("http://").unwrap();
    let wanted = format!(
        "M-POST /a/%2f/../b?x=%20&y=%C3%A9 HTTP/1.1\r\nX-CaMeL: 1\r\nHOST: {host}\r\nx-camel: caf\u{e9}\r\n\
         B: 2\r\nX-CAMEL: 3\r\nX-Forwarded-For: 203.0.113.9\r\nAuthorization: Basic dTpw\r\n\
         Content-LENGTH: 256\r\n\r\n"
    );
    assert_eq!(
        requests.recv().unwrap(),
        [wanted.as_bytes(), &body].concat()
    );
}

#[test]
fn a_chunked_body_arrives_whole_and_with_its_length() {
    let (url, requests) = raw_server(b"HTTP/1.1 204 No Content\r\n\r\n");
    let room = Room::new();
    let listener = room.listen(&["--forward", &url]);
    listener.exchange(
        "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\nExpect: 100-continue\r\n\
         Connection: close\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nX: 1\r\n\r\n",
    );
    listener.stop().ends(0);
    let host = url.strip_prefix("http://").unwrap();
    let wanted = format!("POST /c HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(String::from_utf8(requests.recv().unwrap()).unwrap(), wanted);
}

#[test]
fn the_first_target_answers_the_sender() {
    let first = Endpoint::answering(
        "HTTP/1.1 302 Over There\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSET-COOKIE: b=2\r\n\
         Connection: X-Hop\r\nX-Hop: gone\r\nKeep-Alive: timeout=5\r\nContent-TYPE: a/b\r\n\
         content-length: 3\r\nX-CaMeL: 1\r\n\r\n\0\x01z",
    );
    let second = Endpoint::status(500);
    let room = Room::new();
    let listener = room.listen(&[
        "--forward",
        &first.url(""),
        "--forward",
        &second.url("/copy?k=1"),
        "--exit-after",
        "1",
    ]);
    assert_eq!(
        listener.exchange(POST),
        "HTTP/1.1 302 Over There\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSET-COOKIE: b=2\r\n\
         Content-TYPE: a/b\r\nX-CaMeL: 1\r\ncontent-length: 3\r\nConnection: close\r\n\r\n\0\x01z"
    );
    let ran = listener.wait();
    let capture = &ran.ends(0).json()[0];
    assert_eq!(capture["response"]["status"], 302);
    let passes = capture["forward"].as_array().unwrap();
    let told: Vec<_> = passes
        .iter()
        .map(|pass| json!([pass["url"], pass["status"], pass["error"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!([first.url("/w?a=b"), 302, null]),
            json!([second.url("/copy?k=1&a=b"), 500, null])
        ]
    );
    assert!(passes[0]["duration_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(
        steady(&ran.stderr),
        "warning: `http://127.0.0.1:[port]/w?a=b` redirects to `/elsewhere`, and redirects are not followed.\n\
         hint: Forward to that URL if it is the right one.\n"
    );
    assert_eq!(first.hits().len(), 1);
    assert!(
        second.hits()[0]
            .head
            .starts_with("POST /copy?k=1&a=b HTTP/1.1")
    );
}

#[test]
fn answers_without_a_body_keep_what_they_say_of_it() {
    let target = Endpoint::answering("HTTP/1.1 200 OK\r\nContent-Length: 42\r\nX-A: 1\r\n\r\n");
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url("")]);
    assert_eq!(
        listener.exchange("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nContent-Length: 42\r\nX-A: 1\r\nconnection: close\r\n\r\n"
    );
}

#[test]
fn a_chunked_answer_and_a_large_one_come_back_whole() {
    let body = "x".repeat(3_000_000);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n{body}");
    let target = Endpoint::with(move |hit, _| match &*hit.body {
        b"hi" => b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            .to_vec(),
        _ => answer.clone().into_bytes(),
    });
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url("")]);
    assert_eq!(
        listener.exchange(POST),
        "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
    );
    let large = listener.exchange(POST.replace("hi", "ho"));
    let start = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n";
    let head: String = large.chars().take(200).collect();
    assert!(large.starts_with(start), "{head}");
    assert!(large.ends_with(&format!("\r\n\r\n{body}")));
}

#[test]
fn a_target_that_is_down_is_said_once_and_the_capture_is_shown() {
    let (_socket, url) = dead_port();
    let room = Room::new();
    let args = ["--forward", &url, "--show", "line", "--exit-after", "2"];
    let listener = room.listen_at(":0", &args);
    let answer = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 12\r\n\
                  x-content-type-options: nosniff\r\nconnection: close\r\n\r\nBad Gateway\n";
    assert_eq!(listener.exchange(POST), answer);
    assert_eq!(listener.exchange(POST), answer);
    let ran = listener.wait();
    let line = "[time]  POST /w?a=b  502  unsigned  2 B  [ms]  → connection refused [ms]\n";
    ran.is(
        0,
        &line.repeat(2),
        "warning: cannot forward to `http://127.0.0.1:[port]/w?a=b`: connection refused\n\
         hint: Is your app running at `127.0.0.1:[port]`? What comes meanwhile is shown all the same.\n\
         Received 2 requests.\n",
    );
}

#[test]
fn a_copy_that_fails_is_a_warning() {
    let first = Endpoint::status(200);
    let (_socket, url) = dead_port();
    let room = Room::new();
    let to = first.url("");
    let args = ["--forward", &to, "--forward", &url, "--exit-after", "1"];
    let listener = room.listen(&args);
    assert!(listener.exchange(POST).starts_with("HTTP/1.1 200 X\r\n"));
    let ran = listener.wait();
    let capture = &ran.ends(0).json()[0];
    assert_eq!(capture["forward"][1]["status"], json!(null));
    assert_eq!(capture["forward"][1]["error"], "connection refused");
    let warning =
        "warning: cannot forward to `http://127.0.0.1:[port]/w?a=b`: connection refused\n";
    assert!(steady(&ran.stderr).starts_with(warning), "{}", ran.stderr);
}

#[test]
fn a_slow_copy_keeps_nobody_waiting_and_still_gets_all() {
    let first = Endpoint::status(200);
    let (slow, _, release) = held(OK);
    let room = Room::new();
    let (to, copy) = (first.url(""), slow.url(""));
    let listener = room.listen(&["--forward", &to, "--forward", &copy, "--exit-after", "2"]);
    listener.exchange(POST);
    listener.exchange(POST);
    drop(release);
    let ran = listener.wait();
    assert_eq!(
        ran.ends(0).json()[0]["forward"][1],
        json!({"url": slow.url("/w?a=b"), "status": null, "duration_ms": null, "error": null})
    );
    assert_eq!(slow.hits().len(), 2);
}

#[test]
fn a_target_that_takes_too_long_is_given_up() {
    let (slow, _, release) = held(OK);
    let room = Room::new();
    let to = slow.url("");
    let args = [
        "--forward",
        &to,
        "--forward-timeout",
        "200ms",
        "--exit-after",
        "1",
    ];
    let listener = room.listen(&args);
    assert!(
        listener
            .exchange(POST)
            .starts_with("HTTP/1.1 504 Gateway Timeout\r\n")
    );
    let ran = listener.wait();
    let error = "no answer within 200ms";
    assert_eq!(ran.ends(0).json()[0]["forward"][0]["error"], error);
    assert!(
        ran.stderr
            .contains("hint: Acknowledge first, work afterwards; `--forward-timeout`")
    );
    drop(release);
    let args = [
        "--forward",
        &to,
        "--forward-timeout",
        "0s",
        "--exit-after",
        "1",
    ];
    let listener = room.listen(&args);
    assert!(listener.exchange(POST).starts_with("HTTP/1.1 200 OK\r\n"));
    listener.wait().ends(0);
}

#[test]
fn requests_reach_a_target_one_after_another() {
    let (target, arrived, release) = held(OK);
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url("")]);
    let streams: Vec<TcpStream> = (0..8)
        .map(|number| {
            let mut stream = listener.connect();
            let head = format!("GET /{number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            if number == 0 {
                arrived.recv().unwrap();
            }
            stream
        })
        .collect();
    drop(release);
    for mut stream in streams {
        assert!(answers(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
    }
    let mut paths: Vec<_> = target
        .hits()
        .iter()
        .map(|hit| hit.head.split(' ').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(paths[0], "/0");
    paths.sort();
    assert_eq!(paths, ["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7"]);
}

#[test]
fn requests_share_a_connection_and_survive_its_end() {
    const COUNT: usize = 20;
    let keeps = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}", keeps.local_addr().unwrap());
    let (connect, connections) = mpsc::channel();
    thread::spawn(move || {
        for stream in keeps.incoming() {
            connect.send(()).unwrap();
            let (mut stream, mut bytes) = (stream.unwrap(), [0; 8192]);
            // Each request comes in one piece, since the next waits for the answer.
            while stream.read(&mut bytes).is_ok_and(|read| read > 0) {
                stream.write_all(OK.as_bytes()).unwrap();
            }
        }
    });
    // It closes each connection behind the first answer, and does not say so.
    let closes = Endpoint::answering(OK);
    for to in [&*to, &closes.url("")] {
        let room = Room::new();
        let listener = room.listen(&["--forward", to]);
        let last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let several = "GET /w HTTP/1.1\r\nHost: x\r\n\r\n".repeat(COUNT - 1);
        let got = listener.exchange(several + last);
        assert_eq!(got.matches("HTTP/1.1 200 OK\r\n").count(), COUNT, "{got}");
        listener.stop().ends(0);
    }
    assert!(connections.try_iter().count() < COUNT);
    assert_eq!(closes.hits().len(), COUNT);
}

#[test]
fn a_sender_that_hangs_up_does_not_lose_the_capture() {
    let (target, arrived, release) = held("HTTP/1.1 201 X\r\nContent-Length: 0\r\n\r\n");
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url(""), "--exit-after", "1"]);
    let mut stream = listener.connect();
    stream.write_all(POST.as_bytes()).unwrap();
    arrived.recv().unwrap();
    drop(stream);
    drop(release);
    assert_eq!(
        listener.wait().ends(0).json()[0]["forward"][0]["status"],
        201
    );
}

/// Ends a listener while a target holds a request, with a second signal or without.
fn cut(is_in_a_hurry: bool) {
    let (target, arrived, release) = held(OK);
    let room = Room::new();
    let mut listener = room.listen(&["--forward", &target.url("")]);
    let mut streams = [listener.connect(), listener.connect()];
    streams[0].write_all(POST.as_bytes()).unwrap();
    arrived.recv().unwrap();
    // This one waits behind the other; that its body is asked for says that it was taken.
    let post = POST.replace("/w", "/v");
    let (head, body) = post.split_once("\r\n\r\n").unwrap();
    let head = format!("{head}\r\nExpect: 100-continue\r\n\r\n");
    streams[1].write_all(head.as_bytes()).unwrap();
    streams[1].read_exact(&mut [0; 25]).unwrap();
    streams[1].write_all(body.as_bytes()).unwrap();
    listener.signal("-TERM");
    if is_in_a_hurry {
        assert_eq!(
            listener.next_note(),
            "warning: Answers are still under way.\n"
        );
        listener.signal("-TERM");
    }
    let ran = listener.wait();
    drop(release);
    let captures = ran.ends(0).json();
    assert_eq!(captures[0]["response"]["status"], 504);
    let pass = &captures[0]["forward"][0];
    assert_eq!(pass["error"], "no answer before listening ended");
    assert_eq!(pass["status"], json!(null));
    let answer = answers(&mut streams[0]);
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    let history = room.run(&["history", "--json"]).ends(0).json();
    let targets: Vec<_> = history.iter().map(|line| &line["target"]).collect();
    assert_eq!(targets, ["/v?a=b", "/w?a=b"]);
    assert!(history.iter().all(|line| line["response"]["status"] == 504));
}

#[test]
fn what_is_under_way_when_listening_ends_is_kept() {
    cut(false);
}

#[test]
fn what_is_under_way_when_listening_ends_in_a_hurry_is_kept() {
    cut(true);
}

#[test]
fn what_fails_on_purpose_or_is_refused_is_not_forwarded() {
    let target = Endpoint::status(204);
    let room = Room::new();
    let to = target.url("");
    let args = ["--forward", &to, "--fail-first", "1", "--exit-after", "2"];
    let listener = room.listen(&args);
    assert!(listener.exchange(POST).starts_with("HTTP/1.1 503 "));
    assert!(listener.exchange(POST).starts_with("HTTP/1.1 204 "));
    let lines = listener.wait().ends(0).json();
    assert_eq!(lines[0].get("forward"), None);
    assert_eq!(lines[1]["forward"][0]["status"], 204);
    let listener = room.listen(&["--forward", &to, "--require-valid", "--exit-after", "1"]);
    assert!(listener.exchange(POST).starts_with("HTTP/1.1 401 "));
    listener.wait().ends(0);
    assert_eq!(target.hits().len(), 1);
}

#[test]
fn the_first_lines_say_where_to_and_mistakes_are_named() {
    let room = Room::new();
    let args = [
        "--forward",
        "http://user:pass@localhost:3000",
        "--forward",
        "http://app/x",
    ];
    let listener = room.listen_at(":0", &args);
    listener.stop().ends(0);
    let ran = room.run(&[
        "listen",
        ":0",
        "--timeout",
        "0s",
        args[0],
        args[1],
        args[2],
        args[3],
    ]);
    let first = steady(&ran.ends(0).stdout)
        .lines()
        .next()
        .unwrap()
        .to_owned();
    let wanted = "Listening on http://localhost:[port]  → http://localhost:3000, http://app/x  \
                  (Ctrl-C ends)";
    assert_eq!(first, wanted);
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (own, to) = (format!(":{port}"), format!("http://127.0.0.1:{port}/x"));
    room.run(&["listen", &own, "--forward", &to]).is(
        2,
        "",
        "error: `--forward http://127.0.0.1:[port]/x` leads back to this listener\n\
         hint: Let it listen on another port than your app.\n",
    );
    let hint = "hint: With `--fail-first N` or `--fail-rate SHARE` some requests fail before they reach it.\n";
    let cases: [&[&str]; 4] = [
        &["--status", "200"],
        &["--body", "x"],
        &["--respond", "200"],
        &["--drop"],
    ];
    for flags in cases {
        let ran = room.run(&[&["listen", ":0", "--forward", "http://app"], flags].concat());
        let flag = flags[0];
        let error =
            format!("error: `--forward` answers what the target answers, so `{flag}` has no use\n");
        ran.is(2, "", &format!("{error}{hint}"));
    }
    let ran = room.run(&["listen", ":0", "--insecure"]);
    assert!(
        ran.ends(2).stderr.contains("--forward <URL>"),
        "{}",
        ran.stderr
    );
    room.write("no.pem", "nothing");
    let ran = room.run(&[
        "listen",
        ":0",
        "--forward",
        "https://app",
        "--cacert",
        "no.pem",
    ]);
    ran.is(
        2,
        "",
        "error: cannot trust `no.pem`: it holds no certificate in PEM form\n",
    );
}
