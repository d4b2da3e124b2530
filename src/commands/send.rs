//! `hookctl send`: a realistic, correctly signed event.

use clap::{Args, FromArgMatches as _};
use jiff::Timestamp;

use super::Context;
use super::draft::{Destination, Draft, Drafting};
use super::message::{Making, Message, PayloadArgs, messages};
use super::notes::Notes;
use super::options::{
    EditArgs, ExpectArgs, FaultArgs, PrintArgs, RequestArgs, SecretArgs, ShapeArgs, Target,
};
use super::outgoing::{Planned, Run, one_reads_stdin};
use super::queue::{Queue, RetryArgs};
use super::target::TargetParser;
use super::volume::VolumeArgs;
use super::{endpoints, queue};
use crate::delivery::Endpoint;
use crate::error::{Error, Outcome, Result};
use crate::provider::{Catalogue, Profile};
use crate::render::{Paint, command_line};
use crate::request::curl::quote;

/// Deliver a realistic, correctly signed event
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl send lead_replied --to http://localhost:3000/webhooks/ken
  hookctl send ken/positive-reply --to http://localhost:3000/webhooks/ken
  hookctl send call.ended --set call.duration=12 --to http://localhost:3000/klen
  hookctl send lead_replied --tamper body --expect 4xx --to http://localhost:3000/webhooks/ken
  hookctl send lead_replied --dry-run --as curl --to http://localhost:3000/webhooks/ken
  hookctl send lead_replied --retry --speed 60x --to http://localhost:3000/webhooks/ken
  hookctl send lead_replied --count 10000 --concurrency 50 --to http://localhost:3000/webhooks/ken
  hookctl send lead_replied               # to every endpoint that gets it
  hookctl send --resume                   # goes on with what is pending")]
pub(crate) struct SendArgs {
    /// Events or scenarios: `provider/name`, or `name` where one provider alone has it
    #[arg(required_unless_present = "resume", value_name = "EVENT")]
    pub(crate) events: Vec<String>,
    /// URL to deliver to; by default every endpoint that is enabled and subscribed, else the URL configured for the provider
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
    retry: RetryArgs,
    #[command(flatten)]
    volume: VolumeArgs,
    #[command(flatten)]
    expect: ExpectArgs,
}

pub(crate) fn run(args: &SendArgs, context: &mut Context) -> Result<Outcome> {
    if args.retry.resume {
        return queue::resume(&args.retry, &args.volume, args.print.reveal, context);
    }
    one_reads_stdin(&[
        ("--secret-file -", args.secret.reads_stdin()),
        ("--data -", args.payload.data.as_deref() == Some("-")),
    ])?;
    let catalogue = context.settings.catalogue()?;
    let making = Making::new(&args.payload)?;
    let drafts = args.made(&making, &catalogue, context)?;
    let run = Run {
        request: &args.request,
        expect: &args.expect,
        faults: &args.faults,
        print: &args.print,
        timestamp: args.payload.timestamp,
    };
    let drafting = args.drafting();
    let goes_to_endpoints = drafts.iter().any(|draft| draft.endpoint().is_some());
    let is_queued = args.retry.wanted() || (goes_to_endpoints && !args.volume.wanted());
    if is_queued && !args.print.prints() {
        let queue = Queue {
            run: &run,
            retry: &args.retry,
            volume: &args.volume,
            drafting: &drafting,
            seed: making.seed().clone(),
        };
        return queue.send(&drafts, catalogue, context);
    }
    let planned: Vec<_> = drafts
        .iter()
        .map(|draft| draft.planned(&drafting))
        .collect();
    if args.volume.wanted() && !args.print.prints() {
        return args.volume.send(&run, &planned, making.seed(), context);
    }
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
            let said = command_line::problem(error, Paint::new(false));
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
        let making = Making::new(&self.payload)?;
        let drafts = self.made(&making, &catalogue, context)?;
        let drafting = self.drafting();
        let planned = drafts.iter().map(|draft| draft.planned(&drafting));
        Ok(planned.collect())
    }

    /// Every message for each of its destinations. What is worth knowing about them is said.
    fn made(
        &self,
        making: &Making,
        catalogue: &Catalogue,
        context: &mut Context,
    ) -> Result<Vec<Draft>> {
        let messages = self.messages(making, catalogue, context)?;
        let mut notes = Notes::default();
        let drafts = self.drafts(&messages, &mut notes, context)?;
        notes.tell(&mut context.ui)?;
        Ok(drafts)
    }

    /// Time of the attempts in unix seconds.
    pub(super) fn signed_at(&self, now: Timestamp) -> i64 {
        let time = self.payload.timestamp;
        time.map_or(now, |time| time.resolve(now)).as_second()
    }

    fn drafting(&self) -> Drafting<'_> {
        Drafting {
            shape: &self.shape,
            request: &self.request,
            secret: &self.secret,
            faults: &self.faults,
            has_id: self.payload.id.is_some(),
            has_map: !self.payload.map.is_empty(),
        }
    }

    fn messages(
        &self,
        making: &Making,
        catalogue: &Catalogue,
        context: &Context,
    ) -> Result<Vec<Message>> {
        let messages = messages(
            making,
            &self.events,
            &self.payload,
            &self.edits,
            catalogue,
            context,
        )?;
        match &self.payload.id {
            Some(id) if self.volume.count() > 1 => Err(Error::usage(format!(
                "`--id {id}` names one delivery, and there are {}",
                self.volume.count()
            ))),
            _ => Ok(messages),
        }
    }

    /// Every message for each of its destinations.
    fn drafts(
        &self,
        messages: &[Message],
        notes: &mut Notes,
        context: &Context,
    ) -> Result<Vec<Draft>> {
        let registered = match (&self.to, context.settings.history()?) {
            (None, Some(_)) => endpoints::all(&context.settings)?,
            _ => Vec::new(),
        };
        let drafting = self.drafting();
        let mut drafts = Vec::new();
        for message in messages {
            for note in &message.notes {
                notes.add(note.clone());
            }
            for destination in self.destinations(message, &registered, context)? {
                let draft = drafting.draft(message, destination, &context.settings, notes)?;
                drafts.push(draft);
            }
        }
        Ok(drafts)
    }

    /// Where a message goes: the URL that was named, else the endpoints of its provider, else the configured URL.
    fn destinations(
        &self,
        message: &Message,
        registered: &[Endpoint],
        context: &Context,
    ) -> Result<Vec<Destination>> {
        let profile = &message.provider.profile;
        if let Some(target) = &self.to {
            return Ok(vec![Destination::Url(target.clone())]);
        }
        let own: Vec<&Endpoint> = registered
            .iter()
            .filter(|endpoint| endpoint.provider == profile.name)
            .collect();
        let takers: Vec<Destination> = own
            .iter()
            .filter(|endpoint| endpoint.enabled && endpoint.takes(&message.event))
            .map(|endpoint| Destination::Endpoint(Box::new((*endpoint).clone())))
            .collect();
        if !takers.is_empty() {
            return Ok(takers);
        }
        if own.is_empty() {
            let target = configured(profile, &message.event, context)?;
            return Ok(vec![Destination::Url(target)]);
        }
        Err(no_taker(&own, profile, &message.event))
    }
}

