//! `hookctl providers`: profiles, built in and added.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::provider::catalogue::PROFILE;
use crate::provider::profile::{Auth, ContentType};
use crate::provider::{Fact, Origin, Profile, Provider};
use crate::render::Paint;
use crate::render::table::{cell, columns, plain};
use crate::sender::jiff_text;

/// List providers, show, add or check one
#[derive(Args)]
pub(crate) struct ProvidersArgs {
    #[command(subcommand)]
    command: Option<ProvidersCommand>,
}

#[derive(Subcommand)]
enum ProvidersCommand {
    /// Show all that is known of a provider, and where it comes from
    Show {
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Add a provider to your own folder
    Add {
        /// A `provider.toml`, the folder it is in, or one file with inline samples
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Replace a provider of the same name that was added before
        #[arg(long)]
        force: bool,
    },
    /// Say whether a file describes a provider
    Check {
        /// A `provider.toml`, the folder it is in, or one file with inline samples
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

pub(crate) fn run(args: &ProvidersArgs, context: &mut Context) -> Result<Outcome> {
    match &args.command {
        None => list(context)?,
        Some(ProvidersCommand::Show { name }) => show(name, context)?,
        Some(ProvidersCommand::Add { file, force }) => add(file, *force, context)?,
        Some(ProvidersCommand::Check { file }) => check(file, context)?,
    }
    Ok(Outcome::Good)
}

fn list(context: &mut Context) -> Result<()> {
    let providers = context.settings.catalogue()?.all()?;
    if context.ui.json {
        for provider in providers {
            let profile = &provider.profile;
            context.ui.json_line(&json!({
                "type": "provider", "name": profile.name, "label": profile.label, "about": profile.about,
                "docs": profile.docs, "events": profile.events.len(), "scenarios": profile.scenarios.len(),
                "scheme": profile.signature.scheme.value, "built_in": provider.path.is_none(),
            }))?;
        }
        return Ok(());
    }
    let paint = context.ui.out_paint;
    let rows: Vec<[(String, String); 4]> = providers
        .iter()
        .map(|provider| {
            let profile = &provider.profile;
            let about = if provider.path.is_some() {
                format!("{} [yours]", profile.about)
            } else {
                profile.about.clone()
            };
            [
                cell(&*profile.name, |text| paint.name(text)),
                plain(format!("{} events", profile.events.len())),
                plain(&*profile.signature.scheme.value),
                plain(about),
            ]
        })
        .collect();
    context.ui.data(columns(&rows, ""))
}

fn show(name: &str, context: &mut Context) -> Result<()> {
    let provider = context.settings.catalogue()?.provider(name)?;
    if context.ui.json {
        return context.ui.json_line(&provider_json(&provider));
    }
    let text = provider_text(&provider, context.ui.out_paint);
    context.ui.data(text)
}

/// A fact in words.
struct Line {
    name: &'static str,
    value: Value,
    shown: String,
    from: Origin,
    note: Option<String>,
}

/// All facts of a profile, in the order in which they are shown.
fn facts(profile: &Profile) -> Vec<Line> {
    fn line<T>(name: &'static str, fact: &Fact<T>, value: impl Fn(&T) -> Value) -> Line {
        let value = value(&fact.value);
        let shown = match &value {
            Value::String(text) => text.clone(),
            Value::Bool(bool) => if *bool { "yes" } else { "no" }.to_owned(),
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            other => other.to_string(),
        };
        Line {
            name,
            value,
            shown,
            from: fact.from,
            note: fact.note.clone(),
        }
    }
    let words = |words: &Vec<String>| json!(words);
    let text = |text: &String| json!(text);
    let (request, envelope, policy) = (&profile.request, &profile.envelope, &profile.policy);
    let mut lines = vec![
        line("method", &request.method, words),
        line("content type", &request.content_type, |kinds| {
            json!(
                kinds
                    .iter()
                    .map(|kind: &ContentType| kind.word())
                    .collect::<Vec<_>>()
            )
        }),
        line("authentication", &request.auth, |auth| {
            json!(
                auth.iter()
                    .map(|auth| match auth {
                        Auth::None => "none",
                        Auth::Basic => "basic",
                    })
                    .collect::<Vec<_>>()
            )
        }),
    ];
    lines.extend(
        request
            .basic_methods
            .as_ref()
            .map(|methods| line("credentials with", methods, words)),
    );
    lines.push(line("https only", &request.https, |https| json!(https)));
    lines.push(line("user agent", &request.user_agent, text));
    lines.push(line("signature scheme", &profile.signature.scheme, text));
    lines.extend(profile.signature.prefix.as_ref().map(|prefix| {
        line("digest prefix", prefix, |prefix| {
            json!(if prefix.is_empty() { "none" } else { prefix })
        })
    }));
    lines.extend(profile.signature.secret.as_ref().map(|secret| {
        line("secret", secret, |form| {
            json!(format!("{form:?}").to_lowercase())
        })
    }));
    lines.push(line(
        "secret optional",
        &profile.signature.optional,
        |optional| json!(optional),
    ));
    lines.push(line("event name at", &envelope.event, text));
    lines.push(line("event time at", &envelope.time, text));
    lines.extend(
        envelope
            .delivery
            .as_ref()
            .map(|delivery| line("delivery id at", delivery, text)),
    );
    lines.extend(
        envelope
            .delivery_form
            .as_ref()
            .map(|form| line("delivery id form", form, text)),
    );
    lines.extend(
        envelope
            .dedup
            .as_ref()
            .map(|dedup| line("duplicates told by", dedup, words)),
    );
    lines.push(line("success", &policy.success, |set| json!(set.text())));
    lines.push(line("time limit", &policy.timeout, |span| {
        json!(jiff_text(span.0))
    }));
    lines.push(line("retries after", &policy.retry, |spans| {
        json!(
            spans
                .iter()
                .map(|span| jiff_text(span.0))
                .collect::<Vec<_>>()
        )
    }));
    lines.push(line("disabled", &policy.disable, text));
    lines.push(line("delivered", &policy.delivery, text));
    lines
}

fn provider_json(provider: &Provider) -> Value {
    let profile = &provider.profile;
    let facts: Map<String, Value> = facts(profile)
        .into_iter()
        .map(|line| {
            (
                line.name.replace(' ', "_"),
                json!({"value": line.value, "from": line.from.word(), "note": line.note}),
            )
        })
        .collect();
    let headers: Vec<Value> = profile
        .headers
        .iter()
        .map(|header| json!({"name": header.name, "value": header.value, "from": header.from.word(), "note": header.note}))
        .collect();
    let variants: Vec<Value> = profile
        .variants
        .iter()
        .map(|(name, variant)| json!({"name": name, "about": variant.about, "from": variant.from.word()}))
        .collect();
    let mappings: Vec<Value> = profile
        .mapping
        .iter()
        .map(|(name, mapping)| json!({"name": name, "about": mapping.about, "from": mapping.from.word(), "fields": mapping.fields}))
        .collect();
    json!({
        "type": "provider", "name": profile.name, "label": profile.label, "about": profile.about, "docs": profile.docs,
        "built_in": provider.path.is_none(), "facts": facts, "headers": headers,
        "events": profile.events.keys().collect::<Vec<_>>(), "scenarios": profile.scenarios.keys().collect::<Vec<_>>(),
        "variants": variants, "mappings": mappings, "gaps": profile.gaps,
    })
}

fn provider_text(provider: &Provider, paint: Paint) -> String {
    let profile = &provider.profile;
    let origin = |from: Origin| match from {
        Origin::Documented => paint.good(from.word()),
        Origin::Public => paint.name(from.word()),
        Origin::Assumed => paint.warn(from.word()),
    };
    let mut text = format!(
        "{}  {}\n{}\n",
        paint.strong(&profile.label),
        profile.about,
        paint.faint(&profile.docs)
    );
    if let Some(path) = &provider.path {
        text.push_str(&format!(
            "{}\n",
            paint.faint(&format!("from {}", path.display()))
        ));
    }
    text.push('\n');
    let mut rows: Vec<[(String, String); 4]> = facts(profile)
        .into_iter()
        .map(|line| {
            let note = line.note.unwrap_or_default();
            [
                plain(line.name),
                cell(line.shown, |text| paint.strong(text)),
                cell(line.from.word(), |_| origin(line.from)),
                cell(note, |note| paint.faint(note)),
            ]
        })
        .collect();
    rows.extend(profile.headers.iter().map(|header| {
        let note = header.note.clone().unwrap_or_default();
        let value = format!("{}: {}", header.name, header.value);
        [
            plain("header"),
            cell(value, |text| paint.strong(text)),
            cell(header.from.word(), |_| origin(header.from)),
            cell(note, |note| paint.faint(note)),
        ]
    }));
    rows.extend(profile.variants.iter().map(|(name, variant)| {
        [
            plain("variant"),
            cell(&**name, |text| paint.strong(text)),
            cell(variant.from.word(), |_| origin(variant.from)),
            cell(&*variant.about, |about| paint.faint(about)),
        ]
    }));
    rows.extend(profile.mapping.values().map(|mapping| {
        let fields = mapping
            .fields
            .iter()
            .map(|field| format!("--map {field}"))
            .collect::<Vec<_>>()
            .join(" ");
        [
            plain("custom payload"),
            cell(fields, |text| paint.strong(text)),
            cell(mapping.from.word(), |_| origin(mapping.from)),
            cell(&*mapping.about, |about| paint.faint(about)),
        ]
    }));
    text.push_str(&columns(&rows, "  "));
    if !profile.gaps.is_empty() {
        text.push_str(&format!(
            "\n{}\n",
            paint.strong("What the documentation leaves open")
        ));
        for gap in &profile.gaps {
            text.push_str(&format!("  - {gap}\n"));
        }
    }
    text.push_str(&format!(
        "\n{} events: hookctl events {}\n",
        profile.events.len(),
        profile.name
    ));
    text
}

fn check(file: &Path, context: &mut Context) -> Result<()> {
    let provider = Provider::read(&context.settings.directory().join(file))?;
    if context.ui.json {
        return context.ui.json_line(&json!({"type": "check", "status": "ok", "provider": provider.profile.name, "events": provider.profile.events.len()}));
    }
    let (name, events) = (&provider.profile.name, provider.profile.events.len());
    let mark = context.ui.out_paint.good("✓");
    context.ui.data(format!("{mark} {name}: {events} events\n"))
}

fn add(file: &Path, force: bool, context: &mut Context) -> Result<()> {
    let file = context.settings.directory().join(file);
    let provider = Provider::read(&file)?;
    let name = &provider.profile.name;
    let folder = context.settings.user_folder()?.join("providers").join(name);
    if folder.exists() && !force {
        return Err(Error::usage(format!(
            "`{name}` was added before, to `{}`",
            folder.display()
        ))
        .hint("`--force` replaces it."));
    }
    let cannot =
        |error| Error::machine(format!("cannot write to `{}`", folder.display())).because(error);
    fs::create_dir_all(&folder).map_err(cannot)?;
    let profile = provider.path.as_deref().unwrap_or(&file);
    fs::copy(profile, folder.join(PROFILE)).map_err(cannot)?;
    for (event, _) in provider.events() {
        let sample = format!("{}\n", provider.sample_text(event));
        fs::write(folder.join(format!("{event}.json")), sample).map_err(cannot)?;
    }
    if context.ui.json {
        return context
            .ui
            .json_line(&json!({"type": "added", "provider": name, "path": folder}));
    }
    context
        .ui
        .data(format!("Added {name} to {}\n", folder.display()))
}
