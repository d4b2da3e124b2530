//! Other URLs, timestamps and messages that may have been signed.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::Source;
use super::super::message::{Template, public_urls, split_url};
use super::super::scheme::{self, Scheme};
use super::cause::{Code, Deviation};

/// A URL and how it departs from the one at hand.
pub(super) fn urls(known: &[&str], source: &Source<'_>) -> Vec<(String, Vec<Deviation>)> {
    let mut found: Vec<(String, Vec<Deviation>)> = Vec::new();
    let mut seen: HashSet<String> = known.iter().map(|url| (*url).to_owned()).collect();
    for url in known {
        let Some([scheme, credentials, host, port, rest]) = split_url(url) else {
            continue;
        };
        let schemes = schemes(scheme);
        let hosts = hosts(scheme, credentials, host, port, source);
        let paths = paths(rest, source);
        for (scheme, of_scheme) in &schemes {
            for (host, of_host) in &hosts {
                for (path, of_path) in &paths {
                    let deviations: Vec<_> = [of_scheme, of_host, of_path]
                        .into_iter()
                        .flatten()
                        .cloned()
                        .collect();
                    let url = format!("{scheme}://{host}{path}");
                    if !deviations.is_empty() && seen.insert(url.clone()) {
                        found.push((url, deviations));
                    }
                }
            }
        }
        let target = source.request.target.clone();
        for (text, what) in [
            (rest.to_owned(), "the path alone, without scheme and host"),
            (target, "the request's target alone"),
        ] {
            if seen.insert(text.clone()) {
                found.push((text, vec![Deviation::new(Code::UrlHost, what)]));
            }
        }
    }
    // One deviation before two, and two before three.
    found.sort_by_key(|(_, deviations)| deviations.len());
    found
}

type Part = (String, Option<Deviation>);

fn schemes(scheme: &str) -> Vec<Part> {
    let other = if scheme == "https" { "http" } else { "https" };
    vec![
        (scheme.to_owned(), None),
        (
            other.to_owned(),
            Some(Deviation::new(
                Code::UrlScheme,
                format!("the URL with {other}:// in place of {scheme}://"),
            )),
        ),
    ]
}

fn hosts(
    scheme: &str,
    credentials: &str,
    host: &str,
    port: &str,
    source: &Source<'_>,
) -> Vec<Part> {
    let whole = format!("{credentials}{host}{port}");
    let mut hosts: Vec<Part> = vec![(whole.clone(), None)];
    let mut add = |authority: String, what: String| {
        if !hosts.iter().any(|(known, _)| *known == authority) {
            hosts.push((authority, Some(Deviation::new(Code::UrlHost, what))));
        }
    };
    add(
        format!("{host}{port}"),
        "the URL without its credentials".to_owned(),
    );
    add(host.to_owned(), "the URL without its port".to_owned());
    let standard = if scheme == "https" { ":443" } else { ":80" };
    add(
        format!("{host}{standard}"),
        format!("the URL with the port `{standard}`"),
    );
    let lower = host.to_ascii_lowercase();
    add(
        format!("{lower}{port}"),
        "the URL with its host in lower case".to_owned(),
    );
    add(
        lower,
        "the URL with its host in lower case and no port".to_owned(),
    );
    match host.strip_prefix("www.") {
        Some(bare) => add(format!("{bare}{port}"), "the URL without `www.`".to_owned()),
        None => add(
            format!("www.{host}{port}"),
            "the URL with `www.`".to_owned(),
        ),
    }
    for name in [
        "x-forwarded-host",
        "x-original-host",
        "host",
        "x-forwarded-server",
    ] {
        if let Some(value) = source.request.headers.text(name) {
            let value = value
                .split(',')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
            let bare = value.split(':').next().unwrap_or_default().to_owned();
            add(value, format!("the URL with the host of `{name}`"));
            add(
                bare,
                format!("the URL with the host of `{name}`, without port"),
            );
        }
    }
    hosts
}

