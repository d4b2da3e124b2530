//! What `send` and `sign` make of an event: a message with its payload and id, before it has a URL.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use clap::Args;
use jiff::Timestamp;

use super::Context;
use super::options::EditArgs;
use super::outgoing::signing_key;
use crate::delivery::{Style, message_id, sends_id};
use crate::error::{Error, Result};
use crate::provider::catalogue::{Found, What};
use crate::provider::compose::Content;
use crate::provider::fresh::Seed;
use crate::provider::payload::{self, Freshness, Payload, Step, near_variants};
use crate::provider::{Catalogue, FreshText, Profile, Provider};
use crate::random;
use crate::secret::Secret;
use crate::sender::Signing;
use crate::signature::{self, Tamper};
use crate::suggest::near;
use crate::value::Time;

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
    #[arg(long, value_name = "N", value_parser = super::options::seed)]
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
    pub(crate) id: FreshText,
    pub(crate) content: Content,
    /// Signing, where a variant departs from the profile.
    scheme: Option<String>,
    prefix: Option<String>,
    pub(crate) notes: Vec<String>,
}

/// What messages are made of beside what was typed.
pub(crate) struct Making {
    seed: Seed,
    /// The time of the events; the samples' own times stay if there is none.
    at: Option<Timestamp>,
}

impl Making {
    pub(crate) fn new(args: &PayloadArgs) -> Result<Self> {
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
        Ok(Self { seed, at })
    }

    /// Where all that is by chance comes from.
    pub(crate) fn seed(&self) -> &Seed {
        &self.seed
    }
}

/// Builds the messages of events and scenarios.
pub(crate) fn messages(
    making: &Making,
    names: &[String],
    args: &PayloadArgs,
    edits: &EditArgs,
    catalogue: &Catalogue,
    context: &Context,
) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let steps = steps(name, args, catalogue)?;
        let freshness = Freshness {
            seed: making.seed.nth(index),
            at: making.at,
        };
        let payloads = payload::build(&steps, &freshness)?;
        for (number, (step, payload)) in steps.iter().zip(payloads).enumerate() {
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
        message.id = FreshText::from(id.clone());
        if let Content::Fields(fields) = &mut message.content {
            payload::set_delivery_id(&message.provider.profile, &mut fields.value, id);
        }
    }
    Ok(messages)
}

pub(crate) fn random_seed() -> Result<Seed> {
    random::bytes().map(Seed::random)
}

/// The events behind a name.
fn steps(name: &str, args: &PayloadArgs, catalogue: &Catalogue) -> Result<Vec<Step>> {
    let found = find(name, args.provider.as_deref(), catalogue)?;
    let step = |event: &str, variants: Vec<String>| Step {
        provider: Arc::clone(&found.provider),
        event: event.to_owned(),
        variants,
    };
    let scenario_name = match &found.what {
        What::Event(event) => return Ok(vec![step(event, args.variant.clone())]),
        What::Scenario(scenario) => scenario,
    };
    let scenario = &found.provider.profile.scenarios[scenario_name];
    let mut steps: Vec<Step> = scenario
        .steps
        .iter()
        .map(|text| match text.split_once(':') {
            Some((event, variant)) => step(event, vec![variant.to_owned()]),
            None => step(text, Vec::new()),
        })
        .collect();
    // A variant is that of the events which have it.
    for variant in &args.variant {
        if !steps.iter().any(|step| step.has_variant(variant)) {
            let known: BTreeSet<&str> = steps.iter().flat_map(Step::variant_names).collect();
            return Err(Error::usage(format!(
                "no event of the scenario `{}/{scenario_name}` has a variant `{variant}`",
                found.provider.profile.name
            ))
            .hint(near_variants(variant, known.into_iter())));
        }
        for step in &mut steps {
            if step.has_variant(variant) {
                step.variants.push(variant.clone());
            }
        }
    }
    Ok(steps)
}

