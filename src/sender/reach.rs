//! Where connections may go. Addresses are judged when a connection is made, so a host name cannot resolve to another
//! address in between.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::{Deserialize, Serialize};
use tokio::net::lookup_host;
use url::{Host, Url};

/// Which addresses a request may go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reach {
    #[default]
    Anywhere,
    /// Loopback addresses only: for what a project names that is not trusted.
    Loopback,
}

impl Reach {
    pub(crate) fn is_loopback(self) -> bool {
        self == Self::Loopback
    }

    /// The narrower of two.
    pub(crate) fn within(self, other: Self) -> Self {
        match (self, other) {
            (Self::Anywhere, other) => other,
            (Self::Loopback, _) => Self::Loopback,
        }
    }

    fn allows(self, ip: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Loopback => ip.to_canonical().is_loopback(),
        }
    }

    /// Checks the host of a URL as it resolves now. A name without an address passes: connecting will say so.
    pub(crate) fn check(self, url: &Url) -> Result<(), OutOfReach> {
        match self {
            Self::Anywhere => Ok(()),
            Self::Loopback => self.resolved(url).map(drop),
        }
    }

    /// As [`Self::addresses`], without a runtime; none where there are none.
    pub(crate) fn addresses_now(self, url: &Url) -> Vec<SocketAddr> {
        self.resolved(url).unwrap_or_default()
    }

    fn resolved(self, url: &Url) -> Result<Vec<SocketAddr>, OutOfReach> {
        let place = place(url);
        self.among(place.0, place.to_socket_addrs().into_iter().flatten())
    }

    /// Resolves the host of a URL to the addresses that may be connected to.
    pub(super) async fn addresses(self, url: &Url) -> io::Result<Vec<SocketAddr>> {
        let (host, port) = place(url);
        let addresses = lookup_host((host, port)).await?;
        self.among(host, addresses).map_err(out_of_reach)
    }

    fn among(
        self,
        host: &str,
        addresses: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, OutOfReach> {
        let mut other = None;
        let allowed = addresses
            .filter(|address| {
                let is_allowed = self.allows(address.ip());
                if !is_allowed {
                    other = Some(address.ip());
                }
                is_allowed
            })
            .collect::<Vec<_>>();
        match other.filter(|_| allowed.is_empty()) {
            None => Ok(allowed),
            Some(ip) => Err(OutOfReach {
                host: host.to_owned(),
                ip,
            }),
        }
    }

    /// As [`Self::check`], of a URL whose host is an address, which no resolver sees. Names pass.
    pub(crate) fn check_literal(self, url: &Url) -> Result<(), OutOfReach> {
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        let address = SocketAddr::from((ip, 0));
        self.among(&ip.to_string(), std::iter::once(address))
            .map(drop)
    }
}

/// Host and port of a URL. Browsers take every name below `localhost` for this machine (RFC 6761, 6.3); many system
/// resolvers do not know them.
fn place(url: &Url) -> (&str, u16) {
    let host = match url.host_str().unwrap_or_default() {
        name if name.ends_with(".localhost") => "localhost",
        name => name.trim_matches(['[', ']']),
    };
    (host, url.port_or_known_default().unwrap_or(80))
}

/// A host that a request may not go to.
#[derive(Debug)]
pub(crate) struct OutOfReach {
    host: String,
    ip: IpAddr,
}

impl OutOfReach {
    /// The host, and where it is.
    pub(crate) fn place(&self) -> String {
        let Self { host, ip } = self;
        // An address may be spelled in several ways.
        if host.parse() == Ok(*ip) {
            format!("`{ip}`")
        } else {
            format!("`{host}` at {ip}")
        }
    }
}

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a loopback address", self.place())
    }
}

impl StdError for OutOfReach {}

fn out_of_reach(error: OutOfReach) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, error)
}

