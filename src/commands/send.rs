//! `hookctl send`: a realistic, correctly signed event.

use std::sync::Arc;

use clap::{Args, FromArgMatches as _};
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::Context;
pub(super) use super::message::random_seed;
use super::message::{Message, PayloadArgs, messages};
use super::options::{
    EditArgs, ExpectArgs, FaultArgs, PrintArgs, RequestArgs, SecretArgs, ShapeArgs, Target,
    is_loopback,
};
use super::outgoing::{Planned, Run, add_basic, one_reads_stdin, replaced};
use super::target::TargetParser;
use crate::error::{Error, Outcome, Result};
use crate::provider::Profile;
use crate::provider::compose::{Content, Shape, check_basic, compose, not_json};
use crate::provider::profile::ContentType;
use crate::request::{Request, form};
use crate::sender::{Delivery, authority};

/// Deliver a realistic, correctly signed event
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl send lead_replied --to http://localhost:3000/webhooks/ken
  hookctl send ken/positive-reply --to http://localhost:3000/webhooks/ken
  hookctl send call.ended --set call.duration=12 --to http://localhost:3000/klen
  hookctl send lead_replied --tamper body --expect 4xx --to http://localhost:3000/webhooks/ken
  hookctl send lead_replied --dry-run --as curl --to http://localhost:3000/webhooks/ken")]
pub(crate) struct SendArgs {
    /// Events or scenarios: `provider/name`, or `name` where one provider alone has it
    #[arg(required = true, value_name = "EVENT")]
    pub(crate) events: Vec<String>,
    /// URL to deliver to; by default the one configured for the provider
    #[arg(long, value_name = "URL", value_parser = TargetParser)]
    to: Option<Target>,
    #[command(flatten)]
    print: PrintArgs,
    #[command(flatten)]
    payload: PayloadArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    shape: ShapeArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    faults: FaultArgs,
    #[command(flatten)]
    expect: ExpectArgs,
}

pub(crate) fn run(args: &SendArgs, context: &mut Context) -> Result<Outcome> {
    one_reads_stdin(&[
        ("--secret-file -", args.secret.reads_stdin()),
        ("--data -", args.payload.data.as_deref() == Some("-")),
    ])?;
    let planned = args.planned(context)?;
    let run = Run {
        request: &args.request,
        expect: &args.expect,
        faults: &args.faults,
        print: &args.print,
        timestamp: args.payload.timestamp,
    };
    run.all(planned, context)
}

impl SendArgs {
    /// Reads flags and events as they would be typed.
    pub(super) fn of_words(
        words: &[String],
        to: Option<Target>,
        secret: SecretArgs,
    ) -> Result<Self> {
        let command = Self::augment_args(clap::Command::new("send").no_binary_name(true));
        let read = command
            .try_get_matches_from(words)
            .and_then(|matches| Self::from_arg_matches(&matches));
        let read = read.map_err(|error| {
            let said = error.to_string();
            let first = said.lines().next().unwrap_or_default();
            Error::usage(first.trim_start_matches("error: "))
        });
        Ok(Self {
            to,
            secret,
            ..read?
        })
    }

    /// The deliveries that it asks for. What is worth knowing about them is said.
    pub(super) fn planned(&self, context: &mut Context) -> Result<Vec<Planned>> {
        let catalogue = context.settings.catalogue()?;
        let messages = messages(
            &self.events,
            &self.payload,
            &self.edits,
            &catalogue,
            context,
        )?;
        let mut planned = Vec::new();
        for message in messages {
            for note in &message.notes {
                context.ui.note(&format!("note: {note}"))?;
            }
            planned.push(self.plan(&message, context)?);
        }
        Ok(planned)
    }

    /// Time of the attempts in unix seconds.
    pub(super) fn signed_at(&self, now: Timestamp) -> i64 {
        let time = self.payload.timestamp;
        time.map_or(now, |time| time.resolve(now)).as_second()
    }

