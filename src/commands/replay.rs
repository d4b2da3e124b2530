//! `hookctl replay`: stored requests again, signed afresh or byte for byte.

use std::sync::Arc;

use clap::Args;

use super::Context;
use super::options::{EditArgs, ExpectArgs, FaultArgs, RequestArgs, SecretArgs, Target, Time};
use super::outgoing::{Planned, Run, signing_key};
use super::send::{delivery_form, random_seed};
use super::sources::{Sourced, load};
use crate::error::{Error, Outcome, Result};
use crate::provider::compose::{Content, Shape, compose, not_json, target};
use crate::provider::fresh::Seed;
use crate::provider::payload::{self, Payload};
use crate::provider::{Catalogue, Detector, Provider};
use crate::render::outgoing::Form;
use crate::request::{Request, json};
use crate::sender::{Delivery, Signing, authority};
use crate::signature::{self, Scheme, Source, extract};

/// Send stored requests again, signed afresh
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl replay captures/ --to http://localhost:3000
  hookctl replay delivery.json --raw --to http://localhost:3000
  hookctl replay delivery.http --set contact.email=a@example.com --to http://localhost:3000/webhooks/ken

A URL with a path of its own is used as it is; one without gets the stored path and query.
A payload alone is sent as its provider would send it, as JSON.stringify prints it.")]
pub(crate) struct ReplayArgs {
    /// Saved captures, raw HTTP files, payloads, folders of these, or - for stdin
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// URL to deliver to
    #[arg(long, value_name = "URL")]
    to: Target,
    /// Send exactly what was stored, old signature included
    #[arg(long, conflicts_with_all = ["set", "unset", "headers", "tamper", "new_id", "secret", "secret_file"])]
    raw: bool,
    /// Give each delivery a new id
    #[arg(long)]
    new_id: bool,
    /// Provider of the requests; found from each request by default
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Time of the new signatures: RFC 3339, unix seconds, or from now as in `-10m`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    timestamp: Option<Time>,
    /// Print the exact requests and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Form in which the requests are printed instead of sent
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    faults: FaultArgs,
    #[command(flatten)]
    expect: ExpectArgs,
}

pub(crate) fn run(args: &ReplayArgs, context: &mut Context) -> Result<Outcome> {
    let catalogue = context.settings.catalogue()?;
    let replay = Replay {
        args,
        detector: Detector::new(catalogue.all()?),
        catalogue,
        seed: random_seed()?,
    };
    let mut planned = Vec::new();
    for (number, sourced) in load(&args.sources, &context.settings)?.iter().enumerate() {
        planned.push(replay.plan(number, sourced, context)?);
    }
    if args.faults.reorder {
        planned.reverse();
    }
    let again = usize::try_from(args.faults.duplicate).unwrap_or(0);
    let planned: Vec<Planned> = planned
        .into_iter()
        .flat_map(|planned| std::iter::repeat_n(planned, again + 1))
        .collect();
    let print = match (args.form, args.dry_run, context.ui.json) {
        (Some(form), ..) => Some(form),
        (None, true, true) => Some(Form::Json),
        (None, true, false) => Some(Form::Http),
        (None, false, _) => None,
    };
    let run = Run {
        request: &args.request,
        expect: &args.expect,
        timestamp: args.timestamp,
        print,
    };
    run.all(&planned, context)
}

struct Replay<'a> {
    args: &'a ReplayArgs,
    catalogue: Catalogue,
    detector: Detector,
    seed: Seed,
}

