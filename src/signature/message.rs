//! The signed message: a scheme's template filled in.

use std::borrow::Cow;

use serde::Deserialize;

use super::extract::Source;
use super::scheme::{GetBody, Join, Scheme};
use crate::request::{Request, form};

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Id,
    Timestamp,
    Body,
    Url,
    Method,
    Secret,
    /// The form's pairs, sorted by name and value, without separators, each once (Twilio's rule).
    Form,
    Header(String),
    /// A value of the body, by path.
    Field(String),
}

/// The signed message over `{id}`, `{ts}`, `{body}`, `{url}`, `{method}`, `{secret}`, `{form}`, `{h:header}` and
/// `{b:json.path}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Template(pub(super) Vec<Piece>);

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = &*text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("`{text}` has an open brace"))?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(match name.split_once(':') {
                Some(("h", header)) => Piece::Header(header.to_owned()),
                Some(("b", path)) => Piece::Field(path.to_owned()),
                _ => match name {
                    "id" => Piece::Id,
                    "ts" => Piece::Timestamp,
                    "body" => Piece::Body,
                    "url" => Piece::Url,
                    "method" => Piece::Method,
                    "secret" => Piece::Secret,
                    "form" => Piece::Form,
                    other => return Err(format!("`{{{other}}}` is not known")),
                },
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}

impl Template {
    pub(super) fn has_url(&self) -> bool {
        self.0.contains(&Piece::Url)
    }

    pub(super) fn has_timestamp(&self) -> bool {
        self.0.contains(&Piece::Timestamp)
    }

    pub(super) fn has_id(&self) -> bool {
        self.0.contains(&Piece::Id)
    }

    pub(super) fn has_bytes(&self) -> bool {
        self.0.contains(&Piece::Body)
    }

    pub(super) fn has_body(&self) -> bool {
        self.0
            .iter()
            .any(|piece| matches!(piece, Piece::Body | Piece::Form))
    }

    /// The headers that are signed.
    pub(super) fn headers(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Header(name) => Some(name),
            _ => None,
        })
    }

    /// The template as the table writes it.
    pub(super) fn text(&self) -> String {
        let word = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Id => "{id}".to_owned(),
            Piece::Timestamp => "{ts}".to_owned(),
            Piece::Body => "{body}".to_owned(),
            Piece::Url => "{url}".to_owned(),
            Piece::Method => "{method}".to_owned(),
            Piece::Secret => "{secret}".to_owned(),
            Piece::Form => "{form}".to_owned(),
            Piece::Header(name) => format!("{{h:{name}}}"),
            Piece::Field(path) => format!("{{b:{path}}}"),
        };
        self.0.iter().map(word).collect()
    }
}

/// What the names of a template stand for.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) body: &'a [u8],
    pub(super) url: &'a str,
    pub(super) key: &'a [u8],
    pub(super) source: &'a Source<'a>,
}

/// A part of a message of which body and key may still change.
pub(super) enum Segment<'a> {
    Bytes(Cow<'a, [u8]>),
    Body,
    /// The sorted form that the body is.
    Form,
    Key,
}

/// The segments of a message, in order. The body and the key in `parts` play no role.
fn segments<'a>(template: &'a Template, parts: Parts<'a>) -> Vec<Segment<'a>> {
    let fill = |piece: &'a Piece| -> Segment<'a> {
        Segment::Bytes(match piece {
            Piece::Body => return Segment::Body,
            Piece::Form => return Segment::Form,
            Piece::Secret => return Segment::Key,
            Piece::Text(text) => text.as_bytes().into(),
            Piece::Id => parts.id.as_bytes().into(),
            Piece::Timestamp => parts.timestamp.as_bytes().into(),
            Piece::Url => parts.url.as_bytes().into(),
            Piece::Method => parts.source.request.method.as_bytes().into(),
            Piece::Header(name) => {
                let value = parts.source.request.headers.get(name);
                value.unwrap_or_default().into()
            }
            Piece::Field(path) => field(parts.source, path).into_bytes().into(),
        })
    };
    template.0.iter().map(fill).collect()
}

/// The segments of a scheme's message, or of another template's in its place.
pub(super) fn segments_of<'a>(
    scheme: &'a Scheme,
    template: Option<&'a Template>,
    parts: Parts<'a>,
) -> Vec<Segment<'a>> {
    match (template, &scheme.join) {
        (Some(template), _) => segments(template, parts),
        (None, Some(join)) => vec![Segment::Bytes(
            joined(join, parts.source).into_bytes().into(),
        )],
        (None, None) => segments(&scheme.msg, parts),
    }
}

fn field(source: &Source<'_>, path: &str) -> String {
    source.fields().text(path).unwrap_or_default()
}

