//! An emulator and calls of its APIs, for all tests that need one.

use serde_json::Value;

use crate::harness::{Endpoint, Listener, Room};

/// The token of these tests.
pub(crate) const TOKEN: &str = "test";

/// An emulator with a known token that waits for nothing.
pub(crate) fn emulator(room: &Room, args: &[&str]) -> Listener {
    let common = ["--json", "--token", TOKEN, "--speed", "max"];
    room.serve("emulate", ":0", &[&common, args].concat())
}

/// A handler that answers its first, second, ... request with these statuses, each over a connection of its own.
pub(crate) fn handler(status: impl Fn(usize) -> u16 + Send + 'static) -> Endpoint {
    Endpoint::with(move |_, number| {
        let status = status(number);
        format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .into_bytes()
    })
}

/// An answer to a call.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Without those that every answer has.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Value,
}

/// Makes a call with headers of its own, one a line.
pub(crate) fn call_with(api: &Listener, line: &str, headers: &str, body: &[u8]) -> Answer {
    let head = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    let answer = api.exchange([head.as_bytes(), body].concat());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let nosniff = "x-content-type-options: nosniff";
    assert!(lines.clone().any(|line| line == nosniff), "{answer}");
    let usual = [
        nosniff,
        "connection: ",
        "content-length: ",
        "content-type: application/json",
    ];
    let headers = lines.filter(|line| !usual.iter().any(|usual| line.starts_with(usual)));
    Answer {
        status,
        headers: headers.map(str::to_owned).collect(),
        body: match body {
            "" => Value::Null,
            body => serde_json::from_str(body).unwrap(),
        },
    }
}

/// Makes a call with the token.
pub(crate) fn call(api: &Listener, line: &str, body: &Value) -> Answer {
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    call_with(api, line, &headers, body.as_bytes())
}

/// Makes a call that goes well, and returns the body of its answer.
#[track_caller]
pub(crate) fn good(api: &Listener, line: &str, body: &Value) -> Value {
    let answer = call(api, line, body);
    assert!((200..300).contains(&answer.status), "{line}: {answer:?}");
    answer.body
}

/// The next line of a type.
#[track_caller]
pub(crate) fn next(api: &mut Listener, kind: &str) -> Value {
    loop {
        let line = api.next();
        if line["type"] == kind {
            return line;
        }
    }
}