impl Replay<'_> {
    fn plan(&self, number: usize, sourced: &Sourced, context: &mut Context) -> Result<Planned> {
        let stored = &sourced.stored;
        super::sources::check_whole(sourced, self.args.raw)?;
        let source = Source::new(&stored.request);
        let provider = self.provider(sourced, &source)?;
        let event = provider
            .as_ref()
            .and_then(|provider| provider.event_of(&source))
            .or_else(|| stored.event.clone());
        let mut url = self.args.to.url.clone();
        if !self.args.to.has_path && !stored.payload_only {
            url.set_path(stored.request.path());
            url.set_query(Some(stored.request.query()).filter(|query| !query.is_empty()));
        }
        let mut delivery = Delivery {
            provider: provider
                .as_ref()
                .map(|provider| provider.profile.name.clone()),
            event,
            id: String::new(),
            request: stored.request.clone(),
            signing: None,
            headers: self.args.request.headers.clone(),
            tamper: self.args.faults.tamper,
            lower_case: false,
            url,
        };
        let id = |provider: &Provider| {
            self.seed
                .nth(number)
                .value(delivery_form(&provider.profile), "delivery id")
        };
        if stored.payload_only {
            let provider = provider
                .as_deref()
                .ok_or_else(|| unknown_provider(sourced))?;
            delivery.id = id(provider);
            delivery.request = self.compose(provider, &delivery, sourced, context)?;
        } else if self.args.to.has_path {
            delivery.request.target = target(&delivery.url);
        }
        if self.args.raw && !stored.payload_only {
            let scheme = scheme_of(provider.as_deref(), &Source::new(&stored.request));
            delivery.id = stored_id(provider.as_deref(), scheme, &source)
                .or_else(|| stored.delivery_id.clone())
                .unwrap_or_default();
        } else if !self.args.raw {
            let scheme = scheme_of(provider.as_deref(), &Source::new(&delivery.request));
            if !stored.payload_only {
                let made = || {
                    provider.as_deref().map_or_else(
                        || {
                            self.seed
                                .nth(number)
                                .value("msg_{base62:27}", "delivery id")
                        },
                        id,
                    )
                };
                let stored_id = stored_id(provider.as_deref(), scheme, &source)
                    .or_else(|| stored.delivery_id.clone());
                delivery.id = stored_id.filter(|_| !self.args.new_id).unwrap_or_else(made);
                self.edit(&mut delivery, sourced, context)?;
                refresh(&mut delivery, provider.as_deref(), scheme);
            }
            delivery.signing = self.signing(provider.as_deref(), scheme, sourced, context)?;
        }
        Ok(Planned {
            delivery,
            provider,
            exact: true,
            stored_status: stored.status,
        })
    }

    fn provider(&self, sourced: &Sourced, source: &Source<'_>) -> Result<Option<Arc<Provider>>> {
        if let Some(name) = &self.args.provider {
            return self.catalogue.provider(name).map(Some);
        }
        if let Some(provider) = self.detector.provider(source) {
            return Ok(Some(Arc::clone(provider)));
        }
        // A custom payload tells nothing by itself, but the listener may have known.
        Ok(sourced
            .stored
            .provider
            .as_deref()
            .and_then(|name| self.catalogue.provider(name).ok()))
    }

    /// A payload as its provider would send it; its bytes stay with `--raw`.
    fn compose(
        &self,
        provider: &Provider,
        delivery: &Delivery,
        sourced: &Sourced,
        context: &mut Context,
    ) -> Result<Request> {
        let profile = &provider.profile;
        let body = &delivery.request.body;
        let event = delivery.event.clone().unwrap_or_default();
        let content = match serde_json::from_slice(body) {
            Ok(value) if !self.args.raw => {
                let mut payload = Payload {
                    value,
                    notes: Vec::new(),
                };
                payload::edit(
                    &mut payload,
                    &self.args.edits.set,
                    &self.args.edits.unset,
                    &profile.name,
                )?;
                for note in &payload.notes {
                    context.ui.note(&format!("note: {note}"))?;
                }
                Content::Fields(payload.value)
            }
            Err(error) if !self.args.edits.is_empty() => {
                return Err(not_editable(&sourced.from).because(error));
            }
            _ => Content::Bytes(body.clone()),
        };
        let shape = Shape::new(profile, None, None);
        let what = format!("`{}`", sourced.from);
        if let Some(note) = not_json(&what, body, shape.content_type) {
            context.ui.note(&format!("note: {note}"))?;
        }
        let mut request = compose(
            profile,
            &event,
            &delivery.id,
            &content,
            &shape,
            &delivery.url,
        );
        if self.args.raw {
            request
                .headers
                .insert_first("host", authority(&delivery.url));
            request
                .headers
                .push("content-length", request.body.len().to_string());
        }
        Ok(request)
    }

    /// Edits a stored JSON body, which is written anew; without edits it stays as it is.
    fn edit(
        &self,
        delivery: &mut Delivery,
        sourced: &Sourced,
        context: &mut Context,
    ) -> Result<()> {
        if self.args.edits.is_empty() {
            return Ok(());
        }
        let value = serde_json::from_slice(&delivery.request.body)
            .map_err(|error| not_editable(&sourced.from).because(error))?;
        let mut payload = Payload {
            value,
            notes: Vec::new(),
        };
        payload::edit(
            &mut payload,
            &self.args.edits.set,
            &self.args.edits.unset,
            "this request",
        )?;
        for note in &payload.notes {
            context.ui.note(&format!("note: {note}"))?;
        }
        delivery.request.body = json::stringify(&payload.value).into();
        Ok(())
    }

    fn signing(
        &self,
        provider: Option<&Provider>,
        scheme: Option<&'static Scheme>,
        sourced: &Sourced,
        context: &mut Context,
    ) -> Result<Option<Signing>> {
        let Some(scheme) = scheme else {
            context.ui.note(&format!(
                "note: `{}` carries no signature that is known here; it is sent without.",
                sourced.from
            ))?;
            return Ok(Some(Signing {
                scheme: signature::named("unsigned").expect("a row of the table"),
                key: None,
                prefix: None,
            }));
        };
        let secret = match provider {
            Some(provider) => self
                .args
                .secret
                .for_signing(&context.settings, &provider.profile)?,
            None => self
                .args
                .secret
                .given(&context.settings)?
                .into_iter()
                .next(),
        };
        let secret = secret.filter(|secret| scheme.signs() && !secret.is_empty());
        let Some(secret) = secret else {
            let may = !scheme.signs()
                || provider.is_some_and(|provider| provider.profile.signature.optional.value);
            if may {
                return Ok(Some(Signing {
                    scheme,
                    key: None,
                    prefix: None,
                }));
            }
            return Err(Error::usage(format!(
                "no secret to sign `{}` with ({})",
                sourced.from, scheme.label
            ))
            .hint("Give `--secret`, or `--raw` to send it with its old signature."));
        };
        let (scheme, key) = signing_key(scheme, &secret, self.args.faults.tamper, None)?;
        let prefix = provider.and_then(|provider| provider.profile.signature.prefix.as_ref());
        Ok(Some(Signing {
            scheme,
            key: Some(key),
            prefix: prefix.map(|prefix| prefix.value.clone()),
        }))
    }
}

