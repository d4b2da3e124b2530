//! Events and scenarios of the catalogue.

use serde_json::{Value, json};

use super::profile::origin;
use super::sheet::Limits;
use super::table::{Cell, cell, columns, columns_within, plain};
use super::text::safe;
use super::{Paint, indent};
use crate::provider::compose::with_fields;
use crate::provider::profile::Scenario;
use crate::provider::{Event, Origin, Provider, payload};
use crate::request::json::Fields;
use crate::request::{form, json as fields};
use crate::value::ContentType;

/// The events and scenarios of a provider, one a line.
pub(crate) fn list(provider: &Provider, paint: Paint, width: Option<usize>) -> String {
    let name = &provider.profile.name;
    let row = |of: &str, about: String| {
        [
            cell(format!("{name}/{of}"), |text| paint.name(text)),
            plain(about),
        ]
    };
    let events = provider
        .events()
        .map(|(event, facts)| row(event, described(&facts.about, facts.from)));
    let scenarios = provider.profile.scenarios.iter().map(|(scenario, facts)| {
        let about = described(&facts.about, facts.from);
        row(
            scenario,
            format!("scenario, {} deliveries: {about}", facts.steps.len()),
        )
    });
    let rows: Vec<[Cell; 2]> = events.chain(scenarios).collect();
    format!(
        "{}\n{}",
        paint.strong(&safe(&provider.profile.label)),
        columns_within(&rows, "  ", width)
    )
}

/// The events and scenarios of a provider, one JSON object each.
pub(crate) fn list_json(provider: &Provider) -> Vec<Value> {
    let name = &provider.profile.name;
    let events = provider.events().map(|(event, facts)| {
        json!({
            "type": "event", "provider": name, "event": event, "about": facts.about, "from": facts.from.word(),
            "variants": facts.variants.keys().chain(provider.profile.variants.keys()).collect::<Vec<_>>(),
        })
    });
    let scenarios = provider
        .profile
        .scenarios
        .iter()
        .map(|(scenario, facts)| scenario_json(name, scenario, facts));
    events.chain(scenarios).collect()
}

/// A description, marked if nobody documents it.
fn described(about: &str, from: Origin) -> String {
    if from == Origin::Documented {
        about.to_owned()
    } else {
        format!("{about} [{}]", from.word())
    }
}

/// A scenario as JSON.
pub(crate) fn scenario_json(provider: &str, name: &str, scenario: &Scenario) -> Value {
    json!({
        "type": "scenario", "provider": provider, "scenario": name, "about": scenario.about,
        "from": scenario.from.word(), "note": scenario.note, "steps": scenario.steps,
    })
}

/// A scenario for people.
pub(crate) fn scenario(provider: &str, name: &str, scenario: &Scenario, paint: Paint) -> String {
    let (_, from) = origin(scenario.from)(paint);
    let mut text = format!(
        "{}  {from}\n{}\n",
        paint.name(&safe(&format!("{provider}/{name}"))),
        safe(&scenario.about)
    );
    if let Some(note) = &scenario.note {
        text.push_str(&format!("{}\n", paint.faint(&safe(note))));
    }
    text.push_str("\nDelivers, in this order:\n");
    scenario
        .steps
        .iter()
        .for_each(|step| text.push_str(&format!("  {provider}/{}\n", safe(step))));
    text
}

/// An event for people: headers, payload, where its fields come from, variants.
pub(crate) fn show(provider: &Provider, name: &str, event: &Event, paint: Paint) -> String {
    let profile = &provider.profile;
    let (_, from) = origin(event.from)(paint);
    let name_shown = paint.name(&safe(&format!("{}/{name}", profile.name)));
    let about = safe(&event.about);
    let docs = paint.faint(&safe(&profile.docs));
    let headers = headers(provider, name)
        .into_iter()
        .map(|(name, value, from)| [plain(name), plain(value), origin(from)(paint)]);
    let mut text = format!(
        "{name_shown}  {from}\n{about}\n{docs}\n\n{}\n{}",
        paint.strong("Headers"),
        columns(&headers.collect::<Vec<_>>(), "  ")
    );
    text.push_str(&sample(provider, name, paint));
    text.push_str(&format!(
        "\n{}\n{}",
        paint.strong("Where the fields come from"),
        columns(&field_rows(provider, name, event, paint), "  ")
    ));
    let variants = event.variants.iter().chain(&profile.variants);
    let variants = variants.map(|(name, variant)| {
        let flag = cell(format!("--variant {name}"), |text| paint.name(text));
        [flag, plain(described(&variant.about, variant.from))]
    });
    let variants: Vec<[Cell; 2]> = variants.collect();
    if !variants.is_empty() {
        let variants = columns(&variants, "  ");
        text.push_str(&format!("\n{}\n{variants}", paint.strong("Variants")));
    }
    text
}

