//! Where to listen: a bare port means this machine alone.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use tokio::net::TcpListener;

use crate::error::{Error, Result};

/// An address as the user wrote it: `:8080`, `8080`, `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:8080`, `:0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    /// `None` for a bare port, which means both loopback addresses.
    ip: Option<IpAddr>,
    port: u16,
}

impl ListenAddress {
    /// A port of this machine alone.
    pub(crate) fn loopback(port: u16) -> Self {
        Self { ip: None, port }
    }

    /// 0 is any free one.
    pub(crate) fn port(self) -> u16 {
        self.port
    }

    /// What to call this machine there.
    pub(crate) fn host(self) -> String {
        match self.ip {
            Some(ip) if !ip.is_unspecified() => ip.to_string(),
            _ => "localhost".to_owned(),
        }
    }

    /// Whether it can be reached from other machines.
    pub(crate) fn is_open(self) -> bool {
        self.ip.is_some_and(|ip| !ip.is_loopback())
    }
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let problem =
            || format!("`{text}` is no address such as `:8080`, `127.0.0.1:8080` or `[::1]:8080`");
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port),
            None => ("", text),
        };
        let port = port.parse().map_err(|_| problem())?;
        let ip = match host {
            "" | "localhost" => None,
            host => match host
                .strip_prefix('[')
                .and_then(|host| host.strip_suffix(']'))
            {
                Some(host) => Some(IpAddr::V6(host.parse().map_err(|_| problem())?)),
                None => Some(IpAddr::V4(host.parse().map_err(|_| problem())?)),
            },
        };
        Ok(Self { ip, port })
    }
}

/// Bound sockets of one address.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) listeners: Vec<TcpListener>,
    /// What to connect to.
    pub(crate) url: String,
    /// What was bound.
    pub(crate) shown: String,
    /// Whether `localhost` may lead to another program, because `[::1]` has one on this port.
    pub(crate) other_on_v6: bool,
}

impl Bound {
    /// The same, where TLS is spoken.
    pub(crate) fn with_tls(mut self) -> Self {
        for url in [&mut self.url, &mut self.shown] {
            *url = url.replacen("http://", "https://", 1);
        }
        self
    }
}

/// How often a free port is tried for both loopback addresses.
const TRIES: usize = 16;

/// Binds the sockets of an address.
pub(crate) async fn bind(address: ListenAddress) -> Result<Bound> {
    let Some(ip) = address.ip else {
        return bind_loopback(address.port).await;
    };
    let socket = SocketAddr::new(ip, address.port);
    let listener = TcpListener::bind(socket)
        .await
        .map_err(|error| cannot_listen(&socket, error))?;
    let port = listener
        .local_addr()
        .map_err(|error| cannot_listen(&socket, error))?
        .port();
    let shown = match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let host = if ip.is_unspecified() {
        "localhost"
    } else {
        &shown
    };
    Ok(Bound {
        listeners: vec![listener],
        url: format!("http://{host}:{port}"),
        shown: format!("http://{shown}:{port}"),
        other_on_v6: false,
    })
}

async fn bind_loopback(port: u16) -> Result<Bound> {
    let mut tries = if port == 0 { TRIES } else { 1 };
    loop {
        tries -= 1;
        let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let v4 = TcpListener::bind(socket)
            .await
            .map_err(|error| cannot_listen(&socket, error))?;
        let port = v4
            .local_addr()
            .map_err(|error| cannot_listen(&socket, error))?
            .port();
        let url = format!("http://localhost:{port}");
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
            Ok(v6) => {
                return Ok(Bound {
                    listeners: vec![v4, v6],
                    shown: url.clone(),
                    url,
                    other_on_v6: false,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if tries == 0 {
                    return Ok(Bound {
                        listeners: vec![v4],
                        shown: url.clone(),
                        url,
                        other_on_v6: true,
                    });
                }
            }
            // No IPv6 on this machine.
            Err(_) => {
                return Ok(Bound {
                    listeners: vec![v4],
                    shown: url.clone(),
                    url,
                    other_on_v6: false,
                });
            }
        }
    }
}

fn cannot_listen(socket: &SocketAddr, error: io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "Another program has this port. Take another, or `:0` for any that is free."
        }
        io::ErrorKind::PermissionDenied => {
            "Ports below 1024 need privileges. Take a higher one, such as `:8080`."
        }
        io::ErrorKind::AddrNotAvailable => "This machine does not have that address.",
        _ => return Error::machine(format!("cannot listen on `{socket}`")).because(error),
    };
    Error::machine(format!("cannot listen on `{socket}`"))
        .because(error)
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_port_means_this_machine() {
        for text in [":8080", "8080", "localhost:8080"] {
            let address: ListenAddress = text.parse().unwrap();
            assert_eq!(
                (address.ip, address.port, address.is_open()),
                (None, 8080, false),
                "{text}"
            );
        }
        assert!(!"[::1]:8080".parse::<ListenAddress>().unwrap().is_open());
        assert!("0.0.0.0:8080".parse::<ListenAddress>().unwrap().is_open());
        assert!("[::]:0".parse::<ListenAddress>().unwrap().is_open());
        for bad in [
            "",
            ":",
            ":99999",
            "::1:80",
            "host:80",
            "1.2.3:80",
            "127.0.0.1",
        ] {
            assert!(bad.parse::<ListenAddress>().is_err(), "{bad}");
        }
    }
}
