//! Endpoints are made and changed.

use clap::Args;
use jiff::Timestamp;

use super::super::Context;
use super::super::message::random_seed;
use super::super::options::{Target, method};
use super::super::target::TargetParser;
use super::{all, open, place};
use crate::delivery::{Endpoint, rules};
use crate::error::{Error, Outcome, Result, utf8};
use crate::provider::{Catalogue, Profile, Provider};
use crate::render;
use crate::request::curl;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::value::ContentType;

/// Register a URL
#[derive(Args)]
pub(super) struct AddArgs {
    /// URL to deliver to
    #[arg(value_name = "URL", value_parser = TargetParser)]
    url: Target,
    /// Provider whose events it gets; by default the one that the events are of
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

/// Change an endpoint; what is not named stays as it is
#[derive(Args)]
pub(super) struct EditArgs {
    /// Name or id
    #[arg(value_name = "NAME")]
    endpoint: String,
    /// URL to deliver to
    #[arg(long, value_name = "URL", value_parser = TargetParser)]
    url: Option<Target>,
    /// Send without a signature from now on
    #[arg(long, conflicts_with_all = ["secret", "secret_file"])]
    no_secret: bool,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Args)]
struct Fields {
    /// Events that it gets, with commas between; `*` stands for all
    #[arg(long, value_name = "EVENTS", value_delimiter = ',')]
    events: Option<Vec<String>>,
    /// What it is called; by default as its provider
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Signing secret; if it is empty or not given, the old one stays, or one is made in the provider's form
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true)]
    secret: Option<String>,
    /// File with the secret; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "secret")]
    secret_file: Option<String>,
    /// Method in place of the provider's usual one
    #[arg(long, value_name = "METHOD", value_parser = method)]
    method: Option<String>,
    /// Content type in place of the provider's usual one
    #[arg(long, value_name = "TYPE")]
    content_type: Option<ContentType>,
    /// Send HTTP Basic credentials; none if it is empty
    #[arg(long, value_name = "USER:PASS")]
    basic: Option<String>,
    /// Custom payload, field by field: @PATH takes a value of the payload, else text; an empty one takes it away (can be repeated)
    #[arg(long, value_name = "FIELD=@PATH|TEXT")]
    map: Vec<String>,
    /// Keep the bodies of answers in the log
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    log_response_body: Option<bool>,
}

pub(super) fn add(args: &AddArgs, context: &mut Context) -> Result<Outcome> {
    let settings = &context.settings;
    let place = place(settings)?;
    let catalogue = settings.catalogue()?;
    let provider = args.provider(&catalogue)?;
    let profile = &provider.profile;
    let endpoints = all(settings)?;
    let name = match &args.fields.name {
        Some(name) => name.clone(),
        None => rules::free_name(&endpoints, &profile.name),
    };
    check_free(&endpoints, &name)?;
    let url = args.url.url.clone();
    let mut endpoint = rules::new_endpoint(profile, name, url, &random_seed()?, Timestamp::now())?;
    endpoint.basic = args.url.credentials.as_deref().map(Secret::new);
    args.fields.apply(&mut endpoint, profile, settings)?;
    let notes = rules::check(&endpoint, &provider)?;
    place.open()?.keep_endpoint(&endpoint)?;
    tell(&endpoint, &notes, context)?;
    if !context.ui.json && endpoint.secret.is_some() && profile.scheme().signs() {
        let name = curl::quote(&endpoint.name);
        context.ui.hint(&format!(
            "`hookctl endpoints secret {name} --reveal` prints the secret that your handler verifies with."
        ))?;
    }
    Ok(Outcome::Good)
}

pub(super) fn edit(args: &EditArgs, context: &mut Context) -> Result<Outcome> {
    let settings = &context.settings;
    let (mut store, old) = open(&args.endpoint, settings)?;
    let provider = settings.catalogue()?.provider(&old.provider)?;
    let profile = &provider.profile;
    let mut endpoint = old.clone();
    if let Some(target) = &args.url {
        endpoint.url = target.url.clone();
        let credentials = target.credentials.as_deref().map(Secret::new);
        endpoint.basic = credentials.or(endpoint.basic);
    }
    if args.no_secret {
        if !profile.signature.optional.value && profile.scheme().signs() {
            return Err(Error::usage(format!(
                "{} signs every delivery, so an endpoint needs a secret",
                profile.label
            )));
        }
        endpoint.secret = None;
    }
    args.fields.apply(&mut endpoint, profile, settings)?;
    if endpoint.name != old.name {
        check_free(&store.endpoints()?, &endpoint.name)?;
    }
    let notes = rules::check(&endpoint, &provider)?;
    if endpoint != old {
        endpoint.changed_at = Timestamp::now();
        store.keep_endpoint(&endpoint)?;
    }
    tell(&endpoint, &notes, context)?;
    Ok(Outcome::Good)
}