/// The event or scenario of a name. With a provider named beside it, an event need not be in the catalogue.
fn find(name: &str, provider: Option<&str>, catalogue: &Catalogue) -> Result<Found> {
    let error = match catalogue.find(name, provider) {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let names = catalogue.names();
    if let Some(provider) = provider
        && let Ok(provider) = catalogue.provider(provider)
        && can_be_event(name, &provider.profile, &names)
    {
        let what = What::Event(name.to_owned());
        return Ok(Found { provider, what });
    }
    if names.iter().any(|provider| provider == name) {
        return Err(
            Error::usage(format!("`{name}` is a provider, not an event"))
                .hint(format!("`hookctl events {name}` lists its events.")),
        );
    }
    if let Some((of, event)) = name.split_once('/')
        && !names.iter().any(|provider| provider == of)
    {
        let has_it = |provider: &&str| catalogue.find(event, Some(provider)).is_ok();
        let near = near(of, names.iter().map(String::as_str))
            .into_iter()
            .filter(has_it);
        let near: Vec<String> = near
            .map(|provider| format!("`{provider}/{event}`"))
            .collect();
        if !near.is_empty() {
            return Err(Error::usage(format!("unknown provider `{of}`"))
                .hint(format!("Did you mean {}?", near.join(" or "))));
        }
    }
    Err(error)
}

/// Whether a name that is not in the catalogue can be that of an event: one with a slash needs others like it.
fn can_be_event(name: &str, profile: &Profile, providers: &[String]) -> bool {
    let Some((of, _)) = name.split_once('/') else {
        return true;
    };
    let is_provider = providers.iter().any(|provider| provider == of);
    !is_provider && profile.events.keys().any(|event| event.contains('/'))
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
    payload::edit(&mut payload, &edits.0, &name)?;
    if !args.map.is_empty() {
        payload.fields = payload
            .fields
            .mapped(&args.map)
            .map_err(|problem| Error::usage(format!("cannot map: {problem}")))?;
    }
    let id = match args.data {
        Some(_) => seed.fresh(profile.delivery_form(), "delivery id"),
        None => message_id(profile, &payload.fields, seed),
    };
    let content = match &args.data {
        Some(data) => {
            payload.notes = step.note_with_own_body().into_iter().collect();
            Content::Bytes(read_data(data, context)?)
        }
        None => Content::Fields(payload.fields),
    };
    let (scheme, prefix) = style(step)?;
    Ok(Message {
        provider: Arc::clone(&step.provider),
        event: step.event.clone(),
        id,
        content,
        scheme,
        prefix,
        notes: payload.notes,
    })
}

/// Scheme and prefix of the signature, where a variant departs from the profile.
fn style(step: &Step) -> Result<(Option<String>, Option<String>)> {
    let (mut scheme, mut prefix) = (None, None);
    for variant in &step.variants {
        let variant = step.variant(variant)?;
        scheme = variant.scheme.clone().or(scheme);
        prefix = variant.prefix.clone().or(prefix);
    }
    Ok((scheme, prefix))
}

fn read_data(data: &str, context: &Context) -> Result<Bytes> {
    match data.strip_prefix('@') {
        Some(file) => context.settings.read(file).map(Bytes::from),
        None if data == "-" => context.settings.read("-").map(Bytes::from),
        None => Ok(Bytes::copy_from_slice(data.as_bytes())),
    }
}

impl Message {
    /// A body of a provider's, whatever event it is. A variant can say how it is signed, and nothing else.
    pub(crate) fn of_body(
        provider: Arc<Provider>,
        body: Vec<u8>,
        args: &PayloadArgs,
        seed: &Seed,
    ) -> Result<Self> {
        let step = Step {
            provider,
            event: String::new(),
            variants: args.variant.clone(),
        };
        for name in &step.variants {
            if step.variant(name)?.edits() {
                return Err(Error::usage(format!(
                    "variant `{name}` changes the payload, and this body is signed as it is"
                )));
            }
        }
        let (scheme, prefix) = style(&step)?;
        let made = || seed.fresh(step.provider.profile.delivery_form(), "delivery id");
        Ok(Self {
            id: args.id.clone().map_or_else(made, FreshText::from),
            provider: step.provider,
            event: step.event,
            content: Content::Bytes(body.into()),
            scheme,
            prefix,
            notes: Vec::new(),
        })
    }

    /// Whether a delivery with this signing carries its id. A body of the user's own has its own one.
    pub(crate) fn sends_id(&self, signing: &Signing) -> bool {
        let profile = &self.provider.profile;
        let mut delivery = profile.envelope.delivery.iter();
        let is_in_body = delivery.any(|delivery| delivery.value.starts_with("body:"));
        let is_own = matches!(self.content, Content::Bytes(_)) && is_in_body;
        sends_id(profile, signing.scheme) && !is_own
    }

    /// What to tell of an id that a delivery does not carry.
    pub(crate) fn unused_id(&self) -> String {
        let profile = &self.provider.profile;
        let why = if profile.envelope.delivery.is_some() {
            "the body has a delivery id of its own".to_owned()
        } else {
            format!("{} sends no delivery id", profile.label)
        };
        format!("{why}; `--id` is not used.")
    }

    /// What to tell of a delivery that goes out unsigned though a secret was given.
    pub(crate) fn unsigned(&self, secret: &Secret) -> Option<String> {
        let profile = &self.provider.profile;
        if !profile.scheme().signs() {
            let label = &profile.label;
            return Some(format!(
                "{label} does not sign its webhooks; the secret is not used."
            ));
        }
        secret
            .is_empty()
            .then(|| "sent unsigned: the secret is empty.".to_owned())
    }

    /// How it is signed: as the provider does, or as a variant departs from that.
    pub(crate) fn style(&self) -> Style {
        let own = Style::of_profile(&self.provider.profile);
        Style {
            scheme: self.scheme.clone().unwrap_or(own.scheme),
            prefix: self.prefix.clone().or(own.prefix),
        }
    }

    /// How it is signed with a secret; an empty one leaves it unsigned where the provider allows that.
    pub(crate) fn signing(
        &self,
        secret: Option<&Secret>,
        tamper: Option<Tamper>,
    ) -> Result<Signing> {
        let profile = &self.provider.profile;
        let Style { scheme, prefix } = self.style();
        let scheme = signature::named(&scheme).expect("checked when the profile was read");
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
