//! Redaction of credentials, for everything that shows a request, a response or a URL. It goes by the name of a header
//! or query parameter, because no list of exact names covers all senders.

use std::borrow::Cow;

use super::{Header, Headers, Request, latin1};

/// Replaces a redacted value.
pub(crate) const REDACTED: &str = "[redacted]";

/// Suffixes of the last word of a credential's name, as in `X-Auth-Token` and `accessToken`.
const ENDINGS: [&str; 16] = [
    "assertion",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "authorization",
    "cookie",
    "jwt",
    "apikey",
    "accesskey",
    "authkey",
    "privatekey",
    "secretkey",
    "signingkey",
];
/// Whole last words; as suffixes they would match too much (`turkey`).
const WORDS: [&str; 3] = ["key", "auth", "pwd"];
/// Whole last words of query parameters: a signed URL grants access by itself, while the signature in a header is
/// useless without the body that it signs.
const QUERY_WORDS: [&str; 2] = ["signature", "sig"];
/// Second-to-last words of names that hold an id or an event type: `Idempotency-Key`, `X-Event-Key`.
const IDS: [&str; 2] = ["idempotency", "event"];

/// Authentication schemes, which are not secret (IANA registry, and common ones outside of it).
const KINDS: [&str; 17] = [
    "apikey",
    "aws4-hmac-sha256",
    "basic",
    "bearer",
    "digest",
    "dpop",
    "gnap",
    "hawk",
    "hmac",
    "hmac-sha256",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "signature",
    "token",
];

/// Returns whether a header of this name holds a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    let (before, last) = split_last_word(name);
    let is_end = |end: &&str| {
        let start = last.len().checked_sub(end.len());
        let rest = start.and_then(|start| last.as_bytes().get(start..));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(end.as_bytes()))
    };
    let is_one = ENDINGS.iter().any(is_end) || is_among(last, &WORDS);
    is_one && !is_among(split_last_word(before).1, &IDS)
}

fn is_among(word: &str, words: &[&str]) -> bool {
    words.iter().any(|other| other.eq_ignore_ascii_case(word))
}

/// Splits a name before its last word: `X-Api-Key`, `x_api_key` and `xApiKey` all end in `key`.
fn split_last_word(name: &str) -> (&str, &str) {
    // An index is not a word: `token[0]`, `api_key_2`.
    let name = name.trim_end_matches(|char: char| !char.is_alphabetic());
    let mut start = name.len();
    let mut is_upper = false;
    for (at, char) in name.char_indices().rev() {
        if !char.is_alphanumeric() || (is_upper && char.is_lowercase()) {
            break;
        }
        (start, is_upper) = (at, char.is_uppercase());
    }
    name.split_at(start)
}

/// Returns whether a word of a malformed header name is a credential's name or a scheme: `Authorization Bearer abc: x`.
pub(crate) fn holds_credential_name(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.any(|word| is_credential(word) || is_kind(word))
}

fn is_kind(word: &str) -> bool {
    is_among(word, &KINDS)
}

/// Returns whether a query parameter of this name holds a credential.
fn is_credential_of_query(name: &str) -> bool {
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    is_among(split_last_word(&name).1, &QUERY_WORDS) || is_credential(&name)
}

/// Redacts a header value; the authentication scheme stays.
pub(crate) fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if !is_credential(name) {
        let is_url = value.contains("://") || value.contains('?');
        return if is_url { text(value) } else { value.into() };
    }
    match value.split_once(' ') {
        Some((kind, _)) if is_kind(kind) => format!("{kind} {REDACTED}").into(),
        _ => REDACTED.into(),
    }
}

/// Redacts user, password and credentials in the query of a URL or a request target.
pub(crate) fn url(url: &str) -> Cow<'_, str> {
    pairs(without_userinfo(url, |_| false), |_| false)
}

/// Redacts every URL and request target within a text, as [`url`] does.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    let ends = |char: char| char.is_whitespace() || char.is_control() || "\"'`<>".contains(char);
    pairs(without_userinfo(text, ends), ends)
}

