//! The sockets of the page.

use tokio::net::TcpListener;

use super::args::Wanted;
use crate::error::Result;
use crate::receiver::{ListenAddress, bind as bind_address};

/// Bound sockets of a page.
pub(crate) struct Bound {
    pub(super) listeners: Vec<TcpListener>,
    pub(crate) url: String,
}

/// Binds the sockets of a page; `None` if none is wanted.
///
/// # Errors
/// There is no room where it must be.
pub(crate) async fn bind(wanted: Wanted) -> Result<Option<Bound>> {
    let near = match wanted {
        Wanted::Nowhere => return Ok(None),
        Wanted::At(address) => return bind_at(address).await.map(Some),
        Wanted::Near(address) => bind_at(address).await.ok(),
    };
    // A name that leads browsers elsewhere is no room.
    match near.filter(|bound| bound.url.contains("localhost")) {
        Some(bound) => Ok(Some(bound)),
        None => bind_at(ListenAddress::loopback(0)).await.map(Some),
    }
}

async fn bind_at(address: ListenAddress) -> Result<Bound> {
    let bound = bind_address(address).await?;
    // Browsers would try the other program's socket first.
    let url = if bound.other_on_v6 {
        bound.url.replacen("localhost", "127.0.0.1", 1)
    } else {
        bound.url
    };
    let listeners = bound.listeners;
    Ok(Bound { listeners, url })
}
