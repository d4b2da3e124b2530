//! What is left out wherever a request or a URL is shown: values that let their holder in. Decided here alone, by
//! name: nobody can know the headers of all senders.

use std::borrow::Cow;

use super::{Header, Headers, Request, latin1};

/// Stands in the place of what is left out.
pub(crate) const REDACTED: &str = "[redacted]";

/// Ends of the last word of a name whose value is a credential, as in `X-Auth-Token` and `accessToken`.
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
/// Last words that are too short to be ends of others (`turkey`).
const WORDS: [&str; 3] = ["key", "auth", "pwd"];
/// Last words in the query of a URL: whoever has a signed URL may use it, whereas the signature of a header is worth
/// nothing without the body that it signs.
const QUERY_WORDS: [&str; 2] = ["signature", "sig"];
/// Words before the last that make a name of an id or an event: `Idempotency-Key`, `X-Event-Key`.
const IDS: [&str; 2] = ["idempotency", "event"];

/// Schemes of an Authorization header, which may be shown (IANA's register, and those that APIs made up).
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

/// Whether the value of a header of this name is a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let is_id = before
        .last()
        .is_some_and(|word| IDS.contains(&word.as_str()));
    let is_one = ENDINGS.iter().any(|end| last.ends_with(end)) || WORDS.contains(&last.as_str());
    is_one && !is_id
}

/// Whether one of the words before a colon names a credential or a kind of one: `Authorization Bearer abc: x`.
pub(crate) fn holds_credential_name(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.any(|word| is_credential(word) || is_kind(word))
}

fn is_kind(word: &str) -> bool {
    KINDS.contains(&word.to_ascii_lowercase().as_str())
}

/// Whether the value of a pair of this name in a query is one.
fn is_credential_of_query(name: &str) -> bool {
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let is_signature = words(&name)
        .last()
        .is_some_and(|word| QUERY_WORDS.contains(&word.as_str()));
    is_signature || is_credential(&name)
}

/// The words of a name in lower case: `X-Api-Key`, `x_api_key` and `xApiKey` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for char in name.chars() {
        if !char.is_alphanumeric() || (was_lower && char.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| char.is_alphanumeric()) {
            word.extend(char.to_lowercase());
        }
        was_lower = char.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A header value as it may be shown: of an Authorization, the kind alone.
pub(crate) fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if !is_credential(name) {
        let is_url = value.contains("://") || value.starts_with('/');
        return if is_url { text(value) } else { value.into() };
    }
    match value.split_once(' ') {
        Some((kind, _)) if is_kind(kind) => format!("{kind} {REDACTED}").into(),
        _ => REDACTED.into(),
    }
}

/// A URL or a target as it may be shown: without user and password, and without the values of credentials in the
/// query.
pub(crate) fn url(url: &str) -> Cow<'_, str> {
    pairs(without_userinfo(url, |_| false), |_| false)
}

/// Text as it may be shown: as [`url`] for each URL and target in it.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    let ends = |char: char| char.is_whitespace() || char.is_control() || "\"'`<>".contains(char);
    pairs(without_userinfo(text, ends), ends)
}

/// Takes user and password out of what stands behind each `://`.
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

/// Takes the values of credentials out of `?name=value&name=value`.
fn pairs(text: Cow<'_, str>, ends: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_mark = |char: char| "?&#".contains(char);
    if !text.contains(is_mark) {
        return text;
    }
    let mut shown = String::new();
    let mut rest: &str = &text;
    while let Some(mark) = rest.find(is_mark) {
        let (before, after) = rest.split_at(mark + 1);
        shown.push_str(before);
        let end = after.find(|char| is_mark(char) || ends(char));
        let pair = &after[..end.unwrap_or(after.len())];
        rest = &after[pair.len()..];
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_credential_of_query(name) => {
                shown.push_str(&format!("{name}={REDACTED}"));
            }
            _ => shown.push_str(pair),
        }
    }
    shown.push_str(rest);
    if shown == *text { text } else { shown.into() }
}

/// Headers as they may be shown.
pub(crate) fn headers(headers: &Headers) -> Headers {
    let mut shown = headers.clone();
    for field in shown.iter_mut() {
        let value = latin1(&field.value);
        let shown = header(&field.name, &value);
        // A value whose bytes are no UTF-8 stays as it is, too.
        if shown != value {
            field.value = shown.into_owned().into();
        }
    }
    shown
}

/// A request as it may be shown; no body is looked into.
pub(crate) fn request(request: &Request) -> Request {
    Request {
        method: request.method.clone(),
        target: url(&request.target).into_owned(),
        headers: headers(&request.headers),
        body: request.body.clone(),
    }
}

/// A text as it may be shown, unless all of it may be.
pub(crate) fn unless<'a>(
    reveal: bool,
    text: &'a str,
    redact: impl FnOnce(&'a str) -> Cow<'a, str>,
) -> Cow<'a, str> {
    if reveal { text.into() } else { redact(text) }
}

/// Whether something of a header would be left out.
pub(crate) fn hides(field: &Header) -> bool {
    let value = latin1(&field.value);
    header(&field.name, &value) != value
}

/// Whether a value or a URL was left out, or a part of it.
pub(crate) fn was_redacted(value: &[u8]) -> bool {
    memchr::memmem::find(value, REDACTED.as_bytes()).is_some()
}

/// An edited target, with the values in their places that were left out when `whole` was shown.
pub(crate) fn restored(edited: &str, whole: &str) -> String {
    let is_mark = |char: char| "?&#".contains(char);
    let mut pairs: Vec<(&str, &str)> = whole
        .split(is_mark)
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| is_credential_of_query(name))
        .collect();
    let mut target = String::new();
    for part in edited.split_inclusive(is_mark) {
        let pair = part.trim_end_matches(is_mark);
        let known = pair
            .strip_suffix(REDACTED)
            .and_then(|start| start.strip_suffix('='))
            .and_then(|name| pairs.iter().position(|(known, _)| *known == name));
        match known {
            Some(place) => {
                let (name, value) = pairs.remove(place);
                target.push_str(&format!("{name}={value}{}", &part[pair.len()..]));
            }
            None => target.push_str(part),
        }
    }
    target
}

/// Texts that are shown nowhere, such as the secrets of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hidden(Vec<String>);

impl Hidden {
    /// Those of at least 8 bytes: a shorter one would be found everywhere.
    pub(crate) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<String> = texts.into_iter().filter(|text| text.len() >= 8).collect();
        // One may be a part of another.
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(texts)
    }

    /// Whether a text holds one of them.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|hidden| text.contains(hidden.as_str()))
    }

    /// A text without them.
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
        assert_eq!(header("X-Note", "a?token=b"), "a?token=b");
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
