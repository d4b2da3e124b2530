//! A provider's management API: what is known of it, and calls that came.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::table::{Cell, cell, plain};
use super::text::safe;
use super::{Paint, duration, millis, profile};
use crate::emulator::Call;
use crate::provider::Origin;
use crate::provider::api::{Action, Api, Denied, ErrorFact, Fault, Field, Property, Route};

/// What is known of an API, each with where it comes from: name, value, origin and note.
pub(super) fn rows(api: &Api, paint: Paint) -> Vec<[Cell; 4]> {
    let row = |name: &str, value: String, from: Origin, note: &str| {
        [
            plain(name),
            cell(value, |text| paint.strong(text)),
            profile::origin(from)(paint),
            cell(note, |note| paint.faint(note)),
        ]
    };
    let note = |note: &Option<String>| note.clone().unwrap_or_default();
    let mut rows = Vec::new();
    if let Some(base) = &api.base {
        rows.push(row(
            "host",
            base.value.clone(),
            base.from,
            &note(&base.note),
        ));
    }
    let tokens: Vec<String> = api.auth.value.iter().map(ToString::to_string).collect();
    rows.push(row(
        "token",
        tokens.join(", "),
        api.auth.from,
        &note(&api.auth.note),
    ));
    rows.push(row(
        "endpoint id",
        api.id.value.clone(),
        api.id.from,
        &note(&api.id.note),
    ));
    for route in &api.routes {
        rows.push(row(
            "call",
            route_words(route),
            route.from,
            &route_note(route),
        ));
    }
    for field in &api.fields {
        rows.push(row(
            "field",
            field_words(field),
            field.from,
            &note(&field.note),
        ));
    }
    let error = &api.error;
    let form = [error.body.to_string()]
        .into_iter()
        .chain(error.note.clone());
    let form = form.collect::<Vec<_>>().join("; ");
    rows.push(row("error", "in one form".to_owned(), error.from, &form));
    for fault in Fault::ALL.into_iter().filter(|fault| api.can_meet(*fault)) {
        let fact = api.error_fact(fault);
        let from = fact.map_or(Origin::Assumed, |fact| fact.from);
        let known = fact.and_then(|fact| fact.note.clone());
        rows.push(row("error", error_words(fault, fact), from, &note(&known)));
    }
    for denied in &api.denied {
        rows.push(row(
            "token",
            denied_words(denied),
            denied.from,
            &note(&denied.note),
        ));
    }
    rows
}

fn route_words(route: &Route) -> String {
    let (method, path) = (&route.method, route.path.text());
    format!("{method} {path}: {} {}", route.does.word(), route.status)
}

fn route_note(route: &Route) -> String {
    let mut notes = Vec::new();
    let answer = route.answer_from();
    if answer != route.from {
        notes.push(format!("answer {}", answer.word()));
    }
    notes.extend(route.note.clone());
    notes.join("; ")
}

fn field_words(field: &Field) -> String {
    let what = match field.sets {
        Property::Name => "name",
        Property::Url => "url",
        Property::Events => "events",
        Property::Secret => "secret",
        Property::Description => "description",
        Property::Enabled => "enabled",
        Property::Event => "event of a test",
        Property::Data => "data of a test",
    };
    let mut words = field.name.clone();
    if what != words {
        words.push_str(&format!(": {what}"));
    }
    if field.required {
        words.push_str(", required");
    }
    words
}

fn error_words(fault: Fault, fact: Option<&ErrorFact>) -> String {
    let (status, code) = fault.usual();
    let status = fact.and_then(|fact| fact.status).unwrap_or(status);
    let code = fact.and_then(|fact| fact.code.as_deref()).unwrap_or(code);
    format!("{}: {status} {code}", fault.words())
}

fn denied_words(denied: &Denied) -> String {
    let Denied {
        suffix,
        status,
        code,
        ..
    } = denied;
    let methods = denied.methods.as_ref();
    let methods = methods.map_or_else(String::new, |methods| {
        format!(" for {}", methods.join(", "))
    });
    format!("TOKEN{suffix}{methods}: {status} {code}")
}