/// Redacts user and password behind each `://`.
fn without_userinfo(text: &str, ends: impl Fn(char) -> bool) -> Cow<'_, str> {
    const START: &str = "://";
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(START) {
        let (before, after) = rest.split_at(start + START.len());
        shown.push_str(before);
        let end = after.find(|char| "/?#\\".contains(char) || ends(char));
        let authority = &after[..end.unwrap_or(after.len())];
        rest = after;
        if let Some(at) = authority.rfind('@') {
            shown.push_str(REDACTED);
            rest = &after[at..];
        }
    }
    if shown.len() + rest.len() == text.len() && !shown.contains(REDACTED) {
        return text.into();
    }
    shown.push_str(rest);
    shown.into()
}

/// Redacts the credentials of `?name=value&name=value`.
fn pairs(text: Cow<'_, str>, ends: impl Fn(char) -> bool) -> Cow<'_, str> {
    let pieces = pieces(&text, ends);
    if pieces.iter().all(|piece| piece.name.is_empty()) {
        return text;
    }
    let shown = pieces.iter().map(|piece| match piece.name {
        "" => piece.text.to_owned(),
        name => format!("{name}={REDACTED}"),
    });
    shown.collect::<String>().into()
}

/// A part of a text: a credential, or the text between two.
struct Piece<'a> {
    /// Empty for the text between credentials.
    name: &'a str,
    /// The value of the credential, or the text itself.
    text: &'a str,
}

/// Splits a text at the credentials of `?name=value&name=value`; `;` separates pairs too.
fn pieces(text: &str, ends: impl Fn(char) -> bool) -> Vec<Piece<'_>> {
    let is_mark = |char: char| "?&#".contains(char);
    let mut pieces = Vec::new();
    // Start of the text that is not split off yet, and where to search on.
    let (mut start, mut from) = (0, 0);
    while let Some(mark) = text[from..].find(is_mark) {
        from += mark + 1;
        // A `?` within a value belongs to the value.
        let end = text[from..].find(|char| "&#".contains(char) || ends(char));
        let end = end.map_or(text.len(), |end| from + end);
        if let Some((at, name)) = credential(&text[from..end]) {
            pieces.push(Piece {
                name: "",
                text: &text[start..from + at],
            });
            let value = from + at + name.len() + 1;
            pieces.push(Piece {
                name,
                text: &text[value..end],
            });
            (start, from) = (end, end);
        }
    }
    pieces.push(Piece {
        name: "",
        text: &text[start..],
    });
    pieces
}

/// Finds the first credential in `name=value;name=value`: its offset and name. Its value extends to the end, because
/// it may contain a semicolon.
fn credential(part: &str) -> Option<(usize, &str)> {
    let mut start = 0;
    for pair in part.split_inclusive(';') {
        let found = pair.split_once('=');
        if let Some((name, _)) = found.filter(|(name, _)| is_credential_of_query(name)) {
            let is_empty = start + name.len() + 1 == part.len();
            return (!is_empty).then_some((start, name));
        }
        start += pair.len();
    }
    None
}

/// Redacts headers.
pub(crate) fn headers(headers: &Headers) -> Headers {
    let mut shown = headers.clone();
    for field in shown.iter_mut() {
        let value = latin1(&field.value);
        let shown = header(&field.name, &value);
        // A value that is not UTF-8 must keep its bytes.
        if shown != value {
            field.value = shown.into_owned().into();
        }
    }
    shown
}

/// Redacts target and headers of a request; the body stays as it is.
pub(crate) fn request(request: &Request) -> Request {
    Request {
        method: request.method.clone(),
        target: url(&request.target).into_owned(),
        headers: headers(&request.headers),
        body: request.body.clone(),
    }
}

/// Redacts a text, unless `--reveal` was given.
pub(crate) fn unless<'a>(
    reveal: bool,
    text: &'a str,
    redact: impl FnOnce(&'a str) -> Cow<'a, str>,
) -> Cow<'a, str> {
    if reveal { text.into() } else { redact(text) }
}

/// Returns whether redaction changes a header.
pub(crate) fn hides(field: &Header) -> bool {
    let value = latin1(&field.value);
    header(&field.name, &value) != value
}

