//! `hookctl send`: a realistic, correctly signed event.

use std::sync::Arc;

use bytes::Bytes;
use clap::Args;
use jiff::Timestamp;
use url::Url;

use super::Context;
use super::options::{
    EditArgs, ExpectArgs, FaultArgs, RequestArgs, SecretArgs, ShapeArgs, Target, Time, is_loopback,
};
use super::outgoing::{Planned, Run, signing_key};
use crate::error::{Error, Outcome, Result};
use crate::provider::catalogue::{Found, What};
use crate::provider::compose::{Content, Shape, check_basic, compose, not_json};
use crate::provider::fresh::Seed;
use crate::provider::payload::{self, Freshness, Payload, Step};
use crate::provider::{Catalogue, Profile, Provider, edits};
use crate::render::outgoing::Form;
use crate::secret::Secret;
use crate::sender::{Delivery, Signing, authority};
use crate::signature::{self, Tamper};

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
    #[arg(long, value_name = "URL")]
    to: Option<Target>,
    /// Print the exact request and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Form in which the request is printed instead of sent
    #[arg(long = "as", value_name = "FORM")]
    form: Option<Form>,
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

/// Which payload.
#[derive(Args, Default)]
#[command(next_help_heading = "Payload")]
pub(crate) struct PayloadArgs {
    /// Provider of the events, also of one that is not in the catalogue
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// Variant of the event; `hookctl events show EVENT` lists them (can be repeated)
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Vec<String>,
    /// Whole body, byte for byte: text, @FILE, or - for stdin
    #[arg(long, value_name = "JSON|@FILE|-", conflicts_with_all = ["set", "unset", "map", "variant"])]
    pub(crate) data: Option<String>,
    /// Custom payload, field by field: @PATH takes a value of the payload, else text (can be repeated)
    #[arg(long, value_name = "FIELD=@PATH|TEXT")]
    pub(crate) map: Vec<String>,
    /// Same ids, names and times every time
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Delivery id
    #[arg(long, value_name = "ID", value_parser = delivery_id)]
    pub(crate) id: Option<String>,
    /// Time of the event and of its signature: RFC 3339, unix seconds, or from now as in `-10m`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) timestamp: Option<Time>,
}

fn delivery_id(text: &str) -> std::result::Result<String, String> {
    if text.is_empty() || text.bytes().any(|byte| !(0x21..0x7f).contains(&byte)) {
        return Err("an id holds visible ASCII characters and no spaces".to_owned());
    }
    Ok(text.to_owned())
}

/// One message before it has a URL: event, id, content.
pub(crate) struct Message {
    pub(crate) provider: Arc<Provider>,
    pub(crate) event: String,
    pub(crate) id: String,
    pub(crate) content: Content,
    /// Signing, where a variant departs from the profile.
    scheme: Option<String>,
    prefix: Option<String>,
    pub(crate) notes: Vec<String>,
}

pub(crate) fn run(args: &SendArgs, context: &mut Context) -> Result<Outcome> {
    let catalogue = context.settings.catalogue()?;
    let messages = messages(
        &args.events,
        &args.payload,
        &args.edits,
        &catalogue,
        context,
    )?;
    let mut planned = Vec::new();
    for message in messages {
        for note in &message.notes {
            context.ui.note(&format!("note: {note}"))?;
        }
        planned.push(args.plan(&message, context)?);
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
        timestamp: args.payload.timestamp,
        print,
    };
    run.all(&planned, context)
}

/// Builds the messages of events and scenarios.
pub(crate) fn messages(
    names: &[String],
    args: &PayloadArgs,
    edits: &EditArgs,
    catalogue: &Catalogue,
    context: &Context,
) -> Result<Vec<Message>> {
    let seed = match args.seed {
        Some(number) => Seed::chosen(number),
        None => random_seed()?,
    };
    let now = Timestamp::now();
    let at = match (args.timestamp, args.seed) {
        (Some(time), _) => Some(time.resolve(now)),
        (None, Some(_)) => None,
        (None, None) => Some(now),
    };
    let mut messages = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let steps = steps(name, args, catalogue)?;
        let freshness = Freshness {
            seed: seed.nth(index),
            at,
        };
        for (number, (step, payload)) in steps
            .iter()
            .zip(payload::build(&steps, &freshness)?)
            .enumerate()
        {
            messages.push(message(
                step,
                payload,
                &freshness.seed.nth(number),
                args,
                edits,
                context,
            )?);
        }
    }
    if let Some(id) = &args.id {
        let [message] = messages.as_mut_slice() else {
            return Err(Error::usage(format!(
                "`--id {id}` names one delivery, and there are {}",
                messages.len()
            )));
        };
        message.id.clone_from(id);
        if let Content::Fields(payload) = &mut message.content {
            payload::set_delivery_id(&message.provider.profile, payload, id);
        }
    }
    Ok(messages)
}

