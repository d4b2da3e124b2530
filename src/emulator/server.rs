//! The emulator's connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answer::Answer;
use super::{Asked, Call, Emulator};
use crate::receiver::{Unread, read_body};

/// Largest body of a call, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// For a head to arrive, and for an idle connection to be used again.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// For a body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// For answers that are under way at the end.
const GRACE: Duration = Duration::from_secs(2);

/// Told of every call before it is answered.
pub(crate) type Heard = Box<dyn Fn(Call) + Send + Sync>;

struct Desk {
    emulator: Emulator,
    heard: Heard,
}

/// Answers calls until `stop` turns true, then lets the answers under way finish.
pub(crate) async fn serve(
    listeners: Vec<TcpListener>,
    emulator: Emulator,
    heard: Heard,
    stop: watch::Receiver<bool>,
) {
    let router = Router::new()
        .fallback(answer)
        .with_state(Arc::new(Desk { emulator, heard }));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, router.clone(), stop.clone()));
    }
    while accepting.join_next().await.is_some() {}
}

async fn accept(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                // Without it small answers may wait for an acknowledgement; a failure here costs only time.
                let _ = stream.set_nodelay(true);
                connections.spawn(connection(stream, router.clone(), stop.clone()));
            }
            // Out of file descriptors, or a connection that ended before it was accepted.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all).await;
}

async fn connection(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        // What a client does with its connections is its own business.
        _ = &mut serving => return,
        _ = stop.wait_for(|stop| *stop) => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}

async fn answer(State(desk): State<Arc<Desk>>, request: axum::extract::Request) -> Response {
    let (start, now) = (Instant::now(), Timestamp::now());
    let (parts, body) = request.into_parts();
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
        let (answer, mut call) = desk.emulator.answer(&asked, now);
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

fn response(answer: Answer) -> Response {
    let mut response = Response::builder().status(answer.status);
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
    response
}
