//! Deliveries that get no answer or a bad one, and ports that are taken: what is said, and what to do next.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::harness::{Endpoint, Room, steady};

/// Sends to a URL, afresh and as a replay of a stored request, which goes another way; both must end alike.
#[track_caller]
fn both_ways(to: &str, extra: &[&str], code: i32, cells: &str, stderr: &str) {
    let room = Room::new();
    room.write(
        "request.http",
        "POST / HTTP/1.1\nsvix-id: m\nsvix-timestamp: 1\nsvix-signature: v1,x\n\n{}",
    );
    let mark = if code == 0 { "✓" } else { "✗" };
    let url = steady(to);
    let stdout = |name: &str| format!("{mark} {name}  POST {url}{cells}  [ms]  m\n");
    let send = ["send", "lead_replied", "--id", "m", "--to", to];
    let replay = ["replay", "request.http", "--provider", "ken", "--to", to];
    room.run(&[&send, extra].concat())
        .is(code, &stdout("ken/lead_replied"), stderr);
    room.run(&[&replay, extra].concat())
        .is(code, &stdout("ken"), stderr);
}

/// Answers each connection with these bytes once something came, whatever it is, and closes it.
fn blurting(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // The client may be gone already; what it says then is what the test looks at.
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(bytes);
            hang_up(&mut stream);
        }
    });
    address.to_string()
}

/// Ends a connection; what was not read yet would make the answer get lost.
fn hang_up(stream: &mut TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    while stream.read(&mut [0; 8192]).is_ok_and(|read| read > 0) {}
}

/// A server with a certificate that nobody signed but itself.
fn self_signed() -> String {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            if stream.read(&mut [0; 8192]).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
                hang_up(&mut stream.sock);
            }
        }
    });
    format!("localhost:{port}")
}

/// A port that is taken, so that nobody else gets it, and where nobody listens.
fn dead_port() -> (tokio::net::TcpSocket, u16) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

#[test]
fn nobody_listens() {
    let (_socket, port) = dead_port();
    both_ways(
        &format!("http://127.0.0.1:{port}/"),
        &[],
        1,
        "",
        "error: cannot deliver to `127.0.0.1:[port]`: connection refused\n\
         hint: Nobody listens at `127.0.0.1:[port]`. Is the server running, and on this port?\n\
         hint: It may listen on the other loopback address: try `[::1]` or `localhost`.\n\
         hint: `hookctl listen` receives it if you have no handler yet.\n",
    );
}

#[test]
fn a_host_name_without_an_address() {
    both_ways(
        "https://nobody.invalid/",
        &[],
        1,
        "",
        "error: cannot deliver to `nobody.invalid`: the host name has no address\n\
         hint: Check the spelling of `nobody.invalid`.\n",
    );
}

#[test]
fn a_server_that_never_answers() {
    // Connections are made and wait to be accepted.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = silent.local_addr().unwrap();
    for scheme in ["http", "https"] {
        both_ways(
            &format!("{scheme}://{to}/"),
            &["--timeout", "50ms"],
            1,
            "",
            "error: cannot deliver to `127.0.0.1:[port]`: no answer within 50ms\n\
             hint: Ken waits 15s (assumed). Acknowledge first, work afterwards; `--timeout` changes the limit here.\n",
        );
    }
}

#[test]
fn a_connection_that_closes_without_a_whole_answer() {
    let plain = "error: cannot deliver to `127.0.0.1:[port]`: the connection was closed before an answer came\n\
                 hint: The server closed the connection: a crash, or TLS where plain HTTP was spoken.\n";
    let tls = "error: cannot deliver to `127.0.0.1:[port]`: the connection was closed before an answer came\n\
               hint: The server closed the connection: a crash, or plain HTTP where TLS was spoken.\n\
               hint: Does `127.0.0.1:[port]` speak TLS at all? If not, use `http://`.\n";
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort";
    let rows: [(&str, &'static [u8], &str); 4] = [
        ("http", b"", plain),
        ("http", b"HTTP/1.1 20", plain),
        ("http", short, plain),
        ("https", b"", tls),
    ];
    for (scheme, bytes, wanted) in rows {
        both_ways(
            &format!("{scheme}://{}/", blurting(bytes)),
            &[],
            1,
            "",
            wanted,
        );
    }
}

#[test]
fn a_server_that_speaks_before_it_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
                hang_up(&mut stream);
            });
        }
    });
    // Whether the first words are sooner than the request is chance.
    let wanted = [
        "the server sent data before it got the request\n\
         hint: Is `127.0.0.1:[port]` an HTTP server? Those of mail, SSH and databases speak first.\n",
        "the answer is no HTTP\n\
         hint: Does `127.0.0.1:[port]` speak TLS? Then use `https://`.\n",
    ];
    let wanted = wanted.map(|why| format!("error: cannot deliver to `127.0.0.1:[port]`: {why}"));
    let room = Room::new();
    room.write("request.http", "POST / HTTP/1.1\n\n{}");
    let send = ["send", "ken/lead_replied", "--no-store", "--to", &to];
    let many = [
        "send",
        "ken/lead_replied",
        "--no-store",
        "--count",
        "2",
        "--to",
        &to,
    ];
    let replay = ["replay", "request.http", "--raw", "--no-store", "--to", &to];
    for args in [&send[..], &many, &replay].repeat(4) {
        let ran = room.run(args);
        let said = steady(&ran.ends(1).stderr);
        assert!(wanted.iter().any(|wanted| said.ends_with(wanted)), "{said}");
    }
}