impl AddArgs {
    /// The provider that was named, else the one whose events were.
    fn provider(&self, catalogue: &Catalogue) -> Result<std::sync::Arc<Provider>> {
        if let Some(name) = &self.provider {
            return catalogue.provider(name);
        }
        let event = self.fields.events.iter().flatten().next();
        match event.filter(|event| !event.is_empty() && *event != crate::store::ALL) {
            Some(event) => Ok(catalogue.find(event.trim(), None)?.provider),
            None => Err(Error::usage("an endpoint is one of a provider")
                .hint("Say whose: `--provider NAME`; `hookctl providers` lists them.")),
        }
    }
}

impl Fields {
    fn apply(&self, endpoint: &mut Endpoint, profile: &Profile, settings: &Settings) -> Result<()> {
        if let Some(events) = &self.events {
            endpoint.events = named(events, &profile.name);
        }
        if let Some(name) = &self.name {
            name.clone_into(&mut endpoint.name);
        }
        if let Some(text) = &self.description {
            endpoint.description = Some(text.clone()).filter(|text| !text.is_empty());
        }
        if let Some(secret) = self.secret(settings)? {
            rules::set_secret(endpoint, profile, secret)?;
        }
        if let Some(method) = &self.method {
            endpoint.method.clone_from(method);
        }
        endpoint.content_type = self.content_type.unwrap_or(endpoint.content_type);
        match self.basic.as_deref() {
            None => {}
            Some("") => endpoint.basic = None,
            Some(basic) if !basic.contains(':') => {
                return Err(Error::usage(
                    "`--basic` needs a user and a password with a colon between them",
                ));
            }
            Some(basic) => endpoint.basic = Some(Secret::new(basic)),
        }
        if !self.map.is_empty() {
            let fields = self.map.iter().filter(|field| !field.is_empty());
            endpoint.map = fields.cloned().collect();
        }
        endpoint.log_body = self.log_response_body.unwrap_or(endpoint.log_body);
        Ok(())
    }

    fn secret(&self, settings: &Settings) -> Result<Option<Secret>> {
        let Some(file) = &self.secret_file else {
            return Ok(self.secret.as_deref().map(Secret::new));
        };
        let text = utf8(settings.read(file)?, file)?;
        Ok(Some(Secret::from_file(&text)))
    }
}

/// Names of events as they were typed: each once, without the provider's name before them.
fn named(typed: &[String], provider: &str) -> Vec<String> {
    let mut events: Vec<String> = Vec::new();
    let names = typed.iter().map(|event| event.trim());
    for event in names.filter(|event| !event.is_empty()) {
        let own = event
            .strip_prefix(provider)
            .and_then(|rest| rest.strip_prefix('/'));
        let event = own.unwrap_or(event).to_owned();
        if !events.contains(&event) {
            events.push(event);
        }
    }
    events
}

fn check_free(endpoints: &[Endpoint], name: &str) -> Result<()> {
    let is_taken = endpoints
        .iter()
        .any(|endpoint| endpoint.name == name || endpoint.id == name);
    if !is_taken {
        return Ok(());
    }
    let free = rules::free_name(endpoints, name);
    Err(Error::usage(format!("an endpoint is called `{name}` already")).hint(format!(
        "Call this one otherwise, as in `--name {}`; `hookctl endpoints edit` changes that one.",
        curl::quote(&free)
    )))
}

/// Shows an endpoint as it is now.
fn tell(endpoint: &Endpoint, notes: &[String], context: &mut Context) -> Result<()> {
    let ui = &mut context.ui;
    for note in notes {
        ui.note(&format!("note: {note}"))?;
    }
    if ui.json {
        ui.json_line(&render::endpoint::json(endpoint, false))
    } else {
        ui.data(render::endpoint::show(endpoint, false, ui.out_paint))
    }
}