    fn plan(&self, message: &Message, context: &mut Context) -> Result<Planned> {
        let profile = &message.provider.profile;
        let Target {
            url, credentials, ..
        } = target(self.to.as_ref(), profile, context)?;
        if profile.request.https.value && url.scheme() == "http" && !is_loopback(&url) {
            context.ui.warn(&format!(
                "{} delivers to https:// only, and this is `http://{}`.",
                profile.label,
                authority(&url)
            ))?;
        }
        let mut request = self.compose(message, &url, context)?;
        if let Some(credentials) = self.credentials(credentials)? {
            if let Some(note) = check_basic(profile, &request.method).map_err(Error::usage)? {
                context.ui.note(&format!("note: {note}"))?;
            }
            add_basic(&credentials, &mut request);
        }
        let secret = self.secret.for_signing(&context.settings, profile)?;
        let signing = message.signing(secret.as_ref(), self.faults.tamper)?;
        let sends_id = message.sends_id(&signing);
        let delivery = Delivery {
            provider: Some(profile.name.clone()),
            event: Some(message.event.clone()),
            id: message.id.clone(),
            sends_id,
            url,
            request,
            signing: Some(signing),
            headers: self.request.headers.clone(),
            tamper: self.faults.tamper,
            lower_case: true,
        };
        let unsigned = secret.and_then(|secret| message.unsigned(&secret));
        let no_id = (!sends_id && self.payload.id.is_some()).then(|| message.unused_id());
        let notes = unsigned.into_iter().chain(no_id);
        for note in notes.chain(replaced(&delivery, Some("--id"))) {
            context.ui.note(&format!("note: {note}"))?;
        }
        Ok(Planned {
            delivery,
            provider: Some(Arc::clone(&message.provider)),
            exact: false,
            stored_status: None,
            origin: None,
        })
    }

    /// The request without signature and credentials.
    fn compose(&self, message: &Message, url: &Url, context: &mut Context) -> Result<Request> {
        let profile = &message.provider.profile;
        let shape = Shape::new(
            profile,
            self.shape.method.as_deref(),
            self.shape.content_type,
        );
        let mut content = message.content.clone();
        let mut notes = shape.departures(profile);
        if let Content::Bytes(body) = &message.content {
            if !shape.has_body() && !body.is_empty() {
                content = Content::Fields(pairs(body, &shape)?);
                notes.push(format!(
                    "{} has no body; the pairs of `--data` go into the query.",
                    shape.method
                ));
            } else {
                notes.extend(not_json("the body", body, shape.content_type));
            }
        }
        for note in notes {
            context.ui.note(&format!("note: {note}"))?;
        }
        Ok(compose(
            profile,
            &message.event,
            &message.id,
            &content,
            &shape,
            url,
        ))
    }

    /// The credentials of the flag, else those that stood in the URL.
    fn credentials(&self, of_url: Option<String>) -> Result<Option<String>> {
        match &self.shape.basic {
            Some(basic) if !basic.contains(':') => Err(Error::usage(
                "`--basic` needs a user and a password with a colon between them",
            )),
            Some(basic) => Ok(Some(basic.clone())),
            None => Ok(of_url),
        }
    }
}

/// Where a provider's deliveries go: the URL of the flag, else the configured one.
pub(super) fn target(
    given: Option<&Target>,
    profile: &Profile,
    context: &Context,
) -> Result<Target> {
    if let Some(target) = given {
        return Ok(target.clone());
    }
    let configured = context.settings.provider(&profile.name)?.to.ok_or_else(|| {
        Error::usage("nowhere to deliver to")
            .hint(format!("Give a URL: `--to http://localhost:8080/webhooks/{}`", profile.name))
            .hint(format!("Or set `to` under `[providers.{}]` in `hookctl.toml`; `hookctl init` writes one.", profile.name))
    })?;
    configured.parse().map_err(|problem: String| {
        let key = format!("`providers.{}.to` in the configuration", profile.name);
        // What cannot be read may hold a password.
        if configured.contains('@') {
            return Error::usage(format!("{key} is no URL to deliver to"));
        }
        Error::usage(format!("{key} is `{configured}`: {problem}"))
    })
}

/// The pairs of a body that has to go into the query.
fn pairs(body: &[u8], shape: &Shape) -> Result<Value> {
    if shape.content_type == ContentType::Form {
        return Ok(form::to_value(body));
    }
    match serde_json::from_slice(body) {
        Ok(pairs @ Value::Object(_)) => Ok(pairs),
        _ => Err(Error::usage(format!(
            "{} has no body, and `--data` is no JSON object whose pairs could go into the query",
            shape.method
        ))),
    }
}