#[test]
fn plain_http_where_tls_is_spoken_and_the_other_way_round() {
    let corrupt = "error: cannot deliver to `127.0.0.1:[port]`: TLS failed: received corrupt message of type InvalidContentType\n";
    let insecure =
        "hint: A self-signed certificate is accepted with `--cacert FILE` or `--insecure`.\n";
    let port = "hint: Does `127.0.0.1:[port]` speak TLS at all? If not, use `http://`.\n";
    let http = blurting(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let to = format!("https://{http}/");
    both_ways(&to, &[], 1, "", &format!("{corrupt}{insecure}{port}"));
    both_ways(&to, &["--insecure"], 1, "", &format!("{corrupt}{port}"));
    // A TLS server answers plain HTTP with an alert.
    both_ways(
        &format!("http://{}/", self_signed()),
        &[],
        1,
        "",
        "error: cannot deliver to `localhost:[port]`: the answer is no HTTP\n\
         hint: Does `localhost:[port]` speak TLS? Then use `https://`.\n",
    );
}

#[test]
fn a_self_signed_certificate_is_taken_on_demand_only() {
    let to = format!("https://{}/", self_signed());
    both_ways(
        &to,
        &[],
        1,
        "",
        "error: cannot deliver to `localhost:[port]`: TLS failed: invalid peer certificate: UnknownIssuer\n\
         hint: A self-signed certificate is accepted with `--cacert FILE` or `--insecure`.\n\
         hint: Does `localhost:[port]` speak TLS at all? If not, use `http://`.\n",
    );
    both_ways(&to, &["--insecure"], 0, "  204", "");
}

#[test]
fn each_bad_status_has_its_hint() {
    let guard = "The handler refused it: another secret, or a guard in front (login, CSRF, IP filter) that webhooks must pass by.";
    let rows = [
        (301, "It redirects. Senders do not follow redirects."),
        (
            400,
            "A 400 is what most signature checks answer. Verify the raw body, before any JSON parser; \
             a re-serialised body no longer fits. Is the handler's secret the one this was signed with?",
        ),
        (401, guard),
        (403, guard),
        (
            404,
            "Nothing is routed at `/hooks`. Check the path, a trailing slash and the router's prefix.",
        ),
        (
            405,
            "The path exists, but not for this method. Register the handler for it.",
        ),
        (
            413,
            "The body is over the server's limit. Raise the limit of its body parser.",
        ),
        (
            415,
            "The server does not take this content type. Does the route read JSON or forms only?",
        ),
        (500, "The handler failed. Its log says why."),
        (
            504,
            "The server gave up waiting for the handler. Acknowledge first, work afterwards.",
        ),
    ];
    let room = Room::new();
    for (status, hint) in rows {
        let endpoint = Endpoint::status(status);
        let to = endpoint.url("/hooks");
        let send = |extra: &[&str]| {
            room.run(&[&["send", "lead_replied", "--id", "m", "--to", &to], extra].concat())
        };
        let line =
            format!("✗ ken/lead_replied  POST http://127.0.0.1:[port]/hooks  {status}  [ms]  m\n");
        let error = format!("error: Ken takes 2xx for a success, got {status}\n");
        send(&[]).is(1, &line, &format!("{error}hint: {hint}\n"));
        send(&["--quiet"]).is(1, &line, &error);
        send(&["--expect", &status.to_string()]).is(0, &line.replace('✗', "✓"), "");
    }
}

#[test]
fn a_bad_answer_is_shown_and_cannot_steer_the_terminal() {
    let room = Room::new();
    let send = |answer: &'static str| {
        let endpoint = Endpoint::answering(answer);
        room.run(&[
            "send",
            "lead_replied",
            "--id",
            "m",
            "--to",
            &endpoint.url("/"),
        ])
    };
    let line = |status: u16| {
        format!("✗ ken/lead_replied  POST http://127.0.0.1:[port]/  {status}  [ms]  m\n")
    };
    send("HTTP/1.1 500 X\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n\u{1b}[2Jbroken\r\n").is(
        1,
        &line(500),
        "error: Ken takes 2xx for a success, got 500\n\
         \x20 \\u001b[2Jbroken\\r\n\
         hint: The handler failed. Its log says why; the start of its answer is above.\n",
    );
    send("HTTP/1.1 302 X\r\nLocation: /a\u{9b}2J\u{202e}\r\nContent-Length: 0\r\n\r\n").is(
        1,
        &line(302),
        "error: Ken takes 2xx for a success, got 302\n\
         hint: It redirects to `/a\\u009b2J\\u202e`. Senders do not follow redirects: use that URL.\n",
    );
}

#[test]
fn a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let room = Room::new();
    for address in [
        format!(":{port}"),
        port.to_string(),
        format!("127.0.0.1:{port}"),
    ] {
        let ran = room.run(&["listen", &address, "--ready-file", "ready"]);
        ran.is(
            3,
            "",
            &format!(
                "error: cannot listen on `127.0.0.1:[port]`: {}\n\
                 hint: Another program has this port. Take another, or `:0` for any that is free.\n",
                TcpListener::bind(("127.0.0.1", port)).unwrap_err()
            ),
        );
        assert!(!room.path().join("ready").exists());
    }
}
