//! `hookctl replay`: stored requests again, signed afresh or byte for byte.

mod new_id;

use std::sync::Arc;

use bytes::Bytes;
use clap::Args;

use self::new_id::{NewIds, id_header, keys_in_body};
use super::message::random_seed;
use super::notes::Notes;
use super::options::{EditArgs, ExpectArgs, FaultArgs, PrintArgs, RequestArgs, SecretArgs, Target};
use super::outgoing::{
    Going, Planned, Run, Writing, add_basic, one_reads_stdin, replaced, signing_key,
};
use super::resend::Gaps;
use super::sources::{Sourced, each, nothing_in};
use super::target::TargetParser;
use super::volume::VolumeArgs;
use super::{Context, endpoints, resend};
use crate::delivery::{Endpoint, Speed, sends_id};
use crate::error::{Error, Outcome, Result};
use crate::provider::compose::{Content, Shape, compose_with_slots, not_json, target};
use crate::provider::fields::{Part, Slot};
use crate::provider::fresh::Seed;
use crate::provider::payload::{self, Payload};
use crate::provider::{Catalogue, Detector, FreshText, Profile, Provider};
use crate::request::depth::{self, JsonProblem};
use crate::request::json;
use crate::request::{Reframed, Request};
use crate::sender::{Delivery, Signing, authority};
use crate::settings::Settings;
use crate::signature::{self, Scheme, Source, extract};
use crate::value::Time;

/// Send stored requests again, signed afresh
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl replay last --to http://localhost:3000
  hookctl replay failed                     # what was sent and failed, to where it went
  hookctl replay last:20 --pace real --to http://localhost:3000
  hookctl replay captures/ --to http://localhost:3000
  hookctl replay delivery.json --raw --to http://localhost:3000
  hookctl replay delivery.http --set contact.email=a@example.com --to http://localhost:3000/webhooks/ken

A URL with a path of its own is used as it is; one without gets the stored path and query.
Without a URL, deliveries of the history go where they went, as another attempt.
A payload alone gets the headers that its provider would send. Bodies stay byte for byte, unless they are edited.")]
pub(crate) struct ReplayArgs {
    /// Saved captures, NDJSON, HAR, raw HTTP, curl commands, payloads, folders of these, - for stdin; or ids of the history, `last`, `last:5`, `failed`
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// URL to deliver to; by default, deliveries of the history go where they went
    #[arg(long, value_name = "URL", value_parser = TargetParser)]
    to: Option<Target>,
    /// Send exactly what was stored, old signature included
    #[arg(long, conflicts_with_all = ["set", "unset", "headers", "tamper", "new_id", "secret", "secret_file"])]
    raw: bool,
    /// Send a stored Content-Length or Transfer-Encoding that is wrong; by default it becomes that of the body
    #[arg(long, requires = "raw")]
    allow_bad_framing: bool,
    /// Give each delivery a new id, and its body new keys where receivers tell duplicates by these
    #[arg(long)]
    new_id: bool,
    /// Provider of the requests; found from each request by default
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Time of the new signatures: RFC 3339, unix seconds, or from now as in `-10m`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    timestamp: Option<Time>,
    #[command(flatten)]
    print: PrintArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    secret: SecretArgs,
    #[command(flatten)]
    faults: FaultArgs,
    #[command(flatten)]
    volume: VolumeArgs,
    /// Keep the gaps between the requests: as they were, so many times as fast, or none
    #[arg(long, value_name = "real|2x|max", help_heading = "Volume", conflicts_with_all = ["count", "concurrency", "rate", "reorder"])]
    pace: Option<Speed>,
    #[command(flatten)]
    expect: ExpectArgs,
}

pub(crate) fn run(args: &ReplayArgs, context: &mut Context) -> Result<Outcome> {
    let reads_stdin = args.sources.iter().any(|source| source == "-");
    one_reads_stdin(&[
        ("--secret-file -", args.secret.reads_stdin()),
        ("SOURCE -", reads_stdin),
    ])?;
    let credentials = args.to.as_ref().and_then(|to| to.credentials.as_ref());
    if args.raw && credentials.is_some() {
        return Err(Error::usage(
            "`--raw` sends what was stored, and the URL holds credentials to add",
        )
        .hint("Take them out of the URL, or leave `--raw` out."));
    }
    if args.needs_all() {
        let sourced = args.all(context)?;
        return match sourced.as_slice() {
            [] => nothing(args, context),
            sourced => replay(args, sourced, context),
        };
    }
    let settings = context.settings.clone();
    let run = args.run();
    let mut streamed = Streamed {
        run: &run,
        replay: Replay::new(args, context)?,
        gaps: args.pace.map(Gaps::new),
        waiting: Vec::new(),
        size: 0,
        number: 0,
        going: None,
    };
    each(&args.sources, &settings, |sourced| {
        streamed.take(sourced, context)
    })?;
    streamed.go_on(context)?;
    match streamed.going {
        Some(going) => going.end(context),
        None => nothing(args, context),
    }
}