fn paths(rest: &str, source: &Source<'_>) -> Vec<Part> {
    let mut paths: Vec<Part> = vec![(rest.to_owned(), None)];
    let mut add = |path: String, what: &str| {
        if !paths.iter().any(|(known, _)| *known == path) {
            paths.push((path, Some(Deviation::new(Code::UrlPath, what))));
        }
    };
    let before_fragment = rest.split('#').next().unwrap_or_default();
    let (path, query) = before_fragment
        .split_once('?')
        .map_or((before_fragment, None), |(path, query)| (path, Some(query)));
    let with =
        |path: &str| query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    match path.strip_suffix('/') {
        Some(bare) => add(
            with(bare),
            "the URL without the slash at the end of its path",
        ),
        None => add(
            with(&format!("{path}/")),
            "the URL with a slash at the end of its path",
        ),
    }
    add(before_fragment.to_owned(), "the URL without its fragment");
    add(path.to_owned(), "the URL without its query");
    if query.is_none() && !source.request.query().is_empty() {
        add(
            format!("{path}?{}", source.request.query()),
            "the URL with the request's query",
        );
    }
    add(
        source.request.target.clone(),
        "the URL with the request's own path",
    );
    for name in [
        "x-forwarded-prefix",
        "x-original-uri",
        "x-forwarded-uri",
        "x-rewrite-url",
    ] {
        if let Some(value) = source.request.headers.text(name) {
            add(
                value.clone().into_owned(),
                "the URL with the path that a proxy names",
            );
            add(
                format!("{}{}", value.trim_end_matches('/'), rest),
                "the URL with the prefix that a proxy names",
            );
        }
    }
    if let Some((_, below)) = path.strip_prefix('/').and_then(|path| path.split_once('/')) {
        add(
            with(&format!("/{below}")),
            "the URL without the first segment of its path",
        );
    }
    add(percent_decoded(rest), "the URL with its escapes undone");
    add(
        rest.to_ascii_lowercase(),
        "the URL with its path in lower case",
    );
    add(with("/"), "the URL without its path");
    add(with(""), "the URL without its path");
    paths
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| hex::decode(digits).ok());
        match escaped {
            Some(decoded) => {
                bytes.extend(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The URLs at hand when none is known to the scheme.
pub(super) fn any_urls(known: &[String], source: &Source<'_>, given: Option<&str>) -> Vec<String> {
    let mut urls: Vec<String> = known
        .iter()
        .filter(|url| !url.is_empty())
        .cloned()
        .collect();
    for url in public_urls(source.request, given) {
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

/// Most timestamps that are tried; a header may hold thousands.
const MAX_TIMESTAMPS: usize = 64;

/// Timestamps that may have been signed, with how they depart from the signed one.
pub(super) fn timestamps(
    scheme: &Scheme,
    signed: &str,
    values: &[Cow<'_, str>],
    source: &Source<'_>,
) -> Vec<(String, Deviation)> {
    let mut found: Vec<(String, Deviation)> = Vec::new();
    let mut add = |text: String, code: Code, what: &str| {
        let is_new = || !found.iter().any(|(known, _)| *known == text);
        if text != signed && !text.is_empty() && found.len() < MAX_TIMESTAMPS && is_new() {
            found.push((text, Deviation::new(code, what)));
        }
    };
    units(signed, &mut |text, what| {
        add(text, Code::TimestampUnit, what);
    });
    if let Ok(number) = signed.trim().parse::<f64>()
        && number.abs() < 1e15
    {
        add(
            format!("{number:.0}"),
            Code::TimestampSignedDiffers,
            "the timestamp written as a plain number",
        );
    }
    let differs = Code::TimestampSignedDiffers;
    for header in source.request.headers.iter() {
        let name = header.name.to_ascii_lowercase();
        if name.contains("timestamp") || name == "date" || name.ends_with("-time") {
            let text = crate::request::latin1(&header.value).into_owned();
            let what = format!("the time in `{name}`");
            units(&text, &mut |text, _| add(text, differs, &what));
            add(text, differs, &what);
        }
    }
    let of_fields = values.iter().flat_map(|value| value.split([',', ';', ' ']));
    for (name, value) in of_fields.filter_map(|entry| entry.split_once('=')) {
        if matches!(name.trim(), "t" | "ts" | "timestamp") {
            add(
                value.to_owned(),
                differs,
                "the time in the signature header",
            );
        }
    }
    for name in [
        "timestamp",
        "created",
        "created_at",
        "createdAt",
        "time",
        "occurredAt",
        "event_time",
        "webhookTimestamp",
        "event_ts",
    ] {
        if let Some(text) = source.fields().text(name) {
            let what = format!("the time in the body's `{name}`");
            units(&text, &mut |text, _| add(text, differs, &what));
            add(text, differs, &what);
        }
    }
    if scheme.ts.is_some() {
        add("0".to_owned(), differs, "the timestamp 0");
    }
    found
}

/// A time in other units.
fn units(text: &str, add: &mut dyn FnMut(String, &str)) {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        add(
            number.div_euclid(1000).to_string(),
            "the timestamp in seconds, where it was sent in milliseconds",
        );
        add(
            number.saturating_mul(1000).to_string(),
            "the timestamp in milliseconds, where it was sent in seconds",
        );
        let (seconds, of) = if number.abs() > 100_000_000_000 {
            (number.div_euclid(1000), "milliseconds")
        } else {
            (number, "seconds")
        };
        if let Ok(time) = jiff::Timestamp::from_second(seconds) {
            add(
                time.to_string(),
                &format!("the timestamp in ISO 8601, where it was sent in {of}"),
            );
        }
    } else if let Ok(time) = text.parse::<jiff::Timestamp>() {
        add(
            time.as_second().to_string(),
            "the timestamp in seconds, where it was sent in ISO 8601",
        );
        add(
            time.as_millisecond().to_string(),
            "the timestamp in milliseconds, where it was sent in ISO 8601",
        );
    }
}

/// How messages are put together elsewhere, beside the schemes' own ways.
const TEMPLATES: [&str; 26] = [
    "{body}",
    "{ts}.{body}",
    "{ts}{body}",
    "{ts}:{body}",
    "{ts}\n{body}",
    "{ts}|{body}",
    "{ts},{body}",
    "{id}.{body}",
    "{id}{body}",
    "{id}.{ts}.{body}",
    "{id}{ts}{body}",
    "{id}:{ts}:{body}",
    "{id}|{ts}|{body}",
    "{ts}.{id}.{body}",
    "{ts}.{body}.{id}",
    "{body}{ts}",
    "{body}.{ts}",
    "{body}{id}",
    "{body}.{id}.{ts}",
    "v1:{ts}:{body}",
    "v0:{ts}:{body}",
    "{url}{body}",
    "{url}.{body}",
    "{method}{url}{body}",
    "{url}",
    "{form}",
];

/// Other messages.
pub(super) fn templates(own: &Scheme) -> Vec<(Template, Deviation)> {
    let known = scheme::all()
        .iter()
        .filter(|scheme| scheme.join.is_none() && scheme.signs())
        .map(|scheme| scheme.msg.text());
    let mut texts: Vec<String> = Vec::new();
    for text in TEMPLATES.iter().map(|text| (*text).to_owned()).chain(known) {
        if !texts.contains(&text) && text != own.template() && !text.is_empty() {
            texts.push(text);
        }
    }
    let wanted = own.template();
    let read = texts.into_iter().filter_map(|text| {
        let template = Template::try_from(text.clone()).ok()?;
        let what = format!(
            "a message of the form `{}`, where the scheme signs `{}`",
            visible(&text),
            visible(&wanted)
        );
        Some((template, Deviation::new(Code::MessageTemplate, what)))
    });
    read.collect()
}

fn visible(text: &str) -> String {
    text.replace('\n', "\\n")
}