/// The scheme of a stored request: that of its signature, among the provider's if it is known.
fn scheme_of(provider: Option<&Provider>, source: &Source<'_>) -> Option<&'static Scheme> {
    let schemes = match provider {
        Some(provider) => signature::among(&provider.profile.schemes(), source),
        None => signature::detect(source),
    };
    schemes.first().copied()
}

fn stored_id(
    provider: Option<&Provider>,
    scheme: Option<&Scheme>,
    source: &Source<'_>,
) -> Option<String> {
    let by_scheme = scheme.and_then(|scheme| extract(scheme.delivery.as_deref()?, source));
    by_scheme.or_else(|| provider.and_then(|provider| provider.delivery_id_of(source)))
}

/// Makes a stored request ready to be signed again: no old signature, the right host and length, the id of now.
fn refresh(delivery: &mut Delivery, provider: Option<&Provider>, scheme: Option<&Scheme>) {
    let headers = &mut delivery.request.headers;
    if headers.contains("host") {
        headers.set("host", authority(&delivery.url));
    }
    if headers.contains("content-length") {
        headers.set("content-length", delivery.request.body.len().to_string());
    }
    if let Some(name) = scheme
        .and_then(|scheme| scheme.id_header.as_deref())
        .filter(|name| headers.contains(name))
    {
        headers.set(name, delivery.id.clone());
    }
    let in_header = provider.and_then(|provider| provider.profile.envelope.delivery.as_ref());
    if let Some(name) = in_header
        .and_then(|delivery| delivery.value.strip_prefix("header:"))
        .filter(|name| headers.contains(name))
    {
        headers.set(name, delivery.id.clone());
    }
}

fn not_editable(from: &str) -> Error {
    Error::usage(format!("cannot edit the body of `{from}`, it is no JSON"))
}

fn unknown_provider(sourced: &Sourced) -> Error {
    let body = &sourced.stored.request.body;
    let is_meant_as_json = body
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|byte| b"{[".contains(byte));
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(body)
        && is_meant_as_json
    {
        return Error::usage(format!("`{}` is broken JSON", sourced.from))
            .because(error)
            .hint("Mend it, or send it as it is with `--provider NAME`.");
    }
    Error::usage(format!(
        "`{}` is a payload alone, and no provider is known by it",
        sourced.from
    ))
    .hint("Say whose it is with `--provider NAME`.")
}
