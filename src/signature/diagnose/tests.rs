//! Each way to break a delivery, under each scheme that it can be done to, must get its cause, and nothing else may.

use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::request::spelling::{Html, Numbers, Order, Slash, Space, Spelled, Style, Unicode};
use crate::request::{Headers, Request};
use crate::signature::Key;
use crate::signature::message::{self, Template};
use crate::signature::{Attempt, Clock, all, named, sign, verify_any};

pub(super) const NOW: i64 = 1_700_000_000;
pub(super) const URL: &str = "https://example.com/hooks/in?team=7";
pub(super) const BODY: &str = r#"{"id":"evt_1","zip":{},"amount":12,"url":"https://a.test/b","note":"Zoë & <b>","list":[1,2.5]}"#;

pub(super) fn request(body: &[u8]) -> Request {
    Request {
        method: "POST".into(),
        target: "/hooks/in?team=7".into(),
        headers: Headers::default(),
        body: body.to_vec().into(),
    }
}

pub(super) fn secret_of(scheme: &Scheme) -> Secret {
    use crate::signature::scheme::KeyForm;
    Secret::new(match scheme.key {
        Some(KeyForm::Whsec) => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        Some(KeyForm::Base64) => "YWlydGFibGUtbWFjLXNlY3JldCE=",
        Some(KeyForm::Hex) => "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
        _ => "shared-secret_9f86d081884c7d65",
    })
}

pub(super) fn signed_with(scheme: &Scheme, secret: &Secret, body: &[u8], url: &str) -> Request {
    let mut request = request(body);
    let key = Key::new(scheme, secret).unwrap();
    let attempt = Attempt {
        id: "msg_1",
        timestamp: NOW,
        url,
        prefix: None,
    };
    sign(scheme, &key, &mut request, attempt).unwrap();
    request
}

pub(super) fn setting(url: &str) -> Setting<'_> {
    Setting {
        clock: Clock {
            now: NOW,
            tolerance: None,
        },
        url: Some(url),
        brief: false,
    }
}

/// The codes that a request gets; none if it is valid.
fn codes(scheme: &'static Scheme, secret: &Secret, request: &Request, url: &str) -> Vec<Code> {
    let source = Source::new(request);
    let secrets = [secret.clone()];
    let reason = match verify_any(
        &[scheme],
        &mut |scheme| verify::keys(scheme, &secrets),
        &source,
        setting(url),
    ) {
        Some(Ok(found)) if found.status == Status::Valid => return Vec::new(),
        Some(Ok(found)) => found.reason.unwrap_or(Reason::Mismatch),
        _ => Reason::Mismatch,
    };
    let case = Case {
        scheme,
        secrets: &secrets,
        others: &[],
        source: &source,
        setting: setting(url),
        reason,
        effort: Effort::default(),
    };
    diagnose(&case)
        .causes
        .iter()
        .map(|cause| cause.code)
        .collect()
}

/// Schemes with a keyed digest over the body.
fn over_the_body() -> impl Iterator<Item = &'static Scheme> {
    all().iter().filter(|scheme| {
        let keyed = matches!(
            scheme.alg,
            Algorithm::HmacSha1 | Algorithm::HmacSha256 | Algorithm::HmacSha512 | Algorithm::Sha256
        );
        let in_body = scheme.ts.as_ref().is_some_and(|ts| ts.body.is_some());
        keyed && !in_body && scheme.msg.0.contains(&message::Piece::Body)
    })
}

