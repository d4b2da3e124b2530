//! The names under which a server on this machine is asked for. A name that leads here from elsewhere (DNS rebinding)
//! and pages of other origins are refused.

use std::net::{Ipv4Addr, Ipv6Addr};

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderName, ORIGIN};
use url::Url;

/// Names that browsers have for this machine, beside that of the address that was bound.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// Ends of names that no stranger can register (RFC 6761, RFC 6762, and what ICANN reserved for private use).
const PRIVATE_ENDS: [&str; 3] = [".localhost", ".local", ".internal"];

/// The names of a server.
#[derive(Clone, Debug)]
pub(crate) struct OwnNames {
    names: Vec<String>,
    /// The port that must stand behind a name; `None` for a server that may be reached through a mapped port.
    port: Option<u16>,
    /// Whether addresses and names of a private network are its own as well.
    is_in_network: bool,
}

/// Whose request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// One that asks for another name.
    Host,
    /// A page of another origin.
    Page,
}

impl OwnNames {
    /// Those of a server at a URL, with its port.
    pub(crate) fn at(url: &str) -> Self {
        let url = Url::parse(url).ok();
        let own = url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
        let mut names = LOCAL.map(str::to_owned).to_vec();
        if !LOCAL.contains(&own) {
            names.push(own.to_owned());
        }
        let port = url.as_ref().and_then(Url::port_or_known_default);
        Self {
            names,
            port: Some(port.unwrap_or(DEFAULT_PORT)),
            is_in_network: false,
        }
    }

    /// The same behind any port: that of a container or a tunnel may be mapped to another.
    pub(crate) fn behind_any_port(mut self) -> Self {
        self.port = None;
        self
    }

    /// With the addresses and names by which other machines of a private network reach a server, if it is open to them.
    pub(crate) fn in_network(mut self, is_open: bool) -> Self {
        self.is_in_network = is_open;
        self
    }

    /// Whether a request may be answered, by its `Host` and its `Origin`.
    ///
    /// # Errors
    /// Whose it is instead.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Stranger> {
        let host = only(headers, &HOST).and_then(|host| self.own_port(host));
        let port = host.ok_or(Stranger::Host)?;
        if !headers.contains_key(ORIGIN) {
            return Ok(());
        }
        let origin = only(headers, &ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        match origin.and_then(|origin| self.own_port(origin)) {
            Some(same) if same == port => Ok(()),
            _ => Err(Stranger::Page),
        }
    }

    /// The port of `name` or `name:port`, if the name is an own one.
    fn own_port(&self, text: &str) -> Option<u16> {
        let (name, port) = match text.rsplit_once(':') {
            Some((name, digits)) if !digits.ends_with(']') => {
                let port: u16 = digits.parse().ok()?;
                // Other spellings of a number are nobody's.
                (port.to_string() == digits).then_some((name, port))?
            }
            _ => (text, DEFAULT_PORT),
        };
        let is_own = self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
            || (self.is_in_network && is_private(name));
        (is_own && self.port.is_none_or(|own| own == port)).then_some(port)
    }
}

/// The port of a URL that names none.
const DEFAULT_PORT: u16 = 80;

/// Whether a request comes from the page itself, or from no page at all.
pub(crate) fn is_same_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_none_or(|site| site == "same-origin" || site == "none")
}

/// The value of a header that stands once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

