//! From an event's name to a payload: the sample, its variant, fresh ids and times, the user's edits.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::catalogue::{Provider, did_you_mean};
use super::edits::{Done, Edit, Set, unset};
use super::fresh::{Cast, Seed, move_times, sample_time};
use super::profile::{Origin, Variant};
use crate::error::{Error, Result};
use crate::request::json;

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
    let time = &provider.profile.envelope.time.value;
    let last = payloads
        .iter()
        .filter_map(|payload| sample_time(&payload.value, time))
        .max();
    let by = match (freshness.at, last) {
        (Some(at), Some(last)) => at.duration_since(last),
        _ => SignedDuration::ZERO,
    };
    for payload in &mut payloads {
        cast.apply(&mut payload.value);
        move_times(&mut payload.value, by).map_err(|time| {
            Error::usage(format!(
                "cannot move the times of the payload: `{time}` would be past the year 9999"
            ))
            .hint("Take an earlier `--timestamp`.")
        })?;
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
        replace_text(&mut value, model, &self.event);
        let note = format!(
            "{} the payload is that of `{model}` with another name.",
            self.unlisted()
        );
        Payload {
            value,
            notes: vec![note],
        }
    }

    /// That the event is not in the catalogue: the first half of a sentence.
    fn unlisted(&self) -> String {
        let name = &self.provider.profile.name;
        format!("`{}` is not in the catalogue of {name};", self.event)
    }

    /// What to tell of an event whose body is the user's own.
    pub(crate) fn note_with_own_body(&self) -> Option<String> {
        let is_listed = self.provider.profile.events.contains_key(&self.event);
        (!is_listed).then(|| format!("{} the body is sent as it is.", self.unlisted()))
    }

    /// Whether the event, or all events of the provider, have a variant of this name.
    pub(crate) fn has_variant(&self, name: &str) -> bool {
        self.variant(name).is_ok()
    }

    /// The variant of this name: the event's own, else the provider's.
    pub(crate) fn variant(&self, name: &str) -> Result<&Variant> {
        let profile = &self.provider.profile;
        let own = profile.events.get(&self.event).map(|event| &event.variants);
        let found = own
            .and_then(|own| own.get(name))
            .or_else(|| profile.variants.get(name));
        found.ok_or_else(|| {
            let of = match &*self.event {
                "" => format!("a body of {}", profile.name),
                event => format!("{}/{event}", profile.name),
            };
            Error::usage(format!("{of} has no variant `{name}`"))
                .hint(near_variants(name, self.variant_names()))
        })
    }

    /// The variants that there are.
    pub(crate) fn variant_names(&self) -> impl Iterator<Item = &str> {
        let profile = &self.provider.profile;
        let own = profile.events.get(&self.event).into_iter();
        let own = own.flat_map(|event| event.variants.keys());
        own.chain(profile.variants.keys()).map(String::as_str)
    }
}

/// The variants that may be meant by a name, else all.
pub(crate) fn near_variants<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match known.as_slice() {
        [] => "It has no variants.".to_owned(),
        known => did_you_mean(name, known.iter().copied())
            .unwrap_or_else(|| format!("There are: {}", known.join(", "))),
    }
}

/// Replaces a text wherever it occurs in the values of a payload.
fn replace_text(value: &mut Value, text: &str, by: &str) {
    match value {
        Value::String(whole) => *whole = whole.replace(text, by),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace_text(item, text, by)),
        Value::Object(map) => map
            .values_mut()
            .for_each(|value| replace_text(value, text, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Variant {
    /// Whether it changes the payload, rather than the signature alone.
    pub(crate) fn edits(&self) -> bool {
        !(self.set.is_empty() && self.unset.is_empty())
    }

    fn edit(&self, value: &mut Value) -> std::result::Result<(), String> {
        for set in &self.set {
            set.parse::<Set>()?.apply(value)?;
        }
        self.unset.iter().try_for_each(|path| unset(path, value))
    }
}

/// Applies a user's edits, one after the other.
pub(crate) fn edit(payload: &mut Payload, edits: &[Edit], event: &str) -> Result<()> {
    for edit in edits {
        match edit {
            Edit::Set(set) => {
                let done = set
                    .apply(&mut payload.value)
                    .map_err(|problem| Error::usage(format!("cannot set {problem}")))?;
                payload.notes.extend(set.doubt());
                if done == Done::Added {
                    payload.notes.push(format!(
                        "`{}` is new: the payload of {event} has no such field.",
                        set.path()
                    ));
                }
            }
            Edit::Unset(path) => unset(path, &mut payload.value)
                .map_err(|problem| Error::usage(format!("cannot unset: {problem}")))?,
        }
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
        let path = &profile.envelope.event.value;
        match json::lookup(&sample, path) {
            Some(Value::String(value)) if value == name => {}
            _ => {
                return Err(format!(
                    "the payload of `{name}` does not say so at `{path}`"
                ));
            }
        }
        if sample_time(&sample, &profile.envelope.time.value).is_none() {
            return Err(format!(
                "the payload of `{name}` has no RFC 3339 time at `{}`",
                profile.envelope.time.value
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
