//! From an event's name to a payload: the sample, its variant, fresh ids and times, the user's edits.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use url::Url;

use super::catalogue::{Provider, did_you_mean};
use super::compose::{Content, Shape, compose};
use super::edits::{Done, Set, unset};
use super::fresh::{Cast, Seed, move_times, sample_time};
use super::profile::{Origin, Profile, Variant};
use crate::error::{Error, Result};
use crate::request::json;
use crate::signature::Source;

/// One event to be built.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) provider: Arc<Provider>,
    /// Name of the event, which need not be in the catalogue.
    pub(crate) event: String,
    /// Variants to apply, in this order.
    pub(crate) variants: Vec<String>,
}

/// How samples are made fresh.
#[derive(Clone, Debug)]
pub(crate) struct Freshness {
    pub(crate) seed: Seed,
    /// The time of the last event; the samples' own times stay if there is none.
    pub(crate) at: Option<Timestamp>,
}

/// A payload and what to tell about it.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) value: Value,
    pub(crate) notes: Vec<String>,
}

/// Builds the payloads of steps that belong together: they share their ids and names, and their times keep their
/// distances.
pub(crate) fn build(steps: &[Step], freshness: &Freshness) -> Result<Vec<Payload>> {
    let mut payloads = steps.iter().map(Step::sample).collect::<Result<Vec<_>>>()?;
    let Some(provider) = steps.first().map(|step| &step.provider) else {
        return Ok(payloads);
    };
    let cast = Cast::new(&provider.profile, &freshness.seed);
    let last = payloads
        .iter()
        .filter_map(|payload| sample_time(&provider.profile, &payload.value))
        .max();
    let by = match (freshness.at, last) {
        (Some(at), Some(last)) => at.duration_since(last),
        _ => SignedDuration::ZERO,
    };
    for (number, payload) in payloads.iter_mut().enumerate() {
        let own = own_ids(&provider.profile, &payload.value);
        let seed = freshness.seed.nth(number);
        cast.renewed(&provider.profile, &own, &seed)
            .apply(&mut payload.value);
        move_times(&mut payload.value, &provider.profile.times, by);
    }
    Ok(payloads)
}

impl Step {
    /// The sample with the variants applied.
    fn sample(&self) -> Result<Payload> {
        let profile = &self.provider.profile;
        let mut payload = match profile.events.get(&self.event) {
            Some(_) => Payload {
                value: self.provider.sample(&self.event),
                notes: Vec::new(),
            },
            None => self.borrowed(),
        };
        for name in &self.variants {
            self.variant(name)?
                .edit(&mut payload.value)
                .map_err(|problem| {
                    Error::usage(format!(
                        "variant `{name}` does not fit `{}`: {problem}",
                        self.event
                    ))
                })?;
        }
        Ok(payload)
    }

    /// The payload of an event that is not in the catalogue: that of the event whose name starts most alike.
    fn borrowed(&self) -> Payload {
        let profile = &self.provider.profile;
        let alike = |name: &str| {
            name.bytes()
                .zip(self.event.bytes())
                .take_while(|(one, other)| one == other)
                .count()
        };
        let model = profile
            .events
            .keys()
            .rev()
            .max_by_key(|name| alike(name))
            .expect("a provider has events");
        let mut value = self.provider.sample(model);
        // The name may stand in a header, or be put together of several values; then there is nothing to rename.
        if let Some(path) = name_path(&profile.envelope.event.value) {
            let _ = put(&mut value, path, &self.event);
        }
        let note = format!(
            "`{}` is not in the catalogue of {}; the payload is that of `{model}` with another name.",
            self.event, profile.name
        );
        Payload {
            value,
            notes: vec![note],
        }
    }

    /// The variant of this name: the event's own, else the provider's.
    pub(crate) fn variant(&self, name: &str) -> Result<&Variant> {
        let profile = &self.provider.profile;
        let own = profile.events.get(&self.event).map(|event| &event.variants);
        let found = own
            .and_then(|own| own.get(name))
            .or_else(|| profile.variants.get(name));
        found.ok_or_else(|| {
            let known: Vec<&str> = own
                .into_iter()
                .flat_map(|own| own.keys())
                .chain(profile.variants.keys())
                .map(String::as_str)
                .collect();
            let hint = match known.as_slice() {
                [] => "It has no variants.".to_owned(),
                known => did_you_mean(name, known.iter().copied())
                    .unwrap_or_else(|| format!("There are: {}", known.join(", "))),
            };
            Error::usage(format!(
                "{}/{} has no variant `{name}`",
                profile.name, self.event
            ))
            .hint(hint)
        })
    }
}

impl Variant {
    fn edit(&self, value: &mut Value) -> std::result::Result<(), String> {
        for set in &self.set {
            set.parse::<Set>()?.apply(value)?;
        }
        self.unset.iter().try_for_each(|path| unset(path, value))
    }
}

/// The path in the body at which an event's name stands alone.
fn name_path(expression: &str) -> Option<&str> {
    let path = expression.strip_prefix("body:").unwrap_or(expression);
    let stands_alone = !path.contains([':', '+', '|']);
    stands_alone.then_some(path)
}

