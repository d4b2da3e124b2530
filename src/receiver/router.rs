//! Connections of a server that answers for itself, such as the live page: HTTP/1.1 over a router.

use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Answers until `stop` turns true, then lets the answers under way finish. A head, and an idle connection, may take
/// so long.
pub(crate) async fn serve_router(
    listener: TcpListener,
    router: Router,
    patience: Duration,
    mut stop: watch::Receiver<bool>,
) {
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
                connections.spawn(connection(stream, router.clone(), patience, stop.clone()));
            }
            // Out of file descriptors, or a connection that ended before it was accepted.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    while connections.join_next().await.is_some() {}
}

async fn connection(
    stream: TcpStream,
    router: Router,
    patience: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        // What a client does with its connections is its own business.
        _ = &mut serving => return,
        _ = stop.wait_for(|stop| *stop) => serving.as_mut().graceful_shutdown(),
    }
    let _ = serving.await;
}
