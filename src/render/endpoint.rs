//! Endpoints, for people and as machine output. Their secrets are never in it.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::Paint;
use super::table::{Cell, cell, columns, columns_within, plain};
use super::text::safe;
use crate::delivery::Endpoint;
use crate::request::redact::{self, REDACTED};

/// Endpoints, one a line, under a heading.
pub(crate) fn list(
    endpoints: &[Endpoint],
    reveal: bool,
    paint: Paint,
    width: Option<usize>,
) -> String {
    let heading = ["NAME", "PROVIDER", "STATE", "URL", "EVENTS"];
    let heading = heading.map(|word| cell(word, |word| paint.faint(word)));
    let row = |endpoint: &Endpoint| {
        [
            cell(&*endpoint.name, |text| paint.name(text)),
            plain(&*endpoint.provider),
            state(endpoint, paint),
            plain(url(endpoint, reveal)),
            plain(endpoint.events.join(", ")),
        ]
    };
    let rows: Vec<_> = std::iter::once(heading)
        .chain(endpoints.iter().map(row))
        .collect();
    columns_within(&rows, "", width)
}

fn state(endpoint: &Endpoint, paint: Paint) -> Cell {
    if endpoint.enabled {
        cell("enabled", |text| paint.good(text))
    } else {
        cell("disabled", |text| paint.bad(text))
    }
}

fn url(endpoint: &Endpoint, reveal: bool) -> Cow<'_, str> {
    redact::unless(reveal, endpoint.url.as_str(), redact::url)
}

/// All that is known of an endpoint.
pub(crate) fn show(endpoint: &Endpoint, reveal: bool, paint: Paint) -> String {
    let (_, state) = state(endpoint, paint);
    let mut text = format!(
        "{}  {state}  {}\n",
        paint.strong(&safe(&endpoint.name)),
        paint.faint(&safe(&endpoint.id))
    );
    let mut rows: Vec<[Cell; 2]> = Vec::new();
    let mut row = |name: &str, value: String| {
        rows.push([cell(name, |name| paint.faint(name)), plain(value)]);
    };
    row("provider", endpoint.provider.clone());
    row(
        "url",
        format!("{} {}", endpoint.method, url(endpoint, reveal)),
    );
    row("events", endpoint.events.join(", "));
    if let Some(text) = &endpoint.description {
        row("description", text.clone());
    }
    row("content type", endpoint.content_type.word().to_owned());
    let secret = match endpoint.secret {
        Some(_) => REDACTED,
        None => "none, deliveries are not signed",
    };
    row("secret", secret.to_owned());
    if endpoint.basic.is_some() {
        row("credentials", format!("basic {REDACTED}"));
    }
    if !endpoint.map.is_empty() {
        row("custom payload", endpoint.map.join(", "));
    }
    if endpoint.log_body {
        row("log", "with the bodies of answers".to_owned());
    }
    if let Some(why) = &endpoint.health.disabled_because {
        row("disabled", why.clone());
    } else if endpoint.health.failures > 0 {
        row("failures", format!("{} in a row", endpoint.health.failures));
    }
    text.push_str(&columns(&rows, "  "));
    text
}

/// An endpoint as one JSON object.
pub(crate) fn json(endpoint: &Endpoint, reveal: bool) -> Value {
    let redacted = |is_there: bool| is_there.then_some(REDACTED);
    json!({
        "type": "endpoint",
        "id": endpoint.id,
        "name": endpoint.name,
        "provider": endpoint.provider,
        "url": url(endpoint, reveal),
        "events": endpoint.events,
        "description": endpoint.description,
        "enabled": endpoint.enabled,
        "secret": redacted(endpoint.secret.is_some()),
        "method": endpoint.method,
        "content_type": endpoint.content_type.word(),
        "basic": redacted(endpoint.basic.is_some()),
        "map": endpoint.map,
        "log_response_body": endpoint.log_body,
        "created_at": format!("{:.3}", endpoint.created_at),
        "changed_at": format!("{:.3}", endpoint.changed_at),
        "failures": endpoint.health.failures,
        "disabled_because": endpoint.health.disabled_because,
    })
}