/// Puts a text in the place of a scalar: a number in that of a number.
fn put(value: &mut Value, path: &str, text: &str) -> std::result::Result<(), String> {
    let is_number = json::lookup(value, path).is_some_and(Value::is_number);
    let new = match text.parse::<i64>() {
        Ok(number) if is_number => Value::from(number),
        _ => Value::from(text),
    };
    format!("{path}={new}")
        .parse::<Set>()?
        .apply(value)
        .map(drop)
}

/// The path of the delivery id in the body, for a provider whose payloads hold it.
fn id_path(profile: &Profile) -> Option<&str> {
    let delivery = profile
        .envelope
        .delivery
        .as_ref()?
        .value
        .strip_prefix("body:")?;
    (!delivery.contains(['+', '|'])).then_some(delivery)
}

/// The ids in a sample that no other delivery may have: its delivery id, and what duplicates are told by beside it.
fn own_ids(profile: &Profile, sample: &Value) -> Vec<String> {
    let dedup = profile.envelope.dedup.iter().flat_map(|dedup| &dedup.value);
    let paths = id_path(profile)
        .into_iter()
        .flat_map(|path| std::iter::once(path).chain(dedup.clone().map(String::as_str)));
    paths
        .filter_map(|path| json::lookup(sample, path).and_then(json::scalar_text))
        .collect()
}

/// The delivery id that a payload holds.
pub(crate) fn delivery_id(profile: &Profile, payload: &Value) -> Option<String> {
    json::lookup(payload, id_path(profile)?).and_then(json::scalar_text)
}

/// Gives a payload that holds a delivery id this one.
pub(crate) fn set_delivery_id(profile: &Profile, payload: &mut Value, id: &str) {
    if let Some(path) = id_path(profile).filter(|path| json::lookup(payload, path).is_some()) {
        let _ = put(payload, path, id);
    }
}

/// Applies a user's edits.
pub(crate) fn edit(
    payload: &mut Payload,
    set: &[Set],
    unset_paths: &[String],
    event: &str,
) -> Result<()> {
    for edit in set {
        let done = edit
            .apply(&mut payload.value)
            .map_err(|problem| Error::usage(format!("cannot set {problem}")))?;
        if done == Done::Added {
            payload.notes.push(format!(
                "`{}` is new: the payload of {event} has no such field.",
                edit.path()
            ));
        }
    }
    for path in unset_paths {
        unset(path, &mut payload.value)
            .map_err(|problem| Error::usage(format!("cannot unset: {problem}")))?;
    }
    Ok(())
}

/// Whether a provider's samples are what its profile says.
///
/// # Errors
/// The first thing that does not fit.
pub(crate) fn check(provider: &Provider) -> std::result::Result<(), String> {
    let profile = &provider.profile;
    if profile.events.is_empty() {
        return Err("it has no events".to_owned());
    }
    for (name, event) in provider.events() {
        let sample: Value = serde_json::from_str(provider.sample_text(name))
            .map_err(|error| format!("the payload of `{name}` is no JSON: {error}"))?;
        if !says_its_name(provider, name, &sample) {
            return Err(format!(
                "the payload of `{name}` does not say so at `{}`",
                profile.envelope.event.value
            ));
        }
        if let Some(time) = profile.envelope.time.as_ref().filter(|_| !event.timeless)
            && sample_time(profile, &sample).is_none()
        {
            return Err(format!(
                "the payload of `{name}` has no time at `{}`; keys of unix times stand under `times`",
                time.value
            ));
        }
        for path in event.documented.iter().chain(&event.public) {
            if json::lookup(&sample, path).is_none() {
                return Err(format!(
                    "the payload of `{name}` has no `{path}`, which is listed as {}",
                    event.origin_of(path).word()
                ));
            }
        }
        for (variant_name, variant) in &event.variants {
            variant
                .edit(&mut sample.clone())
                .map_err(|problem| format!("variant `{variant_name}` of `{name}`: {problem}"))?;
        }
    }
    Ok(())
}

/// Whether the request that a sample makes is told to be this event.
fn says_its_name(provider: &Provider, name: &str, sample: &Value) -> bool {
    let profile = &provider.profile;
    let shape = Shape::new(profile, Some("POST"), None);
    let url = Url::parse("http://localhost/").expect("a URL");
    let content = Content::Fields(sample.clone());
    let request = compose(profile, name, "id", &content, &shape, &url);
    provider.event_of(&Source::new(&request)).as_deref() == Some(name)
}

/// Where the fields of a payload come from, counted: documented, public, assumed.
pub(crate) fn origins(provider: &Provider, event: &str) -> [(Origin, usize); 3] {
    let mut counts = [
        (Origin::Documented, 0),
        (Origin::Public, 0),
        (Origin::Assumed, 0),
    ];
    if let Some(found) = provider.profile.events.get(event) {
        for path in json::paths(&provider.sample(event)) {
            let origin = found.origin_of(&path);
            counts
                .iter_mut()
                .filter(|(of, _)| *of == origin)
                .for_each(|(_, count)| *count += 1);
        }
    }
    counts
}