/// Says that there is nothing to send, which is no success.
fn nothing(args: &ReplayArgs, context: &mut Context) -> Result<Outcome> {
    args.run().all(Vec::new(), context)?;
    context.ui.problem(&nothing_in(&args.sources))?;
    Ok(Outcome::Bad)
}

/// Bytes of requests that are planned together before the first of them is sent: what is wrong with one of a few is
/// known before anything is sent.
const TOGETHER: usize = 16_000_000;
/// Bytes of requests that are held where all of them are needed at a time.
const MOST: usize = 64_000_000;

/// Requests on their way from sources to a handler, some at a time.
struct Streamed<'a> {
    run: &'a Run<'a>,
    replay: Replay<'a>,
    gaps: Option<Gaps>,
    waiting: Vec<Sourced>,
    /// Bytes of those that wait.
    size: usize,
    /// How many went before these.
    number: usize,
    going: Option<Going<'a>>,
}

impl Streamed<'_> {
    fn take(&mut self, sourced: Sourced, context: &mut Context) -> Result<()> {
        self.size += size(&sourced);
        self.waiting.push(sourced);
        if self.size < TOGETHER {
            return Ok(());
        }
        self.go_on(context)
    }

    /// Sends those that wait.
    fn go_on(&mut self, context: &mut Context) -> Result<()> {
        let sourced = std::mem::take(&mut self.waiting);
        if sourced.is_empty() {
            return Ok(());
        }
        self.size = 0;
        let mut planned = self.replay.planned(self.number, &sourced, context)?;
        self.number += sourced.len();
        if let Some(gaps) = &mut self.gaps {
            gaps.keep(&mut planned, &sourced, context)?;
        }
        drop(sourced);
        let going = match &mut self.going {
            Some(going) => going,
            going => going.insert(self.run.start(&planned, context)?),
        };
        going.go_on(planned, context)
    }
}

/// Bytes that a request holds.
fn size(sourced: &Sourced) -> usize {
    let request = &sourced.stored.request;
    let fields = request.headers.iter();
    let head: usize = fields
        .map(|header| header.name.len() + header.value.len())
        .sum();
    request.body.len() + request.target.len() + head
}

/// Sends requests again that are at hand already.
pub(crate) fn replay(
    args: &ReplayArgs,
    sourced: &[Sourced],
    context: &mut Context,
) -> Result<Outcome> {
    let mut replay = Replay::new(args, context)?;
    let mut planned = replay.planned(0, sourced, context)?;
    if let Some(speed) = args.pace {
        Gaps::new(speed).keep(&mut planned, sourced, context)?;
    }
    let run = args.run();
    if args.volume.wanted() && !args.print.prints() {
        return args.volume.send(&run, &planned, &replay.seed, context);
    }
    run.all(planned, context)
}

impl ReplayArgs {
    fn run(&self) -> Run<'_> {
        Run {
            request: &self.request,
            expect: &self.expect,
            faults: &self.faults,
            print: &self.print,
            timestamp: self.timestamp,
        }
    }

    /// Whether the first request cannot be sent before the last one is read.
    fn needs_all(&self) -> bool {
        self.faults.reorder || (self.volume.wanted() && !self.print.prints())
    }

    /// All requests.
    fn all(&self, context: &Context) -> Result<Vec<Sourced>> {
        let (mut all, mut held) = (Vec::new(), 0);
        each(&self.sources, &context.settings, |sourced| {
            held += size(&sourced);
            if held > MOST {
                let limit = MOST / 1_000_000;
                let message = format!(
                    "the sources hold more than {limit} MB, and `--reorder` and the volume flags need all of it at a time"
                );
                return Err(Error::usage(message)
                    .hint("Leave these flags out, and requests are read and sent one after the other; or send a part of them."));
            }
            all.push(sourced);
            Ok(())
        })?;
        Ok(all)
    }

    /// The endpoints that deliveries may go to again.
    fn endpoints(&self, settings: &Settings) -> Result<Vec<Endpoint>> {
        match (&self.to, settings.history()?) {
            (None, Some(_)) => endpoints::all(settings),
            _ => Ok(Vec::new()),
        }
    }

    /// Whether a delivery that goes where it went is still the same one.
    fn changes_nothing(&self) -> bool {
        self.edits.is_empty()
            && !self.new_id
            && self.request.headers.is_empty()
            && self.faults.tamper.is_none()
            && self.faults.duplicate == 0
            && !self.volume.wanted()
    }
}