pub(crate) fn random_seed() -> Result<Seed> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::machine("cannot get randomness").because(error))?;
    Ok(Seed::random(bytes))
}

/// The events behind a name.
fn steps(name: &str, args: &PayloadArgs, catalogue: &Catalogue) -> Result<Vec<Step>> {
    let found = match (
        catalogue.find(name, args.provider.as_deref()),
        &args.provider,
    ) {
        (Ok(found), _) => found,
        // With a provider named, an event need not be in the catalogue.
        (Err(error), Some(provider)) => match catalogue.provider(provider) {
            Ok(provider) if !name.contains('/') => Found {
                provider,
                what: What::Event(name.to_owned()),
            },
            _ => return Err(error),
        },
        (Err(error), None) => return Err(error),
    };
    let step = |event: &str, variant: Option<&str>| Step {
        provider: Arc::clone(&found.provider),
        event: event.to_owned(),
        variants: variant
            .map(str::to_owned)
            .into_iter()
            .chain(args.variant.iter().cloned())
            .collect(),
    };
    Ok(match &found.what {
        What::Event(event) => vec![step(event, None)],
        What::Scenario(scenario) => {
            let steps = &found.provider.profile.scenarios[scenario].steps;
            steps
                .iter()
                .map(|text| {
                    text.split_once(':').map_or_else(
                        || step(text, None),
                        |(event, variant)| step(event, Some(variant)),
                    )
                })
                .collect()
        }
    })
}

fn message(
    step: &Step,
    mut payload: Payload,
    seed: &Seed,
    args: &PayloadArgs,
    edits: &EditArgs,
    context: &Context,
) -> Result<Message> {
    let profile = &step.provider.profile;
    let name = format!("{}/{}", profile.name, step.event);
    payload::edit(&mut payload, &edits.set, &edits.unset, &name)?;
    if !args.map.is_empty() {
        payload.value = edits::map_fields(&args.map, &payload.value)
            .map_err(|problem| Error::usage(format!("cannot map: {problem}")))?;
    }
    let own_id = payload::delivery_id(profile, &payload.value).filter(|_| args.data.is_none());
    let content = match &args.data {
        Some(data) => Content::Bytes(read_data(data, context)?),
        None => Content::Fields(payload.value),
    };
    let (mut scheme, mut prefix) = (None, None);
    for variant in &step.variants {
        let variant = step.variant(variant)?;
        scheme = variant.scheme.clone().or(scheme);
        prefix = variant.prefix.clone().or(prefix);
    }
    Ok(Message {
        provider: Arc::clone(&step.provider),
        event: step.event.clone(),
        id: own_id.unwrap_or_else(|| seed.value(delivery_form(profile), "delivery id")),
        content,
        scheme,
        prefix,
        notes: payload.notes,
    })
}

/// The pattern of a provider's delivery ids. Where it sends none, hookctl still has one to speak of the delivery by.
pub(crate) fn delivery_form(profile: &Profile) -> &str {
    profile
        .envelope
        .delivery_form
        .as_ref()
        .map_or("msg_{base62:27}", |form| &form.value)
}

fn read_data(data: &str, context: &Context) -> Result<Bytes> {
    match data.strip_prefix('@') {
        Some(file) => context.settings.read(file).map(Bytes::from),
        None if data == "-" => context.settings.read("-").map(Bytes::from),
        None => Ok(Bytes::copy_from_slice(data.as_bytes())),
    }
}

impl Message {
    /// A body of a provider's, whatever event it is.
    pub(crate) fn of_body(
        provider: Arc<Provider>,
        body: Vec<u8>,
        id: Option<String>,
        seed: &Seed,
    ) -> Self {
        let id = id.unwrap_or_else(|| seed.value(delivery_form(&provider.profile), "delivery id"));
        let content = Content::Bytes(body.into());
        Self {
            provider,
            event: String::new(),
            id,
            content,
            scheme: None,
            prefix: None,
            notes: Vec::new(),
        }
    }