/// Whether a name is an address, or one that a private network resolves: nobody can lead it here from elsewhere.
fn is_private(name: &str) -> bool {
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    if let Some(address) = address {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = name.to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_name) {
        return false;
    }
    let has_letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    name.parse::<Ipv4Addr>().is_ok()
        || (has_letters && !name.contains('.'))
        || PRIVATE_ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(names: &OwnNames, fields: &[(&str, &str)]) -> Result<(), Stranger> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, value.parse().unwrap());
        }
        names.check(&headers)
    }

    #[test]
    fn only_own_names_with_the_own_port_pass() {
        let names = OwnNames::at("http://192.168.1.5:8081");
        for host in [
            "localhost",
            "127.0.0.1",
            "[::1]",
            "LocalHost",
            "192.168.1.5",
        ] {
            assert_eq!(
                asked(&names, &[("host", &format!("{host}:8081"))]),
                Ok(()),
                "{host}"
            );
            assert_eq!(
                asked(&names, &[("host", host)]),
                Err(Stranger::Host),
                "{host}"
            );
        }
        for host in [
            "evil.example:8081",
            "localhost.evil.example:8081",
            "localhost.:8081",
            "localhost:8082",
            "localhost:08081",
            "localhost:8081.evil.example",
            "user@localhost:8081",
            "127.1:8081",
            "2130706433:8081",
            "0.0.0.0:8081",
            "192.168.1.6:8081",
            "[::ffff:127.0.0.1]:8081",
            ":8081",
            "",
        ] {
            assert_eq!(
                asked(&names, &[("host", host)]),
                Err(Stranger::Host),
                "{host}"
            );
        }
        assert_eq!(asked(&names, &[]), Err(Stranger::Host));
        let twice = [("host", "localhost:8081"), ("host", "localhost:8081")];
        assert_eq!(asked(&names, &twice), Err(Stranger::Host));
    }

    #[test]
    fn the_default_port_may_be_left_out() {
        let names = OwnNames::at("http://localhost:80");
        for host in ["localhost", "localhost:80", "[::1]"] {
            assert_eq!(asked(&names, &[("host", host)]), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_page_must_be_of_the_same_origin() {
        let strict = OwnNames::at("http://localhost:8090");
        for names in [strict.clone(), strict.behind_any_port()] {
            let from = |origin| asked(&names, &[("host", "localhost:8090"), ("origin", origin)]);
            assert_eq!(from("http://localhost:8090"), Ok(()));
            assert_eq!(from("http://127.0.0.1:8090"), Ok(()));
            for origin in [
                "http://localhost:5173",
                "http://localhost",
                "https://localhost:8090",
                "http://evil.example",
                "http://localhost:8090.evil.example",
                "null",
                "",
            ] {
                assert_eq!(from(origin), Err(Stranger::Page), "{origin}");
            }
        }
    }

    #[test]
    fn a_mapped_port_is_no_other_name() {
        let names = OwnNames::at("http://localhost:8090").behind_any_port();
        for host in ["localhost", "localhost:9000", "127.0.0.1:1"] {
            assert_eq!(asked(&names, &[("host", host)]), Ok(()), "{host}");
        }
        for host in ["emulator:8090", "10.0.0.7:8090", "evil.example"] {
            assert_eq!(
                asked(&names, &[("host", host)]),
                Err(Stranger::Host),
                "{host}"
            );
        }
    }

    #[test]
    fn an_open_server_has_the_names_of_its_network_and_no_public_ones() {
        let names = OwnNames::at("http://localhost:8090").in_network(true);
        for host in [
            "10.0.0.7",
            "[fd00::7]",
            "emulator",
            "my_service",
            "host.docker.internal",
            "printer.local",
            "app.localhost",
        ] {
            assert_eq!(
                asked(&names, &[("host", &format!("{host}:8090"))]),
                Ok(()),
                "{host}"
            );
        }
        for host in [
            "evil.example",
            "10.0.0.7.evil.example",
            "rebind.local.evil.example",
            "evil.local.",
            "1.2.3",
            "2130706433",
            "[fd00::7",
            "[evil]",
            "a b",
        ] {
            let host = format!("{host}:8090");
            assert_eq!(
                asked(&names, &[("host", &host)]),
                Err(Stranger::Host),
                "{host}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_host_is_judged_without_a_panic(host in "[ -~]{0,30}") {
            let names = OwnNames::at("http://localhost:8090").in_network(true);
            let _ = asked(&names, &[("host", host.trim())]);
        }
    }
}
