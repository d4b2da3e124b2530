//! `hookctl listen --forward`: requests that are passed on, and what comes back.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

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

/// A server that shows the bytes of each request and gives an answer to it.
fn raw_server(answer: &'static [u8]) -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream
                .set_read_timeout(Some(Duration::from_millis(300)))
                .unwrap();
            let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
            while let Ok(read) = stream.read(&mut chunk) {
                if read == 0 {
                    break;
                }
                bytes.extend_from_slice(&chunk[..read]);
            }
            seen.send(bytes).unwrap();
            let _ = stream.write_all(answer);
        }
    });
    (url, requests)
}

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
    drop(stream);
    listener.wait().ends(0);
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
    let host = url.strip_prefix("http://").unwrap();
    let wanted = format!("POST /c HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(String::from_utf8(requests.recv().unwrap()).unwrap(), wanted);
    listener.stop().ends(0);
}

#[test]
fn the_first_target_answers_the_sender() {
    let first = Endpoint::answering(
        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\
         Connection: X-Hop\r\nX-Hop: gone\r\nKeep-Alive: timeout=5\r\nContent-Type: a/b\r\n\
         Content-Length: 3\r\n\r\n\0\x01z",
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
        "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\
         content-type: a/b\r\ncontent-length: 3\r\nconnection: close\r\n\r\n\0\x01z"
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
        "HTTP/1.1 200 OK\r\ncontent-length: 42\r\nx-a: 1\r\nconnection: close\r\n\r\n"
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
    let start = "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\n";
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
                  connection: close\r\n\r\nBad Gateway\n";
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
    assert!(listener.exchange(POST).starts_with("HTTP/1.1 200 OK\r\n"));
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
    let slow = Endpoint::with(|_, _| {
        thread::sleep(Duration::from_millis(1500));
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let room = Room::new();
    let (to, copy) = (first.url(""), slow.url(""));
    let listener = room.listen(&["--forward", &to, "--forward", &copy, "--exit-after", "2"]);
    let start = Instant::now();
    listener.exchange(POST);
    listener.exchange(POST);
    assert!(start.elapsed() < Duration::from_millis(1500));
    let ran = listener.wait();
    assert_eq!(
        ran.ends(0).json()[0]["forward"][1],
        json!({"url": slow.url("/w?a=b"), "status": null, "duration_ms": null, "error": null})
    );
    assert_eq!(slow.hits().len(), 2);
}

#[test]
fn a_target_that_takes_too_long_is_given_up() {
    let slow = Endpoint::with(|_, _| {
        thread::sleep(Duration::from_millis(600));
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
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
fn requests_reach_a_target_one_after_another_in_their_order() {
    let target = Endpoint::with(|_, number| {
        thread::sleep(Duration::from_millis(if number == 1 { 300 } else { 1 }));
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url("")]);
    let streams: Vec<TcpStream> = (0..8)
        .map(|number| {
            let mut stream = listener.connect();
            let head = format!("GET /{number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(20));
            stream
        })
        .collect();
    for mut stream in streams {
        assert!(answers(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
    }
    let paths: Vec<_> = target
        .hits()
        .iter()
        .map(|hit| hit.head.split(' ').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(paths, ["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7"]);
}

#[test]
fn a_sender_that_hangs_up_does_not_lose_the_capture() {
    let target = Endpoint::with(|_, _| {
        thread::sleep(Duration::from_millis(400));
        b"HTTP/1.1 201 X\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let room = Room::new();
    let listener = room.listen(&["--forward", &target.url(""), "--exit-after", "1"]);
    let mut stream = listener.connect();
    stream.write_all(POST.as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(100));
    drop(stream);
    assert_eq!(
        listener.wait().ends(0).json()[0]["forward"][0]["status"],
        201
    );
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