/// Twilio's rule: names in order, each value once, all without separators; nothing for a body of another type.
pub(super) fn sorted_form<'a>(source: &'a Source<'_>, body: &'a [u8]) -> Cow<'a, [u8]> {
    let media_type = source.request.media_type();
    if !media_type.is_empty() && media_type != form::MEDIA_TYPE {
        return Cow::Borrowed(&[]);
    }
    // It is the same for every key and URL that is tried.
    if std::ptr::eq(body, &raw const *source.request.body) {
        return source.sorted_form().into();
    }
    form::sorted(body).into()
}

/// The pieces of a scheme's message, in order; the body is not copied.
pub(super) fn of_scheme<'a>(scheme: &'a Scheme, parts: Parts<'a>) -> Vec<Cow<'a, [u8]>> {
    let segments = segments_of(scheme, None, parts);
    let fill = |segment| match segment {
        Segment::Bytes(bytes) => bytes,
        Segment::Body => parts.body.into(),
        Segment::Form => sorted_form(parts.source, parts.body),
        Segment::Key => parts.key.into(),
    };
    segments.into_iter().map(fill).collect()
}

fn joined(join: &Join, source: &Source<'_>) -> String {
    let values = join
        .paths
        .iter()
        .map(|path| field(source, &format!("{}.{path}", join.base)));
    values.collect::<Vec<_>>().join(&join.sep)
}

/// The bytes that a scheme signs as the body.
pub(super) fn body<'a>(scheme: &Scheme, request: &'a Request) -> &'a [u8] {
    let is_get = request.method == "GET" && request.body.is_empty();
    if is_get && scheme.get == Some(GetBody::Query) {
        request.query().as_bytes()
    } else {
        &request.body
    }
}

/// A spelling of the URL under which some senders sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UrlVariant {
    AsIs,
    /// Without its port.
    NoPort,
    /// With the port of its scheme if it has none.
    StdPort,
    /// With HubSpot's list of escapes undone.
    HubspotDecode,
}

impl UrlVariant {
    pub(super) fn of(self, url: &str) -> Cow<'_, str> {
        match self {
            Self::AsIs => Cow::Borrowed(url),
            Self::NoPort => with_port(url, |_| String::new()),
            Self::StdPort => with_port(url, |port| match port {
                "" if url.starts_with("https:") => ":443".to_owned(),
                "" => ":80".to_owned(),
                port => port.to_owned(),
            }),
            Self::HubspotDecode => Cow::Owned(hubspot_decode(url)),
        }
    }
}

/// A URL as scheme, credentials, host, port with its colon, and the rest.
pub(super) fn split_url(url: &str) -> Option<[&str; 5]> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let at = authority.rfind('@').map_or(0, |at| at + 1);
    let (credentials, host) = authority.split_at(at);
    let colon = match host.rfind(']') {
        Some(bracket) => host[bracket..].find(':').map(|colon| bracket + colon),
        None => host.rfind(':'),
    };
    let (host, port) = host.split_at(colon.unwrap_or(host.len()));
    Some([scheme, credentials, host, port, rest])
}

fn with_port(url: &str, port_of: impl Fn(&str) -> String) -> Cow<'_, str> {
    match split_url(url) {
        Some([scheme, credentials, host, port, rest]) => {
            let port = port_of(port);
            Cow::Owned(format!("{scheme}://{credentials}{host}{port}{rest}"))
        }
        None => Cow::Borrowed(url),
    }
}

/// The escapes that HubSpot's documentation says to undo before the URL is hashed.
const HUBSPOT_ESCAPES: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

fn hubspot_decode(url: &str) -> String {
    HUBSPOT_ESCAPES
        .iter()
        .fold(url.to_owned(), |url, (escape, char)| {
            url.replace(escape, char)
                .replace(&escape.to_ascii_lowercase(), char)
        })
}

/// The URLs that a request may have been sent to: the one that the user names, else those that its headers tell,
/// behind a proxy first.
pub(crate) fn public_urls(request: &Request, given: Option<&str>) -> Vec<String> {
    if let Some(url) = given {
        return vec![url.to_owned()];
    }
    if request.target.contains("://") {
        return vec![request.target.clone()];
    }
    let text = |name: &str| {
        let value = request.headers.text(name)?;
        let first = value
            .split(',')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        (!first.is_empty()).then_some(first)
    };
    let hosts = [text("x-forwarded-host"), text("host")];
    let schemes = [
        text("x-forwarded-proto"),
        Some("https".to_owned()),
        Some("http".to_owned()),
    ];
    let mut urls = Vec::new();
    for host in hosts.iter().flatten() {
        for scheme in schemes.iter().flatten() {
            let url = format!("{scheme}://{host}{}", request.target);
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
    }
    urls
}