/// Resolves names for reqwest, to addresses that may be connected to.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            // The port is that of the URL.
            let addresses = lookup_host((name.as_str(), 0)).await?;
            let addresses = reach.among(name.as_str(), addresses)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Client, Dialer, FailureKind, Limits, Line};
    use super::*;
    use crate::request::{Headers, Request};

    /// Every way to send judges the address where it connects: a name may mean another one by then.
    #[tokio::test]
    async fn each_client_judges_the_address_when_it_connects() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let limits = Limits {
            timeout: None,
            insecure: false,
            roots: None,
            max_answer: 0,
            reach: Reach::Loopback,
            any_framing: false,
        };
        let request = Request {
            method: "GET".into(),
            target: "/".into(),
            headers: Headers::default(),
            body: bytes::Bytes::new(),
        };
        for url in [
            format!("http://0.0.0.0:{port}/"),
            format!("https://0.0.0.0:{port}/"),
        ] {
            let url = Url::parse(&url).unwrap();
            let client = Client::new(&url, limits.clone()).unwrap();
            let dialer = std::sync::Arc::new(Dialer::new(&url, &limits).unwrap());
            let mut line = Line::new(dialer);
            let method = hyper::Method::GET;
            let failures = [
                client.send(&request, &url, 1).await.result.unwrap_err(),
                client
                    .send_exactly(&request, &url, 1)
                    .await
                    .result
                    .unwrap_err(),
                line.exchange(&request, &method, &limits).await.unwrap_err(),
            ];
            for failure in failures {
                assert_eq!(failure.kind, FailureKind::OutOfReach, "{}", failure.message);
                assert_eq!(failure.message, "`0.0.0.0` is not a loopback address");
            }
        }
        let none = listener.accept().unwrap_err();
        assert_eq!(none.kind(), io::ErrorKind::WouldBlock);
    }

    #[tokio::test]
    async fn names_resolve_to_loopback_addresses_only() {
        let resolved = |name: &str| Reach::Loopback.resolve(name.parse().unwrap());
        let found = resolved("localhost").await.unwrap();
        assert!(found.count() > 0);
        let error = resolved("10.0.0.1").await.err().unwrap();
        assert!(error.downcast_ref::<OutOfReach>().is_some(), "{error}");
    }

    #[test]
    fn loopback_is_judged_by_the_address() {
        let near = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"];
        let far = [
            "0.0.0.0",
            "::",
            "10.0.0.1",
            "169.254.169.254",
            "192.168.0.1",
            "8.8.8.8",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "::7f00:1",
        ];
        for ip in near {
            assert!(Reach::Loopback.allows(ip.parse().unwrap()), "{ip}");
        }
        for ip in far {
            assert!(!Reach::Loopback.allows(ip.parse().unwrap()), "{ip}");
            assert!(Reach::Anywhere.allows(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_judged() {
        let check = |url: &str| {
            let url = Url::parse(url).unwrap();
            let judged = Reach::Loopback
                .check(&url)
                .map_err(|error| error.to_string());
            let literal = Reach::Loopback.check_literal(&url);
            assert_eq!(literal.map_err(|error| error.to_string()), judged, "{url}");
            judged
        };
        for url in [
            "http://localhost:1/",
            "http://a.localhost/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]:1/",
        ] {
            check(url).unwrap();
        }
        let far = "`10.0.0.1` is not a loopback address";
        for url in ["http://10.0.0.1/", "http://167772161/", "http://0xa.1:80/"] {
            assert_eq!(check(url).unwrap_err(), far, "{url}");
        }
        let mapped = check("http://[::ffff:10.0.0.1]/").unwrap_err();
        assert!(mapped.ends_with("is not a loopback address"), "{mapped}");
    }

    #[test]
    fn a_name_may_have_addresses_of_both_kinds_and_only_those_of_loopback_are_used() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let both = [address("203.0.113.5:80"), address("127.0.0.1:80")];
        let used = Reach::Loopback.among("both", both.into_iter()).unwrap();
        assert_eq!(used, [address("127.0.0.1:80")]);
        let far = Reach::Loopback.among("far", both.into_iter().take(1));
        assert_eq!(
            far.unwrap_err().to_string(),
            "`far` at 203.0.113.5 is not a loopback address"
        );
        let all = Reach::Anywhere.among("both", both.into_iter()).unwrap();
        assert_eq!(all, both);
    }
}
