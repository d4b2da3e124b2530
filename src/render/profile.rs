//! A provider's profile: every fact with where it comes from.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::table::{Cell, cell, columns, columns_within, plain};
use super::text::safe;
use super::{Paint, api};
use crate::provider::api::Api;
use crate::provider::{Fact, Origin, Profile, Provider};

/// Where a fact comes from, painted by how far it can be trusted.
pub(super) fn origin(from: Origin) -> impl FnOnce(Paint) -> Cell {
    move |paint| {
        cell(from.word(), |word| match from {
            Origin::Documented => paint.good(word),
            Origin::Public => paint.name(word),
            Origin::Assumed => paint.warn(word),
        })
    }
}

/// Providers, one a line, under a heading.
pub(crate) fn list(
    providers: &[impl AsRef<Provider>],
    paint: Paint,
    width: Option<usize>,
) -> String {
    let heading = ["NAME", "EVENTS", "SIGNATURE", "ABOUT"];
    let heading = heading.map(|word| cell(word, |word| paint.faint(word)));
    let row = |provider: &Provider| {
        let profile = &provider.profile;
        let mark = if provider.path.is_some() {
            " [yours]"
        } else {
            ""
        };
        [
            cell(&*profile.name, |text| paint.name(text)),
            plain(profile.events.len().to_string()),
            plain(&*profile.signature.scheme.value),
            plain(format!("{}{mark}", profile.about)),
        ]
    };
    let rows = providers.iter().map(|provider| row(provider.as_ref()));
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    columns_within(&rows, "", width)
}

/// The line of a provider as JSON.
pub(crate) fn list_json(provider: &Provider) -> Value {
    let profile = &provider.profile;
    json!({
        "type": "provider", "name": profile.name, "label": profile.label, "about": profile.about,
        "docs": profile.docs, "events": profile.events.len(), "scenarios": profile.scenarios.len(),
        "scheme": profile.signature.scheme.value, "built_in": provider.path.is_none(),
    })
}

/// A fact in words.
struct Line {
    name: &'static str,
    value: Value,
    from: Origin,
    note: Option<String>,
}

impl Line {
    fn new<T: Serialize>(name: &'static str, fact: &Fact<T>) -> Self {
        let value = serde_json::to_value(&fact.value).unwrap_or_default();
        Self {
            name,
            value,
            from: fact.from,
            note: fact.note.clone(),
        }
    }

    fn shown(&self) -> String {
        match &self.value {
            Value::String(text) if text.is_empty() => "none".to_owned(),
            Value::String(text) => text.clone(),
            Value::Bool(bool) => if *bool { "yes" } else { "no" }.to_owned(),
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            other => other.to_string(),
        }
    }
}

/// A fact with its value in words.
fn worded<T>(fact: &Fact<T>, words: String) -> Fact<String> {
    Fact {
        value: words,
        from: fact.from,
        note: fact.note.clone(),
    }
}

/// All facts of a profile, in the order in which they are shown.
fn facts(profile: &Profile) -> Vec<Line> {
    let (request, signature) = (&profile.request, &profile.signature);
    let (envelope, policy) = (&profile.envelope, &profile.policy);
    let lines = [
        Some(Line::new("method", &request.method)),
        Some(Line::new("content type", &request.content_type)),
        Some(Line::new("authentication", &request.auth)),
        request
            .basic_methods
            .as_ref()
            .map(|fact| Line::new("credentials with", fact)),
        Some(Line::new("https only", &request.https)),
        Some(Line::new("user agent", &request.user_agent)),
        request.body_end.as_ref().map(|fact| {
            // Line ends as they are escaped.
            let end = fact.value.escape_default().to_string();
            Line::new("body ends in", &worded(fact, end))
        }),
        Some(Line::new("signature scheme", &signature.scheme)),
        signature
            .prefix
            .as_ref()
            .map(|fact| Line::new("digest prefix", fact)),
        signature
            .secret
            .as_ref()
            .map(|fact| Line::new("secret", fact)),
        Some(Line::new("secret optional", &signature.optional)),
        Some(Line::new("event name at", &envelope.event)),
        envelope
            .time
            .as_ref()
            .map(|fact| Line::new("event time at", fact)),
        envelope
            .delivery
            .as_ref()
            .map(|fact| Line::new("delivery id at", fact)),
        envelope
            .delivery_form
            .as_ref()
            .map(|fact| Line::new("delivery id form", fact)),
        envelope
            .dedup
            .as_ref()
            .map(|fact| Line::new("duplicates told by", fact)),
        Some(Line::new("success", &policy.success)),
        policy
            .asked
            .as_ref()
            .map(|fact| Line::new("asked for", fact)),
        Some(Line::new("time limit", &policy.timeout)),
        policy
            .slow
            .as_ref()
            .map(|fact| Line::new("shorter time limit", fact)),
        Some(Line::new("retries after", &policy.retry)),
        policy.jitter.as_ref().map(|fact| {
            let percent = format!("up to {} % more or less", fact.value);
            Line::new("jitter", &worded(fact, percent))
        }),
        Some(Line::new("disabled", &policy.disable)),
        policy.disable_at.as_ref().map(|fact| {
            let words = fact.value.to_string();
            Line::new("disabled here at", &worded(fact, words))
        }),
        Some(Line::new("delivered", &policy.delivery)),
    ];
    lines.into_iter().flatten().collect()
}

