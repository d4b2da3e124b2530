//! An audit of a right handler in Rust finds nothing.

use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::harness::Room;

/// A right handler of GitHub's deliveries in axum.
fn right_in_axum(secret: String) -> u16 {
    let webhooks = move |headers: HeaderMap, body: Bytes| async move {
        let given = headers
            .get("x-hub-signature-256")
            .and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("sha256="));
        let given = given.and_then(|digest| hex::decode(digest).ok());
        let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        hmac.update(&body);
        if given.is_none_or(|given| hmac.verify_slice(&given).is_err()) {
            return (StatusCode::UNAUTHORIZED, "invalid signature");
        }
        match serde_json::from_slice::<serde_json::Value>(&body) {
            Ok(_) => (StatusCode::OK, "received"),
            Err(_) => (StatusCode::UNPROCESSABLE_ENTITY, "no JSON"),
        }
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let router = Router::new().route("/webhooks", post(webhooks));
            let service = hyper_util::service::TowerToHyperService::new(router);
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(hyper_util::rt::TokioIo::new(stream), service.clone());
                tokio::spawn(connection);
            }
        });
    });
    port
}

#[test]
fn a_right_handler_in_axum_passes_clean() {
    let room = Room::new();
    let secret = room.run(&["secret", "github"]);
    let port = right_in_axum(secret.ends(0).stdout.trim().to_owned());
    let to = format!("http://127.0.0.1:{port}/webhooks");
    let audit = ["check", "--json", "--provider", "github", "--to", &to];
    let lines = room.run(&audit).ends(0).json();
    let (summary, checks) = lines.split_last().unwrap();
    assert_eq!(summary["type"], "summary");
    assert_eq!(checks.len(), 21);
    for check in checks {
        let is_good = ["pass", "skip"].contains(&check["status"].as_str().unwrap());
        assert!(is_good, "{check}");
    }
}