/// Returns whether a value or a URL was redacted when it was written.
pub(crate) fn was_redacted(value: &[u8]) -> bool {
    memchr::memmem::find(value, REDACTED.as_bytes()).is_some()
}

/// Puts the credentials of `whole` back into a target that a user edited in its redacted form.
pub(crate) fn restored(edited: &str, whole: &str) -> String {
    let mut known = pieces(whole, |_| false);
    let edited = pieces(edited, |_| false).into_iter().map(|piece| {
        if piece.name.is_empty() {
            return piece.text.to_owned();
        }
        let place = known.iter().position(|known| known.name == piece.name);
        let text = match place.filter(|_| piece.text == REDACTED) {
            Some(place) => known.remove(place).text,
            None => piece.text,
        };
        format!("{}={text}", piece.name)
    });
    edited.collect()
}

/// Secrets that are redacted wherever they occur in a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hidden(Vec<String>);

impl Hidden {
    /// Keeps those of at least 8 bytes: shorter ones would match by accident.
    pub(crate) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<String> = texts.into_iter().filter(|text| text.len() >= 8).collect();
        // One may contain another.
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(texts)
    }

    /// Returns whether a text contains one of them.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|hidden| text.contains(hidden.as_str()))
    }

    /// Redacts them in a text.
    pub(crate) fn out_of(&self, text: String) -> String {
        let each = self.0.iter();
        each.fold(text, |text, hidden| text.replace(hidden.as_str(), REDACTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credentials_are_told_by_the_ends_of_their_names() {
        for name in [
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "Set-Cookie",
            "X-Api-Key",
            "Api-Key",
            "apikey",
            "X-Gitlab-Token",
            "X-Hook-Secret",
            "X-Telegram-Bot-Api-Secret-Token",
            "X-Auth-Token",
            "X-Access-Token",
            "X-CSRF-Token",
            "X-Amz-Security-Token",
            "X-Vault-Token",
            "Private-Token",
            "Token",
            "X-Secret",
            "X-Webhook-Secret",
            "X-Hasura-Admin-Secret",
            "X-Goog-Iap-Jwt-Assertion",
            "X-Goog-Iap-Jwt",
            "X-Db-Password",
            "X-Forwarded-Authorization",
            "x_api_key",
            "X-Auth",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "Svix-Signature",
            "X-Hub-Signature-256",
            "Stripe-Signature",
            "X-Shopify-Hmac-Sha256",
            "Idempotency-Key",
            "X-Idempotency-Key",
            "I-Twilio-Idempotency-Token",
            "X-Event-Key",
            "X-Turkey",
            "Host",
            "Content-Type",
            "Www-Authenticate",
            "Token-Type",
            "",
            "-",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }

    #[test]
    fn of_an_authorization_the_kind_is_shown() {
        let shown = |value: &'static str| header("authorization", value);
        assert_eq!(shown("Basic dTpw"), "Basic [redacted]");
        assert_eq!(shown("bearer a b"), "bearer [redacted]");
        assert_eq!(shown("abc"), "[redacted]");
        assert_eq!(shown("s3cret of mine"), "[redacted]");
        assert_eq!(header("x-api-key", "k1 k2"), "[redacted]");
        assert_eq!(
            header("Referer", "https://u:p@x/?token=a&b=c"),
            "https://[redacted]@x/?token=[redacted]&b=c"
        );
        assert_eq!(
            header("X-Original-Uri", "/a?token=b"),
            "/a?token=[redacted]"
        );
        assert_eq!(
            header("Refresh", "0; url=/?key=b"),
            "0; url=/?key=[redacted]"
        );
        assert_eq!(header("Signature-Input", "sig=();key=b"), "sig=();key=b");
    }

    #[test]
    fn urls_lose_user_password_and_credentials_of_the_query() {
        for (whole, shown) in [
            ("/a?b=c&d", "/a?b=c&d"),
            ("/a?token=b", "/a?token=[redacted]"),
            (
                "/?a=1&access_token=x&b=2",
                "/?a=1&access_token=[redacted]&b=2",
            ),
            ("/?API_KEY=a=b", "/?API_KEY=[redacted]"),
            (
                "/?apiKey=a&accessToken=b",
                "/?apiKey=[redacted]&accessToken=[redacted]",
            ),
            (
                "/?key=1#access_token=2",
                "/?key=[redacted]#access_token=[redacted]",
            ),
            (
                "/?sig=1&X-Amz-Signature=2",
                "/?sig=[redacted]&X-Amz-Signature=[redacted]",
            ),
            (
                "/?a[secret]=1&hub.verify_token=2",
                "/?a[secret]=[redacted]&hub.verify_token=[redacted]",
            ),
            (
                "/?%74oken=1&to%6ben=2",
                "/?%74oken=[redacted]&to%6ben=[redacted]",
            ),
            ("/?token='a'b", "/?token=[redacted]"),
            ("/?token=a?b&c=d", "/?token=[redacted]&c=d"),
            ("/?a=b;token=c;d&e=f", "/?a=b;token=[redacted]&e=f"),
            (
                "/?token[0]=a&token[]=b&api_key_2=c",
                "/?token[0]=[redacted]&token[]=[redacted]&api_key_2=[redacted]",
            ),
            ("/?token=&token&tokens=1", "/?token=&token&tokens=1"),
            ("http://u:p@x:1/a@b?c@d", "http://[redacted]@x:1/a@b?c@d"),
            ("http://u@x", "http://[redacted]@x"),
            ("http://a:b@c@x/", "http://[redacted]@x/"),
            ("http://x/http://u:p@y/", "http://x/http://[redacted]@y/"),
            ("*", "*"),
        ] {
            assert_eq!(url(whole), shown);
        }
        assert_eq!(
            text("`http://u:p@x/?token=a` redirects to 'http://y/?key=b', really?"),
            "`http://[redacted]@x/?token=[redacted]` redirects to 'http://y/?key=[redacted]', really?"
        );
    }

    #[test]
    fn a_request_that_is_shown_differs_in_nothing_else() {
        let fields = [
            ("X-Token", &b"abc"[..]),
            ("Authorization", b"Bearer abc"),
            ("X-Name", b"caf\xe9"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        let whole = Request {
            method: "POST".into(),
            target: "/a?key=1&b=2".into(),
            headers: fields.into_iter().collect(),
            body: "token=abc".into(),
        };
        let shown = request(&whole);
        let values: Vec<_> = shown.headers.iter().map(|field| &*field.value).collect();
        assert_eq!(
            values,
            [&b"[redacted]"[..], b"Bearer [redacted]", b"caf\xe9"]
        );
        assert_eq!(shown.target, "/a?key=[redacted]&b=2");
        assert_eq!((shown.method, shown.body), (whole.method, whole.body));
    }

    #[test]
    fn an_edited_target_gets_back_what_was_left_out_of_it() {
        let whole = "/a?token=1&b=2&token=3&key=4";
        let edited = url(whole).replace("/a", "/c").replace("b=2", "b=5");
        assert_eq!(restored(&edited, whole), "/c?token=1&b=5&token=3&key=4");
        let odd = "/?x=1;token=a?b;c&d=e";
        assert_eq!(restored(&url(odd), odd), odd);
        assert_eq!(
            restored("/?secret=[redacted]&token=new", whole),
            "/?secret=[redacted]&token=new"
        );
    }

    proptest! {
        #[test]
        fn what_is_redacted_once_stays_as_it_is(whole in "[a-z:/@?&=#%.]{0,30}(token=|://)[a-z@/&'é ]{0,12}") {
            for redact in [url, text] {
                let once = redact(&whole).into_owned();
                prop_assert_eq!(redact(&once), &*once);
            }
        }

        #[test]
        fn a_value_never_stays(name in "(access_)?(token|secret|api_key|password|key|sig)", value in "[A-Z]{9,20}", before in "[a-z=&?]{0,9}") {
            let whole = format!("http://x/?{before}&{name}={value}&z=1");
            let shown = url(&whole).into_owned();
            prop_assert!(!shown.contains(&value) && shown.ends_with("=[redacted]&z=1"), "{}", shown);
        }
    }
}
