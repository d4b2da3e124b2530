//! The emulator's connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answer::Answer;
use super::{Asked, Call, Emulator};
use crate::receiver::{OwnNames, Stranger, Unread, is_same_site, read_body, serve_router};

/// Largest body of a call, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// For a head to arrive, and for an idle connection to be used again.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// For a body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// For answers that are under way at the end.
const GRACE: Duration = Duration::from_secs(2);

/// No answer becomes markup, whatever a caller wrote into it.
const NOSNIFF: &str = "nosniff";

/// Told of every call before it is answered.
pub(crate) type Heard = Box<dyn Fn(Call) + Send + Sync>;

struct Desk {
    emulator: Emulator,
    names: OwnNames,
    heard: Heard,
}

/// Answers calls for these names until `stop` turns true, then lets the answers under way finish.
pub(crate) async fn serve(
    listeners: Vec<TcpListener>,
    emulator: Emulator,
    names: OwnNames,
    heard: Heard,
    mut stop: watch::Receiver<bool>,
) {
    let desk = Desk {
        emulator,
        names,
        heard,
    };
    let router = Router::new().fallback(answer).with_state(Arc::new(desk));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(serve_router(
            listener,
            router.clone(),
            HEAD_TIMEOUT,
            stop.clone(),
        ));
    }
    // Without its sender it ends as well.
    let _ = stop.wait_for(|stop| *stop).await;
    let all = async { while accepting.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all).await;
}

async fn answer(State(desk): State<Arc<Desk>>, request: axum::extract::Request) -> Response {
    let (start, now) = (Instant::now(), Timestamp::now());
    let (parts, body) = request.into_parts();
    let stranger = desk.stranger(&parts.headers);
    let body = match tokio::time::timeout(BODY_TIMEOUT, read_body(body, MAX_BODY)).await {
        Ok(Ok(body)) => Some(body),
        Ok(Err(Unread::TooLarge)) => None,
        Ok(Err(Unread::Broken(_))) => return plain(StatusCode::BAD_REQUEST),
        Err(_) => return plain(StatusCode::REQUEST_TIMEOUT),
    };
    let asked = Asked {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    // The store makes callers wait, and so may whoever hears of the call.
    let answered = tokio::task::spawn_blocking(move || {
        let (answer, mut call) = match stranger {
            Some(why) => Emulator::turn_away(&asked, why, now),
            None => desk.emulator.answer(&asked, now),
        };
        call.duration = start.elapsed();
        (desk.heard)(call);
        desk.emulator.ring();
        answer
    });
    match answered.await {
        Ok(answer) => response(answer),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl Desk {
    /// Why a call is turned away, if it is one that a page of another origin can have made.
    fn stranger(&self, headers: &HeaderMap) -> Option<&'static str> {
        match self.names.check(headers) {
            Err(Stranger::Host) => Some(
                "`Host` is not a name of the emulator; call localhost, or the address that it listens on",
            ),
            Err(Stranger::Page) => Some("The emulator responds to no page of another origin"),
            Ok(()) if !is_same_site(headers) => {
                Some("The emulator responds to no page of another origin")
            }
            Ok(()) => None,
        }
    }
}

fn response(answer: Answer) -> Response {
    let mut response = Response::builder()
        .status(answer.status)
        .header(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if answer.body.is_some() {
        response = response.header("content-type", "application/json");
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(answer.body.map_or_else(Body::empty, Body::from))
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let nosniff = HeaderValue::from_static(NOSNIFF);
    response
        .headers_mut()
        .insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}
