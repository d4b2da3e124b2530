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

/// Fields that say what the message is, for whom and from whom. `Connection` cannot name them: who does so wants the
/// next server to read another message (RFC 9110, section 7.6.1).
const OF_THE_MESSAGE: [&str; 13] = [
    "host",
    "content-length",
    "transfer-encoding",
    "content-type",
    "content-encoding",
    "authorization",
    "cookie",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
];

/// Whether a field belongs to the message, whatever `Connection` says.
pub(super) fn is_of_the_message(name: &str) -> bool {
    OF_THE_MESSAGE.contains(&name)
}

/// An option in a value of `Connection` that names a field of the message.
pub(crate) fn misnamed_option(value: &[u8]) -> Option<String> {
    options(value).find(|option| is_of_the_message(option))
}

/// The options in a value of `Connection`, in lower case.
pub(super) fn options(value: &[u8]) -> impl Iterator<Item = String> + use<> {
    let value = latin1(value).to_ascii_lowercase();
    let options = value.split(',').map(|option| option.trim().to_owned());
    let options: Vec<_> = options.filter(|option| !option.is_empty()).collect();
    options.into_iter()
}

impl Headers {
    /// The fields that are passed on, in their order and spelling: without those of the connection, and without
    /// those that `Connection` names, unless they belong to the message or `relies_on` (in lower case) says so.
    pub(crate) fn end_to_end(&self, relies_on: impl Fn(&str) -> bool) -> Headers {
        let named = self.all("connection").flat_map(options);
        let named: Vec<String> = named
            .filter(|name| !is_of_the_message(name) && !relies_on(name))
            .collect();
        let stays = |name: &str| {
            let name = name.to_ascii_lowercase();
            !OF_ONE_HOP.contains(&&*name) && !named.contains(&name)
        };
        let kept = self.iter().filter(|header| stays(&header.name));
        kept.map(|header| (header.name.clone(), header.value.clone()))
            .collect()
    }

    /// Removes options from `Connection`, and the fields of that name that have none left.
    pub(super) fn disconnect(&mut self, goes: impl Fn(&str) -> bool) {
        let is_connection = |name: &str| name.eq_ignore_ascii_case("connection");
        for header in self
            .0
            .iter_mut()
            .filter(|header| is_connection(&header.name))
        {
            if options(&header.value).any(|option| goes(&option)) {
                let text = latin1(&header.value).into_owned();
                let kept = text.split(',').map(str::trim);
                let kept = kept.filter(|option| !goes(&option.to_ascii_lowercase()));
                header.value = kept.collect::<Vec<_>>().join(", ").into();
            }
        }
        self.0
            .retain(|header| !is_connection(&header.name) || !header.value.is_empty());
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
        let kept = headers.end_to_end(|_| false);
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
    #[test]
    fn connection_names_no_field_of_the_message_and_none_that_is_relied_on() {
        let headers: Headers = [
            ("Connection", "Content-Length, HOST,content-type , x-sig"),
            ("connection", "authorization, x-own, , x-forwarded-for"),
            ("Host", "a"),
            ("Content-Length", "2"),
            ("Content-Type", "b"),
            ("X-Sig", "kept"),
            ("Authorization", "kept"),
            ("X-Own", "gone"),
            ("X-Forwarded-For", "kept"),
        ]
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .into_iter()
        .collect();
        let kept = headers.end_to_end(|name| name == "x-sig");
        let names: Vec<_> = kept.iter().map(|header| &*header.name).collect();
        assert_eq!(
            names,
            [
                "Host",
                "Content-Length",
                "Content-Type",
                "X-Sig",
                "Authorization",
                "X-Forwarded-For"
            ]
        );
    }
}