    /// How it is signed with a secret; an empty one leaves it unsigned where the provider allows that.
    pub(crate) fn signing(
        &self,
        secret: Option<&Secret>,
        tamper: Option<Tamper>,
    ) -> Result<Signing> {
        let profile = &self.provider.profile;
        let scheme = match &self.scheme {
            Some(name) => signature::named(name).expect("checked when the profile was read"),
            None => profile.scheme(),
        };
        let own = profile
            .signature
            .prefix
            .as_ref()
            .map(|prefix| prefix.value.clone());
        let prefix = self.prefix.clone().or(own);
        let Some(secret) = secret.filter(|secret| scheme.signs() && !secret.is_empty()) else {
            if scheme.signs() && !profile.signature.optional.value {
                return Err(Error::usage(format!(
                    "{} signs every delivery, and the secret is empty",
                    profile.name
                )));
            }
            return Ok(Signing {
                scheme,
                key: None,
                prefix,
            });
        };
        let (scheme, key) = signing_key(scheme, secret, tamper, Some(&profile.name))?;
        Ok(Signing {
            scheme,
            key: Some(key),
            prefix,
        })
    }
}

impl SendArgs {
    fn plan(&self, message: &Message, context: &mut Context) -> Result<Planned> {
        let profile = &message.provider.profile;
        let url = self.url(profile, context)?;
        if profile.request.https.value && url.scheme() == "http" && !is_loopback(&url) {
            context.ui.warn(&format!(
                "{} delivers to https:// only, and this is `http://{}`.",
                profile.label,
                authority(&url)
            ))?;
        }
        let shape = Shape::new(
            profile,
            self.shape.method.as_deref(),
            self.shape.content_type,
        );
        let not_json = match &message.content {
            Content::Bytes(body) => not_json("the body", body, shape.content_type),
            Content::Fields(_) => None,
        };
        for note in shape.departures(profile).into_iter().chain(not_json) {
            context.ui.note(&format!("note: {note}"))?;
        }
        let mut request = compose(
            profile,
            &message.event,
            &message.id,
            &message.content,
            &shape,
            &url,
        );
        if let Some(credentials) = &self.shape.basic {
            add_basic(credentials, profile, &mut request, context)?;
        }
        let secret = self.secret.for_signing(&context.settings, profile)?;
        if secret.is_some() && !profile.scheme().signs() {
            context.ui.note(&format!(
                "note: {} does not sign its webhooks; the secret is not used.",
                profile.label
            ))?;
        }
        let delivery = Delivery {
            provider: Some(profile.name.clone()),
            event: Some(message.event.clone()),
            id: message.id.clone(),
            url,
            request,
            signing: Some(message.signing(secret.as_ref(), self.faults.tamper)?),
            headers: self.request.headers.clone(),
            tamper: self.faults.tamper,
            lower_case: true,
        };
        Ok(Planned {
            delivery,
            provider: Some(Arc::clone(&message.provider)),
            exact: false,
            stored_status: None,
        })
    }

    fn url(&self, profile: &Profile, context: &Context) -> Result<Url> {
        if let Some(target) = &self.to {
            return Ok(target.url.clone());
        }
        let configured = context.settings.provider(&profile.name)?.to.ok_or_else(|| {
            Error::usage("nowhere to deliver to")
                .hint(format!("Give a URL: `--to http://localhost:8080/webhooks/{}`", profile.name))
                .hint(format!("Or set `to` under `[providers.{}]` in `hookctl.toml`; `hookctl init` writes one.", profile.name))
        })?;
        let target: std::result::Result<Target, String> = configured.parse();
        target.map(|target| target.url).map_err(|problem| {
            Error::usage(format!(
                "`providers.{}.to` in the configuration is `{configured}`: {problem}",
                profile.name
            ))
        })
    }
}

/// Adds HTTP Basic credentials.
fn add_basic(
    credentials: &str,
    profile: &Profile,
    request: &mut crate::request::Request,
    context: &mut Context,
) -> Result<()> {
    use base64::Engine as _;
    if !credentials.contains(':') {
        return Err(Error::usage(
            "`--basic` needs a user and a password with a colon between them",
        ));
    }
    if let Some(note) = check_basic(profile, &request.method).map_err(Error::usage)? {
        context.ui.note(&format!("note: {note}"))?;
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(credentials);
    request
        .headers
        .push("authorization", format!("Basic {encoded}"));
    Ok(())
}
