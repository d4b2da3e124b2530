//! Which header fields are meant for the next server alone (RFC 9110, section 7.6.1).

use super::{Headers, latin1};

/// Fields that belong to one connection. Trailers are not passed on, so nothing announces them; and a body that is
/// there already needs no `Expect`.
const OF_ONE_HOP: [&str; 8] = [
    "connection",
    "proxy-connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
];

impl Headers {
    /// The fields that are passed on, in their order and spelling: without those of the connection, and without
    /// those that `Connection` names.
    pub(crate) fn end_to_end(&self) -> Headers {
        let named: Vec<String> = self
            .all("connection")
            .flat_map(|value| {
                let names = latin1(value).to_ascii_lowercase();
                let names = names.split(',').map(|name| name.trim().to_owned());
                names.collect::<Vec<_>>()
            })
            .collect();
        let stays = |name: &str| {
            let name = name.to_ascii_lowercase();
            !OF_ONE_HOP.contains(&&*name) && !named.contains(&name)
        };
        let kept = self.iter().filter(|header| stays(&header.name));
        kept.map(|header| (header.name.clone(), header.value.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_one_connection_is_not_passed_on() {
        let headers: Headers = [
            ("HOST", "a"),
            ("Connection", "close, X-One"),
            ("X-CaMeL", "1"),
            ("x-one", "gone"),
            ("Keep-Alive", "timeout=5"),
            ("X-Forwarded-For", "kept"),
            ("connection", " x-TWO ,"),
            ("X-Two", "gone"),
            ("TE", "trailers"),
            ("Upgrade", "h2c"),
            ("Transfer-Encoding", "chunked"),
            ("Trailer", "X"),
            ("Proxy-Connection", "close"),
            ("Expect", "100-continue"),
            ("Proxy-Authorization", "kept"),
            ("x-camel", "2"),
        ]
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .into_iter()
        .collect();
        let kept = headers.end_to_end();
        let names: Vec<_> = kept.iter().map(|header| &*header.name).collect();
        assert_eq!(
            names,
            [
                "HOST",
                "X-CaMeL",
                "X-Forwarded-For",
                "Proxy-Authorization",
                "x-camel"
            ]
        );
    }
}
