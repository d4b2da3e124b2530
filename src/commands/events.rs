//! `hookctl events`: the catalogue.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::provider::catalogue::{Found, What};
use crate::provider::{Event, Origin, Provider, payload};
use crate::render::table::{cell, columns, plain};
use crate::render::{Paint, indent};
use crate::request::json as path;

/// List events, or show one
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct EventsArgs {
    /// Events of this provider alone
    #[arg(value_name = "PROVIDER")]
    provider: Option<String>,
    #[command(subcommand)]
    command: Option<EventsCommand>,
}

#[derive(Subcommand)]
enum EventsCommand {
    /// Show payload, headers, variants, and where each field comes from
    Show {
        /// Event or scenario
        #[arg(value_name = "EVENT")]
        event: String,
        /// Provider of the event
        #[arg(long, value_name = "NAME")]
        provider: Option<String>,
    },
}

pub(crate) fn run(args: &EventsArgs, context: &mut Context) -> Result<Outcome> {
    match &args.command {
        Some(EventsCommand::Show { event, provider }) => show(event, provider.as_deref(), context)?,
        None => list(args.provider.as_deref(), context)?,
    }
    Ok(Outcome::Good)
}

fn list(provider: Option<&str>, context: &mut Context) -> Result<()> {
    let catalogue = context.settings.catalogue()?;
    let providers = match provider {
        Some(name) => vec![catalogue.provider(name)?],
        None => catalogue.all()?,
    };
    let paint = context.ui.out_paint;
    for (index, provider) in providers.iter().enumerate() {
        let name = &provider.profile.name;
        if context.ui.json {
            for (event, facts) in provider.events() {
                let variants: Vec<&String> = facts.variants.keys().collect();
                context.ui.json_line(&json!({
                    "type": "event", "provider": name, "event": event, "about": facts.about,
                    "from": facts.from.word(), "variants": variants,
                }))?;
            }
            for (scenario, facts) in &provider.profile.scenarios {
                context.ui.json_line(&json!({
                    "type": "scenario", "provider": name, "scenario": scenario, "about": facts.about,
                    "from": facts.from.word(), "steps": facts.steps,
                }))?;
            }
            continue;
        }
        let gap = if index > 0 { "\n" } else { "" };
        context
            .ui
            .data(format!("{gap}{}\n", paint.strong(&provider.profile.label)))?;
        let mut rows: Vec<[(String, String); 2]> = provider
            .events()
            .map(|(event, facts)| {
                [
                    cell(format!("{name}/{event}"), |text| paint.name(text)),
                    plain(described(&facts.about, facts.from)),
                ]
            })
            .collect();
        rows.extend(provider.profile.scenarios.iter().map(|(scenario, facts)| {
            let about = format!(
                "scenario, {} deliveries: {}",
                facts.steps.len(),
                described(&facts.about, facts.from)
            );
            [
                cell(format!("{name}/{scenario}"), |text| paint.name(text)),
                plain(about),
            ]
        }));
        context.ui.data(columns(&rows, "  "))?;
    }
    Ok(())
}

/// A description, marked if nobody documents it.
fn described(about: &str, from: Origin) -> String {
    if from == Origin::Documented {
        about.to_owned()
    } else {
        format!("{about} [{}]", from.word())
    }
}

fn show(name: &str, provider: Option<&str>, context: &mut Context) -> Result<()> {
    let catalogue = context.settings.catalogue()?;
    let Found { provider, what } = catalogue.find(name, provider)?;
    match what {
        What::Event(event) => {
            let facts = provider
                .profile
                .events
                .get(&event)
                .ok_or_else(|| Error::usage(format!("unknown event `{event}`")))?;
            if context.ui.json {
                let value = event_json(&provider, &event, facts);
                context.ui.json_line(&value)
            } else {
                let text = event_text(&provider, &event, facts, context.ui.out_paint);
                context.ui.data(text)
            }
        }
        What::Scenario(scenario) => {
            let facts = &provider.profile.scenarios[&scenario];
            if context.ui.json {
                return context.ui.json_line(&json!({
                    "type": "scenario", "provider": provider.profile.name, "scenario": scenario,
                    "about": facts.about, "from": facts.from.word(), "note": facts.note, "steps": facts.steps,
                }));
            }
            let paint = context.ui.out_paint;
            let mut text = format!(
                "{}  {}\n",
                paint.name(&format!("{}/{scenario}", provider.profile.name)),
                origin(facts.from, paint)
            );
            text.push_str(&format!("{}\n", facts.about));
            if let Some(note) = &facts.note {
                text.push_str(&format!("{}\n", paint.faint(note)));
            }
            text.push_str("\nDelivers, in this order:\n");
            for step in &facts.steps {
                text.push_str(&format!("  {}/{step}\n", provider.profile.name));
            }
            context.ui.data(text)
        }
    }
}

