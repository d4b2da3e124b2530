//! The official libraries verify each attempt of a delivery that is retried.

use crate::clients::{Receiver, SECRET, Server, node, python};
use crate::harness::{Endpoint, Room};

#[test]
fn the_official_libraries_accept_each_attempt_of_a_retried_delivery() {
    let room = Room::new();
    let handler = Endpoint::with(|_, number| {
        let status = if number > 2 { 200 } else { 503 };
        format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").into_bytes()
    });
    let send = ["send", "lead_replied", "--schedule", "1s,1s,1h"];
    let to = ["--secret", SECRET, "--to", &handler.url("/ken")];
    room.run(&[&send[..], &to].concat()).ends(0);
    let hits = handler.hits();
    let libraries = [
        (node("libraries.mjs"), "/svix"),
        (node("libraries.mjs"), "/svix-1"),
        (python("server.py"), "/svix"),
    ];
    for (library, path) in libraries {
        let room = Room::new();
        for (number, hit) in hits.iter().enumerate() {
            room.write(&format!("hits/{number}.http"), hit.request());
        }
        let server = Server::start(library, "WEBHOOK_SECRET", SECRET);
        let receiver = Receiver { room, server, path };
        receiver.accepts(3, &["replay", "hits", "--raw"]);
    }
}