/// Where a provider's deliveries go: the URL of the flag, else the configured one.
pub(super) fn target(
    given: Option<&Target>,
    profile: &Profile,
    context: &Context,
) -> Result<Target> {
    match given {
        Some(target) => Ok(target.clone()),
        None => {
            let event = profile.events.keys().next();
            configured(profile, event.map_or("", |event| event), context)
        }
    }
}

/// The URL that is configured for a provider.
fn configured(profile: &Profile, event: &str, context: &Context) -> Result<Target> {
    let name = &profile.name;
    let settings = &context.settings;
    let (configured, reach) = settings.destination(name)?.ok_or_else(|| {
        Error::usage("nowhere to deliver to")
            .hint(format!(
                "Give a URL: `--to http://localhost:8080/webhooks/{name}`"
            ))
            .hint(format!(
                "Or register it: `hookctl endpoints add http://localhost:8080/webhooks/{name} --provider {name} --events {event}`"
            ))
            .hint(format!(
                "Or set `to` under `[providers.{name}]` in `hookctl.toml`; `hookctl init` writes one."
            ))
    })?;
    let target: Target = configured.parse().map_err(|problem: String| {
        let key = format!("`providers.{name}.to` in the configuration");
        // What cannot be read may hold a password.
        if configured.contains('@') {
            return Error::usage(format!("{key} is no URL to deliver to"));
        }
        Error::usage(format!("{key} is `{configured}`: {problem}"))
    })?;
    settings.check_destination(name, &target.url, reach)?;
    Ok(Target { reach, ..target })
}

/// Why none of a provider's endpoints gets an event.
fn no_taker(own: &[&Endpoint], profile: &Profile, event: &str) -> Error {
    let name = &profile.name;
    let subscribed = own.iter().find(|endpoint| endpoint.takes(event));
    match (subscribed, own) {
        (Some(endpoint), _) => Error::usage(format!(
            "every endpoint that gets `{name}/{event}` is disabled"
        ))
        .hint(format!(
            "`hookctl endpoints enable {}` resumes deliveries to it.",
            quote(&endpoint.name)
        )),
        (None, [endpoint, ..]) => {
            Error::usage(format!("no endpoint gets `{name}/{event}`")).hint(format!(
                "Subscribe one: `hookctl endpoints edit {} --events {}`",
                quote(&endpoint.name),
                endpoint
                    .events
                    .iter()
                    .map(String::as_str)
                    .chain([event])
                    .collect::<Vec<_>>()
                    .join(",")
            ))
        }
        (None, []) => Error::usage(format!("no endpoint of {name} is registered")),
    }
}