fn spelled(body: &str, style: Style) -> Vec<u8> {
    Spelled::new(body.as_bytes()).unwrap().write(style)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// A name, what was signed, what arrived, and the cause.
type Broken = (&'static str, Vec<u8>, Vec<u8>, Code);

/// The same break in both directions.
fn both_ways(there: &'static str, back: &'static str, other: &[u8], code: Code) -> [Broken; 2] {
    let own = BODY.as_bytes();
    [
        (there, other.to_vec(), own.to_vec(), code),
        (back, own.to_vec(), other.to_vec(), code),
    ]
}

/// The style that keeps all but what is changed.
fn but(change: impl FnOnce(&mut Style)) -> Style {
    let mut style = Style::KEEP;
    change(&mut style);
    style
}

fn broken_spellings() -> Vec<Broken> {
    let there_and_back = [
        (
            "spaces",
            but(|it| it.space = Some(Space::OneLine)),
            Code::BodyReserialised,
        ),
        (
            "indented",
            but(|it| it.space = Some(Space::Indent(2))),
            Code::BodyReserialised,
        ),
        (
            "escaped",
            but(|it| it.unicode = Unicode::EscapeLower),
            Code::BodyUnicodeEscape,
        ),
        (
            "slashes",
            but(|it| it.slash = Slash::Escape),
            Code::BodySlashEscape,
        ),
        (
            "html",
            but(|it| it.html = Html::EscapeLower),
            Code::BodyHtmlEscape,
        ),
        (
            "1.0",
            but(|it| it.numbers = Numbers::WithPoint),
            Code::BodyNumberFormat,
        ),
        (
            "one 1.0",
            but(|it| it.numbers = Numbers::OneWithPoint(1)),
            Code::BodyNumberFormat,
        ),
    ];
    let mut broken: Vec<Broken> = Vec::new();
    for (name, style, code) in there_and_back {
        broken.extend(both_ways(name, name, &spelled(BODY, style), code));
    }
    let mut sorted = but(|it| it.order = Order::Sorted);
    sorted.space = Some(Space::Compact);
    let mut python = but(|it| it.unicode = Unicode::EscapeLower);
    python.space = Some(Space::OneLine);
    let mut php = but(|it| it.unicode = Unicode::EscapeLower);
    php.slash = Slash::Escape;
    for (name, style, code) in [
        ("sorted", sorted, Code::BodyKeyOrder),
        ("python's", python, Code::BodyReserialised),
        ("php's", php, Code::BodyUnicodeEscape),
    ] {
        broken.push((name, spelled(BODY, style), BODY.into(), code));
    }
    let permuted = br#"{"b":1,"c":2,"a":3}"#.to_vec();
    let own = br#"{"a":3,"b":1,"c":2}"#.to_vec();
    broken.push(("another order", permuted, own, Code::BodyKeyOrder));
    broken
}

fn broken_bytes() -> Vec<Broken> {
    let own = BODY.as_bytes().to_vec();
    let pretty = spelled(
        BODY,
        Style {
            space: Some(Space::Indent(2)),
            ..Style::KEEP
        },
    );
    let crlf = String::from_utf8(pretty.clone())
        .unwrap()
        .replace('\n', "\r\n")
        .into_bytes();
    let latin1 = BODY
        .chars()
        .map(|char| u8::try_from(u32::from(char)).unwrap())
        .collect();
    let twice: Vec<u8> = BODY
        .bytes()
        .map(char::from)
        .collect::<String>()
        .into_bytes();
    let line = [&own[..], b"\n"].concat();
    let bom = ["\u{feff}".as_bytes(), &own[..]].concat();
    let mut broken = vec![
        ("latin1, came utf-8", latin1, own.clone(), Code::BodyCharset),
        (
            "lossy, came whole",
            BODY.replace('ë', "?").into_bytes(),
            own.clone(),
            Code::BodyCharset,
        ),
        (
            "lf, came crlf",
            pretty.clone(),
            crlf.clone(),
            Code::BodyLineEndings,
        ),
        ("crlf, came lf", crlf, pretty, Code::BodyLineEndings),
        ("empty", Vec::new(), own.clone(), Code::BodyEmpty),
        (
            "whole, came cut",
            own.clone(),
            own[..own.len() - 2].to_vec(),
            Code::BodyTruncated,
        ),
    ];
    broken.extend(both_ways(
        "twice utf-8",
        "came twice utf-8",
        &twice,
        Code::BodyCharset,
    ));
    broken.extend(both_ways(
        "with a line end",
        "came with a line end",
        &line,
        Code::BodyFinalNewline,
    ));
    broken.extend(both_ways("with bom", "came with bom", &bom, Code::BodyBom));
    broken
}

fn broken_wrappings() -> Vec<Broken> {
    use base64::Engine as _;
    let own = BODY.as_bytes().to_vec();
    let quoted = serde_json::to_string(BODY).unwrap().into_bytes();
    let base64 = base64::engine::general_purpose::STANDARD
        .encode(&own)
        .into_bytes();
    let form = b"a=1&b=x+y%2Fz&c=%7E".to_vec();
    let escaped: String = form_urlencoded::byte_serialize(&own).collect();
    let payload = format!("payload={escaped}").into_bytes();
    let mut broken = vec![
        (
            "form with +",
            form.clone(),
            b"a=1&b=x%20y%2Fz&c=%7E".to_vec(),
            Code::BodyFormEncoding,
        ),
        (
            "form with %7E",
            form,
            b"a=1&b=x+y%2Fz&c=~".to_vec(),
            Code::BodyFormEncoding,
        ),
        (
            "plain, came compressed",
            own.clone(),
            gzip(&own),
            Code::BodyGzip,
        ),
    ];
    broken.extend(both_ways(
        "stringified twice",
        "came stringified twice",
        &quoted,
        Code::BodyDoubleStringified,
    ));
    broken.extend(both_ways(
        "base64",
        "came as base64",
        &base64,
        Code::BodyBase64,
    ));
    broken.extend(both_ways(
        "payload=",
        "came as payload=",
        &payload,
        Code::BodyFormEncoding,
    ));
    broken
}

fn broken_bodies() -> Vec<Broken> {
    [broken_spellings(), broken_bytes(), broken_wrappings()].concat()
}

#[test]
fn each_broken_body_gets_its_cause_under_every_scheme() {
    let mut wrong = Vec::new();
    for scheme in over_the_body() {
        let secret = secret_of(scheme);
        for (name, signed, arrived, code) in broken_bodies() {
            let mut request = signed_with(scheme, &secret, &signed, URL);
            request.body = arrived.into();
            let found = codes(scheme, &secret, &request, URL);
            if found.first() != Some(&code) {
                wrong.push(format!(
                    "{}: {name}: wanted {code:?}, found {found:?}",
                    scheme.id
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The secret that the sender has, the one at hand, and the cause; `{s}` is the scheme's own.
const BROKEN_SECRETS: [(&str, &str, Code); 8] = [
    ("{s}", "{s}\n", Code::SecretWhitespace),
    ("{s}", " {s}", Code::SecretWhitespace),
    ("{s}", "\"{s}\"", Code::SecretWhitespace),
    ("{s}", "'{s}'", Code::SecretWhitespace),
    ("{s}\n", "{s}", Code::SecretWhitespace),
    ("{s}", "v1,whsec_{s}", Code::SecretPrefix),
    ("{s}", "WEBHOOK_SECRET={s}", Code::SecretPrefix),
    ("{s}", "base64:{s}", Code::SecretPrefix),
];

#[test]
fn each_broken_secret_gets_its_cause_under_every_scheme() {
    let mut wrong = Vec::new();
    for scheme in over_the_body() {
        let own = secret_of(scheme);
        let bare = own.reveal().trim_start_matches("whsec_").to_owned();
        for (sender, here, code) in BROKEN_SECRETS {
            let of = |form: &str| {
                let own = if form.contains("whsec_") {
                    &bare
                } else {
                    own.reveal()
                };
                Secret::new(&form.replace("{s}", own))
            };
            let (sender, here) = (of(sender), of(here));
            let request = signed_with(scheme, &sender, BODY.as_bytes(), URL);
            let found = codes(scheme, &here, &request, URL);
            // White space around an encoded key is read over.
            let is_valid = found.is_empty() && code == Code::SecretWhitespace;
            if found.first() != Some(&code) && !is_valid {
                wrong.push(format!(
                    "{}: {}: wanted {code:?}, found {found:?}",
                    scheme.id,
                    here.reveal()
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn keys_made_in_another_way_are_told() {
    use base64::Engine as _;
    let mut wrong = Vec::new();
    for scheme in over_the_body() {
        let secret = secret_of(scheme);
        let text = secret.reveal();
        let bare = text.trim_start_matches("whsec_");
        let keys = [
            ("as text", text.as_bytes().to_vec()),
            ("as text without prefix", bare.as_bytes().to_vec()),
            (
                "as base64 text",
                base64::engine::general_purpose::STANDARD
                    .encode(text)
                    .into_bytes(),
            ),
            ("as hex text", hex::encode(text).into_bytes()),
        ];
        let own = Key::new(scheme, &secret).unwrap();
        for (name, bytes) in keys {
            if bytes == own.bytes() {
                continue;
            }
            let mut request = request(BODY.as_bytes());
            let attempt = Attempt {
                id: "msg_1",
                timestamp: NOW,
                url: URL,
                prefix: None,
            };
            sign(scheme, &Key::symmetric(bytes), &mut request, attempt).unwrap();
            let found = codes(scheme, &secret, &request, URL);
            if !matches!(
                found.first(),
                Some(Code::SecretEncoding | Code::SecretPrefix)
            ) {
                wrong.push(format!("{}: {name}: found {found:?}", scheme.id));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_broken_signature_gets_its_cause_under_every_scheme() {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut wrong = Vec::new();
    for scheme in over_the_body() {
        let sig = scheme.sig.as_ref().unwrap();
        let Some(header) = sig.header() else { continue };
        let secret = secret_of(scheme);
        let good = signed_with(scheme, &secret, BODY.as_bytes(), URL);
        let value = good.headers.text(header).unwrap().into_owned();
        let digest = read::digests(scheme, sig, &[value.as_str().into()])
            .ok()
            .unwrap()
            .remove(0);
        let text = scheme.enc.first().write(&digest);
        let is_hex = hex::decode(&text).is_ok();
        let mut cases = Vec::new();
        if is_hex {
            cases.push((
                value.replace(&text, &text.to_uppercase()),
                Code::SignatureEncoding,
            ));
        }
        if scheme.enc.0.len() == 1 {
            let other = if is_hex {
                base64.encode(&digest)
            } else {
                hex::encode(&digest)
            };
            cases.push((value.replace(&text, &other), Code::SignatureEncoding));
        }
        if let Some(prefix) = &sig.prefix {
            cases.push((text.clone(), Code::SignaturePrefix));
            cases.push((format!("{prefix} {text}"), Code::SignaturePrefix));
            cases.push((format!("sig={text}"), Code::SignaturePrefix));
        }
        if let (Some(kv), Some(split), None) = (
            sig.kv,
            sig.split,
            &scheme.ts.as_ref().and_then(|ts| ts.sigfield.clone()),
        ) {
            let other = if split == ' ' { ';' } else { ' ' };
            cases.push((
                format!("{}{kv}{text}{other}{}{kv}{text}", sig.keys[0], sig.keys[0]),
                Code::SignatureList,
            ));
        }
        for (value, code) in cases {
            let mut request = good.clone();
            request.headers.set(header, value.clone());
            let found = codes(scheme, &secret, &request, URL);
            if found.first() != Some(&code) {
                wrong.push(format!(
                    "{}: {value}: wanted {code:?}, found {found:?}",
                    scheme.id
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn another_digest_is_told_by_its_length() {
    let mut wrong = Vec::new();
    for scheme in over_the_body() {
        for alg in [
            Algorithm::HmacSha1,
            Algorithm::HmacSha256,
            Algorithm::HmacSha512,
        ] {
            if alg == scheme.alg {
                continue;
            }
            let secret = secret_of(scheme);
            let mut other = scheme.clone();
            other.alg = alg;
            let request = signed_with(&other, &secret, BODY.as_bytes(), URL);
            let found = codes(scheme, &secret, &request, URL);
            if found.first() != Some(&Code::SignatureDigest) {
                wrong.push(format!("{}: {alg:?}: found {found:?}", scheme.id));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn other_urls_times_and_messages_are_told() {
    let urls = [
        ("http://example.com/hooks/in?team=7", Code::UrlScheme),
        ("https://example.com:8443/hooks/in?team=7", Code::UrlHost),
        ("https://EXAMPLE.com/hooks/in?team=7", Code::UrlHost),
        ("https://example.com/hooks/in/?team=7", Code::UrlPath),
        ("https://example.com/hooks/in?team=7#top", Code::UrlPath),
        ("https://example.com/app/hooks/in?team=7", Code::UrlPath),
    ];
    let mut wrong = Vec::new();
    for scheme in over_the_body() {
        let secret = secret_of(scheme);
        let request = signed_with(scheme, &secret, BODY.as_bytes(), URL);
        for (here, code) in urls.iter().filter(|_| scheme.signs_url()) {
            let found = codes(scheme, &secret, &request, here);
            let told = found.first() == Some(code)
                || (found.is_empty() && !scheme.url_variants.is_empty());
            if !told {
                wrong.push(format!(
                    "{}: {here}: wanted {code:?}, found {found:?}",
                    scheme.id
                ));
            }
        }
        if scheme.msg.has_timestamp() {
            let ts = scheme.ts.as_ref().unwrap();
            let mut other = scheme.clone();
            other.msg = Template::try_from("{body}".to_owned()).unwrap();
            let request = signed_with(&other, &secret, BODY.as_bytes(), URL);
            let found = codes(scheme, &secret, &request, URL);
            if found.first() != Some(&Code::MessageTemplate) {
                wrong.push(format!("{}: body alone: found {found:?}", scheme.id));
            }
            if let Some(header) = &ts.header
                && ts.unit == Unit::Seconds
            {
                let mut request = signed_with(scheme, &secret, BODY.as_bytes(), URL);
                request.headers.set(header, format!("{NOW}000"));
                let found = codes(scheme, &secret, &request, URL);
                if found.first() != Some(&Code::TimestampUnit) {
                    wrong.push(format!("{}: milliseconds: found {found:?}", scheme.id));
                }
                request.headers.set(header, format!("{}", NOW + 7));
                let found = codes(scheme, &secret, &request, URL);
                if found.first() != Some(&Code::TimestampSignedDiffers) {
                    wrong.push(format!("{}: seven seconds: found {found:?}", scheme.id));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_request_of_another_scheme_and_another_configured_secret_are_told() {
    let secret = Secret::new("shared-secret_9f86d081884c7d65");
    let github = named("github").unwrap();
    let request = signed_with(github, &secret, BODY.as_bytes(), URL);
    assert_eq!(
        codes(named("stripe").unwrap(), &secret, &request, URL),
        [Code::SchemeOther]
    );

    let source = Source::new(&request);
    let given = [Secret::new("another-secret_ffffffffffff")];
    let others = [OtherSecret {
        of: "`github` in the configuration".to_owned(),
        secret,
    }];
    let case = Case {
        scheme: github,
        secrets: &given,
        others: &others,
        source: &source,
        setting: setting(URL),
        reason: Reason::Mismatch,
        effort: Effort::default(),
    };
    let causes = diagnose(&case).causes;
    assert_eq!(causes[0].code, Code::SecretOther);
    assert!(
        !format!("{causes:?}").contains("shared-secret"),
        "no secret is shown"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_wrong_secret_or_an_altered_body_never_gets_a_cause(
        row in 0usize..200,
        secret in "[A-Za-z0-9]{16,40}",
        at: prop::sample::Index,
        letter in "[a-z]",
    ) {
        let schemes: Vec<_> = over_the_body().collect();
        let scheme = schemes[row % schemes.len()];
        let own = secret_of(scheme);
        let request = signed_with(scheme, &own, BODY.as_bytes(), URL);
        if let Ok(key) = Key::new(scheme, &Secret::new(&secret)) && !key.is_empty() {
            prop_assert_eq!(codes(scheme, &Secret::new(&secret), &request, URL), []);
        }
        let mut altered = request;
        let mut body = BODY.as_bytes().to_vec();
        body.insert(at.index(body.len()), letter.as_bytes()[0]);
        altered.body = body.into();
        prop_assert_eq!(codes(scheme, &own, &altered, URL), []);
    }

    #[test]
    fn any_bytes_are_diagnosed_without_a_panic(header: Vec<u8>, body: Vec<u8>, secret: String, row in 0usize..200) {
        let scheme = &all()[row % all().len()];
        let mut request = request(&body);
        for name in scheme.header_names() {
            request.headers.push(name, header.clone());
        }
        let _ = codes(scheme, &Secret::new(&secret), &request, &secret);
    }
}