struct Replay<'a> {
    args: &'a ReplayArgs,
    endpoints: Vec<Endpoint>,
    catalogue: Catalogue,
    detector: Detector,
    seed: Seed,
    notes: Notes,
}

impl<'a> Replay<'a> {
    fn new(args: &'a ReplayArgs, context: &Context) -> Result<Self> {
        let catalogue = context.settings.catalogue()?;
        Ok(Self {
            args,
            endpoints: args.endpoints(&context.settings)?,
            detector: Detector::new(catalogue.all()?),
            catalogue,
            seed: random_seed()?,
            notes: Notes::default(),
        })
    }

    /// Requests as they are to be sent, of which so many went before. What is worth knowing about them is said.
    fn planned(
        &mut self,
        before: usize,
        sources: &[Sourced],
        context: &mut Context,
    ) -> Result<Vec<Planned>> {
        let numbered = (before..).zip(sources);
        let planned = numbered.map(|(number, sourced)| self.plan(number, sourced, context));
        let planned = planned.collect::<Result<_>>()?;
        std::mem::take(&mut self.notes).tell(&mut context.ui)?;
        Ok(planned)
    }

    fn plan(&mut self, number: usize, sourced: &Sourced, context: &Context) -> Result<Planned> {
        let stored = &sourced.stored;
        super::sources::check_whole(sourced, self.args.raw)?;
        let place = resend::place(
            self.args.to.as_ref(),
            sourced,
            &self.endpoints,
            &context.settings,
        )?;
        let source = Source::new(&stored.request);
        let provider = self.provider(sourced, &source)?;
        let profile = provider.as_ref().map(|provider| &provider.profile);
        let event = provider
            .as_ref()
            .and_then(|provider| provider.event_of(&source))
            .or_else(|| stored.event.clone());
        let form = profile.map_or("msg_{base62:27}", Profile::delivery_form);
        let id = self.seed.nth(number).fresh(form, "delivery id");
        let mut slots = Vec::new();
        let mut delivery = Delivery {
            provider: profile.map(|profile| profile.name.clone()),
            event,
            id: id.text.clone(),
            sends_id: false,
            url: place.url.clone(),
            reach: place.reach,
            request: stored.request.clone(),
            signing: None,
            headers: self.args.request.headers.clone(),
            tamper: self.args.faults.tamper,
            lower_case: false,
        };
        if place.has_target && !stored.payload_only {
            delivery.request.target = target(&delivery.url);
        }
        if stored.payload_only {
            let provider = provider
                .as_deref()
                .ok_or_else(|| unknown_provider(sourced))?;
            slots = self.wrap(provider, &mut delivery, id, sourced)?;
        } else if self.args.raw {
            let scheme = scheme_of(provider.as_deref(), &source);
            let id = stored_id(provider.as_deref(), scheme, &source);
            delivery.sends_id = id.is_some();
            delivery.id = id
                .or_else(|| stored.delivery_id.clone())
                .unwrap_or_default();
        } else {
            slots = self.refresh(provider.as_deref(), &mut delivery, id, sourced)?;
        }
        if !self.args.raw {
            if let Some(credentials) = &place.credentials {
                add_basic(credentials.reveal(), &mut delivery.request);
            }
            let source = Source::new(&delivery.request);
            let scheme = scheme_of(provider.as_deref(), &source);
            delivery.signing =
                Some(self.signing(provider.as_deref(), scheme, sourced, &place, context)?);
            for note in replaced(&delivery, None) {
                self.notes.add(note);
            }
        }
        if !self.args.allow_bad_framing {
            self.reframe(&mut delivery, sourced);
        }
        Ok(Planned {
            delivery,
            provider,
            writing: if self.args.allow_bad_framing {
                Writing::AsStored
            } else {
                Writing::Exact
            },
            stored_status: stored.status,
            origin: sourced.id,
            again: place.again.filter(|_| self.args.changes_nothing()),
            gap: None,
            slots,
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

    /// Makes a request of a payload, with the headers that its provider would send.
    fn wrap(
        &mut self,
        provider: &Provider,
        delivery: &mut Delivery,
        id: FreshText,
        sourced: &Sourced,
    ) -> Result<Vec<Slot>> {
        let profile = &provider.profile;
        let shape = Shape::new(profile, None, None);
        let body = self.edited(&sourced.stored.request.body, &profile.name, sourced)?;
        let what = format!("`{}`", sourced.from);
        if let Some(note) = not_json(&what, &body, shape.content_type) {
            self.notes.add(note);
        }
        let event = delivery.event.clone().unwrap_or_default();
        let content = Content::Bytes(body);
        let url = &delivery.url;
        let (request, slots) = compose_with_slots(profile, &event, &id, &content, &shape, url);
        delivery.request = request;
        let scheme = scheme_of(Some(provider), &Source::new(&delivery.request));
        delivery.sends_id = scheme.is_some_and(|scheme| sends_id(profile, scheme));
        let renewed = self.renew(Some(profile), scheme, delivery, id);
        if let Some(own) = stored_id(Some(provider), scheme, &Source::new(&delivery.request)) {
            delivery.id = own;
        }
        if self.args.raw {
            let headers = &mut delivery.request.headers;
            headers.insert_first("host", authority(&delivery.url));
            headers.push("content-length", delivery.request.body.len().to_string());
        }
        let in_headers = |slot: &Slot| matches!(slot.part, Part::Header(_));
        let in_headers = slots.into_iter().filter(in_headers);
        Ok(renewed.map_or_else(Vec::new, |renewed| {
            let of_id = renewed.slots(&delivery.id, None);
            in_headers.chain(of_id).collect()
        }))
    }

    /// Makes a stored request ready to be signed again: the edits, the right host and length, the id of now.
    fn refresh(
        &mut self,
        provider: Option<&Provider>,
        delivery: &mut Delivery,
        id: FreshText,
        sourced: &Sourced,
    ) -> Result<Vec<Slot>> {
        delivery.request.body = self.edited(&delivery.request.body, "this request", sourced)?;
        let profile = provider.map(|provider| &provider.profile);
        let scheme = scheme_of(provider, &Source::new(&delivery.request));
        let before = stored_id(provider, scheme, &Source::new(&delivery.request));
        let id_header = id_header(profile, scheme);
        let renewed = self.renew(profile, scheme, delivery, id);
        let now = stored_id(provider, scheme, &Source::new(&delivery.request));
        delivery.sends_id = before.is_some() || id_header.is_some();
        if renewed.is_none() {
            let stored = before.or_else(|| sourced.stored.delivery_id.clone());
            delivery.id = stored.unwrap_or_else(|| delivery.id.clone());
        } else if let Some(now) = now.filter(|_| id_header.is_none()) {
            delivery.id = now;
        }
        let headers = &mut delivery.request.headers;
        if headers.contains("host") {
            headers.set("host", authority(&delivery.url));
        }
        let id_header = id_header.filter(|name| headers.contains(name));
        if let Some(name) = id_header {
            headers.set(name, delivery.id.clone());
        }
        Ok(renewed.map_or_else(Vec::new, |renewed| renewed.slots(&delivery.id, id_header)))
    }

    /// Makes the framing of a stored request that of its body: what is stored may be wrong, or of HTTP/2, which has
    /// none.
    fn reframe(&mut self, delivery: &mut Delivery, sourced: &Sourced) {
        let from = &sourced.from;
        let headers = &delivery.request.headers;
        let has_any = headers.contains("content-length") || headers.contains("transfer-encoding");
        if !self.args.raw && !has_any {
            // It is added with the other headers that are made afresh.
            return;
        }
        for change in delivery.request.reframe() {
            match change {
                // The length is among what is made afresh.
                Reframed::AddedLength(_) | Reframed::Length(..) if !self.args.raw => {}
                Reframed::AddedLength(_) => self.notes.count(
                    format!("`{from}` has no length: {change}."),
                    Some("requests have no length: `Content-Length` was added."),
                ),
                Reframed::Length(..) | Reframed::Coding(..) => self.notes.count(
                    format!("`{from}` says another length than that of its body: {change}."),
                    Some(
                        "requests say another length than that of their body, which was replaced.",
                    ),
                ),
                Reframed::Connection(_) => self.notes.add(format!("{change}.")),
            }
        }
    }

    /// The body with the edits, which is then written anew; without edits it stays as it is.
    fn edited(&mut self, body: &Bytes, whose: &str, sourced: &Sourced) -> Result<Bytes> {
        if self.args.edits.is_empty() {
            return Ok(body.clone());
        }
        let value: serde_json::Value = json::tree(body).map_err(|problem| {
            let from = &sourced.from;
            let what = match problem {
                JsonProblem::TooMany => format!("cannot edit the body of `{from}`"),
                _ => format!("cannot edit the body of `{from}`, it is no JSON"),
            };
            Error::usage(what).because(problem)
        })?;
        let mut payload = Payload {
            fields: value.into(),
            notes: Vec::new(),
        };
        payload::edit(&mut payload, &self.args.edits.0, whose)?;
        payload
            .notes
            .drain(..)
            .for_each(|note| self.notes.add(note));
        Ok(json::stringify(&payload.fields.value).into())
    }

    /// Puts new ids into a request, if they are wanted.
    fn renew(
        &mut self,
        profile: Option<&Profile>,
        scheme: Option<&Scheme>,
        delivery: &mut Delivery,
        id: FreshText,
    ) -> Option<NewIds> {
        if !self.args.new_id {
            return None;
        }
        let paths = keys_in_body(profile, scheme);
        let (ids, kept) = NewIds::put_into(&mut delivery.request, &paths, id, &self.seed);
        if ids.are_unseen() && kept.is_empty() && id_header(profile, scheme).is_none() {
            self.notes
                .add("there is no id that `--new-id` could renew.".to_owned());
        }
        for path in kept {
            self.notes.add(format!(
                "`{path}` of the body stays, and receivers may take this for a duplicate."
            ));
        }
        Some(ids)
    }

    fn signing(
        &mut self,
        provider: Option<&Provider>,
        scheme: Option<&'static Scheme>,
        sourced: &Sourced,
        place: &resend::Place,
        context: &Context,
    ) -> Result<Signing> {
        let unsigned = |scheme| Signing {
            scheme,
            key: None,
            prefix: None,
        };
        let Some(scheme) = scheme else {
            let from = &sourced.from;
            self.notes.count(
                format!("`{from}` carries no signature that is known here; it is sent without."),
                Some("requests carry no signature that is known here; they are sent without."),
            );
            let scheme = signature::named("unsigned").expect("a row of the table");
            return Ok(unsigned(scheme));
        };
        let secret = match provider {
            Some(provider) => self.args.secret.for_signing_to(
                place.endpoint.as_ref(),
                &context.settings,
                &provider.profile,
            )?,
            None => self
                .args
                .secret
                .given(&context.settings)?
                .into_iter()
                .next(),
        };
        let Some(secret) = secret.filter(|_| scheme.signs()) else {
            return without_secret(provider, scheme, &sourced.from).map(|()| unsigned(scheme));
        };
        if secret.is_empty() {
            without_secret(provider, scheme, &sourced.from)?;
            self.notes
                .add("sent unsigned: the secret is empty.".to_owned());
            return Ok(unsigned(scheme));
        }
        let (scheme, key) = signing_key(scheme, &secret, self.args.faults.tamper, None)?;
        let profile = provider.map(|provider| &provider.profile);
        Ok(Signing {
            scheme,
            key: Some(key),
            prefix: profile.and_then(|profile| prefix(profile, scheme, &sourced.stored.request)),
        })
    }
}

/// Whether a request may go without a signature.
fn without_secret(provider: Option<&Provider>, scheme: &Scheme, from: &str) -> Result<()> {
    let is_optional = provider.is_some_and(|provider| provider.profile.signature.optional.value);
    if !scheme.signs() || is_optional {
        return Ok(());
    }
    Err(Error::usage(format!(
        "no secret to sign `{from}` with ({})",
        scheme.label
    ))
    .hint("Give `--secret`, or `--raw` to send it with its old signature."))
}

/// The text before the digest: that of the stored signature, if the provider is known to write it so.
fn prefix(profile: &Profile, scheme: &Scheme, stored: &Request) -> Option<String> {
    let own = profile
        .signature
        .prefix
        .as_ref()
        .map(|prefix| &prefix.value);
    let of_events = profile
        .events
        .values()
        .flat_map(|event| event.variants.values());
    let variants = profile.variants.values().chain(of_events);
    let known = own
        .into_iter()
        .chain(variants.filter_map(|variant| variant.prefix.as_ref()));
    let stored = scheme
        .sig
        .as_ref()
        .and_then(|sig| stored.headers.text(sig.header()?));
    let written = stored.and_then(|value| {
        known
            .filter(|prefix| value.starts_with(prefix.as_str()))
            .max_by_key(|prefix| prefix.len())
    });
    written.or(own).cloned()
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
    let by_scheme = || extract(scheme?.delivery.as_deref()?, source);
    provider
        .and_then(|provider| provider.delivery_id_of(source))
        .or_else(by_scheme)
}

fn unknown_provider(sourced: &Sourced) -> Error {
    let body = &sourced.stored.request.body;
    let is_meant_as_json = body
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|byte| b"{[".contains(byte));
    if let Err(error) = depth::check(body)
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