fn origin(from: Origin, paint: Paint) -> String {
    match from {
        Origin::Documented => paint.good(from.word()),
        Origin::Public => paint.name(from.word()),
        Origin::Assumed => paint.warn(from.word()),
    }
}

fn event_text(provider: &Provider, name: &str, event: &Event, paint: Paint) -> String {
    let profile = &provider.profile;
    let mut text = format!(
        "{}  {}\n",
        paint.name(&format!("{}/{name}", profile.name)),
        origin(event.from, paint)
    );
    text.push_str(&format!(
        "{}\n{}\n",
        event.about,
        paint.faint(&profile.docs)
    ));

    text.push_str(&format!("\n{}\n", paint.strong("Headers")));
    let rows: Vec<[(String, String); 3]> = headers(provider, name)
        .into_iter()
        .map(|(name, value, from)| {
            [
                plain(name),
                plain(value),
                cell(from.word(), |_| origin(from, paint)),
            ]
        })
        .collect();
    text.push_str(&columns(&rows, "  "));

    let counts = payload::origins(provider, name);
    let counted: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(from, count)| format!("{count} {}", from.word()))
        .collect();
    text.push_str(&format!(
        "\n{} {}\n",
        paint.strong("Payload"),
        paint.faint(&format!("(fields: {})", counted.join(", ")))
    ));
    let sample = crate::render::json::pretty(provider.sample_text(name).as_bytes(), paint)
        .unwrap_or_default();
    text.push_str(&indent(&format!("{sample}\n"), "  "));

    text.push_str(&format!(
        "\n{}\n",
        paint.strong("Where the fields come from")
    ));
    let rows: Vec<[(String, String); 3]> = path::paths(&provider.sample(name))
        .into_iter()
        .map(|field| {
            let from = event.origin_of(&field);
            let note = profile.notes.get(&field).cloned().unwrap_or_default();
            [
                plain(field),
                cell(from.word(), |_| origin(from, paint)),
                cell(note, |note| paint.faint(note)),
            ]
        })
        .collect();
    text.push_str(&columns(&rows, "  "));

    let variants: Vec<_> = event.variants.iter().chain(&profile.variants).collect();
    if !variants.is_empty() {
        text.push_str(&format!("\n{}\n", paint.strong("Variants")));
        let rows: Vec<[(String, String); 2]> = variants
            .into_iter()
            .map(|(name, variant)| {
                [
                    cell(format!("--variant {name}"), |text| paint.name(text)),
                    plain(described(&variant.about, variant.from)),
                ]
            })
            .collect();
        text.push_str(&columns(&rows, "  "));
    }
    text
}

/// Headers of a delivery: name, value or what it is, origin.
fn headers(provider: &Provider, event: &str) -> Vec<(String, String, Origin)> {
    let profile = &provider.profile;
    let request = &profile.request;
    let content_type = request
        .content_type
        .value
        .iter()
        .map(|kind| match kind.word() {
            "form" => "application/x-www-form-urlencoded",
            _ => "application/json",
        });
    let mut headers = vec![
        (
            "content-type".to_owned(),
            content_type.collect::<Vec<_>>().join(" or "),
            request.content_type.from,
        ),
        (
            "user-agent".to_owned(),
            request.user_agent.value.clone(),
            request.user_agent.from,
        ),
    ];
    for header in &profile.headers {
        headers.push((
            header.name.to_ascii_lowercase(),
            header.value.replace("{event}", event),
            header.from,
        ));
    }
    let signed = if profile.signature.optional.value {
        "made with the secret, if there is one"
    } else {
        "made with the secret"
    };
    for name in profile.scheme().header_names() {
        headers.push((
            name.to_owned(),
            signed.to_owned(),
            profile.signature.scheme.from,
        ));
    }
    headers
}

fn event_json(provider: &Provider, name: &str, event: &Event) -> Value {
    let profile = &provider.profile;
    let headers: Vec<Value> = headers(provider, name)
        .into_iter()
        .map(|(name, value, from)| json!({"name": name, "value": value, "from": from.word()}))
        .collect();
    let sample = provider.sample(name);
    let fields: Vec<Value> = path::paths(&sample)
        .into_iter()
        .map(|field| json!({"path": field, "from": event.origin_of(&field).word(), "note": profile.notes.get(&field)}))
        .collect();
    let variants: Vec<Value> = event
        .variants
        .iter()
        .chain(&profile.variants)
        .map(|(name, variant)| json!({"name": name, "about": variant.about, "from": variant.from.word()}))
        .collect();
    json!({
        "type": "event", "provider": profile.name, "event": name, "about": event.about, "from": event.from.word(),
        "docs": profile.docs, "headers": headers, "payload": sample, "fields": fields, "variants": variants,
    })
}