/// The payload, with how much of it is documented.
fn sample(provider: &Provider, name: &str, paint: Paint) -> String {
    let counts: Vec<String> = payload::origins(provider, name)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(from, count)| format!("{count} {}", from.word()))
        .collect();
    let counts = paint.faint(&format!("(fields: {})", counts.join(", ")));
    let sample = super::json::pretty(provider.sample_text(name).as_bytes(), Limits::NONE, paint)
        .unwrap_or_default();
    format!(
        "\n{} {counts}\n{}",
        paint.strong("Payload"),
        indent(&format!("{sample}\n"), "  ")
    )
}

/// The fields of the payload, with where they come from and what they mean.
fn field_rows(provider: &Provider, name: &str, event: &Event, paint: Paint) -> Vec<[Cell; 3]> {
    let row = |field: String| {
        let note = provider.profile.notes.get(&field);
        let note = cell(note.map_or("", |note| note), |note| paint.faint(note));
        let from = origin(event.origin_of(&field))(paint);
        [plain(field), from, note]
    };
    fields::paths(&provider.sample(name))
        .into_iter()
        .map(row)
        .collect()
}

/// Headers of a delivery: name, value or what it is, origin.
fn headers(provider: &Provider, event: &str) -> Vec<(String, String, Origin)> {
    let profile = &provider.profile;
    let request = &profile.request;
    let content_type = request.content_type.value.iter().map(|kind| match kind {
        ContentType::Json => "application/json",
        ContentType::Form => form::MEDIA_TYPE,
    });
    let content_type = content_type.collect::<Vec<_>>().join(" or ");
    let mut headers = vec![
        (
            "content-type".to_owned(),
            content_type,
            request.content_type.from,
        ),
        (
            "user-agent".to_owned(),
            request.user_agent.value.clone(),
            request.user_agent.from,
        ),
    ];
    let own = profile.headers.iter();
    let sample = provider.sample(event);
    headers.extend(own.map(|header| {
        let value = header.value.replace("{event}", profile.called(event));
        let filled = with_fields(&value, Fields::Tree(&sample)).unwrap_or(value);
        (header.name.to_ascii_lowercase(), filled, header.from)
    }));
    let optional = profile.signature.optional.value;
    let signed = if optional {
        "made with the secret, if there is one"
    } else {
        "made with the secret"
    };
    let names = profile.scheme().header_names().into_iter();
    headers.extend(names.map(|name| {
        (
            name.to_owned(),
            signed.to_owned(),
            profile.signature.scheme.from,
        )
    }));
    headers
}

/// An event as JSON.
pub(crate) fn show_json(provider: &Provider, name: &str, event: &Event) -> Value {
    let profile = &provider.profile;
    let headers = headers(provider, name)
        .into_iter()
        .map(|(name, value, from)| json!({"name": name, "value": value, "from": from.word()}));
    let sample = provider.sample(name);
    let fields = fields::paths(&sample).into_iter().map(|field| {
        json!({"path": field, "from": event.origin_of(&field).word(), "note": profile.notes.get(&field)})
    });
    let variants = event.variants.iter().chain(&profile.variants).map(|(name, variant)| {
        json!({"name": name, "about": variant.about, "from": variant.from.word()})
    });
    json!({
        "type": "event", "provider": profile.name, "event": name, "about": event.about, "from": event.from.word(),
        "docs": profile.docs, "headers": headers.collect::<Vec<_>>(), "payload": sample,
        "fields": fields.collect::<Vec<_>>(), "variants": variants.collect::<Vec<_>>(),
    })
}