/// What is known of an API as one JSON object.
pub(super) fn json(api: &Api) -> Value {
    let routes = api.routes.iter().map(|route| {
        json!({
            "method": route.method, "path": route.path.text(), "does": route.does.word(), "status": route.status,
            "from": route.from.word(), "answer_from": route.answer_from().word(), "note": route.note,
        })
    });
    let fields = api.fields.iter().map(|field| {
        json!({
            "name": field.name, "sets": field.sets, "required": field.required, "from": field.from.word(), "note": field.note,
        })
    });
    let faults = Fault::ALL.iter().filter(|fault| api.can_meet(**fault));
    let errors = faults.map(|fault| {
        let fact = api.error_fact(*fault);
        let (status, code) = fault.usual();
        json!({
            "when": fault,
            "status": fact.and_then(|fact| fact.status).unwrap_or(status),
            "code": fact.and_then(|fact| fact.code.as_deref()).unwrap_or(code),
            "from": fact.map_or(Origin::Assumed, |fact| fact.from).word(),
            "note": fact.and_then(|fact| fact.note.as_deref()),
        })
    });
    let denied = api.denied.iter().map(|denied| {
        json!({
            "suffix": denied.suffix, "status": denied.status, "code": denied.code, "from": denied.from.word(), "note": denied.note,
        })
    });
    let fact = |value: Value, from: Origin, note: &Option<String>| json!({"value": value, "from": from.word(), "note": note});
    json!({
        "base": api.base.as_ref().map(|base| fact(json!(base.value), base.from, &base.note)),
        "auth": fact(json!(api.auth.value), api.auth.from, &api.auth.note),
        "id": fact(json!(api.id.value), api.id.from, &api.id.note),
        "routes": routes.collect::<Vec<_>>(), "fields": fields.collect::<Vec<_>>(),
        "error": {"body": api.error.body.to_string(), "from": api.error.from.word(), "note": api.error.note},
        "errors": errors.collect::<Vec<_>>(), "denied": denied.collect::<Vec<_>>(), "gaps": api.gaps,
    })
}

/// A call as one JSON object.
pub(crate) fn call_json(call: &Call) -> Value {
    json!({
        "type": "call",
        "received_at": format!("{:.3}", call.at),
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "duration_ms": millis(call.duration),
        "provider": call.provider,
        "action": call.action.map(Action::word),
        "endpoint": call.endpoint,
        "event": call.event,
        "deliveries": call.deliveries,
        "error": call.refused,
    })
}

/// A call for people, with a line end.
pub(crate) fn call_line(call: &Call, zone: &TimeZone, paint: Paint) -> String {
    let mut cells = vec![
        clock(call.at, zone, paint),
        format!("{} {}", paint.strong(&safe(&call.method)), safe(&call.path)),
        paint.status(call.status),
    ];
    let what = [call.provider.as_deref(), call.action.map(Action::word)];
    let what: Vec<&str> = what.into_iter().flatten().collect();
    if !what.is_empty() {
        cells.push(paint.name(&what.join(" ")));
    }
    cells.extend(call.event.as_deref().map(safe));
    cells.extend(call.endpoint.as_deref().map(|id| paint.faint(&safe(id))));
    match call.deliveries {
        0 => {}
        1 => cells.push("1 delivery".to_owned()),
        several => cells.push(format!("{several} deliveries")),
    }
    cells.extend(call.refused.as_deref().map(|why| paint.bad(&safe(why))));
    cells.push(paint.faint(&duration(call.duration)));
    format!("{}\n", cells.join("  "))
}

/// The time of the day.
pub(crate) fn clock(at: Timestamp, zone: &TimeZone, paint: Paint) -> String {
    let time = at.to_zoned(zone.clone());
    paint.faint(&time.strftime("%H:%M:%S%.3f").to_string())
}