/// All that is known of a provider and its API, as JSON.
pub(crate) fn show_json(provider: &Provider, api: Option<&Api>) -> Value {
    let profile = &provider.profile;
    let fact = |line: Line| {
        let value = json!({"value": line.value, "from": line.from.word(), "note": line.note});
        (line.name.replace(' ', "_"), value)
    };
    let facts: Map<String, Value> = facts(profile).into_iter().map(fact).collect();
    let headers = profile.headers.iter().map(|header| {
        json!({"name": header.name, "value": header.value, "from": header.from.word(), "note": header.note})
    });
    let variants = profile.variants.iter().map(|(name, variant)| {
        json!({"name": name, "about": variant.about, "from": variant.from.word()})
    });
    let mappings = profile.mapping.iter().map(|(name, mapping)| {
        json!({"name": name, "about": mapping.about, "from": mapping.from.word(), "fields": mapping.fields})
    });
    json!({
        "type": "provider", "name": profile.name, "label": profile.label, "about": profile.about, "docs": profile.docs,
        "built_in": provider.path.is_none(), "facts": facts, "headers": headers.collect::<Vec<_>>(),
        "events": profile.events.keys().collect::<Vec<_>>(), "scenarios": profile.scenarios.keys().collect::<Vec<_>>(),
        "variants": variants.collect::<Vec<_>>(), "mappings": mappings.collect::<Vec<_>>(), "gaps": profile.gaps,
        "api": api.map(api::json),
    })
}

/// All that is known of a provider and its API, for people.
pub(crate) fn show(provider: &Provider, api: Option<&Api>, paint: Paint) -> String {
    let profile = &provider.profile;
    let mut text = format!(
        "{}  {}\n{}\n",
        paint.strong(&safe(&profile.label)),
        safe(&profile.about),
        paint.faint(&safe(&profile.docs))
    );
    if let Some(path) = &provider.path {
        let path = safe(&path.display().to_string());
        text.push_str(&format!("{}\n", paint.faint(&format!("from {path}"))));
    }
    text.push_str(&format!("\n{}", columns(&rows(profile, paint), "  ")));
    text.push_str(&listed(
        "What the documentation leaves open",
        &profile.gaps,
        paint,
    ));
    if let Some(api) = api {
        let head = "The management API, as `hookctl emulate` answers it";
        let rows = columns(&api::rows(api, paint), "  ");
        text.push_str(&format!("\n{}\n{rows}", paint.strong(head)));
        let head = "What its documentation leaves open";
        text.push_str(&listed(head, &api.gaps, paint));
    }
    text.push_str(&format!(
        "\n{} events: hookctl events {}\n",
        profile.events.len(),
        profile.name
    ));
    text
}

/// Sentences under a heading; nothing if there are none.
fn listed(head: &str, sentences: &[String], paint: Paint) -> String {
    if sentences.is_empty() {
        return String::new();
    }
    let items = sentences.iter().map(|item| format!("  - {}\n", safe(item)));
    format!("\n{}\n{}", paint.strong(head), items.collect::<String>())
}

/// Facts, headers, variants and custom payloads, each with where it comes from.
fn rows(profile: &Profile, paint: Paint) -> Vec<[Cell; 4]> {
    let row = |name: &str, value: String, from: Origin, note: &str| {
        [
            plain(name),
            cell(value, |text| paint.strong(text)),
            origin(from)(paint),
            cell(note, |note| paint.faint(note)),
        ]
    };
    let facts = facts(profile).into_iter().map(|line| {
        let note = line.note.as_deref().unwrap_or_default();
        row(line.name, line.shown(), line.from, note)
    });
    let headers = profile.headers.iter().map(|header| {
        let value = format!("{}: {}", header.name, header.value);
        let note = header.note.as_deref().unwrap_or_default();
        row("header", value, header.from, note)
    });
    let variants = profile
        .variants
        .iter()
        .map(|(name, variant)| row("variant", name.clone(), variant.from, &variant.about));
    let payloads = profile.mapping.values().map(|mapping| {
        let fields = mapping.fields.iter().map(|field| format!("--map {field}"));
        let fields = fields.collect::<Vec<_>>().join(" ");
        row("custom payload", fields, mapping.from, &mapping.about)
    });
    facts
        .chain(headers)
        .chain(variants)
        .chain(payloads)
        .collect()
}
