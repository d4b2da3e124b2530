//! Whom an emulator responds to: neither names that lead here from elsewhere nor pages of other origins.

use serde_json::{Value, json};

use crate::api::{TOKEN, emulator, next};
use crate::harness::{Listener, Room};

/// Makes a call with these header lines and no others but for framing; returns status and body.
fn ask(api: &Listener, line: &str, headers: &str) -> (u16, Value) {
    let response = api.exchange(format!(
        "{line} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 0\r\n\r\n"
    ));
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    (head[9..12].parse().unwrap(), body)
}

#[test]
fn names_that_lead_here_from_elsewhere_are_refused() {
    let room = Room::new();
    let mut api = emulator(&room, &[]);
    let port = api.url.rsplit(':').next().unwrap().to_owned();
    let token = format!("Authorization: Bearer {TOKEN}\r\n");
    let own = ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"];
    for host in own
        .map(|host| format!("{host}:{port}"))
        .iter()
        .map(String::as_str)
        .chain(own)
    {
        for line in ["GET /", "GET /v1/webhooks"] {
            let (status, body) = ask(&api, line, &format!("Host: {host}\r\n{token}"));
            assert_eq!(status, 200, "{host} {line} {body}");
        }
    }
    let foreign = [
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        format!("Host: localhost:{port}.evil.example\r\n"),
        format!("Host: localhost.:{port}\r\n"),
        format!("Host: 10.0.0.7:{port}\r\n"),
        format!("Host: localhost:{port}\r\nHost: evil.example\r\n"),
        String::new(),
    ];
    let why =
        "`Host` is not a name of the emulator; call localhost, or the address that it listens on";
    for headers in foreign {
        for line in [
            "GET /",
            "GET /v1/webhooks",
            "POST /v1/webhooks/test",
            "DELETE /nothing",
        ] {
            let response = ask(&api, line, &format!("{headers}{token}"));
            let refused = json!({"error": "forbidden", "message": why});
            assert_eq!(response, (403, refused), "{headers}{line}");
        }
    }
    let told = loop {
        let told = next(&mut api, "call");
        if told["status"] == 403 {
            break told;
        }
    };
    assert_eq!(told["path"], "/");
    assert_eq!(told["error"], why);
}

#[test]
fn pages_of_other_origins_are_refused() {
    let room = Room::new();
    let api = emulator(&room, &[]);
    let host = &api.url["http://".len()..];
    let ask = |more: &str| {
        let headers = format!("Host: {host}\r\nAuthorization: Bearer {TOKEN}\r\n{more}");
        ask(&api, "GET /v1/webhooks", &headers).0
    };
    for own in [
        String::new(),
        format!("Origin: http://{host}\r\n"),
        "Sec-Fetch-Site: none\r\n".to_owned(),
        "Sec-Fetch-Site: same-origin\r\n".to_owned(),
    ] {
        assert_eq!(ask(&own), 200, "{own}");
    }
    for foreign in [
        "Origin: http://evil.example\r\n".to_owned(),
        "Origin: http://localhost:5173\r\n".to_owned(),
        format!("Origin: https://{host}\r\n"),
        "Origin: null\r\n".to_owned(),
        "Sec-Fetch-Site: same-site\r\n".to_owned(),
        "Sec-Fetch-Site: cross-site\r\n".to_owned(),
    ] {
        assert_eq!(ask(&foreign), 403, "{foreign}");
    }
}

#[test]
fn an_open_emulator_is_called_by_the_names_of_its_network() {
    let room = Room::new();
    let api = room.serve("emulate", "0.0.0.0:0", &["--json", "--token", TOKEN]);
    let status = |host: &str| ask(&api, "GET /", &format!("Host: {host}\r\n")).0;
    for host in [
        "emulator:8090",
        "10.0.0.7:8090",
        "host.docker.internal:8090",
        "localhost",
    ] {
        assert_eq!(status(host), 200, "{host}");
    }
    for host in [
        "evil.example:8090",
        "10.0.0.7.evil.example",
        "emulator.evil.example:8090",
    ] {
        assert_eq!(status(host), 403, "{host}");
    }
}
